package campaign

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

func TestReentry(t *testing.T) {
	t.Parallel()
	// was is a way through the campaign by another cart, long over.
	was := func(age time.Duration, by byte) relance.Enrolment {
		at := ago(age - time.Hour)
		return relance.Enrolment{ID: id(by), CampaignID: campaignID, InstanceKey: cartKey(id(by)), EnteredAt: ago(age), EndedAt: &at}
	}
	policy := func(p relance.ReentryPolicy, days int, list ...relance.Enrolment) func(*relance.Campaign, *relance.Facts) {
		return func(c *relance.Campaign, f *relance.Facts) {
			c.Plan.Reentry = relance.Reentry{Policy: p, Days: days}
			f.Enrolments = list
		}
	}
	elsewhere := was(day, 80)
	elsewhere.CampaignID = id(42)
	decideAll(t, []deciding{
		{"once: the first time", policy(relance.ReentryOnce, 0), "SEND one"},
		{"once: was in it", policy(relance.ReentryOnce, 0, was(300*day, 80)), "REFUSE REENTRY"},
		{"once: was in another campaign", policy(relance.ReentryOnce, 0, elsewhere), "SEND one"},
		{"every 30 days: just before", policy(relance.ReentryEveryDays, 30, was(30*day-time.Second, 80)), "WAIT REENTRY 1s"},
		{"every 30 days: at", policy(relance.ReentryEveryDays, 30, was(30*day, 80)), "SEND one"},
		{"every 30 days: the last time counts, by whichever record", policy(relance.ReentryEveryDays, 30, was(10*day, 81), was(60*day, 80)), "WAIT REENTRY 480h0m"},
		{"per cart: was in it by another", policy(relance.ReentryPerObject, 0, was(10*day, 80)), "SEND one"},
		{"per cart: this one is over", func(c *relance.Campaign, f *relance.Facts) {
			e := was(day, 80)
			e.InstanceKey = cartKey(cartID)
			policy(relance.ReentryPerObject, 0, e)(c, f)
		}, ""},
	}, carts, withCart)
}

// TestAPeriodThatUnmergingLeft: a profile whose only way through the campaign has the number
// that a count of one would give is not shut out for good.
func TestAPeriodThatUnmergingLeft(t *testing.T) {
	t.Parallel()
	c, f := running(relance.Trigger{Kind: relance.TriggerInactiveCustomer, Days: 180}), person()
	c.Plan.Reentry = relance.Reentry{Policy: relance.ReentryEveryDays, Days: 30}
	f.Orders = []relance.FactOrder{order(190*day, "20")}
	at := ago(90 * day)
	f.Enrolments = []relance.Enrolment{{ID: enrolmentID, CampaignID: campaignID, InstanceKey: profileKey(f.ProfileID, "1"), EnteredAt: ago(100 * day), EndedAt: &at}}
	ds := Decide(c, f, tuesday)
	if told(ds, tuesday) != "SEND one" || ds[0].Instance.Key != profileKey(f.ProfileID, "2") {
		t.Errorf("%s by %v", told(ds, tuesday), ds)
	}
}

func twoSteps() *relance.Campaign {
	c := carts()
	c.Plan.Steps = append(c.Plan.Steps, step("two", 2*day))
	return c
}

