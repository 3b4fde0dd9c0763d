// Command bench measures Relance against a floor in the same run and prints ratios: a
// first pull against a bare program that pages, decodes and upserts the same rows, and
// contract queries against a bare handler with one hand-written SQL statement, letters against
// bare fpdf and a browser's print. Runs of
// product and floor alternate; each figure is the median with the spread.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/app"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
	"github.com/relance/relance/internal/devstack"
	"github.com/relance/relance/internal/outbound"
	"github.com/relance/relance/internal/ratelimit"
	"github.com/relance/relance/internal/sample"
	"github.com/relance/relance/internal/secret"
	"github.com/relance/relance/store"
	"github.com/relance/relance/workers"
)

type options struct {
	customers int
	runs      int
	changes   int
	people    int
	messages  int
	seconds   float64
	only      string
}

func main() {
	var o options
	flag.IntVar(&o.customers, "customers", 100_000, "customers of the simulated shop, with about two orders each")
	flag.IntVar(&o.runs, "runs", 5, "runs of each measurement")
	flag.IntVar(&o.changes, "changes", 5, "changes of 1 % that each run pulls; their median is the run's figure")
	flag.IntVar(&o.people, "people", 1_000_000, "generated people to decide about")
	flag.IntVar(&o.messages, "messages", 10_000, "messages to send")
	flag.Float64Var(&o.seconds, "seconds", 2, "length of one measurement of a query")
	flag.StringVar(&o.only, "only", "", "pull, read, dashboard, deciding, sending, letters, lists or imports; all where it is left out")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// rig is everything that is measured on: a durable Postgres, a Redis, a simulated shop.
type rig struct {
	options
	dir     string
	stack   *devstack.Stack
	redis   string
	small   *shop // a tenth of the customers
	large   *shop
	key     string
	binary  string
	next    int
	filled  *world // a database with everything in it
	token   string
	profile uuid.UUID
}

func run(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "relance-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	r := &rig{options: o, dir: dir}
	if o.only == "letters" { // they need no database
		return r.measureLetters(ctx)
	}
	state, err := devstack.StateDir()
	if err != nil {
		return err
	}
	if r.stack, err = devstack.Start(ctx, devstack.Options{Dir: filepath.Join(dir, "stack"), Cache: state, RedisURL: os.Getenv("REDIS_URL")}); err != nil {
		return err
	}
	defer func() { _ = r.stack.Stop() }()
	if err := r.prepare(ctx); err != nil {
		return err
	}
	for _, m := range []struct {
		name string
		run  func(context.Context) error
	}{{"pull", r.measurePulls}, {"read", r.measureReads}, {"dashboard", r.measureDashboard}, {"deciding", r.measureDeciding}, {"sending", r.measureSending}, {"letters", r.measureLetters}, {"lists", r.measureLists}, {"imports", r.measureImport}} {
		if o.only != "" && o.only != m.name {
			continue
		}
		if err := m.run(ctx); err != nil {
			return err
		}
	}
	return nil
}

// prepare builds the product, seeds the shop and makes a key.
func (r *rig) prepare(ctx context.Context) (err error) {
	r.redis = redisURL(r.stack.Redis)
	if r.key, err = secret.NewKeyset(); err != nil {
		return err
	}
	r.binary = filepath.Join(r.dir, "relance")
	build := exec.CommandContext(ctx, "go", "build", "-o", r.binary, "./cmd/relance")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build: %w", err)
	}
	if r.small, err = serveShop(r.customers / 10); err != nil {
		return err
	}
	r.large, err = serveShop(r.customers)
	return err
}

// shop is a simulated PrestaShop shop without throttle.
type shop struct {
	*prestashoptest.Server
	url     string
	records float64 // customers, orders and carts
}

// serveShop simulates a shop of about that many customers.
func serveShop(customers int) (*shop, error) {
	// Six people in ten of the invented pair of shops are in the PrestaShop one.
	shops := sample.Demo(sample.DemoOptions{Seed: 1, People: customers * 10 / 6, Now: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)})
	lines := 0
	for _, o := range shops.PrestaShop.Orders {
		lines += len(o.Lines)
	}
	fmt.Printf("shop: %d customers, %d orders, %d lines, %d carts\n", len(shops.PrestaShop.Customers), len(shops.PrestaShop.Orders), lines, len(shops.PrestaShop.Carts))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	sim := prestashoptest.New(shops.PrestaShop, prestashoptest.Options{})
	srv := &http.Server{Handler: sim, ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(l) }()
	records := len(shops.PrestaShop.Customers) + len(shops.PrestaShop.Orders) + len(shops.PrestaShop.Carts)
	return &shop{Server: sim, url: "http://" + l.Addr().String(), records: float64(records)}, nil
}

// changeOnePercent gives every hundredth order its next state and moves every hundredth
// customer a note.
func (s *shop) changeOnePercent(round int) {
	for id := 1; id <= s.Count("orders"); id += 100 {
		s.SetOrderState(int64(id), 4+int64(round)%2) // shipped, delivered
	}
	for id := 1; id <= s.Count("customers"); id += 100 {
		s.SetText("customers", int64(id), "note", fmt.Sprintf("Rang %d times", round+1))
		s.Touch("customers", int64(id))
	}
}

// world is a fresh database with a connected shop.
type world struct {
	url      string
	store    *store.Store
	app      *app.App
	merchant uuid.UUID
	shop     uuid.UUID
}

func (r *rig) newWorld(ctx context.Context, of *shop) (*world, error) {
	r.next++
	url, err := r.createDatabase(ctx, fmt.Sprintf("bench%d", r.next))
	if err != nil {
		return nil, err
	}
	if _, err := store.Migrate(ctx, url); err != nil {
		return nil, err
	}
	st, err := store.Open(ctx, url, store.Options{MaxConns: 40})
	if err != nil {
		return nil, err
	}
	box, err := secret.Open(r.key)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.DiscardHandler)
	a := &app.App{Store: st, Secrets: box, Platforms: app.Platforms(), Queue: workers.NewQueue(r.stack.Redis), Now: time.Now, Log: log, Heartbeat: 3 * time.Second, CompareEvery: time.Hour, Deps: r.deps(log)}
	w := &world{url: url, store: st, app: a}
	if w.merchant, err = st.CreateMerchant(ctx, "Bench"); err != nil {
		return nil, err
	}
	shop, err := a.Connect(ctx, w.merchant, relance.PrestaShop, relance.Credentials{URL: of.url, Key: prestashoptest.DefaultKey}, "", "bench")
	w.shop = shop.ID
	return w, err
}

func (r *rig) deps(log *slog.Logger) connectors.Deps {
	return connectors.Deps{HTTP: outbound.New(outbound.Options{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}), Now: time.Now, Log: log,
		Limiter: ratelimit.New(nil, ratelimit.Options{Log: log})}
}
