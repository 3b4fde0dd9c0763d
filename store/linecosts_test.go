package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

func inEUR(s string) relance.Money { return relance.Money{Amount: dec(s), Currency: "EUR"} }

// product is one with these costs, of its version.
func product(id string, version int, costs map[string]relance.Money) relance.Product {
	return relance.Product{ExternalID: id, Version: at(version), Title: "Tea " + id, Active: true, Price: dec("10"), Currency: "EUR", Costs: costs}
}

// costlyProducts are p0, told of, p1, of whose variant it is told and in another currency, p2, that
// nobody tells of before the second version, and p3, that nobody tells of.
func costlyProducts(version int) []relance.Product {
	list := []relance.Product{product("p0", version, map[string]relance.Money{"": inEUR(fmt.Sprint("3.33333", version))}),
		product("p1", version, map[string]relance.Money{"v1": {Amount: dec("2"), Currency: "USD"}, "v2": inEUR("1.5")}), product("p2", version, nil), product("p3", version, nil)}
	if version > 0 {
		list[2].Costs = map[string]relance.Money{"": inEUR("5")}
	}
	return list
}

// drawLines draws lines of such products, and of one that the shop no longer knows.
func drawLines(t *rapid.T) (out []relance.OrderLine) {
	for i := range rapid.IntRange(1, 3).Draw(t, "lines") {
		l := relance.OrderLine{ExternalID: fmt.Sprint(i), Title: "Tea", Quantity: rapid.IntRange(1, 3).Draw(t, "pieces"), ProductID: rapid.SampledFrom([]string{"p0", "p0", "p0", "p0", "p1", "p1", "p2", "gone", ""}).Draw(t, "product")}
		if l.ProductID == "p1" {
			l.VariantID = rapid.SampledFrom([]string{"v2", "v2", "v1", ""}).Draw(t, "variant")
		}
		if rapid.IntRange(0, 6).Draw(t, "net known") > 0 {
			net := dec(rapid.SampledFrom([]string{"10", "7.123457", "0", "-1"}).Draw(t, "net"))
			l.Net = &net
		}
		out = append(out, l)
	}
	return out
}

// drawRefund gives back some of the lines, and perhaps money beside them.
func drawRefund(t *rapid.T, o *relance.Order) {
	r := relance.Refund{ExternalID: "r", Document: "R", At: noon}
	for _, l := range o.Lines {
		if rapid.Bool().Draw(t, "comes back") {
			x := relance.RefundLine{ExternalID: "r" + l.ExternalID, OrderLineID: l.ExternalID, Quantity: rapid.IntRange(1, l.Quantity).Draw(t, "how many"), Amount: dec("2.5")}
			r.Lines, r.Amount = append(r.Lines, x), r.Amount.Add(x.Amount)
		}
	}
	r.Amount = r.Amount.Add(dec(rapid.SampledFrom([]string{"0", "0", "3.5", "10"}).Draw(t, "beside")))
	o.Refunds = []relance.Refund{r}
}

// printer gives the merchant somebody who prints.
func (f *followed) printer() (id uuid.UUID) {
	f.Helper()
	id = uuid.New()
	f.ok(f.as("", func(tx pgx.Tx) error {
		_, err := tx.Exec(f.ctx, `INSERT INTO printers (merchant_id, id, kind, name, posts_from, created_at) VALUES ($1, $2, 'HAND', 'The printer', 'FR', $3)`, f.m, id, noon)
		return err
	}))
	return id
}

// posted makes the message of a step a letter that was ordered; no price: nobody knows it.
func (f *followed) posted(printer uuid.UUID, key, step, price, currency, state string) {
	f.Helper()
	var amount *decimal.Decimal
	if price != "" {
		d := dec(price)
		amount = &d
	}
	f.ok(f.as("", func(tx pgx.Tx) error {
		tag, err := tx.Exec(f.ctx, `INSERT INTO letters (merchant_id, follow_up_id, code, printer_id, state, recipient, country, address_key, language, layout, pages, file, price, currency, made_at, ordered_at)
			SELECT f.merchant_id, f.id, f.id::text, $4, $7, '{A}', 'FR', 'x', 'fr', 'x', 1, '\x00', $5, $6, f.sent_at, f.sent_at
			FROM follow_ups f JOIN enrolments e ON e.merchant_id = f.merchant_id AND e.id = f.enrolment_id WHERE f.merchant_id = $1 AND e.instance_key = $2 AND f.step_key = $3`, f.m, key, step, printer, amount, currency, state)
		if err != nil {
			return err
		}
		if tag.RowsAffected() != 1 {
			return fmt.Errorf("%d messages of %s of %s", tag.RowsAffected(), step, key)
		}
		return nil
	}))
}

