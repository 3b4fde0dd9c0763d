package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relance/relance"
)

// Returns come and move on with their order, and no figure knows of them.
func TestReturnsOfAnOrder(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("c", "c@example.com")))
	closed := noon.Add(time.Hour)
	back := relance.Return{ExternalID: "7", Number: "N1-R1", State: relance.ReturnRequested, RequestedAt: noon,
		Lines: []relance.ReturnLine{{ExternalID: "70", OrderLineID: "1", Title: "Tea", SKU: "T", Quantity: 2, RefundedQuantity: 1, Reason: "Too small"}}}
	returns := func() []relance.Return {
		t.Helper()
		want := relance.ProfileWant{Orders: map[string]relance.OrderWant{"": {Paging: relance.Paging{First: 9}, Returns: true}}}
		p, err := l.s.Profile(l.ctx, l.m, l.id(0, "c"), want, nil, noon)
		l.ok(err)
		return p.Orders[""].Orders[0].Returns
	}
	for i, want := range [][]relance.Return{nil, {back}, {{ExternalID: "7", Number: "N1-R1", State: relance.ReturnClosed, RequestedAt: noon, ClosedAt: &closed}, back}, nil} {
		l.give(0, orders(order("o", "c", "10", func(o *relance.Order) { o.Version, o.Returns = at(i), want })))
		if diff := cmp.Diff(want, returns()); diff != "" {
			t.Errorf("step %d (-want +got):\n%s", i, diff)
		}
		if p := l.who(0, "c"); p.Spent.Amount.String() != "10" || p.Returned.Amount.String() != "0" || len(p.Orders[""].Orders[0].Returns) > 0 {
			t.Errorf("step %d: spent %s, returned %s, %d returns unasked", i, p.Spent.Amount, p.Returned.Amount, len(p.Orders[""].Orders[0].Returns))
		}
	}
	l.agree()
}
