package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// StagedRow is a raw object of a list that a platform delivers at once.
type StagedRow struct {
	Seq      int64
	ObjectID string
	ParentID string
	Body     string
}

// Staging keeps the raw rows of one shop and kind between pages.
type Staging struct {
	store          *Store
	merchant, shop uuid.UUID
	kind           relance.Kind
}

// Staging opens the staging of a shop and kind.
func (s *Store) Staging(m, shop uuid.UUID, kind relance.Kind) *Staging {
	return &Staging{store: s, merchant: m, shop: shop, kind: kind}
}

// Append stores rows; a Seq stored before is left as it is.
func (g *Staging) Append(ctx context.Context, rows []StagedRow) error {
	return g.store.inTx(ctx, g.merchant, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO staged_rows (merchant_id, shop_id, kind, seq, object_id, parent_id, body)
			SELECT $1, $2, $3, * FROM unnest($4::bigint[], $5::text[], $6::text[], $7::text[]) ON CONFLICT DO NOTHING`,
			g.merchant, g.shop, g.kind,
			column(rows, func(r *StagedRow) int64 { return r.Seq }),
			column(rows, func(r *StagedRow) string { return r.ObjectID }),
			column(rows, func(r *StagedRow) string { return r.ParentID }),
			column(rows, func(r *StagedRow) string { return r.Body }))
		if err != nil {
			return fmt.Errorf("stage rows: %w", err)
		}
		return nil
	})
}

// Last gives the highest Seq and the number of rows.
func (g *Staging) Last(ctx context.Context) (seq, count int64, err error) {
	err = g.store.inTx(ctx, g.merchant, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT coalesce(max(seq), 0), count(*) FROM staged_rows WHERE merchant_id = $1 AND shop_id = $2 AND kind = $3`,
			g.merchant, g.shop, g.kind).Scan(&seq, &count)
	})
	return seq, count, err
}

// Roots gives up to limit rows without a parent after seq, and all their descendants,
// each list in order of Seq.
func (g *Staging) Roots(ctx context.Context, after int64, limit int) (roots, descendants []StagedRow, err error) {
	err = g.store.read(ctx, g.merchant, func(b *pgx.Batch) {
		b.Queue(`SELECT seq, object_id, parent_id, body FROM staged_rows
			WHERE merchant_id = $1 AND shop_id = $2 AND kind = $3 AND parent_id = '' AND seq > $4 ORDER BY seq LIMIT $5`,
			g.merchant, g.shop, g.kind, after, limit).Query(rowsInto(&roots))
		b.Queue(`WITH RECURSIVE roots AS (SELECT object_id FROM staged_rows
				WHERE merchant_id = $1 AND shop_id = $2 AND kind = $3 AND parent_id = '' AND seq > $4 ORDER BY seq LIMIT $5),
			tree AS (SELECT c.* FROM roots r JOIN staged_rows c ON c.merchant_id = $1 AND c.shop_id = $2 AND c.kind = $3 AND c.parent_id = r.object_id
				UNION ALL SELECT c.* FROM tree t JOIN staged_rows c ON c.merchant_id = $1 AND c.shop_id = $2 AND c.kind = $3 AND c.parent_id = t.object_id)
			SELECT seq, object_id, parent_id, body FROM tree ORDER BY seq`,
			g.merchant, g.shop, g.kind, after, limit).Query(rowsInto(&descendants))
	})
	return roots, descendants, err
}

// Clear removes all rows.
func (g *Staging) Clear(ctx context.Context) error {
	return g.store.inTx(ctx, g.merchant, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM staged_rows WHERE merchant_id = $1 AND shop_id = $2 AND kind = $3`, g.merchant, g.shop, g.kind)
		return err
	})
}
