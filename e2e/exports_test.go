package e2e_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/xuri/excelize/v2"

	"github.com/relance/relance"
	"github.com/relance/relance/graph"
	"github.com/relance/relance/store"
)

type exported struct {
	ID     uuid.UUID
	State  string
	Total  *int
	Done   int
	Rows   int
	File   *string
	Author string
	Cause  *struct{ Code string }
}

const exportStart = `mutation($in: ExportInput!) { exportStart(input: $in) { export { id state total rows file } errors { code message cause { code } } } }`

// exportNow starts an export as a token and writes it as a worker would.
func (a *api) exportNow(token string, in map[string]any) exported {
	a.t.Helper()
	var out struct {
		ExportStart struct {
			Export exported
			Errors []struct{ Code, Message string }
		}
	}
	a.askToken(token, exportStart, map[string]any{"in": in}, &out)
	if len(out.ExportStart.Errors) > 0 || out.ExportStart.Export.State != "QUEUED" || out.ExportStart.Export.File != nil {
		a.t.Fatalf("started: %+v", out)
	}
	must(a.t, a.app.RunExport(a.t.Context(), relance.Claim{MerchantID: a.merchant, ID: out.ExportStart.Export.ID}))
	return a.exportOf(token, out.ExportStart.Export.ID)
}

func (a *api) exportOf(token string, id uuid.UUID) exported {
	a.t.Helper()
	var list struct{ Exports []exported }
	a.askToken(token, `{ exports { id state total done rows file author cause { code } } }`, nil, &list)
	i := slices.IndexFunc(list.Exports, func(e exported) bool { return e.ID == id })
	if i < 0 {
		a.t.Fatalf("the export is not listed among %+v", list.Exports)
	}
	return list.Exports[i]
}

// file downloads a file as a token.
func (a *api) file(token, path string) (int, []byte) {
	a.t.Helper()
	h := graph.NewAuth(graph.AuthOptions{Tokens: a.store}).Require(graph.ExportFileHandler(a.app, quiet()))
	r := httptest.NewRequestWithContext(a.t.Context(), http.MethodGet, path, nil)
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	must(a.t, err)
	return w.Code, body
}

// rowsOf downloads a CSV file and reads it.
func (a *api) rowsOf(token string, e exported) [][]string {
	a.t.Helper()
	if e.State != "DONE" || e.File == nil {
		a.t.Fatalf("the export is %+v", e)
	}
	status, body := a.file(token, *e.File)
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff")))).ReadAll()
	if status != http.StatusOK || err != nil {
		a.t.Fatalf("%d, %v: %s", status, err, body)
	}
	return rows
}

func TestAnExportHoldsWhoMatches(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.people(0, 5, 2)
	a.people(1, 3, 1)
	a.give(0, store.PageRows{Customers: []relance.Customer{{ExternalID: "z", Kind: relance.IdentityCustomer, FirstName: "=1+1", LastName: "Zéro", Phone: "0033 6 12 34 56 78", CreatedAt: noon(),
		Addresses: []relance.Address{{ExternalID: "1", Kind: "HOME", Line1: "1 rue A", PostalCode: "01000", City: "Bourg", CountryCode: "FR"}}, Version: relance.Version{UpdatedAt: noon(), ReadAt: noon()}}}})
	all := a.exportNow(a.token, map[string]any{"format": "XLSX", "columns": []string{"SPENT", "ORDERS"}})
	if all.State != "DONE" || all.Rows != 9 || *all.Total != 9 || all.Done != 9 || all.Author != "test" {
		t.Errorf("%+v", all)
	}
	status, body := a.file(a.token, *all.File)
	f, err := excelize.OpenReader(bytes.NewReader(body))
	if status != http.StatusOK || err != nil {
		t.Fatal(status, err)
	}
	rows, err := f.GetRows("Customers")
	must(t, err)
	if len(rows) != 10 || len(rows[0]) != 17 || rows[0][15] != "Spent (EUR)" {
		t.Fatalf("%d rows, headings %q", len(rows), rows[0])
	}
	i := slices.IndexFunc(rows, func(r []string) bool { return r[2] == "Zéro" })
	if i < 0 || rows[i][1] != "=1+1" || !strings.Contains(rows[i][5], "01000 Bourg") {
		t.Errorf("the typed person: %q", rows[max(i, 0)])
	}
	some := a.exportNow(a.token, map[string]any{"format": "CSV", "filter": map[string]any{"orderCount": map[string]any{"min": 2}}})
	if rows := a.rowsOf(a.token, some); len(rows) != 6 {
		t.Errorf("%d rows, want a heading and five people", len(rows))
	}
	if got := a.actsOf("export_customers"); len(got) != 2 || !strings.Contains(got[0], `"rows": 5`) || !strings.Contains(got[0], "orderCount") {
		t.Errorf("the audit trail says %q", got)
	}
	if got := a.actsOf("download_export"); len(got) != 2 {
		t.Errorf("of downloads the audit trail says %q", got)
	}
}

