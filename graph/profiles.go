package graph

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/graph/wire"
)

func (r *Resolver) profiles(ctx context.Context, first int, after *string, filter *relance.Filter, order *wire.ProfileOrder, asSegment bool) (*relance.ProfilePage, error) {
	p, err := paging(first, after)
	if err != nil {
		return nil, err
	}
	p.Total = asked(ctx, "totalCount")
	b := bearer(ctx)
	q := relance.ProfileQuery{Paging: p, Order: order.Order(), Want: profileWant(ctx, []string{"nodes"}, []string{"edges", "node"}), Scope: b.ShopIDs, Now: r.Now()}
	if filter != nil {
		q.Filter = *filter
	}
	var leftOut *relance.Filter
	if asSegment {
		q.Filter, leftOut = r.Use.SegmentParts(q.Filter)
	}
	page, err := r.Read.Profiles(ctx, b.MerchantID, q)
	if err == nil && leftOut != nil && asked(ctx, "leftOut") {
		page.LeftOut, err = r.countProfiles(ctx, b, *leftOut)
	}
	return &page, err
}

// countProfiles counts the people whom the bearer may see and who fit the filter.
func (r *Resolver) countProfiles(ctx context.Context, b relance.Bearer, f relance.Filter) (int64, error) {
	page, err := r.Read.Profiles(ctx, b.MerchantID, relance.ProfileQuery{Filter: f, Paging: relance.Paging{First: 1, Total: true}, Scope: b.ShopIDs, Now: r.Now()})
	if err != nil || page.Total == nil {
		return 0, err
	}
	return *page.Total, nil
}

// profileBelow reads a profile that a mutation changed, as the payload's selection wants.
func (r *Resolver) profileBelow(ctx context.Context, id uuid.UUID, field string) ([]*relance.Profile, error) {
	b := bearer(ctx)
	return r.Read.ProfilesByID(ctx, b.MerchantID, []uuid.UUID{id}, profileWant(ctx, []string{field}), b.ShopIDs, r.Now())
}

// changed changes a profile that the bearer may see, and gives it as it is then.
func (r *Resolver) changed(ctx context.Context, id uuid.UUID, change func(relance.Bearer) error) (*ProfilePayload, error) {
	b := bearer(ctx)
	var err error
	if b.ShopIDs != nil {
		_, err = r.Read.Profile(ctx, b.MerchantID, id, relance.ProfileWant{}, b.ShopIDs, r.Now())
	}
	if err == nil {
		err = change(b)
	}
	return r.profilePayload(ctx, id, err)
}

func (r *Resolver) merge(ctx context.Context, into uuid.UUID, from []uuid.UUID) (*MergePayload, error) {
	b := bearer(ctx)
	if err := unlimited(b); err != nil {
		return nil, err
	}
	id, survivor, err := r.Use.Merge(ctx, b.MerchantID, into, from, b.Actor())
	errs, err := userErrors(err)
	if err != nil || len(errs) > 0 {
		return &MergePayload{Errors: errs}, err
	}
	entry, err := r.Read.MergeEntry(ctx, b.MerchantID, id)
	if err != nil {
		return nil, err
	}
	list, err := r.profileBelow(ctx, survivor, "profile")
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &MergePayload{Profile: list[0], Merge: entry, Errors: errs}, nil
}

func (r *Resolver) unmerge(ctx context.Context, merge uuid.UUID) (*UnmergePayload, error) {
	b := bearer(ctx)
	if err := unlimited(b); err != nil {
		return nil, err
	}
	ids, err := r.Use.Unmerge(ctx, b.MerchantID, merge, b.Actor())
	return r.apart(ctx, ids, err)
}

// decideApart keeps profiles apart, or allows them together.
func (r *Resolver) decideApart(ctx context.Context, profiles []uuid.UUID, apart bool) (*UnmergePayload, error) {
	b := bearer(ctx)
	if err := unlimited(b); err != nil {
		return nil, err
	}
	ids, err := r.Use.DecideApart(ctx, b.MerchantID, profiles, apart, b.Actor())
	return r.apart(ctx, ids, err)
}

// apart gives the profiles that a decision concerned.
func (r *Resolver) apart(ctx context.Context, ids []uuid.UUID, err error) (*UnmergePayload, error) {
	b := bearer(ctx)
	errs, err := userErrors(err)
	if err != nil || len(errs) > 0 {
		return &UnmergePayload{Profiles: []*relance.Profile{}, Errors: errs}, err
	}
	list, err := r.Read.ProfilesByID(ctx, b.MerchantID, ids, profileWant(ctx, []string{"profiles"}), b.ShopIDs, r.Now())
	return &UnmergePayload{Profiles: list, Errors: errs}, err
}

// unlimited refuses what reaches over all shops to who is limited to some.
func unlimited(b relance.Bearer) error {
	if b.ShopIDs != nil {
		return relance.Errorf(relance.CodeForbidden, "this reaches over all shops; the token is limited to some")
	}
	return nil
}

func (r *Resolver) assign(ctx context.Context, order uuid.UUID, profile *uuid.UUID) (*OrderPayload, error) {
	b := bearer(ctx)
	if err := unlimited(b); err != nil {
		return nil, err
	}
	errs, err := userErrors(r.Use.AssignOrder(ctx, b.MerchantID, order, profile, b.Actor()))
	if err != nil || len(errs) > 0 || profile == nil {
		return &OrderPayload{Errors: errs}, err
	}
	list, err := r.profileBelow(ctx, *profile, "profile")
	if err != nil || len(list) == 0 {
		return &OrderPayload{Errors: errs}, err
	}
	return &OrderPayload{Profile: list[0], Errors: errs}, nil
}

func top(list []relance.Habit, first int) ([]*relance.Habit, error) {
	if _, err := paging(first, nil); err != nil {
		return nil, err
	}
	return pointers(list[:min(first, len(list))]), nil
}

// fingerprint changes whenever something worth telling about a run does.
func fingerprint(run relance.Run) string {
	var b strings.Builder
	fmt.Fprint(&b, run.ID, run.State)
	for _, s := range run.Steps {
		fmt.Fprint(&b, s.State, s.Done, s.Rejected, s.Total != nil, s.Error)
	}
	return b.String()
}
