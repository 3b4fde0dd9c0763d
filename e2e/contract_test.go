package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
	"github.com/relance/relance/graph"
	"github.com/relance/relance/identity"
	"github.com/relance/relance/internal/sample"
)

// contract reads the operations that other programs rely on, word for word. testdata
// holds the project's own copy of each; the customer's file, where it is present, must
// say the same.
func contract(t *testing.T) map[string]string {
	t.Helper()
	own, err := os.ReadFile(filepath.Join("testdata", "contract.graphql"))
	must(t, err)
	ops := operations(t, string(own))
	theirs, err := os.ReadFile(filepath.Join("..", "..", "shared", "contract", "core.graphql"))
	if os.IsNotExist(err) {
		t.Log("SKIPPED: ../shared/contract/core.graphql is not there; the project's own copy of it is run")
		return ops
	}
	must(t, err)
	for name, text := range operations(t, string(theirs)) {
		if ops[name] != text {
			t.Errorf("the project's copy of %s differs from ../shared/contract/core.graphql", name)
		}
		ops[name] = text
	}
	return ops
}

// operations cuts a document into its operations by name.
func operations(t *testing.T, text string) map[string]string {
	t.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	must(t, err)
	out := map[string]string{}
	for i, op := range doc.Operations {
		from, to := op.Position.Start, len(text)
		if i+1 < len(doc.Operations) {
			to = doc.Operations[i+1].Position.Start
		}
		var lines []string
		for l := range strings.Lines(string([]rune(text)[from:min(to, len([]rune(text)))])) {
			if !strings.HasPrefix(l, "#") {
				lines = append(lines, l)
			}
		}
		out[op.Name] = strings.TrimSpace(strings.Join(lines, ""))
	}
	return out
}

type object = map[string]any

