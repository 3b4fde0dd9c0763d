// Package postal writes an address as the post of its country wants it, and says beforehand what
// is missing or cannot be. It is pure.
package postal

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"

	"github.com/relance/relance"
)

// Bounds of an address.
const (
	MaxLines = 6 // in the window; La Poste and DIN 5008 alike
	// maxFrench is the length of a line in France (NF Z 10-011).
	maxFrench = 38
	// maxLine is what fits the other windows with type that can be read.
	maxLine = 45
	// maxField is where nobody's name or street is any more.
	maxField = 200
)

// Lines are the lines of an address for the window, and what is wrong with it: with a problem
// there are no lines. from is the country that posts the letter, ISO 3166-1: the country of the
// address stands below it in that country's language, unless both are the same.
func Lines(a relance.Address, from string) ([]string, []relance.Sentence) {
	a, from = tidy(a), strings.ToUpper(from)
	if wrong := check(a); len(wrong) > 0 {
		return nil, wrong
	}
	lines := write(a, width(a.CountryCode))
	if to := a.CountryCode; to != from && !(from == "" && to == "") {
		country := CountryName(to, languageOf(from))
		if country == "" {
			return nil, []relance.Sentence{relance.Say("POSTAL_COUNTRY_UNKNOWN", "country", to)}
		}
		lines = append(lines, upper(country))
	}
	var wrong []relance.Sentence
	if len(lines) > MaxLines {
		wrong = append(wrong, relance.Say("POSTAL_LINES"))
	}
	for _, l := range lines {
		if utf8.RuneCountInString(l) > width(a.CountryCode) {
			return nil, append(wrong, relance.Say("POSTAL_LINE_LONG"))
		}
	}
	if wrong != nil {
		return nil, wrong
	}
	return lines, nil
}

// width is how many characters a line may have.
func width(country string) int {
	if country == "FR" {
		return maxFrench
	}
	return maxLine
}

// tidy composes letters and accents, makes one line of each field and one space of many.
func tidy(a relance.Address) relance.Address {
	for _, f := range []*string{&a.FirstName, &a.LastName, &a.Company, &a.Line1, &a.Line2, &a.PostalCode, &a.City, &a.Region, &a.CountryCode} {
		*f = strings.Join(strings.FieldsFunc(norm.NFC.String(strings.ToValidUTF8(*f, "\uFFFD")), func(r rune) bool {
			return unicode.IsSpace(r) || unicode.IsControl(r)
		}), " ")
	}
	a.CountryCode, a.PostalCode = strings.ToUpper(a.CountryCode), strings.ToUpper(a.PostalCode)
	return a
}

// check names what is missing, too long or cannot be.
func check(a relance.Address) (wrong []relance.Sentence) {
	say := func(bad bool, s relance.Sentence) {
		if bad {
			wrong = append(wrong, s)
		}
	}
	say(a.FirstName+a.LastName+a.Company == "", relance.Say("POSTAL_NAME_MISSING"))
	say(a.Line1+a.Line2 == "", relance.Say("POSTAL_STREET_MISSING"))
	say(a.City == "", relance.Say("POSTAL_CITY_MISSING"))
	say(a.CountryCode == "", relance.Say("POSTAL_COUNTRY_MISSING"))
	pattern, known := postcodes[a.CountryCode]
	say(known && a.PostalCode == "", relance.Say("POSTAL_CODE_MISSING"))
	say(known && a.PostalCode != "" && !pattern.MatchString(a.PostalCode), relance.Say("POSTAL_CODE_WRONG", "country", a.CountryCode))
	for _, f := range []string{a.FirstName, a.LastName, a.Company, a.Line1, a.Line2, a.City} {
		if utf8.RuneCountInString(f) > maxField {
			return append(wrong, relance.Say("POSTAL_LINE_LONG"))
		}
		if rightToLeft(f) {
			return append(wrong, relance.Say("POSTAL_RIGHT_TO_LEFT"))
		}
	}
	return wrong
}

// rightToLeft reports letters that are written from the right, and marks that turn the direction:
// the printer would set them the wrong way round.
func rightToLeft(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		switch p, _ := bidi.LookupRune(r); p.Class() {
		case bidi.R, bidi.AL, bidi.AN, bidi.RLO, bidi.RLE, bidi.RLI, bidi.LRO, bidi.LRE, bidi.LRI, bidi.PDF, bidi.PDI, bidi.FSI:
			return true
		default:
			return r == '\u200E' || r == '\u200F'
		}
	})
}

// write puts the parts into the order of the country.
func write(a relance.Address, width int) []string {
	person := strings.TrimSpace(a.FirstName + " " + a.LastName)
	if strings.EqualFold(person, a.Company) {
		person = ""
	}
	var lines []string
	for _, l := range []string{a.Company, person, a.Line2, a.Line1} {
		if a.CountryCode == "FR" && l == a.Line1 {
			l = plain(l)
		}
		lines = append(lines, wrap(l, width)...)
	}
	if a.CountryCode == "GB" { // Royal Mail: the post town in capitals, the code below it
		return append(append(lines, wrap(upper(a.City), width)...), spacedGB(a.PostalCode))
	}
	return append(lines, wrap(lastLine(a), width)...)
}

// lastLine is code and town in the order of the country.
func lastLine(a relance.Address) string {
	code, town := a.PostalCode, a.City
	switch a.CountryCode {
	case "FR", "MC":
		return plain(upper(code + " " + town)) // NF Z 10-011: capitals, no punctuation
	case "NL":
		digits := strings.ReplaceAll(code, " ", "")
		return digits[:4] + " " + digits[4:] + "  " + upper(town) // two spaces, as PostNL wants
	case "LU":
		return "L-" + strings.TrimLeft(code, "LU- ") + " " + town
	case "IT":
		if p := a.Region; len(p) == 2 {
			return code + " " + town + " " + upper(p)
		}
		return code + " " + town
	case "US", "CA", "AU":
		return strings.TrimSpace(town + " " + a.Region + " " + code)
	case "IE":
		return strings.TrimSpace(town + " " + code)
	}
	return strings.TrimSpace(trimPrefix(code, a.CountryCode) + " " + town)
}

// trimPrefix takes off a country that somebody wrote before the code, such as D-10115: the line
// with the country says it.
func trimPrefix(code, country string) string {
	for _, p := range []string{country, map[string]string{"DE": "D", "AT": "A", "CH": "CH", "BE": "B", "IT": "I", "ES": "E"}[country]} {
		if p != "" {
			if rest, had := strings.CutPrefix(code, p+"-"); had {
				return rest
			}
		}
	}
	return code
}

// spacedGB puts the space before the last three characters.
func spacedGB(code string) string {
	c := strings.ReplaceAll(code, " ", "")
	return c[:len(c)-3] + " " + c[len(c)-3:]
}

// plain leaves out punctuation, which machines in France do not want from the street line on;
// hyphens and apostrophes belong to names.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(",;.:!?()\"", r) {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// upper writes capitals; ß becomes SS.
func upper(s string) string { return cases.Upper(language.Und).String(s) }

// wrap breaks a field at spaces into lines that fit; nothing for an empty one. A word that does
// not fit stays whole and is refused later: names are not cut.
func wrap(s string, width int) []string {
	if utf8.RuneCountInString(s) <= width {
		if s == "" {
			return nil
		}
		return []string{s}
	}
	var lines []string
	line := ""
	for _, w := range strings.Fields(s) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(w) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + w)
	}
	return append(lines, line)
}
