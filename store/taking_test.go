package store_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// What cannot be read, or judged, holds up nothing that was taken with it, and is left for later.
func TestABrokenMessageHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	legal, sender := "Maison SARL", "shop@maison.example"
	l.ok(l.s.ChangeShopSettings(l.ctx, l.m, l.shops[0], relance.ShopSettingsChange{LegalEntity: &legal, SenderEmail: &sender}, noon))
	j := &judging{lab: l, now: noon}
	for _, name := range []string{"sound", "broken"} { // to one person each
		l.give(0, customers(customer(name, func(c *relance.Customer) {
			c.Email, c.Active = name+"@example.com", true
			c.Consents = []relance.Consent{{Channel: relance.ChannelEmail, State: relance.ConsentConfirmed}}
		})))
		plan := relance.Plan{Trigger: relance.Trigger{Kind: relance.TriggerOneTime}, Reentry: relance.Reentry{Policy: relance.ReentryOnce}, Steps: []relance.CampaignStep{tea("one", 0)}, ExpiresAfter: time.Hour}
		id, err := l.s.AddCampaign(l.ctx, l.m, name, plan, "tester", noon)
		l.ok(err)
		for _, state := range []relance.CampaignState{relance.CampaignRunning, relance.CampaignPaused} {
			_, err = l.s.MoveCampaign(l.ctx, l.m, id, state, noon)
			l.ok(err)
			_, err = l.s.Evaluate(l.ctx, l.m, 100, j.decide, noon)
			l.ok(err)
		}
	}
	l.ok(l.as("", func(tx pgx.Tx) error {
		_, err := tx.Exec(l.ctx, `UPDATE campaign_versions v SET plan = '{"steps": 5}' FROM campaigns c WHERE c.merchant_id = $1 AND c.id = v.campaign_id AND v.merchant_id = $1 AND c.name = 'broken'`, l.m)
		return err
	}))
	list, more, err := l.s.TakeFollowUps(l.ctx, l.m, 10, time.Minute, noon)
	if err == nil || more || len(list) != 1 || list[0].Campaign.Name != "sound" {
		t.Fatalf("%d messages taken (more: %v), error %v; want the sound one, and an error about the other", len(list), more, err)
	}
	if again, _, err := l.s.TakeFollowUps(l.ctx, l.m, 10, time.Minute, noon); err != nil || len(again) > 0 {
		t.Errorf("%d messages are taken once more (%v) before the lease ends", len(again), err)
	}
	lost := &store.Outgoing{FollowUp: &store.FollowUp{ID: l.shops[0], Facts: list[0].Facts, Attempts: 1}}
	sound := &store.Outgoing{FollowUp: list[0], Mail: relance.Email{To: "anna@example.com", MessageID: "1@example.com"}}
	l.s.BeginSending(l.ctx, l.m, []*store.Outgoing{lost, sound}, func(f *store.FollowUp) relance.Decision {
		return relance.Decision{Verdict: relance.VerdictSend, Recipient: relance.Recipient{CustomerID: f.CustomerID, ShopID: f.ShopID, Basis: relance.BasisConsent}}
	}, time.Minute, noon)
	if relance.CodeOf(lost.Err) != relance.CodeConflict || sound.Err != nil || sound.Decision.Verdict != relance.VerdictSend {
		t.Errorf("a message that is gone: %v; the sound one: %v %v", lost.Err, sound.Decision.Verdict, sound.Err)
	}
}
