package store

import (
	"context"
	"fmt"
	"time"
)

// unlockWithin bounds how long a lock may take to be given back.
const unlockWithin = 5 * time.Second

// Alone runs do while nobody else, in any process, is in an Alone of the same name; others
// wait. It is for outside calls that must look before they act and may not be made twice
// at once. Should its connection break, the lock is gone early: rows that are unique still
// hold what do relies on. An Alone must not be called within another.
func (s *Store) Alone(ctx context.Context, name string, do func(ctx context.Context) error) error {
	conn, err := s.locks.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("wait to be alone: %w", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock(hashtextextended($1, 1))`, name); err != nil {
		return fmt.Errorf("wait to be alone: %w", err)
	}
	defer func() {
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), unlockWithin)
		defer stop()
		if _, err := conn.Exec(ctx, `SELECT pg_advisory_unlock(hashtextextended($1, 1))`, name); err != nil {
			_ = conn.Conn().Close(ctx) // a lock may not outlive its use
		}
	}()
	return do(ctx)
}
