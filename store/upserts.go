package store

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
	"github.com/relance/relance/identity"
)

// SourceOf finds the source of a kind that has the name and stands for the shop, or makes it.
func (s *Store) SourceOf(ctx context.Context, m uuid.UUID, kind relance.SourceKind, name string, shop *uuid.UUID) (id uuid.UUID, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		id, err = sourceOf(ctx, tx, m, kind, name, shop)
		return err
	})
	return id, err
}

func sourceOf(ctx context.Context, tx pgx.Tx, m uuid.UUID, kind relance.SourceKind, name string, shop *uuid.UUID) (id uuid.UUID, err error) {
	err = tx.QueryRow(ctx, `INSERT INTO sources AS s (merchant_id, id, kind, name, shop_id) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (merchant_id, kind, name, coalesce(shop_id, '00000000-0000-0000-0000-000000000000')) WHERE kind IN ('API', 'IMPORT')
		DO UPDATE SET name = s.name RETURNING id`, m, newID(), kind, name, shop).Scan(&id)
	if err != nil {
		return id, fmt.Errorf("find source: %w", err)
	}
	return id, nil
}

// Upsert is what became of records that were sent or imported: of each one, by its place in the list.
type Upsert struct {
	Added     int
	Updated   int
	Unchanged int
	Left      []int // places of customers of whom a consent was not taken: they left
	Erased    []int // places of records about people who were erased: customers are left out, orders stored without them
	// What was written, and as it is remembered.
	Customers    []relance.Customer
	Orders       []relance.Order
	customerDocs [][]byte
	orderDocs    [][]byte
}

// UpsertCustomers stores customers of a source that is no shop. Consents only reach who never left.
func (s *Store) UpsertCustomers(ctx context.Context, m, source uuid.UUID, shop *uuid.UUID, list []relance.Customer, now time.Time) (out Upsert, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		w := s.writer(tx, m, source, now)
		kept, gone, err := w.withoutErased(ctx, list)
		if err != nil {
			return err
		}
		if out, err = w.foreignCustomers(ctx, shop, kept); err != nil {
			return err
		}
		at := make([]int, 0, len(kept))
		for i := range list {
			if gone[i] {
				out.Erased = append(out.Erased, i)
			} else {
				at = append(at, i)
			}
		}
		for i := range out.Left {
			out.Left[i] = at[out.Left[i]]
		}
		return nil
	})
	return out, err
}

// UpsertOrders stores orders of a source that is no shop. One that names nobody but an e-mail address
// is of a guest with it.
func (s *Store) UpsertOrders(ctx context.Context, m, source uuid.UUID, shop *uuid.UUID, list []relance.Order, now time.Time) (out Upsert, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		w := s.writer(tx, m, source, now)
		out, err = w.foreignOrders(ctx, shop, list)
		return err
	})
	return out, err
}

// foreignCustomers stores what differs of customers of whom none was erased. Consents are kept beside the records, so that a repeat of a
// record is one whatever somebody said meanwhile.
func (w *writer) foreignCustomers(ctx context.Context, shop *uuid.UUID, list []relance.Customer) (out Upsert, err error) {
	var said []relance.ConsentChange
	if said, out.Left, err = w.mayBeSaid(ctx, list); err != nil {
		return out, err
	}
	bare := make([]relance.Customer, len(list))
	for i := range list {
		bare[i] = list[i]
		bare[i].Consents = nil
	}
	fresh, err := differing(ctx, w, "customers", bare, func(c *relance.Customer) (string, *relance.Version) { return c.ExternalID, &c.Version }, &out)
	if err != nil {
		return out, err
	}
	if err := w.writeCustomers(ctx, fresh); err != nil {
		return out, err
	}
	out.Customers, out.customerDocs = records(fresh)
	if shop != nil {
		if _, err := w.tx.Exec(ctx, `UPDATE customers SET shop_id = $4 WHERE merchant_id = $1 AND source_id = $2 AND external_id = ANY($3) AND shop_id IS DISTINCT FROM $4`,
			w.merchant, w.source, column(fresh, func(f *fact[relance.Customer]) string { return f.ExternalID }), shop); err != nil {
			return out, fmt.Errorf("note whose customers they are: %w", err)
		}
	}
	return out, w.consentChanges(ctx, said)
}

// foreignOrders stores what differs, and the guests whose orders they are.
func (w *writer) foreignOrders(ctx context.Context, shop *uuid.UUID, list []relance.Order) (out Upsert, err error) {
	if err := w.blankOrders(ctx, list); err != nil {
		return out, err
	}
	if out.Customers, out.customerDocs, err = w.guests(ctx, shop, list); err != nil {
		return out, err
	}
	for i := range list {
		if list[i].Erased {
			out.Erased = append(out.Erased, i)
		}
	}
	fresh, err := differing(ctx, w, "orders", list, func(o *relance.Order) (string, *relance.Version) { return o.ExternalID, &o.Version }, &out)
	if err != nil || len(fresh) == 0 {
		return out, err
	}
	out.Orders, out.orderDocs = records(fresh)
	return out, w.orders(ctx, out.Orders)
}

