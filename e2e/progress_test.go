package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// stream opens the subscription of a shop's progress and hands over each run it tells of;
// the channel ends with the stream.
func (a *api) stream(ctx context.Context, token string, shop uuid.UUID) (<-chan string, *http.Response) {
	a.t.Helper()
	body, err := json.Marshal(map[string]any{"query": `subscription($s: ID!) { syncProgress(shopId: $s) { state steps { kind done } } }`, "variables": map[string]any{"s": shop}})
	must(a.t, err)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url, bytes.NewReader(body))
	must(a.t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "text/event-stream")
	res, err := http.DefaultClient.Do(req)
	must(a.t, err)
	out := make(chan string, 100)
	go func() {
		defer close(out)
		defer res.Body.Close()
		lines := bufio.NewScanner(res.Body)
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && data != "" {
				out <- data
			}
		}
		if err := lines.Err(); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, io.ErrUnexpectedEOF) {
			a.t.Errorf("the stream broke: %v", err)
		}
	}()
	return out, res
}

// expect waits for an event that holds all parts.
func (a *api) expect(events <-chan string, parts ...string) {
	a.t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		select {
		case e, ok := <-events:
			if !ok {
				a.t.Fatalf("the stream ended before it told of %v", parts)
			}
			fits := true
			for _, p := range parts {
				fits = fits && strings.Contains(e, p)
			}
			if fits {
				return
			}
		case <-deadline:
			a.t.Fatalf("the stream did not tell of %v", parts)
		}
	}
}

func TestProgressIsStreamedToTheEnd(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	ctx := t.Context()
	now := time.Now()
	run, _, err := a.store.StartRun(ctx, a.merchant, a.shops[0], []relance.Kind{relance.KindCustomers}, false, now)
	must(t, err)
	events, res := a.stream(ctx, a.tokenOf(relance.RoleReader), a.shops[0])
	if got := res.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/event-stream") {
		t.Errorf("the stream is %s", got)
	}
	a.expect(events, `"RUNNING"`, `"done":0`)
	page := func(rows store.PageRows) {
		task, ok, err := a.store.NextPage(ctx, a.merchant, run)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		_, err = a.store.StorePage(ctx, task, rows, time.Now())
		must(t, err)
	}
	one := func(id string) []relance.Customer {
		return []relance.Customer{{ExternalID: id, Kind: relance.IdentityCustomer, CreatedAt: now, Version: relance.Version{UpdatedAt: now, ReadAt: now}}}
	}
	page(store.PageRows{Customers: one("1"), Next: "1"})
	a.expect(events, `"RUNNING"`, `"done":1`)
	page(store.PageRows{Customers: one("2"), Done: true})
	a.expect(events, `"DONE"`, `"done":2`)
	deadline := time.After(10 * time.Second)
	for open := true; open; {
		select {
		case _, open = <-events:
		case <-deadline:
			t.Fatal("the stream does not end with the run")
		}
	}
}

func TestProgressOfOthersIsRefused(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for what, c := range map[string]struct {
		token string
		shop  uuid.UUID
	}{"a shop of another merchant": {a.token, a.tenant().shops[0]}, "a shop beyond the clerk's": {a.tokenOf(relance.RoleClerk, a.shops[0]), a.shops[1]}} {
		events, _ := a.stream(t.Context(), c.token, c.shop)
		told := ""
		for e := range events {
			told += e
		}
		if !strings.Contains(told, "NOT_FOUND") || strings.Contains(told, `"state"`) {
			t.Errorf("%s: %s", what, told)
		}
	}
}

// A listener that leaves takes its watcher along. Not in parallel: it counts goroutines.
func TestListenersThatLeaveStopWatching(t *testing.T) {
	a := newAPI(t)
	_, _, err := a.store.StartRun(t.Context(), a.merchant, a.shops[0], []relance.Kind{relance.KindCustomers}, false, time.Now())
	must(t, err)
	ctx, leave := context.WithCancel(t.Context())
	for range 5 {
		events, _ := a.stream(ctx, a.token, a.shops[0])
		a.expect(events, `"RUNNING"`)
	}
	if n := watchers(); n != 5 {
		t.Errorf("%d watchers for 5 listeners", n)
	}
	leave()
	deadline, tick := time.After(10*time.Second), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for watchers() > 0 {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%d watchers are left after their listeners", watchers())
		}
	}
}

// watchers counts the goroutines that look at a run for a subscription.
func watchers() int {
	b := make([]byte, 4<<20)
	return strings.Count(string(b[:runtime.Stack(b, true)]), "graph.(*Resolver).progress.func1(")
}
