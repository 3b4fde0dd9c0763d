package relance

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// Facts is what is known of one person when a decision is taken. Nothing else goes into
// the decision but the campaign and the time.
type Facts struct {
	Merchant *FactMerchant
	// Since is since when this person waits to be judged: from then on a message counts as
	// late. Zero: since now.
	Since      time.Time
	ProfileID  uuid.UUID
	FirstName  string
	LastName   string
	Title      string // MR, MRS, or empty
	Language   string
	Birthday   *time.Time
	CreatedAt  time.Time
	Records    []FactRecord
	Orders     []FactOrder // every state but deleted, oldest first
	Carts      []FactCart  // oldest activity first
	Consents   []FactConsent
	Labels     []string
	Member     bool // an active membership
	Restricted bool // a request of theirs about their data runs, and nothing is to be sent meanwhile
	GroupID    *uuid.UUID
	GroupSince *time.Time
	Ending     []FactEnding // memberships that are not over and have a last day
	// Business says that a record has a company or business details, and PaymentDays what they have to pay in;
	// read where an audience asks whose payment is overdue.
	Business    bool
	PaymentDays int
	Lines       []FactLine // of orders; read where an audience asks what was bought
	Enrolments  []Enrolment
	Messages    []FactMessage // sent or being sent, of all campaigns, oldest first
	// Household are the messages that went to others of the same full address and family name,
	// oldest first.
	Household []FactMessage
	// Unanswered is when the person wrote to a shop last that has not answered; nil: never.
	Unanswered *time.Time
	Stopped    []FactStopped // e-mail addresses that may not be written to
	// NoLetters are the person's own objections to letters, and addresses that letters came back
	// from.
	NoLetters []FactNoLetters
}

// FactEnding is a membership that ends.
type FactEnding struct {
	ID     uuid.UUID
	EndsOn time.Time // a day: the first on which it holds no more
}

// FactMerchant is what of the merchant decides.
type FactMerchant struct {
	MainCurrency string
	AbandonAfter time.Duration
	Rules        SendingRules
	Shops        map[uuid.UUID]FactShop
}

// FactRecord is a customer record of the person.
type FactRecord struct {
	CustomerID uuid.UUID
	SourceID   uuid.UUID
	ShopID     *uuid.UUID // of a record that was typed or imported: the shop whose customer it is
	ExternalID string
	Kind       IdentityKind
	Active     bool
	Deleted    bool
	Email      string
	Masked     bool // the e-mail address is a placeholder or a marketplace's
	Language   string
	Business   bool   // buys for a company, by its registration or VAT number
	Country    string // of the billing address, else of any; ISO 3166-1 alpha-2
	// Address is where letters go: the billing address in the person's own name, else another of
	// their own; nil: none.
	Address   *Address
	Robinson  bool // on a list of people who want no advertising letters from anybody
	CreatedAt time.Time
	Countries []string // of all its addresses; read where an audience asks for them
}

// FactLine is what of an order's line decides.
type FactLine struct {
	OrderID  uuid.UUID
	Category string
	Title    string
	Kept     int // pieces that did not come back
}

// FactOrder is what of an order decides.
type FactOrder struct {
	ID           uuid.UUID
	SourceID     uuid.UUID
	CustomerID   string // external
	State        OrderState
	Counted      bool // in the figures: neither cancelled, nor a test, nor emptied by returns
	Test         bool
	Paid         bool
	NotValidated bool
	PlacedAt     time.Time
	Currency     string
	Language     string
	Net          decimal.Decimal
	ReturnOpen   bool
}

// FactCart is what of a cart decides.
type FactCart struct {
	ID           uuid.UUID
	SourceID     uuid.UUID
	CustomerID   string // external
	Currency     string
	Language     string
	Value        decimal.Decimal
	ValueKnown   bool
	Items        int
	SoldOut      bool // nothing in it can be ordered now
	StartedAt    time.Time
	ActiveAt     time.Time
	Ordered      bool
	OrderID      *uuid.UUID
	WasAbandoned bool
}

