package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/relance/relance"
)

// timeline reads all of a person's timeline in pages of n.
func (l *lab) timeline(p uuid.UUID, n int, shops []uuid.UUID, kinds ...relance.TimelineKind) (out []string) {
	l.Helper()
	q := relance.TimelineQuery{Paging: relance.Paging{First: n}, ProfileID: p, Kinds: kinds, ShopIDs: shops}
	for {
		page, err := l.s.Timeline(l.ctx, l.m, q)
		l.ok(err)
		for _, e := range page.Events {
			out = append(out, fmt.Sprint(e.Kind, " ", e.Title, " ", e.Detail))
		}
		if !page.Info.HasNextPage {
			return out
		}
		q.After = page.Info.End
	}
}

// A timeline tells what happened, newest first; its pages are the whole, whatever they hold, and events of
// one moment are each told once.
func TestTheTimelineTellsAllOnce(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com")))
	l.give(1, customers(withEmail("b", "a@example.com")))
	var list []relance.Order
	for i := range 40 {
		list = append(list, order(fmt.Sprint("o", i), "a", "10", func(o *relance.Order) {
			o.Number = fmt.Sprint("N", i)
			o.PlacedAt = before(1000 - i/4) // four of each moment
			if i%10 == 0 {
				at := before(900)
				o.State, o.CancelledAt = relance.OrderCancelled, &at
			}
		}))
	}
	l.give(0, orders(list...))
	l.give(1, orders(order("x", "b", "5", func(o *relance.Order) { o.Number, o.PlacedAt = "X1", before(500) })))
	p := l.id(0, "a")
	l.ok(l.s.AddLabel(l.ctx, l.m, p, "VIP", "clerk", noon))
	l.ok(l.s.AddNote(l.ctx, l.m, p, "called", "clerk", noon))
	task, err := l.s.AddTask(l.ctx, l.m, p, relance.TaskChange{Title: "call"}, "clerk", noon)
	l.ok(err)
	l.ok(l.s.SetTaskDone(l.ctx, l.m, task, true, "clerk", noon))
	l.ok(l.s.Objects(l.ctx, l.m, p, relance.ChannelEmail, false, noon))
	l.ok(l.s.Objects(l.ctx, l.m, p, relance.ChannelLetter, false, noon))
	whole := l.timeline(p, 200, nil)
	for _, n := range []int{1, 3, 7} {
		if diff := cmp.Diff(whole, l.timeline(p, n, nil)); diff != "" {
			t.Errorf("in pages of %d (-whole +got):\n%s", n, diff)
		}
	}
	count := func(part string) (n int) {
		for _, x := range whole {
			if strings.HasPrefix(x, part) {
				n++
			}
		}
		return n
	}
	for part, want := range map[string]int{"ORDER_PLACED": 41, "ORDER_CANCELLED": 4, "LABEL VIP ADDED": 1, "NOTE called": 1, "TASK_SET call": 1, "TASK_DONE call": 1, "OBJECTION EMAIL": 1, "OBJECTION LETTER": 1, "MERGED": 1} {
		if n := count(part); n != want {
			t.Errorf("%d × %s, want %d\n%s", n, part, want, strings.Join(whole, "\n"))
		}
	}
	if got := l.timeline(p, 2, nil, relance.TimelineNote, relance.TimelineTaskDone); len(got) != 2 {
		t.Errorf("of two kinds: %q", got)
	}
	own := l.timeline(p, 200, []uuid.UUID{l.shops[1]}, relance.TimelineOrder, relance.TimelineOrderCancelled)
	if diff := cmp.Diff([]string{"ORDER_PLACED X1 PAID"}, own); diff != "" {
		t.Errorf("of the second shop (-want +got):\n%s", diff)
	}
	if _, err := l.s.Timeline(l.ctx, l.m, relance.TimelineQuery{Paging: relance.Paging{First: 5, After: "x"}, ProfileID: p}); relance.CodeOf(err) != relance.CodeBadInput {
		t.Errorf("a forged cursor: %v", err)
	}
}
