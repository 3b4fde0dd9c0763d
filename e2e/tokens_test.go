package e2e_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
	"github.com/relance/relance/graph"
)

// made is an answer of tokenCreate.
type made struct {
	TokenCreate struct {
		Token *struct {
			ID         uuid.UUID
			Name, Role string
			Shops      []struct{ ID uuid.UUID }
		}
		Secret *string
		Errors []struct{ Code, Field string }
	}
}

const createToken = `mutation($role: Role!, $name: String!, $shops: [ID!]) { tokenCreate(role: $role, name: $name, shopIds: $shops) {
	token { id name role shops { id } createdAt } secret errors { code field } } }`

func (a *api) createToken(role, name string, shops []uuid.UUID) made {
	a.t.Helper()
	var out made
	a.ask(createToken, map[string]any{"role": role, "name": name, "shops": shops}, &out)
	return out
}

// opens tells the status that a token gets.
func (a *api) opens(secret string) int {
	a.t.Helper()
	return a.as(secret, `{ merchant { id } }`, nil).Status
}

func TestTokensAreMadeListedAndRevoked(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	got := a.createToken("CLERK", " The till ", []uuid.UUID{a.shops[1]}).TokenCreate
	if got.Token == nil || got.Secret == nil || got.Token.Name != "The till" || len(got.Token.Shops) != 1 || got.Token.Shops[0].ID != a.shops[1] {
		t.Fatalf("created: %+v", got)
	}
	secret := *got.Secret
	if r := a.as(secret, `{ shops { id } }`, nil); r.Status != 200 || strings.Contains(r.Body, a.shops[0].String()) || !strings.Contains(r.Body, a.shops[1].String()) {
		t.Errorf("the clerk of one shop: %d %s", r.Status, r.Body)
	}
	r := a.as(a.token, `{ tokens { id name role shops { name } createdAt } }`, nil)
	if !strings.Contains(r.Body, `"name":"The till","role":"CLERK","shops":[{"name":"PRESTASHOP"}]`) || !strings.Contains(r.Body, `"role":"OWNER","shops":null`) || strings.Contains(r.Body, "rel_") {
		t.Errorf("listed: %s", r.Body)
	}
	if r := a.as(secret, `{ tokens { id } }`, nil); r.code() != "FORBIDDEN" {
		t.Errorf("a clerk lists tokens: %s", r.Body)
	}
	revoke := map[string]any{"id": got.Token.ID}
	const query = `mutation($id: ID!) { tokenRevoke(id: $id) { revokedId errors { code } } }`
	if r := a.tenant().as(a.tenant().token, query, revoke); !strings.Contains(r.Body, "NOT_FOUND") || a.opens(secret) != 200 {
		t.Errorf("another merchant revokes the token: %s", r.Body)
	}
	if r := a.as(a.token, query, revoke); !strings.Contains(r.Body, got.Token.ID.String()) {
		t.Errorf("revoked: %s", r.Body)
	}
	if status := a.opens(secret); status != 401 {
		t.Errorf("a revoked token opens with %d where it was revoked", status)
	}
	if r := a.as(a.token, query, revoke); !strings.Contains(r.Body, "NOT_FOUND") {
		t.Errorf("revoked twice: %s", r.Body)
	}
	if r := a.as(a.token, `{ tokens { id } }`, nil); strings.Contains(r.Body, got.Token.ID.String()) {
		t.Errorf("a revoked token is listed: %s", r.Body)
	}
	a.audited(got.Token.ID, "create_token", "revoke_token")
}

// audited checks what the audit trail has of a subject.
func (a *api) audited(subject uuid.UUID, want ...string) {
	a.t.Helper()
	conn, err := pgx.Connect(a.t.Context(), a.dbURL)
	must(a.t, err)
	defer func() { _ = conn.Close(a.t.Context()) }()
	rows, err := conn.Query(a.t.Context(), `SELECT action FROM audit WHERE subject_id = $1 ORDER BY at, id`, subject.String())
	must(a.t, err)
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(a.t, err)
	if strings.Join(got, " ") != strings.Join(want, " ") {
		a.t.Errorf("the audit trail has %v, want %v", got, want)
	}
}

func TestOnlyAClerkIsLimitedToShops(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	other := a.tenant()
	for what, c := range map[string]struct {
		got  made
		want string
	}{
		"an owner of one shop":     {a.createToken("OWNER", "x", a.shops[:1]), "BAD_INPUT shopIds"},
		"another merchant's shop":  {a.createToken("CLERK", "x", other.shops[:1]), "NOT_FOUND "},
		"a name without an end":    {a.createToken("READER", strings.Repeat("x", 101), nil), "BAD_INPUT name"},
		"a name of several lines":  {a.createToken("READER", "a\nb", nil), "BAD_INPUT name"},
		"a clerk of all the shops": {a.createToken("CLERK", "", nil), ""},
	} {
		got := ""
		for _, e := range c.got.TokenCreate.Errors {
			got += e.Code + " " + e.Field
		}
		if got != c.want || (c.got.TokenCreate.Secret == nil) != (c.want != "") {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
}

// Another server has seen the token a moment ago: it believes it for five seconds.
func TestARevokedTokenEndsElsewhere(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	r := &graph.Resolver{Read: a.store, Now: time.Now, ProgressEvery: time.Second}
	srv := httptest.NewServer(graph.NewAuth(graph.AuthOptions{Tokens: a.store}).Require(graph.NewServer(r, quiet(), true)))
	t.Cleanup(srv.Close)
	elsewhere := *a
	elsewhere.url = srv.URL
	secret := a.tokenOf(relance.RoleReader)
	if elsewhere.opens(secret) != 200 {
		t.Fatal("the token opens nothing")
	}
	list, err := a.store.Tokens(t.Context(), a.merchant, false)
	must(t, err)
	must(t, a.store.RevokeToken(t.Context(), a.merchant, list[len(list)-1].ID))
	for deadline := time.Now().Add(6 * time.Second); elsewhere.opens(secret) != 401; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a revoked token still opens after six seconds")
		}
	}
}
