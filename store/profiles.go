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
	p.Birthday, p.CreatedAt, p.NeedsReview, p.AdminChanged = r.Birthday, r.CreatedAt, r.NeedsReview, r.AdminChangedAt
	if !counted {
		p.OrderCount, p.LastOrderAt = r.OrderCount, r.LastOrderAt
	}
}

// sorting describes how a list is sorted: the expression, its type, and where people
// without a value stand (always at the end).
type sorting struct {
	expr, kind, typ string
	nullable        bool
	join            string
}

func sortingOf(o relance.ProfileOrder, a *sqlArgs) (sorting, error) {
	switch o.Field {
	case "", relance.ByLastAdminChange:
		return sorting{expr: "p.admin_changed_at", kind: "admin", typ: "timestamptz"}, nil
	case relance.ByName:
		return sorting{expr: `p.sort_name COLLATE "C"`, kind: "name", typ: "text"}, nil
	case relance.ByCreated:
		return sorting{expr: "p.created_at", kind: "created", typ: "timestamptz"}, nil
	case relance.ByLastOrder:
		return sorting{expr: "p.last_order_at", kind: "last_order", typ: "timestamptz", nullable: true}, nil
	case relance.BySpent:
		cur := "(SELECT m.main_currency FROM merchants m WHERE m.id = $1)"
		if o.Currency != "" {
			cur = a.add(strings.ToUpper(o.Currency)) + "::text"
		}
		return sorting{expr: "s.spent", kind: "spent" + o.Currency, typ: "numeric", nullable: true,
			join: " LEFT JOIN profile_stats s ON s.merchant_id = $1 AND s.profile_id = p.id AND s.currency = " + cur}, nil
	}
	return sorting{}, relance.FieldErrorf("orderBy", "profiles cannot be sorted by that")
}

