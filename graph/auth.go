package graph

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"

	"github.com/relance/relance"
)

type bearerKey struct{}

// BearerFinder tells whose token it is.
type BearerFinder interface {
	Bearer(ctx context.Context, token string) (relance.Bearer, error)
}

// remembered is how long a token that was good is believed without asking again: a
// token that another process revoked works at most that much longer.
const remembered = 5 * time.Second

// maxRemembered bounds the memory that tokens take.
const maxRemembered = 10_000

// bearers remembers whose tokens were good a moment ago.
type bearers struct {
	find    BearerFinder
	mu      sync.Mutex
	good    map[string]goodToken
	revoked int // how many were forgotten: what was looked up before may be outdated
}

type goodToken struct {
	relance.Bearer
	until time.Time
}

func (b *bearers) bearer(ctx context.Context, token string) (relance.Bearer, error) {
	now := time.Now()
	b.mu.Lock()
	g, ok := b.good[token]
	revoked := b.revoked
	b.mu.Unlock()
	if ok && now.Before(g.until) {
		return g.Bearer, nil
	}
	found, err := b.find.Bearer(ctx, token)
	if err != nil {
		return found, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.revoked != revoked {
		return found, nil
	}
	if len(b.good) >= maxRemembered {
		clear(b.good)
	}
	b.good[token] = goodToken{Bearer: found, until: now.Add(remembered)}
	return found, nil
}

// forget stops believing a token that is revoked.
func (b *bearers) forget(id uuid.UUID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.revoked++
	maps.DeleteFunc(b.good, func(_ string, g goodToken) bool { return g.TokenID == id })
}

// caller is who a request comes from, and who remembers it.
type caller struct {
	relance.Bearer
	known *bearers
}

// Authenticate lets only requests with a valid token through, and tells resolvers whose
// it is.
func Authenticate(find BearerFinder, next http.Handler) http.Handler {
	known := &bearers{find: find, good: map[string]goodToken{}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok || len(token) > 200 {
			refuse(w, http.StatusUnauthorized, relance.CodeUnauthorized, "send a token: Authorization: Bearer …; create one with `relance token create`")
			return
		}
		b, err := known.bearer(r.Context(), strings.TrimSpace(token))
		switch relance.CodeOf(err) {
		case "":
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), bearerKey{}, caller{b, known})))
		case relance.CodeUnauthorized:
			refuse(w, http.StatusUnauthorized, relance.CodeUnauthorized, err.Error())
		default:
			refuse(w, http.StatusServiceUnavailable, relance.CodeInternal, "the database does not answer; try again shortly")
		}
	})
}

// bearer is who the request comes from.
func bearer(ctx context.Context) relance.Bearer {
	c, _ := ctx.Value(bearerKey{}).(caller)
	return c.Bearer
}

// forget makes this server refuse a revoked token at once.
func forget(ctx context.Context, token uuid.UUID) {
	if c, ok := ctx.Value(bearerKey{}).(caller); ok {
		c.known.forget(token)
	}
}

// needs is the schema's @needs directive.
func needs(ctx context.Context, _ any, next graphql.Resolver, role relance.Role) (any, error) {
	if b := bearer(ctx); !b.Role.Includes(role) {
		return nil, relance.Errorf(relance.CodeForbidden, "this needs the role %s; the token has %s", role, b.Role)
	}
	return next(ctx)
}
