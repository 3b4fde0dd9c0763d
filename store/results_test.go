package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// followed is a merchant with a campaign that runs, whose decisions the test takes. Everything
// happens so many days after its start.
type followed struct {
	*lab
	campaign uuid.UUID
	version  int
	variant  relance.MessageVariant // of the messages that are sent
}

var campaignStart = noon.AddDate(0, 0, -100)

// day is a moment so many days after the campaign's start.
func day(n float64) time.Time { return campaignStart.Add(time.Duration(n * 24 * float64(time.Hour))) }

func follow(l *lab, holdout int) *followed {
	l.Helper()
	f := &followed{lab: l, version: 1}
	plan := relance.Plan{Trigger: relance.Trigger{Kind: relance.TriggerOneTime}, HoldoutPercent: holdout, Steps: []relance.CampaignStep{tea("one", 0), tea("two", 0)}, ExpiresAfter: time.Hour}
	var err error
	f.campaign, err = l.s.AddCampaign(l.ctx, l.m, "Tea", plan, "tester", campaignStart)
	l.ok(err)
	_, err = l.s.MoveCampaign(l.ctx, l.m, f.campaign, relance.CampaignRunning, campaignStart)
	l.ok(err)
	return f
}

// holdOut changes the percentage that is held out.
func (f *followed) holdOut(percent int) {
	f.Helper()
	c, err := f.s.Campaign(f.ctx, f.m, f.campaign)
	f.ok(err)
	c.Plan.HoldoutPercent = percent
	f.ok(f.s.ChangeCampaign(f.ctx, f.m, f.campaign, f.version, c.Name, c.Plan, "tester", campaignStart))
	f.version++
}

// decide lets these decisions fall about a person.
func (f *followed) decide(at time.Time, profile uuid.UUID, ds ...relance.Decision) {
	f.Helper()
	f.ok(f.s.ChangeSendingRules(f.ctx, f.m, relance.SendingRulesChange{}, at)) // everybody is in line
	for {
		done, err := f.s.Evaluate(f.ctx, f.m, 100, func(_ []relance.Campaign, facts *relance.Facts) []relance.Decision {
			if facts.ProfileID == profile {
				return ds
			}
			return nil
		}, at)
		f.ok(err)
		if done.People == 0 {
			return
		}
	}
}

// enters begins somebody's way by an event, held out or not.
func (f *followed) enters(at time.Time, profile uuid.UUID, key string, holdout bool) {
	f.Helper()
	d := relance.Decision{CampaignID: f.campaign, Version: f.version, Instance: relance.Instance{Key: key, At: at}, Enter: true, Holdout: holdout,
		Verdict: relance.VerdictWait, Reasons: []relance.Reason{relance.ReasonStepWaits}}
	if holdout {
		d.Verdict, d.Reasons = relance.VerdictRefuse, []relance.Reason{relance.ReasonHoldout}
	}
	f.decide(at, profile, d)
}

// sends lets a step's message go out to a record, with a voucher where a code is given.
func (f *followed) sends(at time.Time, profile uuid.UUID, key, step string, shop int, record, code string, cart *uuid.UUID) {
	f.Helper()
	s := tea(step, 0)
	d := relance.Decision{CampaignID: f.campaign, Version: f.version, Instance: relance.Instance{Key: key, At: at}, Step: &s, Variant: f.variant, Channel: relance.ChannelEmail, Verdict: relance.VerdictSend, DueAt: at, ExpiresAt: at.Add(time.Hour),
		Recipient: relance.Recipient{CustomerID: f.record(shop, record), ShopID: f.shops[shop], Basis: relance.BasisConsent}}
	if cart != nil {
		d.Instance.Cart = &relance.FactCart{ID: *cart}
	}
	if code != "" {
		d.Voucher = &relance.PlannedVoucher{Code: code, Kind: relance.VoucherPercent, Value: dec("10"), ValidFrom: at, ValidUntil: at.AddDate(0, 0, 20)}
	}
	f.decide(at, profile, d)
	due, _, err := f.s.TakeFollowUps(f.ctx, f.m, 100, time.Minute, at)
	f.ok(err)
	for _, u := range due {
		if u.Voucher != nil {
			f.ok(f.s.VoucherIssued(f.ctx, f.m, u.ID, "x"+code, at))
		}
		f.ok(f.begin(u, d.Recipient, at))
		f.ok(f.s.Settle(f.ctx, f.m, u, relance.SendSent, "", relance.Detail{}, at))
	}
}

