package store

import (
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

// person is a customer record as identity resolution sees it.
type person struct {
	ID             uuid.UUID
	SourceID       uuid.UUID
	ExternalID     string
	Email          string
	Phone          string
	Title          string
	FirstName      string
	LastName       string
	Company        string
	Language       string
	Birthday       *time.Time
	CustomerNumber string
	CreatedAt      time.Time
	UpdatedAt      time.Time
	Deleted        bool
	Typed          bool       // by people of the merchant: it speaks before the shops
	Home           *uuid.UUID // nil: new
	Profile        *uuid.UUID
	MatchedBy      *identity.KeyKind
	Addresses      []relance.Address
	MoreEmails     []string
	MorePhones     []string
	fresh          bool // had no home
}

// natural is the record's stable name: the same in whatever order records arrive.
func (p *person) natural() string { return p.SourceID.String() + "/" + p.ExternalID }

// resolve finds out anew who the changed customers are, together with everybody who
// shares a key with them, and writes the differences.
func (d *deriver) resolve(ctx context.Context, changed []uuid.UUID, dirty map[uuid.UUID]bool) error {
	people, err := d.people(ctx, changed)
	if err != nil {
		return err
	}
	former, err := d.dropKeys(ctx, people)
	if err != nil {
		return err
	}
	keys := keyRows(people)
	others, theirs, shared, err := d.circle(ctx, changed, former, keys)
	if err != nil {
		return err
	}
	if len(others) > 0 {
		more, err := d.people(ctx, others)
		if err != nil {
			return err
		}
		people = append(people, more...)
		slices.SortFunc(people, func(a, b person) int { return strings.Compare(a.natural(), b.natural()) })
	}
	decisions, err := d.decisions(ctx, people)
	if err != nil {
		return err
	}
	stored := make(chan error, 1) // the database stores keys while this process finds out who is who
	go func() { stored <- d.insertKeys(ctx, keys) }()
	groups := partition(people, slices.Concat(keys, theirs), shared, decisions)
	profiles, moves := assign(people, groups, decisions, dirty)
	if err := <-stored; err != nil {
		return err
	}
	if err := d.writeProfiles(ctx, profiles); err != nil {
		return err
	}
	return d.writeMoves(ctx, moves, dirty)
}

// people reads customers with their addresses and identities.
func (d *deriver) people(ctx context.Context, ids []uuid.UUID) ([]person, error) {
	rows, err := d.tx.Query(ctx, `SELECT c.id, c.source_id, c.external_id, c.email, c.phone, c.title, c.first_name, c.last_name, c.company,
			c.language, c.birthday, c.customer_number, c.created_at, c.source_updated_at AS updated_at, c.deleted_at IS NOT NULL AS deleted, c.kind = 'MANUAL' AS typed,
			CASE WHEN c.kind = 'MANUAL' THEN ARRAY(SELECT x.value FROM contacts x WHERE x.merchant_id = $1 AND x.customer_id = c.id AND x.kind = 'EMAIL' ORDER BY x.position) END AS more_emails,
			CASE WHEN c.kind = 'MANUAL' THEN ARRAY(SELECT x.value FROM contacts x WHERE x.merchant_id = $1 AND x.customer_id = c.id AND x.kind = 'PHONE' ORDER BY x.position) END AS more_phones,
			i.home_profile_id AS home, i.profile_id AS profile, i.matched_by
		FROM customers c LEFT JOIN identities i ON i.merchant_id = $1 AND i.customer_id = c.id
		WHERE c.merchant_id = $1 AND c.id = ANY($2) ORDER BY c.source_id, c.external_id`, d.merchant, ids)
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	people, err := pgx.CollectRows(rows, pgx.RowToStructByNameLax[person])
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	at := make(map[uuid.UUID]int, len(people))
	for i := range people {
		at[people[i].ID] = i
	}
	rows, err = d.tx.Query(ctx, `SELECT customer_id, first_name, last_name, company, line1, line2, postal_code, city, country_code, phone FROM addresses
		WHERE merchant_id = $1 AND customer_id = ANY($2) ORDER BY customer_id, position`, d.merchant, ids)
	if err != nil {
		return nil, fmt.Errorf("read addresses: %w", err)
	}
	var owner uuid.UUID
	var a relance.Address
	_, err = pgx.ForEachRow(rows, []any{&owner, &a.FirstName, &a.LastName, &a.Company, &a.Line1, &a.Line2, &a.PostalCode, &a.City, &a.CountryCode, &a.Phone}, func() error {
		p := &people[at[owner]]
		p.Addresses = append(p.Addresses, a)
		return nil
	})
	return people, err
}

func (p *person) keys() []identity.Key {
	c := relance.Customer{Email: p.Email, Phone: p.Phone, FirstName: p.FirstName, LastName: p.LastName,
		CustomerNumber: p.CustomerNumber, Addresses: p.Addresses, MoreEmails: p.MoreEmails, MorePhones: p.MorePhones}
	return identity.Keys(&c, "")
}

// keyRow is a stored key.
type keyRow struct {
	Kind       identity.KeyKind
	Value      string
	Name       string
	CustomerID uuid.UUID
}

// bare is the key whoever holds it.
func (k *keyRow) bare() identity.Key { return identity.Key{Kind: k.Kind, Value: k.Value} }

// dropKeys removes the keys that the people had, and gives them.
func (d *deriver) dropKeys(ctx context.Context, people []person) ([]keyRow, error) {
	rows, err := d.tx.Query(ctx, `DELETE FROM identity_keys WHERE merchant_id = $1 AND customer_id = ANY($2) RETURNING kind, value, name, customer_id`,
		d.merchant, column(people, func(p *person) uuid.UUID { return p.ID }))
	if err != nil {
		return nil, fmt.Errorf("drop keys: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[keyRow])
}

// keyRows lists the keys that the people have.
func keyRows(people []person) []keyRow {
	out := make([]keyRow, 0, 3*len(people))
	for i := range people {
		for _, k := range people[i].keys() {
			out = append(out, keyRow{Kind: k.Kind, Value: k.Value, Name: k.Name, CustomerID: people[i].ID})
		}
	}
	return out
}

func (d *deriver) insertKeys(ctx context.Context, list []keyRow) error {
	_, err := d.tx.Exec(ctx, `INSERT INTO identity_keys (merchant_id, kind, value, name, customer_id)
		SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::uuid[])`, d.merchant,
		column(list, func(k *keyRow) string { return string(k.Kind) }),
		column(list, func(k *keyRow) string { return k.Value }),
		column(list, func(k *keyRow) string { return k.Name }),
		column(list, func(k *keyRow) uuid.UUID { return k.CustomerID }))
	if err != nil {
		return fmt.Errorf("store keys: %w", err)
	}
	return nil
}

// circle finds everybody whose place may change with the given customers: who shares a
// key with them, who is in one profile with them, whom people decided about, and so on
// from there. Keys held by very many join nobody and are not followed; they are given
// back so that the partition leaves them out. others are those beside the given ones, theirs their keys.
// The keys that the given ones had are gone by now, and those they have not stored yet: whoever is found is
// somebody else, and mostly that is nobody.
func (d *deriver) circle(ctx context.Context, start []uuid.UUID, former, fresh []keyRow) (others []uuid.UUID, theirs []keyRow, shared map[identity.Key]bool, err error) {
	h := &holders{asked: map[identity.Key]bool{}, fresh: map[identity.Key]int{}, former: map[identity.Key]int{}, shared: map[identity.Key]bool{}}
	for _, k := range former {
		h.former[k.bare()]++
	}
	for _, k := range fresh {
		h.fresh[k.bare()]++
	}
	keys := slices.Concat(former, fresh)
	seen := map[uuid.UUID]bool{}
	for _, id := range start {
		seen[id] = true
	}
	frontier := start
	for len(frontier) > 0 {
		var next []uuid.UUID
		add := func(id uuid.UUID) {
			if !seen[id] {
				seen[id] = true
				next = append(next, id)
			}
		}
		if err := h.find(ctx, d, keys, add); err != nil {
			return nil, nil, nil, err
		}
		if err := d.companions(ctx, frontier, add); err != nil {
			return nil, nil, nil, err
		}
		if keys, err = d.storedKeys(ctx, next); err != nil {
			return nil, nil, nil, err
		}
		others, theirs, frontier = append(others, next...), append(theirs, keys...), next
	}
	return others, theirs, h.shared, nil
}

// holders tells who else holds keys of people who change.
type holders struct {
	asked         map[identity.Key]bool
	former, fresh map[identity.Key]int // how many of these people held it, and do now
	shared        map[identity.Key]bool
}

// tooMany is how many others make it a key that joins nobody. One that had few
// holders until it gained these is followed once more: whom it joined must part.
func (h *holders) tooMany(k identity.Key) int {
	const most = identity.MaxHolders + 1 // one more than too many was the last time it mattered
	return most + 1 + max(h.fresh[k]-h.former[k], 0) - h.fresh[k]
}

// find gives who holds the keys that have not been asked for yet.
func (h *holders) find(ctx context.Context, d *deriver, keys []keyRow, add func(uuid.UUID)) error {
	var kinds, values []string
	var limits []int
	for i := range keys {
		k := keys[i].bare()
		if !h.asked[k] {
			h.asked[k] = true
			h.shared[k] = h.tooMany(k) <= 0
			kinds, values, limits = append(kinds, string(k.Kind)), append(values, k.Value), append(limits, max(h.tooMany(k), 0))
		}
	}
	if len(kinds) == 0 {
		return nil
	}
	rows, err := d.tx.Query(ctx, `SELECT k.kind, k.value, h.ids FROM unnest($2::text[], $3::text[], $4::int[]) k(kind, value, n)
		CROSS JOIN LATERAL (SELECT ARRAY(SELECT h.customer_id FROM identity_keys h WHERE h.merchant_id = $1 AND h.kind = k.kind AND h.value = k.value LIMIT k.n) OFFSET 0) h(ids)
		WHERE h.ids <> '{}'`, d.merchant, kinds, values, limits)
	if err != nil {
		return fmt.Errorf("find holders: %w", err)
	}
	var k identity.Key
	var ids []uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&k.Kind, &k.Value, &ids}, func() error {
		if h.shared[k] = len(ids) == h.tooMany(k); h.shared[k] {
			return nil
		}
		for _, id := range ids {
			add(id)
		}
		return nil
	})
	return err
}

// companions finds who is in one profile with the given customers, or was decided to be.
func (d *deriver) companions(ctx context.Context, ids []uuid.UUID, add func(uuid.UUID)) error {
	rows, err := d.tx.Query(ctx, `SELECT j.customer_id FROM identities i JOIN identities j ON j.merchant_id = $1 AND j.profile_id = i.profile_id
			WHERE i.merchant_id = $1 AND i.customer_id = ANY($2)
		UNION SELECT customer_b FROM decisions WHERE merchant_id = $1 AND customer_a = ANY($2) AND verdict = 'TOGETHER'
		UNION SELECT customer_a FROM decisions WHERE merchant_id = $1 AND customer_b = ANY($2) AND verdict = 'TOGETHER'`, d.merchant, ids)
	if err != nil {
		return fmt.Errorf("find companions: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	for _, id := range list {
		add(id)
	}
	return err
}

func (d *deriver) storedKeys(ctx context.Context, ids []uuid.UUID) ([]keyRow, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := d.tx.Query(ctx, `SELECT kind, value, name, customer_id FROM identity_keys WHERE merchant_id = $1 AND customer_id = ANY($2)`, d.merchant, ids)
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[keyRow])
}

// decision is a stored verdict of people.
type decision struct {
	CustomerA, CustomerB uuid.UUID
	Verdict              string
	IntoHome             *uuid.UUID
	At                   time.Time
}

// decisions reads what people decided about each other's records, the latest last.
func (d *deriver) decisions(ctx context.Context, people []person) ([]decision, error) {
	rows, err := d.tx.Query(ctx, `SELECT customer_a, customer_b, verdict, into_home, at FROM decisions
		WHERE merchant_id = $1 AND customer_a = ANY($2) AND customer_b = ANY($2) ORDER BY at, customer_a, customer_b`,
		d.merchant, column(people, func(p *person) uuid.UUID { return p.ID }))
	if err != nil {
		return nil, fmt.Errorf("read decisions: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[decision])
}

// partition runs the pure rule over the circle.
func partition(people []person, keys []keyRow, shared map[identity.Key]bool, decisions []decision) []identity.Group {
	byID := make(map[uuid.UUID]int, len(people))
	records := make([]identity.Record, len(people))
	for i := range people {
		byID[people[i].ID] = i
		records[i].ID = people[i].natural()
	}
	for _, k := range keys {
		if !shared[k.bare()] {
			r := &records[byID[k.CustomerID]]
			r.Keys = append(r.Keys, identity.Key{Kind: k.Kind, Value: k.Value, Name: k.Name})
		}
	}
	verdicts := make([]identity.Verdict, len(decisions))
	for i, v := range decisions {
		verdicts[i] = identity.Verdict{A: people[byID[v.CustomerA]].natural(), B: people[byID[v.CustomerB]].natural(), Together: v.Verdict == "TOGETHER"}
	}
	return identity.Partition(records, verdicts)
}

// survivor chooses the profile that a group's people have in common: the one a person
// chose last in a merge, else the oldest.
func survivor(members []*person, decisions []decision) uuid.UUID {
	homes := map[uuid.UUID]bool{}
	oldest := *members[0].Home
	for _, p := range members {
		homes[*p.Home] = true
		if slices.Compare(p.Home[:], oldest[:]) < 0 {
			oldest = *p.Home
		}
	}
	for _, v := range slices.Backward(decisions) { // latest first
		if v.IntoHome != nil && homes[*v.IntoHome] {
			return *v.IntoHome
		}
	}
	return oldest
}
