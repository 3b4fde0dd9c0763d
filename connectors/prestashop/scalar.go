package prestashop

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// text is any scalar of the webservice as text. Types vary inside one answer: ids are
// numbers or strings, booleans "0", 0 or false, missing values null, false or "". A
// text in several languages gives its first that is not empty. What is no scalar
// becomes unreadable, so that one odd field does not spoil a page.
type text string

// unreadable marks a value that is no scalar. No cleaned text can equal it.
const unreadable text = "\x00unreadable"

// UnmarshalJSON reads any scalar; it never fails.
func (t *text) UnmarshalJSON(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	switch b[0] {
	case '"':
		*t = unquote(b)
	case 'n', 'f':
		*t = ""
	case 't':
		*t = "1"
	case '[':
		*t = firstLanguage(b)
	case '{':
		*t = unreadable
	default:
		*t = text(b)
	}
	return nil
}

func unquote(b []byte) text {
	if len(b) >= 2 && bytes.IndexByte(b, '\\') < 0 && isASCII(b) {
		return text(b[1 : len(b)-1])
	}
	var s string
	if json.Unmarshal(b, &s) != nil {
		return unreadable
	}
	return text(s)
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

func firstLanguage(b []byte) text {
	var all []struct {
		Value json.RawMessage `json:"value"`
	}
	if json.Unmarshal(b, &all) != nil {
		return unreadable
	}
	for _, l := range all {
		if len(l.Value) > 0 && l.Value[0] != '[' && l.Value[0] != '{' {
			var t text
			if _ = t.UnmarshalJSON(l.Value); t != "" {
				return t
			}
		}
	}
	return ""
}

// reader turns the fields of one row into values and remembers the first that could
// not be read.
type reader struct {
	clock  *clock
	field  string
	reason relance.Sentence
}

func (r *reader) fail(field, reason string) {
	if r.field == "" {
		r.field, r.reason = field, relance.Say(reason)
	}
}

func (r *reader) failed() bool { return r.field != "" }

// id reads an id; "" and 0 are no id.
func (r *reader) id(field string, t text) int64 {
	n := r.int(field, t)
	if n < 0 {
		r.fail(field, "ID_NEGATIVE")
		return 0
	}
	return n
}

func (r *reader) int(field string, t text) int64 {
	s := strings.TrimSpace(string(t))
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		r.fail(field, "NOT_WHOLE")
		return 0
	}
	return n
}

func (r *reader) bool(field string, t text) bool {
	switch t {
	case "", "0", "false":
		return false
	case unreadable:
		r.fail(field, "YES_OR_NO")
		return false
	}
	return true
}

// amount reads an amount; "" is zero.
func (r *reader) amount(field string, t text) decimal.Decimal {
	d, err := relance.ParseAmount(string(t))
	if err != nil {
		r.fail(field, "NOT_AN_AMOUNT")
	}
	return d
}

// name reads a short text: one line, at most limit letters.
func (r *reader) name(field string, t text, limit int) string {
	if t == unreadable {
		r.fail(field, "TEXT_UNREADABLE")
		return ""
	}
	return cleanLine(string(t), limit)
}

// prose reads a long text with line breaks.
func (r *reader) prose(field string, t text, limit int) string {
	if t == unreadable {
		r.fail(field, "TEXT_UNREADABLE")
		return ""
	}
	return cleanProse(string(t), limit)
}

// at reads a date and time; nil where there is none.
func (r *reader) at(field string, t text) *time.Time {
	w, ok, err := parseWall(string(t))
	if err != nil {
		r.fail(field, "DATE_UNREADABLE")
	}
	if !ok {
		return nil
	}
	v := r.clock.instant(w)
	return &v
}

// time is at with the zero time for none.
func (r *reader) time(field string, t text) time.Time {
	if v := r.at(field, t); v != nil {
		return *v
	}
	return time.Time{}
}

// version is the time of change that orders the states of a record.
func (r *reader) version(field string, t text, readAt time.Time) relance.Version {
	w, ok, err := parseWall(string(t))
	if err != nil {
		r.fail(field, "DATE_UNREADABLE")
	}
	v := relance.Version{ReadAt: readAt}
	if ok {
		v.UpdatedAt = r.clock.version(w)
	}
	return v
}

// day reads a date without a time, such as a birthday.
func (r *reader) day(field string, t text) *time.Time {
	w, ok, err := parseWall(string(t))
	if err != nil {
		r.fail(field, "DATE_UNREADABLE")
	}
	if !ok {
		return nil
	}
	v := time.Unix(int64(w), 0).UTC().Truncate(24 * time.Hour)
	return &v
}

// ref writes an id for a reference: "" for none.
func ref(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}
