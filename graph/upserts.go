package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// ownShop refuses records of other shops than the bearer's.
func ownShop(b relance.Bearer, shop *uuid.UUID) error {
	if b.ShopIDs != nil && (shop == nil || !b.Sees(*shop)) {
		return relance.TellField("shopId", "RECORDS_NEED_SHOP")
	}
	return nil
}

// upsert stores what a program sends for one of its shops.
func (r *Resolver) upsert(ctx context.Context, shop *uuid.UUID, do func(relance.Bearer) (*relance.Upserted, error)) (*UpsertPayload, error) {
	b := bearer(ctx)
	out := &relance.Upserted{}
	err := ownShop(b, shop)
	if err == nil {
		var done *relance.Upserted
		if done, err = do(b); err == nil {
			out = done
		}
	}
	errs, err := userErrors(err)
	p := &UpsertPayload{Added: out.Added, Updated: out.Updated, Unchanged: out.Unchanged, Problems: pointers(out.Problems), Errors: errs}
	if out.Source.ID != uuid.Nil {
		p.Source = &out.Source
	}
	return p, err
}
