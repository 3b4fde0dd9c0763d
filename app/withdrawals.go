package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/store"
)

const (
	passOnAtOnce  = 50            // objections of one merchant in one go
	passOnLease   = time.Minute   // how long one may take
	mostPassPause = 6 * time.Hour // between two attempts; so long, too, where a right is missing
	mostPassTries = 60            // then somebody has to look: two weeks
)

// PassOnObjections tells the merchant's shops who objected to e-mail, so that their own
// newsletters stop too. What fails is tried again, ever more rarely.
func (a *App) PassOnObjections(ctx context.Context, m uuid.UUID) error {
	list, err := a.Store.TakeWithdrawals(ctx, m, passOnAtOnce, passOnLease, a.Now())
	if err != nil {
		return err
	}
	for _, w := range list {
		if err := a.passOn(ctx, m, w); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (a *App) passOn(ctx context.Context, m uuid.UUID, w store.Withdrawal) error {
	err := a.withdraw(ctx, m, w)
	if err == nil {
		if err := a.Store.WithdrawalDone(ctx, m, w.CustomerID, a.Now()); err != nil {
			return err
		}
		return a.audit(ctx, m, "relance", "pass_on_objection", "customer", w.CustomerID, map[string]any{"shop": w.ShopID})
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	a.Log.Warn("objection not passed on", "merchant", m, "shop", w.ShopID, "customer", w.CustomerID, "attempt", w.Attempts, "code", relance.CodeOf(err), "err", err)
	lacking := relance.CodeOf(err) == relance.CodeShopRights || relance.CodeOf(err) == relance.CodeShopAuth
	if w.Attempts >= mostPassTries || !relance.Temporary(err) && !lacking {
		return a.Store.WithdrawalFailed(ctx, m, w.CustomerID, detailOf(err), true, nil)
	}
	pause := mostPassPause
	if !lacking {
		pause = min(time.Minute<<min(w.Attempts-1, 10), mostPassPause)
	}
	next := a.Now().Add(pause)
	return a.Store.WithdrawalFailed(ctx, m, w.CustomerID, detailOf(err), lacking, &next)
}

// RetryObjections tells a shop again of the objections that it was not told of, and says how many.
func (a *App) RetryObjections(ctx context.Context, m, shop uuid.UUID, actor string) (int, error) {
	n, err := a.Store.RetryObjections(ctx, m, shop, a.Now())
	if err != nil || n == 0 {
		return n, err
	}
	return n, a.audit(ctx, m, actor, "retry_objections", "shop", shop, map[string]any{"objections": n})
}

func (a *App) withdraw(ctx context.Context, m uuid.UUID, w store.Withdrawal) error {
	c, _, err := a.connector(ctx, m, w.ShopID)
	if err != nil {
		return err
	}
	shop, ok := c.(connectors.ConsentWithdrawer)
	if !ok {
		return nil // the platform has no newsletter of its own
	}
	return shop.WithdrawConsent(ctx, w.ExternalID)
}
