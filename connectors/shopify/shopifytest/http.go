package shopifytest

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/relance/relance/internal/faults"
)

const (
	maxRequest = 1 << 20
	tokenLife  = 24 * time.Hour
)

// Request is what the simulator remembers of a request, for tests.
type Request struct {
	Path      string
	UserAgent string
	Token     bool // carried an access token
	Operation string
}

type requestLog struct {
	mu   sync.Mutex
	list []Request
}

func (l *requestLog) add(r *http.Request, operation string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) < 100_000 {
		l.list = append(l.list, Request{Path: r.URL.Path, UserAgent: r.UserAgent(), Token: r.Header.Get("X-Shopify-Access-Token") != "", Operation: operation})
	}
}

// Requests lists the requests so far.
func (s *Server) Requests() []Request {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return append([]Request(nil), s.log.list...)
}

func writeJSON(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// authorised reports whether the request carries a good token.
func (s *Server) authorised(r *http.Request) bool {
	token := r.Header.Get("X-Shopify-Access-Token")
	s.mu.RLock()
	defer s.mu.RUnlock()
	if token == "" {
		return false
	}
	if token == s.opts.Token {
		return true
	}
	expiry, ok := s.token[token]
	return ok && s.opts.Now().Before(expiry)
}

func (s *Server) serveGraphQL(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	var payload struct {
		Query         string         `json:"query"`
		Variables     map[string]any `json:"variables"`
		OperationName string         `json:"operationName"`
	}
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		err = d.Decode(&payload)
	}
	s.log.add(r, operationOf(payload.Query))
	if !s.authorised(r) {
		writeJSON(w, http.StatusUnauthorized, `{"errors":"[API] Invalid API key or access token (unrecognized login or wrong password)"}`)
		return
	}
	if err != nil {
		writeJSON(w, http.StatusBadRequest, `{"errors":{"query":"Required parameter missing or invalid"}}`)
		return
	}
	work := func() []byte { return s.execute(r, payload.Query, payload.OperationName, payload.Variables) }
	if isVoucherWrite(payload.Query) {
		if s.loses() {
			work()
			panic(http.ErrAbortHandler)
		}
		if s.misbehave(w, r, func() { work() }) {
			return
		}
	} else if s.misbehave(w, r, func() {}) {
		return
	}
	s.send(w, work())
}

// isVoucherWrite tells the mutations of vouchers, which a fault may let happen before it
// swallows their answer.
func isVoucherWrite(query string) bool {
	return strings.Contains(query, "mutation") && strings.Contains(query, "discountCode")
}

// LoseAnswers lets the next n requests that change a voucher do their work and break the
// connection instead of answering.
func (s *Server) LoseAnswers(n int) {
	s.faulty.Lock()
	defer s.faulty.Unlock()
	s.lose = n
}

func (s *Server) loses() bool {
	s.faulty.Lock()
	defer s.faulty.Unlock()
	s.lose--
	return s.lose >= 0
}

// operationOf finds the operation's name for the request log.
func operationOf(query string) string {
	for _, word := range []string{"query ", "mutation "} {
		if _, rest, ok := strings.Cut(query, word); ok {
			if end := strings.IndexAny(rest, " ({"); end > 0 {
				return rest[:end]
			}
		}
	}
	return ""
}

// misbehave rolls the faults that replace the answer as a whole. Every other time an error
// page or no answer comes although the work was done.
func (s *Server) misbehave(w http.ResponseWriter, r *http.Request, work func()) bool {
	f := s.opts.Faults
	switch {
	case f.Roll(faults.TooMany):
		if s.alternate() {
			w.Header().Set("Retry-After", "1.0")
			writeJSON(w, http.StatusTooManyRequests, `{"errors":"Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service."}`)
		} else {
			writeJSON(w, http.StatusOK, `{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED","documentation":"https://shopify.dev/api/usage/rate-limits"}}],`+s.throttle.extensions(10, 0)+`}`)
		}
	case f.Roll(faults.Internal):
		s.sometimes(work)
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, "<!DOCTYPE html><html><body>Something went wrong</body></html>")
	case f.Roll(faults.Timeout):
		s.sometimes(work)
		hold := time.NewTimer(s.opts.Hold)
		defer hold.Stop()
		select {
		case <-r.Context().Done():
		case <-hold.C:
		}
		panic(http.ErrAbortHandler)
	default:
		return false
	}
	return true
}

func (s *Server) sometimes(work func()) {
	if s.alternate() {
		work()
	}
}

// alternate is true every second time.
func (s *Server) alternate() bool {
	s.faulty.Lock()
	defer s.faulty.Unlock()
	s.alt++
	return s.alt%2 == 1
}

// send writes the answer, cut or garbled where the dice say so.
func (s *Server) send(w http.ResponseWriter, answer []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-Shopify-API-Version", Version)
	w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
	switch {
	case s.opts.Faults.Roll(faults.Truncate):
		_, _ = w.Write(answer[:len(answer)/2])
		panic(http.ErrAbortHandler)
	case s.opts.Faults.Roll(faults.Garble):
		garbled := bytes.Clone(answer)
		for i := len(garbled) / 3; i < len(garbled); i += 97 {
			garbled[i] = '<'
		}
		garbled[len(garbled)-1] = '>'
		_, _ = w.Write(garbled)
	default:
		_, _ = w.Write(answer)
	}
}

// serveToken is the client credentials grant: a token for 24 hours.
func (s *Server) serveToken(w http.ResponseWriter, r *http.Request) {
	s.log.add(r, "")
	var form struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
		Grant  string `json:"grant_type"`
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		_ = json.NewDecoder(r.Body).Decode(&form)
	} else {
		form.ID, form.Secret, form.Grant = r.PostFormValue("client_id"), r.PostFormValue("client_secret"), r.PostFormValue("grant_type")
	}
	if form.Grant != "client_credentials" || s.opts.ClientID == "" || form.ID != s.opts.ClientID || form.Secret != s.opts.ClientSecret {
		writeJSON(w, http.StatusBadRequest, `{"error":"invalid_client","error_description":"client authentication failed"}`)
		return
	}
	token := "shpat_" + rand.Text()
	s.mu.Lock()
	s.token[token] = s.opts.Now().Add(tokenLife)
	scopes := strings.Join(s.opts.Scopes, ",")
	s.mu.Unlock()
	answer, _ := json.Marshal(map[string]any{"access_token": token, "scope": scopes, "expires_in": int(tokenLife.Seconds())})
	writeJSON(w, http.StatusOK, string(answer))
}

// RevokeToken makes every token so far worthless; the pasted one is replaced by
// fresh, or none if fresh is "".
func (s *Server) RevokeToken(fresh string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.Token = fresh
	clear(s.token)
}

// SetScopes changes the granted scopes.
func (s *Server) SetScopes(scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.Scopes = scopes
}

// Transport sends every request, whatever host it names, to this shop.
func (s *Shop) Transport(next http.RoundTripper) http.RoundTripper {
	return redirect{addr: s.Addr, next: next}
}

type redirect struct {
	addr string
	next http.RoundTripper
}

func (t redirect) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = "http", t.addr
	return t.next.RoundTrip(r)
}
