package shopify

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors/shopify/shopifytest"
)

// testReturn is a return of so many of an order's lines.
func testReturn(o *relance.Order, n int, state relance.ReturnState, lines int) relance.Return {
	r := relance.Return{ExternalID: fmt.Sprint(n), Number: fmt.Sprintf("%s-R%d", o.Number, n), State: state, RequestedAt: opened().Add(time.Hour)}
	if state == relance.ReturnClosed {
		r.ClosedAt = ptr(opened().Add(2 * time.Hour))
	}
	for i := range lines {
		l := o.Lines[i%len(o.Lines)]
		r.Lines = append(r.Lines, relance.ReturnLine{ExternalID: fmt.Sprint(1000*n + i), OrderLineID: l.ExternalID, Title: l.Title, SKU: l.SKU, Quantity: 2,
			RefundedQuantity: i % 2, Reason: "Too small"})
	}
	return r
}

// Orders without returns, with one of each state, with many, and with one of many lines.
func TestReturnsAreRead(t *testing.T) {
	t.Parallel()
	seeded := testShop(5, 60)
	for i := 20; i < 60; i++ { // more than a request takes
		o := &seeded.Orders[i]
		o.Returns = append(o.Returns, testReturn(o, 1000+i, relance.ReturnOpen, 2))
	}
	for i, state := range []relance.ReturnState{relance.ReturnRequested, relance.ReturnOpen, relance.ReturnClosed} {
		o := &seeded.Orders[i]
		o.Returns = append(o.Returns, testReturn(o, 10+i, state, 1))
	}
	for n := range 23 {
		o := &seeded.Orders[4]
		o.Returns = append(o.Returns, testReturn(o, 100+n, []relance.ReturnState{relance.ReturnOpen, relance.ReturnDeclined, relance.ReturnCancelled}[n%3], 1))
	}
	o := &seeded.Orders[9]
	o.Returns = append(o.Returns, testReturn(o, 500, relance.ReturnOpen, 30))
	for _, staged := range []bool{true, false} {
		got := pullAll(t, connect(t, shopifytest.NewShop(t, seeded, shopifytest.Options{}), nil), staged)
		if len(got.missing) > 0 {
			t.Errorf("missing: %+v", got.missing)
		}
		for _, want := range seeded.Orders {
			if diff := cmp.Diff(want.Returns, got.orders[want.ExternalID].Returns); diff != "" {
				t.Errorf("returns of %s (-shop +read):\n%s", want.Number, diff)
			}
		}
	}
}

// Without the right the orders come without their returns, and the right is named.
func TestReturnsThatAreNotGranted(t *testing.T) {
	t.Parallel()
	seeded := testShop(5, 12)
	o := &seeded.Orders[3]
	o.Returns = append(o.Returns, testReturn(o, 10, relance.ReturnOpen, 1))
	shop := shopifytest.NewShop(t, seeded, shopifytest.Options{Scopes: []string{"read_customers", "read_orders", "read_all_orders", "read_products"}})
	got := pullAll(t, connect(t, shop, nil), true)
	if len(got.orders) != len(seeded.Orders) || len(got.orders[o.ExternalID].Returns) > 0 {
		t.Errorf("%d orders of %d, with %d returns", len(got.orders), len(seeded.Orders), len(got.orders[o.ExternalID].Returns))
	}
	if !slices.ContainsFunc(got.missing, func(r relance.MissingRight) bool { return r.Right == "read_returns" }) {
		t.Errorf("missing: %+v", got.missing)
	}
}
