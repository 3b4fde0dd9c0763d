package e2e_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
	"github.com/relance/relance/connectors/shopify/shopifytest"
	"github.com/relance/relance/internal/faults"
	"github.com/relance/relance/internal/sample"
)

func demo(people int) sample.Shops {
	return sample.Demo(sample.DemoOptions{Seed: 3, People: people, Now: time.Now()})
}

// tamper changes the database behind the product's back.
func (w *world) tamper(url, sql string, args ...any) {
	w.t.Helper()
	conn, err := pgx.Connect(w.t.Context(), url)
	must(w.t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	tag, err := conn.Exec(w.t.Context(), sql, args...)
	must(w.t, err)
	if tag.RowsAffected() == 0 {
		w.t.Fatalf("nothing to tamper with: %s", sql)
	}
}

// findings tells what the doctor found, kind by kind.
func (w *world) findings(shop uuid.UUID, repair bool) (out []string, agrees bool) {
	w.t.Helper()
	list, err := w.app.Doctor(w.t.Context(), w.merchant, shop, repair)
	must(w.t, err)
	agrees = true
	for _, f := range list {
		agrees = agrees && f.Agrees()
		if len(f.Missing)+len(f.Extra) > 0 {
			out = append(out, fmt.Sprintf("%s missing %d extra %d repaired %d", f.Kind, len(f.Missing), len(f.Extra), f.Repaired))
		}
	}
	return out, agrees
}

func TestDoctorFindsAndRepairs(t *testing.T) {
	t.Parallel()
	url := cluster.URL(t)
	w := newWorld(t, worldOptions{shops: demo(40), dbURL: url})
	for name, shop := range w.both() {
		w.await(time.Minute, w.startSync(shop, false))
		if got, ok := w.findings(shop, false); !ok || got != nil {
			t.Fatalf("%s: after a pull the doctor finds %v", name, got)
		}
		before, err := w.store.DerivedSums(t.Context(), w.merchant)
		must(t, err)
		w.tamper(url, `DELETE FROM orders WHERE source_id = $1 AND external_id IN (SELECT external_id FROM orders WHERE source_id = $1 AND customer_external_id <> '' ORDER BY external_id LIMIT 2)`, shop)
		w.tamper(url, `UPDATE customers SET external_id = '99999999' WHERE source_id = $1 AND external_id = (SELECT min(external_id) FROM customers WHERE source_id = $1)`, shop)
		want := []string{"CUSTOMERS missing 1 extra 1 repaired 0", "ORDERS missing 2 extra 0 repaired 0"}
		got, ok := w.findings(shop, false)
		if diff := cmp.Diff(want, got); diff != "" || ok {
			t.Errorf("%s: agrees %v, found (-want +got):\n%s", name, ok, diff)
		}
		want = []string{"CUSTOMERS missing 1 extra 1 repaired 2", "ORDERS missing 2 extra 0 repaired 2"}
		got, ok = w.findings(shop, true)
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("%s: agrees %v, repaired (-want +got):\n%s", name, ok, diff)
		}
		if got, ok := w.findings(shop, false); !ok || got != nil {
			t.Errorf("%s: after the repair the doctor finds %v", name, got)
		}
		after, err := w.store.DerivedSums(t.Context(), w.merchant)
		must(t, err)
		count := func(sums map[string]string, what string) string { n, _, _ := strings.Cut(sums[what], "/"); return n }
		if count(after, "orders") != count(before, "orders") {
			t.Errorf("%s: %s orders, before %s", name, count(after, "orders"), count(before, "orders"))
		}
	}
}

// both connects both shops and gives them by name.
func (w *world) both() map[string]uuid.UUID {
	w.t.Helper()
	s, p := w.connect()
	return map[string]uuid.UUID{"Shopify": s, "PrestaShop": p}
}

func TestRebuildFindsTampering(t *testing.T) {
	t.Parallel()
	url := cluster.URL(t)
	w := newWorld(t, worldOptions{shops: demo(30), dbURL: url})
	for _, shop := range w.both() {
		w.await(time.Minute, w.startSync(shop, false))
	}
	rebuild := func() []string {
		t.Helper()
		differs, err := w.app.Rebuild(t.Context(), w.merchant)
		must(t, err)
		return differs
	}
	if got := rebuild(); len(got) > 0 {
		t.Fatalf("a rebuild of what was pulled differs in %v", got)
	}
	for sql, want := range map[string]string{
		`UPDATE profile_stats SET spent = spent + 1 WHERE (merchant_id, profile_id) = (SELECT merchant_id, profile_id FROM profile_stats LIMIT 1)`:                            "statistics",
		`UPDATE profiles SET last_name = 'Tampered' WHERE id = (SELECT id FROM profiles WHERE merged_into IS NULL LIMIT 1)`:                                                   "profiles",
		`UPDATE profiles SET order_count = order_count + 5 WHERE id = (SELECT id FROM profiles WHERE merged_into IS NULL LIMIT 1)`:                                            "profiles",
		`UPDATE identities SET matched_by = 'PHONE' WHERE customer_id = (SELECT customer_id FROM identities WHERE matched_by = 'NONE' LIMIT 1)`:                               "identities",
		`UPDATE orders SET profile_id = NULL WHERE id = (SELECT id FROM orders WHERE profile_id IS NOT NULL LIMIT 1)`:                                                         "orders",
		`DELETE FROM profile_habits WHERE (profile_id, what, value) = (SELECT profile_id, what, value FROM profile_habits WHERE quantity > 0 LIMIT 1)`:                        "habits",
		`UPDATE profile_habits SET quantity = quantity + 3 WHERE (profile_id, what, value) = (SELECT profile_id, what, value FROM profile_habits WHERE quantity > 0 LIMIT 1)`: "habits",
	} {
		w.tamper(url, sql)
		if got := rebuild(); !strings.Contains(strings.Join(got, " "), want) {
			t.Errorf("%s\nis found as %v, want %s", sql, got, want)
		}
		if got := rebuild(); len(got) > 0 {
			t.Errorf("%s\nis not mended: a second rebuild differs in %v", sql, got)
		}
	}
}

