package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// linkPath is the dashboard's page of one-time links. The secret is behind the #, which
// browsers send to nobody.
const linkPath = "/link#token="

// userPayload gives the person as they are now, or what to mend.
func (r *Resolver) userPayload(ctx context.Context, id uuid.UUID, secret string, err error) (*UserPayload, error) {
	errs, err := userErrors(err)
	if err != nil || len(errs) > 0 {
		return &UserPayload{Errors: errs}, err
	}
	forgetUser(ctx, id)
	u, err := r.user(ctx, id)
	if err != nil {
		return nil, err
	}
	p := &UserPayload{User: u, Errors: errs}
	if secret != "" {
		p.Link = new(linkPath + secret)
	}
	return p, nil
}

// user reads one of the staff with the shops they are limited to.
func (r *Resolver) user(ctx context.Context, id uuid.UUID) (*relance.User, error) {
	m := bearer(ctx).MerchantID
	u, err := r.Read.User(ctx, m, id)
	if err != nil || len(u.ShopIDs) == 0 {
		return &u, err
	}
	shops, err := r.Read.Shops(ctx, m, u.ShopIDs)
	u.Shops = pointers(shops)
	return &u, err
}

func (r *Resolver) viewer(ctx context.Context) (*Viewer, error) {
	b := bearer(ctx)
	m, err := r.Read.Merchant(ctx, b.MerchantID)
	if err != nil {
		return nil, err
	}
	v := &Viewer{Role: b.Role, ShopIds: b.ShopIDs, Merchant: &m}
	if b.UserID != uuid.Nil {
		v.User, err = r.user(ctx, b.UserID)
	}
	return v, err
}

func (r *Resolver) sessions(ctx context.Context) ([]*relance.Session, error) {
	b := bearer(ctx)
	if b.UserID == uuid.Nil {
		return []*relance.Session{}, nil
	}
	list, err := r.Read.Sessions(ctx, b.MerchantID, b.UserID, r.Now())
	for i := range list {
		list[i].Current = list[i].ID == b.SessionID
	}
	return pointers(list), err
}