// guests gives orders that only name an e-mail address to the customer of the source who has it, or to
// a guest of that address.
func (w *writer) guests(ctx context.Context, shop *uuid.UUID, list []relance.Order) (made []relance.Customer, docs [][]byte, err error) {
	owners, err := w.ownersOf(ctx, list)
	if err != nil {
		return nil, nil, err
	}
	met := map[string]bool{}
	var fresh []relance.Customer
	for i := range list {
		o := &list[i]
		if o.CustomerID != "" || o.Email == "" {
			continue
		}
		at := identity.Email(o.Email)
		if o.CustomerID = owners[at]; o.CustomerID != "" {
			continue
		}
		if o.CustomerID = "guest:" + at; at == "" { // an address that stands for nobody
			o.CustomerID = "guest-of-order:" + o.ExternalID
		}
		if !met[o.CustomerID] {
			met[o.CustomerID] = true
			fresh = append(fresh, relance.Customer{ExternalID: o.CustomerID, Version: o.Version, Kind: relance.IdentityGuest, Active: true,
				Email: o.Email, CreatedAt: o.PlacedAt, Language: o.Language})
		}
	}
	stored, err := w.stored(ctx, "customers", column(fresh, func(c *relance.Customer) string { return c.ExternalID }))
	if err != nil {
		return nil, nil, err
	}
	fresh = slices.DeleteFunc(fresh, func(c relance.Customer) bool { return stored[c.ExternalID].ID != uuid.Nil })
	if fresh, _, err = w.withoutErased(ctx, fresh); err != nil {
		return nil, nil, err
	}
	done, err := w.foreignCustomers(ctx, shop, fresh)
	return done.Customers, done.customerDocs, err
}

// ownersOf finds the customers of the source who have the addresses that orders only name.
func (w *writer) ownersOf(ctx context.Context, list []relance.Order) (map[string]string, error) {
	var asked []string
	for i := range list {
		if o := &list[i]; o.CustomerID == "" && o.Email != "" {
			asked = append(asked, identity.Email(o.Email))
		}
	}
	owners := map[string]string{}
	rows, err := w.tx.Query(ctx, `SELECT DISTINCT ON (k.value) k.value, c.external_id FROM identity_keys k JOIN customers c ON c.merchant_id = $1 AND c.id = k.customer_id
		WHERE k.merchant_id = $1 AND k.kind = 'EMAIL' AND k.value = ANY($3) AND c.source_id = $2 AND c.deleted_at IS NULL ORDER BY k.value, c.kind, c.external_id`,
		w.merchant, w.source, asked)
	if err != nil {
		return nil, fmt.Errorf("find whose orders they are: %w", err)
	}
	var email, external string
	_, err = pgx.ForEachRow(rows, []any{&email, &external}, func() error {
		owners[email] = external
		return nil
	})
	return owners, err
}

// differing leaves out records that are stored as they are, so that a repeat does not even move their
// versions, and counts what becomes of all.
// Those that are left are in the order of their ids, as every writer takes rows.
func differing[T any](ctx context.Context, w *writer, table string, list []T, key func(*T) (string, *relance.Version), out *Upsert) (fresh []fact[T], err error) {
	facts := toFacts(list, key)
	rows, err := w.tx.Query(ctx, `SELECT external_id, digest, source_updated_at, read_at FROM `+table+` WHERE merchant_id = $1 AND source_id = $2 AND external_id = ANY($3)`,
		w.merchant, w.source, column(facts, func(f *fact[T]) string { return f.ExternalID }))
	if err != nil {
		return nil, fmt.Errorf("read digests of %s: %w", table, err)
	}
	type row struct {
		digest  []byte
		version relance.Version
	}
	stored := map[string]row{}
	var id string
	var r row
	if _, err = pgx.ForEachRow(rows, []any{&id, &r.digest, &r.version.UpdatedAt, &r.version.ReadAt}, func() error {
		stored[id] = row{digest: bytes.Clone(r.digest), version: r.version}
		return nil
	}); err != nil {
		return nil, fmt.Errorf("read digests of %s: %w", table, err)
	}
	out.Unchanged += len(list) - len(facts) // somebody who is named twice: the later one counts
	for _, f := range facts {
		old, known := stored[f.ExternalID]
		switch {
		case !known || len(old.digest) == 0: // or gone
			out.Added++
		case bytes.Equal(old.digest, f.Digest) || older(f.Version, old.version):
			out.Unchanged++
			continue
		default:
			out.Updated++
		}
		fresh = append(fresh, f)
	}
	slices.SortFunc(fresh, func(a, b fact[T]) int { return strings.Compare(a.ExternalID, b.ExternalID) })
	return fresh, nil
}

