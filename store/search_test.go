package store_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/relance/relance"
)

// find gives the external ids of who a filter finds.
func (l *lab) find(f relance.Filter) []string {
	l.Helper()
	page, err := l.s.Profiles(l.ctx, l.m, relance.ProfileQuery{Paging: relance.Paging{First: 250, Total: true}, Filter: f, Now: noon, Want: relance.ProfileWant{Records: true}})
	l.ok(err)
	var out []string
	for _, p := range page.Profiles {
		for _, r := range p.Records {
			out = append(out, r.ExternalID)
		}
	}
	if int(*page.Total) != len(page.Profiles) {
		l.Errorf("counted %d, listed %d", *page.Total, len(page.Profiles))
	}
	slices.Sort(out)
	return out
}

func TestSearch(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	person := func(id, first, last string, more func(*relance.Customer)) relance.Customer {
		return customer(id, func(c *relance.Customer) { c.FirstName, c.LastName = first, last; more(c) })
	}
	rows := customers(
		person("muller", "Änna", "Müller-Lüdenscheidt", func(c *relance.Customer) { c.Email, c.Phone = "Anna.Mueller@Example.com", "+33 6 12 34 56 78" }),
		person("durand", "Paul", "Durand", func(c *relance.Customer) {
			c.Company, c.Phone, c.CustomerNumber = "Société Générale des Thés", "06 98 76 54 32", "K-2024/77"
			c.Addresses = []relance.Address{{ExternalID: "1", Kind: "HOME", City: "Besançon", CountryCode: "FR"}}
		}),
		person("hundred", "Odd", "100%_sure\\", func(c *relance.Customer) {}),
		person("strasse", "Otto", "Weißstraße", func(c *relance.Customer) {}))
	rows.Orders = []relance.Order{order("1", "durand", "10", func(o *relance.Order) { o.Number = "XKBKNABJK" }),
		order("2", "muller", "10", func(o *relance.Order) { o.Number = "R000123" })}
	l.give(0, rows)
	for search, want := range map[string]string{
		"müller":                     "muller",
		"MULLER":                     "muller",
		"Lüdenscheid":                "muller",
		"anna muller":                "muller",
		"muller anna":                "muller",
		"mulller":                    "muller", // a typing error
		"Anna Durand":                "",       // both words must fit
		"anna.mueller@":              "muller",
		"anna.mueller@example.com":   "muller",
		"ANNA.MUELLER@EXAMPLE.COM":   "muller",
		"+33612345678":               "muller",
		"0612345678":                 "muller",
		"06 12 34 56 78":             "muller",
		"0033612345678":              "muller",
		"+33698765432":               "durand", // stored without the country
		"0698765432":                 "durand",
		"societe thes":               "durand",
		"besancon":                   "durand",
		"K-2024/77":                  "durand",
		"XKBKN":                      "durand",
		"xkbknabjk":                  "durand",
		"R000123":                    "muller",
		"R0001":                      "muller",
		"100%":                       "hundred",
		"%":                          "",
		"_":                          "",
		`\`:                          "",
		"'":                          "",
		"'; DROP TABLE profiles; --": "",
		"000000":                     "",
		"\x00":                       "",
		"\x00muller":                 "muller",
		"weissstrasse":               "strasse",
		"Weißstr":                    "strasse",
		"zzzzzzzz":                   "",
		"\u202emuller":               "muller",
		strings.Repeat("é", 5000):    "",
		strings.Repeat("q ", 500):    "",
		"日本":                         "",
	} {
		got := strings.Join(l.find(relance.Filter{Search: search}), " ")
		if got != want {
			if len(search) > 40 {
				search = search[:40] + "…"
			}
			t.Errorf("search %q finds %q, want %q", search, got, want)
		}
	}
	if diff := cmp.Diff([]string{"durand", "hundred", "muller", "strasse"}, l.find(relance.Filter{Search: "  "})); diff != "" {
		t.Errorf("an empty search is no condition (-want +got):\n%s", diff)
	}
}
