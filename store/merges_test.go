package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/relance/relance"
	"github.com/relance/relance/identity"
	"github.com/relance/relance/store"
)

// shown is a profile with its id, for states that must come back to the letter.
type shown struct {
	ID           uuid.UUID
	View         view
	AdminChanged time.Time
}

func (l *lab) shown() map[string]shown {
	l.Helper()
	out := map[string]shown{}
	for _, p := range l.profiles() {
		out[p.ID.String()] = shown{p.ID, viewOf(p), p.AdminChanged}
	}
	return out
}

func (l *lab) merge(into, from uuid.UUID) uuid.UUID {
	l.Helper()
	id, survivor, err := l.s.Merge(l.ctx, l.m, into, []uuid.UUID{from}, "tester", noon)
	l.ok(err)
	if survivor != into {
		l.Errorf("%s survives, want the chosen %s", survivor, into)
	}
	return id
}

// three makes three people, each with order, cart, label, note and membership.
func (l *lab) three() (a, b, c uuid.UUID) {
	l.Helper()
	for i, id := range []string{"a", "b", "c"} {
		rows := customers(withEmail(id, id+"@example.com"))
		rows.Orders = append(rows.Orders, order(id, id, fmt.Sprint(10*(i+1)), func(o *relance.Order) {
			o.Refunds = []relance.Refund{{ExternalID: "r", Document: "R", At: noon, Amount: dec("1.5"), Lines: []relance.RefundLine{{OrderLineID: "1", Quantity: 1}}}}
		}))
		rows.Carts = append(rows.Carts, relance.Cart{ExternalID: id, CustomerID: id, Currency: "EUR", Value: dec("5"), ValueKnown: true, StartedAt: noon.Add(-3 * time.Hour), UpdatedAt: noon.Add(-2 * time.Hour), Version: at(0)})
		l.give(0, rows)
		p := l.id(0, id)
		l.ok(l.s.AddLabel(l.ctx, l.m, p, "label "+id, "clerk", noon))
		l.ok(l.s.AddLabel(l.ctx, l.m, p, "everybody", "clerk", noon))
		l.ok(l.s.AddNote(l.ctx, l.m, p, "note "+id, "tester", noon))
	}
	return l.id(0, "a"), l.id(0, "b"), l.id(0, "c")
}

func TestMergeAndUnmerge(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	a, b, _ := l.three()
	before := l.shown()
	m := l.merge(b, a) // into the younger one: the person chooses
	got := l.who(0, "a")
	if got.ID != b || got.OrderCount != 2 || got.Spent.Amount.String() != "27" || got.Returned.Amount.String() != "3" || len(got.Labels) != 3 || len(got.Notes) != 2 || len(got.Carts[""].Carts) != 2 {
		t.Errorf("merged: %+v", viewOf(got))
	}
	old, err := l.s.Profile(l.ctx, l.m, a, everything(), nil, noon)
	l.ok(err)
	if old.ID != b {
		t.Errorf("the old id answers with %s, want the survivor %s", old.ID, b)
	}
	l.rebuilt()
	ids, err := l.s.Unmerge(l.ctx, l.m, m, "tester", noon)
	l.ok(err)
	if len(ids) != 2 {
		t.Errorf("unmerge concerns %d profiles, want 2", len(ids))
	}
	if diff := cmp.Diff(before, l.shown()); diff != "" {
		t.Errorf("unmerging does not restore (-before +after):\n%s", diff)
	}
	l.rebuilt()
	_, err = l.s.Unmerge(l.ctx, l.m, m, "tester", noon)
	l.code(err, relance.CodeNotFound)
}

