package e2e_test

import (
	"fmt"
	"regexp"
	"testing"
)

// The generated code takes a shorter way for plain objects (graph/generate): what comes
// out must be what GraphQL says, in the order asked.
func TestTheAnswerHasTheShapeOfTheQuestion(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.people(0, 3, 2)
	const line = `{"__typename":"OrderLine","what":"[^"]*","title":"[^"]*","price":{"currencyCode":"EUR","amount":"[0-9.]+","__typename":"Money"},"productUrl":(null|"[^"]*")}`
	const order = `{"lines":\[` + line + `(,` + line + `)*\],"badges":\[\],"cancelledAt":null,"kind":"Order"}`
	for name, query := range map[string]string{
		"fields and aliases": `{ profiles(first: 2) { nodes { orders(first: 1) { nodes { lines { __typename what: title title price: unitPrice { currencyCode amount __typename } productUrl }
			badges cancelledAt kind: __typename } } } } }`,
		"fragments and variables": `query($no: Boolean = false) { profiles(first: 2) { nodes { orders(first: 1) { nodes { ...O id @include(if: $no) } } } } }
			fragment O on Order { lines { ...L } badges ... on Order { cancelledAt kind: __typename } number @skip(if: true) }
			fragment L on OrderLine { __typename what: title title price: unitPrice { currencyCode ...M } productUrl price: unitPrice { amount } } fragment M on Money { amount __typename }`,
	} {
		r := a.as(a.token, query, nil)
		want := regexp.MustCompile(`^{"profiles":{"nodes":\[{"orders":{"nodes":\[` + order + `\]}},{"orders":{"nodes":\[` + order + `\]}}\]}}$`)
		if len(r.Errors) > 0 || !want.Match(r.Data) {
			t.Errorf("%s: %s", name, r.Body)
		}
	}
	r := a.as(a.token, `{ profiles(first: 3) { nodes { id orders(first: 0) { nodes { id } } } } }`, nil)
	for i, e := range r.Errors {
		if want := fmt.Sprint([]any{"profiles", "nodes", i, "orders"}); fmt.Sprint(e.Path) != want {
			t.Errorf("error %d is at %v, want %s", i, e.Path, want)
		}
	}
	if len(r.Errors) != 3 {
		t.Errorf("%d errors, want one a profile: %s", len(r.Errors), r.Body)
	}
}
