package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// DuePages lists, over all merchants, the pages that are to be pulled by now. A page
// that somebody began to work on and that has not been heard of since stale is handed
// out anew under a new claim.
func (s *Store) DuePages(ctx context.Context, now time.Time, stale time.Duration) ([]relance.PageTask, error) {
	rows, err := s.system.Query(ctx, `SELECT `+taskColumns+` FROM sync_steps s JOIN sync_runs r ON r.merchant_id = s.merchant_id AND r.id = s.run_id
		WHERE s.state = 'RUNNING' AND r.state = 'RUNNING' AND s.next_at <= $1 AND (s.heartbeat_at IS NULL OR s.heartbeat_at < $2 OR s.heartbeat_at <= s.next_at)
		ORDER BY s.next_at LIMIT 1000`, now, now.Add(-stale))
	if err != nil {
		return nil, fmt.Errorf("list due pages: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[relance.PageTask])
}

// Reclaim counts up a page's claims, so that its next task has an id of its own.
func (s *Store) Reclaim(ctx context.Context, t relance.PageTask, now time.Time) (claims int64, err error) {
	err = s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `UPDATE sync_steps SET claims = claims + 1, heartbeat_at = $6 WHERE merchant_id = $1 AND run_id = $2 AND kind = $3 AND seq = $4 AND claims = $5
			RETURNING claims`, t.MerchantID, t.RunID, t.Kind, t.Seq, t.Claims, now).Scan(&claims)
	})
	return claims, notFound(err, "page")
}

// DueShops lists, over all merchants, the shops that have no pull running and whose last
// one began before the time or, where it failed, whose rest is over by now.
func (s *Store) DueShops(ctx context.Context, before, now time.Time) ([]relance.ShopRef, error) {
	rows, err := s.system.Query(ctx, `SELECT h.merchant_id, h.id FROM shops h WHERE (h.state = 'CONNECTED' OR h.state = 'ATTENTION' AND h.next_try_at <= $2)
		AND NOT EXISTS (SELECT 1 FROM sync_runs r WHERE r.merchant_id = h.merchant_id AND r.shop_id = h.id
			AND (r.state IN ('QUEUED', 'RUNNING', 'PAUSED') OR h.state = 'CONNECTED' AND r.created_at > $1)) LIMIT 1000`, before, now)
	if err != nil {
		return nil, fmt.Errorf("list due shops: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[relance.ShopRef])
}
