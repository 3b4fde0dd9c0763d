package relance

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// Filter says which profiles are meant. Its fields are joined by AND, Or included; an
// empty list or nil is no condition. Intervals are half-open: from (min) belongs to
// it, to (max) does not.
type Filter struct {
	Search           string
	Labels           []string // any of these names
	Marketing        []MarketingFilter
	CreatedBetween   *TimeRange
	ShopIDs          []uuid.UUID // known to any of these shops
	OrderCount       *IntRange
	Spent            *MoneyRange
	LastOrderBetween *TimeRange
	HasAbandonedCart *bool
	HasMembership    *bool // an active one
	And              []Filter
	Or               []Filter
	Not              *Filter
}

// MarketingFilter asks for the state of a named preference on a channel.
type MarketingFilter struct {
	Channel    ConsentChannel
	Preference string
	State      ConsentState // UNKNOWN is also true where nothing was ever said
}

// TimeRange is a half-open interval; nil is open.
type TimeRange struct{ From, To *time.Time }

// IntRange is a half-open interval; nil is open.
type IntRange struct{ Min, Max *int }

// MoneyRange is a half-open interval of amounts in one currency.
type MoneyRange struct {
	Min, Max *decimal.Decimal
	Currency string
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
)

// ProfileOrder is how a list of profiles is sorted. The zero value is the default: by
// the last administrative change, newest last.
type ProfileOrder struct {
	Field      OrderField
	Descending bool
	Currency   string // for BySpent; "" is the merchant's main currency
}
