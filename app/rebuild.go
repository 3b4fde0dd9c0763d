package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
)

// Rebuild recomputes everything that is derived from the facts, and names what came out
// differently from what was kept up by the way: nothing, unless there is a bug.
func (a *App) Rebuild(ctx context.Context, m uuid.UUID) (differs []string, err error) {
	if err := a.DeriveAll(ctx, m); err != nil { // what waits is no difference
		return nil, err
	}
	before, err := a.Store.DerivedSums(ctx, m)
	if err != nil {
		return nil, fmt.Errorf("sum before: %w", err)
	}
	if err := a.Store.QueueAll(ctx, m); err != nil {
		return nil, err
	}
	if err := a.DeriveAll(ctx, m); err != nil {
		return nil, err
	}
	after, err := a.Store.DerivedSums(ctx, m)
	if err != nil {
		return nil, fmt.Errorf("sum after: %w", err)
	}
	for what, sum := range after {
		if before[what] != sum {
			differs = append(differs, what)
		}
	}
	slices.Sort(differs)
	return differs, nil
}
