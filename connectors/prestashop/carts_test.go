package prestashop_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/relance/relance"
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

func TestMessagesComeWithTheCustomer(t *testing.T) {
	t.Parallel()
	_, url := prestashoptest.NewShop(t, lab(), prestashoptest.Options{})
	got := pull(t, connect(t, url, quick()), relance.KindCustomers, "").customers["105"].Messages
	if len(got) != 2 || !got[0].FromCustomer || got[0].OrderID != "1" || got[0].Text != "Où est ma commande ?" || got[1].FromCustomer || !got[1].Private {
		t.Errorf("%+v", got)
	}
}
