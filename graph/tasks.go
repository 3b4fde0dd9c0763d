package graph

import (
	"cmp"
	"context"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

func (r *Resolver) tasks(ctx context.Context, q relance.TaskQuery, first int, after *string, mine bool) (*relance.TaskPage, error) {
	var err error
	if q.Paging, err = paging(first, after); err != nil {
		return nil, err
	}
	q.Total = asked(ctx, "totalCount")
	b := bearer(ctx)
	q.Scope = b.ShopIDs
	if mine {
		q.AssigneeID = &b.UserID
	}
	page, err := r.Read.Tasks(ctx, b.MerchantID, q)
	if err != nil {
		return nil, err
	}
	return page, owners(ctx, r, page.Tasks, func(t *relance.Task) (*uuid.UUID, **relance.Profile) { return &t.ProfileID, &t.Profile })
}

// onTask changes a task about somebody whom the bearer may see.
func (r *Resolver) onTask(ctx context.Context, id uuid.UUID, change func(relance.Bearer) error) (*TaskPayload, error) {
	b := bearer(ctx)
	profile, err := r.Read.TaskProfile(ctx, b.MerchantID, id)
	if err == nil {
		err = r.visible(ctx, profile)
	}
	if err == nil {
		err = change(b)
	}
	return taskPayload(err)
}

func taskPayload(err error) (*TaskPayload, error) {
	errs, err := userErrors(err)
	return &TaskPayload{Done: err == nil && len(errs) == 0, Errors: errs}, err
}

func (r *Resolver) colleagues(ctx context.Context) ([]*Colleague, error) {
	users, err := r.Read.Users(ctx, bearer(ctx).MerchantID, false)
	out := []*Colleague{}
	for _, u := range users {
		if u.DisabledAt == nil {
			out = append(out, &Colleague{ID: u.ID, Name: cmp.Or(u.Name, u.Email)})
		}
	}
	return out, err
}
