// Package connectortest is the suite that every connector must pass. A platform's own
// tests hand it a way to open a simulated shop with given contents and faults; the suite
// drives the connector over HTTP as the product does, a new instance for each page, and
// compares what comes back with what the shop holds.
package connectortest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/internal/faults"
	"github.com/relance/relance/internal/sample"
)

// Shop is a simulated shop under test.
type Shop interface {
	// Connect makes a new connector, as a process that has just started does. With
	// bad credentials the shop refuses it.
	Connect(t *testing.T, good bool) connectors.Connector
	PutCustomer(relance.Customer)
	PutOrder(relance.Order)
	Delete(t *testing.T, kind relance.Kind, id string)
}

// Platform is what the suite needs of a platform.
type Platform struct {
	// Name picks the platform's shop of a sample.
	Name relance.Platform
	// Open starts a shop with these contents that misbehaves in this way, nil for not.
	Open func(t *testing.T, seed sample.Shop, f *faults.Set) Shop
}

// limits of the suite.
const (
	maxPages  = 3000
	maxPage   = 2000 // records
	obedience = time.Second
)

// Run runs the whole suite.
func Run(t *testing.T, p Platform) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Platform){
		"Check": testCheck, "FirstPull": testFirstPull, "Changes": testChanges, "Touched": testTouched, "IDs": testIDs,
		"Fetch": testFetch, "Empty": testEmpty, "Faults": testFaults, "Cancel": testCancel,
		"Garbage": testGarbage, "EmptyLists": testEmptyLists, "Contents": testContents, "OrdersOf": testOrdersOf, "Withdraw": testWithdraw, "Costs": testCosts, "NetPrices": testNetPrices,
	} {
		t.Run(name, func(t *testing.T) { test(t, p) })
	}
}

// contents gives the platform's shop of a small sample.
func (p Platform) contents(people int) sample.Shop {
	shops := sample.Demo(sample.DemoOptions{Seed: 11, People: people, Now: time.Now().Add(-48 * time.Hour)})
	if p.Name == relance.Shopify {
		return shops.Shopify
	}
	return shops.PrestaShop
}

// pulledKinds are those that a pull gives records of.
func pulledKinds() []relance.Kind {
	return []relance.Kind{relance.KindProducts, relance.KindCustomers, relance.KindOrders, relance.KindCarts}
}

// puller pulls as the product does, and remembers where it is.
type puller struct {
	shop    Shop
	staging map[relance.Kind]*Staging
	cursor  map[relance.Kind]relance.Cursor
}

func newPuller(s Shop) *puller {
	return &puller{shop: s, staging: map[relance.Kind]*Staging{}, cursor: map[relance.Kind]relance.Cursor{}}
}

// pull gives the records of a kind up to the end, a new connector for each page. Failures
// that may pass are tried again, as a worker does.
func (p *puller) pull(t *testing.T, kind relance.Kind) []connectors.Page {
	t.Helper()
	if p.staging[kind] == nil {
		p.staging[kind] = NewStaging()
	}
	var out []connectors.Page
	for range maxPages {
		page, err := p.shop.Connect(t, true).Pull(t.Context(), connectors.Request{Kind: kind, After: p.cursor[kind], Staging: p.staging[kind]})
		if err != nil {
			if !relance.Temporary(err) {
				t.Fatalf("pull %s: %v", kind, err)
			}
			continue
		}
		if page.Len() > maxPage {
			t.Errorf("pull %s: a page of %d records", kind, page.Len())
		}
		p.cursor[kind] = page.Next
		out = append(out, page)
		if page.Done {
			return out
		}
		if page.Wait > 0 {
			wait(t, page.Wait)
		}
	}
	t.Fatalf("pull %s: no end after %d tries", kind, maxPages)
	return nil
}

// wait lets the shop prepare what it asked time for, but never long.
func wait(t *testing.T, d time.Duration) {
	timer := time.NewTimer(min(d, 100*time.Millisecond))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.Context().Done():
	}
}

// idsOf lists the distinct ids of the records of the pages, sorted.
func idsOf(pages []connectors.Page) []string {
	seen := map[string]bool{}
	for _, p := range pages {
		for _, r := range p.Products {
			seen[r.ExternalID] = true
		}
		for _, r := range p.Customers {
			seen[r.ExternalID] = true
		}
		for _, r := range p.Orders {
			seen[r.ExternalID] = true
		}
		for _, r := range p.Carts {
			seen[r.ExternalID] = true
		}
	}
	return sorted(seen)
}

