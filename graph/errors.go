package graph

import (
	"errors"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/graph/wire"
)

// userErrors turns an error that the caller can mend into a payload's errors; any other
// comes back as it is.
func userErrors(err error) ([]*wire.UserError, error) {
	var e *relance.Error
	if err == nil {
		return []*wire.UserError{}, nil
	}
	if !errors.As(err, &e) || e.Code == relance.CodeInternal || e.Code == relance.CodeForbidden {
		return nil, err
	}
	u := &wire.UserError{Code: string(e.Code), Message: e.Message, Cause: e.Says}
	if e.Field != "" {
		u.Field = &e.Field
	}
	return []*wire.UserError{u}, nil
}

// causeOf is a sentence beside an error, in the form of the schema's Sentence; nil for none.
func causeOf(s *relance.Sentence) map[string]any {
	if s == nil {
		return nil
	}
	params := []map[string]string{}
	for _, p := range s.Params() {
		params = append(params, map[string]string{"name": p.Name, "value": p.Value})
	}
	return map[string]any{"code": s.Code, "params": params}
}

// waitOf is how long the caller is asked to wait; 0 where nothing is said.
func waitOf(err error) time.Duration {
	var e *relance.Error
	if errors.As(err, &e) {
		return e.Wait
	}
	return 0
}

// orNull gives nothing instead of an error where there is no such thing.
func orNull[T any](v *T, err error) (*T, error) {
	if relance.CodeOf(err) == relance.CodeNotFound {
		return nil, nil
	}
	return v, err
}

// pointers gives the addresses of a list's elements.
func pointers[T any](list []T) []*T {
	out := make([]*T, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
