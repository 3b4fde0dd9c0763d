package relance_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/relance/relance"
)

func drawAmount(t *rapid.T, name string, least, most int64) decimal.Decimal {
	return decimal.New(rapid.Int64Range(least, most).Draw(t, name), -relance.MoneyScale)
}

// TestSpreadIsExact divides amounts by weights: the parts add up to the amount to the last decimal,
// and none is a whole unit of it away from its exact share.
func TestSpreadIsExact(t *testing.T) {
	t.Parallel()
	unit := decimal.New(1, -relance.MoneyScale)
	rapid.Check(t, func(t *rapid.T) {
		amount := drawAmount(t, "amount", -1e12, 1e12)
		weights := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) decimal.Decimal { return drawAmount(t, "weight", -10, 1e10) }), 1, 40).Draw(t, "weights")
		sum, all := decimal.Zero, decimal.Zero
		for i, w := range weights {
			weights[i] = decimal.Max(w, decimal.Zero)
			all = all.Add(weights[i])
		}
		parts := relance.Spread(amount, weights)
		for i, p := range parts {
			sum = sum.Add(p)
			if !p.Equal(p.Round(relance.MoneyScale)) {
				t.Fatalf("part %d is %s: finer than money is kept", i, p)
			}
			if all.IsZero() {
				continue
			}
			// |part × all − amount × weight| < unit × all: without dividing, so exactly.
			if off := p.Mul(all).Sub(amount.Mul(weights[i])).Abs(); !off.LessThan(unit.Mul(all)) {
				t.Fatalf("part %d of %s is %s for %s of %s", i, amount, p, weights[i], all)
			}
		}
		if !sum.Equal(amount) {
			t.Fatalf("the parts of %s add up to %s", amount, sum)
		}
	})
}

func TestSpreadByHand(t *testing.T) {
	t.Parallel()
	d := decimal.RequireFromString
	for _, x := range []struct{ amount, first, second, third, want string }{
		{"10", "1", "1", "1", "3.333334 3.333333 3.333333"},
		{"0.000002", "1", "1", "1", "0.000001 0.000001 0"},
		{"10", "0", "30", "10", "0 7.5 2.5"},
		{"10", "0", "0", "0", "3.333334 3.333333 3.333333"},
		{"-1", "1", "2", "0", "-0.333333 -0.666667 0"},
		{"0", "1", "2", "3", "0 0 0"},
	} {
		parts := relance.Spread(d(x.amount), []decimal.Decimal{d(x.first), d(x.second), d(x.third)})
		if got := parts[0].String() + " " + parts[1].String() + " " + parts[2].String(); got != x.want {
			t.Errorf("%s by %s, %s and %s is %s, want %s", x.amount, x.first, x.second, x.third, got, x.want)
		}
	}
	if got := relance.Spread(d("5"), nil); len(got) != 0 {
		t.Errorf("nothing to spread over gave %v", got)
	}
}

// TestADiscountOfTheWholeOrderIsTakenOffEachLine: and of no line where one is not known.
func TestADiscountOfTheWholeOrderIsTakenOffEachLine(t *testing.T) {
	t.Parallel()
	net := func(s string) *decimal.Decimal { d := decimal.RequireFromString(s); return &d }
	o := relance.Order{Lines: []relance.OrderLine{{Net: net("30")}, {Net: net("10")}, {Net: net("0")}}}
	o.SpreadDiscount(decimal.NewFromInt(10))
	for i, want := range []string{"22.5", "7.5", "0"} {
		if got := o.Lines[i].Net.String(); got != want {
			t.Errorf("line %d was sold for %s, want %s", i+1, got, want)
		}
	}
	o.Lines[1].Net = nil
	o.SpreadDiscount(decimal.NewFromInt(10))
	for i := range o.Lines {
		if o.Lines[i].Net != nil {
			t.Errorf("line %d was sold for %s, though nobody knows its part of the discount", i+1, o.Lines[i].Net)
		}
	}
}

func TestMarginOfGoods(t *testing.T) {
	t.Parallel()
	d := decimal.RequireFromString
	for _, x := range []struct {
		goods relance.Goods
		print string
		want  string
	}{
		{relance.Goods{Pieces: 5, Known: 3, Net: d("30"), Cost: d("12")}, "1.5", "16.5"},
		{relance.Goods{Pieces: 5, Known: 0}, "1.5", "not known"},
		{relance.Goods{}, "1.5", "-1.5"},
	} {
		got := "not known"
		if m := x.goods.Margin(d(x.print)); m != nil {
			got = m.String()
		}
		if got != x.want {
			t.Errorf("%+v less %s is %s, want %s", x.goods, x.print, got, x.want)
		}
	}
}
