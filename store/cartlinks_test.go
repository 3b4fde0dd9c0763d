package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// links tells which order each cart of shop 0 is linked to.
func (l *lab) links() []string {
	l.Helper()
	return l.rows(`SELECT c.external_id, o.external_id, c.was_abandoned FROM carts c LEFT JOIN orders o ON o.merchant_id = c.merchant_id AND o.id = c.order_id
		WHERE c.merchant_id = $1 ORDER BY 1`, l.m)
}

// checkoutOf is a checkout of customer c, completed so many seconds before noon.
func checkoutOf(id string, seconds int, total, token string) relance.Cart {
	done := noon.Add(-time.Duration(seconds) * time.Second)
	return relance.Cart{ExternalID: id, CustomerID: "c", Currency: "EUR", Value: dec(total), Total: dec(total), ValueKnown: true, CheckoutToken: token,
		StartedAt: done.Add(-3 * time.Hour), UpdatedAt: done, CompletedAt: &done, Version: at(0)}
}

// orderOf is an order of customer c, placed so many seconds before noon.
func orderOf(id string, seconds int, total, token string) relance.Order {
	return order(id, "c", total, func(o *relance.Order) {
		o.PlacedAt, o.CheckoutToken = noon.Add(-time.Duration(seconds)*time.Second), token
	})
}

func TestAResemblanceThatBecomesAmbiguousParts(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	cart := func(c relance.Cart) store.PageRows { return store.PageRows{Carts: []relance.Cart{c}} }
	newer := func(o relance.Order) relance.Order { o.Version = at(1); return o }
	for what, c := range map[string]struct {
		first, then store.PageRows
		before      []string
		after       []string
	}{
		"a second order that fits":  {orders(orderOf("o", 30, "10", "")), orders(orderOf("p", 20, "10", "")), []string{"(k,o,t)"}, []string{"(k,,f)"}},
		"a second cart that fits":   {orders(orderOf("o", 30, "10", "")), cart(checkoutOf("l", 50, "10", "")), []string{"(k,o,t)"}, []string{"(k,,f)", "(l,,f)"}},
		"a second order beside it":  {orders(orderOf("o", 30, "10", "")), orders(orderOf("p", 20, "11", "")), []string{"(k,o,t)"}, []string{"(k,o,t)"}},
		"the order was another's":   {orders(orderOf("o", 30, "10", "t")), cart(checkoutOf("l", 5000, "12", "t")), []string{"(k,o,t)"}, []string{"(k,,f)", "(l,o,t)"}},
		"the order's total changes": {orders(orderOf("o", 30, "10", "")), orders(newer(orderOf("o", 30, "12", ""))), []string{"(k,o,t)"}, []string{"(k,,f)"}},
		"one of two stops fitting":  {orders(orderOf("o", 30, "10", ""), orderOf("p", 20, "10", "")), orders(newer(orderOf("p", 20, "12", ""))), []string{"(k,,f)"}, []string{"(k,o,t)"}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			l := base.tenant(t)
			l.give(0, customers(withEmail("c", "c@example.com")))
			l.give(0, cart(checkoutOf("k", 10, "10", "")))
			l.give(0, c.first)
			if diff := cmp.Diff(c.before, l.links()); diff != "" {
				t.Errorf("before (-want +got):\n%s", diff)
			}
			l.give(0, c.then)
			if diff := cmp.Diff(c.after, l.links()); diff != "" {
				t.Errorf("after (-want +got):\n%s", diff)
			}
			l.rebuilt()
		})
	}
}

func TestAnyOrderOfArrivalGivesTheSameLinks(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	rapid.Check(t, func(t *rapid.T) {
		second := func() int { return rapid.SampledFrom([]int{0, 50, 100, 150}).Draw(t, "seconds") }
		pick := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, "value") }
		list := []arrival{{0, customers(withEmail("c", "c@example.com"))}}
		for id := range rapid.IntRange(1, 4).Draw(t, "orders") {
			o := orderOf(fmt.Sprint("o", id), second(), pick("10", "10", "20"), pick("", "", "t", "u"))
			for v := range rapid.IntRange(1, 2).Draw(t, "versions") {
				o.Version = at(v)
				list = append(list, arrival{0, orders(o)})
				o.Total = dec(pick("10", "20"))
			}
		}
		for id := range rapid.IntRange(1, 4).Draw(t, "carts") {
			c := checkoutOf(fmt.Sprint("k", id), second(), pick("10", "10", "20"), pick("", "", "t", "u"))
			for v := range rapid.IntRange(1, 2).Draw(t, "versions") {
				c.Version = at(v)
				list = append(list, arrival{0, store.PageRows{Carts: []relance.Cart{c}}})
				c.Total = dec(pick("10", "20"))
			}
		}
		one, other := base.tenant(t), base.tenant(t)
		one.deliver(t, list)
		other.deliver(t, rapid.Permutation(list).Draw(t, "order"))
		if diff := cmp.Diff(one.links(), other.links()); diff != "" {
			t.Fatalf("another order of arrival, other links (-one +other):\n%s", diff)
		}
		one.rebuilt()
	})
}
