package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/relance/relance"
	"github.com/relance/relance/graph"
	"github.com/relance/relance/store"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	const query = `{"query": "{ merchant { id } }"}`
	for what, token := range map[string]string{"none": "", "unknown": "rel_unknown", "long": strings.Repeat("x", 5000)} {
		r := a.post(token, strings.NewReader(query))
		if r.Status != 401 || r.code() != "UNAUTHORIZED" || strings.Contains(r.Body, a.merchant.String()) {
			t.Errorf("%s token: %d %s", what, r.Status, r.Body)
		}
	}
	if r := a.post("", strings.NewReader(query), "Authorization", a.token); r.Status != 401 {
		t.Errorf("a token without its scheme: %d", r.Status)
	}
	if r := a.post(a.token, strings.NewReader(query)); r.Status != 200 || len(r.Errors) > 0 {
		t.Errorf("a good token: %d %s", r.Status, r.Body)
	}
}

// dummy writes a value of an argument's type, enough to pass validation.
func dummy(s *ast.Schema, t *ast.Type) string {
	if t.Elem != nil {
		return "[" + dummy(s, t.Elem) + "]"
	}
	switch d := s.Types[t.NamedType]; {
	case t.NamedType == "ID":
		return `"` + uuid.NewString() + `"`
	case t.NamedType == "Boolean":
		return "true"
	case t.NamedType == "Int":
		return "1"
	case t.NamedType == "Decimal":
		return `"1"`
	case t.NamedType == "Date":
		return `"2026-11-01"`
	case d.Kind == ast.Enum:
		return d.EnumValues[0].Name
	case d.Kind == ast.InputObject:
		var fields []string
		for _, f := range d.Fields {
			if f.Type.NonNull && f.DefaultValue == nil {
				fields = append(fields, f.Name+": "+dummy(s, f.Type))
			}
		}
		return "{" + strings.Join(fields, ", ") + "}"
	}
	return `"EUR"`
}

func TestEveryMutationNeedsItsRole(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	roles := []relance.Role{relance.RoleReader, relance.RoleClerk, relance.RoleMarketer, relance.RoleOwner}
	tokens := map[relance.Role]string{}
	for _, r := range roles {
		tokens[r] = a.tokenOf(r)
	}
	for _, m := range schema.Mutation.Fields {
		d := m.Directives.ForName("needs")
		if d == nil {
			t.Errorf("the mutation %s needs no role", m.Name)
			continue
		}
		needs := relance.Role(d.Arguments.ForName("role").Value.Raw)
		if m.Arguments.ForName("file") != nil { // a file cannot be written as a value; TestLogos sends one
			continue
		}
		var args []string
		for _, arg := range m.Arguments {
			args = append(args, arg.Name+": "+dummy(schema, arg.Type))
		}
		query := fmt.Sprintf("mutation { %s(%s) { __typename } }", m.Name, strings.Join(args, ", "))
		for _, r := range roles {
			got := a.as(tokens[r], query, nil)
			if forbidden := got.code() == "FORBIDDEN"; forbidden == r.Includes(needs) {
				t.Errorf("%s as %s: code %q, needs %s", m.Name, r, got.code(), needs)
			}
			if got.code() != "" && got.code() != "FORBIDDEN" {
				t.Errorf("%s: %s", query, got.Body)
			}
		}
	}
}

