// Package storetest gives each test a migrated Postgres database of its own, on one
// private server per test binary. Tests reach it as the product does: through a
// store.Store, whose statements run as relance_app behind row-level security.
package storetest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance/internal/devstack"
	"github.com/relance/relance/store"
)

// Cluster is the private server of a test binary. Its template database is migrated
// once; each test gets a clone of it.
type Cluster struct {
	start sync.Once
	err   error
	dir   string
	stack *devstack.Stack
	next  int
	mu    sync.Mutex
}

// Main runs the tests of a package with a cluster that starts when it is first needed,
// and stops it: call it from TestMain.
func Main(m *testing.M, c *Cluster) {
	code := m.Run()
	if err := c.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "storetest:", err)
		code = 1
	}
	os.Exit(code)
}

const template = "relance_template"

func (c *Cluster) up() error {
	c.start.Do(func() { c.err = c.launch(context.Background()) })
	return c.err
}

// launch starts the server in memory where there is a RAM disk, and migrates the template.
func (c *Cluster) launch(ctx context.Context) error {
	dir, err := devstack.Scratch()
	if err != nil {
		return err
	}
	c.dir = dir
	if c.stack, err = devstack.Start(ctx, devstack.Options{Dir: dir, Throwaway: true, NoRedis: true, Cache: cacheDir()}); err != nil {
		return err
	}
	if err := c.exec(ctx, "CREATE DATABASE "+template); err != nil {
		return err
	}
	_, err = store.Migrate(ctx, c.url(template))
	return err
}

// cacheDir keeps server binaries that had to be downloaded between runs.
func cacheDir() string {
	dir, err := devstack.StateDir()
	if err != nil {
		return ""
	}
	return dir
}

func (c *Cluster) stop() error {
	if c.stack == nil {
		return nil
	}
	err := c.stack.Stop()
	if rm := os.RemoveAll(c.dir); err == nil {
		err = rm
	}
	return err
}

func (c *Cluster) exec(ctx context.Context, sql string) error {
	conn, err := pgx.Connect(ctx, c.stack.DatabaseURL)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, sql)
	return err
}

func (c *Cluster) url(database string) string {
	u, err := url.Parse(c.stack.DatabaseURL)
	if err != nil {
		return ""
	}
	u.Path = "/" + database
	return u.String()
}

// URL gives the address of a fresh migrated database, for a login that may take every
// role. The database is kept until the server stops, to be looked at.
func (c *Cluster) URL(t testing.TB) string {
	t.Helper()
	if err := c.up(); err != nil {
		t.Fatalf("test database: %v", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next++
	name := fmt.Sprintf("t%d_%s", c.next, strings.Map(safe, strings.ToLower(filepath.Base(t.Name()))))
	name = name[:min(len(name), 60)]
	if err := c.exec(t.Context(), "CREATE DATABASE "+name+" TEMPLATE "+template+" STRATEGY file_copy"); err != nil {
		t.Fatalf("clone database: %v", err)
	}
	return c.url(name)
}

func safe(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
		return r
	}
	return '_'
}

// New gives a store on a fresh database and a first merchant in it.
func (c *Cluster) New(t testing.TB) (*store.Store, uuid.UUID) {
	t.Helper()
	return c.NewTraced(t, nil)
}

// NewTraced is New with a tracer that sees every statement.
func (c *Cluster) NewTraced(t testing.TB, tracer pgx.QueryTracer) (*store.Store, uuid.UUID) {
	t.Helper()
	s, err := store.Open(t.Context(), c.URL(t), store.Options{Tracer: tracer})
	if err != nil {
		t.Fatalf("open store: %v", err)
	}
	t.Cleanup(s.Close)
	m, err := s.CreateMerchant(t.Context(), "Test merchant")
	if err != nil {
		t.Fatalf("create merchant: %v", err)
	}
	return s, m
}
