package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/relance/relance"
	"github.com/relance/relance/graph"
)

// desk is a server that people sign in to.
type desk struct {
	*api
	url string
	now time.Time
}

func newDesk(t *testing.T, o graph.AuthOptions) *desk {
	t.Helper()
	d := &desk{api: newAPI(t), now: time.Now()}
	d.app.Now = func() time.Time { return d.now }
	o.Tokens, o.People = d.store, d.app
	auth := graph.NewAuth(o)
	r := &graph.Resolver{Read: d.store, Use: d.app, Now: d.app.Now, ProgressEvery: 10 * time.Millisecond}
	mux := http.NewServeMux()
	mux.Handle("/graphql", auth.Require(graph.NewServer(r, quiet(), true)))
	mux.Handle("/auth/", auth.SignIn(quiet()))
	srv := httptest.NewServer(http.NewCrossOriginProtection().Handler(mux))
	t.Cleanup(srv.Close)
	d.url = srv.URL
	return d
}

// browser keeps its cookies.
type browser struct {
	*desk
	client *http.Client
}

func (d *desk) browser() *browser {
	jar, err := cookiejar.New(nil)
	must(d.t, err)
	return &browser{d, &http.Client{Jar: jar}}
}

// send asks and gives the status and the body.
func (b *browser) send(method, path string, body any, header ...string) (int, map[string]any) {
	b.t.Helper()
	raw, err := json.Marshal(body)
	must(b.t, err)
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, bytes.NewReader(raw))
	must(b.t, err)
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := b.client.Do(req)
	must(b.t, err)
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	must(b.t, err)
	var out map[string]any
	if json.Unmarshal(text, &out) != nil {
		out = map[string]any{"body": string(text)}
	}
	return res.StatusCode, out
}

// code is the code of an answer that refuses.
func code(out map[string]any) string {
	e, _ := out["error"].(map[string]any)
	c, _ := e["code"].(string)
	return c
}

// expect sends and demands a status and a code.
func (b *browser) expect(status int, want, method, path string, body any, header ...string) map[string]any {
	b.t.Helper()
	got, out := b.send(method, path, body, header...)
	if got != status || code(out) != want {
		b.t.Fatalf("%s %s: %d %v, want %d %q", method, path, got, out, status, want)
	}
	return out
}

// graphql asks the API with the browser's cookie.
func (b *browser) graphql(query string) (int, string) {
	b.t.Helper()
	status, out := b.send(http.MethodPost, "/graphql", map[string]any{"query": query})
	raw, err := json.Marshal(out)
	must(b.t, err)
	return status, string(raw)
}

// sees demands that the API answers with a part.
func (b *browser) sees(query, part string) string {
	b.t.Helper()
	status, out := b.graphql(query)
	if status != http.StatusOK || !strings.Contains(out, part) {
		b.t.Fatalf("%s: %d %s, want %s", query, status, out, part)
	}
	return out
}

const good = "correct horse battery"

func TestFirstRunMakesTheOwner(t *testing.T) {
	t.Parallel()
	d := newDesk(t, graph.AuthOptions{})
	b := d.browser()
	if s := b.expect(200, "", http.MethodGet, "/auth/state", nil); s["setup"] != true || s["setupNeedsToken"] != true || s["signedIn"] != false {
		t.Fatalf("state of a database with a merchant and nobody: %v", s)
	}
	in := map[string]string{"merchant": "Tea & Co", "name": "Robin", "email": "robin@example.com", "password": good}
	b.expect(422, "BAD_INPUT", http.MethodPost, "/auth/setup", in) // the merchant has data: whoever comes first must not get it
	in["token"] = d.token
	for field, bad := range map[string]string{"email": "robin", "password": "short"} {
		wrong := map[string]string{"merchant": "x", "name": "x", "email": "robin@example.com", "password": good, "token": d.token}
		wrong[field] = bad
		out := b.expect(422, "BAD_INPUT", http.MethodPost, "/auth/setup", wrong)
		if got := out["error"].(map[string]any)["field"]; got != field {
			t.Errorf("a bad %s is said to be a bad %v", field, got)
		}
	}
	b.expect(200, "", http.MethodPost, "/auth/setup", in)
	b.sees(`{ viewer { role user { email name twoFactor } merchant { id } } }`, `"email":"robin@example.com"`)
	d.browser().expect(409, "CONFLICT", http.MethodPost, "/auth/setup", in)
	if s := b.expect(200, "", http.MethodGet, "/auth/state", nil); s["setup"] != false || s["signedIn"] != true {
		t.Errorf("state after the first run: %v", s)
	}
}

