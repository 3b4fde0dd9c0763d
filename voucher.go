package relance

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// VoucherKind says what a voucher takes off.
type VoucherKind string

// The kinds of voucher that every platform with vouchers can issue.
const (
	VoucherPercent      VoucherKind = "PERCENT"       // a share of the goods
	VoucherAmount       VoucherKind = "AMOUNT"        // an amount off the goods, tax included
	VoucherFreeShipping VoucherKind = "FREE_SHIPPING" // the shipping
)

// The limits of [VoucherOrder.Validate], the narrowest of the platforms.
const (
	minVoucherCode  = 3
	maxVoucherCode  = 60
	maxVoucherTitle = 120
	voucherScale    = 2 // decimals of a percentage or an amount that every shop keeps
)

// VoucherOrder says what a shop is to issue: a code that works once, for one order, and not
// together with another voucher of ours. Shopify combines it with no discount at all;
// PrestaShop lets a merchant's voucher join it that is not restricted itself.
type VoucherOrder struct {
	// Code is what the customer types. Shops tell codes apart without regard to case, so it
	// is written in capitals: A–Z, 0–9 and single hyphens between them.
	Code string
	Kind VoucherKind
	// Value is in percent (10 is 10 %) or an amount in Currency, tax included; zero with
	// [VoucherFreeShipping]. At most two decimals.
	Value    decimal.Decimal
	Currency string // ISO 4217; of Value and Minimum, "" only where neither is an amount
	// Minimum is what the goods must be worth, tax included and without shipping; zero for
	// any cart.
	Minimum decimal.Decimal
	// From and Until are the first and the last second of its validity, UTC.
	From, Until time.Time
	// CustomerID is the shop's external id of the only customer who can use it; "" for a
	// code that whoever types it first can use.
	CustomerID string
	// Titles are what customers see it called, by language ("fr"); at least one.
	Titles map[string]string
	// Language is the reader's; a shop that keeps a single title gets this one.
	Language string
}

