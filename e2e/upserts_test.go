package e2e_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

const upsertFields = ` { added updated unchanged problems { index externalId field code stored cause { code } } errors { code field } }`

// upserted is a payload as the API answers it.
type upserted struct {
	Added, Updated, Unchanged int
	Problems                  []struct {
		Index             int
		ExternalID, Field string
		Code              string
		Stored            bool
		Cause             struct{ Code string }
	}
	Errors []struct{ Code, Field string }
}

func (u *upserted) problems() (out []string) {
	for _, p := range u.Problems {
		out = append(out, fmt.Sprintf("%d %s %s %s stored=%v", p.Index, p.ExternalID, p.Field, p.Cause.Code, p.Stored))
	}
	return out
}

func (a *api) upsert(token, what string, list []map[string]any, shop any) upserted {
	a.t.Helper()
	query := `mutation($l: [CustomerUpsertInput!]!, $shop: ID) { u: upsertCustomers(customers: $l, shopId: $shop)` + upsertFields + ` }`
	if what == "orders" {
		query = `mutation($l: [OrderUpsertInput!]!, $shop: ID!) { u: upsertOrders(orders: $l, shopId: $shop)` + upsertFields + ` }`
	}
	r := a.as(token, query, map[string]any{"l": list, "shop": shop})
	var out struct{ U upserted }
	if len(r.Errors) > 0 || json.Unmarshal(r.Data, &out) != nil {
		a.t.Fatalf("upsert: %s", r.Body)
	}
	must(a.t, a.app.DeriveAll(a.t.Context(), a.merchant))
	return out.U
}

func (u *upserted) counts() [3]int { return [3]int{u.Added, u.Updated, u.Unchanged} }

func TestUpsertedCustomers(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	m := a.tokenOf(relance.RoleMarketer)
	anna := map[string]any{"externalId": "1", "firstName": "Anna", "lastName": "Keller", "email": "anna@example.com", "phone": "0033 (0)6 12 34 56 78",
		"addresses": []map[string]any{{"line1": "1 rue Haute", "postalCode": "75001", "city": "Paris", "countryCode": "FR"}}}
	bad := func(id, field, value string) map[string]any {
		return map[string]any{"externalId": id, "lastName": "Bad", field: value}
	}
	list := []map[string]any{anna, bad("2", "birthday", "0001-01-01"), bad("3", "birthday", "9999-12-31"), bad("4", "birthday", "1980-02-31"), bad("5", "email", "nobody"),
		bad("", "company", "X"), bad("6", "firstName", strings.Repeat("x", 300)), {"externalId": "7"}, bad("8", "createdAt", "2019-03-01"), bad("9", "updatedAt", "9999-01-01")}
	out := a.upsert(m, "customers", list, nil)
	want := []string{"1 2 birthday DAY_OUT_OF_RANGE stored=false", "2 3 birthday DAY_OUT_OF_RANGE stored=false", "3 4 birthday DAY_UNREADABLE stored=false", "4 5 email EMAIL_FORM stored=false",
		"5  externalId EXTERNAL_ID_FORM stored=false", "6 6 firstName TEXT_FORM stored=false", "7 7 lastName NOBODY_NAMED stored=false", "9 9 updatedAt DAY_OUT_OF_RANGE stored=false"}
	if diff := cmp.Diff(want, out.problems()); diff != "" || out.counts() != [3]int{2, 0, 0} {
		t.Errorf("counts %v, problems (-want +got):\n%s", out.counts(), diff)
	}
	// A repeat changes nothing, not even when the record last changed.
	before := a.versions()
	if out = a.upsert(m, "customers", []map[string]any{anna, anna}, nil); out.counts() != [3]int{0, 0, 2} || before != a.versions() {
		t.Errorf("a repeat: %+v, records were %s, are %s", out, before, a.versions())
	}
	anna["lastName"] = "Martin"
	if out = a.upsert(m, "customers", []map[string]any{anna}, nil); out.counts() != [3]int{0, 1, 0} {
		t.Errorf("a change: %+v", out)
	}
	anna["lastName"], anna["updatedAt"] = "Older", "2020-01-01"
	if out = a.upsert(m, "customers", []map[string]any{anna}, nil); out.counts() != [3]int{0, 0, 1} {
		t.Errorf("an older state: %+v", out)
	}
	r := a.as(a.token, `{ profiles(first: 9, orderBy: { field: NAME }) { nodes { displayName phones { number source { kind } } } } }`, nil)
	if got := string(r.Data); !strings.Contains(got, `"Anna Martin"`) || !strings.Contains(got, `"kind":"API"`) || strings.Contains(got, "Older") {
		t.Errorf("profiles are %s", got)
	}
}

