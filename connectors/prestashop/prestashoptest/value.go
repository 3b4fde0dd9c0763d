package prestashoptest

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// kind says how a value is written: PrestaShop's types vary with the field, the
// format and the way the value came in.
type kind uint8

const (
	kNull    kind = iota // null
	kInt                 // 12
	kText                // "text"
	kFalse               // false
	kDecimal             // "12.340000", n in millionths
	kPercent             // "12.34", n in hundredths
	kRate                // "20.000", n in thousandths
	kDate                // "2026-11-21 12:00:00", n a wall
	kDay                 // "2026-11-21", n a wall
	kLangs               // one text a language
	kRaw                 // JSON as it stands, for spoilt rows
)

// value is one field of one row.
type value struct {
	kind  kind
	n     int64
	s     string
	langs []string
}

func num(n int64) value     { return value{kind: kInt, n: n} }
func str(s string) value    { return value{kind: kText, s: s} }
func dec(micro int64) value { return value{kind: kDecimal, n: micro} }
func date(w wall) value     { return value{kind: kDate, n: int64(w)} }
func day(w wall) value      { return value{kind: kDay, n: int64(w)} }
func langs(s ...string) value {
	return value{kind: kLangs, langs: s}
}

// strOrNull is null for the empty string, as columns without a value are.
func strOrNull(s string) value {
	if s == "" {
		return value{}
	}
	return str(s)
}

// flag is a boolean column: the string "0" or "1".
func flag(b bool) value {
	if b {
		return str("1")
	}
	return str("0")
}

// wall is a shop-local date and time: seconds since 1970-01-01 00:00:00 on the
// shop's own clock. PrestaShop stores no offset, so neither does a wall.
type wall int64

const (
	wallNull wall = math.MinInt64     // NULL
	wallZero wall = math.MinInt64 + 1 // 0000-00-00 00:00:00
)

// wallOf is what the shop's clock shows at t.
func wallOf(t time.Time, zone *time.Location) wall {
	if t.IsZero() {
		return wallZero
	}
	t = t.In(zone)
	_, offset := t.Zone()
	return wall(t.Unix() + int64(offset))
}

const wallLayout = "2006-01-02 15:04:05"

func (w wall) String() string {
	switch w {
	case wallNull:
		return ""
	case wallZero:
		return "0000-00-00 00:00:00"
	}
	return time.Unix(int64(w), 0).UTC().Format(wallLayout)
}

// parseWall reads a date as MySQL does: the longest sensible beginning counts.
func parseWall(s string) (wall, bool) {
	s = strings.Replace(strings.TrimSpace(s), "T", " ", 1)
	for _, layout := range []string{wallLayout, "2006-01-02 15:04", "2006-01-02"} {
		if len(s) >= len(layout) {
			if t, err := time.Parse(layout, s[:len(layout)]); err == nil {
				return wall(t.Unix()), true
			}
		}
	}
	if strings.HasPrefix(s, "0000-00-00") {
		return wallZero, true
	}
	return wallNull, false
}

// text is the value as MySQL and XML show it; null is "".
func (v value) text() string {
	switch v.kind {
	case kInt:
		return strconv.FormatInt(v.n, 10)
	case kText:
		return v.s
	case kDecimal, kPercent, kRate:
		return string(v.appendNumber(nil))
	case kDate:
		return wall(v.n).String()
	case kDay:
		return firstN(wall(v.n).String(), 10)
	case kLangs:
		if len(v.langs) > 0 {
			return v.langs[0]
		}
	case kRaw:
		return v.s
	}
	return ""
}

func firstN(s string, n int) string {
	if len(s) < n {
		return s
	}
	return s[:n]
}

// falsy reports what PHP takes for empty; JSON of a single item leaves it out.
func (v value) falsy() bool {
	switch v.kind {
	case kNull, kFalse:
		return true
	case kInt:
		return v.n == 0
	case kText:
		return v.s == "" || v.s == "0"
	case kDate, kDay:
		return wall(v.n) == wallNull
	}
	return false
}

func (v value) appendNumber(b []byte) []byte {
	unit, digits := int64(1_000_000), 6
	switch v.kind {
	case kPercent:
		unit, digits = 100, 2
	case kRate:
		unit, digits = 1000, 3
	}
	n := v.n
	if n < 0 {
		b = append(b, '-')
		n = -n
	}
	b = strconv.AppendInt(b, n/unit, 10)
	b = append(b, '.')
	frac := strconv.FormatInt(n%unit, 10)
	for range digits - len(frac) {
		b = append(b, '0')
	}
	return append(b, frac...)
}

// appendWall writes a date without going through time.Format.
func appendWall(b []byte, w wall, dayOnly bool) []byte {
	if w == wallZero {
		if dayOnly {
			return append(b, "0000-00-00"...)
		}
		return append(b, "0000-00-00 00:00:00"...)
	}
	t := time.Unix(int64(w), 0).UTC()
	if dayOnly {
		return t.AppendFormat(b, "2006-01-02")
	}
	return t.AppendFormat(b, wallLayout)
}

// appendJSON writes the value as PrestaShop's json_encode does.
func (v value) appendJSON(b []byte) []byte {
	switch v.kind {
	case kInt:
		return strconv.AppendInt(b, v.n, 10)
	case kText:
		return appendJSONString(b, v.s)
	case kFalse:
		return append(b, "false"...)
	case kDecimal, kPercent, kRate:
		b = append(b, '"')
		b = v.appendNumber(b)
		return append(b, '"')
	case kDate, kDay:
		if wall(v.n) == wallNull {
			return append(b, "null"...)
		}
		b = append(b, '"')
		b = appendWall(b, wall(v.n), v.kind == kDay)
		return append(b, '"')
	case kLangs:
		return appendLangs(b, v.langs)
	case kRaw:
		return append(b, v.s...)
	}
	return append(b, "null"...)
}

func appendLangs(b []byte, texts []string) []byte {
	b = append(b, '[')
	for i, s := range texts {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"id":`...)
		b = strconv.AppendInt(b, int64(i+1), 10)
		b = append(b, `,"value":`...)
		if s == "" {
			b = append(b, "null"...)
		} else {
			b = appendJSONString(b, s)
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

// appendJSONString writes a string: slashes escaped, other UTF-8 as it is.
func appendJSONString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			return appendEscaped(b, s)
		}
	}
	b = append(b, '"')
	if strings.IndexByte(s, '/') < 0 {
		b = append(b, s...)
	} else {
		b = append(b, strings.ReplaceAll(s, "/", `\/`)...)
	}
	return append(b, '"')
}

func appendEscaped(b []byte, s string) []byte {
	var quoted strings.Builder
	enc := json.NewEncoder(&quoted)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s)
	q := strings.TrimSuffix(quoted.String(), "\n")
	return append(b, strings.ReplaceAll(q, "/", `\/`)...)
}

// appendCDATA writes a value into XML. PrestaShop does not escape "]]>" or control
// characters, so such a text breaks the document: neither does this.
func (v value) appendCDATA(b []byte) []byte {
	b = append(b, "<![CDATA["...)
	b = append(b, v.text()...)
	return append(b, "]]>"...)
}
