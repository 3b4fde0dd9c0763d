package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
	"github.com/relance/relance/identity"
)

// ImportPage is some rows of a spreadsheet.
type ImportPage struct {
	From, To  int64 // rows read before and after
	Dry       bool
	Done      bool
	Customers []relance.Customer
	Keys      [][]identity.Key // by which the customers are recognised
	Orders    []relance.Order
	Lines     []int64    // of the customers or orders
	Cells     [][]string // likewise
	Skipped   int64
	Invalid   []relance.ImportError
	Seen      map[string]bool // of a dry run: the ids of earlier pages
	found     []*knownPerson  // whom the customers are about, or nil; see MatchImportPage
}

// MatchImportPage finds out whom the customers of a page are about, before it is stored. scope are the shops
// whose customers whoever imports may know of, nil: all.
func (s *Store) MatchImportPage(ctx context.Context, m uuid.UUID, scope []uuid.UUID, p *ImportPage) error {
	if len(p.Customers) == 0 {
		return nil
	}
	return s.inFactTx(ctx, m, func(tx pgx.Tx) (err error) {
		p.found, err = (&matcher{tx: tx, merchant: m, scope: scope}).known(ctx, p.Customers, p.Keys)
		return err
	})
}

// StoreImportPage stores the rows of a page that was matched, and how far the file is read in one transaction; false where somebody
// else did, or the import is no longer wanted.
func (s *Store) StoreImportPage(ctx context.Context, t relance.Claim, p ImportPage, lease time.Duration, now time.Time) (stored bool, err error) {
	err = s.inFactTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		state := "RUNNING"
		if p.Dry {
			state = "CHECKING"
		}
		if _, err := tx.Exec(ctx, commitSoon); err != nil {
			return err
		}
		w := &importer{writer: *s.writer(tx, t.MerchantID, uuid.Nil, now), id: t.ID}
		err := tx.QueryRow(ctx, `UPDATE imports SET cursor = $5, next_at = $7 WHERE merchant_id = $1 AND id = $2 AND claims = $3 AND cursor = $4 AND state = $6
			RETURNING source_id, shop_id, actor`, t.MerchantID, t.ID, t.Claims, p.From, p.To, state, now.Add(lease)).Scan(&w.source, &w.shop, &w.actor)
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
		if err := w.count(ctx, counts, &p); err != nil {
			return err
		}
		// What was written is counted at once, not within the next seconds: see Store.LearnGrownTables. Until it has
		// looked, each row's foreign key is checked by a plan that was made for an empty table.
		_, err = tx.Exec(ctx, "SELECT pg_stat_force_next_flush()")
		return err
	})
	return stored && err == nil, err
}

// importer writes pages of one import.
type importer struct {
	writer
	id    uuid.UUID
	shop  *uuid.UUID
	actor string
}

