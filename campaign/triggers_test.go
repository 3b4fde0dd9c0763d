package campaign

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

func TestAbandonedCart(t *testing.T) {
	t.Parallel()
	aged := func(d time.Duration) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) { f.Carts = []relance.FactCart{cart(d)} }
	}
	the := func(change func(*relance.FactCart)) func(*relance.Campaign, *relance.Facts) {
		return func(c *relance.Campaign, f *relance.Facts) {
			c.Plan.Trigger.Amount, c.Plan.Trigger.Currency = dec("50"), "EUR"
			change(&f.Carts[0])
		}
	}
	second := func(change func(*relance.FactCart)) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) {
			k := cart(5 * time.Hour)
			k.ID = otherCart
			change(&k)
			f.Carts = append(f.Carts, k)
		}
	}
	decideAll(t, []deciding{
		{"rests", nil, "SEND one"},
		{"just before the least age", aged(4*time.Hour - time.Second), "WAIT TOO_YOUNG 1s"},
		{"at the least age", aged(4 * time.Hour), "SEND one"},
		{"at the greatest age", aged(7 * day), "SEND one"},
		{"after the greatest age", aged(7*day + time.Second), "REFUSE TOO_OLD"},
		{"no greatest age", func(c *relance.Campaign, f *relance.Facts) {
			c.Plan.Trigger.MaxAge = 0
			f.Carts = []relance.FactCart{cart(200 * day)}
		}, "SEND one"},
		{"no cart", func(_ *relance.Campaign, f *relance.Facts) { f.Carts = nil }, ""},
		{"ordered", the(func(k *relance.FactCart) { k.Ordered = true }), ""},
		{"of the least value", the(func(k *relance.FactCart) { k.Value = dec("50") }), "SEND one"},
		{"below the least value", the(func(k *relance.FactCart) { k.Value = dec("49.999999") }), "REFUSE EMPTY_CART"},
		{"in another currency", the(func(k *relance.FactCart) { k.Currency = "CHF" }), "REFUSE EMPTY_CART"},
		{"of an unknown value", the(func(k *relance.FactCart) { k.ValueKnown = false }), "REFUSE EMPTY_CART"},
		{"of an unknown value where none is asked", func(_ *relance.Campaign, f *relance.Facts) { f.Carts[0].ValueKnown = false }, "SEND one"},
		{"empty", the(func(k *relance.FactCart) { k.Items = 0 }), "REFUSE EMPTY_CART"},
		{"two carts: the younger", second(func(k *relance.FactCart) { k.ActiveAt = ago(6 * time.Hour) }), "SEND one; REFUSE NEWER_CART"},
		{"two carts of one moment: one of them", second(func(*relance.FactCart) {}), "REFUSE NEWER_CART; SEND one"},
		{"the younger is being filled", second(func(k *relance.FactCart) { k.ActiveAt = ago(time.Minute) }), "REFUSE NEWER_CART; WAIT TOO_YOUNG 3h59m"},
		{"the younger is empty", second(func(k *relance.FactCart) { k.ActiveAt, k.Items = ago(4*time.Hour), 0 }), "SEND one; REFUSE EMPTY_CART"},
		{"the younger was ordered before", second(func(k *relance.FactCart) { k.ActiveAt, k.Ordered = ago(4*time.Hour), true }), "SEND one"},
		{"the younger is of a shop that is disconnected", second(func(k *relance.FactCart) { k.ActiveAt, k.SourceID = ago(4*time.Hour), uuid.New() }), "SEND one"},
		{"the younger is of a shop that is not followed up", func(c *relance.Campaign, f *relance.Facts) {
			c.Plan.Trigger.Shops = []uuid.UUID{shopA}
			second(func(k *relance.FactCart) { k.ActiveAt, k.SourceID = ago(4*time.Hour), shopB })(c, f)
		}, "SEND one"},
		{"of another shop", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Trigger.Shops = []uuid.UUID{shopB} }, ""},
		{"of this shop", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Trigger.Shops = []uuid.UUID{shopB, shopA} }, "SEND one"},
		{"ordered elsewhere, unpaid", func(_ *relance.Campaign, f *relance.Facts) {
			o := order(time.Hour, "10")
			o.SourceID, o.State, o.Paid, o.NotValidated = shopC, relance.OrderOpen, false, true
			f.Orders = []relance.FactOrder{o}
		}, "REFUSE ALREADY_ORDERED"},
		{"ordered elsewhere and cancelled", func(_ *relance.Campaign, f *relance.Facts) {
			o := order(time.Hour, "0")
			o.State, o.Counted = relance.OrderCancelled, false
			f.Orders = []relance.FactOrder{o}
		}, "SEND one"},
		{"a test order meanwhile", func(_ *relance.Campaign, f *relance.Facts) {
			o := order(time.Hour, "10")
			o.Test, o.Counted = true, false
			f.Orders = []relance.FactOrder{o}
		}, "SEND one"},
		{"ordered before", func(_ *relance.Campaign, f *relance.Facts) { f.Orders = []relance.FactOrder{order(20*day, "10")} }, "SEND one"},
	}, carts, withCart)
}

