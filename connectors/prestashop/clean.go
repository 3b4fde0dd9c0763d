package prestashop

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lengths in letters at which texts are cut; the shop's own columns are no longer,
// apart from notes and messages.
const (
	maxName    = 255
	maxLine    = 512
	maxNote    = 16 << 10
	maxMessage = 64 << 10
)

// cleanLine makes a text safe to store and show on one line: control characters
// become spaces, NUL and marks that turn the direction of writing go, ends are
// trimmed. Right-to-left scripts stay as they are.
func cleanLine(s string, limit int) string {
	return cut(strings.TrimSpace(strip(s, false)), limit)
}

// cleanProse does the same but keeps line breaks and tabs.
func cleanProse(s string, limit int) string {
	return cut(strings.TrimSpace(strip(s, true)), limit)
}

func strip(s string, breaks bool) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, c := range s {
		switch {
		case c == '\r' || c == 0 || c == utf8.RuneError || isDirection(c):
		case c == '\n' || c == '\t':
			if breaks {
				b.WriteRune(c)
			} else {
				b.WriteByte(' ')
			}
		case unicode.IsControl(c):
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// plain reports printable ASCII, which needs no work.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// isDirection reports the invisible marks that embed, override or isolate a writing
// direction and can make a text look like another.
func isDirection(c rune) bool {
	return c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069
}

// cut shortens to at most limit letters without splitting one.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	n := 0
	for i := range s {
		if n == limit {
			return strings.TrimSpace(s[:i])
		}
		n++
	}
	return s
}
