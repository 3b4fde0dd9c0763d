package prestashop_test

import (
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/prestashop"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
	"github.com/relance/relance/internal/faults"
)

// timepiece is a clock that tests move.
type timepiece struct{ at atomic.Int64 }

func newTimepiece(t time.Time) *timepiece {
	c := &timepiece{}
	c.at.Store(t.Unix())
	return c
}

func (c *timepiece) now() time.Time          { return time.Unix(c.at.Load(), 0) }
func (c *timepiece) advance(d time.Duration) { c.at.Add(int64(d / time.Second)) }

func june() time.Time { return time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC) }

// Changes that do not touch the record itself have lists of their own.
func TestChangesThatDoNotTouchTheRecordAreFound(t *testing.T) {
	t.Parallel()
	clock := newTimepiece(june())
	shop, url := prestashoptest.NewShop(t, lab(), prestashoptest.Options{Now: clock.now})
	c := connect(t, url, quick())
	customers := pull(t, c, relance.KindCustomers, "").next
	orders := pull(t, c, relance.KindOrders, "").next
	carts := pull(t, c, relance.KindCarts, "").next
	clock.advance(time.Hour)

	shop.SetAddressCity(5003, "Lyon")
	shop.AddMessage(104, relance.Message{ThreadID: "9", FromCustomer: true, Text: "hello"})
	got := pull(t, c, relance.KindCustomers, customers)
	if len(got.customers) != 2 || got.customers["103"].Addresses[0].City != "Lyon" || len(got.customers["104"].Messages) != 1 {
		t.Errorf("customers %+v", got.customers)
	}
	shop.AddSlip(2, relance.Refund{Amount: amount("5")})
	shop.SetOrderState(4, 2)
	got = pull(t, c, relance.KindOrders, orders)
	if len(got.orders) != 2 || len(got.orders["2"].Refunds) != 1 || got.orders["4"].State != relance.OrderPaid || !got.orders["4"].Paid {
		t.Errorf("orders %+v", got.orders)
	}
	o := order("7", "104", relance.OrderOpen)
	o.CartID, o.Lines[0].ExternalID, o.Lines[1].ExternalID = "30", "71", "72"
	shop.PutOrder(o)
	got = pull(t, c, relance.KindCarts, carts)
	if got.carts["30"].OrderID != "7" {
		t.Errorf("carts %+v", got.carts)
	}
	clock.advance(time.Hour)
	if again := pull(t, c, relance.KindOrders, got.next); len(again.orders) > 3 {
		t.Errorf("%d orders came again", len(again.orders))
	}
}

// ⚠ Newsletter sign-ups by the footer block do not touch date_upd (capture 54).
func TestNewsletterPassFindsWhatDateUpdHides(t *testing.T) {
	t.Parallel()
	clock := newTimepiece(june())
	shop, url := prestashoptest.NewShop(t, people(30), prestashoptest.Options{Now: clock.now})
	c := connect(t, url, quick())
	first := pull(t, c, relance.KindCustomers, "")
	clock.advance(time.Hour)
	shop.SetNewsletter(101, true)
	shop.SetNewsletter(102, true)
	shop.SetNewsletter(102, false)
	if got := pull(t, c, relance.KindCustomers, first.next); len(got.customers) != 0 {
		t.Errorf("the sign-up touched date_upd: %d", len(got.customers))
	}
	got := pull(t, c, relance.KindConsents, "")
	if len(got.consents) != 30 || got.next != "" {
		t.Fatalf("%d consents, next %q", len(got.consents), got.next)
	}
	state := func(id string) relance.ConsentState { return got.consents[id].Consents[0].State }
	if state("101") != relance.ConsentGranted || state("102") != relance.ConsentWithdrawn || state("103") != relance.ConsentUnknown {
		t.Errorf("%s %s %s", state("101"), state("102"), state("103"))
	}
	if since := got.consents["101"].Consents[0].Since; since == nil || !since.Equal(clock.now()) {
		t.Errorf("since %v", since)
	}
}

