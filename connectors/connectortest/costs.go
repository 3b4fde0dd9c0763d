package connectortest

import (
	"slices"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// testCosts pulls what products cost the merchant: that of each variant where it was told, and nothing
// where it was not. Nobody told is never zero.
func testCosts(t *testing.T, p Platform) {
	seed := p.contents(5)
	plain, sized := -1, -1
	for i := range seed.Products {
		switch n := len(seed.Products[i].Variants); {
		case n == 0 && plain < 0:
			plain = i
		case n >= 2 && sized < 0:
			sized = i
		}
	}
	if plain < 0 || sized < 0 {
		t.Fatal("the sample has no product without, or none with variants")
	}
	cost := func(s string) relance.Money {
		return relance.Money{Amount: decimal.RequireFromString(s), Currency: seed.Info.Currency}
	}
	for i := range seed.Products {
		seed.Products[i].Costs = nil
	}
	told, half := &seed.Products[plain], &seed.Products[sized]
	told.Costs = map[string]relance.Money{"": cost("3.456789")}
	half.Costs = map[string]relance.Money{half.Variants[1].ExternalID: cost("0.01")}
	for _, page := range newPuller(p.Open(t, seed, nil)).pull(t, relance.KindProducts) {
		if len(page.Missing) > 0 {
			t.Errorf("missing %v", page.Missing)
		}
		for _, got := range page.Products {
			var want []relance.Money
			switch got.ExternalID {
			case told.ExternalID:
				want = []relance.Money{cost("3.456789")}
			case half.ExternalID:
				want = []relance.Money{cost("0.01")}
				if _, known := got.Costs[half.Variants[1].ExternalID]; !known {
					t.Errorf("the cost of the variant %s stands under %v", half.Variants[1].ExternalID, got.Costs)
				}
			}
			var have []relance.Money
			for _, c := range got.Costs {
				have = append(have, c)
			}
			same := func(a, b relance.Money) bool { return a.Amount.Equal(b.Amount) && a.Currency == b.Currency }
			if !slices.EqualFunc(have, want, same) {
				t.Errorf("product %s costs %v, want %v", got.ExternalID, got.Costs, want)
			}
		}
	}
}

// testNetPrices pulls what lines were sold for: without tax, and what was taken off the whole order
// taken off too.
func testNetPrices(t *testing.T, p Platform) {
	seed := p.contents(30)
	off, gross := decimal.NewFromInt(2), decimal.RequireFromString("1.2") // the simulators take 20 % of tax
	cheaper := &seed.Orders[0]
	cheaper.Discount, cheaper.Total = off, cheaper.Total.Sub(off)
	seen := 0
	for _, page := range newPuller(p.Open(t, seed, nil)).pull(t, relance.KindOrders) {
		for _, o := range page.Orders {
			total, net := decimal.Zero, decimal.Zero
			for _, l := range o.Lines {
				if l.Net == nil {
					t.Fatalf("nobody knows what line %s of order %s was sold for", l.ExternalID, o.ExternalID)
				}
				total, net, seen = total.Add(l.Total), net.Add(*l.Net), seen+1
			}
			slack := decimal.New(int64(len(o.Lines)), -2) // a cent for each line that is rounded
			most := total.DivRound(gross, relance.MoneyScale)
			if o.ExternalID == cheaper.ExternalID { // with the discount's tax, or without
				if least := most.Sub(off); net.LessThan(least.Sub(slack)) {
					t.Errorf("order %s was sold for %s, less than %s", o.ExternalID, net, least)
				}
				most = most.Sub(off.DivRound(gross, relance.MoneyScale))
			}
			if net.GreaterThan(most.Add(slack)) || o.Discount.IsZero() && net.LessThan(most.Sub(slack)) {
				t.Errorf("order %s of %s less %s was sold for %s without tax, not %s", o.ExternalID, total, o.Discount, net, most)
			}
		}
	}
	if seen == 0 {
		t.Error("no lines")
	}
}
