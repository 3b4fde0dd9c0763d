package relance

import (
	"cmp"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// TypedDetails is what the merchant's own people typed about a person. It stands beside what the
// shops say and comes before it: an empty value lets the shops' value show.
type TypedDetails struct {
	Title     string           `json:"title,omitempty"` // MR, MRS or empty
	FirstName string           `json:"first_name,omitempty"`
	LastName  string           `json:"last_name,omitempty"`
	Company   string           `json:"company,omitempty"`
	Language  string           `json:"language,omitempty"` // BCP 47, lower case: fr, de
	Birthday  *time.Time       `json:"birthday,omitempty"` // a day
	Emails    []string         `json:"emails,omitempty"`
	Phones    []string         `json:"phones,omitempty"`
	Pages     []string         `json:"pages,omitempty"` // social pages, https
	Dates     []ImportantDate  `json:"dates,omitempty"` // besides the birthday
	Addresses []Address        `json:"addresses,omitempty"`
	Business  *Business        `json:"business,omitempty"`
	OnAccount OnAccount        `json:"on_account,omitempty"`
	UpTo      *decimal.Decimal `json:"up_to,omitempty"`    // with OnAccountUpTo: in the merchant's main currency
	Loyalty   *decimal.Decimal `json:"loyalty,omitempty"`  // the balance in points; nil: not enrolled
	TaxName   string           `json:"tax_name,omitempty"` // of the person's own tax rate; empty: the default
	TaxRate   *decimal.Decimal `json:"tax_rate,omitempty"` // per cent
}

// ImportantDate is a day that matters to a person, or will.
type ImportantDate struct {
	Label  string    `json:"label"`
	On     time.Time `json:"on"` // a day
	Yearly bool      `json:"yearly,omitempty"`
}

// OnAccount says whether a person may buy and pay later.
type OnAccount string

// The ways; empty is not said, too.
const (
	OnAccountUnknown OnAccount = "UNKNOWN"
	OnAccountNo      OnAccount = "NO"
	OnAccountYes     OnAccount = "YES"
	OnAccountUpTo    OnAccount = "UP_TO"
)

// ProfileDetails is the typed details of a profile as of a revision.
type ProfileDetails struct {
	TypedDetails
	Revision int // grows with each change; 0: nothing was typed yet
}

// ChangeKind says what people changed about a profile.
type ChangeKind string

// The kinds of change.
const (
	ChangeDetails ChangeKind = "DETAILS"
	ChangeLabel   ChangeKind = "LABEL"
	ChangeGroup   ChangeKind = "GROUP"
	ChangePhoto   ChangeKind = "PHOTO"
	ChangeConsent ChangeKind = "CONSENT"
)

// ProfileChange is an administrative change of a profile: who, when, from what to what.
type ProfileChange struct {
	ID       uuid.UUID
	At       time.Time
	Actor    string // as people call whoever did it
	Kind     ChangeKind
	Values   []ChangedValue
	UndoneAt *time.Time
	UndoneBy string
}

// ChangedValue is one value before and after; empty is none.
type ChangedValue struct {
	Name   string `json:"name"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Bounds of typed details.
const (
	mostTyped     = 20  // of each list
	mostTypedText = 255 // characters
)

// Check tidies the details up and gives the first error, at its field.
func (d *TypedDetails) Check(now time.Time) error {
	for field, text := range map[string]*string{"firstName": &d.FirstName, "lastName": &d.LastName, "company": &d.Company, "taxName": &d.TaxName} {
		if *text = tidy(*text); !plain(*text) {
			return TellField(field, "TEXT_FORM")
		}
	}
	if d.Title = strings.ToUpper(strings.TrimSpace(d.Title)); d.Title != "" && d.Title != "MR" && d.Title != "MRS" {
		return TellField("title", "TITLE_FORM")
	}
	if d.Language = strings.ToLower(strings.TrimSpace(d.Language)); d.Language != "" && !isLanguage(d.Language) {
		return TellField("language", "LANGUAGE_FORM")
	}
	if d.Birthday != nil && (d.Birthday.Year() < 1900 || d.Birthday.After(now)) {
		return TellField("birthday", "BIRTHDAY_FORM")
	}
	for _, check := range []func() error{d.checkWays, d.checkDates, d.checkAddresses, d.checkTerms} {
		if err := check(); err != nil {
			return err
		}
	}
	if d.Business != nil {
		return d.Business.Check()
	}
	return nil
}

func (d *TypedDetails) checkWays() error {
	d.Emails, d.Phones, d.Pages = tidyList(d.Emails), tidyList(d.Phones), tidyList(d.Pages)
	for field, list := range map[string]int{"emails": len(d.Emails), "phones": len(d.Phones), "pages": len(d.Pages), "dates": len(d.Dates), "addresses": len(d.Addresses)} {
		if list > mostTyped {
			return TellField(field, "TOO_MANY_VALUES", "most", strconv.Itoa(mostTyped))
		}
	}
	for _, e := range d.Emails {
		if a, err := mail.ParseAddress(e); err != nil || a.Address != e || len(e) > 254 {
			return TellField("emails", "EMAIL_FORM")
		}
	}
	for _, p := range d.Phones {
		if n := strings.Count(p, ""); n > 41 || !plain(p) || digitsIn(p) < 5 {
			return TellField("phones", "PHONE_FORM", "value", clip(p))
		}
	}
	for _, p := range d.Pages {
		if u, err := url.Parse(p); err != nil || u.Scheme != "https" || u.Host == "" || utf8.RuneCountInString(p) > mostTypedText {
			return TellField("pages", "PAGE_FORM", "value", clip(p))
		}
	}
	return nil
}

func (d *TypedDetails) checkDates() error {
	for i := range d.Dates {
		x := &d.Dates[i]
		if x.Label = tidy(x.Label); x.Label == "" || !plain(x.Label) {
			return TellField("dates", "DATE_LABEL_FORM")
		}
		if y := x.On.Year(); y < 1900 || y > 2200 {
			return TellField("dates", "DATE_FORM")
		}
	}
	return nil
}

func (d *TypedDetails) checkAddresses() error {
	for i := range d.Addresses {
		a := &d.Addresses[i]
		for _, text := range []*string{&a.FirstName, &a.LastName, &a.Company, &a.Line1, &a.Line2, &a.PostalCode, &a.City, &a.Region, &a.Phone} {
			if *text = tidy(*text); !plain(*text) {
				return TellField("addresses", "TEXT_FORM")
			}
		}
		a.ExternalID = cmp.Or(a.ExternalID, "typed-"+strconv.Itoa(i+1))
		a.Kind = cmp.Or(a.Kind, AddressHome)
		if a.CountryCode = strings.ToUpper(strings.TrimSpace(a.CountryCode)); len(a.CountryCode) != 2 || !letters(a.CountryCode) {
			return TellField("addresses", "COUNTRY_FORM")
		}
		if a.Line1 == "" || a.City == "" {
			return TellField("addresses", "ADDRESS_FORM")
		}
	}
	return nil
}

func (d *TypedDetails) checkTerms() error {
	if d.OnAccount == OnAccountUnknown {
		d.OnAccount = ""
	}
	switch {
	case d.OnAccount != "" && d.OnAccount != OnAccountNo && d.OnAccount != OnAccountYes && d.OnAccount != OnAccountUpTo:
		return TellField("onAccount", "ON_ACCOUNT_FORM")
	case (d.OnAccount == OnAccountUpTo) != (d.UpTo != nil) || d.UpTo != nil && outside(*d.UpTo, 1_000_000_000):
		return TellField("upTo", "ON_ACCOUNT_FORM")
	case d.Loyalty != nil && outside(*d.Loyalty, 1_000_000_000):
		return TellField("loyalty", "LOYALTY_FORM")
	case (d.TaxRate == nil) != (d.TaxName == "") || d.TaxRate != nil && outside(*d.TaxRate, 100):
		return TellField("taxRate", "TAX_FORM")
	}
	return nil
}

// Terms says whether the person may buy and pay later.
func (d *TypedDetails) Terms() OnAccount { return cmp.Or(d.OnAccount, OnAccountUnknown) }

// Differences lists what differs between two states of the details, by the names of the API.
func (d *TypedDetails) Differences(after *TypedDetails) []ChangedValue {
	was, is := d.values(), after.values()
	var out []ChangedValue
	for _, v := range is {
		if old := valueOf(was, v.Name); old != v.After {
			out = append(out, ChangedValue{Name: v.Name, Before: old, After: v.After})
		}
	}
	for _, v := range was {
		if valueOf(is, v.Name) == "" {
			out = append(out, ChangedValue{Name: v.Name, Before: v.After})
		}
	}
	return out
}

func valueOf(list []ChangedValue, name string) string {
	for _, v := range list {
		if v.Name == name {
			return v.After
		}
	}
	return ""
}

// values writes each value that is there as people read it.
func (d *TypedDetails) values() []ChangedValue {
	var out []ChangedValue
	add := func(name, value string) {
		if value != "" {
			out = append(out, ChangedValue{Name: name, After: value})
		}
	}
	add("title", d.Title)
	add("firstName", d.FirstName)
	add("lastName", d.LastName)
	add("company", d.Company)
	add("language", d.Language)
	if d.Birthday != nil {
		add("birthday", d.Birthday.Format(time.DateOnly))
	}
	add("emails", strings.Join(d.Emails, ", "))
	add("phones", strings.Join(d.Phones, ", "))
	add("pages", strings.Join(d.Pages, ", "))
	add("dates", joined(d.Dates, func(x ImportantDate) string { return x.Label + " " + x.On.Format(time.DateOnly) }))
	add("addresses", joined(d.Addresses, func(a Address) string {
		return strings.Join(slices.DeleteFunc([]string{strings.TrimSpace(a.FirstName + " " + a.LastName), a.Company, a.Line1, a.Line2,
			strings.TrimSpace(a.PostalCode + " " + a.City), a.Region, a.CountryCode, a.Phone}, func(s string) bool { return s == "" }), ", ")
	}))
	if b := d.Business; b != nil {
		add("siret", b.SIRET)
		add("ape", b.APE)
		add("vatNumber", b.VATNumber)
		add("risk", b.Risk)
		if !b.OutstandingLimit.IsZero() {
			add("outstandingLimit", b.OutstandingLimit.String())
		}
		if b.MaxPaymentDays > 0 {
			add("maxPaymentDays", strconv.Itoa(b.MaxPaymentDays))
		}
	}
	add("onAccount", string(d.OnAccount))
	for name, n := range map[string]*decimal.Decimal{"upTo": d.UpTo, "loyalty": d.Loyalty, "taxRate": d.TaxRate} {
		if n != nil {
			add(name, n.String())
		}
	}
	add("taxName", d.TaxName)
	slices.SortFunc(out, func(a, b ChangedValue) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func joined[T any](list []T, text func(T) string) string {
	parts := make([]string, len(list))
	for i, x := range list {
		parts[i] = text(x)
	}
	return strings.Join(parts, "; ")
}

// tidy trims a text and makes single spaces of all.
func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }

// tidyList tidies texts, and leaves out empty ones and what is there twice.
func tidyList(list []string) []string {
	var out []string
	for _, s := range list {
		if s = tidy(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// plain reports whether a text is one line of bounded length.
func plain(s string) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= mostTypedText && !strings.ContainsFunc(s, unicode.IsControl)
}

func digitsIn(s string) (n int) {
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

func letters(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' })
}

// isLanguage reports whether a text has the form of a language: fr, de-at.
func isLanguage(s string) bool {
	base, region, has := strings.Cut(s, "-")
	return (len(base) == 2 || len(base) == 3) && letters(strings.ToUpper(base)) && (!has || len(region) >= 2 && len(region) <= 8 && plain(region))
}

func outside(n decimal.Decimal, most int64) bool {
	return n.IsNegative() || n.GreaterThan(decimal.NewFromInt(most)) || n.Exponent() < -MoneyScale
}

// clip shortens what somebody wrote for an error.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
