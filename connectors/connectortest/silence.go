package connectortest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/internal/faults"
)

// testGarbage asks shops that always answer the same wrong way: that must be an error
// that may pass, never an end.
func testGarbage(t *testing.T, p Platform) {
	for _, fault := range []faults.Fault{faults.Garble, faults.Truncate, faults.Internal} {
		set, err := faults.Parse(string(fault), 1)
		if err != nil {
			t.Fatal(err)
		}
		c := p.Open(t, p.contents(5), set).Connect(t, true)
		for _, kind := range pulledKinds() {
			page, err := c.Pull(t.Context(), connectors.Request{Kind: kind, Staging: NewStaging()})
			if err == nil || !relance.Temporary(err) {
				t.Errorf("%s of a shop with the fault %q: %d records, done %v, error %v", kind, fault, page.Len(), page.Done, err)
			}
		}
	}
}

// testEmptyLists pulls and lists a shop whose lists are empty by mistake every so often:
// none of them may pass for an end.
func testEmptyLists(t *testing.T, p Platform) {
	seed := p.contents(40)
	set, err := faults.Parse("emptylist:15%", 3)
	if err != nil {
		t.Fatal(err)
	}
	complete(t, newPuller(p.Open(t, seed, set)), seed)
}

// testContents compares what was pulled with what the shop holds, not only its ids.
func testContents(t *testing.T, p Platform) {
	seed := p.contents(60)
	puller := newPuller(p.Open(t, seed, nil))
	people, sales := map[string]relance.Customer{}, map[string]relance.Order{}
	for _, page := range slices.Concat(puller.pull(t, relance.KindCustomers), puller.pull(t, relance.KindOrders)) {
		for _, c := range page.Customers {
			people[c.ExternalID] = c
		}
		for _, o := range page.Orders {
			sales[o.ExternalID] = o
		}
		if len(page.Rejected) > 0 {
			t.Errorf("rejected %+v", page.Rejected)
		}
	}
	for _, want := range seed.Customers {
		c := people[want.ExternalID]
		if diff := cmp.Diff(personOf(want), personOf(c)); diff != "" {
			t.Errorf("customer %s (-shop +pulled):\n%s", want.ExternalID, diff)
		}
	}
	for _, want := range seed.Orders {
		o := sales[want.ExternalID]
		if diff := cmp.Diff(saleOf(want), saleOf(o)); diff != "" {
			t.Errorf("order %s (-shop +pulled):\n%s", want.ExternalID, diff)
		}
		if o.Version.UpdatedAt.IsZero() || o.Version.ReadAt.IsZero() {
			t.Errorf("order %s has no version", want.ExternalID)
		}
	}
}

// facts are what every platform keeps alike.
type facts map[string]any

func personOf(c relance.Customer) facts {
	return facts{"email": c.Email, "first name": c.FirstName, "last name": c.LastName, "kind": c.Kind, "addresses": len(c.Addresses)}
}

func saleOf(o relance.Order) facts {
	return facts{"customer": o.CustomerID, "total": o.Total.String(), "returned": o.Returned().String(), "currency": o.Currency, "placed": o.PlacedAt.Unix(),
		"cancelled": o.State == relance.OrderCancelled, "lines": len(o.Lines)}
}
