package store

import (
	"context"

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
