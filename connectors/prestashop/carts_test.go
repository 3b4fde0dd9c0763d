package prestashop_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
)

func TestCartsAreValuedAndMatchedToOrders(t *testing.T) {
	t.Parallel()
	_, url := prestashoptest.NewShop(t, lab(), prestashoptest.Options{})
	got := pull(t, connect(t, url, quick()), relance.KindCarts, "")
	if len(got.carts) != 5 {
		t.Fatalf("%d carts", len(got.carts))
	}
	for id, want := range map[string]struct {
		customer, order, value string
		known                  bool
	}{
		"30": {"104", "", "72", true}, // 2 × 30 + 12
		"31": {"", "", "36", true},    // a visitor's
		"32": {"100", "1", "12", true},
		"33": {"105", "", "0", true},  // empty
		"34": {"105", "", "0", false}, // of a product that is gone
	} {
		c := got.carts[id]
		if c.CustomerID != want.customer || c.OrderID != want.order || !c.Value.Equal(amount(want.value)) || c.ValueKnown != want.known {
			t.Errorf("cart %s: customer %q order %q value %s known %v", id, c.CustomerID, c.OrderID, c.Value, c.ValueKnown)
		}
	}
	l := got.carts["30"].Lines[0]
	if l.Title != "Shirt" || l.Quantity != 2 || !l.Total.Equal(amount("60")) || len(l.Options) != 2 {
		t.Errorf("%+v", l)
	}
	if c := got.carts["32"]; c.CompletedAt == nil || !c.CompletedAt.Equal(noon()) || c.RestoreURL != "" {
		t.Errorf("%+v", c)
	}
}

func TestProductsComeWithVariantsAndStock(t *testing.T) {
	t.Parallel()
	_, url := prestashoptest.NewShop(t, lab(), prestashoptest.Options{})
	got := pull(t, connect(t, url, quick()), relance.KindProducts, "")
	mug, shirt := got.products["50"], got.products["51"]
	if !mug.Price.Equal(amount("12")) || mug.Category != "Kitchen > Mugs" || mug.Stock == nil || *mug.Stock != 7 || mug.Currency != "EUR" ||
		mug.Title != "Mug" || mug.ImageURL == "" || mug.URL == "" || !mug.Active {
		t.Errorf("%+v", mug)
	}
	if len(shirt.Variants) != 2 || !shirt.Variants[1].Price.Equal(amount("30")) || shirt.Variants[1].SKU != "SHIRT-M" {
		t.Errorf("%+v", shirt.Variants)
	}
	want := []relance.ProductOption{{Name: "Size", Values: []string{"S", "M"}}, {Name: "Color", Values: []string{"Red"}}}
	if d := cmp.Diff(want, shirt.Options); d != "" {
		t.Error(d)
	}
}

// TestOrdersBeyondStock: out_of_stock refuses, allows, or goes by the shop's setting.
func TestOrdersBeyondStock(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name    string
		beyond  *bool
		setting map[string]string
		want    *bool
		stock   bool
	}{
		{"refused", ptr(false), map[string]string{"PS_ORDER_OUT_OF_STOCK": "1"}, ptr(false), true},
		{"allowed", ptr(true), nil, ptr(true), true},
		{"by the setting: no", nil, nil, ptr(false), true},
		{"by the setting: yes", nil, map[string]string{"PS_ORDER_OUT_OF_STOCK": "1"}, ptr(true), true},
		{"nothing is counted", ptr(false), map[string]string{"PS_STOCK_MANAGEMENT": "0"}, nil, false},
	} {
		shop := lab()
		shop.Products[0].Backorder = x.beyond
		shop.Products[1].Stock, shop.Products[1].Backorder = ptr(0), x.beyond
		sim, url := prestashoptest.NewShop(t, shop, prestashoptest.Options{})
		for name, value := range x.setting {
			sim.SetConfiguration(name, value)
		}
		got := pull(t, connect(t, url, quick()), relance.KindProducts, "").products
		for _, id := range []string{"50", "51"} {
			if p := got[id]; (p.Stock != nil) != x.stock || cmp.Diff(x.want, p.Backorder) != "" {
				t.Errorf("%s: product %s has the stock %v, beyond it %v", x.name, id, p.Stock, p.Backorder)
			}
		}
		if v := got["51"].Variants[0]; v.Backorder != (x.want != nil && *x.want) {
			t.Errorf("%s: a combination goes by its product: %+v", x.name, v)
		}
	}
}

func TestFreeShippingFromTheSettings(t *testing.T) {
	t.Parallel()
	sim, url := prestashoptest.NewShop(t, lab(), prestashoptest.Options{})
	c := connect(t, url, quick())
	for setting, want := range map[string]string{"0": "", "49.900000": "49.9", "": "", "x": ""} {
		sim.SetConfiguration("PS_SHIPPING_FREE_PRICE", setting)
		from, err := c.(connectors.ShippingTeller).FreeShippingFrom(t.Context())
		if err != nil || (from == nil) != (want == "") || from != nil && !from.Equal(amount(want)) {
			t.Errorf("%q: %v, %v", setting, from, err)
		}
	}
	sim.SetConfiguration("PS_SHIPPING_FREE_PRICE", "60")
	if info, _, err := c.Check(t.Context()); err != nil || info.FreeShippingFrom == nil || !info.FreeShippingFrom.Equal(amount("60")) {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestGiftCarts(t *testing.T) {
	t.Parallel()
	shop := lab()
	shop.Carts[0].Gift = true
	_, url := prestashoptest.NewShop(t, shop, prestashoptest.Options{})
	got := pull(t, connect(t, url, quick()), relance.KindCarts, "").carts
	if !got["30"].Gift || got["32"].Gift {
		t.Errorf("%v, %v", got["30"].Gift, got["32"].Gift)
	}
}

func TestMessagesComeWithTheCustomer(t *testing.T) {
	t.Parallel()
	_, url := prestashoptest.NewShop(t, lab(), prestashoptest.Options{})
	got := pull(t, connect(t, url, quick()), relance.KindCustomers, "").customers["105"].Messages
	if len(got) != 2 || !got[0].FromCustomer || got[0].OrderID != "1" || got[0].Text != "Où est ma commande ?" || got[1].FromCustomer || !got[1].Private {
		t.Errorf("%+v", got)
	}
}