func TestOnlyOneIsTheFirst(t *testing.T) {
	t.Parallel()
	d := newDesk(t, graph.AuthOptions{})
	statuses := make(chan int, 6)
	for i := range cap(statuses) {
		b := d.browser()
		go func() {
			status, _ := b.send(http.MethodPost, "/auth/setup", map[string]string{"name": "Robin", "email": fmt.Sprintf("robin%d@example.com", i), "password": good, "token": d.token})
			statuses <- status
		}()
	}
	count := map[int]int{}
	for range cap(statuses) {
		count[<-statuses]++
	}
	if count[200] != 1 || count[409] != cap(statuses)-1 {
		t.Errorf("answers to first runs at once: %v, want one 200 and else 409", count)
	}
}

// owner sets the desk up and gives the owner's browser.
func (d *desk) owner() *browser {
	d.t.Helper()
	b := d.browser()
	b.expect(200, "", http.MethodPost, "/auth/setup", map[string]string{"name": "Robin", "email": "robin@example.com", "password": good, "token": d.token})
	return b
}

func TestSigningInAndOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t, graph.AuthOptions{})
	d.owner()
	b := d.browser()
	for _, wrong := range []map[string]string{{"email": "robin@example.com", "password": "wrong"}, {"email": "nobody@example.com", "password": good}, {"email": "robin@example.com"}, {"email": "\x00", "password": "\x00"}} {
		b.expect(401, "WRONG_CREDENTIALS", http.MethodPost, "/auth/sign-in", wrong)
	}
	if status, out := b.graphql(`{ viewer { role } }`); status != 401 || !strings.Contains(out, "UNAUTHORIZED") {
		t.Errorf("signed out: %d %s", status, out)
	}
	b.expect(200, "", http.MethodPost, "/auth/sign-in", map[string]string{"email": " ROBIN@example.com ", "password": good})
	b.sees(`{ viewer { role } }`, `"role":"OWNER"`)
	b.sees(`{ sessions { current agent } }`, `"current":true`)
	b.sees(`{ auditEvents(first: 1) { nodes { actor action } } }`, `"actor":"Robin"`)
	u := httptest.NewRequest(http.MethodGet, d.url, nil).URL
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Value == "" {
			t.Error("no cookie")
		}
	}
	b.expect(200, "", http.MethodPost, "/auth/sign-out", nil)
	if status, _ := b.graphql(`{ viewer { role } }`); status != 401 {
		t.Errorf("after signing out: %d", status)
	}
}

func TestOtherSitesCannotSignInOrAct(t *testing.T) {
	t.Parallel()
	d := newDesk(t, graph.AuthOptions{})
	b := d.owner()
	for path, body := range map[string]any{"/auth/sign-out": nil, "/auth/sign-in": map[string]string{"email": "robin@example.com", "password": good}, "/graphql": map[string]string{"query": "{ viewer { role } }"}} {
		if status, _ := b.send(http.MethodPost, path, body, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"); status != http.StatusForbidden {
			t.Errorf("%s from another site: %d", path, status)
		}
	}
	if status, _ := b.send(http.MethodPost, "/auth/sign-in", map[string]string{"email": "robin@example.com", "password": good}, "Content-Type", "text/plain"); status != 422 {
		t.Errorf("a form's content type: %d", status)
	}
	b.sees(`{ viewer { role } }`, "OWNER")
}

func TestAttemptsAreLimited(t *testing.T) {
	t.Parallel()
	d := newDesk(t, graph.AuthOptions{})
	d.owner()
	b := d.browser()
	for range 10 {
		b.expect(401, "WRONG_CREDENTIALS", http.MethodPost, "/auth/sign-in", map[string]string{"email": "Robin@example.com", "password": "guess"})
	}
	right := map[string]string{"email": "robin@example.com", "password": good}
	out := b.expect(429, "TOO_MANY_ATTEMPTS", http.MethodPost, "/auth/sign-in", right)
	if wait, _ := out["error"].(map[string]any)["retryAfter"].(float64); wait != 900 {
		t.Errorf("retry after %v s, want 900", wait)
	}
	d.now = d.now.Add(16 * time.Minute)
	b.expect(200, "", http.MethodPost, "/auth/sign-in", right)
	b.expect(401, "WRONG_CREDENTIALS", http.MethodPost, "/auth/sign-in", map[string]string{"email": "robin@example.com", "password": "guess"}) // forgiven
}

