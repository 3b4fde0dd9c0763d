package shopify

import (
	"os"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors/shopify/shopifytest"
	"github.com/relance/relance/internal/sample"
)

// retailData is the public data set, where it is at hand.
const retailData = "../../../shared/data/online-retail.csv.gz"

// figures are what must not change on the way from a shop to the product.
type figures struct {
	customers, orders, lines, refunds, refundLines int
	documents                                      int
	lineSum, refundSum                             decimal.Decimal
}

func figuresOf(customers int, orders []relance.Order) figures {
	f := figures{customers: customers, orders: len(orders)}
	documents := map[string]bool{}
	for _, o := range orders {
		for _, l := range o.Lines {
			f.lines++
			f.lineSum = f.lineSum.Add(l.Total)
		}
		for _, r := range o.Refunds {
			f.refunds++
			f.refundLines += len(r.Lines)
			f.refundSum = f.refundSum.Add(r.Amount)
			documents[r.Document] = true
		}
	}
	f.documents = len(documents)
	return f
}

// TestRealData pulls the Shopify half of the public data set and compares its sums.
func TestRealData(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("SKIPPED in short mode")
	}
	file, err := os.Open(retailData)
	if err != nil {
		t.Skipf("SKIPPED: %s is not here", retailData)
	}
	defer file.Close()
	shops, _, err := sample.Retail(file)
	if err != nil {
		t.Fatal(err)
	}
	shop := shopifytest.NewShop(t, shops.Shopify, shopifytest.Options{})
	c := connect(t, shop, nil)
	p := newPulled()
	for _, kind := range []relance.Kind{relance.KindCustomers, relance.KindOrders} {
		p.cursor = ""
		pull(t, c, kind, newStaging(), p)
	}
	var orders []relance.Order
	for _, o := range p.orders {
		orders = append(orders, o)
	}
	want, got := figuresOf(len(shops.Shopify.Customers), shops.Shopify.Orders), figuresOf(len(p.customers), orders)
	if !want.lineSum.Equal(got.lineSum) || !want.refundSum.Equal(got.refundSum) {
		t.Errorf("sums: seeded %s and %s, pulled %s and %s", want.lineSum, want.refundSum, got.lineSum, got.refundSum)
	}
	want.lineSum, want.refundSum, got.lineSum, got.refundSum = decimal.Zero, decimal.Zero, decimal.Zero, decimal.Zero
	if want != got {
		t.Errorf("seeded %+v, pulled %+v", want, got)
	}
	t.Logf("%+v", got)
}
