package campaign

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/relance/relance"
)

// Changes tells what of a plan is other than before, in the order in which people read it.
func Changes(before, after *relance.Plan) []relance.PlanChange {
	out := []relance.PlanChange{}
	note := func(part relance.PlanPart, same bool) {
		if !same {
			out = append(out, relance.PlanChange{Part: part})
		}
	}
	note(relance.PartEvent, same(before.Trigger, after.Trigger) && before.ReachBack == after.ReachBack)
	note(relance.PartAudience, same(before.SegmentID, after.SegmentID) && same(before.Audience, after.Audience))
	note(relance.PartReentry, same(before.Reentry, after.Reentry))
	note(relance.PartHoldout, before.HoldoutPercent == after.HoldoutPercent)
	note(relance.PartBounds, same(before.Budget, after.Budget) && before.ApproveFirst == after.ApproveFirst && before.ExpiresAfter == after.ExpiresAfter && same(before.EndsAt, after.EndsAt))
	note(relance.PartLetterTerms, same(before.Letters, after.Letters))
	old, kept := byKey(before), byKey(after)
	for _, s := range before.Steps {
		if kept[s.Key] == nil {
			out = append(out, relance.PlanChange{Part: relance.PartStepRemoved, StepKey: s.Key})
		}
	}
	note(relance.PartStepOrder, slices.Equal(common(before, kept), common(after, old)))
	for i := range after.Steps {
		s := &after.Steps[i]
		if was := old[s.Key]; was != nil {
			out = append(out, stepChanges(was, s)...)
		} else {
			out = append(out, relance.PlanChange{Part: relance.PartStepAdded, StepKey: s.Key})
		}
	}
	return out
}

// stepChanges tells what of a step is other than before.
func stepChanges(before, after *relance.CampaignStep) (out []relance.PlanChange) {
	add := func(part relance.PlanPart, variant relance.MessageVariant, language string) {
		out = append(out, relance.PlanChange{Part: part, StepKey: after.Key, In: variant, Language: language})
	}
	if before.After != after.After {
		add(relance.PartWait, "", "")
	}
	if before.Label != after.Label || !same(before.Task, after.Task) {
		add(relance.PartAction, "", "")
	}
	if before.EmailPreference != after.EmailPreference || before.LetterPreference != after.LetterPreference {
		add(relance.PartPreference, "", "")
	}
	if (before.B == nil) != (after.B == nil) {
		add(relance.PartVariant, "", "")
	}
	variants := []relance.MessageVariant{""}
	if before.B != nil && after.B != nil {
		variants = []relance.MessageVariant{relance.VariantA, relance.VariantB}
		if before.B.Share != after.B.Share {
			add(relance.PartShare, "", "")
		}
	}
	for _, v := range variants {
		was, is := before.As(v), after.As(v)
		if !same(was.Voucher, is.Voucher) {
			add(relance.PartVoucher, v, "")
		}
		for _, l := range otherTexts(was.Email, is.Email) {
			add(relance.PartEmail, v, l)
		}
		for _, l := range otherTexts(was.Letter, is.Letter) {
			add(relance.PartLetter, v, l)
		}
	}
	return out
}

// otherTexts are the languages in which one of two sets of texts says something else.
func otherTexts[T comparable](before, after map[string]T) (out []string) {
	all := maps.Clone(before)
	if all == nil {
		all = map[string]T{}
	}
	maps.Copy(all, after)
	for _, l := range slices.Sorted(maps.Keys(all)) {
		was, had := before[l]
		is, has := after[l]
		if had != has || was != is {
			out = append(out, l)
		}
	}
	return out
}

// WithTexts is a plan with the texts of another, and whether they are others: of a step, or with the
// key "" of all that both have. What a step of the other sends it sends then, by e-mail, letter or both.
func WithTexts(p, from *relance.Plan, stepKey string) (out relance.Plan, changed bool) {
	out = *p
	out.Steps = slices.Clone(p.Steps)
	old := byKey(from)
	for i := range out.Steps {
		s := &out.Steps[i]
		was := old[s.Key]
		if was == nil || was.Acts() || s.Acts() || stepKey != "" && s.Key != stepKey {
			continue
		}
		s.Email, s.Letter = was.Email, was.Letter
		if s.B != nil && was.B != nil {
			b := *s.B
			b.Email, b.Letter = was.B.Email, was.B.Letter
			s.B = &b
		}
		changed = changed || len(stepChanges(&p.Steps[i], s)) > 0
	}
	return out, changed
}

func byKey(p *relance.Plan) map[string]*relance.CampaignStep {
	out := map[string]*relance.CampaignStep{}
	for i := range p.Steps {
		out[p.Steps[i].Key] = &p.Steps[i]
	}
	return out
}

// common are the keys of a plan's steps that are among others, in their order.
func common(p *relance.Plan, others map[string]*relance.CampaignStep) (out []string) {
	for _, s := range p.Steps {
		if others[s.Key] != nil {
			out = append(out, s.Key)
		}
	}
	return out
}

// same compares as plans are stored: an empty list is none, an amount is as it was written.
func same(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