func TestCartRecovered(t *testing.T) {
	t.Parallel()
	campaign := func() *relance.Campaign {
		return running(relance.Trigger{Kind: relance.TriggerCartRecovered, MinAge: 21 * day, MaxAge: 40 * day})
	}
	facts := func() *relance.Facts {
		f := person()
		f.Orders = []relance.FactOrder{order(25*day, "80")}
		k := cart(26 * day)
		k.Ordered, k.WasAbandoned, k.OrderID = true, true, &f.Orders[0].ID
		f.Carts = []relance.FactCart{k}
		return f
	}
	age := func(d time.Duration) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) { f.Orders[0].PlacedAt = ago(d) }
	}
	decideAll(t, []deciding{
		{"recovered", nil, "SEND one"},
		{"just before the least age", age(21*day - time.Minute), "WAIT TOO_YOUNG 1m"},
		{"at the least age", age(21 * day), "SEND one"},
		{"at the greatest age", age(40 * day), "SEND one"},
		{"after the greatest age", age(40*day + time.Second), "REFUSE TOO_OLD"},
		{"was never abandoned", func(_ *relance.Campaign, f *relance.Facts) { f.Carts[0].WasAbandoned = false }, ""},
		{"its order is not known", func(_ *relance.Campaign, f *relance.Facts) { f.Carts[0].OrderID = nil }, ""},
		{"its order does not count", func(_ *relance.Campaign, f *relance.Facts) { f.Orders[0].Counted = false }, ""},
		{"ordered again", func(_ *relance.Campaign, f *relance.Facts) {
			o := order(5*day, "10")
			o.ID = otherOrder
			f.Orders = append(f.Orders, o)
		}, "REFUSE ALREADY_ORDERED"},
		{"of another shop", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Trigger.Shops = []uuid.UUID{shopB} }, ""},
		{"under way, and the shop corrects when it was placed", func(c *relance.Campaign, f *relance.Facts) {
			e := entered(3*day, sent("one", 3*day))
			e.EventAt = ago(25*day + time.Minute)
			c.Plan.Steps, f.Enrolments = append(c.Plan.Steps, step("two", 2*day)), []relance.Enrolment{e}
		}, "SEND two"},
	}, campaign, facts)
	twice := func() *relance.Facts {
		f := facts()
		o, k := f.Orders[0], f.Carts[0]
		o.ID, k.ID = otherOrder, otherCart
		k.OrderID = &o.ID
		f.Orders, f.Carts = append(f.Orders, o), append(f.Carts, k)
		return f
	}
	decideAll(t, []deciding{
		{"two of one moment, once per person: one enters", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Reentry.Policy = relance.ReentryOnce }, "SEND one; REFUSE REENTRY"},
	}, campaign, twice)
}

