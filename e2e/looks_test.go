package e2e_test

import (
	"strings"
	"testing"
	"time"
)

// TestWhoLooksAtACardIsNoted: once for an hour, apart from what was changed, and not where there is nobody.
func TestWhoLooksAtACardIsNoted(t *testing.T) {
	t.Parallel()
	p := newPost(t, 30, worldOptions{})
	p.pull()
	var list struct {
		Profiles struct{ Nodes []struct{ ID string } }
	}
	p.ask(`{ profiles(first: 2) { nodes { id } } }`, nil, &list)
	one, two := list.Profiles.Nodes[0].ID, list.Profiles.Nodes[1].ID
	look := func(id string) {
		t.Helper()
		p.ask(`query($id: ID!) { profile(id: $id) { displayName } }`, map[string]any{"id": id}, &struct{}{})
	}
	for range 3 {
		look(one)
	}
	look(two)
	look("00000000-0000-7000-8000-000000000000")
	p.clock.ahead.Add(int64(61 * time.Minute))
	look(one)
	looks := func(query string) (out []string) {
		t.Helper()
		var got struct {
			AuditEvents struct {
				Nodes []struct{ Action, SubjectID string }
			}
		}
		p.ask(query, nil, &got)
		for _, e := range got.AuditEvents.Nodes {
			if e.Action == "look_at_person" {
				out = append(out, e.SubjectID)
			}
		}
		return out
	}
	if got, want := strings.Join(looks(`{ auditEvents(first: 50, looks: true) { nodes { action subjectId } } }`), " "), strings.Join([]string{one, two, one}, " "); got != want {
		t.Errorf("looks at\n%s\nwant\n%s", got, want)
	}
	if got := looks(`{ auditEvents(first: 50) { nodes { action subjectId } } }`); len(got) > 0 {
		t.Errorf("among what was changed stand looks at %v", got)
	}
}
