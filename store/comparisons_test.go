package store_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// told writes a group in a line: people, who of them ordered, who is still under way, revenue.
func told(g relance.ComparedGroup) string {
	s := fmt.Sprintf("%d of %d", g.Ordered, g.People)
	if g.Pending > 0 {
		s += fmt.Sprint(" and ", g.Pending)
	}
	for _, r := range g.Revenue {
		s += fmt.Sprintf(", %s %s %s² by %d", r.Currency, r.Sum, r.Squares, r.Buyers)
	}
	return s
}

func TestWhoIsCompared(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	for name, x := range map[string]struct {
		happens          func(f *followed, a, b uuid.UUID)
		treated, holdout string
		percent, leftOut int
	}{
		"nobody": {func(*followed, uuid.UUID, uuid.UUID) {}, "0 of 0", "0 of 0", 0, 0},
		"one of each, both order": {func(f *followed, a, b uuid.UUID) {
			f.enters(day(10), a, "a", false)
			f.enters(day(10), b, "b", true)
			f.give(0, orders(bought("1", "a", "30", 12, nil), bought("2", "b", "20", 12, nil)))
		}, "1 of 1, EUR 30 900² by 1", "1 of 1, EUR 20 400² by 1", 10, 0},
		"two orders of one person are one person and one sum": {func(f *followed, a, b uuid.UUID) {
			f.enters(day(10), a, "a", false)
			f.enters(day(10), b, "b", true)
			f.give(0, orders(bought("1", "a", "30", 12, nil), bought("2", "a", "20", 13, refunded("5"))))
		}, "1 of 1, EUR 45 2025² by 1", "0 of 1", 10, 0},
		"three events of one person are one person, from the first on": {func(f *followed, a, b uuid.UUID) {
			f.enters(day(10), a, "a1", false)
			f.enters(day(30), a, "a2", false)
			f.enters(day(50), a, "a3", false)
			f.give(0, orders(bought("1", "a", "30", 45, nil)))
		}, "0 of 1", "0 of 0", 10, 0},
		"whose window is open waits": {func(f *followed, a, b uuid.UUID) {
			f.enters(day(70.1), a, "a", false)
			f.enters(day(70), b, "b", true)
			f.give(0, orders(bought("1", "a", "30", 71, nil), bought("2", "b", "30", 71, nil)))
		}, "0 of 0 and 1", "1 of 1, EUR 30 900² by 1", 10, 0},
		"whoever entered while nobody was held out is left out": {func(f *followed, a, b uuid.UUID) {
			f.holdOut(0)
			f.enters(day(10), a, "a", false)
			f.holdOut(20)
			f.enters(day(20), a, "a2", false) // still of the time before
			f.enters(day(20), b, "b", true)
		}, "0 of 0", "0 of 1", 20, 1},
		"of two percentages the one that held out more": {func(f *followed, a, b uuid.UUID) {
			f.enters(day(10), b, "b", true)
			f.holdOut(50)
			f.enters(day(20), a, "a", false)
		}, "0 of 0", "0 of 1", 10, 1},
		"whoever became one person is in the group of the first": {func(f *followed, a, b uuid.UUID) {
			f.enters(day(10), b, "b", true)
			f.enters(day(11), a, "a", false)
			f.merge(a, b)
		}, "0 of 0", "0 of 1", 10, 0},
		"unpaid orders are orders without revenue": {func(f *followed, a, b uuid.UUID) {
			f.enters(day(10), a, "a", false)
			f.give(0, orders(bought("1", "a", "30", 12, func(o *relance.Order) { o.Paid = false })))
		}, "1 of 1", "0 of 0", 10, 0},
		"cancelled orders are none": {func(f *followed, a, b uuid.UUID) {
			f.enters(day(10), a, "a", false)
			f.give(0, orders(bought("1", "a", "30", 12, func(o *relance.Order) { o.State = relance.OrderCancelled })))
		}, "0 of 1", "0 of 0", 10, 0},
		"an order in two currencies": {func(f *followed, a, b uuid.UUID) {
			f.enters(day(10), a, "a", false)
			f.give(0, orders(bought("1", "a", "30", 12, nil), bought("2", "a", "7", 12, func(o *relance.Order) { o.Currency = "USD" })))
		}, "1 of 1, EUR 30 900² by 1, USD 7 49² by 1", "0 of 0", 10, 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := follow(base.tenant(t), 10)
			f.give(0, customers(withEmail("a", "a@example.com"), withEmail("b", "b@example.com")))
			x.happens(f, f.id(0, "a"), f.id(0, "b"))
			c := f.results(30).Comparison
			if told(c.Treated) != x.treated || told(c.Holdout) != x.holdout || c.HoldoutPercent != x.percent || c.LeftOut != x.leftOut {
				t.Errorf("treated %s, holdout %s, at %d %%, %d left out\nwant    %s, %s, %d, %d", told(c.Treated), told(c.Holdout), c.HoldoutPercent, c.LeftOut, x.treated, x.holdout, x.percent, x.leftOut)
			}
		})
	}
}

