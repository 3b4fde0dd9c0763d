package store

import (
	"context"
	"fmt"
	"slices"

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

// Append stores rows, whose Seq must go on from those stored before without a gap; a Seq
// stored before is left as it is.
func (g *Staging) Append(ctx context.Context, rows []StagedRow) error {
	if len(rows) == 0 {
		return nil
	}
	return g.store.inTx(ctx, g.merchant, func(tx pgx.Tx) error {
		last, err := g.last(ctx, tx)
		if err != nil {
			return err
		}
		if rows[0].Seq > last+1 {
			return fmt.Errorf("stage rows: row %d follows row %d", rows[0].Seq, last)
		}
		_, err = tx.Exec(ctx, `INSERT INTO staged_rows (merchant_id, shop_id, kind, seq, object_id, parent_id, body)
			SELECT $1, $2, $3, * FROM unnest($4::bigint[], $5::text[], $6::text[], $7::text[]) ON CONFLICT DO NOTHING`,
			g.merchant, g.shop, g.kind,
			column(rows, func(r *StagedRow) int64 { return r.Seq }),
			column(rows, func(r *StagedRow) string { return r.ObjectID }),
			column(rows, func(r *StagedRow) string { return r.ParentID }),
			column(rows, func(r *StagedRow) string { return r.Body }))
		if err != nil {
			return fmt.Errorf("stage rows: %w", err)
		}
		_, err = tx.Exec(ctx, `INSERT INTO staged_lists (merchant_id, shop_id, kind, last_seq) VALUES ($1, $2, $3, $4)
			ON CONFLICT (merchant_id, shop_id, kind) DO UPDATE SET last_seq = greatest(staged_lists.last_seq, excluded.last_seq)`,
			g.merchant, g.shop, g.kind, rows[len(rows)-1].Seq)
		return err
	})
}

func (g *Staging) last(ctx context.Context, tx pgx.Tx) (seq int64, err error) {
	err = tx.QueryRow(ctx, `SELECT coalesce((SELECT last_seq FROM staged_lists WHERE merchant_id = $1 AND shop_id = $2 AND kind = $3), 0)`,
		g.merchant, g.shop, g.kind).Scan(&seq)
	return seq, err
}

// Last gives the highest Seq, which is also the number of rows.
func (g *Staging) Last(ctx context.Context) (seq int64, err error) {
	err = g.store.inTx(ctx, g.merchant, func(tx pgx.Tx) error {
		seq, err = g.last(ctx, tx)
		return err
	})
	return seq, err
}

// stagedDepth is how deep platforms nest lists in lists (Shopify: two levels).
const stagedDepth = 3

// Roots gives up to limit rows without a parent after seq, and all their descendants,
// each level in order of Seq.
func (g *Staging) Roots(ctx context.Context, after int64, limit int) (roots, descendants []StagedRow, err error) {
	err = g.store.inTx(ctx, g.merchant, func(tx pgx.Tx) error {
		// The planner knows nothing of a table that was filled a moment ago, or knows it as it
		// was when it held roots alone: then every parent looks like all rows.
		if _, err := tx.Exec(ctx, `SET LOCAL enable_seqscan = off`); err != nil {
			return err
		}
		roots, err = g.query(ctx, tx, `parent_id = '' AND seq > $4 ORDER BY seq LIMIT $5`, after, limit)
		level := roots
		for depth := 0; err == nil && len(level) > 0 && depth < stagedDepth; depth++ {
			parents := column(level, func(r *StagedRow) string { return r.ObjectID })
			parents = slices.DeleteFunc(parents, func(id string) bool { return id == "" })
			level, err = g.children(ctx, tx, parents)
			descendants = append(descendants, level...)
		}
		return err
	})
	return roots, descendants, err
}

// children asks for each parent by itself, by the index.
func (g *Staging) children(ctx context.Context, tx pgx.Tx, parents []string) ([]StagedRow, error) {
	rows, err := tx.Query(ctx, `SELECT c.* FROM unnest($4::text[]) p(id) CROSS JOIN LATERAL (SELECT seq, object_id, parent_id, body FROM staged_rows
		WHERE merchant_id = $1 AND shop_id = $2 AND kind = $3 AND parent_id = p.id OFFSET 0) c ORDER BY c.seq`, g.merchant, g.shop, g.kind, parents)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[StagedRow])
}

func (g *Staging) query(ctx context.Context, tx pgx.Tx, where string, args ...any) ([]StagedRow, error) {
	rows, err := tx.Query(ctx, `SELECT seq, object_id, parent_id, body FROM staged_rows WHERE merchant_id = $1 AND shop_id = $2 AND kind = $3 AND `+where,
		append([]any{g.merchant, g.shop, g.kind}, args...)...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[StagedRow])
}

// Clear removes all rows.
func (g *Staging) Clear(ctx context.Context) error {
	return g.store.inTx(ctx, g.merchant, func(tx pgx.Tx) error {
		for _, table := range []string{"staged_rows", "staged_lists"} {
			if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE merchant_id = $1 AND shop_id = $2 AND kind = $3`, g.merchant, g.shop, g.kind); err != nil {
				return err
			}
		}
		return nil
	})
}
