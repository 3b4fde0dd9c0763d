package relance

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// MembershipStatus says whether a membership holds.
type MembershipStatus string

// The states of a membership.
const (
	MembershipActive MembershipStatus = "ACTIVE"
	MembershipPaused MembershipStatus = "PAUSED"
	MembershipEnded  MembershipStatus = "ENDED"
)

// MembershipPeriod is how often a membership is paid.
type MembershipPeriod string

// The periods.
const (
	PaidOnce      MembershipPeriod = "ONCE"
	PaidMonthly   MembershipPeriod = "MONTH"
	PaidQuarterly MembershipPeriod = "QUARTER"
	PaidYearly    MembershipPeriod = "YEAR"
)

// months is the length of a period.
func (p MembershipPeriod) months() int {
	return map[MembershipPeriod]int{PaidMonthly: 1, PaidQuarterly: 3, PaidYearly: 12}[p]
}

// Membership is a person's part in something the merchant runs: a club, a subscription.
type Membership struct {
	ID        uuid.UUID
	Type      string
	Rate      string
	Status    MembershipStatus
	Since     time.Time
	EndedAt   *time.Time
	Price     Money
	Period    MembershipPeriod
	EndsOn    *time.Time // a day: the first on which it holds no more
	ResumesOn *time.Time // a day, of a paused one: when it holds again by itself
	Payments  []MembershipPayment
}

// MembershipPayment is what is asked for a time of a membership.
type MembershipPayment struct {
	DueOn  time.Time  // a day
	Until  *time.Time // a day: what is paid for ends before it; nil: never
	Amount Money
	PaidOn *time.Time // a day
	PaidBy string
}

// MembershipType is what one can be a member of, at which rate.
type MembershipType struct {
	ID       uuid.UUID
	Name     string
	Rate     string // its name; may be empty
	Price    decimal.Decimal
	Currency string
	Period   MembershipPeriod
	Members  int64 // whose membership holds or rests
}

// Check tidies a type up and gives the first error, at its field.
func (t *MembershipType) Check() error {
	t.Name, t.Rate = tidy(t.Name), tidy(t.Rate)
	cur, err := ParseCurrency(t.Currency)
	switch {
	case t.Name == "" || len([]rune(t.Name)) > 60 || !plain(t.Name):
		return TellField("name", "GROUP_NAME")
	case len([]rune(t.Rate)) > 60 || !plain(t.Rate):
		return TellField("rate", "TEXT_FORM")
	case outside(t.Price, 1_000_000):
		return TellField("price", "MEMBERSHIP_PRICE")
	case err != nil:
		return TellField("currency", "CURRENCY_FORM")
	case t.Period != PaidOnce && t.Period.months() == 0:
		return TellField("period", "MEMBERSHIP_PERIOD")
	}
	t.Currency = cur
	return nil
}

// Enrolling is the beginning of a membership.
type Enrolling struct {
	TypeID uuid.UUID
	Since  time.Time  // a day
	EndsOn *time.Time // a day
}

// Check gives the first error, at its field.
func (e *Enrolling) Check(now time.Time) error {
	if y := e.Since.Year(); y < 1950 || e.Since.After(now.AddDate(1, 0, 0)) {
		return TellField("since", "MEMBERSHIP_SINCE")
	}
	if e.EndsOn != nil && (!e.EndsOn.After(e.Since) || e.EndsOn.Year() > 2200) {
		return TellField("endsOn", "MEMBERSHIP_END")
	}
	return nil
}

// DuePayment is when a payment is due and until when it is for.
type DuePayment struct {
	DueOn time.Time
	Until *time.Time
}

// DuePayments lists what is due for a membership that began on a day: after the day asked (nil: from
// the beginning on) and until through, which is included, but nothing from ends on. The nth is due n periods after the first
// day, at the latest on the last day of its month.
func DuePayments(p MembershipPeriod, since time.Time, asked *time.Time, through time.Time, ends *time.Time) (out []DuePayment) {
	for n := 0; ; n++ {
		due := monthsLater(since, n*p.months())
		if due.After(through) || ends != nil && !due.Before(*ends) || n > 0 && p.months() == 0 {
			return out
		}
		if asked != nil && !due.After(*asked) {
			continue
		}
		d := DuePayment{DueOn: due}
		if p.months() > 0 {
			until := monthsLater(since, (n+1)*p.months())
			d.Until = &until
		}
		out = append(out, d)
	}
}

// monthsLater is the day so many months later, or the last of its month where that is shorter.
func monthsLater(day time.Time, months int) time.Time {
	first := time.Date(day.Year(), day.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(day.Day(), last)-1)
}
