package shopify

import (
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/relance/relance/connectors/shopify/shopifytest"
)

// published is Shopify's own schema, where it is at hand.
const published = "../../../shared/reference/shopify/admin_2026-10.graphql"

// allDocuments lists every document the connector sends.
func allDocuments() []document {
	h := loadHelpers()
	list := []document{h.check, h.checkCosts, h.variantCosts, h.bulkRun, h.bulkPoll, h.bulkCancel, h.orderRefunds, h.refundLines, h.refundChildren, h.orderReturns, h.returnChildren, h.ordersOf, h.consentWithdraw}
	v := h.vouchers
	list = append(list, v.byCode, v.byID, v.make, v.makeShipping, v.extend, v.extendShipping, v.deactivate, v.remove, v.ofOrders, v.ofLines)
	for _, r := range resources() {
		list = append(list, r.page, r.nodes, r.children, r.tail, r.ids, r.bulk)
		if r.bulkPlain.text != "" {
			list = append(list, r.bulkPlain)
		}
	}
	return list
}

func TestDocumentsAgreeWithSchemas(t *testing.T) {
	t.Parallel()
	schemas := map[string]*ast.Schema{"the simulator's slice": gqlparser.MustLoadSchema(&ast.Source{Input: shopifytest.Schema()})}
	if text, err := os.ReadFile(published); err != nil {
		t.Logf("SKIPPED the comparison with Shopify's published schema: %s is not here", published)
	} else {
		schemas["Shopify's schema"] = gqlparser.MustLoadSchema(&ast.Source{Input: string(text)})
	}
	used := ""
	for _, d := range allDocuments() {
		used += d.text
		for name, schema := range schemas {
			doc, list := gqlparser.LoadQueryWithRules(schema, d.text, rules.NewDefaultRules())
			for _, problem := range list {
				t.Errorf("%s against %s: %s", d.name, name, problem.Message)
			}
			if name == "Shopify's schema" && len(list) == 0 {
				checkDeprecated(t, d.name, doc.Operations[0].SelectionSet, map[string]bool{})
			}
		}
	}
	files, err := documentFiles.ReadDir("documents")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, _ := documentFiles.ReadFile("documents/" + f.Name())
		first, _, _ := strings.Cut(strings.TrimSpace(stripComments(string(text))), "\n")
		if !strings.Contains(used, first) {
			t.Errorf("%s is not used", f.Name())
		}
	}
}

func stripComments(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// checkDeprecated refuses fields that Shopify is going to take away.
func checkDeprecated(t *testing.T, doc string, set ast.SelectionSet, seen map[string]bool) {
	t.Helper()
	for _, s := range set {
		switch n := s.(type) {
		case *ast.Field:
			if n.Definition != nil && n.Definition.Directives.ForName("deprecated") != nil {
				t.Errorf("%s asks for the deprecated field %s", doc, n.Name)
			}
			checkDeprecated(t, doc, n.SelectionSet, seen)
		case *ast.InlineFragment:
			checkDeprecated(t, doc, n.SelectionSet, seen)
		case *ast.FragmentSpread:
			if !seen[n.Name] {
				seen[n.Name] = true
				checkDeprecated(t, doc, n.Definition.SelectionSet, seen)
			}
		}
	}
}
