package campaign

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// TestGuards goes through the guards in their order, each with its name.
func TestGuards(t *testing.T) {
	t.Parallel()
	record := func(change func(*relance.FactRecord)) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) { change(&f.Records[0]) }
	}
	shop := func(change func(*relance.FactShop)) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) {
			s := f.Merchant.Shops[shopA]
			change(&s)
			f.Merchant.Shops[shopA] = s
		}
	}
	offer := func(change func(*relance.Offer)) func(*relance.Campaign, *relance.Facts) {
		return func(c *relance.Campaign, _ *relance.Facts) {
			o := &relance.Offer{Kind: relance.VoucherAmount, Value: dec("5"), Currency: "EUR", ValidDays: 30}
			change(o)
			c.Plan.Steps[0].Voucher = o
		}
	}
	stopped := func(email string, r relance.StopReason, by uuid.UUID) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) {
			f.Records = append(f.Records, relance.FactRecord{CustomerID: recordB, SourceID: shopB, ExternalID: "b", Active: true, Email: "other@example.com"})
			f.Stopped = []relance.FactStopped{{CustomerID: by, Email: email, Reason: r}}
		}
	}
	label := func(l string) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) { f.Labels = []string{"VIP", l} }
	}
	decideAll(t, []deciding{
		{"all sending stopped", func(_ *relance.Campaign, f *relance.Facts) { f.Merchant.Rules.StoppedAt = &tuesday }, "REFUSE SENDING_STOPPED"},
		{"paused", func(c *relance.Campaign, _ *relance.Facts) { c.State = relance.CampaignPaused }, "REFUSE CAMPAIGN_STATE"},
		{"a draft", func(c *relance.Campaign, _ *relance.Facts) { c.State = relance.CampaignDraft }, "REFUSE CAMPAIGN_STATE"},
		{"ended", func(c *relance.Campaign, _ *relance.Facts) { c.State = relance.CampaignEnded }, "REFUSE CAMPAIGN_STATE"},
		{"ends now", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.EndsAt = &tuesday }, "REFUSE ENDED"},
		{"ends later", func(c *relance.Campaign, _ *relance.Facts) { at := tuesday.Add(time.Second); c.Plan.EndsAt = &at }, "SEND one"},
		{"the event is older than the campaign", func(c *relance.Campaign, _ *relance.Facts) { at := ago(5*time.Hour - time.Second); c.StartedAt = &at }, "REFUSE BEFORE_START"},
		{"the event is as old", func(c *relance.Campaign, _ *relance.Facts) { at := ago(5 * time.Hour); c.StartedAt = &at }, "SEND one"},
		{"it reaches back", func(c *relance.Campaign, _ *relance.Facts) { c.StartedAt, c.Plan.ReachBack = &tuesday, true }, "SEND one"},
		{"not in the audience", func(c *relance.Campaign, _ *relance.Facts) { c.Audience = &relance.Filter{Labels: []string{"VIP"}} }, "REFUSE NOT_IN_AUDIENCE"},
		{"label deceased", label("Deceased"), "REFUSE DO_NOT_CONTACT"},
		{"label in French", label("NE PAS CONTACTER "), "REFUSE DO_NOT_CONTACT"},
		{"label in German", label("verstorben"), "REFUSE DO_NOT_CONTACT"},
		{"another label", label("deceased estate"), "SEND one"},
		{"a return is open", func(_ *relance.Campaign, f *relance.Facts) {
			o := order(30*day, "10")
			o.ReturnOpen = true
			f.Orders = []relance.FactOrder{o}
		}, "REFUSE RETURN_OPEN"},
		{"no text", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Steps[0].Email = nil }, "REFUSE NO_TEXT"},
		{"no sender", shop(func(s *relance.FactShop) { s.SenderEmail = "" }), "REFUSE NO_SENDER"},
		{"voucher", offer(func(*relance.Offer) {}), "SEND one"},
		{"voucher in another currency", offer(func(o *relance.Offer) { o.Currency = "CHF" }), "REFUSE VOUCHER_CURRENCY"},
		{"voucher for exactly this cart", offer(func(o *relance.Offer) { o.Minimum = dec("80") }), "SEND one"},
		{"voucher for more than the cart", offer(func(o *relance.Offer) { o.Minimum = dec("80.01") }), "REFUSE VOUCHER_MINIMUM"},
		{"no right to make vouchers", func(c *relance.Campaign, f *relance.Facts) {
			offer(func(*relance.Offer) {})(c, f)
			shop(func(s *relance.FactShop) { s.CanVoucher = false })(c, f)
		}, "REFUSE VOUCHER_RIGHT"},
		{"no address", record(func(r *relance.FactRecord) { r.Email = "" }), "REFUSE NO_ADDRESS"},
		{"no e-mail address", record(func(r *relance.FactRecord) { r.Email = "marie" }), "REFUSE NO_ADDRESS"},
		{"the record is not known", record(func(r *relance.FactRecord) { r.ExternalID = "z" }), "REFUSE NO_ADDRESS"},
		{"closed at the shop", record(func(r *relance.FactRecord) { r.Active = false }), "REFUSE INACTIVE_RECORD"},
		{"deleted at the shop", record(func(r *relance.FactRecord) { r.Deleted = true }), "REFUSE INACTIVE_RECORD"},
		{"a marketplace's address", record(func(r *relance.FactRecord) { r.Masked = true }), "REFUSE MASKED_ADDRESS"},
		{"staff", record(func(r *relance.FactRecord) { r.Email = "Jean@Maison.example" }), "REFUSE STAFF"},
		{"the sender itself, at a public provider", func(c *relance.Campaign, f *relance.Facts) {
			shop(func(s *relance.FactShop) { s.SenderEmail = "maison@gmail.com" })(c, f)
			f.Records[0].Email = "Maison@gmail.com"
		}, "REFUSE STAFF"},
		{"a neighbour at a public provider", func(c *relance.Campaign, f *relance.Facts) {
			shop(func(s *relance.FactShop) { s.SenderEmail = "maison@gmail.com" })(c, f)
			f.Records[0].Email = "marie@gmail.com"
		}, "SEND one"},
		{"a minor", func(_ *relance.Campaign, f *relance.Facts) { b := ago(17 * 365 * day); f.Birthday = &b }, "REFUSE MINOR"},
		{"a date that stands for none", func(_ *relance.Campaign, f *relance.Facts) {
			b := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
			f.Birthday = &b
		}, "SEND one"},
		{"objected", stopped("MARIE@example.com", relance.StoppedByObjection, recordA), "REFUSE OBJECTED"},
		{"objected at another address", stopped("other@example.com", relance.StoppedByObjection, recordB), "REFUSE OBJECTED"},
		{"objected at an address that they had before", stopped("old@example.com", relance.StoppedByObjection, recordA), "REFUSE OBJECTED"},
		{"objected to another controller", func(c *relance.Campaign, f *relance.Facts) {
			stopped("other@example.com", relance.StoppedByObjection, recordB)(c, f)
			f.Records[1].SourceID = shopC
		}, "SEND one"},
		{"bounced", stopped("marie@example.com", relance.StoppedByBounce, recordA), "REFUSE BOUNCED"},
		{"another address bounced", stopped("other@example.com", relance.StoppedByBounce, recordB), "SEND one"},
		{"no consent", func(_ *relance.Campaign, f *relance.Facts) { f.Consents = nil }, "REFUSE NO_CONSENT"},
		{"withdrawn", func(_ *relance.Campaign, f *relance.Facts) { f.Consents[0].State = relance.ConsentWithdrawn }, "REFUSE OBJECTED"},
		{"budget used up", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Budget.Total, c.Used.Total = 10, 10 }, "REFUSE BUDGET"},
		{"the last of the budget", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Budget.Total, c.Used.Total = 10, 9 }, "SEND one"},
	}, carts, withCart)
}

