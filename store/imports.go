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
		if _, err := tx.Exec(ctx, `DELETE FROM import_records r USING imports i, import_records n, imports j WHERE r.merchant_id = $1 AND i.merchant_id = $1 AND i.id = r.import_id AND i.created_at < $2
			AND n.merchant_id = $1 AND n.source_id = r.source_id AND n.kind = r.kind AND n.external_id = r.external_id AND n.import_id > r.import_id
			AND j.merchant_id = $1 AND j.id = n.import_id AND j.created_at < $2`, m, old); err != nil {
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
	i.scope, i.state, i.cursor, i.total, i.added, i.updated, i.skipped, i.invalid, i.kept, i.checked, i.cause, i.error, i.claims, i.actor, i.created_at, i.started_at, i.finished_at, i.undone_at,
	i.state IN ('DONE', 'FAILED', 'RUNNING') AND i.source_id IS NOT NULL AND i.created_at > $2 AND NOT EXISTS (SELECT 1 FROM imports x WHERE x.merchant_id = $1 AND x.source_id = i.source_id AND x.id > i.id
		AND x.state IN ('RUNNING', 'DONE', 'FAILED', 'UNDOING'))`

func scanImport(row pgx.CollectableRow) (i relance.Import, err error) {
	var mapping, sample []byte
	err = row.Scan(&i.ID, &i.FileName, &i.Bytes, &i.Format, &i.Encoding, &i.Separator, &i.Header, &sample, &i.What, &mapping, &i.Currency, &i.Country, &i.DayFirst, &i.List, &i.SourceID, &i.ShopID,
		&i.Scope, &i.State, &i.Cursor, &i.Total, &i.Counts.Added, &i.Counts.Updated, &i.Counts.Skipped, &i.Counts.Invalid, &i.Counts.Kept, &i.Checked, &i.Cause, &i.Error, &i.Claims, &i.Actor, &i.CreatedAt,
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
				added = 0, updated = 0, skipped = 0, invalid = 0, kept = 0, next_at = $12, started_at = $12, cause = NULL, error = '' WHERE merchant_id = $1 AND id = $2 AND state IN ('UPLOADED', 'CHECKED')`,
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

// DueImports lists, over all merchants, the imports that nobody is at.
func (s *Store) DueImports(ctx context.Context, now time.Time) ([]relance.ImportTask, error) {
	rows, err := s.system.Query(ctx, `SELECT merchant_id, id, claims FROM imports WHERE state IN ('CHECKING', 'RUNNING', 'UNDOING') AND next_at <= $1 ORDER BY next_at LIMIT 100`, now)
	if err != nil {
		return nil, fmt.Errorf("list due imports: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[relance.ImportTask])
}

// ClaimImport takes an import up until the lease ends; false where somebody else has it.
func (s *Store) ClaimImport(ctx context.Context, t relance.ImportTask, lease time.Duration, now time.Time) (claims int64, mine bool, err error) {
	err = s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `UPDATE imports SET claims = claims + 1, next_at = $5 WHERE merchant_id = $1 AND id = $2 AND claims = $3 AND next_at <= $4
			AND state IN ('CHECKING', 'RUNNING', 'UNDOING') RETURNING claims`, t.MerchantID, t.ID, t.Claims, now, now.Add(lease)).Scan(&claims)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		mine = err == nil
		return err
	})
	return claims, mine, err
}

// KeepImport says that its worker lives, or with no lease that it lets go.
func (s *Store) KeepImport(ctx context.Context, t relance.ImportTask, lease time.Duration, now time.Time) error {
	return s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE imports SET next_at = $4 WHERE merchant_id = $1 AND id = $2 AND claims = $3`, t.MerchantID, t.ID, t.Claims, now.Add(lease))
		return err
	})
}

// FailImport ends an import that cannot go on.
func (s *Store) FailImport(ctx context.Context, t relance.ImportTask, cause *relance.Sentence, now time.Time) error {
	return s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE imports SET state = 'FAILED', cause = $4, error = $5, finished_at = $6 WHERE merchant_id = $1 AND id = $2 AND claims = $3 AND state IN ('CHECKING', 'RUNNING')`,
			t.MerchantID, t.ID, t.Claims, cause, cause.String(), now)
		return err
	})
}

