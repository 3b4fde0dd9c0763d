package relance

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// ReportRow is a line of a monthly report: what a campaign did in a month for a group of a shop's
// customers, in one currency. Counts stand in the row of the shop's own currency.
type ReportRow struct {
	ShopID       uuid.UUID
	ShopName     string
	Group        string // of customers at the shop; "" for those in none
	CampaignID   uuid.UUID
	CampaignName string
	Currency     string
	// Evaluated counts the events judged, in the month of their entering or else of the latest
	// verdict; Eligible those that entered.
	Evaluated, Eligible int
	Sent                int
	Issued, Redeemed    int             // vouchers
	Revenue             decimal.Decimal // by code, of paid orders of the month, returns taken off
	Discount            decimal.Decimal // what the vouchers took off these orders
	UnknownDiscounts    int             // vouchers of which the order does not say what they took off
	// Letters that were ordered to be printed, in the row of the currency of their price, or of the
	// shop's own where no price is known; those that were never printed are left out.
	Letters         int
	PrintCost       decimal.Decimal // of the letters, with postage
	UnpricedLetters int             // of the letters, those of which no price is known
}

// ReportTask is a month's report that is due to be mailed to somebody of the staff.
type ReportTask struct {
	MerchantID uuid.UUID
	UserID     uuid.UUID
	Month      time.Time // its first day
	Attempt    int       // how many there were before
}

// ParseMonth reads a month as people write it, 2026-11, and gives its first day. The error
// is BAD_INPUT of the field month.
func ParseMonth(s string) (time.Time, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil || t.Year() < 2000 || t.Year() > 2999 {
		return time.Time{}, FieldErrorf("month", "a month is written like 2026-11")
	}
	return t, nil
}
