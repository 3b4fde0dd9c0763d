package graph

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/app"
)

// People is what signing in needs of the product.
type People interface {
	Session(ctx context.Context, secret string) (relance.Bearer, error)
	FirstRun(ctx context.Context) (first, needsToken bool, err error)
	Setup(ctx context.Context, in app.Setup) (secret string, err error)
	SignIn(ctx context.Context, in app.SignIn) (secret string, err error)
	SignOut(ctx context.Context, b relance.Bearer) error
	Link(ctx context.Context, secret string) (relance.LinkKind, string, error)
	UseLink(ctx context.Context, secret, name, password, agent string) (session string, err error)
	ChangePassword(ctx context.Context, b relance.Bearer, old, chosen string) error
	StartTwoFactor(ctx context.Context, b relance.Bearer) (secret, uri string, err error)
	ConfirmTwoFactor(ctx context.Context, b relance.Bearer, code string) (recovery []string, err error)
	StopTwoFactor(ctx context.Context, b relance.Bearer, password string) error
}

// SignIn serves /auth/: what comes before the API knows who asks (signing in and out,
// the first run, one-time links) and what concerns one's own password and second factor.
// Bodies are JSON; errors are {"error": {"code", "field", "message", "cause"}}.
//
// Requests of other sites' pages are refused in front of it (http.CrossOriginProtection)
// and the cookie is SameSite=Lax.
func (a *Auth) SignIn(log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, f func(w http.ResponseWriter, r *http.Request, in *signInRequest) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			var in signInRequest
			var out any
			err := in.read(w, r)
			if err == nil {
				out, err = f(w, r, &in)
			}
			w.Header().Set("Cache-Control", "no-store")
			answer(w, out, err, log)
		})
	}
	handle("GET /auth/state", a.state)
	handle("POST /auth/setup", a.setup)
	handle("POST /auth/sign-in", a.signIn)
	handle("POST /auth/sign-out", a.signOut)
	handle("GET /auth/link", a.link)
	handle("POST /auth/link", a.useLink)
	handle("POST /auth/password", a.changePassword)
	handle("POST /auth/two-factor/start", a.startTwoFactor)
	handle("POST /auth/two-factor/confirm", a.confirmTwoFactor)
	handle("POST /auth/two-factor/stop", a.stopTwoFactor)
	return mux
}

// signInRequest is the union of what the endpoints take.
type signInRequest struct {
	Merchant string `json:"merchant"`
	Name     string `json:"name"`
	Email    string `json:"email"`
	Password string `json:"password"`
	Old      string `json:"oldPassword"`
	Code     string `json:"code"`
	Token    string `json:"token"`
}

// read takes the body of a POST.
func (in *signInRequest) read(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodPost || r.ContentLength == 0 {
		return nil
	}
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind != "application/json" {
		return relance.Errorf(relance.CodeBadInput, "send application/json")
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(in); err != nil {
		return relance.Errorf(relance.CodeBadInput, "the body is no JSON object, or larger than 64 KiB")
	}
	return nil
}

// statuses of the errors that are not our own fault.
func status(code relance.Code) int {
	switch code {
	case relance.CodeBadInput:
		return http.StatusUnprocessableEntity
	case relance.CodeUnauthorized, relance.CodeWrongCredentials, relance.CodeCodeRequired, relance.CodeWrongCode:
		return http.StatusUnauthorized
	case relance.CodeTooManyAttempts:
		return http.StatusTooManyRequests
	case relance.CodeNotFound:
		return http.StatusNotFound
	case relance.CodeConflict:
		return http.StatusConflict
	}
	return http.StatusInternalServerError
}

func answer(w http.ResponseWriter, out any, err error, log *slog.Logger) {
	w.Header().Set("Content-Type", "application/json")
	if err == nil {
		_ = json.NewEncoder(w).Encode(out)
		return
	}
	list, ours := userErrors(err)
	code := http.StatusInternalServerError
	e := map[string]any{"code": relance.CodeInternal, "message": "an internal error; the log has the details"}
	if ours != nil {
		log.Error("signing in failed", "err", ours)
	} else {
		code = status(relance.Code(list[0].Code))
		e = map[string]any{"code": list[0].Code, "message": list[0].Message}
		if list[0].Field != nil {
			e["field"] = *list[0].Field
		}
		if list[0].Cause != nil {
			e["cause"] = causeOf(list[0].Cause)
		}
		if wait := waitOf(err); wait > 0 {
			e["retryAfter"] = int(wait.Seconds())
			w.Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds())))
		}
	}
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": e})
}

func (a *Auth) state(_ http.ResponseWriter, r *http.Request, _ *signInRequest) (any, error) {
	first, needsToken, err := a.people.FirstRun(r.Context())
	if err != nil {
		return nil, err
	}
	b, in := a.signedIn(r)
	return map[string]any{"setup": first, "setupNeedsToken": first && needsToken, "signedIn": in, "enrolTwoFactor": in && a.mustEnrol(b)}, nil
}

func (a *Auth) setup(w http.ResponseWriter, r *http.Request, in *signInRequest) (any, error) {
	secret, err := a.people.Setup(r.Context(), app.Setup{Merchant: in.Merchant, Name: in.Name, Email: in.Email, Password: in.Password, Token: in.Token, Agent: r.UserAgent()})
	if err != nil {
		return nil, err
	}
	return a.started(w, r, secret)
}

