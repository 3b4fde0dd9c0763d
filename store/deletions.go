package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// Listing is some of the ids that a shop listed.
type Listing struct {
	ID   uuid.UUID // of the whole listing
	Kind relance.Kind
	IDs  []string
}

// Gone is records that are no longer at their source.
type Gone struct {
	Kind relance.Kind
	IDs  []string
	// Listings are the listings that have been compared and are no longer needed.
	Listings []uuid.UUID
}

// factTable is where records of a kind are kept.
func factTable(k relance.Kind) (string, error) {
	switch k {
	case relance.KindCustomers:
		return "customers", nil
	case relance.KindOrders:
		return "orders", nil
	case relance.KindCarts:
		return "carts", nil
	case relance.KindProducts:
		return "products", nil
	}
	return "", fmt.Errorf("records of kind %s have no table", k)
}

func (w *writer) listed(ctx context.Context, l *Listing) error {
	if l == nil || len(l.IDs) == 0 {
		return nil
	}
	_, err := w.tx.Exec(ctx, `INSERT INTO listed_ids (merchant_id, shop_id, kind, listing, external_id)
		SELECT $1, $2, $3, $4, unnest($5::text[]) ON CONFLICT DO NOTHING`, w.merchant, w.source, l.Kind, l.ID, l.IDs)
	if err != nil {
		return fmt.Errorf("keep listed ids: %w", err)
	}
	return nil
}

// gone marks records as deleted and forgets the listings that proved it. An empty digest
// makes sure that a record which comes back is stored again.
func (w *writer) gone(ctx context.Context, g *Gone) error {
	if g == nil {
		return nil
	}
	table, err := factTable(g.Kind)
	if err != nil {
		return err
	}
	if len(g.IDs) > 0 {
		rows, err := w.tx.Query(ctx, `UPDATE `+table+` SET deleted_at = $4, digest = '' WHERE merchant_id = $1 AND source_id = $2 AND external_id = ANY($3)
			AND deleted_at IS NULL RETURNING id`, w.merchant, w.source, g.IDs, w.now)
		if err != nil {
			return fmt.Errorf("mark deleted: %w", err)
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil {
			return fmt.Errorf("mark deleted: %w", err)
		}
		what := map[relance.Kind]string{relance.KindCustomers: "CUSTOMER", relance.KindOrders: "ORDER", relance.KindCarts: "CART"}[g.Kind]
		if what != "" {
			if err := w.later(ctx, what, ids); err != nil {
				return err
			}
		}
	}
	_, err = w.tx.Exec(ctx, `DELETE FROM listed_ids WHERE merchant_id = $1 AND shop_id = $2 AND kind = $3 AND listing = ANY($4)`,
		w.merchant, w.source, g.Kind, notNil(g.Listings))
	return err
}

// Absent lists stored live records that are in none of the listings, up to limit, and
// how many live records there are. Only records read before a listing began can be
// missed by it.
func (s *Store) Absent(ctx context.Context, m, source uuid.UUID, kind relance.Kind, listings []uuid.UUID, limit int) (ids []string, stored int64, err error) {
	table, err := factTable(kind)
	if err != nil {
		return nil, 0, err
	}
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM `+table+` WHERE merchant_id = $1 AND source_id = $2 AND deleted_at IS NULL`, m, source).Scan(&stored); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT external_id FROM `+table+` WHERE merchant_id = $1 AND source_id = $2 AND deleted_at IS NULL
			EXCEPT SELECT external_id FROM listed_ids WHERE merchant_id = $1 AND shop_id = $2 AND kind = $3 AND listing = ANY($4)
			ORDER BY external_id LIMIT $5`, m, source, kind, listings, limit)
		if err != nil {
			return err
		}
		ids, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("find absent records: %w", err)
	}
	return ids, stored, nil
}

// StoredIDs lists the external ids of the stored records of a kind: the live ones, and
// those that the shop itself marks as deleted but may still list.
func (s *Store) StoredIDs(ctx context.Context, m, source uuid.UUID, kind relance.Kind) (live, marked []string, err error) {
	table, err := factTable(kind)
	if err != nil {
		return nil, nil, err
	}
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		// A record that was proven gone has no digest.
		rows, err := tx.Query(ctx, `SELECT external_id, deleted_at IS NULL FROM `+table+` WHERE merchant_id = $1 AND source_id = $2
			AND (deleted_at IS NULL OR digest <> '')`, m, source)
		if err != nil {
			return err
		}
		var id string
		var alive bool
		_, err = pgx.ForEachRow(rows, []any{&id, &alive}, func() error {
			if alive {
				live = append(live, id)
			} else {
				marked = append(marked, id)
			}
			return nil
		})
		return err
	})
	return live, marked, err
}
