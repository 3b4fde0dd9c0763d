package relance

import (
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// Profile is one person over all sources, with as much as was asked for.
type Profile struct {
	ID           uuid.UUID
	FirstName    string
	LastName     string
	Company      string
	Title        string
	Language     string
	Birthday     *time.Time
	CreatedAt    time.Time // became a client: the earliest date at any source
	OrderCount   int
	LastOrderAt  *time.Time
	NeedsReview  bool // more records match than may be joined unseen
	AdminChanged time.Time

	Spent     decimal.Decimal // in MainCurrency
	Returned  decimal.Decimal // in MainCurrency
	PerMoney  []ProfileMoney
	Emails    []Contact
	Phones    []Contact
	Addresses []ProfileAddress
	Consents  []ProfileConsent
	Records   []Identity
	Labels    []Label
	Notes     []Note
	Habits    map[HabitKind][]Habit
	Orders    map[string]*OrderPage // by the name under which they were asked for
	Carts     map[string]*CartPage
	Products  map[string]*PurchasePage
	Main      string // the merchant's main currency
}

// DisplayName is what to call the profile: name, else company, else e-mail address.
func (p *Profile) DisplayName() string {
	if n := strings.TrimSpace(p.FirstName + " " + p.LastName); n != "" {
		return n
	}
	if p.Company != "" {
		return p.Company
	}
	if len(p.Emails) > 0 {
		return p.Emails[0].Value
	}
	return ""
}

// ProfileMoney is a profile's figures in one currency.
type ProfileMoney struct {
	Currency    string
	OrderCount  int
	Spent       decimal.Decimal
	Returned    decimal.Decimal
	LastOrderAt *time.Time
}

// Contact is an e-mail address or phone number and the sources that have it.
type Contact struct {
	Value   string
	Sources []SourceRef
}

// SourceRef names a source; ShopID is nil where the source is no shop.
type SourceRef struct {
	ID     uuid.UUID
	Kind   SourceKind
	ShopID *uuid.UUID
}

// ProfileAddress is a postal address with its source.
type ProfileAddress struct {
	Address
	Source SourceRef
}

// ProfileConsent is what holds for a channel and preference: of what the person said at
// all sources, the strictest.
type ProfileConsent struct {
	Channel    ConsentChannel
	Preference string
	State      ConsentState
	Since      *time.Time
	Source     string
	Proof      string
	RecordedAt time.Time
}

// Identity is a customer record of a source that belongs to a profile, and why.
type Identity struct {
	CustomerID uuid.UUID
	Source     SourceRef
	ExternalID string
	Kind       IdentityKind
	MatchedBy  string
	Active     bool
	DeletedAt  *time.Time
	Email      string
	Phone      string
	FirstName  string
	LastName   string
	Company    string
	GroupName  string
	Tags       []string
	Note       string
	Business   *Business
	CreatedAt  time.Time
}

// Label is a word that the merchant puts on profiles.
type Label struct {
	ID   uuid.UUID
	Name string
}

// Note is a private remark on a profile.
type Note struct {
	ID     uuid.UUID
	Body   string
	Author string
	At     time.Time
}

// HabitKind says what a habit counts.
type HabitKind string

// The kinds of habit.
const (
	HabitCategory HabitKind = "CATEGORY"
	HabitSize     HabitKind = "SIZE"
	HabitProduct  HabitKind = "PRODUCT"
)

// Habit is how much of something a person bought and kept.
type Habit struct {
	Value    string
	Quantity int64
}

// OrderView is an order as it is shown.
type OrderView struct {
	ID           uuid.UUID
	SourceID     uuid.UUID
	ExternalID   string
	ProfileID    *uuid.UUID
	Number       string
	PlacedAt     time.Time
	State        OrderState
	ShopState    string
	Paid         bool
	NotValidated bool
	Recovered    bool
	CancelledAt  *time.Time
	Currency     string
	Total        decimal.Decimal
	Returned     decimal.Decimal
	Net          decimal.Decimal
	Shipping     decimal.Decimal
	Discount     decimal.Decimal
	Tax          decimal.Decimal
	Language     string
	Payment      string
	Fulfilment   string
	Codes        []string
	Note         string
	Lines        []OrderLineView
	Refunds      []Refund
}

// OrderLineView is an order's line with how many of it came back.
type OrderLineView struct {
	OrderID          uuid.UUID
	ExternalID       string
	Title            string
	SKU              string
	Quantity         int
	ReturnedQuantity int
	UnitPrice        decimal.Decimal
	Total            decimal.Decimal
	Category         string
	Size             string
	Options          []Option
	ProductURL       string
	ImageURL         string
}

// CartView is a cart as it is shown, its state as of the asking.
type CartView struct {
	ID          uuid.UUID
	SourceID    uuid.UUID
	ExternalID  string
	ProfileID   *uuid.UUID
	State       CartState
	StartedAt   time.Time
	UpdatedAt   time.Time
	Currency    string
	Value       decimal.Decimal
	ValueKnown  bool
	Language    string
	RestoreURL  string
	OrderID     *uuid.UUID
	OrderNumber *string
	Lines       []CartLineView
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
	HasNext bool
	End     string // cursor of the last row
}

// ProfilePage is a page of profiles.
type ProfilePage struct {
	Profiles []*Profile
	Info     PageInfo
	Total    *int64 // only where it was asked for
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
	Columns   map[string]bool // of the profile itself, see the store
	Records   bool            // customer records: e-mails, phones, identities, shops
	Addresses bool
	Consents  bool
	Labels    bool
	Notes     bool
	Money     bool
	Habits    bool
	Orders    map[string]OrderWant
	Carts     map[string]CartWant
	Purchases map[string]Paging
}

// OrderWant says what of a list of orders to read.
type OrderWant struct {
	Paging
	Lines   bool
	Refunds bool
	Badges  bool
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
	Orders          int64
	ReturnDocuments int64
	SalesAmounts
	WithoutCustomer SalesAmounts
	WithoutOrders   int64
}

// SalesAmounts are sums of exact line amounts, shipping and discounts included.
type SalesAmounts struct {
	Gross    decimal.Decimal
	Returned decimal.Decimal
	Net      decimal.Decimal
}
