package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

const bulkParts = `{ run { id state total done changed unchanged failed undone kept undoUntil author label group task } errors { code field cause { code } } }`

type bulkRun struct {
	ID                                                    uuid.UUID
	State, Author, Label, Group, Task                     string
	Total, Done, Changed, Unchanged, Failed, Undone, Kept int
	UndoUntil                                             *string
}

type bulkPayload struct {
	Run    *bulkRun
	Errors []struct {
		Code  string
		Cause *struct{ Code string }
	}
}

// bulk does something to many as a token; what is a mutation with the variables $key and $people.
func (a *api) bulk(token, what string, key uuid.UUID, people map[string]any) bulkPayload {
	a.t.Helper()
	var out struct{ Did bulkPayload }
	a.askToken(token, `mutation($key: ID!, $people: BulkPeopleInput!) { did: `+what+bulkParts+` }`, map[string]any{"key": key, "people": people}, &out)
	return out.Did
}

// work takes up all runs that wait, as workers would.
func (a *api) workBulk() {
	a.t.Helper()
	tasks, err := a.store.DueBulks(a.t.Context(), noon(), 0)
	must(a.t, err)
	for _, task := range tasks {
		if task.MerchantID == a.merchant {
			must(a.t, a.app.RunBulk(a.t.Context(), task))
		}
	}
}

func (a *api) count(token, filter string) (n int) {
	a.t.Helper()
	var out struct{ Profiles struct{ TotalCount int } }
	a.askToken(token, `{ profiles(first: 1, filter: `+filter+`) { totalCount } }`, nil, &out)
	return out.Profiles.TotalCount
}

func (a *api) someIDs(token, filter string) (ids []uuid.UUID) {
	a.t.Helper()
	var out struct {
		Profiles struct{ Nodes []struct{ ID uuid.UUID } }
	}
	a.askToken(token, `{ profiles(first: 250, filter: `+filter+`) { nodes { id } } }`, nil, &out)
	for _, n := range out.Profiles.Nodes {
		ids = append(ids, n.ID)
	}
	return ids
}

// Everybody who matches is changed in pages, in the background, once however often one presses; and taken back.
func TestAllWhoMatchAreChangedOnceAndTakenBack(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.people(0, 230, 1)
	key := uuid.New()
	add := `bulkAddLabel(key: $key, people: $people, name: "Spring")`
	refused := a.bulk(a.token, add, uuid.New(), map[string]any{"filter": map[string]any{}, "expected": 7})
	if len(refused.Errors) != 1 || refused.Errors[0].Cause.Code != "BULK_COUNT" {
		t.Fatalf("another number than was shown: %+v", refused)
	}
	first := a.bulk(a.token, add, key, map[string]any{"filter": map[string]any{}, "expected": 230})
	again := a.bulk(a.token, add, key, map[string]any{"filter": map[string]any{}, "expected": 230})
	if first.Run == nil || again.Run == nil || first.Run.ID != again.Run.ID || first.Run.State != "QUEUED" || first.Run.Total != 230 {
		t.Fatalf("pressed twice: %+v, %+v", first, again)
	}
	a.workBulk()
	a.workBulk()
	if got := a.bulk(a.token, add, key, map[string]any{"filter": map[string]any{}}).Run; got.State != "DONE" || got.Changed != 230 || got.Done != 230 || got.UndoUntil == nil {
		t.Errorf("at the end: %+v", got)
	}
	if n := a.count(a.token, `{labels: ["spring"]}`); n != 230 {
		t.Errorf("%d are labelled", n)
	}
	// Whom it leaves without the label does not match any more; nobody is passed over by that.
	taken := a.bulk(a.token, `bulkRemoveLabel(key: $key, people: $people, name: "spring")`, uuid.New(), map[string]any{"filter": map[string]any{"labels": []string{"Spring"}}})
	a.workBulk()
	if n := a.count(a.token, `{labels: ["spring"]}`); n != 0 {
		t.Errorf("%d kept the label", n)
	}
	var undone struct{ BulkUndo bulkPayload }
	a.ask(`mutation($id: ID!) { bulkUndo(id: $id) `+bulkParts+` }`, map[string]any{"id": taken.Run.ID}, &undone)
	if undone.BulkUndo.Run.State != "UNDOING" {
		t.Fatalf("%+v", undone)
	}
	a.workBulk()
	if n := a.count(a.token, `{labels: ["spring"]}`); n != 230 {
		t.Errorf("%d have the label back", n)
	}
	var audit struct {
		AuditEvents struct{ Nodes []struct{ Action string } }
	}
	a.ask(`{ auditEvents(first: 50) { nodes { action } } }`, nil, &audit)
	count := map[string]int{}
	for _, e := range audit.AuditEvents.Nodes {
		count[e.Action]++
	}
	if count["change_many"] != 2 || count["undo_change_many"] != 1 || count["add_label"] != 0 {
		t.Errorf("the audit trail: %v", count)
	}
}