// actsOf lists the details of acts, newest first.
func (a *api) actsOf(act string) (out []string) {
	a.t.Helper()
	page, err := a.store.AuditEvents(a.t.Context(), a.merchant, relance.Paging{First: 50}, true)
	must(a.t, err)
	for _, e := range page.Events {
		if e.Action == act {
			out = append(out, e.Detail)
		}
	}
	return out
}

// A worker dies in the middle: the next one begins anew, and what the first does then is not kept.
func TestAnExportIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.people(0, 4, 1)
	ctx := t.Context()
	id, err := a.app.StartExport(ctx, a.merchant, relance.ExportChoice{Format: relance.ExportCSV}, false, nil, "tester")
	must(t, err)
	due, err := a.store.DueExports(ctx, time.Now(), time.Minute)
	must(t, err)
	i := slices.IndexFunc(due, func(t relance.Claim) bool { return t.ID == id })
	if i < 0 {
		t.Fatal("a fresh export is not handed out")
	}
	dead := due[i]
	_, dead.Claims, err = a.store.ClaimExport(ctx, dead, time.Now().Add(-time.Hour))
	must(t, err)
	must(t, a.store.AddExportPart(ctx, dead, 0, []byte("half of it"), time.Now().Add(-time.Hour)))
	must(t, a.app.RunExport(ctx, relance.Claim{MerchantID: a.merchant, ID: id})) // a task of the earlier claim
	if e := a.exportOf(a.token, id); e.State != "RUNNING" {
		t.Errorf("a task of an earlier claim made it %s", e.State)
	}
	due, err = a.store.DueExports(ctx, time.Now(), time.Minute)
	must(t, err)
	if i = slices.IndexFunc(due, func(t relance.Claim) bool { return t.ID == id }); i < 0 || due[i].Claims != dead.Claims {
		t.Fatalf("not handed out again: %+v", due)
	}
	must(t, a.app.RunExport(ctx, due[i]))
	if rows := a.rowsOf(a.token, a.exportOf(a.token, id)); len(rows) != 5 || rows[0][0] != "Client ID" {
		t.Errorf("%q", rows)
	}
	if err := a.store.AddExportPart(ctx, dead, 1, []byte("late"), time.Now()); relance.CodeOf(err) != relance.CodeNotFound {
		t.Errorf("a worker that lost the export writes on: %v", err)
	}
	must(t, a.store.FinishExport(ctx, dead, 0, 0, nil, time.Now()))
	if got := a.actsOf("export_customers"); len(got) != 1 {
		t.Errorf("finished %d times", len(got))
	}
}

