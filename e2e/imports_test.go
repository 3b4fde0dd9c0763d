package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"github.com/relance/relance"
	"github.com/relance/relance/graph"
	"github.com/relance/relance/internal/secret"
	"github.com/relance/relance/store"
)

// deskOf is somebody who imports spreadsheets.
type deskOf struct {
	*world
	files string
}

func newImportDesk(t *testing.T, o worldOptions) *deskOf {
	w := newWorld(t, o)
	srv := httptest.NewServer(graph.NewAuth(graph.AuthOptions{Tokens: w.store}).Require(graph.ImportFiles(w.app, w.store, quiet(), time.Now)))
	t.Cleanup(srv.Close)
	return &deskOf{world: w, files: srv.URL}
}

// upload sends a file and gives its id, or the code of what is wrong with it.
func (d *deskOf) upload(name string, file io.Reader) (id uuid.UUID, refused string) {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, d.files+"/imports?name="+name, file)
	must(d.t, err)
	req.Header.Set("Authorization", "Bearer "+d.token)
	res, err := http.DefaultClient.Do(req)
	must(d.t, err)
	defer res.Body.Close()
	var out struct {
		ID     uuid.UUID
		Errors []struct{ Cause struct{ Code string } }
	}
	must(d.t, json.NewDecoder(res.Body).Decode(&out))
	if len(out.Errors) > 0 {
		return id, out.Errors[0].Cause.Code
	}
	return out.ID, ""
}

// imported is an import as the API answers it.
type imported struct {
	State           string
	Header, Guess   []string
	Counts, Checked map[string]int
	Cursor          int
	Undoable        bool
	Errors          []struct {
		Line   int
		Field  string
		Stored bool
		Cause  struct{ Code string }
	}
}

const importFields = `{ state header guess(what: CUSTOMERS) cursor undoable counts { added updated skipped invalid kept erased } checked { added updated skipped invalid kept } errors(first: 250) { line field stored cause { code } } }`

func (d *deskOf) look(id uuid.UUID) (out imported) {
	d.t.Helper()
	var got struct{ Import imported }
	d.ask(`query($id: ID!) { import(id: $id) `+importFields+` }`, map[string]any{"id": id}, &got)
	if got.Import.Counts["erased"] == 0 { // only where somebody was erased it is of interest
		delete(got.Import.Counts, "erased")
	}
	return got.Import
}

// do starts a step of an import and waits for its end.
func (d *deskOf) do(id uuid.UUID, step string, plan map[string]any) imported {
	d.t.Helper()
	d.start(id, step, plan)
	return d.until(id, "CHECKED", "DONE", "FAILED", "UNDONE")
}

func (d *deskOf) start(id uuid.UUID, step string, plan map[string]any) {
	d.t.Helper()
	var out struct {
		X struct{ Errors []struct{ Message string } }
	}
	query := `mutation($id: ID!, $plan: ImportPlanInput!) { x: ` + step + `(id: $id, plan: $plan) { errors { message } } }`
	if plan == nil {
		query = `mutation($id: ID!) { x: ` + step + `(id: $id) { errors { message } } }`
	}
	d.ask(query, map[string]any{"id": id, "plan": plan}, &out)
	if len(out.X.Errors) > 0 {
		d.t.Fatalf("%s: %+v", step, out.X.Errors)
	}
}

func (d *deskOf) until(id uuid.UUID, states ...string) imported {
	d.t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if i := d.look(id); strings.Contains(strings.Join(states, " "), i.State) {
			must(d.t, d.app.DeriveAll(d.t.Context(), d.merchant))
			return i
		}
	}
	d.t.Fatalf("the import never ends: %+v", d.look(id))
	return imported{}
}

// planOf takes the guess for a plan.
func (d *deskOf) planOf(id uuid.UUID) map[string]any {
	return map[string]any{"what": "CUSTOMERS", "mapping": d.look(id).Guess, "list": "Fair", "country": "FR"}
}

// names lists who is there, as their cards show them.
func (d *deskOf) names() (out []string) {
	d.t.Helper()
	var got struct {
		Profiles struct {
			Nodes []struct {
				DisplayName string
				Phones      []struct{ Number string }
				Identities  []struct{ DeletedAt *time.Time }
			}
		}
	}
	d.ask(`{ profiles(first: 250, orderBy: { field: NAME }) { nodes { displayName phones { number } identities { deletedAt } } } }`, nil, &got)
	for _, p := range got.Profiles.Nodes {
		live := 0
		for _, i := range p.Identities {
			if i.DeletedAt == nil {
				live++
			}
		}
		out = append(out, fmt.Sprintf("%s %d", p.DisplayName, live))
	}
	return out
}

