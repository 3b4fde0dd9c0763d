package store_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// TestHouseholdsAreTheSameAddressAndFamilyName: whoever lives there knows what the others were
// sent; a neighbour and somebody who once got a gift do not.
func TestHouseholdsAreTheSameAddressAndFamilyName(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	living := func(id, first, last string, addresses ...relance.Address) relance.Customer {
		return customer(id, func(c *relance.Customer) {
			c.FirstName, c.LastName, c.Email, c.Active = first, last, id+"@example.com", true
			for i := range addresses {
				addresses[i].ExternalID = id + string(rune('0'+i))
			}
			c.Addresses = addresses
			c.Consents = []relance.Consent{{Channel: relance.ChannelEmail, State: relance.ConsentConfirmed}}
		})
	}
	at := func(last, line1, line2, zip, city, country string) relance.Address {
		return relance.Address{Kind: relance.AddressHome, LastName: last, Line1: line1, Line2: line2, PostalCode: zip, City: city, CountryCode: country}
	}
	l.give(0, customers(
		living("marie", "Marie", "Müller-Petit", at("Müller-Petit", "12, Rue de la Paix", "Bât. B", "75002", "Paris", "FR")),
		living("jean", "Jean", "MULLER PETIT", at("Mueller Petit", "12 rue de la paix bat b", "", "75 002", "PARIS", "FR")),
		living("neighbour", "Zoé", "Durand", at("Durand", "12 rue de la Paix", "Bât. B", "75002", "Paris", "FR")),
		living("aunt", "Anne", "Durand", at("Müller-Petit", "12 rue de la Paix", "Bât. B", "75002", "Paris", "FR")),
		living("other-flat", "Luc", "Müller-Petit", at("Müller-Petit", "12 rue de la Paix", "Bât. C", "75002", "Paris", "FR")),
		living("no-street", "Léo", "Müller-Petit", at("Müller-Petit", "", "", "75002", "Paris", "FR")),
		living("anna", "Anna", "Weiß", at("Weiß", "Lindenstraße 5", "", "10969", "Berlin", "DE")),
	))
	l.give(1, customers(living("otto", "Otto", "Weiss", at("Weiss", "Lindenstr. 5", "", "10969", "Berlin", "DE"))))
	now := noon
	legal, sender := "Maison SARL", "shop@maison.example"
	for _, shop := range l.shops {
		l.ok(l.s.ChangeShopSettings(l.ctx, l.m, shop, relance.ShopSettingsChange{LegalEntity: &legal, SenderEmail: &sender}, now))
	}
	plan := relance.Plan{Trigger: relance.Trigger{Kind: relance.TriggerOneTime}, Reentry: relance.Reentry{Policy: relance.ReentryOnce}, Steps: []relance.CampaignStep{tea("one", 0)}, ExpiresAfter: time.Hour}
	id, err := l.s.AddCampaign(l.ctx, l.m, "everyone", plan, "tester", now)
	l.ok(err)
	_, err = l.s.MoveCampaign(l.ctx, l.m, id, relance.CampaignRunning, now)
	l.ok(err)
	j := &judging{lab: l, now: now}
	_, err = l.s.Evaluate(l.ctx, l.m, 100, j.decide, now)
	l.ok(err)
	due, _, err := l.s.TakeFollowUps(l.ctx, l.m, 100, time.Minute, now)
	l.ok(err)
	if len(due) != 8 {
		t.Fatalf("%d messages are due, want 8: %v", len(due), l.rows(`SELECT p.first_name, v.verdict, v.reason FROM verdicts v JOIN profiles p ON p.id = v.profile_id WHERE v.merchant_id = $1`, l.m))
	}
	l.beginTogether(due, now)
	for _, f := range due {
		l.ok(l.s.Settle(l.ctx, l.m, f, relance.SendSent, "", relance.Detail{}, now))
	}
	want := map[string]int{"Marie": 1, "Jean": 1, "Anna": 1, "Otto": 1}
	l.ok(l.s.EachSituation(l.ctx, l.m, id, now, func(_ *relance.Campaign, f *relance.Facts) {
		if len(f.Household) != want[f.FirstName] {
			t.Errorf("%s %s: %d messages to the household, want %d", f.FirstName, f.LastName, len(f.Household), want[f.FirstName])
		}
		if len(f.Messages) != 1 {
			t.Errorf("%s: %d own messages", f.FirstName, len(f.Messages))
		}
	}))
}

