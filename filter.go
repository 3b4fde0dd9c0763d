package relance

import (
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
	HasMembership    *bool             `json:"hasMembership,omitempty"` // an active one
	And              []Filter          `json:"and,omitempty"`
	Or               []Filter          `json:"or,omitempty"`
	Not              *Filter           `json:"not,omitempty"`
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
