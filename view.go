package relance

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// OrderView is an order as it is shown.
type OrderView struct {
	ID           uuid.UUID
	SourceID     uuid.UUID
	Shop         *Shop
	ExternalID   string
	ProfileID    *uuid.UUID
	Profile      *Profile // where it was asked for with the list
	Number       string
	PlacedAt     time.Time
	State        OrderState
	ShopState    string
	Paid         bool
	NotValidated bool
	Recovered    bool
	CancelledAt  *time.Time
	Currency     string
	Total        Money
	Returned     Money
	Net          Money
	Shipping     Money
	Discount     Money
	Tax          Money
	Language     string
	Payment      string
	Fulfilment   string
	Codes        []string
	Lines        []*OrderLineView
	Refunds      []Refund
	Returns      []Return
}

// OrderBadge is a mark on an order.
type OrderBadge string

// The marks.
const (
	BadgeRecovered    OrderBadge = "RECOVERED"     // an abandoned cart led to it
	BadgeNotValidated OrderBadge = "NOT_VALIDATED" // the shop has not validated it
)

// Badges lists the order's marks.
func (o *OrderView) Badges() []OrderBadge {
	out := []OrderBadge{}
	if o.Recovered {
		out = append(out, BadgeRecovered)
	}
	if o.NotValidated {
		out = append(out, BadgeNotValidated)
	}
	return out
}

// InCurrency marks all amounts of the order with its currency.
func (o *OrderView) InCurrency() {
	for _, m := range []*Money{&o.Total, &o.Returned, &o.Net, &o.Shipping, &o.Discount, &o.Tax} {
		m.Currency = o.Currency
	}
}

// AddLine adds a line, its amounts in the order's currency.
func (o *OrderView) AddLine(l OrderLineView) {
	l.UnitPrice.Currency, l.Total.Currency = o.Currency, o.Currency
	o.Lines = append(o.Lines, &l)
}

// OrderLineView is an order's line with how many of it came back.
type OrderLineView struct {
	OrderID          uuid.UUID
	ExternalID       string
	Title            string
	SKU              string
	Quantity         int
	ReturnedQuantity int
	UnitPrice        Money
	Total            Money
	Category         string
	Size             string
	Options          []Option
	ProductURL       *string
}

// CartView is a cart as it is shown, its state as of the asking.
type CartView struct {
	ID          uuid.UUID
	SourceID    uuid.UUID
	Shop        *Shop
	ExternalID  string
	ProfileID   *uuid.UUID
	Profile     *Profile // where it was asked for with the list
	State       CartState
	StartedAt   time.Time
	UpdatedAt   time.Time
	Currency    string
	Amount      decimal.Decimal
	ValueKnown  bool
	Language    string
	RestoreURL  *string
	OrderID     *uuid.UUID
	OrderNumber *string
	Lines       []*CartLineView
}

// Value is what is in the cart, nil where the source gave no prices.
func (c *CartView) Value() *Money {
	if !c.ValueKnown {
		return nil
	}
	return &Money{Amount: c.Amount, Currency: c.Currency}
}

// CartOrder names the order that completed a cart.
type CartOrder struct {
	ID     uuid.UUID
	Number string
}

// Order is the order that completed the cart, if one did.
func (c *CartView) Order() *CartOrder {
	if c.OrderID == nil || c.OrderNumber == nil {
		return nil
	}
	return &CartOrder{ID: *c.OrderID, Number: *c.OrderNumber}
}

// CartLineView is a cart's line.
type CartLineView struct {
	CartID    uuid.UUID
	Title     string
	SKU       string
	Quantity  int
	UnitPrice decimal.Decimal
	Total     decimal.Decimal
	Options   []Option
	ImageURL  string
}

// Purchase is one product bought: a line with its order.
type Purchase struct {
	Order OrderView
	Line  OrderLineView
}

// PageInfo tells how a list goes on.
type PageInfo struct {
	HasNextPage bool
	End         string // cursor of the last row, "" on an empty page
}

// EndCursor is the cursor of the last row, nil on an empty page.
func (i PageInfo) EndCursor() *string {
	if i.End == "" {
		return nil
	}
	return &i.End
}

// ProfilePage is a page of profiles.
type ProfilePage struct {
	Profiles []*Profile
	Info     PageInfo
	Total    *int64 // only where it was asked for
	LeftOut  int64  // who matches but objected to profiling; only where it was asked for
}

// OrderPage is a page of orders, newest first.
type OrderPage struct {
	Orders []*OrderView
	Info   PageInfo
	Total  *int64
}

// CartPage is a page of carts, latest activity first.
type CartPage struct {
	Carts []*CartView
	Info  PageInfo
	Total *int64
}