// ⚠ Many rows share a second (capture 32): the keyset misses none, even when a second
// holds more rows than a page, and even while rows move.
func TestKeysetMissesNothingInASharedSecond(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(rt, "rows")
		shop := people(n)
		clock := newTimepiece(june())
		srv := prestashoptest.New(shop, prestashoptest.Options{Now: clock.now})
		url := serve(t, srv)
		o := quick()
		o.PageSize = rapid.IntRange(1, 13).Draw(rt, "page")
		c := connect(t, url, o)
		next := pull(t, c, relance.KindCustomers, "").next
		clock.advance(time.Hour)
		want := map[string]bool{}
		for i := range n {
			if rapid.Bool().Draw(rt, "touched") {
				srv.Touch("customers", int64(100+i))
				want[strconv.Itoa(100+i)] = true
			}
			if rapid.IntRange(0, 9).Draw(rt, "tick") == 0 {
				clock.advance(time.Second)
			}
		}
		got := pull(t, c, relance.KindCustomers, next)
		for id := range want {
			if _, ok := got.customers[id]; !ok {
				rt.Errorf("customer %s was missed", id)
			}
		}
		if len(got.customers) != len(want) {
			rt.Errorf("%d customers, want %d", len(got.customers), len(want))
		}
	})
}

func TestNothingIsMissedWhileRowsMove(t *testing.T) {
	t.Parallel()
	set, err := faults.Parse("touch-while-paging", 1)
	if err != nil {
		t.Fatal(err)
	}
	clock := newTimepiece(june())
	shop, url := prestashoptest.NewShop(t, people(80), prestashoptest.Options{Now: func() time.Time { clock.advance(time.Second); return clock.now() }, Faults: set})
	c := connect(t, url, quick())
	first := pull(t, c, relance.KindCustomers, "")
	if len(first.customers) != 80 {
		t.Fatalf("%d of 80 while rows moved", len(first.customers))
	}
	clock.advance(time.Hour)
	seen := map[string]bool{}
	for i := range 80 {
		shop.Touch("customers", int64(100+i))
	}
	next := first.next
	for range 3 { // rows that moved on come with one of the next pulls
		got := pull(t, c, relance.KindCustomers, next)
		for id := range got.customers {
			seen[id] = true
		}
		next = got.next
		clock.advance(time.Hour)
	}
	if len(seen) != 80 {
		t.Errorf("%d of 80 changes found", len(seen))
	}
}

// Rows written while the last pull looked are read again: the window overlaps.
func TestWindowsOverlap(t *testing.T) {
	t.Parallel()
	clock := newTimepiece(june())
	shop, url := prestashoptest.NewShop(t, people(5), prestashoptest.Options{Now: clock.now})
	c := connect(t, url, quick())
	next := pull(t, c, relance.KindCustomers, "").next
	// A transaction that began before the pull becomes visible after it.
	shop.SetDate("customers", 102, "date_upd", "2026-06-01 10:59:30")
	clock.advance(time.Hour)
	if got := pull(t, c, relance.KindCustomers, next); len(got.customers) != 1 {
		t.Errorf("%d customers", len(got.customers))
	}
}

// ⚠ DST hours are ambiguous: what is written in the second 02:30 of an autumn night is
// found although its date lies before that of the last pull.
func TestAutumnHourIsNotMissed(t *testing.T) {
	t.Parallel()
	clock := newTimepiece(time.Date(2026, 10, 25, 0, 50, 0, 0, time.UTC)) // 02:50 summer time
	shop, url := prestashoptest.NewShop(t, people(8), prestashoptest.Options{Now: clock.now})
	c := connect(t, url, quick())
	next := pull(t, c, relance.KindCustomers, "").next
	clock.advance(20 * time.Minute) // 02:10 winter time
	shop.Touch("customers", 101)
	got := pull(t, c, relance.KindCustomers, next)
	if len(got.customers) != 1 {
		t.Fatalf("%d customers at 02:10 winter time", len(got.customers))
	}
	early := got.customers["101"].Version
	clock.advance(5 * time.Minute)
	shop.Touch("customers", 101)
	later := pull(t, c, relance.KindCustomers, got.next).customers["101"].Version
	if later.UpdatedAt.Before(early.UpdatedAt) {
		t.Error("a later change looks older")
	}
	clock.advance(2 * time.Hour)
	shop.Touch("customers", 101)
	if last := pull(t, c, relance.KindCustomers, got.next).customers["101"].Version; !last.UpdatedAt.After(later.UpdatedAt) {
		t.Error("a change after the hour does not look newer")
	}
}

// ⚠ Deletes are hard and leave orders behind; deleted=1 stays listed.
func TestDeletionsShowInTheIDsOnly(t *testing.T) {
	t.Parallel()
	seed := lab()
	seed.Customers[6].Deleted = true
	shop, url := prestashoptest.NewShop(t, seed, prestashoptest.Options{})
	c := connect(t, url, quick())
	got := pull(t, c, relance.KindCustomers, "")
	if !got.customers["106"].Deleted {
		t.Error("deleted=1 is not flagged")
	}
	shop.Delete("customers", 100)
	ids := allIDs(t, c, relance.KindCustomers)
	if len(ids) != 11 || ids[0] != "101" {
		t.Errorf("ids %v", ids)
	}
	if o := pull(t, c, relance.KindOrders, "").orders["1"]; o.CustomerID != "100" {
		t.Error("the order of a deleted customer is gone")
	}
	page, err := c.(connectors.Fetcher).Fetch(t.Context(), relance.KindCustomers, []string{"100", "101", "x"})
	if err != nil || len(page.Customers) != 1 || page.Customers[0].ExternalID != "101" {
		t.Errorf("%+v %v", page.Customers, err)
	}
}