// A clerk limited to a shop, and somebody who buys in both.
func TestAClerkSeesOnlyTheirShop(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.people(0, 3, 2)
	a.people(1, 3, 5)
	both := func(shop int) { // the first person is one, by e-mail
		a.give(shop, store.PageRows{Customers: []relance.Customer{{ExternalID: "both", Kind: relance.IdentityCustomer, FirstName: "Both", LastName: "Shops", Email: "both@example.com",
			Phone: fmt.Sprint("+3361234567", shop), CreatedAt: noon(), Version: relance.Version{UpdatedAt: noon(), ReadAt: noon()}}},
			Orders: []relance.Order{{ExternalID: "both", Number: fmt.Sprint("BOTH", shop), CustomerID: "both", State: relance.OrderPaid, Paid: true, PlacedAt: noon(), Currency: "EUR",
				Total: amount("7"), Version: relance.Version{UpdatedAt: noon(), ReadAt: noon()}, Lines: []relance.OrderLine{{ExternalID: "1", Title: "x", Category: fmt.Sprint("Only in ", shop), Quantity: 1}}}}})
	}
	both(0)
	both(1)
	clerk := a.tokenOf(relance.RoleClerk, a.shops[0])
	const query = `{ shops { name counts { orders } }
		profiles(first: 50) { totalCount nodes { id lastName emails { address } phones { number } shops { name } identities { shop { name } } orderCount spent { amount } lastOrderAt
			orders(first: 50) { totalCount nodes { number } } carts(first: 50) { nodes { shop { name } } } purchases(first: 50) { nodes { line { title category } } }
			habits { topCategories { name } topProducts { title } } } }
		orders(first: 50) { totalCount nodes { number shop { name } profile { lastName orders { nodes { number } } } } }
		carts(first: 50) { totalCount nodes { shop { name } } } sales { orders } ordersWithoutProfile(first: 5) { totalCount } quarantine { nodes { id } } }`
	r := a.as(clerk, query, nil)
	if len(r.Errors) > 0 {
		t.Fatalf("%+v", r.Errors)
	}
	for _, hidden := range []string{"PRESTASHOP", "shop1.example", "S1-", "BOTH1", "+33612345671", "Category 1", "Only in 1", "Tea 1"} {
		if strings.Contains(r.Body, hidden) {
			t.Errorf("the clerk of the first shop reads %q of the second", hidden)
		}
	}
	for _, part := range []string{`"orderCount":1`, `"totalCount":4`, `"orders":7`, `"Only in 0"`, "BOTH0"} { // three people and the common one
		if !strings.Contains(r.Body, part) {
			t.Errorf("the clerk's own figures lack %s:\n%s", part, r.Body)
		}
	}
	a.deny(clerk)
}

// deny checks that the limited clerk cannot reach what is not theirs by id.
func (a *api) deny(clerk string) {
	a.t.Helper()
	var out struct {
		Profiles struct{ Nodes []struct{ ID uuid.UUID } }
	}
	a.ask(fmt.Sprintf(`{ profiles(first: 50, filter: {search: "shop1.example", shopIds: [%q], not: {shopIds: [%q]}}) { nodes { id } } }`, a.shops[1], a.shops[0]), nil, &out)
	if len(out.Profiles.Nodes) == 0 {
		a.t.Fatal("nobody is known to the second shop alone")
	}
	id := out.Profiles.Nodes[0].ID
	if r := a.as(clerk, `query($id: ID!) { profile(id: $id) { id } }`, map[string]any{"id": id}); len(r.Errors) > 0 || string(r.Data) != `{"profile":null}` {
		a.t.Errorf("a profile of another shop: %s", r.Body)
	}
	for query, code := range map[string]string{
		`mutation($id: ID!) { addLabel(profileId: $id, name: "x") { profile { id } errors { code } } }`:                                                           "NOT_FOUND",
		`mutation($id: ID!) { removeLabel(profileId: $id, name: "x") { profile { id } errors { code } } }`:                                                        "NOT_FOUND",
		`mutation($id: ID!) { addNote(profileId: $id, body: "x") { profile { id } errors { code } } }`:                                                            "NOT_FOUND",
		`mutation($id: ID!) { goodwillGive(input: {key: $id, profileId: $id, shopId: $id, kind: PERCENT, value: "1", until: "2030-01-01"}) { errors { code } } }`: "NOT_FOUND",
		`mutation($id: ID!) { voucherRevoke(followUpId: $id) { errors { code } } }`:                                                                               "NOT_FOUND",
		`mutation($id: ID!) { mergeProfiles(into: $id, from: [$id]) { errors { code } } }`:                                                                        "FORBIDDEN",
		`mutation($id: ID!) { unmergeProfiles(mergeId: $id) { errors { code } } }`:                                                                                "FORBIDDEN",
		`mutation($id: ID!) { assignOrder(orderId: $id, profileId: $id) { errors { code } } }`:                                                                    "FORBIDDEN",
	} {
		if r := a.as(clerk, query, map[string]any{"id": id}); !strings.Contains(r.Body, code) {
			a.t.Errorf("%s\ngives %s, want %s", query, r.Body, code)
		}
	}
	var elsewhere struct {
		Orders, Carts struct{ Nodes []struct{ ID uuid.UUID } }
	}
	a.ask(fmt.Sprintf(`{ orders(first: 1, filter: {shopIds: [%q]}) { nodes { id } } carts(first: 1, shopIds: [%[1]q]) { nodes { id } } }`, a.shops[1]), nil, &elsewhere)
	for query, id := range map[string]uuid.UUID{
		`query($id: ID!) { order(id: $id) { id } }`: elsewhere.Orders.Nodes[0].ID,
		`query($id: ID!) { cart(id: $id) { id } }`:  elsewhere.Carts.Nodes[0].ID,
	} {
		if r := a.as(clerk, query, map[string]any{"id": id}); len(r.Errors) > 0 || !strings.HasSuffix(string(r.Data), `:null}`) {
			a.t.Errorf("%s of another shop gives %s", query, r.Body)
		}
		if r := a.as(a.token, query, map[string]any{"id": id}); !strings.Contains(r.Body, id.String()) {
			a.t.Errorf("%s gives its owner %s", query, r.Body)
		}
	}
	shop := map[string]any{"id": a.shops[1]}
	for query, code := range map[string]string{
		`query($id: ID!) { shop(id: $id) { id } }`:                            `{"shop":null}`,
		`query($id: ID!) { sales(shopIds: [$id]) { orders } }`:                "FORBIDDEN",
		`query($id: ID!) { carts(first: 1, shopIds: [$id]) { totalCount } }`:  "FORBIDDEN",
		`query($id: ID!) { orders(filter: {shopIds: [$id]}) { totalCount } }`: "FORBIDDEN",
		`query($id: ID!) { quarantine(shopIds: [$id]) { nodes { id } } }`:     "FORBIDDEN",
	} {
		if r := a.as(clerk, query, shop); !strings.Contains(r.Body, code) {
			a.t.Errorf("%s\ngives %s, want %s", query, r.Body, code)
		}
	}
	var audit struct {
		Profile struct{ Labels, Notes []struct{ ID string } }
	}
	a.ask(`query($id: ID!) { profile(id: $id) { labels { id } notes { id } } }`, map[string]any{"id": id}, &audit)
	if len(audit.Profile.Labels)+len(audit.Profile.Notes) > 0 {
		a.t.Error("the clerk wrote on a profile that they cannot see")
	}
}