func TestOrderPlaced(t *testing.T) {
	t.Parallel()
	campaign := func() *relance.Campaign {
		return running(relance.Trigger{Kind: relance.TriggerOrderPlaced, MinAge: 30 * day, MaxAge: 45 * day})
	}
	facts := func() *relance.Facts {
		f := person()
		f.Orders = []relance.FactOrder{order(31*day, "20")}
		return f
	}
	the := func(change func(*relance.FactOrder)) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) { change(&f.Orders[0]) }
	}
	guest := func(_ *relance.Campaign, f *relance.Facts) { f.Records[0].Kind = relance.IdentityGuest }
	decideAll(t, []deciding{
		{"placed", nil, "SEND one"},
		{"just before the least age", the(func(o *relance.FactOrder) { o.PlacedAt = ago(30*day - time.Second) }), "WAIT TOO_YOUNG 1s"},
		{"at the least age", the(func(o *relance.FactOrder) { o.PlacedAt = ago(30 * day) }), "SEND one"},
		{"at the greatest age", the(func(o *relance.FactOrder) { o.PlacedAt = ago(45 * day) }), "SEND one"},
		{"after the greatest age", the(func(o *relance.FactOrder) { o.PlacedAt = ago(45*day + time.Second) }), "REFUSE TOO_OLD"},
		{"a guest's", guest, "SEND one"},
		{"a test", the(func(o *relance.FactOrder) { o.Test, o.Counted = true, false }), ""},
		{"cancelled", the(func(o *relance.FactOrder) { o.State, o.Counted = relance.OrderCancelled, false }), ""},
		{"not validated", the(func(o *relance.FactOrder) { o.NotValidated = true }), ""},
		{"unpaid", the(func(o *relance.FactOrder) { o.Paid = false }), "REFUSE INVOICE_OVERDUE"},
		{"of another shop", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Trigger.Shops = []uuid.UUID{shopB} }, ""},
		{"of a disconnected shop", func(_ *relance.Campaign, f *relance.Facts) { delete(f.Merchant.Shops, shopA) }, ""},
		{"ordered again", func(_ *relance.Campaign, f *relance.Facts) {
			o := order(29*day, "5")
			o.ID = otherOrder
			f.Orders = append(f.Orders, o)
		}, "REFUSE ALREADY_ORDERED; WAIT TOO_YOUNG 24h0m"},
		{"two of one moment, once in 90 days: one enters", func(c *relance.Campaign, f *relance.Facts) {
			c.Plan.Reentry = relance.Reentry{Policy: relance.ReentryEveryDays, Days: 90}
			o := f.Orders[0]
			o.ID = otherOrder
			f.Orders = append(f.Orders, o)
		}, "SEND one; WAIT REENTRY 2160h0m"},
	}, campaign, facts)
}

func TestBestCustomer(t *testing.T) {
	t.Parallel()
	campaign := func() *relance.Campaign {
		c := running(relance.Trigger{Kind: relance.TriggerBestCustomer, Days: 90, Amount: dec("300"), Currency: "EUR", MaxAge: 60 * day})
		c.Plan.Reentry = relance.Reentry{Policy: relance.ReentryEveryDays, Days: 365}
		return c
	}
	facts := func() *relance.Facts {
		f := person()
		a, b := order(80*day, "100"), order(20*day, "200")
		b.ID = otherOrder
		f.Orders = []relance.FactOrder{a, b}
		return f
	}
	the := func(i int, change func(*relance.FactOrder)) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) { change(&f.Orders[i]) }
	}
	decideAll(t, []deciding{
		{"exactly the amount", nil, "SEND one"},
		{"a cent less", the(0, func(o *relance.FactOrder) { o.Net = dec("99.99") }), ""},
		{"the first at the edge of the window", the(0, func(o *relance.FactOrder) { o.PlacedAt = ago(90 * day) }), "SEND one"},
		{"the first before the window", the(0, func(o *relance.FactOrder) { o.PlacedAt = ago(90*day + time.Second) }), ""},
		{"one in another currency", the(0, func(o *relance.FactOrder) { o.Currency = "USD" }), ""},
		{"one unpaid", the(1, func(o *relance.FactOrder) { o.Paid = false }), ""},
		{"one cancelled", the(1, func(o *relance.FactOrder) { o.State, o.Counted, o.Net = relance.OrderCancelled, false, dec("0") }), ""},
		{"one a test", the(1, func(o *relance.FactOrder) { o.Test, o.Counted = true, false }), ""},
		{"one at another shop", func(c *relance.Campaign, f *relance.Facts) {
			c.Plan.Trigger.Shops = []uuid.UUID{shopA}
			f.Orders[1].SourceID = shopB
		}, ""},
		{"over two shops", the(1, func(o *relance.FactOrder) { o.SourceID, o.CustomerID = shopB, "" }), "REFUSE NO_ADDRESS"},
		{"much was given back afterwards", func(_ *relance.Campaign, f *relance.Facts) {
			o := order(15*day, "-50")
			o.ID = id(23)
			f.Orders = append(f.Orders, o)
		}, ""},
		{"reached too long ago", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Trigger.MaxAge = 20*day - time.Second }, "REFUSE TOO_OLD"},
		{"reached at the greatest age", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Trigger.MaxAge = 20 * day }, "SEND one"},
		{"was rewarded this year", func(_ *relance.Campaign, f *relance.Facts) {
			e := entered(100 * day)
			at := ago(99 * day)
			e.InstanceKey, e.EndedAt = profileKey(f.ProfileID, "0"), &at
			f.Enrolments = []relance.Enrolment{e}
		}, "WAIT REENTRY 6360h0m"},
	}, campaign, facts)
	c, f := campaign(), facts()
	if got := Decide(c, f, tuesday)[0].Instance; !got.At.Equal(ago(20*day)) || got.ShopID != shopA {
		t.Errorf("the event is %+v, want the order that reached the amount", got)
	}
}

