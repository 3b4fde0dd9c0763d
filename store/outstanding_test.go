package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/relance/relance"
)

// outstanding reads the list in pages of n.
func (l *lab) outstanding(n int, overdue bool, shops []uuid.UUID) (out []string) {
	l.Helper()
	q := relance.OutstandingQuery{Paging: relance.Paging{First: n}, Overdue: overdue, ShopIDs: shops}
	for {
		page, err := l.s.Outstanding(l.ctx, l.m, q, noon)
		l.ok(err)
		for _, o := range page.Customers {
			line := fmt.Sprint(o.Company, " ", o.Orders, " over ", o.DaysOver(noon), " exceeded ", o.Exceeded)
			for _, a := range o.Amounts {
				line += " " + a.Amount.String() + a.Currency
			}
			out = append(out, line)
		}
		if !page.Info.HasNextPage {
			return out
		}
		q.After = page.Info.End
	}
}

// Only what is unpaid of businesses is listed, what came back taken off; those longest over their delay first.
func TestOutstandingAmounts(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	company := func(id, name string, limit string, days int) relance.Customer {
		c := withEmail(id, id+"@example.com")
		c.Company, c.Business = name, &relance.Business{OutstandingLimit: dec(limit), MaxPaymentDays: days}
		return c
	}
	l.give(0, customers(company("a", "Alpha", "100", 30), company("b", "Beta", "0", 0), company("p", "Paid", "1", 1), withEmail("n", "nobody@example.com")))
	unpaid := func(id, customer, total string, days int, change ...func(*relance.Order)) relance.Order {
		return order(id, customer, total, func(o *relance.Order) {
			o.State, o.Paid, o.PlacedAt = relance.OrderOpen, false, noon.Add(-time.Duration(days)*24*time.Hour)
			for _, f := range change {
				f(o)
			}
		})
	}
	l.give(0, orders(
		unpaid("1", "a", "80", 40), unpaid("2", "a", "40", 5), unpaid("3", "a", "9", 3, func(o *relance.Order) { o.Currency = "CHF" }),
		unpaid("4", "b", "50", 20),
		unpaid("5", "b", "70", 300, func(o *relance.Order) { o.State = relance.OrderCancelled }),
		unpaid("6", "b", "70", 300, func(o *relance.Order) { o.Test = true }),
		unpaid("7", "p", "70", 300, func(o *relance.Order) { o.Paid, o.State = true, relance.OrderPaid }),
		unpaid("8", "n", "70", 300)))
	want := []string{"Beta 1 over 20 exceeded false 50EUR", "Alpha 3 over 10 exceeded true 9CHF 120EUR"}
	for _, n := range []int{1, 10} {
		if diff := cmp.Diff(want, l.outstanding(n, false, nil)); diff != "" {
			t.Errorf("in pages of %d (-want +got):\n%s", n, diff)
		}
	}
	if got := l.outstanding(10, false, []uuid.UUID{l.shops[1]}); len(got) != 0 {
		t.Errorf("the other shop's: %q", got)
	}
	l.give(0, orders(unpaid("4", "b", "50", 20, func(o *relance.Order) {
		o.Paid, o.State = true, relance.OrderPaid
		o.Version.UpdatedAt = noon.Add(time.Hour)
		o.Version.ReadAt = noon.Add(time.Hour)
	}),
		unpaid("1", "a", "80", 40, func(o *relance.Order) {
			o.Paid, o.State = true, relance.OrderPaid
			o.Version.UpdatedAt = noon.Add(time.Hour)
			o.Version.ReadAt = noon.Add(time.Hour)
		})))
	if diff := cmp.Diff([]string{"Alpha 2 over 0 exceeded false 9CHF 40EUR"}, l.outstanding(10, false, nil)); diff != "" {
		t.Errorf("after payments (-want +got):\n%s", diff)
	}
	if got := l.outstanding(10, true, nil); len(got) != 0 {
		t.Errorf("nobody is over: %q", got)
	}
}
