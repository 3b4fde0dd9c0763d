package campaign_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/campaign"
	"github.com/relance/relance/template"
)

var now = time.Date(2026, 6, 16, 10, 0, 0, 0, time.UTC)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// plan is a plan of a kind that has nothing to mend.
func plan(kind relance.TriggerKind) *relance.Plan {
	t := relance.Trigger{Kind: kind, MinAge: time.Hour, MaxAge: 24 * time.Hour, Days: 30, Amount: dec("50"), Currency: "EUR"}
	return &relance.Plan{Trigger: t, Reentry: relance.Reentry{Policy: relance.ReentryOnce}, ExpiresAfter: time.Hour,
		Steps: []relance.CampaignStep{{Key: "one", Email: map[string]relance.EmailText{"en": {Subject: "s", Body: "b"}},
			Voucher: &relance.Offer{Kind: relance.VoucherAmount, Value: dec("5"), Minimum: dec("20"), Currency: "EUR", ValidDays: 30, Prefix: "MERCI"}}}}
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	deep := relance.Filter{}
	for range relance.MaxFilterDepth + 1 {
		deep = relance.Filter{Not: &deep}
	}
	past, soon, someID := now, now.Add(time.Second), uuid.New()
	cart, order, best, inactive, birthday, oneTime := relance.TriggerAbandonedCart, relance.TriggerOrderPlaced, relance.TriggerBestCustomer, relance.TriggerInactiveCustomer, relance.TriggerBirthday, relance.TriggerOneTime
	offer := func(change func(*relance.Offer)) func(*relance.Plan) {
		return func(p *relance.Plan) { change(p.Steps[0].Voucher) }
	}
	variant := func(change func(*relance.StepVariant)) func(*relance.Plan) {
		return func(p *relance.Plan) {
			p.Steps[0].B = &relance.StepVariant{Share: 50, Email: p.Steps[0].Email}
			change(p.Steps[0].B)
		}
	}
	for _, x := range []struct {
		name   string
		kind   relance.TriggerKind
		change func(*relance.Plan)
		field  string // at fault; "": none
	}{
		{"nothing to mend", cart, func(*relance.Plan) {}, ""},
		{"no such trigger", "MOON", func(*relance.Plan) {}, "trigger.kind"},
		{"below no age", order, func(p *relance.Plan) { p.Trigger.MinAge = -1 }, "trigger.minAgeMinutes"},
		{"below no age, one-time", oneTime, func(p *relance.Plan) { p.Trigger.MinAge = -1 }, "trigger.minAgeMinutes"},
		{"older than three years", order, func(p *relance.Plan) { p.Trigger.MinAge, p.Trigger.MaxAge = 3*365*24*time.Hour+1, 0 }, "trigger.minAgeMinutes"},
		{"no interval", order, func(p *relance.Plan) { p.Trigger.MaxAge = p.Trigger.MinAge }, "trigger.maxAgeMinutes"},
		{"a greatest age below none", order, func(p *relance.Plan) { p.Trigger.MinAge, p.Trigger.MaxAge = 0, -1 }, "trigger.maxAgeMinutes"},
		{"no greatest age", order, func(p *relance.Plan) { p.Trigger.MaxAge = 0 }, ""},
		{"a cart of five minutes", cart, func(p *relance.Plan) { p.Trigger.MinAge = 30*time.Minute - 1 }, "trigger.minAgeMinutes"},
		{"a cart of half an hour", cart, func(p *relance.Plan) { p.Trigger.MinAge = 30 * time.Minute }, ""},
		{"a cart below nothing", cart, func(p *relance.Plan) { p.Trigger.Amount = dec("-1") }, "trigger.amount"},
		{"a cart's value without a currency", cart, func(p *relance.Plan) { p.Trigger.Currency = "" }, "trigger.currency"},
		{"a currency that no cart has", cart, func(p *relance.Plan) { p.Trigger.Currency = "eur" }, "trigger.currency"},
		{"best without an amount", best, func(p *relance.Plan) { p.Trigger.Amount = dec("0") }, "trigger.amount"},
		{"best without a currency", best, func(p *relance.Plan) { p.Trigger.Currency = "" }, "trigger.amount"},
		{"best in a currency that is none", best, func(p *relance.Plan) { p.Trigger.Currency = "EURO" }, "trigger.currency"},
		{"best within no days", best, func(p *relance.Plan) { p.Trigger.Days = 0 }, "trigger.days"},
		{"best within too many days", best, func(p *relance.Plan) { p.Trigger.Days = 3651 }, "trigger.days"},
		{"inactive for no days", inactive, func(p *relance.Plan) { p.Trigger.Days = 0 }, "trigger.days"},
		{"inactive for too many days", inactive, func(p *relance.Plan) { p.Trigger.Days = 3651 }, "trigger.days"},
		{"after the birthday", birthday, func(p *relance.Plan) { p.Trigger.Days = -1 }, "trigger.days"},
		{"long before the birthday", birthday, func(p *relance.Plan) { p.Trigger.Days = 61 }, "trigger.days"},
		{"a birthday for ever", birthday, func(p *relance.Plan) { p.Trigger.MaxAge = 0 }, "trigger.maxAgeMinutes"},
		{"a birthday for months", birthday, func(p *relance.Plan) { p.Trigger.MaxAge = 61 * 24 * time.Hour }, "trigger.maxAgeMinutes"},
		{"segment and filter", cart, func(p *relance.Plan) { p.SegmentID, p.Audience = &someID, &relance.Filter{} }, "audience"},
		{"a search as audience", cart, func(p *relance.Plan) { p.Audience = &relance.Filter{Or: []relance.Filter{{Search: "marie"}}} }, "filter"},
		{"an audience too deep", cart, func(p *relance.Plan) { p.Audience = &deep }, "filter"},
		{"no policy", cart, func(p *relance.Plan) { p.Reentry.Policy = "" }, "reentry.policy"},
		{"every 0 days", cart, func(p *relance.Plan) { p.Reentry = relance.Reentry{Policy: relance.ReentryEveryDays} }, "reentry.days"},
		{"every 3651 days", cart, func(p *relance.Plan) { p.Reentry = relance.Reentry{Policy: relance.ReentryEveryDays, Days: 3651} }, "reentry.days"},
		{"per object, of a person", best, func(p *relance.Plan) { p.Reentry.Policy = relance.ReentryPerObject }, "reentry.policy"},
		{"per object, of everybody", oneTime, func(p *relance.Plan) { p.Reentry.Policy = relance.ReentryPerObject }, "reentry.policy"},
		{"per birthday", birthday, func(p *relance.Plan) { p.Reentry.Policy = relance.ReentryPerObject }, ""},
		{"holds out less than none", cart, func(p *relance.Plan) { p.HoldoutPercent = -1 }, "holdoutPercent"},
		{"holds out most", cart, func(p *relance.Plan) { p.HoldoutPercent = 51 }, "holdoutPercent"},
		{"holds out half", cart, func(p *relance.Plan) { p.HoldoutPercent = 50 }, ""},
		{"expires at once", cart, func(p *relance.Plan) { p.ExpiresAfter = 15*time.Minute - 1 }, "expiresAfterMinutes"},
		{"hardly expires", cart, func(p *relance.Plan) { p.ExpiresAfter = 7*24*time.Hour + 1 }, "expiresAfterMinutes"},
		{"a daily budget below none", cart, func(p *relance.Plan) { p.Budget.Daily = -1 }, "budget"},
		{"a budget below none", cart, func(p *relance.Plan) { p.Budget.Total = -1 }, "budget"},
		{"ends in the past", cart, func(p *relance.Plan) { p.EndsAt = &past }, "endsAt"},
		{"ends soon", cart, func(p *relance.Plan) { p.EndsAt = &soon }, ""},
		{"no steps", cart, func(p *relance.Plan) { p.Steps = nil }, "steps"},
		{"eleven steps", cart, func(p *relance.Plan) { p.Steps = make([]relance.CampaignStep, 11) }, "steps"},
		{"a step without a key", cart, func(p *relance.Plan) { p.Steps[0].Key = "" }, "steps.0.key"},
		{"a long key", cart, func(p *relance.Plan) { p.Steps[0].Key = fmt.Sprintf("%041d", 0) }, "steps.0.key"},
		{"a key twice", cart, func(p *relance.Plan) { p.Steps = append(p.Steps, p.Steps[0]) }, "steps.1.key"},
		{"a step in the past", cart, func(p *relance.Plan) { p.Steps[0].After = -1 }, "steps.0.afterMinutes"},
		{"a step after more than a year", cart, func(p *relance.Plan) { p.Steps[0].After = 365*24*time.Hour + 1 }, "steps.0.afterMinutes"},
		{"a variant for nobody", cart, variant(func(b *relance.StepVariant) { b.Share = 0 }), "steps.0.variantB.sharePercent"},
		{"a variant for everybody", cart, variant(func(b *relance.StepVariant) { b.Share = 100 }), "steps.0.variantB.sharePercent"},
		{"a variant without a text", cart, variant(func(b *relance.StepVariant) { b.Email = nil }), "steps.0.variantB.email"},
		{"a variant of 150 percent off", cart, variant(func(b *relance.StepVariant) {
			b.Voucher = &relance.Offer{Kind: relance.VoucherPercent, Value: dec("150"), ValidDays: 30}
		}), "steps.0.variantB.voucher.value"},
		{"a step without a text", cart, func(p *relance.Plan) { p.Steps[0].Email = nil }, "steps.0.email"},
		{"an unknown kind of voucher", cart, offer(func(o *relance.Offer) { o.Kind = "GIFT" }), "steps.0.voucher.kind"},
		{"0 percent", cart, offer(func(o *relance.Offer) { o.Kind, o.Value = relance.VoucherPercent, dec("0") }), "steps.0.voucher.value"},
		{"150 percent", cart, offer(func(o *relance.Offer) { o.Kind, o.Value = relance.VoucherPercent, dec("150") }), "steps.0.voucher.value"},
		{"100 percent", cart, offer(func(o *relance.Offer) { o.Kind, o.Value = relance.VoucherPercent, dec("100") }), ""},
		{"an amount of nothing", cart, offer(func(o *relance.Offer) { o.Value = dec("0") }), "steps.0.voucher.value"},
		{"an amount below nothing", cart, offer(func(o *relance.Offer) { o.Value = dec("-5") }), "steps.0.voucher.value"},
		{"a minimum below nothing", cart, offer(func(o *relance.Offer) { o.Minimum = dec("-5") }), "steps.0.voucher.minimum"},
		{"an amount without a currency", cart, offer(func(o *relance.Offer) { o.Currency = "" }), "steps.0.voucher.currency"},
		{"a minimum without a currency", cart, offer(func(o *relance.Offer) { o.Kind, o.Value, o.Currency = relance.VoucherPercent, dec("10"), "" }), "steps.0.voucher.currency"},
		{"a currency that is none", cart, offer(func(o *relance.Offer) { o.Currency = "eur" }), "steps.0.voucher.currency"},
		{"valid for no day", cart, offer(func(o *relance.Offer) { o.ValidDays = 0 }), "steps.0.voucher.validDays"},
		{"valid for more than a year", cart, offer(func(o *relance.Offer) { o.ValidDays = 366 }), "steps.0.voucher.validDays"},
		{"a prefix in small letters", cart, offer(func(o *relance.Offer) { o.Prefix = "merci" }), "steps.0.voucher.prefix"},
		{"a prefix that begins with a digit", cart, offer(func(o *relance.Offer) { o.Prefix = "1A" }), "steps.0.voucher.prefix"},
		{"a long prefix", cart, offer(func(o *relance.Offer) { o.Prefix = "MERCIMERCI1" }), "steps.0.voucher.prefix"},
		{"no prefix", cart, offer(func(o *relance.Offer) { o.Prefix = "" }), ""},
	} {
		p := plan(x.kind)
		x.change(p)
		err := campaign.Check(p, now)
		var e *relance.Error
		switch {
		case x.field == "" && err != nil:
			t.Errorf("%s: %v", x.name, err)
		case x.field != "" && (!errors.As(err, &e) || e.Field != x.field):
			t.Errorf("%s: got %v, want an error at %s", x.name, err, x.field)
		}
	}
}

func TestTheClassicsAreSound(t *testing.T) {
	t.Parallel()
	texts := template.New()
	for _, currency := range []string{"EUR", "CHF", "USD", "GBP", "JPY", "PLN"} {
		kinds := map[relance.TriggerKind]bool{}
		for _, c := range campaign.Classics(currency) {
			kinds[c.Plan.Trigger.Kind] = true
			if err := campaign.Check(&c.Plan, now); err != nil {
				t.Errorf("%s in %s: %v", c.Name, currency, err)
			}
			for _, s := range c.Plan.Steps {
				for _, language := range []string{"en", "fr", "de"} {
					text, ok := s.Email[language]
					if !ok {
						t.Errorf("%s, %s: no text in %s", c.Name, s.Key, language)
						continue
					}
					if err := texts.Check(text, language, s.Voucher != nil, c.Plan.Trigger.Kind == relance.TriggerAbandonedCart); err != nil {
						t.Errorf("%s, %s, %s: %v", c.Name, s.Key, language, err)
					}
				}
			}
		}
		if len(kinds) != 7 {
			t.Errorf("%d kinds of classics, want 7", len(kinds))
		}
	}
}