// beginTogether begins eight messages at once, two of them to households that get another: those are
// judged when the others are being sent. Nobody begins them a second time.
func (l *lab) beginTogether(due []*store.FollowUp, now time.Time) {
	l.Helper()
	out := make([]*store.Outgoing, len(due))
	for i, f := range due {
		out[i] = &store.Outgoing{FollowUp: f, Mail: relance.Email{To: "x@example.com", MessageID: f.ID.String()}}
	}
	earlier := map[int]int{}
	judge := func(f *store.FollowUp) relance.Decision {
		earlier[len(f.Facts.Household)]++
		return relance.Decision{Verdict: relance.VerdictSend, Recipient: relance.Recipient{CustomerID: f.CustomerID, ShopID: f.ShopID, Basis: relance.BasisConsent}}
	}
	l.s.BeginSending(l.ctx, l.m, out, judge, time.Minute, now)
	for _, o := range out {
		l.ok(o.Err)
	}
	if earlier[0] != 6 || earlier[1] != 2 {
		l.Errorf("judged with so many messages to the household: %v, want 6 with none and 2 with one", earlier)
	}
	l.s.BeginSending(l.ctx, l.m, out, judge, time.Minute, now)
	for _, o := range out {
		if relance.CodeOf(o.Err) != relance.CodeConflict {
			l.Errorf("a message began twice: %v", o.Err)
		}
	}
}

// TestWhoeverWaitsForAnAnswerIsKnown: the last word of a thread is the customer's; a note that
// came with an order is none.
func TestWhoeverWaitsForAnAnswerIsKnown(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	say := func(thread string, minutes int, from bool, order string) relance.Message {
		return relance.Message{ExternalID: thread + time.Duration(minutes).String(), ThreadID: thread, FromCustomer: from, Text: "Hello", At: noon.Add(time.Duration(minutes) * time.Minute), OrderID: order}
	}
	who := func(id string, list ...relance.Message) relance.Customer {
		return customer(id, func(c *relance.Customer) { c.FirstName, c.Email, c.Messages = id, id+"@example.com", list })
	}
	l.give(0, store.PageRows{Customers: []relance.Customer{
		who("waits", say("1", 0, true, ""), say("2", 5, true, ""), say("2", 6, false, "")),
		who("answered", say("1", 0, true, ""), say("1", 9, false, "")),
		who("again", say("1", 0, true, ""), say("1", 3, false, ""), say("1", 8, true, "")),
		who("note", say("1", 0, true, "o1")),
		who("complains", say("1", 0, true, "o2")),
		who("nobody"),
	}, Orders: []relance.Order{
		order("o1", "note", "10", func(o *relance.Order) { o.PlacedAt = noon.Add(-time.Minute) }),
		order("o2", "complains", "10", func(o *relance.Order) { o.PlacedAt = noon.Add(-72 * time.Hour) }),
	}})
	plan := relance.Plan{Trigger: relance.Trigger{Kind: relance.TriggerOneTime}, Steps: []relance.CampaignStep{tea("one", 0)}}
	id, err := l.s.AddCampaign(l.ctx, l.m, "everyone", plan, "tester", noon)
	l.ok(err)
	want := map[string]*time.Time{"waits": at0(0), "again": at0(8), "complains": at0(0)}
	seen := map[uuid.UUID]bool{}
	l.ok(l.s.EachSituation(l.ctx, l.m, id, noon, func(_ *relance.Campaign, f *relance.Facts) {
		seen[f.ProfileID] = true
		if w := want[f.FirstName]; (w == nil) != (f.Unanswered == nil) || w != nil && !w.Equal(*f.Unanswered) {
			t.Errorf("%s: unanswered since %v, want %v", f.FirstName, f.Unanswered, w)
		}
	}))
	if len(seen) != 6 {
		t.Errorf("%d people were seen", len(seen))
	}
}

func at0(minutes int) *time.Time {
	t := noon.Add(time.Duration(minutes) * time.Minute)
	return &t
}
