package relance

import (
	"time"

	"github.com/shopspring/decimal"
)

// IdentityKind says how a person is known to a source.
type IdentityKind string

// The kinds of identity.
const (
	IdentityCustomer IdentityKind = "CUSTOMER"
	IdentityGuest    IdentityKind = "GUEST"
	IdentityImport   IdentityKind = "IMPORT"
	IdentityManual   IdentityKind = "MANUAL"
)

// AddressKind says what an address is for.
type AddressKind string

// The kinds of address.
const (
	AddressHome     AddressKind = "HOME"
	AddressWork     AddressKind = "WORK"
	AddressBilling  AddressKind = "BILLING"
	AddressDelivery AddressKind = "DELIVERY"
	AddressOther    AddressKind = "OTHER"
)

// Version orders the states of one record: by the source's own time of change,
// then by when the request that read it began. An older version never overwrites a
// newer one; on a tie the later one wins.
type Version struct {
	UpdatedAt time.Time // as the source says; zero if it does not
	ReadAt    time.Time // start of the request that read it
}

// Customer is one person as one source knows them, guests included.
type Customer struct {
	ExternalID     string
	Version        Version
	Kind           IdentityKind
	Active         bool
	Deleted        bool // the source itself marks it as deleted but still lists it
	Email          string
	Phone          string
	Title          string // MR, MRS, or empty
	FirstName      string
	LastName       string
	Company        string
	Language       string // BCP 47, lower case language ("fr", "de")
	Birthday       *time.Time
	CustomerNumber string // a number that means the same person in several sources
	GroupID        string // external id of the default group
	GroupName      string
	Tags           []string
	Note           string
	CreatedAt      time.Time
	Business       *Business
	Addresses      []Address
	Consents       []Consent // states as the source reports them with the customer
	Messages       []Message
	MoreEmails     []string `json:",omitempty"` // besides Email
	MorePhones     []string `json:",omitempty"` // besides Phone
}

// Business is what a source knows of a business customer.
type Business struct {
	SIRET            string          `json:"siret,omitempty"`
	APE              string          `json:"ape,omitempty"`
	VATNumber        string          `json:"vat_number,omitempty"`
	Website          string          `json:"website,omitempty"`
	OutstandingLimit decimal.Decimal `json:"outstanding_limit"` // authorised outstanding amount, shop currency
	MaxPaymentDays   int             `json:"max_payment_days"`
	Risk             string          `json:"risk,omitempty"`
}

// Address is a postal address as a source holds it.
type Address struct {
	ExternalID  string
	Kind        AddressKind
	FirstName   string
	LastName    string
	Company     string
	Line1       string
	Line2       string
	PostalCode  string
	City        string
	Region      string
	CountryCode string // ISO 3166-1 alpha-2
	Phone       string
	VATNumber   string
}

// Message is a word between customer and shop (PrestaShop customer threads).
type Message struct {
	ExternalID   string
	ThreadID     string
	FromCustomer bool
	Private      bool
	Text         string
	At           time.Time
	OrderID      string // external id, if it is about an order
}

// ConsentChannel is the way a person may be contacted.
type ConsentChannel string

// The channels.
const (
	ChannelEmail  ConsentChannel = "EMAIL"
	ChannelLetter ConsentChannel = "LETTER"
	ChannelSMS    ConsentChannel = "SMS"
)

// ConsentState is what a person said about being contacted.
type ConsentState string

// The states, from the strictest to the widest; a merge keeps the stricter.
const (
	ConsentWithdrawn ConsentState = "WITHDRAWN"
	ConsentRefused   ConsentState = "REFUSED"
	ConsentPending   ConsentState = "PENDING"
	ConsentUnknown   ConsentState = "UNKNOWN"
	ConsentGranted   ConsentState = "GRANTED"   // single opt-in
	ConsentConfirmed ConsentState = "CONFIRMED" // double opt-in
)

// Strictness ranks a state: the lower, the stricter.
func (s ConsentState) Strictness() int {
	switch s {
	case ConsentWithdrawn:
		return 0
	case ConsentRefused:
		return 1
	case ConsentPending:
		return 2
	case ConsentGranted:
		return 4
	case ConsentConfirmed:
		return 5
	default:
		return 3
	}
}

// Consent is one entry of the consent ledger: what was said, when, and how it is known.
type Consent struct {
	Channel    ConsentChannel
	Preference string // the named marketing preference; "" is marketing in general
	State      ConsentState
	Since      *time.Time // when the person said so, if the source knows
	Source     string     // how it is known: "shopify:emailMarketingConsent", "prestashop:newsletter", "hand"
	Proof      string
}

// ConsentChange is the consent of a customer read apart from the customer itself
// (PrestaShop's newsletter pass).
type ConsentChange struct {
	CustomerID string // external id
	ReadAt     time.Time
	Consents   []Consent
}