func TestTheOrderOfGuardsIsThatOfTheirCost(t *testing.T) {
	t.Parallel()
	everything := func() (*relance.Campaign, *relance.Facts) {
		c, f := carts(), withCart()
		c.State, c.StartedAt, c.Audience = relance.CampaignPaused, &tuesday, &relance.Filter{Labels: []string{"VIP"}}
		c.Plan.Reentry.Policy, c.Plan.HoldoutPercent = relance.ReentryOnce, 100
		c.Plan.Budget.Total, c.Used.Total = 1, 1
		f.Enrolments = []relance.Enrolment{{CampaignID: campaignID, InstanceKey: cartKey(otherCart), EndedAt: &tuesday, EnteredAt: ago(day), Holdout: true}}
		f.Orders = []relance.FactOrder{order(time.Hour, "1")}
		f.Carts[0].ActiveAt, f.Carts[0].Items = ago(8*day), 0
		f.Records[0].Email, f.Consents = "", nil
		return c, f
	}
	// Each one mended lets the next one speak.
	mend := []struct {
		want relance.Reason
		mend func(*relance.Campaign, *relance.Facts)
	}{
		{relance.ReasonCampaignState, func(c *relance.Campaign, _ *relance.Facts) { c.State = relance.CampaignRunning }},
		{relance.ReasonBeforeStart, func(c *relance.Campaign, _ *relance.Facts) { c.StartedAt = nil }},
		{relance.ReasonNotInAudience, func(c *relance.Campaign, _ *relance.Facts) { c.Audience = nil }},
		{relance.ReasonReentry, func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Reentry.Policy = relance.ReentryPerObject }},
		{relance.ReasonAlreadyOrdered, func(_ *relance.Campaign, f *relance.Facts) { f.Orders = nil }},
		{relance.ReasonTooOld, func(_ *relance.Campaign, f *relance.Facts) { f.Carts[0].ActiveAt = ago(time.Hour) }},
		{relance.ReasonEmptyCart, func(_ *relance.Campaign, f *relance.Facts) { f.Carts[0].Items = 1 }},
		{relance.ReasonTooYoung, func(_ *relance.Campaign, f *relance.Facts) { f.Carts[0].ActiveAt = ago(5 * time.Hour) }},
		{relance.ReasonHoldout, func(c *relance.Campaign, _ *relance.Facts) { c.Plan.HoldoutPercent = 0 }},
		{relance.ReasonNoAddress, func(_ *relance.Campaign, f *relance.Facts) { f.Records[0].Email = "marie@example.com" }},
		{relance.ReasonNoConsent, func(_ *relance.Campaign, f *relance.Facts) { f.Consents = person().Consents }},
		{relance.ReasonBudget, func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Budget.Total = 2 }},
		{"", nil},
	}
	c, f := everything()
	for _, x := range mend {
		d := Decide(c, f, tuesday)[0]
		switch {
		case x.want == "" && d.Verdict != relance.VerdictSend:
			t.Errorf("all is mended, and yet: %s", told([]relance.Decision{d}, tuesday))
		case x.want != "" && (len(d.Reasons) != 1 || d.Reasons[0] != x.want):
			t.Errorf("got %v, want %s", d.Reasons, x.want)
		}
		if x.mend != nil {
			x.mend(c, f)
		}
	}
}

