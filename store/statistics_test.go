package store_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// The second implementation of the statistics: from the facts alone, by plain sums over
// whole tables, with the meanings of ../shared/contract/README.md and nothing of the
// columns that the product derives on the way.
const figuresAnew = `WITH owned AS (
		SELECT o.*, coalesce((SELECT i.profile_id FROM customers c JOIN identities i ON i.merchant_id = c.merchant_id AND i.customer_id = c.id
				WHERE c.merchant_id = o.merchant_id AND c.source_id = o.source_id AND c.external_id = o.customer_external_id),
			(SELECT coalesce(p.merged_into, p.id) FROM profiles p WHERE p.merchant_id = o.merchant_id AND p.id = o.assigned_profile_id)) AS owner,
			(SELECT coalesce(sum(r.amount), 0) FROM refunds r WHERE r.merchant_id = o.merchant_id AND r.order_id = o.id) AS given_back
		FROM orders o WHERE o.merchant_id = $1 AND o.deleted_at IS NULL AND NOT o.test AND o.state <> 'CANCELLED')
	SELECT owner, currency, count(*) FILTER (WHERE NOT (total = 0 AND given_back > 0)) AS orders,
		(coalesce(sum(total - given_back) FILTER (WHERE paid), 0))::numeric(20,6) AS spent, sum(given_back)::numeric(20,6) AS returned,
		max(placed_at) FILTER (WHERE NOT (total = 0 AND given_back > 0)) AS last
	FROM owned WHERE owner IS NOT NULL GROUP BY owner, currency`

const figuresKept = `SELECT profile_id, currency, order_count, spent, returned, last_order_at FROM profile_stats WHERE merchant_id = $1`

const habitsAnew = `WITH lines AS (
		SELECT coalesce((SELECT i.profile_id FROM customers c JOIN identities i ON i.merchant_id = c.merchant_id AND i.customer_id = c.id
				WHERE c.merchant_id = o.merchant_id AND c.source_id = o.source_id AND c.external_id = o.customer_external_id),
			(SELECT coalesce(p.merged_into, p.id) FROM profiles p WHERE p.merchant_id = o.merchant_id AND p.id = o.assigned_profile_id)) AS owner,
			l.title, l.category, (SELECT x->>'value' FROM jsonb_array_elements(l.options) x WHERE x->>'name' = 'Size') AS size,
			l.quantity - (SELECT coalesce(sum((x->>'Quantity')::int), 0) FROM refunds r, jsonb_array_elements(r.lines) x
				WHERE r.merchant_id = o.merchant_id AND r.order_id = o.id AND x->>'OrderLineID' = l.external_id) AS kept
		FROM orders o JOIN order_lines l ON l.merchant_id = o.merchant_id AND l.order_id = o.id
		WHERE o.merchant_id = $1 AND o.deleted_at IS NULL AND NOT o.test AND o.state <> 'CANCELLED'
			AND NOT (o.total = 0 AND EXISTS (SELECT 1 FROM refunds r WHERE r.merchant_id = o.merchant_id AND r.order_id = o.id AND r.amount > 0)))
	SELECT owner, what, value, sum(kept)::bigint AS n FROM (
		SELECT owner, 'CATEGORY' AS what, category AS value, kept FROM lines UNION ALL SELECT owner, 'SIZE', size, kept FROM lines
		UNION ALL SELECT owner, 'PRODUCT', title, kept FROM lines) x
	WHERE owner IS NOT NULL AND value <> '' GROUP BY 1, 2, 3 HAVING sum(kept) > 0`

const habitsKept = `SELECT profile_id, what, value, quantity FROM profile_habits WHERE merchant_id = $1 AND quantity > 0`

