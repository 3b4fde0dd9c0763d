package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

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
	if f.want.Members {
		f.queueMemberships(b)
	}
	if f.want.Money {
		f.queueMoney(b)
	}
	if f.want.Objections {
		f.queueObjections(b)
	}
	if f.want.Contacted {
		f.queueContacted(b)
	}
	if f.want.Group {
		f.queueGroups(b)
	}
	if f.want.Photo {
		f.queuePhotos(b)
	}
	if f.want.Habits {
		f.queueHabits(b)
	}
	if f.want.Apart {
		f.queueApart(b)
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

// recordInScope narrows records to those of the asker's shops, and those that people typed.
func (f *filler) recordInScope(a *sqlArgs) string {
	if f.scope == nil {
		return ""
	}
	shops := a.add(f.scope)
	return " AND (c.source_id = ANY(" + shops + ") OR c.shop_id = ANY(" + shops + ") OR c.kind = 'MANUAL')"
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
		Emails, Phones                                        []string
	}
	a := f.args()
	b.Queue(`SELECT i.profile_id, c.id AS customer_id, c.source_id, s.kind AS source_kind, c.external_id, c.kind, i.matched_by, c.active,
			c.deleted_at, c.email, c.phone, c.first_name, c.last_name, c.company, c.group_name, c.tags, c.note, c.business, c.created_at,
			ARRAY(SELECT x.value FROM contacts x WHERE x.merchant_id = $1 AND x.customer_id = c.id AND x.kind = 'EMAIL' ORDER BY x.position) AS emails,
			ARRAY(SELECT x.value FROM contacts x WHERE x.merchant_id = $1 AND x.customer_id = c.id AND x.kind = 'PHONE' ORDER BY x.position)
				|| ARRAY(SELECT x.phone FROM addresses x WHERE x.merchant_id = $1 AND x.customer_id = c.id AND x.phone <> '' ORDER BY x.position) AS phones
		FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id JOIN sources s ON s.merchant_id = $1 AND s.id = c.source_id
		WHERE i.merchant_id = $1 AND i.profile_id = ANY($2)`+f.recordInScope(a)+`
		ORDER BY i.profile_id, c.deleted_at IS NOT NULL, c.kind <> 'MANUAL', c.source_updated_at DESC, c.source_id, c.external_id`, a.list...).Query(func(rows pgx.Rows) error {
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
			for _, email := range append([]string{r.Email}, r.Emails...) {
				p.Emails = addContact(p.Emails, strings.ToLower(email), ref)
			}
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
	// What was imported, or sent by programs, for a shop.
	b.Queue(`SELECT id, shop_id FROM sources WHERE merchant_id = $1 AND shop_id IS NOT NULL`, f.merchant).Query(func(rows pgx.Rows) error {
		var id, shop uuid.UUID
		_, err := pgx.ForEachRow(rows, []any{&id, &shop}, func() error {
			f.shops[id] = f.shops[shop]
			return nil
		})
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

func (f *filler) queueConsents(b *pgx.Batch) {
	b.Queue(`SELECT DISTINCT ON (x.profile_id, x.channel, x.preference) x.profile_id, x.channel, x.preference, x.state, x.since, x.source, x.proof, x.recorded_at,
			coalesce((SELECT n.name FROM consent_preferences n WHERE n.merchant_id = $1 AND n.channel = x.channel AND lower(n.key) = lower(x.preference)), x.preference) AS name
		FROM (`+latestConsents+` WHERE i.merchant_id = $1 AND i.profile_id = ANY($2)`+latestFirst+`) x
		ORDER BY x.profile_id, x.channel, x.preference, `+strictness+`, x.recorded_at DESC`, f.merchant, f.ids).Query(func(rows pgx.Rows) error {
		var profile uuid.UUID
		var c relance.ProfileConsent
		_, err := pgx.ForEachRow(rows, []any{&profile, &c.Channel, &c.Preference, &c.State, &c.Since, &c.Source, &c.Proof, &c.RecordedAt, &c.Name}, func() error {
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

func (f *filler) queueGroups(b *pgx.Batch) {
	b.Queue(`SELECT p.id, g.id, g.name, g.discount, p.group_since FROM profiles p JOIN groups g ON g.merchant_id = $1 AND g.id = p.group_id
		WHERE p.merchant_id = $1 AND p.id = ANY($2)`, f.merchant, f.ids).Query(func(rows pgx.Rows) error {
		var profile uuid.UUID
		var g relance.ProfileGroup
		_, err := pgx.ForEachRow(rows, []any{&profile, &g.ID, &g.Name, &g.Discount, &g.Since}, func() error {
			copied := g
			f.at[profile].Group = &copied
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
