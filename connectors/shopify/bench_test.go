package shopify

import (
	"testing"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/shopify/shopifytest"
)

// BenchmarkFirstPull reads a shop of 20,000 customers and 40,000 orders by bulk
// operation with the staging in memory.
func BenchmarkFirstPull(b *testing.B) {
	shop := shopifytest.NewShop(b, testShop(20_000, 40_000), shopifytest.Options{})
	for b.Loop() {
		for _, kind := range []relance.Kind{relance.KindCustomers, relance.KindOrders} {
			c := connect(b, shop, func(tune *tuning, _ *connectors.Deps) {
				tune.rows, tune.batch, tune.poll = 500, 1000, 100*time.Millisecond
			})
			p := newPulled()
			begin := time.Now()
			pull(b, c, kind, newStaging(), p)
			b.ReportMetric(float64(len(p.customers)+len(p.orders))/time.Since(begin).Seconds(), string(kind)+"/s")
		}
	}
}