// soldRow, wayRow and voucherRow are what the second computation knows: plain rows of the facts.
type soldRow struct {
	ID, Shop, Owner  uuid.UUID
	State, Currency  string
	Paid, Test, Gone bool
	PlacedAt         time.Time
	Total, Refunds   decimal.Decimal
	Codes            []string
	Amounts          map[string]decimal.Decimal
	Lines            []lineRow
	Astray           bool // money was given back that neither pieces nor shipping account for
}

// lineRow is a line with what of it is kept, and its cost as it was stored, else today's.
type lineRow struct {
	Kept, Quantity int
	Net, Cost      *decimal.Decimal
	Currency       string
	Late           bool
}

// goods are those of the order, as far as they are known.
func (o *soldRow) goods() (g relance.Goods) {
	for _, l := range o.Lines {
		if l.Kept <= 0 || !o.Paid {
			continue
		}
		g.Pieces += l.Kept
		if l.Net == nil || l.Cost == nil || l.Currency != o.Currency || o.Astray {
			continue
		}
		kept := decimal.NewFromInt(int64(l.Kept))
		g.Known += l.Kept
		g.Net = g.Net.Add(l.Net.Mul(kept).DivRound(decimal.NewFromInt(int64(l.Quantity)), 6))
		g.Cost = g.Cost.Add(l.Cost.Mul(kept))
		if l.Late {
			g.Late += l.Kept
		}
	}
	return g
}

func addGoods(a, b relance.Goods) relance.Goods {
	return relance.Goods{Pieces: a.Pieces + b.Pieces, Known: a.Known + b.Known, Late: a.Late + b.Late, Net: a.Net.Add(b.Net), Cost: a.Cost.Add(b.Cost)}
}

// out says whether an order is in no figure, counts whether it counts as an order.
func (o *soldRow) out() bool { return o.State == "CANCELLED" || o.Test || o.Gone }
func (o *soldRow) counts() bool {
	return !(o.Total.IsZero() && o.Refunds.IsPositive())
}

func (o *soldRow) add(t *relance.Takes) {
	if o.counts() {
		t.Orders++
	}
	if o.Paid {
		t.Revenue, t.Returned = t.Revenue.Add(o.Total.Sub(o.Refunds)), t.Returned.Add(o.Refunds)
	}
	t.Goods = addGoods(t.Goods, o.goods())
}

type wayRow struct {
	ID, Person uuid.UUID
	At         time.Time
	Holdout    bool
	Percent    int
}

type sentRow struct {
	ID, Way, Shop uuid.UUID
	Step          string
	At            *time.Time
	Code          string
	Price         *decimal.Decimal // of the letter that it is; nil: no letter, or nobody knows
	Currency      string
	Printed       bool
}

// anew computes the figures a second time: from the rows of the facts, in Go, everything with
// everything.
type anew struct {
	sold []soldRow
	ways []wayRow
	sent []sentRow
}