// Validate reports the first thing that makes the order impossible, as an *Error of
// [CodeBadInput] with the field at fault.
func (o VoucherOrder) Validate() error {
	for _, check := range []func() error{o.checkCode, o.checkValue, o.checkMinimum, o.checkCurrency, o.checkTimes, o.checkTitles} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (o VoucherOrder) checkCode() error {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	switch {
	case o.Code == "":
		return FieldErrorf("code", "A voucher needs a code; without one it would apply to everybody.")
	case len(o.Code) < minVoucherCode || len(o.Code) > maxVoucherCode:
		return FieldErrorf("code", "The code of a voucher has %d to %d characters.", minVoucherCode, maxVoucherCode)
	case strings.Trim(o.Code, letters+"-") != "" || strings.Contains(o.Code, "--") || o.Code[0] == '-' || strings.HasSuffix(o.Code, "-"):
		return FieldErrorf("code", "The code of a voucher is made of capitals, digits and single hyphens between them: shops do not tell "+
			"small letters, accents and blanks apart alike.")
	}
	return nil
}

func (o VoucherOrder) checkValue() error {
	switch o.Kind {
	case VoucherFreeShipping:
		if !o.Value.IsZero() {
			return FieldErrorf("value", "A voucher for free shipping has no value of its own.")
		}
	case VoucherPercent:
		if !o.Value.IsPositive() || o.Value.GreaterThan(decimal.NewFromInt(100)) {
			return FieldErrorf("value", "A voucher takes off more than 0 %% and at most 100 %%.")
		}
	case VoucherAmount:
		if !o.Value.IsPositive() || o.Value.GreaterThanOrEqual(maxMoney) {
			return FieldErrorf("value", "A voucher takes off an amount above 0.")
		}
	default:
		return FieldErrorf("kind", "A voucher takes off a percentage, an amount or the shipping.")
	}
	if !o.Value.Equal(o.Value.Round(voucherScale)) {
		return FieldErrorf("value", "The value of a voucher has at most two decimals.")
	}
	return nil
}

func (o VoucherOrder) checkMinimum() error {
	switch {
	case o.Minimum.IsNegative() || o.Minimum.GreaterThanOrEqual(maxMoney):
		return FieldErrorf("minimum", "The minimum of a voucher is 0 or more.")
	case !o.Minimum.Equal(o.Minimum.Round(voucherScale)):
		return FieldErrorf("minimum", "The minimum of a voucher has at most two decimals.")
	}
	return nil
}

func (o VoucherOrder) checkCurrency() error {
	if o.Currency == "" {
		if o.Kind == VoucherAmount || o.Minimum.IsPositive() {
			return FieldErrorf("currency", "An amount needs a currency.")
		}
		return nil
	}
	if iso, err := ParseCurrency(o.Currency); err != nil || iso != o.Currency {
		return FieldErrorf("currency", "A currency is three capitals, such as EUR.")
	}
	return nil
}

func (o VoucherOrder) checkTimes() error {
	switch {
	case o.From.IsZero() || o.Until.IsZero():
		return FieldErrorf("until", "A voucher needs a first and a last moment.")
	case !o.Until.After(o.From):
		return FieldErrorf("until", "A voucher must not end before it begins.")
	}
	return nil
}

func (o VoucherOrder) checkTitles() error {
	if o.Title("") == "" {
		return FieldErrorf("titles", "A voucher needs a title.")
	}
	for _, title := range o.Titles {
		if utf8.RuneCountInString(title) > maxVoucherTitle || !utf8.ValidString(title) {
			return FieldErrorf("titles", "The title of a voucher has at most %d letters.", maxVoucherTitle)
		}
		if strings.ContainsAny(title, "<>{}=") || strings.ContainsFunc(title, unicode.IsControl) {
			return FieldErrorf("titles", "The title of a voucher is plain text without < > { } =.")
		}
	}
	return nil
}

// Title is the title in a language (BCP 47), else in the same language of another region,
// else in the order's own language, else the first that there is.
func (o VoucherOrder) Title(language string) string {
	for _, wanted := range []string{language, o.Language} {
		base, _, _ := strings.Cut(wanted, "-")
		for _, l := range []string{wanted, base} {
			if title := strings.TrimSpace(o.Titles[l]); title != "" {
				return title
			}
		}
	}
	for _, l := range slices.Sorted(maps.Keys(o.Titles)) {
		if title := strings.TrimSpace(o.Titles[l]); title != "" {
			return title
		}
	}
	return ""
}

// Voucher is a voucher as a shop holds it, whoever made it.
type Voucher struct {
	ExternalID string
	Code       string      // as the shop writes it
	Kind       VoucherKind // "" for what no [VoucherOrder] makes (a gift, a free amount and a percentage at once)
	Value      decimal.Decimal
	Currency   string // of Value and Minimum; "" where neither is an amount
	Minimum    decimal.Decimal
	From       time.Time
	Until      *time.Time // nil: without an end
	CustomerID string     // "" for everybody
	// Active says that it is switched on and has not ended; it may be spent, or begin later.
	Active bool
	// Used is how often it was redeemed. PrestaShop counts down what is left, so of a
	// voucher for more than one use it tells at least this; Shopify counts with a delay of
	// some seconds.
	Used int
	// Left is how often it can still be redeemed; nil for no limit.
	Left *int
}

// Spent reports whether all its uses are made.
func (v Voucher) Spent() bool { return v.Left != nil && *v.Left <= 0 }

// Fulfils reports whether the voucher is what the order asks for. Whether it is still
// active or spent does not matter: an order that was fulfilled once stays fulfilled.
func (v Voucher) Fulfils(o VoucherOrder) bool {
	if v.Kind == VoucherAmount || v.Minimum.IsPositive() || o.Minimum.IsPositive() {
		if v.Currency != o.Currency {
			return false
		}
	}
	if v.Active && (v.Until == nil || !sameSecond(*v.Until, o.Until)) {
		return false // one that was revoked may have had its end moved to that moment
	}
	limited := v.Left != nil && (*v.Left <= 0 || v.Used+*v.Left <= 1)
	return strings.EqualFold(v.Code, o.Code) && v.Kind == o.Kind && v.Value.Equal(o.Value) && v.Minimum.Equal(o.Minimum) &&
		v.CustomerID == o.CustomerID && sameSecond(v.From, o.From) && limited
}

func sameSecond(a, b time.Time) bool { return a.Unix() == b.Unix() }

// UsedVoucher is a voucher that was redeemed in an order.
type UsedVoucher struct {
	ExternalID string `json:"external_id"` // of the voucher, "" where the shop's orders do not tell
	Code       string `json:"code"`
	// Amount is what it took off the goods and the shipping, in the order's currency: tax
	// included, save in a Shopify shop whose prices are without tax.
	Amount decimal.Decimal `json:"amount"`
}
