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

// knownPerson is what is known of somebody whom a row of a spreadsheet is about.
type knownPerson struct {
	ID        uuid.UUID
	FirstName string
	LastName  string
	Company   string
	Title     string
	Language  string
	Birthday  *time.Time
	CreatedAt time.Time
	Emails    []string
	Phones    []string
	Places    []string
	Words     []string // tags, notes, customer numbers
	Vacant    bool     // nothing is left of them: what the row says is news
	named     bool     // the row names the profile by its id
}

// matcher finds out whom rows are about.
type matcher struct {
	tx       pgx.Tx
	merchant uuid.UUID
	scope    []uuid.UUID
}

// known finds the people whom customers are about, by their place in the list: by the id of their profile,
// else by what they are recognised by.
func (m *matcher) known(ctx context.Context, list []relance.Customer, keys [][]identity.Key) ([]*knownPerson, error) {
	out := make([]*knownPerson, len(list))
	profiles, named, err := m.profilesOf(ctx, list, keys)
	if err != nil || len(profiles) == 0 {
		return out, err
	}
	var ids []uuid.UUID
	for _, id := range profiles {
		ids = append(ids, id)
	}
	rows, err := m.tx.Query(ctx, `SELECT p.id, p.merged_into IS NOT NULL AS vacant, p.first_name, p.last_name, p.company, p.title, p.language, p.birthday, p.created_at, x.emails, x.phones, x.places, x.words
		FROM profiles p JOIN LATERAL (SELECT
			array_agg(DISTINCT lower(c.email)) || coalesce(array_agg(DISTINCT lower(k.value)) FILTER (WHERE k.kind = 'EMAIL'), '{}') AS emails,
			array_agg(DISTINCT c.phone) || coalesce(array_agg(DISTINCT k.value) FILTER (WHERE k.kind = 'PHONE'), '{}') || coalesce(array_agg(DISTINCT a.phone) FILTER (WHERE a.phone <> ''), '{}') AS phones,
			coalesce(array_agg(DISTINCT concat_ws(' ', a.company, a.line1, a.line2, a.postal_code, a.city, a.region, a.country_code)) FILTER (WHERE a.line1 IS NOT NULL), '{}') AS places,
			array_agg(DISTINCT c.customer_number) || array_agg(DISTINCT c.note) || array_agg(DISTINCT array_to_string(c.tags, E'\n')) AS words
			FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id LEFT JOIN addresses a ON a.merchant_id = $1 AND a.customer_id = c.id
				LEFT JOIN contacts k ON k.merchant_id = $1 AND k.customer_id = c.id WHERE i.merchant_id = $1 AND i.profile_id = p.id) x ON true
		WHERE p.merchant_id = $1 AND p.id = ANY($2)`, m.merchant, ids)
	if err != nil {
		return nil, fmt.Errorf("read who is known: %w", err)
	}
	people, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByNameLax[knownPerson])
	if err != nil {
		return nil, fmt.Errorf("read who is known: %w", err)
	}
	at := map[uuid.UUID]*knownPerson{}
	for _, p := range people {
		at[p.ID] = p
	}
	for i, id := range profiles {
		if at[id] != nil {
			p := *at[id]
			p.named = named[i]
			out[i] = &p
		}
	}
	return out, nil
}

