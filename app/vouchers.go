package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/relance/relance/connectors"
	"github.com/relance/relance/store"
)

// tidyAtOnce is how many vouchers one call revokes at most.
const tidyAtOnce = 200

// TidyVouchers revokes, in the shops, vouchers of the merchant that nobody is to use any more.
// What fails is tried again by the next call.
func (a *App) TidyVouchers(ctx context.Context, m uuid.UUID) error {
	list, err := a.Store.UselessVouchers(ctx, m, tidyAtOnce, a.Now())
	if err != nil {
		return err
	}
	for _, v := range list {
		if err := a.revoke(ctx, m, v); err != nil {
			a.Log.Warn("voucher not revoked; it is tried again", "shop", v.ShopID, "follow_up", v.FollowUpID, "err", err)
		}
	}
	return ctx.Err()
}

func (a *App) revoke(ctx context.Context, m uuid.UUID, v store.UselessVoucher) error {
	c, _, err := a.connector(ctx, m, v.ShopID)
	if err != nil {
		return err
	}
	issuer, ok := c.(connectors.VoucherIssuer)
	if !ok {
		return a.Store.VoucherRevoked(ctx, m, v.FollowUpID, a.Now())
	}
	return a.Store.Alone(ctx, v.ShopID.String()+" "+v.Code, func(ctx context.Context) error {
		ids := []string{v.ExternalID}
		if v.ExternalID == "" { // the shop may have made it before a worker died
			found, err := issuer.FindVouchers(ctx, v.Code)
			if err != nil {
				return err
			}
			ids = nil
			for _, f := range found {
				ids = append(ids, f.ExternalID)
			}
		}
		for _, id := range ids {
			if err := issuer.RevokeVoucher(ctx, id); err != nil {
				return err
			}
		}
		if err := a.Store.VoucherRevoked(ctx, m, v.FollowUpID, a.Now()); err != nil {
			return err
		}
		return a.audit(ctx, m, "relance", "revoke_voucher", "follow_up", v.FollowUpID, map[string]any{"reason": v.Reason})
	})
}
