package prestashop_test

import (
	"testing"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors/prestashop"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
)

// BenchmarkFirstPull pulls customers with addresses and orders with lines from a
// simulator in the same process.
func BenchmarkFirstPull(b *testing.B) {
	const customers, orders = 5000, 2
	_, url := prestashoptest.NewShop(b, manyOrders(customers, orders), prestashoptest.Options{})
	for b.Loop() {
		c := connect(b, url, prestashop.Options{})
		began := time.Now()
		if got := pull(b, c, relance.KindCustomers, ""); len(got.customers) != customers {
			b.Fatal(len(got.customers))
		}
		b.ReportMetric(customers/time.Since(began).Seconds(), "customers/s")
		began = time.Now()
		if got := pull(b, c, relance.KindOrders, ""); len(got.orders) != customers*orders {
			b.Fatal(len(got.orders))
		}
		b.ReportMetric(customers*orders/time.Since(began).Seconds(), "orders/s")
	}
}
