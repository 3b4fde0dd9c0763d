package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// maxBulkRuns is how many changes of many people are listed.
const maxBulkRuns = 50

// startBulk does something to many people whom the bearer may see.
func (r *Resolver) startBulk(ctx context.Context, key uuid.UUID, people BulkPeopleInput, act relance.BulkAct) (*BulkPayload, error) {
	b := bearer(ctx)
	whom := relance.BulkPeople{IDs: people.Ids, Filter: people.Filter}
	if people.Expected != nil {
		n := int64(*people.Expected)
		whom.Expected = &n
	}
	id, err := r.Use.StartBulk(ctx, b.MerchantID, key, act, whom, people.AsSegment, b.ShopIDs, b.Actor())
	return r.bulkPayload(ctx, id, err)
}

// onBulk does something with a run that the bearer may see.
func (r *Resolver) onBulk(ctx context.Context, id uuid.UUID, do func(relance.Bearer) error) (*BulkPayload, error) {
	b := bearer(ctx)
	_, err := r.Read.BulkRun(ctx, b.MerchantID, id, b.ShopIDs)
	if err == nil {
		err = do(b)
	}
	return r.bulkPayload(ctx, id, err)
}

// bulkPayload gives a run after something was done to it.
func (r *Resolver) bulkPayload(ctx context.Context, id uuid.UUID, err error) (*BulkPayload, error) {
	errs, err := userErrors(err)
	if err != nil || len(errs) > 0 {
		return &BulkPayload{Errors: errs}, err
	}
	b := bearer(ctx)
	run, err := r.Read.BulkRun(ctx, b.MerchantID, id, b.ShopIDs)
	if err != nil {
		return nil, err
	}
	return &BulkPayload{Run: &run, Errors: errs}, nil
}
