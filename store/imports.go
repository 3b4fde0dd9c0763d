package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// mostImportErrors is how many rows with errors are kept of an import.
const mostImportErrors = 100_000

// BeginImport makes room for a spreadsheet, and forgets those that somebody left lying for a week.
func (s *Store) BeginImport(ctx context.Context, m uuid.UUID, name string, scope []uuid.UUID, actor string, now time.Time) (id uuid.UUID, err error) {
	id = newID()
	return id, s.inTx(ctx, m, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM imports WHERE merchant_id = $1 AND state IN ('UPLOADING', 'UPLOADED', 'CHECKED') AND created_at < $2`, m, now.AddDate(0, 0, -7)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM import_parts p USING imports i WHERE p.merchant_id = $1 AND i.merchant_id = $1 AND i.id = p.import_id AND i.state = 'FAILED' AND i.created_at < $2`, m, now.AddDate(0, 0, -7)); err != nil {
			return err
		}
		// What can no longer be undone needs no former records and no rows to mend.
		old := now.Add(-relance.ImportUndo)
		if _, err := tx.Exec(ctx, `DELETE FROM import_errors e USING imports i WHERE e.merchant_id = $1 AND i.merchant_id = $1 AND i.id = e.import_id AND i.created_at < $2`, m, old); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM import_records r USING imports i, imports j, import_records n WHERE r.merchant_id = $1 AND i.merchant_id = $1 AND i.id = r.import_id AND i.created_at < $2
			AND j.merchant_id = $1 AND j.source_id = i.source_id AND j.id > i.id AND j.created_at < $2
			AND n.merchant_id = $1 AND n.import_id = j.id AND n.kind = r.kind AND n.external_id = r.external_id`, m, old); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO imports (merchant_id, id, file_name, scope, state, next_at, actor, created_at) VALUES ($1, $2, $3, $4, 'UPLOADING', $5, $6, $5)`,
			m, id, name, scope, now, actor)
		return err
	})
}

// AddImportPart keeps a piece of the file.
func (s *Store) AddImportPart(ctx context.Context, m, id uuid.UUID, seq int, body []byte) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO import_parts (merchant_id, import_id, seq, body) VALUES ($1, $2, $3, $4)`, m, id, seq, body); err != nil {
			return fmt.Errorf("keep part of a file: %w", err)
		}
		_, err := tx.Exec(ctx, `UPDATE imports SET bytes = bytes + $3 WHERE merchant_id = $1 AND id = $2`, m, id, len(body))
		return err
	})
}

// ImportPart reads a piece of the file; nil after the last.
func (s *Store) ImportPart(ctx context.Context, m, id uuid.UUID, seq int) (body []byte, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `SELECT body FROM import_parts WHERE merchant_id = $1 AND import_id = $2 AND seq = $3`, m, id, seq).Scan(&body)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	return body, err
}

// Uploaded notes what the file is, and the plan that suits it.
func (s *Store) Uploaded(ctx context.Context, m uuid.UUID, i *relance.Import) error {
	sample, err := json.Marshal(i.Sample)
	if err != nil {
		return err
	}
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE imports SET state = 'UPLOADED', format = $3, encoding = $4, separator = $5, header = $6, sample = $7 WHERE merchant_id = $1 AND id = $2 AND state = 'UPLOADING'`,
			m, i.ID, i.Format, i.Encoding, i.Separator, notNil(i.Header), sample)
		return err
	})
}

