package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance/identity"
)

// profileRow is what a profile shows of its records.
type profileRow struct {
	ID          uuid.UUID
	MergedInto  *uuid.UUID
	FirstName   string
	LastName    string
	Company     string
	Title       string
	Language    string
	Birthday    *time.Time
	SortName    string
	SearchText  string
	CreatedAt   time.Time
	NeedsReview bool
	fresh       bool // there is no such profile yet
}

// move is a record whose profile or reason changed.
type move struct {
	*person
	To uuid.UUID
	By identity.KeyKind
}

// assign gives every group its profile: what the profiles show, and the records that come to one or to another.
func assign(people []person, groups []identity.Group, decisions []decision, dirty map[uuid.UUID]bool) (profiles []profileRow, moves []move) {
	byName := make(map[string]*person, len(people))
	for i := range people {
		p := &people[i]
		byName[p.natural()] = p
		if p.Home == nil {
			home := newID()
			p.Home, p.fresh = &home, true
		}
	}
	for _, g := range groups {
		members := make([]*person, len(g.Records))
		for i, name := range g.Records {
			members[i] = byName[name]
		}
		to := survivor(members, decisions)
		if !slices.ContainsFunc(members, func(p *person) bool { return !p.Deleted }) {
			dirty[to] = true // nothing may be left of them
		}
		row := profileValues(to, members, g.NeedsReview)
		row.fresh = members[slices.IndexFunc(members, func(p *person) bool { return *p.Home == to })].fresh
		profiles = append(profiles, row)
		for i, p := range members {
			if *p.Home != to {
				row := profileValues(*p.Home, []*person{p}, false)
				row.MergedInto, row.fresh = &to, p.fresh
				profiles = append(profiles, row)
			}
			if p.Profile == nil || *p.Profile != to || p.MatchedBy == nil || *p.MatchedBy != g.MatchedBy[i] {
				moves = append(moves, move{person: p, To: to, By: g.MatchedBy[i]})
			}
		}
	}
	return profiles, moves
}

