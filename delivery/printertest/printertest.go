// Package printertest is what every [delivery.Printer] must hold to, tried against its simulator:
// above all that nothing is printed twice, wherever a connection breaks.
package printertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery"
	"github.com/relance/relance/delivery/printersim"
)

// Simulator is what a provider's test double can do.
type Simulator interface {
	http.Handler
	Options() printersim.Options
	CutAt(before, after int)
	Requests() int
	EndTokens()
	Drafts() int
	Printed() map[string][]printersim.Print
	Advance(ctx context.Context, id string) (bool, error)
	Notifications() []printersim.Notification
	Post(context.Context, printersim.Notification) error
}

// Provider is a printer with its simulator.
type Provider struct {
	// Simulate makes a simulator without letters.
	Simulate func(printersim.Options) Simulator
	// Connect makes a client of a simulator that listens at the address.
	Connect func(t testing.TB, url string, timeout time.Duration) delivery.Printer
	// Put gives a letter another state by the provider's word.
	Put func(t testing.TB, s Simulator, id, word string)
	// Ends are what a letter comes through while it is advanced to its end.
	Ends []relance.PrintState
	// Cancels: an ordered letter can be taken back.
	Cancels bool
}

// Run tries it all.
func Run(t *testing.T, p Provider) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Provider)
	}{
		{"prepare twice", testPrepareTwice}, {"submit twice", testSubmitTwice}, {"submit side by side", testSubmitSideBySide}, {"news", testNews}, {"break everywhere", testBreakEverywhere},
		{"slow checks", testSlowChecks}, {"status to the end", testToTheEnd}, {"cancel", testCancel}, {"unknown word", testUnknownWord},
		{"unknown letter", testUnknownLetter}, {"too large", testTooLarge}, {"ended token", testEndedToken}, {"wrong credentials stay secret", testSecrets},
		{"hostile answers", testHostile}, {"silence", testSilence}, {"stopped", testStopped}, {"busy", testBusy}, {"random faults", testRandom},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, p) })
	}
}

// Order is a letter between invented people.
func Order(key string) relance.PrintOrder {
	return relance.PrintOrder{
		Key: key, PDF: []byte("%PDF-1.4 " + key + "\n%%EOF"), Pages: 1, Recipient: []string{"Erika Beispiel", "Musterweg 1", "12345 Beispielstadt"},
		Country: "DE", Window: relance.WindowRight, Duplex: true,
	}
}

func now() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

