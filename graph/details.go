package graph

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// visible refuses a profile that the bearer may not see as one that does not exist.
func (r *Resolver) visible(ctx context.Context, profile uuid.UUID) error {
	b := bearer(ctx)
	_, err := r.Read.Profile(ctx, b.MerchantID, profile, relance.ProfileWant{}, b.ShopIDs, r.Now())
	return err
}

func (r *Resolver) addPerson(ctx context.Context, shop *uuid.UUID, d relance.TypedDetails) (*ProfilePayload, error) {
	b := bearer(ctx)
	var err error
	var id uuid.UUID
	if b.ShopIDs != nil && (shop == nil || !slices.Contains(b.ShopIDs, *shop)) {
		err = relance.TellField("shopId", "OWN_SHOP_NEEDED")
	} else {
		id, err = r.Use.AddPerson(ctx, b.MerchantID, shop, d, b.Actor())
	}
	return r.profilePayload(ctx, id, err)
}

func (r *Resolver) undoChange(ctx context.Context, change uuid.UUID) (*ProfilePayload, error) {
	b := bearer(ctx)
	profile, err := r.Read.ChangedProfile(ctx, b.MerchantID, change)
	if err == nil {
		err = r.visible(ctx, profile)
	}
	if err == nil {
		profile, err = r.Use.UndoChange(ctx, b.MerchantID, change, b.Actor())
	}
	return r.profilePayload(ctx, profile, err)
}

// profilePayload gives a profile that was changed, or why it was not.
func (r *Resolver) profilePayload(ctx context.Context, profile uuid.UUID, err error) (*ProfilePayload, error) {
	errs, err := userErrors(err)
	if err != nil || len(errs) > 0 {
		return &ProfilePayload{Errors: errs}, err
	}
	list, err := r.profileBelow(ctx, profile, "profile")
	if err != nil || len(list) == 0 {
		return &ProfilePayload{Errors: errs}, err
	}
	return &ProfilePayload{Profile: list[0], Errors: errs}, nil
}

func (r *Resolver) profileChanges(ctx context.Context, profile uuid.UUID, first int) ([]*relance.ProfileChange, error) {
	if _, err := paging(first, nil); err != nil {
		return nil, err
	}
	if err := r.visible(ctx, profile); err != nil {
		return nil, err
	}
	list, err := r.Read.ProfileChanges(ctx, bearer(ctx).MerchantID, profile, first)
	return pointers(list), err
}

// possibleDuplicates leaves out whom the bearer may not see.
func (r *Resolver) possibleDuplicates(ctx context.Context, d relance.TypedDetails) ([]*PossibleDuplicate, error) {
	b := bearer(ctx)
	likenesses, err := r.Use.PossibleDuplicates(ctx, b.MerchantID, d)
	if err != nil || len(likenesses) == 0 {
		return []*PossibleDuplicate{}, err
	}
	ids := make([]uuid.UUID, len(likenesses))
	for i, l := range likenesses {
		ids[i] = l.ProfileID
	}
	profiles, err := r.Read.ProfilesByID(ctx, b.MerchantID, ids, profileWant(ctx, []string{"profile"}), b.ShopIDs, r.Now())
	out := []*PossibleDuplicate{}
	for _, l := range likenesses {
		if i := slices.IndexFunc(profiles, func(p *relance.Profile) bool { return p.ID == l.ProfileID }); i >= 0 {
			out = append(out, &PossibleDuplicate{Profile: profiles[i], MatchedBy: l.MatchedBy})
		}
	}
	return out, err
}
