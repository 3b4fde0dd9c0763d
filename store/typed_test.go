package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/relance/relance"
)

// typed saves details over whatever was typed before.
func (l *lab) typed(p uuid.UUID, d relance.TypedDetails, now time.Time) uuid.UUID {
	l.Helper()
	was, err := l.s.DetailsOf(l.ctx, l.m, p)
	l.ok(err)
	change, err := l.s.SaveDetails(l.ctx, l.m, p, d, was.Revision, "clerk", now)
	l.ok(err)
	return change
}

func TestTypedDetailsStandBeforeTheShopsAndSurviveThem(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com")))
	p := l.id(0, "a")
	l.typed(p, relance.TypedDetails{FirstName: "Amélie", LastName: "Fournier", Emails: []string{"b@example.com", "c@example.com"}, Phones: []string{"+33 6 12 34 56 78"},
		Addresses: []relance.Address{{ExternalID: "typed-1", Kind: relance.AddressHome, Line1: "12 rue des Lilas", PostalCode: "69003", City: "Lyon", CountryCode: "FR"}}}, noon)
	later := withEmail("a", "new@example.com")
	later.Version = at(600)
	l.give(0, customers(later))
	got := l.who(0, "a")
	if got.ID != p || got.FirstName != "Amélie" || got.LastName != "Fournier" {
		t.Errorf("after a later sync the profile %s is called %q %q", got.ID, got.FirstName, got.LastName)
	}
	var emails []string
	for _, e := range got.Emails {
		emails = append(emails, e.Value+" "+string(e.Source().Kind))
	}
	if diff := cmp.Diff([]string{"b@example.com MANUAL", "c@example.com MANUAL", "new@example.com SHOP"}, emails); diff != "" {
		t.Errorf("addresses, typed ones first (-want +got):\n%s", diff)
	}
	if len(got.Addresses) != 1 || got.Addresses[0].City != "Lyon" || len(got.Phones) != 1 {
		t.Errorf("addresses %+v, phones %+v", got.Addresses, got.Phones)
	}
	if found := l.find(relance.Filter{Search: "c@example.com"}); !slices.Contains(found, "a") {
		t.Errorf("the second typed address finds %v", found)
	}
	l.rebuilt()
	l.agree()
}

func TestATypedFirstNameKeepsTheShopsLastName(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com")))
	l.typed(l.id(0, "a"), relance.TypedDetails{FirstName: "Élodie"}, noon)
	if got := l.who(0, "a"); got.FirstName != "Élodie" || got.LastName != "Lasta" {
		t.Errorf("called %q %q", got.FirstName, got.LastName)
	}
}

func TestATypedAddressJoinsWhoeverHasIt(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com")))
	l.give(1, customers(withEmail("b", "b@example.com")))
	a, b := l.id(0, "a"), l.id(1, "b")
	change := l.typed(a, relance.TypedDetails{Emails: []string{"also@example.com", "B@example.com"}}, noon)
	if l.id(1, "b") != a {
		t.Fatalf("b is %s, not %s", l.id(1, "b"), a)
	}
	undone, err := l.s.UndoChange(l.ctx, l.m, change, "clerk", noon)
	l.ok(err)
	if undone != a || l.id(1, "b") != b || l.id(0, "a") != a {
		t.Errorf("after the undo a is %s, b is %s", l.id(0, "a"), l.id(1, "b"))
	}
	l.rebuilt()
}

func TestChangesAreNotedAndUndoneOnce(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com")))
	p := l.id(0, "a")
	first := l.typed(p, relance.TypedDetails{Company: "One"}, noon)
	second := l.typed(p, relance.TypedDetails{Company: "Two", Title: "MRS"}, noon.Add(time.Hour))
	_, err := l.s.SaveDetails(l.ctx, l.m, p, relance.TypedDetails{Company: "Three"}, 1, "other", noon)
	l.code(err, relance.CodeConflict)
	_, err = l.s.UndoChange(l.ctx, l.m, first, "clerk", noon)
	l.code(err, relance.CodeConflict) // the second was made on top of it
	for _, id := range []uuid.UUID{second, first} {
		_, err = l.s.UndoChange(l.ctx, l.m, id, "clerk", noon.Add(2*time.Hour))
		l.ok(err)
		_, err = l.s.UndoChange(l.ctx, l.m, id, "clerk", noon.Add(2*time.Hour))
		l.code(err, relance.CodeNotFound)
	}
	if got := l.who(0, "a"); got.Company != "" || got.Title != "" || got.FirstName != "Firsta" {
		t.Errorf("after both undone: %q %q %q", got.Company, got.Title, got.FirstName)
	}
	list, err := l.s.ProfileChanges(l.ctx, l.m, p, 10)
	l.ok(err)
	want := []relance.ChangedValue{{Name: "company", Before: "One", After: "Two"}, {Name: "title", After: "MRS"}}
	if len(list) != 2 || list[0].ID != second || list[0].UndoneAt == nil || list[0].Actor != "clerk" {
		t.Fatalf("changes %+v", list)
	}
	if diff := cmp.Diff(want, list[0].Values); diff != "" {
		t.Errorf("what changed (-want +got):\n%s", diff)
	}
}

