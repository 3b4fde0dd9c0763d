package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// tell says where a run stands.
func (l *lab) tell(run uuid.UUID) string {
	l.Helper()
	r, err := l.s.Run(l.ctx, l.m, run)
	l.ok(err)
	out := []string{string(r.State)}
	for _, s := range r.Steps {
		out = append(out, fmt.Sprintf("%s %s", s.Kind, s.State))
	}
	shop, err := l.s.Shop(l.ctx, l.m, l.shops[0])
	l.ok(err)
	return strings.Join(append(out, "shop "+string(shop.State)), ", ")
}

func (l *lab) expect(run uuid.UUID, want string) {
	l.Helper()
	if got := l.tell(run); got != want {
		l.Errorf("the run is\n%s\nwant\n%s", got, want)
	}
}

func TestARunFromStartToEnd(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	run, task := l.run(false, relance.KindCustomers, relance.KindOrders)
	l.expect(run, "RUNNING, CUSTOMERS RUNNING, ORDERS QUEUED, shop PULLING")
	again, started, err := l.s.StartRun(l.ctx, l.m, l.shops[0], []relance.Kind{relance.KindCarts}, true, noon)
	l.ok(err)
	if started || again != run {
		t.Errorf("a second run starts beside the first")
	}
	total := 7
	l.page(task, store.PageRows{Next: "half", Total: &total, Wait: time.Minute})
	if task = l.next(run); !task.NextAt.Equal(noon.Add(time.Minute)) {
		t.Errorf("the shop asked to wait a minute; the next page is due at %s", task.NextAt)
	}
	rows := customers(withEmail("a", ""))
	rows.Next, rows.Done = "customers from here", true
	l.page(task, rows)
	l.expect(run, "RUNNING, CUSTOMERS DONE, ORDERS RUNNING, shop PULLING")
	l.page(l.next(run), store.PageRows{Next: "orders from here", Done: true})
	l.expect(run, "DONE, CUSTOMERS DONE, ORDERS DONE, shop CONNECTED")
	if _, ok, err := l.s.NextPage(l.ctx, l.m, run); ok || err != nil {
		t.Errorf("a finished run has a next page: %v %v", ok, err)
	}
	shop, err := l.s.Shop(l.ctx, l.m, l.shops[0])
	l.ok(err)
	if shop.LastSyncedAt == nil || !shop.LastSyncedAt.Equal(noon) {
		t.Errorf("last synced %v", shop.LastSyncedAt)
	}
	l.code(l.s.MoveRun(l.ctx, l.m, run, relance.RunPaused, noon), relance.CodeConflict)

	_, task = l.run(false, relance.KindCustomers)
	if task.Cursor != "customers from here" {
		t.Errorf("the next run begins at %q, not at the watermark", task.Cursor)
	}
	l.page(task, store.PageRows{Next: "later", Done: true})
	_, task = l.run(true, relance.KindCustomers)
	if task.Cursor != "" || !task.Full {
		t.Errorf("a full run begins at %q", task.Cursor)
	}
	list, err := l.s.LatestRuns(l.ctx, l.m, l.shops[0], 2)
	l.ok(err)
	if len(list) != 2 || !list[0].Full || list[1].Full {
		t.Errorf("latest runs: %+v", list)
	}
}

func TestPauseResumeCancel(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	run, task := l.run(false, relance.KindCustomers, relance.KindOrders)
	l.ok(l.s.MoveRun(l.ctx, l.m, run, relance.RunPaused, noon))
	l.expect(run, "PAUSED, CUSTOMERS RUNNING, ORDERS QUEUED, shop PAUSED")
	if wanted, err := l.s.Heartbeat(l.ctx, task, noon); wanted || err != nil {
		t.Errorf("the page of a paused run is wanted: %v %v", wanted, err)
	}
	if !l.page(task, store.PageRows{Next: "1"}) {
		t.Error("the page that was under way when the run was paused is thrown away")
	}
	if _, ok, _ := l.s.NextPage(l.ctx, l.m, run); ok {
		t.Error("a paused run has a next page")
	}
	l.ok(l.s.MoveRun(l.ctx, l.m, run, relance.RunRunning, noon))
	if got := l.next(run); got.Seq != 1 || got.Cursor != "1" {
		t.Errorf("resumed at %d %q", got.Seq, got.Cursor)
	}
	l.ok(l.s.MoveRun(l.ctx, l.m, run, relance.RunCancelled, noon))
	l.expect(run, "CANCELLED, CUSTOMERS CANCELLED, ORDERS CANCELLED, shop CONNECTED")
	task = relance.PageTask{MerchantID: l.m, ShopID: l.shops[0], RunID: run, Kind: relance.KindCustomers, Seq: 1, Cursor: "1"}
	if l.page(task, customers(withEmail("late", ""))) || l.count("customers") != 0 {
		t.Error("a cancelled run stores a page")
	}
	l.code(l.s.MoveRun(l.ctx, l.m, run, relance.RunRunning, noon), relance.CodeConflict)
	l.code(l.s.MoveRun(l.ctx, l.m, uuid.New(), relance.RunPaused, noon), relance.CodeConflict)
}