func (f *followed) load() (a anew) {
	f.Helper()
	f.ok(f.as("", func(tx pgx.Tx) error {
		rows, err := tx.Query(f.ctx, `SELECT o.id, o.source_id, coalesce((SELECT i.profile_id FROM customers c JOIN identities i ON i.merchant_id = $1 AND i.customer_id = c.id
				WHERE c.merchant_id = $1 AND c.source_id = o.source_id AND c.external_id = o.customer_external_id), '00000000-0000-0000-0000-000000000000'), o.state, o.currency, o.paid, o.test, o.deleted_at IS NOT NULL, o.placed_at, o.total::text,
				(SELECT coalesce(sum(r.amount), 0) FROM refunds r WHERE r.merchant_id = $1 AND r.order_id = o.id)::text, o.discount_codes, o.used_vouchers FROM orders o WHERE o.merchant_id = $1`, f.m)
		if err != nil {
			return err
		}
		var o soldRow
		var total, refunds string
		var used []relance.UsedVoucher
		if _, err := pgx.ForEachRow(rows, []any{&o.ID, &o.Shop, &o.Owner, &o.State, &o.Currency, &o.Paid, &o.Test, &o.Gone, &o.PlacedAt, &total, &refunds, &o.Codes, &used}, func() error {
			row := o
			row.Total, row.Refunds, row.Amounts, row.Codes = dec(total), dec(refunds), map[string]decimal.Decimal{}, slices.Clone(o.Codes)
			for _, u := range used {
				row.Amounts[strings.ToUpper(u.Code)] = u.Amount
			}
			a.sold, used, o.Codes = append(a.sold, row), nil, nil
			return nil
		}); err != nil {
			return err
		}
		if rows, err = tx.Query(f.ctx, `SELECT e.id, (SELECT coalesce(p.merged_into, p.id) FROM profiles p WHERE p.merchant_id = $1 AND p.id = e.profile_id), e.entered_at, e.holdout,
				coalesce((v.plan->>'holdout_percent')::int, 0) FROM enrolments e JOIN campaign_versions v USING (merchant_id, campaign_id, version) WHERE e.merchant_id = $1`, f.m); err != nil {
			return err
		}
		var w wayRow
		if _, err := pgx.ForEachRow(rows, []any{&w.ID, &w.Person, &w.At, &w.Holdout, &w.Percent}, func() error {
			a.ways = append(a.ways, w)
			return nil
		}); err != nil {
			return err
		}
		if rows, err = tx.Query(f.ctx, `SELECT f.id, f.enrolment_id, f.shop_id, f.step_key, f.sent_at, coalesce(v.code, '') FROM follow_ups f LEFT JOIN vouchers v ON v.merchant_id = $1 AND v.follow_up_id = f.id WHERE f.merchant_id = $1`, f.m); err != nil {
			return err
		}
		var s sentRow
		_, err = pgx.ForEachRow(rows, []any{&s.ID, &s.Way, &s.Shop, &s.Step, &s.At, &s.Code}, func() error {
			a.sent = append(a.sent, s)
			return nil
		})
		return err
	}))
	f.loadLines(a.sold)
	f.loadPrices(a.sent)
	return a
}

// loadLines reads the lines of orders, with the costs of products as they are told today where a line
// has none, and whether money was given back astray.
func (f *followed) loadLines(sold []soldRow) {
	f.Helper()
	costs := map[string]relance.Money{} // by shop, product and variant
	f.ok(f.as("", func(tx pgx.Tx) error {
		rows, err := tx.Query(f.ctx, `SELECT source_id, external_id, costs FROM products WHERE merchant_id = $1 AND costs IS NOT NULL`, f.m)
		if err != nil {
			return err
		}
		var shop uuid.UUID
		var product string
		var told map[string]relance.Money
		if _, err := pgx.ForEachRow(rows, []any{&shop, &product, &told}, func() error {
			for variant, c := range told {
				costs[fmt.Sprint(shop, "|", product, "|", variant)] = c
			}
			told = nil
			return nil
		}); err != nil {
			return err
		}
		for i := range sold {
			o := &sold[i]
			back := o.Refunds
			if rows, err = tx.Query(f.ctx, `SELECT l.product_id, l.variant_id, l.quantity, l.returned_quantity, l.net, l.cost, l.cost_currency, l.cost_late, o.shipping FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE l.order_id = $1`, o.ID); err != nil {
				return err
			}
			var variant string
			var returned int
			var l lineRow
			var shipping decimal.Decimal
			if _, err := pgx.ForEachRow(rows, []any{&product, &variant, &l.Quantity, &returned, &l.Net, &l.Cost, &l.Currency, &l.Late, &shipping}, func() error {
				row := l
				if today, ok := costs[fmt.Sprint(o.Shop, "|", product, "|", variant)]; l.Cost == nil && ok {
					row.Cost, row.Currency, row.Late = &today.Amount, today.Currency, true
				}
				row.Kept = l.Quantity - returned
				o.Lines = append(o.Lines, row)
				l.Net, l.Cost = nil, nil
				return nil
			}); err != nil {
				return err
			}
			if rows, err = tx.Query(f.ctx, `SELECT lines FROM refunds WHERE order_id = $1`, o.ID); err != nil {
				return err
			}
			var lines []relance.RefundLine
			if _, err := pgx.ForEachRow(rows, []any{&lines}, func() error {
				for _, r := range lines {
					back = back.Sub(r.Amount)
				}
				lines = nil
				return nil
			}); err != nil {
				return err
			}
			o.Astray = o.Refunds.IsPositive() && back.GreaterThan(shipping.Add(dec("0.01")))
		}
		return nil
	}))
}

