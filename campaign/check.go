package campaign

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
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
	// maxBalancing is how long a balancing test may be, in bytes.
	maxBalancing = 4000
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
		return relance.TellField("audience", "SEGMENT_OR_FILTER")
	}
	if p.Audience != nil {
		if err := segment.Check(p.Audience); err != nil {
			return err
		}
	}
	perObject := false
	switch p.Trigger.Kind {
	case relance.TriggerAbandonedCart, relance.TriggerOrderPlaced, relance.TriggerCartRecovered, relance.TriggerBirthday, relance.TriggerLetterScanned,
		relance.TriggerGroupJoined, relance.TriggerMembershipEnding:
		perObject = true
	}
	switch p.Reentry.Policy {
	case relance.ReentryOnce:
	case relance.ReentryEveryDays:
		if p.Reentry.Days < 1 || p.Reentry.Days > 3650 {
			return relance.TellField("reentry.days", "REENTRY_DAYS")
		}
	case relance.ReentryPerObject:
		if !perObject {
			return relance.TellField("reentry.policy", "REENTRY_PER_PERSON")
		}
	default:
		return relance.TellField("reentry.policy", "REENTRY_UNKNOWN")
	}
	return nil
}

func checkBounds(p *relance.Plan, now time.Time) error {
	switch {
	case p.HoldoutPercent < 0 || p.HoldoutPercent > maxHoldout:
		return relance.TellField("holdoutPercent", "HOLDOUT_BOUNDS", "most", strconv.Itoa(maxHoldout))
	case p.ExpiresAfter < 15*time.Minute || p.ExpiresAfter > maxExpiry:
		return relance.TellField("expiresAfterMinutes", "LATE_BOUNDS")
	case p.ApproveFirst < 0 || p.ApproveFirst > maxApproved:
		return relance.TellField("approveFirst", "APPROVE_BOUNDS", "most", strconv.Itoa(maxApproved))
	case p.Budget.Daily < 0 || p.Budget.Total < 0 || p.Budget.DailyCost.IsNegative() || p.Budget.TotalCost.IsNegative():
		return relance.TellField("budget", "BUDGET_NEGATIVE")
	case p.Budget.Currency == "" && (p.Budget.DailyCost.IsPositive() || p.Budget.TotalCost.IsPositive()):
		return relance.TellField("budget.currency", "AMOUNT_CURRENCY")
	case p.WritesLetters() && (p.Letters == nil || strings.TrimSpace(p.Letters.BalancingTest) == ""):
		return relance.TellField("letters.balancingTest", "BALANCING_TEST")
	case p.Letters != nil && len(p.Letters.BalancingTest) > maxBalancing:
		return relance.TellField("letters.balancingTest", "TEXT_TOO_LONG", "most", strconv.Itoa(maxBalancing))
	case p.EndsAt != nil && !p.EndsAt.After(now):
		return relance.TellField("endsAt", "END_IS_PAST")
	}
	return nil
}

func checkSteps(steps []relance.CampaignStep) error {
	if len(steps) == 0 || len(steps) > maxSteps {
		return relance.TellField("steps", "STEP_COUNT", "most", strconv.Itoa(maxSteps))
	}
	keys := map[string]bool{}
	for i := range steps {
		s, at := &steps[i], fmt.Sprintf("steps.%d", i)
		if s.Key == "" || len(s.Key) > 40 || keys[s.Key] {
			return relance.TellField(at+".key", "STEP_KEY")
		}
		keys[s.Key] = true
		if s.After < 0 || s.After > 365*24*time.Hour {
			return relance.TellField(at+".afterMinutes", "STEP_WAIT")
		}
		if s.Acts() {
			if err := checkAction(at, s); err != nil {
				return err
			}
			continue
		}
		if err := checkMessage(at, s.As(relance.VariantA)); err != nil {
			return err
		}
		if s.B == nil {
			continue
		}
		if s.B.Share < 1 || s.B.Share > 99 {
			return relance.TellField(at+".variantB.sharePercent", "VARIANT_SHARE")
		}
		if err := checkMessage(at+".variantB", s.As(relance.VariantB)); err != nil {
			return err
		}
	}
	return nil
}

// checkAction refuses a step that notes something and is more than that.
func checkAction(at string, s *relance.CampaignStep) error {
	switch {
	case len(s.Email)+len(s.Letter) > 0 || s.Voucher != nil || s.B != nil || s.Label != "" && s.Task != nil || s.EmailPreference+s.LetterPreference != "":
		return relance.TellField(at+".email", "STEP_DOES_TWO")
	case s.Task == nil:
		name, err := relance.LabelName(s.Label, at+".label")
		s.Label = name
		return err
	case s.Task.DueInDays < 0 || s.Task.DueInDays > 365:
		return relance.TellField(at+".task.dueInDays", "STEP_TASK_DUE")
	}
	t := relance.TaskChange{Title: s.Task.Title}
	if err := t.Check(); err != nil {
		return relance.TellField(at+".task.title", "TASK_TITLE")
	}
	s.Task.Title = t.Title
	return nil
}

func checkMessage(at string, s *relance.CampaignStep) error {
	o := s.Voucher
	if len(s.Email) == 0 && len(s.Letter) == 0 {
		return relance.TellField(at+".email", "STEP_WITHOUT_TEXT")
	}
	if o == nil {
		return nil
	}
	return checkOffer(at+".voucher", o)
}

// prefixForm is what a voucher code may begin with.
var prefixForm = regexp.MustCompile(`^[A-Z][A-Z0-9]{0,9}$`)

func checkOffer(at string, o *relance.Offer) error {
	hundred := decimal.NewFromInt(100)
	switch {
	case o.Kind == relance.VoucherPercent && (!o.Value.IsPositive() || o.Value.GreaterThan(hundred)):
		return relance.TellField(at+".value", "DISCOUNT_PERCENT")
	case o.Kind == relance.VoucherAmount && !o.Value.IsPositive():
		return relance.TellField(at+".value", "DISCOUNT_AMOUNT")
	case o.Kind != relance.VoucherPercent && o.Kind != relance.VoucherAmount && o.Kind != relance.VoucherFreeShipping:
		return relance.TellField(at+".kind", "DISCOUNT_KIND")
	case o.Minimum.IsNegative():
		return relance.TellField(at+".minimum", "MINIMUM_NEGATIVE")
	case o.Currency == "" && (o.Kind == relance.VoucherAmount || o.Minimum.IsPositive()):
		return relance.TellField(at+".currency", "AMOUNT_CURRENCY")
	case o.ValidDays < 1 || o.ValidDays > 365:
		return relance.TellField(at+".validDays", "VALID_DAYS")
	case o.Prefix != "" && !prefixForm.MatchString(o.Prefix):
		return relance.TellField(at+".prefix", "CODE_PREFIX")
	}
	if o.Currency != "" {
		return checkCurrency(at+".currency", o.Currency)
	}
	return nil
}
