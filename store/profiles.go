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
)

// profileColumns are the columns a caller may want, by the API's names.
func profileColumns(want map[string]bool) string {
	cols := []string{"p.id"}
	for _, c := range []string{"first_name", "last_name", "company", "title", "language", "birthday", "created_at", "order_count",
		"last_order_at", "needs_review", "admin_changed_at"} {
		if want[c] {
			cols = append(cols, "p."+c)
		}
	}
	if want["vacant"] {
		cols = append(cols, "p.merged_into IS NOT NULL AS vacant")
	}
	return strings.Join(cols, ", ")
}

type profileRead struct {
	ID             uuid.UUID
	FirstName      string
	LastName       string
	Company        string
	Title          string
	Language       string
	Birthday       *time.Time
	CreatedAt      time.Time
	OrderCount     int
	LastOrderAt    *time.Time
	NeedsReview    bool
	Vacant         bool
	AdminChangedAt time.Time
	SortKey        *string
}

func (r *profileRead) profile() *relance.Profile {
	p := &relance.Profile{ID: r.ID, Orders: map[string]*relance.OrderPage{}, Carts: map[string]*relance.CartPage{}, Products: map[string]*relance.PurchasePage{}}
	r.describe(p, false)
	return p
}

// describe sets what the row says; counted leaves the figures that were counted for
// somebody limited to some shops.
func (r *profileRead) describe(p *relance.Profile, counted bool) {
	p.FirstName, p.LastName, p.Company, p.Title, p.Language = r.FirstName, r.LastName, r.Company, r.Title, r.Language
	p.Birthday, p.CreatedAt, p.NeedsReview, p.Vacant, p.AdminChanged = r.Birthday, r.CreatedAt, r.NeedsReview, r.Vacant, r.AdminChangedAt
	if !counted {
		p.OrderCount, p.LastOrderAt = r.OrderCount, r.LastOrderAt
	}
}

// sorting describes how a list is sorted: the expression, its type, and where people
// without a value stand (always at the end).
type sorting struct {
	expr, kind, typ string
	nullable        bool
}

func sortingOf(o relance.ProfileOrder, a *figures) (sorting, error) {
	switch o.Field {
	case "", relance.ByLastAdminChange:
		return sorting{expr: "p.admin_changed_at", kind: "admin", typ: "timestamptz"}, nil
	case relance.ByName:
		return sorting{expr: `p.sort_name COLLATE "C"`, kind: "name", typ: "text"}, nil
	case relance.ByCreated:
		return sorting{expr: "p.created_at", kind: "created", typ: "timestamptz"}, nil
	case relance.ByLastOrder:
		return sorting{expr: a.lastOrder(), kind: "last_order", typ: "timestamptz", nullable: true}, nil
	case relance.ByID:
		return sorting{expr: "p.id", kind: "id", typ: "uuid"}, nil
	case relance.BySpent:
		return sorting{expr: a.spent(o.Currency), kind: "spent" + o.Currency, typ: "numeric", nullable: true}, nil
	}
	return sorting{}, relance.FieldErrorf("orderBy", "profiles cannot be sorted by that")
}

// Profiles reads a page of profiles with what is wanted of each.
func (s *Store) Profiles(ctx context.Context, m uuid.UUID, q relance.ProfileQuery) (relance.ProfilePage, error) {
	a := newFigures(&sqlArgs{list: []any{m}}, q.Scope, q.Now)
	where, err := filterSQL(&q.Filter, a)
	if err != nil {
		return relance.ProfilePage{}, err
	}
	if q.Scope != nil {
		where += " AND " + knownTo(a.sqlArgs, q.Scope)
	}
	if q.IDs != nil {
		where += " AND p.id = ANY(" + a.add(q.IDs) + ")"
	}
	counting := slices.Clone(a.list)
	countSQL := "SELECT count(*) FROM profiles p" + a.joins + " WHERE p.merchant_id = $1 AND p.merged_into IS NULL AND " + where
	a.all = true
	sort, err := sortingOf(q.Order, a)
	if err != nil {
		return relance.ProfilePage{}, err
	}
	after, err := afterSQL(q, sort, a.sqlArgs)
	if err != nil {
		return relance.ProfilePage{}, err
	}
	dir := map[bool]string{false: "ASC", true: "DESC"}[q.Order.Descending]
	sql := fmt.Sprintf(`SELECT %s, (%s)::text AS sort_key FROM profiles p%s WHERE p.merchant_id = $1 AND p.merged_into IS NULL AND %s%s
		ORDER BY %s %s NULLS LAST, p.id %s LIMIT %d`, profileColumns(q.Want.Columns), sort.expr, a.joins, where, after, sort.expr, dir, dir, q.First+1)
	var rows []profileRead
	page := relance.ProfilePage{}
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(sql, a.list...).Query(func(r pgx.Rows) (err error) {
			rows, err = pgx.CollectRows(r, pgx.RowToStructByNameLax[profileRead])
			return err
		})
		if q.Total {
			b.Queue(countSQL, counting...).QueryRow(func(r pgx.Row) error { return r.Scan(&page.Total) })
		}
	})
	if err != nil {
		return relance.ProfilePage{}, badValue(fmt.Errorf("list profiles: %w", err))
	}
	if page.Info.HasNextPage = len(rows) > q.First; page.Info.HasNextPage {
		rows = rows[:q.First]
	}
	for i := range rows {
		page.Profiles = append(page.Profiles, rows[i].profile())
	}
	if n := len(rows); n > 0 {
		page.Info.End = encodeCursor(sort.kind+dir, rows[n-1].SortKey, rows[n-1].ID)
	}
	return page, s.fill(ctx, m, page.Profiles, q.Want, q.Scope, q.Now)
}

