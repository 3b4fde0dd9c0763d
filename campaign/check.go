package campaign

import (
	"fmt"
	"regexp"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/segment"
)

// What a plan may hold at most.
const (
	maxSteps    = 10
	maxHoldout  = 50
	maxApproved = 10_000
	maxExpiry   = 7 * 24 * time.Hour
)

// Check refuses a plan that makes no sense, with the field at fault.
func Check(p *relance.Plan, now time.Time) error {
	for _, check := range []func() error{
		func() error { return triggerOf(p.Trigger.Kind).check(&p.Trigger) },
		func() error { return checkWho(p) },
		func() error { return checkBounds(p, now) },
		func() error { return checkSteps(p.Steps) },
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func checkWho(p *relance.Plan) error {
	if p.SegmentID != nil && p.Audience != nil {
		return relance.FieldErrorf("audience", "give a segment or a filter, not both")
	}
	if p.Audience != nil {
		if err := segment.Check(p.Audience); err != nil {
			return err
		}
	}
	perObject := false
	switch p.Trigger.Kind {
	case relance.TriggerAbandonedCart, relance.TriggerOrderPlaced, relance.TriggerCartRecovered, relance.TriggerBirthday:
		perObject = true
	}
	switch p.Reentry.Policy {
	case relance.ReentryOnce:
	case relance.ReentryEveryDays:
		if p.Reentry.Days < 1 || p.Reentry.Days > 3650 {
			return relance.FieldErrorf("reentry.days", "say after how many days somebody may enter again: 1 to 3650")
		}
	case relance.ReentryPerObject:
		if !perObject {
			return relance.FieldErrorf("reentry.policy", "this event happens to a person, not to a cart or order: choose ONCE or EVERY_N_DAYS")
		}
	default:
		return relance.FieldErrorf("reentry.policy", "choose ONCE, EVERY_N_DAYS or PER_OBJECT")
	}
	return nil
}

func checkBounds(p *relance.Plan, now time.Time) error {
	switch {
	case p.HoldoutPercent < 0 || p.HoldoutPercent > maxHoldout:
		return relance.FieldErrorf("holdoutPercent", "hold out 0 to %d percent", maxHoldout)
	case p.ExpiresAfter < 15*time.Minute || p.ExpiresAfter > maxExpiry:
		return relance.FieldErrorf("expiresAfterMinutes", "a message may be late by 15 minutes to 7 days")
	case p.ApproveFirst < 0 || p.ApproveFirst > maxApproved:
		return relance.FieldErrorf("approveFirst", "approve 0 to %d messages", maxApproved)
	case p.Budget.Daily < 0 || p.Budget.Total < 0:
		return relance.FieldErrorf("budget", "a budget cannot be below 0")
	case p.EndsAt != nil && !p.EndsAt.After(now):
		return relance.FieldErrorf("endsAt", "the end is in the past")
	}
	return nil
}

func checkSteps(steps []relance.CampaignStep) error {
	if len(steps) == 0 || len(steps) > maxSteps {
		return relance.FieldErrorf("steps", "a campaign has 1 to %d steps", maxSteps)
	}
	keys := map[string]bool{}
	for i := range steps {
		s, at := &steps[i], fmt.Sprintf("steps.%d", i)
		if s.Key == "" || len(s.Key) > 40 || keys[s.Key] {
			return relance.FieldErrorf(at+".key", "each step needs a key of its own, at most 40 letters")
		}
		keys[s.Key] = true
		if s.After < 0 || s.After > 365*24*time.Hour {
			return relance.FieldErrorf(at+".afterMinutes", "a step waits 0 minutes to a year")
		}
		if len(s.Email) == 0 {
			return relance.FieldErrorf(at+".email", "write the e-mail in at least one language")
		}
		if s.Voucher != nil {
			if err := checkOffer(at+".voucher", s.Voucher); err != nil {
				return err
			}
		}
	}
	return nil
}

// prefixForm is what a voucher code may begin with.
var prefixForm = regexp.MustCompile(`^[A-Z][A-Z0-9]{0,9}$`)

func checkOffer(at string, o *relance.Offer) error {
	hundred := decimal.NewFromInt(100)
	switch {
	case o.Kind == relance.VoucherPercent && (!o.Value.IsPositive() || o.Value.GreaterThan(hundred)):
		return relance.FieldErrorf(at+".value", "a discount is more than 0 and at most 100 percent")
	case o.Kind == relance.VoucherAmount && !o.Value.IsPositive():
		return relance.FieldErrorf(at+".value", "a discount is more than 0")
	case o.Kind != relance.VoucherPercent && o.Kind != relance.VoucherAmount && o.Kind != relance.VoucherFreeShipping:
		return relance.FieldErrorf(at+".kind", "choose PERCENT, AMOUNT or FREE_SHIPPING")
	case o.Minimum.IsNegative():
		return relance.FieldErrorf(at+".minimum", "a minimum cannot be below 0")
	case o.Currency == "" && (o.Kind == relance.VoucherAmount || o.Minimum.IsPositive()):
		return relance.FieldErrorf(at+".currency", "name the currency of the amount")
	case o.ValidDays < 1 || o.ValidDays > 365:
		return relance.FieldErrorf(at+".validDays", "a voucher is good for 1 to 365 days")
	case o.Prefix != "" && !prefixForm.MatchString(o.Prefix):
		return relance.FieldErrorf(at+".prefix", "a code begins with at most 10 capital letters and digits, a letter first")
	}
	if o.Currency != "" {
		return checkCurrency(at+".currency", o.Currency)
	}
	return nil
}
