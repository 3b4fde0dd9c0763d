package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/relance/relance"
	"github.com/relance/relance/app"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
	"github.com/relance/relance/delivery/smtptest"
	"github.com/relance/relance/internal/devstack"
	"github.com/relance/relance/internal/password"
	"github.com/relance/relance/internal/sample"
	"github.com/relance/relance/internal/secret"
	"github.com/relance/relance/store"
	"github.com/relance/relance/workers"
)

// devCmd shows the product working.
type devCmd struct {
	Addr     string `name:"addr" env:"RELANCE_ADDR" default:"127.0.0.1:8080" help:"Address of the API; another port is taken where it is in use."`
	State    string `name:"state" env:"RELANCE_STATE" help:"Folder that keeps the database between runs; ~/.local/state/relance where it is left out."`
	Reset    bool   `name:"reset" help:"Empty that folder's database first."`
	outbox   *smtptest.Sink
	ownRelay bool
	People   int `name:"people" default:"400" help:"Size of the simulated shops."`
}

// Run implements the command.
func (c *devCmd) Run(ctx context.Context, s *Settings, std *streams) error {
	if err := c.findState(); err != nil {
		return err
	}
	stack, err := devstack.Start(ctx, devstack.Options{Dir: c.State, DatabaseURL: s.DatabaseURL, RedisURL: s.RedisURL, Reset: c.Reset, Say: std.out})
	if err != nil {
		return err
	}
	defer func() {
		if err := stack.Stop(); err != nil {
			_ = std.fail(err)
		}
		std.printf("relance: stopped\n")
	}()
	if err := c.prepare(ctx, s, stack); err != nil {
		return err
	}
	return c.run(ctx, s, std, stack)
}

func (c *devCmd) findState() (err error) {
	if c.State == "" {
		c.State, err = devstack.StateDir()
	}
	return err
}

// prepare migrates the database and finds the key that its credentials are sealed with.
func (c *devCmd) prepare(ctx context.Context, s *Settings, stack *devstack.Stack) error {
	s.DatabaseURL = stack.DatabaseURL
	s.AllowNetworks = append(s.AllowNetworks, "127.0.0.0/8", "::1/128")
	if _, err := store.Migrate(ctx, s.DatabaseURL); err != nil {
		return err
	}
	if s.SecretKey != "" {
		return nil
	}
	key, err := kept(c.State, "secret.key", secret.NewKeyset)
	s.SecretKey = key
	return err
}

