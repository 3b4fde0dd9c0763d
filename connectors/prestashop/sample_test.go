package prestashop_test

import (
	"testing"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors/prestashop"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
	"github.com/relance/relance/internal/sample"
)

// What the demo shop was seeded with comes back through the webservice: people,
// orders to the last digit, return documents, values of carts.
func TestSampleShopComesBackWhole(t *testing.T) {
	t.Parallel()
	seed := sample.Demo(sample.DemoOptions{Seed: 1, People: 300, Now: june()}).PrestaShop
	_, url := prestashoptest.NewShop(t, seed, prestashoptest.Options{})
	c := connect(t, url, prestashop.Options{})
	people, orders := pull(t, c, relance.KindCustomers, ""), pull(t, c, relance.KindOrders, "")
	carts, products := pull(t, c, relance.KindCarts, ""), pull(t, c, relance.KindProducts, "")
	for _, x := range seed.Customers {
		y := people.customers[x.ExternalID]
		if x.Email != y.Email || x.Phone != y.Phone || x.Kind != y.Kind || x.Language != y.Language || len(x.Addresses) != len(y.Addresses) {
			t.Errorf("customer %s differs", x.ExternalID)
		}
	}
	for _, x := range seed.Orders {
		y := orders.orders[x.ExternalID]
		if x.State != y.State || x.Paid != y.Paid || !x.PlacedAt.Equal(y.PlacedAt) || (x.CancelledAt == nil) != (y.CancelledAt == nil) || !netOf(x).Equal(netOf(y)) {
			t.Errorf("order %s differs: %s %v %s, want %s %v %s", x.ExternalID, y.State, y.Paid, netOf(y), x.State, x.Paid, netOf(x))
		}
	}
	for _, x := range seed.Carts {
		y := carts.carts[x.ExternalID]
		if x.CustomerID != y.CustomerID || x.OrderID != y.OrderID || !x.Value.Equal(y.Value) || x.ValueKnown != y.ValueKnown {
			t.Errorf("cart %s differs", x.ExternalID)
		}
	}
	for _, x := range seed.Products {
		y := products.products[x.ExternalID]
		if x.Title != y.Title || !x.Price.Equal(y.Price) || x.Category != y.Category || len(x.Variants) != len(y.Variants) {
			t.Errorf("product %s differs", x.ExternalID)
		}
	}
}

// netOf is what the lines of an order come to after what was given back.
func netOf(o relance.Order) decimal.Decimal {
	var sum decimal.Decimal
	for _, l := range o.Lines {
		sum = sum.Add(l.Total)
	}
	for _, r := range o.Refunds {
		sum = sum.Sub(r.Amount)
	}
	return sum
}
