package postal_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/relance/relance"
	"github.com/relance/relance/letter/postal"
)

func berlin() relance.Address {
	return relance.Address{FirstName: "Jörg", LastName: "Größmann", Line1: "Beispielstraße 12", PostalCode: "10115", City: "Berlin", CountryCode: "DE"}
}

func TestAddressesOfCountries(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		a    relance.Address
		from string
		want []string
	}{
		"Germany at home":   {berlin(), "DE", []string{"Jörg Größmann", "Beispielstraße 12", "10115 Berlin"}},
		"Germany abroad":    {berlin(), "FR", []string{"Jörg Größmann", "Beispielstraße 12", "10115 Berlin", "ALLEMAGNE"}},
		"a prefix twice":    {relance.Address{LastName: "Muster", Line1: "Weg 1", PostalCode: "D-10115", City: "Berlin", CountryCode: "DE"}, "CH", []string{"Muster", "Weg 1", "10115 Berlin", "DEUTSCHLAND"}},
		"France":            {relance.Address{FirstName: "Zoé", LastName: "Lefèvre", Company: "Exemple SARL", Line1: "12, rue de l’Exemple.", Line2: "Bâtiment B", PostalCode: "69002", City: "Lyon Cedex 02", CountryCode: "FR"}, "FR", []string{"Exemple SARL", "Zoé Lefèvre", "Bâtiment B", "12 rue de l’Exemple", "69002 LYON CEDEX 02"}},
		"France from DE":    {relance.Address{LastName: "Lefèvre", Line1: "1 rue A", PostalCode: "34000", City: "Montpellier", CountryCode: "fr"}, "DE", []string{"Lefèvre", "1 rue A", "34000 MONTPELLIER", "FRANKREICH"}},
		"Austria":           {relance.Address{LastName: "Muster", Line1: "Gasse 3/4", PostalCode: "1010", City: "Wien", CountryCode: "AT"}, "DE", []string{"Muster", "Gasse 3/4", "1010 Wien", "ÖSTERREICH"}},
		"Switzerland":       {relance.Address{LastName: "Muster", Line1: "Weg 5", PostalCode: "CH-8001", City: "Zürich", CountryCode: "CH"}, "CH", []string{"Muster", "Weg 5", "8001 Zürich"}},
		"Britain":           {relance.Address{LastName: "Sample", Line1: "1 Example Road", PostalCode: "sw1a1aa", City: "London", CountryCode: "GB"}, "FR", []string{"Sample", "1 Example Road", "LONDON", "SW1A 1AA", "ROYAUME-UNI"}},
		"Netherlands":       {relance.Address{LastName: "Voorbeeld", Line1: "Straat 1", PostalCode: "1012ab", City: "Amsterdam", CountryCode: "NL"}, "DE", []string{"Voorbeeld", "Straat 1", "1012 AB  AMSTERDAM", "NIEDERLANDE"}},
		"Luxembourg":        {relance.Address{LastName: "Beispill", Line1: "1, rue A", PostalCode: "L-1111", City: "Luxembourg", CountryCode: "LU"}, "FR", []string{"Beispill", "1, rue A", "L-1111 Luxembourg", "LUXEMBOURG"}},
		"Italy":             {relance.Address{LastName: "Esempio", Line1: "Via A 1", PostalCode: "20121", City: "Milano", Region: "MI", CountryCode: "IT"}, "CH", []string{"Esempio", "Via A 1", "20121 Milano MI", "ITALIEN"}},
		"Spain":             {relance.Address{LastName: "Ejemplo", Line1: "Calle A 1", PostalCode: "28001", City: "Madrid", CountryCode: "ES"}, "FR", []string{"Ejemplo", "Calle A 1", "28001 Madrid", "ESPAGNE"}},
		"a code not known":  {relance.Address{LastName: "Exemplo", Line1: "Rua A 1", PostalCode: "1000-001", City: "Lisboa", CountryCode: "PT"}, "DE", []string{"Exemplo", "Rua A 1", "1000-001 Lisboa", "PORTUGAL"}},
		"a company's name":  {relance.Address{LastName: "Tee AG", Company: "Tee AG", Line1: "Weg 5", PostalCode: "8001", City: "Zürich", CountryCode: "CH"}, "CH", []string{"Tee AG", "Weg 5", "8001 Zürich"}},
		"spaces and breaks": {relance.Address{FirstName: " Jo\u0308rg\n", LastName: "A\tB", Line1: "Weg  5", PostalCode: " 8001", City: "Zürich\r\n", CountryCode: "CH"}, "CH", []string{"Jörg A B", "Weg 5", "8001 Zürich"}},
		"a long street":     {relance.Address{LastName: "Lefèvre", Line1: "1234 boulevard du Général Exemple de la Longue Rue", PostalCode: "34000", City: "Montpellier", CountryCode: "FR"}, "FR", []string{"Lefèvre", "1234 boulevard du Général Exemple de", "la Longue Rue", "34000 MONTPELLIER"}},
	} {
		got, wrong := postal.Lines(c.a, c.from)
		if !slices.Equal(got, c.want) || wrong != nil {
			t.Errorf("%s: %q, %v; want %q", name, got, wrong, c.want)
		}
	}
}

func TestProblemsAreNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*relance.Address)
		want   []string
	}{
		"nothing":        {func(a *relance.Address) { *a = relance.Address{} }, []string{"POSTAL_NAME_MISSING", "POSTAL_STREET_MISSING", "POSTAL_CITY_MISSING", "POSTAL_COUNTRY_MISSING"}},
		"no street":      {func(a *relance.Address) { a.Line1 = " " }, []string{"POSTAL_STREET_MISSING"}},
		"no code":        {func(a *relance.Address) { a.PostalCode = "" }, []string{"POSTAL_CODE_MISSING"}},
		"a French code":  {func(a *relance.Address) { a.PostalCode = "7500" }, []string{"POSTAL_CODE_WRONG"}},
		"no such land":   {func(a *relance.Address) { a.CountryCode = "XX" }, []string{"POSTAL_COUNTRY_UNKNOWN"}},
		"300 letters":    {func(a *relance.Address) { a.LastName = strings.Repeat("ß", 300) }, []string{"POSTAL_LINE_LONG"}},
		"300, in words":  {func(a *relance.Address) { a.LastName = strings.Repeat("von und ", 24) }, []string{"POSTAL_LINES"}},
		"one long word":  {func(a *relance.Address) { a.LastName = strings.Repeat("a", 60) }, []string{"POSTAL_LINE_LONG"}},
		"Hebrew":         {func(a *relance.Address) { a.LastName = "ישראל" }, []string{"POSTAL_RIGHT_TO_LEFT"}},
		"a turned name":  {func(a *relance.Address) { a.LastName = "a\u202eb" }, []string{"POSTAL_RIGHT_TO_LEFT"}},
		"bad everything": {func(a *relance.Address) { a.City, a.PostalCode = "", "1" }, []string{"POSTAL_CITY_MISSING", "POSTAL_CODE_WRONG"}},
	} {
		a := berlin()
		c.change(&a)
		lines, wrong := postal.Lines(a, "DE")
		var got []string
		for _, w := range wrong {
			got = append(got, w.Code)
			if w.String() == "" {
				t.Errorf("%s says nothing", w.Code)
			}
		}
		if !slices.Equal(got, c.want) || lines != nil {
			t.Errorf("%s: %v with the lines %q; want %v", name, got, lines, c.want)
		}
	}
}

func TestCodesOfCountries(t *testing.T) {
	t.Parallel()
	for country, codes := range map[string][2]string{
		"FR": {"75011 97410 01000", "00100 7501 750111 99000"}, "DE": {"01067 99998", "00123 1011"}, "AT": {"1010 A-6020", "0100 10100"},
		"CH": {"8001 CH-3000", "800 80011"}, "BE": {"1000 B-9000", "0100"}, "LU": {"1111 L-2222", "11111"}, "NL": {"1012AB", "0012AB 1012"},
		"GB": {"SW1A1AA M11AE EC1A1BB", "SW1A 12345 AAA11AA"}, "IT": {"00118", "0118"}, "ES": {"28001 52001", "53001 00001"},
	} {
		for i, list := range codes {
			for _, code := range strings.Fields(list) {
				a := berlin()
				a.CountryCode, a.PostalCode = country, code
				if _, wrong := postal.Lines(a, "DE"); (len(wrong) > 0) != (i == 1) {
					t.Errorf("%s %s: %v", country, code, wrong)
				}
			}
		}
	}
}

func FuzzLines(f *testing.F) {
	f.Add("Jörg", "Größmann", "Tee AG", "Weg 5", "Hof", "10115", "Berlin", "DE", "FR")
	f.Add("", "\u202e", "a\x00b", "é\xff", "ﬁ", "SW1A 1AA", "London", "GB", "")
	f.Add("a", "b", "", "Straat", "", "1012AB", "A", "NL", "DE")
	f.Fuzz(func(t *testing.T, first, last, company, line1, line2, code, city, country, from string) {
		lines, wrong := postal.Lines(relance.Address{FirstName: first, LastName: last, Company: company, Line1: line1, Line2: line2, PostalCode: code, City: city, CountryCode: country}, from)
		if (len(lines) > 0) == (len(wrong) > 0) {
			t.Fatalf("%q with the problems %v", lines, wrong)
		}
		if len(lines) > postal.MaxLines {
			t.Fatalf("%d lines", len(lines))
		}
		for _, l := range lines {
			if l != strings.TrimSpace(l) || l == "" || !utf8.ValidString(l) || utf8.RuneCountInString(l) > 45 || strings.ContainsAny(l, "\n\r\t\x00") {
				t.Fatalf("the line %q", l)
			}
		}
	})
}
