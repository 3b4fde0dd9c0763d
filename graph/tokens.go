package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

func (r *Resolver) createToken(ctx context.Context, t relance.Token) (*TokenCreatePayload, error) {
	b := bearer(ctx)
	secret, added, err := r.Use.CreateToken(ctx, b.MerchantID, t, b.Actor())
	errs, err := userErrors(err)
	if err != nil || len(errs) > 0 {
		return &TokenCreatePayload{Errors: errs}, err
	}
	if len(t.ShopIDs) > 0 {
		shops, err := r.Read.Shops(ctx, b.MerchantID, t.ShopIDs)
		if err != nil {
			return nil, err
		}
		added.Shops = pointers(shops)
	}
	return &TokenCreatePayload{Token: &added, Secret: &secret, Errors: errs}, nil
}

func (r *Resolver) revokeToken(ctx context.Context, id uuid.UUID) (*TokenRevokePayload, error) {
	b := bearer(ctx)
	errs, err := userErrors(r.Use.RevokeToken(ctx, b.MerchantID, id, b.Actor()))
	if err != nil || len(errs) > 0 {
		return &TokenRevokePayload{Errors: errs}, err
	}
	forget(ctx, id)
	return &TokenRevokePayload{RevokedID: &id, Errors: errs}, nil
}
