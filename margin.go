package relance

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"
)

// Goods are the pieces of paid orders that did not come back, as far as what they cost is known.
// Amounts are without tax, in the currency of the orders.
type Goods struct {
	Pieces int // in all
	// Known of them have a net price and a cost in the currency of their order; the amounts are of
	// these alone.
	Known int
	// Late of the known have a cost that was first read more than a day after the order was placed:
	// it may have been another then.
	Late int
	Net  decimal.Decimal // what they were sold for, every discount taken off, without shipping
	Cost decimal.Decimal // what the merchant paid for them
}

// Margin is what the goods left after their cost and that of the letters: nil where there
// are pieces and the cost of none is known. What vouchers took off is not in what they were sold for,
// so it is not taken off here.
func (g Goods) Margin(letters decimal.Decimal) *decimal.Decimal {
	if g.Pieces > 0 && g.Known == 0 {
		return nil
	}
	m := g.Net.Sub(g.Cost).Sub(letters)
	return &m
}

// SpreadDiscount takes off the net prices of the lines, by their value, what was taken off the goods
// of the whole order; off is without tax where the net prices are. Where the net price of one line is
// not known that of none is: nobody can tell its part.
func (o *Order) SpreadDiscount(off decimal.Decimal) {
	values := make([]decimal.Decimal, len(o.Lines))
	for i := range o.Lines {
		if o.Lines[i].Net == nil {
			o.ForgetNet()
			return
		}
		values[i] = *o.Lines[i].Net
	}
	for i, part := range Spread(off, values) {
		net := values[i].Sub(part)
		o.Lines[i].Net = &net
	}
}

// ForgetNet says that the net prices of the lines are not known.
func (o *Order) ForgetNet() {
	for i := range o.Lines {
		o.Lines[i].Net = nil
	}
}

// Spread divides an amount into parts by weight, at [MoneyScale] decimals: their sum is the amount,
// and each is less than one unit of the last decimal away from its exact share (largest remainders;
// of equal ones the first). Weights below zero count as zero; where all do, the parts are equal. No
// weights give no parts.
func Spread(amount decimal.Decimal, weights []decimal.Decimal) []decimal.Decimal {
	sum := decimal.Zero
	weights = slices.Clone(weights)
	for i, w := range weights {
		weights[i] = decimal.Max(w, decimal.Zero)
		sum = sum.Add(weights[i])
	}
	if sum.IsZero() {
		for i := range weights {
			weights[i] = decimal.NewFromInt(1)
		}
		sum = decimal.NewFromInt(int64(len(weights)))
	}
	parts, order := make([]decimal.Decimal, len(weights)), make([]int, len(weights))
	rests, left := make([]decimal.Decimal, len(weights)), amount
	for i, w := range weights {
		// Quotient towards zero at the scale of money, and what it leaves: exact, whatever the weights.
		parts[i], rests[i] = amount.Mul(w).QuoRem(sum, MoneyScale)
		order[i], left = i, left.Sub(parts[i])
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(rests[b].Abs().Cmp(rests[a].Abs()), cmp.Compare(a, b))
	})
	unit := decimal.New(int64(left.Sign()), -MoneyScale)
	for _, i := range order {
		if left.Abs().LessThan(unit.Abs()) || left.IsZero() {
			break
		}
		parts[i], left = parts[i].Add(unit), left.Sub(unit)
	}
	return parts
}
