package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

func (r *Resolver) outstanding(ctx context.Context, first int, after *string, overdue bool) (*relance.OutstandingPage, error) {
	p, err := paging(first, after)
	if err != nil {
		return nil, err
	}
	b := bearer(ctx)
	page, err := r.Read.Outstanding(ctx, b.MerchantID, relance.OutstandingQuery{Paging: p, Overdue: overdue, ShopIDs: b.ShopIDs}, r.Now())
	if err != nil {
		return nil, err
	}
	return page, owners(ctx, r, page.Customers, func(o *relance.Outstanding) (*uuid.UUID, **relance.Profile) { return &o.ProfileID, &o.Profile })
}
