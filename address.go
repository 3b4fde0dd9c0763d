package relance

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/google/uuid"
)

// LetterTakes is how long a letter is taken to be on its way, from the order to print it: what
// counts for a person is when it arrives.
const LetterTakes = 3 * 24 * time.Hour

// TakenAddress is an address that the post reported and that somebody took: it stands in for one of a
// record's, for as long as that one is written as it was.
type TakenAddress struct {
	CustomerID uuid.UUID
	InsteadOf  string // the key of the other
	Address    Address
	Robinson   bool // on a list of people who want no advertising letters from anybody
	TakenAt    time.Time
}

// For is the address as it stands in for an old one: that names whom it is for, and the country, where
// the post did not.
func (t *TakenAddress) For(old Address) Address {
	a := t.Address
	if a.FirstName == "" && a.LastName == "" {
		a.FirstName, a.LastName = old.FirstName, old.LastName
	}
	a.CountryCode = cmp.Or(a.CountryCode, old.CountryCode)
	return a
}

// Key tells whether two addresses are written alike, without their content.
func (a Address) Key() string {
	h := sha256.New()
	for _, f := range []string{a.FirstName, a.LastName, a.Company, a.Line1, a.Line2, a.PostalCode, a.City, a.CountryCode} {
		h.Write([]byte(strings.ToLower(strings.Join(strings.Fields(f), " ")) + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
