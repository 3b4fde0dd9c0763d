package campaign

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// maxReplaySteps bounds how often one person is judged in a replay.
const maxReplaySteps = 5000

// Replayed is what would have been decided about somebody at a time.
type Replayed struct {
	At time.Time
	relance.Decision
}

// Replay plays a campaign over past time for one person, as if it had been started at from: the
// person is judged whenever something about them changed and whenever a waiting time ended,
// by the same decision as in earnest. It gives, for each event, every message that would have
// been sent and the last reason why not. The campaign's own real messages count for nothing.
func Replay(c *relance.Campaign, f *relance.Facts, h *relance.History, from, to time.Time) []Replayed {
	as := *c
	as.State, as.StartedAt, as.Older, as.Used = relance.CampaignRunning, &from, nil, relance.Budget{}
	as.Plan.Budget = relance.Budget{} // it is spent by everybody together
	base := *f
	base.Enrolments = slices.DeleteFunc(slices.Clone(f.Enrolments), func(e relance.Enrolment) bool { return e.CampaignID == c.ID })
	base.Messages = slices.DeleteFunc(slices.Clone(f.Messages), func(m relance.FactMessage) bool { return m.CampaignID == c.ID })
	moments := changes(f, h, from, to)
	var sent []Replayed
	last := map[string]Replayed{}
	for t, steps := from, 0; !t.After(to) && steps < maxReplaySteps; steps++ {
		now := AsOf(&base, h, t)
		now.Since = t
		next := to.Add(time.Second)
		for _, d := range Decide(&as, now, t) {
			r := Replayed{At: t, Decision: d}
			switch d.Verdict {
			case relance.VerdictSend:
				sent = append(sent, r)
				fallthrough
			case relance.VerdictAct:
				delete(last, d.Instance.Key)
				next = t.Add(time.Second) // the next step may follow
			default:
				last[d.Instance.Key] = r
			}
			if d.Verdict == relance.VerdictWait && d.Until.After(t) && d.Until.Before(next) {
				next = d.Until
			}
			play(&base, &d, t)
		}
		if i, _ := slices.BinarySearchFunc(moments, t, func(m, t time.Time) int {
			if m.After(t) {
				return 1
			}
			return -1
		}); i < len(moments) && moments[i].Before(next) {
			next = moments[i]
		}
		t = next
	}
	keys := make([]string, 0, len(last))
	for k := range last {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		sent = append(sent, last[k])
	}
	return sent
}

// changes lists when something about the person changed, in order.
func changes(f *relance.Facts, h *relance.History, from, to time.Time) (out []time.Time) {
	add := func(t time.Time) {
		if t.After(from) && !t.After(to) {
			out = append(out, t)
		}
	}
	for _, o := range f.Orders {
		add(o.PlacedAt)
		if x := h.Orders[o.ID]; x != nil {
			if x.CancelledAt != nil {
				add(*x.CancelledAt)
			}
			for _, r := range x.Refunds {
				add(r.At)
			}
		}
	}
	for _, c := range f.Carts {
		add(c.StartedAt)
		add(c.ActiveAt)
		if x := h.Carts[c.ID]; x != nil {
			for _, t := range x.ActiveAt {
				add(t)
			}
		}
	}
	for _, e := range h.Consents {
		add(e.RecordedAt)
		if e.Since != nil {
			add(*e.Since)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.Compact(out)
}

// play writes a decision into what the replay knows, as the ledger would have it.
func play(f *relance.Facts, d *relance.Decision, t time.Time) {
	if d.Enter {
		f.Enrolments = append(f.Enrolments, relance.Enrolment{ID: uuid.NewSHA1(uuid.Nil, []byte(d.Instance.Key)), CampaignID: d.CampaignID, InstanceKey: d.Instance.Key, Version: d.Version,
			EventAt: d.Instance.At, EnteredAt: t, Holdout: d.Holdout, ShopID: &d.Instance.ShopID})
	}
	for i := range f.Enrolments {
		e := &f.Enrolments[i]
		if e.CampaignID != d.CampaignID || e.InstanceKey != d.Instance.Key {
			continue
		}
		if d.Verdict == relance.VerdictSend || d.Verdict == relance.VerdictAct {
			at := t
			if d.Channel == relance.ChannelLetter {
				at = t.Add(relance.LetterTakes)
			}
			e.FollowUps = append(e.FollowUps, relance.FollowUpState{StepKey: d.Step.Key, State: relance.SendSent, DueAt: t, SentAt: &at, Variant: d.Variant, Channel: d.Channel})
		}
		if (d.End || d.Holdout) && e.EndedAt == nil {
			at := t
			e.EndedAt = &at
		}
	}
	Note(f, d, t)
}
