package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

const (
	retainAtOnce  = 100 // people that one call begins to erase
	forgetOldRows = 1000
	keepFor       = 1 // years that somebody is kept by one decision
)

// SetRetention says how long what is kept.
func (a *App) SetRetention(ctx context.Context, m uuid.UUID, r relance.Retention, actor string) error {
	if err := r.Check(); err != nil {
		return err
	}
	if err := a.Store.SetRetention(ctx, m, r, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "set_retention", "merchant", m, r)
}

// KeepFromErasure keeps people for another year, or no more.
func (a *App) KeepFromErasure(ctx context.Context, m uuid.UUID, profiles []uuid.UUID, keep bool, actor string) (int64, error) {
	var until *time.Time
	if keep {
		t := a.Now().AddDate(keepFor, 0, 0)
		until = &t
	}
	n, err := a.Store.KeepFromErasure(ctx, m, profiles, until)
	if err != nil || n == 0 {
		return n, err
	}
	return n, a.audit(ctx, m, actor, "keep_from_erasure", "merchant", m, map[string]any{"people": n, "keep": keep})
}

// Retain names who is to be erased for want of any sign of life, erases whose day has come where the merchant
// switched that on, and forgets what is older than its period. Doing it again changes nothing.
func (a *App) Retain(ctx context.Context, m uuid.UUID) error {
	r, err := a.Store.Retention(ctx, m)
	if err != nil {
		return err
	}
	if err := a.Store.WarnOfErasure(ctx, m, r, a.Now()); err != nil {
		return err
	}
	if r.PeopleErase {
		due, err := a.Store.DueRetention(ctx, m, retainAtOnce, a.Now())
		if err != nil {
			return err
		}
		for _, p := range due {
			if _, err := a.EraseProfile(ctx, m, p, nil, "RETENTION", "relance"); err != nil && relance.CodeOf(err) != relance.CodeNotFound {
				return err
			}
		}
	}
	for r.Saved {
		n, err := a.Store.ForgetOld(ctx, m, r, forgetOldRows, a.Now())
		if err != nil || n < forgetOldRows {
			return err
		}
	}
	return nil
}
