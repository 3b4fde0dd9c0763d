package store_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// Somebody, c, gets a message with the voucher TEA on day 11. What order followed it is the one with the voucher, else
// the first after it.
func TestTheOrderAfterAMessage(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		rows store.PageRows
		want string
	}{
		"none":                                   {orders(bought("o", "c", "9", 10, nil)), ""},
		"the first after it, and not the second": {orders(bought("p", "c", "90", 20.5, nil), bought("o", "c", "70", 14.9, nil)), "No 3 false 70"},
		"the one with the voucher, though later": {orders(bought("o", "c", "70", 12, nil), bought("p", "c", "90", 15, coded("TEA", "10"))), "Np 4 true 90"},
		"with the voucher, by somebody else":     {orders(bought("p", "h", "90", 15, coded("TEA", "10"))), "Np 4 true 90"},
		"not somebody else's":                    {orders(bought("o", "h", "70", 12, nil)), ""},
		"not one that was cancelled":             {orders(bought("o", "c", "70", 12, func(o *relance.Order) { o.State = relance.OrderCancelled })), ""},
		"up to 90 days after it":                 {orders(bought("o", "c", "70", 100.99, nil)), "No 89 false 70"},
		"not what is later than that":            {orders(bought("o", "c", "70", 101.01, nil)), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.give(0, customers(withEmail("c", "c@example.com"), withEmail("h", "h@example.com")))
			f := follow(l, 0)
			c := l.id(0, "c")
			f.enters(day(10), c, "k", false)
			f.sends(day(11), c, "k", "one", 0, "c", "TEA", nil)
			l.give(0, x.rows)
			page, err := l.s.FollowUps(l.ctx, l.m, relance.FollowUpQuery{Paging: relance.Paging{First: 5}})
			l.ok(err)
			message := page.FollowUps[0].ID
			found, err := l.s.OrdersAfter(l.ctx, l.m, []uuid.UUID{message}, nil)
			l.ok(err)
			got := ""
			if o := found[message]; o != nil {
				got = fmt.Sprint(o.Number, " ", o.Days, " ", o.ByVoucher, " ", o.Total.Amount)
			}
			if got != x.want {
				t.Errorf("%q, want %q", got, x.want)
			}
			if found, err = l.s.OrdersAfter(l.ctx, l.m, []uuid.UUID{message}, []uuid.UUID{uuid.New()}); err != nil || len(found) > 0 {
				t.Errorf("of other shops: %v %v", found, err)
			}
		})
	}
}
