package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// enrol writes a membership of a profile that began so many days before noon.
func (l *lab) enrol(p uuid.UUID, typ, rate string, status relance.MembershipStatus, days int) {
	l.Helper()
	since := noon.AddDate(0, 0, -days)
	var ended *time.Time
	if status == relance.MembershipEnded {
		ended = &noon
	}
	l.ok(l.as("relance_app", func(tx pgx.Tx) error {
		_, err := tx.Exec(l.ctx, `INSERT INTO memberships (merchant_id, id, origin_profile_id, profile_id, type, rate, status, since, ended_at)
			VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8)`, l.m, uuid.New(), p, typ, rate, status, since, ended)
		return err
	}))
}

// memberships tells those of a profile, in order.
func (l *lab) memberships(p uuid.UUID) (out []string) {
	l.Helper()
	got, err := l.s.Profile(l.ctx, l.m, p, relance.ProfileWant{Members: true}, nil, noon)
	l.ok(err)
	for _, x := range got.Members {
		out = append(out, fmt.Sprint(x.Type, "/", x.Rate, " ", x.Status, " ", x.Since.Format("2006-01-02"), " ended ", x.EndedAt != nil))
	}
	return out
}

func TestMembershipsFollowTheirPerson(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com"), withEmail("b", "b@example.com")))
	a, b := l.id(0, "a"), l.id(0, "b")
	l.enrol(a, "club", "gold", relance.MembershipActive, 10)
	l.enrol(a, "box", "", relance.MembershipEnded, 40)
	l.enrol(b, "club", "basic", relance.MembershipPaused, 20)
	ofA := []string{"club/gold ACTIVE 2026-06-05 ended false", "box/ ENDED 2026-05-06 ended true"}
	ofB := []string{"club/basic PAUSED 2026-05-26 ended false"}
	if diff := cmp.Diff([][]string{ofA, ofB}, [][]string{l.memberships(a), l.memberships(b)}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	merge, _, err := l.s.Merge(l.ctx, l.m, a, []uuid.UUID{b}, "tester", noon)
	l.ok(err)
	if diff := cmp.Diff([]string{ofA[0], ofB[0], ofA[1]}, l.memberships(b)); diff != "" {
		t.Errorf("after a merge (-want +got):\n%s", diff)
	}
	_, err = l.s.Unmerge(l.ctx, l.m, merge, "tester", noon)
	l.ok(err)
	if diff := cmp.Diff([][]string{ofA, ofB}, [][]string{l.memberships(a), l.memberships(b)}); diff != "" {
		t.Errorf("after the undoing (-want +got):\n%s", diff)
	}
}