func TestTenantsCannotSeeEachOtherThroughTheAPI(t *testing.T) {
	t.Parallel()
	one := newAPI(t)
	two := one.tenant()
	one.people(0, 2, 1)
	two.people(0, 3, 2)
	var theirs struct {
		Profiles struct{ Nodes []struct{ ID string } }
		Shops    []struct{ ID string }
	}
	two.ask(`{ profiles(first: 9) { nodes { id } } shops { id } }`, nil, &theirs)
	r := one.as(one.token, `query($p: ID!, $s: ID!) { profile(id: $p) { id } shop(id: $s) { id } profiles(first: 9) { totalCount } carts(first: 9) { totalCount } sales { orders }
		sold: sales(shopIds: [$s]) { orders } known: profiles(first: 9, filter: {shopIds: [$s]}) { totalCount } }`,
		map[string]any{"p": theirs.Profiles.Nodes[0].ID, "s": theirs.Shops[0].ID})
	if want := `{"profile":null,"shop":null,"profiles":{"totalCount":2},"carts":{"totalCount":2},"sales":[{"orders":2}],"sold":[],"known":{"totalCount":0}}`; string(r.Data) != want {
		t.Errorf("the first merchant sees\n%s\nwant\n%s", r.Body, want)
	}
	for _, query := range []string{
		`mutation($p: ID!) { addLabel(profileId: $p, name: "x") { errors { code } } }`,
		`mutation($p: ID!) { mergeProfiles(into: $p, from: [$p]) { errors { code } } }`,
		`mutation($s: ID!) { syncShop(shopId: $s) { run { id } errors { code } } }`,
	} {
		if r := one.as(one.token, query, map[string]any{"p": theirs.Profiles.Nodes[0].ID, "s": theirs.Shops[0].ID}); !strings.Contains(r.Body, "NOT_FOUND") {
			t.Errorf("%s\ngives %s", query, r.Body)
		}
	}
}