func counts(added, updated, skipped, invalid, kept int) map[string]int {
	return map[string]int{"added": added, "updated": updated, "skipped": skipped, "invalid": invalid, "kept": kept}
}

func (i *imported) problems() (out []string) {
	for _, e := range i.Errors {
		out = append(out, fmt.Sprintf("%d %s %s", e.Line, e.Field, e.Cause.Code))
	}
	return out
}

// shopPerson stores somebody whom a shop knows.
func (d *deskOf) shopPerson(c relance.Customer) (shop uuid.UUID) {
	shop = uuid.Must(uuid.NewV7())
	must(d.t, d.store.AddShop(d.t.Context(), d.merchant, store.NewShop{ID: shop, Platform: relance.PrestaShop, Credentials: []byte("sealed"),
		Info: relance.ShopInfo{ExternalKey: "x", Name: "Shop", URL: "https://shop.example", Currency: "EUR", TimeZone: "Europe/Paris"}}))
	at := time.Now().Add(-time.Hour)
	c.ExternalID, c.Kind, c.Active, c.Version, c.CreatedAt = "1", relance.IdentityCustomer, true, relance.Version{UpdatedAt: at, ReadAt: at}, at.AddDate(-1, 0, 0)
	must(d.t, d.store.StoreRecords(d.t.Context(), d.merchant, shop, store.PageRows{Customers: []relance.Customer{c}}, at))
	must(d.t, d.app.DeriveAll(d.t.Context(), d.merchant))
	return shop
}

const fair = `Vorname;Nachname;E-Mail;Telefon;Straße;PLZ;Ort;Geburtstag;Newsletter;Datum der Einwilligung;Nachweis
Anna;Keller;anna@example.com;0033 (0)6 12 34 56 78;1 rue Haute;75001;Paris;01.02.1980;;;
Bert;Moser;bert@example.com;;;;;01.01.0001;;;
Cora;Moser;cora@example.com;;;;;31.12.9999;;;
Dora;Moser;dora@example.com;;;;;31.02.1980;;;
Emil;Moser;nobody;;;;;;;;
=1+1;+2;=HYPERLINK("x")@example.com;;;;;;;;
Known;Person;known@example.com;;;;;;;;
Fritz;Frei;fritz@example.com;;;;;;;;
Fritz;Freier;fritz@example.com;;;;;;;;
Gone;Person;gone@example.com;;;;;;ja;02.03.2025;Formular 7
New;Reader;new@example.com;;;;;;ja;02.03.2025;Formular 8
`

