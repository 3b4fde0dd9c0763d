package graph

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"

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
	if err := r.ordersAfter(ctx, page.FollowUps, "nodes"); err != nil {
		return nil, err
	}
	return page, owners(ctx, r, page.FollowUps, func(f *relance.FollowUpView) (*uuid.UUID, **relance.Profile) { return &f.ProfileID, &f.Profile })
}

// followUp reads one message, where the bearer may see its shop. path leads to it from the field at hand.
func (r *Resolver) followUp(ctx context.Context, id uuid.UUID, path ...string) (*relance.FollowUpView, error) {
	b := bearer(ctx)
	page, err := r.Read.FollowUps(ctx, b.MerchantID, relance.FollowUpQuery{Paging: relance.Paging{First: 1}, ID: &id, ShopIDs: b.ShopIDs})
	if err != nil || len(page.FollowUps) == 0 {
		return nil, err
	}
	return page.FollowUps[0], r.ordersAfter(ctx, page.FollowUps, path...)
}

// ordersAfter adds the orders that followed the messages, where they are asked for below the path.
func (r *Resolver) ordersAfter(ctx context.Context, list []*relance.FollowUpView, path ...string) error {
	s, sets := below(ctx, path...)
	wanted := slices.ContainsFunc(sets, func(set ast.SelectionSet) bool {
		return slices.ContainsFunc(s.fields(set, "FollowUp"), func(f graphql.CollectedField) bool { return f.Name == "order" })
	})
	if !wanted || len(list) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, len(list))
	for i, f := range list {
		ids[i] = f.ID
	}
	b := bearer(ctx)
	found, err := r.Read.OrdersAfter(ctx, b.MerchantID, ids, b.ShopIDs)
	for _, f := range list {
		f.Order = found[f.ID]
	}
	return err
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
	return page.FollowUps, r.ordersAfter(ctx, page.FollowUps)
}
