package campaign

import (
	"testing"
	"time"

	"github.com/relance/relance"
)

// byLetter is a campaign whose step is a letter.
func byLetter() *relance.Campaign {
	c := carts()
	c.Plan.Letters = &relance.LetterTerms{BalancingTest: "customers expect a word on their order"}
	c.Plan.Steps[0].Email = nil
	c.Plan.Steps[0].Letter = map[string]relance.LetterText{"fr": {Subject: "Bonjour", Body: "Bonjour"}}
	return c
}

// byEither is one that writes a letter where e-mail is not allowed.
func byEither() *relance.Campaign {
	c := byLetter()
	c.Plan.Steps[0].Email = step("one", 0).Email
	return c
}

// buyer left a cart, bought once, and lives where the post finds them.
func buyer() *relance.Facts {
	f := withCart()
	f.Orders = []relance.FactOrder{order(60*day, "50")}
	f.Records[0].Address = &relance.Address{FirstName: "Marie", LastName: "Exemple", Line1: "1 rue de l'Exemple", PostalCode: "69002", City: "Lyon", CountryCode: "FR"}
	for id, s := range f.Merchant.Shops {
		s.Letterhead, s.PostsFrom = true, "FR"
		f.Merchant.Shops[id] = s
	}
	return f
}

func TestLetters(t *testing.T) {
	t.Parallel()
	shop := func(change func(*relance.FactShop)) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) {
			s := f.Merchant.Shops[shopA]
			change(&s)
			f.Merchant.Shops[shopA] = s
		}
	}
	address := func(change func(*relance.Address)) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) { change(f.Records[0].Address) }
	}
	never := func(_ *relance.Campaign, f *relance.Facts) { f.Orders = nil }
	stop := func(x relance.FactNoLetters) func(*relance.Campaign, *relance.Facts) {
		return func(_ *relance.Campaign, f *relance.Facts) { f.NoLetters = []relance.FactNoLetters{x} }
	}
	decideAll(t, []deciding{
		{"a letter", nil, "SEND one"},
		{"nobody prints", shop(func(s *relance.FactShop) { s.PostsFrom = "" }), "REFUSE NO_PRINTER"},
		{"no letterhead", shop(func(s *relance.FactShop) { s.Letterhead = false }), "REFUSE NO_LETTERHEAD"},
		{"no sender of e-mail is needed", shop(func(s *relance.FactShop) { s.SenderEmail = "" }), "SEND one"},
		{"no address", func(_ *relance.Campaign, f *relance.Facts) { f.Records[0].Address = nil }, "REFUSE NO_POSTAL_ADDRESS"},
		{"no street", address(func(a *relance.Address) { a.Line1 = "" }), "REFUSE NO_POSTAL_ADDRESS"},
		{"a postcode that is none", address(func(a *relance.Address) { a.PostalCode = "6900" }), "REFUSE NO_POSTAL_ADDRESS"},
		{"no e-mail address is needed", func(_ *relance.Campaign, f *relance.Facts) { f.Records[0].Email = "" }, "SEND one"},
		{"never bought", never, "REFUSE NEVER_BOUGHT"},
		{"never bought, and the balancing test covers it", func(c *relance.Campaign, f *relance.Facts) {
			never(c, f)
			c.Plan.Letters.Prospects = true
		}, "SEND one"},
		{"bought at another controller only", func(_ *relance.Campaign, f *relance.Facts) { f.Orders[0].SourceID = shopC }, "REFUSE NEVER_BOUGHT"},
		{"said yes to letters", func(c *relance.Campaign, f *relance.Facts) {
			never(c, f)
			f.Consents = append(f.Consents, relance.FactConsent{CustomerID: recordA, Channel: relance.ChannelLetter, State: relance.ConsentGranted})
		}, "SEND one"},
		{"said no to letters", func(_ *relance.Campaign, f *relance.Facts) {
			f.Consents = append(f.Consents, relance.FactConsent{CustomerID: recordA, Channel: relance.ChannelLetter, State: relance.ConsentRefused})
		}, "REFUSE OBJECTED"},
		{"objected by a letter's link", stop(relance.FactNoLetters{CustomerID: recordA, Reason: relance.StoppedByObjection}), "REFUSE OBJECTED"},
		{"one came back", stop(relance.FactNoLetters{CustomerID: recordA, Reason: relance.StoppedByPost, AddressKey: buyer().Records[0].Address.Key()}), "REFUSE UNDELIVERABLE"},
		{"one came back from where they lived before", stop(relance.FactNoLetters{CustomerID: recordA, Reason: relance.StoppedByPost, AddressKey: "another"}), "SEND one"},
		{"on a Robinson list", func(_ *relance.Campaign, f *relance.Facts) { f.Records[0].Robinson = true }, "REFUSE ROBINSON"},
		{"on a Robinson list, and asked for letters", func(_ *relance.Campaign, f *relance.Facts) {
			f.Records[0].Robinson = true
			f.Consents = append(f.Consents, relance.FactConsent{CustomerID: recordA, Channel: relance.ChannelLetter, State: relance.ConsentConfirmed})
		}, "SEND one"},
		{"abroad without a rule", address(func(a *relance.Address) { a.CountryCode, a.PostalCode = "PT", "1000-001" }), "REFUSE NO_CONSENT"},
		{"deceased", func(_ *relance.Campaign, f *relance.Facts) { f.Labels = []string{"décédée"} }, "REFUSE DO_NOT_CONTACT"},
		{"ordered since", func(_ *relance.Campaign, f *relance.Facts) { f.Orders[0].PlacedAt = ago(time.Hour) }, "REFUSE ALREADY_ORDERED"},
		{"the money is used up", func(c *relance.Campaign, _ *relance.Facts) {
			c.Plan.Budget.TotalCost, c.Used.TotalCost = dec("10"), dec("10")
		}, "REFUSE BUDGET"},
		{"the day's money is used up", func(c *relance.Campaign, _ *relance.Facts) {
			c.Plan.Budget.DailyCost, c.Used.DailyCost = dec("10"), dec("10.2")
		}, "WAIT BUDGET 12h0m"},
	}, byLetter, buyer)
}

