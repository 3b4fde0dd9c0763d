package graph

import (
	"context"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"github.com/relance/relance"
)

type bearerKey struct{}

// BearerFinder tells whose token it is.
type BearerFinder interface {
	Bearer(ctx context.Context, token string) (relance.Bearer, error)
}

// Authenticate lets only requests with a valid token through, and tells resolvers whose
// it is.
func Authenticate(find BearerFinder, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok || len(token) > 200 {
			refuse(w, http.StatusUnauthorized, relance.CodeUnauthorized, "send a token: Authorization: Bearer …; create one with `relance token create`")
			return
		}
		b, err := find.Bearer(r.Context(), strings.TrimSpace(token))
		switch relance.CodeOf(err) {
		case "":
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), bearerKey{}, b)))
		case relance.CodeUnauthorized:
			refuse(w, http.StatusUnauthorized, relance.CodeUnauthorized, err.Error())
		default:
			refuse(w, http.StatusServiceUnavailable, relance.CodeInternal, "the database does not answer; try again shortly")
		}
	})
}

// bearer is who the request comes from.
func bearer(ctx context.Context) relance.Bearer {
	b, _ := ctx.Value(bearerKey{}).(relance.Bearer)
	return b
}

// needs is the schema's @needs directive.
func needs(ctx context.Context, _ any, next graphql.Resolver, role relance.Role) (any, error) {
	if b := bearer(ctx); !b.Role.Includes(role) {
		return nil, relance.Errorf(relance.CodeForbidden, "this needs the role %s; the token has %s", role, b.Role)
	}
	return next(ctx)
}
