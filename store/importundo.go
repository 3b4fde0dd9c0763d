package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// UndoImport has everything taken back that an import wrote, the latest of its list first.
func (s *Store) UndoImport(ctx context.Context, m, id uuid.UUID, actor string, now time.Time) error {
	i, err := s.Import(ctx, m, id, now)
	if err != nil {
		return err
	}
	if !i.Undoable {
		return relance.Tell(relance.CodeConflict, nil, "IMPORT_NOT_UNDOABLE")
	}
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE imports SET state = 'UNDOING', next_at = $3, undone_by = $4 WHERE merchant_id = $1 AND id = $2 AND state IN ('DONE', 'FAILED', 'RUNNING')`, m, id, now, actor)
		return err
	})
}

// undoneRecord is a record that an import wrote, and what the one before did.
type undoneRecord struct {
	Kind       string
	ExternalID string
	Before     []byte
	At         *time.Time
}

// UndoImportPage takes some records of an import back; done when none is left.
func (s *Store) UndoImportPage(ctx context.Context, t relance.Claim, lease time.Duration, now time.Time) (done bool, err error) {
	err = s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		w := s.writer(tx, t.MerchantID, uuid.Nil, now)
		if err := tx.QueryRow(ctx, `UPDATE imports SET next_at = $4 WHERE merchant_id = $1 AND id = $2 AND claims = $3 AND state = 'UNDOING' RETURNING source_id`,
			t.MerchantID, t.ID, t.Claims, now.Add(lease)).Scan(&w.source); err != nil {
			return notFound(err, "import")
		}
		rows, err := tx.Query(ctx, `WITH taken AS (DELETE FROM import_records WHERE (merchant_id, import_id) = ($1, $2) AND (kind, external_id) IN
				(SELECT kind, external_id FROM import_records WHERE merchant_id = $1 AND import_id = $2 ORDER BY kind DESC, external_id DESC LIMIT 500) RETURNING kind, external_id)
			SELECT t.kind, t.external_id, b.record AS before, b.created_at AS at FROM taken t LEFT JOIN LATERAL (SELECT r.record, i.created_at FROM imports i JOIN import_records r ON r.merchant_id = $1 AND r.import_id = i.id
				AND r.kind = t.kind AND r.external_id = t.external_id WHERE i.merchant_id = $1 AND i.source_id = $3 AND i.id < $2 ORDER BY i.id DESC LIMIT 1) b ON true`, t.MerchantID, t.ID, w.source)
		if err != nil {
			return fmt.Errorf("take an import back: %w", err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowToStructByName[undoneRecord])
		if err != nil {
			return fmt.Errorf("take an import back: %w", err)
		}
		if done = len(list) == 0; done {
			_, err := tx.Exec(ctx, `WITH gone AS (DELETE FROM import_parts WHERE merchant_id = $1 AND import_id = $2)
				UPDATE imports SET state = 'UNDONE', undone_at = $3, sample = '[]' WHERE merchant_id = $1 AND id = $2`, t.MerchantID, t.ID, now)
			return err
		}
		return w.takeBack(ctx, list)
	})
	return done, err
}

// takeBack puts back what records were, and marks those as deleted that were not.
func (w *writer) takeBack(ctx context.Context, list []undoneRecord) error {
	var p PageRows
	gone := map[string][]string{}
	var errs error
	for _, u := range list {
		switch {
		case u.Before == nil:
			gone[u.Kind] = append(gone[u.Kind], u.ExternalID)
		case u.Kind == "orders":
			var o relance.Order
			errs = errors.Join(errs, json.Unmarshal(u.Before, &o))
			o.Version = relance.Version{UpdatedAt: w.now, ReadAt: w.now}
			p.Orders = append(p.Orders, o)
		default:
			var c relance.Customer
			errs = errors.Join(errs, json.Unmarshal(u.Before, &c))
			c.Version = relance.Version{UpdatedAt: w.now, ReadAt: w.now}
			p.Customers = append(p.Customers, c)
		}
	}
	if errs != nil {
		return fmt.Errorf("read what was before: %w", errs)
	}
	if err := w.records(ctx, p); err != nil {
		return err
	}
	for _, kind := range []string{"customers", "orders"} { // as of then again, or they would speak before what shops said since
		var ids []string
		var at []time.Time
		for _, u := range list {
			if u.At != nil && u.Kind == kind {
				ids, at = append(ids, u.ExternalID), append(at, *u.At)
			}
		}
		if _, err := w.tx.Exec(ctx, `UPDATE `+kind+` r SET source_updated_at = t.at, read_at = t.at FROM unnest($3::text[], $4::timestamptz[]) t(id, at)
			WHERE r.merchant_id = $1 AND r.source_id = $2 AND r.external_id = t.id`, w.merchant, w.source, ids, at); err != nil {
			return fmt.Errorf("put records back: %w", err)
		}
	}
	for kind, ids := range gone {
		if err := w.gone(ctx, &Gone{Kind: relance.Kind(strings.ToUpper(kind)), IDs: ids}); err != nil {
			return err
		}
	}
	return nil
}