func TestSteps(t *testing.T) {
	t.Parallel()
	under := func(age time.Duration, follow ...relance.FollowUpState) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) {
			f.Carts = []relance.FactCart{cart(age + 4*time.Hour)}
			f.Enrolments = []relance.Enrolment{entered(age, follow...)}
		}
	}
	then := func(a, b func(*relance.Campaign, *relance.Facts)) func(*relance.Campaign, *relance.Facts) {
		return func(c *relance.Campaign, f *relance.Facts) { a(c, f); b(c, f) }
	}
	decideAll(t, []deciding{
		{"the first", nil, "SEND one"},
		{"the first has a waiting time", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Steps[0].After = 3 * time.Hour }, "WAIT STEP_WAITS 3h0m"},
		{"entered, the first still to come", under(time.Hour), "SEND one"},
		{"the first is due", under(time.Hour, inState("one", relance.SendDue)), "WAIT STEP_UNDER_WAY"},
		{"the first is being sent", under(time.Hour, inState("one", relance.SendSending)), "WAIT STEP_UNDER_WAY"},
		{"the first is uncertain", under(3*day, inState("one", relance.SendUncertain)), "WAIT STEP_UNDER_WAY"},
		{"the second waits since the first was sent", under(3*day, sent("one", 2*day-time.Hour)), "WAIT STEP_WAITS 1h0m"},
		{"the second's time", under(3*day, sent("one", 2*day)), "SEND two"},
		{"the first was refused: the second waits since entering", under(day, inState("one", relance.SendRefused)), "WAIT STEP_WAITS 24h0m"},
		{"the first expired", under(2*day, inState("one", relance.SendExpired)), "SEND two"},
		{"the second, after the cart's greatest age", under(10*day, sent("one", 9*day)), "SEND two"},
		{"the second, a month late", under(33*day, sent("one", 32*day)), "SEND two"},
		{"the second, more than a month late", under(33*day, sent("one", 32*day+time.Second)), "REFUSE TOO_OLD END"},
		{"all done", under(4*day, sent("one", 3*day), sent("two", day)), "REFUSE DONE END"},
		{"held out", then(under(day), func(_ *relance.Campaign, f *relance.Facts) { f.Enrolments[0].Holdout = true }), "REFUSE HOLDOUT END"},
		{"over", then(under(day), func(_ *relance.Campaign, f *relance.Facts) { f.Enrolments[0].EndedAt = &tuesday }), ""},
		{"parted from whom the cart belongs to", then(under(3*day, sent("one", 2*day)), func(_ *relance.Campaign, f *relance.Facts) {
			f.Enrolments[0].Elsewhere, f.Carts = true, nil
		}), ""},
		{"ordered in between", then(under(3*day, sent("one", 2*day)), func(_ *relance.Campaign, f *relance.Facts) { f.Orders = []relance.FactOrder{order(day, "1")} }), "REFUSE ALREADY_ORDERED END"},
		{"the cart itself was ordered", then(under(3*day, sent("one", 2*day)), func(_ *relance.Campaign, f *relance.Facts) { f.Carts[0].Ordered = true }), "REFUSE ALREADY_ORDERED END"},
		{"the shop threw the cart away", then(under(3*day, sent("one", 2*day)), func(_ *relance.Campaign, f *relance.Facts) { f.Carts = nil }), "REFUSE ENDED END"},
		{"objected in between: may be undone", then(under(3*day, sent("one", 2*day)), func(_ *relance.Campaign, f *relance.Facts) { f.Consents[0].State = relance.ConsentWithdrawn }), "REFUSE OBJECTED"},
		{"is shopping again", then(under(3*day, sent("one", 2*day)), func(_ *relance.Campaign, f *relance.Facts) { f.Carts[0].ActiveAt = ago(time.Hour) }), "WAIT TOO_YOUNG 3h0m"},
		{"the campaign is over", then(under(3*day, sent("one", 2*day)), func(c *relance.Campaign, _ *relance.Facts) { c.Plan.EndsAt = &tuesday }), "REFUSE ENDED END"},
		{"left the audience", then(under(3*day, sent("one", 2*day)), func(c *relance.Campaign, _ *relance.Facts) { c.Audience = &relance.Filter{Labels: []string{"VIP"}} }), "REFUSE NOT_IN_AUDIENCE"},
	}, twoSteps, withCart)
}