// profileValues derives what a profile shows: of each value the one that people typed, else the one
// of the record that changed last and has it. Records that the shop deleted only speak when no other does.
func profileValues(id uuid.UUID, members []*person, review bool) profileRow {
	order := slices.Clone(members)
	slices.SortFunc(order, func(a, b *person) int {
		if a.Deleted != b.Deleted {
			if a.Deleted {
				return 1
			}
			return -1
		}
		if a.Typed != b.Typed {
			if b.Typed {
				return 1
			}
			return -1
		}
		if c := b.UpdatedAt.Compare(a.UpdatedAt); c != 0 {
			return c
		}
		return strings.Compare(a.natural(), b.natural())
	})
	row := profileRow{ID: id, CreatedAt: order[0].CreatedAt, NeedsReview: review}
	named := false // by a shop: its first and last name belong together
	for _, p := range order {
		if !named {
			row.FirstName, row.LastName = first(row.FirstName, p.FirstName), first(row.LastName, p.LastName)
			named = !p.Typed && p.FirstName+p.LastName != ""
		}
		row.Company = first(row.Company, p.Company)
		row.Title = first(row.Title, p.Title)
		row.Language = first(row.Language, p.Language)
		if row.Birthday == nil {
			row.Birthday = p.Birthday
		}
		if p.CreatedAt.Before(row.CreatedAt) {
			row.CreatedAt = p.CreatedAt
		}
	}
	row.SortName = first(first(identity.Fold(row.LastName+" "+row.FirstName), identity.Fold(row.Company)), strings.ToLower(order[0].Email))
	row.SearchText = searchText(order)
	return row
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// searchText lists the words that find a person, folded, each once.
func searchText(members []*person) string {
	var words []string
	add := func(w string) {
		if w != "" && len(w) <= 300 && !slices.Contains(words, w) && len(words) < 200 {
			words = append(words, w)
		}
	}
	for _, p := range members {
		add(strings.TrimSpace(identity.Fold(p.FirstName + " " + p.LastName)))
		for _, e := range append([]string{p.Email}, p.MoreEmails...) {
			add(strings.ToLower(e))
		}
		for _, n := range append([]string{p.Phone}, p.MorePhones...) {
			add(digits(n))
		}
		add(identity.Fold(p.Company))
		add(identity.Fold(p.CustomerNumber))
		for _, a := range p.Addresses {
			add(identity.Fold(a.FirstName + " " + a.LastName))
			add(identity.Fold(a.Company))
			add(identity.Fold(a.City))
			add(digits(a.Phone))
		}
	}
	return strings.Join(words, " ")
}

// digits keeps the digits of a phone number.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// writeProfiles stores profiles. The new ones, which are most of them at a first pull, are written apart: looking
// whether there is such a row would take half as long again.
func (d *deriver) writeProfiles(ctx context.Context, list []profileRow) error {
	fresh, known := split(list, func(p *profileRow) bool { return p.fresh })
	if err := d.insertProfiles(ctx, fresh, ""); err != nil {
		return err
	}
	return d.insertProfiles(ctx, known, `
		ON CONFLICT (merchant_id, id) DO UPDATE SET merged_into = excluded.merged_into, first_name = excluded.first_name,
			last_name = excluded.last_name, company = excluded.company, title = excluded.title, language = excluded.language,
			birthday = excluded.birthday, sort_name = excluded.sort_name, search_text = excluded.search_text,
			created_at = excluded.created_at, needs_review = excluded.needs_review
		WHERE (profiles.merged_into, profiles.first_name, profiles.last_name, profiles.company, profiles.title, profiles.language,
				profiles.birthday, profiles.search_text, profiles.sort_name, profiles.created_at, profiles.needs_review)
			IS DISTINCT FROM (excluded.merged_into, excluded.first_name, excluded.last_name, excluded.company, excluded.title,
				excluded.language, excluded.birthday, excluded.search_text, excluded.sort_name, excluded.created_at, excluded.needs_review)`)
}

// split parts a list in two.
func split[T any](list []T, in func(*T) bool) (yes, no []T) {
	for i := range list {
		if in(&list[i]) {
			yes = append(yes, list[i])
		} else {
			no = append(no, list[i])
		}
	}
	return yes, no
}

func (d *deriver) insertProfiles(ctx context.Context, list []profileRow, known string) error {
	if len(list) == 0 {
		return nil
	}
	type P = profileRow
	_, err := d.tx.Exec(ctx, `INSERT INTO profiles (merchant_id, id, merged_into, first_name, last_name, company, title, language, birthday,
			sort_name, search_text, created_at, needs_review, admin_changed_at)
		SELECT $1, *, t.created_at FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
			$9::date[], $10::text[], $11::text[], $12::timestamptz[], $13::bool[])
			AS t(id, merged_into, first_name, last_name, company, title, language, birthday, sort_name, search_text, created_at, needs_review)`+known,
		d.merchant,
		column(list, func(p *P) uuid.UUID { return p.ID }),
		column(list, func(p *P) *uuid.UUID { return p.MergedInto }),
		column(list, func(p *P) string { return p.FirstName }),
		column(list, func(p *P) string { return p.LastName }),
		column(list, func(p *P) string { return p.Company }),
		column(list, func(p *P) string { return p.Title }),
		column(list, func(p *P) string { return p.Language }),
		column(list, func(p *P) *time.Time { return p.Birthday }),
		column(list, func(p *P) string { return p.SortName }),
		column(list, func(p *P) string { return p.SearchText }),
		column(list, func(p *P) time.Time { return p.CreatedAt }),
		column(list, func(p *P) bool { return p.NeedsReview }))
	if err != nil {
		return fmt.Errorf("store profiles: %w", err)
	}
	return nil
}

// writeMoves stores the new identities and takes orders, carts, labels, notes,
// memberships and the merge ledger along.
func (d *deriver) writeMoves(ctx context.Context, moves []move, dirty map[uuid.UUID]bool) error {
	if len(moves) == 0 {
		return nil
	}
	fresh, known := split(moves, func(m *move) bool { return m.fresh })
	if err := d.insertIdentities(ctx, fresh, ""); err != nil {
		return err
	}
	if err := d.insertIdentities(ctx, known, ` ON CONFLICT (merchant_id, customer_id) DO UPDATE SET profile_id = excluded.profile_id, matched_by = excluded.matched_by`); err != nil {
		return err
	}
	for i := range moves {
		if p := moves[i].Profile; p != nil && *p != moves[i].To {
			dirty[*p], dirty[moves[i].To] = true, true
		}
	}
	for _, table := range []string{"orders", "carts"} {
		moved, err := d.moveRows(ctx, dirty, table, `SELECT o.id, o.profile_id AS old_id, t.profile_id AS new_id
			FROM unnest($2::uuid[], $3::text[], $4::uuid[]) t(source_id, external_id, profile_id)
			JOIN `+table+` o ON o.merchant_id = $1 AND o.source_id = t.source_id AND o.customer_external_id = t.external_id AND o.customer_external_id <> ''
				AND o.profile_id IS DISTINCT FROM t.profile_id`, d.merchant,
			column(moves, func(m *move) uuid.UUID { return m.SourceID }),
			column(moves, func(m *move) string { return m.ExternalID }),
			column(moves, func(m *move) uuid.UUID { return m.To }))
		if err != nil {
			return fmt.Errorf("move %s: %w", table, err)
		}
		if table == "orders" {
			d.moved = append(d.moved, moved...)
		}
	}
	return d.follow(ctx, moves, dirty)
}

func (d *deriver) insertIdentities(ctx context.Context, list []move, known string) error {
	if len(list) == 0 {
		return nil
	}
	_, err := d.tx.Exec(ctx, `INSERT INTO identities (merchant_id, customer_id, home_profile_id, profile_id, matched_by)
		SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[])`+known, d.merchant,
		column(list, func(m *move) uuid.UUID { return m.ID }),
		column(list, func(m *move) uuid.UUID { return *m.Home }),
		column(list, func(m *move) uuid.UUID { return m.To }),
		column(list, func(m *move) string { return string(m.By) }))
	if err != nil {
		return fmt.Errorf("store identities: %w", err)
	}
	return nil
}

// moveRows gives the rows that a query finds to their new profiles, and notes the
// profiles that lose and gain by it.
func (d *deriver) moveRows(ctx context.Context, dirty map[uuid.UUID]bool, table, found string, args ...any) (rows []uuid.UUID, err error) {
	result, err := d.tx.Query(ctx, `WITH found AS (`+found+`),
		moved AS (UPDATE `+table+` x SET profile_id = f.new_id FROM found f WHERE x.merchant_id = $1 AND x.id = f.id)
		SELECT id, old_id, new_id FROM found`, args...)
	if err != nil {
		return nil, err
	}
	var id, gains uuid.UUID
	var loses *uuid.UUID
	_, err = pgx.ForEachRow(result, []any{&id, &loses, &gains}, func() error {
		rows = append(rows, id)
		dirty[gains] = true
		if loses != nil {
			dirty[*loses] = true
		}
		return nil
	})
	return rows, err
}

// follow takes along what hangs on profiles, where a profile that existed changed.
func (d *deriver) follow(ctx context.Context, moves []move, dirty map[uuid.UUID]bool) error {
	var homes, to, members, left []uuid.UUID
	var by []string
	for _, m := range moves {
		if m.Profile != nil {
			left = append(left, *m.Profile)
		}
		if m.Profile != nil && *m.Profile != m.To || m.Profile == nil && *m.Home != m.To {
			homes, to, members, by = append(homes, *m.Home), append(to, m.To), append(members, m.ID), append(by, string(m.By))
		}
	}
	if len(homes) == 0 {
		return nil
	}
	for _, table := range []string{"profile_labels", "notes", "memberships", "profile_changes", "profile_groups", "profile_photos", "tasks"} {
		if _, err := d.tx.Exec(ctx, `UPDATE `+table+` x SET profile_id = t.to_id FROM unnest($2::uuid[], $3::uuid[]) t(home, to_id)
			WHERE x.merchant_id = $1 AND x.origin_profile_id = t.home AND x.profile_id <> t.to_id`, d.merchant, homes, to); err != nil {
			return fmt.Errorf("move %s: %w", table, err)
		}
	}
	if err := d.chooseGroups(ctx, slices.Concat(homes, to, left)); err != nil {
		return err
	}
	moved, err := d.moveRows(ctx, dirty, "orders", `SELECT o.id, o.profile_id AS old_id, t.to_id AS new_id
		FROM unnest($2::uuid[], $3::uuid[]) t(home, to_id) JOIN orders o ON o.merchant_id = $1 AND o.assigned_profile_id = t.home
			AND o.customer_external_id = '' AND o.profile_id IS DISTINCT FROM t.to_id`, d.merchant, homes, to)
	if err != nil {
		return fmt.Errorf("move assigned orders: %w", err)
	}
	d.moved = append(d.moved, moved...)
	return d.writeLedger(ctx, homes, to, members, by)
}

// writeLedger closes the matching's own entries that no longer hold and opens those
// that do; merges by hand have entries of their own.
func (d *deriver) writeLedger(ctx context.Context, homes, to, members []uuid.UUID, by []string) error {
	if _, err := d.tx.Exec(ctx, `UPDATE merges g SET undone_at = now(), undone_by = 'matching' FROM unnest($2::uuid[], $3::uuid[]) t(home, to_id)
		WHERE g.merchant_id = $1 AND g.kind = 'AUTO' AND g.undone_at IS NULL AND g.from_profile_ids @> ARRAY[t.home] AND g.into_profile_id <> t.to_id`,
		d.merchant, homes, to); err != nil {
		return fmt.Errorf("close merges: %w", err)
	}
	_, err := d.tx.Exec(ctx, `INSERT INTO merges (merchant_id, id, kind, into_profile_id, from_profile_ids, members, matched_by, actor, at)
		SELECT $1, t.id, 'AUTO', t.to_id, ARRAY[t.home], ARRAY[t.member], t.matched_by, 'matching', now()
		FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[]) t(id, home, to_id, member, matched_by)
		WHERE t.home <> t.to_id AND t.matched_by <> 'HAND' AND NOT EXISTS (SELECT 1 FROM merges g WHERE g.merchant_id = $1 AND g.undone_at IS NULL
			AND g.from_profile_ids @> ARRAY[t.home])`,
		d.merchant, column(homes, func(*uuid.UUID) uuid.UUID { return newID() }), homes, to, members, by)
	if err != nil {
		return fmt.Errorf("open merges: %w", err)
	}
	return nil
}
