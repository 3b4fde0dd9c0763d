package graph

import (
	"context"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/relance/relance"
)

// A selection says beforehand what will be asked of each profile. Reading it once lets
// the store fetch all of that in two round trips, whatever the number of profiles, and
// nothing else.

// selection reads the fields below a field, fragments resolved.
type selection struct{ op *graphql.OperationContext }

func (s selection) fields(set ast.SelectionSet, typ string) []graphql.CollectedField {
	return graphql.CollectFields(s.op, set, []string{typ})
}

// below gives the selection under the path of field names from the field at hand.
func below(ctx context.Context, path ...string) (selection, []ast.SelectionSet) {
	s := selection{graphql.GetOperationContext(ctx)}
	sets := []ast.SelectionSet{graphql.GetFieldContext(ctx).Field.Selections}
	for _, name := range path {
		var next []ast.SelectionSet
		for _, set := range sets {
			for _, f := range s.fields(set, "") { // connections, payloads and edges have no fragments on other types
				if f.Name == name {
					next = append(next, f.Selections)
				}
			}
		}
		sets = next
	}
	return s, sets
}

// asked reports whether the field at hand selects name directly.
func asked(ctx context.Context, name string) bool {
	s, own := below(ctx)
	for _, set := range own {
		for _, f := range s.fields(set, "") {
			if f.Name == name {
				return true
			}
		}
	}
	return false
}

// profileWant reads what is wanted of the profiles found under the given paths.
func profileWant(ctx context.Context, paths ...[]string) relance.ProfileWant {
	w := relance.ProfileWant{Columns: map[string]bool{}, Orders: map[string]relance.OrderWant{}, Carts: map[string]relance.CartWant{},
		Purchases: map[string]relance.Paging{}}
	for _, path := range paths {
		s, sets := below(ctx, path...)
		for _, set := range sets {
			for _, f := range s.fields(set, "Profile") {
				s.profileField(&w, f)
			}
		}
	}
	return w
}

// profileField adds what one field of a profile needs.
func (s selection) profileField(w *relance.ProfileWant, f graphql.CollectedField) {
	need := func(cols ...string) {
		for _, c := range cols {
			w.Columns[c] = true
		}
	}
	switch f.Name {
	case "displayName":
		need("first_name", "last_name", "company")
		w.Records = true
	case "firstName":
		need("first_name")
	case "lastName":
		need("last_name")
	case "company", "title", "language", "birthday":
		need(f.Name)
	case "createdAt":
		need("created_at")
	case "needsReview":
		need("needs_review")
	case "orderCount":
		need("order_count")
		w.Money = true // of somebody limited to some shops
	case "lastOrderAt":
		need("last_order_at")
		w.Money = true
	case "spent", "spentByCurrency", "returned":
		w.Money = true
	case "averageOrder":
		need("order_count")
		w.Money = true
	case "emails", "phones", "identities":
		w.Records = true
		w.Shops = true
	case "shops":
		w.Records, w.Shops = true, true
	case "addresses":
		w.Addresses, w.Shops = true, true
	case "consents":
		w.Consents = true
	case "labels":
		w.Labels = true
	case "notes":
		w.Notes = true
	case "habits":
		w.Habits = true
	default:
		s.profileList(w, f)
	}
}

// profileList adds what a paged list of a profile needs, under its alias.
func (s selection) profileList(w *relance.ProfileWant, f graphql.CollectedField) {
	switch f.Name {
	case "orders":
		w.Orders[f.Alias] = s.orders(f, &w.Shops)
	case "carts":
		want := relance.CartWant{Paging: s.paging(f, 10)}
		for _, n := range s.nodes(f.Selections, "CartConnection", "Cart") {
			want.Lines = want.Lines || n.Name == "lines"
			w.Shops = w.Shops || n.Name == "shop"
		}
		w.Carts[f.Alias] = want
	case "purchases":
		w.Purchases[f.Alias] = s.paging(f, 20)
		w.Shops = true
	}
}

// orders reads what is wanted of a list of orders.
func (s selection) orders(f graphql.CollectedField, shops *bool) relance.OrderWant {
	want := relance.OrderWant{Paging: s.paging(f, 10)}
	for _, n := range s.nodes(f.Selections, "OrderConnection", "Order") {
		switch n.Name {
		case "lines":
			want.Lines = true
		case "refunds":
			want.Refunds = true
		case "badges":
			want.Badges = true
		case "shop":
			*shops = true
		}
	}
	return want
}

// nodes gives the fields selected on the nodes of a connection.
func (s selection) nodes(set ast.SelectionSet, connection, node string) []graphql.CollectedField {
	var out []graphql.CollectedField
	for _, f := range s.fields(set, connection) {
		if f.Name == "nodes" {
			out = append(out, s.fields(f.Selections, node)...)
		}
	}
	return out
}

// paging reads a list's arguments and whether it is to be counted. A size out of bounds
// is left to the list's own resolver to refuse.
func (s selection) paging(f graphql.CollectedField, first int) relance.Paging {
	p := relance.Paging{First: first}
	args := f.ArgumentMap(s.op.Variables)
	switch v := args["first"].(type) {
	case int64:
		p.First = int(v)
	case int:
		p.First = v
	case interface{ Int64() (int64, error) }: // json.Number
		if n, err := v.Int64(); err == nil {
			p.First = int(n)
		}
	case string:
		if n, err := strconv.Atoi(v); err == nil {
			p.First = n
		}
	}
	p.First = min(max(p.First, 1), maxFirst)
	if after, ok := args["after"].(string); ok {
		p.After = after
	}
	for _, sub := range s.fields(f.Selections, "") {
		p.Total = p.Total || sub.Name == "totalCount"
	}
	return p
}

// alias is the name under which the field at hand was asked for.
func alias(ctx context.Context) string { return graphql.GetFieldContext(ctx).Field.Alias }
