package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/relance/relance"
	"github.com/relance/relance/campaign"
	"github.com/relance/relance/store"
)

// judging is a merchant with campaigns that run, and a clock.
type judging struct {
	*lab
	t         *rapid.T
	now       time.Time
	campaigns []uuid.UUID
	merges    []uuid.UUID
	versions  int
	refused   int            // messages refused, or too late, just before
	changes   map[string]int // what the days should have counted, told from the ledger by looking before and after
	groups    []uuid.UUID
	club      uuid.UUID
}

// tea is a step in French that waits.
func tea(key string, after time.Duration) relance.CampaignStep {
	return relance.CampaignStep{Key: key, After: after, Email: map[string]relance.EmailText{"fr": {Subject: "Bonjour", Body: "Bonjour"}}}
}

// judgedPlans are one of each way to enter again: per cart, per order, once, every so many
// days, and by an audience that time changes.
func judgedPlans() map[string]relance.Plan {
	const day = 24 * time.Hour
	yes := true
	plan := func(t relance.Trigger, r relance.Reentry, steps ...relance.CampaignStep) relance.Plan {
		return relance.Plan{Trigger: t, Reentry: r, Steps: steps, ExpiresAfter: 2 * day, ReachBack: true}
	}
	object, once := relance.Reentry{Policy: relance.ReentryPerObject}, relance.Reentry{Policy: relance.ReentryOnce}
	held := plan(relance.Trigger{Kind: relance.TriggerOrderPlaced, MinAge: 2 * day, MaxAge: 60 * day}, object, tea("one", 0))
	held.HoldoutPercent = 30
	resting := plan(relance.Trigger{Kind: relance.TriggerOneTime}, once, tea("one", 0))
	resting.Audience = &relance.Filter{HasAbandonedCart: &yes}
	return map[string]relance.Plan{
		"cart":     plan(relance.Trigger{Kind: relance.TriggerAbandonedCart, MinAge: 4 * time.Hour, MaxAge: 20 * day}, object, tea("one", 0), relance.CampaignStep{Key: "note", After: day, Label: "noted"}, tea("two", day)),
		"order":    held,
		"inactive": plan(relance.Trigger{Kind: relance.TriggerInactiveCustomer, Days: 5, MaxAge: 90 * day}, relance.Reentry{Policy: relance.ReentryEveryDays, Days: 10}, tea("one", 0)),
		"birthday": plan(relance.Trigger{Kind: relance.TriggerBirthday, MaxAge: 30 * day}, object, tea("one", 0)),
		"group":    plan(relance.Trigger{Kind: relance.TriggerGroupJoined, MinAge: time.Hour, MaxAge: 20 * day}, object, tea("one", 0)),
		"ending":   plan(relance.Trigger{Kind: relance.TriggerMembershipEnding, Days: 10, MaxAge: 9 * day}, object, tea("one", 0)),
		"everyone": plan(relance.Trigger{Kind: relance.TriggerOneTime}, once, tea("one", 0), tea("two", day)),
		"resting":  resting,
	}
}

func newJudging(t *rapid.T, base *lab) *judging {
	j := &judging{lab: base.tenant(t), t: t, now: noon, changes: map[string]int{}}
	legal, sender, country := "Maison SARL", "shop@maison.example", "FR"
	since := noon.AddDate(-3, 0, 0)
	gap, capCount := 6, 20
	j.ok(j.s.ChangeSendingRules(j.ctx, j.m, relance.SendingRulesChange{GapHours: &gap, CapCount: &capCount}, j.now))
	for _, shop := range j.shops {
		j.ok(j.s.ChangeShopSettings(j.ctx, j.m, shop, relance.ShopSettingsChange{LegalEntity: &legal, SenderEmail: &sender, Country: &country, NoticeSince: &since}, j.now))
	}
	plans := judgedPlans()
	for _, name := range []string{"cart", "order", "inactive", "birthday", "group", "ending", "everyone", "resting"} {
		id, err := j.s.AddCampaign(j.ctx, j.m, name, plans[name], "tester", j.now)
		j.ok(err)
		_, err = j.s.MoveCampaign(j.ctx, j.m, id, relance.CampaignRunning, j.now)
		j.ok(err)
		j.campaigns = append(j.campaigns, id)
	}
	for _, name := range []string{"VIP", "Wholesale"} {
		j.groups = append(j.groups, j.group(name))
	}
	var err error
	j.club, err = j.s.SaveMembershipType(j.ctx, j.m, relance.MembershipType{Name: "Club", Price: dec("5"), Currency: "EUR", Period: relance.PaidMonthly}, j.now)
	j.ok(err)
	return j
}

