package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
)

// statistics brings the figures of the given profiles up to date. The cost follows the
// profiles that changed and their own orders, not the size of the whole.
func (d *deriver) statistics(ctx context.Context, profiles []uuid.UUID) error {
	if len(profiles) == 0 {
		return nil
	}
	for _, sql := range []string{profileStats, profileFigures} {
		if _, err := d.tx.Exec(ctx, sql, d.merchant, profiles); err != nil {
			return fmt.Errorf("statistics: %w", err)
		}
	}
	return d.queueProfiles(ctx, profiles)
}

// The meanings are those of the API: cancelled orders count in nothing, unpaid ones as
// orders but not in spent.
// Each profile is asked for by itself: a list of profiles would tempt a planner that does
// not know of new rows to read all orders.
const profileStats = `WITH fresh AS (
		SELECT p.id AS profile_id, o.* FROM unnest($2::uuid[]) p(id) CROSS JOIN LATERAL (
			SELECT currency, count(*) FILTER (WHERE counted)::int AS order_count,
				coalesce(sum(net) FILTER (WHERE paid), 0) AS spent, coalesce(sum(returned), 0) AS returned,
				max(placed_at) FILTER (WHERE counted) AS last_order_at
			FROM orders WHERE merchant_id = $1 AND profile_id = p.id AND deleted_at IS NULL AND NOT test AND state <> 'CANCELLED'
			GROUP BY currency) o),
	gone AS (DELETE FROM profile_stats s WHERE merchant_id = $1 AND profile_id = ANY($2)
		AND NOT EXISTS (SELECT 1 FROM fresh f WHERE f.profile_id = s.profile_id AND f.currency = s.currency))
	INSERT INTO profile_stats (merchant_id, profile_id, currency, order_count, spent, returned, last_order_at)
	SELECT $1, profile_id, currency, order_count, spent, returned, last_order_at FROM fresh
	ON CONFLICT (merchant_id, profile_id, currency) DO UPDATE SET order_count = excluded.order_count, spent = excluded.spent,
		returned = excluded.returned, last_order_at = excluded.last_order_at
	WHERE (profile_stats.order_count, profile_stats.spent, profile_stats.returned, profile_stats.last_order_at)
		IS DISTINCT FROM (excluded.order_count, excluded.spent, excluded.returned, excluded.last_order_at)`

const profileFigures = `UPDATE profiles p SET order_count = f.order_count, last_order_at = f.last_order_at, oldest_cart_at = f.oldest_cart_at
	FROM (SELECT p.id, coalesce(s.order_count, 0)::int AS order_count, s.last_order_at, c.oldest_cart_at
		FROM unnest($2::uuid[]) p(id)
		LEFT JOIN LATERAL (SELECT sum(order_count) AS order_count, max(last_order_at) AS last_order_at FROM profile_stats
			WHERE merchant_id = $1 AND profile_id = p.id) s ON true
		LEFT JOIN LATERAL (SELECT min(active_at) AS oldest_cart_at FROM carts
			WHERE merchant_id = $1 AND profile_id = p.id AND NOT ordered AND deleted_at IS NULL) c ON true) f
	WHERE p.merchant_id = $1 AND p.id = f.id
		AND (p.order_count, p.last_order_at, p.oldest_cart_at) IS DISTINCT FROM (f.order_count, f.last_order_at, f.oldest_cart_at)`
