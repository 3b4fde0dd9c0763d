package relance

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// TimelineKind is what happened.
type TimelineKind string

// What a timeline tells of a person.
const (
	TimelineOrder           TimelineKind = "ORDER_PLACED"
	TimelineOrderState      TimelineKind = "ORDER_STATE"
	TimelineOrderCancelled  TimelineKind = "ORDER_CANCELLED"
	TimelineReturn          TimelineKind = "RETURN_REQUESTED"
	TimelineRefund          TimelineKind = "REFUND"
	TimelineCart            TimelineKind = "CART"
	TimelineMessage         TimelineKind = "MESSAGE"
	TimelineEmail           TimelineKind = "EMAIL"
	TimelineLetter          TimelineKind = "LETTER"
	TimelineScan            TimelineKind = "SCAN"
	TimelineVoucherMade     TimelineKind = "VOUCHER_MADE"
	TimelineVoucherExtended TimelineKind = "VOUCHER_EXTENDED"
	TimelineVoucherRedeemed TimelineKind = "VOUCHER_REDEEMED"
	TimelineVoucherRevoked  TimelineKind = "VOUCHER_REVOKED"
	TimelineVoucherExpired  TimelineKind = "VOUCHER_EXPIRED"
	TimelineConsent         TimelineKind = "CONSENT"
	TimelineObjection       TimelineKind = "OBJECTION"
	TimelineObjectionLifted TimelineKind = "OBJECTION_LIFTED"
	TimelineDetails         TimelineKind = "DETAILS"
	TimelineLabel           TimelineKind = "LABEL"
	TimelineGroup           TimelineKind = "GROUP"
	TimelineNote            TimelineKind = "NOTE"
	TimelineTaskSet         TimelineKind = "TASK_SET"
	TimelineTaskDone        TimelineKind = "TASK_DONE"
	TimelineMembershipBegun TimelineKind = "MEMBERSHIP_BEGUN"
	TimelineMembershipEnded TimelineKind = "MEMBERSHIP_ENDED"
	TimelineMembershipPaid  TimelineKind = "MEMBERSHIP_PAID"
	TimelineMerged          TimelineKind = "MERGED"
	TimelineParted          TimelineKind = "PARTED"
	TimelineImport          TimelineKind = "IMPORT"
)

// TimelineEvent is something that happened to a person, or about them.
type TimelineEvent struct {
	// Key names it among all of the person.
	Key  string
	Kind TimelineKind
	At   time.Time
	// ThingID is the order, cart, message, task, membership, merge or import that it is about.
	ThingID *uuid.UUID
	ShopID  *uuid.UUID
	// Title names it: see the schema for what it is by kind.
	Title  string
	Detail string
	Actor  string // who did it, "" where nobody of the merchant did
	Amount *decimal.Decimal
	// Currency of Amount; "" of a percentage.
	Currency string
}

// TimelineQuery asks for a page; no kinds are all of them.
type TimelineQuery struct {
	Paging
	ProfileID uuid.UUID
	Kinds     []TimelineKind
	ShopIDs   []uuid.UUID // the asker may see no others; nil: all
}

// TimelinePage is a page of events, newest first.
type TimelinePage struct {
	Events []*TimelineEvent
	Info   PageInfo
}