// FactConsent is what holds for one record, channel, preference and controller.
type FactConsent struct {
	CustomerID uuid.UUID
	Channel    ConsentChannel
	Preference string
	State      ConsentState
	Since      *time.Time
	Controller string // to whom it was given by hand; empty: the record's own shop says it
	Address    string // CONFIRMED by our own link: the address whose owner did
}

// FactMessage is a message that went out, or may have.
type FactMessage struct {
	EnrolmentID uuid.UUID
	StepKey     string
	CampaignID  uuid.UUID
	Channel     ConsentChannel
	At          time.Time // a letter: when it arrives
	ID          uuid.UUID // the zero id: not in the ledger yet
	DecidedAt   time.Time
	ShopID      uuid.UUID
	ScannedAt   *time.Time // when the recipient scanned a letter's code first
	SentAt      *time.Time // nil: it has not gone out, or nobody knows
	// VoucherUntil is until when its voucher is good; nil without one, or where it is redeemed
	// or revoked.
	VoucherUntil *time.Time
	// What the voucher takes off; a later step of the same enrolment reuses or raises it.
	FollowUpID      uuid.UUID // of the message that the voucher was made for
	VoucherKind     VoucherKind
	VoucherValue    decimal.Decimal
	VoucherMinimum  decimal.Decimal
	VoucherCurrency string
	CartID          *uuid.UUID
}

// FactStopped is an address that takes no more e-mail, and why. It is one that the person has
// or, where they objected, one that they were written to at.
type FactStopped struct {
	CustomerID uuid.UUID // the record that has it, or that was written to
	Email      string
	Reason     StopReason
}

// FactNoLetters is why no letters go to a record of the person.
type FactNoLetters struct {
	CustomerID uuid.UUID
	Reason     StopReason // OBJECTION, or UNDELIVERABLE
	AddressKey string     // of UNDELIVERABLE: which address, as [Address.Key] writes it
}

// StopReason says why an address takes no more e-mail.
type StopReason string

// The reasons.
const (
	StoppedByObjection StopReason = "OBJECTION"
	StoppedByBounce    StopReason = "BOUNCE"
	StoppedByPost      StopReason = "UNDELIVERABLE" // of letters: one came back from this address
)

// FactShop is what of a shop decides.
type FactShop struct {
	ID          uuid.UUID
	Zone        *time.Location
	Currency    string
	Country     string // where its customers are taken to be when their record does not say; may be ""
	Language    string
	Controller  string // legal entity, "" where none is named
	SenderEmail string
	// NoticeSince is since when the shop declares to tell people, as it collects their address,
	// that they will get e-mail on similar goods and can object: the ground of writing to
	// existing customers (section 7(3) UWG, L.34-5 CPCE). Nil: not declared.
	NoticeSince *time.Time
	CanVoucher  bool // the shop lets us make vouchers
	// Letterhead: the settings say all that a letter must say of its sender.
	Letterhead bool
	// PostsFrom is the country that its printer posts letters from, ISO 3166-1 alpha-2; "" where
	// nobody prints for it, or without a contract.
	PostsFrom string
	// LetterPrice is what its printer asks for a letter, in LetterCurrency; nil: not known.
	LetterPrice    *decimal.Decimal
	LetterCurrency string
	// FreeShippingFrom is the value of a cart, in Currency, from which on shipping is free; nil:
	// not told, or it never is.
	FreeShippingFrom *decimal.Decimal
}

// Enrolment is somebody's way through a campaign, begun by one event.
type Enrolment struct {
	ID          uuid.UUID
	CampaignID  uuid.UUID
	InstanceKey string // cart:ID, order:ID or profile:ID:period
	Version     int
	ShopID      *uuid.UUID // nil where the event is no shop's
	EventAt     time.Time
	EnteredAt   time.Time
	Holdout     bool
	EndedAt     *time.Time
	// Elsewhere: people who were one have parted, and the event is the other one's by now. It
	// counts for both, and only the other one goes on.
	Elsewhere bool
	FollowUps []FollowUpState
}

// FollowUpState is how far a step of an enrolment is.
type FollowUpState struct {
	ID      uuid.UUID
	StepKey string
	State   SendState
	DueAt   time.Time
	SentAt  *time.Time // of a letter: when it arrives
	Variant MessageVariant
	Channel ConsentChannel
}