// loadPrices reads what the messages that are letters cost.
func (f *followed) loadPrices(sent []sentRow) {
	f.Helper()
	f.ok(f.as("", func(tx pgx.Tx) error {
		for i := range sent {
			rows, err := tx.Query(f.ctx, `SELECT price, currency, ordered_at IS NOT NULL AND state <> ALL('{REJECTED,CANCELLED,EXPIRED}') FROM letters WHERE follow_up_id = $1`, sent[i].ID)
			if err != nil {
				return err
			}
			if _, err := pgx.ForEachRow(rows, []any{&sent[i].Price, &sent[i].Currency, &sent[i].Printed}, func() error { return nil }); err != nil {
				return err
			}
		}
		return nil
	}))
}

// within says whether an order falls into a window.
func within(o *soldRow, from time.Time, days int) bool {
	return o.PlacedAt.After(from) && !o.PlacedAt.After(from.AddDate(0, 0, days))
}

// takings are those of a step, or of all for "".
func (a *anew) takings(step string, days int) []relance.Takings {
	all := map[string]*relance.Takings{}
	of := func(currency string) *relance.Takings {
		if all[currency] == nil {
			all[currency] = &relance.Takings{Currency: currency}
		}
		return all[currency]
	}
	for i := range a.sold {
		o := &a.sold[i]
		if o.out() {
			continue
		}
		coded, matched := false, false
		var last *sentRow
		for j := range a.sent {
			s := &a.sent[j]
			if s.Shop == o.Shop && s.Code != "" && a.uses(s, o) && (step == "" || s.Step == step) {
				coded = true
				if amount, told := o.Amounts[s.Code]; told {
					of(o.Currency).Discount = of(o.Currency).Discount.Add(amount)
				} else {
					of(o.Currency).UnknownDiscounts++
				}
			}
			if w := a.way(s.Way); s.At != nil && w.Person == o.Owner && within(o, *s.At, days) && (last == nil || s.At.After(*last.At) || s.At.Equal(*last.At) && s.ID.String() < last.ID.String()) {
				last = s
			}
		}
		for _, w := range a.ways {
			matched = matched || step == "" && !w.Holdout && w.Person == o.Owner && within(o, w.At, days)
		}
		if coded {
			o.add(&of(o.Currency).ByCode)
		}
		if matched || last != nil && step != "" && last.Step == step {
			o.add(&of(o.Currency).ByMatchBack)
		}
	}
	for _, s := range a.sent {
		if s.Printed && s.Price != nil && (step == "" || s.Step == step) {
			of(s.Currency).Print = of(s.Currency).Print.Add(*s.Price)
		}
	}
	var out []relance.Takings
	for _, c := range slices.Sorted(maps.Keys(all)) {
		out = append(out, *all[c])
	}
	return out
}

// uses says whether the order used the message's voucher: each is good for one order.
func (a *anew) uses(s *sentRow, o *soldRow) bool {
	return slices.ContainsFunc(o.Codes, func(c string) bool { return strings.ToUpper(c) == s.Code })
}

func (a *anew) way(id uuid.UUID) *wayRow {
	return &a.ways[slices.IndexFunc(a.ways, func(w wayRow) bool { return w.ID == id })]
}

