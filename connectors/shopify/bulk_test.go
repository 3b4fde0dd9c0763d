package shopify

import (
	"errors"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/shopify/shopifytest"
)

// logText collects a log for tests.
type logText struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestBulkFailuresFallBackToPages lets bulk operations fail in every way; all
// records arrive all the same.
func TestBulkFailuresFallBackToPages(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		bulk shopifytest.BulkOptions
		says string // in the log; "" if no fallback is expected
	}{
		{"slow", shopifytest.BulkOptions{Polls: 5}, ""},
		{"refused as in progress", shopifytest.BulkOptions{Refuse: "OPERATION_IN_PROGRESS"}, "OPERATION_IN_PROGRESS"},
		{"refused as too many", shopifytest.BulkOptions{Refuse: "LIMIT_REACHED"}, "LIMIT_REACHED"},
		{"refused as invalid", shopifytest.BulkOptions{Refuse: "INVALID"}, "INVALID"},
		{"denied", shopifytest.BulkOptions{AccessDenied: true}, "denied"},
		{"failed", shopifytest.BulkOptions{Fail: "INTERNAL_SERVER_ERROR"}, "FAILED INTERNAL_SERVER_ERROR"},
		{"fails at first", shopifytest.BulkOptions{Fail: "INTERNAL_SERVER_ERROR", FailTimes: 2}, ""},
		{"failed with partial data", shopifytest.BulkOptions{Fail: "TIMEOUT", PartialURL: true}, "FAILED TIMEOUT"},
		{"denied while running", shopifytest.BulkOptions{Fail: "ACCESS_DENIED"}, "FAILED ACCESS_DENIED"},
		{"never ending", shopifytest.BulkOptions{Endless: true}, "no progress"},
		{"address expired", shopifytest.BulkOptions{URLLife: time.Nanosecond}, "the file is gone"},
		{"says more than it has", shopifytest.BulkOptions{Miscount: 3}, "row counts differ"},
		{"says less than it has", shopifytest.BulkOptions{Miscount: -3}, "row counts differ"},
		{"loses lines once", shopifytest.BulkOptions{LoseLines: 5}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			seeded := testShop(130, 60)
			shop := shopifytest.NewShop(t, seeded, shopifytest.Options{Bulk: c.bulk})
			var log logText
			conn := connect(t, shop, func(tune *tuning, d *connectors.Deps) {
				d.Log = slog.New(slog.NewTextHandler(&log, nil))
				tune.stalled = 10 * time.Millisecond
				var mu sync.Mutex
				now := time.Now()
				if c.bulk.Endless {
					d.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); now = now.Add(time.Second); return now }
				} else {
					tune.stalled = time.Minute
				}
			})
			checkAll(t, seeded, pullAll(t, conn, true))
			if fell := strings.Contains(log.String(), "reading by pages"); fell != (c.says != "") || !strings.Contains(log.String(), c.says) {
				t.Errorf("log says %s", log.String())
			}
		})
	}
}

// TestBulkSurvivesKills forgets the connector and the last page again and again, and
// lets staging fail in the middle of a file, as a killed worker would.
func TestBulkSurvivesKills(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 1))
	seeded := testShop(300, 200)
	shop := shopifytest.NewShop(t, seeded, shopifytest.Options{Bulk: shopifytest.BulkOptions{Polls: 2}})
	all, kills := newPulled(), 0
	for _, kind := range kinds() {
		staging := newStaging()
		staging.stop = func() error {
			if dice.IntN(3) == 0 {
				return relance.Errorf(relance.CodeShopDown, "killed")
			}
			return nil
		}
		var cursor relance.Cursor
		for done := false; !done; {
			c := connect(t, shop, func(tune *tuning, _ *connectors.Deps) { tune.chunk, tune.chunks = 5000, 3 })
			page, err := c.Pull(t.Context(), connectors.Request{Kind: kind, After: cursor, Staging: staging})
			if err != nil || dice.IntN(4) == 0 && cursor != "" {
				if kills++; kills > 5000 || err != nil && !relance.Temporary(err) {
					t.Fatal(err)
				}
				continue // the page was not stored
			}
			all.take(page)
			cursor, done = page.Next, page.Done
		}
		if _, left, _ := staging.Last(t.Context()); left != 0 {
			t.Errorf("%s: %d rows were left in staging", kind, left)
		}
	}
	checkAll(t, seeded, all)
	t.Logf("%d kills", kills)
}

func TestEmptyBulkResultIsNotBelieved(t *testing.T) {
	t.Parallel()
	empty := shopifytest.NewShop(t, testShop(0, 0), shopifytest.Options{})
	p := newPulled()
	pull(t, connect(t, empty, nil), relance.KindCustomers, newStaging(), p)
	if len(p.customers) != 0 {
		t.Error("customers in an empty shop")
	}
}

func TestChangesDuringTheBulkPullAreCaught(t *testing.T) {
	t.Parallel()
	shop := shopifytest.NewShop(t, testShop(40, 0), shopifytest.Options{})
	c := connect(t, shop, func(tune *tuning, _ *connectors.Deps) { tune.rows = 10 })
	staging, p := newStaging(), newPulled()
	changed := false
	for range 1000 {
		page, err := c.Pull(t.Context(), connectors.Request{Kind: relance.KindCustomers, After: p.cursor, Staging: staging})
		if err != nil {
			t.Fatal(err)
		}
		p.take(page)
		if at, _ := parsePlace(page.Next); at.Phase == phaseRows && at.Given > 0 && !changed {
			changed = true
			moved := testCustomer(1)
			moved.LastName = "Moved"
			shop.PutCustomer(moved)
		}
		if page.Done {
			break
		}
	}
	if p.customers["1001"].LastName != "Moved" || !changed {
		t.Error("a change during the pull was missed")
	}
}

func TestBulkFileHosts(t *testing.T) {
	t.Parallel()
	shop, err := parseAddress("one.myshopify.com")
	if err != nil {
		t.Fatal(err)
	}
	local, err := parseAddress("http://127.0.0.1:8080/")
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		shop address
		url  string
		ok   bool
	}{
		{shop, "https://storage.googleapis.com/shopify/bulk.jsonl?sig=x", true},
		{shop, "https://shopify-tiers.storage.googleapis.com/bulk.jsonl", true},
		{shop, "http://storage.googleapis.com/bulk.jsonl", false},
		{shop, "https://storage.googleapis.com.evil.example/x", false},
		{shop, "https://evil.example/storage.googleapis.com", false},
		{shop, "https://storage.googleapis.com:8443/x", false},
		{shop, "https://127.0.0.1/x", false},
		{local, "http://127.0.0.1:8080/bulk-files/1", true},
		{local, "http://127.0.0.1:9090/bulk-files/1", false},
		{local, "https://storage.googleapis.com/x", false},
	}
	for _, c := range cases {
		if err := c.shop.fileFence(mustURL(t, c.url)); (err == nil) != c.ok {
			t.Errorf("%s from %s: %v", c.url, c.shop.domain, err)
		} else if err != nil && !errors.Is(err, errForbiddenHost) {
			t.Error(err)
		}
	}
}
