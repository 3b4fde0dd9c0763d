package graph

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/graph/wire"
)

// backtest plays a campaign over past days.
func (r *Resolver) backtest(ctx context.Context, c *wire.Campaign, days, examples int) (*CampaignBacktest, error) {
	if examples < 0 || examples > maxExamples {
		return nil, relance.FieldErrorf("examples", "examples must be from 0 to %d", maxExamples)
	}
	b, err := r.Use.Backtest(ctx, bearer(ctx).MerchantID, c.ID, days, examples)
	if err != nil {
		return nil, err
	}
	out := &CampaignBacktest{From: b.From, To: b.To, People: b.People, Sends: b.Sends, Vouchers: b.Vouchers, Unpriced: b.Unpriced, Holdout: b.Holdout, Examples: pointers(b.Examples), Hash: b.Hash,
		Discounts: []*relance.Money{}, Refusals: []*relance.RefusalCount{}, ByDay: []*BacktestDay{}, BySteps: []*BacktestStep{}}
	for _, currency := range slices.Sorted(maps.Keys(b.Discounts)) {
		out.Discounts = append(out.Discounts, &relance.Money{Amount: b.Discounts[currency], Currency: currency})
	}
	for _, n := range relance.Reasons(b.Refused) {
		out.Refusals = append(out.Refusals, &relance.RefusalCount{Verdict: relance.VerdictRefuse, Reason: n.Reason, Count: n.Count})
	}
	for _, day := range slices.Sorted(maps.Keys(b.ByDay)) {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			return nil, err
		}
		out.ByDay = append(out.ByDay, &BacktestDay{Day: at, Sends: b.ByDay[day]})
	}
	for _, key := range slices.Collect(maps.Keys(b.ByStep)) {
		out.BySteps = append(out.BySteps, &BacktestStep{StepKey: key, Sends: b.ByStep[key]})
	}
	place := func(key string) int {
		return slices.IndexFunc(c.Steps, func(s wire.CampaignStep) bool { return s.Key == key })
	}
	slices.SortFunc(out.BySteps, func(x, y *BacktestStep) int { return cmp.Compare(place(x.StepKey), place(y.StepKey)) })
	return out, nil
}
