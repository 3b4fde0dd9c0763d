package e2e_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// found is where people are to be seen.
type found struct {
	Listed   int
	Counted  int
	Searched int
	Segment  int
	Exported int
}

// seen looks for people everywhere, by the name that all of them have in common.
func (a *api) seen(name string) (out found) {
	a.t.Helper()
	var lists struct {
		All, Search, Segment struct {
			TotalCount int
			Nodes      []struct{ LastName string }
		}
	}
	a.askToken(a.token, `query($s: String!) { all: profiles(first: 250) { totalCount nodes { lastName } } search: profiles(first: 10, filter: {search: $s}) { totalCount nodes { lastName } }
		segment: profiles(first: 10, asSegment: true, filter: {not: {orderCount: {min: 1}}}) { totalCount nodes { lastName } } }`, map[string]any{"s": name}, &lists)
	out.Counted, out.Searched, out.Segment = lists.All.TotalCount, lists.Search.TotalCount, len(lists.Segment.Nodes)
	for _, n := range lists.All.Nodes {
		if n.LastName == name {
			out.Listed++
		}
	}
	e := a.exportNow(a.token, map[string]any{"format": "CSV"})
	out.Exported = e.Rows
	return out
}

// did runs a mutation under the name did and demands that it reports nothing to mend.
func (a *api) did(mutation string, vars map[string]any) {
	a.t.Helper()
	var out struct {
		Did struct{ Errors []struct{ Message string } }
	}
	if a.askToken(a.token, mutation, vars, &out); len(out.Did.Errors) > 0 {
		a.t.Fatalf("%s: %v", mutation, out.Did.Errors)
	}
}

// card reads a card by its id: whether there is one, whether nothing is left of it, and its latest change.
func (a *api) card(id uuid.UUID) (there, vacant bool, change uuid.UUID) {
	a.t.Helper()
	var out struct {
		Profile        *struct{ Vacant bool }
		ProfileChanges []struct{ ID uuid.UUID }
	}
	a.askToken(a.token, `query($id: ID!) { profile(id: $id) { vacant } profileChanges(profileId: $id) { id } }`, map[string]any{"id": id}, &out)
	if len(out.ProfileChanges) > 0 {
		change = out.ProfileChanges[0].ID
	}
	return out.Profile != nil, out.Profile != nil && out.Profile.Vacant, change
}

// Somebody who was typed in and taken back is in no list; their id still opens the card, and typing brings them back.
func TestATypedPersonWhoIsTakenBackIsInNoList(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	var made struct {
		AddPerson struct{ Profile struct{ ID uuid.UUID } }
	}
	a.askToken(a.token, `mutation { addPerson(details: {firstName: "Vera", lastName: "Leer", emails: ["vera@example.com"]}) { profile { id } errors { message } } }`, nil, &made)
	id := made.AddPerson.Profile.ID
	here := found{Listed: 1, Counted: 1, Searched: 1, Segment: 1, Exported: 1}
	if diff := cmp.Diff(here, a.seen("Leer")); diff != "" {
		t.Fatalf("typed in (-want +got):\n%s", diff)
	}
	_, _, change := a.card(id)
	a.did(`mutation($id: ID!) { did: undoProfileChange(id: $id) { errors { message } } }`, map[string]any{"id": change})
	if diff := cmp.Diff(found{}, a.seen("Leer")); diff != "" {
		t.Errorf("taken back (-want +got):\n%s", diff)
	}
	if there, vacant, _ := a.card(id); !there || !vacant {
		t.Errorf("the card by its id: there %v, vacant %v", there, vacant)
	}
	note := `mutation($id: ID!) { did: addNote(profileId: $id, body: "Who was that?") { errors { message } } }`
	a.did(note, map[string]any{"id": id})
	if got := a.seen("Leer"); got.Counted != 1 {
		t.Errorf("somebody about whom there is a note: %+v", got)
	}
	details, err := a.store.DetailsOf(t.Context(), a.merchant, id)
	must(t, err)
	a.did(`mutation($id: ID!, $r: Int!) { did: saveDetails(profileId: $id, revision: $r, details: {lastName: "Leer", emails: ["vera@example.com"]}) { errors { message } } }`, map[string]any{"id": id, "r": details.Revision})
	if diff := cmp.Diff(here, a.seen("Leer")); diff != "" {
		t.Errorf("typed in again (-want +got):\n%s", diff)
	}
	if there, vacant, _ := a.card(id); !there || vacant {
		t.Errorf("the card then: there %v, vacant %v", there, vacant)
	}
}

