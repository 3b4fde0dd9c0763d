package relance

import (
	"time"

	"github.com/shopspring/decimal"
)

// CartState is derived from a cart, its order and the time it is asked.
type CartState string

// The states of a cart.
const (
	CartOpen      CartState = "OPEN"
	CartAbandoned CartState = "ABANDONED" // no activity for the merchant's waiting time and no order
	CartRecovered CartState = "RECOVERED" // was abandoned, then an order completed it
	CartOrdered   CartState = "ORDERED"
)

// AbandonAfter is how long a cart rests before it counts as abandoned, unless the
// merchant sets another time.
const AbandonAfter = time.Hour

// Cart is a cart or checkout as the source holds it.
type Cart struct {
	ExternalID    string
	Version       Version
	CustomerID    string // external id; "" for a visitor
	Currency      string
	Language      string
	Value         decimal.Decimal // including tax, without shipping
	Total         decimal.Decimal // what the order would have cost, if the source says; else zero
	ValueKnown    bool            // false: the source gave no prices
	RestoreURL    string          // brings the cart back; PrestaShop has none
	CheckoutToken string
	StartedAt     time.Time
	UpdatedAt     time.Time  // last activity
	CompletedAt   *time.Time // when the source says it became an order
	OrderID       string     // external id, if the source tells
	Gift          bool       `json:",omitempty"` // wrapped as a gift for somebody
	Erased        bool       `json:",omitempty"` // without the person, who was erased
	Lines         []CartLine
}

// CartLine is one line of a cart.
type CartLine struct {
	ExternalID string
	ProductID  string
	VariantID  string
	Title      string
	SKU        string
	Quantity   int
	UnitPrice  decimal.Decimal
	Total      decimal.Decimal
	Options    []Option
	ImageURL   string
}