func allIDs(t *testing.T, c connectors.Connector, kind relance.Kind) []string {
	t.Helper()
	var all []string
	next := relance.Cursor("")
	for range 1000 {
		ids, n, done, err := c.(connectors.IDLister).IDs(t.Context(), kind, next)
		if err != nil {
			t.Fatal(err)
		}
		all, next = append(all, ids...), n
		if done {
			return all
		}
	}
	t.Fatal("the ids do not end")
	return nil
}

func TestIDsComeInPages(t *testing.T) {
	t.Parallel()
	_, url := prestashoptest.NewShop(t, people(101), prestashoptest.Options{})
	c := connect(t, url, quick())
	if ids := allIDs(t, c, relance.KindCustomers); len(ids) != 101 {
		t.Errorf("%d ids", len(ids))
	}
	for _, k := range []relance.Kind{relance.KindOrders, relance.KindCarts, relance.KindProducts} {
		if ids := allIDs(t, c, k); len(ids) != 0 {
			t.Errorf("%s: %v", k, ids)
		}
	}
	if _, _, _, err := c.(connectors.IDLister).IDs(t.Context(), relance.KindConsents, ""); relance.CodeOf(err) != relance.CodeBadInput {
		t.Error(err)
	}
}

// Every fault at five per cent: the pulls come to the same result as without any.
func TestFaultsLoseNothing(t *testing.T) {
	t.Parallel()
	seed := manyOrders(40, 3)
	for i, c := range lab().Carts {
		c.ExternalID = strconv.Itoa(300 + i)
		c.OrderID = ""
		seed.Carts = append(seed.Carts, c)
	}
	spec := ""
	for _, f := range faults.All() {
		if f != faults.Timeout {
			spec += fmt.Sprintf("%s:5%%,", f)
		}
	}
	set, err := faults.Parse(spec+"timeout:1%", 7)
	if err != nil {
		t.Fatal(err)
	}
	_, good := prestashoptest.NewShop(t, seed, prestashoptest.Options{})
	_, bad := prestashoptest.NewShop(t, seed, prestashoptest.Options{Faults: set})
	o := quick()
	o.Timeout = 200 * time.Millisecond
	want, have := connect(t, good, o), connect(t, bad, o)
	for _, kind := range prestashop.Platform().Kinds {
		a, b := pull(t, want, kind, ""), pull(t, have, kind, "")
		compare(t, kind, a, b)
	}
	if len(set.Counts()) < len(faults.All())-1 {
		t.Errorf("not every fault happened: %v", set.Counts())
	}
}

// compare compares two pulls of a kind in what does not depend on the time.
func compare(t *testing.T, kind relance.Kind, a, b pulled) {
	t.Helper()
	sizes := func(p pulled) [5]int {
		return [5]int{len(p.customers), len(p.orders), len(p.carts), len(p.products), len(p.consents)}
	}
	if sizes(a) != sizes(b) {
		t.Errorf("%s: %v records, want %v", kind, sizes(b), sizes(a))
	}
	for id, x := range a.customers {
		if y := b.customers[id]; len(y.Addresses) != len(x.Addresses) || y.Email != x.Email || len(y.Messages) != len(x.Messages) {
			t.Errorf("customer %s: %+v", id, y)
		}
	}
	for id, x := range a.orders {
		if y := b.orders[id]; len(y.Lines) != len(x.Lines) || len(y.History) != len(x.History) || !y.Total.Equal(x.Total) || y.Billing == nil != (x.Billing == nil) {
			t.Errorf("order %s: %+v", id, y)
		}
	}
	for id, x := range a.carts {
		if y := b.carts[id]; len(y.Lines) != len(x.Lines) || !y.Value.Equal(x.Value) || y.ValueKnown != x.ValueKnown {
			t.Errorf("cart %s: %+v, want %+v", id, y, x)
		}
	}
	for id, x := range a.products {
		if y := b.products[id]; len(y.Variants) != len(x.Variants) || y.Category != x.Category {
			t.Errorf("product %s: %+v", id, y)
		}
	}
}
