// Package results tells what a campaign brought, against those it held out. It is pure: counts
// and sums come in, differences with their intervals go out, or how many people are missing
// until a difference can be told.
package results

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// The least that a comparison takes. Below it the intervals do not keep what they promise, and
// what is measured is mostly chance.
const (
	leastPeople = 30 // in each group
	// leastShare is how many people are expected in each cell of (group × ordered or not) if the
	// campaign changed nothing: Cochran's rule.
	leastShare = 5
	// leastBuyers is the same for revenue: amounts are skewed, so that their means are near to
	// normal only with more buyers.
	leastBuyers = 20
)

// Compare completes a comparison: its groups are counted, the differences follow.
func Compare(c relance.Comparison) relance.Comparison {
	if c.HoldoutPercent == 0 {
		return c // there is nothing to compare with
	}
	t, h := Share{c.Treated.Ordered, c.Treated.People}, Share{c.Holdout.Ordered, c.Holdout.People}
	c.Conversion = conversion(t, h, c.HoldoutPercent)
	c.Revenue, c.Margin = nil, nil
	for _, currency := range currencies(c.Treated.Revenue, c.Holdout.Revenue) {
		c.Revenue = append(c.Revenue, means(currency, &c, of(currency, c.Treated.Revenue), of(currency, c.Holdout.Revenue)))
	}
	treated, holdout := revenues(c.Treated.Margin), revenues(c.Holdout.Margin)
	for _, currency := range currencies(treated, holdout) {
		m := relance.MarginComparison{MeanComparison: means(currency, &c, of(currency, treated), of(currency, holdout))}
		for _, g := range slices.Concat(c.Treated.Margin, c.Holdout.Margin) {
			if g.Currency == currency {
				m.Pieces, m.Known = m.Pieces+g.Pieces, m.Known+g.Known
			}
		}
		c.Margin = append(c.Margin, m)
	}
	return c
}

// revenues are margins as sums over people.
func revenues(list []relance.GroupMargin) (out []relance.GroupRevenue) {
	for i := range list {
		out = append(out, list[i].GroupRevenue)
	}
	return out
}

// Margins completes the takings of all steps: what the goods left after their cost and the letters.
func Margins(r *relance.CampaignResults) {
	fill := func(list []relance.Takings) {
		for i := range list {
			t := &list[i]
			t.ByCode.Margin, t.ByMatchBack.Margin = t.ByCode.Goods.Margin(t.Print), t.ByMatchBack.Goods.Margin(t.Print)
		}
	}
	fill(r.Totals.Takings)
	for i := range r.Steps {
		fill(r.Steps[i].Takings)
	}
}

// CompareVariants completes what became of a step's variants: what B brought less what A did. A
// stands where the holdout does.
func CompareVariants(v *relance.VariantResults) {
	if v.SharePercent == 0 {
		return // nobody was drawn yet
	}
	c := Compare(relance.Comparison{HoldoutPercent: 100 - v.SharePercent, Treated: v.B.ComparedGroup, Holdout: v.A.ComparedGroup})
	v.Conversion, v.Revenue, v.Margin = c.Conversion, c.Revenue, c.Margin
}

func conversion(t, h Share, percent int) relance.ShareComparison {
	if n := Missing(t, h, percent, leastShare); n > 0 {
		return relance.ShareComparison{Missing: n}
	}
	i := ShareDifference(t, h)
	return relance.ShareComparison{Difference: &relance.ShareDifference{Treated: t.Of(), Holdout: h.Of(), Estimate: t.Of() - h.Of(), Low: i.Low, High: i.High}}
}

// means compares what a person of each group brought, or left, in a currency.
func means(currency string, c *relance.Comparison, t, h relance.GroupRevenue) relance.MeanComparison {
	out := relance.MeanComparison{Currency: currency}
	out.Missing = Missing(Share{t.Buyers, c.Treated.People}, Share{h.Buyers, c.Holdout.People}, c.HoldoutPercent, leastBuyers)
	if out.Missing > 0 {
		return out
	}
	treated, holdout := mean(t, c.Treated.People), mean(h, c.Holdout.People)
	i := MeanDifference(sample(t, c.Treated.People), sample(h, c.Holdout.People))
	out.Difference = &relance.MeanDifference{Treated: treated, Holdout: holdout, Estimate: treated.Sub(holdout), Low: amount(i.Low), High: amount(i.High)}
	return out
}

// Missing is about how many people have to enter still, until each group has at least 30 and at
// least so many people are expected in it with an order, and without one, if both groups ordered
// alike. 0 is enough. percent of those who enter are held out. The share expected is that of both
// groups with one person more who ordered and one who did not (Laplace's rule of succession), so
// that it is neither 0 nor 1.
func Missing(t, h Share, percent, least int) int {
	if percent <= 0 || percent >= 100 {
		return 0
	}
	some, all := t.Some+h.Some+1, t.All+h.All+2
	need := max(leastPeople, upTo(least*all, min(some, all-some)))
	return max(0, upTo((need-h.All)*100, percent), upTo((need-t.All)*100, 100-percent))
}

// upTo divides and rounds up.
func upTo(a, b int) int { return (a + b - 1) / b }

// currencies that anybody of either group paid in, in the order of their codes.
func currencies(groups ...[]relance.GroupRevenue) (out []string) {
	for _, g := range groups {
		for i := range g {
			out = append(out, g[i].Currency)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func of(currency string, list []relance.GroupRevenue) relance.GroupRevenue {
	for i := range list {
		if list[i].Currency == currency {
			return list[i]
		}
	}
	return relance.GroupRevenue{Currency: currency}
}

func mean(g relance.GroupRevenue, people int) decimal.Decimal {
	return g.Sum.DivRound(decimal.NewFromInt(int64(people)), relance.MoneyScale)
}

// sample gives mean and variance for the interval. The sums are exact; from here on they are
// estimates, for which a float is exact enough.
func sample(g relance.GroupRevenue, people int) Sample {
	n := decimal.NewFromInt(int64(people))
	spread := g.Squares.Sub(g.Sum.Mul(g.Sum).DivRound(n, 2*relance.MoneyScale))
	return Sample{N: people, Mean: mean(g, people).InexactFloat64(), Variance: max(0, spread.InexactFloat64()) / float64(people-1)}
}

// amount rounds a bound to what is worth telling.
func amount(x float64) decimal.Decimal { return decimal.NewFromFloat(x).Round(2) }
