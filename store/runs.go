package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// StartRun queues a pull of the shop, one step per kind. While a run of the shop is
// active that run is returned instead, with started false. A full run forgets the
// cursors, so that everything is read again.
func (s *Store) StartRun(ctx context.Context, m, shop uuid.UUID, kinds []relance.Kind, full bool, now time.Time) (id uuid.UUID, started bool, err error) {
	id = newID()
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO sync_runs (merchant_id, id, shop_id, full_pull, state, created_at, started_at) VALUES ($1, $2, $3, $4, 'RUNNING', $5, $5)
			ON CONFLICT (merchant_id, shop_id) WHERE state IN ('QUEUED', 'RUNNING', 'PAUSED') DO NOTHING`, m, id, shop, full, now)
		if err != nil {
			return fmt.Errorf("start run: %w", err)
		}
		if started = tag.RowsAffected() == 1; !started {
			return tx.QueryRow(ctx, `SELECT id FROM sync_runs WHERE merchant_id = $1 AND shop_id = $2 AND state IN ('QUEUED', 'RUNNING', 'PAUSED')`, m, shop).Scan(&id)
		}
		if full {
			if _, err := tx.Exec(ctx, `DELETE FROM sync_cursors WHERE merchant_id = $1 AND shop_id = $2`, m, shop); err != nil {
				return fmt.Errorf("forget cursors: %w", err)
			}
		}
		for i, k := range kinds {
			state := relance.RunQueued
			if i == 0 {
				state = relance.RunRunning
			}
			if _, err := tx.Exec(ctx, `INSERT INTO sync_steps (merchant_id, run_id, kind, shop_id, position, state, cursor, next_at)
				VALUES ($1, $2, $3, $4, $5, $6, coalesce((SELECT cursor FROM sync_cursors WHERE merchant_id = $1 AND shop_id = $4 AND kind = $3), ''), $7)`,
				m, id, k, shop, i, state, now); err != nil {
				return fmt.Errorf("start step: %w", err)
			}
		}
		_, err = tx.Exec(ctx, `UPDATE shops SET state = 'PULLING', next_try_at = NULL WHERE merchant_id = $1 AND id = $2 AND state <> 'DISCONNECTED'`, m, shop)
		return err
	})
	return id, started, err
}

// LastDone is when the shop's last step of that kind was done, nil if none ever was.
func (s *Store) LastDone(ctx context.Context, m, shop uuid.UUID, kind relance.Kind) (at *time.Time, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT max(finished_at) FROM sync_steps WHERE merchant_id = $1 AND shop_id = $2 AND kind = $3 AND state = 'DONE'`, m, shop, kind).Scan(&at)
	})
	return at, err
}

const taskColumns = `s.merchant_id, s.shop_id, s.run_id, s.kind, s.seq, s.attempt, s.restarts, s.claims, s.cursor, s.next_at, s.heartbeat_at AS beat_at, r.full_pull AS "full"`

// NextPage reads which page of the run is to be pulled next; ok is false where the run
// has none (it is finished, paused or unknown).
func (s *Store) NextPage(ctx context.Context, m, run uuid.UUID) (task relance.PageTask, ok bool, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+taskColumns+` FROM sync_steps s JOIN sync_runs r ON r.merchant_id = s.merchant_id AND r.id = s.run_id
			WHERE s.merchant_id = $1 AND s.run_id = $2 AND s.state = 'RUNNING' AND r.state = 'RUNNING' ORDER BY s.position LIMIT 1`, m, run)
		if err != nil {
			return err
		}
		task, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[relance.PageTask])
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return task, false, nil
	}
	return task, err == nil, err
}

// Heartbeat tells the sweeps that somebody works on the page, and whether it is still
// wanted. It never waits for the transaction that stores the page.
func (s *Store) Heartbeat(ctx context.Context, t relance.PageTask, now time.Time) (wanted bool, err error) {
	err = s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `WITH page AS (SELECT s.kind FROM sync_steps s JOIN sync_runs r ON r.merchant_id = s.merchant_id AND r.id = s.run_id
				WHERE s.merchant_id = $1 AND s.run_id = $2 AND s.kind = $3 AND s.seq = $4 AND s.attempt = $6 AND s.claims = $7
				AND s.state = 'RUNNING' AND r.state = 'RUNNING'),
			free AS (SELECT s.kind FROM sync_steps s JOIN page ON page.kind = s.kind WHERE s.merchant_id = $1 AND s.run_id = $2 AND s.seq = $4
				FOR UPDATE OF s SKIP LOCKED),
			beat AS (UPDATE sync_steps s SET heartbeat_at = $5, started_at = coalesce(s.started_at, $5) FROM free
				WHERE s.merchant_id = $1 AND s.run_id = $2 AND s.kind = free.kind)
			SELECT EXISTS (SELECT 1 FROM page)`, t.MerchantID, t.RunID, t.Kind, t.Seq, now, t.Attempt, t.Claims).Scan(&wanted)
	})
	return wanted, err
}