// TestStepsThatNote: a label or a task waits for its time and for nothing else, as nothing reaches anybody.
func TestStepsThatNote(t *testing.T) {
	t.Parallel()
	noting := func() *relance.Campaign {
		c := twoSteps()
		c.Plan.Steps[0] = relance.CampaignStep{Key: "note", Label: "Left a cart"}
		return c
	}
	task := func(c *relance.Campaign, _ *relance.Facts) {
		c.Plan.Steps[0] = relance.CampaignStep{Key: "note", Task: &relance.StepTask{Title: "Call"}}
	}
	decideAll(t, []deciding{
		{"a label", nil, "ACT note"},
		{"a task", task, "ACT note"},
		{"it waits its time", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Steps[0].After = 3 * time.Hour }, "WAIT STEP_WAITS 3h0m"},
		{"about somebody who cannot be written to", func(_ *relance.Campaign, f *relance.Facts) { f.Consents, f.Records[0].Email = nil, "" }, "ACT note"},
		{"at night, the budget spent, just written to", func(c *relance.Campaign, f *relance.Facts) {
			c.Plan.Budget, c.Used = relance.Budget{Total: 1}, relance.Budget{Total: 1}
			f.Merchant.Rules.QuietFrom, f.Merchant.Rules.QuietUntil = 0, 23
			f.Messages = []relance.FactMessage{{At: ago(time.Minute)}}
		}, "ACT note"},
		{"a label about somebody not to be contacted", func(_ *relance.Campaign, f *relance.Facts) { f.Labels = []string{"Ne pas contacter"} }, "ACT note"},
		{"no task about somebody not to be contacted", func(c *relance.Campaign, f *relance.Facts) {
			task(c, f)
			f.Labels = []string{"Ne pas contacter"}
		}, "REFUSE DO_NOT_CONTACT"},
		{"held out", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.HoldoutPercent = 100 }, "REFUSE HOLDOUT"},
		{"ordered meanwhile", func(_ *relance.Campaign, f *relance.Facts) { f.Orders = []relance.FactOrder{order(time.Hour, "1")} }, "REFUSE ALREADY_ORDERED"},
		{"sending is stopped", func(_ *relance.Campaign, f *relance.Facts) { f.Merchant.Rules.StoppedAt = &tuesday }, "REFUSE SENDING_STOPPED"},
		{"noted: the message follows", func(_ *relance.Campaign, f *relance.Facts) {
			f.Carts, f.Enrolments = []relance.FactCart{cart(3 * day)}, []relance.Enrolment{entered(2*day, sent("note", 2*day))}
		}, "SEND two"},
	}, noting, withCart)
}

// TestWaysThatAMergeJoined: two people began the same campaign, then they are one.
func TestWaysThatAMergeJoined(t *testing.T) {
	t.Parallel()
	campaign := func() *relance.Campaign {
		c := running(relance.Trigger{Kind: relance.TriggerOneTime})
		c.Plan.Reentry.Policy = relance.ReentryOnce
		return c
	}
	facts := func() *relance.Facts {
		f := person()
		a, b := entered(2*time.Hour), entered(time.Hour)
		a.InstanceKey, b.InstanceKey, b.ID = profileKey(f.ProfileID, "0"), profileKey(id(8), "0"), id(52)
		f.Enrolments = []relance.Enrolment{b, a}
		return f
	}
	with := func(i int, u relance.FollowUpState) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) { f.Enrolments[i].FollowUps = []relance.FollowUpState{u} }
	}
	decideAll(t, []deciding{
		{"the older goes on", nil, "REFUSE REENTRY; SEND one"},
		{"the younger, if it has a message", with(0, inState("one", relance.SendDue)), "WAIT STEP_UNDER_WAY; REFUSE REENTRY"},
		{"the older is over", func(_ *relance.Campaign, f *relance.Facts) { f.Enrolments[1].EndedAt = &tuesday }, "REFUSE REENTRY"},
		{"every ten days, and eleven between", func(c *relance.Campaign, f *relance.Facts) {
			c.Plan.Reentry = relance.Reentry{Policy: relance.ReentryEveryDays, Days: 10}
			f.Enrolments[1].EnteredAt = f.Enrolments[0].EnteredAt.AddDate(0, 0, -11)
		}, "SEND one; WAIT RECENTLY_CONTACTED 24h0m"},
		{"the same birthday", func(c *relance.Campaign, f *relance.Facts) {
			c.Plan.Reentry.Policy = relance.ReentryPerObject
		}, "REFUSE REENTRY; SEND one"},
		{"birthdays of two years", func(c *relance.Campaign, f *relance.Facts) {
			c.Plan.Reentry.Policy = relance.ReentryPerObject
			f.Enrolments[1].InstanceKey = profileKey(f.ProfileID, "2025")
		}, "SEND one; WAIT RECENTLY_CONTACTED 24h0m"},
	}, campaign, facts)
}

