package shopify

import (
	"encoding/json"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// The longest texts that are kept, in bytes.
const (
	maxName = 255
	maxText = 10_000
	maxURL  = 2_048
	maxTags = 250
)

// loose is a text that some shops write as a number, or leave out.
type loose string

// UnmarshalJSON takes a string, a number or null.
func (l *loose) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		return json.Unmarshal(raw, (*string)(l))
	}
	if string(raw) == "null" {
		*l = ""
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(raw, &n); err != nil {
		return err
	}
	*l = loose(n)
	return nil
}

// moneyBag is an amount; the shop's currency is the one that counts.
type moneyBag struct {
	Shop money `json:"shopMoney"`
}

type money struct {
	Amount   loose `json:"amount"`
	Currency loose `json:"currencyCode"`
}

type optionNode struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type imageNode struct {
	URL string `json:"url"`
}

type idNode struct {
	ID string `json:"id"`
}

type variantRef struct {
	ID      string       `json:"id"`
	Options []optionNode `json:"selectedOptions"`
}

func (i *imageNode) url() string {
	if i == nil {
		return ""
	}
	return cut(i.URL, maxURL)
}

func (i *idNode) plain() string {
	if i == nil {
		return ""
	}
	return plainID(i.ID)
}

// reader decodes the values of one record and remembers the first that is bad.
type reader struct {
	field  string
	reason relance.Sentence
}

func (r *reader) bad(field string, reason relance.Sentence) {
	if r.field == "" {
		r.field, r.reason = field, reason
	}
}

// amount reads an amount that must be there; nothing is not the same as zero.
func (r *reader) amount(field string, text loose) decimal.Decimal {
	if strings.TrimSpace(string(text)) == "" {
		r.bad(field, relance.Say("AMOUNT_MISSING"))
		return decimal.Decimal{}
	}
	return r.optional(field, text)
}

// optional reads an amount that may be absent, which is zero.
func (r *reader) optional(field string, text loose) decimal.Decimal {
	d, err := relance.ParseAmount(string(text))
	if err != nil {
		r.bad(field, *relance.SaidBy(err))
	}
	return d
}

// currency reads a currency that must be there.
func (r *reader) currency(field string, text loose) string {
	c, err := relance.ParseCurrency(string(text))
	if err != nil {
		r.bad(field, *relance.SaidBy(err))
	}
	return c
}

// number reads the plain number out of a gid that must be there.
func (r *reader) number(field, gid string) string {
	id := plainID(gid)
	if id == "" {
		r.bad(field, relance.Say("ID_MISSING"))
	}
	return id
}

// plainID turns gid://shopify/Customer/123?x=y into 123, "" if it is not like that.
func plainID(gid string) string {
	path, _, _ := strings.Cut(gid, "?")
	id := path[strings.LastIndexByte(path, '/')+1:]
	if !isNumber(id) {
		return ""
	}
	return id
}

func isNumber(s string) bool {
	return s != "" && len(s) <= 20 && strings.Trim(s, "0123456789") == ""
}

func gid(typ, id string) string { return "gid://shopify/" + typ + "/" + id }

// moment reads a time; what cannot be read, or is not after the year 1, is zero.
func moment(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.Year() < 1900 || t.Year() > 9000 {
		return time.Time{}
	}
	return t.UTC()
}

func momentOf(text string) *time.Time {
	t := moment(text)
	if t.IsZero() {
		return nil
	}
	return &t
}

// name cleans a short text: one line, no control characters.
func name(s string) string {
	return cut(strings.Join(strings.Fields(clean(s)), " "), maxName)
}

// text cleans a long text, line breaks kept.
func text(s string) string { return cut(strings.TrimSpace(clean(s)), maxText) }

// clean drops what no name or note has: control characters, invisible marks that
// turn the direction of writing, and bytes that are not UTF-8.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == utf8.RuneError || unicode.IsControl(r):
			return -1
		case r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069':
			return -1
		default:
			return r
		}
	}, s)
}

// cut shortens to at most limit bytes without cutting a character in two.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// names cleans a list of short texts, without empty ones.
func names(list []string) []string {
	var out []string
	for _, s := range list {
		if s = name(s); s != "" && len(out) < maxTags {
			out = append(out, s)
		}
	}
	return out
}

// language is the lower-case language of a locale: "fr-FR" gives "fr".
func language(locale string) string {
	lang, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(locale)), "-")
	lang, _, _ = strings.Cut(lang, "_")
	if len(lang) < 2 || len(lang) > 3 || strings.Trim(lang, "abcdefghijklmnopqrstuvwxyz") != "" {
		return ""
	}
	return lang
}

func options(list []optionNode) []relance.Option {
	var out []relance.Option
	for _, o := range list {
		// A product without options has one called Title whose only value says so.
		if o.Name == "Title" && o.Value == "Default Title" {
			continue
		}
		out = append(out, relance.Option{Name: name(o.Name), Value: name(o.Value)})
	}
	return out
}
