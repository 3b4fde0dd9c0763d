package e2e_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// TestASegmentsListAgreesWithItsCount: whoever objected to profiling is in neither, and the list says
// how many that are.
func TestASegmentsListAgreesWithItsCount(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.people(0, 5, 2)
	for i, label := range []string{"Kein Profiling", "no profiling", "VIP"} {
		must(t, a.app.AddLabel(t.Context(), a.merchant, a.profiles(nil, false).Nodes[i].ID, label, "test"))
	}
	buyers := map[string]any{"orderCount": map[string]any{"min": 1}}
	var saved struct {
		SegmentSave struct{ Segment struct{ Count int } }
	}
	a.ask(`mutation($f: ProfileFilter!) { segmentSave(name: "Buyers", filter: $f) { segment { count } } }`, map[string]any{"f": buyers}, &saved)
	list := a.profiles(buyers, true)
	if count := saved.SegmentSave.Segment.Count; count != 3 || list.TotalCount != count || len(list.Nodes) != count || list.LeftOut != 2 {
		t.Errorf("the segment counts %d; listed are %d of %d, %d left out", count, len(list.Nodes), list.TotalCount, list.LeftOut)
	}
	for what, c := range map[string]struct {
		filter    map[string]any
		asSegment bool
	}{
		"a list of buyers":             {buyers, false},
		"a segment of nobody's doings": {map[string]any{"shopIds": []uuid.UUID{a.shops[0]}}, true},
		"everybody":                    {nil, true},
	} {
		if list := a.profiles(c.filter, c.asSegment); list.TotalCount != 5 || len(list.Nodes) != 5 || list.LeftOut != 0 {
			t.Errorf("%s: %d of %d, %d left out", what, len(list.Nodes), list.TotalCount, list.LeftOut)
		}
	}
	limited := a.as(a.tokenOf(relance.RoleClerk, a.shops[1]), `query($f: ProfileFilter) { profiles(first: 9, filter: $f, asSegment: true) { totalCount leftOut } }`, map[string]any{"f": buyers})
	if string(limited.Data) != `{"profiles":{"totalCount":0,"leftOut":0}}` {
		t.Errorf("a clerk of another shop reads %s", limited.Data)
	}
}

type profileList struct {
	TotalCount, LeftOut int
	Nodes               []struct{ ID uuid.UUID }
}

// profiles lists people of a filter.
func (a *api) profiles(filter map[string]any, asSegment bool) profileList {
	a.t.Helper()
	var out struct{ Profiles profileList }
	a.ask(`query($f: ProfileFilter, $s: Boolean!) { profiles(first: 50, filter: $f, asSegment: $s) { totalCount leftOut nodes { id } } }`, map[string]any{"f": filter, "s": asSegment}, &out)
	return out.Profiles
}
