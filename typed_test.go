package relance_test

import (
	"errors"
	"testing"
	"time"

	"github.com/relance/relance"
)

var typedNow = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func day(s string) *time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return &t
}

func TestTypedDetailsAreCheckedFieldByField(t *testing.T) {
	t.Parallel()
	long := make([]string, 21)
	for i := range long {
		long[i] = string(rune('a'+i)) + "@example.com"
	}
	tests := map[string]struct {
		d     relance.TypedDetails
		field string
	}{
		"nothing":                {relance.TypedDetails{}, ""},
		"a whole person":         {relance.TypedDetails{Title: "mrs", FirstName: " Amélie ", Language: "FR", Birthday: day("1984-02-29"), Emails: []string{"a@example.com"}, Phones: []string{"06 12 34 56 78"}, Pages: []string{"https://social.example/amelie"}}, ""},
		"a title nobody has":     {relance.TypedDetails{Title: "DR"}, "title"},
		"a name over two lines":  {relance.TypedDetails{FirstName: "a\x00b"}, "firstName"},
		"no language":            {relance.TypedDetails{Language: "french"}, "language"},
		"born in year 1":         {relance.TypedDetails{Birthday: day("0001-01-01")}, "birthday"},
		"born tomorrow":          {relance.TypedDetails{Birthday: day("2026-06-16")}, "birthday"},
		"no e-mail address":      {relance.TypedDetails{Emails: []string{"anna at example.com"}}, "emails"},
		"a name in the address":  {relance.TypedDetails{Emails: []string{"Anna <anna@example.com>"}}, "emails"},
		"too many":               {relance.TypedDetails{Emails: long}, "emails"},
		"no phone number":        {relance.TypedDetails{Phones: []string{"later"}}, "phones"},
		"a page of scripts":      {relance.TypedDetails{Pages: []string{"javascript:alert(1)"}}, "pages"},
		"a date in year 9999":    {relance.TypedDetails{Dates: []relance.ImportantDate{{Label: "Wedding", On: *day("9999-01-01")}}}, "dates"},
		"a date of nothing":      {relance.TypedDetails{Dates: []relance.ImportantDate{{On: *day("2020-01-01")}}}, "dates"},
		"an address in nowhere":  {relance.TypedDetails{Addresses: []relance.Address{{Line1: "1 rue", City: "Lyon", CountryCode: "F"}}}, "addresses"},
		"an address of no place": {relance.TypedDetails{Addresses: []relance.Address{{CountryCode: "FR"}}}, "addresses"},
		"up to nothing":          {relance.TypedDetails{OnAccount: relance.OnAccountUpTo}, "upTo"},
		"a tax without a rate":   {relance.TypedDetails{TaxName: "reduced"}, "taxRate"},
		"a wrong SIRET":          {relance.TypedDetails{Business: &relance.Business{SIRET: "732 829 320 00075"}}, "siret"},
		"a right SIRET":          {relance.TypedDetails{Business: &relance.Business{SIRET: "732 829 320 00074", APE: "47.91b", VATNumber: "fr 44 732829320"}}, ""},
		"a VAT number of nobody": {relance.TypedDetails{Business: &relance.Business{VATNumber: "ZZ123"}}, "vatNumber"},
		"a short German one":     {relance.TypedDetails{Business: &relance.Business{VATNumber: "DE12345678"}}, "vatNumber"},
		"an APE of letters":      {relance.TypedDetails{Business: &relance.Business{APE: "ABCDE"}}, "ape"},
		"a year to pay":          {relance.TypedDetails{Business: &relance.Business{MaxPaymentDays: 366}}, "maxPaymentDays"},
	}
	for name, x := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := x.d.Check(typedNow)
			if got := fieldOf(err); got != x.field {
				t.Errorf("refused at %q: %v; want %q", got, err, x.field)
			}
		})
	}
}

func fieldOf(err error) string {
	var e *relance.Error
	if errors.As(err, &e) {
		return e.Field
	}
	return ""
}

func TestDetailsAreTidiedUp(t *testing.T) {
	t.Parallel()
	d := relance.TypedDetails{FirstName: "  Anna   Maria ", Emails: []string{" a@example.com", "a@example.com", ""}, Business: &relance.Business{APE: "47.91b", VATNumber: "de 123 456 789"}}
	if err := d.Check(typedNow); err != nil {
		t.Fatal(err)
	}
	if d.FirstName != "Anna Maria" || len(d.Emails) != 1 || d.Business.APE != "4791B" || d.Business.VATNumber != "DE123456789" {
		t.Errorf("tidied up to %+v %+v", d, d.Business)
	}
}

// The numbers are La Poste's own and made-up ones with right check digits.
func TestSIRET(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{"73282932000074": true, "73282932000075": false, "7328293200007": false, "35600000000048": true, "35600000049837": true, "35600000049838": false, "abcdefghijklmn": false} {
		if relance.IsSIRET(s) != want {
			t.Errorf("%s: %v", s, !want)
		}
	}
}
