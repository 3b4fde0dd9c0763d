package store_test

import (
	"encoding/base64"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/relance/relance"
	"github.com/relance/relance/identity"
)

var orderings = []relance.ProfileOrder{{}, {Field: relance.ByLastAdminChange}, {Field: relance.ByName}, {Field: relance.ByCreated}, {Field: relance.ByLastOrder},
	{Field: relance.BySpent}, {Field: relance.BySpent, Currency: "usd"}}

// compare is what an ordering means: by its value, people without one last, then by id.
func compare(o relance.ProfileOrder, a, b *relance.Profile) int {
	sign := 1
	if o.Descending {
		sign = -1
	}
	c := 0
	switch o.Field {
	case relance.ByName:
		c = slices.Compare([]byte(sortName(a)), []byte(sortName(b)))
	case relance.ByCreated:
		c = a.CreatedAt.Compare(b.CreatedAt)
	case relance.ByLastOrder:
		if a.LastOrderAt == nil || b.LastOrderAt == nil {
			if (a.LastOrderAt == nil) != (b.LastOrderAt == nil) {
				return map[bool]int{true: 1, false: -1}[a.LastOrderAt == nil]
			}
		} else {
			c = a.LastOrderAt.Compare(*b.LastOrderAt)
		}
	case relance.BySpent:
		x, y := spentIn(a, o.Currency), spentIn(b, o.Currency)
		if x == nil || y == nil {
			if (x == nil) != (y == nil) {
				return map[bool]int{true: 1, false: -1}[x == nil]
			}
		} else {
			c = x.Spent.Cmp(y.Spent)
		}
	default:
		c = a.AdminChanged.Compare(b.AdminChanged)
	}
	if c == 0 {
		c = slices.Compare(a.ID[:], b.ID[:])
	}
	return c * sign
}

func sortName(p *relance.Profile) string {
	if n := identity.Fold(p.LastName + " " + p.FirstName); n != "" {
		return n
	}
	return identity.Fold(p.Company)
}

func spentIn(p *relance.Profile, currency string) *relance.ProfileMoney {
	for i, m := range p.PerMoney {
		if m.Currency == map[string]string{"": "EUR", "usd": "USD"}[currency] {
			return &p.PerMoney[i]
		}
	}
	return nil
}

func TestEveryOrderingVisitsEachProfileOnce(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	rapid.Check(t, func(t *rapid.T) {
		l := base.tenant(t)
		l.crowd(t)
		scope := rapid.SampledFrom([][]uuid.UUID{nil, l.shops[:1], l.shops[1:]}).Draw(t, "limited to")
		all := l.profilesOf(scope)
		o := rapid.SampledFrom(orderings).Draw(t, "ordering")
		o.Descending = rapid.Bool().Draw(t, "descending")
		slices.SortFunc(all, func(a, b *relance.Profile) int { return compare(o, a, b) })
		var want []uuid.UUID
		for _, p := range all {
			want = append(want, p.ID)
		}
		for _, size := range []int{1, 2, 7} {
			var got []uuid.UUID
			q := relance.ProfileQuery{Paging: relance.Paging{First: size}, Order: o, Now: noon, Scope: scope}
			for {
				page, err := l.s.Profiles(l.ctx, l.m, q)
				l.ok(err)
				for _, p := range page.Profiles {
					got = append(got, p.ID)
				}
				if !page.Info.HasNextPage || len(got) > len(want) {
					break
				}
				q.After = page.Info.End
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%+v in pages of %d (-want +got):\n%s", o, size, diff)
			}
		}
	})
}

func TestCursorsOfOtherListsAreRefused(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.three()
	ask := func(o relance.ProfileOrder, after string) (string, error) {
		page, err := l.s.Profiles(l.ctx, l.m, relance.ProfileQuery{Paging: relance.Paging{First: 1, After: after}, Order: o, Now: noon})
		return page.Info.End, err
	}
	ends := map[relance.ProfileOrder]string{}
	for _, o := range orderings[1:] {
		for _, o.Descending = range []bool{false, true} {
			end, err := ask(o, "")
			l.ok(err)
			ends[o] = end
		}
	}
	for from, cursor := range ends {
		for to := range ends {
			_, err := ask(to, cursor)
			if from == to {
				l.ok(err)
			} else if relance.CodeOf(err) != relance.CodeBadInput {
				t.Errorf("a cursor of %+v is taken for %+v: %v", from, to, err)
			}
		}
	}
	for _, forged := range []string{"x", "[]", `["adminASC"]`, `["adminASC","whenever","` + uuid.NewString() + `"]`, `["adminASC","\u0000","` + uuid.NewString() + `"]`,
		`["adminASC","2026-01-01","not an id"]`, `["adminASC",5,6]`} {
		for _, cursor := range []string{forged, base64.RawURLEncoding.EncodeToString([]byte(forged))} {
			if _, err := ask(relance.ProfileOrder{}, cursor); relance.CodeOf(err) != relance.CodeBadInput {
				t.Errorf("the forged cursor %s gives %v", forged, err)
			}
		}
	}
	p := relance.Paging{First: 1, After: ends[orderings[1]]}
	a := l.id(0, "a")
	for what, want := range map[string]relance.ProfileWant{"orders": {Orders: map[string]relance.OrderWant{"": {Paging: p}}},
		"carts": {Carts: map[string]relance.CartWant{"": {Paging: p}}}, "purchases": {Purchases: map[string]relance.Paging{"": p}}} {
		if _, err := l.s.Profile(l.ctx, l.m, a, want, nil, noon); relance.CodeOf(err) != relance.CodeBadInput {
			t.Errorf("%s take a cursor of profiles: %v", what, err)
		}
	}
	_, err := l.s.Carts(l.ctx, l.m, relance.CartQuery{CartWant: relance.CartWant{Paging: p}, Now: noon})
	l.code(err, relance.CodeBadInput)
	_, err = l.s.OrdersWithoutProfile(l.ctx, l.m, nil, relance.OrderWant{Paging: p})
	l.code(err, relance.CodeBadInput)
}