func TestDelays(t *testing.T) {
	t.Parallel()
	messages := func(ages ...time.Duration) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) {
			for _, a := range ages {
				f.Messages = append(f.Messages, relance.FactMessage{EnrolmentID: id(99), CampaignID: id(98), At: ago(a)})
			}
		}
	}
	voucherUntil := func(at time.Time) func(*relance.Campaign, *relance.Facts) {
		return func(c *relance.Campaign, f *relance.Facts) {
			c.Plan.Steps[0].Voucher = &relance.Offer{Kind: relance.VoucherFreeShipping, ValidDays: 30}
			f.Messages = []relance.FactMessage{{At: ago(10 * day), VoucherUntil: &at}}
		}
	}
	placed := func(age time.Duration, s relance.OrderState) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) {
			o := order(age, "10")
			o.State = s
			f.Orders = []relance.FactOrder{o}
		}
	}
	gaming := func(n int, age time.Duration) func(*relance.Campaign, *relance.Facts) {
		return func(c *relance.Campaign, f *relance.Facts) {
			c.Plan.Steps[0].Voucher = &relance.Offer{Kind: relance.VoucherFreeShipping, ValidDays: 30}
			for i := range n {
				k := id(byte(70 + i))
				f.Messages = append(f.Messages, relance.FactMessage{At: ago(age), CartID: &k})
			}
		}
	}
	decideAll(t, []deciding{
		{"one message less than the cap", messages(9*day, 8*day), "SEND one"},
		{"the cap is reached", messages(10*day, 8*day, 7*day), "WAIT FREQUENCY_CAP 96h0m"},
		{"the oldest is just old enough", messages(14*day, 8*day, 7*day), "SEND one"},
		{"the oldest is not yet", messages(14*day-time.Second, 8*day, 7*day), "WAIT FREQUENCY_CAP 1s"},
		{"above the cap, the newest of them count", messages(13*day, 12*day, 10*day, 8*day, 7*day), "WAIT FREQUENCY_CAP 96h0m"},
		{"no cap", func(c *relance.Campaign, f *relance.Facts) {
			messages(9*day, 8*day, 7*day)(c, f)
			f.Merchant.Rules.CapCount = 0
		}, "SEND one"},
		{"the gap is over", messages(24 * time.Hour), "SEND one"},
		{"the gap is not over", messages(24*time.Hour - time.Minute), "WAIT RECENTLY_CONTACTED 1m"},
		{"holds a voucher", voucherUntil(tuesday.Add(3*day - time.Second)), "WAIT OPEN_VOUCHER 72h0m"},
		{"a voucher in its last second", voucherUntil(tuesday), "WAIT OPEN_VOUCHER 1s"},
		{"held a voucher", voucherUntil(ago(time.Second)), "SEND one"},
		{"holds a voucher, and this step has none", func(c *relance.Campaign, f *relance.Facts) {
			voucherUntil(tuesday.Add(day))(c, f)
			c.Plan.Steps[0].Voucher = nil
		}, "SEND one"},
		{"an order is on its way", placed(13*day, relance.OrderShipped), "WAIT ORDER_UNDER_WAY 24h0m"},
		{"it must have come by now", placed(14*day, relance.OrderShipped), "SEND one"},
		{"it has come", placed(2*day, relance.OrderDelivered), "SEND one"},
		{"it was sent back", placed(2*day, relance.OrderRefunded), "SEND one"},
		{"the day's budget is used", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Budget.Daily, c.Used.Daily = 5, 5 }, "WAIT QUIET_HOURS 20h0m"},
		{"the day's budget is used, and nights are no matter", func(c *relance.Campaign, f *relance.Facts) {
			c.Plan.Budget.Daily, c.Used.Daily = 5, 5
			f.Merchant.Rules.QuietFrom = 8
		}, "WAIT BUDGET 12h0m"},
		{"the last of the day's budget", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Budget.Daily, c.Used.Daily = 5, 4 }, "SEND one"},
		{"two delays: the later one", func(c *relance.Campaign, f *relance.Facts) {
			messages(time.Hour)(c, f)
			placed(12*day, relance.OrderPaid)(c, f)
		}, "WAIT ORDER_UNDER_WAY 48h0m"},
		{"carts left in series", gaming(3, 89*day), "REFUSE GAMED_CART"},
		{"two are no series", gaming(2, 60*day), "SEND one"},
		{"a series long over", gaming(3, 90*day), "SEND one"},
		{"a series, and this step has no voucher", func(c *relance.Campaign, f *relance.Facts) {
			gaming(3, 80*day)(c, f)
			c.Plan.Steps[0].Voucher = nil
		}, "SEND one"},
		{"one cart three times is no series", func(c *relance.Campaign, f *relance.Facts) {
			gaming(3, 80*day)(c, f)
			for i := range f.Messages {
				f.Messages[i].CartID = &otherCart
			}
		}, "SEND one"},
	}, carts, withCart)
}

