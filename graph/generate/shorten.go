package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/codegen"
	schema "github.com/vektah/gqlparser/v2/ast"
)

// shorten rewrites what gqlgen wrote into the file.
func shorten(name string, objects codegen.Objects) error {
	src, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, src, parser.ParseComments)
	if err != nil {
		return err
	}
	r := &rewriter{src: src, base: set.File(file.Pos()).Base(), funcs: map[string]*ast.FuncDecl{}, plain: plainObjects(objects)}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			r.funcs[f.Name.Name] = f
		}
	}
	for _, o := range objects {
		if err := r.object(o); err != nil {
			return err
		}
	}
	r.lists()
	out, err := format.Source(r.apply())
	if err != nil {
		return err
	}
	return os.WriteFile(name, out, 0o644)
}

// plainObjects are the objects all of whose fields are plain, down to their leaves.
func plainObjects(objects codegen.Objects) map[string]bool {
	plain := map[string]bool{}
	for _, o := range objects {
		plain[o.Name] = !o.Root && !o.IsReserved()
	}
	for changed := true; changed; { // an object falls with the first of its fields that falls
		changed = false
		for _, o := range objects {
			if plain[o.Name] && slices.ContainsFunc(o.Fields, func(f *codegen.Field) bool { return !f.IsReserved() && !isPlain(f, plain) }) {
				plain[o.Name], changed = false, true
			}
		}
	}
	return plain
}

// isPlain reports whether a field is read out of memory and is a leaf or a plain object.
func isPlain(f *codegen.Field, plain map[string]bool) bool {
	return inMemory(f) && (f.TypeReference.Definition.IsLeafType() || plain[f.TypeReference.Definition.Name])
}

// inMemory reports whether a field is read out of memory; objects in it may not be.
func inMemory(f *codegen.Field) bool {
	if f.IsResolver || f.Stream || f.MethodHasContext || f.VOkFunc || f.HasDirectives() || len(f.Args) > 0 || f.IsMap() || f.IsMethod() && !f.NoErr {
		return false
	}
	return f.TypeReference.Definition.IsLeafType() || f.TypeReference.Definition.Kind == schema.Object
}

// rewriter collects edits of a source text.
type rewriter struct {
	src   []byte
	base  int
	funcs map[string]*ast.FuncDecl
	plain map[string]bool
	edits []edit
}

type edit struct {
	from, to int
	text     string
}

func (r *rewriter) replace(n ast.Node, text string) {
	r.edits = append(r.edits, edit{int(n.Pos()) - r.base, int(n.End()) - r.base, text})
}

func (r *rewriter) after(n ast.Node, text string) {
	at := int(n.End()) - r.base
	r.edits = append(r.edits, edit{at, at, text})
}

func (r *rewriter) text(n ast.Node) string {
	return string(r.src[int(n.Pos())-r.base : int(n.End())-r.base])
}

func (r *rewriter) apply() []byte {
	slices.SortFunc(r.edits, func(a, b edit) int { return a.from - b.from })
	var out bytes.Buffer
	at := 0
	for _, e := range r.edits {
		out.Write(r.src[at:e.from])
		out.WriteString(e.text)
		at = e.to
	}
	out.Write(r.src[at:])
	return out.Bytes()
}

// object gives an object its direct way: always where it is plain, else where only
// fields are asked for that are in memory down to their leaves.
func (r *rewriter) object(o *codegen.Object) error {
	if o.Root || o.IsReserved() {
		return nil
	}
	fn := r.funcs["_"+o.Name]
	if fn == nil {
		return fmt.Errorf("%s: gqlgen wrote no such object", o.Name)
	}
	var cases, refusals strings.Builder
	for _, f := range o.Fields {
		if f.IsReserved() {
			continue
		}
		if !inMemory(f) {
			fmt.Fprintf(&refusals, "\t\tcase %q:\n\t\t\treturn false\n", f.Name)
			continue
		}
		of := f.TypeReference.Definition
		field := r.funcs["_"+o.Name+"_"+f.Name]
		marshal, value, err := r.fieldParts(field)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", o.Name, f.Name, err)
		}
		switch {
		case r.plain[o.Name]:
			r.replace(field, "") // nothing else calls it
		case isPlain(f, r.plain):
			r.replace(field.Body, fmt.Sprintf("{\n\treturn %s(ctx, field.Selections, %s)\n}", marshal, value))
		default:
			fmt.Fprintf(&refusals, "\t\tcase %q:\n\t\t\tif !ec.isPlain%s(graphql.CollectFields(ec.OperationContext, fields[i].Selections, %s)) {\n\t\t\t\treturn false\n\t\t\t}\n", f.Name, of.Name, r.implementors(of.Name))
		}
		fmt.Fprintf(&cases, "\t\tcase %q:\n\t\t\tout.values[i] = %s(ctx, fields[i].Selections, %s)\n", f.Name, marshal, value)
		if f.TypeReference.GQL.NonNull {
			cases.WriteString("\t\t\tif out.values[i] == graphql.Null {\n\t\t\t\treturn graphql.Null\n\t\t\t}\n")
		}
	}
	direct := fmt.Sprintf("out := newPlainObject(fields)\n\tfor i := range fields {\n\t\tswitch fields[i].Name {\n\t\tcase \"__typename\":\n"+
		"\t\t\tout.values[i] = graphql.MarshalString(%q)\n%s\t\tdefault:\n\t\t\tpanic(\"unknown field \" + strconv.Quote(fields[i].Name))\n\t\t}\n\t}\n\treturn out\n}", o.Name, cases.String())
	collect := fn.Body.List[0]
	if r.plain[o.Name] {
		r.replace(fn.Body, "{\n\t"+r.text(collect)+"\n\t"+direct)
		return nil
	}
	r.replace(collect, fmt.Sprintf("%s\n\tif ec.isPlain%s(fields) {\n\t\treturn ec.plain%s(ctx, fields, obj)\n\t}", r.text(collect), o.Name, o.Name))
	r.after(fn, fmt.Sprintf("\n\n// isPlain%s reports whether the fields are in memory down to their leaves.\nfunc (ec *executionContext) isPlain%s(fields []graphql.CollectedField) bool {\n\tfor i := range fields {\n\t\tswitch fields[i].Name {\n%s\t\t}\n\t}\n\treturn true\n}\n\n"+
		"func (ec *executionContext) plain%s(ctx context.Context, fields []graphql.CollectedField, obj %s) graphql.Marshaler {\n\t%s", o.Name, o.Name, refusals.String(), o.Name, r.text(fn.Type.Params.List[2].Type), direct))
	return nil
}

