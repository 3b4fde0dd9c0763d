package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// onMessage does something about a message of a shop and a person that the bearer may see.
func (r *Resolver) onMessage(ctx context.Context, id uuid.UUID, do func(relance.Bearer) (uuid.UUID, error)) (*FollowUpPayload, error) {
	f, err := r.followUp(ctx, id)
	if err == nil && f == nil {
		err = relance.Errorf(relance.CodeNotFound, "there is no such message")
	}
	if err == nil {
		err = r.visible(ctx, f.ProfileID)
	}
	if err == nil {
		id, err = do(bearer(ctx))
	}
	return r.messagePayload(ctx, id, err)
}

func (r *Resolver) giveGoodwill(ctx context.Context, g relance.Goodwill) (*FollowUpPayload, error) {
	b := bearer(ctx)
	err := r.visible(ctx, g.ProfileID)
	if err == nil && !b.Sees(g.ShopID) {
		err = relance.TellField("shopId", "OWN_SHOP_NEEDED")
	}
	var id uuid.UUID
	if err == nil {
		id, err = r.Use.GiveGoodwill(ctx, b.MerchantID, g, b.Actor())
	}
	return r.messagePayload(ctx, id, err)
}

func (r *Resolver) messagePayload(ctx context.Context, id uuid.UUID, err error) (*FollowUpPayload, error) {
	errs, err := userErrors(err)
	p := &FollowUpPayload{Errors: errs}
	if err == nil && len(errs) == 0 {
		p.FollowUp, err = r.followUp(ctx, id, "followUp")
	}
	return p, err
}
