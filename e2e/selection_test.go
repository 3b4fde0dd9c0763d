package e2e_test

import (
	"fmt"
	"strings"
	"testing"
)

// read gives the statements of an operation, transaction control apart.
func (a *api) read(query string) (list []string, batches int) {
	a.t.Helper()
	a.trace.take()
	var into map[string]any
	a.ask(query, nil, &into)
	all, batches := a.trace.take()
	for _, s := range all {
		if !strings.HasPrefix(s, "BEGIN") && !strings.HasPrefix(s, "COMMIT") && !strings.HasPrefix(s, "SET ") && !strings.Contains(s, "token_bearer") && s != "begin" && s != "commit" {
			list = append(list, s)
		}
	}
	return list, batches
}

const nested = `profiles(first: %d) { totalCount nodes { id displayName emails { address source { shop { name } } } labels { name } spent { amount } consents { state }
	addresses { city } habits { sizes { value } } orders(first: 10) { totalCount nodes { number badges refunds { amount } shop { name } lines { title } } }
	carts(first: 10) { nodes { state order { number } lines { title } } } purchases(first: 5) { nodes { line { title } } } } }`

func TestStatementsDoNotGrowWithRows(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.people(0, 60, 10)
	few, fewBatches := a.read(fmt.Sprintf("{ "+nested+" }", 1))
	many, manyBatches := a.read(fmt.Sprintf("{ "+nested+" }", 50))
	if len(few) != len(many) || fewBatches != manyBatches {
		t.Errorf("%d statements in %d batches for one profile, %d in %d for fifty", len(few), fewBatches, len(many), manyBatches)
	}
	if manyBatches > 3 {
		t.Errorf("%d round trips for fifty profiles with orders and their lines, want at most 3", manyBatches)
	}
	t.Logf("%d statements in %d round trips", len(many), manyBatches)
	for what, query := range map[string]string{
		"merges of profiles":        `{ profiles(first: %d) { nodes { merges { id } } } }`,
		"profiles of carts":         `{ carts(first: %d) { nodes { id profile { lastName } } } }`,
		"links of carts":            `{ carts(first: %d) { nodes { adminUrl } } }`,
		"links of orders":           `{ profiles(first: %d) { nodes { identities { adminUrl } orders { nodes { adminUrl } } } } }`,
		"shops of carts":            `{ carts(first: %d) { nodes { id shop { name } } } }`,
		"orders, carts under edges": `{ profiles(first: %d) { edges { node { orders { nodes { lines { title } } } } } } }`,
		"products bought":           `{ profiles(first: %d) { nodes { purchases { nodes { order { number shop { name } } line { title } } } } } }`,
	} {
		few, _ := a.read(fmt.Sprintf(query, 2))
		many, _ := a.read(fmt.Sprintf(query, 40))
		if len(many) != len(few) {
			t.Errorf("%s: %d statements for 2, %d for 40", what, len(few), len(many))
		}
	}
}

func TestOnlyWhatIsAskedForIsRead(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.people(0, 3, 2)
	for what, c := range map[string]struct {
		query     string
		want, not []string
	}{
		"a name":        {`{ profiles(first: 2) { nodes { lastName } } }`, []string{"p.last_name"}, []string{"count(*)", "p.first_name", "birthday", "memberships", "FROM orders", "FROM carts", "profile_stats", "order_lines", "consents", "profile_habits"}},
		"orders' links": {`{ profiles(first: 2) { nodes { orders { nodes { adminUrl } } } } }`, []string{"FROM shops"}, []string{"order_lines", "customers"}},
		"ids alone":     {`{ profiles(first: 2) { nodes { id } } }`, nil, []string{"last_name", "count(*)", "FROM orders"}},
		"the count":     {`{ profiles(first: 2) { totalCount } }`, []string{"count(*)"}, []string{"last_name"}},
		"orders alone":  {`{ profiles(first: 2) { nodes { orders { nodes { number } } } } }`, []string{"orders o"}, []string{"order_lines", "refunds", "returns FROM", "was_abandoned", "count(*)", "FROM carts", "FROM shops"}},
		"orders' count": {`{ profiles(first: 2) { nodes { orders { totalCount } } } }`, []string{"count(*)"}, []string{"order_lines", "refunds"}},
		"returns":       {`{ profiles(first: 2) { nodes { orders { nodes { returns { number } } } } } }`, []string{"SELECT id, returns"}, []string{"order_lines", "refunds"}},
		"lines":         {`{ profiles(first: 2) { nodes { orders { nodes { lines { title } } } } } }`, []string{"l.title"}, []string{"l.sku", "l.total", "refunds", "cart_lines"}},
		"memberships":   {`{ profiles(first: 2) { nodes { memberships { type } } } }`, []string{"FROM memberships"}, []string{"FROM notes", "FROM orders"}},
		"skipped":       {`{ profiles(first: 2) { nodes { id orders @skip(if: true) { nodes { number } } } } }`, nil, []string{"FROM orders"}},
		"carts alone":   {`{ carts(first: 2) { nodes { state } } }`, []string{"FROM carts"}, []string{"cart_lines", "count(*)", "FROM profiles"}},
	} {
		list, _ := a.read(c.query)
		sql := strings.Join(list, "\n")
		for _, part := range c.want {
			if !strings.Contains(sql, part) {
				t.Errorf("%s: %q is not read", what, part)
			}
		}
		for _, part := range c.not {
			if strings.Contains(sql, part) {
				t.Errorf("%s: %q is read and was not asked for:\n%s", what, part, sql)
			}
		}
	}
}

