package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// failer is what testing.T and rapid.T have in common.
type failer interface {
	Helper()
	Fatalf(string, ...any)
	Errorf(string, ...any)
	Logf(string, ...any)
}

// lab is a merchant with two shops in a database of its own.
type lab struct {
	failer
	ctx   context.Context
	s     *store.Store
	url   string
	m     uuid.UUID
	shops []uuid.UUID
}

// The shops have the same ids for every merchant, so that what depends on ids of
// sources can be compared.
func shopID(i int) uuid.UUID { return uuid.UUID{15: byte(i + 1)} }

// noon is when everything in these tests happens.
var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func newLab(t testing.TB) *lab {
	t.Helper()
	return newTracedLab(t, nil)
}

func newTracedLab(t testing.TB, tracer pgx.QueryTracer) *lab {
	t.Helper()
	l := &lab{failer: t, ctx: t.Context(), url: cluster.URL(t)}
	s, err := store.Open(l.ctx, l.url, store.Options{Tracer: tracer, MaxConns: 4})
	l.ok(err)
	t.Cleanup(s.Close)
	l.s = s
	return l.tenant(t)
}

// tenant gives a lab of a fresh merchant with two shops in the same database.
func (l *lab) tenant(f failer) *lab {
	f.Helper()
	n := &lab{failer: f, ctx: l.ctx, s: l.s, url: l.url}
	var err error
	n.m, err = l.s.CreateMerchant(l.ctx, "Merchant")
	n.ok(err)
	for i, p := range []relance.Platform{relance.Shopify, relance.PrestaShop} {
		n.ok(l.s.AddShop(l.ctx, n.m, store.NewShop{ID: shopID(i), Platform: p, Credentials: []byte("sealed"),
			Info: relance.ShopInfo{ExternalKey: string(p), Name: "Shop " + string(p), URL: "https://shop.example", Currency: "EUR", TimeZone: "Europe/Paris"}}))
		n.shops = append(n.shops, shopID(i))
	}
	return n
}

func (l *lab) ok(err error) {
	l.Helper()
	if err != nil {
		l.Fatalf("%v", err)
	}
}

// code checks the code of an error.
func (l *lab) code(err error, want relance.Code) {
	l.Helper()
	if relance.CodeOf(err) != want {
		l.Errorf("error %v has the code %q, want %q", err, relance.CodeOf(err), want)
	}
}

// put stores records of a shop without deriving.
func (l *lab) put(shop int, rows store.PageRows) {
	l.Helper()
	l.ok(l.s.StoreRecords(l.ctx, l.m, l.shops[shop], rows, noon))
}

// derive derives all that waits.
func (l *lab) derive() {
	l.Helper()
	for {
		d, err := l.s.Derive(l.ctx, l.m, time.Now())
		l.ok(err)
		if d.Records == 0 && !d.Busy {
			return
		}
	}
}

// give stores records and derives.
func (l *lab) give(shop int, rows store.PageRows) {
	l.Helper()
	l.put(shop, rows)
	l.derive()
}

// as runs f in a transaction as a role, for the lab's merchant unless role is the login.
func (l *lab) as(role string, f func(pgx.Tx) error) error {
	l.Helper()
	conn, err := pgx.Connect(l.ctx, l.url)
	l.ok(err)
	defer func() { _ = conn.Close(l.ctx) }()
	tx, err := conn.Begin(l.ctx)
	l.ok(err)
	defer func() { _ = tx.Rollback(l.ctx) }()
	if role != "" {
		if _, err := tx.Exec(l.ctx, "SET LOCAL ROLE "+role+"; SET LOCAL relance.merchant = '"+l.m.String()+"'"); err != nil {
			return err
		}
	}
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit(l.ctx)
}

// rows runs a query as the database's owner and gives the rows as text, sorted.
func (l *lab) rows(sql string, args ...any) []string {
	l.Helper()
	var out []string
	l.ok(l.as("", func(tx pgx.Tx) error {
		rows, err := tx.Query(l.ctx, "SELECT (t.*)::text FROM ("+sql+") t", args...)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	}))
	slices.Sort(out)
	return out
}

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// at is a version as of so many minutes after noon.
func at(minutes int) relance.Version {
	u := noon.Add(time.Duration(minutes) * time.Minute)
	return relance.Version{UpdatedAt: u, ReadAt: u.Add(24 * time.Hour)}
}

func customer(id string, change func(*relance.Customer)) relance.Customer {
	c := relance.Customer{ExternalID: id, Kind: relance.IdentityCustomer, Active: true, FirstName: "First" + id, LastName: "Last" + id,
		CreatedAt: noon.AddDate(-1, 0, 0), Version: at(0)}
	if change != nil {
		change(&c)
	}
	return c
}

func withEmail(id, email string) relance.Customer {
	return customer(id, func(c *relance.Customer) { c.Email = email })
}

func customers(list ...relance.Customer) store.PageRows { return store.PageRows{Customers: list} }

func order(id, customer, total string, change func(*relance.Order)) relance.Order {
	o := relance.Order{ExternalID: id, Number: "N" + id, CustomerID: customer, PlacedAt: noon.AddDate(0, -1, 0), State: relance.OrderPaid, Paid: true,
		Currency: "EUR", Total: dec(total), Version: at(0),
		Lines: []relance.OrderLine{{ExternalID: "1", Title: "Tea", Quantity: 2, UnitPrice: dec(total).Div(dec("2")), Total: dec(total), Category: "Teas",
			Options: []relance.Option{{Name: "Size", Value: "M"}}}}}
	if change != nil {
		change(&o)
	}
	return o
}

func orders(list ...relance.Order) store.PageRows { return store.PageRows{Orders: list} }