// Whom the shop deleted stays listed for what they bought or what people did about them, and comes back when the
// shop has them again or an order of theirs arrives.
func TestOnlyWhoHasNothingIsVacant(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	now := time.Now().UTC().Truncate(time.Second)
	who := func(id string, minutes int, deleted bool) relance.Customer {
		at := now.Add(time.Duration(minutes) * time.Minute)
		return relance.Customer{ExternalID: id, Kind: relance.IdentityCustomer, FirstName: id, LastName: "Leer", Email: id + "@example.com", CreatedAt: now, Deleted: deleted, Version: relance.Version{UpdatedAt: at, ReadAt: at},
			Consents: []relance.Consent{{Channel: relance.ChannelEmail, State: relance.ConsentGranted, Since: &now}}}
	}
	order := func(id, customer string) relance.Order {
		return relance.Order{ExternalID: id, Number: id, CustomerID: customer, State: relance.OrderPaid, Paid: true, PlacedAt: now, Currency: "EUR", Total: amount("10"), Version: relance.Version{UpdatedAt: now, ReadAt: now}}
	}
	all := []string{"bought", "labelled", "noted", "task", "nothing", "again", "later"}
	rows := store.PageRows{Orders: []relance.Order{order("1", "bought")}}
	for _, id := range all {
		rows.Customers = append(rows.Customers, who(id, 0, false))
	}
	a.give(0, rows)
	ids := map[string]uuid.UUID{}
	for _, id := range all {
		ids[id] = a.someIDs(a.token, `{search: "`+id+`@example.com"}`)[0]
	}
	a.did(`mutation($id: ID!) { did: addLabel(profileId: $id, name: "VIP") { errors { message } } }`, map[string]any{"id": ids["labelled"]})
	a.did(`mutation($id: ID!) { did: addNote(profileId: $id, body: "Calls on Mondays") { errors { message } } }`, map[string]any{"id": ids["noted"]})
	a.did(`mutation($id: ID!) { did: addTask(profileId: $id, input: {title: "Call"}) { errors { message } } }`, map[string]any{"id": ids["task"]})
	rows = store.PageRows{}
	for _, id := range all {
		rows.Customers = append(rows.Customers, who(id, 1, true))
	}
	a.give(0, rows)
	listed := func() (out []string) {
		var got struct {
			Profiles struct{ Nodes []struct{ FirstName string } }
		}
		a.askToken(a.token, `{ profiles(first: 50, orderBy: {field: NAME}) { nodes { firstName } } }`, nil, &got)
		for _, n := range got.Profiles.Nodes {
			out = append(out, n.FirstName)
		}
		return out
	}
	if diff := cmp.Diff("bought labelled noted task", strings.Join(listed(), " ")); diff != "" {
		t.Errorf("deleted at the shop (-want +got):\n%s", diff)
	}
	a.did(`mutation($id: ID!) { did: removeLabel(profileId: $id, name: "VIP") { errors { message } } }`, map[string]any{"id": ids["labelled"]})
	a.give(0, store.PageRows{Customers: []relance.Customer{who("again", 2, false)}, Orders: []relance.Order{order("2", "later")}})
	if diff := cmp.Diff("again bought later noted task", strings.Join(listed(), " ")); diff != "" {
		t.Errorf("after a label less, a record and an order more (-want +got):\n%s", diff)
	}
	// Nobody decides about them, nobody is told about them; a request of theirs is still heard.
	if _, err := a.store.FactsOf(t.Context(), a.merchant, ids["nothing"]); relance.CodeOf(err) != relance.CodeNotFound {
		t.Errorf("there are facts of somebody of whom nothing is left: %v", err)
	}
	erasure, err := a.app.EraseProfile(t.Context(), a.merchant, ids["nothing"], nil, "REQUEST", "test")
	must(t, err)
	must(t, a.app.RunErasure(t.Context(), relance.Claim{MerchantID: a.merchant, ID: erasure}))
	if e, err := a.store.Erasure(t.Context(), a.merchant, erasure); err != nil || e.FinishedAt == nil {
		t.Errorf("they cannot be erased: %+v, %v", e, err)
	}
	var gone struct{ Profile *struct{ ID uuid.UUID } }
	if a.askToken(a.token, `query($id: ID!) { profile(id: $id) { id } }`, map[string]any{"id": ids["nothing"]}, &gone); gone.Profile != nil {
		t.Error("whoever is erased has a card")
	}
}

// People who are there only by an import that was undone are in no list, and come back with it.
func TestAnUndoneImportLeavesNobody(t *testing.T) {
	t.Parallel()
	d := newImportDesk(t, worldOptions{})
	d.shopPerson(relance.Customer{FirstName: "Known", LastName: "Person", Email: "known@example.com"})
	const file = "Vorname;Nachname;E-Mail;Newsletter;Datum der Einwilligung;Nachweis\nAnna;Keller;anna@example.com;ja;02.03.2025;Formular 7\nKnown;Person;known@example.com;;;\n"
	id, _ := d.upload("fair.csv", strings.NewReader(file))
	plan := d.planOf(id)
	d.do(id, "importRun", plan)
	both := []string{"Anna Keller 1", "Known Person 1"}
	if diff := cmp.Diff(both, d.names()); diff != "" {
		t.Fatalf("imported (-want +got):\n%s", diff)
	}
	d.do(id, "importUndo", nil)
	if diff := cmp.Diff([]string{"Known Person 1"}, d.names()); diff != "" {
		t.Errorf("undone (-want +got):\n%s", diff)
	}
	again, _ := d.upload("fair.csv", strings.NewReader(file))
	if got := d.do(again, "importRun", plan); got.Counts["added"] != 1 {
		t.Errorf("the same file once more: %+v", got.Counts)
	}
	if diff := cmp.Diff(both, d.names()); diff != "" {
		t.Errorf("imported again (-want +got):\n%s", diff)
	}
}
