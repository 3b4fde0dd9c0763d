package relance

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// CustomerGroup is a group of customers of the merchant's own. A profile is in one at most.
type CustomerGroup struct {
	ID        uuid.UUID
	Name      string
	Discount  *decimal.Decimal // per cent; recorded only: it takes effect by the shop's own group or vouchers
	Benefits  string
	CreatedAt time.Time
	Members   int64
}

// Check tidies a group up and gives the first error, at its field.
func (g *CustomerGroup) Check() error {
	g.Name, g.Benefits = tidy(g.Name), strings.TrimSpace(g.Benefits)
	switch {
	case g.Name == "" || utf8.RuneCountInString(g.Name) > 60 || !plain(g.Name):
		return TellField("name", "GROUP_NAME")
	case g.Discount != nil && outside(*g.Discount, 100):
		return TellField("discount", "GROUP_DISCOUNT")
	case utf8.RuneCountInString(g.Benefits) > 2000 || strings.ContainsRune(g.Benefits, 0):
		return TellField("benefits", "GROUP_BENEFITS")
	}
	return nil
}

// GroupSales is what the people who are in a group now bought in a time.
type GroupSales struct {
	Currency string
	Orders   int
	Buyers   int
	Spent    decimal.Decimal // paid and kept
}
