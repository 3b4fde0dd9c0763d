package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// Approve lets a message go that waited for somebody's word, as if it came due now; the times of
// its voucher begin anew.
func (s *Store) Approve(ctx context.Context, m, id uuid.UUID, v *relance.PlannedVoucher, actor string, now, until time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE follow_ups SET state = 'DUE', decided_by = $3, due_at = $4, next_at = $4, expires_at = $5 WHERE merchant_id = $1 AND id = $2 AND state = 'HELD'`, m, id, actor, now, until)
		if err := nobodyWaits(tag.RowsAffected(), err); err != nil || v == nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE vouchers SET valid_from = $3, valid_until = $4 WHERE merchant_id = $1 AND follow_up_id = $2 AND state = 'PLANNED'`, m, id, v.ValidFrom, v.ValidUntil)
		return err
	})
}

// Decline ends a message that waited for somebody's word.
func (s *Store) Decline(ctx context.Context, m, id uuid.UUID, actor string, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE follow_ups SET decided_by = $3 WHERE merchant_id = $1 AND id = $2 AND state = 'HELD'`, m, id, actor)
		if err := nobodyWaits(tag.RowsAffected(), err); err != nil {
			return err
		}
		return settle(ctx, tx, m, id, relance.SendRefused, relance.ReasonDeclined, relance.Detail{}, now)
	})
}

func nobodyWaits(changed int64, err error) error {
	if err == nil && changed == 0 {
		return relance.Tell(relance.CodeConflict, nil, "NOTHING_TO_APPROVE")
	}
	return err
}