// TestWhatTimeAloneLifts: a refusal that only the clock may lift says when to look again, or
// nobody ever would.
func TestWhatTimeAloneLifts(t *testing.T) {
	t.Parallel()
	abandoned := true
	for _, x := range []struct {
		name   string
		change func(*relance.Campaign, *relance.Facts)
		until  time.Duration // from tuesday; 0: never
	}{
		{"an audience of people with an abandoned cart", func(c *relance.Campaign, f *relance.Facts) {
			c.Plan.Trigger = relance.Trigger{Kind: relance.TriggerOneTime}
			c.Audience = &relance.Filter{Not: &relance.Filter{Or: []relance.Filter{{Not: &relance.Filter{HasAbandonedCart: &abandoned}}}}}
			f.Carts[0].ActiveAt = ago(20 * time.Minute)
		}, 40 * time.Minute},
		{"a label", func(c *relance.Campaign, _ *relance.Facts) { c.Audience = &relance.Filter{Labels: []string{"VIP"}} }, 0},
		{"a minor, before the cart is too old", func(_ *relance.Campaign, f *relance.Facts) {
			b := time.Date(2008, 6, 17, 0, 0, 0, 0, time.UTC)
			f.Birthday = &b
		}, 14 * time.Hour},
		{"a minor for long: until the cart is too old", func(_ *relance.Campaign, f *relance.Facts) {
			b := time.Date(2012, 6, 17, 0, 0, 0, 0, time.UTC)
			f.Birthday = &b
		}, 7*day - 5*time.Hour + time.Microsecond},
		{"no consent: until the cart is too old", func(_ *relance.Campaign, f *relance.Facts) { f.Consents = nil }, 7*day - 5*time.Hour + time.Microsecond},
	} {
		c, f := carts(), withCart()
		x.change(c, f)
		d := Decide(c, f, tuesday)[0]
		want := time.Time{}
		if x.until != 0 {
			want = tuesday.Add(x.until)
		}
		if d.Verdict != relance.VerdictRefuse || !d.Until.Equal(want) {
			t.Errorf("%s: %s, look again at %v, want %v", x.name, told([]relance.Decision{d}, tuesday), d.Until, want)
		}
	}
}