// ReleasePage lets the next worker take the page at once: this one stops.
func (s *Store) ReleasePage(ctx context.Context, t relance.PageTask) error {
	return s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE sync_steps SET claims = claims + 1, heartbeat_at = NULL WHERE merchant_id = $1 AND run_id = $2 AND kind = $3
			AND seq = $4 AND claims = $5 AND state = 'RUNNING'`, t.MerchantID, t.RunID, t.Kind, t.Seq, t.Claims)
		return err
	})
}

// DelayPage notes a failed try of the page and when to try again.
func (s *Store) DelayPage(ctx context.Context, t relance.PageTask, cause error, next time.Time) error {
	return s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE sync_steps SET attempt = attempt + 1, next_at = $5, heartbeat_at = NULL, error_code = $6, error = $7, cause = $9
			WHERE merchant_id = $1 AND run_id = $2 AND kind = $3 AND seq = $4 AND attempt = $8 AND state = 'RUNNING'`,
			t.MerchantID, t.RunID, t.Kind, t.Seq, next, relance.CodeOf(cause), publicMessage(cause), t.Attempt, relance.SaidBy(cause))
		return err
	})
}

// RestartStep begins a step anew from the empty cursor: the shop refuses the old one.
func (s *Store) RestartStep(ctx context.Context, t relance.PageTask, now time.Time) error {
	return s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE sync_steps SET cursor = '', attempt = attempt + 1, restarts = restarts + 1, done = 0, total = NULL, next_at = $5
			WHERE merchant_id = $1 AND run_id = $2 AND kind = $3 AND seq = $4 AND state = 'RUNNING'`,
			t.MerchantID, t.RunID, t.Kind, t.Seq, now)
		return err
	})
}

// How long a shop whose pull failed is left alone: the first time, doubled with every
// further failure in a row, and at most.
const (
	firstRest = 15 * time.Minute
	longRest  = 24 * time.Hour
)

// rest is the shortest time that a shop is left alone after a failure. What a refused key
// or a wrong address needs is a person; asking again soon would only get us blocked.
func rest(cause error) time.Duration {
	switch relance.CodeOf(cause) {
	case relance.CodeShopAuth, relance.CodeShopRights, relance.CodeShopAddress:
		return longRest
	default:
		return firstRest
	}
}

// FailRun ends the run because of the page; the shop needs attention, and is tried again
// after a rest. A worker that is behind, whose page somebody else has stored or tried
// since, ends nothing.
func (s *Store) FailRun(ctx context.Context, t relance.PageTask, cause error, now time.Time) error {
	code, msg, said := relance.CodeOf(cause), publicMessage(cause), relance.SaidBy(cause)
	return s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE sync_steps SET state = 'FAILED', finished_at = $4, error_code = $5, error = $6, cause = $9
			WHERE merchant_id = $1 AND run_id = $2 AND kind = $3 AND seq = $7 AND attempt = $8 AND state IN ('QUEUED', 'RUNNING', 'PAUSED')`,
			t.MerchantID, t.RunID, t.Kind, now, code, msg, t.Seq, t.Attempt, said)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE sync_steps SET state = 'CANCELLED', finished_at = $3, error_code = $4
			WHERE merchant_id = $1 AND run_id = $2 AND state IN ('QUEUED', 'RUNNING', 'PAUSED')`, t.MerchantID, t.RunID, now, code); err != nil {
			return fmt.Errorf("fail steps: %w", err)
		}
		if _, err := tx.Exec(ctx, `UPDATE sync_runs SET state = 'FAILED', finished_at = $3, error_code = $4, error = $5, cause = $6
			WHERE merchant_id = $1 AND id = $2 AND state IN ('QUEUED', 'RUNNING', 'PAUSED')`, t.MerchantID, t.RunID, now, code, msg, said); err != nil {
			return fmt.Errorf("fail run: %w", err)
		}
		_, err = tx.Exec(ctx, `UPDATE shops SET state = 'ATTENTION', failures = failures + 1,
				next_try_at = $3::timestamptz + least($4::interval * power(2, least(failures, 20)), $5::interval)
			WHERE merchant_id = $1 AND id = $2`, t.MerchantID, t.ShopID, now, rest(cause), longRest)
		return err
	})
}

// MoveRun moves an active run: pause, resume (RUNNING) or cancel.
func (s *Store) MoveRun(ctx context.Context, m, run uuid.UUID, to relance.RunState, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		var shop uuid.UUID
		err := tx.QueryRow(ctx, `UPDATE sync_runs SET state = $3, finished_at = CASE WHEN $3 = 'CANCELLED' THEN $4::timestamptz END
			WHERE merchant_id = $1 AND id = $2 AND state IN ('QUEUED', 'RUNNING', 'PAUSED') RETURNING shop_id`, m, run, to, now).Scan(&shop)
		if errors.Is(err, pgx.ErrNoRows) {
			return relance.Tell(relance.CodeConflict, nil, "RUN_ENDED")
		}
		if err != nil {
			return err
		}
		state := relance.ShopPulling
		switch to {
		case relance.RunPaused:
			state = relance.ShopPaused
		case relance.RunCancelled:
			state = relance.ShopConnected
			if _, err := tx.Exec(ctx, `UPDATE sync_steps SET state = 'CANCELLED', finished_at = $3 WHERE merchant_id = $1 AND run_id = $2
				AND state IN ('QUEUED', 'RUNNING', 'PAUSED')`, m, run, now); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `UPDATE shops SET state = $3 WHERE merchant_id = $1 AND id = $2`, m, shop, state)
		return err
	})
}

// Run reads a run with its steps.
func (s *Store) Run(ctx context.Context, m, id uuid.UUID) (relance.Run, error) {
	runs, err := s.runs(ctx, m, `r.id = $2`, id)
	if err == nil && len(runs) == 0 {
		err = relance.Errorf(relance.CodeNotFound, "there is no such sync run")
	}
	if err != nil {
		return relance.Run{}, err
	}
	return runs[0], nil
}

// LatestRuns lists the latest runs of a shop, newest first.
func (s *Store) LatestRuns(ctx context.Context, m, shop uuid.UUID, limit int) ([]relance.Run, error) {
	return s.runs(ctx, m, `r.shop_id = $2 ORDER BY r.id DESC LIMIT $3`, shop, limit)
}

func (s *Store) runs(ctx context.Context, m uuid.UUID, where string, args ...any) ([]relance.Run, error) {
	type runRow struct {
		MerchantID, ID, ShopID           uuid.UUID
		FullPull                         bool
		State                            relance.RunState
		CreatedAt                        time.Time
		StartedAt, FinishedAt            *time.Time
		ErrorCode, Error                 *string
		Kind                             relance.Kind
		StepState                        relance.RunState
		Done                             int64
		Total                            *int64
		Rejected                         int64
		StepStarted, StepEnded, StepBeat *time.Time
		StepError                        *string
		Cause, StepCause                 *relance.Sentence
	}
	var rows []runRow
	err := s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT r.merchant_id, r.id, r.shop_id, r.full_pull, r.state, r.created_at, r.started_at, r.finished_at, r.error_code, r.error, r.cause,
			s.kind, s.state AS step_state, s.done, s.total, s.rejected, s.started_at AS step_started, s.finished_at AS step_ended,
			s.heartbeat_at AS step_beat, s.error AS step_error, s.cause AS step_cause
			FROM (SELECT * FROM sync_runs r WHERE r.merchant_id = $1 AND `+where+`) r
			JOIN sync_steps s ON s.merchant_id = r.merchant_id AND s.run_id = r.id ORDER BY r.id DESC, s.position`,
			append([]any{m}, args...)...).Query(rowsInto(&rows))
	})
	if err != nil {
		return nil, err
	}
	var out []relance.Run
	for _, r := range rows {
		if len(out) == 0 || out[len(out)-1].ID != r.ID {
			out = append(out, relance.Run{MerchantID: r.MerchantID, ID: r.ID, ShopID: r.ShopID, Full: r.FullPull, State: r.State,
				CreatedAt: r.CreatedAt, StartedAt: r.StartedAt, FinishedAt: r.FinishedAt, ErrorCode: orEmpty(r.ErrorCode), Error: orEmpty(r.Error), Cause: r.Cause})
		}
		run := &out[len(out)-1]
		run.Steps = append(run.Steps, relance.Step{Kind: r.Kind, State: r.StepState, Done: r.Done, Total: r.Total, Rejected: r.Rejected,
			StartedAt: r.StepStarted, FinishedAt: r.StepEnded, UpdatedAt: r.StepBeat, Error: orEmpty(r.StepError), Cause: r.StepCause})
	}
	return out, nil
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// publicMessage is what people may read of an error.
func publicMessage(err error) string {
	var e *relance.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return relance.Say("INTERNAL").String()
}