func TestAChangedPlan(t *testing.T) {
	t.Parallel()
	// Version 1 had two steps and everybody; version 2 has one and is for VIPs only.
	change := func(c *relance.Campaign, f *relance.Facts) {
		c.Older = map[int]relance.Plan{1: c.Plan}
		c.Version, c.Plan.Steps = 2, c.Plan.Steps[:1]
		c.Plan.Audience = &relance.Filter{Labels: []string{"VIP"}}
		c.Audience = c.Plan.Audience
		f.Carts = []relance.FactCart{cart(3 * day)}
		f.Enrolments = []relance.Enrolment{entered(3*day, sent("one", 2*day))}
	}
	decideAll(t, []deciding{
		{"goes on by the version of entering, its audience too", change, "SEND two"},
		{"whoever enters now goes by the new one", func(c *relance.Campaign, f *relance.Facts) {
			change(c, f)
			f.Enrolments = nil
		}, "REFUSE NOT_IN_AUDIENCE"},
		{"an older plan that had an audience", func(c *relance.Campaign, f *relance.Facts) {
			change(c, f)
			old := c.Older[1]
			old.Audience = &relance.Filter{Labels: []string{"Press"}}
			c.Older[1], f.Labels = old, []string{"VIP"}
		}, "REFUSE NOT_IN_AUDIENCE"},
	}, twoSteps, withCart)
	c, f := twoSteps(), withCart()
	change(c, f)
	if d := Decide(c, f, tuesday)[0]; d.Version != 1 {
		t.Errorf("decided by version %d", d.Version)
	}
}

