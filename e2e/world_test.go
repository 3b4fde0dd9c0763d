package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"github.com/relance/relance"
	"github.com/relance/relance/app"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
	"github.com/relance/relance/connectors/shopify/shopifytest"
	"github.com/relance/relance/graph"
	"github.com/relance/relance/internal/devstack"
	"github.com/relance/relance/internal/outbound"
	"github.com/relance/relance/internal/ratelimit"
	"github.com/relance/relance/internal/sample"
	"github.com/relance/relance/internal/secret"
	"github.com/relance/relance/letter"
	"github.com/relance/relance/store"
	"github.com/relance/relance/template"
	"github.com/relance/relance/workers"
)

// world is a merchant with both simulated shops, workers and the API.
type world struct {
	t        testing.TB
	store    *store.Store
	app      *app.App
	redis    redis.UniversalClient
	merchant uuid.UUID
	api      string
	token    string
	shopify  *shopifytest.Server
	presta   *prestashoptest.Server
	hosts    map[relance.Platform]string
	now      func() time.Time
	rest     func() // ends the workers of this process
}

type worldOptions struct {
	shops   sample.Shops
	shopify shopifytest.Options
	presta  prestashoptest.Options
	dbURL   string
	noWork  bool   // no workers in this process
	key     string // that seals, where another process is to open what this one sealed
	now     func() time.Time
}

func newWorld(t testing.TB, o worldOptions) *world {
	t.Helper()
	if o.dbURL == "" {
		o.dbURL = cluster.URL(t)
	}
	st, err := store.Open(t.Context(), o.dbURL, store.Options{})
	must(t, err)
	t.Cleanup(st.Close)
	stack, err := devstack.Start(t.Context(), devstack.Options{Dir: t.TempDir(), DatabaseURL: o.dbURL})
	must(t, err)
	t.Cleanup(func() { must(t, stack.Stop()) })
	w := &world{t: t, store: st, redis: stack.Redis, hosts: map[relance.Platform]string{}}
	w.merchant, err = st.CreateMerchant(t.Context(), "Test merchant")
	must(t, err)
	w.app = newApp(t, st, stack.Redis)
	if o.key != "" {
		box, err := secret.Open(o.key)
		must(t, err)
		st.UseKeys(box.Unseal)
		w.app.Secrets = box
	}
	if w.now = time.Now; o.now != nil {
		w.now = o.now
		w.app.Now, w.app.Deps.Now = o.now, o.now
	}
	w.serveShops(o)
	w.serveAPI()
	if !o.noWork {
		w.work()
	}
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(io.Discard, nil))
}

func newApp(t testing.TB, st *store.Store, r redis.UniversalClient) *app.App {
	t.Helper()
	key, err := secret.NewKeyset()
	must(t, err)
	box, err := secret.Open(key)
	must(t, err)
	st.UseKeys(box.Unseal)
	log := quiet()
	paper, err := letter.New()
	must(t, err)
	return &app.App{Store: st, Secrets: box, Platforms: app.Platforms(), Queue: workers.NewQueue(r), Now: time.Now, Log: log, Heartbeat: 500 * time.Millisecond, Texts: template.New(), Paper: paper,
		Deps: connectors.Deps{HTTP: outbound.New(outbound.Options{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}), Now: time.Now, Log: log,
			Limiter: ratelimit.New(r, ratelimit.Options{Log: log})}}
}

func (w *world) serveShops(o worldOptions) {
	o.shopify.Token = "shpat_test"
	w.shopify = shopifytest.New(o.shops.Shopify, o.shopify)
	w.t.Cleanup(w.shopify.Close)
	w.presta = prestashoptest.New(o.shops.PrestaShop, o.presta)
	w.t.Cleanup(w.presta.Close)
	for p, h := range map[relance.Platform]http.Handler{relance.Shopify: w.shopify, relance.PrestaShop: w.presta} {
		srv := httptest.NewServer(h)
		w.t.Cleanup(srv.Close)
		w.hosts[p] = srv.Listener.Addr().String()
	}
}

func (w *world) serveAPI() {
	r := &graph.Resolver{Read: w.store, Use: w.app, Now: w.now, ProgressEvery: 20 * time.Millisecond}
	srv := httptest.NewServer(graph.NewAuth(graph.AuthOptions{Tokens: w.store}).Require(graph.NewServer(r, quiet(), true)))
	w.t.Cleanup(srv.Close)
	w.api = srv.URL
	token, err := w.store.CreateToken(w.t.Context(), w.merchant, relance.RoleOwner, nil, "test")
	must(w.t, err)
	w.token = token
}

