package store_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"

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

// A migration that landed is never edited: databases that have applied it would differ
// from new ones. Add a line when one lands.
func TestLandedMigrationsStandStill(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"0001_tenants.sql":                "51f16e81ce57dc6b",
		"0002_shops_and_sync.sql":         "380cb0d89a6207fb",
		"0003_facts.sql":                  "735058f1dafc97d4",
		"0004_profiles.sql":               "fd80950e17700e03",
		"0005_last_comparison.sql":        "11a51fae2e58d2ca",
		"0006_retries_and_consents.sql":   "05d3f83a9049e7de",
		"0007_sign_in.sql":                "80fd182694035253",
		"0008_shop_settings.sql":          "8b1df18a19aabde6",
		"0009_staging_and_search.sql":     "4a184012833f182c",
		"0010_causes_and_orders.sql":      "dbfe251a6f82d3b0",
		"0011_follow_ups.sql":             "a702071e17a1a4f7",
		"0012_households_and_sending.sql": "91ea39684c8521e8",
		"0013_logos.sql":                  "7cacd87dd1a25f93",
		"0014_results.sql":                "0198c47955a7c2f1",
		"0015_courtesy_and_variants.sql":  "1d4de32a6794b41e",
		"0016_letters.sql":                "ce761d5ff7c8f950",
		"0017_reports_and_days.sql":       "80b0da326309d589",
		"0018_stuck_objections.sql":       "076c95a63ad8acb8",
		"0019_costs.sql":                  "621f7f8613c7cc6a",
		"0020_letters_left.sql":           "bbabcff5ec6c1e76",
		"0021_learning.sql":               "bb8d5b4da04120b1",
		"0022_workbench.sql":              "b9d34a50002c0581",
		"0023_exports.sql":                "9fbe639deee1c1a6",
		"0024_imports.sql":                "95a9bd825d7fe40a",
		"0025_quoted_prices.sql":          "913f8e5c0412e591",
		"0026_privacy.sql":                "3e839bf8f2b00019",
		"0027_retention.sql":              "2b5f923d2b948add",
		"0028_by_hand.sql":                "d184bef1d35cc747",
		"0029_actions.sql":                "96ff21419183d3a1",
		"0030_consents_by_hand.sql":       "4412f6df71eeb953",
		"0031_bulk_and_photos.sql":        "fc031a7a210ea273",
		"0032_restored.sql":               "4dc95877c8ad26d6",
		"0033_vacant.sql":                 "337f5284475242c8",
		"0034_shop_erasures.sql":          "3a9ed67295c84896",
		"0035_members_by_way.sql":         "39fde0c1992c1248",
		"0036_unsampled.sql":              "b40b6d28ca60ef96",
	} {
		file, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%x", sha256.Sum256(file))[:16]; got != want {
			t.Errorf("%s has landed and was changed (%s, not %s): write another migration", name, got, want)
		}
	}
}

// landed makes a database as it was after a migration.
func landed(t *testing.T, version int64) (u string, db *sql.DB, exec func(query string, args ...any)) {
	t.Helper()
	u = empty(t)
	db, err := sql.Open("pgx", u)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	p, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	return u, db, func(query string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
}

// A pull that was under way when the first landed version was replaced goes on.
func TestMigrateKeepsAPullUnderWay(t *testing.T) {
	t.Parallel()
	u, db, exec := landed(t, 4)
	merchant, shop := uuid.New(), uuid.New()
	exec("SELECT set_config('relance.merchant', $1, false)", merchant)
	exec(`INSERT INTO staged_rows (merchant_id, shop_id, kind, seq, object_id, parent_id, body)
		SELECT $1, $2, 'ORDERS', i, 'gid://' || i, CASE WHEN i % 3 = 0 THEN '' ELSE 'gid://' || i / 3 * 3 END, '{}' FROM generate_series(1, 9) i`, merchant, shop)
	if _, err := store.Migrate(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	var rows, last int
	if err := db.QueryRowContext(t.Context(), `SELECT count(*), (SELECT last_seq FROM staged_lists WHERE shop_id = $1 AND kind = 'ORDERS') FROM staged_rows`, shop).Scan(&rows, &last); err != nil || rows != 9 || last != 9 {
		t.Errorf("%d staged rows and a list that ends at %d (%v), want 9 and 9", rows, last, err)
	}
}

// What imports wrote before 0037 is found by it still: two of one list wrote the same record.
func TestMigrateKeepsWhatImportsWrote(t *testing.T) {
	t.Parallel()
	u, db, exec := landed(t, 36)
	merchant, list := uuid.New(), uuid.New()
	exec(`INSERT INTO merchants (id, name) VALUES ($1, 'First')`, merchant)
	exec(`INSERT INTO sources (merchant_id, id, kind, name) VALUES ($1, $2, 'IMPORT', 'Fair')`, merchant, list)
	for _, name := range []string{"Anna", "Anne"} {
		exec(`WITH i AS (INSERT INTO imports (merchant_id, id, file_name, source_id, state, next_at, actor, created_at)
				VALUES ($1, gen_random_uuid(), 'fair.csv', $2, 'DONE', now(), 'clerk', now()) RETURNING id)
			INSERT INTO import_records (merchant_id, source_id, kind, external_id, import_id, record) SELECT $1, $2, 'customers', 'c1', id, jsonb_build_object('FirstName', $3::text) FROM i`, merchant, list, name)
	}
	if _, err := store.Migrate(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	var names string
	if err := db.QueryRowContext(t.Context(), `SELECT string_agg(r.record->>'FirstName', ' ' ORDER BY r.record->>'FirstName') FROM imports i JOIN import_records r ON r.merchant_id = i.merchant_id AND r.import_id = i.id
		WHERE i.source_id = $1 AND r.kind = 'customers' AND r.external_id = 'c1'`, list).Scan(&names); err != nil || names != "Anna Anne" {
		t.Errorf("of what imports wrote there is %q (%v)", names, err)
	}
}
