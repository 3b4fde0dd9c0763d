package identity

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/relance/relance"
)

func lilac(change func(*relance.Address)) relance.Address {
	a := relance.Address{Line1: "12 rue des Lilas", PostalCode: "75001", City: "Paris", CountryCode: "FR"}
	if change != nil {
		change(&a)
	}
	return a
}

func TestPostal(t *testing.T) {
	t.Parallel()
	const lilas = "12 rue des lilas|75001|paris|FR"
	for name, c := range map[string]struct {
		address relance.Address
		want    string
	}{
		"plain":           {lilac(nil), lilas},
		"comma, case":     {lilac(func(a *relance.Address) { a.Line1, a.City = "12, Rue des LILAS", "PARIS" }), lilas},
		"second line":     {lilac(func(a *relance.Address) { a.Line1, a.Line2 = "12", "rue des Lilas" }), lilas},
		"spaced postcode": {lilac(func(a *relance.Address) { a.PostalCode = "75 001" }), lilas},
		"lower country":   {lilac(func(a *relance.Address) { a.CountryCode = "fr" }), lilas},
		"no house number": {lilac(func(a *relance.Address) { a.Line1 = "rue des Lilas" }), ""},
		"no city":         {lilac(func(a *relance.Address) { a.City = "" }), ""},
		"no postcode":     {lilac(func(a *relance.Address) { a.PostalCode = " " }), ""},
		"another flat":    {lilac(func(a *relance.Address) { a.Line2 = "Apt 3" }), "12 rue des lilas apt 3|75001|paris|FR"},
		"av. is avenue":   {lilac(func(a *relance.Address) { a.Line1 = "3 av. Foch" }), "3 avenue foch|75001|paris|FR"},
		"bd is boulevard": {lilac(func(a *relance.Address) { a.Line1 = "3 Bd Foch" }), "3 boulevard foch|75001|paris|FR"},
		"nothing":         {relance.Address{}, ""},
	} {
		if got := Postal(&c.address); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	for _, same := range []string{"Lindenstr. 5", "Lindenstr 5", "LINDENSTRASSE 5", "Lindenstraße 5", "Lindenstraße, 5"} {
		a := relance.Address{Line1: same, PostalCode: "10115", City: "Berlin", CountryCode: "DE"}
		if got := Postal(&a); got != "lindenstrasse 5|10115|berlin|DE" {
			t.Errorf("%q folds to %q", same, got)
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	const name = "anna martin"
	anna := func(change func(*relance.Customer)) *relance.Customer {
		c := &relance.Customer{FirstName: "Anna", LastName: "Martin"}
		change(c)
		return c
	}
	for what, c := range map[string]struct {
		customer *relance.Customer
		want     []Key
	}{
		"nothing": {anna(func(*relance.Customer) {}), nil},
		"e-mail and number": {anna(func(c *relance.Customer) { c.Email, c.CustomerNumber = "Anna@example.com", "K-4711" }),
			[]Key{{ByEmail, "anna@example.com", name}, {ByCustomerNumber, "k 4711", name}}},
		"placeholder e-mail": {anna(func(c *relance.Customer) { c.Email = "noreply@example.com" }), nil},
		"phone read in the country of the address": {anna(func(c *relance.Customer) {
			c.Phone, c.Addresses = "0612345678", []relance.Address{{CountryCode: "FR"}}
		}), []Key{{ByPhone, "+33612345678", name}}},
		"phone without a country": {anna(func(c *relance.Customer) { c.Phone = "0612345678" }), nil},
		"phone without a name":    {&relance.Customer{Phone: "+33612345678", FirstName: "Anna"}, nil},
		"the same phone twice": {anna(func(c *relance.Customer) {
			c.Phone, c.Addresses = "+33612345678", []relance.Address{{Phone: "06 12 34 56 78", CountryCode: "FR"}}
		}), []Key{{ByPhone, "+33612345678", name}}},
		"address in one's own name": {anna(func(c *relance.Customer) {
			c.Addresses = []relance.Address{lilac(func(a *relance.Address) { a.FirstName, a.LastName = "ANNA", "Martin" })}
		}), []Key{{ByAddress, "12 rue des lilas|75001|paris|FR", name}}},
		"a present for somebody else": {anna(func(c *relance.Customer) {
			c.Addresses = []relance.Address{lilac(func(a *relance.Address) {
				a.FirstName, a.LastName, a.Phone = "Paul", "Durand", "0612345678"
			})}
		}), nil},
	} {
		if diff := cmp.Diff(c.want, Keys(c.customer, "")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}
