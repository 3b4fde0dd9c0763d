package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// LinkKey gives the sealed key that signs the merchant's links; fresh is stored where there is
// none yet, or nil only looks: NOT_FOUND.
func (s *Store) LinkKey(ctx context.Context, m uuid.UUID, fresh []byte, now time.Time) (sealed []byte, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if fresh != nil {
			if _, err := tx.Exec(ctx, `INSERT INTO link_keys (merchant_id, id, sealed, created_at) VALUES ($1, 1, $2, $3) ON CONFLICT DO NOTHING`, m, fresh, now); err != nil {
				return err
			}
		}
		return tx.QueryRow(ctx, `SELECT sealed FROM link_keys WHERE merchant_id = $1 AND id = 1`, m).Scan(&sealed)
	})
	return sealed, notFound(err, "key")
}
