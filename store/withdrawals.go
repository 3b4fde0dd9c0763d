package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// undoTime is how long an objection waits before it is passed on to the shops: whoever clicked
// by mistake undoes it meanwhile, and no shop has to be asked for a consent back.
const undoTime = 15 * time.Minute

// queueWithdrawals puts every record in line that has the address in a shop of the controller
// who wrote. Where a shop names no legal entity the objection holds for it.
func queueWithdrawals(ctx context.Context, tx pgx.Tx, m uuid.UUID, address string, followUp uuid.UUID, now time.Time) error {
	_, err := tx.Exec(ctx, `WITH controllers AS (SELECT h.id AS shop, lower(regexp_replace(trim(coalesce(t.legal_entity, '')), '\s+', ' ', 'g')) AS name
				FROM shops h LEFT JOIN shop_settings t ON t.merchant_id = $1 AND t.shop_id = h.id WHERE h.merchant_id = $1 AND h.state <> 'DISCONNECTED'),
			wrote AS (SELECT k.name FROM follow_ups f JOIN controllers k ON k.shop = f.shop_id WHERE f.merchant_id = $1 AND f.id = $3)
		INSERT INTO consent_withdrawals AS w (merchant_id, customer_id, at, state, next_at)
		SELECT $1, c.id, $4, 'DUE', $4::timestamptz + make_interval(secs => $5) FROM customers c JOIN controllers k ON k.shop = c.source_id
		WHERE c.merchant_id = $1 AND lower(c.email) = lower($2) AND c.deleted_at IS NULL
			AND (k.name = '' OR NOT EXISTS (SELECT 1 FROM wrote WHERE wrote.name <> '' AND wrote.name <> k.name))
		ON CONFLICT (merchant_id, customer_id) DO UPDATE SET at = excluded.at, state = 'DUE', attempts = 0, next_at = excluded.next_at, detail = '', cause = NULL, needs_somebody = false, done_at = NULL`,
		m, address, followUp, now, undoTime.Seconds())
	if err != nil {
		return fmt.Errorf("pass objection on: %w", err)
	}
	return nil
}

// dropWithdrawals takes those of the address out of line that no shop was told of yet, whether it
// was not asked or refused.
func dropWithdrawals(ctx context.Context, tx pgx.Tx, m uuid.UUID, address string) error {
	_, err := tx.Exec(ctx, `DELETE FROM consent_withdrawals w USING customers c WHERE w.merchant_id = $1 AND (w.state = 'DUE' AND w.attempts = 0 OR `+stuckWithdrawals+`)
		AND c.merchant_id = $1 AND c.id = w.customer_id AND lower(c.email) = lower($2)`, m, address)
	return err
}

// Withdrawal is an objection that a shop is to be told of.
type Withdrawal struct {
	CustomerID uuid.UUID
	ShopID     uuid.UUID
	ExternalID string
	Attempts   int // this one included
}

// TakeWithdrawals hands out up to limit objections that are due; they come back after the lease
// unless they are settled.
func (s *Store) TakeWithdrawals(ctx context.Context, m uuid.UUID, limit int, lease time.Duration, now time.Time) (out []Withdrawal, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `UPDATE consent_withdrawals w SET attempts = w.attempts + 1, next_at = $2::timestamptz + make_interval(secs => $4) FROM customers c
			WHERE w.merchant_id = $1 AND c.merchant_id = $1 AND c.id = w.customer_id AND w.customer_id IN (
				SELECT x.customer_id FROM consent_withdrawals x WHERE x.merchant_id = $1 AND x.state = 'DUE' AND x.next_at <= $2 ORDER BY x.next_at LIMIT $3 FOR UPDATE SKIP LOCKED)
			RETURNING w.customer_id, c.source_id AS shop_id, c.external_id, w.attempts`, m, now, limit, lease.Seconds())
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByName[Withdrawal])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("take objections: %w", err)
	}
	return out, nil
}

// WithdrawalDone notes that the shop knows.
func (s *Store) WithdrawalDone(ctx context.Context, m, customer uuid.UUID, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE consent_withdrawals SET state = 'DONE', done_at = $3, detail = '', cause = NULL, needs_somebody = false WHERE merchant_id = $1 AND customer_id = $2 AND state = 'DUE'`, m, customer, now)
		return err
	})
}

// WithdrawalFailed notes why the shop does not know, and when to tell it again; nil: never.
// needsSomebody says that until somebody has done something every try will fail.
func (s *Store) WithdrawalFailed(ctx context.Context, m, customer uuid.UUID, why relance.Detail, needsSomebody bool, next *time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE consent_withdrawals SET state = CASE WHEN $4::timestamptz IS NULL THEN 'FAILED' ELSE 'DUE' END, next_at = coalesce($4, next_at), detail = $3, cause = $5, needs_somebody = $6
			WHERE merchant_id = $1 AND customer_id = $2 AND state = 'DUE'`, m, customer, why.Text, next, why.Cause, needsSomebody)
		return err
	})
}

// stuckWithdrawals is the condition of the objections that no shop is told of without somebody's doing.
const stuckWithdrawals = `(w.state = 'FAILED' OR w.state = 'DUE' AND w.needs_somebody)`

// StuckObjections lists why a shop was not told of objections, the most frequent cause first.
func (s *Store) StuckObjections(ctx context.Context, m, shop uuid.UUID) (out []relance.StuckObjections, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT count(*) AS count, w.detail AS text, w.cause, min(w.at) AS since FROM consent_withdrawals w JOIN customers c ON c.merchant_id = $1 AND c.id = w.customer_id
			WHERE w.merchant_id = $1 AND c.source_id = $2 AND `+stuckWithdrawals+` GROUP BY w.detail, w.cause ORDER BY count(*) DESC, w.detail`, m, shop).Query(rowsInto(&out))
	})
	return out, err
}

// RetryObjections puts the objections that a shop was not told of in line again, as new ones, and
// says how many.
func (s *Store) RetryObjections(ctx context.Context, m, shop uuid.UUID, now time.Time) (n int, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		n, err = retryObjections(ctx, tx, m, shop, now)
		return err
	})
	return n, err
}

func retryObjections(ctx context.Context, tx pgx.Tx, m, shop uuid.UUID, now time.Time) (int, error) {
	tag, err := tx.Exec(ctx, `UPDATE consent_withdrawals w SET state = 'DUE', attempts = 0, next_at = $3, needs_somebody = false FROM customers c
		WHERE w.merchant_id = $1 AND c.merchant_id = $1 AND c.id = w.customer_id AND c.source_id = $2 AND `+stuckWithdrawals, m, shop, now)
	if err != nil {
		return 0, fmt.Errorf("try objections again: %w", err)
	}
	return int(tag.RowsAffected()), nil
}

// DueWithdrawals lists, over all merchants, those with objections to be passed on by now.
func (s *Store) DueWithdrawals(ctx context.Context, now time.Time) ([]uuid.UUID, error) {
	rows, err := s.system.Query(ctx, `SELECT DISTINCT merchant_id FROM consent_withdrawals WHERE state = 'DUE' AND next_at <= $1`, now)
	if err != nil {
		return nil, fmt.Errorf("list objections: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}
