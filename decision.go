package relance

import (
	"time"

	"github.com/google/uuid"
)

// Verdict is the outcome of a decision.
type Verdict string

// The verdicts.
const (
	VerdictSend   Verdict = "SEND"
	VerdictRefuse Verdict = "REFUSE"
	VerdictWait   Verdict = "WAIT"
	VerdictExpire Verdict = "EXPIRE" // it was due and is too late now
	VerdictAct    Verdict = "ACT"    // a label or a task: nothing is sent
)

// Reason names why something is not sent, or not yet. Each is one guard.
type Reason string

// The reasons, in the order in which they are looked for.
const (
	ReasonSendingStopped  Reason = "SENDING_STOPPED" // somebody stopped all sending of the merchant
	ReasonCampaignState   Reason = "CAMPAIGN_STATE"  // the campaign is not running
	ReasonBeforeStart     Reason = "BEFORE_START"    // the event is older than the campaign
	ReasonEnded           Reason = "ENDED"           // this way through the campaign is over
	ReasonNoProfiling     Reason = "NO_PROFILING"    // objected to being judged by their behaviour
	ReasonNotInAudience   Reason = "NOT_IN_AUDIENCE" // the audience's filter does not hold
	ReasonReentry         Reason = "REENTRY"         // was in the campaign already
	ReasonAlreadyOrdered  Reason = "ALREADY_ORDERED" // ordered after the event
	ReasonTooYoung        Reason = "TOO_YOUNG"       // the event was less than the least age ago
	ReasonTooOld          Reason = "TOO_OLD"         // the event was more than the greatest age ago
	ReasonEmptyCart       Reason = "EMPTY_CART"      // nothing is in the cart, or less than the least value
	ReasonSoldOut         Reason = "SOLD_OUT"        // nothing in the cart can be ordered now
	ReasonNewerCart       Reason = "NEWER_CART"      // another open cart of this person is younger
	ReasonGamedCart       Reason = "GAMED_CART"      // carts are left in series after vouchers
	ReasonHoldout         Reason = "HOLDOUT"         // among those who get nothing, to compare with
	ReasonNoAddress       Reason = "NO_ADDRESS"      // no usable e-mail address
	ReasonObjected        Reason = "OBJECTED"        // the person objected
	ReasonBounced         Reason = "BOUNCED"         // the address takes no e-mail
	ReasonNoPreference    Reason = "NO_PREFERENCE"   // they may be written to, but not said yes to the preference that the step asks for
	ReasonNoConsent       Reason = "NO_CONSENT"      // the law of that country needs a consent that is not there
	ReasonNotConfirmed    Reason = "NOT_CONFIRMED"   // the law of that country needs a second step that confirms the yes
	ReasonDoNotContact    Reason = "DO_NOT_CONTACT"  // labelled as deceased, or as not to be contacted
	ReasonRestricted      Reason = "RESTRICTED"      // a request of theirs about their data is open
	ReasonMinor           Reason = "MINOR"           // known to be under age
	ReasonInactiveRecord  Reason = "INACTIVE_RECORD" // the shop has closed or deleted this customer
	ReasonStaff           Reason = "STAFF"           // the merchant's own
	ReasonMasked          Reason = "MASKED_ADDRESS"  // an address of a marketplace
	ReasonReturnOpen      Reason = "RETURN_OPEN"     // a return is under way
	ReasonComplaintOpen   Reason = "COMPLAINT_OPEN"  // the person wrote to a shop and has no answer
	ReasonInvoiceOverdue  Reason = "INVOICE_OVERDUE" // an order is unpaid for long
	ReasonOrderUnderWay   Reason = "ORDER_UNDER_WAY" // an order has not arrived yet
	ReasonFrequencyCap    Reason = "FREQUENCY_CAP"   // as many messages as the merchant allows
	ReasonRecentContact   Reason = "RECENTLY_CONTACTED"
	ReasonHouseholdCap    Reason = "HOUSEHOLD_CAP"     // as many messages as the merchant allows one household
	ReasonHouseholdOffer  Reason = "HOUSEHOLD_VOUCHER" // somebody of the household holds a voucher that is still good
	ReasonOpenVoucher     Reason = "OPEN_VOUCHER"      // holds a voucher that is still good
	ReasonQuietHours      Reason = "QUIET_HOURS"       // night, Sunday or public holiday
	ReasonBudget          Reason = "BUDGET"            // the campaign's messages are used up
	ReasonVoucherCurrency Reason = "VOUCHER_CURRENCY"  // the offer is in another currency than the shop
	ReasonVoucherMinimum  Reason = "VOUCHER_MINIMUM"   // the voucher asks for more than is in the cart
	ReasonShippingFree    Reason = "SHIPPING_FREE"     // shipping of the cart is free without a voucher
	ReasonVoucherRight    Reason = "VOUCHER_RIGHT"     // the shop does not let us make vouchers
	ReasonNoText          Reason = "NO_TEXT"           // the step has no text in any language
	ReasonExpired         Reason = "EXPIRED"           // it was due longer ago than the campaign allows
	ReasonDone            Reason = "DONE"              // every step is done
	ReasonStepUnderWay    Reason = "STEP_UNDER_WAY"    // the step before is being sent
	ReasonStepWaits       Reason = "STEP_WAITS"        // the step's waiting time
	ReasonNoSender        Reason = "NO_SENDER"         // the shop's settings name no sender
	ReasonDeclined        Reason = "DECLINED"          // somebody decided not to send it
	// Of letters.
	ReasonNoPostalAddress Reason = "NO_POSTAL_ADDRESS" // no address of their own that a letter could reach
	ReasonUndeliverable   Reason = "UNDELIVERABLE"     // a letter to this address came back
	ReasonRobinson        Reason = "ROBINSON"          // on a list of people who want no advertising letters
	ReasonNeverBought     Reason = "NEVER_BOUGHT"      // letters go to people who bought, unless the campaign says otherwise
	ReasonNoLetterhead    Reason = "NO_LETTERHEAD"     // the shop's settings lack what a letter must say of its sender
	ReasonNoPrinter       Reason = "NO_PRINTER"        // nobody prints for the shop, or without a contract
)

