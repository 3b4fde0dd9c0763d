package app

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// DeriveAll derives everything that waits for it, in this process. Where another process
// does that already, it waits for it.
func (a *App) DeriveAll(ctx context.Context, m uuid.UUID) error {
	for {
		busy, err := a.deriveLoop(ctx, m)
		if err != nil || !busy {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// DeriveWaiting derives what waits, unless another process does that already.
func (a *App) DeriveWaiting(ctx context.Context, m uuid.UUID) error {
	busy, err := a.deriveLoop(ctx, m)
	if err != nil || !busy {
		return err
	}
	return a.Queue.Derive(ctx, m, time.Second) // what came meanwhile is looked for again shortly
}

// deriveLoop derives until nothing waits, or until another process has the merchant in
// hand.
func (a *App) deriveLoop(ctx context.Context, m uuid.UUID) (busy bool, err error) {
	for {
		d, err := a.Store.Derive(ctx, m, a.Now())
		if err != nil || d.Busy || d.Records == 0 {
			return d.Busy, err
		}
	}
}
