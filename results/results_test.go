package results_test

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/campaign"
	"github.com/relance/relance/results"
)

// somebody has an id to be drawn by, and spent something or nothing.
type somebody struct {
	id    uuid.UUID
	spent decimal.Decimal
}

func newUUID(r *rand.Rand) (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:8], r.Uint64())
	binary.BigEndian.PutUint64(id[8:], r.Uint64())
	return id
}

// crowd are people of whom a share ordered, for amounts as skewed as those of shops.
func crowd(r *rand.Rand, n int, share float64) []somebody {
	out := make([]somebody, n)
	for i := range out {
		out[i].id = newUUID(r)
		if r.Float64() < share {
			out[i].spent = decimal.NewFromFloat(math.Exp(3.9 + 0.7*r.NormFloat64())).Round(2)
		}
	}
	return out
}

// draw holds some of the crowd out of a campaign as the product does, and compares. lift is
// the share of those treated who order although they would not have.
func draw(r *rand.Rand, people []somebody, percent int, lift float64) relance.Comparison {
	c := relance.Comparison{HoldoutPercent: percent}
	id := newUUID(r)
	sums := map[bool]*relance.GroupRevenue{true: {Currency: "EUR"}, false: {Currency: "EUR"}}
	for i := range people {
		held := campaign.HeldOut(id, people[i].id, percent)
		group, sum, spent := &c.Treated, sums[held], people[i].spent
		if held {
			group = &c.Holdout
		} else if spent.IsZero() && r.Float64() < lift {
			spent = decimal.NewFromInt(50)
		}
		group.People++
		if spent.IsPositive() {
			group.Ordered++
			sum.Buyers++
			sum.Sum, sum.Squares = sum.Sum.Add(spent), sum.Squares.Add(spent.Mul(spent))
		}
	}
	c.Treated.Revenue, c.Holdout.Revenue = []relance.GroupRevenue{*sums[false]}, []relance.GroupRevenue{*sums[true]}
	return results.Compare(c)
}

// trials are drawn with this seed; TestAAFindsNothing prints it.
const seed = 20261122

// TestAAFindsNothing compares groups between which there is no difference: the same crowds, with
// what they spent, are drawn into treated and holdout by the product's own hash, for 2,000
// campaigns. An interval of 95 % excludes the truth, which is zero, in 5 % of them.
func TestAAFindsNothing(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(seed, 1))
	crowds := aaCrowds(r)
	findsNothing(t, func(i int) (relance.ShareComparison, relance.MeanComparison) {
		c := draw(r, crowds[i%len(crowds)], []int{10, 20, 30, 50}[i/len(crowds)%4], 0)
		return c.Conversion, c.Revenue[0]
	})
}

// TestAAOfVariantsFindsNothing does so with the two variants of a step: the same people get A or B
// by the product's own hash of campaign, step and profile.
func TestAAOfVariantsFindsNothing(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(seed, 3))
	crowds := aaCrowds(r)
	findsNothing(t, func(i int) (relance.ShareComparison, relance.MeanComparison) {
		v := drawVariants(r, crowds[i%len(crowds)], []int{15, 30, 50, 80}[i/len(crowds)%4])
		return v.Conversion, v.Revenue[0]
	})
}

func aaCrowds(r *rand.Rand) [][]somebody {
	return [][]somebody{crowd(r, 2000, 0.05), crowd(r, 2000, 0.1), crowd(r, 2000, 0.2), crowd(r, 3000, 0.4)}
}

// drawVariants gives the crowd the variants of a campaign's step as the product does, and compares.
func drawVariants(r *rand.Rand, people []somebody, share int) relance.VariantResults {
	v := relance.VariantResults{SharePercent: share}
	id := newUUID(r)
	sums := map[bool]*relance.GroupRevenue{true: {Currency: "EUR"}, false: {Currency: "EUR"}}
	for i := range people {
		isB := campaign.DrawnB(id, "one", people[i].id, share)
		group, sum := &v.A.ComparedGroup, sums[isB]
		if isB {
			group = &v.B.ComparedGroup
		}
		group.People++
		if spent := people[i].spent; spent.IsPositive() {
			group.Ordered++
			sum.Buyers++
			sum.Sum, sum.Squares = sum.Sum.Add(spent), sum.Squares.Add(spent.Mul(spent))
		}
	}
	v.A.Revenue, v.B.Revenue = []relance.GroupRevenue{*sums[false]}, []relance.GroupRevenue{*sums[true]}
	results.CompareVariants(&v)
	return v
}

