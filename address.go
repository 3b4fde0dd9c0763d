package relance

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// LetterTakes is how long a letter is taken to be on its way, from the order to print it: what
// counts for a person is when it arrives.
const LetterTakes = 3 * 24 * time.Hour

// Key tells whether two addresses are written alike, without their content.
func (a Address) Key() string {
	h := sha256.New()
	for _, f := range []string{a.FirstName, a.LastName, a.Company, a.Line1, a.Line2, a.PostalCode, a.City, a.CountryCode} {
		h.Write([]byte(strings.ToLower(strings.Join(strings.Fields(f), " ")) + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