const profilesAnew = `SELECT p.id, coalesce(sum(s.orders), 0)::int AS orders, max(s.last) AS last,
		(SELECT min(c.active_at) FROM carts c WHERE c.merchant_id = p.merchant_id AND c.profile_id = p.id AND c.order_id IS NULL
			AND c.order_external_id = '' AND c.completed_at IS NULL AND c.deleted_at IS NULL) AS cart
	FROM profiles p LEFT JOIN (` + figuresAnew + `) s ON s.owner = p.id WHERE p.merchant_id = $1 GROUP BY p.merchant_id, p.id`

const profilesKept = `SELECT id, order_count, last_order_at, oldest_cart_at FROM profiles WHERE merchant_id = $1`

// agree compares what is kept up by the way with what the facts give.
func (l *lab) agree() {
	l.Helper()
	for what, sql := range map[string][2]string{"figures": {figuresAnew, figuresKept}, "habits": {habitsAnew, habitsKept}, "profiles": {profilesAnew, profilesKept}} {
		if diff := cmp.Diff(l.rows(sql[0], l.m), l.rows(sql[1], l.m)); diff != "" {
			l.Errorf("%s differ from the second implementation (-facts +kept):\n%s", what, diff)
		}
	}
}

// drawSale makes an order in any of the states that figures treat in their own way.
func drawSale(t *rapid.T, version int) relance.Order {
	id := rapid.IntRange(0, 7).Draw(t, "order")
	buyer := rapid.SampledFrom([]string{"", "c0", "c1", "c2", "c3", "c9"}).Draw(t, "buyer")
	return order(fmt.Sprint("o", id), buyer, "10", func(o *relance.Order) {
		o.Version = at(version)
		o.Total = dec(rapid.SampledFrom([]string{"0", "10", "12.345678", "99.99"}).Draw(t, "total"))
		o.Currency = rapid.SampledFrom([]string{"EUR", "USD", "GBP"}).Draw(t, "currency")
		o.State = rapid.SampledFrom([]relance.OrderState{relance.OrderOpen, relance.OrderPaid, relance.OrderCancelled, relance.OrderRefunded}).Draw(t, "state")
		o.Paid, o.Test = rapid.Bool().Draw(t, "paid"), rapid.IntRange(0, 9).Draw(t, "test") == 0
		o.Lines = nil
		for i := range rapid.IntRange(0, 3).Draw(t, "lines") {
			o.Lines = append(o.Lines, relance.OrderLine{ExternalID: fmt.Sprint(i), Title: rapid.SampledFrom([]string{"Tea", "Cup", "Shirt"}).Draw(t, "title"), Quantity: rapid.IntRange(0, 3).Draw(t, "pieces"),
				Category: rapid.SampledFrom([]string{"", "Teas", "Clothes"}).Draw(t, "category"), Options: []relance.Option{{Name: "Size", Value: rapid.SampledFrom([]string{"", "M", "L"}).Draw(t, "size")}}})
		}
		for i := range rapid.IntRange(0, 2).Draw(t, "refunds") {
			o.Refunds = append(o.Refunds, relance.Refund{ExternalID: fmt.Sprint(i), Document: "R", At: noon, Amount: dec(rapid.SampledFrom([]string{"0", "3.5", "10"}).Draw(t, "amount")),
				Lines: []relance.RefundLine{{OrderLineID: "0", Quantity: rapid.IntRange(0, 2).Draw(t, "returned")}}})
		}
	})
}

