package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/app"
	"github.com/relance/relance/graph"
	"github.com/relance/relance/internal/devstack"
	"github.com/relance/relance/store"
)

// api is a merchant with two shops and the API over records that are stored directly:
// for tests of the API itself, without simulators and workers.
type api struct {
	t        testing.TB
	store    *store.Store
	merchant uuid.UUID
	shops    []uuid.UUID
	url      string
	token    string
	trace    *statements
	dbURL    string
	app      *app.App
}

func newAPI(t testing.TB) *api {
	t.Helper()
	url := cluster.URL(t)
	stack, err := devstack.Start(t.Context(), devstack.Options{Dir: t.TempDir(), DatabaseURL: url})
	must(t, err)
	t.Cleanup(func() { must(t, stack.Stop()) })
	a := &api{t: t, trace: &statements{}, dbURL: url}
	a.store, err = store.Open(t.Context(), url, store.Options{Tracer: a.trace})
	must(t, err)
	t.Cleanup(a.store.Close)
	a.app = newApp(t, a.store, stack.Redis)
	r := &graph.Resolver{Read: a.store, Use: a.app, Now: time.Now, ProgressEvery: 10 * time.Millisecond}
	srv := httptest.NewServer(graph.NewAuth(graph.AuthOptions{Tokens: a.store}).Require(graph.NewServer(r, quiet(), true)))
	t.Cleanup(srv.Close)
	a.url = srv.URL
	return a.tenant()
}

// tenant gives the API of a further merchant.
func (a *api) tenant() *api {
	a.t.Helper()
	n := *a
	n.shops = nil
	var err error
	n.merchant, err = a.store.CreateMerchant(a.t.Context(), "Merchant")
	must(a.t, err)
	for _, p := range []relance.Platform{relance.Shopify, relance.PrestaShop} {
		id := uuid.Must(uuid.NewV7())
		must(a.t, a.store.AddShop(a.t.Context(), n.merchant, store.NewShop{ID: id, Platform: p, Credentials: []byte("sealed"),
			Info: relance.ShopInfo{ExternalKey: strings.ToLower(string(p)) + ".myshopify.com", Name: string(p), URL: "https://shop.example", Currency: "EUR", TimeZone: "Europe/Paris"}}))
		n.shops = append(n.shops, id)
	}
	n.token = n.tokenOf(relance.RoleOwner)
	return &n
}

func (a *api) tokenOf(role relance.Role, shops ...uuid.UUID) string {
	a.t.Helper()
	token, err := a.store.CreateToken(a.t.Context(), a.merchant, role, shops, "test")
	must(a.t, err)
	return token
}

// give stores records of a shop and derives.
func (a *api) give(shop int, rows store.PageRows) {
	a.t.Helper()
	must(a.t, a.store.StoreRecords(a.t.Context(), a.merchant, a.shops[shop], rows, time.Now()))
	for {
		d, err := a.store.Derive(a.t.Context(), a.merchant, time.Now())
		must(a.t, err)
		if d.Records == 0 && !d.Busy {
			return
		}
	}
}

// people makes n people at a shop, each with orders of two lines and a cart.
func (a *api) people(shop, n, orders int) {
	a.t.Helper()
	rows := store.PageRows{}
	now := time.Now().UTC().Truncate(time.Second)
	for i := range n {
		id := fmt.Sprint(i)
		rows.Customers = append(rows.Customers, relance.Customer{ExternalID: id, Kind: relance.IdentityCustomer, FirstName: "Anna", LastName: fmt.Sprintf("N%03d", i),
			Email: fmt.Sprintf("p%d@shop%d.example", i, shop), CreatedAt: now, Version: relance.Version{UpdatedAt: now, ReadAt: now}})
		for j := range orders {
			rows.Orders = append(rows.Orders, relance.Order{ExternalID: fmt.Sprint(i, "-", j), Number: fmt.Sprintf("S%d-%d-%d", shop, i, j), CustomerID: id, State: relance.OrderPaid, Paid: true,
				PlacedAt: now.Add(-time.Duration(j) * time.Hour), Currency: "EUR", Total: decimal.New(1000, -2), Version: relance.Version{UpdatedAt: now, ReadAt: now},
				Lines: []relance.OrderLine{{ExternalID: "1", Title: fmt.Sprint("Tea ", shop), Quantity: 1, Category: fmt.Sprint("Category ", shop)}, {ExternalID: "2", Title: "Cup", Quantity: 1}}})
		}
		rows.Carts = append(rows.Carts, relance.Cart{ExternalID: id, CustomerID: id, Currency: "EUR", StartedAt: now.Add(-3 * time.Hour), UpdatedAt: now.Add(-2 * time.Hour),
			Version: relance.Version{UpdatedAt: now, ReadAt: now}, Lines: []relance.CartLine{{ExternalID: "1", Title: "Tea", Quantity: 1}}})
	}
	a.give(shop, rows)
}

// reply is an answer with its HTTP status.
type reply struct {
	answer
	Status int
	Body   string
}

func (r reply) code() string {
	if len(r.Errors) == 0 {
		return ""
	}
	return fmt.Sprint(r.Errors[0].Extensions["code"])
}

// post sends a body as it is.
func (a *api) post(token string, body io.Reader, header ...string) reply {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, a.url, body)
	must(a.t, err)
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	must(a.t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	must(a.t, err)
	r := reply{Status: res.StatusCode, Body: string(b)}
	if err := json.Unmarshal(b, &r.answer); err != nil {
		a.t.Errorf("the answer is no JSON: %.200s", b)
	}
	return r
}

func (a *api) as(token, query string, vars map[string]any) reply {
	a.t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": vars})
	must(a.t, err)
	return a.post(token, bytes.NewReader(body))
}

// ask sends an operation as the owner and decodes its data; errors end the test.
func (a *api) ask(query string, vars map[string]any, into any) {
	a.t.Helper()
	r := a.as(a.token, query, vars)
	if len(r.Errors) > 0 {
		a.t.Fatalf("GraphQL: %+v", r.Errors)
	}
	must(a.t, json.Unmarshal(r.Data, into))
}

// statements counts what the store sends to Postgres.
type statements struct {
	mu      sync.Mutex
	list    []string
	batches int
}

func (s *statements) add(sql string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, sql)
}

// take gives the statements since the last time and in how many batches they went.
func (s *statements) take() (list []string, batches int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list, batches = s.list, s.batches
	s.list, s.batches = nil, 0
	return list, batches
}

func (s *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	s.add(d.SQL)
	return ctx
}
func (s *statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (s *statements) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches++
	return ctx
}
func (s *statements) TraceBatchQuery(_ context.Context, _ *pgx.Conn, d pgx.TraceBatchQueryData) {
	s.add(d.SQL)
}
func (s *statements) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}
