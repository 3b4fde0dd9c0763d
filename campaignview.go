package relance

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// CampaignNumbers counts what became of a campaign.
type CampaignNumbers struct {
	Entered, HeldOut                                              int
	Held, Due, Sent, Refused, Expired, Failed, Bounced, Uncertain int
	Vouchers, Redeemed                                            int
}

// RefusalCount is for how many events something was the reason.
type RefusalCount struct {
	Verdict Verdict
	Reason  Reason
	Count   int
}

// CampaignDay is what a campaign decided and sent on a day. Only changes count: an event that is
// judged again to the same end is in nothing. A message that was decided and then refused just before
// it was to go out, or too late by then, is in both.
type CampaignDay struct {
	Day     time.Time // its begin in UTC stands for the date
	Judged  int       // events judged for the first time
	Entered int       // ways begun, those held out not included
	HeldOut int
	Decided int // messages that are to be sent
	Expired int // messages that were too late when they were decided
	Sent    int // messages that the relay took
	// Refusals are events whose verdict became this, and messages refused just before, or too late by
	// then (REFUSE, EXPIRED).
	Refusals []RefusalCount
}

// Add takes up a count: one of JUDGED, ENTERED, HELD_OUT, SEND, EXPIRE and SENT, or a verdict with
// its reason.
func (d *CampaignDay) Add(what string, reason Reason, n int) {
	switch what {
	case "JUDGED":
		d.Judged += n
	case "ENTERED":
		d.Entered += n
	case "HELD_OUT":
		d.HeldOut += n
	case "SEND":
		d.Decided += n
	case "EXPIRE":
		d.Expired += n
	case "SENT":
		d.Sent += n
	default:
		d.Refusals = append(d.Refusals, RefusalCount{Verdict: Verdict(what), Reason: reason, Count: n})
	}
}

// FollowUpView is a message as it is shown.
type FollowUpView struct {
	ID           uuid.UUID
	CampaignID   uuid.UUID
	CampaignName string
	StepKey      string
	Variant      *MessageVariant // nil: the step had one only
	ProfileID    uuid.UUID
	ShopID       uuid.UUID
	Channel      ConsentChannel
	State        SendState
	Reason       *Reason
	Detail       string
	Cause        *Sentence // the detail for programs; nil where there is none
	Basis        *LegalBasis
	DueAt        time.Time
	SentAt       *time.Time
	CreatedAt    time.Time
	ByHand       *HandKind  // nil: a campaign made it
	DecidedBy    string     // who made it by hand, or decided about it
	AgainOf      *uuid.UUID // the message that it sends once more
	Profile      *Profile   // where it was asked for with the list
	Voucher      *FollowUpVoucher
	Email        *FollowUpEmail
	Letter       *FollowUpLetter
	Order        *OrderAfter // where it was asked for
}

// OrderAfterWithin is how long after a message an order is taken to follow it.
const OrderAfterWithin = 90 * 24 * time.Hour

// OrderAfter is the order that followed a message: the one that redeemed its voucher, else the person's first in any
// shop within OrderAfterWithin.
type OrderAfter struct {
	ID        uuid.UUID
	Number    string
	PlacedAt  time.Time
	Days      int // whole days since the message went out
	ByVoucher bool
	Total     Money
}

// FollowUpLetter is a letter as it is shown.
type FollowUpLetter struct {
	Code        string
	State       PrintState
	Raw         string
	Recipient   []string
	Pages       int
	Price       *Money
	PrinterID   uuid.UUID
	PrinterName string
	BatchNumber *int
	MadeAt      time.Time
	OrderedAt   *time.Time
	PostedAt    *time.Time
	EndedAt     *time.Time
	Scans       int
	ScannedAt   *time.Time
	Stopped     bool // whoever got it wants no more letters
}

// VoucherState is where a voucher stands.
type VoucherState string

// The states of a voucher.
const (
	VoucherPlanned  VoucherState = "PLANNED"  // noted here; the shop has not made it yet
	VoucherIssued   VoucherState = "ISSUED"   // made in the shop
	VoucherRedeemed VoucherState = "REDEEMED" // used in an order
	VoucherExpired  VoucherState = "EXPIRED"  // its time is over
	VoucherRevoked  VoucherState = "REVOKED"  // taken back
)

// FollowUpVoucher is the voucher of a message.
type FollowUpVoucher struct {
	Code       string
	State      VoucherState
	Kind       VoucherKind
	Value      decimal.Decimal
	Currency   string
	ValidUntil time.Time
	RedeemedAt *time.Time
	ExtendTo   *time.Time // the end that the shop has not confirmed yet
	ExtendedAt *time.Time
	RevokeAt   *time.Time // since when somebody wants it revoked
	Finding    *VoucherFinding
}

// VoucherFinding is what the shop says of a voucher otherwise than the ledger.
type VoucherFinding string

// The findings.
const (
	VoucherUsedUnseen  VoucherFinding = "USED_WITHOUT_ORDER" // the shop counts a use, and no order that is known has it
	VoucherGone        VoucherFinding = "GONE"               // somebody deleted it in the shop
	VoucherSwitchedOff VoucherFinding = "SWITCHED_OFF"       // somebody switched it off in the shop
)

// FollowUpEmail is a mail as it was sent.
type FollowUpEmail struct {
	Recipient string
	Subject   string
	Text      string
}

// FollowUpQuery asks for messages; nil and empty are no condition.
type FollowUpQuery struct {
	Paging
	ID         *uuid.UUID
	CampaignID *uuid.UUID
	ProfileID  *uuid.UUID
	States     []SendState
	Channel    ConsentChannel
	Print      []PrintState
	BatchID    *uuid.UUID
	// Code is a voucher's code or a letter's reference, or a part of one of at least four letters; a part
	// that many have finds nothing.
	Code    string
	ShopIDs []uuid.UUID // the asker may see no others; nil: all
}

// FollowUpPage is a page of messages, newest first.
type FollowUpPage struct {
	FollowUps []*FollowUpView
	Info      PageInfo
}
