package graph

import (
	"context"
	"io"

	"github.com/99designs/gqlgen/graphql"
)

// What generated.go needs for objects without resolvers; graph/generate says why.

// plainObject is an object all of whose values are known.
type plainObject struct {
	fields []graphql.CollectedField
	values []graphql.Marshaler
}

func newPlainObject(fields []graphql.CollectedField) *plainObject {
	return &plainObject{fields: fields, values: make([]graphql.Marshaler, len(fields))}
}

// MarshalGQL implements graphql.Marshaler. An alias needs no escaping: the grammar
// allows letters, digits and underscores.
func (o *plainObject) MarshalGQL(w io.Writer) {
	open := `{"`
	for i := range o.fields {
		_, _ = io.WriteString(w, open)
		_, _ = io.WriteString(w, o.fields[i].Alias)
		_, _ = io.WriteString(w, `":`)
		o.values[i].MarshalGQL(w)
		open = `,"`
	}
	_, _ = io.WriteString(w, "}")
}

// inOrder marshals a list of plain objects.
func inOrder(length int, element func(i int) graphql.Marshaler) graphql.Array {
	out := make(graphql.Array, length)
	for i := range out {
		out[i] = element(i)
	}
	return out
}

// inOrderWithContext marshals a list whose elements have resolvers: errors name their
// place in it.
func inOrderWithContext(ctx context.Context, length int, element func(ctx context.Context, i int) graphql.Marshaler) (out graphql.Array) {
	out = make(graphql.Array, length)
	for i := range out {
		at := graphql.WithFieldContext(ctx, &graphql.FieldContext{Index: &i})
		func() {
			defer func() {
				if r := recover(); r != nil {
					graphql.AddError(at, graphql.Recover(at, r))
					out[i] = graphql.Null
				}
			}()
			out[i] = element(at, i)
		}()
	}
	return out
}
