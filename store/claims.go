package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// claims lists, over all merchants, long work that nobody is at.
func (s *Store) claims(ctx context.Context, table, open string, args ...any) ([]relance.Claim, error) {
	rows, err := s.system.Query(ctx, `SELECT merchant_id, id, claims FROM `+table+` WHERE `+open, args...)
	if err != nil {
		return nil, fmt.Errorf("list due %s: %w", table, err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[relance.Claim])
}

// leased lists, over all merchants, long work whose lease is over.
func (s *Store) leased(ctx context.Context, table, open string, now time.Time) ([]relance.Claim, error) {
	return s.claims(ctx, table, open+` AND next_at <= $1 ORDER BY next_at LIMIT 100`, now)
}

// lease takes long work up until the lease ends; false where somebody else has it, or it is not open.
func (s *Store) lease(ctx context.Context, table, open string, c relance.Claim, lease time.Duration, now time.Time) (claims int64, mine bool, err error) {
	err = s.inTx(ctx, c.MerchantID, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `UPDATE `+table+` SET claims = claims + 1, next_at = $5 WHERE merchant_id = $1 AND id = $2 AND claims = $3 AND next_at <= $4 AND `+open+` RETURNING claims`,
			c.MerchantID, c.ID, c.Claims, now, now.Add(lease)).Scan(&claims)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		mine = err == nil
		return err
	})
	return claims, mine, err
}
