package campaign

import (
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/relance/relance"
)

// asking is the cart campaign whose step asks for the preference news on both channels.
func asking(letter bool) *relance.Campaign {
	c := carts()
	s := &c.Plan.Steps[0]
	s.EmailPreference, s.LetterPreference = "News", "News"
	if letter {
		s.Letter = map[string]relance.LetterText{"fr": {Subject: "Bonjour", Body: "Bonjour"}}
		c.Plan.Letters = &relance.LetterTerms{BalancingTest: "Past buyers"}
	}
	return c
}

func mailSaid(preference string, state relance.ConsentState) relance.FactConsent {
	return relance.FactConsent{CustomerID: recordA, Channel: relance.ChannelEmail, Preference: preference, State: state}
}

// TestAStepAsksForAPreference: what was said of the channel as a whole and of the preference, and the stricter wins.
func TestAStepAsksForAPreference(t *testing.T) {
	t.Parallel()
	const (
		yes, single, pending, no, out = relance.ConsentConfirmed, relance.ConsentGranted, relance.ConsentPending, relance.ConsentRefused, relance.ConsentWithdrawn
	)
	said := func(whole relance.ConsentState, named ...relance.FactConsent) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) { f.Consents = append(named, mailSaid("", whole)) }
	}
	german := func(bought bool, then func(*relance.Campaign, *relance.Facts)) func(*relance.Campaign, *relance.Facts) {
		return func(c *relance.Campaign, f *relance.Facts) {
			then(c, f)
			f.Records[0].Country = "DE"
			if bought {
				s, since := f.Merchant.Shops[shopA], ago(300*day)
				s.NoticeSince = &since
				f.Merchant.Shops[shopA] = s
				f.Orders = []relance.FactOrder{order(60*day, "10")}
			}
		}
	}
	decideAll(t, []deciding{
		{"yes to both", said(single, mailSaid("news", single)), "SEND one"},
		{"yes to the channel alone", said(yes), "REFUSE NO_PREFERENCE"},
		{"yes to the preference alone", said(relance.ConsentUnknown, mailSaid("news", yes)), "REFUSE NO_CONSENT"},
		{"yes to another preference", said(yes, mailSaid("wine", yes)), "REFUSE NO_PREFERENCE"},
		{"asked for the preference, not confirmed", said(yes, mailSaid("news", pending)), "REFUSE NO_PREFERENCE"},
		{"no to the preference", said(yes, mailSaid("news", no)), "REFUSE OBJECTED"},
		{"withdrew the preference", said(yes, mailSaid("news", out)), "REFUSE OBJECTED"},
		{"no to the channel", said(out, mailSaid("news", yes)), "REFUSE OBJECTED"},
		{"no to another preference", said(yes, mailSaid("news", yes), mailSaid("wine", out)), "SEND one"},
		{"by letter only", func(_ *relance.Campaign, f *relance.Facts) {
			f.Consents = append(f.Consents, relance.FactConsent{CustomerID: recordA, Channel: relance.ChannelLetter, Preference: "news", State: yes})
		}, "REFUSE NO_PREFERENCE"},
		{"a yes given to another controller", func(_ *relance.Campaign, f *relance.Facts) {
			f.Records = append(f.Records, relance.FactRecord{CustomerID: recordB, SourceID: shopC, ExternalID: "b", Active: true, Email: "marie@example.com", Country: "FR"})
			f.Consents = append(f.Consents, relance.FactConsent{CustomerID: recordB, Channel: relance.ChannelEmail, Preference: "news", State: yes})
		}, "REFUSE NO_PREFERENCE"},
		{"Germany wants the preference confirmed too", german(false, said(yes, mailSaid("news", single))), "REFUSE NO_PREFERENCE"},
		{"and takes it confirmed", german(false, said(yes, mailSaid("news", yes))), "SEND one"},
		{"a customer may be written to without", german(true, said(relance.ConsentUnknown)), "SEND one"},
		{"but not after a no to it", german(true, said(relance.ConsentUnknown, mailSaid("news", no))), "REFUSE OBJECTED"},
		{"a step that asks for none", func(c *relance.Campaign, _ *relance.Facts) { c.Plan.Steps[0].EmailPreference = "" }, "SEND one"},
	}, func() *relance.Campaign { return asking(false) }, withCart)
}

// TestNamingAPreferenceLetsNobodyMoreThrough: by whatever was said where, and however the law is, whoever gets a message
// on a channel with a preference named would have got it on that channel without.
func TestNamingAPreferenceLetsNobodyMoreThrough(t *testing.T) {
	t.Parallel()
	states := []relance.ConsentState{relance.ConsentUnknown, relance.ConsentPending, relance.ConsentGranted, relance.ConsentConfirmed, relance.ConsentRefused, relance.ConsentWithdrawn}
	sent := 0
	rapid.Check(t, func(t *rapid.T) {
		facts := withCart()
		facts.Consents = nil
		for range rapid.IntRange(0, 6).Draw(t, "words") {
			facts.Consents = append(facts.Consents, relance.FactConsent{
				CustomerID: rapid.SampledFrom([]uuid.UUID{recordA, recordB}).Draw(t, "record"), Channel: rapid.SampledFrom([]relance.ConsentChannel{relance.ChannelEmail, relance.ChannelLetter}).Draw(t, "channel"),
				Preference: rapid.SampledFrom([]string{"", "news", "NEWS", "wine"}).Draw(t, "preference"), State: rapid.SampledFrom(states).Draw(t, "state"),
				Controller: rapid.SampledFrom([]string{"", "Maison SARL", "Other GmbH"}).Draw(t, "controller"), Address: rapid.SampledFrom([]string{"", "marie@example.com", "old@example.com"}).Draw(t, "address")})
		}
		r := &facts.Records[0]
		r.Country, r.Business = rapid.SampledFrom([]string{"DE", "FR", "GB", "US", ""}).Draw(t, "country"), rapid.Bool().Draw(t, "business")
		r.Robinson = rapid.Bool().Draw(t, "robinson")
		r.Address = &relance.Address{LastName: "Exemple", Line1: "5 rue de l'Essai", PostalCode: "69003", City: "Lyon", CountryCode: "FR"}
		facts.Records = append(facts.Records, relance.FactRecord{CustomerID: recordB, SourceID: rapid.SampledFrom([]uuid.UUID{shopB, shopC}).Draw(t, "other shop"), ExternalID: "b", Active: true, Email: "marie@example.com", Country: r.Country})
		s, since := facts.Merchant.Shops[shopA], ago(300*day)
		s.Letterhead, s.PostsFrom = true, "FR"
		if rapid.Bool().Draw(t, "notice") {
			s.NoticeSince = &since
		}
		facts.Merchant.Shops[shopA] = s
		if rapid.Bool().Draw(t, "bought") {
			facts.Orders = []relance.FactOrder{order(60*day, "10")}
		}
		named := asking(rapid.Bool().Draw(t, "letter"))
		plain := asking(len(named.Plan.Steps[0].Letter) > 0)
		plain.Plan.Steps[0].EmailPreference, plain.Plan.Steps[0].LetterPreference = "", ""
		with, without := Decide(named, facts, tuesday)[0], Decide(plain, facts, tuesday)[0]
		if with.Verdict == relance.VerdictSend {
			sent++
			if without.Verdict != relance.VerdictSend || without.Channel != with.Channel {
				t.Fatalf("by %s with the preference, without: %+v", with.Channel, without)
			}
		}
	})
	if sent == 0 {
		t.Error("nobody is sent anything: nothing was tried")
	}
}
