package relance

import (
	"cmp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// MostUpserts is how many records a program may send at once.
const MostUpserts = 250

// Bounds of what programs and spreadsheets may say.
const (
	mostLines    = 500    // of an order
	mostTags     = 100    // of a record
	mostNote     = 20_000 // bytes
	mostQuantity = 1_000_000
)

// CustomerUpsert is a customer as a program sends it, or a spreadsheet holds it. Days, times and
// amounts are texts, so that one that cannot be read spoils its own record only.
type CustomerUpsert struct {
	ExternalID     string
	UpdatedAt      string
	Title          string
	FirstName      string
	LastName       string
	Company        string
	Language       string
	Birthday       string
	Email          string
	Phone          string
	CustomerNumber string
	CreatedAt      string
	Tags           []string
	Note           string
	Addresses      []Address
	Business       *Business
	Consents       []ConsentUpsert
}

// ConsentUpsert is what somebody said about being contacted, as a program sends it.
type ConsentUpsert struct {
	Channel    ConsentChannel
	Preference string
	State      ConsentState
	Since      string
	Proof      string
}

// OrderUpsert is an order as a program sends it, or a spreadsheet holds it.
type OrderUpsert struct {
	ExternalID         string
	UpdatedAt          string
	Number             string
	CustomerExternalID string
	Email              string
	State              OrderState
	Paid               *bool
	PlacedAt           string
	CancelledAt        string
	CurrencyCode       string
	Language           string
	Total              string
	Shipping           string
	Discount           string
	Tax                string
	Payment            string
	Note               string
	DiscountCodes      []string
	Lines              []OrderLineUpsert
	Refunds            []RefundUpsert
}

// OrderLineUpsert is a line of an order as a program sends it.
type OrderLineUpsert struct {
	ExternalID string
	ProductID  string
	VariantID  string
	Title      string
	SKU        string
	Category   string
	Quantity   int
	UnitPrice  string
	Total      string
}

// RefundUpsert is money given back as a program sends it.
type RefundUpsert struct {
	ExternalID string
	At         string
	Amount     string
}

// Upserted tells what became of records that a program sent.
type Upserted struct {
	Source    SourceRef
	Added     int
	Updated   int
	Unchanged int
	Problems  []UpsertProblem
}

// UpsertProblem says what is wrong with one of the records.
type UpsertProblem struct {
	Index      int
	ExternalID string
	Field      string
	Code       string
	Message    string
	Cause      *Sentence
	Stored     bool // the rest of the record was stored all the same
}

// ProblemOf is an error as the problem of a record.
func ProblemOf(index int, externalID string, err *Error) UpsertProblem {
	return UpsertProblem{Index: index, ExternalID: clip(externalID), Field: err.Field, Code: string(err.Code), Message: err.Message, Cause: err.Says}
}

// Customer checks what was sent and gives the record it makes; kind says what kind of record.
func (u *CustomerUpsert) Customer(kind IdentityKind, now time.Time) (c Customer, err error) {
	d := TypedDetails{Title: u.Title, FirstName: u.FirstName, LastName: u.LastName, Company: u.Company, Language: u.Language,
		Emails: []string{u.Email}, Phones: []string{u.Phone}, Addresses: u.Addresses, Business: u.Business}
	if c.ExternalID, err = externalID("externalId", u.ExternalID); err != nil {
		return c, err
	}
	if c.Version, err = version(u.UpdatedAt, now); err != nil {
		return c, err
	}
	if d.Birthday, err = readDay("birthday", u.Birthday, now); err != nil {
		return c, err
	}
	if err := d.Check(now); err != nil {
		return c, singular(err)
	}
	created, err := readDay("createdAt", u.CreatedAt, now)
	if err != nil {
		return c, err
	}
	if created != nil {
		c.CreatedAt = *created
	}
	if c.CustomerNumber = tidy(u.CustomerNumber); !plain(c.CustomerNumber) {
		return c, TellField("customerNumber", "TEXT_FORM")
	}
	if c.Tags, err = texts("tags", u.Tags); err != nil {
		return c, err
	}
	if c.Note, err = note(u.Note); err != nil {
		return c, err
	}
	c.Kind, c.Active, c.Title, c.FirstName, c.LastName, c.Company, c.Language, c.Birthday = kind, true, d.Title, d.FirstName, d.LastName, d.Company, d.Language, d.Birthday
	c.Addresses, c.Business = d.Addresses, d.Business
	c.Email, c.Phone = strings.Join(d.Emails, ""), strings.Join(d.Phones, "")
	if c.Email+c.Phone+c.FirstName+c.LastName+c.Company+c.CustomerNumber == "" {
		return c, TellField("lastName", "NOBODY_NAMED")
	}
	c.Consents, err = consents(u.Consents, now)
	return c, err
}

// singular names the fields of an error as they are called here.
func singular(err error) error {
	if e, ok := err.(*Error); ok { //nolint:errorlint // Check gives no other
		switch e.Field {
		case "emails":
			e.Field = "email"
		case "phones":
			e.Field = "phone"
		}
	}
	return err
}

func consents(list []ConsentUpsert, now time.Time) (out []Consent, err error) {
	if len(list) > mostTyped {
		return nil, TellField("consents", "TOO_MANY_VALUES", "most", strconv.Itoa(mostTyped))
	}
	for _, u := range list {
		c := Consent{Channel: u.Channel, Preference: tidy(u.Preference), State: u.State, Proof: tidy(u.Proof), Source: "import"}
		if !plain(c.Preference) || !plain(c.Proof) {
			return nil, TellField("consents", "TEXT_FORM")
		}
		if c.State == ConsentPending || c.State == ConsentUnknown || c.State == "" {
			return nil, TellField("consents", "CONSENT_STATE_FORM")
		}
		if c.Since, err = readDay("consents", u.Since, now); err != nil {
			return nil, err
		}
		if c.Wide() && (c.Since == nil || c.Proof == "") {
			return nil, TellField("consents", "CONSENT_PROOF")
		}
		out = append(out, c)
	}
	return out, nil
}

// Wide reports whether the entry allows something.
func (c *Consent) Wide() bool { return c.State == ConsentGranted || c.State == ConsentConfirmed }

// Order checks what was sent and gives the record it makes.
func (u *OrderUpsert) Order(now time.Time) (o Order, err error) {
	if o.ExternalID, err = externalID("externalId", u.ExternalID); err != nil {
		return o, err
	}
	if o.Version, err = version(u.UpdatedAt, now); err != nil {
		return o, err
	}
	if err := u.whose(&o); err != nil {
		return o, err
	}
	if err := u.when(&o, now); err != nil {
		return o, err
	}
	if err := u.amounts(&o); err != nil {
		return o, err
	}
	if o.Note, err = note(u.Note); err != nil {
		return o, err
	}
	if o.DiscountCodes, err = texts("discountCodes", u.DiscountCodes); err != nil {
		return o, err
	}
	if o.Lines, err = u.lines(); err != nil {
		return o, err
	}
	if o.Refunds, err = u.refunds(now); err != nil {
		return o, err
	}
	o.State = cmp.Or(u.State, OrderPaid)
	o.Paid = o.State != OrderOpen && o.State != OrderCancelled
	if u.Paid != nil {
		o.Paid = *u.Paid
	}
	return o, nil
}

// whose reads whose order it is, and its short texts.
func (u *OrderUpsert) whose(o *Order) error {
	for field, t := range map[string]struct{ to, from *string }{"number": {&o.Number, &u.Number}, "payment": {&o.Payment, &u.Payment},
		"customerExternalId": {&o.CustomerID, &u.CustomerExternalID}, "email": {&o.Email, &u.Email}} {
		if *t.to = tidy(*t.from); !plain(*t.to) {
			return TellField(field, "TEXT_FORM")
		}
	}
	d := TypedDetails{Emails: []string{o.Email}, Language: u.Language}
	if err := d.Check(time.Time{}); err != nil {
		return singular(err)
	}
	o.Language, o.Number = d.Language, cmp.Or(o.Number, o.ExternalID)
	if o.CustomerID == "" && o.Email == "" {
		return TellField("customerExternalId", "ORDER_OF_NOBODY")
	}
	return nil
}

// when reads the order's times.
func (u *OrderUpsert) when(o *Order, now time.Time) error {
	placed, err := readDay("placedAt", u.PlacedAt, now)
	if err != nil {
		return err
	}
	if placed == nil {
		return TellField("placedAt", "DAY_UNREADABLE", "value", "")
	}
	o.PlacedAt = *placed
	o.CancelledAt, err = readDay("cancelledAt", u.CancelledAt, now)
	return err
}

func (u *OrderUpsert) amounts(o *Order) (err error) {
	if o.Currency, err = ParseCurrency(u.CurrencyCode); err != nil {
		return TellField("currencyCode", "CURRENCY_FORM")
	}
	if strings.TrimSpace(u.Total) == "" {
		return TellField("total", "AMOUNT_FORM", "value", "")
	}
	for field, t := range map[string]struct {
		to   *decimal.Decimal
		from string
	}{"total": {&o.Total, u.Total}, "shipping": {&o.Shipping, u.Shipping}, "discount": {&o.Discount, u.Discount}, "tax": {&o.Tax, u.Tax}} {
		if *t.to, err = readAmount(field, t.from); err != nil {
			return err
		}
	}
	return nil
}

func (u *OrderUpsert) lines() (out []OrderLine, err error) {
	if len(u.Lines) > mostLines {
		return nil, TellField("lines", "TOO_MANY_VALUES", "most", strconv.Itoa(mostLines))
	}
	for i := range u.Lines {
		l := &u.Lines[i]
		x := OrderLine{ExternalID: cmp.Or(tidy(l.ExternalID), strconv.Itoa(i+1)), ProductID: tidy(l.ProductID), VariantID: tidy(l.VariantID),
			Title: tidy(l.Title), SKU: tidy(l.SKU), Category: tidy(l.Category), Quantity: l.Quantity}
		for _, s := range []string{x.ExternalID, x.ProductID, x.VariantID, x.Title, x.SKU, x.Category} {
			if !plain(s) {
				return nil, TellField("lines", "TEXT_FORM")
			}
		}
		if x.Quantity < 1 || x.Quantity > mostQuantity {
			return nil, TellField("lines", "QUANTITY_FORM", "most", strconv.Itoa(mostQuantity))
		}
		if x.Total, err = readAmount("lines", l.Total); err != nil {
			return nil, err
		}
		if x.UnitPrice, err = readAmount("lines", l.UnitPrice); err != nil {
			return nil, err
		}
		pieces := decimal.NewFromInt(int64(x.Quantity))
		switch {
		case l.Total == "":
			x.Total = x.UnitPrice.Mul(pieces)
		case l.UnitPrice == "":
			x.UnitPrice = x.Total.DivRound(pieces, MoneyScale)
		}
		if x.Total.GreaterThanOrEqual(maxMoney) {
			return nil, TellField("lines", "AMOUNT_FORM", "value", "")
		}
		out = append(out, x)
	}
	return out, nil
}

func (u *OrderUpsert) refunds(now time.Time) (out []Refund, err error) {
	if len(u.Refunds) > mostLines {
		return nil, TellField("refunds", "TOO_MANY_VALUES", "most", strconv.Itoa(mostLines))
	}
	for _, r := range u.Refunds {
		x := Refund{}
		if x.ExternalID, err = externalID("refunds", r.ExternalID); err != nil {
			return nil, err
		}
		at, err := readDay("refunds", r.At, now)
		if err != nil {
			return nil, err
		}
		if at == nil {
			return nil, TellField("refunds", "DAY_UNREADABLE", "value", "")
		}
		if x.Amount, err = readAmount("refunds", r.Amount); err != nil {
			return nil, err
		}
		x.At, x.Document = *at, x.ExternalID
		out = append(out, x)
	}
	return out, nil
}

// externalID reads the name that a record has elsewhere.
func externalID(field, s string) (string, error) {
	if s = tidy(s); s == "" || !plain(s) {
		return "", TellField(field, "EXTERNAL_ID_FORM")
	}
	return s, nil
}

// version reads when a record changed at its source; left out, it is as of now.
func version(s string, now time.Time) (Version, error) {
	at, err := readDay("updatedAt", s, now)
	if err != nil || at == nil {
		return Version{UpdatedAt: now, ReadAt: now}, err
	}
	return Version{UpdatedAt: *at, ReadAt: now}, nil
}

// readDay reads a day, or a time of RFC 3339, from 1900 on and not to come; nil for the empty text.
func readDay(field, s string, now time.Time) (*time.Time, error) {
	if s = strings.TrimSpace(s); s == "" {
		return nil, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		at, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		if at = at.UTC(); at.Year() < 1900 || at.After(now.Add(24*time.Hour)) {
			return nil, TellField(field, "DAY_OUT_OF_RANGE", "value", clip(s))
		}
		return &at, nil
	}
	return nil, TellField(field, "DAY_UNREADABLE", "value", clip(s))
}

// readAmount reads an amount that is not negative; 0 for the empty text.
func readAmount(field, s string) (decimal.Decimal, error) {
	n, err := ParseAmount(s)
	if err != nil || n.IsNegative() {
		return n, TellField(field, "AMOUNT_FORM", "value", clip(tidy(s)))
	}
	return n, nil
}

// texts reads a list of short texts.
func texts(field string, list []string) ([]string, error) {
	out := tidyList(list)
	if len(out) > mostTags {
		return nil, TellField(field, "TOO_MANY_VALUES", "most", strconv.Itoa(mostTags))
	}
	for _, s := range out {
		if !plain(s) {
			return nil, TellField(field, "TEXT_FORM")
		}
	}
	return out, nil
}

// note reads a longer text.
func note(s string) (string, error) {
	s = strings.TrimSpace(s)
	if len(s) > mostNote || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return "", TellField("note", "NOTE_TOO_LONG", "most", strconv.Itoa(mostNote))
	}
	return s, nil
}

// CheckSource gives the name of a source without needless spaces.
func CheckSource(name string) (string, error) {
	if name = tidy(name); !plain(name) || utf8.RuneCountInString(name) > 100 {
		return "", TellField("source", "SOURCE_NAME_FORM")
	}
	return name, nil
}
