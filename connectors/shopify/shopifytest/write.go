package shopifytest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// write writes an object; false means that a value which must not be null is
// missing, so that the object itself becomes null.
func (x *run) write(o object, set ast.SelectionSet) bool {
	typ := o.typeName()
	if !strings.HasSuffix(typ, "Connection") && !strings.HasSuffix(typ, "Edge") && typ != "PageInfo" {
		x.actual++
	}
	x.out.WriteByte('{')
	first := true
	for _, m := range x.collect(typ, set) {
		if x.bulk && isConnection(m.node) {
			continue
		}
		if !first {
			x.out.WriteByte(',')
		}
		first = false
		x.out.WriteByte('"')
		x.out.WriteString(m.key)
		x.out.WriteString(`":`)
		if !x.writeField(o, typ, m) {
			return false
		}
	}
	x.out.WriteByte('}')
	return true
}

func isConnection(n *ast.Field) bool {
	return n.Definition != nil && strings.HasSuffix(n.Definition.Type.Name(), "Connection")
}

func (x *run) writeField(o object, typ string, m merged) bool {
	if m.node.Name == "__typename" {
		x.writeString(typ)
		return true
	}
	x.path = append(x.path, m.key)
	defer func() { x.path = x.path[:len(x.path)-1] }()
	f := field{name: m.node.Name}
	if len(m.node.Definition.Arguments) > 0 {
		f.args = m.node.ArgumentMap(x.vars)
	}
	value := x.resolve(o, typ, f, m.node.Definition)
	start := x.out.Len()
	if x.writeValue(value, m.node.Definition.Type, m.below) {
		return true
	}
	x.out.Truncate(start)
	if m.node.Definition.Type.NonNull {
		return false
	}
	x.out.WriteString("null")
	return true
}

// resolve asks the object, unless the field is denied or struck by a fault.
func (x *run) resolve(o object, typ string, f field, def *ast.FieldDefinition) any {
	if len(x.s.opts.Denied) > 0 && slices.Contains(x.s.opts.Denied, typ+"."+f.name) {
		return fieldError{"This app is not approved to use the " + f.name + " field.", "ACCESS_DENIED"}
	}
	if x.partial && !x.bulk && !def.Type.NonNull && len(x.path) > 3 && def.Type.Elem == nil {
		if _, isRow := o.(row); isRow && x.s.schema.Types[def.Type.Name()].Kind == ast.Object {
			x.partial = false
			return fieldError{"Internal error. Looks like something went wrong on our end.", "INTERNAL_SERVER_ERROR"}
		}
	}
	return o.field(x, f)
}

// writeValue writes any value; false means null where the type forbids it.
func (x *run) writeValue(value any, typ *ast.Type, below ast.SelectionSet) bool {
	switch v := value.(type) {
	case nil:
		if typ.NonNull {
			return false
		}
		x.out.WriteString("null")
	case fieldError:
		x.fail(v)
		if typ.NonNull {
			return false
		}
		x.out.WriteString("null")
	case object:
		return x.write(v, below)
	case string:
		x.writeString(v)
	case bool:
		x.out.WriteString(strconv.FormatBool(v))
	case int:
		x.out.WriteString(strconv.Itoa(v))
	case int64:
		x.out.WriteString(strconv.FormatInt(v, 10))
	case []string:
		text, _ := json.Marshal(v)
		if v == nil {
			text = []byte("[]")
		}
		x.out.Write(text)
	case []any:
		return x.writeList(v, typ, below)
	case json.RawMessage:
		x.out.Write(v)
	}
	return true
}

func (x *run) writeList(list []any, typ *ast.Type, below ast.SelectionSet) bool {
	x.out.WriteByte('[')
	for i, value := range list {
		if i > 0 {
			x.out.WriteByte(',')
		}
		x.path = append(x.path, i)
		start := x.out.Len()
		ok := x.writeValue(value, typ.Elem, below)
		x.path = x.path[:len(x.path)-1]
		if !ok {
			if typ.Elem.NonNull {
				return false
			}
			x.out.Truncate(start)
			x.out.WriteString("null")
		}
	}
	x.out.WriteByte(']')
	return true
}

// writeString writes a JSON string; plain ASCII goes the short way.
func (x *run) writeString(s string) {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f || c == '<' || c == '>' || c == '&' {
			text, _ := json.Marshal(s)
			x.out.Write(text)
			return
		}
	}
	x.out.WriteByte('"')
	x.out.WriteString(s)
	x.out.WriteByte('"')
}