// begin begins to send a message that nobody refuses.
func (f *followed) begin(u *store.FollowUp, to relance.Recipient, at time.Time) error {
	o := &store.Outgoing{FollowUp: u, Mail: relance.Email{To: "x@example.com", MessageID: u.ID.String()}}
	f.s.BeginSending(f.ctx, f.m, []*store.Outgoing{o}, func(*store.FollowUp) relance.Decision {
		return relance.Decision{Verdict: relance.VerdictSend, Recipient: to}
	}, time.Minute, at)
	return o.Err
}

// record gives our id of a shop's customer.
func (f *followed) record(shop int, external string) (id uuid.UUID) {
	f.Helper()
	rows := f.rows(`SELECT id FROM customers WHERE merchant_id = $1 AND source_id = $2 AND external_id = $3`, f.m, f.shops[shop], external)
	if len(rows) != 1 {
		f.Fatalf("%d records of %s", len(rows), external)
	}
	return uuid.MustParse(strings.Trim(rows[0], "()"))
}

func (f *followed) results(window int, shops ...uuid.UUID) *relance.CampaignResults {
	f.Helper()
	r, err := f.s.CampaignResults(f.ctx, f.m, store.ResultsQuery{CampaignID: f.campaign, WindowDays: window, ShopIDs: shops, Now: noon})
	f.ok(err)
	return r
}