func TestInvitationsAndResets(t *testing.T) {
	t.Parallel()
	d := newDesk(t, graph.AuthOptions{})
	owner := d.owner()
	invite := fmt.Sprintf(`mutation { userInvite(email: "kim@example.com", role: CLERK, shopIds: [%q]) { link user { id joined shops { id } } errors { field message } } }`, d.shops[0])
	secret := func(out string) string {
		t.Helper()
		_, rest, ok := strings.Cut(out, "/link#token=")
		if !ok {
			t.Fatalf("no link: %s", out)
		}
		return rest[:43]
	}
	first := secret(owner.sees(invite, `"joined":false`))
	again := secret(owner.sees(invite, `"link":"/link#token=`))
	kim := d.browser()
	kim.expect(404, "NOT_FOUND", http.MethodGet, "/auth/link?token="+first, nil) // the newer one counts
	if out := kim.expect(200, "", http.MethodGet, "/auth/link?token="+again, nil); out["kind"] != "INVITE" || out["email"] != "kim@example.com" {
		t.Errorf("the link says %v", out)
	}
	kim.expect(422, "BAD_INPUT", http.MethodPost, "/auth/link", map[string]string{"token": again, "name": "Kim", "password": "kim@example.com"})
	kim.expect(200, "", http.MethodPost, "/auth/link", map[string]string{"token": again, "name": "Kim", "password": good})
	kim.expect(404, "NOT_FOUND", http.MethodPost, "/auth/link", map[string]string{"token": again, "name": "Kim", "password": good})
	kim.sees(`{ viewer { role shopIds user { name } } }`, d.shops[0].String())
	if _, out := kim.graphql(`{ users { id } }`); !strings.Contains(out, "FORBIDDEN") {
		t.Errorf("a clerk lists the staff: %s", out)
	}
	owner.sees(invite, "is on the staff already")
	var id string
	for _, u := range must1(d.store.Users(t.Context(), d.merchant, false)) {
		if u.Email == "kim@example.com" {
			id = u.ID.String()
		}
	}
	reset := secret(owner.sees(fmt.Sprintf(`mutation { userResetPassword(id: %q) { link errors { message } } }`, id), `"errors":[]`))
	d.now = d.now.Add(25 * time.Hour)
	kim.expect(404, "NOT_FOUND", http.MethodGet, "/auth/link?token="+reset, nil)
	reset = secret(owner.sees(fmt.Sprintf(`mutation { userResetPassword(id: %q) { link errors { message } } }`, id), `"errors":[]`))
	elsewhere := d.browser()
	elsewhere.expect(200, "", http.MethodPost, "/auth/link", map[string]string{"token": reset, "password": "another horse battery"})
	owner.sees(fmt.Sprintf(`mutation { userSetDisabled(id: %q, disabled: true) { user { disabledAt } errors { message } } }`, id), `"errors":[]`)
	for name, b := range map[string]*browser{"before the reset": kim, "after it": elsewhere} {
		if status, out := b.graphql(`{ viewer { role } }`); status != 401 {
			t.Errorf("somebody disabled, signed in %s: %d %s", name, status, out)
		}
	}
	elsewhere.expect(401, "WRONG_CREDENTIALS", http.MethodPost, "/auth/sign-in", map[string]string{"email": "kim@example.com", "password": "another horse battery"})
}

