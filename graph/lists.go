package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"

	"github.com/relance/relance"
)

// maxBought is how many names of goods are offered.
const maxBought = 100

// Carts and orders over all customers.

func (r *Resolver) carts(ctx context.Context, first int, after *string, states []relance.CartState, shops []uuid.UUID) (*relance.CartPage, error) {
	p, err := paging(first, after)
	if err != nil {
		return nil, err
	}
	p.Total = asked(ctx, "totalCount")
	b := bearer(ctx)
	scope, err := scopeOf(b, shops)
	if err != nil {
		return nil, err
	}
	_, lines := below(ctx, "nodes", "lines")
	page, err := r.Read.Carts(ctx, b.MerchantID, relance.CartQuery{CartWant: relance.CartWant{Paging: p, Lines: len(lines) > 0}, States: states, Scope: scope, Now: r.Now()})
	if err != nil {
		return nil, err
	}
	return page, owners(ctx, r, page.Carts, func(c *relance.CartView) (*uuid.UUID, **relance.Profile) { return c.ProfileID, &c.Profile })
}

func (r *Resolver) orders(ctx context.Context, first int, after *string, filter *relance.OrderFilter, direction string) (*relance.OrderPage, error) {
	if filter == nil {
		filter = &relance.OrderFilter{}
	}
	b := bearer(ctx)
	scope, err := scopeOf(b, filter.ShopIDs)
	if err != nil {
		return nil, err
	}
	want, err := orderWant(ctx, first, after)
	if err != nil {
		return nil, err
	}
	page, err := r.Read.Orders(ctx, b.MerchantID, relance.OrderQuery{OrderWant: want, OrderFilter: *filter, OldestFirst: direction == "ASC", Scope: scope})
	if err != nil {
		return nil, err
	}
	return page, owners(ctx, r, page.Orders, func(o *relance.OrderView) (*uuid.UUID, **relance.Profile) { return o.ProfileID, &o.Profile })
}

// order reads one order, where the bearer may see its shop.
func (r *Resolver) order(ctx context.Context, id uuid.UUID) (*relance.OrderView, error) {
	b := bearer(ctx)
	s := selection{graphql.GetOperationContext(ctx)}
	want := s.orderFields(s.fields(graphql.GetFieldContext(ctx).Field.Selections, "Order"), new(bool))
	want.First = 1
	page, err := r.Read.Orders(ctx, b.MerchantID, relance.OrderQuery{OrderWant: want, ID: &id, Scope: b.ShopIDs})
	if err != nil || len(page.Orders) == 0 {
		return nil, err
	}
	return page.Orders[0], nil
}

// cart reads one cart, where the bearer may see its shop.
func (r *Resolver) cart(ctx context.Context, id uuid.UUID) (*relance.CartView, error) {
	b := bearer(ctx)
	want := relance.CartWant{Paging: relance.Paging{First: 1}, Lines: asked(ctx, "lines")}
	page, err := r.Read.Carts(ctx, b.MerchantID, relance.CartQuery{CartWant: want, ID: &id, Scope: b.ShopIDs, Now: r.Now()})
	if err != nil || len(page.Carts) == 0 {
		return nil, err
	}
	return page.Carts[0], nil
}

// orderWant reads what is wanted of the list of orders at hand.
func orderWant(ctx context.Context, first int, after *string) (relance.OrderWant, error) {
	p, err := paging(first, after)
	if err != nil {
		return relance.OrderWant{}, err
	}
	want := selection{graphql.GetOperationContext(ctx)}.orders(graphql.GetFieldContext(ctx).Field, new(bool))
	p.Total = asked(ctx, "totalCount")
	want.Paging = p
	return want, nil
}

// owners reads whose the listed things are, all at once and where that is asked for.
func owners[T any](ctx context.Context, r *Resolver, list []*T, of func(*T) (*uuid.UUID, **relance.Profile)) error {
	if _, wanted := below(ctx, "nodes", "profile"); len(wanted) == 0 {
		return nil
	}
	places := map[uuid.UUID][]**relance.Profile{}
	var ids []uuid.UUID
	for _, x := range list {
		id, place := of(x)
		if id == nil {
			continue
		}
		if places[*id] == nil {
			ids = append(ids, *id)
		}
		places[*id] = append(places[*id], place)
	}
	if len(ids) == 0 {
		return nil
	}
	b := bearer(ctx)
	found, err := r.Read.ProfilesByID(ctx, b.MerchantID, ids, profileWant(ctx, []string{"nodes", "profile"}), b.ShopIDs, r.Now())
	for _, p := range found {
		for _, place := range places[p.ID] {
			*place = p
		}
	}
	return err
}

// owner reads whose a single thing is, unless its list has read it.
func (r *Resolver) owner(ctx context.Context, id *uuid.UUID, known *relance.Profile) (*relance.Profile, error) {
	if id == nil || known != nil {
		return known, nil
	}
	b := bearer(ctx)
	p, err := r.Read.Profile(ctx, b.MerchantID, *id, profileWant(ctx, nil), b.ShopIDs, r.Now())
	return orNull(p, err)
}