// ImportPage is some rows of a spreadsheet.
type ImportPage struct {
	From, To  int64 // rows read before and after
	Dry       bool
	Done      bool
	Customers []relance.Customer
	Orders    []relance.Order
	Lines     []int64    // of the customers or orders
	Cells     [][]string // likewise
	Skipped   int64
	Invalid   []relance.ImportError
	Seen      map[string]bool // of a dry run: the ids of earlier pages
}

// StoreImportPage stores the rows and how far the file is read in one transaction; false where somebody
// else did, or the import is no longer wanted.
func (s *Store) StoreImportPage(ctx context.Context, t relance.ImportTask, p ImportPage, lease time.Duration, now time.Time) (stored bool, err error) {
	err = s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		state := "RUNNING"
		if p.Dry {
			state = "CHECKING"
		}
		w := &importer{writer: writer{tx: tx, merchant: t.MerchantID, now: now}, id: t.ID}
		var created time.Time
		err := tx.QueryRow(ctx, `UPDATE imports SET cursor = $5, next_at = $7 WHERE merchant_id = $1 AND id = $2 AND claims = $3 AND cursor = $4 AND state = $6
			RETURNING source_id, shop_id, scope, actor, created_at`, t.MerchantID, t.ID, t.Claims, p.From, p.To, state, now.Add(lease)).Scan(&w.source, &w.shop, &w.scope, &w.actor, &created)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("move import: %w", err)
		}
		stored = true
		counts := relance.ImportCounts{Skipped: p.Skipped, Invalid: int64(len(p.Invalid))}
		if err := w.page(ctx, &p, &counts); err != nil {
			return err
		}
		if err := w.keepErrors(ctx, p.Invalid); err != nil {
			return err
		}
		return w.count(ctx, counts, &p)
	})
	return stored && err == nil, err
}

// importer writes pages of one import.
type importer struct {
	writer
	id    uuid.UUID
	shop  *uuid.UUID
	scope []uuid.UUID
	actor string
}

func (w *importer) page(ctx context.Context, p *ImportPage, counts *relance.ImportCounts) error {
	var out Upsert
	var err error
	if len(p.Orders) > 0 {
		out, err = w.importOrders(ctx, p)
	} else if len(p.Customers) > 0 {
		out, err = w.importCustomers(ctx, p)
	}
	if err != nil {
		return err
	}
	for _, i := range out.Left {
		p.Invalid = append(p.Invalid, relance.ImportError{Line: p.Lines[i], Field: "consent", Cause: relance.Say("CONSENT_LEFT"), Stored: true, Cells: p.Cells[i]})
	}
	counts.Added, counts.Updated, counts.Kept = int64(out.Added), int64(out.Updated), int64(len(out.Left))
	counts.Skipped += int64(out.Unchanged)
	return nil
}

func (w *importer) importOrders(ctx context.Context, p *ImportPage) (out Upsert, err error) {
	key := func(o *relance.Order) (string, *relance.Version) { return o.ExternalID, &o.Version }
	if p.Dry {
		_, err = differing(ctx, &w.writer, "orders", p.Orders, key, &out)
		return out, err
	}
	if out, err = w.foreignOrders(ctx, w.shop, p.Orders); err != nil {
		return out, err
	}
	return out, w.remember(ctx, &out)
}

// importCustomers leaves out rows that say nothing new of somebody known, and stores the rest: beside
// the profile that a row names by its id, else by whatever it is recognised by.
func (w *importer) importCustomers(ctx context.Context, p *ImportPage) (out Upsert, err error) {
	found, err := w.known(ctx, p.Customers)
	if err != nil {
		return out, err
	}
	own, err := w.live(ctx, p.Customers)
	if err != nil {
		return out, err
	}
	var list []relance.Customer
	var at []int
	matched := map[string]bool{}
	for i := range p.Customers {
		c := &p.Customers[i]
		k := found[i]
		if k != nil && !own[c.ExternalID] && k.says(c) {
			out.Unchanged++
			continue
		}
		matched[c.ExternalID] = k != nil && !own[c.ExternalID] || p.Seen[c.ExternalID]
		list, at = append(list, *c), append(at, i)
	}
	var done Upsert
	if p.Dry {
		done, err = w.dry(ctx, list)
	} else {
		done, err = w.foreignCustomers(ctx, w.shop, list)
	}
	if err != nil {
		return out, err
	}
	for _, c := range done.Customers {
		if matched[c.ExternalID] { // new here, and somebody known
			done.Added--
			done.Updated++
		}
		if p.Seen != nil {
			p.Seen[c.ExternalID] = true
		}
	}
	done.Unchanged += out.Unchanged
	for i := range done.Left {
		done.Left[i] = at[done.Left[i]]
	}
	if p.Dry {
		return done, nil
	}
	if err := w.tieTo(ctx, p.Customers, found); err != nil {
		return done, err
	}
	return done, w.remember(ctx, &done)
}

