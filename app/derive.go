package app

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// manyRecords is how many derived records make it worth telling the planner.
const manyRecords = 1000

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
	for records := 0; ; {
		d, err := a.Store.Derive(ctx, m, a.Now())
		if err != nil || d.Busy {
			return d.Busy, err
		}
		if records += d.Records; d.Records > 0 {
			continue
		}
		if records >= manyRecords {
			a.learn(ctx)
		}
		return false, nil
	}
}

// learn lets the database's planner know of many new rows: until it does, queries on
// them would be slow.
func (a *App) learn(ctx context.Context) {
	if err := a.Store.LearnTables(ctx); err != nil {
		a.Log.Warn("planner statistics not refreshed", "err", err)
	}
}
