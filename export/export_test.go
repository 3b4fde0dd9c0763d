package export

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"github.com/relance/relance"
	"github.com/relance/relance/identity"
)

var paris = func() *time.Location {
	z, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return z
}()

func someone() *relance.Profile {
	last := time.Date(2026, 3, 4, 23, 30, 0, 0, time.UTC) // the fifth in Paris
	return &relance.Profile{ID: uuid.UUID{1}, FirstName: "=cmd()", LastName: "Fournier", Company: "@tea", Language: "fr", CreatedAt: time.Date(2019, 12, 31, 23, 30, 0, 0, time.UTC),
		Emails: []relance.Contact{{Value: "amelie@example.com"}}, Phones: []relance.Contact{{Value: "+33612345678"}},
		Addresses: []relance.ProfileAddress{{Address: relance.Address{Line1: "12 rue des Lilas", PostalCode: "01000", City: "Bourg", CountryCode: "FR"}}},
		Members:   []relance.Membership{{Type: "Club", Rate: "10 €", Status: relance.MembershipActive, Since: last}, {Type: "Friends", Status: relance.MembershipEnded, Since: last.AddDate(-1, 0, 0)}},
		Consents: []relance.ProfileConsent{{Channel: relance.ChannelEmail, State: relance.ConsentConfirmed}, {Channel: relance.ChannelEmail, Preference: "news", State: relance.ConsentRefused},
			{Channel: relance.ChannelSMS, State: relance.ConsentUnknown}},
		Labels: []relance.Label{{Name: "VIP"}, {Name: "Press"}}, OrderCount: 3, Spent: relance.Money{Amount: decimal.RequireFromString("-1234.5"), Currency: "EUR"}, LastOrderAt: &last}
}

func write(t *testing.T, c relance.ExportChoice, people ...*relance.Profile) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := New(&b, Options{Choice: c, Zone: paris, Currency: "EUR"})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		if _, err := w.Row(p, relance.Stops{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var further = []relance.ExportColumn{relance.ExportSpent, relance.ExportOrders, relance.ExportLastOrder, relance.ExportGroup, relance.ExportLabels, relance.ExportCompany, relance.ExportLanguage}

func TestCSV(t *testing.T) {
	t.Parallel()
	file := write(t, relance.ExportChoice{Format: relance.ExportCSV, Language: "fr", Separator: relance.SeparatorSemicolon, Mark: true, Columns: further}, someone(), &relance.Profile{ID: uuid.UUID{2}})
	if !bytes.HasPrefix(file, []byte("\xef\xbb\xbf")) {
		t.Error("the file does not begin with the mark of UTF-8")
	}
	r := csv.NewReader(bytes.NewReader(file[3:]))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"01000000-0000-0000-0000-000000000000", "'=cmd()", "Fournier", "amelie@example.com", "'+33612345678", "12 rue des Lilas, 01000 Bourg, FR", "2020-01-01", "2", "1",
		"Club; Friends", "10 €; ", "active; terminée", "2026-03-05; 2025-03-05", "non", "E-mail: oui, confirmé; E-mail (news): non",
		"-1234,5", "3", "2026-03-05", "", "VIP; Press", "'@tea", "fr"}
	if diff := cmp.Diff(want, rows[1]); diff != "" {
		t.Errorf("the first person (-want +got):\n%s", diff)
	}
	if got := strings.Join(rows[2][7:13], "|"); got != "|||||" {
		t.Errorf("somebody without memberships has %q", got)
	}
	if rows[0][15] != "Dépensé (EUR)" || rows[0][6] != "Client depuis" {
		t.Errorf("headings %q", rows[0])
	}
	plain := write(t, relance.ExportChoice{Format: relance.ExportCSV, Language: "de", Columns: []relance.ExportColumn{relance.ExportSpent}}, someone())
	if !bytes.Contains(plain, []byte(",-1234.5\r\n")) || bytes.HasPrefix(plain, []byte("\xef\xbb\xbf")) {
		t.Errorf("between commas:\n%s", plain)
	}
}

func TestTheFifteenColumns(t *testing.T) {
	t.Parallel()
	for language, want := range map[string]string{
		"en": "Client ID,First name,Last name,Email,Phone,Address,Became a client,Memberships,Active memberships,Membership type,Membership rate,Membership status,Member since,Photo uploaded,Marketing preferences",
		"de": "Kunden-ID,Vorname,Nachname,E-Mail,Telefon,Adresse,Kunde seit,Mitgliedschaften,Aktive Mitgliedschaften,Art der Mitgliedschaft,Beitrag,Stand der Mitgliedschaft,Mitglied seit,Foto vorhanden,Werbeeinwilligungen",
		"fr": "Identifiant client,Prénom,Nom,E-mail,Téléphone,Adresse,Client depuis,Adhésions,Adhésions actives,Type d’adhésion,Tarif d’adhésion,Statut d’adhésion,Membre depuis,Photo ajoutée,Préférences marketing",
	} {
		if got := strings.TrimSpace(string(write(t, relance.ExportChoice{Format: relance.ExportCSV, Language: language}))); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", language, got, want)
		}
	}
}

