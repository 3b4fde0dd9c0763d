package identity

import (
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Phone gives the E.164 form of a valid number, or "". country is the ISO 3166 code
// that a national number is read in.
func Phone(s, country string) string {
	if len(s) < 5 || len(s) > 40 {
		return ""
	}
	if e164, valid := plainPhone(s, country); valid {
		return e164
	}
	n, err := phonenumbers.Parse(s, country)
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return ""
	}
	return phonenumbers.Format(n, phonenumbers.E164)
}

// plainPhone reads a number of digits, spaces, dots and hyphens in the plans where a leading 0 is the trunk prefix and
// nothing else: Germany, France and their neighbours, most numbers of our shops. It takes a fifth of the time of
// phonenumbers.Parse, which takes longer than all other keys of a record together.
func plainPhone(s, country string) (e164 string, valid bool) {
	digits := make([]byte, 0, 16)
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9' && len(digits) < 15:
			digits = append(digits, c)
		case c == ' ' || c == '.' || c == '-' || c == '+' && i == 0:
		default:
			return "", false
		}
	}
	for _, plan := range [...]struct {
		country string // ISO 3166
		calling int32  // E.164
	}{{"FR", 33}, {"DE", 49}, {"CH", 41}, {"AT", 43}, {"BE", 32}, {"NL", 31}} {
		code, prefix := strconv.Itoa(int(plan.calling)), "0"
		if s[0] == '+' {
			prefix = code
		} else if country != plan.country {
			continue
		}
		national, here := strings.CutPrefix(string(digits), prefix)
		number, err := strconv.ParseUint(national, 10, 64)
		if here && err == nil && national[0] != '0' {
			return "+" + code + national, phonenumbers.IsValidNumber(&phonenumbers.PhoneNumber{CountryCode: &plan.calling, NationalNumber: &number})
		}
	}
	return "", false
}