// versions tells when each record changed last.
func (a *api) versions() string {
	a.t.Helper()
	conn, err := pgx.Connect(a.t.Context(), a.dbURL)
	must(a.t, err)
	defer func() { _ = conn.Close(a.t.Context()) }()
	var out string
	must(a.t, conn.QueryRow(a.t.Context(), `SELECT string_agg(external_id || ' ' || source_updated_at || read_at, ',' ORDER BY external_id) FROM customers WHERE merchant_id = $1`, a.merchant).Scan(&out))
	return out
}

func TestUpsertsAreBounded(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	many := make([]map[string]any, 251)
	for i := range many {
		many[i] = map[string]any{"externalId": fmt.Sprint(i), "lastName": "Many"}
	}
	m := a.tokenOf(relance.RoleMarketer)
	for n, refused := range map[int]bool{0: true, 250: false, 251: true} {
		out := a.upsert(m, "customers", many[:n], nil)
		if (len(out.Errors) > 0) != refused || !refused && out.Added != n {
			t.Errorf("%d at once: %+v", n, out)
		}
	}
	own := a.tokenOf(relance.RoleMarketer, a.shops[0])
	for shop, refused := range map[any]bool{nil: true, a.shops[1]: true, a.shops[0]: false} {
		out := a.upsert(own, "customers", many[:1], shop)
		if (len(out.Errors) > 0) != refused {
			t.Errorf("a token of the first shop names %v: %+v", shop, out)
		}
	}
	for _, role := range []relance.Role{relance.RoleClerk, relance.RoleReader} {
		r := a.as(a.tokenOf(role), `mutation { upsertCustomers(customers: [{ externalId: "1", lastName: "X" }]) { added } }`, nil)
		if r.code() != "FORBIDDEN" {
			t.Errorf("a %s: %s", role, r.Body)
		}
	}
}

