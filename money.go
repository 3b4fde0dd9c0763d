package relance

import (
	"strings"

	"github.com/shopspring/decimal"
)

// MoneyScale is the number of decimals kept of every amount. PrestaShop keeps six
// in its order rows; no source is known to keep more.
const MoneyScale = 6

// maxMoney bounds what numeric(20,6) can hold.
var maxMoney = decimal.New(1, 14) //nolint:gochecknoglobals // a constant that Go cannot write as one

// Money is an exact amount in a currency (ISO 4217, upper case). Amounts of
// different currencies are never added.
type Money struct {
	Amount   decimal.Decimal
	Currency string
}

// ParseAmount reads an amount as shops write it ("12.340000", "-3"). The empty
// string is zero. It refuses what is not a plain finite number or is out of range
// (NaN, 1e400) and rounds half away from zero to six decimals.
func ParseAmount(s string) (decimal.Decimal, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return decimal.Decimal{}, nil
	}
	if len(s) > 40 || strings.ContainsAny(s, "eE") {
		return decimal.Decimal{}, Tell(CodeBadValue, nil, "NOT_AN_AMOUNT")
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return decimal.Decimal{}, Tell(CodeBadValue, nil, "NOT_AN_AMOUNT")
	}
	if d.Abs().GreaterThanOrEqual(maxMoney) {
		return decimal.Decimal{}, Tell(CodeBadValue, nil, "AMOUNT_OUT_OF_RANGE")
	}
	return d.Round(MoneyScale), nil
}

// ParseCurrency reads an ISO 4217 code and returns it in upper case.
func ParseCurrency(s string) (string, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) != 3 || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return "", Tell(CodeBadValue, nil, "NOT_A_CURRENCY")
	}
	return s, nil
}
