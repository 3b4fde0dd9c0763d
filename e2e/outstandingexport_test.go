package e2e_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// debtors are two business customers of the first shop and one of the second with unpaid orders.
func (a *api) debtors() (now time.Time) {
	a.t.Helper()
	now = time.Now().UTC().Truncate(time.Second)
	at := relance.Version{UpdatedAt: now, ReadAt: now}
	business := func(id, company, last string, limit int64, days int) relance.Customer {
		return relance.Customer{ExternalID: id, Kind: relance.IdentityCustomer, FirstName: "Anna", LastName: last, Company: company, Email: id + "@example.com", Phone: "0612345678", CreatedAt: now, Version: at,
			Business: &relance.Business{OutstandingLimit: decimal.NewFromInt(limit), MaxPaymentDays: days}}
	}
	unpaid := func(id, customer, total, currency string, days int) relance.Order {
		return relance.Order{ExternalID: id, Number: id, CustomerID: customer, State: relance.OrderOpen, PlacedAt: now.AddDate(0, 0, -days), Currency: currency, Total: decimal.RequireFromString(total), Version: at}
	}
	a.give(0, store.PageRows{Customers: []relance.Customer{business("alpha", "=Alpha()", "Eins", 100, 30), business("beta", "Beta", "Zwei", 0, 0)},
		Orders: []relance.Order{unpaid("1", "alpha", "80.50", "EUR", 40), unpaid("2", "alpha", "40", "EUR", 5), unpaid("3", "alpha", "9", "CHF", 3), unpaid("4", "beta", "50", "EUR", 2)}})
	a.give(1, store.PageRows{Customers: []relance.Customer{business("gamma", "Gamma", "Drei", 0, 30)}, Orders: []relance.Order{unpaid("5", "gamma", "7", "EUR", 1)}})
	return now
}

// exportOutstanding exports outstanding amounts as a token, and gives the file.
func (a *api) exportOutstanding(token string, in map[string]any) (exported, []byte) {
	a.t.Helper()
	var out struct {
		ExportOutstanding struct{ Export exported }
	}
	a.askToken(token, `mutation($in: ExportOutstandingInput!) { exportOutstanding(input: $in) { export { id state list } errors { code } } }`, map[string]any{"in": in}, &out)
	id := out.ExportOutstanding.Export.ID
	must(a.t, a.app.RunExport(a.t.Context(), relance.Claim{MerchantID: a.merchant, ID: id}))
	e := a.exportOf(token, id)
	if e.State != "DONE" || e.File == nil {
		a.t.Fatalf("the export is %+v", e)
	}
	status, body := a.file(token, *e.File)
	if status != http.StatusOK {
		a.t.Fatalf("%d: %s", status, body)
	}
	return e, body
}

// What is outstanding becomes a file that a spreadsheet opens: numbers and days are such, no cell is a formula.
func TestOutstandingAmountsAsAFile(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	now := a.debtors()
	paris, err := time.LoadLocation("Europe/Paris")
	must(t, err)
	e, body := a.exportOutstanding(a.token, map[string]any{"format": "XLSX"})
	f, err := excelize.OpenReader(bytes.NewReader(body))
	must(t, err)
	rows, err := f.GetRows("Outstanding amounts")
	must(t, err)
	heads := "Client ID,Company,First name,Last name,Email,Phone,Open orders,Outstanding,Currency,Oldest unpaid order,Payment delay (days),Due since,Days over,Authorised,Currency of the authorised amount,Exceeded"
	if diff := cmp.Diff(heads, strings.Join(rows[0], ",")); diff != "" || len(rows) != 5 || e.Rows != 4 {
		t.Fatalf("%d rows, %d told (-want +got):\n%s", len(rows), e.Rows, diff)
	}
	day := func(ago int) string { return now.AddDate(0, 0, -ago).In(paris).Format(time.DateOnly) }
	alpha := fmt.Sprintf("=Alpha()|Anna|Eins|alpha@example.com|0612345678|2|120.50|EUR|%s|30|%s|10|100.00|EUR|yes", day(40), day(10))
	for i, want := range []string{
		fmt.Sprintf("=Alpha()|Anna|Eins|alpha@example.com|0612345678|1|9.00|CHF|%s|30|%s|10|100.00|EUR", day(40), day(10)), alpha,
		fmt.Sprintf("Beta|Anna|Zwei|beta@example.com|0612345678|1|50.00|EUR|%s||%s|2", day(2), day(2)),
	} {
		if diff := cmp.Diff(want, strings.Join(rows[i+1][1:], "|")); diff != "" {
			t.Errorf("row %d (-want +got):\n%s", i+1, diff)
		}
	}
	for _, cell := range []string{"B2", "B3"} {
		if formula, err := f.GetCellFormula("Outstanding amounts", cell); err != nil || formula != "" {
			t.Errorf("%s is the formula %q, %v", cell, formula, err)
		}
	}
	if got := a.actsOf("export_outstanding"); len(got) != 1 || !strings.Contains(got[0], `"rows": 4`) {
		t.Errorf("the audit trail says %q", got)
	}
	if got := a.actsOf("download_export"); len(got) != 1 {
		t.Errorf("of downloads the audit trail says %q", got)
	}
}

// As CSV only those over their delay, in French; and somebody limited to a shop takes that shop's alone.
func TestOutstandingAmountsAsCSV(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.debtors()
	read := func(body []byte) [][]string {
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff"))))
		r.Comma = ';'
		rows, err := r.ReadAll()
		must(t, err)
		return rows
	}
	_, body := a.exportOutstanding(a.token, map[string]any{"format": "CSV", "overdue": true, "language": "fr", "separator": "SEMICOLON"})
	rows := read(body)
	if len(rows) != 4 || rows[0][7] != "Encours" || rows[2][1] != "'=Alpha()" || rows[2][7] != "120,5" || rows[2][15] != "oui" {
		t.Errorf("over their delay: %q", rows)
	}
	limited := a.tokenOf(relance.RoleMarketer, a.shops[1])
	_, body = a.exportOutstanding(limited, map[string]any{"format": "CSV", "separator": "SEMICOLON"})
	if rows := read(body); len(rows) != 2 || rows[1][1] != "Gamma" || rows[1][4] != "gamma@example.com" {
		t.Errorf("of the second shop: %q", rows)
	}
	clerk := a.tokenOf(relance.RoleClerk)
	if status, _ := a.file(clerk, "/exports/"+uuid.NewString()+".csv"); status != http.StatusForbidden {
		t.Errorf("a clerk downloads: %d", status)
	}
}