func TestRecheck(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name   string
		change func(*relance.Campaign, *relance.Facts, *relance.Enrolment)
		want   string
	}{
		{"still", nil, "SEND one"},
		{"ordered meanwhile, unpaid, elsewhere", func(_ *relance.Campaign, f *relance.Facts, _ *relance.Enrolment) {
			o := order(time.Minute, "1")
			o.SourceID, o.State, o.Paid = shopC, relance.OrderOpen, false
			f.Orders = []relance.FactOrder{o}
		}, "REFUSE ALREADY_ORDERED"},
		{"withdrawn meanwhile", func(_ *relance.Campaign, f *relance.Facts, _ *relance.Enrolment) {
			f.Consents[0].State = relance.ConsentWithdrawn
		}, "REFUSE OBJECTED"},
		{"back in the cart a minute ago", func(_ *relance.Campaign, f *relance.Facts, _ *relance.Enrolment) {
			f.Carts[0].ActiveAt = ago(time.Minute)
		}, "WAIT TOO_YOUNG 3h59m"},
		{"the cart is empty now", func(_ *relance.Campaign, f *relance.Facts, _ *relance.Enrolment) { f.Carts[0].Items = 0 }, "REFUSE EMPTY_CART"},
		{"paused: waits", func(c *relance.Campaign, _ *relance.Facts, _ *relance.Enrolment) {
			c.State = relance.CampaignPaused
		}, "WAIT CAMPAIGN_STATE 10m"},
		{"all sending stopped: waits", func(_ *relance.Campaign, f *relance.Facts, _ *relance.Enrolment) {
			f.Merchant.Rules.StoppedAt = &tuesday
		}, "WAIT SENDING_STOPPED 10m"},
		{"the campaign has ended", func(c *relance.Campaign, _ *relance.Facts, _ *relance.Enrolment) {
			c.State = relance.CampaignEnded
		}, "REFUSE CAMPAIGN_STATE"},
		{"this way is over", func(_ *relance.Campaign, _ *relance.Facts, e *relance.Enrolment) { e.EndedAt = &tuesday }, "REFUSE ENDED"},
		{"the record parted from who entered", func(_ *relance.Campaign, _ *relance.Facts, e *relance.Enrolment) {
			*e = relance.Enrolment{}
		}, "REFUSE ENDED"},
		{"the step is gone", func(c *relance.Campaign, _ *relance.Facts, _ *relance.Enrolment) {
			c.Plan.Steps = []relance.CampaignStep{step("other", 0)}
		}, "REFUSE ENDED"},
		{"another campaign wrote meanwhile", func(_ *relance.Campaign, f *relance.Facts, _ *relance.Enrolment) {
			f.Messages = append(f.Messages, relance.FactMessage{EnrolmentID: id(99), StepKey: "one", At: ago(time.Hour)})
		}, "WAIT RECENTLY_CONTACTED 23h0m"},
		{"night fell", func(_ *relance.Campaign, f *relance.Facts, _ *relance.Enrolment) {
			f.Merchant.Rules.QuietFrom, f.Merchant.Rules.QuietUntil = 12, 14
		}, "WAIT QUIET_HOURS 2h0m"},
	} {
		c, f, e := carts(), withCart(), entered(time.Hour, inState("one", relance.SendDue))
		until := tuesday.AddDate(0, 0, 30)
		// The message itself stands among the messages, with its voucher: it is not in its own way.
		f.Messages = []relance.FactMessage{{EnrolmentID: e.ID, StepKey: "one", CampaignID: c.ID, At: ago(time.Minute), VoucherUntil: &until}}
		c.Plan.Steps[0].Voucher = &relance.Offer{Kind: relance.VoucherFreeShipping, ValidDays: 30}
		if x.change != nil {
			x.change(c, f, &e)
		}
		d := Recheck(c, &e, "one", f, tuesday)
		if got := told([]relance.Decision{d}, tuesday); got != x.want {
			t.Errorf("%s: got %s, want %s", x.name, got, x.want)
		}
	}
}

func TestLateMessagesExpire(t *testing.T) {
	t.Parallel()
	since := func(age time.Duration) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) {
			f.Carts, f.Since = []relance.FactCart{cart(2 * day)}, ago(age)
		}
	}
	decideAll(t, []deciding{
		{"in line since a minute", since(time.Minute), "SEND one"},
		{"in line as long as it may be late", since(2 * time.Hour), "SEND one"},
		{"in line for longer: no worker came", since(2*time.Hour + time.Second), "EXPIRE EXPIRED"},
		{"in line for long, due for less", func(c *relance.Campaign, f *relance.Facts) {
			since(day)(c, f)
			f.Carts[0].ActiveAt = ago(5 * time.Hour)
		}, "SEND one"},
		{"in line for long, due for longer than it may be late", func(c *relance.Campaign, f *relance.Facts) {
			since(day)(c, f)
			f.Carts[0].ActiveAt = ago(7 * time.Hour)
		}, "EXPIRE EXPIRED"},
		{"not in line at all", func(_ *relance.Campaign, f *relance.Facts) {
			f.Carts, f.Since = []relance.FactCart{cart(2 * day)}, time.Time{}
		}, "SEND one"},
		{"late, and it is quiet by now", func(c *relance.Campaign, f *relance.Facts) {
			since(time.Hour)(c, f)
			f.Merchant.Rules.QuietFrom, f.Merchant.Rules.QuietUntil = 12, 14
		}, "WAIT QUIET_HOURS 2h0m"},
		{"due at a quiet time that is just over: not late", func(c *relance.Campaign, f *relance.Facts) {
			since(3*time.Hour)(c, f)
			f.Merchant.Rules.QuietFrom, f.Merchant.Rules.QuietUntil = 20, 12
		}, "SEND one"},
		{"the second step", func(c *relance.Campaign, f *relance.Facts) {
			since(3*time.Hour)(c, f)
			c.Plan.Steps = append(c.Plan.Steps, step("two", 2*day))
			f.Enrolments = []relance.Enrolment{entered(3*day, sent("one", 2*day+3*time.Hour))}
		}, "EXPIRE EXPIRED"},
	}, carts, withCart)
	d := Decide(carts(), withCart(), tuesday)[0]
	if !d.DueAt.Equal(tuesday) || !d.ExpiresAt.Equal(tuesday.Add(2*time.Hour)) {
		t.Errorf("due at %v, expires at %v", d.DueAt, d.ExpiresAt)
	}
}