// at walks into an answer: names of fields, numbers of list elements.
func at(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(object)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

func TestContract(t *testing.T) {
	t.Parallel()
	ops := contract(t)
	shops := sample.Demo(sample.DemoOptions{Seed: 7, People: 60, Now: time.Now()})
	w := newWorld(t, worldOptions{shops: shops})
	run := func(name string, vars object) object {
		t.Helper()
		if ops[name] == "" {
			t.Fatalf("the contract has no %s", name)
		}
		var out object
		w.ask(ops[name], vars, &out)
		delete(ops, name)
		return out
	}
	noErrors := func(v any) {
		t.Helper()
		if l, _ := v.([]any); l == nil || len(l) > 0 {
			t.Fatalf("errors: %v", v)
		}
	}
	s := run("ConnectShopify", object{"input": object{"domain": w.hosts[relance.Shopify], "accessToken": "shpat_test", "name": "The first"}})
	noErrors(at(s, "connectShopify", "errors"))
	p := run("ConnectPrestaShop", object{"input": object{"url": "http://" + w.hosts[relance.PrestaShop], "key": prestashoptest.DefaultKey, "name": "The second"}})
	noErrors(at(p, "connectPrestaShop", "errors"))
	shopify, presta := fmt.Sprint(at(s, "connectShopify", "shop", "id")), fmt.Sprint(at(p, "connectPrestaShop", "shop", "id"))
	if at(p, "connectPrestaShop", "shop", "name") != "The second" || at(p, "connectPrestaShop", "shop", "currency") != "EUR" || at(p, "connectPrestaShop", "shop", "timeZone") != "Europe/Paris" {
		t.Errorf("connected: %v", p)
	}
	sync := ops["SyncShop"]
	runs := []string{fmt.Sprint(at(run("SyncShop", object{"shopId": shopify}), "syncShop", "run", "id"))}
	var second object
	w.ask(sync, object{"shopId": presta, "full": true}, &second)
	runs = append(runs, fmt.Sprint(at(second, "syncShop", "run", "id")))
	for _, id := range runs {
		w.await(time.Minute, parse(t, id))
	}
	r := run("SyncRun", object{"id": runs[0]})
	for _, step := range at(r, "syncRun", "steps").([]any) {
		if at(step, "state") != "DONE" || at(step, "done") == nil || at(step, "total") == nil {
			t.Errorf("step %v", step)
		}
	}
	if at(r, "syncRun", "state") != "DONE" || at(r, "syncRun", "startedAt") == nil || at(r, "syncRun", "finishedAt") == nil || at(r, "syncRun", "error") != nil {
		t.Errorf("run %v", r)
	}
	checkShops(t, run("Shops", nil), shops)
	list := run("Profiles", object{"first": 50, "orderBy": object{"field": "NAME"}, "filter": object{"and": []any{}, "or": []any{}, "labels": []any{}, "shopIds": []any{shopify, presta}}})
	people := checkPeople(t, list, shops)
	checkSales(t, run("Sales", nil), shops)
	one := at(list, "profiles", "nodes", 0)
	checkProfile(t, run("Profile", object{"id": at(one, "id")}), one)
	checkMerge(t, w, run, people)
	if len(ops) != 1 || ops["SyncProgress"] == "" { // run over its own transport in TestProgressIsStreamedToTheEnd
		t.Errorf("not run: %v", ops)
	}
}

func checkShops(t *testing.T, got object, want sample.Shops) {
	t.Helper()
	list := at(got, "shops").([]any)
	if len(list) != 2 || at(list, 0, "platform") != "SHOPIFY" || at(list, 1, "platform") != "PRESTASHOP" || at(list, 0, "name") != "The first" {
		t.Fatalf("shops: %v", got)
	}
	for i, s := range []sample.Shop{want.Shopify, want.PrestaShop} {
		counts := at(list, i, "counts")
		for what, n := range map[string]int{"customers": len(s.Customers), "orders": len(s.Orders)} {
			if at(counts, what) != float64(n) {
				t.Errorf("%s of shop %d: %v, want %d", what, i, at(counts, what), n)
			}
		}
		if at(list, i, "state") != "CONNECTED" || at(list, i, "lastSyncedAt") == nil || at(list, i, "timeZone") == "" || at(list, i, "missingRights") == nil {
			t.Errorf("shop %v", at(list, i))
		}
	}
}

// checkPeople compares the list with the sample: people who are in both shops are one.
func checkPeople(t *testing.T, got object, want sample.Shops) []any {
	t.Helper()
	people := map[string]bool{} // the sample gives one number to a person of both shops
	for _, s := range []sample.Shop{want.Shopify, want.PrestaShop} {
		for _, c := range s.Customers {
			people[c.ExternalID] = true
		}
	}
	nodes := at(got, "profiles", "nodes").([]any)
	if at(got, "profiles", "totalCount") != float64(len(people)) || at(got, "profiles", "pageInfo", "hasNextPage") != true || len(nodes) != 50 {
		t.Errorf("%v profiles, %d on the page; want %d, 50", at(got, "profiles", "totalCount"), len(nodes), len(people))
	}
	if !slices.IsSortedFunc(nodes, func(a, b any) int {
		return strings.Compare(identity.Fold(fmt.Sprint(at(a, "lastName"), " ", at(a, "firstName"))), identity.Fold(fmt.Sprint(at(b, "lastName"), " ", at(b, "firstName"))))
	}) {
		t.Error("the list is not sorted by name")
	}
	for _, n := range nodes {
		if at(n, "displayName") == "" || at(n, "spent", "currencyCode") != "EUR" || at(n, "createdAt") == nil || len(at(n, "shops").([]any)) == 0 {
			t.Errorf("profile %v", n)
		}
	}
	return nodes
}

func checkSales(t *testing.T, got object, want sample.Shops) {
	t.Helper()
	orders, orphans := 0, 0
	for _, s := range []sample.Shop{want.Shopify, want.PrestaShop} {
		for _, o := range s.Orders {
			if o.State != relance.OrderCancelled {
				orders++
				if o.CustomerID == "" {
					orphans++
				}
			}
		}
	}
	if at(got, "sales", 0, "orders") != float64(orders) || at(got, "sales", 0, "withoutCustomer", "orders") != float64(orphans) || at(got, "sales", 0, "currencyCode") != "EUR" || at(got, "sales", 1) != nil {
		t.Errorf("sales %v, want %d orders, %d without customer", got, orders, orphans)
	}
}

func checkProfile(t *testing.T, got object, listed any) {
	t.Helper()
	p := at(got, "profile")
	for _, f := range []string{"id", "displayName", "firstName", "lastName", "orderCount", "lastOrderAt"} {
		if at(p, f) != at(listed, f) {
			t.Errorf("%s: %v alone, %v in the list", f, at(p, f), at(listed, f))
		}
	}
	if fmt.Sprint(at(p, "spent")) != fmt.Sprint(at(listed, "spent")) || fmt.Sprint(at(p, "averageOrder")) != fmt.Sprint(at(listed, "averageOrder")) {
		t.Errorf("spent %v and %v", at(p, "spent"), at(listed, "spent"))
	}
	if at(p, "emails", 0, "source", "shop", "id") == nil || at(p, "addresses", 0, "city") == nil || at(p, "identities", 0, "externalId") == nil || at(p, "identities", 0, "matchedBy") == nil {
		t.Errorf("profile %v", p)
	}
	orders := at(p, "orders", "nodes").([]any)
	if at(p, "orders", "totalCount").(float64) < at(p, "orderCount").(float64) {
		t.Errorf("%v orders listed, %v counted", at(p, "orders", "totalCount"), at(p, "orderCount"))
	}
	for i, o := range orders {
		if at(o, "shop", "id") == nil || at(o, "total", "currencyCode") != "EUR" || len(at(o, "lines").([]any)) == 0 || at(o, "badges") == nil {
			t.Errorf("order %v", o)
		}
		if i > 0 && fmt.Sprint(at(orders[i-1], "placedAt")) < fmt.Sprint(at(o, "placedAt")) {
			t.Error("the orders are not listed newest first")
		}
	}
}

func checkMerge(t *testing.T, w *world, run func(string, object) object, people []any) {
	t.Helper()
	a, b := at(people, 1, "id"), at(people, 2, "id")
	count := `query($a: ID!, $b: ID!) { a: profile(id: $a) { id orderCount } b: profile(id: $b) { id orderCount } }`
	var before, merged, after object
	w.ask(count, object{"a": a, "b": b}, &before)
	m := at(run("MergeProfiles", object{"into": a, "from": []any{b}}), "mergeProfiles")
	if at(m, "profile", "id") != a || at(m, "merge", "id") == nil || len(at(m, "errors").([]any)) > 0 {
		t.Fatalf("merge: %v", m)
	}
	w.ask(count, object{"a": a, "b": b}, &merged)
	sum := at(before, "a", "orderCount").(float64) + at(before, "b", "orderCount").(float64)
	if at(merged, "b", "id") != a || at(merged, "a", "orderCount") != sum {
		t.Errorf("merged: %v", merged)
	}
	u := at(run("UnmergeProfiles", object{"mergeId": at(m, "merge", "id")}), "unmergeProfiles")
	if len(at(u, "profiles").([]any)) != 2 || len(at(u, "errors").([]any)) > 0 {
		t.Errorf("unmerge: %v", u)
	}
	w.ask(count, object{"a": a, "b": b}, &after)
	x, _ := json.Marshal(before)
	y, _ := json.Marshal(after)
	if string(x) != string(y) {
		t.Errorf("before %s, after %s", x, y)
	}
}

// The values of the contract are the schema's.
func TestContractValues(t *testing.T) {
	t.Parallel()
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	for name, want := range map[string]string{
		"Platform": "SHOPIFY PRESTASHOP", "ShopState": "CONNECTED PULLING PAUSED ATTENTION DISCONNECTED", "RunState": "QUEUED RUNNING PAUSED DONE FAILED CANCELLED",
		"Kind": "CUSTOMERS ORDERS CARTS PRODUCTS CONSENTS DELETIONS", "OrderState": "OPEN PAID SHIPPED DELIVERED CANCELLED REFUNDED", "OrderBadge": "RECOVERED NOT_VALIDATED",
		"CartState": "OPEN ABANDONED RECOVERED ORDERED", "ConsentChannel": "EMAIL LETTER SMS", "ConsentState": "GRANTED CONFIRMED PENDING REFUSED WITHDRAWN UNKNOWN",
		"AddressKind": "HOME WORK BILLING DELIVERY OTHER", "IdentityKind": "CUSTOMER GUEST IMPORT MANUAL", "MatchedBy": "EMAIL PHONE CUSTOMER_NUMBER ADDRESS HAND NONE",
		"ProfileOrderField": "LAST_ADMIN_CHANGE NAME CREATED LAST_ORDER SPENT", "OrderDirection": "ASC DESC",
	} {
		var got []string
		for _, v := range schema.Types[name].EnumValues {
			got = append(got, v.Name)
		}
		words := strings.Fields(want)
		slices.Sort(got)
		slices.Sort(words)
		if !slices.Equal(got, words) {
			t.Errorf("%s has the values %v, want %v", name, got, words)
		}
	}
}
