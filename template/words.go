package template

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// words are what the layout itself says.
type words struct {
	hello, mr, mrs string
	unsubscribe    string
	months         string
	date           string // day, month, year
	percent        string
}

// wordsIn are the words of a language, English where it is not known.
func wordsIn(language string) words {
	switch language {
	case "fr":
		return words{hello: "Bonjour", mr: "Monsieur", mrs: "Madame", unsubscribe: "Ne plus recevoir ces e-mails", percent: "%s\u00a0%%",
			months: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre", date: "%s\u00a0%s\u00a0%d"}
	case "de":
		return words{hello: "Guten Tag", mr: "Herr", mrs: "Frau", unsubscribe: "Keine solchen E-Mails mehr erhalten", percent: "%s\u00a0%%",
			months: "Januar Februar März April Mai Juni Juli August September Oktober November Dezember", date: "%s.\u00a0%s\u00a0%d"}
	default:
		return words{hello: "Hello", mr: "Mr", mrs: "Ms", unsubscribe: "Stop these e-mails", percent: "%s%%",
			months: "January February March April May June July August September October November December", date: "%s\u00a0%s\u00a0%d"}
	}
}

// greeting names the person, by title and last name where the title is known, else by both
// names; it never guesses. Names that are none give the neutral greeting.
func greeting(d Data) string {
	w := wordsIn(d.Language)
	first, last := mended(d.FirstName), mended(d.LastName)
	switch {
	case last == "" && first == "":
		return w.hello
	case last != "" && d.Title == "MR":
		return w.hello + " " + w.mr + " " + last
	case last != "" && d.Title == "MRS":
		return w.hello + " " + w.mrs + " " + last
	}
	return strings.TrimSpace(w.hello + " " + strings.TrimSpace(first+" "+last))
}

// noName are words that people type where a name is asked for.
var noName = regexp.MustCompile(`(?i)^(test\w*|n/?a|none|xxx*|guest|gast|invité|client|kunde|customer)$`)

// mended writes a name as one writes it in a greeting: not all in capitals. What is no name
// gives "".
func mended(s string) string {
	s = oneLine(s)
	letters, same := 0, true
	var firstLetter rune
	for _, r := range s {
		if unicode.IsLetter(r) {
			if letters++; letters == 1 {
				firstLetter = unicode.ToLower(r)
			}
			same = same && unicode.ToLower(r) == firstLetter
		}
	}
	if letters == 0 || letters > 1 && same || len(s) > 100 || strings.ContainsAny(s, "@<>{}[]/\\0123456789") || noName.MatchString(s) {
		return ""
	}
	if letters < 3 || s != strings.ToUpper(s) {
		return s
	}
	up := true
	return strings.Map(func(r rune) rune {
		was := up
		up = !unicode.IsLetter(r)
		if was {
			return r
		}
		return unicode.ToLower(r)
	}, s)
}

// date writes a day: "1er mai 2026", "1. Mai 2026", "1 May 2026".
func date(t time.Time, language string) string {
	w := wordsIn(language)
	day := strconv.Itoa(t.Day())
	if language == "fr" && t.Day() == 1 {
		day = "1er"
	}
	return fmt.Sprintf(w.date, day, strings.Fields(w.months)[t.Month()-1], t.Year())
}

// Money writes an amount: "1 234,50 €", "1.234,50 €", "€1,234.50"; two decimals, but for
// currencies without.
func Money(m relance.Money, language string) string {
	places := int32(2)
	switch m.Currency {
	case "JPY", "KRW", "CLP", "XPF", "XAF", "XOF":
		places = 0
	}
	group, point := ",", "."
	switch language {
	case "fr":
		group, point = "\u202f", ","
	case "de":
		group, point = ".", ","
	}
	whole, part, _ := strings.Cut(m.Amount.Abs().StringFixed(places), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + group + whole[i:]
	}
	if part != "" {
		whole += point + part
	}
	if m.Amount.IsNegative() {
		whole = "-" + whole
	}
	symbol := map[string]string{"EUR": "€", "GBP": "£", "USD": "$"}[m.Currency]
	switch {
	case symbol == "":
		return whole + "\u00a0" + m.Currency
	case language == "fr" || language == "de":
		return whole + "\u00a0" + symbol
	}
	return symbol + whole
}

// Percent writes a percentage: "10 %" in French and German, "10%" in English.
func Percent(d decimal.Decimal, language string) string {
	s := d.String()
	if language == "fr" || language == "de" {
		s = strings.ReplaceAll(s, ".", ",")
	}
	return fmt.Sprintf(wordsIn(language).percent, s)
}