func TestHoldout(t *testing.T) {
	t.Parallel()
	c, f := carts(), withCart()
	c.Plan.HoldoutPercent = 20
	held := map[uuid.UUID]bool{}
	src := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		f.ProfileID = uuid.UUID{0: byte(src.Uint32()), 1: byte(src.Uint32()), 2: byte(src.Uint32()), 3: byte(src.Uint32())}
		d := Decide(c, f, tuesday)[0]
		if d.Holdout != (d.Verdict == relance.VerdictRefuse) || !d.Enter {
			t.Fatalf("%+v", d)
		}
		held[f.ProfileID] = d.Holdout
	}
	n := 0
	for id, is := range held {
		if is {
			n++
		}
		f.ProfileID = id
		if inHoldout(c, f) != is {
			t.Error("another answer the second time")
		}
	}
	if share := float64(n) / float64(len(held)); share < 0.18 || share > 0.22 {
		t.Errorf("%.1f %% are held out, want about 20 %%", share*100)
	}
	group := func(percent int, holdout bool) bool {
		c.Plan.HoldoutPercent = percent
		f.Enrolments = []relance.Enrolment{{CampaignID: campaignID, InstanceKey: cartKey(otherCart), EnteredAt: ago(day), EndedAt: &tuesday, Holdout: holdout}}
		return inHoldout(c, f)
	}
	if !group(1, true) || group(100, false) || group(0, true) {
		t.Error("whoever was in the campaign stays in their group, unless nobody is held out any more")
	}
}

// TestTheCapIsAskedAsItIsSent replays a month of daily orders: a rule on frequency must not
// postpone by more than it says, nor let more through (a complaint about other tools).
func TestTheCapIsAskedAsItIsSent(t *testing.T) {
	t.Parallel()
	c, f := running(relance.Trigger{Kind: relance.TriggerOrderPlaced}), person()
	f.Merchant.Rules = relance.SendingRules{CapCount: 2, CapDays: 7, QuietFrom: 8, QuietUntil: 8}
	var times []time.Time
	start := time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)
	for hour := range 24 * 28 {
		now := start.Add(time.Duration(hour) * time.Hour)
		if hour%24 == 0 {
			f.Orders = []relance.FactOrder{order(0, "10")}
			f.Orders[0].ID, f.Orders[0].PlacedAt = id(byte(100+hour/24)), now
		}
		f.Since = now
		for _, d := range Decide(c, f, now) {
			if d.Verdict == relance.VerdictSend {
				Note(f, &d, now)
				times = append(times, now)
				f.Enrolments = append(f.Enrolments, relance.Enrolment{ID: id(byte(hour)), CampaignID: c.ID, InstanceKey: d.Instance.Key, EndedAt: &now})
			}
		}
	}
	if len(times) != 8 {
		t.Errorf("%d messages in four weeks of two each: %v", len(times), times)
	}
	for i := 2; i < len(times); i++ {
		if gap := times[i].Sub(times[i-2]); gap < 7*day {
			t.Errorf("three messages within %v", gap)
		}
	}
}