func TestStatisticsEqualASecondImplementation(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	rapid.Check(t, func(t *rapid.T) {
		l := base.tenant(t)
		l.give(0, customers(withEmail("c0", "x@example.com"), withEmail("c1", "x@example.com"), withEmail("c2", ""), withEmail("c3", "")))
		var merges []uuid.UUID
		for step := range rapid.IntRange(1, 8).Draw(t, "steps") {
			switch rapid.IntRange(0, 7).Draw(t, "act") {
			case 0: // deleted at the shop
				l.put(0, store.PageRows{Gone: &store.Gone{Kind: relance.KindOrders, IDs: []string{fmt.Sprint("o", rapid.IntRange(0, 7).Draw(t, "gone"))}}})
			case 1: // a new address joins or parts
				c := withEmail(fmt.Sprint("c", rapid.IntRange(0, 3).Draw(t, "who")), rapid.SampledFrom([]string{"x@example.com", "y@example.com", ""}).Draw(t, "email"))
				c.Version = at(step)
				l.put(0, customers(c))
			case 2:
				if list := l.profiles(); len(list) > 1 {
					merges = append(merges, l.merge(list[0].ID, list[1].ID))
				}
			case 3:
				if len(merges) > 0 {
					_, err := l.s.Unmerge(l.ctx, l.m, merges[len(merges)-1], "tester", noon)
					l.ok(err)
					merges = merges[:len(merges)-1]
				}
			default:
				l.put(0, orders(drawSale(t, step), drawSale(t, step)))
			}
			if rapid.Bool().Draw(t, "derive") {
				l.derive()
				l.agree()
			}
		}
		l.derive()
		l.agree()
		l.rebuilt()
	})
}

func TestWhatCounts(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	sale := func(id, total string, change func(*relance.Order)) relance.Order {
		return order(id, "c", total, change)
	}
	rows := orders(
		sale("paid", "100", nil),
		sale("unpaid", "50", func(o *relance.Order) { o.Paid, o.State = false, relance.OrderOpen }),
		sale("cancelled", "70", func(o *relance.Order) { o.State, o.CancelledAt = relance.OrderCancelled, &noon }),
		sale("test", "30", func(o *relance.Order) { o.Test = true }),
		sale("dollars", "9", func(o *relance.Order) { o.Currency = "USD" }),
		sale("opening", "0", func(o *relance.Order) { // carries a return of a purchase older than the shop
			o.Refunds = []relance.Refund{{ExternalID: "r", Document: "R", At: noon, Amount: dec("25")}}
		}))
	rows.Customers = []relance.Customer{withEmail("c", "c@example.com")}
	l.give(0, rows)
	p := l.who(0, "c")
	if got, want := fmt.Sprint(p.OrderCount, " ", p.Spent.Amount, " ", p.Returned.Amount, " ", p.AverageOrder().Amount, " ", p.SpentByCurrency()), "3 75 25 25 [{75 EUR} {9 USD}]"; got != want {
		t.Errorf("count, spent, returned, average, by currency: %s, want %s", got, want)
	}
	l.agree()
}

// An order that changes in the very batch that moves its owner to another profile.
func TestAnOrderThatChangesAndMovesAtOnceCountsOnce(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, store.PageRows{Customers: []relance.Customer{withEmail("a", "a@example.com"), withEmail("b", "b@example.com")}, Orders: []relance.Order{order("o", "b", "10", nil)}})
	b := withEmail("b", "a@example.com")
	b.Version = at(1)
	l.give(0, store.PageRows{Customers: []relance.Customer{b}, Orders: []relance.Order{order("o", "b", "12", func(o *relance.Order) { o.Version = at(1) })}})
	l.agree()
	l.rebuilt()
}

// An order gets another customer, who in the same batch becomes somebody of their own.
func TestAnOrderThatChangesHandsLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, store.PageRows{Customers: []relance.Customer{withEmail("a", "x@example.com"), withEmail("b", "x@example.com"), withEmail("c", "c@example.com")}, Orders: []relance.Order{order("o", "c", "10", nil)}})
	b := withEmail("b", "b@example.com")
	b.Version = at(1)
	l.give(0, store.PageRows{Customers: []relance.Customer{b}, Orders: []relance.Order{order("o", "b", "12", func(o *relance.Order) { o.Version = at(1) })}})
	if p := l.who(0, "c"); p.OrderCount != 0 || len(p.PerMoney) != 0 {
		t.Errorf("the former customer keeps %d orders, %+v", p.OrderCount, p.PerMoney)
	}
	l.agree()
	l.rebuilt()
}