// profilesOf finds the profiles of customers by their place in the list; named ones by their id.
func (m *matcher) profilesOf(ctx context.Context, list []relance.Customer, keys [][]identity.Key) (profiles map[int]uuid.UUID, named map[int]bool, err error) {
	var at []int
	var kinds, values, names []string
	for i := range list {
		if id, err := uuid.Parse(list[i].ExternalID); err == nil {
			at, kinds, values, names = append(at, i), append(kinds, "PROFILE"), append(values, id.String()), append(names, "")
		}
		for _, k := range keys[i] {
			at, kinds, values, names = append(at, i), append(kinds, string(k.Kind)), append(values, k.Value), append(names, k.Name)
		}
	}
	profiles, named = map[int]uuid.UUID{}, map[int]bool{}
	if len(at) == 0 {
		return profiles, named, nil
	}
	rows, err := m.tx.Query(ctx, `WITH k AS (SELECT * FROM unnest($2::int[], $3::text[], $4::text[], $5::text[]) t(n, kind, value, name)),
		hits AS (SELECT k.n, coalesce(p.merged_into, p.id) AS id, 0 AS rank, true AS named FROM k JOIN profiles p ON p.merchant_id = $1 AND p.id = k.value::uuid WHERE k.kind = 'PROFILE'
			UNION ALL SELECT k.n, i.profile_id, array_position(ARRAY['EMAIL', 'CUSTOMER_NUMBER', 'PHONE', 'ADDRESS'], h.kind), false FROM k
				CROSS JOIN LATERAL (SELECT h.customer_id, h.kind FROM identity_keys h WHERE h.merchant_id = $1 AND h.kind = k.kind AND h.value = k.value
					AND (h.kind IN ('EMAIL', 'CUSTOMER_NUMBER') OR h.name = k.name) LIMIT 20) h
				CROSS JOIN LATERAL (SELECT i.profile_id FROM identities i WHERE i.merchant_id = $1 AND i.customer_id = h.customer_id OFFSET 0) i
				CROSS JOIN LATERAL (SELECT FROM customers c WHERE c.merchant_id = $1 AND c.id = h.customer_id AND c.deleted_at IS NULL OFFSET 0) c WHERE k.kind <> 'PROFILE')
		SELECT DISTINCT ON (n) n, id, named FROM hits WHERE $6::uuid[] IS NULL OR EXISTS (SELECT 1 FROM identities j JOIN customers c ON c.merchant_id = $1 AND c.id = j.customer_id
				WHERE j.merchant_id = $1 AND j.profile_id = hits.id AND (c.source_id = ANY($6) OR c.shop_id = ANY($6))) ORDER BY n, rank, id`, m.merchant, at, kinds, values, names, m.scope)
	if err != nil {
		return nil, nil, fmt.Errorf("find who is known: %w", err)
	}
	var n int
	var id uuid.UUID
	var byID bool
	_, err = pgx.ForEachRow(rows, []any{&n, &id, &byID}, func() error {
		profiles[n], named[n] = id, byID
		return nil
	})
	return profiles, named, err
}

// says reports whether all that the record says is known of the person. An address may be written in
// any order, and a day be one off: it may have been written down in another zone.
func (k *knownPerson) says(c *relance.Customer) bool {
	same := func(a, b string) bool { return a == "" || a == b }
	if k.Vacant || !same(c.FirstName, k.FirstName) || !same(c.LastName, k.LastName) || !same(c.Company, k.Company) || !same(c.Title, k.Title) || !same(c.Language, k.Language) {
		return false
	}
	if c.Birthday != nil && (k.Birthday == nil || !c.Birthday.Equal(*k.Birthday)) || len(c.Consents) > 0 || c.Business != nil {
		return false
	}
	if !c.CreatedAt.IsZero() && c.CreatedAt.Before(k.CreatedAt.Add(-36*time.Hour)) {
		return false
	}
	if c.Email != "" && !slices.Contains(k.Emails, strings.ToLower(c.Email)) {
		return false
	}
	return k.saysPhone(c) && k.saysPlaces(c) && k.saysWords(c)
}

func (k *knownPerson) saysPhone(c *relance.Customer) bool {
	if c.Phone == "" {
		return true
	}
	return slices.ContainsFunc(k.Phones, func(p string) bool { return lastDigits(p) == lastDigits(c.Phone) })
}

// lastDigits are those that two notations of one number end with.
func lastDigits(s string) string {
	d := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "(0)", ""))
	return d[max(0, len(d)-8):]
}

func (k *knownPerson) saysPlaces(c *relance.Customer) bool {
	for i := range c.Addresses {
		a := &c.Addresses[i]
		words := strings.Fields(identity.Fold(strings.Join([]string{a.Line1, a.Line2, a.PostalCode, a.City}, " ")))
		if !slices.ContainsFunc(k.Places, func(p string) bool {
			place := strings.Fields(identity.Fold(p))
			return !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(place, w) })
		}) {
			return false
		}
	}
	return true
}

func (k *knownPerson) saysWords(c *relance.Customer) bool {
	all := strings.Join(k.Words, "\n")
	for _, s := range append([]string{c.CustomerNumber, c.Note}, c.Tags...) {
		if s != "" && !strings.Contains(all, s) {
			return false
		}
	}
	return true
}