func TestInactiveCustomer(t *testing.T) {
	t.Parallel()
	campaign := func() *relance.Campaign {
		c := running(relance.Trigger{Kind: relance.TriggerInactiveCustomer, Days: 180, MaxAge: 60 * day})
		c.Plan.Reentry.Policy = relance.ReentryOnce
		return c
	}
	facts := func() *relance.Facts {
		f := person()
		f.Orders = []relance.FactOrder{order(190*day, "20")}
		return f
	}
	aged := func(d time.Duration) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) { f.Orders[0].PlacedAt = ago(d) }
	}
	more := func(change func(*relance.FactOrder)) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) {
			o := order(100*day, "5")
			o.ID = otherOrder
			change(&o)
			f.Orders = append(f.Orders, o)
		}
	}
	decideAll(t, []deciding{
		{"inactive", nil, "SEND one"},
		{"never ordered", func(_ *relance.Campaign, f *relance.Facts) { f.Orders = nil }, ""},
		{"just before the day", aged(180*day - time.Second), "WAIT TOO_YOUNG 1s"},
		{"on the day", aged(180 * day), "SEND one"},
		{"at the greatest age", aged(240 * day), "SEND one"},
		{"after the greatest age", aged(240*day + time.Second), "REFUSE TOO_OLD"},
		{"ordered again", more(func(*relance.FactOrder) {}), "WAIT TOO_YOUNG 1920h0m"},
		{"ordered again and cancelled it: was here all the same", more(func(o *relance.FactOrder) { o.State, o.Counted = relance.OrderCancelled, false }), "WAIT TOO_YOUNG 1920h0m"},
		{"a test order since", more(func(o *relance.FactOrder) { o.Test, o.Counted = true, false }), "SEND one"},
		{"ordered at a shop that is not followed up", func(c *relance.Campaign, f *relance.Facts) {
			c.Plan.Trigger.Shops = []uuid.UUID{shopA}
			more(func(o *relance.FactOrder) { o.SourceID = shopB })(c, f)
		}, "WAIT TOO_YOUNG 1920h0m"},
		{"only cancelled orders", func(_ *relance.Campaign, f *relance.Facts) { f.Orders[0].Counted = false }, ""},
		{"of another shop", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Trigger.Shops = []uuid.UUID{shopB} }, ""},
	}, campaign, facts)
}

