package connectortest

import (
	"slices"
	"testing"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// testOrdersOf looks for somebody's orders the moment they are made.
func testOrdersOf(t *testing.T, p Platform) {
	seed := p.contents(6)
	shop := p.Open(t, seed, nil)
	finder, ok := shop.Connect(t, true).(connectors.OrderFinder)
	if !ok {
		t.Skip("SKIPPED: the platform cannot look for somebody's orders")
	}
	who := seed.Customers[0]
	of := func(customers, emails []string) []string {
		t.Helper()
		ids, err := finder.OrdersOf(t.Context(), customers, emails)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(ids)
		return ids
	}
	var want []string
	for _, o := range seed.Orders {
		if o.CustomerID == who.ExternalID {
			want = append(want, o.ExternalID)
		}
	}
	slices.Sort(want)
	if got := of([]string{who.ExternalID}, nil); !slices.Equal(got, want) {
		t.Errorf("by customer: %v, want %v", got, want)
	}
	again := seed.Orders[0]
	again.ExternalID, again.CustomerID, again.Email = "900001", who.ExternalID, who.Email
	shop.PutOrder(again)
	if got := of([]string{who.ExternalID}, nil); !slices.Contains(got, "900001") {
		t.Errorf("the order of this moment is not among %v", got)
	}
	if got := of(nil, []string{who.Email}); !slices.Contains(got, "900001") {
		t.Errorf("by e-mail it is not among %v", got)
	}
	for _, nobody := range [][]string{nil, {""}, {"nobody@example.org"}, {"a|b@example.org"}, {"o'hara@example.org"}, {`"]x"@example.org`}} {
		if got := of([]string{"x", ""}, nobody); len(got) > 0 {
			t.Errorf("%q: %v", nobody, got)
		}
	}
}

// testWithdraw passes an objection on to the shop, as often as it is asked.
func testWithdraw(t *testing.T, p Platform) {
	seed := p.contents(6)
	i := slices.IndexFunc(seed.Customers, func(c relance.Customer) bool { return emailState(c) == relance.ConsentGranted })
	if i < 0 {
		i = 0
		seed.Customers[0].Consents = []relance.Consent{{Channel: relance.ChannelEmail, State: relance.ConsentGranted, Since: &seed.Customers[0].CreatedAt}}
	}
	who := seed.Customers[i].ExternalID
	shop := p.Open(t, seed, nil)
	c := shop.Connect(t, true)
	w, ok := c.(connectors.ConsentWithdrawer)
	if !ok {
		t.Skip("SKIPPED: the platform takes no objections")
	}
	for range 2 {
		if err := w.WithdrawConsent(t.Context(), who); err != nil {
			t.Fatal(err)
		}
	}
	page, err := c.(connectors.Fetcher).Fetch(t.Context(), relance.KindCustomers, []string{who})
	if err != nil || len(page.Customers) != 1 {
		t.Fatalf("fetch: %v, %d customers", err, len(page.Customers))
	}
	got := page.Customers[0]
	if emailState(got) != relance.ConsentWithdrawn {
		t.Errorf("the shop says %s", emailState(got))
	}
	if was := seed.Customers[i]; got.Email != was.Email || got.LastName != was.LastName || len(got.Addresses) != len(was.Addresses) {
		t.Errorf("more changed than the consent: %+v", got)
	}
	if err := w.WithdrawConsent(t.Context(), "999999"); err != nil {
		t.Errorf("somebody who is gone: %v", err)
	}
	if err := w.WithdrawConsent(t.Context(), "1; DROP"); relance.CodeOf(err) != relance.CodeBadInput {
		t.Errorf("no id: %v", err)
	}
}

func emailState(c relance.Customer) relance.ConsentState {
	for _, k := range c.Consents {
		if k.Channel == relance.ChannelEmail && k.Preference == "" {
			return k.State
		}
	}
	return relance.ConsentUnknown
}
