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
	channel   relance.ConsentChannel
	only      relance.ConsentChannel // what was decided before; "" where it is still open
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

// until is when to look again at what waits: when it is due, or when it is too late before that.
func (s *situation) until() time.Time {
	if over := s.tooOldAt(); over.After(s.now) && over.Before(s.due) {
		return over
	}
	return s.due
}

// judge asks the guards of sending, then whether the time has come or is over.
func (s *situation) judge(d relance.Decision) relance.Decision {
	if s.step.Acts() {
		return s.act(d)
	}
	reason := s.first(sendGuards)
	if reason == "" {
		reason = s.reach(&d)
	}
	if reason == "" {
		reason = budget(s)
	}
	if reason != "" {
		d.Recipient = s.to
		s.lookAgain(s.tooOldAt())
		d.Until = s.again
		return refuse(d, reason)
	}
	d.Recipient, d.Step, d.Variant, d.Channel = s.to, s.step, s.variant, s.channel
	for _, delay := range delays {
		delay(s)
	}
	if s.due.After(s.now) {
		d.Step, d.Variant, d.Channel = nil, "", ""
		return wait(d, s.until(), s.why)
	}
	d.DueAt = s.waitedSince()
	d.ExpiresAt = d.DueAt.Add(s.plan.ExpiresAfter)
	if s.channel == relance.ChannelLetter {
		d.ExpiresAt = d.DueAt.Add(max(s.plan.ExpiresAfter, letterExpires))
	}
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

// act lets a step note something about the person. Nothing reaches them, so nothing but its waiting time
// holds it back, and it is never too late; about whom nobody is to contact, no task is set.
func (s *situation) act(d relance.Decision) relance.Decision {
	if s.step.Task != nil {
		if reason := doNotContact(s); reason != "" {
			return refuse(d, reason)
		}
	}
	if s.due.After(s.now) {
		return wait(d, s.until(), s.why)
	}
	d.Verdict, d.Step = relance.VerdictAct, s.step
	return d
}

// letterExpires is how late a letter may be ordered at least: nobody notices a day more.
const letterExpires = 3 * 24 * time.Hour

// reach chooses the way to the person: e-mail where the step has one and it is allowed, else a
// letter where the step has one.
func (s *situation) reach(d *relance.Decision) relance.Reason {
	post := len(s.step.Letter) > 0 && s.only != relance.ChannelEmail
	if len(s.step.Email) > 0 && s.only != relance.ChannelLetter {
		s.channel = relance.ChannelEmail
		why := s.first(emailGuards)
		if why == "" || !post || !lettersMay(why) {
			return why
		}
		d.NotByEmail = why
	}
	s.channel = relance.ChannelLetter
	return s.first(letterGuards)
}

// lettersMay reports whether a letter may take the place of an e-mail that cannot go for the
// reason. Whoever wrote "no more" gets none by another way.
func lettersMay(notByEmail relance.Reason) bool {
	switch notByEmail {
	case relance.ReasonNoAddress, relance.ReasonMasked, relance.ReasonBounced, relance.ReasonNoConsent, relance.ReasonNotConfirmed:
		return true
	default:
		return false
	}
}

// shop is the shop that speaks to the recipient.
func (s *situation) shop() relance.FactShop { return s.facts.Merchant.Shops[s.to.ShopID] }