func TestBirthday(t *testing.T) {
	t.Parallel()
	born := func(y int, m time.Month, d int) *time.Time {
		at := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
		return &at
	}
	at := func(s string) time.Time {
		tm, err := time.Parse(time.RFC3339, s)
		if err != nil {
			panic(err)
		}
		return tm
	}
	for _, x := range []struct {
		name string
		born *time.Time
		days int
		zone string
		now  string
		want string // the event that is not over, and its key's year
	}{
		{"begins at midnight of the shop", born(1980, 6, 16), 0, "Europe/Paris", "2026-06-15T22:00:00Z", "2026-06-15T22:00:00Z 2026"},
		{"the winter's midnight", born(1980, 1, 10), 0, "Europe/Paris", "2026-01-10T08:00:00Z", "2026-01-09T23:00:00Z 2026"},
		{"lasts for three days", born(1980, 6, 16), 0, "Europe/Paris", "2026-06-18T22:00:00Z", "2026-06-15T22:00:00Z 2026"},
		{"is over after three days", born(1980, 6, 16), 0, "Europe/Paris", "2026-06-18T22:00:01Z", "2027-06-15T22:00:00Z 2027"},
		{"days before", born(1980, 6, 16), 10, "Europe/Paris", "2026-06-06T10:00:00Z", "2026-06-05T22:00:00Z 2026"},
		{"days before, over New Year", born(1980, 1, 3), 10, "Europe/Paris", "2026-12-24T10:00:00Z", "2026-12-23T23:00:00Z 2027"},
		{"over New Year afterwards", born(1980, 12, 31), 0, "Europe/Paris", "2027-01-02T10:00:00Z", "2026-12-30T23:00:00Z 2026"},
		{"29 February in a leap year", born(1980, 2, 29), 0, "Europe/Paris", "2028-02-29T10:00:00Z", "2028-02-28T23:00:00Z 2028"},
		{"29 February in another year", born(1980, 2, 29), 0, "Europe/Paris", "2026-02-28T10:00:00Z", "2026-02-27T23:00:00Z 2026"},
		{"the day on which the clocks change", born(1980, 3, 29), 0, "Europe/Paris", "2026-03-29T10:00:00Z", "2026-03-28T23:00:00Z 2026"},
		{"days counted over a change of the clocks", born(1980, 4, 5), 10, "Europe/Paris", "2026-03-26T10:00:00Z", "2026-03-25T23:00:00Z 2026"},
		{"west of Greenwich", born(1980, 6, 16), 0, "America/New_York", "2026-06-16T10:00:00Z", "2026-06-16T04:00:00Z 2026"},
		{"east of the world", born(1980, 6, 16), 0, "Pacific/Kiritimati", "2026-06-15T11:00:00Z", "2026-06-15T10:00:00Z 2026"},
		{"not known", nil, 0, "Europe/Paris", "2026-06-16T10:00:00Z", ""},
		{"1970-01-01 stands for none", born(1970, 1, 1), 0, "Europe/Paris", "2026-01-01T10:00:00Z", ""},
		{"1970-01-02 is one", born(1970, 1, 2), 0, "Europe/Paris", "2026-01-02T10:00:00Z", "2026-01-01T23:00:00Z 2026"},
		{"1900-01-01 stands for none", born(1900, 1, 1), 0, "Europe/Paris", "2026-01-01T10:00:00Z", ""},
		{"so does the year one", born(1, 1, 1), 0, "Europe/Paris", "2026-01-01T10:00:00Z", ""},
	} {
		c, f := running(relance.Trigger{Kind: relance.TriggerBirthday, Days: x.days, MaxAge: 3 * day}), person()
		f.Birthday = x.born
		shop := f.Merchant.Shops[shopA]
		shop.Zone = zone(x.zone)
		f.Merchant.Shops[shopA] = shop
		got := ""
		if list := birthday(c, f, at(x.now)); len(list) > 0 {
			got = list[0].At.UTC().Format(time.RFC3339) + " " + list[0].Key[len(list[0].Key)-4:]
		}
		if got != x.want {
			t.Errorf("%s: got %q, want %q", x.name, got, x.want)
		}
	}
	campaign := func() *relance.Campaign {
		return running(relance.Trigger{Kind: relance.TriggerBirthday, MaxAge: 3 * day})
	}
	facts := func() *relance.Facts {
		f := person()
		f.Birthday = born(1980, 6, 16)
		return f
	}
	next := "; WAIT TOO_YOUNG 8748h0m"
	decideAll(t, []deciding{
		{"today", nil, "SEND one" + next},
		{"was congratulated", func(_ *relance.Campaign, f *relance.Facts) {
			f.Enrolments = []relance.Enrolment{{ID: enrolmentID, CampaignID: campaignID, InstanceKey: profileKey(f.ProfileID, "2026"), EndedAt: &tuesday}}
		}, next[2:]},
		{"was congratulated as another profile, before a merge", func(_ *relance.Campaign, f *relance.Facts) {
			f.Enrolments = []relance.Enrolment{{ID: enrolmentID, CampaignID: campaignID, InstanceKey: profileKey(id(8), "2026"), EndedAt: &tuesday}}
		}, next[2:]},
		{"was congratulated last year", func(_ *relance.Campaign, f *relance.Facts) {
			f.Enrolments = []relance.Enrolment{{ID: enrolmentID, CampaignID: campaignID, InstanceKey: profileKey(f.ProfileID, "2025"), EndedAt: &tuesday}}
		}, "SEND one" + next},
		{"turns eighteen today", func(_ *relance.Campaign, f *relance.Facts) { f.Birthday = born(2008, 6, 16) }, "SEND one" + next},
		{"turns seventeen today", func(_ *relance.Campaign, f *relance.Facts) { f.Birthday = born(2009, 6, 16) }, "REFUSE MINOR" + next},
		{"knows no shop of the campaign", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Trigger.Shops = []uuid.UUID{shopB} }, ""},
		{"of whoever was there before the start too, from then on", func(c *relance.Campaign, _ *relance.Facts) { c.StartedAt = &tuesday }, "REFUSE BEFORE_START" + next},
	}, campaign, facts)
}