// findsNothing demands of 2,000 comparisons without a difference that about 5 % find one.
func findsNothing(t *testing.T, compare func(trial int) (relance.ShareComparison, relance.MeanComparison)) {
	t.Helper()
	const trials = 2000
	var shares, means, ofMeans int
	for i := range trials {
		share, mean := compare(i)
		d := share.Difference
		if d == nil {
			t.Fatalf("trial %d has not enough data: %+v", i, share)
		}
		if d.Low > 0 || d.High < 0 {
			shares++
		}
		if m := mean.Difference; m != nil {
			ofMeans++
			if m.Low.IsPositive() || m.High.IsNegative() {
				means++
			}
		}
	}
	found, foundMeans := float64(shares)/trials, float64(means)/float64(ofMeans)
	t.Logf("seed %d: of %d trials without a difference, %.2f %% find one in conversion; of the %d with enough buyers, %.2f %% one in revenue per person", seed, trials, 100*found, ofMeans, 100*foundMeans)
	if found < 0.038 || found > 0.062 {
		t.Errorf("%.2f %% of the intervals of the conversion exclude zero, want 3.8 to 6.2 %%", 100*found)
	}
	if foundMeans < 0.038 || foundMeans > 0.062 || ofMeans < trials/2 {
		t.Errorf("%.2f %% of the %d intervals of the revenue exclude zero, want 3.8 to 6.2 %%", 100*foundMeans, ofMeans)
	}
}

// TestAnEffectIsFound lets 5 of 100 of those treated order who would not have. Nearly every trial must
// find it, and the interval hold it in 95 %.
func TestAnEffectIsFound(t *testing.T) {
	t.Parallel()
	const trials = 300
	r := rand.New(rand.NewPCG(seed, 2))
	people := crowd(r, 4000, 0.1)
	var buyers int
	for i := range people {
		if people[i].spent.IsPositive() {
			buyers++
		}
	}
	const lift = 0.05
	truth := lift * float64(len(people)-buyers) / float64(len(people))
	var found, held, richer int
	for range trials {
		c := draw(r, people, 30, lift)
		d := c.Conversion.Difference
		if d.Low > 0 {
			found++
		}
		if d.Low <= truth && truth <= d.High {
			held++
		}
		if c.Revenue[0].Difference.Estimate.IsPositive() {
			richer++
		}
	}
	t.Logf("seed %d: of %d trials with a difference of %.3f, %d find it, %d intervals hold it", seed, trials, truth, found, held)
	if found < trials*9/10 || held < trials*9/10 || richer < trials*9/10 {
		t.Errorf("%d of %d find the difference, %d hold it, %d see the revenue rise", found, trials, held, richer)
	}
}

func group(people, ordered int) relance.ComparedGroup {
	return relance.ComparedGroup{People: people, Ordered: ordered}
}

func TestSmallNumbersGiveNoFigure(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name             string
		treated, holdout relance.ComparedGroup
		percent          int
		missing          int
	}{
		{"nobody", group(0, 0), group(0, 0), 10, 300},                   // 30 held out are 10 % of 300
		{"nobody held out", group(500, 50), group(0, 0), 0, 0},          // and never will be
		{"29 of 30", group(400, 80), group(29, 5), 10, 10},              // one more of ten
		{"30", group(400, 80), group(30, 5), 10, 0},                     // enough: 20 % of 30 are 6
		{"few order", group(900, 18), group(100, 2), 10, 1390},          // 21 of 1002: 239 are needed for five
		{"nearly all order", group(200, 198), group(200, 198), 50, 404}, // as few do not: 402 are needed in each group
		{"the treated are fewer", group(20, 4), group(60, 12), 50, 20},
	} {
		c := results.Compare(relance.Comparison{HoldoutPercent: x.percent, Treated: x.treated, Holdout: x.holdout})
		if c.Conversion.Missing != x.missing || (c.Conversion.Difference != nil) != (x.missing == 0 && x.percent > 0) {
			t.Errorf("%s: %d are missing, want %d; %+v", x.name, c.Conversion.Missing, x.missing, c.Conversion.Difference)
		}
	}
}

func TestRevenuePerPerson(t *testing.T) {
	t.Parallel()
	revenue := func(currency string, buyers int, each string) relance.GroupRevenue {
		d, n := decimal.RequireFromString(each), decimal.NewFromInt(int64(buyers))
		return relance.GroupRevenue{Currency: currency, Buyers: buyers, Sum: d.Mul(n), Squares: d.Mul(d).Mul(n)}
	}
	c := relance.Comparison{HoldoutPercent: 50, Treated: group(100, 40), Holdout: group(100, 25)}
	c.Treated.Revenue = []relance.GroupRevenue{revenue("EUR", 40, "50.10"), revenue("USD", 3, "20")}
	c.Holdout.Revenue = []relance.GroupRevenue{revenue("EUR", 25, "50.10")}
	got := results.Compare(c).Revenue
	dec := decimal.RequireFromString
	want := []relance.MeanComparison{
		// Variances (Σx² − (Σx)²/n)/(n−1): 608.49 and 475.38; half 1.972 × √(10.8387) at 195 degrees of freedom.
		{Currency: "EUR", Difference: &relance.MeanDifference{Treated: dec("20.04"), Holdout: dec("12.525"), Estimate: dec("7.515"), Low: dec("1.02"), High: dec("14.01")}},
		{Currency: "USD", Missing: 1820},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