// groups are those compared, by percentage and whether they were held out.
func (a *anew) groups(days int, now time.Time) map[string]relance.ComparedGroup {
	out := map[string]relance.ComparedGroup{}
	firsts := map[uuid.UUID]*wayRow{}
	slices.SortFunc(a.ways, func(x, y wayRow) int {
		return cmp.Or(x.At.Compare(y.At), strings.Compare(x.ID.String(), y.ID.String()))
	})
	for i := range a.ways {
		if w := &a.ways[i]; firsts[w.Person] == nil {
			firsts[w.Person] = w
		}
	}
	for person, w := range firsts {
		key := fmt.Sprint(w.Percent, w.Holdout)
		g := out[key]
		if w.At.AddDate(0, 0, days).After(now) {
			g.Pending++
			out[key] = g
			continue
		}
		g.People++
		ordered, spent, bought, left := false, map[string]decimal.Decimal{}, map[string]relance.Goods{}, map[string]decimal.Decimal{}
		for i := range a.sent {
			if s := &a.sent[i]; s.Printed && s.Price != nil && a.way(s.Way).Person == person && !s.At.Before(w.At) && !s.At.After(w.At.AddDate(0, 0, days)) {
				left[s.Currency] = left[s.Currency].Sub(*s.Price)
			}
		}
		for i := range a.sold {
			if o := &a.sold[i]; !o.out() && o.Owner == person && within(o, w.At, days) {
				if ordered = ordered || o.counts(); o.Paid {
					spent[o.Currency] = spent[o.Currency].Add(o.Total.Sub(o.Refunds))
					g := o.goods()
					bought[o.Currency], left[o.Currency] = addGoods(bought[o.Currency], g), left[o.Currency].Add(g.Net).Sub(g.Cost)
				}
			}
		}
		if ordered {
			g.Ordered++
		}
		for currency, sum := range spent {
			if sum.IsZero() {
				continue
			}
			i := slices.IndexFunc(g.Revenue, func(r relance.GroupRevenue) bool { return r.Currency == currency })
			if i < 0 {
				i, g.Revenue = len(g.Revenue), append(g.Revenue, relance.GroupRevenue{Currency: currency})
			}
			r := &g.Revenue[i]
			r.Buyers, r.Sum, r.Squares = r.Buyers+1, r.Sum.Add(sum), r.Squares.Add(sum.Mul(sum))
		}
		for currency, sum := range left {
			if sum.IsZero() && bought[currency].Pieces == 0 {
				continue
			}
			i := slices.IndexFunc(g.Margin, func(r relance.GroupMargin) bool { return r.Currency == currency })
			if i < 0 {
				i, g.Margin = len(g.Margin), append(g.Margin, relance.GroupMargin{GroupRevenue: relance.GroupRevenue{Currency: currency}})
			}
			r := &g.Margin[i]
			if bought[currency].Known > 0 {
				r.Buyers++
			}
			r.Sum, r.Squares = r.Sum.Add(sum), r.Squares.Add(sum.Mul(sum))
			r.Pieces, r.Known = r.Pieces+bought[currency].Pieces, r.Known+bought[currency].Known
		}
		out[key] = g
	}
	for _, g := range out {
		slices.SortFunc(g.Margin, func(x, y relance.GroupMargin) int { return strings.Compare(x.Currency, y.Currency) })
		slices.SortFunc(g.Revenue, func(x, y relance.GroupRevenue) int { return strings.Compare(x.Currency, y.Currency) })
	}
	return out
}

