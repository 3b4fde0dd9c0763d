package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// customers stores customers with their addresses and messages, and notes their consents.
func (w *writer) customers(ctx context.Context, list []relance.Customer) error {
	list, _, err := w.withoutErased(ctx, list)
	if err != nil || len(list) == 0 {
		return err
	}
	facts := toFacts(list, func(c *relance.Customer) (string, *relance.Version) { return c.ExternalID, &c.Version })
	facts, touched, err := changed(ctx, w, "customers", facts)
	if err != nil {
		return err
	}
	if err := w.writeCustomers(ctx, facts); err != nil {
		return err
	}
	return w.consentsOf(ctx, list, append(facts, touched...))
}

// consentsOf notes the consents read with the customers that moved, older versions of them
// too: their words count as of when they were read.
func (w *writer) consentsOf(ctx context.Context, list []relance.Customer, moved []fact[relance.Customer]) error {
	if len(moved) == 0 {
		return nil
	}
	known, err := w.stored(ctx, "customers", column(moved, func(f *fact[relance.Customer]) string { return f.ExternalID }))
	if err != nil {
		return err
	}
	var entries []consentEntry
	for i := range list {
		if k, ok := known[list[i].ExternalID]; ok {
			entries = appendConsents(entries, k.ID, list[i].Consents, list[i].Version.ReadAt)
		}
	}
	return w.consents(ctx, entries)
}

// writeCustomers stores customers that differ from what is stored.
func (w *writer) writeCustomers(ctx context.Context, facts []fact[relance.Customer]) error {
	if len(facts) == 0 {
		return nil
	}
	done, err := w.upsertCustomers(ctx, facts)
	if err != nil {
		return fmt.Errorf("store customers: %w", err)
	}
	if err := w.dropParts(ctx, "customer_id", ids(done, true), "addresses", "messages"); err != nil {
		return err
	}
	if err := w.insertAddresses(ctx, facts, done); err != nil {
		return fmt.Errorf("store addresses: %w", err)
	}
	if err := w.insertMessages(ctx, facts, done); err != nil {
		return fmt.Errorf("store messages: %w", err)
	}
	if err := w.groups(ctx, facts); err != nil {
		return err
	}
	return w.later(ctx, "CUSTOMER", ids(done, false))
}

func (w *writer) upsertCustomers(ctx context.Context, facts []fact[relance.Customer]) (map[string]written, error) {
	type F = fact[relance.Customer]
	text := func(f func(*relance.Customer) string) []string {
		return column(facts, func(x *F) string { return f(x.Record) })
	}
	tags, err := jsonColumn(facts, func(c *relance.Customer) any { return notNil(c.Tags) })
	if err != nil {
		return nil, err
	}
	return collect(w.tx.Query(ctx, `INSERT INTO customers (merchant_id, source_id, id, external_id, kind, active, email, phone, title,
			first_name, last_name, company, language, birthday, customer_number, group_id, group_name, tags, note, business,
			created_at, source_updated_at, read_at, digest, deleted_at)
		SELECT $1, $2, id, external_id, kind, active, email, phone, title, first_name, last_name, company, language, birthday,
			customer_number, group_id, group_name, CASE WHEN tags = '[]' THEN '{}' ELSE ARRAY(SELECT jsonb_array_elements_text(tags)) END, note, business,
			created_at, source_updated_at, read_at, digest, deleted_at
		FROM unnest($3::uuid[], $4::text[], $5::text[], $6::bool[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
			$12::text[], $13::text[], $14::date[], $15::text[], $16::text[], $17::text[], $18::jsonb[], $19::text[], $20::jsonb[],
			$21::timestamptz[], $22::timestamptz[], $23::timestamptz[], $24::bytea[], $25::timestamptz[])
			AS t(id, external_id, kind, active, email, phone, title, first_name, last_name, company, language, birthday,
			customer_number, group_id, group_name, tags, note, business, created_at, source_updated_at, read_at, digest, deleted_at)
		ON CONFLICT (merchant_id, source_id, external_id) DO UPDATE SET kind = excluded.kind, active = excluded.active,
			email = excluded.email, phone = excluded.phone, title = excluded.title, first_name = excluded.first_name,
			last_name = excluded.last_name, company = excluded.company, language = excluded.language, birthday = excluded.birthday,
			customer_number = excluded.customer_number, group_id = excluded.group_id, group_name = excluded.group_name,
			tags = excluded.tags, note = excluded.note, business = excluded.business, created_at = excluded.created_at,
			source_updated_at = excluded.source_updated_at, read_at = excluded.read_at, digest = excluded.digest,
			deleted_at = excluded.deleted_at`+newerOnly("customers"),
		w.merchant, w.source,
		column(facts, func(*F) uuid.UUID { return newID() }),
		column(facts, func(f *F) string { return f.ExternalID }),
		text(func(c *relance.Customer) string { return string(c.Kind) }),
		column(facts, func(f *F) bool { return f.Record.Active }),
		text(func(c *relance.Customer) string { return c.Email }),
		text(func(c *relance.Customer) string { return c.Phone }),
		text(func(c *relance.Customer) string { return c.Title }),
		text(func(c *relance.Customer) string { return c.FirstName }),
		text(func(c *relance.Customer) string { return c.LastName }),
		text(func(c *relance.Customer) string { return c.Company }),
		text(func(c *relance.Customer) string { return c.Language }),
		column(facts, func(f *F) *time.Time { return f.Record.Birthday }),
		text(func(c *relance.Customer) string { return c.CustomerNumber }),
		text(func(c *relance.Customer) string { return c.GroupID }),
		text(func(c *relance.Customer) string { return c.GroupName }),
		tags,
		text(func(c *relance.Customer) string { return c.Note }),
		column(facts, func(f *F) *relance.Business { return f.Record.Business }),
		column(facts, func(f *F) time.Time { return timeOr(f.Record.CreatedAt, f.Version.ReadAt) }),
		column(facts, func(f *F) time.Time { return f.Version.UpdatedAt }),
		column(facts, func(f *F) time.Time { return f.Version.ReadAt }),
		column(facts, func(f *F) []byte { return f.Digest }),
		column(facts, func(f *F) *time.Time {
			if f.Record.Deleted {
				return &f.Version.UpdatedAt
			}
			return nil
		})))
}