// TestAListCanBeImportedAgain: our own headings are recognised in every language, above all that of the id.
func TestAListCanBeImportedAgain(t *testing.T) {
	t.Parallel()
	want := []string{"externalId", "firstName", "lastName", "email", "phone", "address", "createdAt"}
	for _, language := range []string{"en", "fr", "de"} {
		head, _, _ := strings.Cut(strings.TrimSpace(string(write(t, relance.ExportChoice{Format: relance.ExportCSV, Language: language}))), "\n")
		var folded []string
		for _, h := range strings.Split(head, ",") {
			folded = append(folded, identity.Fold(h))
		}
		if got := relance.GuessMapping(relance.ImportCustomers, folded); !slices.Equal(got[:len(want)], want) {
			t.Errorf("%s: %q are taken for %q, want %q", language, folded[:len(want)], got[:len(want)], want)
		}
	}
}

func open(t *testing.T, file []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestXLSXHasTypedCells(t *testing.T) {
	t.Parallel()
	early := someone()
	early.CreatedAt = time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC)
	early.Members = early.Members[:1]
	f := open(t, write(t, relance.ExportChoice{Format: relance.ExportXLSX, Language: "en", Columns: further}, someone(), early))
	for cell, want := range map[string]struct {
		typ   excelize.CellType
		value string
	}{
		"B2": {excelize.CellTypeInlineString, "=cmd()"}, "E2": {excelize.CellTypeInlineString, "+33612345678"}, "G2": {excelize.CellTypeNumber, "2020-01-01"},
		"H2": {excelize.CellTypeNumber, "2"}, "P2": {excelize.CellTypeNumber, "-1,234.50"}, "Q2": {excelize.CellTypeNumber, "3"}, "R2": {excelize.CellTypeNumber, "2026-03-05"},
		"M2": {excelize.CellTypeInlineString, "2026-03-05; 2025-03-05"}, "M3": {excelize.CellTypeNumber, "2026-03-05"}, "G3": {excelize.CellTypeInlineString, "0001-01-02"}, "S2": {excelize.CellTypeUnset, ""},
	} {
		value, err := f.GetCellValue("Customers", cell)
		typ, _ := f.GetCellType("Customers", cell)
		formula, _ := f.GetCellFormula("Customers", cell)
		if typ == excelize.CellTypeUnset && want.typ == excelize.CellTypeNumber {
			typ = excelize.CellTypeNumber // a number needs no type in the file
		}
		if err != nil || value != want.value || typ != want.typ || formula != "" {
			t.Errorf("%s is %q of the type %d, formula %q, %v; want %+v", cell, value, typ, formula, err, want)
		}
	}
}

func TestAFullSheetIsFollowedByAnother(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	c := relance.ExportChoice{Format: relance.ExportXLSX}
	w, err := newXLSX(&b, &list{Options: Options{Choice: c, Zone: time.UTC}, columns: columnsOf(&c)}, 4)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 7 {
		if _, err := w.Row(&relance.Profile{LastName: fmt.Sprint(i)}, relance.Stops{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f := open(t, b.Bytes())
	if diff := cmp.Diff([]string{"Customers", "Customers 2", "Customers 3"}, f.GetSheetList()); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
	var got []string
	for _, s := range f.GetSheetList() {
		rows, _ := f.GetRows(s)
		for _, r := range rows[1:] {
			got = append(got, r[2])
		}
	}
	if strings.Join(got, "") != "0123456" {
		t.Errorf("people %q", got)
	}
}

func TestOptedInListsHaveAnAddress(t *testing.T) {
	t.Parallel()
	mail := func(stops relance.Stops, emails ...string) string {
		var b bytes.Buffer
		w, err := New(&b, Options{Choice: relance.ExportChoice{Format: relance.ExportCSV, OptedIn: relance.ChannelEmail}})
		if err != nil {
			t.Fatal(err)
		}
		p := &relance.Profile{}
		for _, e := range emails {
			p.Emails = append(p.Emails, relance.Contact{Value: e})
		}
		written, err := w.Row(p, stops)
		if err = firstOf(err, w.Close()); err != nil || !written {
			return fmt.Sprint(written)
		}
		return strings.Split(strings.Split(b.String(), "\r\n")[1], ",")[3]
	}
	for _, c := range []struct {
		got, want string
	}{
		{mail(relance.Stops{}, "a@example.com", "b@example.com"), "a@example.com"},
		{mail(relance.Stops{Places: []string{"a@example.com"}}, "a@example.com", "b@example.com"), "b@example.com"},
		{mail(relance.Stops{Places: []string{"a@example.com"}}, "a@example.com"), "false"},
		{mail(relance.Stops{Objected: true}, "a@example.com"), "false"},
		{mail(relance.Stops{}, "noreply@example.com", "b@example.com"), "b@example.com"},
		{mail(relance.Stops{}), "false"},
	} {
		if c.got != c.want {
			t.Errorf("wrote %q, want %q", c.got, c.want)
		}
	}
	home := relance.Address{Line1: "1 rue A", PostalCode: "01000", City: "Bourg", CountryCode: "FR"}
	named := home
	named.LastName = "Fournier"
	p := &relance.Profile{Addresses: []relance.ProfileAddress{{Address: home}}, Records: []relance.Identity{{LastName: "Fournier"}}}
	at := &person{list: &list{}, p: p}
	if at.reach(relance.ChannelLetter, relance.Stops{Places: []string{named.Key()}}) || !at.reach(relance.ChannelLetter, relance.Stops{Places: []string{"other"}}) {
		t.Error("an address that a letter came back from is in the list, or another is not")
	}
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