func TestTypedDetailsFollowMergesAndComeBack(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com"), withEmail("b", "b@example.com")))
	a, b := l.id(0, "a"), l.id(0, "b")
	l.typed(a, relance.TypedDetails{Company: "A"}, noon)
	l.typed(b, relance.TypedDetails{Company: "B"}, noon.Add(time.Hour))
	merge := l.merge(a, b)
	if got := l.who(0, "a"); got.Company != "B" {
		t.Errorf("merged, what was typed last does not show: %q", got.Company)
	}
	_, err := l.s.Unmerge(l.ctx, l.m, merge, "clerk", noon.Add(2*time.Hour))
	l.ok(err)
	if one, two := l.who(0, "a"), l.who(0, "b"); one.ID != a || two.ID != b || one.Company != "A" || two.Company != "B" {
		t.Errorf("unmerged: %s %q, %s %q", one.ID, one.Company, two.ID, two.Company)
	}
	l.rebuilt()
}

func TestANewPersonIsWhoeverIsKnownAlready(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com")))
	known, err := l.s.AddPerson(l.ctx, l.m, nil, relance.TypedDetails{FirstName: "Anna", LastName: "Martin", Emails: []string{"A@example.com"}}, "clerk", noon)
	l.ok(err)
	if known != l.id(0, "a") {
		t.Errorf("the new person is %s, a is %s", known, l.id(0, "a"))
	}
	shop := l.shops[1]
	fresh, err := l.s.AddPerson(l.ctx, l.m, &shop, relance.TypedDetails{FirstName: "Ben", LastName: "Roth"}, "clerk", noon)
	l.ok(err)
	for i, want := range []bool{false, true} {
		list, err := l.s.ProfilesByID(l.ctx, l.m, []uuid.UUID{fresh}, relance.ProfileWant{}, l.shops[i:i+1], noon)
		l.ok(err)
		if (len(list) == 1) != want {
			t.Errorf("shop %d sees the new person: %v", i, len(list) == 1)
		}
	}
}

func TestLettersGoToTheTypedAddress(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(customer("a", func(c *relance.Customer) {
		c.Addresses = []relance.Address{{ExternalID: "1", Kind: relance.AddressBilling, Line1: "1 rue Vieille", PostalCode: "69001", City: "Lyon", CountryCode: "FR"}}
	})))
	p := l.id(0, "a")
	writes := func() []string {
		f, err := l.s.FactsOf(l.ctx, l.m, p)
		l.ok(err)
		var out []string
		for _, r := range f.Records {
			if a := r.Address; a != nil && r.Kind != relance.IdentityManual {
				out = append(out, a.FirstName+" "+a.LastName+", "+a.Line1+", "+a.PostalCode)
			}
		}
		return out
	}
	if got := writes(); !slices.Equal(got, []string{"Firsta Lasta, 1 rue Vieille, 69001"}) {
		t.Errorf("before: %q", got)
	}
	change := l.typed(p, relance.TypedDetails{Addresses: []relance.Address{{ExternalID: "typed-1", Kind: relance.AddressHome, Line1: "9 rue Neuve", PostalCode: "69009", City: "Lyon", CountryCode: "FR"}}}, noon)
	if got := writes(); !slices.Equal(got, []string{"Firsta Lasta, 9 rue Neuve, 69009"}) {
		t.Errorf("typed: %q", got)
	}
	_, err := l.s.UndoChange(l.ctx, l.m, change, "clerk", noon)
	l.ok(err)
	if got := writes(); !slices.Equal(got, []string{"Firsta Lasta, 1 rue Vieille, 69001"}) {
		t.Errorf("taken back: %q", got)
	}
}