// part is a part of a written record, with the record's id and its own place in it.
type part[P any] struct {
	Owner    uuid.UUID
	Position int
	Part     *P
}

// parts lists the parts of all written records; of parts with the same key in a record
// the first is kept.
func parts[T, P any](facts []fact[T], done map[string]written, of func(*T) []P, key func(*P) string) []part[P] {
	var out []part[P]
	for i := range facts {
		d, ok := done[facts[i].ExternalID]
		if !ok {
			continue
		}
		list := of(facts[i].Record)
		seen := make(map[string]bool, len(list))
		for j := range list {
			if k := key(&list[j]); !seen[k] {
				seen[k] = true
				out = append(out, part[P]{Owner: d.ID, Position: j, Part: &list[j]})
			}
		}
	}
	return out
}

func (w *writer) insertAddresses(ctx context.Context, facts []fact[relance.Customer], done map[string]written) error {
	list := parts(facts, done, func(c *relance.Customer) []relance.Address { return c.Addresses },
		func(a *relance.Address) string { return a.ExternalID })
	if len(list) == 0 {
		return nil
	}
	text := func(f func(*relance.Address) string) []string {
		return column(list, func(p *part[relance.Address]) string { return f(p.Part) })
	}
	_, err := w.tx.Exec(ctx, `INSERT INTO addresses (merchant_id, customer_id, position, external_id, kind, first_name, last_name,
			company, line1, line2, postal_code, city, region, country_code, phone, vat_number)
		SELECT $1, * FROM unnest($2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
			$10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[])`,
		w.merchant,
		column(list, func(p *part[relance.Address]) uuid.UUID { return p.Owner }),
		column(list, func(p *part[relance.Address]) int { return p.Position }),
		text(func(a *relance.Address) string { return a.ExternalID }),
		text(func(a *relance.Address) string { return string(a.Kind) }),
		text(func(a *relance.Address) string { return a.FirstName }),
		text(func(a *relance.Address) string { return a.LastName }),
		text(func(a *relance.Address) string { return a.Company }),
		text(func(a *relance.Address) string { return a.Line1 }),
		text(func(a *relance.Address) string { return a.Line2 }),
		text(func(a *relance.Address) string { return a.PostalCode }),
		text(func(a *relance.Address) string { return a.City }),
		text(func(a *relance.Address) string { return a.Region }),
		text(func(a *relance.Address) string { return a.CountryCode }),
		text(func(a *relance.Address) string { return a.Phone }),
		text(func(a *relance.Address) string { return a.VATNumber }))
	return err
}

func (w *writer) insertMessages(ctx context.Context, facts []fact[relance.Customer], done map[string]written) error {
	list := parts(facts, done, func(c *relance.Customer) []relance.Message { return c.Messages },
		func(m *relance.Message) string { return m.ExternalID })
	if len(list) == 0 {
		return nil
	}
	type P = part[relance.Message]
	_, err := w.tx.Exec(ctx, `INSERT INTO messages (merchant_id, customer_id, external_id, thread_id, from_customer, private, body, at, order_id)
		SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bool[], $6::bool[], $7::text[], $8::timestamptz[], $9::text[])`,
		w.merchant,
		column(list, func(p *P) uuid.UUID { return p.Owner }),
		column(list, func(p *P) string { return p.Part.ExternalID }),
		column(list, func(p *P) string { return p.Part.ThreadID }),
		column(list, func(p *P) bool { return p.Part.FromCustomer }),
		column(list, func(p *P) bool { return p.Part.Private }),
		column(list, func(p *P) string { return p.Part.Text }),
		column(list, func(p *P) time.Time { return p.Part.At }),
		column(list, func(p *P) string { return p.Part.OrderID }))
	return err
}

// groups remembers the names of the groups the customers are in.
func (w *writer) groups(ctx context.Context, facts []fact[relance.Customer]) error {
	names := map[string]string{}
	for _, f := range facts {
		if f.Record.GroupID != "" && f.Record.GroupName != "" {
			names[f.Record.GroupID] = f.Record.GroupName
		}
	}
	for _, id := range sortedKeys(names) {
		_, err := w.tx.Exec(ctx, `INSERT INTO customer_groups (merchant_id, source_id, external_id, name) VALUES ($1, $2, $3, $4)
			ON CONFLICT (merchant_id, source_id, external_id) DO UPDATE SET name = excluded.name
			WHERE customer_groups.name <> excluded.name`, w.merchant, w.source, id, names[id])
		if err != nil {
			return fmt.Errorf("store groups: %w", err)
		}
	}
	return nil
}
