// Package printersim is what the simulators of printers have in common: how they misbehave, what
// they count as printed, and the notifications that they post. It knows nothing of who calls them.
package printersim

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/relance/relance/internal/faults"
)

// Options says how a simulator behaves. The zero value but for Now is well-behaved.
type Options struct {
	Now      func() time.Time
	Faults   *faults.Set
	Callback string        // where notifications are posted; "" posts none
	Hold     time.Duration // how long a request with the timeout fault is held; 0: its connection ends at once
	Life     time.Duration // of a token; 0: an hour
	// NoKeepAlive gives each request its own connection: clients that repeat by themselves what was
	// cut on a kept one do not hide it then.
	NoKeepAlive bool
	Checks      int // how often a file is still being checked when it is asked for
}

// Print is an order that cannot be taken back without asking: what costs money.
type Print struct {
	Key    string // the name by which the customer knows it
	ID     string // the provider's
	SHA256 string // of the file, in hexadecimal
}

// Notification is what a printer posts.
type Notification struct {
	Header http.Header
	Body   []byte
}

// Stage is the common part of a simulator. Its methods are safe for concurrent use.
type Stage struct {
	opts Options

	mu                  sync.Mutex
	printed             []Print
	news                []Notification
	tokens              map[string]time.Time
	requests            int
	cutBefore, cutAfter int
	ids                 int
}

// NewStage makes one.
func NewStage(o Options) *Stage {
	if o.Life <= 0 {
		o.Life = time.Hour
	}
	return &Stage{opts: o, tokens: map[string]time.Time{}}
}

// Options are those it was made with.
func (s *Stage) Options() Options { return s.opts }

// CutAt ends the connection of the nth request from now, before or after it is carried out; 0 ends
// none.
func (s *Stage) CutAt(before, after int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests, s.cutBefore, s.cutAfter = 0, before, after
}

// Requests is how many requests came since CutAt.
func (s *Stage) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// ID makes an id that looks like a UUID and is none.
func (s *Stage) ID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids++
	return fmt.Sprintf("00000000-0000-4000-8000-%012d", s.ids)
}

// Order counts what is printed.
func (s *Stage) Order(key, id string, file []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.printed = append(s.printed, Print{Key: key, ID: id, SHA256: Digest(file)})
}

// Digest is the SHA-256 of a file, in hexadecimal.
func Digest(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:])
}

// Printed are the orders by key.
func (s *Stage) Printed() map[string][]Print {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string][]Print{}
	for _, p := range s.printed {
		out[p.Key] = append(out[p.Key], p)
	}
	return out
}

// Issue makes a token.
func (s *Stage) Issue() (token string, seconds int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	token = rand.Text()
	s.tokens[token] = s.opts.Now().Add(s.opts.Life)
	return token, int(s.opts.Life / time.Second)
}

// Knows reports whether a request bears a token that holds.
func (s *Stage) Knows(r *http.Request) bool {
	const scheme = "Bearer "
	head := r.Header.Get("Authorization")
	if len(head) <= len(scheme) || head[:len(scheme)] != scheme {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	until, known := s.tokens[head[len(scheme):]]
	if s.opts.Faults.Roll(faults.EndedToken) {
		delete(s.tokens, head[len(scheme):])
		return false
	}
	return known && s.opts.Now().Before(until)
}

// EndTokens makes all tokens end now.
func (s *Stage) EndTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

// kept is an answer that is not sent yet.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *kept) Header() http.Header         { return k.header }
func (k *kept) WriteHeader(status int)      { k.status = status }
func (k *kept) Write(b []byte) (int, error) { return k.body.Write(b) }

// Misbehave makes a handler fail as it was told: before it acts, or after.
func (s *Stage) Misbehave(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests++
		before, after := s.requests == s.cutBefore, s.requests == s.cutAfter
		s.mu.Unlock()
		f := s.opts.Faults
		switch {
		case before, f.Roll(faults.Cut):
			panic(http.ErrAbortHandler)
		case f.Roll(faults.Timeout):
			s.hold(r.Context())
		case f.Roll(faults.TooMany):
			w.Header().Set("Retry-After", "2")
			http.Error(w, `{"error":"slow down"}`, http.StatusTooManyRequests)
			return
		case f.Roll(faults.Internal):
			http.Error(w, "<html>Bad gateway</html>", http.StatusBadGateway)
			return
		}
		k := &kept{header: http.Header{}, status: http.StatusOK}
		next.ServeHTTP(k, r)
		switch {
		case after, f.Roll(faults.CutAfter):
			panic(http.ErrAbortHandler)
		case f.Roll(faults.After):
			http.Error(w, "<html>Internal error</html>", http.StatusInternalServerError)
			return
		}
		s.send(w, k)
	})
}

