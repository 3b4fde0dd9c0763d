package campaign

import (
	"time"

	"github.com/relance/relance"
)

// situation is all that a guard looks at.
type situation struct {
	campaign  *relance.Campaign
	plan      *relance.Plan
	facts     *relance.Facts
	in        relance.Instance
	enrolment *relance.Enrolment    // nil before somebody enters
	step      *relance.CampaignStep // nil before somebody enters
	variant   relance.MessageVariant
	to        relance.Recipient
	record    *relance.FactRecord // of the recipient
	now       time.Time
	// due is the earliest time at which the step may be sent; why is what moved it there.
	due time.Time
	why relance.Reason
	// again is when time alone may lift what a guard found; zero: never.
	again time.Time
}

// guard says why nothing may be sent, or "".
type guard func(*situation) relance.Reason

// first gives the first objection, in the order of cost.
func (s *situation) first(guards []guard) relance.Reason {
	for _, g := range guards {
		if r := g(s); r != "" {
			return r
		}
	}
	return ""
}

// push moves the time of sending to t where that is later.
func (s *situation) push(t time.Time, why relance.Reason) {
	if t.After(s.due) {
		s.due, s.why = t, why
	}
}

// lookAgain notes when to look at what is refused once more, where that is sooner.
func (s *situation) lookAgain(t time.Time) {
	if t.After(s.now) && (s.again.IsZero() || t.Before(s.again)) {
		s.again = t
	}
}

// waitedSince is since when the step could have been judged: since it was due, or since the
// person is in line where that is later.
func (s *situation) waitedSince() time.Time {
	switch since := s.facts.Since; {
	case since.IsZero():
		return s.now
	case since.After(s.due):
		return since
	}
	return s.due
}

// judge asks the guards of sending, then whether the time has come or is over.
func (s *situation) judge(d relance.Decision) relance.Decision {
	for _, g := range sendGuards {
		if r := g(s); r != "" {
			d.Recipient = s.to
			s.lookAgain(s.tooOldAt())
			d.Until = s.again
			return refuse(d, r)
		}
	}
	d.Recipient, d.Step, d.Variant = s.to, s.step, s.variant
	for _, delay := range delays {
		delay(s)
	}
	if s.due.After(s.now) {
		d.Step, d.Variant = nil, ""
		return wait(d, s.due, s.why)
	}
	d.DueAt = s.waitedSince()
	d.ExpiresAt = d.DueAt.Add(s.plan.ExpiresAfter)
	if s.now.After(d.ExpiresAt) {
		d.Verdict, d.Reasons = relance.VerdictExpire, []relance.Reason{relance.ReasonExpired}
		return d
	}
	d.Verdict = relance.VerdictSend
	d.Hold = s.campaign.Made < s.plan.ApproveFirst
	if again := s.sameVoucher(); again != nil {
		d.VoucherFrom = again.FollowUpID
	} else {
		d.NewVoucher = s.step.Voucher != nil
	}
	return d
}

// shop is the shop that speaks to the recipient.
func (s *situation) shop() relance.FactShop { return s.facts.Merchant.Shops[s.to.ShopID] }