// dry counts what would be stored.
func (w *importer) dry(ctx context.Context, list []relance.Customer) (out Upsert, err error) {
	if _, out.Left, err = w.mayBeSaid(ctx, list); err != nil {
		return out, err
	}
	bare := make([]relance.Customer, len(list))
	for i := range list {
		bare[i] = list[i]
		bare[i].Consents = nil
	}
	out.Customers, err = differing(ctx, &w.writer, "customers", bare, func(c *relance.Customer) (string, *relance.Version) { return c.ExternalID, &c.Version }, &out)
	return out, err
}

// live tells which of the customers have a record in the list already.
func (w *importer) live(ctx context.Context, list []relance.Customer) (map[string]bool, error) {
	rows, err := w.tx.Query(ctx, `SELECT external_id FROM customers WHERE merchant_id = $1 AND source_id = $2 AND external_id = ANY($3) AND deleted_at IS NULL`,
		w.merchant, w.source, column(list, func(c *relance.Customer) string { return c.ExternalID }))
	if err != nil {
		return nil, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	out := make(map[string]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

// tieTo keeps records with the profiles that their rows name by id, whatever they share.
func (w *importer) tieTo(ctx context.Context, list []relance.Customer, found map[int]*knownPerson) error {
	for i := range list {
		k := found[i]
		if k == nil || !k.named {
			continue
		}
		if _, err := w.tx.Exec(ctx, `INSERT INTO decisions (merchant_id, customer_a, customer_b, verdict, into_home, actor, at)
			SELECT $1, least(i.customer_id, c.id), greatest(i.customer_id, c.id), 'TOGETHER', $2, $3, $4 FROM identities i, customers c
			WHERE i.merchant_id = $1 AND i.home_profile_id = $2 AND c.merchant_id = $1 AND c.source_id = $5 AND c.external_id = $6 AND c.id <> i.customer_id
				AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.merchant_id = $1 AND d.customer_a = least(i.customer_id, c.id) AND d.customer_b = greatest(i.customer_id, c.id))`,
			w.merchant, k.ID, w.actor, w.now, w.source, list[i].ExternalID); err != nil {
			return fmt.Errorf("tie to the profile: %w", err)
		}
	}
	return nil
}

// remember keeps what was written, for undoing.
func (w *importer) remember(ctx context.Context, out *Upsert) error {
	var kinds, ids []string
	var records [][]byte
	add := func(kind, id string, record any) error {
		b, err := json.Marshal(record)
		kinds, ids, records = append(kinds, kind), append(ids, id), append(records, b)
		return err
	}
	for i := range out.Customers {
		if err := add("customers", out.Customers[i].ExternalID, &out.Customers[i]); err != nil {
			return err
		}
	}
	for i := range out.Orders {
		if err := add("orders", out.Orders[i].ExternalID, &out.Orders[i]); err != nil {
			return err
		}
	}
	_, err := w.tx.Exec(ctx, `INSERT INTO import_records (merchant_id, source_id, kind, external_id, import_id, record) SELECT $1, $2, k, x, $3, r FROM unnest($4::text[], $5::text[], $6::jsonb[]) t(k, x, r)
		ON CONFLICT (merchant_id, source_id, kind, external_id, import_id) DO UPDATE SET record = excluded.record`, w.merchant, w.source, w.id, kinds, ids, records)
	if err != nil {
		return fmt.Errorf("remember what was written: %w", err)
	}
	return nil
}

func (w *importer) keepErrors(ctx context.Context, list []relance.ImportError) error {
	if len(list) == 0 {
		return nil
	}
	b := &pgx.Batch{}
	for _, e := range list {
		b.Queue(`INSERT INTO import_errors (merchant_id, import_id, line, field, cause, stored, cells) SELECT $1, $2, $3, $4, $5, $6, $7
			WHERE (SELECT invalid + kept FROM imports WHERE merchant_id = $1 AND id = $2) < $8 ON CONFLICT DO NOTHING`, w.merchant, w.id, e.Line, e.Field, e.Cause, e.Stored, notNil(e.Cells), mostImportErrors)
	}
	if err := w.tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("keep errors of an import: %w", err)
	}
	return nil
}

// count adds up, and ends the import with its last page. The file goes once it is imported.
func (w *importer) count(ctx context.Context, c relance.ImportCounts, p *ImportPage) error {
	if _, err := w.tx.Exec(ctx, `UPDATE imports SET added = added + $3, updated = updated + $4, skipped = skipped + $5, invalid = invalid + $6, kept = kept + $7 WHERE merchant_id = $1 AND id = $2`,
		w.merchant, w.id, c.Added, c.Updated, c.Skipped, c.Invalid, c.Kept); err != nil || !p.Done {
		return err
	}
	if p.Dry {
		_, err := w.tx.Exec(ctx, `UPDATE imports SET state = 'CHECKED', total = cursor, checked = jsonb_build_object('added', added, 'updated', updated, 'skipped', skipped, 'invalid', invalid, 'kept', kept)
			WHERE merchant_id = $1 AND id = $2`, w.merchant, w.id)
		return err
	}
	if _, err := w.tx.Exec(ctx, `DELETE FROM import_parts WHERE merchant_id = $1 AND import_id = $2`, w.merchant, w.id); err != nil {
		return err
	}
	_, err := w.tx.Exec(ctx, `UPDATE imports SET state = 'DONE', total = cursor, finished_at = $3, sample = '[]' WHERE merchant_id = $1 AND id = $2`, w.merchant, w.id, w.now)
	return err
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
func (s *Store) UndoImportPage(ctx context.Context, t relance.ImportTask, lease time.Duration, now time.Time) (done bool, err error) {
	err = s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		w := &writer{tx: tx, merchant: t.MerchantID, now: now}
		if err := tx.QueryRow(ctx, `UPDATE imports SET next_at = $4 WHERE merchant_id = $1 AND id = $2 AND claims = $3 AND state = 'UNDOING' RETURNING source_id`,
			t.MerchantID, t.ID, t.Claims, now.Add(lease)).Scan(&w.source); err != nil {
			return notFound(err, "import")
		}
		rows, err := tx.Query(ctx, `WITH taken AS (DELETE FROM import_records WHERE (merchant_id, import_id) = ($1, $2) AND (kind, external_id) IN
				(SELECT kind, external_id FROM import_records WHERE merchant_id = $1 AND import_id = $2 ORDER BY kind DESC, external_id LIMIT 500) RETURNING source_id, kind, external_id)
			SELECT t.kind, t.external_id, b.record AS before, b.created_at AS at FROM taken t LEFT JOIN LATERAL (SELECT r.record, i.created_at FROM import_records r JOIN imports i ON i.merchant_id = $1 AND i.id = r.import_id
				WHERE r.merchant_id = $1 AND r.source_id = t.source_id AND r.kind = t.kind AND r.external_id = t.external_id AND r.import_id < $2 ORDER BY r.import_id DESC LIMIT 1) b ON true`, t.MerchantID, t.ID)
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
	for _, u := range list { // as of then again, or it would speak before what shops said since
		if u.At != nil {
			if _, err := w.tx.Exec(ctx, `UPDATE `+u.Kind+` SET source_updated_at = $4, read_at = $4 WHERE merchant_id = $1 AND source_id = $2 AND external_id = $3`, w.merchant, w.source, u.ExternalID, *u.At); err != nil {
				return err
			}
		}
	}
	for kind, ids := range gone {
		if err := w.gone(ctx, &Gone{Kind: relance.Kind(strings.ToUpper(kind)), IDs: ids}); err != nil {
			return err
		}
	}
	return nil
}