// hold keeps a request until its client gives up, then ends it.
func (s *Stage) hold(ctx context.Context) {
	if s.opts.Hold > 0 {
		timer := time.NewTimer(s.opts.Hold)
		defer timer.Stop()
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
	}
	panic(http.ErrAbortHandler)
}

// send gives the answer, or spoils it.
func (s *Stage) send(w http.ResponseWriter, k *kept) {
	body := k.body.Bytes()
	for name, values := range k.header {
		w.Header()[name] = values
	}
	if len(body) > 0 && s.opts.Faults.Roll(faults.Garble) {
		body = []byte(`{"data": <nonsense`)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(k.status)
	if len(body) > 1 && s.opts.Faults.Roll(faults.Truncate) {
		_, _ = w.Write(body[:len(body)/2])
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(body)
}

// Answer writes JSON.
func Answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// Notify keeps a notification, and posts it where a callback is configured.
func (s *Stage) Notify(ctx context.Context, n Notification) error {
	s.mu.Lock()
	s.news = append(s.news, n)
	s.mu.Unlock()
	return s.Post(ctx, n)
}

// Notifications are all that were made, in their order.
func (s *Stage) Notifications() []Notification {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Notification(nil), s.news...)
}

// Post sends a notification (again) to the callback.
func (s *Stage) Post(ctx context.Context, n Notification) error {
	if s.opts.Callback == "" {
		return nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.opts.Callback, bytes.NewReader(n.Body))
	if err != nil {
		return err
	}
	req.Header = n.Header.Clone()
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		return fmt.Errorf("the callback answered %d", res.StatusCode)
	}
	return nil
}

// Forged is a notification with another body and the same signature and password, or with the same
// body and none of them.
func (n Notification) Forged(change bool) Notification {
	if change {
		return Notification{Header: n.Header.Clone(), Body: append(bytes.Clone(n.Body), ' ')}
	}
	return Notification{Header: http.Header{"Content-Type": n.Header.Values("Content-Type")}, Body: bytes.Clone(n.Body)}
}

// Advancer moves a letter one step on, and reports whether there was one.
type Advancer interface {
	Advance(ctx context.Context, id string) (bool, error)
}

// Console puts two addresses for people before a simulator: GET /simulator/printed lists what would
// be printed, POST /simulator/letters/{id}/advance moves a letter on.
func (s *Stage) Console(next http.Handler, letters Advancer) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", next)
	mux.HandleFunc("GET /simulator/printed", func(w http.ResponseWriter, _ *http.Request) { Answer(w, http.StatusOK, s.Printed()) })
	mux.HandleFunc("POST /simulator/letters/{id}/advance", func(w http.ResponseWriter, r *http.Request) {
		moved, err := letters.Advance(r.Context(), r.PathValue("id"))
		out := map[string]any{"moved": moved}
		if err != nil {
			out["callback"] = err.Error()
		}
		Answer(w, http.StatusOK, out)
	})
	return mux
}

// Listen serves a handler on an address (127.0.0.1:0 takes a free port) until stop is called.
func Listen(ctx context.Context, addr string, h http.Handler) (url string, stop func(), err error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	if s, is := h.(interface{ Options() Options }); is && s.Options().NoKeepAlive {
		server.SetKeepAlivesEnabled(false)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	return "http://" + l.Addr().String(), func() {
		_ = server.Close()
		<-done
	}, nil
}
