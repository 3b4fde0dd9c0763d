package shopify

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/shopify/shopifytest"
	"github.com/relance/relance/internal/faults"
	"github.com/relance/relance/internal/outbound"
	"github.com/relance/relance/internal/ratelimit"
)

// TestEveryFault pulls everything from shops that misbehave: each fault alone at
// 5 % and 20 %, and all at 5 %. What arrives is the same.
func TestEveryFault(t *testing.T) {
	t.Parallel()
	specs := []string{}
	all := []string{}
	for _, f := range faults.All() {
		specs = append(specs, fmt.Sprintf("%s:5%%", f))
		if f != faults.Timeout { // would take long
			specs = append(specs, fmt.Sprintf("%s:20%%", f))
		}
		all = append(all, fmt.Sprintf("%s:5%%", f))
	}
	specs = append(specs, strings.Join(all, ","))
	for i, spec := range specs {
		for _, staged := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s staged=%v", spec, staged), func(t *testing.T) {
				t.Parallel()
				set, err := faults.Parse(spec, uint64(i))
				if err != nil {
					t.Fatal(err)
				}
				seeded := testShop(230, 90)
				shop := shopifytest.NewShop(t, seeded, shopifytest.Options{Faults: set, Hold: time.Second})
				client := outbound.New(outbound.Options{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Timeout: 150 * time.Millisecond})
				t.Cleanup(client.CloseIdleConnections)
				c := connect(t, shop, func(tune *tuning, d *connectors.Deps) {
					d.HTTP = client
					tune.pageRows = map[relance.Kind]int{relance.KindCustomers: 20, relance.KindOrders: 9, relance.KindCarts: 7, relance.KindProducts: 3}
				})
				p := pullAll(t, c, staged)
				// Rows touched while being paged carry another time of change.
				forgetTimes(p)
				for n := range seeded.Customers {
					seeded.Customers[n].Version = relance.Version{}
				}
				for n := range seeded.Products {
					seeded.Products[n].Version = relance.Version{}
				}
				for n := range seeded.Carts {
					seeded.Carts[n].UpdatedAt = time.Time{}
				}
				checkAll(t, seeded, p)
				t.Logf("%d pages, %d failed calls, faults %v", p.pages, p.failures, set.Counts())
			})
		}
	}
}

func forgetTimes(p *pulled) {
	for id, c := range p.customers {
		c.Version = relance.Version{}
		p.customers[id] = c
	}
	for id, c := range p.products {
		c.Version = relance.Version{}
		p.products[id] = c
	}
	for id, c := range p.carts {
		c.UpdatedAt = time.Time{}
		p.carts[id] = c
	}
}

func TestThrottledShopIsWaitedFor(t *testing.T) {
	t.Parallel()
	seeded := testShop(150, 20)
	shop := shopifytest.NewShop(t, seeded, shopifytest.Options{Bucket: 1000, Restore: 4000})
	patient := func(tune *tuning, _ *connectors.Deps) { tune.patience = time.Second }
	p := pullAll(t, connect(t, shop, patient), false)
	checkAll(t, seeded, p)
	if _, refused := shop.Spent(); refused == 0 {
		t.Error("the shop never throttled; the test proves nothing")
	}
	limited := connect(t, shop, func(_ *tuning, d *connectors.Deps) {
		d.Limiter = ratelimit.New(nil, ratelimit.Options{Initial: connectors.LimitStatus{Maximum: 1000, Available: 0, Restore: 4000}})
	})
	_, before := shop.Spent()
	checkAll(t, seeded, pullAll(t, limited, false))
	if _, after := shop.Spent(); after-before > 2 {
		t.Errorf("throttled %d times in spite of the limiter", after-before)
	}
}

func TestBusyShopIsLeftForLater(t *testing.T) {
	t.Parallel()
	shop := shopifytest.NewShop(t, testShop(5, 0), shopifytest.Options{Bucket: 100, Restore: 1})
	c := connect(t, shop, nil)
	_, err := c.Pull(t.Context(), connectors.Request{Kind: relance.KindCustomers})
	var e *relance.Error
	if !errors.As(err, &e) || e.Code != relance.CodeShopBusy || e.Wait < 5*time.Second {
		t.Errorf("got %v, want SHOP_BUSY with a wait", err)
	}
}

func TestCancellationIsObeyedWithinASecond(t *testing.T) {
	t.Parallel()
	always, _ := faults.Parse("timeout", 1)
	hanging := shopifytest.NewShop(t, testShop(5, 0), shopifytest.Options{Faults: always})
	busy := shopifytest.NewShop(t, testShop(5, 0), shopifytest.Options{Bucket: 100, Restore: 10})
	empty := ratelimit.New(nil, ratelimit.Options{Initial: connectors.LimitStatus{Maximum: 1000, Available: -100_000, Restore: 1}})
	cases := map[string]*Connector{
		"while the shop hangs":    connect(t, hanging, func(_ *tuning, d *connectors.Deps) { d.HTTP.Timeout = 30 * time.Second }),
		"while backing off":       connect(t, busy, func(tune *tuning, _ *connectors.Deps) { tune.patience = time.Hour }),
		"while the limiter waits": connect(t, busy, func(_ *tuning, d *connectors.Deps) { d.Limiter = empty }),
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			begin := time.Now()
			_, err := c.Pull(ctx, connectors.Request{Kind: relance.KindCustomers})
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			if took := time.Since(begin); took > time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestEveryRequestGoesThroughGoShopify(t *testing.T) {
	t.Parallel()
	shop := shopifytest.NewShop(t, testShop(30, 30), shopifytest.Options{ClientID: "id", ClientSecret: "secret"})
	c := connect(t, shop, nil)
	c.auth = &clientCredentials{shop: c, id: "id", secret: "secret", lock: make(chan struct{}, 1)}
	pullAll(t, c, true)
	if _, _, err := c.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(shop.Requests()) < 10 {
		t.Fatal("too few requests to prove anything")
	}
	for _, r := range shop.Requests() {
		switch {
		case r.Operation == "bulk file" && r.Token:
			t.Errorf("the token was sent to %s", r.Path)
		case r.Operation != "bulk file" && !strings.HasPrefix(r.UserAgent, "goshopify/"):
			t.Errorf("%s %s was sent by %q", r.Path, r.Operation, r.UserAgent)
		}
	}
}

// TestIDsOfAShopThatMisbehaves lists ids while lists come back empty: none may seem
// to be deleted.
func TestIDsOfAShopThatMisbehaves(t *testing.T) {
	t.Parallel()
	set, err := faults.Parse("emptylist:30%,500:5%,garble:5%,truncate:5%", 3)
	if err != nil {
		t.Fatal(err)
	}
	shop := shopifytest.NewShop(t, testShop(1100, 10), shopifytest.Options{Faults: set})
	c := connect(t, shop, nil)
	for _, kind := range kinds() {
		ids, at := map[string]bool{}, relance.Cursor("")
		for calls, done := 0, false; !done; calls++ {
			page, next, end, err := c.IDs(t.Context(), kind, at)
			if err != nil {
				if !relance.Temporary(err) || calls > 500 {
					t.Fatal(err)
				}
				continue
			}
			for _, id := range page {
				ids[id] = true
			}
			at, done = next, end
		}
		want := map[relance.Kind]int{relance.KindCustomers: 1100, relance.KindOrders: 10, relance.KindCarts: 275, relance.KindProducts: 1}[kind]
		if len(ids) != want {
			t.Errorf("%s: %d ids, want %d", kind, len(ids), want)
		}
	}
}
