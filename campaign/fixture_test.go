package campaign

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// tuesday is a working day at noon in Paris: no guard of time speaks.
var tuesday = time.Date(2026, 6, 16, 10, 0, 0, 0, time.UTC)

var paris = zone("Europe/Paris")

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

func id(n byte) uuid.UUID { return uuid.UUID{15: n} }

// The two shops of one controller, and one of another.
var (
	shopA, shopB, shopC = id(1), id(2), id(3)
	cartID, otherCart   = id(11), id(12)
	orderID, otherOrder = id(21), id(22)
	recordA, recordB    = id(31), id(32)
	campaignID          = id(41)
	enrolmentID         = id(51)
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func ago(d time.Duration) time.Time { return tuesday.Add(-d) }

// person is somebody in France with a confirmed yes at shop A, and nothing else.
func person() *relance.Facts {
	shop := func(id uuid.UUID, controller string) relance.FactShop {
		return relance.FactShop{ID: id, Zone: paris, Currency: "EUR", Country: "FR", Language: "fr", Controller: controller, SenderEmail: "shop@maison.example", CanVoucher: true}
	}
	return &relance.Facts{
		Merchant: &relance.FactMerchant{MainCurrency: "EUR", AbandonAfter: time.Hour,
			Rules: relance.SendingRules{CapCount: 3, CapDays: 14, Gap: 24 * time.Hour, QuietFrom: 20, QuietUntil: 8},
			Shops: map[uuid.UUID]relance.FactShop{shopA: shop(shopA, "Maison SARL"), shopB: shop(shopB, "Maison SARL"), shopC: shop(shopC, "Other GmbH")}},
		Since: tuesday, ProfileID: id(9), Language: "fr", CreatedAt: ago(400 * day),
		Records: []relance.FactRecord{{CustomerID: recordA, SourceID: shopA, ExternalID: "a", Kind: relance.IdentityCustomer, Active: true, Email: "marie@example.com", Country: "FR", CreatedAt: ago(400 * day)}},
		Consents: []relance.FactConsent{
			{CustomerID: recordA, Channel: relance.ChannelEmail, State: relance.ConsentConfirmed}},
	}
}

func cart(age time.Duration) relance.FactCart {
	return relance.FactCart{ID: cartID, SourceID: shopA, CustomerID: "a", Currency: "EUR", Language: "de", Value: dec("80"), ValueKnown: true, Items: 2, StartedAt: ago(age), ActiveAt: ago(age)}
}

func order(age time.Duration, net string) relance.FactOrder {
	return relance.FactOrder{ID: orderID, SourceID: shopA, CustomerID: "a", State: relance.OrderDelivered, Counted: true, Paid: true, PlacedAt: ago(age), Currency: "EUR", Language: "fr", Net: dec(net)}
}

func step(key string, after time.Duration) relance.CampaignStep {
	return relance.CampaignStep{Key: key, After: after, Email: map[string]relance.EmailText{"fr": {Subject: "Bonjour", Body: "Bonjour"}}}
}

// running is a campaign of one step that runs since a year.
func running(t relance.Trigger) *relance.Campaign {
	since := ago(365 * day)
	return &relance.Campaign{ID: campaignID, State: relance.CampaignRunning, Version: 1, StartedAt: &since,
		Plan: relance.Plan{Trigger: t, Reentry: relance.Reentry{Policy: relance.ReentryPerObject}, ExpiresAfter: 2 * time.Hour, Steps: []relance.CampaignStep{step("one", 0)}}}
}

func carts() *relance.Campaign {
	return running(relance.Trigger{Kind: relance.TriggerAbandonedCart, MinAge: 4 * time.Hour, MaxAge: 7 * day})
}

// withCart is a person who left a cart five hours ago.
func withCart() *relance.Facts {
	f := person()
	f.Carts = []relance.FactCart{cart(5 * time.Hour)}
	return f
}

// entered is a way through the campaign by the cart, begun some time ago.
func entered(age time.Duration, follow ...relance.FollowUpState) relance.Enrolment {
	shop := shopA
	return relance.Enrolment{ID: enrolmentID, CampaignID: campaignID, InstanceKey: cartKey(cartID), Version: 1, ShopID: &shop, EventAt: ago(age + 4*time.Hour), EnteredAt: ago(age), FollowUps: follow}
}

func sent(key string, age time.Duration) relance.FollowUpState {
	at := ago(age)
	return relance.FollowUpState{ID: id(61), StepKey: key, State: relance.SendSent, DueAt: at, SentAt: &at}
}

func inState(key string, s relance.SendState) relance.FollowUpState {
	return relance.FollowUpState{ID: id(62), StepKey: key, State: s, DueAt: ago(time.Hour)}
}

// told writes decisions in a line: what was decided, why, and for a WAIT how long from now.
func told(ds []relance.Decision, now time.Time) string {
	var out []string
	for i := range ds {
		d := &ds[i]
		s := string(d.Verdict)
		if d.Verdict == relance.VerdictSend || d.Verdict == relance.VerdictAct {
			s += " " + d.Step.Key
		}
		for _, r := range d.Reasons {
			s += " " + string(r)
		}
		if d.Verdict == relance.VerdictWait && !d.Until.IsZero() {
			s += " " + strings.TrimSuffix(d.Until.Sub(now).String(), "0s")
		}
		if d.End {
			s += " END"
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

// deciding is a table of decisions.
type deciding struct {
	name   string
	change func(*relance.Campaign, *relance.Facts)
	want   string
}

func decideAll(t *testing.T, table []deciding, campaign func() *relance.Campaign, facts func() *relance.Facts) {
	t.Helper()
	for _, x := range table {
		t.Run(x.name, func(t *testing.T) {
			c, f := campaign(), facts()
			if x.change != nil {
				x.change(c, f)
			}
			before := fmt.Sprintf("%+v %+v", *c, *f)
			if got := told(Decide(c, f, tuesday), tuesday); got != x.want {
				t.Errorf("got  %s\nwant %s", got, x.want)
			}
			if fmt.Sprintf("%+v %+v", *c, *f) != before {
				t.Error("Decide changed what it was given")
			}
		})
	}
}
