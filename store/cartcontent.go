package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"
)

// CartThing is a line of a cart as a message shows it.
type CartThing struct {
	Title    string
	Quantity int
	Total    decimal.Decimal
	ImageURL string
}

// maxCartLines is how many lines of a cart a message shows.
const maxCartLines = 20

// CartContent reads what is in a cart and the address that restores it, "" where the platform
// gives none.
func (s *Store) CartContent(ctx context.Context, m, cart uuid.UUID) (lines []CartThing, restore string, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT restore_url FROM carts WHERE merchant_id = $1 AND id = $2`, m, cart).Scan(&restore); err != nil {
			return notFound(err, "cart")
		}
		rows, err := tx.Query(ctx, `SELECT title, quantity, total, image_url FROM cart_lines WHERE merchant_id = $1 AND cart_id = $2 ORDER BY position LIMIT $3`, m, cart, maxCartLines)
		if err != nil {
			return err
		}
		lines, err = pgx.CollectRows(rows, pgx.RowToStructByName[CartThing])
		return err
	})
	return lines, restore, err
}

// CartExternalID gives a cart's id at its shop.
func (s *Store) CartExternalID(ctx context.Context, m, cart uuid.UUID) (id string, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT external_id FROM carts WHERE merchant_id = $1 AND id = $2`, m, cart).Scan(&id)
	})
	return id, notFound(err, "cart")
}

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
