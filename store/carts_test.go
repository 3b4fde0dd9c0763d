package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// before is so many minutes before noon.
func before(minutes int) time.Time { return noon.Add(-time.Duration(minutes) * time.Minute) }

// prestaCart is a cart without prices of its own state, last active and read so many
// minutes before noon.
func prestaCart(active, read int) relance.Cart {
	return relance.Cart{ExternalID: "k", CustomerID: "c", Currency: "EUR", Value: dec("10"), ValueKnown: true, StartedAt: before(600), UpdatedAt: before(active),
		Version: relance.Version{UpdatedAt: before(active), ReadAt: before(read)}}
}

func placed(minutes int, change func(*relance.Order)) relance.Order {
	return order("o", "c", "10", func(o *relance.Order) { o.PlacedAt = before(minutes); change(o) })
}

func TestCartStates(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	carts := func(list ...relance.Cart) store.PageRows { return store.PageRows{Carts: list} }
	ofCart := func(minutes int) store.PageRows {
		return orders(placed(minutes, func(o *relance.Order) { o.CartID = "k" }))
	}
	checkout := func(started, completed int) relance.Cart {
		c := prestaCart(completed, 0)
		c.Total, c.StartedAt, c.CompletedAt = dec("10"), before(started), new(time.Time)
		*c.CompletedAt = before(completed)
		return c
	}
	near := func(id string, minutes int, total string) relance.Order {
		return order(id, "c", total, func(o *relance.Order) { o.PlacedAt = before(minutes) })
	}
	for what, c := range map[string]struct {
		steps []store.PageRows
		want  string // state and order
	}{
		"active a moment ago":                         {[]store.PageRows{carts(prestaCart(59, 50))}, "OPEN "},
		"resting for an hour":                         {[]store.PageRows{carts(prestaCart(60, 50))}, "ABANDONED "},
		"ordered at once":                             {[]store.PageRows{carts(prestaCart(100, 99)), ofCart(95)}, "ORDERED No"},
		"ordered after it was seen resting":           {[]store.PageRows{carts(prestaCart(300, 290)), ofCart(100)}, "RECOVERED No"},
		"resting, but read only afterwards":           {[]store.PageRows{ofCart(100), carts(prestaCart(300, 10))}, "ORDERED No"},
		"rested, was touched again, ordered":          {[]store.PageRows{carts(prestaCart(300, 290)), carts(prestaCart(105, 104)), ofCart(100)}, "RECOVERED No"},
		"first pull: the cart changed with its order": {[]store.PageRows{carts(prestaCart(300, 1)), ofCart(300)}, "ORDERED No"},
		"the cart arrives after its order":            {[]store.PageRows{ofCart(95), carts(prestaCart(100, 10))}, "ORDERED No"},
		"checkout completed after an hour":            {[]store.PageRows{carts(checkout(300, 100)), orders(near("o", 100, "10"))}, "RECOVERED No"},
		"checkout completed at once":                  {[]store.PageRows{carts(checkout(110, 100)), orders(near("o", 100, "10"))}, "ORDERED No"},
		"checkout first seen after its order":         {[]store.PageRows{orders(near("o", 100, "10")), carts(checkout(300, 100))}, "RECOVERED No"},
		"an order two minutes off":                    {[]store.PageRows{carts(checkout(300, 100)), orders(near("o", 98, "10"))}, "ORDERED "},
		"an order of another total":                   {[]store.PageRows{carts(checkout(300, 100)), orders(near("o", 100, "11"))}, "ORDERED "},
		"two orders that fit":                         {[]store.PageRows{carts(checkout(300, 100)), orders(near("o", 100, "10"), near("p", 100, "10"))}, "ORDERED "},
		"by checkout token, whatever the time": {[]store.PageRows{
			carts(func() relance.Cart { c := checkout(300, 100); c.CheckoutToken = "t"; return c }()),
			orders(placed(50, func(o *relance.Order) { o.CheckoutToken = "t" }), near("p", 100, "10"))}, "RECOVERED No"},
		"by the order the shop names": {[]store.PageRows{carts(func() relance.Cart { c := prestaCart(100, 99); c.OrderID = "o"; return c }()), orders(placed(99, func(*relance.Order) {}))}, "ORDERED No"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			l := base.tenant(t)
			l.give(0, customers(withEmail("c", "c@example.com")))
			for _, rows := range c.steps {
				l.give(0, rows)
			}
			p := l.who(0, "c")
			k := p.Carts[""].Carts[0]
			got := string(k.State) + " "
			if o := k.Order(); o != nil {
				got += o.Number
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			for _, o := range p.Orders[""].Orders {
				if marked := len(o.Badges()) == 1; o.Number == "No" && marked != (k.State == relance.CartRecovered) {
					t.Errorf("the order's badges %v of a cart that is %s", o.Badges(), k.State)
				}
			}
			l.rebuilt()
			l.agree()
		})
	}
}

func TestListOfCarts(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	rows := customers(withEmail("c", "c@example.com"))
	for i, minutes := range []int{10, 70, 80, 200} {
		c := prestaCart(minutes, 1)
		c.ExternalID = fmt.Sprint(i)
		rows.Carts = append(rows.Carts, c)
	}
	rows.Carts[2].OrderID, rows.Carts[3].CustomerID = "o", "" // a visitor's
	l.give(0, rows)
	list := func(q relance.CartQuery) (out []string, info relance.PageInfo) {
		t.Helper()
		q.Now = noon
		if q.First == 0 {
			q.First = 10
		}
		q.Total = true
		page, err := l.s.Carts(l.ctx, l.m, q)
		l.ok(err)
		for _, c := range page.Carts {
			out = append(out, c.ExternalID+string(c.State))
		}
		if q.First == 10 && int(*page.Total) != len(out) {
			t.Errorf("counted %d, listed %v", *page.Total, out)
		}
		return out, page.Info
	}
	all, _ := list(relance.CartQuery{})
	if diff := cmp.Diff([]string{"0OPEN", "1ABANDONED", "2ORDERED", "3ABANDONED"}, all); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	some, _ := list(relance.CartQuery{States: []relance.CartState{relance.CartAbandoned, relance.CartOpen}})
	if diff := cmp.Diff([]string{"0OPEN", "1ABANDONED", "3ABANDONED"}, some); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, _ := list(relance.CartQuery{Shops: []uuid.UUID{l.shops[1]}}); len(got) != 0 {
		t.Errorf("another shop's carts: %v", got)
	}
	var paged []string
	for q := (relance.CartQuery{CartWant: relance.CartWant{Paging: relance.Paging{First: 1}}}); ; {
		got, info := list(q)
		paged = append(paged, got...)
		if !info.HasNextPage {
			break
		}
		q.After = info.End
	}
	if diff := cmp.Diff(all, paged); diff != "" {
		t.Errorf("page by page (-want +got):\n%s", diff)
	}
}
