package shopify

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/shopify/shopifytest"
	"github.com/relance/relance/internal/sample"
)

// sameFacts compares what was pulled with what was seeded, but for what Shopify does
// not carry.
func sameFacts() []cmp.Option {
	return []cmp.Option{
		cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) }),
		cmpopts.EquateEmpty(),
		cmpopts.IgnoreFields(relance.Version{}, "ReadAt"),
		cmpopts.IgnoreFields(relance.Consent{}, "Source"),
		cmpopts.IgnoreFields(relance.Order{}, "ShopState", "Fulfilment", "Version"),
		cmpopts.IgnoreFields(relance.Address{}, "Kind"),
		cmpopts.IgnoreFields(relance.OrderLine{}, "Category", "ProductURL"),
		cmpopts.IgnoreFields(relance.Refund{}, "Note"),
		cmpopts.IgnoreFields(relance.Cart{}, "Version"),
	}
}

// checkAll compares everything pulled with the sample.
func checkAll(t *testing.T, shop sample.Shop, p *pulled) {
	t.Helper()
	for _, want := range shop.Customers {
		if len(want.Consents) > 0 && want.Consents[0].State == relance.ConsentUnknown {
			want.Consents = []relance.Consent{{Channel: relance.ChannelEmail, State: relance.ConsentUnknown}}
		}
		want.Consents = append(want.Consents[:len(want.Consents):len(want.Consents)], relance.Consent{Channel: relance.ChannelSMS, State: relance.ConsentUnknown})
		if diff := cmp.Diff(want, p.customers[want.ExternalID], sameFacts()...); diff != "" {
			t.Fatalf("customer %s (-seeded +pulled):\n%s", want.ExternalID, diff)
		}
	}
	for _, want := range shop.Orders {
		if diff := cmp.Diff(want, p.orders[want.ExternalID], sameFacts()...); diff != "" {
			t.Fatalf("order %s (-seeded +pulled):\n%s", want.ExternalID, diff)
		}
	}
	for _, want := range shop.Carts {
		if diff := cmp.Diff(want, p.carts[want.ExternalID], sameFacts()...); diff != "" {
			t.Fatalf("cart %s (-seeded +pulled):\n%s", want.ExternalID, diff)
		}
	}
	for _, want := range shop.Products {
		if diff := cmp.Diff(want, p.products[want.ExternalID], sameFacts()...); diff != "" {
			t.Fatalf("product %s (-seeded +pulled):\n%s", want.ExternalID, diff)
		}
	}
	if len(p.customers) != len(shop.Customers) || len(p.orders) != len(shop.Orders) || len(p.carts) != len(shop.Carts) || len(p.products) != len(shop.Products) {
		t.Errorf("pulled %d customers, %d orders, %d carts, %d products", len(p.customers), len(p.orders), len(p.carts), len(p.products))
	}
	if len(p.rejected) > 0 {
		t.Errorf("rejected %v", p.rejected)
	}
}

func kinds() []relance.Kind {
	return []relance.Kind{relance.KindProducts, relance.KindCustomers, relance.KindOrders, relance.KindCarts}
}

func pullAll(t testing.TB, c *Connector, staged bool) *pulled {
	t.Helper()
	all := newPulled()
	for _, kind := range kinds() {
		all.cursor = ""
		var staging connectors.Staging
		if staged {
			staging = newStaging()
		}
		pull(t, c, kind, staging, all)
	}
	return all
}

func TestFirstPull(t *testing.T) {
	t.Parallel()
	for name, staged := range map[string]bool{"by bulk operation": true, "by pages": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seeded := testShop(230, 130)
			shop := shopifytest.NewShop(t, seeded, shopifytest.Options{})
			p := pullAll(t, connect(t, shop, nil), staged)
			checkAll(t, seeded, p)
			bulk := 0
			for _, r := range shop.Requests() {
				if r.Operation == "bulk file" {
					bulk++
				}
			}
			if staged != (bulk > 0) {
				t.Errorf("%d bulk files were read", bulk)
			}
		})
	}
}

func TestIncrement(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds() {
		shop := shopifytest.NewShop(t, testShop(120, 40), shopifytest.Options{})
		c := connect(t, shop, nil)
		first := newPulled()
		pull(t, c, kind, newStaging(), first)
		change := newPulled()
		change.cursor = first.cursor
		pull(t, c, kind, newStaging(), change)
		if n := len(change.customers) + len(change.orders) + len(change.carts) + len(change.products); n != 0 {
			t.Errorf("%s: %d records although nothing changed", kind, n)
		}
		if change.pages != 1 {
			t.Errorf("%s: %d pages for nothing", kind, change.pages)
		}
		changed := testCustomer(7)
		changed.LastName = "Renamed"
		shop.PutCustomer(changed)
		shop.PutProduct(testProduct(1))
		shop.PutCart(testCart(4))
		at := change.cursor
		change = newPulled()
		change.cursor = at
		shop.AddRefund("20005", testRefund(5, 1, "300500"))
		pull(t, c, kind, newStaging(), change)
		switch {
		case kind == relance.KindCustomers && change.customers["1007"].LastName != "Renamed",
			kind == relance.KindOrders && len(change.orders["20005"].Refunds) < 2,
			kind == relance.KindCarts && len(change.carts) != 1,
			kind == relance.KindProducts && len(change.products) != 1:
			t.Errorf("%s: a change was missed", kind)
		}
	}
}

func TestWatermarkIsNotBeyondTheWindow(t *testing.T) {
	t.Parallel()
	shop := shopifytest.NewShop(t, testShop(5, 0), shopifytest.Options{})
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	c := connect(t, shop, func(_ *tuning, d *connectors.Deps) { d.Now = func() time.Time { return now } })
	p := newPulled()
	pull(t, c, relance.KindCustomers, nil, p)
	if at, _ := parsePlace(p.cursor); !at.Until.Equal(now) || at.Phase != phaseIdle {
		t.Errorf("watermark %+v", at)
	}
	pull(t, c, relance.KindCustomers, nil, p)
}
