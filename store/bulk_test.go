package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// bulk puts a run over people in line and takes it up.
func (l *lab) bulk(act relance.BulkAct, people relance.BulkPeople, scope []uuid.UUID) relance.Claim {
	l.Helper()
	total := int64(len(people.IDs))
	id, fresh, err := l.s.StartBulk(l.ctx, l.m, uuid.New(), relance.BulkRun{Act: act, People: people, Scope: scope, Author: "clerk", Total: total}, noon)
	l.ok(err)
	if !fresh {
		l.Fatalf("a run with a fresh key is there already")
	}
	t := relance.Claim{MerchantID: l.m, ID: id}
	t.Claims, err = l.s.ClaimBulk(l.ctx, t, noon)
	l.ok(err)
	return t
}

func (l *lab) bulkRun(t relance.Claim) relance.BulkRun {
	l.Helper()
	b, err := l.s.BulkRun(l.ctx, l.m, t.ID, nil)
	l.ok(err)
	return b
}

// labelled gives who of the shop's records has labels.
func (l *lab) labelled(ids ...string) (out []string) {
	l.Helper()
	for _, id := range ids {
		for _, label := range l.who(0, id).Labels {
			out = append(out, id+" "+label.Name)
		}
	}
	return out
}

// A page counts once, whoever repeats it, and a worker that lost the run writes nothing.
func TestAPageOfABulkRunIsDoneOnce(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com"), withEmail("b", "b@example.com"), withEmail("c", "c@example.com")))
	a, b, c := l.id(0, "a"), l.id(0, "b"), l.id(0, "c")
	l.ok(l.s.AddLabel(l.ctx, l.m, b, "VIP", "clerk", noon))
	task := l.bulk(relance.BulkAct{Kind: relance.BulkAddLabel, Label: "vip"}, relance.BulkPeople{Filter: &relance.Filter{}}, nil)
	page := store.BulkPage{To: "one", Profiles: []uuid.UUID{a, b}}
	l.ok(l.s.ApplyBulkPage(l.ctx, task, page, noon))
	l.code(l.s.ApplyBulkPage(l.ctx, task, page, noon), relance.CodeNotFound)
	lost := task
	var err error
	task.Claims, err = l.s.ClaimBulk(l.ctx, task, noon) // its worker fell silent
	l.ok(err)
	l.code(l.s.ApplyBulkPage(l.ctx, lost, store.BulkPage{From: "one", Profiles: []uuid.UUID{c}, Last: true}, noon), relance.CodeNotFound)
	if got := l.bulkRun(task); got.State != relance.BulkRunning || got.Changed != 1 || got.Unchanged != 1 || got.Cursor != "one" {
		t.Errorf("after the first page: %+v", got)
	}
	l.ok(l.s.ApplyBulkPage(l.ctx, task, store.BulkPage{From: "one", Profiles: []uuid.UUID{c, uuid.New()}, Last: true}, noon))
	if got := l.bulkRun(task); got.State != relance.BulkDone || got.Changed != 2 || got.Unchanged != 1 || got.Failed != 1 {
		t.Errorf("at the end: %+v", got)
	}
	want(t, "labelled", l.labelled("a", "b", "c"), "a VIP", "b VIP", "c VIP")
	if n := len(l.rows(`SELECT 1 FROM audit WHERE action = 'change_many'`)); n != 1 {
		t.Errorf("the audit trail has it %d times", n)
	}
}

// Taking a run back restores what it changed, and leaves what was changed since.
func TestABulkRunIsTakenBack(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com"), withEmail("b", "b@example.com"), withEmail("c", "c@example.com")))
	ids := []uuid.UUID{l.id(0, "a"), l.id(0, "b"), l.id(0, "c")}
	vip, trade, other := l.group("VIP"), l.group("Wholesale"), l.group("Other")
	_, err := l.s.SetGroup(l.ctx, l.m, ids[0], &vip, "clerk", noon)
	l.ok(err)
	task := l.bulk(relance.BulkAct{Kind: relance.BulkSetGroup, GroupID: &trade}, relance.BulkPeople{IDs: ids}, nil)
	l.ok(l.s.ApplyBulkPage(l.ctx, task, store.BulkPage{Profiles: ids, Last: true}, noon))
	want(t, "put into", []string{l.inGroup("a"), l.inGroup("b"), l.inGroup("c")}, "Wholesale", "Wholesale", "Wholesale")
	_, err = l.s.SetGroup(l.ctx, l.m, ids[2], &other, "clerk", noon.Add(time.Hour))
	l.ok(err)
	_, err = l.s.UndoBulk(l.ctx, l.m, task.ID, "owner", noon.Add(31*24*time.Hour))
	l.code(err, relance.CodeConflict) // too late
	undo, err := l.s.UndoBulk(l.ctx, l.m, task.ID, "owner", noon.Add(2*time.Hour))
	l.ok(err)
	undo.Claims, err = l.s.ClaimBulk(l.ctx, undo, noon)
	l.ok(err)
	for done := false; !done; { // one at a time, as if killed between pages
		done, err = l.s.UndoBulkPage(l.ctx, undo, 1, noon.Add(3*time.Hour))
		l.ok(err)
	}
	want(t, "taken back", []string{l.inGroup("a"), l.inGroup("b"), l.inGroup("c")}, "VIP", "", "Other")
	if got := l.bulkRun(task); got.State != relance.BulkUndone || got.Undone != 2 || got.Kept != 1 || got.UndoneBy != "owner" {
		t.Errorf("taken back: %+v", got)
	}
	_, err = l.s.UndoBulk(l.ctx, l.m, task.ID, "owner", noon)
	l.code(err, relance.CodeConflict)
}

