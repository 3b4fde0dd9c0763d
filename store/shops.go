package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// NewShop is a shop about to be connected; Credentials are already encrypted for ID.
type NewShop struct {
	ID          uuid.UUID
	Platform    relance.Platform
	Info        relance.ShopInfo
	Missing     []relance.MissingRight
	Credentials []byte
}

// AddShop stores a newly connected shop as a source of its own. A shop of the same
// platform and external key is refused with CONFLICT.
func (s *Store) AddShop(ctx context.Context, m uuid.UUID, shop NewShop) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO sources (merchant_id, id, kind, name) VALUES ($1, $2, 'SHOP', $3)`,
			m, shop.ID, shop.Info.Name); err != nil {
			return fmt.Errorf("add source: %w", err)
		}
		_, err := tx.Exec(ctx, `INSERT INTO shops (merchant_id, id, platform, external_key, name, url, currency, time_zone, state,
				missing_rights, credentials, free_shipping_from) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			m, shop.ID, shop.Platform, shop.Info.ExternalKey, shop.Info.Name, shop.Info.URL, shop.Info.Currency,
			shop.Info.TimeZone, relance.ShopConnected, notNil(shop.Missing), shop.Credentials, shop.Info.FreeShippingFrom)
		if isUnique(err, "shops_external_key") {
			return relance.Tell(relance.CodeConflict, nil, "ALREADY_CONNECTED")
		}
		if err != nil {
			return fmt.Errorf("add shop: %w", err)
		}
		// The first shop's currency is the merchant's main one until somebody chooses another.
		_, err = tx.Exec(ctx, `UPDATE merchants SET main_currency = $2 WHERE id = $1 AND (SELECT count(*) FROM shops WHERE merchant_id = $1) = 1`, m, shop.Info.Currency)
		return err
	})
}

// ReconnectShop gives a known shop new credentials and what it now says of itself. Messages
// and objections that lacked a right go on. CONFLICT while what it told is being erased.
func (s *Store) ReconnectShop(ctx context.Context, m uuid.UUID, shop NewShop, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		if err := lockMerchant(ctx, tx, m); err != nil { // an erasure of the shop begins under it
			return err
		}
		var erasing bool
		if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM shop_erasures WHERE merchant_id = $1 AND shop_id = $2 AND finished_at IS NULL)`, m, shop.ID).Scan(&erasing); err != nil {
			return err
		}
		if erasing {
			return relance.Tell(relance.CodeConflict, nil, "SHOP_ERASING")
		}
		_, err := tx.Exec(ctx, `UPDATE shops SET credentials = $3, missing_rights = $4, name = $5, url = $6, currency = $7, time_zone = $8, free_shipping_from = $9,
				state = CASE WHEN state IN ('ATTENTION', 'DISCONNECTED') THEN 'CONNECTED' ELSE state END, failures = 0, next_try_at = NULL
			WHERE merchant_id = $1 AND id = $2`,
			m, shop.ID, shop.Credentials, notNil(shop.Missing), shop.Info.Name, shop.Info.URL, shop.Info.Currency, shop.Info.TimeZone, shop.Info.FreeShippingFrom)
		if err != nil {
			return err
		}
		if _, err := retryObjections(ctx, tx, m, shop.ID, now); err != nil {
			return err
		}
		return judgeEverybody(ctx, tx, m, now)
	})
}

// ShopByKey finds a connected shop by what tells it from others; uuid.Nil if there is none.
func (s *Store) ShopByKey(ctx context.Context, m uuid.UUID, p relance.Platform, key string) (uuid.UUID, error) {
	var id uuid.UUID
	err := s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT id FROM shops WHERE merchant_id = $1 AND platform = $2 AND external_key = $3`, m, p, key).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				if err := rows.Scan(&id); err != nil {
					return err
				}
			}
			return rows.Err()
		})
	})
	return id, err
}

const shopColumns = `merchant_id, id, platform, external_key, name, url, currency, time_zone, state, missing_rights, last_synced_at, next_try_at, created_at`

