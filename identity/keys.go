// Package identity decides which records of customers are the same person. It is pure:
// records in, a partition out, the same for any order of arrival. [Keys] says by what a
// record can be recognised, [Partition] joins records that share a key, refusing what
// people decided against. Undoing a merge is partitioning again without it.
package identity

import (
	"slices"
	"strings"

	"github.com/relance/relance"
)

// KeyKind is a way to recognise a person; the values are the API's matchedBy.
type KeyKind string

// The ways, strongest first.
const (
	ByHand           KeyKind = "HAND"
	ByEmail          KeyKind = "EMAIL"
	ByCustomerNumber KeyKind = "CUSTOMER_NUMBER"
	ByPhone          KeyKind = "PHONE"
	ByAddress        KeyKind = "ADDRESS"
	ByNothing        KeyKind = "NONE"
)

// rank orders the kinds by strength.
func (k KeyKind) rank() int {
	return slices.Index([]KeyKind{ByHand, ByEmail, ByCustomerNumber, ByPhone, ByAddress, ByNothing}, k)
}

// named reports whether keys of this kind only match together with the name: people of
// one household share phones and addresses.
func (k KeyKind) named() bool { return k == ByPhone || k == ByAddress }

// Key is one thing a record can be recognised by.
type Key struct {
	Kind  KeyKind
	Value string // normalised
	Name  string // normalised full name of the record, for every kind
}

// matches gives what must be equal for two records to be joined.
func (k Key) matches() Key {
	if !k.Kind.named() {
		k.Name = ""
	}
	return k
}

// Keys lists by what a customer can be recognised, without duplicates. fallback is the
// country in which phone numbers without one are read.
func Keys(c *relance.Customer, fallback string) []Key {
	name := Name(c.FirstName, c.LastName)
	var out []Key
	add := func(kind KeyKind, value string, name string) {
		k := Key{Kind: kind, Value: value, Name: name}
		if value != "" && (name != "" || !kind.named()) && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	for _, e := range append([]string{c.Email}, c.MoreEmails...) {
		add(ByEmail, Email(e), name)
	}
	add(ByCustomerNumber, Fold(c.CustomerNumber), name)
	country := fallback
	if len(c.Addresses) > 0 && c.Addresses[0].CountryCode != "" {
		country = c.Addresses[0].CountryCode
	}
	for _, p := range append([]string{c.Phone}, c.MorePhones...) {
		add(ByPhone, Phone(p, country), name)
	}
	for i := range c.Addresses {
		a := &c.Addresses[i]
		who := name
		if n := Name(a.FirstName, a.LastName); n != "" && n != name {
			continue // somebody else's address, a gift perhaps
		}
		add(ByPhone, Phone(a.Phone, a.CountryCode), who)
		add(ByAddress, Postal(a), who)
	}
	return out
}

// Postal gives the comparable form of a complete postal address, or "".
func Postal(a *relance.Address) string {
	street, postcode, city := foldStreet(a.Line1+" "+a.Line2), strings.ReplaceAll(Fold(a.PostalCode), " ", ""), Fold(a.City)
	if !strings.ContainsFunc(street, func(r rune) bool { return r >= '0' && r <= '9' }) || postcode == "" || city == "" {
		return ""
	}
	return strings.Join([]string{street, postcode, city, strings.ToUpper(a.CountryCode)}, "|")
}

// foldStreet folds a street and writes its commonest words one way.
func foldStreet(s string) string {
	words := strings.Fields(Fold(s))
	for i, w := range words {
		switch w {
		case "str", "strasse":
			words[i] = "strasse"
		case "av", "ave", "avenue":
			words[i] = "avenue"
		case "bd", "bld", "blvd", "boulevard":
			words[i] = "boulevard"
		default:
			if strings.HasSuffix(w, "str") && len(w) > 5 {
				words[i] = w + "asse"
			}
		}
	}
	return strings.Join(words, " ")
}

func sortedWords(s string) string {
	w := strings.Fields(s)
	slices.Sort(w)
	return strings.Join(w, " ")
}