// tell writes takings in a line: orders, revenue, and what was returned.
func tell(list []relance.Takings) string {
	var out []string
	for _, x := range list {
		say := func(t relance.Takes) string {
			s := fmt.Sprint(t.Orders, " for ", t.Revenue)
			if t.Returned.IsPositive() {
				s += fmt.Sprint(" less ", t.Returned)
			}
			return s
		}
		s := fmt.Sprintf("%s code %s, match %s, discount %s", x.Currency, say(x.ByCode), say(x.ByMatchBack), x.Discount)
		if x.UnknownDiscounts > 0 {
			s += fmt.Sprint(" and ", x.UnknownDiscounts, " unknown")
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

// bought is an order of so many days after the start.
func bought(id, customer, total string, days float64, change func(*relance.Order)) relance.Order {
	return order(id, customer, total, func(o *relance.Order) {
		if o.PlacedAt = day(days); change != nil {
			change(o)
		}
	})
}

// coded uses a voucher that took off so much.
func coded(code, off string) func(*relance.Order) {
	return func(o *relance.Order) {
		o.DiscountCodes = append(o.DiscountCodes, code)
		o.Vouchers = append(o.Vouchers, relance.UsedVoucher{Code: code, Amount: dec(off)})
	}
}

func both(list ...func(*relance.Order)) func(*relance.Order) {
	return func(o *relance.Order) {
		for _, f := range list {
			f(o)
		}
	}
}

func refunded(amount string) func(*relance.Order) {
	return func(o *relance.Order) {
		o.Refunds = []relance.Refund{{ExternalID: "r", Document: "R", At: noon, Amount: dec(amount)}}
	}
}

// Somebody, c, enters on day 10, gets a message with the voucher TEA on day 11, and another on day 20.
// Another, h, is held out on day 10.
func TestWhatCountsForACampaign(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	paidLater := func(o *relance.Order) { o.Paid, o.State, o.NotValidated = false, relance.OrderOpen, true }
	cancelled := func(o *relance.Order) { o.State, o.CancelledAt = relance.OrderCancelled, &noon }
	list := func(shop int, list ...relance.Order) map[int]store.PageRows {
		return map[int]store.PageRows{shop: orders(list...)}
	}
	for name, x := range map[string]struct {
		rows        map[int]store.PageRows
		then        func(*followed)
		total       string
		first, last string // step
	}{
		"an order with the code counts once by code and once by match-back": {
			rows:  list(0, bought("o", "c", "90", 15, coded("TEA", "10"))),
			total: "EUR code 1 for 90, match 1 for 90, discount 10", first: "EUR code 1 for 90, match 1 for 90, discount 10"},
		"a code in small letters": {
			rows:  list(0, bought("o", "c", "90", 15, coded("tea", "10"))),
			total: "EUR code 1 for 90, match 1 for 90, discount 10", first: "EUR code 1 for 90, match 1 for 90, discount 10"},
		"a refund is taken off": {
			rows:  list(0, bought("o", "c", "90", 15, both(coded("TEA", "10"), refunded("30")))),
			total: "EUR code 1 for 60 less 30, match 1 for 60 less 30, discount 10", first: "EUR code 1 for 60 less 30, match 1 for 60 less 30, discount 10"},
		"a cancelled order leaves": {
			rows: list(0, bought("o", "c", "90", 15, both(coded("TEA", "10"), cancelled)))},
		"an order is cancelled after it counted": {
			rows: list(0, bought("o", "c", "90", 15, coded("TEA", "10"))),
			then: func(f *followed) {
				f.give(0, orders(bought("o", "c", "90", 15, both(coded("TEA", "10"), cancelled, func(o *relance.Order) { o.Version = at(1) }))))
			}},
		"a test order": {
			rows: list(0, bought("o", "c", "90", 15, both(coded("TEA", "10"), func(o *relance.Order) { o.Test = true })))},
		"an order that is not validated and not paid is an order without revenue": {
			rows:  list(0, bought("o", "c", "90", 15, both(coded("TEA", "10"), paidLater))),
			total: "EUR code 1 for 0, match 1 for 0, discount 10", first: "EUR code 1 for 0, match 1 for 0, discount 10"},
		"an order before entering does not count": {
			rows: list(0, bought("o", "c", "90", 9.99, nil))},
		"an order after entering and before the message counts for no step": {
			rows:  list(0, bought("o", "c", "90", 10.5, nil)),
			total: "EUR code 0 for 0, match 1 for 90, discount 0"},
		"an order counts for the last message before it": {
			rows:  list(0, bought("o", "c", "90", 25, nil)),
			total: "EUR code 0 for 0, match 1 for 90, discount 0", last: "EUR code 0 for 0, match 1 for 90, discount 0"},
		"the window ends 30 days after entering": {
			rows:  list(0, bought("in", "c", "90", 40, nil), bought("out", "c", "9", 40.0001, nil)),
			total: "EUR code 0 for 0, match 1 for 90, discount 0", last: "EUR code 0 for 0, match 2 for 99, discount 0"},
		"a voucher redeemed after the window counts by code": {
			rows:  list(0, bought("o", "c", "90", 55, coded("TEA", "10"))),
			total: "EUR code 1 for 90, match 0 for 0, discount 10", first: "EUR code 1 for 90, match 0 for 0, discount 10"},
		"an order in another shop counts by match-back": {
			rows: map[int]store.PageRows{0: {}, 1: {Customers: []relance.Customer{withEmail("c2", "c@example.com")}, Orders: []relance.Order{bought("o", "c2", "45", 15, nil)}}},

			total: "EUR code 0 for 0, match 1 for 45, discount 0", first: "EUR code 0 for 0, match 1 for 45, discount 0"},
		"the same code in another shop is another voucher": {
			rows:  map[int]store.PageRows{1: {Customers: []relance.Customer{withEmail("c2", "c@example.com")}, Orders: []relance.Order{bought("o", "c2", "45", 15, coded("TEA", "10"))}}},
			total: "EUR code 0 for 0, match 1 for 45, discount 0", first: "EUR code 0 for 0, match 1 for 45, discount 0"},
		"currencies stay apart": {
			rows:  list(0, bought("o", "c", "90", 15, coded("TEA", "10")), bought("p", "c", "70", 16, func(o *relance.Order) { o.Currency = "USD" })),
			total: "EUR code 1 for 90, match 1 for 90, discount 10; USD code 0 for 0, match 1 for 70, discount 0", first: "EUR code 1 for 90, match 1 for 90, discount 10; USD code 0 for 0, match 1 for 70, discount 0"},
		"an order of whoever turns out to be the same person": {
			rows:  map[int]store.PageRows{0: {Customers: []relance.Customer{withEmail("d", "d@example.com")}, Orders: []relance.Order{bought("o", "d", "45", 15, nil)}}},
			then:  func(f *followed) { f.merge(f.id(0, "d"), f.id(0, "c")) },
			total: "EUR code 0 for 0, match 1 for 45, discount 0", first: "EUR code 0 for 0, match 1 for 45, discount 0"},
		"somebody who enters twice orders once": {
			rows:  list(0, bought("o", "c", "90", 15, nil)),
			then:  func(f *followed) { f.enters(day(12), f.id(0, "c"), "again", false) },
			total: "EUR code 0 for 0, match 1 for 90, discount 0", first: "EUR code 0 for 0, match 1 for 90, discount 0"},
		"what the shop does not tell is not known": {
			rows:  list(0, bought("o", "c", "90", 15, func(o *relance.Order) { o.DiscountCodes = []string{"TEA"} })),
			total: "EUR code 1 for 90, match 1 for 90, discount 0 and 1 unknown", first: "EUR code 1 for 90, match 1 for 90, discount 0 and 1 unknown"},
		"two vouchers in one order": {
			rows:  list(0, bought("o", "c", "90", 25, both(coded("TEA", "10"), coded("CUP", "5")))),
			total: "EUR code 1 for 90, match 1 for 90, discount 15", first: "EUR code 1 for 90, match 0 for 0, discount 10", last: "EUR code 1 for 90, match 1 for 90, discount 5"},
		"whoever is held out brings nothing": {
			rows: list(0, bought("o", "h", "90", 15, nil))},
	} {
		t.Run(name, func(t *testing.T) {
			f := follow(base.tenant(t), 10)
			f.give(0, customers(withEmail("c", "c@example.com"), withEmail("h", "h@example.com")))
			c := f.id(0, "c")
			f.enters(day(10), c, "it", false)
			f.enters(day(10), f.id(0, "h"), "its", true)
			f.sends(day(11), c, "it", "one", 0, "c", "TEA", nil)
			f.sends(day(20), c, "it", "two", 0, "c", "CUP", nil)
			for shop, rows := range x.rows {
				f.give(shop, rows)
			}
			if x.then != nil {
				x.then(f)
			}
			r := f.results(30)
			if got := tell(r.Totals.Takings); got != x.total {
				t.Errorf("in all\n got %s\nwant %s", got, x.total)
			}
			for i, want := range []string{x.first, x.last} {
				if got := tell(r.Steps[i].Takings); got != want {
					t.Errorf("step %d\n got %s\nwant %s", i+1, got, want)
				}
			}
			sums, err := f.s.RevenueByCode(f.ctx, f.m, f.campaign, nil)
			f.ok(err)
			byCode := map[string]string{}
			for _, x := range r.Totals.Takings {
				if !x.ByCode.Revenue.IsZero() {
					byCode[x.Currency] = x.ByCode.Revenue.String()
				}
			}
			for _, x := range sums {
				if byCode[x.Currency] != x.Amount.String() {
					t.Errorf("revenue by code is %s %s, want %v", x.Amount, x.Currency, byCode)
				}
				delete(byCode, x.Currency)
			}
			if len(byCode) > 0 {
				t.Errorf("revenue by code lacks %v", byCode)
			}
		})
	}
}

func TestMessagesAndVouchersAreCounted(t *testing.T) {
	t.Parallel()
	f := follow(newLab(t), 10)
	f.give(0, customers(withEmail("c", "c@example.com"), withEmail("d", "d@example.com"), withEmail("e", "e@example.com"), withEmail("h", "h@example.com")))
	f.give(1, customers(withEmail("z", "z@example.com")))
	for i, who := range []string{"c", "d", "e"} {
		f.enters(day(1), f.id(0, who), who, false)
		f.sends(day(2), f.id(0, who), who, "one", 0, who, fmt.Sprint("CODE", i), nil)
	}
	f.enters(day(1), f.id(1, "z"), "z", false)
	f.sends(day(90), f.id(1, "z"), "z", "one", 1, "z", "CODE9", nil)
	f.enters(day(1), f.id(0, "h"), "h", true)
	f.decide(day(3), f.id(0, "h"), relance.Decision{CampaignID: f.campaign, Version: 1, Instance: relance.Instance{Key: "other"}, Verdict: relance.VerdictRefuse, Reasons: []relance.Reason{relance.ReasonNoConsent}})
	f.give(0, orders(bought("o", "c", "90", 5, coded("CODE0", "10"))))
	f.ok(f.as("", func(tx pgx.Tx) error {
		_, err := tx.Exec(f.ctx, `UPDATE vouchers SET state = 'REVOKED' WHERE merchant_id = $1 AND code = 'CODE1'`, f.m)
		if err != nil {
			return err
		}
		_, err = tx.Exec(f.ctx, `INSERT INTO stopped_addresses (merchant_id, address, reason, follow_up_id, at) SELECT merchant_id, 'e@example.com', 'BOUNCE', follow_up_id, now() FROM vouchers WHERE merchant_id = $1 AND code = 'CODE2'`, f.m)
		return err
	}))
	r := f.results(30)
	want := relance.StepResults{Key: "one", Decided: 4, Sent: 4, Delivered: 3, Issued: 4, Redeemed: 1, Revoked: 1, Outdated: 1, Open: 1}
	got := r.Steps[0]
	got.Takings = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the first step: %s", diff)
	}
	if diff := cmp.Diff(relance.StepResults{Key: "two"}, r.Steps[1]); diff != "" {
		t.Errorf("the second step: %s", diff)
	}
	if r.Evaluated != 6 || r.Eligible != 5 || r.HeldOut != 1 || r.People != 4 {
		t.Errorf("%d events judged, %d entered, %d held out, %d people", r.Evaluated, r.Eligible, r.HeldOut, r.People)
	}
	if n := f.results(30, f.shops[1]).Totals.Sent; n != 1 {
		t.Errorf("whoever may see the second shop only is shown %d messages", n)
	}
	if n := len(f.results(30, f.shops[1]).Totals.Takings); n != 0 {
		t.Errorf("whoever may see the second shop only is shown takings of the first")
	}
	if m := r.Months; len(m) != 2 || m[0].Sent != 3 || m[0].Redeemed != 1 || m[0].Revenue[0].Amount.String() != "90" || m[1].Sent != 1 || m[0].Month.Format(time.DateOnly) != "2026-03-01" {
		t.Errorf("by month: %+v", m)
	}
}

func TestCartsWonBack(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	for name, x := range map[string]struct {
		placed float64 // day of the order that the cart became
		change func(*relance.Order)
		want   [3]int // in all, first step, second step
	}{
		"ordered after the first message":         {6, nil, [3]int{1, 1, 0}},
		"ordered after the second message":        {9, nil, [3]int{1, 0, 1}},
		"ordered before any message":              {4, nil, [3]int{}},
		"ordered after a message and cancelled":   {6, func(o *relance.Order) { o.State = relance.OrderCancelled }, [3]int{}},
		"another order, the cart stays abandoned": {6, func(o *relance.Order) { o.CartID = "" }, [3]int{}},
	} {
		t.Run(name, func(t *testing.T) {
			f := follow(base.tenant(t), 10)
			k := prestaCart(0, 0)
			k.StartedAt, k.UpdatedAt, k.Version = day(1), day(1), relance.Version{UpdatedAt: day(1), ReadAt: day(1.1)}
			f.give(0, store.PageRows{Customers: []relance.Customer{withEmail("c", "c@example.com")}, Carts: []relance.Cart{k}})
			id := uuid.MustParse(strings.Trim(f.rows(`SELECT id FROM carts WHERE merchant_id = $1`, f.m)[0], "()"))
			c, key := f.id(0, "c"), "cart:"+id.String()
			f.enters(day(2), c, key, false)
			f.sends(day(5), c, key, "one", 0, "c", "", &id)
			f.sends(day(8), c, key, "two", 0, "c", "", &id)
			f.give(0, orders(bought("o", "c", "10", x.placed, func(o *relance.Order) {
				if o.CartID = "k"; x.change != nil {
					x.change(o)
				}
			})))
			r := f.results(30)
			if got := [3]int{r.Totals.Recovered, r.Steps[0].Recovered, r.Steps[1].Recovered}; got != x.want {
				t.Errorf("recovered %v, want %v", got, x.want)
			}
		})
	}
}