// TestResultsEqualASecondComputation lets people enter, get messages, order in any way, merge and part,
// and holds the results to a second computation that knows nothing but the rows.
func TestResultsEqualASecondComputation(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	var compared, redeemed, known int
	rapid.Check(t, func(t *rapid.T) {
		f := follow(base.tenant(t), 30)
		names := []string{"a", "b", "c", "d", "e"}
		for shop := range f.shops {
			var list []relance.Customer
			for _, n := range names {
				list = append(list, withEmail(n, fmt.Sprint(n, shop, "@example.com")))
			}
			f.put(shop, store.PageRows{Customers: list, Products: costlyProducts(0)})
		}
		f.derive()
		printer := f.printer()
		who := func() (int, string) {
			return rapid.IntRange(0, 1).Draw(t, "shop"), rapid.SampledFrom(names).Draw(t, "name")
		}
		var codes [2][]string
		for i := range rapid.IntRange(3, 12).Draw(t, "ways") {
			shop, name := who()
			key, at := fmt.Sprint("way", i), rapid.Float64Range(0, 98).Draw(t, "enters")
			p, held := f.id(shop, name), rapid.IntRange(0, 2).Draw(t, "held out") == 0
			if rapid.IntRange(0, 7).Draw(t, "percentage changes") == 0 {
				f.holdOut(rapid.SampledFrom([]int{0, 10, 30}).Draw(t, "percentage"))
			}
			f.enters(day(at), p, key, held)
			for j, step := range []string{"one", "two"} {
				if !held && rapid.Bool().Draw(t, "sent") {
					code := rapid.SampledFrom([]string{"", fmt.Sprint("C", i, j)}).Draw(t, "code")
					if f.sends(day(at+float64(j)+0.5), p, key, step, shop, name, code, nil); code != "" {
						codes[shop] = append(codes[shop], code)
					}
					if rapid.IntRange(0, 2).Draw(t, "by post") == 0 {
						f.posted(printer, key, step, rapid.SampledFrom([]string{"0.83", "1.2", ""}).Draw(t, "postage"), rapid.SampledFrom([]string{"EUR", "EUR", "USD"}).Draw(t, "paid in"),
							rapid.SampledFrom([]string{"POSTED", "POSTED", "CANCELLED"}).Draw(t, "letter"))
					}
				}
			}
		}
		for i := range rapid.IntRange(0, 25).Draw(t, "orders") {
			shop, name := who()
			o := bought(fmt.Sprint("o", i), name, "0", rapid.Float64Range(-5, 100).Draw(t, "placed"), func(o *relance.Order) {
				o.Total = dec(rapid.SampledFrom([]string{"0", "10", "12.345678", "99.99"}).Draw(t, "total"))
				o.Currency = rapid.SampledFrom([]string{"EUR", "EUR", "USD"}).Draw(t, "currency")
				o.State = rapid.SampledFrom([]relance.OrderState{relance.OrderOpen, relance.OrderPaid, relance.OrderPaid, relance.OrderCancelled, relance.OrderRefunded}).Draw(t, "state")
				o.Paid, o.Test = rapid.IntRange(0, 3).Draw(t, "unpaid") > 0, rapid.IntRange(0, 9).Draw(t, "test") == 0
				o.Shipping = dec(rapid.SampledFrom([]string{"0", "4.9"}).Draw(t, "shipping"))
				o.Lines = drawLines(t)
				if rapid.IntRange(0, 2).Draw(t, "refunded") == 0 {
					drawRefund(t, o)
				}
				for n := rapid.IntRange(0, 2).Draw(t, "codes"); n > 0 && len(codes[shop]) > 0; n-- { // each is used once
					code := codes[shop][0]
					if codes[shop] = codes[shop][1:]; rapid.Bool().Draw(t, "told") {
						coded(code, "2.50")(o)
					} else {
						o.DiscountCodes = append(o.DiscountCodes, strings.ToLower(code))
					}
				}
			})
			f.put(shop, orders(o))
		}
		f.derive()
		var merges []uuid.UUID
		for range rapid.IntRange(0, 3).Draw(t, "merges") {
			if list := f.profiles(); len(list) > 1 {
				merges = append(merges, f.merge(list[0].ID, list[len(list)-1].ID))
			}
		}
		if len(merges) > 0 && rapid.Bool().Draw(t, "parts") {
			_, err := f.s.Unmerge(f.ctx, f.m, merges[len(merges)-1], "tester", noon)
			f.ok(err)
		}
		f.derive()
		if rapid.IntRange(0, 3).Draw(t, "gone") == 0 {
			f.give(0, store.PageRows{Gone: &store.Gone{Kind: relance.KindOrders, IDs: []string{"o0", "o1"}}})
		}
		if rapid.Bool().Draw(t, "costs change") {
			f.put(0, store.PageRows{Products: costlyProducts(1)})
		}
		window := rapid.SampledFrom(relance.Windows()).Draw(t, "window")
		r, a := f.results(window), f.load()
		equal := gocmp.Comparer(func(x, y decimal.Decimal) bool { return x.Equal(y) })
		for _, s := range append([]relance.StepResults{r.Totals}, r.Steps...) {
			if diff := gocmp.Diff(a.takings(s.Key, window), s.Takings, equal); diff != "" {
				t.Errorf("step %q within %d days (-second computation +results):\n%s", s.Key, window, diff)
			}
			for _, x := range s.Takings {
				redeemed, known = redeemed+x.ByCode.Orders, known+x.ByCode.Goods.Known+x.ByMatchBack.Goods.Known
			}
		}
		groups := a.groups(window, noon)
		c := r.Comparison
		for held, g := range map[bool]relance.ComparedGroup{true: c.Holdout, false: c.Treated} {
			if diff := gocmp.Diff(groups[fmt.Sprint(c.HoldoutPercent, held)], g, equal); diff != "" && c.HoldoutPercent > 0 {
				t.Errorf("%d %%, held out %t, within %d days (-second computation +results):\n%s", c.HoldoutPercent, held, window, diff)
			}
			compared += g.People
		}
	})
	if compared < 20 || redeemed < 20 || known < 10 {
		t.Errorf("only %d people were compared, and %d orders by code, %d pieces with a cost", compared, redeemed, known)
	}
}
