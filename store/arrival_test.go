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

// arrival is one record on its way from a shop.
type arrival struct {
	shop int
	rows store.PageRows
}

// GoString keeps the report of a failure readable.
func (a arrival) GoString() string {
	out := fmt.Sprint("shop ", a.shop, ": ")
	for _, c := range a.rows.Customers {
		out += fmt.Sprintf("customer %s %s %q %q %q %q; ", c.ExternalID, c.Version.UpdatedAt.Format("15:04"), c.FirstName+" "+c.LastName, c.Email, c.Phone, c.CustomerNumber)
	}
	for _, o := range a.rows.Orders {
		out += fmt.Sprintf("order %s %s of %s, cart %q; ", o.ExternalID, o.Version.UpdatedAt.Format("15:04"), o.CustomerID, o.CartID)
	}
	for _, c := range a.rows.Carts {
		out += fmt.Sprintf("cart %s of %s; ", c.ExternalID, c.CustomerID)
	}
	return out
}

func drawCustomer(t *rapid.T, id, version int) relance.Customer {
	pick := func(what string, of ...string) string { return rapid.SampledFrom(of).Draw(t, what) }
	return customer(fmt.Sprint("c", id), func(c *relance.Customer) {
		c.Version = at(version*60 + rapid.IntRange(0, 3).Draw(t, "minute"))
		c.Version.ReadAt = noon.Add(time.Duration(24*60+version) * time.Minute) // no two versions tie
		c.FirstName, c.LastName = pick("first", "Anna", "Änna", "Paul", ""), pick("last", "Martin", "Durand")
		c.Email = pick("email", "", "anna@example.com", "Anna@Example.com", "paul@example.com", "noreply@example.com")
		c.Phone = pick("phone", "", "+33612345678", "0612345678", "+33698765432")
		c.CustomerNumber = pick("number", "", "", "K-1", "k 1")
		c.Company, c.Language = pick("company", "", "ACME", "Zeta"), pick("language", "", "fr", "de")
		c.CreatedAt = noon.AddDate(0, -rapid.IntRange(1, 12).Draw(t, "months"), 0)
		c.Consents = []relance.Consent{{Channel: relance.ChannelEmail, State: []relance.ConsentState{relance.ConsentGranted, relance.ConsentRefused, relance.ConsentUnknown}[id%3]}}
		for i := range rapid.IntRange(0, 2).Draw(t, "addresses") {
			c.Addresses = append(c.Addresses, relance.Address{ExternalID: fmt.Sprint(i), Kind: relance.AddressHome, Line1: pick("street", "12 rue des Lilas", "Lindenstr. 5"),
				PostalCode: "75001", City: "Paris", CountryCode: "FR", FirstName: c.FirstName, LastName: pick("addressee", c.LastName, "Petit"), Phone: pick("address phone", "", "0612345678")})
		}
	})
}

func drawOrder(t *rapid.T, id, version int) relance.Order {
	total := fmt.Sprint(rapid.IntRange(0, 50).Draw(t, "total"), ".50")
	owner := fmt.Sprint("c", rapid.IntRange(0, 6).Draw(t, "owner"))
	return order(fmt.Sprint("o", id), owner, total, func(o *relance.Order) {
		o.Version = at(version)
		o.PlacedAt = noon.Add(-time.Duration(1+id*97) * time.Hour)
		o.Currency = rapid.SampledFrom([]string{"EUR", "EUR", "USD"}).Draw(t, "currency")
		o.State = rapid.SampledFrom([]relance.OrderState{relance.OrderOpen, relance.OrderPaid, relance.OrderCancelled, relance.OrderDelivered}).Draw(t, "state")
		o.Paid = o.State != relance.OrderOpen
		if id < 3 { // an order's cart is its cart for good; k0 was split into two orders
			o.CartID = fmt.Sprint("k", id/2)
		}
		if rapid.IntRange(0, 3).Draw(t, "returned") == 0 {
			o.Refunds = []relance.Refund{{ExternalID: "r", Document: "R", At: noon, Amount: dec("3.25"), Lines: []relance.RefundLine{{OrderLineID: "1", Quantity: 1, Amount: dec("3.25")}}}}
		}
	})
}

func drawCart(t *rapid.T, id int) relance.Cart {
	active := noon.Add(-time.Duration(rapid.IntRange(0, 1200).Draw(t, "active")) * time.Hour)
	return relance.Cart{ExternalID: fmt.Sprint("k", id), CustomerID: fmt.Sprint("c", rapid.IntRange(0, 6).Draw(t, "cart owner")), Currency: "EUR", Value: dec("10"), ValueKnown: true,
		StartedAt: active, UpdatedAt: active, Version: relance.Version{UpdatedAt: active, ReadAt: active.Add(time.Minute)}}
}

// drawArrivals makes records of two shops in one or two versions each.
func drawArrivals(t *rapid.T) []arrival {
	var out []arrival
	for shop := range 2 {
		for id := range rapid.IntRange(0, 6).Draw(t, "customers") {
			for version := range rapid.IntRange(1, 3).Draw(t, "versions") {
				out = append(out, arrival{shop, customers(drawCustomer(t, id, version))})
			}
		}
		for id := range rapid.IntRange(0, 4).Draw(t, "orders") {
			for version := range rapid.IntRange(1, 2).Draw(t, "versions") {
				out = append(out, arrival{shop, orders(drawOrder(t, id, version))})
			}
		}
		for id := range rapid.IntRange(0, 3).Draw(t, "carts") {
			out = append(out, arrival{shop, store.PageRows{Carts: []relance.Cart{drawCart(t, id)}}})
		}
	}
	return out
}

// deliver stores the arrivals in batches of random size and derives now and then.
func (l *lab) deliver(t *rapid.T, list []arrival) {
	for len(list) > 0 {
		n := rapid.IntRange(1, len(list)).Draw(t, "batch")
		var batch [2]store.PageRows
		for _, a := range list[:n] {
			b := &batch[a.shop]
			b.Customers, b.Orders, b.Carts = append(b.Customers, a.rows.Customers...), append(b.Orders, a.rows.Orders...), append(b.Carts, a.rows.Carts...)
		}
		for shop, rows := range batch {
			l.put(shop, rows)
		}
		if rapid.Bool().Draw(t, "derive in between") {
			l.derive()
		}
		list = list[n:]
	}
	l.derive()
}

func TestAnyOrderOfArrivalGivesTheSameProfiles(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	rapid.Check(t, func(t *rapid.T) {
		list := drawArrivals(t)
		one, other := base.tenant(t), base.tenant(t)
		one.deliver(t, list)
		other.deliver(t, rapid.Permutation(list).Draw(t, "order"))
		if diff := cmp.Diff(one.views(), other.views()); diff != "" {
			t.Fatalf("another order of arrival, other profiles (-one +other):\n%s", diff)
		}
		one.rebuilt()
		other.rebuilt()
	})
}
