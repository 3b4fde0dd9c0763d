package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// readHistory reads what the people went through, by profile.
func readHistory(ctx context.Context, tx pgx.Tx, m uuid.UUID, list []*relance.Facts) (map[uuid.UUID]*relance.History, error) {
	out := map[uuid.UUID]*relance.History{}
	ids := make([]uuid.UUID, len(list))
	for i, f := range list {
		ids[i] = f.ProfileID
		out[f.ProfileID] = &relance.History{Orders: map[uuid.UUID]*relance.OrderHistory{}, Carts: map[uuid.UUID]*relance.CartHistory{}}
	}
	var profile, id uuid.UUID
	b := &pgx.Batch{}
	b.Queue(`SELECT o.profile_id, o.id, o.total, o.cancelled_at, coalesce((SELECT jsonb_agg(jsonb_build_object('At', r.at, 'Amount', r.amount) ORDER BY r.at) FROM refunds r WHERE r.merchant_id = $1 AND r.order_id = o.id), '[]')
		FROM orders o WHERE o.merchant_id = $1 AND o.profile_id = ANY($2) AND o.deleted_at IS NULL`, m, ids).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			x := &relance.OrderHistory{}
			if err := rows.Scan(&profile, &id, &x.Total, &x.CancelledAt, &x.Refunds); err != nil {
				return err
			}
			out[profile].Orders[id] = x
		}
		return rows.Err()
	})
	b.Queue(`SELECT c.profile_id, c.id, (SELECT coalesce(sum(l.quantity), 0) FROM cart_lines l WHERE l.merchant_id = $1 AND l.cart_id = c.id)::int,
			coalesce((SELECT array_agg(e.at ORDER BY e.at) FROM cart_events e WHERE e.merchant_id = $1 AND e.cart_id = c.id AND e.kind = 'ACTIVE'), '{}')
		FROM carts c WHERE c.merchant_id = $1 AND c.profile_id = ANY($2) AND c.deleted_at IS NULL`, m, ids).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			x := &relance.CartHistory{}
			if err := rows.Scan(&profile, &id, &x.Items, &x.ActiveAt); err != nil {
				return err
			}
			out[profile].Carts[id] = x
		}
		return rows.Err()
	})
	b.Queue(`SELECT i.profile_id, c.customer_id, c.channel, c.preference, c.state, c.since, c.controller, c.recorded_at,
			row_number() OVER (PARTITION BY c.customer_id, c.channel, c.preference, c.controller ORDER BY c.recorded_at, c.id) = 1
		FROM identities i JOIN consents c ON c.merchant_id = $1 AND c.customer_id = i.customer_id WHERE i.merchant_id = $1 AND i.profile_id = ANY($2) ORDER BY c.recorded_at, c.id`, m, ids).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var e relance.ConsentEntry
			if err := rows.Scan(&profile, &e.CustomerID, &e.Channel, &e.Preference, &e.State, &e.Since, &e.Controller, &e.RecordedAt, &e.First); err != nil {
				return err
			}
			out[profile].Consents = append(out[profile].Consents, e)
		}
		return rows.Err()
	})
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	return out, nil
}

// EachHistory calls f for everybody, with what they went through, in one read-only transaction
// and in the order of their ids.
func (s *Store) EachHistory(ctx context.Context, m, campaign uuid.UUID, now time.Time, f func(*relance.Campaign, *relance.Facts, *relance.History)) error {
	return s.eachBatch(ctx, m, campaign, now, func(*relance.Campaign) string { return "true" }, func(tx pgx.Tx, c *relance.Campaign, list []*relance.Facts) error {
		history, err := readHistory(ctx, tx, m, list)
		for _, p := range list {
			if err == nil {
				f(c, p, history[p.ProfileID])
			}
		}
		return err
	})
}