// Shops lists the merchant's shops in the order they were connected; ids narrows the
// list where it is not nil.
func (s *Store) Shops(ctx context.Context, m uuid.UUID, ids []uuid.UUID) ([]relance.Shop, error) {
	var out []relance.Shop
	err := s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT `+shopColumns+` FROM shops WHERE merchant_id = $1 AND ($2::uuid[] IS NULL OR id = ANY($2)) ORDER BY created_at, id`,
			m, ids).Query(rowsInto(&out))
	})
	return out, err
}

// Shop reads one shop.
func (s *Store) Shop(ctx context.Context, m, id uuid.UUID) (relance.Shop, error) {
	list, err := s.Shops(ctx, m, []uuid.UUID{id})
	if err == nil && len(list) == 0 {
		err = relance.Errorf(relance.CodeNotFound, "there is no such shop")
	}
	if err != nil {
		return relance.Shop{}, err
	}
	return list[0], nil
}

// ShopCredentials reads a shop's platform and encrypted credentials.
func (s *Store) ShopCredentials(ctx context.Context, m, id uuid.UUID) (p relance.Platform, sealed []byte, err error) {
	err = s.readRow(ctx, m, []any{&p, &sealed}, `SELECT platform, credentials FROM shops WHERE merchant_id = $1 AND id = $2`, m, id)
	return p, sealed, notFound(err, "shop")
}

// ReplaceCredentials stores new encrypted credentials; CONFLICT where somebody else did meanwhile.
func (s *Store) ReplaceCredentials(ctx context.Context, m, id uuid.UUID, before, sealed []byte) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE shops SET credentials = $4 WHERE merchant_id = $1 AND id = $2 AND credentials = $3`, m, id, before, sealed)
		if err == nil && tag.RowsAffected() == 0 {
			err = relance.Tell(relance.CodeConflict, nil, "SHOP_CHANGED")
		}
		return err
	})
}

// ShopCounts counts the live records of each of the shops.
func (s *Store) ShopCounts(ctx context.Context, m uuid.UUID, shops []uuid.UUID) (map[uuid.UUID]relance.ShopCounts, error) {
	out := map[uuid.UUID]relance.ShopCounts{}
	err := s.read(ctx, m, func(b *pgx.Batch) {
		for _, t := range []string{"customers", "orders", "carts", "products"} {
			b.Queue(`SELECT source_id, count(*) FROM `+t+` WHERE merchant_id = $1 AND source_id = ANY($2) AND deleted_at IS NULL GROUP BY 1`,
				m, shops).Query(func(rows pgx.Rows) error {
				var id uuid.UUID
				var n int64
				_, err := pgx.ForEachRow(rows, []any{&id, &n}, func() error {
					c := out[id]
					switch t {
					case "customers":
						c.Customers = n
					case "orders":
						c.Orders = n
					case "carts":
						c.Carts = n
					case "products":
						c.Products = n
					}
					out[id] = c
					return nil
				})
				return err
			})
		}
	})
	return out, err
}

// SetShopState moves a shop to a state.
func (s *Store) SetShopState(ctx context.Context, m, id uuid.UUID, state relance.ShopState) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE shops SET state = $3, next_try_at = NULL WHERE merchant_id = $1 AND id = $2`, m, id, state)
		return err
	})
}

// addMissing remembers rights found missing while reading.
func addMissing(ctx context.Context, tx pgx.Tx, m, shop uuid.UUID, list []relance.MissingRight) error {
	for _, r := range list {
		b, err := json.Marshal([]relance.MissingRight{r})
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE shops SET missing_rights = missing_rights || $3::jsonb WHERE merchant_id = $1 AND id = $2
			AND NOT EXISTS (SELECT 1 FROM jsonb_array_elements(missing_rights) x WHERE x->>'right' = $4)`, m, shop, b, r.Right); err != nil {
			return fmt.Errorf("note missing rights: %w", err)
		}
	}
	return nil
}

// shopSynced notes a finished run on its shop.
func shopSynced(ctx context.Context, tx pgx.Tx, m, shop uuid.UUID, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE shops SET last_synced_at = $3, failures = 0, next_try_at = NULL, state = CASE WHEN state = 'PULLING' OR state = 'ATTENTION' THEN 'CONNECTED' ELSE state END
		WHERE merchant_id = $1 AND id = $2`, m, shop, at)
	return err
}

// SetFreeShipping notes from which value of a cart on the shop ships for free; nil: it never does.
func (s *Store) SetFreeShipping(ctx context.Context, m, shop uuid.UUID, from *decimal.Decimal) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE shops SET free_shipping_from = $3 WHERE merchant_id = $1 AND id = $2 AND free_shipping_from IS DISTINCT FROM $3`, m, shop, from)
		return err
	})
}
