package relance

import (
	"time"

	"github.com/shopspring/decimal"
)

// DefaultWindow is the window of a campaign's results in days, where none is chosen.
const DefaultWindow = 30

// Windows are the windows that results may be asked for, in days.
func Windows() []int { return []int{7, 14, 30, 60, 90} }

// CampaignResults is what became of a campaign.
//
// An order counts and its amounts are what they are in a profile's figures: tests and cancelled
// orders are in nothing, unpaid ones are orders without revenue, returns are taken off. By code and
// by match-back are two views of the same orders and are never added up.
type CampaignResults struct {
	// WindowDays is for how long, after a message or after entering, orders are looked at.
	WindowDays int
	// Evaluated counts the events that were judged and noted; Eligible those that entered, of
	// which HeldOut got nothing.
	Evaluated, Eligible, HeldOut int
	// People entered and were not held out, each counted once.
	People int
	// Totals are over all steps; orders and revenue by match-back count from entering.
	Totals StepResults
	Steps  []StepResults
	// Months are those in which something was sent or a voucher redeemed, oldest first.
	Months     []MonthResults
	Comparison Comparison
}

// StepResults is what became of a step's messages, or of all.
type StepResults struct {
	Key string // of the step; "" for all
	// Decided counts the messages that were to be sent; each is in one of the states below.
	Decided                                                     int
	Waiting, Sent, Bounced, Refused, Expired, Failed, Uncertain int
	// Delivered of Sent, no bounce is known.
	Delivered int
	// Issued counts the vouchers that the shop made: redeemed, revoked, too old, or still good.
	Issued, Redeemed, Revoked, Outdated, Open int
	// Recovered counts the abandoned carts that were ordered after a message.
	Recovered int
	// Unpriced counts the letters that were ordered and of which no price is known.
	Unpriced int
	// Acts counts the labels that were put and the tasks that were set.
	Acts     int
	Refusals []RefusalCount
	Variants *VariantResults // of a step with two variants; nil: it never had them
	Takings  []Takings       // by currency
}

// VariantResults sets the two variants of a step side by side.
type VariantResults struct {
	// SharePercent of the people got B when those compared were drawn. Where it was changed, the
	// one by which most people got B is taken.
	SharePercent int
	LeftOut      int // people who were drawn by another share
	A, B         VariantFigures
	// Conversion and Revenue are those of B less those of A: in them B is treated, A the holdout.
	Conversion ShareComparison
	Revenue    []MeanComparison
	Margin     []MarginComparison
}

// VariantFigures is what became of a variant.
type VariantFigures struct {
	Sent, Bounced, Redeemed int // messages, and vouchers of them; over all shares
	ComparedGroup               // people whom the step was decided for, from their first message on
}

// Takings are orders and what they brought in one currency.
type Takings struct {
	Currency    string
	ByCode      Takes // orders that used a voucher of the campaign
	ByMatchBack Takes // orders in any shop, by whoever entered, within the window
	// Discount is what the orders by code say that the vouchers took off; of UnknownDiscounts
	// of them the shop did not tell.
	Discount         decimal.Decimal
	UnknownDiscounts int
	// Print is what the campaign's letters cost with postage, of those whose price is known in this
	// currency, by what the printers ask.
	Print decimal.Decimal
}

// Takes are orders with their revenue.
type Takes struct {
	Orders   int
	Revenue  decimal.Decimal // of paid orders, returns taken off
	Returned decimal.Decimal // what was taken off
	Goods    Goods           // of the paid orders
	// Margin is what the goods left after their cost and the campaign's letters; nil: the cost of
	// no piece is known. See [Goods.Margin].
	Margin *decimal.Decimal
}

// MonthResults is what a month brought, in each shop's own zone.
type MonthResults struct {
	Month    time.Time // its first day
	Sent     int
	Redeemed int     // orders by code, over all currencies
	Revenue  []Money // by code, of orders placed in the month
}

// Comparison sets those whom the campaign could write to against those held out. Unit is the
// person, not the event: who is held out is drawn per person, and somebody with three carts
// is not three. Each is in the group, and counts from the moment, of their first entering.
type Comparison struct {
	// HoldoutPercent is the percentage in force when those compared entered. Where it was changed
	// the one with the most people held out is taken: groups of different percentages belong to
	// different times, and would compare seasons.
	HoldoutPercent int
	LeftOut        int // people who entered while there was another percentage, or none
	Treated        ComparedGroup
	Holdout        ComparedGroup
	Conversion     ShareComparison
	Revenue        []MeanComparison   // by currency
	Margin         []MarginComparison // by currency
}

// ComparedGroup is one of the groups.
type ComparedGroup struct {
	People  int // whose window has passed
	Pending int // whose window is still open: they are not compared yet
	Ordered int // of People, those with at least one order that counts within the window
	Revenue []GroupRevenue
	Margin  []GroupMargin
}

// GroupMargin sums the margin of a group's people in one currency: of the goods that they bought
// within their windows, as far as their cost is known, less the campaign's letters to them.
type GroupMargin struct {
	GroupRevenue      // Buyers: people with goods whose cost is known
	Pieces, Known int // as in [Goods]
}

// GroupRevenue sums what a group's people spent within their windows in one currency.
type GroupRevenue struct {
	Currency string
	Buyers   int             // people with revenue in the currency
	Sum      decimal.Decimal // over all people
	Squares  decimal.Decimal // sum of each person's revenue squared
}

// ShareComparison compares shares of people. Difference is nil where the data are not enough.
type ShareComparison struct {
	Difference *ShareDifference
	// Missing is about how many more people have to enter, and their windows to pass.
	Missing int
}

// ShareDifference is a difference of two shares (0 to 1) with its 95 % interval.
type ShareDifference struct {
	Treated, Holdout, Estimate, Low, High float64
}

// MeanComparison compares revenue per person. Difference is nil where the data are not enough.
type MeanComparison struct {
	Currency   string
	Difference *MeanDifference
	Missing    int // as in [ShareComparison]
}

// MarginComparison compares margin per person, over the pieces whose cost is known.
type MarginComparison struct {
	MeanComparison
	Pieces, Known int // of both groups, as in [Goods]
}

// MeanDifference is a difference of two means with its 95 % interval, in the currency.
type MeanDifference struct {
	Treated, Holdout, Estimate, Low, High decimal.Decimal
}