func TestTasksAboutManyAreSetOnceEachAndTakenBackUnlessDone(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com"), withEmail("b", "b@example.com")))
	ids := []uuid.UUID{l.id(0, "a"), l.id(0, "b")}
	task := l.bulk(relance.BulkAct{Kind: relance.BulkAddTask, Task: &relance.TaskChange{Title: "Call"}}, relance.BulkPeople{IDs: ids}, nil)
	l.ok(l.s.ApplyBulkPage(l.ctx, task, store.BulkPage{Profiles: append(ids, ids[0]), Last: true}, noon))
	page, err := l.s.Tasks(l.ctx, l.m, relance.TaskQuery{Paging: relance.Paging{First: 10}})
	l.ok(err)
	if len(page.Tasks) != 2 {
		t.Fatalf("%d tasks", len(page.Tasks))
	}
	l.ok(l.s.SetTaskDone(l.ctx, l.m, page.Tasks[0].ID, true, "clerk", noon))
	undo, err := l.s.UndoBulk(l.ctx, l.m, task.ID, "owner", noon)
	l.ok(err)
	undo.Claims, err = l.s.ClaimBulk(l.ctx, undo, noon)
	l.ok(err)
	_, err = l.s.UndoBulkPage(l.ctx, undo, 100, noon)
	l.ok(err)
	if got := l.bulkRun(task); got.Undone != 1 || got.Kept != 1 {
		t.Errorf("taken back: %+v", got)
	}
}

// What was reached before a run is stopped or breaks off stays counted, and can be taken back.
func TestABulkRunThatEndsEarlyCanBeTakenBack(t *testing.T) {
	t.Parallel()
	for _, how := range []relance.BulkState{relance.BulkCancelled, relance.BulkFailed} {
		l := newLab(t)
		l.give(0, customers(withEmail("a", "a@example.com"), withEmail("b", "b@example.com")))
		task := l.bulk(relance.BulkAct{Kind: relance.BulkAddLabel, Label: "x"}, relance.BulkPeople{Filter: &relance.Filter{}}, nil)
		l.ok(l.s.ApplyBulkPage(l.ctx, task, store.BulkPage{To: "one", Profiles: []uuid.UUID{l.id(0, "a")}}, noon))
		if how == relance.BulkCancelled {
			l.ok(l.s.CancelBulk(l.ctx, l.m, task.ID, noon))
			l.code(l.s.CancelBulk(l.ctx, l.m, task.ID, noon), relance.CodeConflict)
		} else {
			l.ok(l.s.FailBulk(l.ctx, task, relance.Say("BULK_FAILED"), 1, noon))
		}
		l.code(l.s.ApplyBulkPage(l.ctx, task, store.BulkPage{From: "one", Profiles: []uuid.UUID{l.id(0, "b")}, Last: true}, noon), relance.CodeNotFound)
		if got := l.bulkRun(task); got.State != how || got.Changed != 1 || got.UndoUntil() == nil {
			t.Errorf("%s: %+v", how, got)
		}
		undo, err := l.s.UndoBulk(l.ctx, l.m, task.ID, "owner", noon)
		l.ok(err)
		undo.Claims, err = l.s.ClaimBulk(l.ctx, undo, noon)
		l.ok(err)
		_, err = l.s.UndoBulkPage(l.ctx, undo, 100, noon)
		l.ok(err)
		want(t, fmt.Sprint(how), l.labelled("a", "b"))
	}
}
