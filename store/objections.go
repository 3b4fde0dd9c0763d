package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// StopAddress lets an address get no more e-mail; again changes nothing. An objection is passed
// on to the shops too.
func (s *Store) StopAddress(ctx context.Context, m uuid.UUID, address string, reason relance.StopReason, followUp uuid.UUID, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO stopped_addresses AS s (merchant_id, address, reason, follow_up_id, at) VALUES ($1, lower($2), $3, $4, $5)
			ON CONFLICT (merchant_id, address, reason) DO UPDATE SET lifted_at = NULL, at = CASE WHEN s.lifted_at IS NULL THEN s.at ELSE excluded.at END`, m, address, reason, followUp, now)
		if err != nil || reason != relance.StoppedByObjection {
			return err
		}
		return queueWithdrawals(ctx, tx, m, address, followUp, now)
	})
}

// LiftStop lets an address get e-mail again: the person undid it.
func (s *Store) LiftStop(ctx context.Context, m uuid.UUID, address string, reason relance.StopReason, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE stopped_addresses SET lifted_at = $4 WHERE merchant_id = $1 AND address = lower($2) AND reason = $3 AND lifted_at IS NULL`, m, address, reason, now); err != nil {
			return err
		}
		if err := dropWithdrawals(ctx, tx, m, address); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO due (merchant_id, id, kind, ref_id, due_at) SELECT DISTINCT $1::uuid, i.profile_id, 'PROFILE', i.profile_id, $3::timestamptz
			FROM customers c JOIN identities i ON i.merchant_id = $1 AND i.customer_id = c.id WHERE c.merchant_id = $1 AND lower(c.email) = lower($2)
			ON CONFLICT (merchant_id, kind, ref_id) DO UPDATE SET due_at = least(due.due_at, excluded.due_at)`, m, address, now)
		return err
	})
}

// EmailOf reads where a follow-up's e-mail went, and whether that address is stopped by its
// owner.
func (s *Store) EmailOf(ctx context.Context, m, followUp uuid.UUID) (address, shopName string, language string, stopped bool, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT e.recipient, h.name, c.language, EXISTS (SELECT 1 FROM stopped_addresses x WHERE x.merchant_id = $1 AND x.address = lower(e.recipient) AND x.reason = 'OBJECTION' AND x.lifted_at IS NULL)
			FROM emails e JOIN follow_ups f ON f.merchant_id = $1 AND f.id = e.follow_up_id JOIN shops h ON h.merchant_id = $1 AND h.id = f.shop_id
			LEFT JOIN customers c ON c.merchant_id = $1 AND c.id = f.customer_id WHERE e.merchant_id = $1 AND e.follow_up_id = $2`, m, followUp).Scan(&address, &shopName, &language, &stopped)
	})
	return address, shopName, language, stopped, notFound(err, "message")
}