func records[T any](facts []fact[T]) (list []T, docs [][]byte) {
	return column(facts, func(f *fact[T]) T { return *f.Record }), column(facts, func(f *fact[T]) []byte { return f.JSON })
}

// mayBeSaid lists the consents that may be noted, and the places of customers of whom one may not:
// who withdrew or refused on the channel, at whatever source, or whose address was stopped, is not
// brought back by anybody but themselves.
func (w *writer) mayBeSaid(ctx context.Context, list []relance.Customer) (out []relance.ConsentChange, left []int, err error) {
	gone, err := w.whoLeft(ctx, list)
	if err != nil {
		return nil, nil, err
	}
	for i := range list {
		c := &list[i]
		change := relance.ConsentChange{CustomerID: c.ExternalID, ReadAt: w.now}
		refused := false
		for _, x := range c.Consents {
			if x.Wide() && gone[leaving{i, x.Channel}] {
				refused = true
				continue
			}
			change.Consents = append(change.Consents, x)
		}
		if refused {
			left = append(left, i)
		}
		if len(change.Consents) > 0 {
			out = append(out, change)
		}
	}
	return out, left, nil
}

// leaving is a customer, by their place in a list, and a channel on which they want to hear nothing.
type leaving struct {
	at      int
	channel relance.ConsentChannel
}

// whoLeft finds out who of the customers that bring a yes left before: by what records are recognised
// by, their own record, and the addresses that take no more e-mail.
func (w *writer) whoLeft(ctx context.Context, list []relance.Customer) (map[leaving]bool, error) {
	var at []int
	var kinds, values, names []string
	add := func(i int, kind, value, name string) {
		at, kinds, values, names = append(at, i), append(kinds, kind), append(values, value), append(names, name)
	}
	for i := range list {
		c := &list[i]
		if !brings(c) {
			continue
		}
		add(i, "RECORD", c.ExternalID, "")
		for _, k := range identity.Keys(c, "") {
			add(i, string(k.Kind), k.Value, k.Name)
		}
	}
	if len(at) == 0 {
		return nil, nil
	}
	rows, err := w.tx.Query(ctx, `WITH k AS (SELECT * FROM unnest($2::int[], $3::text[], $4::text[], $5::text[]) AS t(n, kind, value, name)),
		same AS (SELECT k.n, h.customer_id AS id FROM k JOIN identity_keys h ON h.merchant_id = $1 AND h.kind = k.kind AND h.value = k.value
				AND (h.kind IN ('EMAIL', 'CUSTOMER_NUMBER') OR h.name = k.name)
			UNION SELECT k.n, c.id FROM k JOIN customers c ON c.merchant_id = $1 AND c.source_id = $6 AND c.external_id = k.value WHERE k.kind = 'RECORD'),
		all_of AS (SELECT n, id FROM same UNION SELECT s.n, j.customer_id FROM same s JOIN identities i ON i.merchant_id = $1 AND i.customer_id = s.id
			JOIN identities j ON j.merchant_id = $1 AND j.profile_id = i.profile_id)
		SELECT DISTINCT n, channel FROM (SELECT DISTINCT ON (a.n, c.customer_id, c.channel, c.preference, c.controller) a.n, c.channel, c.state FROM all_of a
			JOIN consents c ON c.merchant_id = $1 AND c.customer_id = a.id ORDER BY a.n, c.customer_id, c.channel, c.preference, c.controller, c.recorded_at DESC, c.id DESC) x
		WHERE state IN ('WITHDRAWN', 'REFUSED')
		UNION SELECT k.n, 'EMAIL' FROM k JOIN stopped_addresses s ON s.merchant_id = $1 AND s.address = k.value AND s.lifted_at IS NULL WHERE k.kind = 'EMAIL'
		UNION SELECT a.n, 'LETTER' FROM all_of a JOIN letter_stops l ON l.merchant_id = $1 AND l.customer_id = a.id AND l.reason = 'OBJECTION' AND l.lifted_at IS NULL`,
		w.merchant, at, kinds, values, names, w.source)
	if err != nil {
		return nil, fmt.Errorf("find who left: %w", err)
	}
	gone := map[leaving]bool{}
	var l leaving
	_, err = pgx.ForEachRow(rows, []any{&l.at, &l.channel}, func() error {
		gone[l] = true
		return nil
	})
	return gone, err
}

// brings reports whether somebody said yes, as the record has it.
func brings(c *relance.Customer) bool {
	for i := range c.Consents {
		if c.Consents[i].Wide() {
			return true
		}
	}
	return false
}