func (w *importer) page(ctx context.Context, p *ImportPage, counts *relance.ImportCounts) error {
	var out Upsert
	var err error
	invalid := len(p.Invalid)
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
	kept, left, err := w.withoutErasedRows(ctx, p.Invalid)
	if err != nil {
		return err
	}
	p.Invalid = kept
	counts.Erased = int64(len(out.Erased) + left)
	counts.Invalid = int64(invalid - left)
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
	if err := w.leaveErased(ctx, p, &out); err != nil {
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
		k := p.found[i]
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
	done.Erased = out.Erased
	for i := range done.Left {
		done.Left[i] = at[done.Left[i]]
	}
	if p.Dry {
		return done, nil
	}
	if err := w.tieTo(ctx, p.Customers, p.found); err != nil {
		return done, err
	}
	return done, w.remember(ctx, &done)
}

// leaveErased takes the rows about people who were erased out of the page.
func (w *importer) leaveErased(ctx context.Context, p *ImportPage, out *Upsert) error {
	_, gone, err := w.withoutErased(ctx, p.Customers)
	if err != nil || len(gone) == 0 {
		return err
	}
	n := 0
	for i := range p.Customers {
		if gone[i] {
			out.Erased = append(out.Erased, i)
			continue
		}
		p.Customers[n], p.found[n], p.Lines[n], p.Cells[n] = p.Customers[i], p.found[i], p.Lines[i], p.Cells[i]
		n++
	}
	p.Customers, p.found, p.Lines, p.Cells = p.Customers[:n], p.found[:n], p.Lines[:n], p.Cells[:n]
	return nil
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
	fresh, err := differing(ctx, &w.writer, "customers", bare, func(c *relance.Customer) (string, *relance.Version) { return c.ExternalID, &c.Version }, &out)
	out.Customers, _ = records(fresh)
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
func (w *importer) tieTo(ctx context.Context, list []relance.Customer, found []*knownPerson) error {
	var homes []uuid.UUID
	var ids []string
	for i := range list {
		if k := found[i]; k != nil && k.named {
			homes, ids = append(homes, k.ID), append(ids, list[i].ExternalID)
		}
	}
	if len(homes) == 0 {
		return nil
	}
	if _, err := w.tx.Exec(ctx, `INSERT INTO decisions (merchant_id, customer_a, customer_b, verdict, into_home, actor, at)
		SELECT $1, least(i.customer_id, c.id), greatest(i.customer_id, c.id), 'TOGETHER', t.home, $4, $5 FROM unnest($2::uuid[], $3::text[]) t(home, external_id)
			CROSS JOIN LATERAL (SELECT i.customer_id FROM identities i WHERE i.merchant_id = $1 AND i.home_profile_id = t.home OFFSET 0) i
			CROSS JOIN LATERAL (SELECT c.id FROM customers c WHERE c.merchant_id = $1 AND c.source_id = $6 AND c.external_id = t.external_id AND c.id <> i.customer_id OFFSET 0) c
		ON CONFLICT DO NOTHING`, w.merchant, homes, ids, w.actor, w.now, w.source); err != nil {
		return fmt.Errorf("tie to the profile: %w", err)
	}
	return nil
}

// remember keeps what was written, for undoing.
func (w *importer) remember(ctx context.Context, out *Upsert) error {
	var kinds, ids []string
	for i := range out.Customers {
		kinds, ids = append(kinds, "customers"), append(ids, out.Customers[i].ExternalID)
	}
	for i := range out.Orders {
		kinds, ids = append(kinds, "orders"), append(ids, out.Orders[i].ExternalID)
	}
	_, err := w.tx.Exec(ctx, `INSERT INTO import_records (merchant_id, import_id, kind, external_id, record) SELECT $1, $2, k, x, r FROM unnest($3::text[], $4::text[], $5::json[]) t(k, x, r)
		ON CONFLICT (merchant_id, import_id, kind, external_id) DO UPDATE SET record = excluded.record`, w.merchant, w.id, kinds, ids, slices.Concat(out.customerDocs, out.orderDocs))
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
	if _, err := w.tx.Exec(ctx, `UPDATE imports SET added = added + $3, updated = updated + $4, skipped = skipped + $5, invalid = invalid + $6, kept = kept + $7, erased = erased + $8 WHERE merchant_id = $1 AND id = $2`,
		w.merchant, w.id, c.Added, c.Updated, c.Skipped, c.Invalid, c.Kept, c.Erased); err != nil || !p.Done {
		return err
	}
	if p.Dry {
		_, err := w.tx.Exec(ctx, `UPDATE imports SET state = 'CHECKED', total = cursor, checked = jsonb_build_object('added', added, 'updated', updated, 'skipped', skipped, 'invalid', invalid, 'kept', kept, 'erased', erased)
			WHERE merchant_id = $1 AND id = $2`, w.merchant, w.id)
		return err
	}
	if _, err := w.tx.Exec(ctx, `DELETE FROM import_parts WHERE merchant_id = $1 AND import_id = $2`, w.merchant, w.id); err != nil {
		return err
	}
	_, err := w.tx.Exec(ctx, `UPDATE imports SET state = 'DONE', total = cursor, finished_at = $3, sample = '[]' WHERE merchant_id = $1 AND id = $2`, w.merchant, w.id, w.now)
	return err
}
