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

// bearers remembers whose tokens and sessions were good a moment ago.
type bearers struct {
	mu        sync.Mutex
	good      map[string]goodToken
	forgotten int // how often something was forgotten: what was looked up before may be outdated
}

type goodToken struct {
	relance.Bearer
	until time.Time
}

// bearer gives whose the secret is, asking find unless it was good a moment ago.
func (b *bearers) bearer(ctx context.Context, kind, secret string, find func(context.Context, string) (relance.Bearer, error)) (relance.Bearer, error) {
	now, key := time.Now(), kind+secret
	b.mu.Lock()
	g, ok := b.good[key]
	forgotten := b.forgotten
	b.mu.Unlock()
	if ok && now.Before(g.until) {
		return g.Bearer, nil
	}
	found, err := find(ctx, secret)
	if err != nil {
		return found, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.forgotten != forgotten {
		return found, nil
	}
	if len(b.good) >= maxRemembered {
		clear(b.good)
	}
	b.good[key] = goodToken{Bearer: found, until: now.Add(remembered)}
	return found, nil
}

// forget stops believing a token or a session that has ended.
func (b *bearers) forget(id uuid.UUID) {
	b.forgetThose(func(g relance.Bearer) bool { return g.TokenID == id || g.SessionID == id })
}

// forgetUser stops believing a user's sessions: their role or their second factor changed.
func (b *bearers) forgetUser(id uuid.UUID) {
	b.forgetThose(func(g relance.Bearer) bool { return g.UserID == id })
}

func (b *bearers) forgetThose(which func(relance.Bearer) bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forgotten++
	maps.DeleteFunc(b.good, func(_ string, g goodToken) bool { return which(g.Bearer) })
}

// caller is who a request comes from, and who remembers it.
type caller struct {
	relance.Bearer
	known *bearers
}

// AuthOptions says who may come in and how.
type AuthOptions struct {
	Tokens BearerFinder
	People People // nil: tokens only
	// TwoFactor demands a second factor of owners.
	TwoFactor bool
	// Secure says that others reach the server by https through a proxy.
	Secure bool
}

// Auth tells who asks: a program by its token, a person by the cookie of their session.
type Auth struct {
	tokens    BearerFinder
	people    People
	known     *bearers
	twoFactor bool
	secure    bool
}

// NewAuth makes an Auth.
func NewAuth(o AuthOptions) *Auth {
	return &Auth{tokens: o.Tokens, people: o.People, twoFactor: o.TwoFactor, secure: o.Secure, known: &bearers{good: map[string]goodToken{}}}
}

// Require lets only requests with a valid token or session through, and tells resolvers
// whose it is.
func (a *Auth) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := a.identify(r)
		switch code := relance.CodeOf(err); code {
		case "":
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), bearerKey{}, caller{b, a.known})))
		case relance.CodeUnauthorized, relance.CodeTwoFactorRequired:
			refuse(w, http.StatusUnauthorized, code, err.Error())
		default:
			refuse(w, http.StatusServiceUnavailable, relance.CodeInternal, "the database does not answer; try again shortly")
		}
	})
}

// identify finds out who asks. A token, where one is sent, is what counts.
func (a *Auth) identify(r *http.Request) (relance.Bearer, error) {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && len(token) <= 200 {
		return a.known.bearer(r.Context(), "token ", strings.TrimSpace(token), a.tokens.Bearer)
	}
	if c, err := r.Cookie(cookieName); err == nil && a.people != nil && r.Header.Get("Authorization") == "" && len(c.Value) <= 200 {
		b, err := a.known.bearer(r.Context(), "session ", c.Value, a.people.Session)
		if err == nil && a.mustEnrol(b) {
			err = relance.Errorf(relance.CodeTwoFactorRequired, "owners sign in with a second factor: set it up first")
		}
		return b, err
	}
	return relance.Bearer{}, relance.Errorf(relance.CodeUnauthorized, "sign in, or send a token: Authorization: Bearer …; create one with `relance token create`")
}

// bearer is who the request comes from.
func bearer(ctx context.Context) relance.Bearer {
	c, _ := ctx.Value(bearerKey{}).(caller)
	return c.Bearer
}

// forget makes this server refuse a revoked token, or an ended session, at once.
func forget(ctx context.Context, id uuid.UUID) {
	if c, ok := ctx.Value(bearerKey{}).(caller); ok {
		c.known.forget(id)
	}
}

// forgetUser makes this server look again at who a user is.
func forgetUser(ctx context.Context, id uuid.UUID) {
	if c, ok := ctx.Value(bearerKey{}).(caller); ok {
		c.known.forgetUser(id)
	}
}

// needs is the schema's @needs directive.
func needs(ctx context.Context, _ any, next graphql.Resolver, role relance.Role) (any, error) {
	if b := bearer(ctx); !b.Role.Includes(role) {
		return nil, relance.Errorf(relance.CodeForbidden, "this needs the role %s; yours is %s", role, b.Role)
	}
	return next(ctx)
}
