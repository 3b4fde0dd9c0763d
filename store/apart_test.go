package store_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

func TestPeopleWhoAreNeverToBeOne(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	a, b, c := l.three()
	after, err := l.s.KeepApart(l.ctx, l.m, []uuid.UUID{a, b}, "tester", noon)
	l.ok(err)
	if len(after) != 2 {
		t.Fatalf("%d profiles concerned", len(after))
	}
	kept := func(id uuid.UUID) []uuid.UUID {
		p, err := l.s.Profile(l.ctx, l.m, id, relance.ProfileWant{Apart: true}, nil, noon)
		l.ok(err)
		return p.KeptApart
	}
	if !slices.Equal(kept(a), []uuid.UUID{b}) || !slices.Equal(kept(b), []uuid.UUID{a}) || len(kept(c)) > 0 {
		t.Errorf("kept apart: a from %v, b from %v, c from %v", kept(a), kept(b), kept(c))
	}
	// All three are given one address: b stays by itself.
	for _, id := range []string{"a", "b", "c"} {
		x := withEmail(id, "one@example.com")
		x.Version = at(1)
		l.give(0, customers(x))
	}
	if l.id(0, "a") == l.id(0, "b") || len(l.profiles()) != 2 {
		t.Errorf("a and b are one, or not two people are left: %v", l.profiles())
	}
	l.rebuilt()
	_, err = l.s.KeepApart(l.ctx, l.m, []uuid.UUID{a, l.id(0, "a")}, "tester", noon)
	l.code(err, relance.CodeBadInput)
	_, err = l.s.KeepApart(l.ctx, l.m, []uuid.UUID{a, uuid.New()}, "tester", noon)
	l.code(err, relance.CodeNotFound)
	after, err = l.s.AllowTogether(l.ctx, l.m, []uuid.UUID{l.id(0, "a"), l.id(0, "b")}, noon)
	l.ok(err)
	if len(after) != 1 || len(l.profiles()) != 1 {
		t.Errorf("allowed together: %v of %v", after, l.profiles())
	}
	l.rebuilt()
}
