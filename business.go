package relance

import (
	"regexp"
	"strings"
)

// Check tidies the numbers of a business up and gives the first error, at its field.
func (b *Business) Check() error {
	b.SIRET, b.VATNumber = compact(b.SIRET), strings.ToUpper(compact(b.VATNumber))
	b.APE = strings.ToUpper(compact(strings.ReplaceAll(b.APE, ".", "")))
	switch {
	case b.SIRET != "" && !IsSIRET(b.SIRET):
		return TellField("siret", "SIRET_FORM")
	case b.VATNumber != "" && !IsVATNumber(b.VATNumber):
		return TellField("vatNumber", "VAT_FORM")
	case b.APE != "" && !apeForm.MatchString(b.APE):
		return TellField("ape", "APE_FORM")
	case !plain(b.Risk):
		return TellField("risk", "TEXT_FORM")
	case outside(b.OutstandingLimit, 1_000_000_000):
		return TellField("outstandingLimit", "OUTSTANDING_FORM")
	case b.MaxPaymentDays < 0 || b.MaxPaymentDays > 365:
		return TellField("maxPaymentDays", "PAYMENT_DAYS_FORM")
	}
	return nil
}

// apeForm is a code of the French nomenclature of activities (NAF rev. 2): 47.91B.
var apeForm = regexp.MustCompile(`^\d{4}[A-Z]$`)

// IsSIRET reports whether s is a French establishment number: 14 digits, the whole and its first nine
// with a Luhn checksum; establishments of La Poste (356000000) have a sum of digits divisible by
// five instead (INSEE).
func IsSIRET(s string) bool {
	if len(s) != 14 || digitsIn(s) != 14 {
		return false
	}
	if strings.HasPrefix(s, "356000000") && sumOfDigits(s)%5 == 0 {
		return true
	}
	return luhn(s) && luhn(s[:9])
}

func sumOfDigits(s string) (sum int) {
	for _, r := range s {
		sum += int(r - '0')
	}
	return sum
}

// luhn reports whether the checksum of ISO/IEC 7812-1 holds.
func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		n := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

// vatForms are the forms of VAT numbers by the country that gives them (European Commission, VIES:
// "VAT identification number structure"), besides Northern Ireland, Great Britain, Switzerland and Norway.
var vatForms = map[string]*regexp.Regexp{ //nolint:gochecknoglobals // a table that nobody writes to
	"AT": regexp.MustCompile(`^U\d{8}$`), "BE": regexp.MustCompile(`^[01]\d{9}$`), "BG": regexp.MustCompile(`^\d{9,10}$`),
	"CY": regexp.MustCompile(`^\d{8}[A-Z]$`), "CZ": regexp.MustCompile(`^\d{8,10}$`), "DE": regexp.MustCompile(`^\d{9}$`),
	"DK": regexp.MustCompile(`^\d{8}$`), "EE": regexp.MustCompile(`^\d{9}$`), "EL": regexp.MustCompile(`^\d{9}$`),
	"ES": regexp.MustCompile(`^[A-Z0-9]\d{7}[A-Z0-9]$`), "FI": regexp.MustCompile(`^\d{8}$`), "FR": regexp.MustCompile(`^[A-HJ-NP-Z0-9]{2}\d{9}$`),
	"HR": regexp.MustCompile(`^\d{11}$`), "HU": regexp.MustCompile(`^\d{8}$`), "IE": regexp.MustCompile(`^\d[A-Z0-9+*]\d{5}[A-Z]{1,2}$`),
	"IT": regexp.MustCompile(`^\d{11}$`), "LT": regexp.MustCompile(`^(\d{9}|\d{12})$`), "LU": regexp.MustCompile(`^\d{8}$`),
	"LV": regexp.MustCompile(`^\d{11}$`), "MT": regexp.MustCompile(`^\d{8}$`), "NL": regexp.MustCompile(`^[A-Z0-9+*]{12}$`),
	"PL": regexp.MustCompile(`^\d{10}$`), "PT": regexp.MustCompile(`^\d{9}$`), "RO": regexp.MustCompile(`^\d{2,10}$`),
	"SE": regexp.MustCompile(`^\d{12}$`), "SI": regexp.MustCompile(`^\d{8}$`), "SK": regexp.MustCompile(`^\d{10}$`),
	"XI": regexp.MustCompile(`^(\d{9}|\d{12}|(GD|HA)\d{3})$`), "GB": regexp.MustCompile(`^(\d{9}|\d{12}|(GD|HA)\d{3})$`),
	"CH": regexp.MustCompile(`^E\d{9}(MWST|TVA|IVA)?$`), "NO": regexp.MustCompile(`^\d{9}(MVA)?$`),
}

// IsVATNumber reports whether s has the form of a VAT number of the country it begins with.
func IsVATNumber(s string) bool {
	if len(s) < 4 {
		return false
	}
	form := vatForms[s[:2]]
	return form != nil && form.MatchString(s[2:])
}

// compact leaves out the spaces, dots and hyphens that people group numbers by.
func compact(s string) string {
	return strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ".", "", "-", "").Replace(strings.TrimSpace(s))
}
