package relance

import (
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// HandKind is what a message is that somebody of the merchant made by hand; "" for those of campaigns.
type HandKind string

// What people make by hand.
const (
	HandGoodwill     HandKind = "GOODWILL"      // a voucher that is told on the telephone
	HandGoodwillMail HandKind = "GOODWILL_MAIL" // the same, sent by e-mail
	HandResend       HandKind = "RESEND"        // an earlier e-mail once more
)

// GoodwillWithin is the time in which the vouchers given to one person are counted.
const GoodwillWithin = 30 * 24 * time.Hour

// GoodwillLimits is what a clerk may give away at most.
type GoodwillLimits struct {
	Percent decimal.Decimal // of a percentage; 0: none
	Amount  decimal.Decimal // of an amount, in the currency of the shop; 0: none
	Days    int             // how long vouchers may be good from today
	Each    int             // to one person within GoodwillWithin; 0: any number
}

// Check reports the first limit that cannot be.
func (l GoodwillLimits) Check() error {
	between := func(field string, least, most int) error {
		return TellField(field, "BETWEEN", "least", strconv.Itoa(least), "most", strconv.Itoa(most))
	}
	const mostAmount = 100_000
	switch {
	case l.Percent.IsNegative() || l.Percent.GreaterThan(decimal.NewFromInt(100)) || !l.Percent.Equal(l.Percent.Round(voucherScale)):
		return between("percent", 0, 100)
	case l.Amount.IsNegative() || l.Amount.GreaterThan(decimal.NewFromInt(mostAmount)) || !l.Amount.Equal(l.Amount.Round(voucherScale)):
		return between("amount", 0, mostAmount)
	case l.Days < 1 || l.Days > 365:
		return between("days", 1, 365)
	case l.Each < 0 || l.Each > 100:
		return between("each", 0, 100)
	}
	return nil
}

// Goodwill is a voucher that somebody gives a person by hand.
type Goodwill struct {
	// Key is the caller's: the same key again gives the same voucher.
	Key       uuid.UUID
	ProfileID uuid.UUID
	ShopID    uuid.UUID
	Kind      VoucherKind
	Value     decimal.Decimal // percent, or an amount in the currency of the shop
	Until     time.Time       // its last day
	Mail      bool            // it is sent by e-mail too
}

// Within reports the first thing by which a voucher is more than the limits allow.
func (l GoodwillLimits) Within(g Goodwill) error {
	most := decimal.Zero
	switch g.Kind {
	case VoucherFreeShipping:
		return nil
	case VoucherPercent:
		most = l.Percent
	case VoucherAmount:
		most = l.Amount
	}
	switch {
	case most.IsZero():
		return TellField("kind", "GOODWILL_KIND")
	case !g.Value.IsPositive() || g.Value.GreaterThan(most) || !g.Value.Equal(g.Value.Round(voucherScale)):
		return TellField("value", "GOODWILL_VALUE", "most", most.String())
	}
	return nil
}
