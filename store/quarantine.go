package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// quarantine lists the page's unreadable rows, and marks as resolved those that came
// back readable.
func (w *writer) quarantine(ctx context.Context, p PageRows, now time.Time) error {
	for _, r := range p.Rejected {
		if _, err := w.tx.Exec(ctx, `INSERT INTO quarantine (merchant_id, id, shop_id, kind, external_id, field, reason, cause, first_at, last_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $9, $8, $8)
			ON CONFLICT (merchant_id, shop_id, kind, external_id, field) DO UPDATE SET reason = excluded.reason, cause = excluded.cause, last_at = excluded.last_at,
				times = quarantine.times + 1, resolved_at = NULL`,
			w.merchant, newID(), w.source, r.Kind, r.ExternalID, r.Field, r.Reason, now, r.Cause); err != nil {
			return fmt.Errorf("quarantine: %w", err)
		}
	}
	for kind, ids := range p.goodIDs() {
		if _, err := w.tx.Exec(ctx, `UPDATE quarantine SET resolved_at = $5 WHERE merchant_id = $1 AND shop_id = $2 AND kind = $3
			AND external_id = ANY($4) AND resolved_at IS NULL`, w.merchant, w.source, kind, ids, now); err != nil {
			return fmt.Errorf("release from quarantine: %w", err)
		}
	}
	return nil
}

// goodIDs lists the readable records of the page by kind.
func (p PageRows) goodIDs() map[relance.Kind][]string {
	out := map[relance.Kind][]string{}
	add := func(k relance.Kind, ids []string) {
		if len(ids) > 0 {
			out[k] = ids
		}
	}
	add(relance.KindProducts, column(p.Products, func(r *relance.Product) string { return r.ExternalID }))
	add(relance.KindCustomers, column(p.Customers, func(r *relance.Customer) string { return r.ExternalID }))
	add(relance.KindOrders, column(p.Orders, func(r *relance.Order) string { return r.ExternalID }))
	add(relance.KindCarts, column(p.Carts, func(r *relance.Cart) string { return r.ExternalID }))
	return out
}

// Quarantine lists unreadable rows, newest first, that are not resolved; shops narrows
// the list where it is not nil. after is the id of the last row of the page before.
func (s *Store) Quarantine(ctx context.Context, m uuid.UUID, shops []uuid.UUID, after *uuid.UUID, limit int) ([]relance.Quarantined, error) {
	var out []relance.Quarantined
	err := s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT id, shop_id, kind, external_id, field, reason, cause, first_at, last_at, times, resolved_at FROM quarantine
			WHERE merchant_id = $1 AND ($2::uuid[] IS NULL OR shop_id = ANY($2)) AND resolved_at IS NULL AND ($3::uuid IS NULL OR id < $3)
			ORDER BY id DESC LIMIT $4`, m, shops, after, limit).Query(rowsInto(&out))
	})
	return out, err
}

// QuarantinedIDs lists the ids of a shop's unreadable records of a kind.
func (s *Store) QuarantinedIDs(ctx context.Context, m, shop uuid.UUID, kind relance.Kind) (ids []string, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT DISTINCT external_id FROM quarantine WHERE merchant_id = $1 AND shop_id = $2 AND kind = $3 AND resolved_at IS NULL`, m, shop, kind)
		if err != nil {
			return err
		}
		ids, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return ids, err
}
