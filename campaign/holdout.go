package campaign

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// inHoldout tells the group that gets nothing. Whoever was in the campaign stays in the group
// they were in, whichever profile a merge lets survive and whatever percentage a later version
// has; none at all lets everybody in.
func inHoldout(c *relance.Campaign, f *relance.Facts) bool {
	if c.Plan.HoldoutPercent <= 0 {
		return false
	}
	var first *relance.Enrolment
	for i := range f.Enrolments {
		if e := &f.Enrolments[i]; e.CampaignID == c.ID && (first == nil || e.EnteredAt.Before(first.EnteredAt)) {
			first = e
		}
	}
	if first != nil {
		return first.Holdout
	}
	return HeldOut(c.ID, f.ProfileID, c.Plan.HoldoutPercent)
}

// HeldOut draws who is held out of a campaign on first entering it: by a hash of campaign and
// profile, so that everybody is drawn once, and in each campaign anew.
func HeldOut(campaign, profile uuid.UUID, percent int) bool {
	h := sha256.New()
	h.Write(campaign[:])
	h.Write(profile[:])
	return binary.BigEndian.Uint64(h.Sum(nil))%100 < uint64(max(0, percent)) //nolint:gosec // a percentage
}
