package campaign

import (
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// householdCap waits until one of the messages that fill the household's cap is old enough.
func householdCap(s *situation) {
	r := s.facts.Merchant.Rules
	if r.HouseholdCap <= 0 || len(s.facts.Household) == 0 {
		return
	}
	all := slices.Concat(s.facts.Messages, s.facts.Household)
	if len(all) < r.HouseholdCap {
		return
	}
	slices.SortStableFunc(all, func(a, b relance.FactMessage) int { return a.At.Compare(b.At) })
	s.push(all[len(all)-r.HouseholdCap].At.AddDate(0, 0, r.CapDays), relance.ReasonHouseholdCap)
}

// householdVoucher keeps a household from collecting vouchers: it waits until one of those that
// fill its number is over.
func householdVoucher(s *situation) {
	most := s.facts.Merchant.Rules.HouseholdVouchers
	if s.step.Voucher == nil || most <= 0 {
		return
	}
	ends := map[uuid.UUID]time.Time{} // by the message that the voucher was made for
	for i := range s.facts.Household {
		if m := &s.facts.Household[i]; holdsVoucher(m, s.now) {
			ends[m.FollowUpID] = *m.VoucherUntil
		}
	}
	open := slices.Collect(maps.Values(ends))
	if len(open) < most {
		return
	}
	slices.SortFunc(open, time.Time.Compare)
	s.push(open[len(open)-most].Add(time.Second), relance.ReasonHouseholdOffer)
}

// holdsVoucher reports whether the message's voucher is still good.
func holdsVoucher(m *relance.FactMessage, now time.Time) bool {
	return m.VoucherUntil != nil && !m.VoucherUntil.Before(now)
}
