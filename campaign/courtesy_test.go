package campaign

import (
	"testing"
	"time"

	"github.com/relance/relance"
)

// TestCourtesy goes through what would embarrass a merchant: households, complaints, invoices,
// and the night of a wide country.
func TestCourtesy(t *testing.T) {
	t.Parallel()
	household := func(ages ...time.Duration) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) {
			f.Merchant.Rules.HouseholdCap = 3
			for _, age := range ages {
				f.Household = append(f.Household, relance.FactMessage{At: ago(age)})
			}
		}
	}
	spouse := func(offer, most int, until ...time.Duration) func(*relance.Campaign, *relance.Facts) {
		return func(c *relance.Campaign, f *relance.Facts) {
			f.Merchant.Rules.HouseholdVouchers = most
			if offer > 0 {
				c.Plan.Steps[0].Voucher = &relance.Offer{Kind: relance.VoucherPercent, Value: dec("10"), ValidDays: 30}
			}
			for i, in := range until {
				at := tuesday.Add(in)
				f.Household = append(f.Household, relance.FactMessage{At: ago(5 * day), FollowUpID: id(byte(80 + i)), VoucherUntil: &at})
			}
		}
	}
	wrote := func(age time.Duration) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) { at := ago(age); f.Unanswered = &at }
	}
	unpaid := func(age time.Duration, change func(*relance.FactOrder)) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) {
			o := order(age, "80")
			o.Paid = false
			change(&o)
			f.Orders = []relance.FactOrder{o}
		}
	}
	as := func(*relance.FactOrder) {}
	country := func(code string, hour int) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) {
			f.Records[0].Country = code
			f.Merchant.Rules.QuietFrom, f.Merchant.Rules.QuietUntil = 20, hour
		}
	}
	decideAll(t, []deciding{
		{"the household has room", household(9*day, 8*day), "SEND one"},
		{"the household's cap is reached", household(10*day, 8*day, 7*day), "WAIT HOUSEHOLD_CAP 96h0m"},
		{"own messages count in it", func(c *relance.Campaign, f *relance.Facts) {
			household(10*day, 8*day)(c, f)
			f.Messages = []relance.FactMessage{{At: ago(9 * day)}}
		}, "WAIT HOUSEHOLD_CAP 96h0m"},
		{"nobody else there: the own cap alone", func(_ *relance.Campaign, f *relance.Facts) {
			f.Merchant.Rules.HouseholdCap = 1
			f.Messages = []relance.FactMessage{{At: ago(9 * day)}}
		}, "SEND one"},
		{"no cap of households", func(c *relance.Campaign, f *relance.Facts) {
			household(3*day, 2*day, day)(c, f)
			f.Merchant.Rules.HouseholdCap = 0
		}, "SEND one"},
		{"the spouse holds a voucher", spouse(1, 1, 3*day-time.Second), "WAIT HOUSEHOLD_VOUCHER 72h0m"},
		{"the spouse holds one, two are allowed", spouse(1, 2, 3*day), "SEND one"},
		{"two are held, two are allowed: until the first ends", spouse(1, 2, 3*day-time.Second, 9*day), "WAIT HOUSEHOLD_VOUCHER 72h0m"},
		{"the spouse's voucher is over", spouse(1, 1, -time.Second), "SEND one"},
		{"the spouse holds one, this step has none", spouse(0, 1, 3*day), "SEND one"},
		{"one voucher in two messages is one", func(c *relance.Campaign, f *relance.Facts) {
			spouse(1, 2, 3*day, 3*day)(c, f)
			f.Household[1].FollowUpID = f.Household[0].FollowUpID
		}, "SEND one"},
		{"waits for an answer", wrote(29 * day), "REFUSE COMPLAINT_OPEN"},
		{"nobody answered for a month", wrote(30 * day), "SEND one"},
		{"an invoice is overdue", unpaid(30*day, as), "REFUSE INVOICE_OVERDUE"},
		{"an invoice is not due yet", unpaid(30*day-time.Minute, as), "SEND one"},
		{"an invoice that nobody minds", unpaid(365*day, as), "SEND one"},
		{"cancelled for not being paid", unpaid(40*day, func(o *relance.FactOrder) { o.State, o.Counted = relance.OrderCancelled, false }), "SEND one"},
		{"paid", unpaid(40*day, func(o *relance.FactOrder) { o.Paid = true }), "SEND one"},
		// It is 10:00 UTC: noon in Paris, 6:00 in New York, 3:00 in Los Angeles.
		{"day in France", country("FR", 8), "SEND one"},
		{"before opening in Réunion's country there, noon here", country("RE", 8), "SEND one"},
		{"night in California, morning in New York", country("US", 8), "WAIT QUIET_HOURS 5h0m"},
	}, carts, withCart)
	decideAll(t, []deciding{
		{"it must be day in California too", nil, "WAIT QUIET_HOURS 5h0m"},                                           // 8:00 there is 15:00 UTC
		{"Japan's evening", func(_ *relance.Campaign, f *relance.Facts) { f.Records[0].Country = "JP" }, "SEND one"}, // 19:00
		{"Japan's night", func(_ *relance.Campaign, f *relance.Facts) {
			f.Records[0].Country = "JP"
			f.Merchant.Rules.QuietFrom = 19
		}, "WAIT QUIET_HOURS 13h0m"}, // 8:00 tomorrow
		{"nobody knows the country: the shop's time", func(_ *relance.Campaign, f *relance.Facts) { f.Records[0].Country = "ZZ" }, "SEND one"},
	}, carts, func() *relance.Facts {
		f := withCart()
		f.Records[0].Country = "US"
		f.Consents[0].State = relance.ConsentConfirmed
		return f
	})
}

