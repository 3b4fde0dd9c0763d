package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/relance/relance"
)

func theDay(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// told is a profile's memberships with what was asked for them.
func (l *lab) told(p uuid.UUID) (out []string) {
	l.Helper()
	got, err := l.s.Profile(l.ctx, l.m, p, relance.ProfileWant{Members: true}, nil, noon)
	l.ok(err)
	for _, x := range got.Members {
		s := fmt.Sprint(x.Type, " ", x.Status)
		for _, y := range x.Payments {
			s += " " + y.DueOn.Format("01-02")
			if y.PaidOn != nil {
				s += "+"
			}
		}
		out = append(out, s)
	}
	return out
}

func TestAMembershipLivesThroughItsDays(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com")))
	p := l.id(0, "a")
	club, err := l.s.SaveMembershipType(l.ctx, l.m, relance.MembershipType{Name: "Club", Price: dec("5"), Currency: "EUR", Period: relance.PaidMonthly}, noon)
	l.ok(err)
	// It began long ago: what is over is not asked.
	id, err := l.s.Enrol(l.ctx, l.m, p, relance.Enrolling{TypeID: club, Since: theDay("2026-01-10")}, theDay("2026-06-15"), noon)
	l.ok(err)
	says := func(what string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, l.told(p)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	says("enrolled", "Club ACTIVE 06-10")
	l.ok(l.s.SetPaid(l.ctx, l.m, id, theDay("2026-06-10"), &noon, "clerk", noon))
	for range 2 {
		l.ok(l.s.MoveMemberships(l.ctx, l.m, theDay("2026-08-10"), noon))
	}
	says("two months later, looked at twice", "Club ACTIVE 08-10 07-10 06-10+")
	back := theDay("2026-11-10")
	l.ok(l.s.MoveMembership(l.ctx, l.m, id, relance.MembershipPaused, &back, theDay("2026-08-20"), noon))
	l.code(l.s.MoveMembership(l.ctx, l.m, id, relance.MembershipPaused, nil, theDay("2026-08-20"), noon), relance.CodeConflict)
	l.ok(l.s.MoveMemberships(l.ctx, l.m, theDay("2026-11-09"), noon))
	says("at rest", "Club PAUSED 08-10 07-10 06-10+")
	l.ok(l.s.MoveMemberships(l.ctx, l.m, theDay("2026-11-12"), noon))
	says("resumed by itself", "Club ACTIVE 11-10 08-10 07-10 06-10+")
	end := theDay("2026-12-10")
	l.ok(l.s.MoveMembership(l.ctx, l.m, id, relance.MembershipEnded, &end, theDay("2026-11-20"), noon))
	says("its end is set", "Club ACTIVE 11-10 08-10 07-10 06-10+")
	l.ok(l.s.MoveMemberships(l.ctx, l.m, theDay("2027-02-01"), noon))
	says("over, and nothing asked from its end on", "Club ENDED 11-10 08-10 07-10 06-10+")
	l.ok(l.s.MoveMembership(l.ctx, l.m, id, relance.MembershipActive, nil, theDay("2027-02-01"), noon))
	says("taken up again", "Club ACTIVE 11-10 08-10 07-10 06-10+")
}

func TestARetiredTypeTakesNobody(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com")))
	p := l.id(0, "a")
	save := func(price string) (uuid.UUID, error) {
		return l.s.SaveMembershipType(l.ctx, l.m, relance.MembershipType{Name: "Box", Price: dec(price), Currency: "EUR", Period: relance.PaidOnce}, noon)
	}
	box, err := save("20")
	l.ok(err)
	_, err = save("30")
	l.code(err, relance.CodeBadInput)
	_, err = l.s.Enrol(l.ctx, l.m, p, relance.Enrolling{TypeID: box, Since: theDay("2026-06-01")}, theDay("2026-06-15"), noon)
	l.ok(err)
	l.ok(l.s.RetireMembershipType(l.ctx, l.m, box, noon))
	_, err = l.s.Enrol(l.ctx, l.m, p, relance.Enrolling{TypeID: box, Since: theDay("2026-06-01")}, theDay("2026-06-15"), noon)
	l.code(err, relance.CodeNotFound)
	if diff := cmp.Diff([]string{"Box ACTIVE 06-01"}, l.told(p)); diff != "" {
		t.Errorf("who is a member stays (-want +got):\n%s", diff)
	}
	_, err = save("30") // its name is free again
	l.ok(err)
}
