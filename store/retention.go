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

// Retention reads how long what is kept.
func (s *Store) Retention(ctx context.Context, m uuid.UUID) (relance.Retention, error) {
	r := relance.DefaultRetention()
	err := s.readRow(ctx, m, []any{&r.PeopleMonths, &r.PeopleErase, &r.WarnDays, &r.CartMonths, &r.LogMonths, &r.ScanMonths, &r.LetterMonths, &r.Saved},
		`SELECT people_months, people_erase, warn_days, cart_months, log_months, scan_months, letter_months, true FROM retention WHERE merchant_id = $1`, m)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return r, err
}

// SetRetention says how long what is kept. Whoever was warned under other periods is warned anew.
func (s *Store) SetRetention(ctx context.Context, m uuid.UUID, r relance.Retention, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO retention (merchant_id, people_months, people_erase, warn_days, cart_months, log_months, scan_months, letter_months, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (merchant_id) DO UPDATE SET people_months = excluded.people_months, people_erase = excluded.people_erase, warn_days = excluded.warn_days, cart_months = excluded.cart_months,
				log_months = excluded.log_months, scan_months = excluded.scan_months, letter_months = excluded.letter_months, changed_at = excluded.changed_at`,
			m, r.PeopleMonths, r.PeopleErase, r.WarnDays, r.CartMonths, r.LogMonths, r.ScanMonths, r.LetterMonths, now)
		if err != nil {
			return fmt.Errorf("set retention: %w", err)
		}
		// The warning that people get before they go is never shortened, not by switching it on either.
		_, err = tx.Exec(ctx, `UPDATE retention_warnings SET erase_on = greatest(erase_on, $2::date) WHERE merchant_id = $1`, m, now.AddDate(0, 0, r.WarnDays))
		return err
	})
}

// lifeless finds people, as $1 of the merchant, without a sign of life since $2: no order, cart, scan, message
// or consent of theirs, no membership that holds, nothing owed and no request open.
const lifeless = `SELECT p.id, x.last_at FROM profiles p CROSS JOIN LATERAL (SELECT greatest(p.created_at, p.last_order_at,
		(SELECT max(o.placed_at) FROM orders o WHERE o.merchant_id = $1 AND o.profile_id = p.id),
		(SELECT max(c.active_at) FROM carts c WHERE c.merchant_id = $1 AND c.profile_id = p.id),
		(SELECT max(y.at) FROM identities i JOIN messages y ON y.merchant_id = $1 AND y.customer_id = i.customer_id AND y.from_customer WHERE i.merchant_id = $1 AND i.profile_id = p.id),
		(SELECT max(y.since) FROM identities i JOIN consents y ON y.merchant_id = $1 AND y.customer_id = i.customer_id WHERE i.merchant_id = $1 AND i.profile_id = p.id),
		(SELECT max(l.scanned_at) FROM identities i JOIN enrolment_members e ON e.merchant_id = $1 AND e.customer_id = i.customer_id JOIN follow_ups f ON f.merchant_id = $1 AND f.enrolment_id = e.enrolment_id AND f.customer_id = i.customer_id
			JOIN letters l ON l.merchant_id = $1 AND l.follow_up_id = f.id WHERE i.merchant_id = $1 AND i.profile_id = p.id)) AS last_at) x
	WHERE p.merchant_id = $1 AND ` + standing + ` AND p.created_at < $2 AND (p.last_order_at IS NULL OR p.last_order_at < $2) AND x.last_at < $2
		AND NOT EXISTS (SELECT 1 FROM memberships y WHERE y.merchant_id = $1 AND y.profile_id = p.id AND y.status <> 'ENDED')
		AND NOT EXISTS (SELECT 1 FROM tasks y WHERE y.merchant_id = $1 AND y.profile_id = p.id AND y.done_at IS NULL)
		AND NOT EXISTS (SELECT 1 FROM privacy_requests y WHERE y.merchant_id = $1 AND y.profile_id = p.id AND y.state NOT IN ('DONE', 'REFUSED'))
		AND NOT EXISTS (SELECT 1 FROM erasures y WHERE y.merchant_id = $1 AND y.profile_id = p.id)`

// WarnOfErasure names who had no sign of life for so long, and forgets who had one since.
func (s *Store) WarnOfErasure(ctx context.Context, m uuid.UUID, r relance.Retention, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `WITH old AS MATERIALIZED (`+lifeless+`),
			back AS (DELETE FROM retention_warnings w WHERE w.merchant_id = $1 AND NOT EXISTS (SELECT 1 FROM old WHERE old.id = w.profile_id))
			INSERT INTO retention_warnings AS w (merchant_id, profile_id, last_at, warned_at, erase_on) SELECT $1, id, last_at, $3, $4 FROM old
			ON CONFLICT (merchant_id, profile_id) DO UPDATE SET last_at = excluded.last_at WHERE w.last_at <> excluded.last_at`, m, now.AddDate(0, -r.PeopleMonths, 0), now, now.AddDate(0, 0, r.WarnDays))
		if err != nil {
			return fmt.Errorf("name who is to be erased: %w", err)
		}
		return nil
	})
}

// DueRetention lists who was named long enough ago, and whom nobody keeps.
func (s *Store) DueRetention(ctx context.Context, m uuid.UUID, limit int, now time.Time) (out []uuid.UUID, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT w.profile_id FROM retention_warnings w WHERE w.merchant_id = $1 AND w.erase_on <= $2::date AND (w.kept_until IS NULL OR w.kept_until <= $2::date)
			AND NOT EXISTS (SELECT 1 FROM erasures e WHERE e.merchant_id = $1 AND e.profile_id = w.profile_id) ORDER BY w.erase_on, w.profile_id LIMIT $3`, m, now, limit).Query(func(rows pgx.Rows) (err error) {
			out, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
			return err
		})
	})
	return out, err
}

