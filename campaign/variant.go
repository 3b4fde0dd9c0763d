package campaign

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// take sets the step that is judged, in the variant that the person gets.
func (s *situation) take(step *relance.CampaignStep) {
	s.variant = variantOf(s.campaign, s.facts, step)
	if s.enrolment != nil { // people who became one may each have a message of their own variant
		for _, u := range s.enrolment.FollowUps {
			if u.StepKey == step.Key {
				s.variant = u.Variant
			}
		}
	}
	s.step = step.As(s.variant)
}

// variantOf tells which variant of a step the person gets. Whoever got the step before, on whatever
// way through the campaign, gets the same variant again, whatever share a later version gives it.
func variantOf(c *relance.Campaign, f *relance.Facts, step *relance.CampaignStep) relance.MessageVariant {
	if step.B == nil {
		return ""
	}
	var first *relance.FollowUpState
	for i := range f.Enrolments {
		e := &f.Enrolments[i]
		for j := range e.FollowUps {
			if u := &e.FollowUps[j]; e.CampaignID == c.ID && u.StepKey == step.Key && u.Variant != "" && (first == nil || u.DueAt.Before(first.DueAt)) {
				first = u
			}
		}
	}
	switch {
	case first != nil:
		return first.Variant
	case DrawnB(c.ID, step.Key, f.ProfileID, step.B.Share):
		return relance.VariantB
	}
	return relance.VariantA
}

// DrawnB draws who gets a step's second variant: by a hash of campaign, step and profile, apart
// from the holdout's and from those of other steps.
func DrawnB(campaign uuid.UUID, step string, profile uuid.UUID, percent int) bool {
	h := sha256.New()
	h.Write([]byte("variant"))
	h.Write(campaign[:])
	h.Write(profile[:])
	h.Write([]byte(step))
	return binary.BigEndian.Uint64(h.Sum(nil))%100 < uint64(max(0, percent)) //nolint:gosec // a percentage
}
