package app

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/store"
)

// tidyAtOnce is how many vouchers one call revokes at most.
const tidyAtOnce = 200

// TidyVouchers revokes, in the shops, vouchers of the merchant that nobody is to use any more,
// takes back those that were tried, and compares some of the others with the shops. What fails is
// tried again by the next call.
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
	if err := a.endTrials(ctx, m); err != nil {
		return err
	}
	if err := a.extendOthers(ctx, m); err != nil {
		return err
	}
	return a.checkVouchers(ctx, m)
}

func (a *App) revoke(ctx context.Context, m uuid.UUID, v store.UselessVoucher) error {
	issuer, err := a.issuer(ctx, m, v.ShopID)
	if err != nil {
		return err
	}
	by := cmp.Or(v.By, "relance")
	return a.Store.Alone(ctx, v.ShopID.String()+" "+v.Code, func(ctx context.Context) error {
		if err := takeBack(ctx, issuer, v.Code, v.ExternalID); err != nil {
			return err
		}
		if err := a.Store.VoucherRevoked(ctx, m, v.FollowUpID, a.Now()); err != nil {
			return err
		}
		return a.audit(ctx, m, by, "revoke_voucher", "follow_up", v.FollowUpID, map[string]any{"reason": v.Reason})
	})
}

// takeBack makes a voucher useless in the shop, which may have made it before a worker died.
func takeBack(ctx context.Context, issuer connectors.VoucherIssuer, code, externalID string) error {
	if externalID != "" {
		return issuer.RevokeVoucher(ctx, externalID)
	}
	found, err := issuer.FindVouchers(ctx, code)
	if err != nil {
		return err
	}
	for _, f := range found {
		if err := issuer.RevokeVoucher(ctx, f.ExternalID); err != nil {
			return err
		}
	}
	return nil
}

// endTrials takes back the vouchers that somebody tried.
func (a *App) endTrials(ctx context.Context, m uuid.UUID) error {
	list, err := a.Store.TrialsOver(ctx, m, a.Now())
	if err != nil {
		return err
	}
	for _, t := range list {
		issuer, err := a.issuer(ctx, m, t.ShopID)
		if err == nil {
			err = takeBack(ctx, issuer, t.Code, t.ExternalID)
		}
		if err == nil {
			err = a.Store.TrialRevoked(ctx, m, t.ID, a.Now())
		}
		if err != nil {
			a.Log.Warn("trial voucher not taken back; it is over all the same, and tried again", "shop", t.ShopID, "err", err)
		}
	}
	return ctx.Err()
}

// issuer is the desk where a shop makes vouchers.
func (a *App) issuer(ctx context.Context, m, shop uuid.UUID) (connectors.VoucherIssuer, error) {
	c, _, err := a.connector(ctx, m, shop)
	if err != nil {
		return nil, err
	}
	return issuerOf(c)
}

func issuerOf(c connectors.Connector) (connectors.VoucherIssuer, error) {
	issuer, ok := c.(connectors.VoucherIssuer)
	if !ok {
		return nil, relance.Tell(relance.CodeShopRights, nil, "SHOP_WITHOUT_VOUCHERS")
	}
	return issuer, nil
}

// checkAtOnce is how many vouchers one call asks the shops for.
const checkAtOnce = 20

// checkVouchers asks the shops for vouchers that are good or have just ended, and notes where
// ledger and shop differ. What is over and was never used is removed from the shop.
func (a *App) checkVouchers(ctx context.Context, m uuid.UUID) error {
	list, err := a.Store.VouchersToCheck(ctx, m, checkAtOnce, a.Now())
	if err != nil {
		return err
	}
	for _, v := range list {
		state, finding, err := a.checkAlone(ctx, m, v)
		if err != nil {
			a.Log.Warn("voucher not checked; it is tried again", "shop", v.ShopID, "follow_up", v.FollowUpID, "code", relance.CodeOf(err), "err", err)
			state, finding = "", "" // others have their turn first
		}
		if err := a.Store.VoucherChecked(ctx, m, v.FollowUpID, state, finding, a.Now()); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// checkAlone checks a voucher while nobody gives it another end.
func (a *App) checkAlone(ctx context.Context, m uuid.UUID, v store.OpenVoucher) (state relance.VoucherState, finding relance.VoucherFinding, err error) {
	err = a.Store.Alone(ctx, v.ShopID.String()+" "+v.Code, func(ctx context.Context) error {
		now, err := a.Store.Voucher(ctx, m, v.FollowUpID)
		if err != nil || v.Over && (now.ExtendTo != nil || now.ValidUntil.After(a.Now())) {
			return err
		}
		state, finding, err = a.checkVoucher(ctx, m, v)
		return err
	})
	return state, finding, err
}

func (a *App) checkVoucher(ctx context.Context, m uuid.UUID, v store.OpenVoucher) (state relance.VoucherState, finding relance.VoucherFinding, err error) {
	issuer, err := a.issuer(ctx, m, v.ShopID)
	if err != nil {
		return "", "", err
	}
	found, err := issuer.FindVouchers(ctx, v.Code)
	if err != nil {
		return "", "", err
	}
	used := slices.ContainsFunc(found, func(x relance.Voucher) bool { return x.Used > 0 || x.Spent() })
	works := slices.ContainsFunc(found, func(x relance.Voucher) bool { return x.Active })
	switch {
	case v.Over && used:
		return relance.VoucherExpired, relance.VoucherUsedUnseen, nil
	case v.Over:
		return relance.VoucherExpired, "", removeAll(ctx, issuer, found)
	case used:
		return "", relance.VoucherUsedUnseen, nil
	case len(found) == 0:
		return relance.VoucherRevoked, relance.VoucherGone, nil
	case !works:
		return relance.VoucherRevoked, relance.VoucherSwitchedOff, nil
	}
	return "", "", nil
}

// removeAll takes vouchers out of the shop, where it lets us.
func removeAll(ctx context.Context, issuer connectors.VoucherIssuer, list []relance.Voucher) error {
	remover, ok := issuer.(connectors.VoucherRemover)
	if !ok {
		return nil
	}
	for _, x := range list {
		if err := remover.RemoveVoucher(ctx, x.ExternalID); err != nil && relance.CodeOf(err) != relance.CodeShopRights {
			return err
		}
	}
	return nil
}