// TestWhatIsInTheCart: nothing is promised that the shop does not have, or gives anyway.
func TestWhatIsInTheCart(t *testing.T) {
	t.Parallel()
	offer := func(kind relance.VoucherKind) func(*relance.Campaign, *relance.Facts) {
		return func(c *relance.Campaign, f *relance.Facts) {
			c.Plan.Steps[0].Voucher = &relance.Offer{Kind: kind, ValidDays: 30}
			shop, from := f.Merchant.Shops[shopA], dec("80")
			shop.FreeShippingFrom = &from
			f.Merchant.Shops[shopA] = shop
		}
	}
	free := func(change func(*relance.FactCart)) func(*relance.Campaign, *relance.Facts) {
		return func(c *relance.Campaign, f *relance.Facts) {
			offer(relance.VoucherFreeShipping)(c, f)
			change(&f.Carts[0])
		}
	}
	gone := func(_ *relance.Campaign, f *relance.Facts) { f.Carts[0].SoldOut = true }
	decideAll(t, []deciding{
		{"all of it is sold out", gone, "REFUSE SOLD_OUT"},
		{"all of it is sold out, between two steps", func(c *relance.Campaign, f *relance.Facts) {
			gone(c, f)
			c.Plan.Steps = append(c.Plan.Steps, step("two", 0))
			f.Enrolments = []relance.Enrolment{entered(2*day, sent("one", 2*day))}
		}, "REFUSE SOLD_OUT"},
		{"an order follows nothing that is sold out", func(c *relance.Campaign, f *relance.Facts) {
			gone(c, f)
			c.Plan.Trigger = relance.Trigger{Kind: relance.TriggerOrderPlaced}
			f.Orders = []relance.FactOrder{order(20*day, "80")}
		}, "SEND one"},
		{"shipping is free from its value on", free(func(*relance.FactCart) {}), "REFUSE SHIPPING_FREE"},
		{"a cent less", free(func(c *relance.FactCart) { c.Value = dec("79.99") }), "SEND one"},
		{"of a value that nobody knows", free(func(c *relance.FactCart) { c.ValueKnown = false }), "SEND one"},
		{"in another currency", free(func(c *relance.FactCart) { c.Currency = "CHF" }), "SEND one"},
		{"a percentage is worth something all the same", offer(relance.VoucherPercent), "SEND one"},
		{"nobody told from when on shipping is free", func(c *relance.Campaign, _ *relance.Facts) {
			c.Plan.Steps[0].Voucher = &relance.Offer{Kind: relance.VoucherFreeShipping, ValidDays: 30}
		}, "SEND one"},
	}, carts, withCart)
	c, f := carts(), withCart()
	gone(c, f)
	if d := Decide(c, f, tuesday); !d[0].Until.Equal(tuesday.Add(stockLook)) {
		t.Errorf("looked at again %v, want in %v", d[0].Until, stockLook)
	}
}

