package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// Backlog is what waits, over all merchants, to be judged or sent, or for a person's word.
type Backlog struct {
	Messages map[relance.SendState]int // those that are not settled
	Overdue  time.Duration             // how long the first of them could have been taken; 0: none
	Judging  time.Duration             // how long the first person could have been judged; 0: none
	Unknown  int                       // letters of which a printer says something that is not known
}

// Backlog counts what waits.
func (s *Store) Backlog(ctx context.Context, now time.Time) (b Backlog, err error) {
	b.Messages = map[relance.SendState]int{relance.SendHeld: 0, relance.SendDue: 0, relance.SendSending: 0, relance.SendUncertain: 0}
	rows, err := s.system.Query(ctx, `SELECT state, count(*), min(next_at) FILTER (WHERE state IN ('DUE', 'SENDING')) FROM follow_ups WHERE state IN ('HELD', 'DUE', 'SENDING', 'UNCERTAIN') GROUP BY state`)
	if err != nil {
		return b, fmt.Errorf("count what waits: %w", err)
	}
	var state relance.SendState
	var n int
	var first *time.Time
	if _, err := pgx.ForEachRow(rows, []any{&state, &n, &first}, func() error {
		b.Messages[state] = n
		if first != nil {
			b.Overdue = max(b.Overdue, now.Sub(*first))
		}
		return nil
	}); err != nil {
		return b, fmt.Errorf("count what waits: %w", err)
	}
	var judged *time.Time
	if err := s.system.QueryRow(ctx, `SELECT min(due_at) FROM due WHERE kind = 'PROFILE' AND due_at <= $1`, now).Scan(&judged); err != nil {
		return b, fmt.Errorf("count what waits: %w", err)
	}
	if judged != nil {
		b.Judging = now.Sub(*judged)
	}
	if err := s.system.QueryRow(ctx, `SELECT count(*) FROM letters WHERE state = 'UNKNOWN'`).Scan(&b.Unknown); err != nil {
		return b, fmt.Errorf("count what waits: %w", err)
	}
	return b, nil
}