// implementors is the variable in which gqlgen lists the types that a type's fields may be
// asked of by.
func (r *rewriter) implementors(name string) string {
	return strings.ToLower(name[:1]) + name[1:] + "Implementors"
}

// fieldParts reads what gqlgen wrote for a field: the function that marshals its value,
// and the value. It is an error where that looks otherwise than known, so that a new
// version of gqlgen is noticed.
func (r *rewriter) fieldParts(fn *ast.FuncDecl) (marshal, value string, err error) {
	unknown := fmt.Errorf("gqlgen writes fields in another form than this version of generate knows")
	if fn == nil || len(fn.Body.List) != 1 {
		return "", "", unknown
	}
	ret, ok := fn.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return "", "", unknown
	}
	call, ok := ret.Results[0].(*ast.CallExpr)
	if !ok || r.text(call.Fun) != "graphql.ResolveField" || len(call.Args) != 9 || r.text(call.Args[5]) != "nil" {
		return "", "", unknown
	}
	resolved, marshalled := returned(call.Args[4]), returned(call.Args[6])
	if len(resolved) != 2 || r.text(resolved[1]) != "nil" || !strings.HasPrefix(r.text(resolved[0]), "obj.") || len(marshalled) != 1 {
		return "", "", unknown
	}
	inner, ok := marshalled[0].(*ast.CallExpr)
	if !ok {
		return "", "", unknown
	}
	return r.text(inner.Fun), r.text(resolved[0]), nil
}

// returned gives what a function literal of one statement returns.
func returned(e ast.Expr) []ast.Expr {
	lit, ok := e.(*ast.FuncLit)
	if !ok || len(lit.Body.List) != 1 {
		return nil
	}
	if ret, ok := lit.Body.List[0].(*ast.ReturnStmt); ok {
		return ret.Results
	}
	return nil
}

// lists makes lists be marshalled in order.
func (r *rewriter) lists() {
	for _, fn := range r.funcs {
		if !strings.HasPrefix(fn.Name.Name, "marshal") {
			continue
		}
		ast.Inspect(fn, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || r.text(call.Fun) != "graphql.MarshalSliceConcurrently" {
				return true
			}
			lit, ok := call.Args[4].(*ast.FuncLit)
			if !ok {
				return true
			}
			typ := r.listOf(fn.Name.Name)
			last := r.text(lit.Body.List[len(lit.Body.List)-1])
			direct := "inOrder(len(v), func(i int) graphql.Marshaler {\n\t\t" + last + "\n\t})"
			switch {
			case r.plain[typ]:
				r.replace(call, direct)
			case typ != "":
				r.replace(call, fmt.Sprintf("func() graphql.Array {\n\t\tif ec.isPlain%s(graphql.CollectFields(ec.OperationContext, sel, %s)) {\n\t\t\treturn %s\n\t\t}\n\t\treturn inOrderWithContext(ctx, len(v), %s)\n\t}()",
					typ, r.implementors(typ), direct, r.text(lit)))
			default:
				r.replace(call, "inOrderWithContext(ctx, len(v), "+r.text(lit)+")")
			}
			return false
		})
	}
}

// listOf names the object type whose list the function marshals, "" where it is none.
func (r *rewriter) listOf(function string) string {
	for name := range r.plain {
		if !strings.HasPrefix(name, "__") && (strings.HasPrefix(function, "marshalN"+name+"2") || strings.HasPrefix(function, "marshalO"+name+"2")) {
			return name
		}
	}
	return ""
}
