package app

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

const (
	erasureLease = 5 * time.Minute
	// mostErasureTries is how often a shop or a printer is asked before the erasure goes on without it:
	// about a day. The certificate names what was left there.
	mostErasureTries = 100
	erasurePause     = 15 * time.Minute // at most, between two tries
)

// EraseProfile erases a person, for a request or by itself. A worker does it; what cannot be asked back is
// that it was decided.
func (a *App) EraseProfile(ctx context.Context, m, profile uuid.UUID, request *uuid.UUID, cause, actor string) (uuid.UUID, error) {
	if err := a.needSuppressionKey(ctx, m); err != nil {
		return uuid.Nil, err
	}
	t, err := a.Store.BeginErasure(ctx, m, profile, request, cause, actor, a.Now())
	if err != nil {
		return uuid.Nil, err
	}
	return t.ID, a.audit(ctx, m, actor, "begin_erasure", "erasure", t.ID, map[string]any{"cause": cause})
}

// EraseAgain erases whom a restored backup brought back, and tells how many they are.
func (a *App) EraseAgain(ctx context.Context, m uuid.UUID) (int, error) {
	list, err := a.Store.ErasedAndHere(ctx, m, a.Now())
	if err != nil {
		return 0, err
	}
	for _, p := range list {
		if _, err := a.EraseProfile(ctx, m, p, nil, "RESTORED", "relance"); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

// needSuppressionKey makes the key that erased people are known by, at its first use.
func (a *App) needSuppressionKey(ctx context.Context, m uuid.UUID) error {
	_, err := a.Store.SuppressionKey(ctx, m)
	if relance.CodeOf(err) != relance.CodeNotFound {
		return err
	}
	var fresh [32]byte
	_, _ = rand.Read(fresh[:]) // never fails
	sealed, err := a.Secrets.Seal(fresh[:], m, uuid.Nil)
	if err != nil {
		return err
	}
	return a.Store.MakeSuppressionKey(ctx, m, sealed, a.Now())
}

// RunErasure goes on with an erasure until it is done or has to wait. Each step may be done again, so
// whoever is killed has lost nothing.
func (a *App) RunErasure(ctx context.Context, t relance.Claim) error {
	claims, mine, err := a.Store.ClaimErasure(ctx, t, erasureLease, a.Now())
	if err != nil || !mine {
		return err
	}
	t.Claims = claims
	for {
		e, err := a.Store.Erasure(ctx, t.MerchantID, t.ID)
		if err != nil || e.Step == relance.EraseDone {
			return err
		}
		done, waits := false, (*relance.Sentence)(nil)
		switch e.Step {
		case relance.EraseVouchers:
			done, waits, err = a.eraseVouchers(ctx, t, &e)
		case relance.EraseLetters:
			done, waits, err = a.eraseLetters(ctx, t, &e)
		case relance.EraseRecords:
			done, err = a.eraseRecords(ctx, t)
		}
		if err != nil {
			return err
		}
		if !done {
			pause := min(time.Second<<min(e.Attempts, 10), erasurePause)
			return a.Store.ErasureWaits(ctx, t, waits, a.Now().Add(pause))
		}
	}
}

// eraseVouchers revokes what is still good in the shops.
func (a *App) eraseVouchers(ctx context.Context, t relance.Claim, e *relance.Erasure) (done bool, waits *relance.Sentence, err error) {
	list, gone, err := a.Store.ErasureVouchers(ctx, t.MerchantID, e.ProfileID)
	if err != nil {
		return false, nil, err
	}
	var left int64
	for _, v := range list {
		if err := a.revoke(ctx, t.MerchantID, v); err != nil {
			if ctx.Err() != nil {
				return false, nil, ctx.Err()
			}
			a.Log.Warn("voucher of somebody who is erased not revoked; it is tried again", "shop", v.ShopID, "follow_up", v.FollowUpID, "err", err)
			left++
			waits = relance.SaidBy(err)
		}
	}
	if left > 0 && e.Attempts < mostErasureTries {
		return false, waits, nil
	}
	kept := map[string]int64{}
	if left += gone; left > 0 {
		kept["vouchers_left"] = left
	}
	return true, nil, a.Store.ErasureStepDone(ctx, t, relance.EraseLetters, kept)
}

// eraseLetters calls back what is not printed yet, and waits for what is being sent at this moment.
func (a *App) eraseLetters(ctx context.Context, t relance.Claim, e *relance.Erasure) (done bool, waits *relance.Sentence, err error) {
	open, sending, err := a.Store.ErasureLetters(ctx, t.MerchantID, e.ProfileID)
	if err != nil {
		return false, nil, err
	}
	var left int64
	for i := range open {
		if err := a.lookAt(ctx, t.MerchantID, &open[i]); err != nil {
			if ctx.Err() != nil {
				return false, nil, ctx.Err()
			}
			a.Log.Warn("letter to somebody who is erased not called back; it is tried again", "follow_up", open[i].FollowUpID, "err", err)
			left++
			waits = relance.SaidBy(err)
		}
	}
	if (left > 0 || sending > 0) && e.Attempts < mostErasureTries {
		return false, waits, nil
	}
	kept, err := a.Store.ErasureElsewhere(ctx, t.MerchantID, e.ProfileID)
	if err != nil {
		return false, nil, err
	}
	if left > 0 {
		kept["letters_left"] = left
	}
	return true, nil, a.Store.ErasureStepDone(ctx, t, relance.EraseRecords, kept)
}

func (a *App) eraseRecords(ctx context.Context, t relance.Claim) (bool, error) {
	done, err := a.Store.EraseRecords(ctx, t, a.Now())
	if err != nil || !done {
		return false, err
	}
	a.derive(ctx, t.MerchantID, 0)
	return true, nil
}