func TestDeletionsAreFollowed(t *testing.T) {
	t.Parallel()
	shops := demo(40)
	w := newWorld(t, worldOptions{shops: shops})
	shopify, presta := w.connect()
	w.await(time.Minute, w.startSync(shopify, false), w.startSync(presta, false))
	gone := shops.Shopify.Customers[1].ExternalID
	if !w.shopify.Delete(relance.KindCustomers, gone) || !w.presta.Delete("customers", 2) {
		t.Fatal("the simulators do not delete")
	}
	before := w.live(shopify) + w.live(presta)
	w.await(time.Minute, w.startSync(shopify, false), w.startSync(presta, false))
	if got := w.live(shopify) + w.live(presta); got != before-2 {
		t.Errorf("%d live customers after two deletions, %d before", got, before)
	}
}

// Comparing every id costs by the size of the shop; scheduled pulls do it as often as they
// are told to, pulls that somebody asks for always.
func TestIDsAreComparedAsOftenAsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldOptions{shops: demo(24)})
	_, presta := w.connect()
	compared := func(every time.Duration, asked bool) bool {
		t.Helper()
		a := newApp(t, w.store, w.redis)
		a.CompareEvery = every
		start := a.StartScheduledSync
		if asked {
			start = func(ctx context.Context, m, shop uuid.UUID) (relance.Run, error) {
				return a.StartSync(ctx, m, shop, false)
			}
		}
		run, err := start(t.Context(), w.merchant, presta)
		must(t, err)
		w.await(time.Minute, run.ID)
		has := func(k relance.Kind) bool {
			return slices.ContainsFunc(run.Steps, func(s relance.Step) bool { return s.Kind == k })
		}
		if has(relance.KindDeletions) != has(relance.KindConsents) || !has(relance.KindOrders) {
			t.Errorf("steps %+v", run.Steps)
		}
		return has(relance.KindDeletions)
	}
	if !compared(time.Hour, false) {
		t.Error("the first pull did not compare")
	}
	if compared(time.Hour, false) {
		t.Error("a pull right after it compared again")
	}
	if !compared(time.Hour, true) {
		t.Error("a pull that somebody asked for did not compare")
	}
	if !compared(time.Nanosecond, false) {
		t.Error("a pull after the time had passed did not compare")
	}
}

func (w *world) live(shop uuid.UUID) int {
	w.t.Helper()
	ids, _, err := w.store.StoredIDs(w.t.Context(), w.merchant, shop, relance.KindCustomers)
	must(w.t, err)
	return len(ids)
}

// Lists that are empty by mistake delete nobody, however often.
func TestEmptyListsDeleteNothing(t *testing.T) {
	t.Parallel()
	shops := demo(24)
	bad := func(seed uint64) *faults.Set {
		set, err := faults.Parse("emptylist:20%", seed)
		must(t, err)
		return set
	}
	w := newWorld(t, worldOptions{shops: shops, shopify: shopifytest.Options{Faults: bad(1)}, presta: prestashoptest.Options{Faults: bad(2)}})
	var ids []uuid.UUID
	for range 20 { // connecting fails where the first answers are empty, and says so
		a := w.askAs(w.token, `mutation($s: ConnectShopifyInput!) { connectShopify(input: $s) { shop { id } } }`, map[string]any{"s": map[string]any{"domain": w.hosts[relance.Shopify], "accessToken": "shpat_test"}})
		b := w.askAs(w.token, `mutation($p: ConnectPrestaShopInput!) { connectPrestaShop(input: $p) { shop { id } } }`, map[string]any{"p": map[string]any{"url": "http://" + w.hosts[relance.PrestaShop], "key": prestashoptest.DefaultKey}})
		if strings.Contains(string(a.Data), `"id"`) && strings.Contains(string(b.Data), `"id"`) {
			break
		}
	}
	list, err := w.store.Shops(t.Context(), w.merchant, nil)
	must(t, err)
	for _, s := range list {
		ids = append(ids, s.ID)
	}
	if len(ids) != 2 {
		t.Fatalf("%d shops connected", len(ids))
	}
	for range 4 {
		w.await(time.Minute, w.startSync(ids[0], false), w.startSync(ids[1], false))
	}
	if got, want := w.live(ids[0])+w.live(ids[1]), len(shops.Shopify.Customers)+len(shops.PrestaShop.Customers); got != want {
		t.Errorf("%d live customers, the shops have %d", got, want)
	}
}