// deriveNow derives as of the test's clock: whoever is touched is in line from then on.
func (j *judging) deriveNow() {
	for {
		d, err := j.s.Derive(j.ctx, j.m, j.now)
		j.ok(err)
		if d.Records == 0 && !d.Busy {
			return
		}
	}
}

// happens lets something happen to somebody.
func (j *judging) happens() {
	t := j.t
	j.versions++
	shop := rapid.IntRange(0, 1).Draw(t, "shop")
	which := rapid.IntRange(0, 5).Draw(t, "which")
	what := rapid.IntRange(0, 10).Draw(t, "what")
	if j.versions <= 8 {
		shop, which, what = j.versions%2, j.versions/2, 0
	}
	switch what {
	case 0, 1:
		c := drawCustomer(t, which, j.versions)
		born := time.Date(1980, 6, rapid.IntRange(1, 30).Draw(t, "born"), 0, 0, 0, 0, time.UTC)
		c.Birthday, c.Active = &born, rapid.IntRange(0, 19).Draw(t, "inactive") > 0
		c.Email = rapid.SampledFrom([]string{fmt.Sprint("c", which, shop, "@example.com"), fmt.Sprint("c", which, "@example.com"), c.Email}).Draw(t, "own email")
		c.LastName, c.CustomerNumber = fmt.Sprint("Martin", which), "" // or nearly all were one person
		c.Consents[0].State = rapid.SampledFrom([]relance.ConsentState{relance.ConsentConfirmed, relance.ConsentConfirmed, relance.ConsentConfirmed, relance.ConsentConfirmed, relance.ConsentUnknown, relance.ConsentRefused}).Draw(t, "consent")
		j.put(shop, customers(c))
	case 2, 3:
		o := drawOrder(t, which, j.versions)
		o.PlacedAt = j.now.Add(-time.Duration(rapid.IntRange(0, 900).Draw(t, "hours ago")) * time.Hour)
		o.State = rapid.SampledFrom([]relance.OrderState{relance.OrderDelivered, relance.OrderDelivered, relance.OrderPaid, relance.OrderCancelled}).Draw(t, "order state")
		j.put(shop, orders(o))
	case 4, 5:
		k := drawCart(t, which)
		k.StartedAt = j.now.Add(-time.Duration(rapid.IntRange(0, 100).Draw(t, "cart age")) * time.Hour / 2)
		k.UpdatedAt, k.Version = k.StartedAt, at(j.versions)
		k.Lines = []relance.CartLine{{ExternalID: "1", Title: "Tea", Quantity: rapid.IntRange(0, 2).Draw(t, "pieces")}}
		j.put(shop, store.PageRows{Carts: []relance.Cart{k}})
	case 6:
		if list := j.profiles(); len(list) > 1 {
			// The younger survives at times: then the profile in the keys is another.
			a, b := rapid.IntRange(0, len(list)-1).Draw(t, "into"), rapid.IntRange(0, len(list)-1).Draw(t, "from")
			if a != b {
				id, _, err := j.s.Merge(j.ctx, j.m, list[a].ID, []uuid.UUID{list[b].ID}, "tester", j.now)
				j.ok(err)
				j.merges = append(j.merges, id)
			}
		}
	case 7:
		if n := len(j.merges); n > 0 {
			_, err := j.s.Unmerge(j.ctx, j.m, j.merges[n-1], "tester", j.now)
			j.ok(err)
			j.merges = j.merges[:n-1]
		}
	case 8:
		if list := j.profiles(); len(list) > 0 {
			p := list[rapid.IntRange(0, len(list)-1).Draw(t, "labelled")]
			label := rapid.SampledFrom([]string{"VIP", "do not contact"}).Draw(t, "label")
			if rapid.Bool().Draw(t, "label goes") {
				j.ok(j.s.RemoveLabel(j.ctx, j.m, p.ID, label, "clerk", j.now))
			} else {
				j.ok(j.s.AddLabel(j.ctx, j.m, p.ID, label, "clerk", j.now))
			}
		}
	case 9:
		if list := j.profiles(); len(list) > 0 {
			p := list[rapid.IntRange(0, len(list)-1).Draw(t, "grouped")]
			_, err := j.s.SetGroup(j.ctx, j.m, p.ID, rapid.SampledFrom([]*uuid.UUID{nil, &j.groups[0], &j.groups[1]}).Draw(t, "group"), "clerk", j.now)
			j.ok(err)
		}
	case 10:
		if list := j.profiles(); len(list) > 0 {
			p := list[rapid.IntRange(0, len(list)-1).Draw(t, "enrolled")]
			today := j.now.Truncate(24 * time.Hour)
			ends := today.AddDate(0, 0, rapid.IntRange(1, 20).Draw(t, "ends in"))
			_, err := j.s.Enrol(j.ctx, j.m, p.ID, relance.Enrolling{TypeID: j.club, Since: today.AddDate(0, -1, 0), EndsOn: &ends}, today, j.now)
			j.ok(err)
		}
	}
}

