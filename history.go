package relance

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// History is what it takes to know a person as of a past date, beside the facts of today.
type History struct {
	Orders   map[uuid.UUID]*OrderHistory
	Carts    map[uuid.UUID]*CartHistory
	Consents []ConsentEntry // of all the person's records, oldest first
}

// OrderHistory is what an order went through.
type OrderHistory struct {
	Total       decimal.Decimal
	CancelledAt *time.Time
	Refunds     []RefundAt
}

// RefundAt is money given back at a time.
type RefundAt struct {
	At     time.Time
	Amount decimal.Decimal
}

// CartHistory is when a cart was seen to be used, and what is in it.
type CartHistory struct {
	ActiveAt []time.Time // oldest first
	Items    int
}

// ConsentEntry is an entry of the consent ledger. It holds from when the person said so or,
// where the source does not tell, from when it was recorded; the first word known of somebody
// holds from ever.
type ConsentEntry struct {
	FactConsent
	RecordedAt time.Time
	First      bool
}