func sorted(set map[string]bool) []string {
	out := []string{}
	for id := range set {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// seedIDs lists the ids of the seed's records of a kind, sorted.
func seedIDs(s sample.Shop, kind relance.Kind) []string {
	set := map[string]bool{}
	switch kind {
	case relance.KindProducts:
		for _, r := range s.Products {
			set[r.ExternalID] = true
		}
	case relance.KindCustomers:
		for _, r := range s.Customers {
			set[r.ExternalID] = true
		}
	case relance.KindOrders:
		for _, r := range s.Orders {
			set[r.ExternalID] = true
		}
	case relance.KindCarts:
		for _, r := range s.Carts {
			set[r.ExternalID] = true
		}
	}
	return sorted(set)
}

// complete compares all kinds with the seed.
func complete(t *testing.T, p *puller, seed sample.Shop) {
	t.Helper()
	for _, kind := range pulledKinds() {
		if diff := cmp.Diff(seedIDs(seed, kind), idsOf(p.pull(t, kind))); diff != "" {
			t.Errorf("%s differ (-shop +pulled):\n%s", kind, diff)
		}
	}
}

func testCheck(t *testing.T, p Platform) {
	seed := p.contents(5)
	shop := p.Open(t, seed, nil)
	info, missing, err := shop.Connect(t, true).Check(t.Context())
	if err != nil || len(missing) > 0 {
		t.Fatalf("check: %v, missing %v", err, missing)
	}
	if info.ExternalKey == "" || info.Currency != seed.Info.Currency || info.TimeZone != seed.Info.TimeZone {
		t.Errorf("check says %+v of %+v", info, seed.Info)
	}
	if _, _, err := shop.Connect(t, false).Check(t.Context()); relance.CodeOf(err) != relance.CodeShopAuth || relance.Temporary(err) {
		t.Errorf("check with bad credentials: %v (%s)", err, relance.CodeOf(err))
	}
}

func testFirstPull(t *testing.T, p Platform) {
	seed := p.contents(120)
	complete(t, newPuller(p.Open(t, seed, nil)), seed)
}

// testChanges pulls again after a few changes: they come, and by far not everything.
func testChanges(t *testing.T, p Platform) {
	seed := p.contents(120)
	shop := p.Open(t, seed, nil)
	pull := newPuller(shop)
	complete(t, pull, seed)
	customer, order := seed.Customers[3], seed.Orders[5]
	customer.FirstName, customer.Version.UpdatedAt = "Renamed", time.Now()
	order.Note, order.Version.UpdatedAt = "changed", time.Now()
	shop.PutCustomer(customer)
	shop.PutOrder(order)
	for kind, id := range map[relance.Kind]string{relance.KindCustomers: customer.ExternalID, relance.KindOrders: order.ExternalID} {
		got := idsOf(pull.pull(t, kind))
		if !slices.Contains(got, id) {
			t.Errorf("%s: the change of %s did not come, only %v", kind, id, got)
		}
		if all := len(seedIDs(seed, kind)); len(got) > all/4 {
			t.Errorf("%s: one change brought %d of %d records", kind, len(got), all)
		}
	}
}

// testTouched pulls while rows change under the pull, then once more: nothing is missed.
func testTouched(t *testing.T, p Platform) {
	seed := p.contents(120)
	set, err := faults.Parse("touch-while-paging:60%", 5)
	if err != nil {
		t.Fatal(err)
	}
	pull := newPuller(p.Open(t, seed, set))
	for _, kind := range pulledKinds() {
		pages := append(pull.pull(t, kind), pull.pull(t, kind)...)
		if diff := cmp.Diff(seedIDs(seed, kind), idsOf(pages)); diff != "" {
			t.Errorf("%s differ (-shop +pulled):\n%s", kind, diff)
		}
	}
}

func testIDs(t *testing.T, p Platform) {
	seed := p.contents(60)
	shop := p.Open(t, seed, nil)
	shop.Delete(t, relance.KindCustomers, seed.Customers[2].ExternalID)
	for _, kind := range []relance.Kind{relance.KindProducts, relance.KindCustomers, relance.KindOrders} {
		lister, ok := shop.Connect(t, true).(connectors.IDLister)
		if !ok {
			t.Fatal("the connector lists no ids")
		}
		var got []string
		for after, done := relance.Cursor(""), false; !done; {
			var ids []string
			var err error
			if ids, after, done, err = lister.IDs(t.Context(), kind, after); err != nil {
				t.Fatalf("ids of %s: %v", kind, err)
			}
			got = append(got, ids...)
		}
		want := seedIDs(seed, kind)
		if kind == relance.KindCustomers {
			want = slices.DeleteFunc(want, func(id string) bool { return id == seed.Customers[2].ExternalID })
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ids of %s differ (-shop +listed):\n%s", kind, diff)
		}
	}
}

func testFetch(t *testing.T, p Platform) {
	seed := p.contents(30)
	fetcher, ok := p.Open(t, seed, nil).Connect(t, true).(connectors.Fetcher)
	if !ok {
		t.Fatal("the connector fetches no single records")
	}
	for _, kind := range []relance.Kind{relance.KindProducts, relance.KindCustomers, relance.KindOrders} {
		known := seedIDs(seed, kind)[:3]
		page, err := fetcher.Fetch(t.Context(), kind, append(slices.Clone(known), "987654321"))
		if err != nil {
			t.Fatalf("fetch %s: %v", kind, err)
		}
		if diff := cmp.Diff(known, idsOf([]connectors.Page{page})); diff != "" {
			t.Errorf("fetched %s differ (-asked and known +fetched):\n%s", kind, diff)
		}
	}
}

func testEmpty(t *testing.T, p Platform) {
	seed := sample.Shop{Info: p.contents(1).Info}
	complete(t, newPuller(p.Open(t, seed, nil)), seed)
}

// testFaults pulls everything from a shop that fails in every way at once.
func testFaults(t *testing.T, p Platform) {
	seed := p.contents(20)
	set, err := faults.Parse("429:5%,500:5%,truncate:5%,garble:5%,emptylist:5%,partial:5%,touch-while-paging:5%", 17)
	if err != nil {
		t.Fatal(err)
	}
	complete(t, newPuller(p.Open(t, seed, set)), seed)
}

// testCancel cancels a pull that the shop does not answer.
func testCancel(t *testing.T, p Platform) {
	set, err := faults.Parse("timeout", 1)
	if err != nil {
		t.Fatal(err)
	}
	c := p.Open(t, p.contents(5), set).Connect(t, true)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := c.Pull(ctx, connectors.Request{Kind: relance.KindCustomers, Staging: NewStaging()})
		done <- err
	}()
	cancel()
	select {
	case err := <-done:
		if err == nil {
			t.Error("a cancelled pull ended well")
		}
	case <-time.After(obedience):
		t.Errorf("a cancelled pull goes on after %s", obedience)
	}
}
