package store_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// run starts a pull of shop 0 over the kinds and gives its first page.
func (l *lab) run(full bool, kinds ...relance.Kind) (uuid.UUID, relance.PageTask) {
	l.Helper()
	id, started, err := l.s.StartRun(l.ctx, l.m, l.shops[0], kinds, full, noon)
	l.ok(err)
	if !started {
		l.Fatalf("the run did not start")
	}
	return id, l.next(id)
}

func (l *lab) next(run uuid.UUID) relance.PageTask {
	l.Helper()
	t, ok, err := l.s.NextPage(l.ctx, l.m, run)
	l.ok(err)
	if !ok {
		l.Fatalf("the run has no next page")
	}
	return t
}

func (l *lab) page(t relance.PageTask, rows store.PageRows) bool {
	l.Helper()
	stored, err := l.s.StorePage(l.ctx, t, rows, noon)
	l.ok(err)
	return stored
}

func (l *lab) count(table string) int {
	l.Helper()
	return len(l.rows(`SELECT 1 FROM `+table+` WHERE merchant_id = $1`, l.m))
}

func TestPageAndCursorAreOne(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	run, first := l.run(false, relance.KindCustomers)
	rows := customers(withEmail("a", "a@example.com"))
	rows.Next = "one"
	if !l.page(first, rows) {
		t.Fatal("the first page is not stored")
	}
	if l.page(first, rows) {
		t.Error("the same page is stored twice")
	}
	second := l.next(run)
	if second.Seq != 1 || second.Cursor != "one" {
		t.Errorf("the next page is %d after %q", second.Seq, second.Cursor)
	}
	// A page that cannot be stored leaves the cursor where it was.
	broken := customers(withEmail("b", "b@example.com"), customer("c", func(c *relance.Customer) { c.LastName = "a\x00b" }))
	broken.Next = "two"
	if _, err := l.s.StorePage(l.ctx, second, broken, noon); err == nil {
		t.Fatal("Postgres stores a NUL")
	}
	if diff := cmp.Diff(second, l.next(run)); diff != "" {
		t.Errorf("the page that failed moved the run:\n%s", diff)
	}
	if got := l.count("customers"); got != 1 {
		t.Errorf("%d customers stored, want 1", got)
	}
	stale := first
	stale.Seq, stale.Cursor = 7, "one"
	if l.page(stale, customers(withEmail("z", ""))) || l.count("customers") != 1 {
		t.Error("a page out of turn is stored")
	}
}

func TestTwoWorkersOnTheSamePage(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	run, task := l.run(false, relance.KindCustomers)
	for i := range 5 {
		var stored atomic.Int32
		var both sync.WaitGroup
		for range 4 {
			both.Go(func() {
				rows := customers(withEmail(fmt.Sprint("c", i), ""))
				rows.Next = relance.Cursor(fmt.Sprint(i))
				ok, err := l.s.StorePage(l.ctx, task, rows, noon)
				if err != nil {
					t.Error(err)
				}
				if ok {
					stored.Add(1)
				}
			})
		}
		both.Wait()
		if stored.Load() != 1 {
			t.Fatalf("page %d was stored %d times", i, stored.Load())
		}
		task = l.next(run)
	}
	got, err := l.s.Run(l.ctx, l.m, run)
	l.ok(err)
	if got.Steps[0].Done != 5 || l.count("customers") != 5 {
		t.Errorf("done %d, %d customers, want 5", got.Steps[0].Done, l.count("customers"))
	}
}