// Instance is one event that a campaign may follow up once.
type Instance struct {
	Key      string // cart:ID, order:ID or profile:ID:period
	At       time.Time
	ShopID   uuid.UUID // whose the event is; the zero id where it is no shop's
	Cart     *FactCart
	Order    *FactOrder
	Language string // of the cart or order
}

// Decision is what to do about one event of one person.
type Decision struct {
	CampaignID uuid.UUID
	Version    int
	Instance   Instance
	Step       *CampaignStep  // of SEND, EXPIRE and ACT
	Variant    MessageVariant // of Step
	Channel    ConsentChannel // of SEND and EXPIRE
	// NotByEmail is why a step that could be an e-mail goes by letter, or was considered for it.
	NotByEmail Reason
	Verdict    Verdict
	Reasons    []Reason  // of REFUSE and WAIT; the first is the cheapest found
	Until      time.Time // of WAIT: when to look again; of REFUSE too, where time alone may change it
	DueAt      time.Time // of SEND: since when it could be sent
	ExpiresAt  time.Time // of SEND: after that it is too late
	Enter      bool      // the event begins an enrolment
	Holdout    bool      // with Enter: into the group that gets nothing
	End        bool      // with REFUSE: the enrolment is over
	Recipient  Recipient
	// NewVoucher: of SEND, the step offers a voucher and none of this enrolment is as good. The
	// one that there is, if any, is revoked once the better one is sent.
	NewVoucher bool
	Voucher    *PlannedVoucher // with NewVoucher: as it is noted before the shop is asked
	// VoucherFrom is the message whose voucher this one shows again; the zero id: none.
	VoucherFrom uuid.UUID
	Hold        bool // of SEND: somebody approves it first
}

// Recipient is whom a message goes to, and by which of the person's records.
type Recipient struct {
	CustomerID uuid.UUID
	ExternalID string
	ShopID     uuid.UUID
	Email      string
	Address    Address // where letters go
	Language   string
	Country    string
	Basis      LegalBasis
}

// LegalBasis is the ground on which a message may be sent.
type LegalBasis string

// The grounds.
const (
	BasisConsent          LegalBasis = "CONSENT"
	BasisExistingCustomer LegalBasis = "EXISTING_CUSTOMER"   // section 7(3) UWG; L.34-5 CPCE
	BasisBusiness         LegalBasis = "BUSINESS"            // work-related, to a business, where the law asks for objection only
	BasisInterest         LegalBasis = "LEGITIMATE_INTEREST" // a letter, by a balancing test on record (GDPR 6 (1) f)
)