// However a selection is written, it means the same.
func TestFragmentsAliasesAndEdges(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.people(0, 3, 4)
	type orders struct {
		TotalCount int
		Nodes      []struct {
			Number string
			Lines  []struct{ Title string }
		}
	}
	type profile struct {
		LastName          string
		Emails            []struct{ Address string }
		Orders, One, Four orders
	}
	type answer struct {
		Profiles struct {
			TotalCount int
			Nodes      []profile
			Edges      []struct{ Node profile }
		}
	}
	for what, query := range map[string]string{
		"plain":                      `{ profiles(first: 2) { totalCount nodes { lastName emails { address } orders(first: 4) { totalCount nodes { number lines { title } } } } } }`,
		"named fragments everywhere": `{ profiles(first: 2) { ...C } } fragment C on ProfileConnection { totalCount nodes { ...P } } fragment P on Profile { lastName ...E orders(first: 4) { ...O } } fragment E on Profile { emails { address } } fragment O on OrderConnection { totalCount nodes { ...L } } fragment L on Order { number lines { ...T } } fragment T on OrderLine { title }`,
		"inline fragments":           `{ ... on Query { profiles(first: 2) { ... on ProfileConnection { totalCount nodes { ... on Profile { lastName emails { address } orders(first: 4) { ... on OrderConnection { totalCount nodes { ... on Order { number lines { title } } } } } } } } } } }`,
		"in two halves":              `{ profiles(first: 2) { totalCount nodes { lastName orders(first: 4) { totalCount nodes { number } } } nodes { emails { address } orders(first: 4) { nodes { lines { title } } } } } }`,
	} {
		var got answer
		a.ask(query, nil, &got)
		if got.Profiles.TotalCount != 3 || len(got.Profiles.Nodes) != 2 {
			t.Errorf("%s: %d counted, %d given", what, got.Profiles.TotalCount, len(got.Profiles.Nodes))
			continue
		}
		p := got.Profiles.Nodes[0]
		if p.LastName == "" || len(p.Emails) != 1 || p.Orders.TotalCount != 4 || len(p.Orders.Nodes) != 4 || len(p.Orders.Nodes[0].Lines) != 2 {
			t.Errorf("%s: %+v", what, p)
		}
	}
	var got answer
	a.ask(`{ profiles(first: 2) { nodes { lastName one: orders(first: 1) { nodes { number } } four: orders(first: 4) { nodes { number lines { title } } } } } }`, nil, &got)
	if p := got.Profiles.Nodes[0]; len(p.One.Nodes) != 1 || len(p.Four.Nodes) != 4 || len(p.Four.Nodes[0].Lines) != 2 {
		t.Errorf("aliases: %+v", p)
	}
	got = answer{}
	a.ask(`{ profiles(first: 2) { nodes { orders(first: 4) { nodes { number lines { title } } } } edges { node { lastName orders(first: 1) { totalCount nodes { number } } } } } }`, nil, &got)
	if p, e := got.Profiles.Nodes[0], got.Profiles.Edges[0].Node; len(p.Orders.Nodes) != 4 || len(p.Orders.Nodes[0].Lines) != 2 || len(e.Orders.Nodes) != 1 || e.Orders.TotalCount != 4 || e.LastName == "" {
		t.Errorf("nodes and edges ask for different pages of orders:\nnodes %+v\nedges %+v", p, e)
	}
}
