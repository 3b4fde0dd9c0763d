package campaign

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// TestEmailLaw is the law as a table: for each country what a consumer and a business may get
// by what they said, without and with (+) a purchase under the shop's notice.
//
//	– nothing said · P asked, not confirmed · G a single yes · C a confirmed yes · R refused · W withdrawn
//
// The answers: c consent, x existing customer, b business, . none, ! objected.
func TestEmailLaw(t *testing.T) {
	t.Parallel()
	states := []relance.ConsentState{relance.ConsentUnknown, relance.ConsentPending, relance.ConsentGranted, relance.ConsentConfirmed, relance.ConsentRefused, relance.ConsentWithdrawn}
	answers := map[relance.LegalBasis]string{relance.BasisConsent: "c", relance.BasisExistingCustomer: "x", relance.BasisBusiness: "b"}
	type row struct {
		country  string
		business bool
		// –  P  G  C  R  W, then the same with a purchase
		without, with string
		source        string
	}
	rows := []row{
		{"DE", false, ".??c!!", "xxxc!!", "UWG § 7 (2) 2: express consent, which courts take for proven by double opt-in only; § 7 (3): existing customers"},
		{"DE", true, ".??c!!", "xxxc!!", "UWG § 7 (2) 2 knows no exception for businesses"},
		{"AT", false, ".??c!!", "xxxc!!", "TKG 2021 § 174 (3), (4)"},
		{"AT", true, ".??c!!", "xxxc!!", "TKG 2021 § 174: businesses like consumers"},
		{"CH", false, ".??c!!", "xxxc!!", "UWG art. 3 (1) o: consent, or a sale with a pointer to the right to object"},
		{"CH", true, ".??c!!", "xxxc!!", "UWG art. 3 (1) o: everybody"},
		{"FR", false, "..cc!!", "xxcc!!", "CPCE L.34-5: consent of natural persons; after a sale, similar goods"},
		{"FR", true, "bbcc!!", "xxcc!!", "CNIL: professionals may be written to about their work until they object"},
		{"BE", false, "..cc!!", "xxcc!!", "CDE XII.13; AR of 4 April 2003 art. 1, 1°"},
		{"BE", true, "bbcc!!", "xxcc!!", "AR of 4 April 2003 art. 1, 2°: legal persons"},
		{"LU", false, "..cc!!", "xxcc!!", "Law of 30 May 2005 art. 11"},
		{"LU", true, "bbcc!!", "xxcc!!", "Law of 30 May 2005 art. 11: natural persons only"},
		{"GB", false, "..cc!!", "xxcc!!", "PECR 2003 reg. 22 (2), (3): consent of individual subscribers; after a sale, similar goods"},
		{"GB", true, "bbcc!!", "xxcc!!", "PECR 2003 reg. 22 (1): individual subscribers only"},
		{"NL", false, "..cc!!", "xxcc!!", "Tw 11.7"},
		{"NL", true, "..cc!!", "xxcc!!", "Tw 11.7: legal persons too"},
		{"IT", false, "..cc!!", "xxcc!!", "Codice privacy art. 130 (1), (4)"},
		{"IT", true, "..cc!!", "xxcc!!", "Codice privacy art. 130: subscribers of every kind"},
		{"ES", false, "..cc!!", "xxcc!!", "LSSI art. 21"},
		{"ES", true, "..cc!!", "xxcc!!", "LSSI art. 21: everybody"},
		{"", false, ".??c!!", ".??c!!", "unknown: the strictest, without its exceptions"},
		{"", true, ".??c!!", ".??c!!", "unknown"},
		{"US", false, ".??c!!", ".??c!!", "not in the table: as unknown"},
		{"US", true, ".??c!!", ".??c!!", "not in the table"},
		{"fr", false, ".??c!!", ".??c!!", "a code that is none"},
	}
	cases := 0
	seen := map[string]bool{}
	for _, r := range rows {
		seen[r.country] = true
		for bought, want := range map[bool]string{false: r.without, true: r.with} {
			for i, state := range states {
				cases++
				basis, reason := ground(legalQuestion{country: r.country, business: r.business, state: state, bought: bought})
				got := answers[basis]
				switch reason {
				case relance.ReasonObjected:
					got += "!"
				case relance.ReasonNoConsent:
					got += "."
				case relance.ReasonNotConfirmed:
					got += "?"
				}
				if got != string(want[i]) {
					t.Errorf("%q business %t, %s, bought %t: got %s, want %c (%s)", r.country, r.business, state, bought, got, want[i], r.source)
				}
			}
		}
	}
	if cases < 60 {
		t.Errorf("only %d cases", cases)
	}
	for country, law := range emailLaws {
		if !seen[country] || strings.TrimSpace(law.source) == "" {
			t.Errorf("%s: each country needs its rows here and its source", country)
		}
	}
}