// started sends the cookie of a new session and says whether a second factor must be set
// up before anything else.
func (a *Auth) started(w http.ResponseWriter, r *http.Request, secret string) (any, error) {
	b, err := a.people.Session(r.Context(), secret)
	if err != nil {
		return nil, err
	}
	http.SetCookie(w, a.cookie(r, secret, 400*24*3600)) // the server ends it long before
	return map[string]any{"signedIn": true, "enrolTwoFactor": a.mustEnrol(b)}, nil
}

func (a *Auth) signIn(w http.ResponseWriter, r *http.Request, in *signInRequest) (any, error) {
	secret, err := a.people.SignIn(r.Context(), app.SignIn{Email: in.Email, Password: in.Password, Code: in.Code, Agent: r.UserAgent(), Address: a.address(r)})
	if err != nil {
		return nil, err
	}
	return a.started(w, r, secret)
}

func (a *Auth) signOut(w http.ResponseWriter, r *http.Request, _ *signInRequest) (any, error) {
	http.SetCookie(w, a.cookie(r, "", -1))
	b, in := a.signedIn(r)
	if !in {
		return map[string]any{"signedIn": false}, nil
	}
	err := a.people.SignOut(r.Context(), b)
	a.known.forget(b.SessionID)
	return map[string]any{"signedIn": false}, err
}

func (a *Auth) link(_ http.ResponseWriter, r *http.Request, _ *signInRequest) (any, error) {
	kind, email, err := a.people.Link(r.Context(), r.URL.Query().Get("token"))
	return map[string]any{"kind": kind, "email": email}, err
}

func (a *Auth) useLink(w http.ResponseWriter, r *http.Request, in *signInRequest) (any, error) {
	secret, err := a.people.UseLink(r.Context(), in.Token, in.Name, in.Password, r.UserAgent())
	if err != nil {
		return nil, err
	}
	if secret == "" { // a second factor is to be asked for
		return map[string]any{"signedIn": false, "enrolTwoFactor": false}, nil
	}
	return a.started(w, r, secret)
}

func (a *Auth) changePassword(_ http.ResponseWriter, r *http.Request, in *signInRequest) (any, error) {
	b, err := a.person(r)
	if err != nil {
		return nil, err
	}
	err = a.people.ChangePassword(r.Context(), b, in.Old, in.Password)
	a.known.forgetUser(b.UserID)
	return map[string]any{}, err
}

func (a *Auth) startTwoFactor(_ http.ResponseWriter, r *http.Request, _ *signInRequest) (any, error) {
	b, err := a.person(r)
	if err != nil {
		return nil, err
	}
	secret, uri, err := a.people.StartTwoFactor(r.Context(), b)
	return map[string]any{"secret": secret, "uri": uri}, err
}

func (a *Auth) confirmTwoFactor(_ http.ResponseWriter, r *http.Request, in *signInRequest) (any, error) {
	b, err := a.person(r)
	if err != nil {
		return nil, err
	}
	codes, err := a.people.ConfirmTwoFactor(r.Context(), b, in.Code)
	a.known.forgetUser(b.UserID)
	return map[string]any{"recoveryCodes": codes}, err
}

func (a *Auth) stopTwoFactor(_ http.ResponseWriter, r *http.Request, in *signInRequest) (any, error) {
	b, err := a.person(r)
	if err != nil {
		return nil, err
	}
	err = a.people.StopTwoFactor(r.Context(), b, in.Password)
	a.known.forgetUser(b.UserID)
	return map[string]any{}, err
}

// cookieName of the session.
const cookieName = "relance_session"

// cookie is the session's cookie. It goes over TLS only where the request came over it,
// or the server is known under an https address.
func (a *Auth) cookie(r *http.Request, secret string, age int) *http.Cookie {
	return &http.Cookie{Name: cookieName, Value: secret, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil || a.secure}
}

// address is where a request comes from. Behind a proxy that is the last address the
// proxy added; believing it costs nothing but the limit by address.
func (a *Auth) address(r *http.Request) string {
	if list := r.Header.Get("X-Forwarded-For"); list != "" && a.secure {
		return strings.TrimSpace(list[strings.LastIndex(list, ",")+1:])
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// signedIn finds the session of a request's cookie.
func (a *Auth) signedIn(r *http.Request) (relance.Bearer, bool) {
	c, err := r.Cookie(cookieName)
	if err != nil || c.Value == "" || len(c.Value) > 200 {
		return relance.Bearer{}, false
	}
	b, err := a.people.Session(r.Context(), c.Value)
	return b, err == nil
}

// person is who a request with a session comes from.
func (a *Auth) person(r *http.Request) (relance.Bearer, error) {
	b, in := a.signedIn(r)
	if !in || b.UserID == uuid.Nil {
		return b, relance.Errorf(relance.CodeUnauthorized, "you are signed out; sign in again")
	}
	return b, nil
}

// mustEnrol reports whether an owner has yet to set up a second factor.
func (a *Auth) mustEnrol(b relance.Bearer) bool {
	return a.twoFactor && b.Role == relance.RoleOwner && !b.TwoFactor
}