// kept reads a small file of the state folder, making it the first time.
func kept(dir, name string, fresh func() (string, error)) (string, error) {
	path := filepath.Join(dir, name)
	b, err := os.ReadFile(path)
	if kept := strings.TrimSpace(string(b)); err == nil && kept != "" {
		return kept, nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	v, err := fresh()
	if err != nil {
		return "", err
	}
	return v, keep(path, v)
}

// keep writes a small file whole: a killed run leaves the old one or the new one.
func keep(path, v string) error {
	if err := os.WriteFile(path+".new", []byte(v+"\n"), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// run serves everything until ctx ends.
func (c *devCmd) run(ctx context.Context, s *Settings, std *streams, stack *devstack.Stack) error {
	s.LogLevel = "warn"
	log := s.logger()
	st, err := s.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	outbox := &smtptest.Sink{Keep: 500}
	c.ownRelay = s.SMTPURL == ""
	if c.ownRelay {
		relay, closeRelay, err := outbox.Listen("127.0.0.1:0")
		if err != nil {
			return err
		}
		defer closeRelay()
		s.SMTPURL = relay
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	if s.PingenURL == "" {
		if s.PingenURL, err = simulatePingen(ctx, group); err != nil {
			return err
		}
	}
	a, err := s.newApp(st, stack.Redis, log)
	if err != nil {
		return err
	}
	c.outbox = outbox
	if s.RelaySPF == "" && s.DKIMSelector == "" {
		closeNames, err := inventDomains(ctx, a.Senders)
		if err != nil {
			return err
		}
		defer closeNames()
	}
	err = c.startAll(ctx, group, std, stack, st, a, log)
	if err != nil {
		stop()
	}
	err = errors.Join(err, group.Wait())
	stop()
	return err
}

// startAll starts the simulators, the workers and the API, and connects the shops.
func (c *devCmd) startAll(ctx context.Context, group *errgroup.Group, std *streams, stack *devstack.Stack, st *store.Store, a *app.App, log *slog.Logger) error {
	shopify, presta, err := c.simulators(ctx, group)
	if err != nil {
		return err
	}
	group.Go(func() error {
		return newWorkers(stack.Redis, a, st, log, workers.Options{SyncEvery: time.Minute}).Run(ctx)
	})
	in, err := c.serve(ctx, group, a, st, stack, log, std)
	if err != nil {
		return err
	}
	if err := addDemoPrinters(ctx, a); err != nil {
		return err
	}
	group.Go(func() error { return connectDemo(ctx, a, st, shopify, presta, std) })
	std.printf("\n  Relance is running:\n\n    %s\n\n  Sign in as %s with the password %s\n  API explorer: %s/explorer/#token=%s\n  Outbox of what would be mailed: %s/outbox/\n"+
		"  Ctrl-C stops everything; what was synced is kept in %s (--reset empties it).\n\n", in.page, demoOwner, in.password, in.page, in.token, in.page, c.State)
	return nil
}

// simulators serves both shops on ports of their own.
func (c *devCmd) simulators(ctx context.Context, group *errgroup.Group) (shopify, presta string, err error) {
	since, err := kept(c.State, "demo-since", func() (string, error) { return time.Now().UTC().Format(time.RFC3339), nil })
	if err != nil {
		return "", "", err
	}
	now, err := time.Parse(time.RFC3339, since)
	if err != nil {
		return "", "", err
	}
	shops := sample.Demo(sample.DemoOptions{Seed: 1, People: c.People, Now: now})
	var hosts [2]string
	for i, simulator := range []func(addr string) http.Handler{
		func(addr string) http.Handler { h, _ := shopifySimulator(shops.Shopify, nil, addr); return h },
		func(addr string) http.Handler { h, _ := prestaShopSimulator(shops.PrestaShop, nil, addr); return h },
	} {
		l, err := c.simulatorPort(ctx, []string{"simulator-shopify.port", "simulator-prestashop.port"}[i])
		if err != nil {
			return "", "", err
		}
		hosts[i] = l.Addr().String()
		group.Go(func() error { return serveHTTP(ctx, l, simulator(hosts[i])) })
	}
	return hosts[0], hosts[1], nil
}

// simulatorPort listens on the port of the last run, so that connected shops stay
// reachable, or on a free one.
func (c *devCmd) simulatorPort(ctx context.Context, file string) (net.Listener, error) {
	addr, err := kept(c.State, file, func() (string, error) { return "127.0.0.1:0", nil })
	if err != nil {
		return nil, err
	}
	l, err := listen(ctx, addr)
	if err != nil {
		if l, err = listen(ctx, "127.0.0.1:0"); err != nil {
			return nil, err
		}
	}
	return l, keep(filepath.Join(c.State, file), l.Addr().String())
}

// access is how to get in.
type access struct{ page, password, token string }

// demoOwner signs in to the dashboard of `relance dev`.
const demoOwner = "owner@example.com"

// serve opens the API on the wanted port, or another where that is taken.
func (c *devCmd) serve(ctx context.Context, group *errgroup.Group, a *app.App, st *store.Store, stack *devstack.Stack, log *slog.Logger, std *streams) (access, error) {
	l, err := listen(ctx, c.Addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		std.printf("relance: %s is in use, taking another port\n", c.Addr)
		l, err = listen(ctx, "127.0.0.1:0")
	}
	if err != nil {
		return access{}, err
	}
	token, err := c.token(ctx, st)
	if err != nil {
		return access{}, err
	}
	pass, err := c.owner(ctx, a)
	if err != nil {
		return access{}, err
	}
	page := "http://" + l.Addr().String()
	a.PublicURL = cmp.Or(a.PublicURL, page)
	h, err := newHandler(handlerParts{app: a, store: st, redis: stack.Redis, log: log, now: time.Now, dev: true, outbox: c.outbox.Outbox()})
	if err != nil {
		return access{}, err
	}
	group.Go(func() error { return serveHTTP(ctx, l, h) })
	return access{page: page, password: pass, token: token}, nil
}

// owner makes the log-in of the demo's owner; the password is that of the last run.
func (c *devCmd) owner(ctx context.Context, a *app.App) (string, error) {
	m, err := demoMerchant(ctx, a.Store)
	if err != nil {
		return "", err
	}
	pass, err := kept(c.State, "owner.password", func() (string, error) {
		codes, err := password.RecoveryCodes()
		return codes[0], err
	})
	if err != nil {
		return "", err
	}
	if c.ownRelay { // what it takes goes nowhere
		if err := a.DevContract(ctx, m); err != nil {
			return "", err
		}
	}
	return pass, a.DevOwner(ctx, m, demoOwner, pass)
}

// token gives the token of the last run if the database knows it, else a new one.
func (c *devCmd) token(ctx context.Context, st *store.Store) (string, error) {
	m, err := demoMerchant(ctx, st)
	if err != nil {
		return "", err
	}
	path := filepath.Join(c.State, "token")
	if b, err := os.ReadFile(path); err == nil {
		old := strings.TrimSpace(string(b))
		if bearer, err := st.Bearer(ctx, old); err == nil && bearer.Role == relance.RoleOwner && bearer.MerchantID == m {
			return old, nil
		}
	}
	token, err := st.CreateToken(ctx, m, relance.RoleOwner, nil, "relance dev")
	if err != nil {
		return "", err
	}
	return token, keep(path, token)
}

// demoName is the merchant of the simulated shops in a database of several merchants.
const demoName = "Relance demo"

// demoMerchant finds whose the simulated shops are: the merchant of that name, else the
// only one, else a new one.
func demoMerchant(ctx context.Context, st *store.Store) (uuid.UUID, error) {
	all, err := st.AllMerchants(ctx)
	if err != nil {
		return uuid.Nil, err
	}
	for _, m := range all {
		if m.Name == demoName {
			return m.ID, nil
		}
	}
	if len(all) > 1 {
		return st.CreateMerchant(ctx, demoName)
	}
	return theMerchant(ctx, st, nil, true)
}

// connectDemo connects the simulated shops and starts their first pull.
func connectDemo(ctx context.Context, a *app.App, st *store.Store, shopify, presta string, std *streams) error {
	m, err := demoMerchant(ctx, st)
	if err != nil {
		return err
	}
	for _, shop := range []struct {
		platform relance.Platform
		cred     relance.Credentials
	}{
		{relance.Shopify, relance.Credentials{URL: shopify, Key: demoToken}},
		{relance.PrestaShop, relance.Credentials{URL: "http://" + presta, Key: prestashoptest.DefaultKey}},
	} {
		if err := connectOne(ctx, a, m, shop.platform, shop.cred); err != nil && ctx.Err() == nil {
			std.printf("relance: %s not connected: %s\n", shop.platform, err)
		}
	}
	return nil
}

func connectOne(ctx context.Context, a *app.App, m uuid.UUID, p relance.Platform, cred relance.Credentials) error {
	shop, err := a.Connect(ctx, m, p, cred, "", "relance dev")
	if err != nil {
		return err
	}
	_, err = a.StartSync(ctx, m, shop.ID, false)
	return err
}