// A clerk of one shop changes nobody of another, named or matched, and sees no run of others.
func TestAClerkChangesManyOfTheirShopOnly(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.people(0, 3, 1)
	a.people(1, 4, 1)
	clerk := a.tokenOf(relance.RoleClerk, a.shops[0])
	all := a.someIDs(a.token, `{}`)
	named := a.bulk(clerk, `bulkAddLabel(key: $key, people: $people, name: "Mine")`, uuid.New(), map[string]any{"ids": all}).Run
	if named == nil || named.State != "DONE" || named.Changed != 3 || named.Failed != 4 {
		t.Errorf("named: %+v", named)
	}
	a.bulk(clerk, `bulkAddTask(key: $key, people: $people, input: {title: "Call"})`, uuid.New(), map[string]any{"filter": map[string]any{}})
	a.workBulk()
	if n := a.count(a.token, `{labels: ["Mine"]}`); n != 3 {
		t.Errorf("%d are labelled", n)
	}
	var tasks struct{ Tasks struct{ TotalCount int } }
	a.ask(`{ tasks(first: 50) { totalCount nodes { title } } }`, nil, &tasks)
	if tasks.Tasks.TotalCount != 3 {
		t.Errorf("%d tasks", tasks.Tasks.TotalCount)
	}
	other := a.tokenOf(relance.RoleClerk, a.shops[1])
	if r := a.as(other, `{ bulkRuns { id } }`, nil); string(r.Data) != `{"bulkRuns":[]}` {
		t.Errorf("the other clerk sees %s", r.Body)
	}
	if r := a.as(other, `mutation($id: ID!) { bulkUndo(id: $id) { errors { code } } }`, map[string]any{"id": named.ID}); !strings.Contains(r.Body, "NOT_FOUND") {
		t.Errorf("the other clerk takes it back: %s", r.Body)
	}
	if r := a.as(clerk, `mutation($id: ID!) { bulkUndo(id: $id) { run { state undone } errors { code } } }`, map[string]any{"id": named.ID}); !strings.Contains(r.Body, `"state":"UNDONE","undone":3`) {
		t.Errorf("their own: %s", r.Body)
	}
}

func TestWhatNamesNobodyIsRefused(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.people(0, 1, 1)
	id := a.someIDs(a.token, `{}`)[0]
	many := make([]uuid.UUID, 251)
	for i := range many {
		many[i] = uuid.New()
	}
	for want, people := range map[string]map[string]any{
		"BULK_PEOPLE": {}, "BULK_MOST": {"ids": many}, "BULK_PEOPLE ": {"ids": []uuid.UUID{id}, "filter": map[string]any{}}, "BULK_PEOPLE  ": {"ids": []uuid.UUID{}},
	} {
		got := a.bulk(a.token, `bulkAddLabel(key: $key, people: $people, name: "x")`, uuid.New(), people)
		if len(got.Errors) != 1 || got.Errors[0].Cause == nil || got.Errors[0].Cause.Code != strings.TrimSpace(want) {
			t.Errorf("%v: %+v", want, got)
		}
	}
	for what, want := range map[string]string{
		`bulkAddLabel(key: $key, people: $people, name: " ")`:                                                         "LABEL_FORM",
		`bulkAddTask(key: $key, people: $people, input: {title: ""})`:                                                 "TASK_TITLE",
		fmt.Sprintf(`bulkAddTask(key: $key, people: $people, input: {title: "x", assigneeId: %q})`, uuid.NewString()): "TASK_ASSIGNEE",
	} {
		got := a.bulk(a.token, what, uuid.New(), map[string]any{"ids": []uuid.UUID{id}})
		if len(got.Errors) != 1 || got.Errors[0].Cause == nil || got.Errors[0].Cause.Code != want {
			t.Errorf("%s: %+v", what, got)
		}
	}
	gone := a.bulk(a.token, fmt.Sprintf(`bulkSetGroup(key: $key, people: $people, groupId: %q)`, uuid.NewString()), uuid.New(), map[string]any{"ids": []uuid.UUID{id}})
	if len(gone.Errors) != 1 || gone.Errors[0].Code != "NOT_FOUND" {
		t.Errorf("a group that is not there: %+v", gone)
	}
}

func TestAnExportOfThoseWhoAreChosen(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.people(0, 5, 1)
	ids := a.someIDs(a.token, `{}`)[:2]
	if rows := a.rowsOf(a.token, a.exportNow(a.token, map[string]any{"format": "CSV", "ids": ids})); len(rows) != 3 {
		t.Errorf("%d rows, want a heading and two people", len(rows))
	}
}