func TestImportsBringNobodyBack(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	at := time.Now().Add(-time.Hour)
	person := func(id string, state relance.ConsentState) relance.Customer {
		return relance.Customer{ExternalID: id, Version: relance.Version{UpdatedAt: at, ReadAt: at}, Kind: relance.IdentityCustomer, Active: true, LastName: id, Email: id + "@example.com",
			Consents: []relance.Consent{{Channel: relance.ChannelEmail, State: state, Source: "shop"}}}
	}
	must(t, a.store.StoreRecords(t.Context(), a.merchant, a.shops[0], store.PageRows{Customers: []relance.Customer{
		person("left", relance.ConsentWithdrawn), person("refused", relance.ConsentRefused), person("silent", relance.ConsentUnknown)}}, at))
	must(t, a.app.DeriveAll(t.Context(), a.merchant))
	must(t, a.store.StopAddress(t.Context(), a.merchant, "stopped@example.com", relance.StoppedByObjection, a.shops[0], at))
	yes := []map[string]any{{"channel": "EMAIL", "state": "GRANTED", "since": "2025-01-01", "proof": "paper form 7"}}
	var list []map[string]any
	for _, who := range []string{"left", "refused", "stopped", "silent", "new"} {
		list = append(list, map[string]any{"externalId": who, "lastName": who, "email": who + "@example.com", "consents": yes})
	}
	list = append(list, map[string]any{"externalId": "unproven", "lastName": "X", "consents": []map[string]any{{"channel": "EMAIL", "state": "GRANTED"}}})
	m := a.tokenOf(relance.RoleMarketer)
	for range 2 { // a repeat neither
		out := a.upsert(m, "customers", list, nil)
		want := []string{"0 left consents CONSENT_LEFT stored=true", "1 refused consents CONSENT_LEFT stored=true", "2 stopped consents CONSENT_LEFT stored=true", "5 unproven consents CONSENT_PROOF stored=false"}
		if diff := cmp.Diff(want, out.problems()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	// Who leaves after an import stays away from the next.
	list[4]["consents"] = []map[string]any{{"channel": "EMAIL", "state": "WITHDRAWN"}}
	a.upsert(m, "customers", list[4:5], nil)
	list[4]["consents"] = yes
	if out := a.upsert(m, "customers", list[4:5], nil); len(out.Problems) != 1 {
		t.Errorf("who withdrew is brought back: %+v", out)
	}
	got := map[string]string{}
	var all struct {
		Profiles struct {
			Nodes []struct {
				DisplayName string
				Consents    []struct{ State string }
			}
		}
	}
	r := a.as(a.token, `{ profiles(first: 99, orderBy: { field: NAME }) { nodes { displayName consents { state } } } }`, nil)
	must(t, json.Unmarshal(r.Data, &all))
	for _, p := range all.Profiles.Nodes {
		for _, c := range p.Consents {
			got[p.DisplayName] += c.State
		}
	}
	want := map[string]string{"left": "WITHDRAWN", "refused": "REFUSED", "silent": "GRANTED", "new": "WITHDRAWN"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("consents (-want +got):\n%s", diff)
	}
}

func TestUpsertedOrders(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	m := a.tokenOf(relance.RoleMarketer)
	shop := a.shops[0]
	a.upsert(m, "customers", []map[string]any{{"externalId": "c1", "lastName": "Buyer", "email": "buyer@example.com"}}, shop)
	order := func(id string, more map[string]any) map[string]any {
		o := map[string]any{"externalId": id, "placedAt": "2026-01-05", "currencyCode": "EUR", "total": "30", "lines": []map[string]any{{"title": "Shoe", "quantity": 3, "unitPrice": "10"}}}
		for k, v := range more {
			o[k] = v
		}
		return o
	}
	list := []map[string]any{order("1", map[string]any{"customerExternalId": "c1", "number": "A-1", "refunds": []map[string]any{{"externalId": "r", "at": "2026-01-09", "amount": "10.00"}}}),
		order("2", map[string]any{"email": "buyer@example.com"}), order("3", map[string]any{"email": "guest@example.com"}),
		order("4", nil), order("5", map[string]any{"email": "x@example.com", "total": "-3"}), order("6", map[string]any{"email": "x@example.com", "total": "1e400"}),
		order("7", map[string]any{"email": "x@example.com", "placedAt": "0001-01-01"}), order("8", map[string]any{"email": "x@example.com", "placedAt": "2026-02-31"}),
		order("9", map[string]any{"email": "x@example.com", "currencyCode": "euro"}), order("10", map[string]any{"email": "x@example.com", "lines": []map[string]any{{"title": "S", "quantity": 0}}})}
	out := a.upsert(m, "orders", list, shop)
	want := []string{"3 4 customerExternalId ORDER_OF_NOBODY stored=false", "4 5 total AMOUNT_FORM stored=false", "5 6 total AMOUNT_FORM stored=false", "6 7 placedAt DAY_OUT_OF_RANGE stored=false",
		"7 8 placedAt DAY_UNREADABLE stored=false", "8 9 currencyCode CURRENCY_FORM stored=false", "9 10 lines QUANTITY_FORM stored=false"}
	if diff := cmp.Diff(want, out.problems()); diff != "" || out.counts() != [3]int{3, 0, 0} {
		t.Errorf("counts %v, problems (-want +got):\n%s", out.counts(), diff)
	}
	if out = a.upsert(m, "orders", list[:3], shop); out.counts() != [3]int{0, 0, 3} {
		t.Errorf("a repeat: %+v", out)
	}
	r := a.as(a.token, `{ profiles(first: 9, orderBy: { field: NAME }) { nodes { displayName orderCount spent { amount } orders(first: 5) { nodes { number shop { id } adminUrl lines { quantity total { amount } } } } } } }`, nil)
	for _, part := range []string{`"displayName":"Buyer","orderCount":2,"spent":{"amount":"50.00"}`, `"displayName":"guest@example.com","orderCount":1`, `"number":"A-1","shop":{"id":"` + shop.String() + `"},"adminUrl":null`} {
		if !strings.Contains(string(r.Data), part) {
			t.Errorf("no %s in %s %s", part, r.Data, r.Body)
		}
	}
	a.auditTells("upsert_orders")
}

// auditTells checks that an act is in the audit trail, without a word about anybody.
func (a *api) auditTells(act string) {
	a.t.Helper()
	r := a.as(a.token, `{ auditEvents(first: 50) { nodes { action detail } } }`, nil)
	if !strings.Contains(r.Body, act) || strings.Contains(r.Body, "example.com") {
		a.t.Errorf("the audit trail has no %s, or too much: %s", act, r.Body)
	}
}
