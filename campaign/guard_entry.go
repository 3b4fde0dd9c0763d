package campaign

import (
	"bytes"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/segment"
)

func state(s *situation) relance.Reason {
	switch {
	case s.facts.Merchant.Rules.StoppedAt != nil:
		return relance.ReasonSendingStopped
	case s.campaign.State != relance.CampaignRunning:
		return relance.ReasonCampaignState
	case s.plan.EndsAt != nil && !s.now.Before(*s.plan.EndsAt):
		return relance.ReasonEnded
	}
	return ""
}

// beforeStart keeps a campaign from reaching back in time.
func beforeStart(s *situation) relance.Reason {
	if start := s.campaign.StartedAt; start != nil && !s.plan.ReachBack && s.in.At.Before(*start) {
		return relance.ReasonBeforeStart
	}
	return ""
}

func audience(s *situation) relance.Reason {
	if a := s.campaign.Audience; a != nil && !segment.Holds(a, s.facts, s.now) {
		if at := segment.Changes(a, s.facts, s.now); at != nil {
			s.lookAgain(*at)
		}
		return relance.ReasonNotInAudience
	}
	return ""
}

// reentry holds the campaign's policy over all that the person ever entered, by whichever of
// their records.
func reentry(s *situation) relance.Reason {
	n, last := times(s.campaign, s.facts)
	r := s.plan.Reentry
	switch {
	case n == 0 || r.Policy == relance.ReentryPerObject:
		return ""
	case r.Policy == relance.ReentryEveryDays:
		s.push(last.AddDate(0, 0, r.Days), relance.ReasonReentry)
		return ""
	}
	return relance.ReasonReentry
}

// otherWay lets one of several ways go on that people began before a merge made them one, where
// the policy would have let in only one: the way that something was sent on, else the oldest.
func otherWay(s *situation) relance.Reason {
	own := s.enrolment
	for i := range s.facts.Enrolments {
		e := &s.facts.Enrolments[i]
		if e.ID != own.ID && e.CampaignID == own.CampaignID && s.excludes(e) && before(e, own) {
			return relance.ReasonReentry
		}
	}
	return ""
}

// excludes reports whether the policy lets nobody in twice, by the other way and by this one.
func (s *situation) excludes(e *relance.Enrolment) bool {
	switch r := s.plan.Reentry; r.Policy {
	case relance.ReentryPerObject:
		return ofNobody(e.InstanceKey) == ofNobody(s.enrolment.InstanceKey)
	case relance.ReentryEveryDays:
		return s.enrolment.EnteredAt.Before(e.EnteredAt.AddDate(0, 0, r.Days)) && e.EnteredAt.Before(s.enrolment.EnteredAt.AddDate(0, 0, r.Days))
	}
	return true
}

// before orders ways: those with messages first, then by when they began.
func before(a, b *relance.Enrolment) bool {
	if x, y := len(a.FollowUps) > 0, len(b.FollowUps) > 0; x != y {
		return x
	}
	if !a.EnteredAt.Equal(b.EnteredAt) {
		return a.EnteredAt.Before(b.EnteredAt)
	}
	return bytes.Compare(a.ID[:], b.ID[:]) < 0
}

// alreadyOrdered ends a follow-up with the next order in any shop, paid or not.
func alreadyOrdered(s *situation) relance.Reason {
	var since time.Time
	switch s.plan.Trigger.Kind {
	case relance.TriggerAbandonedCart, relance.TriggerOrderPlaced, relance.TriggerCartRecovered, relance.TriggerLetterScanned:
		since = s.in.At
		if s.in.Cart != nil && s.in.Cart.Ordered && s.plan.Trigger.Kind == relance.TriggerAbandonedCart {
			return relance.ReasonAlreadyOrdered
		}
	default:
		if s.enrolment == nil {
			return ""
		}
		since = s.enrolment.EnteredAt
	}
	for i := range s.facts.Orders {
		o := &s.facts.Orders[i]
		if o.PlacedAt.After(since) && !o.Test && o.State != relance.OrderCancelled && !s.isOwn(o) {
			return relance.ReasonAlreadyOrdered
		}
	}
	return ""
}

// isOwn reports whether the order is the event itself.
func (s *situation) isOwn(o *relance.FactOrder) bool {
	return s.in.Order != nil && o.ID == s.in.Order.ID
}

// lateStep is how long after its time a step of somebody under way may still begin to be
// sent, where guards held it back.
const lateStep = 30 * 24 * time.Hour

func tooOld(s *situation) relance.Reason {
	if at := s.tooOldAt(); !at.IsZero() && !s.now.Before(at) {
		return relance.ReasonTooOld
	}
	return ""
}

// tooOldAt is the first moment, as fine as Postgres keeps it, at which it is too late to begin
// or to go on; zero: it never is.
func (s *situation) tooOldAt() time.Time {
	last := s.in.At.Add(s.plan.Trigger.MaxAge)
	switch {
	case s.enrolment != nil && len(s.enrolment.FollowUps) > 0:
		last = s.due.Add(lateStep)
	case s.plan.Trigger.MaxAge <= 0:
		return time.Time{}
	}
	return last.Add(time.Microsecond)
}

func cartContent(s *situation) relance.Reason {
	t, cart := &s.plan.Trigger, s.in.Cart
	if t.Kind != relance.TriggerAbandonedCart {
		return ""
	}
	if cart == nil {
		return relance.ReasonEnded // the shop threw the cart away
	}
	if cart.Items == 0 || t.Amount.IsPositive() && (!cart.ValueKnown || cart.Currency != t.Currency || cart.Value.LessThan(t.Amount)) {
		return relance.ReasonEmptyCart
	}
	for i := range s.facts.Carts {
		o := &s.facts.Carts[i]
		if o.ID != cart.ID && !o.Ordered && o.Items > 0 && of(s.campaign, s.facts, o.SourceID) && (o.ActiveAt.After(cart.ActiveAt) || o.ActiveAt.Equal(cart.ActiveAt) && o.ID.String() > cart.ID.String()) {
			return relance.ReasonNewerCart
		}
	}
	return ""
}