func TestASpreadsheetOfCustomers(t *testing.T) {
	t.Parallel()
	d := newImportDesk(t, worldOptions{})
	d.shopPerson(relance.Customer{FirstName: "Known", LastName: "Person", Email: "known@example.com"})
	must(t, d.store.StopAddress(t.Context(), d.merchant, "gone@example.com", relance.StoppedByObjection, d.merchant, time.Now()))
	id, _ := d.upload("fair.csv", strings.NewReader(fair))
	plan := d.planOf(id)
	if diff := cmp.Diff([]string{"firstName", "lastName", "email", "phone", "line1", "postalCode", "city", "birthday", "consent", "consentSince", "consentProof"}, d.look(id).Guess); diff != "" {
		t.Fatal(diff)
	}
	want := counts(4, 0, 2, 5, 1)
	before := d.names()
	if got := d.do(id, "importCheck", plan); got.State != "CHECKED" || cmp.Diff(want, got.Checked) != "" || cmp.Diff(before, d.names()) != "" {
		t.Errorf("the check: %+v, and made of %v %v", got, before, d.names())
	}
	got := d.do(id, "importRun", plan)
	if diff := cmp.Diff(want, got.Counts); diff != "" || got.State != "DONE" || !got.Undoable {
		t.Errorf("%s (-want +got):\n%s", got.State, diff)
	}
	problems := []string{"3 birthday DAY_OUT_OF_RANGE", "4 birthday DAY_OUT_OF_RANGE", "5 birthday DAY_UNREADABLE", "6 email EMAIL_FORM", "7 email EMAIL_FORM", "11 consent CONSENT_LEFT"}
	if diff := cmp.Diff(problems, got.problems()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Fritz Freier 1", "Anna Keller 1", "Gone Person 1", "Known Person 1", "New Reader 1"}, d.names()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	d.mendsAndRepeats(id, plan)
}

// mendsAndRepeats uploads what was not taken, mended, and the same file once more; then undoes.
func (d *deskOf) mendsAndRepeats(first uuid.UUID, plan map[string]any) {
	var file bytes.Buffer
	must(d.t, d.app.WriteImportErrors(d.t.Context(), &file, d.merchant, first))
	if !strings.Contains(file.String(), "'=1+1;'+2") || !strings.Contains(file.String(), ";5;") {
		d.t.Errorf("the file to mend: %s", file.String())
	}
	again, _ := d.upload("fair.csv", strings.NewReader(strings.Replace(fair, "Keller", "Kellermann", 1)))
	if got := d.do(again, "importRun", plan); got.Counts["added"] != 0 || got.Counts["updated"] > 3 || got.Counts["updated"] < 1 {
		d.t.Errorf("the file once more: %+v", got)
	}
	if !strings.Contains(strings.Join(d.names(), ","), "Anna Kellermann 1") || d.look(first).Undoable {
		d.t.Errorf("after the second file %v", d.names())
	}
	d.do(again, "importUndo", nil)
	if diff := cmp.Diff([]string{"Fritz Freier 1", "Anna Keller 1", "Gone Person 1", "Known Person 1", "New Reader 1"}, d.names()); diff != "" {
		d.t.Errorf("after undoing the second file (-want +got):\n%s", diff)
	}
	d.do(first, "importUndo", nil)
	if diff := cmp.Diff([]string{"Known Person 1"}, d.names()); diff != "" {
		d.t.Errorf("after undoing both (-want +got):\n%s", diff)
	}
}

func TestOurOwnExportChangesNothing(t *testing.T) {
	t.Parallel()
	d := newImportDesk(t, worldOptions{})
	d.shopPerson(relance.Customer{FirstName: "Anna", LastName: "Keller", Email: "anna@example.com", Phone: "+33612345678",
		Addresses: []relance.Address{{ExternalID: "1", Kind: relance.AddressHome, Line1: "1 rue Haute", PostalCode: "75001", City: "Paris", CountryCode: "FR"}}})
	var who struct {
		Profiles struct{ Nodes []struct{ ID string } }
	}
	d.ask(`{ profiles(first: 1, orderBy: { field: NAME }) { nodes { id } } }`, nil, &who)
	row := []any{who.Profiles.Nodes[0].ID, "Anna", "Keller", "anna@example.com", "'+33612345678", "1 rue Haute, 75001 Paris, FR", time.Now().AddDate(-1, 0, 0).Format(time.DateOnly), "", "", "", "", "", "", "", ""}
	f := excelize.NewFile()
	header := []any{"Client ID", "First name", "Last name", "Email", "Phone", "Address", "Became a client", "Memberships", "Active memberships", "Membership type", "rate", "status", "Member since", "Photo uploaded", "Marketing preferences"}
	must(t, f.SetSheetRow("Sheet1", "A1", &header))
	must(t, f.SetSheetRow("Sheet1", "A2", &row))
	changed := append([]any{}, row...)
	changed[2] = "Martin"
	for n, want := range []map[string]int{counts(0, 0, 1, 0, 0), counts(0, 1, 0, 0, 0)} {
		if n == 1 {
			must(t, f.SetSheetRow("Sheet1", "A2", &changed))
		}
		file, err := f.WriteToBuffer()
		must(t, err)
		id, refused := d.upload("export.xlsx", file)
		if refused != "" {
			t.Fatal(refused)
		}
		if got := d.do(id, "importRun", d.planOf(id)); cmp.Diff(want, got.Counts) != "" {
			t.Errorf("round %d: %+v %v", n, got, d.names())
		}
	}
	if diff := cmp.Diff([]string{"Anna Martin 2"}, d.names()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestASpreadsheetOfOrders(t *testing.T) {
	t.Parallel()
	d := newImportDesk(t, worldOptions{})
	shop := d.shopPerson(relance.Customer{FirstName: "Anna", LastName: "Keller", Email: "anna@example.com"})
	id, _ := d.upload("orders.csv", strings.NewReader("Bestellnummer,E-Mail,Bestelldatum,Betrag,Produkt,Menge\nA1,anna@example.com,05.01.2026,\"1.234,50 €\",Schuh,2\nA2,x@example.com,01.01.9999,3,Schuh,1\nA3,x@example.com,05.01.2026,3,Schuh,viele\n"))
	plan := map[string]any{"what": "ORDERS", "mapping": []string{"externalId", "email", "placedAt", "total", "title", "quantity"}, "list": "Old till", "shopId": shop, "currency": "EUR"}
	got := d.do(id, "importRun", plan)
	if diff := cmp.Diff([]string{"3 placedAt DAY_OUT_OF_RANGE", "4 lines QUANTITY_FORM"}, got.problems()); diff != "" || cmp.Diff(counts(1, 0, 0, 2, 0), got.Counts) != "" {
		t.Errorf("%+v\n%s", got, diff)
	}
	spent := func() string {
		var out struct {
			Profiles struct {
				Nodes []struct{ Spent struct{ Amount string } }
			}
		}
		d.ask(`{ profiles(first: 5, orderBy: { field: NAME }) { nodes { spent { amount } } } }`, nil, &out)
		return out.Profiles.Nodes[0].Spent.Amount
	}
	if spent() != "1234.50" {
		t.Errorf("spent %s", spent())
	}
	d.do(id, "importUndo", nil)
	if spent() != "0.00" {
		t.Errorf("after undoing it %s are spent", spent())
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	t.Parallel()
	d := newImportDesk(t, worldOptions{noWork: true})
	large := io.LimitReader(endless{}, 500<<20)
	for what, file := range map[string]io.Reader{"IMPORT_TOO_LARGE": large, "IMPORT_FORMAT": strings.NewReader("%PDF-1.7"), "IMPORT_HEADER": strings.NewReader(strings.Repeat("a;", 1_000_000) + "\nb;c\n")} {
		if _, refused := d.upload("x", file); refused != what {
			t.Errorf("refused as %q, want %s", refused, what)
		}
	}
	var left struct{ Imports []struct{ ID string } }
	if d.ask(`{ imports { id } }`, nil, &left); len(left.Imports) != 0 {
		t.Errorf("%d files are left", len(left.Imports))
	}
}

// endless is a file of nothing but rows.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		n += copy(p[n:], "some;row\n")
	}
	return n, nil
}

// An import whose workers are killed again and again stores every row once.
func TestAKilledImportGoesOn(t *testing.T) {
	t.Parallel()
	database := cluster.URL(t)
	d := newImportDesk(t, worldOptions{dbURL: database, noWork: true})
	key, err := secret.NewKeyset()
	must(t, err)
	const rows = 12_000
	var file strings.Builder
	file.WriteString("Id;Last name;Email\n")
	for i := range rows {
		fmt.Fprintf(&file, "%d;N%d;p%d@example.com\n", i, i, i)
	}
	id, _ := d.upload("many.csv", strings.NewReader(file.String()))
	d.start(id, "importRun", d.planOf(id))
	cut := 0
	for range 4 {
		worker := spawnWorker(t, database, d.redisAddr(), key, time.Second)
		from := d.look(id).Cursor
		for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
			if i := d.look(id); i.Cursor > from || i.State == "DONE" {
				if i.State == "RUNNING" {
					cut++
				}
				break
			}
		}
		kill(t, worker)
	}
	if cut == 0 {
		t.Error("no worker was killed within the import")
	}
	worker := spawnWorker(t, database, d.redisAddr(), key, time.Second)
	got := d.until(id, "DONE", "FAILED")
	if diff := cmp.Diff(counts(rows, 0, 0, 0, 0), got.Counts); diff != "" {
		t.Errorf("killed %d times within (-want +got):\n%s", cut, diff)
	}
	d.start(id, "importUndo", nil)
	d.until(id, "UNDONE")
	kill(t, worker)
	must(t, d.app.DeriveAll(t.Context(), d.merchant))
	var n struct{ Profiles struct{ TotalCount int } }
	d.ask(`{ profiles(first: 1, orderBy: { field: NAME }) { totalCount } }`, nil, &n)
	if n.Profiles.TotalCount != 0 {
		t.Errorf("%d people are left of an import that was undone", n.Profiles.TotalCount)
	}
}
