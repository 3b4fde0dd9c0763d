package e2e_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"
)

func noon() time.Time { return time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC) }

func amount(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func TestErrorCodes(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.people(0, 2, 1)
	not := func(n int) string {
		return strings.Repeat("{not: ", n) + `{search: "x"}` + strings.Repeat("}", n)
	}
	for query, code := range map[string]string{
		`{ profiles(first: 0) { nodes { id } } }`:                                                    "BAD_INPUT",
		`{ profiles(first: -1) { nodes { id } } }`:                                                   "BAD_INPUT",
		`{ profiles(first: 251) { nodes { id } } }`:                                                  "BAD_INPUT",
		`{ profiles(first: 250) { nodes { id } } }`:                                                  "",
		`{ profiles(first: 99999999999) { nodes { id } } }`:                                          "BAD_INPUT",
		`{ profiles { nodes { id } } }`:                                                              "GRAPHQL_VALIDATION_FAILED",
		`{ profiles(first: null) { nodes { id } } }`:                                                 "GRAPHQL_VALIDATION_FAILED",
		`{ profiles(first: 1) { nodes { orders(first: 251) { nodes { id } } } } }`:                   "BAD_INPUT",
		`{ profiles(first: 1) { nodes { orders(first: 0) { nodes { id } } } } }`:                     "BAD_INPUT",
		`{ profiles(first: 1) { nodes { purchases(first: -5) { nodes { line { sku } } } } } }`:       "BAD_INPUT",
		`{ profiles(first: 1) { nodes { habits { topCategories(first: 999) { name } } } } }`:         "BAD_INPUT",
		`{ carts(first: 251) { nodes { id } } }`:                                                     "BAD_INPUT",
		`{ quarantine(first: 0) { nodes { id } } }`:                                                  "BAD_INPUT",
		`{ quarantine(after: "x") { nodes { id } } }`:                                                "BAD_INPUT",
		`{ profiles(first: 1, after: "x") { nodes { id } } }`:                                        "BAD_INPUT",
		`{ profiles(first: 1) { nodes { orders(after: "x") { nodes { id } } } } }`:                   "BAD_INPUT",
		`{ profiles(first: 1, filter: {search: "\u0000"}) { nodes { id } } }`:                        "",
		`{ profiles(first: 1, filter: {labels: ["\u0000"]}) { nodes { id } } }`:                      "BAD_INPUT",
		`{ profiles(first: 1, filter: {spent: {min: "1e400"}}) { nodes { id } } }`:                   "BAD_INPUT",
		`{ profiles(first: 1, filter: {spent: {min: "NaN"}}) { nodes { id } } }`:                     "BAD_INPUT",
		`{ profiles(first: 1, filter: {createdBetween: {from: "yesterday"}}) { nodes { id } } }`:     "BAD_INPUT",
		`{ profiles(first: 1, filter: ` + not(20) + `) { nodes { id } } }`:                           "BAD_INPUT",
		`{ profile(id: "not an id") { id } }`:                                                        "BAD_INPUT",
		`{ profile(id: 5) { id } }`:                                                                  "BAD_INPUT",
		`{ profiles(first: 250) { nodes { orders(first: 250) { nodes { id lines { title } } } } } }`: "COMPLEXITY_LIMIT_EXCEEDED",
		`{ profiles(first: 250) { edges { node { carts(first: 250) { nodes { id } } } } } }`:         "COMPLEXITY_LIMIT_EXCEEDED",
		`{ nothing }`: "GRAPHQL_VALIDATION_FAILED",
		`{ profiles(`: "GRAPHQL_PARSE_FAILED",
		``:            "*",
		`mutation { setMainCurrency(currency: "EURO") { id } }`:                                                                                         "BAD_INPUT",
		`mutation { addLabel(profileId: "` + uuid.NewString() + `", name: "x") { profile { id } } }`:                                                    "",
		`{ shop(id: "` + uuid.NewString() + `") { id } profile(id: "` + uuid.NewString() + `") { id } syncRun(id: "` + uuid.NewString() + `") { id } }`: "",
	} {
		r := a.as(a.token, query, nil)
		if got := r.code(); got != code && (code != "*" || got == "" || got == "INTERNAL") {
			t.Errorf("%s\ngives %q %s, want %q", query, got, r.Body, code)
		}
	}
}

// What goes wrong on our side is in the log, not in the answer.
func TestInternalErrorsTellNothing(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.people(0, 1, 1)
	conn, err := pgx.Connect(t.Context(), a.dbURL)
	must(t, err)
	defer func() { must(t, conn.Close(t.Context())) }()
	_, err = conn.Exec(t.Context(), `ALTER TABLE orders RENAME TO elsewhere`)
	must(t, err)
	for _, query := range []string{`{ profiles(first: 1) { nodes { orders { nodes { number } } } } }`, `{ sales { orders } }`, `{ shops { counts { orders } } }`} {
		if r := a.as(a.token, query, nil); r.code() != "INTERNAL" || strings.Contains(r.Body, "relation") {
			t.Errorf("%s: %s", query, r.Body)
		}
	}
}

func TestUnknownIdsGiveNull(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	r := a.as(a.token, `query($id: ID!) { shop(id: $id) { id } profile(id: $id) { id } syncRun(id: $id) { id } }`, map[string]any{"id": uuid.New()})
	if string(r.Data) != `{"shop":null,"profile":null,"syncRun":null}` || len(r.Errors) > 0 {
		t.Error(r.Body)
	}
}

func TestDepthAliasesAndSize(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.people(0, 2, 1)
	deep := "id"
	for range 20 {
		deep = "carts(first: 1) { nodes { profile { " + deep + " } } }"
	}
	if r := a.as(a.token, "{ profiles(first: 1) { nodes { "+deep+" } } }", nil); r.code() != "TOO_COMPLEX" && r.code() != "COMPLEXITY_LIMIT_EXCEEDED" {
		t.Errorf("deep nesting: %s", r.Body)
	}
	var spread strings.Builder // fragments hide the depth from a count of braces
	for i := range 20 {
		fmt.Fprintf(&spread, "fragment F%d on Profile { carts(first: 1) { nodes { profile { ...F%d } } } } ", i, i+1)
	}
	if r := a.as(a.token, "{ profiles(first: 1) { nodes { ...F0 } } } "+spread.String()+"fragment F20 on Profile { id }", nil); r.code() != "TOO_COMPLEX" && r.code() != "COMPLEXITY_LIMIT_EXCEEDED" {
		t.Errorf("deep nesting by fragments: %s", r.Body)
	}
	var aliases strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&aliases, "a%d: profiles(first: 250) { nodes { id } } ", i)
	}
	if r := a.as(a.token, "{ "+aliases.String()+"}", nil); r.code() != "COMPLEXITY_LIMIT_EXCEEDED" {
		t.Errorf("a thousand aliases: %.300s", r.Body)
	}
	big := `{"query": "{ merchant { id } }", "variables": {"x": "` + strings.Repeat("x", 1_100_000) + `"}}`
	if r := a.post(a.token, strings.NewReader(big)); r.Status != 413 || r.code() != "TOO_COMPLEX" {
		t.Errorf("1.1 MB: %d %.300s", r.Status, r.Body)
	}
	chunked := io.MultiReader(strings.NewReader(big)) // without a length told beforehand
	if r := a.post(a.token, chunked); r.Status != 413 || r.code() != "TOO_COMPLEX" {
		t.Errorf("1.1 MB in chunks: %d %.300s", r.Status, r.Body)
	}
	if r := a.post(a.token, strings.NewReader("{not json")); r.Status/100 != 4 || r.code() == "INTERNAL" {
		t.Errorf("no JSON: %d %.300s", r.Status, r.Body)
	}
}

