package letter

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Spaces that do not break.
const (
	fixedSpace = "\u00A0"
	narrow     = "\u202F"
)

// set makes text ready to be printed: composed letters, no control characters, and what the
// typeface lacks but has an equal. In French the punctuation keeps its spaces: narrow before ; ! ?
// and within « », full before a colon (Imprimerie nationale).
func set(text, language string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\u2011': // the hyphen that does not break; no line is broken at hyphens anyway
			return '-'
		case r == '\u00AD' || r == '\u200B' || r == '\uFEFF' || r == '\u2060':
			return -1
		case r == '\t' || r == '\r' || r == '\n':
			return ' '
		case r < ' ':
			return -1
		}
		return r
	}, norm.NFC.String(text))
	if language == "fr" {
		text = french.Replace(text)
		text = beforeSign.ReplaceAllString(text, "$1"+narrow+"$2")
		text = beforeColon.ReplaceAllString(text, "$1"+fixedSpace+":$2")
	}
	return text
}

var (
	french      = strings.NewReplacer(" ;", narrow+";", " !", narrow+"!", " ?", narrow+"?", " :", fixedSpace+":", "« ", "«"+narrow, " »", narrow+"»", "'", "’") //nolint:gochecknoglobals // a table that nobody writes to
	beforeSign  = regexp.MustCompile(`([\pL\pN»)])([;!?])`)
	beforeColon = regexp.MustCompile(`([\pL\pN»)]):( |$)`) // not in addresses of the web
)
