package app

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/results"
	"github.com/relance/relance/store"
)

// Results tells what became of a campaign: what was sent and came of it, and what difference it
// made to those who were held out. shops are those whose figures the asker may see; nil: all.
func (a *App) Results(ctx context.Context, m, campaignID uuid.UUID, windowDays int, shops []uuid.UUID) (*relance.CampaignResults, error) {
	if !slices.Contains(relance.Windows(), windowDays) {
		return nil, relance.FieldErrorf("windowDays", "the window is one of %v days", relance.Windows())
	}
	r, err := a.Store.CampaignResults(ctx, m, store.ResultsQuery{CampaignID: campaignID, WindowDays: windowDays, ShopIDs: shops, Now: a.Now()})
	if err != nil {
		return nil, err
	}
	results.Margins(r)
	r.Comparison = results.Compare(r.Comparison)
	for i := range r.Steps {
		if v := r.Steps[i].Variants; v != nil {
			results.CompareVariants(v)
		}
	}
	return r, nil
}