func TestPersistedQueries(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	query := "{ merchant { name } }"
	sum := sha256.Sum256([]byte(query))
	ext := map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hex.EncodeToString(sum[:])}}
	send := func(body map[string]any) reply {
		b, err := json.Marshal(body)
		must(t, err)
		return a.post(a.token, strings.NewReader(string(b)))
	}
	if r := send(map[string]any{"extensions": ext}); r.code() != "PERSISTED_QUERY_NOT_FOUND" {
		t.Errorf("before it is known: %s", r.Body)
	}
	if r := send(map[string]any{"extensions": ext, "query": "{ merchant { id } }"}); len(r.Errors) == 0 {
		t.Errorf("a query that does not fit its sum is kept: %s", r.Body)
	}
	for _, body := range []map[string]any{{"extensions": ext, "query": query}, {"extensions": ext}} {
		if r := send(body); len(r.Errors) > 0 || string(r.Data) != `{"merchant":{"name":"Merchant"}}` {
			t.Errorf("%v: %s", body, r.Body)
		}
	}
}

func TestEverythingIsDescribed(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	type named struct{ Name, Description string }
	var out struct {
		Schema struct {
			Types []struct {
				named
				Kind   string
				Fields []struct {
					named
					Args []named
				}
				InputFields, EnumValues []named
			}
			Directives []struct {
				named
				Args []named
			}
		} `json:"__schema"`
	}
	a.ask(`{ __schema { types { name description kind fields(includeDeprecated: true) { name description args { name description } } inputFields { name description }
		enumValues(includeDeprecated: true) { name description } } directives { name description args { name description } } } }`, nil, &out)
	missing, seen := []string{}, 0
	check := func(path, description string) {
		seen++
		if strings.TrimSpace(description) == "" {
			missing = append(missing, path)
		}
	}
	for _, x := range out.Schema.Types {
		if strings.HasPrefix(x.Name, "__") {
			continue // the library's own
		}
		if x.Name == "Query" || x.Name == "Mutation" || x.Name == "Subscription" {
			x.Description = "a root"
		}
		check(x.Name, x.Description)
		for _, f := range x.Fields {
			check(x.Name+"."+f.Name, f.Description)
			for _, arg := range f.Args {
				check(x.Name+"."+f.Name+"("+arg.Name+")", arg.Description)
			}
		}
		for _, f := range append(x.InputFields, x.EnumValues...) {
			check(x.Name+"."+f.Name, f.Description)
		}
	}
	if len(missing) > 0 {
		t.Errorf("%d of %d have no description: %v", len(missing), seen, missing)
	}
	if seen < 300 {
		t.Errorf("only %d things looked at", seen)
	}
}

func parse(t *testing.T, id string) uuid.UUID {
	t.Helper()
	u, err := uuid.Parse(id)
	must(t, err)
	return u
}
