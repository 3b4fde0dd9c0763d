package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/relance/relance"
)

func (l *lab) orphans() []*relance.OrderView {
	l.Helper()
	page, err := l.s.OrdersWithoutProfile(l.ctx, l.m, nil, relance.OrderWant{Paging: relance.Paging{First: 50, Total: true}, Lines: true})
	l.ok(err)
	if int(*page.Total) != len(page.Orders) {
		l.Errorf("%d counted, %d listed", *page.Total, len(page.Orders))
	}
	return page.Orders
}

func TestAssignAndReleaseAnOrder(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	a, b, _ := l.three()
	l.give(0, orders(order("free", "", "5", nil)))
	before := l.shown()
	free := l.orphans()
	if len(free) != 1 || len(free[0].Lines) != 1 {
		t.Fatalf("orders without a profile: %+v", free)
	}
	id := free[0].ID
	l.ok(l.s.AssignOrder(l.ctx, l.m, id, &a, noon))
	if p := l.who(0, "a"); p.OrderCount != 2 || p.Spent.Amount.String() != "13.5" || len(l.orphans()) != 0 {
		t.Errorf("assigned: %+v", viewOf(p))
	}
	l.agree()
	m := l.merge(b, a) // the order goes along
	if p := l.who(0, "b"); p.OrderCount != 3 {
		t.Errorf("merged: %d orders", p.OrderCount)
	}
	_, err := l.s.Unmerge(l.ctx, l.m, m, "tester", noon)
	l.ok(err)
	if p := l.who(0, "a"); p.OrderCount != 2 {
		t.Errorf("unmerged: %d orders", p.OrderCount)
	}
	// The shop changes the order: the assignment stays.
	l.give(0, orders(order("free", "", "7", func(o *relance.Order) { o.Version = at(1) })))
	if p := l.who(0, "a"); p.Spent.Amount.String() != "15.5" {
		t.Errorf("after a change at the shop: %s", p.Spent.Amount)
	}
	l.ok(l.s.AssignOrder(l.ctx, l.m, id, &b, noon)) // to somebody else
	if l.who(0, "a").OrderCount != 1 || l.who(0, "b").OrderCount != 2 {
		t.Error("an assigned order does not move")
	}
	l.ok(l.s.AssignOrder(l.ctx, l.m, id, nil, noon))
	l.give(0, orders(order("free", "", "5", func(o *relance.Order) { o.Version = at(2) })))
	if diff := cmp.Diff(before, l.shown()); diff != "" {
		t.Errorf("released (-before +after):\n%s", diff)
	}
	l.agree()
	l.rebuilt()
}

func TestAssignRefuses(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	a, _, _ := l.three()
	l.give(0, orders(order("free", "", "5", nil)))
	free := l.orphans()[0].ID
	unknown := uuid.New()
	l.ok(l.s.AssignOrder(l.ctx, l.m, free, &a, noon))
	l.code(l.s.AssignOrder(l.ctx, l.m, free, &unknown, noon), relance.CodeNotFound)
	if l.who(0, "a").OrderCount != 2 {
		t.Error("assigning to nobody released the order")
	}
	l.code(l.s.AssignOrder(l.ctx, l.m, unknown, &a, noon), relance.CodeConflict)
	owned := l.who(0, "a").Orders[""].Orders
	for _, o := range owned {
		if o.ID != free {
			l.code(l.s.AssignOrder(l.ctx, l.m, o.ID, &a, noon), relance.CodeConflict)
		}
	}
}

// An order may name a customer that arrives later, or never.
func TestOrdersBeforeTheirCustomers(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, orders(order("o", "c", "10", nil)))
	if len(l.orphans()) != 0 {
		t.Error("an order whose customer the shop names is offered for assignment")
	}
	l.give(0, customers(withEmail("c", "c@example.com")))
	if p := l.who(0, "c"); p.OrderCount != 1 {
		t.Errorf("%d orders, want 1", p.OrderCount)
	}
	l.give(1, customers(withEmail("c", "other@example.com")))
	if p := l.who(1, "c"); p.OrderCount != 0 {
		t.Error("the same customer id of another shop has the order")
	}
	l.agree()
	l.rebuilt()
}