func TestNestedMergesInEitherOrder(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	for _, innerFirst := range []bool{true, false} {
		t.Run(fmt.Sprint("undo inner first ", innerFirst), func(t *testing.T) {
			t.Parallel()
			l := base.tenant(t)
			a, b, c := l.three()
			before := l.shown()
			inner := l.merge(a, b)
			middle := l.shown()
			outer := l.merge(c, a)
			if len(l.shown()) != 1 {
				t.Fatal("three merged people are not one")
			}
			order := []uuid.UUID{outer, inner}
			if innerFirst {
				order = []uuid.UUID{inner, outer}
			}
			_, err := l.s.Unmerge(l.ctx, l.m, order[0], "tester", noon)
			l.ok(err)
			if got := l.shown(); !innerFirst {
				if diff := cmp.Diff(middle, got); diff != "" {
					t.Errorf("after undoing the outer merge (-want +got):\n%s", diff)
				}
			} else if l.id(0, "b") != b || l.id(0, "a") != c {
				t.Errorf("after undoing the inner merge b is %s, a is %s; want them at home %s and with c %s", l.id(0, "b"), l.id(0, "a"), b, c)
			}
			_, err = l.s.Unmerge(l.ctx, l.m, order[1], "tester", noon)
			l.ok(err)
			if diff := cmp.Diff(before, l.shown()); diff != "" {
				t.Errorf("after undoing both (-before +after):\n%s", diff)
			}
			l.rebuilt()
		})
	}
}

func TestMergeOfPeopleWhoWereKeptApart(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "x@example.com"), withEmail("b", "x@example.com")))
	open, err := l.s.Merges(l.ctx, l.m, l.id(0, "a"))
	l.ok(err)
	if len(open) != 1 || open[0].ByHand() || open[0].MatchedBy != "EMAIL" {
		t.Fatalf("matching's own entry: %+v", open)
	}
	_, err = l.s.Unmerge(l.ctx, l.m, open[0].ID, "tester", noon)
	l.ok(err)
	before := l.shown()
	if len(before) != 2 {
		t.Fatal("unmerging what matching joined leaves them together")
	}
	// Told anew, they stay apart.
	a := withEmail("a", "x@example.com")
	a.Version, a.Phone = at(1), "+33612345678"
	l.give(0, customers(a))
	if len(l.shown()) != 2 {
		t.Fatal("a later change joins whom somebody separated")
	}
	before = l.shown()
	m := l.merge(l.id(0, "a"), l.id(0, "b"))
	if len(l.shown()) != 1 {
		t.Fatal("a person's decision does not join whom somebody separated before")
	}
	_, err = l.s.Unmerge(l.ctx, l.m, m, "tester", noon)
	l.ok(err)
	if diff := cmp.Diff(before, l.shown()); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	l.rebuilt()
}

func TestMergeRefuses(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	a, b, _ := l.three()
	_, _, err := l.s.Merge(l.ctx, l.m, a, []uuid.UUID{a}, "tester", noon)
	l.code(err, relance.CodeBadInput)
	_, _, err = l.s.Merge(l.ctx, l.m, a, []uuid.UUID{uuid.New()}, "tester", noon)
	l.code(err, relance.CodeNotFound)
	_, _, err = l.s.Merge(l.ctx, l.m, uuid.New(), []uuid.UUID{a}, "tester", noon)
	l.code(err, relance.CodeNotFound)
	l.merge(a, b)
	_, _, err = l.s.Merge(l.ctx, l.m, a, []uuid.UUID{b}, "tester", noon) // one already
	l.code(err, relance.CodeBadInput)
	_, err = l.s.Unmerge(l.ctx, l.m, uuid.New(), "tester", noon)
	l.code(err, relance.CodeNotFound)
}

// Any merges by hand on top of any matching, undone in any order, leave no trace.
func TestUndoingMergesRestoresEveryProfile(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	rapid.Check(t, func(t *rapid.T) {
		l := base.tenant(t)
		for _, a := range drawArrivals(t) {
			l.put(a.shop, a.rows)
		}
		l.derive()
		list := l.profiles()
		if len(list) < 2 {
			return
		}
		for _, p := range list {
			if rapid.Bool().Draw(t, "labelled") {
				l.ok(l.s.AddLabel(l.ctx, l.m, p.ID, rapid.SampledFrom([]string{"VIP", "Press"}).Draw(t, "label"), "clerk", noon))
				l.ok(l.s.AddNote(l.ctx, l.m, p.ID, "note", "tester", noon))
			}
		}
		before := l.shown()
		var merges []uuid.UUID
		for range rapid.IntRange(1, 3).Draw(t, "merges") {
			now := l.profiles()
			if len(now) < 2 {
				break
			}
			i, j := rapid.IntRange(0, len(now)-1).Draw(t, "into"), rapid.IntRange(0, len(now)-1).Draw(t, "from")
			if i != j {
				merges = append(merges, l.merge(now[i].ID, now[j].ID))
			}
		}
		l.rebuilt()
		for _, m := range rapid.Permutation(merges).Draw(t, "undo") {
			_, err := l.s.Unmerge(l.ctx, l.m, m, "tester", noon)
			l.ok(err)
		}
		if diff := cmp.Diff(before, l.shown()); diff != "" {
			t.Fatalf("%d merges undone leave a trace (-before +after):\n%s", len(merges), diff)
		}
		l.rebuilt()
	})
}

