package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// onMembership changes a membership of somebody whom the bearer may see.
func (r *Resolver) onMembership(ctx context.Context, id uuid.UUID, change func(relance.Bearer) error) (*ProfilePayload, error) {
	profile, err := r.Read.MembershipProfile(ctx, bearer(ctx).MerchantID, id)
	if err != nil {
		return r.profilePayload(ctx, profile, err)
	}
	return r.changed(ctx, profile, change)
}

// membershipTypes gives the types as they are after a change, or why it was not made.
func (r *Resolver) membershipTypes(ctx context.Context, err error) (*MembershipTypePayload, error) {
	errs, err := userErrors(err)
	if err != nil || len(errs) > 0 {
		return &MembershipTypePayload{Types: []*relance.MembershipType{}, Errors: errs}, err
	}
	list, err := r.Read.MembershipTypes(ctx, bearer(ctx).MerchantID)
	return &MembershipTypePayload{Types: pointers(list), Errors: errs}, err
}
