package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// LinkKey gives the sealed key that signs the merchant's links; NOT_FOUND where there is none yet.
func (s *Store) LinkKey(ctx context.Context, m uuid.UUID) (sealed []byte, err error) {
	err = s.readRow(ctx, m, []any{&sealed}, `SELECT sealed FROM link_keys WHERE merchant_id = $1 AND id = 1`, m)
	return sealed, notFound(err, "key")
}

// MakeLinkKey stores the merchant's key and gives the one that holds: of two at once the first.
func (s *Store) MakeLinkKey(ctx context.Context, m uuid.UUID, fresh []byte, now time.Time) (sealed []byte, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO link_keys (merchant_id, id, sealed, created_at) VALUES ($1, 1, $2, $3) ON CONFLICT DO NOTHING`, m, fresh, now); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT sealed FROM link_keys WHERE merchant_id = $1 AND id = 1`, m).Scan(&sealed)
	})
	return sealed, err
}