func must1[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestSomebodyStaysOwner(t *testing.T) {
	t.Parallel()
	d := newDesk(t, graph.AuthOptions{})
	b := d.owner()
	me := must1(d.store.Users(t.Context(), d.merchant, false))[0].ID
	for _, act := range []string{`userSetRole(id: %q, role: READER)`, `userSetDisabled(id: %q, disabled: true)`} {
		b.sees(fmt.Sprintf(`mutation { `+act+` { errors { code message } } }`, me), "CONFLICT")
	}
	b.sees(`{ viewer { role } }`, "OWNER")
}

func TestOwnersNeedASecondFactor(t *testing.T) {
	t.Parallel()
	d := newDesk(t, graph.AuthOptions{TwoFactor: true})
	b := d.owner()
	if status, out := b.graphql(`{ viewer { role } }`); status != 401 || !strings.Contains(out, "TWO_FACTOR_REQUIRED") {
		t.Fatalf("without a second factor: %d %s", status, out)
	}
	if s := b.expect(200, "", http.MethodGet, "/auth/state", nil); s["enrolTwoFactor"] != true {
		t.Errorf("state: %v", s)
	}
	secret := b.expect(200, "", http.MethodPost, "/auth/two-factor/start", nil)["secret"].(string)
	at := func(when time.Time) string { return must1(totp.GenerateCode(secret, when)) }
	b.expect(401, "WRONG_CODE", http.MethodPost, "/auth/two-factor/confirm", map[string]string{"code": at(d.now.Add(-time.Hour))})
	codes := b.expect(200, "", http.MethodPost, "/auth/two-factor/confirm", map[string]string{"code": at(d.now)})["recoveryCodes"].([]any)
	b.sees(`{ viewer { user { twoFactor } } }`, "true")

	in := map[string]string{"email": "robin@example.com", "password": good}
	other := d.browser()
	other.expect(401, "CODE_REQUIRED", http.MethodPost, "/auth/sign-in", in)
	in["code"] = at(d.now)
	other.expect(401, "WRONG_CODE", http.MethodPost, "/auth/sign-in", in) // it was used to confirm
	d.now = d.now.Add(30 * time.Second)
	in["code"] = at(d.now)
	other.expect(200, "", http.MethodPost, "/auth/sign-in", in)
	in["code"] = codes[3].(string)
	other.expect(200, "", http.MethodPost, "/auth/sign-in", in)
	other.expect(401, "WRONG_CODE", http.MethodPost, "/auth/sign-in", in) // a recovery code works once
	b.expect(401, "WRONG_CREDENTIALS", http.MethodPost, "/auth/two-factor/stop", map[string]string{"password": "guess"})
	b.expect(200, "", http.MethodPost, "/auth/two-factor/stop", map[string]string{"password": good})
	delete(in, "code")
	other.expect(200, "", http.MethodPost, "/auth/sign-in", in)
}

func TestChangingThePasswordEndsOtherSessions(t *testing.T) {
	t.Parallel()
	d := newDesk(t, graph.AuthOptions{})
	b, other := d.owner(), d.browser()
	other.expect(200, "", http.MethodPost, "/auth/sign-in", map[string]string{"email": "robin@example.com", "password": good})
	other.sees(`{ viewer { role } }`, "OWNER")
	b.expect(401, "WRONG_CREDENTIALS", http.MethodPost, "/auth/password", map[string]string{"oldPassword": "guess", "password": "another horse battery"})
	b.expect(200, "", http.MethodPost, "/auth/password", map[string]string{"oldPassword": good, "password": "another horse battery"})
	b.sees(`{ sessions { id } }`, "id")
	if status, _ := other.graphql(`{ viewer { role } }`); status != 401 {
		t.Errorf("the other browser: %d", status)
	}
}

func TestASessionEndsByItselfAndByHand(t *testing.T) {
	t.Parallel()
	d := newDesk(t, graph.AuthOptions{})
	b, other := d.owner(), d.browser()
	other.expect(200, "", http.MethodPost, "/auth/sign-in", map[string]string{"email": "robin@example.com", "password": good})
	var list struct {
		Data struct{ Sessions []relance.Session }
	}
	must(t, json.Unmarshal([]byte(b.sees(`{ sessions { id current } }`, `"current":true`)), &list))
	if len(list.Data.Sessions) != 2 {
		t.Fatalf("%d sessions", len(list.Data.Sessions))
	}
	for _, s := range list.Data.Sessions {
		if !s.Current {
			b.sees(fmt.Sprintf(`mutation { sessionEnd(id: %q) { endedId errors { code } } }`, s.ID), s.ID.String())
		}
	}
	if status, _ := other.graphql(`{ viewer { role } }`); status != 401 {
		t.Errorf("the ended session: %d", status)
	}
	d.now = d.now.Add(15 * 24 * time.Hour)
	if s := b.expect(200, "", http.MethodGet, "/auth/state", nil); s["signedIn"] != false {
		t.Error("a session that rested for 15 days goes on")
	}
}