// costs tells the lines of an order as they are stored: net, cost, and whether that may have been
// another when the order was placed.
func (l *lab) costs(order string) string {
	l.Helper()
	rows := l.rows(`SELECT string_agg(coalesce(l.net::text, '?') || ' at ' || coalesce(l.cost::text, '?') || l.cost_currency || CASE WHEN l.cost_late THEN ' late' ELSE '' END, ', ' ORDER BY l.position)
		FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE l.merchant_id = $1 AND o.external_id = $2`, l.m, order)
	return strings.Trim(rows[0], `()"`)
}

// TestALineKeepsTheCostOfItsFirstReading: whatever the product costs later, and however often the
// order is stored anew; what had none then gets one when the order is stored with one.
func TestALineKeepsTheCostOfItsFirstReading(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	net := dec("8")
	sold := func(version int, lines ...relance.OrderLine) relance.Order {
		return order("o", "c", "20", func(o *relance.Order) {
			o.Version, o.PlacedAt = at(version), noon.Add(-time.Hour)
			o.Lines = lines
		})
	}
	line := func(id, product, variant string) relance.OrderLine {
		return relance.OrderLine{ExternalID: id, ProductID: product, VariantID: variant, Title: "Tea", Quantity: 2, Net: &net}
	}
	l.give(0, store.PageRows{Products: costlyProducts(0), Customers: []relance.Customer{withEmail("c", "c@example.com")}})
	both := []relance.OrderLine{line("1", "p0", ""), line("2", "p2", ""), line("3", "p1", "v2"), line("4", "p1", "gone"), line("5", "", "")}
	l.give(0, orders(sold(0, both...)))
	first := "8.000000 at 3.333330EUR, 8.000000 at ?, 8.000000 at 1.500000EUR, 8.000000 at ?, 8.000000 at ?"
	if got := l.costs("o"); got != first {
		t.Errorf("at first\n got %s\nwant %s", got, first)
	}
	l.give(0, store.PageRows{Products: costlyProducts(1)})
	if got := l.costs("o"); got != first {
		t.Errorf("when products cost something else\n got %s\nwant %s", got, first)
	}
	changed := sold(2, both...)
	changed.Note = "ring twice"
	l.give(0, orders(changed))
	want := "8.000000 at 3.333330EUR, 8.000000 at 5.000000EUR, 8.000000 at 1.500000EUR, 8.000000 at ?, 8.000000 at ?"
	if got := l.costs("o"); got != want {
		t.Errorf("stored anew\n got %s\nwant %s", got, want)
	}
	swapped := sold(3, line("1", "p2", ""), line("2", "p2", ""))
	l.give(0, orders(swapped))
	if got, want := l.costs("o"), "8.000000 at 5.000000EUR, 8.000000 at 5.000000EUR"; got != want {
		t.Errorf("a line became one of another product\n got %s\nwant %s", got, want)
	}
	if got := l.rows(`SELECT count(*) FROM products WHERE merchant_id = $1 AND costs IS NULL`, l.m); got[0] != "(1)" {
		t.Errorf("products that nobody tells of: %v", got)
	}
}

// TestOldOrdersSayThatTheirCostIsOfToday: an order that was placed more than a day before it is read
// may have cost something else, and that is kept too.
func TestOldOrdersSayThatTheirCostIsOfToday(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	line := relance.OrderLine{ExternalID: "1", ProductID: "p0", Title: "Tea", Quantity: 1}
	l.give(0, store.PageRows{Products: costlyProducts(0), Customers: []relance.Customer{withEmail("c", "c@example.com")}})
	for id, age := range map[string]time.Duration{"new": 23 * time.Hour, "old": 25 * time.Hour} {
		for version := range 2 {
			l.give(0, orders(order(id, "c", "20", func(o *relance.Order) {
				o.PlacedAt, o.Lines, o.Version, o.Note = noon.Add(-age), []relance.OrderLine{line}, at(version), fmt.Sprint(version)
			})))
		}
	}
	if got := l.costs("new") + " and " + l.costs("old"); got != "? at 3.333330EUR and ? at 3.333330EUR late" {
		t.Error(got)
	}
}

