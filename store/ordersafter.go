package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// OrdersAfter finds the order that followed each of the messages, of the shops where they are given.
func (s *Store) OrdersAfter(ctx context.Context, m uuid.UUID, messages, shops []uuid.UUID) (map[uuid.UUID]*relance.OrderAfter, error) {
	out := map[uuid.UUID]*relance.OrderAfter{}
	err := s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT f.id, f.sent_at, o.id, o.number, o.placed_at, v.order_id IS NOT NULL, o.total, o.currency FROM unnest($2::uuid[]) n(id)
			CROSS JOIN LATERAL (SELECT f.* FROM follow_ups f WHERE f.merchant_id = $1 AND f.id = n.id AND f.sent_at IS NOT NULL OFFSET 0) f
			LEFT JOIN LATERAL (SELECT v.order_id FROM vouchers v WHERE v.merchant_id = $1 AND v.follow_up_id = `+voucherOf+` AND v.order_id IS NOT NULL OFFSET 0) v ON true
			CROSS JOIN LATERAL (SELECT o.id, o.number, o.placed_at, o.total, o.currency FROM orders o WHERE o.id = v.order_id AND `+isSold+`
				UNION ALL (SELECT o.id, o.number, o.placed_at, o.total, o.currency FROM identities i JOIN orders o ON o.profile_id = i.profile_id AND o.placed_at > f.sent_at AND o.placed_at <= f.sent_at + $4::interval AND `+isSold+`
					WHERE v.order_id IS NULL AND i.merchant_id = $1 AND i.customer_id = f.customer_id ORDER BY o.placed_at, o.id LIMIT 1)) o`, m, messages, shops, relance.OrderAfterWithin).Query(func(rows pgx.Rows) error {
			var message uuid.UUID
			var sent time.Time
			var o relance.OrderAfter
			_, err := pgx.ForEachRow(rows, []any{&message, &sent, &o.ID, &o.Number, &o.PlacedAt, &o.ByVoucher, &o.Total.Amount, &o.Total.Currency}, func() error {
				found := o
				found.Days = max(0, int(o.PlacedAt.Sub(sent)/(24*time.Hour))) // the shop's clock may go otherwise
				out[message] = &found
				return nil
			})
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("find the orders after messages: %w", err)
	}
	return out, nil
}