func TestDelayRestartFail(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	run, task := l.run(false, relance.KindCustomers, relance.KindOrders)
	busy := relance.WrapError(relance.CodeShopBusy, errors.New("secret detail"), "the shop is busy")
	l.ok(l.s.DelayPage(l.ctx, task, busy, noon.Add(time.Hour)))
	l.ok(l.s.DelayPage(l.ctx, task, busy, noon.Add(9*time.Hour))) // the same try told twice counts once
	next := l.next(run)
	if next.Attempt != 1 || !next.NextAt.Equal(noon.Add(time.Hour)) {
		t.Errorf("after a failed try: attempt %d at %s", next.Attempt, next.NextAt)
	}
	r, err := l.s.Run(l.ctx, l.m, run)
	l.ok(err)
	if r.Steps[0].Error != "the shop is busy" {
		t.Errorf("the step says %q", r.Steps[0].Error)
	}
	l.page(next, store.PageRows{Next: "1", Customers: []relance.Customer{withEmail("a", "")}})
	l.ok(l.s.RestartStep(l.ctx, l.next(run), noon))
	next = l.next(run)
	if next.Cursor != "" || next.Seq != 1 || next.Attempt != 1 {
		t.Errorf("restarted at %+v", next)
	}
	// A worker that is behind cannot end a run that goes on without it.
	l.ok(l.s.FailRun(l.ctx, task, relance.Errorf(relance.CodeShopAuth, "late news"), noon))
	l.expect(run, "RUNNING, CUSTOMERS RUNNING, ORDERS QUEUED, shop PULLING")
	l.ok(l.s.FailRun(l.ctx, next, relance.Errorf(relance.CodeShopAuth, "the shop refuses the key"), noon))
	l.expect(run, "FAILED, CUSTOMERS FAILED, ORDERS CANCELLED, shop ATTENTION")
	r, err = l.s.Run(l.ctx, l.m, run)
	l.ok(err)
	if r.Error != "the shop refuses the key" || r.ErrorCode != "SHOP_AUTH" || r.FinishedAt == nil {
		t.Errorf("%+v", r)
	}
	l.code(l.s.MoveRun(l.ctx, l.m, run, relance.RunRunning, noon), relance.CodeConflict)
}

// due tells which pages of the lab's merchant are due.
func (l *lab) due(now time.Time, stale time.Duration) []relance.PageTask {
	l.Helper()
	all, err := l.s.DuePages(l.ctx, now, stale)
	l.ok(err)
	var out []relance.PageTask
	for _, t := range all {
		if t.MerchantID == l.m {
			out = append(out, t)
		}
	}
	return out
}