// afterSQL continues a list behind the row the cursor names. Rows without a value come last.
func afterSQL(q relance.ProfileQuery, sort sorting, a *sqlArgs) (string, error) {
	if q.After == "" {
		return "", nil
	}
	dir, op := "ASC", ">"
	if q.Order.Descending {
		dir, op = "DESC", "<"
	}
	var key *string
	var id uuid.UUID
	if err := decodeCursor(q.After, sort.kind+dir, &key, &id); err != nil {
		return "", err
	}
	i := a.add(id)
	if key == nil {
		return fmt.Sprintf(" AND %s IS NULL AND p.id %s %s", sort.expr, op, i), nil
	}
	k := a.add(*key) + "::text::" + sort.typ
	cond := fmt.Sprintf("(%s, p.id) %s (%s, %s)", sort.expr, op, k, i)
	if sort.nullable {
		cond = fmt.Sprintf("(%s OR %s IS NULL)", cond, sort.expr)
	}
	return " AND " + cond, nil
}

// Profile reads one profile; the id of a merged one gives the survivor.
func (s *Store) Profile(ctx context.Context, m, id uuid.UUID, want relance.ProfileWant, scope []uuid.UUID, now time.Time) (*relance.Profile, error) {
	list, err := s.ProfilesByID(ctx, m, []uuid.UUID{id}, want, scope, now)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, relance.Errorf(relance.CodeNotFound, "there is no such profile")
	}
	return list[0], nil
}

// ProfilesByID reads the profiles that the ids now answer from.
func (s *Store) ProfilesByID(ctx context.Context, m uuid.UUID, ids []uuid.UUID, want relance.ProfileWant, scope []uuid.UUID, now time.Time) ([]*relance.Profile, error) {
	a := &sqlArgs{list: []any{m, ids}}
	cond := ""
	if scope != nil {
		cond = " AND " + knownTo(a, scope)
	}
	var rows []profileRead
	row := func(b *pgx.Batch) {
		b.Queue(`SELECT `+profileColumns(want.Columns)+` FROM profiles p WHERE p.merchant_id = $1 AND `+standing+` AND p.id = ANY(ARRAY(
			SELECT coalesce(merged_into, id) FROM profiles WHERE merchant_id = $1 AND id = ANY($2)))`+cond+` ORDER BY p.id`, a.list...).Query(func(r pgx.Rows) (err error) {
			rows, err = pgx.CollectRows(r, pgx.RowToStructByNameLax[profileRead])
			return err
		})
	}
	if len(ids) == 1 {
		return s.oneProfile(ctx, m, ids[0], row, &rows, want, scope, now)
	}
	if err := s.read(ctx, m, row); err != nil {
		return nil, fmt.Errorf("read profiles: %w", err)
	}
	out := make([]*relance.Profile, len(rows))
	for i := range rows {
		out[i] = rows[i].profile()
	}
	return out, s.fill(ctx, m, out, want, scope, now)
}

// oneProfile reads a profile and its lists in the same round trip, on the guess that the
// id is not of a merged profile; a wrong guess costs a second try.
func (s *Store) oneProfile(ctx context.Context, m, id uuid.UUID, row func(*pgx.Batch), rows *[]profileRead, want relance.ProfileWant,
	scope []uuid.UUID, now time.Time) ([]*relance.Profile, error) {
	guess := (&profileRead{ID: id}).profile()
	f := newFiller(m, []*relance.Profile{guess}, want, scope, now)
	if err := f.check(); err != nil {
		return nil, err
	}
	if err := s.read(ctx, m, func(b *pgx.Batch) {
		byKeys(b)
		row(b)
		f.queueLists(b)
	}); err != nil {
		return nil, badValue(fmt.Errorf("read profile: %w", err))
	}
	if len(*rows) == 0 {
		return nil, nil
	}
	found := (*rows)[0].profile()
	if found.ID != id {
		return []*relance.Profile{found}, s.fill(ctx, m, []*relance.Profile{found}, want, scope, now)
	}
	(*rows)[0].describe(guess, scope != nil)
	return []*relance.Profile{guess}, s.fillParts(ctx, f)
}