// decide is what the product does with one person: see app.
func (j *judging) decide(campaigns []relance.Campaign, f *relance.Facts) (out []relance.Decision) {
	for i := range campaigns {
		for _, d := range campaign.Decide(&campaigns[i], f, j.now) {
			campaign.Note(f, &d, j.now)
			out = append(out, d)
		}
	}
	return out
}

// judgeAll judges everybody who could be concerned, in full, and tells what would come of it.
func (j *judging) judgeAll() (out []string) {
	people := map[uuid.UUID]*relance.Facts{} // as the campaigns before have left them
	for _, id := range j.campaigns {
		j.ok(j.s.EachSituation(j.ctx, j.m, id, j.now, func(c *relance.Campaign, f *relance.Facts) {
			if known := people[f.ProfileID]; known != nil {
				f = known
			}
			people[f.ProfileID] = f
			for _, d := range j.decide([]relance.Campaign{*c}, f) {
				switch {
				case d.Verdict == relance.VerdictSend || d.Verdict == relance.VerdictExpire:
					out = append(out, fmt.Sprint(c.Name, " ", d.Instance.Key, " ", d.Step.Key))
				case d.Verdict == relance.VerdictAct:
					out = append(out, fmt.Sprint(c.Name, " ", d.Instance.Key, " notes ", d.Step.Key))
				case d.Enter:
					out = append(out, fmt.Sprint(c.Name, " ", d.Instance.Key, " enters"))
				case d.End:
					out = append(out, fmt.Sprint(c.Name, " ", d.Instance.Key, " ends"))
				}
			}
		}))
	}
	slices.Sort(out)
	return out
}

// evaluate works through the line in batches of random size, and once more for nothing.
func (j *judging) evaluate() {
	for rounds := 0; ; rounds++ {
		before := j.lookAtVerdicts()
		done, err := j.s.Evaluate(j.ctx, j.m, rapid.IntRange(1, 4).Draw(j.t, "batch"), j.decide, j.now)
		j.ok(err)
		j.countChanges(before, j.lookAtVerdicts())
		if done.People == 0 {
			return
		}
		if rounds > 300 {
			j.Fatalf("the line does not get shorter")
		}
	}
}

// work takes some of what is due to its end, several at once.
func (j *judging) work() {
	before := j.lookAtMessages()
	defer func() { j.countRefused(before, j.lookAtMessages()) }()
	list, _, err := j.s.TakeFollowUps(j.ctx, j.m, rapid.IntRange(1, 5).Draw(j.t, "taken"), time.Minute, j.now)
	j.ok(err)
	again := func(f *store.FollowUp) relance.Decision {
		return campaign.Recheck(&f.Campaign, &f.Enrolment, f.StepKey, f.Facts, j.now)
	}
	var out []*store.Outgoing
	for _, f := range list {
		if rapid.IntRange(0, 3).Draw(j.t, "idle") > 0 { // else its worker falls silent
			out = append(out, &store.Outgoing{FollowUp: f, Mail: relance.Email{To: "x@example.com", MessageID: f.ID.String()}})
		}
	}
	j.s.BeginSending(j.ctx, j.m, out, again, time.Minute, j.now)
	for _, o := range out {
		j.ok(o.Err)
		switch d := o.Decision; {
		case d.Verdict == relance.VerdictWait:
			j.ok(j.s.Postpone(j.ctx, j.m, o.FollowUp, "", relance.Detail{}, d.Until))
		case d.Verdict != relance.VerdictSend:
			j.ok(j.s.Settle(j.ctx, j.m, o.FollowUp, relance.SendRefused, d.Reasons[0], relance.Detail{}, j.now))
		default:
			state := rapid.SampledFrom([]relance.SendState{relance.SendSent, relance.SendSent, relance.SendSent, relance.SendFailed, relance.SendUncertain}).Draw(j.t, "outcome")
			j.ok(j.s.Settle(j.ctx, j.m, o.FollowUp, state, "", relance.Detail{}, j.now))
		}
	}
}