func TestRecipient(t *testing.T) {
	t.Parallel()
	two := func(f *relance.Facts) {
		f.Records = append(f.Records, relance.FactRecord{CustomerID: recordB, SourceID: shopA, ExternalID: "b", Kind: relance.IdentityCustomer, Active: true,
			Email: "m@example.org", Language: "de", CreatedAt: ago(day)})
	}
	for _, x := range []struct {
		name     string
		change   func(*relance.Facts)
		instance relance.Instance
		want     string
	}{
		{"the one of the cart", two, relance.Instance{ShopID: shopA, Cart: &relance.FactCart{CustomerID: "a"}, Language: "it"}, "marie@example.com it FR"},
		{"the one of the order", two, relance.Instance{ShopID: shopA, Order: &relance.FactOrder{CustomerID: "b"}}, "m@example.org de FR"},
		{"who ordered last there", func(f *relance.Facts) { two(f); f.Orders = []relance.FactOrder{order(day, "1")} }, relance.Instance{ShopID: shopA}, "marie@example.com fr FR"},
		{"the newest there", two, relance.Instance{ShopID: shopA}, "m@example.org de FR"},
		{"the person's language, the shop's country", func(f *relance.Facts) { f.Language, f.Records[0].Country = "en", "" }, relance.Instance{ShopID: shopA}, "marie@example.com en FR"},
		{"the shop's language", func(f *relance.Facts) { f.Language = "" }, relance.Instance{ShopID: shopA}, "marie@example.com fr FR"},
	} {
		f := person()
		x.change(f)
		s := &situation{campaign: carts(), plan: &carts().Plan, facts: f, in: x.instance, now: tuesday}
		reason := recipient(s)
		if got := s.to.Email + " " + s.to.Language + " " + s.to.Country; reason != "" || got != x.want {
			t.Errorf("%s: %s %q, want %q", x.name, reason, got, x.want)
		}
	}
}

// TestARefusalEndsWhenItIsLookedAtAgain: at the very moment named, it is over; else the line
// would name that moment again, and again.
func TestARefusalEndsWhenItIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	c, f := carts(), withCart()
	f.Consents = nil
	d := Decide(c, f, tuesday)[0]
	shop := shopA
	f.Enrolments = []relance.Enrolment{{ID: enrolmentID, CampaignID: campaignID, InstanceKey: d.Instance.Key, Version: 1, ShopID: &shop, EventAt: d.Instance.At, EnteredAt: tuesday}}
	if got := told(Decide(c, f, d.Until.Add(-time.Microsecond)), d.Until); got != "REFUSE NO_CONSENT" {
		t.Errorf("just before: %s", got)
	}
	if got := told(Decide(c, f, d.Until), d.Until); got != "REFUSE TOO_OLD END" {
		t.Errorf("then: %s", got)
	}
}