// TestWhoseConsentServes tells whose words count when shop A writes.
func TestWhoseConsentServes(t *testing.T) {
	t.Parallel()
	type said struct {
		record uuid.UUID
		state  relance.ConsentState
	}
	in := func(list ...said) func(*relance.Facts) {
		return func(f *relance.Facts) {
			f.Consents = nil
			for _, x := range list {
				f.Consents = append(f.Consents, relance.FactConsent{CustomerID: x.record, Channel: relance.ChannelEmail, State: x.state})
			}
		}
	}
	at := func(shop uuid.UUID, then func(*relance.Facts)) func(*relance.Facts) {
		return func(f *relance.Facts) { f.Records[1].SourceID = shop; then(f) }
	}
	unnamed := func(shop uuid.UUID, then func(*relance.Facts)) func(*relance.Facts) {
		return func(f *relance.Facts) {
			s := f.Merchant.Shops[shop]
			s.Controller = ""
			f.Merchant.Shops[shop] = s
			then(f)
		}
	}
	const (
		yes, single, asked, no, out = relance.ConsentConfirmed, relance.ConsentGranted, relance.ConsentPending, relance.ConsentRefused, relance.ConsentWithdrawn
	)
	for _, x := range []struct {
		name   string
		change func(*relance.Facts)
		want   string
	}{
		{"a yes at the shop", in(said{recordA, yes}), "SEND one"},
		{"a yes at another shop of the controller", in(said{recordB, yes}), "SEND one"},
		{"the same name written otherwise", func(f *relance.Facts) {
			s := f.Merchant.Shops[shopB]
			s.Controller = " MAISON  sarl"
			f.Merchant.Shops[shopB] = s
			in(said{recordB, yes})(f)
		}, "SEND one"},
		{"a yes given to another controller", at(shopC, in(said{recordB, yes})), "REFUSE NO_CONSENT"},
		{"a no given to another controller", at(shopC, in(said{recordA, yes}, said{recordB, out})), "SEND one"},
		{"yes here, withdrawn there", in(said{recordA, yes}, said{recordB, out}), "REFUSE OBJECTED"},
		{"withdrawn there, yes here", in(said{recordB, out}, said{recordA, yes}), "REFUSE OBJECTED"},
		{"yes here, refused there", in(said{recordA, yes}, said{recordB, no}), "REFUSE OBJECTED"},
		{"yes here, asked there", in(said{recordA, yes}, said{recordB, asked}), "REFUSE NO_CONSENT"},
		{"confirmed here, single there", in(said{recordA, yes}, said{recordB, single}), "SEND one"},
		{"nothing said there takes nothing away", in(said{recordA, yes}, said{recordB, relance.ConsentUnknown}), "SEND one"},
		{"a yes by letter only", func(f *relance.Facts) { f.Consents[0].Channel = relance.ChannelLetter }, "REFUSE NO_CONSENT"},
		{"a yes to a named list only", func(f *relance.Facts) { f.Consents[0].Preference = "news" }, "REFUSE NO_CONSENT"},
		{"two shops that name nobody are not one", unnamed(shopA, unnamed(shopB, in(said{recordB, yes}))), "REFUSE NO_CONSENT"},
		{"but their customers' no is heard", unnamed(shopA, unnamed(shopB, in(said{recordA, yes}, said{recordB, out}))), "REFUSE OBJECTED"},
		{"a yes at the shop itself needs no name", unnamed(shopA, in(said{recordA, yes})), "SEND one"},
		{"a yes that was imported", at(uuid.New(), in(said{recordB, yes})), "REFUSE NO_CONSENT"},
		{"a no that was imported", at(uuid.New(), in(said{recordA, yes}, said{recordB, out})), "REFUSE OBJECTED"},
		{"a yes of a record that is gone", func(f *relance.Facts) { f.Records[1].Deleted = true; in(said{recordB, yes})(f) }, "REFUSE NO_CONSENT"},
		{"a no of a record that is gone", func(f *relance.Facts) { f.Records[1].Deleted = true; in(said{recordA, yes}, said{recordB, out})(f) }, "REFUSE OBJECTED"},
	} {
		f := withCart()
		f.Records = append(f.Records, relance.FactRecord{CustomerID: recordB, SourceID: shopB, ExternalID: "b", Active: true, Email: "marie@example.com", Country: "FR"})
		x.change(f)
		if got := told(Decide(carts(), f, tuesday), tuesday); got != x.want {
			t.Errorf("%s: got %s, want %s", x.name, got, x.want)
		}
	}
}

