package printertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/relance/relance/delivery"
	"github.com/relance/relance/delivery/printersim"
	"github.com/relance/relance/internal/faults"
)

// serve connects to a server that gives any token and answers the rest as it likes.
func serve(t *testing.T, p Provider, timeout time.Duration, rest http.HandlerFunc) delivery.Printer {
	t.Helper()
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "token") {
			printersim.Answer(w, http.StatusOK, map[string]any{"access_token": "good", "expires_in": 3600})
			return
		}
		rest(w, r)
	})
	url, stop, err := printersim.Listen(t.Context(), "127.0.0.1:0", h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return p.Connect(t, url, timeout)
}

func testHostile(t *testing.T, p Provider) {
	huge := strings.Repeat("x", 5<<20)
	var followed atomic.Int32
	for name, answer := range map[string]http.HandlerFunc{
		"garbage":   func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("\x00\xff<html>")) },
		"huge":      func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintf(w, `{"data":{"id":"%s"}}`, huge) },
		"empty":     func(http.ResponseWriter, *http.Request) {},
		"null":      func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("null")) },
		"array":     func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("[1,2]")) },
		"forbidden": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/elsewhere" {
				followed.Add(1)
			}
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		},
		"bad ids": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"id":"../x","status":"DRAFT","data":{"id":"../x","attributes":{"status":"valid","url":"file:///etc/passwd","url_signature":"s"}}}`))
		},
	} {
		pr := serve(t, p, 2*time.Second, answer)
		if id, err := pr.Prepare(t.Context(), Order("letter-1")); err == nil || !later(t, err) {
			t.Errorf("%s: prepare gave %q, %v", name, id, err)
		}
		if st, err := pr.Submit(t.Context(), "letter-1"); err == nil || !later(t, err) {
			t.Errorf("%s: submit gave %+v, %v", name, st, err)
		}
		if st, err := pr.Status(t.Context(), "letter-1"); err == nil || !later(t, err) {
			t.Errorf("%s: status gave %+v, %v", name, st, err)
		}
	}
	if followed.Load() > 0 {
		t.Error("a redirect was followed")
	}
}

func testSilence(t *testing.T, p Provider) {
	pr := serve(t, p, 50*time.Millisecond, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	if _, err := pr.Submit(t.Context(), "letter-1"); err == nil || !later(t, err) {
		t.Errorf("no answer: %v", err)
	}
}

// testStopped begins nothing for a caller who is gone.
func testStopped(t *testing.T, p Provider) {
	s, pr := p.open(t, printersim.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, prepare := pr.Prepare(ctx, Order("letter-1"))
	_, submit := pr.Submit(ctx, "letter-1")
	_, status := pr.Status(ctx, "letter-1")
	for _, err := range []error{prepare, submit, status, pr.Cancel(ctx, "letter-1")} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want the context's own", err)
		}
	}
	if s.Requests() > 0 {
		t.Error("something was begun")
	}
}

// testBusy waits as long as the provider says, in both forms, within bounds.
func testBusy(t *testing.T, p Provider) {
	for said, want := range map[string]time.Duration{
		"7": 7 * time.Second, now().Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second, "-5": 0, "soon": 0, "99999999": time.Hour,
	} {
		pr := serve(t, p, time.Second, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", said)
			w.WriteHeader(http.StatusTooManyRequests)
		})
		_, err := pr.Status(t.Context(), "letter-1")
		var f *delivery.Failure
		if !errors.As(err, &f) || f.Outcome != delivery.Later || f.Wait != want {
			t.Errorf("Retry-After %q: %+v, want a wait of %s", said, f, want)
		}
	}
}

// runs is how many letters the random test sends, each with its own dice and simulator.
const runs = 1000 // with -short a tenth

// testRandom sends letters while everything goes wrong every so often. The caller remembers nothing
// but the id, and now and then not even that, as when it stops between Prepare and its commit.
func testRandom(t *testing.T, p Provider) {
	var spec []string
	for _, f := range faults.OfPrinters() {
		spec = append(spec, string(f)+":10%")
	}
	var current atomic.Pointer[Simulator]
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*current.Load()).ServeHTTP(w, r) })
	url, stop, err := printersim.Listen(t.Context(), "127.0.0.1:0", h)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	happened := map[faults.Fault]int{}
	drafts := 0
	n := runs
	if testing.Short() {
		n /= 10
	}
	for seed := range uint64(n) {
		set, err := faults.Parse(strings.Join(spec, ","), seed)
		if err != nil {
			t.Fatal(err)
		}
		s := p.Simulate(printersim.Options{Now: now, Faults: set, Checks: int(seed % 3)})
		current.Store(&s)
		o := Order(fmt.Sprintf("letter-%d", seed))
		pr := p.Connect(t, url, 5*time.Second)
		if seed%4 == 0 { // stopped before the id was kept
			_, _ = pr.Prepare(t.Context(), o)
			pr = p.Connect(t, url, 5*time.Second)
		}
		id, _ := Send(t, pr, o)
		Submit(t, pr, id) // stopped before the answer was kept
		Once(t, s, o)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
		drafts += s.Drafts()
		for f, n := range set.Counts() {
			happened[f] += n
		}
	}
	for _, f := range faults.OfPrinters() {
		if happened[f] < n/20 {
			t.Errorf("%s happened %d times only", f, happened[f])
		}
	}
	t.Logf("%d letters, each printed once; %d drafts were left; %v", n, drafts, happened)
}