// TestObjectionToProfiling: whoever does not want to be judged by what they buy is left out where
// that chooses people, and reminded of their cart all the same.
func TestObjectionToProfiling(t *testing.T) {
	t.Parallel()
	few := 1
	as := func(kind relance.TriggerKind, label string, audience *relance.Filter) func(*relance.Campaign, *relance.Facts) {
		return func(c *relance.Campaign, f *relance.Facts) {
			f.Labels = []string{label}
			c.Plan.Trigger.Kind, c.Audience = kind, audience
			switch kind {
			case relance.TriggerBestCustomer:
				c.Plan.Trigger = relance.Trigger{Kind: kind, Days: 365, Amount: dec("50"), Currency: "EUR"}
			case relance.TriggerInactiveCustomer:
				c.Plan.Trigger = relance.Trigger{Kind: kind, Days: 10}
			case relance.TriggerOrderPlaced:
				c.Plan.Trigger = relance.Trigger{Kind: kind}
			default:
				return
			}
			f.Carts, f.Orders = nil, []relance.FactOrder{order(20*day, "80")}
		}
	}
	decideAll(t, []deciding{
		{"best customers", as(relance.TriggerBestCustomer, "No profiling", nil), "REFUSE NO_PROFILING"},
		{"best customers, another label", as(relance.TriggerBestCustomer, "profile", nil), "SEND one"},
		{"who has not ordered for long", as(relance.TriggerInactiveCustomer, "pas de profilage", nil), "REFUSE NO_PROFILING"},
		{"who ordered", as(relance.TriggerOrderPlaced, " Kein Profiling ", nil), "REFUSE NO_PROFILING"},
		{"their own cart", as(relance.TriggerAbandonedCart, "no profiling", nil), "SEND one"},
		{"their own cart, for who never bought", as(relance.TriggerAbandonedCart, "no profiling", &relance.Filter{OrderCount: &relance.IntRange{Max: &few}}), "REFUSE NO_PROFILING"},
		{"the same deep in a filter", as(relance.TriggerAbandonedCart, "sans profilage", &relance.Filter{Or: []relance.Filter{{Labels: []string{"x"}}, {Not: &relance.Filter{Spent: &relance.MoneyRange{}}}}}), "REFUSE NO_PROFILING"},
		{"an audience by label", as(relance.TriggerAbandonedCart, "no profiling", &relance.Filter{Labels: []string{"no profiling"}}), "SEND one"},
	}, carts, withCart)
}

// TestALaterStepReusesOrRaisesTheVoucher: nobody holds two vouchers of one way through a campaign.
func TestALaterStepReusesOrRaisesTheVoucher(t *testing.T) {
	t.Parallel()
	ten := relance.Offer{Kind: relance.VoucherPercent, Value: dec("10"), ValidDays: 30}
	for _, x := range []struct {
		name        string
		change      func(*relance.Offer, *relance.FactMessage)
		reuse, made bool
	}{
		{"the same offer", func(*relance.Offer, *relance.FactMessage) {}, true, false},
		{"less than what is held", func(o *relance.Offer, _ *relance.FactMessage) { o.Value = dec("5") }, true, false},
		{"more", func(o *relance.Offer, _ *relance.FactMessage) { o.Value = dec("15") }, false, true},
		{"of another kind", func(o *relance.Offer, _ *relance.FactMessage) {
			o.Kind, o.Value = relance.VoucherFreeShipping, dec("0")
		}, false, true},
		{"a lower minimum", func(_ *relance.Offer, m *relance.FactMessage) { m.VoucherMinimum = dec("30") }, false, true},
		{"nearly over", func(_ *relance.Offer, m *relance.FactMessage) {
			at := tuesday.Add(47 * time.Hour)
			m.VoucherUntil = &at
		}, false, true},
		{"of another currency", func(o *relance.Offer, m *relance.FactMessage) { o.Currency, m.VoucherCurrency = "EUR", "CHF" }, false, true},
	} {
		offer := ten
		until := tuesday.Add(20 * day)
		m := relance.FactMessage{EnrolmentID: enrolmentID, StepKey: "one", CampaignID: campaignID, At: ago(3 * day), FollowUpID: id(61), VoucherUntil: &until, VoucherKind: relance.VoucherPercent, VoucherValue: dec("10"), VoucherCurrency: "EUR"}
		x.change(&offer, &m)
		c, f := carts(), withCart()
		c.Plan.Steps = append(c.Plan.Steps, step("two", 2*day))
		c.Plan.Steps[0].Voucher, c.Plan.Steps[1].Voucher = &ten, &offer
		f.Enrolments = []relance.Enrolment{entered(3*day, sent("one", 3*day))}
		f.Messages = []relance.FactMessage{m}
		got := Decide(c, f, tuesday)
		if len(got) != 1 || got[0].Verdict != relance.VerdictSend || (got[0].VoucherFrom == id(61)) != x.reuse || got[0].NewVoucher != x.made {
			t.Errorf("%s: %s, reuse %v, new %v", x.name, told(got, tuesday), got[0].VoucherFrom, got[0].NewVoucher)
		}
		// Another campaign's voucher is not this one's to show.
		f.Messages[0].EnrolmentID = id(99)
		if got := told(Decide(c, f, tuesday), tuesday); got[:17] != "WAIT OPEN_VOUCHER" {
			t.Errorf("%s, of another way: %s", x.name, got)
		}
	}
}

// TestTheFirstMessagesAreApproved: as many as the plan says, also of those decided at once.
func TestTheFirstMessagesAreApproved(t *testing.T) {
	t.Parallel()
	for made, want := range map[int]bool{0: true, 2: true, 3: false, 9: false} {
		c, f := carts(), withCart()
		c.Plan.ApproveFirst, c.Made = 3, made
		if got := Decide(c, f, tuesday); len(got) != 1 || got[0].Hold != want {
			t.Errorf("after %d messages: %s, hold %v", made, told(got, tuesday), got[0].Hold)
		}
	}
}
