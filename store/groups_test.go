package store_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// group makes a group.
func (l *lab) group(name string) uuid.UUID {
	l.Helper()
	id, err := l.s.SaveGroup(l.ctx, l.m, relance.CustomerGroup{Name: name}, noon)
	l.ok(err)
	return id
}

// inGroup is the name of the group that a record's profile is in.
func (l *lab) inGroup(external string) string {
	l.Helper()
	list, err := l.s.ProfilesByID(l.ctx, l.m, []uuid.UUID{l.id(0, external)}, relance.ProfileWant{Group: true}, nil, noon)
	l.ok(err)
	if list[0].Group == nil {
		return ""
	}
	return list[0].Group.Name
}

func TestAProfileIsInOneGroupAtATime(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com"), withEmail("b", "b@example.com")))
	vip, trade := l.group("VIP"), l.group("Wholesale")
	a, b := l.id(0, "a"), l.id(0, "b")
	_, err := l.s.SetGroup(l.ctx, l.m, a, &vip, "clerk", noon)
	l.ok(err)
	change, err := l.s.SetGroup(l.ctx, l.m, a, &trade, "clerk", noon.Add(time.Hour))
	l.ok(err)
	if got := l.inGroup("a"); got != "Wholesale" {
		t.Errorf("moved on to %q", got)
	}
	l.code(l.s.RemoveGroup(l.ctx, l.m, trade), relance.CodeConflict)
	_, err = l.s.UndoChange(l.ctx, l.m, change, "clerk", noon.Add(2*time.Hour))
	l.ok(err)
	if got := l.inGroup("a"); got != "VIP" {
		t.Errorf("taken back to %q", got)
	}
	// Who joins later takes the group chosen last; unmerged, each has their own again.
	_, err = l.s.SetGroup(l.ctx, l.m, b, &trade, "clerk", noon.Add(3*time.Hour))
	l.ok(err)
	merge := l.merge(a, b)
	if got := l.inGroup("a"); got != "Wholesale" {
		t.Errorf("merged into %q", got)
	}
	_, err = l.s.Unmerge(l.ctx, l.m, merge, "clerk", noon.Add(4*time.Hour))
	l.ok(err)
	if one, two := l.inGroup("a"), l.inGroup("b"); one != "VIP" || two != "Wholesale" {
		t.Errorf("unmerged: %q, %q", one, two)
	}
	if theirs, err := l.s.Groups(l.ctx, l.m, l.shops[1:]); err != nil || theirs[0].Members != 0 {
		t.Errorf("a shop that knows nobody of them counts %+v, %v", theirs, err)
	}
	groups, err := l.s.Groups(l.ctx, l.m, nil)
	l.ok(err)
	if len(groups) != 2 || groups[0].Members != 1 || groups[1].Members != 1 {
		t.Errorf("groups %+v", groups)
	}
	_, err = l.s.SaveGroup(l.ctx, l.m, relance.CustomerGroup{Name: "vip"}, noon)
	l.code(err, relance.CodeBadInput)
}

func TestSalesOfAGroupAreThoseOfItsPeople(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com"), withEmail("b", "b@example.com")))
	l.give(0, orders(order("1", "a", "10", nil), order("2", "a", "5.5", nil), order("3", "b", "100", nil),
		order("4", "a", "7", func(o *relance.Order) { o.PlacedAt = noon.AddDate(-2, 0, 0) }),
		order("5", "a", "9", func(o *relance.Order) { o.State = relance.OrderCancelled })))
	vip, a := l.group("VIP"), l.id(0, "a")
	_, err := l.s.SetGroup(l.ctx, l.m, a, &vip, "clerk", noon)
	l.ok(err)
	got, err := l.s.GroupSales(l.ctx, l.m, vip, noon.AddDate(-1, 0, 0), noon, nil)
	l.ok(err)
	if len(got) != 1 || got[0].Orders != 2 || got[0].Buyers != 1 || !got[0].Spent.Equal(dec("15.5")) {
		t.Errorf("sales %+v", got)
	}
	if got, err := l.s.GroupSales(l.ctx, l.m, vip, noon.AddDate(-1, 0, 0), noon, l.shops[1:]); err != nil || len(got) != 0 {
		t.Errorf("in a shop that sold nothing: %+v, %v", got, err)
	}
}

func TestLabelsAreChangesThatCanBeTakenBack(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com")))
	p := l.id(0, "a")
	for range 2 { // the second changes nothing
		l.ok(l.s.AddLabel(l.ctx, l.m, p, "VIP", "clerk", noon))
	}
	list, err := l.s.ProfileChanges(l.ctx, l.m, p, 10)
	l.ok(err)
	if len(list) != 1 || list[0].Values[0] != (relance.ChangedValue{Name: "label", After: "VIP"}) {
		t.Fatalf("changes %+v", list)
	}
	_, err = l.s.UndoChange(l.ctx, l.m, list[0].ID, "clerk", noon)
	l.ok(err)
	if got := l.who(0, "a").Labels; len(got) != 0 {
		t.Errorf("still labelled %v", got)
	}
}

