package store_test

import (
	"context"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/relance/relance/migrations"
	"github.com/relance/relance/store"
)

// empty makes a database without any tables beside the lab's.
func empty(t *testing.T) string {
	t.Helper()
	from := cluster.URL(t)
	u, err := url.Parse(from)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	u.Path += "_empty"
	if _, err := conn.Exec(t.Context(), "CREATE DATABASE "+u.Path[1:]+" TEMPLATE template0"); err != nil {
		t.Fatal(err)
	}
	return u.String()
}

func TestMigrateFromNothingAndAgain(t *testing.T) {
	t.Parallel()
	u := empty(t)
	files, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	n, err := store.Migrate(t.Context(), u)
	if err != nil || n != len(files) {
		t.Fatalf("%d migrations applied, %v, want all %d", n, err, len(files))
	}
	if n, err = store.Migrate(t.Context(), u); err != nil || n != 0 {
		t.Errorf("migrating again applies %d, %v", n, err)
	}
	s, err := store.Open(t.Context(), u, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.CreateMerchant(t.Context(), "First"); err != nil {
		t.Error(err)
	}
}

// Two programs that start at once, such as `serve` and `work`, may both migrate.
func TestMigrateTwiceAtOnce(t *testing.T) {
	t.Parallel()
	u := empty(t)
	errs := make(chan error, 2)
	for range 2 {
		go func() { _, err := store.Migrate(context.WithoutCancel(t.Context()), u); errs <- err }()
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Errorf("migrating beside another: %v", err)
		}
	}
}

func TestMigrationsAreNumbered(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(migrations.FS, "*")
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		if !regexp.MustCompile(fmt.Sprintf(`^%04d_[a-z_]+\.sql$`, i+1)).MatchString(f) {
			t.Errorf("the migration in place %d is called %s", i+1, f)
		}
	}
}
