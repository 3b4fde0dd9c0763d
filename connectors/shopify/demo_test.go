package shopify

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors/shopify/shopifytest"
	"github.com/relance/relance/internal/sample"
)

// TestDemoShop pulls the invented shop that the product is shown with.
func TestDemoShop(t *testing.T) {
	t.Parallel()
	demo := sample.Demo(sample.DemoOptions{Seed: 7, People: 200, Now: opened().AddDate(0, 3, 0)}).Shopify
	shop := shopifytest.NewShop(t, demo, shopifytest.Options{})
	p := pullAll(t, connect(t, shop, nil), true)
	for i := range demo.Orders {
		demo.Orders[i].Lines = slices.Clone(demo.Orders[i].Lines)
		for j := range demo.Orders[i].Lines { // a product without variants has one that stands for it
			if l := &demo.Orders[i].Lines[j]; l.VariantID == "" {
				l.VariantID = "4" + l.ProductID
			}
		}
	}
	lacks := append(sameFacts(),
		cmpopts.IgnoreFields(relance.Customer{}, "Title", "GroupID", "GroupName", "Consents"),
		cmpopts.IgnoreFields(relance.Cart{}, "Language", "RestoreURL", "CheckoutToken", "OrderID"),
		cmpopts.IgnoreFields(relance.Product{}, "Variants", "SKU", "Backorder", "Costs"), cmpopts.IgnoreFields(relance.OrderLine{}, "Net"))
	compare(t, demo.Orders, p.orders, func(o relance.Order) string { return o.ExternalID }, lacks)
	compare(t, demo.Customers, p.customers, func(c relance.Customer) string { return c.ExternalID }, lacks)
	compare(t, demo.Carts, p.carts, func(c relance.Cart) string { return c.ExternalID }, lacks)
	compare(t, demo.Products, p.products, func(p relance.Product) string { return p.ExternalID }, lacks)
	for _, product := range p.products {
		if len(product.Variants) == 0 {
			t.Errorf("product %s has no variant", product.ExternalID)
		}
	}
}

// compare reports the first record of a kind that did not arrive as it was seeded.
func compare[T any](t *testing.T, seeded []T, pulled map[string]T, id func(T) string, opts []cmp.Option) {
	t.Helper()
	for _, want := range seeded {
		if diff := cmp.Diff(want, pulled[id(want)], opts...); diff != "" {
			t.Errorf("%T %s (-seeded +pulled):\n%s", want, id(want), diff)
			return
		}
	}
}
