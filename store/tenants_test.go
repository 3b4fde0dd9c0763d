package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

func TestTenantsCannotSeeEachOther(t *testing.T) {
	t.Parallel()
	one := newLab(t)
	two := one.tenant(t)
	for _, l := range []*lab{one, two} {
		l.three()
		l.give(0, orders(order("free", "", "5", nil)))
	}
	other := two.id(0, "a")
	for what, err := range map[string]error{
		"profile": func() error {
			_, err := one.s.Profile(one.ctx, one.m, other, everything(), nil, noon)
			return err
		}(),
		"label":  one.s.AddLabel(one.ctx, one.m, other, "x", "clerk", noon),
		"note":   one.s.AddNote(one.ctx, one.m, other, "x", "x", noon),
		"assign": one.s.AssignOrder(one.ctx, one.m, one.orphans()[0].ID, &other, noon),
		"merge": func() error {
			_, _, err := one.s.Merge(one.ctx, one.m, one.id(0, "a"), []uuid.UUID{other}, "x", noon)
			return err
		}(),
	} {
		if relance.CodeOf(err) != relance.CodeNotFound {
			t.Errorf("%s of another merchant's profile: %v, want NOT_FOUND", what, err)
		}
	}
	m := two.merge(two.id(0, "a"), two.id(0, "b"))
	if _, err := one.s.Unmerge(one.ctx, one.m, m, "x", noon); relance.CodeOf(err) != relance.CodeNotFound {
		t.Errorf("unmerging at another merchant: %v", err)
	}
	if len(one.profiles()) != 3 || len(two.profiles()) != 2 {
		t.Errorf("%d and %d profiles, want 3 and 2", len(one.profiles()), len(two.profiles()))
	}
}

// tenantTables lists the tables that hold rows of merchants.
func (l *lab) tenantTables() []string {
	l.Helper()
	var out []string
	for _, r := range l.rows(`SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'merchant_id' AND NOT a.attisdropped
		WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace`) {
		out = append(out, strings.Trim(r, "()"))
	}
	return out
}

