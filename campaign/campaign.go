// Package campaign decides who gets what. [Decide] is the one decision: real runs, preview,
// backtest and "why / why not" call it with the same facts. It is pure: facts, campaign and
// time come in, decisions go out. A trigger is a file that finds the events of a person; a
// guard is a function that says no, or not before when.
package campaign

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// Decide judges every event of the person that the campaign follows up: those under way, and
// those that might begin. Events that nothing more can become of are left out.
//
// The facts are taken as they are but for what this call itself decides: of two messages that
// could go at once, the second sees the first, and of two events that could begin at once the
// second sees that somebody has entered.
func Decide(c *relance.Campaign, f *relance.Facts, now time.Time) []relance.Decision {
	campaign, own := *c, *f
	c, f = &campaign, &own
	var out []relance.Decision
	add := func(d relance.Decision) {
		out = append(out, d)
		note(c, f, &d, now)
	}
	begun := f.Enrolments
	for i := range begun {
		if e := &begun[i]; e.CampaignID == c.ID && e.EndedAt == nil && !e.Elsewhere {
			add(goOn(planOf(c, e.Version), e, f, now))
		}
	}
	for _, in := range triggerOf(c.Plan.Trigger.Kind).instances(c, f, now) {
		if !known(c, f, in.Key) {
			add(begin(c, in, f, now))
		}
	}
	return out
}

// note adds what was decided to what is known, for what is decided next.
func note(c *relance.Campaign, f *relance.Facts, d *relance.Decision, now time.Time) {
	Note(f, d, now)
	if d.Enter {
		f.Enrolments = append(slices.Clip(f.Enrolments), relance.Enrolment{CampaignID: c.ID, InstanceKey: d.Instance.Key, Version: d.Version, EnteredAt: now, Holdout: d.Holdout})
	}
	if d.Verdict == relance.VerdictSend {
		c.Used.Daily++
		c.Used.Total++
		c.Made++
	}
}

// Note adds a message that was decided to be sent to what is known of the person, for what is
// decided next.
func Note(f *relance.Facts, d *relance.Decision, now time.Time) {
	if d.Verdict != relance.VerdictSend {
		return
	}
	m := relance.FactMessage{CampaignID: d.CampaignID, StepKey: d.Step.Key, Channel: d.Channel, At: now, DecidedAt: now, ShopID: d.Recipient.ShopID}
	if d.Channel == relance.ChannelLetter {
		m.At = now.Add(relance.LetterTakes)
	}
	for i := range f.Enrolments {
		if e := &f.Enrolments[i]; e.CampaignID == d.CampaignID && e.InstanceKey == d.Instance.Key {
			m.EnrolmentID = e.ID
		}
	}
	if d.Instance.Cart != nil {
		m.CartID = &d.Instance.Cart.ID
	}
	if o := d.Step.Voucher; o != nil {
		until := now.AddDate(0, 0, o.ValidDays+1)
		m.VoucherUntil, m.VoucherKind, m.VoucherValue, m.VoucherMinimum, m.VoucherCurrency = &until, o.Kind, o.Value, o.Minimum, o.Currency
	}
	f.Messages = append(slices.Clip(f.Messages), m)
	slices.SortStableFunc(f.Messages, func(a, b relance.FactMessage) int { return a.At.Compare(b.At) })
}

// planOf is the campaign as of the version somebody entered.
func planOf(c *relance.Campaign, version int) *relance.Campaign {
	p, ok := c.Older[version]
	if !ok || version == c.Version {
		return c
	}
	old := *c
	old.Version, old.Plan = version, p
	// The store has put the filter of the plan's segment into it.
	old.Audience = p.Audience
	return &old
}

// begin judges an event that nobody has been followed up for.
func begin(c *relance.Campaign, in relance.Instance, f *relance.Facts, now time.Time) relance.Decision {
	s := &situation{campaign: c, plan: &c.Plan, facts: f, in: in, now: now}
	d := relance.Decision{CampaignID: c.ID, Version: c.Version, Instance: in}
	s.due, s.why = in.At.Add(c.Plan.Trigger.MinAge), relance.ReasonTooYoung
	if reason := s.first(entryGuards); reason != "" {
		d.Until = s.again
		return refuse(d, reason)
	}
	if s.due.After(now) {
		return wait(d, s.due, s.why)
	}
	d.Enter = true
	if inHoldout(c, f) {
		d.Holdout = true
		return refuse(d, relance.ReasonHoldout)
	}
	if len(c.Plan.Steps) == 0 {
		return refuse(d, relance.ReasonDone)
	}
	s.take(&c.Plan.Steps[0])
	// Whoever was not looked at in time entered when they should have: it makes them late.
	s.due = s.waitedSince()
	s.push(s.due.Add(s.step.After), relance.ReasonStepWaits)
	return s.judge(d)
}

