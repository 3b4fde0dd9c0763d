package store_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

func version(updated, read int) relance.Version {
	v := at(updated)
	v.ReadAt = at(read).ReadAt
	return v
}

func TestVersions(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	type reading struct {
		updated, read int
		name          string
	}
	for what, c := range map[string]struct {
		readings []reading
		want     string
	}{
		"newer overwrites":                      {[]reading{{1, 1, "old"}, {2, 2, "new"}}, "new"},
		"older does not":                        {[]reading{{2, 2, "new"}, {1, 3, "old"}}, "new"},
		"a tie goes to the later reading":       {[]reading{{1, 1, "early"}, {1, 2, "late"}}, "late"},
		"a tie does not go to the earlier":      {[]reading{{1, 2, "late"}, {1, 1, "early"}}, "late"},
		"the source's time counts first":        {[]reading{{2, 1, "new"}, {1, 9, "old"}}, "new"},
		"there and back, the middle comes last": {[]reading{{1, 1, "a"}, {3, 3, "a"}, {2, 2, "b"}}, "a"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			l := base.tenant(t)
			for _, r := range c.readings {
				v := version(r.updated, r.read)
				l.give(0, store.PageRows{
					Customers: []relance.Customer{customer("c", func(c *relance.Customer) { c.LastName, c.Version = r.name, v })},
					Orders:    []relance.Order{order("o", "c", "10", func(o *relance.Order) { o.Number, o.Version = r.name, v })},
					Carts:     []relance.Cart{{ExternalID: "k", CustomerID: "c", Currency: "EUR", Language: r.name, StartedAt: noon, UpdatedAt: noon, Version: v}},
					Products:  []relance.Product{{ExternalID: "p", Title: r.name, Version: v}}})
			}
			p := l.who(0, "c")
			got := []string{p.LastName, p.Orders[""].Orders[0].Number}
			got = append(got, l.rows(`SELECT title FROM products WHERE merchant_id = $1`, l.m)...)
			got = append(got, l.rows(`SELECT language FROM carts WHERE merchant_id = $1`, l.m)...)
			want := []string{c.want, c.want, "(" + c.want + ")", "(" + c.want + ")"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// tables lists what a repeated page must leave alone.
var tables = []string{"customers", "addresses", "messages", "consents", "products", "orders", "order_lines", "refunds", "carts", "cart_lines", "cart_events",
	"profiles", "identities", "identity_keys", "merges", "profile_stats", "profile_habits", "customer_groups", "derive_queue"}

func (l *lab) stamps() []string {
	l.Helper()
	var out []string
	for _, t := range tables {
		for _, r := range l.rows(`SELECT xmin, ctid FROM `+t+` WHERE merchant_id = $1`, l.m) {
			out = append(out, t+" "+r)
		}
	}
	return out
}

func TestARepeatChangesNothing(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	page := func(read int) store.PageRows {
		v := version(0, read)
		return store.PageRows{
			Customers: []relance.Customer{customer("c", func(c *relance.Customer) {
				c.Email, c.GroupID, c.GroupName, c.Version = "c@example.com", "3", "Customer", v
				c.Addresses = []relance.Address{{ExternalID: "a", Kind: relance.AddressHome, Line1: "1 rue", PostalCode: "75001", City: "Paris"}}
				c.Messages = []relance.Message{{ExternalID: "m", Text: "hello", At: noon}}
				c.Consents = []relance.Consent{{Channel: relance.ChannelEmail, State: relance.ConsentGranted}}
			}), withEmail("d", "c@example.com")},
			Orders: []relance.Order{order("o", "c", "10", func(o *relance.Order) {
				o.Version = v
				o.Refunds = []relance.Refund{{ExternalID: "r", Document: "R", At: noon, Amount: dec("5"), Lines: []relance.RefundLine{{OrderLineID: "1", Quantity: 1}}}}
			})},
			Carts: []relance.Cart{{ExternalID: "k", CustomerID: "c", Currency: "EUR", StartedAt: noon, UpdatedAt: noon, Version: v,
				Lines: []relance.CartLine{{ExternalID: "1", Title: "Tea", Quantity: 1}}}},
			Products: []relance.Product{{ExternalID: "p", Title: "Tea", Version: v}},
			Consents: []relance.ConsentChange{{CustomerID: "c", ReadAt: v.ReadAt, Consents: []relance.Consent{{Channel: relance.ChannelEmail, State: relance.ConsentGranted}}}},
		}
	}
	l.give(0, page(0))
	before := l.stamps()
	if len(before) < 20 {
		t.Fatalf("only %d rows are stored", len(before))
	}
	l.give(0, page(5))
	if diff := cmp.Diff(before, l.stamps()); diff != "" {
		t.Errorf("equal records were written again:\n%s", diff)
	}
}

func TestTheSameRecordTwiceInAPage(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	var list []relance.Customer
	for i := range 3 {
		list = append(list, customer("c", func(c *relance.Customer) {
			c.LastName, c.Version = fmt.Sprint("v", i), version([]int{1, 3, 2}[i], 1)
		}))
	}
	l.give(0, customers(list...))
	if got := l.who(0, "c").LastName; got != "v1" {
		t.Errorf("of the same record three times %q is kept, want the newest, v1", got)
	}
}

func TestPartsAreReplacedAsAWhole(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, store.PageRows{
		Customers: []relance.Customer{customer("c", func(c *relance.Customer) {
			c.Addresses = []relance.Address{{ExternalID: "a", Kind: "HOME", City: "Paris"}, {ExternalID: "b", Kind: "WORK", City: "Lyon"}, {ExternalID: "a", Kind: "WORK", City: "Twice"}}
		})},
		Orders: []relance.Order{order("o", "c", "10", func(o *relance.Order) {
			o.Lines = append(o.Lines, relance.OrderLine{ExternalID: "2", Title: "Cup", Quantity: 1, Total: dec("3")})
		})}})
	if p := l.who(0, "c"); len(p.Addresses) != 2 || len(p.Orders[""].Orders[0].Lines) != 2 {
		t.Fatalf("%d addresses and %d lines, want 2 and 2", len(p.Addresses), len(p.Orders[""].Orders[0].Lines))
	}
	l.give(0, store.PageRows{
		Customers: []relance.Customer{customer("c", func(c *relance.Customer) {
			c.Version, c.Addresses = at(1), []relance.Address{{ExternalID: "b", Kind: "WORK", City: "Lille"}}
		})},
		Orders: []relance.Order{order("o", "c", "10", func(o *relance.Order) { o.Version, o.Lines[0].Title = at(1), "Mug" })}})
	p := l.who(0, "c")
	if len(p.Addresses) != 1 || p.Addresses[0].City != "Lille" || len(p.Orders[""].Orders[0].Lines) != 1 || p.Orders[""].Orders[0].Lines[0].Title != "Mug" {
		t.Errorf("parts after the change: %+v %+v", p.Addresses, p.Orders[""].Orders[0].Lines)
	}
}
