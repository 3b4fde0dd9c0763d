package relance

import "time"

// CampaignVersion is a plan as it was saved once.
type CampaignVersion struct {
	Version int
	Plan    Plan
	Author  string
	At      time.Time
	Changes []PlanChange // against the version before
}

// PlanChange is a part of a plan that was changed.
type PlanChange struct {
	Part     PlanPart
	StepKey  string         // "": the whole plan
	In       MessageVariant // of the step; "": it has one only, or both are meant
	Language string         // of a text; "" of all else
}

// Variant is In, nil where the step has one only.
func (c PlanChange) Variant() *MessageVariant { return c.In.Told() }

// PlanPart is what of a plan can be changed.
type PlanPart string

// The parts of a plan.
const (
	PartEvent       PlanPart = "EVENT"
	PartAudience    PlanPart = "AUDIENCE"
	PartReentry     PlanPart = "REENTRY"
	PartHoldout     PlanPart = "HOLDOUT"
	PartBounds      PlanPart = "BOUNDS"
	PartLetterTerms PlanPart = "LETTER_TERMS"
	PartStepAdded   PlanPart = "STEP_ADDED"
	PartStepRemoved PlanPart = "STEP_REMOVED"
	PartStepOrder   PlanPart = "STEP_ORDER"
	PartWait        PlanPart = "WAIT"
	PartVariant     PlanPart = "VARIANT"
	PartAction      PlanPart = "ACTION" // the label or the task that a step sets
	PartShare       PlanPart = "SHARE"
	PartPreference  PlanPart = "PREFERENCE" // the consent preferences that it asks for
	PartVoucher     PlanPart = "VOUCHER"
	PartEmail       PlanPart = "EMAIL"
	PartLetter      PlanPart = "LETTER"
)
