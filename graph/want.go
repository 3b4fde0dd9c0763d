package graph

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"unicode"

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
	at := graphql.GetFieldContext(ctx).Field
	sets, typ := []ast.SelectionSet{at.Selections}, at.Definition.Type.Name() // fragments name the type
	for _, name := range path {
		var next []ast.SelectionSet
		below := ""
		for _, set := range sets {
			for _, f := range s.fields(set, typ) {
				if f.Name == name {
					next, below = append(next, f.Selections), f.Definition.Type.Name()
				}
			}
		}
		sets, typ = next, below
	}
	return s, sets
}

// asked reports whether the field at hand selects name directly.
func asked(ctx context.Context, name string) bool {
	s, own := below(ctx)
	for _, set := range own {
		for _, f := range s.fields(set, graphql.GetFieldContext(ctx).Field.Definition.Type.Name()) {
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
	case "firstName", "lastName", "company", "title", "language", "birthday", "vacant", "createdAt", "needsReview":
		need(columnOf(f.Name))
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
	case "objections":
		w.Objections = true
	case "lastContactedAt", "letterScannedAt":
		w.Contacted = true
	case "group":
		w.Group = true
	case "photo":
		w.Photo = true
	case "notes":
		w.Notes = true
	case "memberships":
		w.Members = true
	case "habits":
		w.Habits = true
	case "merges":
		w.Merges = true
	case "keptApart":
		w.Apart = true
	default:
		s.profileList(w, f)
	}
}

// columnOf is the column that a field of the same name shows.
func columnOf(field string) string {
	var b strings.Builder
	for _, r := range field {
		if unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// profileList adds what a paged list of a profile needs, under its key. The same list
// may be asked for twice, under nodes and under edges.
func (s selection) profileList(w *relance.ProfileWant, f graphql.CollectedField) {
	switch f.Name {
	case "orders":
		want := s.orders(f, &w.Shops)
		key := listKey(f.Alias, want.Paging)
		old := w.Orders[key]
		want.Total, want.Lines = want.Total || old.Total, want.Lines || old.Lines
		maps.Copy(want.Fields, old.Fields)
		maps.Copy(want.LineFields, old.LineFields)
		want.Refunds, want.Returns, want.Badges = want.Refunds || old.Refunds, want.Returns || old.Returns, want.Badges || old.Badges
		w.Orders[key] = want
	case "carts":
		want := relance.CartWant{Paging: s.paging(f, 10)}
		for _, n := range s.nodes(f.Selections, "CartConnection", "Cart") {
			want.Lines = want.Lines || n.Name == "lines"
			w.Shops = w.Shops || n.Name == "shop" || n.Name == "adminUrl"
		}
		key := listKey(f.Alias, want.Paging)
		want.Total, want.Lines = want.Total || w.Carts[key].Total, want.Lines || w.Carts[key].Lines
		w.Carts[key] = want
	case "purchases":
		p := s.paging(f, 20)
		w.Purchases[listKey(f.Alias, p)] = p
		w.Shops = true
	}
}

// orders reads what is wanted of a list of orders.
func (s selection) orders(f graphql.CollectedField, shops *bool) relance.OrderWant {
	want := s.orderFields(s.nodes(f.Selections, "OrderConnection", "Order"), shops)
	want.Paging = s.paging(f, 10)
	return want
}

// orderFields reads what is wanted of an order.
func (s selection) orderFields(fields []graphql.CollectedField, shops *bool) relance.OrderWant {
	want := relance.OrderWant{Fields: map[string]bool{}, LineFields: map[string]bool{}}
	for _, n := range fields {
		want.Fields[n.Name] = true
		switch n.Name {
		case "lines":
			want.Lines = true
			for _, l := range s.fields(n.Selections, "OrderLine") {
				want.LineFields[l.Name] = true
			}
		case "refunds":
			want.Refunds = true
		case "returns":
			want.Returns = true
		case "badges":
			want.Badges = true
		case "shop", "adminUrl":
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
	for _, sub := range s.fields(f.Selections, f.Definition.Type.Name()) {
		p.Total = p.Total || sub.Name == "totalCount"
	}
	return p
}

// listKey tells a paged list of a profile from its others.
func listKey(alias string, p relance.Paging) string {
	return fmt.Sprintf("%s:%d:%s", alias, p.First, p.After)
}

// keyAt is the key of the list at hand.
func keyAt(ctx context.Context, p relance.Paging) string {
	return listKey(graphql.GetFieldContext(ctx).Field.Alias, p)
}