func TestOfTwoCampaignsAtOnceOneGoes(t *testing.T) {
	t.Parallel()
	f := withCart()
	first, second := carts(), carts()
	second.ID = id(42)
	d := Decide(first, f, tuesday)
	Note(f, &d[0], tuesday)
	if got := told(append(d, Decide(second, f, tuesday)...), tuesday); got != "SEND one; WAIT RECENTLY_CONTACTED 24h0m" {
		t.Error(got)
	}
}

// TestTheBudgetHoldsWithinOnePerson: two events of one person do not both take the last message.
func TestTheBudgetHoldsWithinOnePerson(t *testing.T) {
	t.Parallel()
	c, f := running(relance.Trigger{Kind: relance.TriggerOrderPlaced}), person()
	f.Merchant.Rules = relance.SendingRules{QuietFrom: 8, QuietUntil: 8}
	c.Plan.Budget.Total, c.Used.Total = 5, 4
	a, b := order(day, "1"), order(day, "1")
	b.ID = otherOrder
	f.Orders = []relance.FactOrder{a, b}
	if got := told(Decide(c, f, tuesday), tuesday); got != "SEND one; REFUSE BUDGET" {
		t.Error(got)
	}
}

// randomCase makes a campaign and a person that touch most of the guards.
func randomCase(r *rand.Rand) (*relance.Campaign, *relance.Facts) {
	kinds := []relance.TriggerKind{relance.TriggerAbandonedCart, relance.TriggerOrderPlaced, relance.TriggerBestCustomer, relance.TriggerInactiveCustomer, relance.TriggerBirthday, relance.TriggerCartRecovered, relance.TriggerOneTime}
	hours := func(most int) time.Duration { return time.Duration(r.IntN(most)) * time.Hour }
	c := running(relance.Trigger{Kind: kinds[r.IntN(len(kinds))], MinAge: hours(50), MaxAge: 100*time.Hour + hours(2000), Days: r.IntN(60), Amount: dec("20"), Currency: "EUR"})
	c.Plan.Reentry = relance.Reentry{Policy: []relance.ReentryPolicy{relance.ReentryOnce, relance.ReentryEveryDays, relance.ReentryPerObject}[r.IntN(3)], Days: r.IntN(90)}
	c.Plan.HoldoutPercent = r.IntN(3) * 20
	c.Plan.Steps = append(c.Plan.Steps, step("two", hours(72)))
	if r.IntN(2) == 0 {
		c.Plan.Steps[r.IntN(2)].Voucher = &relance.Offer{Kind: relance.VoucherFreeShipping, ValidDays: 10}
	}
	f := person()
	f.Since = ago(hours(4))
	f.ProfileID = id(byte(r.IntN(200)))
	b := time.Date(1940+r.IntN(80), 6, 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
	f.Birthday = &b
	f.Consents[0].State = []relance.ConsentState{relance.ConsentConfirmed, relance.ConsentConfirmed, relance.ConsentConfirmed, relance.ConsentUnknown, relance.ConsentWithdrawn}[r.IntN(5)]
	for i := range r.IntN(3) {
		o := order(hours(2400), fmt.Sprint(r.IntN(40)))
		o.ID = id(byte(100 + i))
		f.Orders = append(f.Orders, o)
	}
	for i := range r.IntN(3) {
		k := cart(hours(400))
		k.ID = id(byte(120 + i))
		if len(f.Orders) > 0 && r.IntN(2) == 0 {
			k.Ordered, k.WasAbandoned, k.OrderID = true, true, &f.Orders[0].ID
		}
		f.Carts = append(f.Carts, k)
		if r.IntN(3) == 0 {
			e := entered(hours(200))
			e.ID, e.InstanceKey, e.Holdout = id(byte(130+i)), cartKey(k.ID), r.IntN(8) == 0
			if r.IntN(2) == 0 {
				e.FollowUps = []relance.FollowUpState{sent("one", hours(100))}
			}
			f.Enrolments = append(f.Enrolments, e)
		}
	}
	for range r.IntN(3) {
		f.Messages = append(f.Messages, relance.FactMessage{EnrolmentID: id(99), At: ago(hours(500))})
	}
	return c, f
}

// TestAllCallersGetTheSameDecision: over 10,000 random cases the same facts give the same
// decision however often and in whatever order they are asked, and what is decided to be sent
// passes the check just before sending. Preview, "why" and real runs make this one call.
func TestAllCallersGetTheSameDecision(t *testing.T) {
	t.Parallel()
	verdicts := map[relance.Verdict]int{}
	reasons := map[relance.Reason]bool{}
	for seed := range uint64(10_000) {
		c, f := randomCase(rand.New(rand.NewPCG(seed, 7)))
		run := Decide(c, f, tuesday)
		preview, why := relance.NewPreview(1), Decide(c, f, tuesday)
		if !reflect.DeepEqual(run, why) {
			t.Fatalf("seed %d: %s, then %s", seed, told(run, tuesday), told(why, tuesday))
		}
		sends := 0
		for i := range run {
			d := &run[i]
			preview.Add(f, d)
			verdicts[d.Verdict]++
			for _, r := range d.Reasons {
				reasons[r] = true
			}
			if d.Verdict != relance.VerdictSend {
				if len(d.Reasons) == 0 || d.Verdict == relance.VerdictWait && !d.Until.IsZero() && !d.Until.After(tuesday) || d.Verdict == relance.VerdictRefuse && !d.Until.IsZero() && !d.Until.After(tuesday) {
					t.Fatalf("seed %d: %+v has no reason, or waits for the past", seed, d)
				}
				continue
			}
			sends++
			again := recheckOf(c, f, d)
			if again.Verdict != relance.VerdictSend || again.Recipient != d.Recipient {
				t.Fatalf("seed %d: decided %s, and just before sending %s", seed, told(run, tuesday), told([]relance.Decision{again}, tuesday))
			}
		}
		if preview.Sends != sends || preview.Events != len(run) {
			t.Fatalf("seed %d: the preview counts %+v", seed, preview)
		}
		if sends > 1 {
			t.Fatalf("seed %d: two messages at once: %s", seed, told(run, tuesday))
		}
	}
	if verdicts[relance.VerdictSend] < 500 || verdicts[relance.VerdictWait] < 500 || verdicts[relance.VerdictExpire] < 50 || len(reasons) < 15 {
		t.Errorf("the cases are too much alike: %v %v", verdicts, reasons)
	}
}

// recheckOf asks once more as a worker does: the message and its way are in the ledger.
func recheckOf(c *relance.Campaign, f *relance.Facts, d *relance.Decision) relance.Decision {
	g := *f
	e := relance.Enrolment{ID: id(200), CampaignID: c.ID, InstanceKey: d.Instance.Key, Version: d.Version, ShopID: &d.Instance.ShopID, EventAt: d.Instance.At, EnteredAt: tuesday}
	for _, x := range f.Enrolments {
		if x.InstanceKey == d.Instance.Key {
			e = x
		}
	}
	e.FollowUps = append(append([]relance.FollowUpState{}, e.FollowUps...), inState(d.Step.Key, relance.SendDue))
	g.Messages = append(append([]relance.FactMessage{}, f.Messages...), relance.FactMessage{EnrolmentID: e.ID, StepKey: d.Step.Key, CampaignID: c.ID, At: d.DueAt})
	return Recheck(c, &e, d.Step.Key, &g, tuesday)
}
