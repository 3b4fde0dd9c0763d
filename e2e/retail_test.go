package e2e_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/relance/relance/internal/sample"
)

// retailShops reads the Online Retail data set where it is present.
func retailShops(t testing.TB) (sample.Shops, sample.RetailReport) {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "shared", "data", "online-retail.csv.gz"))
	if os.IsNotExist(err) {
		t.Skip("SKIPPED: ../shared/data/online-retail.csv.gz is not there; the figures of the real data set were not checked")
	}
	must(t, err)
	defer f.Close()
	shops, report, err := sample.Retail(f)
	must(t, err)
	t.Logf("data set: %+v", report)
	return shops, report
}

type money struct{ Amount, CurrencyCode string }

type sales struct {
	CurrencyCode         string
	Orders               int
	ReturnDocuments      int
	Gross, Returned, Net money
	WithoutCustomer      struct {
		Orders               int
		Gross, Returned, Net money
	}
}

// checkRetail compares what the graph says with the figures published for the data set.
func checkRetail(t *testing.T, w *world, report sample.RetailReport) {
	t.Helper()
	var out struct {
		Sales    []sales
		Profiles struct {
			TotalCount int
			Nodes      []struct {
				Identities []struct{ ExternalID string }
				Spent      money
			}
		}
	}
	w.ask(`{ sales { currencyCode orders returnDocuments gross { amount } returned { amount } net { amount }
			withoutCustomer { orders gross { amount } returned { amount } net { amount } } }
		profiles(first: 5, orderBy: { field: SPENT, direction: DESC }) { totalCount nodes { identities { externalId } spent { amount } } } }`, nil, &out)
	if len(out.Sales) != 1 {
		t.Fatalf("sales in %d currencies, want GBP alone: %+v", len(out.Sales), out.Sales)
	}
	s := out.Sales[0]
	check := func(what string, got, want any) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %v, want %v", what, got, want)
		} else {
			t.Logf("%s: %v", what, got)
		}
	}
	check("people", out.Profiles.TotalCount, 4372)
	check("sum of all rows", s.Net.Amount, "9747747.934")
	check("sum without customer", s.WithoutCustomer.Net.Amount, "1447682.12") // 9,747,747.934 - 8,300,065.814
	// 3,836 cancellations, and the two negative adjustments A563186 and A563187.
	check("return documents", s.ReturnDocuments, 3836+2)
	for i, want := range []struct{ id, spent string }{{"14646", "279489.02"}, {"18102", "256438.49"}, {"17450", "187482.17"}, {"14911", "132572.62"}, {"12415", "123725.45"}} {
		n := out.Profiles.Nodes[i]
		check("largest spender "+want.id, n.Identities[0].ExternalID+" "+n.Spent.Amount, want.id+" "+want.spent)
	}
	check("orders counted", s.Orders, report.Orders-report.OpeningOrders)
}

func TestRetailFigures(t *testing.T) {
	shops, report := retailShops(t)
	url := cluster.URL(t)
	w := newWorld(t, worldOptions{shops: shops, dbURL: url})
	shopify, presta := w.connect()
	began := time.Now()
	w.await(8*time.Minute, w.startSync(shopify, false), w.startSync(presta, false))
	t.Logf("pulled and derived in %s", time.Since(began).Round(time.Millisecond))
	checkRetail(t, w, report)
	differs, err := w.app.Rebuild(t.Context(), w.merchant)
	must(t, err)
	if len(differs) > 0 {
		t.Errorf("rebuild differs in %v", differs)
	}
	checkClassics(t, w, url, shopify, presta)
}