// PurchasePage is a page of purchases, newest first.
type PurchasePage struct {
	Purchases []*Purchase
	Info      PageInfo
}

// Paging asks for a page after a cursor.
type Paging struct {
	First int
	After string
	Total bool // count the whole list too
}

// ProfileWant says what of a profile to read; what is not wanted is not read.
type ProfileWant struct {
	Columns    map[string]bool // of the profile itself, see the store
	Records    bool            // customer records: e-mails, phones, identities, shops
	Shops      bool            // the shops that records, orders and carts belong to
	Addresses  bool
	Consents   bool
	Labels     bool
	Group      bool
	Photo      bool
	Objections bool
	Contacted  bool // when they were last written to, and scanned a letter
	Notes      bool
	Members    bool // memberships
	Money      bool
	Habits     bool
	Merges     bool
	Apart      bool
	Orders     map[string]OrderWant
	Carts      map[string]CartWant
	Purchases  map[string]Paging
}

// OrderWant says what of a list of orders to read.
type OrderWant struct {
	Paging
	Fields     map[string]bool // of the API's Order; nil is all of them
	Lines      bool
	LineFields map[string]bool // of the API's OrderLine; nil is all of them
	Refunds    bool
	Returns    bool
	Badges     bool
}

// CartWant says what of a list of carts to read.
type CartWant struct {
	Paging
	Lines bool
	Order bool
}

// Sales is what was sold and returned in one currency.
type Sales struct {
	Currency        string
	ReturnDocuments int64
	SalesAmounts
	WithoutCustomer SalesAmounts
}

// SalesAmounts are sums of exact line amounts, shipping and discounts included.
type SalesAmounts struct {
	Orders   int64
	Gross    Money
	Returned Money
	Net      Money
}

// MonthSales is what was sold in a calendar month, in the shops' own zones.
type MonthSales struct {
	Month    time.Time // its first day
	Currency string
	SalesAmounts
}

// Overview is what the business looks like as a whole.
type Overview struct {
	Profiles int64
	Orders   int64
	Carts    []*CartFigure
}

// CartFigure is how many carts are in a state and what is in them.
type CartFigure struct {
	State CartState
	Count int64
	Value []Money // per currency
}

// ProfileQuery asks for a page of profiles.
type ProfileQuery struct {
	Paging
	Filter Filter
	IDs    []uuid.UUID // these alone; nil: all
	Order  ProfileOrder
	Want   ProfileWant
	Scope  []uuid.UUID // shops the asker is limited to; nil for all
	Now    time.Time
}

// CartQuery asks for a page of carts over all customers.
type CartQuery struct {
	CartWant
	ID     *uuid.UUID  // this one alone
	States []CartState // any of these; empty for all
	Scope  []uuid.UUID
	Shops  []uuid.UUID
	Now    time.Time
}

// MarketingPreference is a named preference on a channel.
type MarketingPreference struct {
	Channel    ConsentChannel
	Preference string
	Name       string // as it is called now
}

// OrderQuery asks for a page of orders over all customers.
type OrderQuery struct {
	OrderWant
	OrderFilter
	ID          *uuid.UUID // this one alone
	OldestFirst bool
	Scope       []uuid.UUID // shops the asker is limited to or asks for; nil for all
}

// OrderFilter says which orders are meant; what is nil or empty does not matter.
type OrderFilter struct {
	Number        string // how the number begins, in any case, with or without its #
	ShopIDs       []uuid.UUID
	States        []OrderState
	PlacedBetween *TimeRange
	Counted       *bool // in figures: neither cancelled nor a test
	Recovered     *bool
	Validated     *bool
	Returned      *bool // something was given back
}

// ByHand reports whether somebody decided the merge.
func (e MergeEntry) ByHand() bool { return e.Kind == "HAND" }

// MergeEntry is an entry of the merge ledger.
type MergeEntry struct {
	ID             uuid.UUID
	Kind           string
	IntoProfileID  uuid.UUID
	FromProfileIDs []uuid.UUID
	MatchedBy      MatchedBy
	Actor          string
	At             time.Time
	UndoneAt       *time.Time
}

// ProductView is a product as it is shown.
type ProductView struct {
	ID         uuid.UUID
	Shop       *Shop
	ExternalID string
	Title      string
	SKU        string
	Category   string
	URL        string
	ImageURL   string
	Active     bool
	Price      Money
	Stock      *int
	Options    []ProductOption
}

// ProductPage is a page of products, in order of their titles.
type ProductPage struct {
	Products []*ProductView
	Info     PageInfo
}

// MessageView is a message as it is shown.
type MessageView struct {
	Message
	Shop *Shop
}
