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

// DueReports lists, over all merchants, the monthly reports that are to be mailed by now.
func (s *Store) DueReports(ctx context.Context, now time.Time) ([]relance.ReportTask, error) {
	rows, err := s.system.Query(ctx, `SELECT merchant_id, user_id, month, attempts AS attempt FROM due_report_mails($1)`, now)
	if err != nil {
		return nil, fmt.Errorf("list due reports: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[relance.ReportTask])
}

// ReportSender is in whose name a merchant's reports are mailed: the first shop that has a sender.
// NOT_FOUND where none has.
func (s *Store) ReportSender(ctx context.Context, m uuid.UUID) (shop uuid.UUID, err error) {
	err = s.readRow(ctx, m, []any{&shop}, `SELECT h.id FROM shops h JOIN shop_settings t ON t.merchant_id = $1 AND t.shop_id = h.id
		WHERE h.merchant_id = $1 AND t.sender_email <> '' ORDER BY h.created_at, h.id LIMIT 1`, m)
	return shop, notFound(err, "shop with a sender")
}

// ClaimReport notes that a report is being sent, before the relay is spoken to; false where
// somebody else has it or it needs nobody any more. One that was being sent when its worker's time
// ended may have gone out: it is UNCERTAIN from then on, and nobody's.
func (s *Store) ClaimReport(ctx context.Context, t relance.ReportTask, lease time.Duration, now time.Time) (mine bool, err error) {
	err = s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE report_mails SET state = 'UNCERTAIN' WHERE merchant_id = $1 AND user_id = $2 AND month = $3 AND state = 'SENDING' AND next_at <= $4`,
			t.MerchantID, t.UserID, t.Month, now); err != nil {
			return err
		}
		var attempts int
		err := tx.QueryRow(ctx, `INSERT INTO report_mails AS r (merchant_id, user_id, month, state, attempts, next_at) SELECT $1, u.id, $3, 'SENDING', 1, $5::timestamptz FROM users u
				WHERE u.merchant_id = $1 AND u.id = $2 AND u.monthly_report_since IS NOT NULL AND u.role IN ('OWNER', 'MARKETER') AND u.disabled_at IS NULL
			ON CONFLICT (merchant_id, user_id, month) DO UPDATE SET state = 'SENDING', attempts = r.attempts + 1, next_at = excluded.next_at
				WHERE r.state = 'DUE' AND r.next_at <= $4 AND r.attempts = $6 RETURNING r.attempts`, t.MerchantID, t.UserID, t.Month, now, now.Add(lease), t.Attempt).Scan(&attempts)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		mine = err == nil
		return err
	})
	return mine, err
}

// SettleReport notes what became of the attempt that the task claimed: SENT; DUE, to be tried
// again; FAILED or UNCERTAIN, which is for good. Whoever sent it knows better than the sweep that
// gave it up meanwhile.
func (s *Store) SettleReport(ctx context.Context, t relance.ReportTask, state string, cause *relance.Sentence, next, now time.Time) error {
	return s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE report_mails SET state = $4, cause = $5, next_at = $6, sent_at = CASE WHEN $4 = 'SENT' THEN $7::timestamptz END
			WHERE merchant_id = $1 AND user_id = $2 AND month = $3 AND attempts = $8 AND state IN ('SENDING', 'UNCERTAIN')`,
			t.MerchantID, t.UserID, t.Month, state, cause, next, now, t.Attempt+1)
		return err
	})
}