// The second fence: statements without any condition on the merchant.
func TestAForgottenConditionShowsNobodyElse(t *testing.T) {
	t.Parallel()
	one := newLab(t)
	two := one.tenant(t)
	for _, l := range []*lab{one, two} {
		l.three()
		l.give(0, orders(order("free", "", "5", nil)))
		l.merge(l.id(0, "a"), l.id(0, "b"))
		_, err := l.s.CreateToken(l.ctx, l.m, relance.RoleOwner, nil, "t")
		l.ok(err)
		l.run(false, relance.KindCustomers)
	}
	filled := 0
	for _, table := range one.tenantTables() {
		own := one.count(table)
		if own > 0 {
			filled++
		}
		var seen int
		err := one.as("relance_app", func(tx pgx.Tx) error {
			return tx.QueryRow(one.ctx, `SELECT count(*) FROM `+pgx.Identifier{table}.Sanitize()).Scan(&seen)
		})
		if err != nil || seen != own {
			t.Errorf("%s: %d rows seen without a condition, %v; the merchant has %d", table, seen, err, own)
		}
		err = one.as("relance_app", func(tx pgx.Tx) error {
			if _, err := tx.Exec(one.ctx, "RESET relance.merchant"); err != nil {
				return err
			}
			return tx.QueryRow(one.ctx, `SELECT count(*) FROM `+pgx.Identifier{table}.Sanitize()).Scan(&seen)
		})
		if err == nil && own > 0 {
			t.Errorf("%s: can be read without a merchant", table)
		}
	}
	if filled < 18 {
		t.Errorf("only %d tables hold rows; the test looks at too little", filled)
	}
	err := one.as("relance_app", func(tx pgx.Tx) error {
		_, err := tx.Exec(one.ctx, `INSERT INTO labels (merchant_id, id, name) VALUES ($1, $2, 'smuggled')`, two.m, uuid.New())
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "row-level security") {
		t.Errorf("a row of another merchant is written: %v", err)
	}
	var merchants int
	if err := one.as("relance_app", func(tx pgx.Tx) error {
		return tx.QueryRow(one.ctx, `SELECT count(*) FROM merchants`).Scan(&merchants)
	}); err != nil || merchants != 1 {
		t.Errorf("%d merchants seen, %v", merchants, err)
	}
}

func TestRoles(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	want := []string{"(relance_app,f,f,f,f)", "(relance_owner,f,f,f,f)", "(relance_system,f,f,f,f)"}
	if diff := cmp.Diff(want, l.rows(`SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcanlogin FROM pg_roles WHERE rolname LIKE 'relance\_%'`)); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
	var user string
	l.ok(l.as("relance_app", func(tx pgx.Tx) error { return tx.QueryRow(l.ctx, `SELECT current_user`).Scan(&user) }))
	if user != "relance_app" {
		t.Errorf("current_user is %s", user)
	}
	// The store's own connections are that role too: pg_stat_activity shows what they say of
	// themselves, and what they may do shows who they are.
	if got := l.rows(`SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'relance%'`); !slices.Contains(got, "(relance_app)") {
		t.Errorf("connections of the store: %v", got)
	}
	if got := l.rows(`SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
		AND r.rolname IN ('relance_app', 'relance_system')`); len(got) > 0 {
		t.Errorf("tables owned by a role that row-level security must hold: %v", got)
	}
}

func TestTheSweepsSeeOnlyWhatTheyNeed(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	got := l.rows(`SELECT table_name, privilege_type, string_agg(column_name, ' ' ORDER BY column_name) FROM information_schema.column_privileges
		WHERE grantee = 'relance_system' AND table_schema = 'public' AND table_name IN ('shops') GROUP BY 1, 2`)
	if diff := cmp.Diff([]string{`(shops,SELECT,"created_at id last_synced_at merchant_id next_try_at state")`}, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	got = l.rows(`SELECT table_name, string_agg(privilege_type, ' ') FROM information_schema.table_privileges WHERE grantee = 'relance_system' AND table_schema = 'public' GROUP BY 1`)
	if diff := cmp.Diff([]string{"(derive_queue,SELECT)", "(due,SELECT)", "(sync_runs,SELECT)", "(sync_steps,SELECT)"}, got); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
	if got := l.rows(`SELECT grantee, privilege_type FROM information_schema.table_privileges WHERE table_name = 'sign_in_failures' AND grantee <> 'relance_owner'`); len(got) > 0 {
		t.Errorf("the failed sign-ins are open to %v", got)
	}
	if got := l.rows(`SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef AND has_function_privilege('public', p.oid, 'EXECUTE')`); len(got) > 0 {
		t.Errorf("anybody may call %v", got)
	}
	if got := l.rows(`SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef AND NOT coalesce(p.proconfig::text LIKE '%search_path%', false)`); len(got) > 0 {
		t.Errorf("run as their owner without a search_path of their own: %v", got)
	}
}

// unfenced are tables, keys and indexes that justly do not begin with the merchant.
var unfenced = map[string]string{
	"merchants_pkey":  "the list of merchants itself",
	"sync_steps_due":  "sweeps look over all merchants",
	"imports_due":     "sweeps look over all merchants",
	"due_at":          "sweeps look over all merchants",
	"api_tokens_hash": "a token is looked up before its merchant is known",
	"sessions_hash":   "so is a session",
	"user_links_hash": "so is a link",
	"letters_of_code": "so is the letter of a code",

	// Failed sign-ins belong to nobody, and only functions reach them.
	"sign_in_failures_pkey": "of no merchant",
	"sign_in_failures_who":  "of no merchant",
}

func TestEveryTableIsFencedAndSpreadable(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for _, r := range l.rows(`SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND c.relname NOT IN ('goose_db_version', 'sign_in_failures')
		AND NOT (c.relrowsecurity AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant'))`) {
		t.Errorf("%s has no row-level security", r)
	}
	for _, r := range l.rows(`SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND c.relname NOT IN ('goose_db_version', 'merchants', 'sign_in_failures')
		AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'merchant_id' AND a.attnotnull)`) {
		t.Errorf("%s has no merchant_id", r)
	}
	for _, r := range l.rows(`SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)`) {
		t.Errorf("%s has no primary key", r)
	}
	met := map[string]bool{}
	for _, r := range l.rows(`SELECT x.relname, a.attname FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] WHERE c.relnamespace = 'public'::regnamespace AND c.relname <> 'goose_db_version' AND a.attname <> 'merchant_id'`) {
		name := strings.Split(strings.Trim(r, "()"), ",")[0]
		met[name] = true
		if unfenced[name] == "" {
			t.Errorf("the index %s does not begin with the merchant", name)
		}
	}
	for name := range unfenced {
		if !met[name] {
			t.Errorf("%s is excepted and no exception any more", name)
		}
	}
	for _, r := range l.rows(`SELECT k.conname FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
		WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace AND a.attname <> 'merchant_id'`) {
		t.Errorf("the foreign key %s does not begin with the merchant", r)
	}
}

func TestPersonalColumnsAreMarked(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	// What the erasure of a person must look at, by the usual names of such columns.
	got := l.rows(`SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
		AND a.attname ~ '^(e?mail|phone|.*first_name|.*last_name|company|birthday|note|body|line[12]|street|postal_code|city|vat_number|billing|delivery|search_text|sort_name|proof|business|tags|customer_number|restore_url|checkout_token|password.*|ip|address)$'
		AND coalesce(col_description(c.oid, a.attnum), '') !~ '^(personal|secret)'`)
	if len(got) > 0 {
		t.Errorf("columns that look personal and are not marked: %v", got)
	}
	marked := l.rows(`SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE col_description(c.oid, a.attnum) ~ '^personal'`)
	if len(marked) < 40 {
		t.Errorf("only %d columns are marked", len(marked))
	}
	t.Log(fmt.Sprint(len(marked), " columns are marked as personal"))
}
