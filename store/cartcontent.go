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

// lineProduct joins the product of a cart's line l, of the cart c.
const lineProduct = ` LEFT JOIN products p ON p.merchant_id = $1 AND p.source_id = c.source_id AND p.external_id = l.product_id`

// lineSoldOut is whether nobody can order a line now. A product that is not known can be.
const lineSoldOut = `coalesce(p.deleted_at IS NOT NULL OR p.sold_out && ARRAY['', l.variant_id], false)`

// lineDiscreet is whether the merchant t wants the product of a line named nowhere.
const lineDiscreet = `EXISTS (SELECT 1 FROM unnest(t.discreet_categories) d WHERE lower(p.category) = lower(d) OR starts_with(lower(p.category), lower(d) || ' > '))`

// CartContent reads what a message may show of a cart, and the address that restores it, ""
// where the platform gives none. Left out is what nobody can order now, what is of a discreet
// category, and all of a gift.
func (s *Store) CartContent(ctx context.Context, m, cart uuid.UUID) (lines []CartThing, restore string, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT restore_url FROM carts WHERE merchant_id = $1 AND id = $2`, m, cart).Scan(&restore); err != nil {
			return notFound(err, "cart")
		}
		rows, err := tx.Query(ctx, `SELECT l.title, l.quantity, l.total, l.image_url
			FROM carts c JOIN cart_lines l ON l.merchant_id = $1 AND l.cart_id = c.id`+lineProduct+` LEFT JOIN shop_settings t ON t.merchant_id = $1 AND t.shop_id = c.source_id
			WHERE c.merchant_id = $1 AND c.id = $2 AND NOT c.gift AND NOT `+lineSoldOut+` AND NOT `+lineDiscreet+` ORDER BY l.position LIMIT $3`, m, cart, maxCartLines)
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

// CartProducts lists the products in a cart by their ids at its shop.
func (s *Store) CartProducts(ctx context.Context, m, cart uuid.UUID) (ids []string, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT DISTINCT product_id FROM cart_lines WHERE merchant_id = $1 AND cart_id = $2 AND product_id <> '' ORDER BY 1`, m, cart)
		if err != nil {
			return err
		}
		ids, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return ids, err
}