// Profiles reads a page of profiles with what is wanted of each.
func (s *Store) Profiles(ctx context.Context, m uuid.UUID, q relance.ProfileQuery) (relance.ProfilePage, error) {
	a := &sqlArgs{list: []any{m}}
	where, err := filterSQL(&q.Filter, a, q.Now)
	if err != nil {
		return relance.ProfilePage{}, err
	}
	if q.Scope != nil {
		where += " AND " + knownTo(a, q.Scope)
	}
	counting := slices.Clone(a.list)
	countSQL := "SELECT count(*) FROM profiles p WHERE p.merchant_id = $1 AND p.merged_into IS NULL AND " + where
	sort, err := sortingOf(q.Order, a)
	if err != nil {
		return relance.ProfilePage{}, err
	}
	after, err := afterSQL(q, sort, a)
	if err != nil {
		return relance.ProfilePage{}, err
	}
	dir := map[bool]string{false: "ASC", true: "DESC"}[q.Order.Descending]
	sql := fmt.Sprintf(`SELECT %s, (%s)::text AS sort_key FROM profiles p%s WHERE p.merchant_id = $1 AND p.merged_into IS NULL AND %s%s
		ORDER BY %s %s NULLS LAST, p.id %s LIMIT %d`, profileColumns(q.Want.Columns), sort.expr, sort.join, where, after, sort.expr, dir, dir, q.First+1)
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
		b.Queue(`SELECT `+profileColumns(want.Columns)+` FROM profiles p WHERE p.merchant_id = $1 AND p.merged_into IS NULL AND p.id = ANY(ARRAY(
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

// fill reads what is wanted of the profiles: one round trip for all lists of all
// profiles, and one more for the parts of orders and carts.
func (s *Store) fill(ctx context.Context, m uuid.UUID, list []*relance.Profile, want relance.ProfileWant, scope []uuid.UUID, now time.Time) error {
	if len(list) == 0 {
		return nil
	}
	f := newFiller(m, list, want, scope, now)
	if err := f.check(); err != nil {
		return err
	}
	if err := s.readSome(ctx, m, f.queueLists); err != nil {
		return badValue(fmt.Errorf("read lists of profiles: %w", err))
	}
	return s.fillParts(ctx, f)
}

func (s *Store) fillParts(ctx context.Context, f *filler) error {
	if err := s.readSome(ctx, f.merchant, f.queueParts); err != nil {
		return fmt.Errorf("read parts of orders and carts: %w", err)
	}
	return nil
}

func newFiller(m uuid.UUID, list []*relance.Profile, want relance.ProfileWant, scope []uuid.UUID, now time.Time) *filler {
	f := &filler{merchant: m, scope: scope, now: now, at: make(map[uuid.UUID]*relance.Profile, len(list)), want: want}
	for _, p := range list {
		f.ids = append(f.ids, p.ID)
		f.at[p.ID] = p
	}
	return f
}

// readSome is read for queries by key, without a round trip where nothing is queued.
func (s *Store) readSome(ctx context.Context, m uuid.UUID, queue func(*pgx.Batch)) error {
	b := &pgx.Batch{}
	queue(b)
	if b.Len() == 0 {
		return nil
	}
	return s.read(ctx, m, func(out *pgx.Batch) {
		byKeys(out)
		out.QueuedQueries = append(out.QueuedQueries, b.QueuedQueries...)
	})
}

// byKeys tells the planner to keep its plans: queries by keys go the same way whatever
// the values, and planning them anew each time would cost more than running them.
func byKeys(b *pgx.Batch) { b.Queue("SET LOCAL plan_cache_mode = force_generic_plan") }

// filler reads lists for a set of profiles at once.
type filler struct {
	merchant uuid.UUID
	ids      []uuid.UUID
	at       map[uuid.UUID]*relance.Profile
	want     relance.ProfileWant
	scope    []uuid.UUID
	now      time.Time
	main     string // the merchant's main currency
	shops    map[uuid.UUID]*relance.Shop
}

func (f *filler) queueLists(b *pgx.Batch) {
	if f.want.Shops {
		f.queueShops(b)
	}
	if f.want.Records {
		f.queueRecords(b)
	}
	if f.want.Addresses {
		f.queueAddresses(b)
	}
	if f.want.Consents {
		f.queueConsents(b)
	}
	if f.want.Labels {
		f.queueLabels(b)
	}
	if f.want.Notes {
		f.queueNotes(b)
	}
	if f.want.Money {
		f.queueMoney(b)
	}
	if f.want.Habits {
		f.queueHabits(b)
	}
	if f.want.Merges {
		f.queueMerges(b)
	}
	for _, alias := range sortedKeys(f.want.Orders) {
		f.queueOrders(b, alias, f.want.Orders[alias])
	}
	for _, alias := range sortedKeys(f.want.Carts) {
		f.queueCarts(b, alias, f.want.Carts[alias])
	}
	for _, alias := range sortedKeys(f.want.Purchases) {
		f.queuePurchases(b, alias, f.want.Purchases[alias])
	}
}

// inScope narrows a list to the asker's shops.
func (f *filler) inScope(a *sqlArgs, column string) string {
	if f.scope == nil {
		return ""
	}
	return " AND " + column + " = ANY(" + a.add(f.scope) + ")"
}

func (f *filler) args() *sqlArgs { return &sqlArgs{list: []any{f.merchant, f.ids}} }

func (f *filler) queueRecords(b *pgx.Batch) {
	type row struct {
		ProfileID, CustomerID, SourceID                       uuid.UUID
		SourceKind                                            relance.SourceKind
		ExternalID                                            string
		Kind                                                  relance.IdentityKind
		MatchedBy                                             relance.MatchedBy
		Active                                                bool
		DeletedAt                                             *time.Time
		Email, Phone, FirstName, LastName, Company, GroupName string
		Tags                                                  []string
		Note                                                  string
		Business                                              *relance.Business
		CreatedAt                                             time.Time
		Phones                                                []string
	}
	a := f.args()
	b.Queue(`SELECT i.profile_id, c.id AS customer_id, c.source_id, s.kind AS source_kind, c.external_id, c.kind, i.matched_by, c.active,
			c.deleted_at, c.email, c.phone, c.first_name, c.last_name, c.company, c.group_name, c.tags, c.note, c.business, c.created_at,
			ARRAY(SELECT x.phone FROM addresses x WHERE x.merchant_id = $1 AND x.customer_id = c.id AND x.phone <> '' ORDER BY x.position) AS phones
		FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id JOIN sources s ON s.merchant_id = $1 AND s.id = c.source_id
		WHERE i.merchant_id = $1 AND i.profile_id = ANY($2)`+f.inScope(a, "c.source_id")+`
		ORDER BY i.profile_id, c.deleted_at IS NOT NULL, c.source_updated_at DESC, c.source_id, c.external_id`, a.list...).Query(func(rows pgx.Rows) error {
		var list []row
		if err := rowsInto(&list)(rows); err != nil {
			return err
		}
		for _, r := range list {
			p := f.at[r.ProfileID]
			ref := f.sourceRef(r.SourceID, r.SourceKind)
			p.Records = append(p.Records, relance.Identity{CustomerID: r.CustomerID, Source: ref, ExternalID: r.ExternalID, Kind: r.Kind,
				MatchedBy: r.MatchedBy, Active: r.Active, DeletedAt: r.DeletedAt, Email: r.Email, Phone: r.Phone, FirstName: r.FirstName,
				LastName: r.LastName, Company: r.Company, GroupName: r.GroupName, Tags: r.Tags, Note: r.Note, Business: r.Business, CreatedAt: r.CreatedAt})
			p.Emails = addContact(p.Emails, strings.ToLower(r.Email), ref)
			for _, phone := range append([]string{r.Phone}, r.Phones...) {
				p.Phones = addContact(p.Phones, phone, ref)
			}
		}
		return nil
	})
}

// sourceRef names a source, with its shop where that is wanted: shops are read before
// all lists of the same batch.
func (f *filler) sourceRef(id uuid.UUID, kind relance.SourceKind) relance.SourceRef {
	return relance.SourceRef{ID: id, Kind: kind, Shop: f.shops[id]}
}

func (f *filler) queueShops(b *pgx.Batch) {
	b.Queue(`SELECT `+shopColumns+` FROM shops WHERE merchant_id = $1`, f.merchant).Query(func(rows pgx.Rows) error {
		var list []relance.Shop
		err := rowsInto(&list)(rows)
		f.shops = make(map[uuid.UUID]*relance.Shop, len(list))
		for i := range list {
			f.shops[list[i].ID] = &list[i]
		}
		return err
	})
}

// addContact adds a value once, and the source to those that have it.
func addContact(list []relance.Contact, value string, ref relance.SourceRef) []relance.Contact {
	if value == "" {
		return list
	}
	for i := range list {
		if list[i].Value == value {
			for _, s := range list[i].Sources {
				if s.ID == ref.ID {
					return list
				}
			}
			list[i].Sources = append(list[i].Sources, ref)
			return list
		}
	}
	return append(list, relance.Contact{Value: value, Sources: []relance.SourceRef{ref}})
}

func (f *filler) queueAddresses(b *pgx.Batch) {
	a := f.args()
	b.Queue(`SELECT i.profile_id, c.source_id, s.kind, x.external_id, x.kind, x.first_name, x.last_name, x.company, x.line1, x.line2, x.postal_code,
			x.city, x.region, x.country_code, x.phone, x.vat_number
		FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id JOIN sources s ON s.merchant_id = $1 AND s.id = c.source_id
		JOIN addresses x ON x.merchant_id = $1 AND x.customer_id = c.id
		WHERE i.merchant_id = $1 AND i.profile_id = ANY($2)`+f.inScope(a, "c.source_id")+`
		ORDER BY i.profile_id, c.deleted_at IS NOT NULL, c.source_updated_at DESC, c.id, x.position`, a.list...).Query(func(rows pgx.Rows) error {
		var profile, source uuid.UUID
		var kind relance.SourceKind
		var x relance.Address
		_, err := pgx.ForEachRow(rows, []any{&profile, &source, &kind, &x.ExternalID, &x.Kind, &x.FirstName, &x.LastName, &x.Company, &x.Line1, &x.Line2,
			&x.PostalCode, &x.City, &x.Region, &x.CountryCode, &x.Phone, &x.VATNumber}, func() error {
			p := f.at[profile]
			p.Addresses = append(p.Addresses, relance.ProfileAddress{Address: x, Source: f.sourceRef(source, kind)})
			return nil
		})
		return err
	})
}

func (f *filler) queueConsents(b *pgx.Batch) {
	b.Queue(`SELECT DISTINCT ON (x.profile_id, x.channel, x.preference) x.profile_id, x.channel, x.preference, x.state, x.since, x.source, x.proof, x.recorded_at
		FROM (`+latestConsents+` WHERE i.merchant_id = $1 AND i.profile_id = ANY($2)`+latestFirst+`) x
		ORDER BY x.profile_id, x.channel, x.preference, `+strictness+`, x.recorded_at DESC`, f.merchant, f.ids).Query(func(rows pgx.Rows) error {
		var profile uuid.UUID
		var c relance.ProfileConsent
		_, err := pgx.ForEachRow(rows, []any{&profile, &c.Channel, &c.Preference, &c.State, &c.Since, &c.Source, &c.Proof, &c.RecordedAt}, func() error {
			f.at[profile].Consents = append(f.at[profile].Consents, c)
			return nil
		})
		return err
	})
}

func (f *filler) queueLabels(b *pgx.Batch) {
	b.Queue(`SELECT DISTINCT x.profile_id, l.id, l.name FROM profile_labels x JOIN labels l ON l.merchant_id = $1 AND l.id = x.label_id
		WHERE x.merchant_id = $1 AND x.profile_id = ANY($2) ORDER BY x.profile_id, l.name`, f.merchant, f.ids).Query(func(rows pgx.Rows) error {
		var profile uuid.UUID
		var l relance.Label
		_, err := pgx.ForEachRow(rows, []any{&profile, &l.ID, &l.Name}, func() error {
			f.at[profile].Labels = append(f.at[profile].Labels, l)
			return nil
		})
		return err
	})
}

func (f *filler) queueNotes(b *pgx.Batch) {
	b.Queue(`SELECT profile_id, id, body, author, at FROM notes WHERE merchant_id = $1 AND profile_id = ANY($2) ORDER BY profile_id, at DESC, id`,
		f.merchant, f.ids).Query(func(rows pgx.Rows) error {
		var profile uuid.UUID
		var n relance.Note
		_, err := pgx.ForEachRow(rows, []any{&profile, &n.ID, &n.Body, &n.Author, &n.At}, func() error {
			f.at[profile].Notes = append(f.at[profile].Notes, n)
			return nil
		})
		return err
	})
}

// queueMoney reads the figures per currency. Somebody limited to some shops sees the
// figures of the orders of those shops only.
func (f *filler) queueMoney(b *pgx.Batch) {
	b.Queue(`SELECT main_currency FROM merchants WHERE id = $1`, f.merchant).QueryRow(func(r pgx.Row) error {
		err := r.Scan(&f.main)
		for _, p := range f.at {
			p.Spent.Currency, p.Returned.Currency = f.main, f.main
		}
		return err
	})
	sql, a := `SELECT profile_id, currency, order_count, spent, returned, last_order_at FROM profile_stats
		WHERE merchant_id = $1 AND profile_id = ANY($2) ORDER BY profile_id, currency`, f.args()
	if f.scope != nil {
		sql = `SELECT profile_id, currency, count(*) FILTER (WHERE counted)::int, coalesce(sum(net) FILTER (WHERE paid), 0), coalesce(sum(returned), 0),
			max(placed_at) FILTER (WHERE counted) FROM orders WHERE merchant_id = $1 AND profile_id = ANY($2) AND deleted_at IS NULL AND NOT test
			AND state <> 'CANCELLED'` + f.inScope(a, "source_id") + ` GROUP BY 1, 2 ORDER BY 1, 2`
	}
	b.Queue(sql, a.list...).Query(func(rows pgx.Rows) error {
		if f.scope != nil {
			for _, p := range f.at {
				p.OrderCount, p.LastOrderAt = 0, nil
			}
		}
		var profile uuid.UUID
		var x relance.ProfileMoney
		_, err := pgx.ForEachRow(rows, []any{&profile, &x.Currency, &x.OrderCount, &x.Spent, &x.Returned, &x.LastOrderAt}, func() error {
			f.money(f.at[profile], x)
			return nil
		})
		return err
	})
}

func (f *filler) money(p *relance.Profile, x relance.ProfileMoney) {
	p.PerMoney = append(p.PerMoney, x)
	if x.Currency == f.main {
		p.Spent.Amount, p.Returned.Amount = x.Spent, x.Returned
	}
	if f.scope != nil {
		p.OrderCount += x.OrderCount
		if x.LastOrderAt != nil && (p.LastOrderAt == nil || x.LastOrderAt.After(*p.LastOrderAt)) {
			p.LastOrderAt = x.LastOrderAt
		}
	}
}

// queueHabits reads what the people like. Somebody limited to some shops sees what was
// bought in those shops only.
func (f *filler) queueHabits(b *pgx.Batch) {
	habits, a := `SELECT * FROM profile_habits WHERE merchant_id = $1 AND profile_id = ANY($2) AND quantity > 0`, f.args()
	if f.scope != nil {
		habits = `SELECT o.profile_id, x.what, x.value, sum(l.quantity - l.returned_quantity)::bigint AS quantity
			FROM orders o JOIN order_lines l ON l.merchant_id = $1 AND l.order_id = o.id,
			LATERAL (VALUES ('CATEGORY', l.category), ('SIZE', l.size), ('PRODUCT', l.title)) x(what, value)
			WHERE o.merchant_id = $1 AND o.profile_id = ANY($2) AND o.deleted_at IS NULL AND o.counted AND x.value <> ''` + f.inScope(a, "o.source_id") + `
			GROUP BY 1, 2, 3 HAVING sum(l.quantity - l.returned_quantity) > 0`
	}
	b.Queue(`SELECT profile_id, what, value, quantity FROM (SELECT h.*, row_number() OVER (PARTITION BY profile_id, what ORDER BY quantity DESC, value) AS n
		FROM (`+habits+`) h) h WHERE n <= 50 ORDER BY profile_id, what, n`, a.list...).Query(func(rows pgx.Rows) error {
		var profile uuid.UUID
		var kind relance.HabitKind
		var h relance.Habit
		_, err := pgx.ForEachRow(rows, []any{&profile, &kind, &h.Value, &h.Quantity}, func() error {
			p := f.at[profile]
			if p.HabitRows == nil {
				p.HabitRows = map[relance.HabitKind][]relance.Habit{}
			}
			p.HabitRows[kind] = append(p.HabitRows[kind], h)
			return nil
		})
		return err
	})
}
