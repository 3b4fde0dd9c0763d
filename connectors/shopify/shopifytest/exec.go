package shopifytest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/relance/relance/internal/faults"
)

// object is anything with fields: a row, a part of a row, a connection, a payload.
type object interface {
	typeName() string
	// field gives a value: nil, string, bool, int, int64, json.RawMessage, object,
	// []any of those, or fieldError.
	field(x *run, f field) any
}

// field is one requested field with its arguments.
type field struct {
	name string
	args map[string]any
}

// fieldError is a value that could not be given.
type fieldError struct{ message, code string }

// record is an object whose values are at hand.
type record struct {
	typ    string
	values map[string]any
}

func (r record) typeName() string          { return r.typ }
func (r record) field(_ *run, f field) any { return r.values[f.name] }

// run is the execution of one operation.
type run struct {
	s        *Server
	host     string // as the client named it: file addresses begin with it
	vars     map[string]any
	data     *store
	out      bytes.Buffer
	errors   []json.RawMessage
	warnings []string
	path     []any
	actual   float64
	merged   map[mergeKey][]merged
	touched  []row // rows that the touch fault moves once the answer is written
	partial  bool  // the partial fault strikes at the next chance
	bulk     bool  // connections of rows are left out: they get lines of their own
}

type mergeKey struct {
	first ast.Selection
	count int
	typ   string
}

// merged is one key of the answer with all selections made for it.
type merged struct {
	key   string
	node  *ast.Field
	below ast.SelectionSet
}

// execute answers a document.
func (s *Server) execute(r *http.Request, query, operation string, vars map[string]any) []byte {
	doc, list := gqlparser.LoadQueryWithRules(s.schema, query, rules.NewDefaultRules())
	if len(list) > 0 {
		return refusal(list[0].Message, "undefinedField", "")
	}
	op := doc.Operations.ForName(operation)
	if op == nil {
		return refusal("No operation named that way", "", "")
	}
	values, err := validator.VariableValues(s.schema, op, vars)
	if err != nil {
		return refusal(err.Error(), "INVALID_VARIABLE", "")
	}
	requested, problem := s.cost(op, values)
	if problem != "" {
		return refusal(problem, "BAD_REQUEST", "")
	}
	if requested > s.opts.MaxCost {
		return []byte(fmt.Sprintf(`{"errors":[{"message":"Query cost is %.0f, which exceeds the single query max cost limit (%.0f).","extensions":{"code":"MAX_COST_EXCEEDED","cost":%.0f,"maxCost":%.0f}}]}`,
			requested, s.opts.MaxCost, requested, s.opts.MaxCost))
	}
	if !s.throttle.admit(requested) {
		return refusal("Throttled", "THROTTLED", s.throttle.extensions(requested, 0))
	}
	x := &run{s: s, host: r.Host, vars: values, merged: map[mergeKey][]merged{}, partial: s.opts.Faults.Roll(faults.PartialRow)}
	x.operation(op)
	s.throttle.settle(requested, x.actual)
	return x.answer(requested)
}

// operation runs a query under the read lock and a mutation under the write lock.
func (x *run) operation(op *ast.OperationDefinition) {
	x.data = &x.s.data
	if op.Operation == ast.Mutation {
		x.s.mu.Lock()
		x.actual = 10
		x.write(mutationRoot{}, op.SelectionSet)
		x.s.mu.Unlock()
		return
	}
	x.s.mu.RLock()
	if !x.write(queryRoot{}, op.SelectionSet) {
		x.out.Reset()
		x.out.WriteString("null")
	}
	x.s.mu.RUnlock()
	x.s.touch(x.touched)
}

func (x *run) answer(requested float64) []byte {
	var b bytes.Buffer
	b.WriteString(`{"data":`)
	b.Write(x.out.Bytes())
	if len(x.errors) > 0 {
		list, _ := json.Marshal(x.errors)
		b.WriteString(`,"errors":`)
		b.Write(list)
	}
	b.WriteByte(',')
	b.WriteString(x.s.throttle.extensions(requested, x.actual))
	if len(x.warnings) > 0 {
		list, _ := json.Marshal(x.warnings)
		b.Truncate(b.Len() - 1)
		fmt.Fprintf(&b, `,"search":[{"warnings":%s}]}`, list)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// refusal is an answer without data.
func refusal(message, code, extensions string) []byte {
	entry := map[string]any{"message": message}
	if code != "" {
		entry["extensions"] = map[string]string{"code": code}
	}
	text, _ := json.Marshal([]any{entry})
	if extensions != "" {
		extensions = "," + extensions
	}
	return []byte(`{"errors":` + string(text) + extensions + `}`)
}

// fail records an entry of errors at the present path.
func (x *run) fail(e fieldError) {
	entry, _ := json.Marshal(map[string]any{"message": e.message, "path": x.path, "extensions": map[string]string{"code": e.code}})
	x.errors = append(x.errors, entry)
}

// collect gathers the fields of a selection set that apply to a type, fragments,
// @include and @skip considered, equal keys merged. Results are kept per document.
func (x *run) collect(typ string, set ast.SelectionSet) []merged {
	if len(set) == 0 {
		return nil
	}
	key := mergeKey{first: set[0], count: len(set), typ: typ}
	if list, ok := x.merged[key]; ok {
		return list
	}
	var list []merged
	x.gather(typ, set, &list)
	x.merged[key] = list
	return list
}

func (x *run) gather(typ string, set ast.SelectionSet, list *[]merged) {
	for _, selection := range set {
		switch n := selection.(type) {
		case *ast.Field:
			if x.included(n.Directives) {
				add(list, n)
			}
		case *ast.FragmentSpread:
			if x.included(n.Directives) && x.applies(n.Definition.TypeCondition, typ) {
				x.gather(typ, n.Definition.SelectionSet, list)
			}
		case *ast.InlineFragment:
			if x.included(n.Directives) && x.applies(n.TypeCondition, typ) {
				x.gather(typ, n.SelectionSet, list)
			}
		}
	}
}

func add(list *[]merged, n *ast.Field) {
	for i := range *list {
		if m := &(*list)[i]; m.key == n.Alias {
			m.below = append(append(ast.SelectionSet(nil), m.below...), n.SelectionSet...)
			return
		}
	}
	*list = append(*list, merged{key: n.Alias, node: n, below: n.SelectionSet})
}

func (x *run) included(directives ast.DirectiveList) bool {
	for _, d := range directives {
		on, _ := d.ArgumentMap(x.vars)["if"].(bool)
		if d.Name == "skip" && on || d.Name == "include" && !on {
			return false
		}
	}
	return true
}

func (x *run) applies(condition, typ string) bool {
	if condition == "" || condition == typ {
		return true
	}
	for _, possible := range x.s.schema.PossibleTypes[condition] {
		if possible.Name == typ {
			return true
		}
	}
	return false
}