func TestExportsEndAndExpire(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.people(0, 2, 1)
	ctx := t.Context()
	for range 3 {
		_, err := a.app.StartExport(ctx, a.merchant, relance.ExportChoice{Format: relance.ExportCSV}, false, nil, "tester")
		must(t, err)
	}
	if r := a.as(a.token, exportStart, map[string]any{"in": map[string]any{"format": "CSV"}}); !strings.Contains(r.Body, "EXPORTS_RUNNING") {
		t.Errorf("a fourth at once: %s", r.Body)
	}
	var list struct{ Exports []exported }
	a.ask(`{ exports { id } }`, nil, &list)
	const cancel = `mutation($id: ID!) { exportCancel(id: $id) { export { state file } errors { code cause { code } } } }`
	first := list.Exports[0].ID
	if r := a.as(a.token, cancel, map[string]any{"id": first}); !strings.Contains(r.Body, `"CANCELLED","file":null`) {
		t.Errorf("cancelled: %s", r.Body)
	}
	if r := a.as(a.token, cancel, map[string]any{"id": first}); !strings.Contains(r.Body, `EXPORT_OVER`) {
		t.Errorf("cancelled twice: %s", r.Body)
	}
	must(t, a.app.RunExport(ctx, relance.Claim{MerchantID: a.merchant, ID: first}))
	if e := a.exportOf(a.token, first); e.State != "CANCELLED" {
		t.Errorf("a cancelled export is %s", e.State)
	}
	second := list.Exports[1].ID
	must(t, a.app.RunExport(ctx, relance.Claim{MerchantID: a.merchant, ID: second}))
	file := *a.exportOf(a.token, second).File
	must(t, a.app.TidyExports(ctx, a.merchant))
	if status, _ := a.file(a.token, file); status != http.StatusOK {
		t.Errorf("a fresh file answers %d", status)
	}
	a.app.Now = func() time.Time { return time.Now().Add(relance.ExportKept + time.Minute) }
	if status, _ := a.file(a.token, file); status != http.StatusNotFound {
		t.Errorf("a file whose time is over answers %d", status)
	}
	must(t, a.app.TidyExports(ctx, a.merchant))
	conn, err := pgx.Connect(ctx, a.dbURL)
	must(t, err)
	defer func() { _ = conn.Close(ctx) }()
	var left int
	must(t, conn.QueryRow(ctx, `SELECT (SELECT count(*) FROM export_parts WHERE merchant_id = $1) + (SELECT count(*) FROM exports WHERE merchant_id = $1)`, a.merchant).Scan(&left))
	if left != 1 {
		t.Errorf("%d rows are left, want the export that waits", left)
	}
}

func TestWhoMayExport(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.people(0, 3, 1)
	a.people(1, 2, 1)
	limited := a.tokenOf(relance.RoleMarketer, a.shops[0])
	own := a.exportNow(limited, map[string]any{"format": "CSV"})
	if rows := a.rowsOf(limited, own); len(rows) != 4 || strings.Contains(fmt.Sprint(rows), "shop1.example") {
		t.Errorf("limited to a shop, somebody exports %q", rows)
	}
	whole := a.exportNow(a.token, map[string]any{"format": "CSV"})
	if rows := a.rowsOf(a.token, whole); len(rows) != 6 {
		t.Errorf("%d rows of everybody", len(rows))
	}
	other := a.tokenOf(relance.RoleMarketer, a.shops[1])
	for what, c := range map[string]struct {
		token, path string
		want        int
	}{
		"the whole list for who is limited": {limited, *whole.File, 404}, "another shop's": {other, *own.File, 404}, "by the owner": {a.token, *own.File, 200},
		"a clerk": {a.tokenOf(relance.RoleClerk), *own.File, 403}, "another ending": {a.token, strings.Replace(*own.File, ".csv", ".xlsx", 1), 404},
		"another merchant": {a.tenant().token, *own.File, 404}, "nothing": {a.token, "/exports/x.csv", 404}, "nobody": {"", *own.File, 401},
	} {
		if status, _ := a.file(c.token, c.path); status != c.want {
			t.Errorf("%s: %d, want %d", what, status, c.want)
		}
	}
	if r := a.as(limited, `{ exports { id } }`, nil); strings.Contains(r.Body, whole.ID.String()) {
		t.Error("who is limited to a shop sees the export of everybody")
	}
	if r := a.as(a.tokenOf(relance.RoleClerk), `{ exports { id } }`, nil); r.code() != "FORBIDDEN" {
		t.Errorf("a clerk reads %s", r.Body)
	}
}