// open serves a simulator and connects to it.
func (p Provider) open(t testing.TB, o printersim.Options) (Simulator, delivery.Printer) {
	t.Helper()
	o.Now = now
	s := p.Simulate(o)
	url, stop, err := printersim.Listen(t.Context(), "127.0.0.1:0", s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return s, p.Connect(t, url, 5*time.Second)
}

// later reports whether an error lets the same be tried again; all else but Refused is a mistake.
func later(t testing.TB, err error) bool {
	t.Helper()
	var f *delivery.Failure
	if !errors.As(err, &f) || f.Says.String() == "" || f.Outcome != delivery.Later && f.Outcome != delivery.Refused {
		t.Fatalf("%v is no failure that says later or refused", err)
	}
	return f.Outcome == delivery.Later
}

// maxTries is how often one step is tried.
const maxTries = 300

// Send does what the caller of a printer does: Prepare until there is an id, which it keeps, then
// Submit for this id.
func Send(t testing.TB, pr delivery.Printer, o relance.PrintOrder) (id string, s relance.PrintStatus) {
	t.Helper()
	var err error
	for range maxTries {
		if id, err = pr.Prepare(t.Context(), o); err == nil {
			return id, Submit(t, pr, id)
		}
		if !later(t, err) {
			break
		}
	}
	t.Fatalf("prepare %s: %v", o.Key, err)
	return "", s
}

// Submit orders until it is ordered.
func Submit(t testing.TB, pr delivery.Printer, id string) relance.PrintStatus {
	t.Helper()
	var err error
	for range maxTries {
		var s relance.PrintStatus
		if s, err = pr.Submit(t.Context(), id); err == nil {
			return s
		}
		if !later(t, err) {
			break
		}
	}
	t.Fatalf("submit: %v", err)
	return relance.PrintStatus{}
}

// Once fails unless each key was ordered once, with its own file.
func Once(t testing.TB, s Simulator, orders ...relance.PrintOrder) {
	t.Helper()
	printed := s.Printed()
	if len(printed) != len(orders) {
		t.Errorf("%d keys were printed, want %d", len(printed), len(orders))
	}
	for _, o := range orders {
		got := printed[o.Key]
		if len(got) != 1 {
			t.Errorf("%s was printed %d times", o.Key, len(got))
			continue
		}
		if got[0].SHA256 != printersim.Digest(o.PDF) {
			t.Errorf("%s was printed with another file", o.Key)
		}
	}
}

func testPrepareTwice(t *testing.T, p Provider) {
	s, pr := p.open(t, printersim.Options{})
	o := Order("letter-1")
	var ids []string
	for range 2 {
		id, err := pr.Prepare(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if ids[0] != ids[1] || s.Drafts() != 1 {
		t.Errorf("two tries gave %v and left %d drafts", ids, s.Drafts())
	}
	if n := len(s.Printed()); n > 0 {
		t.Errorf("a draft printed %d letters", n)
	}
	Send(t, pr, o)
	again, err := pr.Prepare(t.Context(), o) // our database was restored from before
	if err != nil || again != ids[0] {
		t.Errorf("after the order: %s, %v", again, err)
	}
	Submit(t, pr, again)
	other := Order("letter-10") // a key that begins like another one
	Send(t, pr, other)
	Once(t, s, o, other)
}

func testSubmitTwice(t *testing.T, p Provider) {
	s, pr := p.open(t, printersim.Options{})
	o := Order("letter-1")
	id, first := Send(t, pr, o)
	if first.ExternalID != id || first.Raw == "" || first.State == relance.PrintUnknown {
		t.Errorf("the first says %+v", first)
	}
	for range 3 {
		if _, err := pr.Submit(t.Context(), id); err != nil {
			t.Errorf("again: %v", err)
		}
	}
	_, _ = s.Advance(t.Context(), id)
	if _, err := pr.Submit(t.Context(), id); err != nil {
		t.Errorf("again, while it is worked on: %v", err)
	}
	Once(t, s, o)
}

// testSubmitSideBySide orders one letter from several workers at once.
func testSubmitSideBySide(t *testing.T, p Provider) {
	for i := range 20 {
		s, pr := p.open(t, printersim.Options{})
		o := Order(fmt.Sprintf("letter-%d", i))
		id, err := pr.Prepare(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		var workers sync.WaitGroup
		for range 6 {
			workers.Go(func() {
				if _, err := pr.Submit(t.Context(), id); err != nil {
					t.Errorf("submit: %v", err)
				}
			})
		}
		workers.Wait()
		Once(t, s, o)
	}
}

// testNews takes the notifications where the provider posts them, then again from the last to the
// first, then forged ones.
func testNews(t *testing.T, p Provider) {
	var hook delivery.PrinterHook
	var came []relance.PrintStatus
	var refused int
	url, stop, err := printersim.Listen(t.Context(), "127.0.0.1:0", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		news, err := hook.ReadNews(r.Header, body)
		if relance.CodeOf(err) == relance.CodeUnauthorized {
			refused++
			w.WriteHeader(http.StatusUnauthorized)
		} else if err != nil {
			t.Error(err)
		}
		came = append(came, news...)
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	s, pr := p.open(t, printersim.Options{Callback: url})
	hook = pr.(delivery.PrinterHook)
	id, _ := Send(t, pr, Order("letter-1"))
	for moved := true; moved; {
		if moved, err = s.Advance(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	first := slices.Clone(came)
	if len(first) < 2 || first[0].ExternalID != id {
		t.Fatalf("news are %+v", first)
	}
	for _, n := range slices.Backward(s.Notifications()) {
		if err := s.Post(t.Context(), n); err != nil {
			t.Error(err)
		}
	}
	again := slices.Clone(came[len(first):])
	slices.Reverse(again)
	if fmt.Sprint(again) != fmt.Sprint(first) {
		t.Errorf("again they are %+v, not %+v", again, first)
	}
	known := len(came)
	if err := s.Post(t.Context(), s.Notifications()[0].Forged(false)); err == nil || refused != 1 || len(came) != known {
		t.Errorf("a forged one was taken (%v)", err)
	}
}

// testBreakEverywhere cuts the connection at each request of the flow in turn.
func testBreakEverywhere(t *testing.T, p Provider) {
	s, pr := p.open(t, printersim.Options{NoKeepAlive: true})
	Send(t, pr, Order("count"))
	n := s.Requests()
	if n < 5 {
		t.Fatalf("the flow has %d requests", n)
	}
	for i := 1; i <= n; i++ {
		for _, after := range []bool{false, true} {
			s, pr := p.open(t, printersim.Options{NoKeepAlive: true})
			if after {
				s.CutAt(0, i)
			} else {
				s.CutAt(i, 0)
			}
			o := Order(fmt.Sprintf("letter-%d-%v", i, after))
			id, err := pr.Prepare(t.Context(), o)
			if err == nil {
				_, err = pr.Submit(t.Context(), id)
			}
			if err == nil || !later(t, err) {
				t.Errorf("request %d, after %v: %v, want Later", i, after, err)
			}
			if id == "" {
				Send(t, pr, o)
			} else {
				Submit(t, pr, id)
			}
			Once(t, s, o)
		}
	}
}

func testSlowChecks(t *testing.T, p Provider) {
	s, pr := p.open(t, printersim.Options{Checks: 5})
	o := Order("letter-1")
	Send(t, pr, o)
	Once(t, s, o)
}

func testToTheEnd(t *testing.T, p Provider) {
	s, pr := p.open(t, printersim.Options{})
	id, _ := Send(t, pr, Order("letter-1"))
	var came []relance.PrintState
	for {
		st, err := pr.Status(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if st.ExternalID != id || st.At.IsZero() || st.Raw == "" {
			t.Errorf("the status is %+v", st)
		}
		if len(came) == 0 || came[len(came)-1] != st.State {
			came = append(came, st.State)
		}
		if moved, err := s.Advance(t.Context(), id); err != nil || !moved {
			break
		}
	}
	if fmt.Sprint(came) != fmt.Sprint(p.Ends) {
		t.Errorf("it came through %v, want %v", came, p.Ends)
	}
	if last := came[len(came)-1]; !last.Final() {
		t.Errorf("%s is no end", last)
	}
}

func testCancel(t *testing.T, p Provider) {
	s, pr := p.open(t, printersim.Options{})
	draft, err := pr.Prepare(t.Context(), Order("draft"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := pr.Cancel(t.Context(), draft); err != nil {
			t.Errorf("a draft: %v", err)
		}
	}
	if _, err := pr.Submit(t.Context(), draft); err == nil || later(t, err) {
		t.Errorf("a draft that was taken back was ordered: %v", err)
	}
	id, _ := Send(t, pr, Order("ordered"))
	for range 2 {
		if err := pr.Cancel(t.Context(), id); p.Cancels && err != nil || !p.Cancels && (err == nil || later(t, err)) {
			t.Errorf("an ordered letter: %v", err)
		}
	}
	if st, err := pr.Status(t.Context(), id); err != nil || (st.State == relance.PrintCancelled) != p.Cancels {
		t.Errorf("then it is %s, %v", st.State, err)
	}
	late, _ := Send(t, pr, Order("late"))
	for range 3 {
		_, _ = s.Advance(t.Context(), late)
	}
	if err := pr.Cancel(t.Context(), late); err == nil || later(t, err) {
		t.Errorf("too late: %v", err)
	}
}

func testUnknownWord(t *testing.T, p Provider) {
	s, pr := p.open(t, printersim.Options{})
	const odd = "teleporting"
	id, err := pr.Prepare(t.Context(), Order("letter-1"))
	if err != nil {
		t.Fatal(err)
	}
	p.Put(t, s, id, odd)
	st, err := pr.Status(t.Context(), id)
	if err != nil || st.State != relance.PrintUnknown || st.Raw != odd {
		t.Errorf("it is %+v, %v", st, err)
	}
	if _, err := pr.Submit(t.Context(), id); err == nil || !later(t, err) {
		t.Errorf("it was ordered without being understood: %v", err)
	}
	if again, err := pr.Prepare(t.Context(), Order("letter-1")); err != nil || again != id {
		t.Errorf("another was made beside it: %s, %v", again, err)
	}
	if n := len(s.Printed()); n > 0 {
		t.Errorf("%d were printed", n)
	}
}

func testUnknownLetter(t *testing.T, p Provider) {
	s, pr := p.open(t, printersim.Options{})
	for _, id := range []string{"", "no-such", "../../x", "a/b", "x?y=1", strings.Repeat("9", 500)} {
		if _, err := pr.Submit(t.Context(), id); err == nil || later(t, err) {
			t.Errorf("submit %q: %v", id, err)
		}
		if _, err := pr.Status(t.Context(), id); err == nil || later(t, err) {
			t.Errorf("status %q: %v", id, err)
		}
		if err := pr.Cancel(t.Context(), id); err != nil {
			t.Errorf("cancel %q: %v", id, err)
		}
	}
	if len(s.Printed()) > 0 {
		t.Error("something was printed")
	}
}

func testTooLarge(t *testing.T, p Provider) {
	s, pr := p.open(t, printersim.Options{})
	big, long, blind := Order("big"), Order("long"), Order("blind")
	big.PDF = make([]byte, pr.Can().MaxBytes+1)
	long.Pages = pr.Can().MaxPages + 1
	blind.Window = "NOWHERE" // no envelope has a window there
	for _, o := range []relance.PrintOrder{big, long, blind} {
		if _, err := pr.Prepare(t.Context(), o); err == nil || later(t, err) {
			t.Errorf("%s: %v", o.Key, err)
		}
	}
	if s.Requests() > 0 || len(s.Printed()) > 0 {
		t.Error("it was handed over")
	}
}

// testEndedToken lets tokens end between the steps: each is renewed once, unseen.
func testEndedToken(t *testing.T, p Provider) {
	s, pr := p.open(t, printersim.Options{})
	o := Order("letter-1")
	id, err := pr.Prepare(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	s.EndTokens()
	if _, err := pr.Submit(t.Context(), id); err != nil {
		t.Errorf("the token was not renewed: %v", err)
	}
	Once(t, s, o)
}

// testSecrets lets the provider put everything that it was sent into its answers: nothing of it
// may come out in an error.
func testSecrets(t *testing.T, p Provider) {
	var seen atomic.Pointer[[]string]
	seen.Store(&[]string{})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		var all []string
		for _, v := range r.PostForm {
			all = append(all, v...)
		}
		seen.Store(&all)
		http.Error(w, fmt.Sprint(all), http.StatusUnauthorized)
	})
	url, stop, err := printersim.Listen(t.Context(), "127.0.0.1:0", h)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	_, err = p.Connect(t, url, time.Second).Prepare(t.Context(), Order("letter-1"))
	if err == nil || !later(t, err) {
		t.Fatalf("wrong credentials: %v", err)
	}
	if len(*seen.Load()) < 3 {
		t.Fatal("no credentials were sent")
	}
	for _, secret := range *seen.Load() {
		if len(secret) > 6 && strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), secret) {
			t.Errorf("the error holds %q", secret)
		}
	}
}