func TestOneTime(t *testing.T) {
	t.Parallel()
	campaign := func() *relance.Campaign {
		c := running(relance.Trigger{Kind: relance.TriggerOneTime})
		c.Plan.Reentry.Policy = relance.ReentryOnce
		return c
	}
	decideAll(t, []deciding{
		{"everybody", nil, "SEND one"},
		{"a shop that is not of the campaign", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Trigger.Shops = []uuid.UUID{shopB} }, ""},
		{"only deleted records", func(_ *relance.Campaign, f *relance.Facts) { f.Records[0].Deleted = true }, ""},
		{"not in the audience", func(c *relance.Campaign, _ *relance.Facts) { c.Audience = &relance.Filter{Labels: []string{"VIP"}} }, "REFUSE NOT_IN_AUDIENCE"},
		{"in the audience", func(c *relance.Campaign, f *relance.Facts) {
			c.Audience, f.Labels = &relance.Filter{Labels: []string{"VIP"}}, []string{"vip"}
		}, "SEND one"},
		{"had it before a merge", func(_ *relance.Campaign, f *relance.Facts) {
			f.Enrolments = []relance.Enrolment{{CampaignID: campaignID, InstanceKey: profileKey(id(8), "0"), EndedAt: &tuesday}}
		}, ""},
		{"no such trigger", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Trigger.Kind = "MOON" }, ""},
	}, campaign, person)
}

