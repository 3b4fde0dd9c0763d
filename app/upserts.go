package app

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// UpsertCustomers stores customers that a program sends, by the ids that they have there. source names
// the program; shop is the one whose customers they are, where there is one.
func (a *App) UpsertCustomers(ctx context.Context, m uuid.UUID, shop *uuid.UUID, source string, list []*relance.CustomerUpsert, actor string) (*relance.Upserted, error) {
	out, id, err := a.beginUpsert(ctx, m, shop, source, len(list))
	if err != nil {
		return nil, err
	}
	now := a.Now()
	good, at := readable(list, out, func(u *relance.CustomerUpsert) string { return u.ExternalID },
		func(u *relance.CustomerUpsert) (relance.Customer, error) {
			return u.Customer(relance.IdentityImport, now)
		})
	done, err := a.Store.UpsertCustomers(ctx, m, id, shop, good, now)
	if err != nil {
		return nil, err
	}
	for _, i := range done.Left {
		p := relance.ProblemOf(at[i], good[i].ExternalID, relance.Tell(relance.CodeConflict, nil, "CONSENT_LEFT").At("consents"))
		p.Stored = true
		out.Problems = append(out.Problems, p)
	}
	for _, i := range done.Erased {
		out.Problems = append(out.Problems, relance.ProblemOf(at[i], good[i].ExternalID, relance.Tell(relance.CodeConflict, nil, "PERSON_ERASED")))
	}
	return a.endUpsert(ctx, m, out, done, "upsert_customers", actor)
}

// UpsertOrders stores orders that a program sends, by the ids that they have there.
func (a *App) UpsertOrders(ctx context.Context, m uuid.UUID, shop *uuid.UUID, source string, list []*relance.OrderUpsert, actor string) (*relance.Upserted, error) {
	if shop == nil {
		return nil, relance.TellField("shopId", "ORDERS_NEED_SHOP")
	}
	out, id, err := a.beginUpsert(ctx, m, shop, source, len(list))
	if err != nil {
		return nil, err
	}
	now := a.Now()
	good, at := readable(list, out, func(u *relance.OrderUpsert) string { return u.ExternalID },
		func(u *relance.OrderUpsert) (relance.Order, error) { return u.Order(now) })
	done, err := a.Store.UpsertOrders(ctx, m, id, shop, good, now)
	if err != nil {
		return nil, err
	}
	for _, i := range done.Erased {
		p := relance.ProblemOf(at[i], good[i].ExternalID, relance.Tell(relance.CodeConflict, nil, "ORDER_OF_ERASED"))
		p.Stored = true
		out.Problems = append(out.Problems, p)
	}
	return a.endUpsert(ctx, m, out, done, "upsert_orders", actor)
}

// beginUpsert checks what holds for all records, and finds their source.
func (a *App) beginUpsert(ctx context.Context, m uuid.UUID, shop *uuid.UUID, source string, n int) (*relance.Upserted, uuid.UUID, error) {
	if n < 1 || n > relance.MostUpserts {
		return nil, uuid.Nil, relance.Tell(relance.CodeBadInput, nil, "TOO_MANY_RECORDS", "most", strconv.Itoa(relance.MostUpserts))
	}
	source, err := relance.CheckSource(source)
	if err != nil {
		return nil, uuid.Nil, err
	}
	out := &relance.Upserted{Source: relance.SourceRef{Kind: relance.SourceAPI}}
	if shop != nil {
		s, err := a.Store.Shop(ctx, m, *shop)
		if err != nil {
			return nil, uuid.Nil, err
		}
		out.Source.Shop = &s
	}
	out.Source.ID, err = a.Store.SourceOf(ctx, m, relance.SourceAPI, source, shop)
	return out, out.Source.ID, err
}

// readable reads the records that can be, notes what is wrong with the others, and tells where each
// that is left stood.
func readable[U, T any](list []*U, out *relance.Upserted, name func(*U) string, read func(*U) (T, error)) (good []T, at []int) {
	for i, u := range list {
		record, err := read(u)
		var told *relance.Error
		if errors.As(err, &told) {
			out.Problems = append(out.Problems, relance.ProblemOf(i, name(u), told))
			continue
		}
		good, at = append(good, record), append(at, i)
	}
	return good, at
}

// endUpsert counts, has the records derived, and notes in the audit trail how many they were.
func (a *App) endUpsert(ctx context.Context, m uuid.UUID, out *relance.Upserted, done store.Upsert, action, actor string) (*relance.Upserted, error) {
	out.Added, out.Updated, out.Unchanged = done.Added, done.Updated, done.Unchanged
	slices.SortStableFunc(out.Problems, func(a, b relance.UpsertProblem) int { return a.Index - b.Index })
	if out.Added+out.Updated+len(done.Left) > 0 {
		a.derive(ctx, m, 0)
	}
	refused := len(out.Problems) - len(done.Left)
	return out, a.audit(ctx, m, actor, action, "source", out.Source.ID, map[string]any{"added": out.Added, "updated": out.Updated, "unchanged": out.Unchanged, "refused": refused})
}