func TestTasksComeInTheOrderInWhichTheyAreDue(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com")))
	l.give(1, customers(withEmail("b", "b@example.com")))
	a, b := l.id(0, "a"), l.id(1, "b")
	me, err := l.s.AddUser(l.ctx, l.m, relance.User{Email: "me@example.com", Role: relance.RoleClerk}, noon)
	l.ok(err)
	add := func(p uuid.UUID, title string, days int, who *uuid.UUID) uuid.UUID {
		var due *time.Time
		if days != 0 {
			d := noon.Truncate(24*time.Hour).AddDate(0, 0, days)
			due = &d
		}
		id, err := l.s.AddTask(l.ctx, l.m, p, relance.TaskChange{Title: title, DueOn: due, AssigneeID: who}, "clerk", noon)
		l.ok(err)
		return id
	}
	add(a, "some day", 0, nil)
	add(b, "next week", 7, &me)
	late := add(a, "late", -1, nil)
	other := uuid.New()
	_, err = l.s.AddTask(l.ctx, l.m, a, relance.TaskChange{Title: "for nobody there", AssigneeID: &other}, "clerk", noon)
	l.code(err, relance.CodeBadInput)
	titles := func(q relance.TaskQuery) (out []string) {
		if q.First == 0 {
			q.First = 10
		}
		page, err := l.s.Tasks(l.ctx, l.m, q)
		l.ok(err)
		for _, x := range page.Tasks {
			out = append(out, x.Title)
		}
		return out
	}
	want(t, "all", titles(relance.TaskQuery{}), "late", "next week", "some day")
	first, err := l.s.Tasks(l.ctx, l.m, relance.TaskQuery{Paging: relance.Paging{First: 2, Total: true}})
	l.ok(err)
	if *first.Total != 3 || !first.Info.HasNextPage {
		t.Errorf("first page of %d, more: %v", *first.Total, first.Info.HasNextPage)
	}
	want(t, "the second page", titles(relance.TaskQuery{Paging: relance.Paging{First: 2, After: first.Info.End}}), "some day")
	want(t, "in shop 1", titles(relance.TaskQuery{Scope: l.shops[1:]}), "next week")
	soon := noon.AddDate(0, 0, 1)
	want(t, "due by tomorrow", titles(relance.TaskQuery{DueBefore: &soon}), "late")
	l.ok(l.s.SetTaskDone(l.ctx, l.m, late, true, "clerk", noon))
	want(t, "done", titles(relance.TaskQuery{Done: true}), "late")
	merge := l.merge(b, a)
	want(t, "of the merged", titles(relance.TaskQuery{ProfileID: &a}), "next week", "some day")
	_, err = l.s.Unmerge(l.ctx, l.m, merge, "clerk", noon)
	l.ok(err)
	want(t, "of b again", titles(relance.TaskQuery{ProfileID: &b}), "next week")
}

func want(t *testing.T, what string, got []string, list ...string) {
	t.Helper()
	if len(got) != len(list) {
		t.Errorf("%s: %q, want %q", what, got, list)
		return
	}
	for i := range got {
		if got[i] != list[i] {
			t.Errorf("%s: %q, want %q", what, got, list)
			return
		}
	}
}

// Judging everybody in full looks at whoever is a candidate only.
func TestWhomGroupsAndMembershipsConcernIsLookedAt(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com"), withEmail("b", "b@example.com"), withEmail("c", "c@example.com")))
	a, b := l.id(0, "a"), l.id(0, "b")
	vip := l.group("VIP")
	_, err := l.s.SetGroup(l.ctx, l.m, a, &vip, "clerk", noon)
	l.ok(err)
	club, err := l.s.SaveMembershipType(l.ctx, l.m, relance.MembershipType{Name: "Club", Currency: "EUR", Period: relance.PaidYearly}, noon)
	l.ok(err)
	ends := theDay("2026-07-01")
	_, err = l.s.Enrol(l.ctx, l.m, b, relance.Enrolling{TypeID: club, Since: theDay("2026-01-01"), EndsOn: &ends}, theDay("2026-06-15"), noon)
	l.ok(err)
	for kind, who := range map[relance.TriggerKind]uuid.UUID{relance.TriggerGroupJoined: a, relance.TriggerMembershipEnding: b} {
		id, err := l.s.AddCampaign(l.ctx, l.m, string(kind), relance.Plan{Trigger: relance.Trigger{Kind: kind, Days: 20}, Steps: []relance.CampaignStep{tea("one", 0)}}, "clerk", noon)
		l.ok(err)
		var seen []uuid.UUID
		l.ok(l.s.EachSituation(l.ctx, l.m, id, noon, func(_ *relance.Campaign, f *relance.Facts) {
			if seen = append(seen, f.ProfileID); kind == relance.TriggerGroupJoined && (f.GroupID == nil || *f.GroupID != vip || !f.GroupSince.Equal(noon)) {
				t.Errorf("group %v since %v", f.GroupID, f.GroupSince)
			}
			if kind == relance.TriggerMembershipEnding && (len(f.Ending) != 1 || !f.Ending[0].EndsOn.Equal(ends)) {
				t.Errorf("ending %+v", f.Ending)
			}
		}))
		if len(seen) != 1 || seen[0] != who {
			t.Errorf("%s looks at %v, want %s", kind, seen, who)
		}
	}
}
