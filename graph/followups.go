package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// followUps lists messages of the shops that the bearer may see, and whose they are where that
// is asked for.
func (r *Resolver) followUps(ctx context.Context, first int, after *string, q relance.FollowUpQuery) (*relance.FollowUpPage, error) {
	b := bearer(ctx)
	p, err := paging(first, after)
	if err != nil {
		return nil, err
	}
	q.Paging, q.ShopIDs = p, b.ShopIDs
	page, err := r.Read.FollowUps(ctx, b.MerchantID, q)
	if err != nil {
		return nil, err
	}
	return page, owners(ctx, r, page.FollowUps, func(f *relance.FollowUpView) (*uuid.UUID, **relance.Profile) { return &f.ProfileID, &f.Profile })
}

// followUp reads one message, where the bearer may see its shop.
func (r *Resolver) followUp(ctx context.Context, id uuid.UUID) (*relance.FollowUpView, error) {
	b := bearer(ctx)
	page, err := r.Read.FollowUps(ctx, b.MerchantID, relance.FollowUpQuery{Paging: relance.Paging{First: 1}, ID: &id, ShopIDs: b.ShopIDs})
	if err != nil || len(page.FollowUps) == 0 {
		return nil, err
	}
	return page.FollowUps[0], nil
}

// maxCodeHits is how many messages a code finds.
const maxCodeHits = 10

// messagesByCode finds messages by a code, or part of one.
func (r *Resolver) messagesByCode(ctx context.Context, part string) ([]*relance.FollowUpView, error) {
	if part == "" {
		return []*relance.FollowUpView{}, nil
	}
	b := bearer(ctx)
	page, err := r.Read.FollowUps(ctx, b.MerchantID, relance.FollowUpQuery{Paging: relance.Paging{First: maxCodeHits}, Code: part, ShopIDs: b.ShopIDs})
	if err != nil {
		return nil, err
	}
	return page.FollowUps, nil
}