// DropImport forgets an upload that came to nothing.
func (s *Store) DropImport(ctx context.Context, m, id uuid.UUID) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM imports WHERE merchant_id = $1 AND id = $2 AND state IN ('UPLOADING', 'UPLOADED', 'CHECKED')`, m, id)
		return err
	})
}

const importColumns = `i.id, i.file_name, i.bytes, i.format, i.encoding, i.separator, i.header, i.sample, i.what, i.mapping, i.currency, i.country, i.day_first, i.list, i.source_id, i.shop_id,
	i.scope, i.state, i.cursor, i.total, i.added, i.updated, i.skipped, i.invalid, i.kept, i.erased, i.checked, i.cause, i.error, i.claims, i.actor, i.created_at, i.started_at, i.finished_at, i.undone_at,
	i.state IN ('DONE', 'FAILED', 'RUNNING') AND i.source_id IS NOT NULL AND i.created_at > $2 AND NOT EXISTS (SELECT 1 FROM imports x WHERE x.merchant_id = $1 AND x.source_id = i.source_id AND x.id > i.id
		AND x.state IN ('RUNNING', 'DONE', 'FAILED', 'UNDOING'))`

func scanImport(row pgx.CollectableRow) (i relance.Import, err error) {
	var mapping, sample []byte
	err = row.Scan(&i.ID, &i.FileName, &i.Bytes, &i.Format, &i.Encoding, &i.Separator, &i.Header, &sample, &i.What, &mapping, &i.Currency, &i.Country, &i.DayFirst, &i.List, &i.SourceID, &i.ShopID,
		&i.Scope, &i.State, &i.Cursor, &i.Total, &i.Counts.Added, &i.Counts.Updated, &i.Counts.Skipped, &i.Counts.Invalid, &i.Counts.Kept, &i.Counts.Erased, &i.Checked, &i.Cause, &i.Error, &i.Claims, &i.Actor, &i.CreatedAt,
		&i.StartedAt, &i.FinishedAt, &i.UndoneAt, &i.Undoable)
	if err == nil && len(mapping) > 2 {
		err = json.Unmarshal(mapping, &i.Mapping)
	}
	if err == nil {
		err = json.Unmarshal(sample, &i.Sample)
	}
	return i, err
}

// Import reads an import.
func (s *Store) Import(ctx context.Context, m, id uuid.UUID, now time.Time) (i relance.Import, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+importColumns+` FROM imports i WHERE i.merchant_id = $1 AND i.id = $3`, m, now.Add(-relance.ImportUndo), id)
		if err != nil {
			return err
		}
		i, err = pgx.CollectExactlyOneRow(rows, scanImport)
		return notFound(err, "import")
	})
	return i, err
}

// Imports lists the latest imports, newest first; scope narrows them to shops.
func (s *Store) Imports(ctx context.Context, m uuid.UUID, scope []uuid.UUID, limit int, now time.Time) (out []relance.Import, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+importColumns+` FROM imports i WHERE i.merchant_id = $1 AND i.state <> 'UPLOADING' AND ($4::uuid[] IS NULL OR i.shop_id = ANY($4) OR i.scope <@ $4)
			ORDER BY i.id DESC LIMIT $3`, m, now.Add(-relance.ImportUndo), limit, scope)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, scanImport)
		return err
	})
	return out, err
}

// Mapping is the one that was used last for such a header; nil for a header that is new.
func (s *Store) Mapping(ctx context.Context, m uuid.UUID, what relance.ImportWhat, header []byte) (out []string, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `SELECT mapping FROM import_mappings WHERE merchant_id = $1 AND what = $2 AND header_sum = $3`, m, what, header).Scan(&out)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	return out, err
}

// StartImport has an import checked or run as planned, from its first row. The mapping is remembered.
func (s *Store) StartImport(ctx context.Context, m, id uuid.UUID, p *relance.ImportPlan, header []byte, run bool, now time.Time) error {
	mapping, err := json.Marshal(p.Mapping)
	if err != nil {
		return err
	}
	state := relance.ImportChecking
	if run {
		state = relance.ImportRunning
	}
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		source, err := sourceOf(ctx, tx, m, relance.SourceImport, p.List, p.ShopID)
		if err != nil {
			return err
		}
		var busy bool
		if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM imports WHERE merchant_id = $1 AND source_id = $2 AND id <> $3 AND state IN ('RUNNING', 'UNDOING')
			OR merchant_id = $1 AND source_id = $2 AND id > $3 AND state IN ('DONE', 'FAILED'))`, m, source, id).Scan(&busy); err != nil {
			return err
		}
		if busy && run {
			return relance.Tell(relance.CodeConflict, nil, "IMPORT_BUSY")
		}
		tag, err := tx.Exec(ctx, `UPDATE imports SET what = $3, mapping = $4, list = $5, shop_id = $6, currency = $7, country = $8, day_first = $9, source_id = $10, state = $11, cursor = 0,
				added = 0, updated = 0, skipped = 0, invalid = 0, kept = 0, erased = 0, next_at = $12, started_at = $12, cause = NULL, error = '' WHERE merchant_id = $1 AND id = $2 AND state IN ('UPLOADED', 'CHECKED')`,
			m, id, p.What, mapping, p.List, p.ShopID, p.Currency, p.Country, p.DayFirst, source, state, now)
		if err != nil {
			return fmt.Errorf("start import: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return relance.Tell(relance.CodeConflict, nil, "IMPORT_STARTED")
		}
		if _, err := tx.Exec(ctx, `DELETE FROM import_errors WHERE merchant_id = $1 AND import_id = $2`, m, id); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO import_mappings (merchant_id, what, header_sum, mapping, used_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (merchant_id, what, header_sum) DO UPDATE SET mapping = excluded.mapping, used_at = excluded.used_at`, m, p.What, header, mapping, now)
		return err
	})
}

// reading is the condition that an import has a worker, or waits for one.
const reading = `state IN ('CHECKING', 'RUNNING', 'UNDOING')`

// DueImports lists, over all merchants, the imports that nobody is at.
func (s *Store) DueImports(ctx context.Context, now time.Time) ([]relance.Claim, error) {
	return s.leased(ctx, "imports", reading, now)
}

// ClaimImport takes an import up until the lease ends; false where somebody else has it.
func (s *Store) ClaimImport(ctx context.Context, c relance.Claim, lease time.Duration, now time.Time) (claims int64, mine bool, err error) {
	return s.lease(ctx, "imports", reading, c, lease, now)
}

// KeepImport says that its worker lives, or with no lease that it lets go.
func (s *Store) KeepImport(ctx context.Context, t relance.Claim, lease time.Duration, now time.Time) error {
	return s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE imports SET next_at = $4 WHERE merchant_id = $1 AND id = $2 AND claims = $3`, t.MerchantID, t.ID, t.Claims, now.Add(lease))
		return err
	})
}

// FailImport ends an import that cannot go on.
func (s *Store) FailImport(ctx context.Context, t relance.Claim, cause *relance.Sentence, now time.Time) error {
	return s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE imports SET state = 'FAILED', cause = $4, error = $5, finished_at = $6 WHERE merchant_id = $1 AND id = $2 AND claims = $3 AND state IN ('CHECKING', 'RUNNING')`,
			t.MerchantID, t.ID, t.Claims, cause, cause.String(), now)
		return err
	})
}

// ImportErrors reads rows with errors in order of their lines, from after a line on.
func (s *Store) ImportErrors(ctx context.Context, m, id uuid.UUID, after int64, limit int) (out []relance.ImportError, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT line, field, cause, stored, cells FROM import_errors WHERE merchant_id = $1 AND import_id = $2 AND line > $3 ORDER BY line, field LIMIT $4`, m, id, after, limit)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByName[relance.ImportError])
		return err
	})
	return out, err
}