func TestClaimsAndHeartbeats(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	run, task := l.run(false, relance.KindCustomers)
	const stale = 10 * time.Second
	if got := l.due(noon.Add(-time.Second), stale); len(got) != 0 {
		t.Errorf("a page is due before its time: %+v", got)
	}
	if diff := cmp.Diff([]relance.PageTask{task}, l.due(noon, stale)); diff != "" {
		t.Errorf("due (-want +got):\n%s", diff)
	}
	later := noon.Add(time.Second)
	if wanted, err := l.s.Heartbeat(l.ctx, task, later); !wanted || err != nil {
		t.Fatalf("%v %v", wanted, err)
	}
	if got := l.due(later.Add(time.Second), stale); len(got) != 0 {
		t.Errorf("a page that is worked on is handed out: %+v", got)
	}
	silent := later.Add(stale + time.Second)
	due := l.due(silent, stale)
	if len(due) != 1 {
		t.Fatalf("a page whose worker fell silent is not handed out")
	}
	claims, err := l.s.Reclaim(l.ctx, due[0], silent)
	l.ok(err)
	if claims != 1 {
		t.Errorf("claim %d, want 1", claims)
	}
	if _, err := l.s.Reclaim(l.ctx, due[0], silent); relance.CodeOf(err) != relance.CodeNotFound {
		t.Errorf("two sweeps claim the same page: %v", err)
	}
	if wanted, _ := l.s.Heartbeat(l.ctx, task, silent); wanted {
		t.Error("the old worker's page is still wanted under its old claim")
	}
	fresh := l.next(run)
	if wanted, err := l.s.Heartbeat(l.ctx, fresh, silent.Add(time.Second)); !wanted || err != nil {
		t.Errorf("the new claim is not wanted: %v", err)
	}
	l.ok(l.s.ReleasePage(l.ctx, fresh))
	if got := l.due(silent.Add(2*time.Second), stale); len(got) != 1 || got[0].Claims != 2 {
		t.Errorf("a released page is due at once: %+v", got)
	}
}

func TestDueShops(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	due := func(before time.Time) []uuid.UUID {
		t.Helper()
		list, err := l.s.DueShops(l.ctx, before, before)
		l.ok(err)
		var out []uuid.UUID
		for _, s := range list {
			if s.MerchantID == l.m {
				out = append(out, s.ID)
			}
		}
		return out
	}
	if got := due(noon); len(got) != 2 {
		t.Fatalf("%d shops due, want both", len(got))
	}
	_, task := l.run(false, relance.KindCustomers)
	if diff := cmp.Diff([]uuid.UUID{l.shops[1]}, due(noon.Add(time.Hour))); diff != "" {
		t.Errorf("while one is pulled (-want +got):\n%s", diff)
	}
	l.page(task, store.PageRows{Done: true})
	if got := due(noon.Add(-time.Minute)); len(got) != 1 {
		t.Errorf("a shop is due again too early: %v", got)
	}
	if got := due(noon.Add(time.Minute)); len(got) != 2 {
		t.Errorf("%d due, want both", len(got))
	}
	l.ok(l.s.SetShopState(l.ctx, l.m, l.shops[1], relance.ShopDisconnected))
	if got := due(noon.Add(time.Minute)); len(got) != 1 {
		t.Errorf("a disconnected shop is due: %v", got)
	}
}

// What went wrong is kept with its code, so that it can be told in any language; a step that
// goes on forgets it.
func TestCausesAreKept(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	run, task := l.run(false, relance.KindCustomers)
	cause := func() [2]*relance.Sentence {
		r, err := l.s.Run(l.ctx, l.m, run)
		l.ok(err)
		return [2]*relance.Sentence{r.Cause, r.Steps[0].Cause}
	}
	timedOut, noRight := relance.Say("TIMED_OUT"), relance.Say("NO_RIGHT", "resource", "customers")
	l.ok(l.s.DelayPage(l.ctx, task, relance.Tell(relance.CodeShopDown, nil, "TIMED_OUT"), noon))
	if diff := cmp.Diff([2]*relance.Sentence{nil, &timedOut}, cause()); diff != "" {
		t.Errorf("after a failed try: %s", diff)
	}
	bad := relance.Say("DATE_MISSING")
	l.page(l.next(run), store.PageRows{Next: "1", Rejected: []relance.Quarantined{{Kind: relance.KindCustomers, ExternalID: "7", Field: "date", Reason: bad.String(), Cause: &bad}}})
	if diff := cmp.Diff([2]*relance.Sentence{}, cause()); diff != "" {
		t.Errorf("after a good one: %s", diff)
	}
	l.ok(l.s.FailRun(l.ctx, l.next(run), relance.Tell(relance.CodeShopRights, nil, "NO_RIGHT", "resource", "customers"), noon))
	if diff := cmp.Diff([2]*relance.Sentence{&noRight, &noRight}, cause()); diff != "" {
		t.Errorf("after it failed: %s", diff)
	}
	rows, err := l.s.Quarantine(l.ctx, l.m, nil, nil, 10)
	l.ok(err)
	if len(rows) != 1 || cmp.Diff(&bad, rows[0].Cause) != "" {
		t.Errorf("in quarantine: %+v", rows)
	}
}
