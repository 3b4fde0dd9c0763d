package relance

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// Filter says which profiles are meant; as JSON it has the shape of the API's ProfileFilter. Its fields are joined by AND, Or included; an
// empty list or nil is no condition. Intervals are half-open: from (min) belongs to
// it, to (max) does not.
type Filter struct {
	Search           string            `json:"search,omitempty"`
	Labels           []string          `json:"labels,omitempty"` // any of these names
	Marketing        []MarketingFilter `json:"marketing,omitempty"`
	CreatedBetween   *TimeRange        `json:"createdBetween,omitempty"`
	ShopIDs          []uuid.UUID       `json:"shopIds,omitempty"` // known to any of these shops
	OrderCount       *IntRange         `json:"orderCount,omitempty"`
	Spent            *MoneyRange       `json:"spent,omitempty"`
	LastOrderBetween *TimeRange        `json:"lastOrderBetween,omitempty"`
	HasAbandonedCart *bool             `json:"hasAbandonedCart,omitempty"`
	HasMembership    *bool             `json:"hasMembership,omitempty"`    // an active one
	GroupIDs         []uuid.UUID       `json:"groupIds,omitempty"`         // in any of these groups of the merchant
	Countries        []string          `json:"countries,omitempty"`        // an address in any of these, ISO 3166-1 alpha-2
	BoughtCategories []string          `json:"boughtCategories,omitempty"` // bought and kept something of any of these, by its full name
	BoughtProducts   []string          `json:"boughtProducts,omitempty"`   // bought and kept any of these, by title
	LetterReceived   *TimeRange        `json:"letterReceived,omitempty"`   // a letter was sent in this time and did not come back
	QRScanned        *bool             `json:"qrScanned,omitempty"`        // scanned the code of a letter
	PaymentOverdue   *bool             `json:"paymentOverdue,omitempty"`   // a business with an unpaid order over its payment delay
	And              []Filter          `json:"and,omitempty"`
	Or               []Filter          `json:"or,omitempty"`
	Not              *Filter           `json:"not,omitempty"`
}

// Any reports whether something holds of the filter or of one nested in it.
func (f *Filter) Any(holds func(*Filter) bool) bool {
	within := func(list []Filter) bool {
		return slices.ContainsFunc(list, func(sub Filter) bool { return sub.Any(holds) })
	}
	return holds(f) || within(f.And) || within(f.Or) || f.Not != nil && f.Not.Any(holds)
}

// MaxFilterDepth bounds how deep conditions may be nested.
const MaxFilterDepth = 8

// MarketingFilter asks for the state of a named preference on a channel.
type MarketingFilter struct {
	Channel    ConsentChannel `json:"channel"`
	Preference string         `json:"preference"`
	State      ConsentState   `json:"state"` // UNKNOWN is also true where nothing was ever said
}

// TimeRange is a half-open interval; nil is open.
type TimeRange struct {
	From *time.Time `json:"from,omitempty"`
	To   *time.Time `json:"to,omitempty"`
}

// IntRange is a half-open interval; nil is open.
type IntRange struct {
	Min *int `json:"min,omitempty"`
	Max *int `json:"max,omitempty"`
}

// MoneyRange is a half-open interval of amounts in one currency.
type MoneyRange struct {
	Min      *decimal.Decimal `json:"min,omitempty"`
	Max      *decimal.Decimal `json:"max,omitempty"`
	Currency string           `json:"currency,omitempty"`
}

// OrderField is what profiles can be sorted by.
type OrderField string

// The fields to sort profiles by.
const (
	ByLastAdminChange OrderField = "LAST_ADMIN_CHANGE"
	ByName            OrderField = "NAME"
	ByCreated         OrderField = "CREATED"
	ByLastOrder       OrderField = "LAST_ORDER"
	BySpent           OrderField = "SPENT"
	ByID              OrderField = "ID" // of exports: nothing that people do moves anybody in it
)

// ProfileOrder is how a list of profiles is sorted. The zero value is the default: by
// the last administrative change, newest last.
type ProfileOrder struct {
	Field      OrderField
	Descending bool
	Currency   string // for BySpent; "" is the merchant's main currency
}