func TestQuarantine(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	run, task := l.run(false, relance.KindCustomers)
	bad := func(id, field string) relance.Quarantined {
		return relance.Quarantined{Kind: relance.KindCustomers, ExternalID: id, Field: field, Reason: "unreadable"}
	}
	l.page(task, store.PageRows{Rejected: []relance.Quarantined{bad("1", "date"), bad("2", "amount")}, Next: "1"})
	l.page(l.next(run), store.PageRows{Rejected: []relance.Quarantined{bad("1", "date")}, Next: "2"})
	list := func(after *uuid.UUID, limit int) []string {
		t.Helper()
		rows, err := l.s.Quarantine(l.ctx, l.m, nil, after, limit)
		l.ok(err)
		var out []string
		for _, r := range rows {
			out = append(out, fmt.Sprintf("%s %s times %d", r.ExternalID, r.Field, r.Times))
		}
		return out
	}
	if diff := cmp.Diff([]string{"2 amount times 1", "1 date times 2"}, list(nil, 10)); diff != "" {
		t.Errorf("newest first (-want +got):\n%s", diff)
	}
	rows, err := l.s.Quarantine(l.ctx, l.m, nil, nil, 1)
	l.ok(err)
	if diff := cmp.Diff([]string{"1 date times 2"}, list(&rows[0].ID, 10)); diff != "" {
		t.Errorf("second page (-want +got):\n%s", diff)
	}
	other, err := l.s.Quarantine(l.ctx, l.m, []uuid.UUID{l.shops[1]}, nil, 10)
	l.ok(err)
	if len(other) != 0 {
		t.Errorf("another shop's list holds %d rows", len(other))
	}
	good := customers(withEmail("1", "1@example.com"))
	good.Next = "3"
	l.page(l.next(run), good)
	if diff := cmp.Diff([]string{"2 amount times 1"}, list(nil, 10)); diff != "" {
		t.Errorf("after the row came back readable (-want +got):\n%s", diff)
	}
	l.page(l.next(run), store.PageRows{Rejected: []relance.Quarantined{bad("1", "date")}, Next: "4"})
	if got := list(nil, 10); len(got) != 2 {
		t.Errorf("a row that breaks again is not listed again: %v", got)
	}
	state, err := l.s.Run(l.ctx, l.m, run)
	l.ok(err)
	if s := state.Steps[0]; s.Done != 1 || s.Rejected != 4 {
		t.Errorf("done %d rejected %d, want 1 and 4", s.Done, s.Rejected)
	}
}

func TestDeletionsNeedTwoListings(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, store.PageRows{Customers: []relance.Customer{withEmail("a", "a@example.com"), withEmail("b", "b@example.com")},
		Orders: []relance.Order{order("o", "b", "10", nil)}})
	run, task := l.run(false, relance.KindDeletions)
	listings := []uuid.UUID{uuid.New(), uuid.New()}
	l.page(task, store.PageRows{Listed: &store.Listing{ID: listings[0], Kind: relance.KindCustomers, IDs: []string{"a"}}, Next: "1"})
	l.page(l.next(run), store.PageRows{Listed: &store.Listing{ID: listings[1], Kind: relance.KindCustomers, IDs: []string{"a", "b"}}, Next: "2"})
	absent := func(l2 []uuid.UUID) []string {
		t.Helper()
		ids, stored, err := l.s.Absent(l.ctx, l.m, l.shops[0], relance.KindCustomers, l2, 100)
		l.ok(err)
		if stored != 2 {
			t.Errorf("%d live records, want 2", stored)
		}
		return ids
	}
	if diff := cmp.Diff([]string{"b"}, absent(listings[:1])); diff != "" {
		t.Errorf("absent from one listing (-want +got):\n%s", diff)
	}
	if got := absent(listings); len(got) != 0 {
		t.Errorf("listed once is not absent: %v", got)
	}
	l.page(l.next(run), store.PageRows{Gone: &store.Gone{Kind: relance.KindCustomers, IDs: []string{"b"}, Listings: listings}, Next: "3"})
	l.derive()
	if got := l.count("listed_ids"); got != 0 {
		t.Errorf("%d ids of finished listings are kept", got)
	}
	if p := l.who(0, "b"); p.Records[0].DeletedAt == nil || len(p.Orders[""].Orders) != 1 {
		t.Error("a deleted customer keeps its profile and orders, marked as deleted")
	}
	l.give(0, customers(withEmail("b", "b@example.com"))) // the same record comes back
	if p := l.who(0, "b"); p.Records[0].DeletedAt != nil {
		t.Error("a record that came back is still taken for deleted")
	}
}