// A merge lifts every earlier decision that would keep the two apart, not only the one
// between the records that it links.
func TestAMergeTakesEverybodyAlong(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	phone := func(id, email string) relance.Customer {
		return customer(id, func(c *relance.Customer) {
			c.Email, c.Phone, c.FirstName, c.LastName = email, "+33612345678", "Anna", "Martin"
		})
	}
	l.give(0, customers(phone("c", "c@example.com"))) // the oldest of its profile
	l.give(0, customers(phone("b", "x@example.com")))
	l.give(0, customers(withEmail("a", "x@example.com")))
	if got := len(l.profiles()); got != 1 {
		t.Fatalf("%d profiles, want 1", got)
	}
	open, err := l.s.Merges(l.ctx, l.m, l.id(0, "a"))
	l.ok(err)
	for _, e := range open {
		if e.MatchedBy == "EMAIL" { // what joined a
			_, err := l.s.Unmerge(l.ctx, l.m, e.ID, "tester", noon)
			l.ok(err)
		}
	}
	if l.id(0, "a") == l.id(0, "b") || l.id(0, "b") != l.id(0, "c") {
		t.Fatalf("groups %v, want a alone", l.groups())
	}
	l.merge(l.id(0, "c"), l.id(0, "a"))
	if got := len(l.profiles()); got != 1 {
		t.Errorf("after the merge %d profiles: %v", got, l.groups())
	}
	l.rebuilt()
}

// Two halves of a crowd, each held together by its e-mail address.
func TestAMergeBeyondTheLimitIsRefused(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	const half = identity.MaxIdentities / 2
	for what, c := range map[string]struct {
		one, other int
		code       relance.Code
	}{
		"as many as may be": {half, identity.MaxIdentities - half, ""},
		"one too many":      {half + 1, identity.MaxIdentities - half, relance.CodeConflict},
		"far too many":      {identity.MaxIdentities, identity.MaxIdentities, relance.CodeConflict},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			l := base.tenant(t)
			var rows store.PageRows
			for i := range c.one {
				rows.Customers = append(rows.Customers, customer(fmt.Sprint("a", i), func(r *relance.Customer) { r.FirstName, r.LastName, r.Email = "Anna", "Martin", "a@example.com" }))
			}
			for i := range c.other {
				rows.Customers = append(rows.Customers, customer(fmt.Sprint("b", i), func(r *relance.Customer) { r.FirstName, r.LastName, r.Email = "Anna", "Martin", "b@example.com" }))
			}
			l.give(0, rows)
			before := l.shown()
			a, b := l.id(0, "a0"), l.id(0, "b0")
			_, _, err := l.s.Merge(l.ctx, l.m, a, []uuid.UUID{b}, "tester", noon)
			l.code(err, c.code)
			if c.code == "" {
				if got := l.who(0, "b0"); got.ID != a || len(got.Records) != identity.MaxIdentities {
					t.Errorf("merged, and %d records are together", len(got.Records))
				}
				return
			}
			if !strings.Contains(err.Error(), fmt.Sprint(identity.MaxIdentities)) {
				t.Errorf("the error does not name the limit: %v", err)
			}
			if diff := cmp.Diff(before, l.shown()); diff != "" {
				t.Errorf("a refused merge changed something (-before +after):\n%s", diff)
			}
			if n := len(l.rows(`SELECT 1 FROM merges WHERE merchant_id = $1 AND kind = 'HAND' UNION ALL SELECT 1 FROM decisions WHERE merchant_id = $1`, l.m)); n != 0 {
				t.Errorf("a refused merge left %d entries", n)
			}
		})
	}
}