// Only who said yes everywhere, and whom nothing keeps from it.
func TestAnExportOfThoseWhoOptedIn(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	person := func(id string, states ...relance.ConsentState) {
		for shop, state := range states {
			a.give(shop, store.PageRows{Customers: []relance.Customer{{ExternalID: id, Kind: relance.IdentityCustomer, FirstName: id, LastName: "Test", Email: id + "@example.com", CreatedAt: noon(),
				Version:   relance.Version{UpdatedAt: noon(), ReadAt: noon()},
				Addresses: []relance.Address{{ExternalID: "1", Kind: "HOME", Line1: "1 rue A", PostalCode: "01000", City: "Bourg", CountryCode: "FR"}},
				Consents:  []relance.Consent{{Channel: relance.ChannelEmail, State: state}, {Channel: relance.ChannelLetter, State: state}}}}})
		}
	}
	person("yes", relance.ConsentGranted)
	person("confirmed", relance.ConsentConfirmed, relance.ConsentGranted)
	person("torn", relance.ConsentGranted, relance.ConsentRefused)
	person("no", relance.ConsentRefused)
	person("never", relance.ConsentUnknown)
	person("objected", relance.ConsentGranted)
	person("bounced", relance.ConsentGranted)
	must(t, a.store.StopAddress(t.Context(), a.merchant, "objected@example.com", relance.StoppedByObjection, uuid.Nil, time.Now()))
	must(t, a.store.StopAddress(t.Context(), a.merchant, "bounced@example.com", relance.StoppedByBounce, uuid.Nil, time.Now()))
	for channel, want := range map[string]string{
		"EMAIL":  "Email: confirmed@example.com yes@example.com",
		"LETTER": "Addressee: bounced Test confirmed Test objected Test yes Test", // what was said of e-mail says nothing of letters
	} {
		rows := a.rowsOf(a.token, a.exportNow(a.token, map[string]any{"format": "CSV", "optedIn": channel, "columns": []string{"LANGUAGE"}}))
		var got []string
		for _, r := range rows[1:] {
			value := r[3]
			if channel == "LETTER" && value == "" {
				value = r[1] + " " + r[2]
			}
			got = append(got, value)
		}
		slices.Sort(got)
		if got := rows[0][3] + ": " + strings.Join(got, " "); got != want {
			t.Errorf("%s: %q, want %q", channel, got, want)
		}
	}
}

// Workers find what waits, by the rows alone.
func TestWorkersWriteExports(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldOptions{})
	id, err := w.app.StartExport(t.Context(), w.merchant, relance.ExportChoice{Format: relance.ExportXLSX}, false, nil, "tester")
	must(t, err)
	deadline := time.Now().Add(20 * time.Second)
	for tick := time.NewTicker(20 * time.Millisecond); ; <-tick.C {
		e, err := w.store.Export(t.Context(), w.merchant, id, nil)
		must(t, err)
		if e.State == relance.ExportDone {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the export is %s", e.State)
		}
	}
}

// askToken sends an operation as a token and decodes its data; errors end the test.
func (a *api) askToken(token, query string, vars map[string]any, into any) {
	a.t.Helper()
	r := a.as(token, query, vars)
	if len(r.Errors) > 0 {
		a.t.Fatalf("%s", r.Body)
	}
	must(a.t, json.Unmarshal(r.Data, into))
}