// The planner's knowledge may be of the moment when only roots were there: then it takes
// every parent for all rows, and would read them all for each.
func TestStagedChildrenAreFoundByTheIndex(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	g := l.s.Staging(l.m, l.shops[0], relance.KindOrders)
	const roots = 3000
	var rows []store.StagedRow
	for i := range 10 * roots {
		r := store.StagedRow{Seq: int64(i + 1), ObjectID: fmt.Sprint("o", i+1), Body: strings.Repeat("x", 400)}
		if i >= roots {
			r.ParentID = fmt.Sprint("o", i%roots+1)
		}
		rows = append(rows, r)
	}
	l.ok(g.Append(l.ctx, rows[:roots]))
	l.ok(l.as("", func(tx pgx.Tx) error { _, err := tx.Exec(l.ctx, `ANALYZE staged_rows`); return err }))
	l.ok(g.Append(l.ctx, rows[roots:]))
	scans := func(column string) (n int) {
		l.ok(l.as("", func(tx pgx.Tx) error {
			return tx.QueryRow(l.ctx, `SELECT coalesce(`+column+`, 0) FROM pg_stat_user_tables WHERE relname = 'staged_rows'`).Scan(&n)
		}))
		return n
	}
	whole, found := scans("seq_scan"), scans("idx_scan")
	some, below, err := g.Roots(l.ctx, 0, 200)
	l.ok(err)
	if len(some) != 200 || len(below) != 1800 {
		t.Fatalf("%d roots, %d descendants", len(some), len(below))
	}
	for deadline := time.Now().Add(20 * time.Second); scans("idx_scan") == found; { // Postgres tells its counters now and then
		if time.Now().After(deadline) {
			t.Fatal("no index was used")
		}
		_, err := g.Last(l.ctx)
		l.ok(err)
	}
	if n := scans("seq_scan") - whole; n > 0 {
		t.Errorf("the whole table was read %d times", n)
	}
}

func TestStaging(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	g := l.s.Staging(l.m, l.shops[0], relance.KindOrders)
	row := func(seq int64, id, parent string) store.StagedRow {
		return store.StagedRow{Seq: seq, ObjectID: id, ParentID: parent, Body: fmt.Sprintf(`{"n":%d}`, seq)}
	}
	rows := []store.StagedRow{row(1, "o1", ""), row(2, "o2", ""), row(3, "l1", "o1"), row(4, "", "l1"), row(5, "l2", "o2"), row(6, "o3", "")}
	l.ok(g.Append(l.ctx, rows[:4]))
	l.ok(g.Append(l.ctx, rows[2:])) // overlaps: what is stored stays
	if err := g.Append(l.ctx, []store.StagedRow{row(9, "x", "")}); err == nil {
		t.Error("a gap in the rows is accepted")
	}
	if last, err := g.Last(l.ctx); err != nil || last != 6 {
		t.Errorf("last %d, %v, want 6", last, err)
	}
	roots, below, err := g.Roots(l.ctx, 0, 2)
	l.ok(err)
	if diff := cmp.Diff([]store.StagedRow{rows[0], rows[1]}, roots); diff != "" {
		t.Errorf("roots:\n%s", diff)
	}
	if diff := cmp.Diff([]store.StagedRow{rows[2], rows[4], rows[3]}, below); diff != "" {
		t.Errorf("descendants, level by level:\n%s", diff)
	}
	roots, below, err = g.Roots(l.ctx, 2, 2)
	l.ok(err)
	if len(roots) != 1 || roots[0].ObjectID != "o3" || len(below) != 0 {
		t.Errorf("second page: %v %v", roots, below)
	}
	other := l.s.Staging(l.m, l.shops[0], relance.KindCustomers)
	if last, err := other.Last(l.ctx); err != nil || last != 0 {
		t.Errorf("another kind has %d rows, %v", last, err)
	}
	l.ok(g.Clear(l.ctx))
	if got := l.count("staged_rows"); got != 0 {
		t.Errorf("%d rows left", got)
	}
}
