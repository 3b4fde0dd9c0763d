package campaign

import (
	"time"

	"github.com/relance/relance"
)

// PlanVoucher says what the voucher of an offer is, but for its code: good from yesterday 00:00
// in the shop's zone, so that no clock is ahead of it, to the last second of the last day, which
// is no Sunday or public holiday.
func PlanVoucher(o *relance.Offer, currency string, zone *time.Location, country string, now time.Time) relance.PlannedVoucher {
	local := now.In(zone)
	from := time.Date(local.Year(), local.Month(), local.Day()-1, 0, 0, 0, 0, zone)
	last := time.Date(local.Year(), local.Month(), local.Day()+o.ValidDays, 0, 0, 0, 0, zone)
	for last.Weekday() == time.Sunday || Holiday(last, country) {
		last = last.AddDate(0, 0, 1)
	}
	if o.Currency != "" {
		currency = o.Currency
	}
	return relance.PlannedVoucher{Kind: o.Kind, Value: o.Value, Minimum: o.Minimum, Currency: currency, ValidFrom: from.UTC(),
		ValidUntil: last.AddDate(0, 0, 1).Add(-time.Second).UTC()}
}

// reuseFor is how long a voucher must still be good to be shown again.
const reuseFor = 48 * time.Hour

// sameVoucher finds the message of this way through the campaign whose voucher is at least what
// the step offers: it is shown again, and nobody gets two.
func (s *situation) sameVoucher() *relance.FactMessage {
	o := s.step.Voucher
	if o == nil {
		return nil
	}
	for i := range s.facts.Messages {
		m := &s.facts.Messages[i]
		if s.isOfThisWay(m) && holdsVoucher(m, s.now.Add(reuseFor)) && m.VoucherKind == o.Kind && !m.VoucherValue.LessThan(o.Value) &&
			!m.VoucherMinimum.GreaterThan(o.Minimum) && (o.Currency == "" || o.Currency == m.VoucherCurrency) {
			return m
		}
	}
	return nil
}