// tellGoods writes goods in a line.
func tellGoods(g relance.Goods) string {
	return fmt.Sprintf("%d of %d (%d late) for %s, cost %s", g.Known, g.Pieces, g.Late, g.Net, g.Cost)
}

// TestWhatIsLeftOfACampaign: c enters on day 10, gets a letter for 0.80 with the voucher TEA on day 11,
// and orders on day 15 three pieces of p0, told of, and one of p3, that nobody tells of.
func TestWhatIsLeftOfACampaign(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	net, other := dec("30"), dec("9")
	lines := []relance.OrderLine{{ExternalID: "1", ProductID: "p0", Title: "Tea", Quantity: 3, Net: &net}, {ExternalID: "2", ProductID: "p3", Title: "Cup", Quantity: 1, Net: &other}}
	back := func(pieces int, amount, beside string) func(*relance.Order) {
		return func(o *relance.Order) {
			o.Refunds = []relance.Refund{{ExternalID: "r", Document: "R", At: noon, Amount: dec(amount).Add(dec(beside)), Lines: []relance.RefundLine{{ExternalID: "x", OrderLineID: "1", Quantity: pieces, Amount: dec(amount)}}}}
		}
	}
	for name, x := range map[string]struct {
		change func(*relance.Order)
		want   string
	}{
		"what is known counts, of what is not":  {func(*relance.Order) {}, "3 of 4 (3 late) for 30, cost 9.99999"},
		"pieces that came back are in nothing":  {back(1, "12", "0"), "2 of 3 (2 late) for 20, cost 6.66666"},
		"with their shipping":                   {back(1, "12", "4.9"), "2 of 3 (2 late) for 20, cost 6.66666"},
		"money given back beside the pieces":    {back(1, "12", "5"), "0 of 3 (0 late) for 0, cost 0"},
		"all of it came back":                   {back(3, "36", "0"), "0 of 1 (0 late) for 0, cost 0"},
		"an order in another currency":          {func(o *relance.Order) { o.Currency = "USD" }, "0 of 4 (0 late) for 0, cost 0"},
		"nobody paid":                           {func(o *relance.Order) { o.Paid = false }, "0 of 0 (0 late) for 0, cost 0"},
		"a line that was stored before its net": {func(o *relance.Order) { o.Lines[0].Net = nil }, "0 of 4 (0 late) for 0, cost 0"},
		"the product became known after that":   {func(o *relance.Order) { o.Lines[1].ProductID = "p2" }, "4 of 4 (4 late) for 39, cost 14.99999"},
	} {
		t.Run(name, func(t *testing.T) {
			f := follow(base.tenant(t), 10)
			f.give(0, store.PageRows{Products: costlyProducts(0), Customers: []relance.Customer{withEmail("c", "c@example.com")}})
			c := f.id(0, "c")
			f.enters(day(10), c, "it", false)
			f.sends(day(11), c, "it", "one", 0, "c", "TEA", nil)
			f.posted(f.printer(), "it", "one", "0.80", "EUR", "POSTED")
			f.give(0, orders(bought("o", "c", "50", 15, both(coded("TEA", "10"), func(o *relance.Order) {
				o.Shipping, o.Lines = dec("4.9"), append([]relance.OrderLine(nil), lines...)
				x.change(o)
			}))))
			f.give(0, store.PageRows{Products: costlyProducts(1)})
			r := f.results(30)
			for what, s := range map[string]relance.StepResults{"in all": r.Totals, "of the step": r.Steps[0]} {
				seen := false
				for _, k := range s.Takings {
					if k.Currency == "EUR" && k.Print.String() != "0.8" {
						t.Errorf("%s: the letter cost %s", what, k.Print)
					}
					if k.ByMatchBack.Goods.Pieces == 0 && len(s.Takings) > 1 {
						continue
					}
					if seen = true; tellGoods(k.ByCode.Goods) != x.want || tellGoods(k.ByMatchBack.Goods) != x.want {
						t.Errorf("%s\n by code       %s\n by match-back %s\n want          %s", what, tellGoods(k.ByCode.Goods), tellGoods(k.ByMatchBack.Goods), x.want)
					}
				}
				if !seen {
					t.Errorf("%s: no takings", what)
				}
			}
		})
	}
}
