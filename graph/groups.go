package graph

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// groupPayload gives a group that was changed, or why it was not.
func (r *Resolver) groupPayload(ctx context.Context, id uuid.UUID, err error) (*CustomerGroupPayload, error) {
	errs, err := userErrors(err)
	if err != nil || len(errs) > 0 {
		return &CustomerGroupPayload{Errors: errs}, err
	}
	b := bearer(ctx)
	list, err := r.Read.Groups(ctx, b.MerchantID, b.ShopIDs)
	if i := slices.IndexFunc(list, func(g relance.CustomerGroup) bool { return g.ID == id }); i >= 0 {
		return &CustomerGroupPayload{Group: &list[i], Errors: errs}, err
	}
	return &CustomerGroupPayload{Errors: errs}, err
}