// work runs workers until the test ends, or rest is called.
func (w *world) work() {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	w.rest = sync.OnceFunc(func() {
		stop()
		must(w.t, <-done)
	})
	go func() {
		done <- workers.New(w.redis, w.app, w.store, workers.NewQueue(w.redis),
			workers.Options{SweepEvery: 100 * time.Millisecond, Grace: time.Second, SyncEvery: time.Hour}, quiet(), w.now).Run(ctx)
	}()
	w.t.Cleanup(w.rest)
}

// answer is a GraphQL answer.
type answer struct {
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Extensions map[string]any `json:"extensions"`
		Path       []any          `json:"path"`
	}
}

// ask sends an operation and decodes its data; errors end the test.
func (w *world) ask(query string, vars map[string]any, into any) {
	w.t.Helper()
	a := w.askAs(w.token, query, vars)
	if len(a.Errors) > 0 {
		w.t.Fatalf("GraphQL: %+v", a.Errors)
	}
	must(w.t, json.Unmarshal(a.Data, into))
}

func (w *world) askAs(token, query string, vars map[string]any) answer {
	w.t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": vars})
	must(w.t, err)
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.api, bytes.NewReader(body))
	must(w.t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	must(w.t, err)
	defer res.Body.Close()
	var a answer
	must(w.t, json.NewDecoder(res.Body).Decode(&a))
	return a
}

// connect connects both shops through the API and gives their ids.
func (w *world) connect() (shopify, presta uuid.UUID) {
	w.t.Helper()
	var out struct {
		S, P struct {
			Shop   struct{ ID uuid.UUID }
			Errors []struct{ Code, Message string }
		}
	}
	w.ask(`mutation($s: ConnectShopifyInput!, $p: ConnectPrestaShopInput!) {
		s: connectShopify(input: $s) { shop { id } errors { code message } }
		p: connectPrestaShop(input: $p) { shop { id } errors { code message } } }`, map[string]any{
		"s": map[string]any{"domain": w.hosts[relance.Shopify], "accessToken": "shpat_test"},
		"p": map[string]any{"url": "http://" + w.hosts[relance.PrestaShop], "key": prestashoptest.DefaultKey}}, &out)
	if len(out.S.Errors)+len(out.P.Errors) > 0 {
		w.t.Fatalf("connect: %+v", out)
	}
	return out.S.Shop.ID, out.P.Shop.ID
}

// startSync starts a pull of the shop and gives the run's id.
func (w *world) startSync(shop uuid.UUID, full bool) uuid.UUID {
	w.t.Helper()
	var out struct {
		SyncShop struct {
			Run    struct{ ID uuid.UUID }
			Errors []struct{ Code, Message string }
		}
	}
	w.ask(`mutation($shop: ID!, $full: Boolean) { syncShop(shopId: $shop, full: $full) { run { id state } errors { code message } } }`,
		map[string]any{"shop": shop, "full": full}, &out)
	if len(out.SyncShop.Errors) > 0 {
		w.t.Fatalf("sync: %+v", out.SyncShop.Errors)
	}
	return out.SyncShop.Run.ID
}

// await waits until the runs are done and everything is derived.
func (w *world) await(limit time.Duration, runs ...uuid.UUID) {
	w.t.Helper()
	deadline := time.Now().Add(limit)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		active := false
		for _, id := range runs {
			run, err := w.store.Run(w.t.Context(), w.merchant, id)
			must(w.t, err)
			if run.State == relance.RunFailed || run.State == relance.RunCancelled {
				w.t.Fatalf("run ended as %s: %s %+v", run.State, run.Error, run.Steps)
			}
			active = active || run.State != relance.RunDone
		}
		left, err := w.store.QueueLength(w.t.Context(), w.merchant)
		must(w.t, err)
		if !active && left == 0 {
			w.logSteps(runs)
			return
		}
		if time.Now().After(deadline) {
			for _, id := range runs {
				run, _ := w.store.Run(w.t.Context(), w.merchant, id)
				w.t.Logf("run: %+v", run)
			}
			w.t.Fatalf("not done after %s; %d records wait to be derived", limit, left)
		}
		<-tick.C
	}
}

// logSteps tells how long each step took.
func (w *world) logSteps(runs []uuid.UUID) {
	for _, id := range runs {
		run, err := w.store.Run(w.t.Context(), w.merchant, id)
		must(w.t, err)
		for _, s := range run.Steps {
			if s.StartedAt != nil && s.FinishedAt != nil && s.FinishedAt.Sub(*s.StartedAt) > time.Second {
				w.t.Logf("%s: %d in %s", s.Kind, s.Done, s.FinishedAt.Sub(*s.StartedAt).Round(time.Millisecond))
			}
		}
	}
}