func TestLetterScanned(t *testing.T) {
	t.Parallel()
	campaign := func() *relance.Campaign {
		return running(relance.Trigger{Kind: relance.TriggerLetterScanned, MinAge: 3 * day, MaxAge: 20 * day})
	}
	scanned := func(age time.Duration) relance.FactMessage {
		when := ago(age)
		return relance.FactMessage{ID: id(71), CampaignID: id(42), Channel: relance.ChannelLetter, At: ago(age + 2*day), DecidedAt: ago(age + 5*day), ShopID: shopA, ScannedAt: &when}
	}
	facts := func() *relance.Facts {
		f := person()
		f.Messages = []relance.FactMessage{scanned(3 * day)}
		return f
	}
	change := func(do func(*relance.FactMessage)) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) { do(&f.Messages[0]) }
	}
	decideAll(t, []deciding{
		{"scanned long enough ago", nil, "SEND one"},
		{"a second too young", change(func(m *relance.FactMessage) { *m = scanned(3*day - time.Second) }), "WAIT TOO_YOUNG 1s"},
		{"as old as may be", change(func(m *relance.FactMessage) { *m = scanned(20 * day) }), "SEND one"},
		{"too old", change(func(m *relance.FactMessage) { *m = scanned(20*day + time.Second) }), "REFUSE TOO_OLD"},
		{"not scanned", change(func(m *relance.FactMessage) { m.ScannedAt = nil }), ""},
		{"a letter of the same campaign", change(func(m *relance.FactMessage) { m.CampaignID = campaignID }), ""},
		{"of a shop that is not of the campaign", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Trigger.Shops = []uuid.UUID{shopB} }, ""},
		{"ordered since", func(_ *relance.Campaign, f *relance.Facts) { f.Orders = []relance.FactOrder{order(2*day, "10")} }, "REFUSE ALREADY_ORDERED"},
		{"ordered before", func(_ *relance.Campaign, f *relance.Facts) { f.Orders = []relance.FactOrder{order(60*day, "10")} }, "SEND one"},
		{"scanned once more later", func(_ *relance.Campaign, f *relance.Facts) {
			f.Enrolments = []relance.Enrolment{{ID: enrolmentID, CampaignID: campaignID, InstanceKey: letterKey(id(71)), EndedAt: &tuesday}}
		}, ""},
	}, campaign, facts)
}

func TestGroupJoined(t *testing.T) {
	t.Parallel()
	campaign := func() *relance.Campaign {
		return running(relance.Trigger{Kind: relance.TriggerGroupJoined, MinAge: day, MaxAge: 14 * day})
	}
	since := func(age time.Duration) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) {
			group, when := id(81), ago(age)
			f.GroupID, f.GroupSince = &group, &when
		}
	}
	facts := func() *relance.Facts {
		f := person()
		since(day)(nil, f)
		return f
	}
	decideAll(t, []deciding{
		{"joined long enough ago", nil, "SEND one"},
		{"a second too young", since(day - time.Second), "WAIT TOO_YOUNG 1s"},
		{"as old as may be", since(14 * day), "SEND one"},
		{"too old", since(14*day + time.Second), "REFUSE TOO_OLD"},
		{"in no group", func(_ *relance.Campaign, f *relance.Facts) { f.GroupID, f.GroupSince = nil, nil }, ""},
		{"of a shop that is not of the campaign", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Trigger.Shops = []uuid.UUID{shopB} }, ""},
		{"written to for this joining", func(_ *relance.Campaign, f *relance.Facts) {
			f.Enrolments = []relance.Enrolment{{ID: enrolmentID, CampaignID: campaignID, InstanceKey: profileKey(id(8), "group:"+id(81).String()+":"+ago(day).UTC().Format(time.RFC3339)), EndedAt: &tuesday}}
		}, ""},
	}, campaign, facts)
}

func TestMembershipEnding(t *testing.T) {
	t.Parallel()
	campaign := func() *relance.Campaign {
		return running(relance.Trigger{Kind: relance.TriggerMembershipEnding, Days: 10, MaxAge: 7 * day})
	}
	ends := func(days int) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) {
			y, m, d := tuesday.Date()
			f.Ending = []relance.FactEnding{{ID: id(91), EndsOn: time.Date(y, m, d+days, 0, 0, 0, 0, time.UTC)}}
		}
	}
	facts := func() *relance.Facts {
		f := person()
		ends(10)(nil, f)
		return f
	}
	decideAll(t, []deciding{
		{"ends in ten days", nil, "SEND one"},
		{"ends in four", ends(4), "SEND one"},
		{"ends in two: too late", ends(2), "REFUSE TOO_OLD"},
		{"no end is set", func(_ *relance.Campaign, f *relance.Facts) { f.Ending = nil }, ""},
		{"of a shop that is not of the campaign", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Trigger.Shops = []uuid.UUID{shopB} }, ""},
	}, campaign, facts)
}