// goOn judges the next step of somebody who is in the campaign.
func goOn(c *relance.Campaign, e *relance.Enrolment, f *relance.Facts, now time.Time) relance.Decision {
	in := instanceOf(e, f)
	s := &situation{campaign: c, plan: &c.Plan, facts: f, in: in, now: now, enrolment: e}
	d := relance.Decision{CampaignID: c.ID, Version: c.Version, Instance: in}
	if e.Holdout {
		d.End = true
		return refuse(d, relance.ReasonHoldout)
	}
	last := e.EnteredAt
	for i := range c.Plan.Steps {
		step := &c.Plan.Steps[i]
		at := slices.IndexFunc(e.FollowUps, func(u relance.FollowUpState) bool { return u.StepKey == step.Key })
		if at < 0 {
			s.take(step)
			s.due = last.Add(step.After)
			break
		}
		u := e.FollowUps[at]
		if !u.State.Final() || u.State == relance.SendUncertain {
			return wait(d, time.Time{}, relance.ReasonStepUnderWay)
		}
		if u.SentAt != nil {
			last = *u.SentAt
		}
	}
	if s.step == nil {
		d.End = true
		return refuse(d, relance.ReasonDone)
	}
	if reason := s.first(goOnGuards); reason != "" {
		if d.End = ends(reason); !d.End {
			s.lookAgain(s.tooOldAt())
			d.Until = s.again
		}
		return refuse(d, reason)
	}
	if s.due.After(now) {
		return wait(d, s.until(), relance.ReasonStepWaits)
	}
	return s.judge(d)
}

// pauseLook is when to look again at a message that a pause holds back.
const pauseLook = 10 * time.Minute

// Recheck judges once more, just before sending, a step that was decided to be sent. What is
// paused or stopped waits, and is sent if that ends before the message is too late.
func Recheck(c *relance.Campaign, e *relance.Enrolment, stepKey string, f *relance.Facts, now time.Time) relance.Decision {
	others := *f
	others.Messages = slices.DeleteFunc(slices.Clone(f.Messages), func(m relance.FactMessage) bool { return m.EnrolmentID == e.ID && m.StepKey == stepKey })
	others.Since = now
	c = planOf(c, e.Version)
	in := instanceOf(e, f)
	s := &situation{campaign: c, plan: &c.Plan, facts: &others, in: in, now: now, enrolment: e, due: now}
	d := relance.Decision{CampaignID: c.ID, Version: c.Version, Instance: in}
	for i := range c.Plan.Steps {
		if c.Plan.Steps[i].Key == stepKey {
			s.take(&c.Plan.Steps[i])
			s.only = channelOf(e, stepKey)
		}
	}
	if s.step == nil || e.ID == uuid.Nil || e.EndedAt != nil {
		return refuse(d, relance.ReasonEnded)
	}
	if reason := s.first(goOnGuards); reason != "" {
		if reason == relance.ReasonSendingStopped || c.State == relance.CampaignPaused {
			return wait(d, now.Add(pauseLook), reason)
		}
		return refuse(d, reason)
	}
	return s.judge(d)
}

// channelOf is by which way a message was decided to go.
func channelOf(e *relance.Enrolment, stepKey string) relance.ConsentChannel {
	for _, u := range e.FollowUps {
		if u.StepKey == stepKey {
			return u.Channel
		}
	}
	return ""
}

// ends reports whether a reason ends somebody's way through the campaign for good.
func ends(r relance.Reason) bool {
	switch r {
	case relance.ReasonAlreadyOrdered, relance.ReasonTooOld, relance.ReasonEnded, relance.ReasonDone, relance.ReasonHoldout:
		return true
	default:
		return false
	}
}

func refuse(d relance.Decision, r relance.Reason) relance.Decision {
	d.Verdict, d.Reasons = relance.VerdictRefuse, append(d.Reasons, r)
	return d
}

func wait(d relance.Decision, until time.Time, r relance.Reason) relance.Decision {
	d.Verdict, d.Until, d.Reasons = relance.VerdictWait, until, append(d.Reasons, r)
	return d
}