// noneTwice looks at the ledger as a customer would: at what each record got.
func (j *judging) noneTwice() {
	for what, sql := range map[string]string{
		"a step of a cart or an order went out twice": `SELECT e.campaign_id, e.instance_key, f.step_key FROM follow_ups f JOIN enrolments e ON e.merchant_id = f.merchant_id AND e.id = f.enrolment_id
			WHERE f.merchant_id = $1 GROUP BY 1, 2, 3 HAVING count(*) > 1`,
		"a record got once-only messages twice": `SELECT f.customer_id, c.name, f.step_key FROM follow_ups f JOIN campaigns c ON c.merchant_id = f.merchant_id AND c.id = f.campaign_id
			WHERE f.merchant_id = $1 AND c.name IN ('everyone', 'resting', 'birthday') AND f.state <> 'EXPIRED' GROUP BY 1, 2, 3 HAVING count(*) > 1`,
		"a record entered again too early": `SELECT a.customer_id FROM (SELECT f.customer_id, f.created_at, lag(f.created_at) OVER (PARTITION BY f.customer_id ORDER BY f.created_at) AS before
			FROM follow_ups f JOIN campaigns c ON c.merchant_id = f.merchant_id AND c.id = f.campaign_id WHERE f.merchant_id = $1 AND c.name = 'inactive') a WHERE a.created_at - a.before < interval '10 days'`,
		"a held-out person was written to": `SELECT f.id FROM follow_ups f JOIN enrolments e ON e.merchant_id = f.merchant_id AND e.id = f.enrolment_id WHERE f.merchant_id = $1 AND e.holdout`,
		"a record that nobody would find again": `SELECT f.id FROM follow_ups f WHERE f.merchant_id = $1 AND NOT EXISTS (SELECT 1 FROM enrolment_members x
			WHERE x.merchant_id = $1 AND x.enrolment_id = f.enrolment_id AND x.customer_id = f.customer_id)`,
	} {
		if got := j.rows(sql, j.m); len(got) > 0 {
			j.Fatalf("%s: %v", what, got)
		}
	}
}

// TestIncrementalJudgingComesToTheSameAsFull lets things happen, people merge and part, messages
// go out or fail, and time pass. At each moment, judging everybody in full must want exactly the
// messages that working through the line then makes, and nothing more afterwards.
func TestIncrementalJudgingComesToTheSameAsFull(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	made, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		j := newJudging(t, base)
		for range rapid.IntRange(10, 20).Draw(t, "at first") {
			j.happens()
		}
		var before int
		for range rapid.IntRange(2, 6).Draw(t, "moments") {
			for range rapid.IntRange(0, 3).Draw(t, "events") {
				j.happens()
			}
			j.deriveNow()
			want := j.judgeAll()
			j.evaluate()
			// It may make more: what was too late for the line holds nothing else back.
			ledger := j.rows(`SELECT c.name || ' ' || e.instance_key || ' ' || f.step_key AS way FROM follow_ups f JOIN enrolments e ON e.merchant_id = f.merchant_id AND e.id = f.enrolment_id
				JOIN campaigns c ON c.merchant_id = f.merchant_id AND c.id = f.campaign_id WHERE f.merchant_id = $1`, j.m)
			// And people who parted share what they were sent: the second in line sees what the
			// first got a moment ago, and waits.
			held := j.rows(`SELECT c.name || ' ' || v.instance_key AS way FROM verdicts v JOIN campaigns c ON c.merchant_id = v.merchant_id AND c.id = v.campaign_id
				WHERE v.merchant_id = $1 AND v.verdict = 'WAIT' AND v.reason IN ('RECENTLY_CONTACTED', 'FREQUENCY_CAP')`, j.m)
			for _, w := range want {
				if isSend(w) && !slices.Contains(ledger, `("`+w+`")`) && !slices.Contains(held, `("`+w[:strings.LastIndexByte(w, ' ')]+`")`) {
					t.Fatalf("judging everybody wants %s, and the line made %v", w, ledger)
				}
			}
			made, before = made+len(ledger)-before, len(ledger)
			if diff := cmp.Diff([]string(nil), j.judgeAll()); diff != "" {
				t.Fatalf("the line is worked through at %v, and yet judging everybody finds (+):\n%s", j.now, diff)
			}
			j.work()
			j.now = j.now.Add(time.Duration(rapid.IntRange(1, 60).Draw(t, "hours")) * time.Hour)
		}
		j.noneTwice()
		j.daysEqualTheLedger()
		refused += j.refused
	})
	if made < 50 || refused == 0 {
		t.Errorf("only %d messages were made, and %d refused just before", made, refused)
	}
}

func isSend(s string) bool {
	return len(s) > 4 && (s[len(s)-4:] == " one" || s[len(s)-4:] == " two")
}