// TestBoughtUnderNotice: a German cart without any consent, by what was bought when.
func TestBoughtUnderNotice(t *testing.T) {
	t.Parallel()
	date := func(s string) *time.Time {
		at, err := time.Parse(time.DateOnly, s)
		if err != nil {
			panic(err)
		}
		return &at
	}
	for _, x := range []struct {
		name   string
		notice *time.Time
		change func(*relance.FactOrder)
		want   string
	}{
		{"bought since", date("2026-01-01"), func(*relance.FactOrder) {}, "SEND one"},
		{"never declared", nil, func(*relance.FactOrder) {}, "REFUSE NO_CONSENT"},
		{"bought before", date("2026-06-01"), func(*relance.FactOrder) {}, "REFUSE NO_CONSENT"},
		{"at the midnight of the shop's zone", date("2026-03-01"), func(o *relance.FactOrder) { o.PlacedAt = time.Date(2026, 2, 28, 23, 0, 0, 0, time.UTC) }, "SEND one"},
		{"before that midnight", date("2026-03-01"), func(o *relance.FactOrder) { o.PlacedAt = time.Date(2026, 2, 28, 22, 59, 59, 0, time.UTC) }, "REFUSE NO_CONSENT"},
		{"cancelled", date("2026-01-01"), func(o *relance.FactOrder) { o.State, o.Counted = relance.OrderCancelled, false }, "REFUSE NO_CONSENT"},
		{"at a sister shop that declared nothing", date("2026-01-01"), func(o *relance.FactOrder) { o.SourceID = shopB }, "REFUSE NO_CONSENT"},
		{"at another controller's", date("2026-01-01"), func(o *relance.FactOrder) { o.SourceID = shopC }, "REFUSE NO_CONSENT"},
	} {
		f := withCart()
		f.Consents, f.Records[0].Country = nil, "DE"
		s := f.Merchant.Shops[shopA]
		s.NoticeSince = x.notice
		f.Merchant.Shops[shopA] = s
		o := order(60*day, "10")
		x.change(&o)
		f.Orders = []relance.FactOrder{o}
		if got := told(Decide(carts(), f, tuesday), tuesday); got != x.want {
			t.Errorf("%s: got %s, want %s", x.name, got, x.want)
		}
	}
}
