package relance

import (
	"time"

	"github.com/google/uuid"
)

// Outstanding is what a business customer has not paid yet. An order is unpaid that counts, is neither
// cancelled nor paid back whole, and of which the shop does not say that it is paid.
type Outstanding struct {
	ProfileID uuid.UUID
	Profile   *Profile // where it was asked for with the list
	Company   string
	Amounts   []Money // by currency, less what was returned
	Counts    []int   // the unpaid orders of each currency, as Amounts
	Orders    int
	OldestAt  time.Time // of the oldest unpaid order
	// PaymentDays is the agreed payment delay; nil where none is known.
	PaymentDays *int
	// DueAt is when the first of the orders was to be paid.
	DueAt time.Time
	// Limit is the authorised outstanding amount; nil where none is known.
	Limit *Money
	// Exceeded says that the amount in the limit's currency is above it.
	Exceeded bool
}

// DaysOver is for how many whole days the first order is over its payment delay; 0: it is not.
func (o *Outstanding) DaysOver(now time.Time) int {
	return max(0, int(now.Sub(o.DueAt)/(24*time.Hour)))
}

// OutstandingQuery asks for a page.
type OutstandingQuery struct {
	Paging
	Overdue bool        // only those over their payment delay
	ShopIDs []uuid.UUID // the asker may see no others; nil: all
}

// OutstandingPage is a page of business customers with unpaid orders, those who are over longest first.
type OutstandingPage struct {
	Customers []*Outstanding
	Info      PageInfo
}
