package shopifytest

import (
	"github.com/shopspring/decimal"
)

// bag is an amount in the shop's currency; the customer saw the same.
type bag struct {
	amount   decimal.Decimal
	currency string
	raw      *string // written as it is, for bad values
}

func (bag) typeName() string { return "MoneyBag" }

func (b bag) field(*run, field) any { return money(b) }

type money bag

func (money) typeName() string { return "MoneyV2" }

func (m money) field(_ *run, f field) any {
	if f.name == "currencyCode" {
		return m.currency
	}
	if m.raw != nil {
		return *m.raw
	}
	return amount(m.amount)
}

// amount writes a decimal string with at least two places.
func amount(d decimal.Decimal) string {
	if d.Exponent() >= -2 {
		return d.StringFixed(2)
	}
	return d.String()
}
