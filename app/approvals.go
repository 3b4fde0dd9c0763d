package app

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// mostApproved is how many messages one call decides about.
const mostApproved = 250

// Approve is a person's word on the first messages of a campaign, which wait for it: they go, or
// with approve false they never do. Guards are asked once more before each. It gives how many of
// them it decided about; those that somebody else did meanwhile are left out.
func (a *App) Approve(ctx context.Context, m uuid.UUID, ids []uuid.UUID, approve bool, actor string) (decided int, err error) {
	if len(ids) == 0 || len(ids) > mostApproved {
		return 0, relance.TellField("ids", "MESSAGES_CHOSEN", "most", strconv.Itoa(mostApproved))
	}
	for _, id := range ids {
		if approve {
			err = a.approve(ctx, m, id, actor)
		} else {
			err = a.Store.Decline(ctx, m, id, actor, a.Now())
		}
		if relance.CodeOf(err) == relance.CodeConflict {
			continue
		}
		if err != nil {
			return decided, err
		}
		decided++
		if err := a.audit(ctx, m, actor, "approve_follow_up", "follow_up", id, map[string]any{"approve": approve}); err != nil {
			return decided, err
		}
	}
	if decided == 0 {
		return 0, relance.Tell(relance.CodeConflict, nil, "NOTHING_TO_APPROVE")
	}
	return decided, nil
}

func (a *App) approve(ctx context.Context, m, id uuid.UUID, actor string) error {
	now := a.Now()
	f, err := a.Store.ReadFollowUp(ctx, m, id)
	if err != nil {
		return err
	}
	var fresh *relance.PlannedVoucher
	if o := f.Offer(); o != nil && f.Facts != nil {
		shop := f.Facts.Merchant.Shops[f.ShopID]
		v := planVoucher(o, shop, shop.Country, now)
		fresh = &v
	}
	from := sendableFrom(f, now)
	return a.Store.Approve(ctx, m, id, fresh, actor, from, from.Add(f.Plan().ExpiresAfter))
}

// sendableFrom is when a message that somebody lets go can go: now, or when the night is over.
// From then on it may be late.
func sendableFrom(f *store.FollowUp, now time.Time) time.Time {
	open := *f
	open.Enrolment.EndedAt = nil
	if d := recheck(&open, now); d.Verdict == relance.VerdictWait && d.Until.After(now) {
		return d.Until
	}
	return now
}
