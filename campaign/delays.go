package campaign

import (
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// cartRests lets somebody be who is shopping again.
func cartRests(s *situation) {
	if t := &s.plan.Trigger; t.Kind == relance.TriggerAbandonedCart {
		s.push(s.in.Cart.ActiveAt.Add(t.MinAge), relance.ReasonTooYoung)
	}
}

// frequencyCap waits until one of the messages that fill the cap is old enough.
func frequencyCap(s *situation) {
	r := s.facts.Merchant.Rules
	if r.CapCount <= 0 || len(s.facts.Messages) < r.CapCount {
		return
	}
	oldest := s.facts.Messages[len(s.facts.Messages)-r.CapCount]
	s.push(oldest.At.AddDate(0, 0, r.CapDays), relance.ReasonFrequencyCap)
}

func recentContact(s *situation) {
	if n := len(s.facts.Messages); n > 0 {
		s.push(s.facts.Messages[n-1].At.Add(s.facts.Merchant.Rules.Gap), relance.ReasonRecentContact)
	}
}

// openVoucher keeps anybody from holding two vouchers: nobody gets another before the first is
// used, revoked or over. A later step of the same enrolment reuses or raises the one there is.
func openVoucher(s *situation) {
	if s.step.Voucher == nil {
		return
	}
	for i := range s.facts.Messages {
		if m := &s.facts.Messages[i]; holdsVoucher(m, s.now) && !s.isOfThisWay(m) {
			s.push(m.VoucherUntil.Add(time.Second), relance.ReasonOpenVoucher) // it is good in its last second
		}
	}
}

func (s *situation) isOfThisWay(m *relance.FactMessage) bool {
	return s.enrolment != nil && s.enrolment.ID != uuid.Nil && m.EnrolmentID == s.enrolment.ID
}

// deliveryTime is how long an order that is not said to be delivered is taken to be on its way.
const deliveryTime = 14 * 24 * time.Hour

func orderUnderWay(s *situation) {
	for i := range s.facts.Orders {
		o := &s.facts.Orders[i]
		if o.Test || !o.Counted {
			continue
		}
		switch o.State {
		case relance.OrderOpen, relance.OrderPaid, relance.OrderShipped:
			s.push(o.PlacedAt.Add(deliveryTime), relance.ReasonOrderUnderWay)
		}
	}
}

// dailyBudget waits for the next day in the shop's zone.
func dailyBudget(s *situation) {
	b := s.plan.Budget
	spent := s.channel == relance.ChannelLetter && b.DailyCost.IsPositive() && s.campaign.Used.DailyCost.GreaterThanOrEqual(b.DailyCost)
	if !spent && (b.Daily <= 0 || s.campaign.Used.Daily < b.Daily) {
		return
	}
	local := s.now.In(s.shop().Zone)
	s.push(time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, local.Location()), relance.ReasonBudget)
}

// quietHours holds back what comes due at a quiet time, and what was due before and would go out
// now: whoever is late must not be late at night. Letters come by day whenever they are ordered.
func quietHours(s *situation) {
	if s.channel == relance.ChannelLetter {
		return
	}
	zones := zonesOf(s.to.Country, s.shop().Zone)
	open := func(t time.Time) time.Time { return nextOpen(t, zones, s.to.Country, s.facts.Merchant.Rules) }
	s.push(open(s.due), relance.ReasonQuietHours)
	if at := open(s.now); at.After(s.now) {
		s.push(at, relance.ReasonQuietHours)
	}
}