// RetentionWarnings lists who is to be erased, the first first.
func (s *Store) RetentionWarnings(ctx context.Context, m uuid.UUID, limit int) (*relance.RetentionList, error) {
	out := &relance.RetentionList{}
	err := s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT count(*) FROM retention_warnings w JOIN profiles p ON p.merchant_id = $1 AND p.id = w.profile_id AND `+standing+` WHERE w.merchant_id = $1 AND w.kept_until IS NULL`, m).
			QueryRow(func(r pgx.Row) error { return r.Scan(&out.Total) })
		b.Queue(`SELECT w.profile_id, w.last_at, w.erase_on, w.kept_until FROM retention_warnings w JOIN profiles p ON p.merchant_id = $1 AND p.id = w.profile_id AND `+standing+`
			WHERE w.merchant_id = $1 ORDER BY w.kept_until IS NOT NULL, w.erase_on, w.profile_id LIMIT $2`, m, limit).Query(func(rows pgx.Rows) (err error) {
			out.Warnings, err = pgx.CollectRows(rows, pgx.RowToAddrOfStructByNameLax[relance.RetentionWarning])
			return err
		})
	})
	return out, err
}

// KeepFromErasure keeps people until a day, or no more where it is nil.
func (s *Store) KeepFromErasure(ctx context.Context, m uuid.UUID, profiles []uuid.UUID, until *time.Time) (n int64, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE retention_warnings SET kept_until = $3 WHERE merchant_id = $1 AND profile_id = ANY($2)`, m, profiles, until)
		n = tag.RowsAffected()
		return err
	})
	return n, err
}

// ForgetOld deletes what is older than its period, some at a time; the number of rows.
func (s *Store) ForgetOld(ctx context.Context, m uuid.UUID, r relance.Retention, limit int, now time.Time) (n int64, err error) {
	ago := func(months int) time.Time { return now.AddDate(0, -months, 0) }
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT forget_carts($1, $2)`, ago(r.CartMonths), limit).Scan(&n); err != nil {
			return fmt.Errorf("forget carts: %w", err)
		}
		for _, x := range []struct {
			sql    string
			before time.Time
		}{
			{`DELETE FROM letter_scans WHERE (merchant_id, id) IN (SELECT merchant_id, id FROM letter_scans WHERE merchant_id = $1 AND at < $2 LIMIT $3)`, ago(r.ScanMonths)},
			{`DELETE FROM letter_files WHERE (merchant_id, sum) IN (SELECT merchant_id, sum FROM letter_files WHERE merchant_id = $1 AND made_at < $2 LIMIT $3)`, ago(r.LetterMonths)},
			{`DELETE FROM quarantine WHERE (merchant_id, id) IN (SELECT merchant_id, id FROM quarantine WHERE merchant_id = $1 AND last_at < $2 AND resolved_at IS NOT NULL LIMIT $3)`, ago(r.LogMonths)},
			{`DELETE FROM sync_steps WHERE (merchant_id, run_id) IN (SELECT merchant_id, id FROM sync_runs WHERE merchant_id = $1 AND finished_at < $2 ORDER BY id LIMIT $3)`, ago(r.LogMonths)},
			{`DELETE FROM sync_runs r WHERE r.merchant_id = $1 AND r.finished_at < $2 AND NOT EXISTS (SELECT 1 FROM sync_steps s WHERE s.merchant_id = $1 AND s.run_id = r.id) AND $3 > 0`, ago(r.LogMonths)},
		} {
			tag, err := tx.Exec(ctx, x.sql, m, x.before, limit)
			if err != nil {
				return fmt.Errorf("forget what is old: %w", err)
			}
			n += tag.RowsAffected()
		}
		return nil
	})
	return n, err
}
