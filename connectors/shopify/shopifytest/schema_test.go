package shopifytest

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

const published = "../../../../shared/reference/shopify/admin_2026-10.graphql"

// TestSliceAgreesWithPublishedSchema compares every type, field, argument and value
// of the slice with Shopify's own schema.
func TestSliceAgreesWithPublishedSchema(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(published)
	if err != nil {
		t.Skipf("SKIPPED: %s is not here", published)
	}
	whole := gqlparser.MustLoadSchema(&ast.Source{Input: string(text)})
	part := gqlparser.MustLoadSchema(&ast.Source{Input: Schema()})
	types, fields := 0, 0
	for name, mine := range part.Types {
		if strings.HasPrefix(name, "__") || mine.BuiltIn {
			continue
		}
		theirs := whole.Types[name]
		if theirs == nil || theirs.Kind != mine.Kind {
			t.Errorf("type %s is not in Shopify's schema as %s", name, mine.Kind)
			continue
		}
		types++
		fields += compareType(t, mine, theirs)
	}
	t.Logf("compared %d types and %d fields", types, fields)
}

func compareType(t *testing.T, mine, theirs *ast.Definition) (fields int) {
	t.Helper()
	for _, i := range mine.Interfaces {
		if !slices.Contains(theirs.Interfaces, i) {
			t.Errorf("%s does not implement %s", mine.Name, i)
		}
	}
	for _, u := range mine.Types {
		if !slices.Contains(theirs.Types, u) {
			t.Errorf("%s is not a union with %s", mine.Name, u)
		}
	}
	for _, v := range mine.EnumValues {
		if theirs.EnumValues.ForName(v.Name) == nil {
			t.Errorf("%s has no value %s", mine.Name, v.Name)
		}
	}
	for _, f := range mine.Fields {
		if strings.HasPrefix(f.Name, "__") {
			continue
		}
		fields++
		other := theirs.Fields.ForName(f.Name)
		if other == nil || other.Type.String() != f.Type.String() {
			t.Errorf("%s.%s: %s differs from Shopify's", mine.Name, f.Name, f.Type)
			continue
		}
		for _, a := range f.Arguments {
			arg := other.Arguments.ForName(a.Name)
			if arg == nil || arg.Type.String() != a.Type.String() || value(arg.DefaultValue) != value(a.DefaultValue) {
				t.Errorf("%s.%s(%s) differs from Shopify's", mine.Name, f.Name, a.Name)
			}
		}
	}
	return fields
}

func value(v *ast.Value) string {
	if v == nil {
		return ""
	}
	return v.String()
}