// The night holds e-mail back, and no letter.
func TestLettersAreOrderedAtAnyHour(t *testing.T) {
	t.Parallel()
	night := time.Date(2026, 6, 16, 22, 0, 0, 0, time.UTC)
	f := buyer()
	f.Since = night
	f.Carts[0].ActiveAt, f.Carts[0].StartedAt = night.Add(-5*time.Hour), night.Add(-5*time.Hour)
	if got := told(Decide(byLetter(), f, night), night); got != "SEND one" {
		t.Error(got)
	}
}

// An abandoned cart of a German customer without opt-in: no e-mail, a letter by its own rule.
func TestALetterTakesThePlaceOfAnEmail(t *testing.T) {
	t.Parallel()
	german := func() *relance.Facts {
		f := buyer()
		f.Records[0].Country, f.Consents = "DE", nil
		*f.Records[0].Address = relance.Address{FirstName: "Jörg", LastName: "Beispiel", Line1: "Musterweg 1", PostalCode: "10115", City: "Berlin", CountryCode: "DE"}
		return f
	}
	for _, x := range []struct {
		name    string
		change  func(*relance.Facts)
		want    string
		channel relance.ConsentChannel
		not     relance.Reason
		basis   relance.LegalBasis
	}{
		{"no opt-in, bought", func(*relance.Facts) {}, "SEND one", relance.ChannelLetter, relance.ReasonNoConsent, relance.BasisInterest},
		{"no opt-in, never bought", func(f *relance.Facts) { f.Orders = nil }, "REFUSE NEVER_BOUGHT", "", relance.ReasonNoConsent, ""},
		{"opt-in", func(f *relance.Facts) {
			f.Consents = []relance.FactConsent{{CustomerID: recordA, Channel: relance.ChannelEmail, State: relance.ConsentConfirmed}}
		}, "SEND one", relance.ChannelEmail, "", relance.BasisConsent},
		{"unsubscribed: no letter instead", func(f *relance.Facts) {
			f.Consents = []relance.FactConsent{{CustomerID: recordA, Channel: relance.ChannelEmail, State: relance.ConsentWithdrawn}}
		}, "REFUSE OBJECTED", "", "", ""},
		{"the mailbox is gone", func(f *relance.Facts) {
			f.Stopped = []relance.FactStopped{{CustomerID: recordA, Email: f.Records[0].Email, Reason: relance.StoppedByBounce}}
		}, "SEND one", relance.ChannelLetter, relance.ReasonBounced, relance.BasisInterest},
	} {
		f := german()
		x.change(f)
		d := Decide(byEither(), f, tuesday)
		if told(d, tuesday) != x.want || d[0].Channel != x.channel || d[0].NotByEmail != x.not || d[0].Verdict == relance.VerdictSend && d[0].Recipient.Basis != x.basis {
			t.Errorf("%s: %s by %s, not by e-mail: %s, on %s", x.name, told(d, tuesday), d[0].Channel, d[0].NotByEmail, d[0].Recipient.Basis)
		}
	}
}

// What was decided to be a letter stays one when it is looked at again, and an e-mail an e-mail.
func TestTheChannelStays(t *testing.T) {
	t.Parallel()
	for channel, want := range map[relance.ConsentChannel]relance.Verdict{relance.ChannelLetter: relance.VerdictSend, relance.ChannelEmail: relance.VerdictRefuse} {
		f := buyer()
		f.Consents = nil // no e-mail any more
		u := inState("one", relance.SendDue)
		u.Channel = channel
		e := entered(time.Hour, u)
		f.Enrolments = []relance.Enrolment{e}
		if d := Recheck(byEither(), &e, "one", f, tuesday); d.Verdict != want {
			t.Errorf("%s: %s %v", channel, d.Verdict, d.Reasons)
		}
	}
}

// A step after a letter waits from the day the letter arrives.
func TestTheStepAfterALetterWaitsForItsArrival(t *testing.T) {
	t.Parallel()
	c, f := byEither(), buyer()
	c.Plan.Steps = append(c.Plan.Steps, step("two", day))
	arrives := tuesday.Add(2 * day)
	u := sent("one", 0)
	u.SentAt, u.Channel = &arrives, relance.ChannelLetter
	f.Enrolments = []relance.Enrolment{entered(time.Hour, u)}
	if got := told(Decide(c, f, tuesday), tuesday); got != "WAIT STEP_WAITS 72h0m" {
		t.Error(got)
	}
}

func TestLetterGroundsHaveSources(t *testing.T) {
	t.Parallel()
	for country, source := range letterLaws {
		if len(country) != 2 || source == "" {
			t.Errorf("%q: %q", country, source)
		}
	}
}
