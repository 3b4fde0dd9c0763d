package store_test

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// posts lets a step's letter be ordered for a record, at a price or none, and gives its message.
func (f *followed) posts(at time.Time, profile uuid.UUID, key string, shop int, record string, printer uuid.UUID, price *relance.Money, address ...relance.Address) uuid.UUID {
	f.Helper()
	s := tea("one", 0)
	to := relance.Recipient{CustomerID: f.record(shop, record), ShopID: f.shops[shop], Basis: relance.BasisInterest}
	f.decide(at, profile, relance.Decision{CampaignID: f.campaign, Version: f.version, Instance: relance.Instance{Key: key, At: at}, Enter: true, Step: &s, Channel: relance.ChannelLetter,
		Verdict: relance.VerdictSend, DueAt: at, ExpiresAt: at.Add(time.Hour), Recipient: to})
	due, _, err := f.s.TakeFollowUps(f.ctx, f.m, 100, time.Minute, at)
	f.ok(err)
	if len(due) != 1 {
		f.Fatalf("%d letters are due", len(due))
	}
	u := due[0]
	sum, addressKey := sha256.Sum256([]byte(key)), "k"+key
	for _, a := range address {
		addressKey = a.Key()
	}
	f.ok(f.s.KeepLetter(f.ctx, f.m, &relance.Letter{FollowUpID: u.ID, Code: "C" + key, PrinterID: printer, Recipient: []string{"X"}, Country: "FR", AddressKey: addressKey, Language: "fr", Layout: "fr-dl", Pages: 1, File: sum[:]},
		[]byte(key), at.AddDate(3, 0, 0), at))
	_, err = f.s.BeginOrder(f.ctx, f.m, u, "x"+key, price, func(*store.FollowUp) relance.Decision {
		return relance.Decision{Verdict: relance.VerdictSend, Recipient: to}
	}, time.Minute, at)
	f.ok(err)
	f.ok(f.s.Ordered(f.ctx, f.m, u, relance.PrintStatus{State: relance.PrintAccepted}, nil, at))
	return u.ID
}

// Letters stand in the line of the currency of their price; what was never printed costs nothing.
func TestAMonthsLettersAreReported(t *testing.T) {
	t.Parallel()
	f := follow(newLab(t), 10)
	f.give(0, customers(customer("c", func(c *relance.Customer) { c.Email, c.GroupID, c.GroupName = "c@example.com", "1", "Friends" }), withEmail("d", "d@example.com"), withEmail("e", "e@example.com"),
		withEmail("g", "g@example.com"), withEmail("h", "h@example.com")))
	printer := relance.Printer{ID: uuid.New(), Kind: relance.PrinterHand, Name: "Own", PostsFrom: "FR"}
	f.ok(f.s.AddPrinter(f.ctx, f.m, printer, campaignStart))
	euros, francs := &relance.Money{Amount: dec("1.05"), Currency: "EUR"}, &relance.Money{Amount: dec("1.3"), Currency: "CHF"}
	// The last hour of March in UTC is April in Paris.
	april := time.Date(2026, 3, 31, 22, 30, 0, 0, time.UTC)
	f.posts(april.Add(-time.Hour), f.id(0, "c"), "c", 0, "c", printer.ID, euros)
	f.posts(april, f.id(0, "d"), "d", 0, "d", printer.ID, euros)
	f.posts(april.Add(time.Minute), f.id(0, "e"), "e", 0, "e", printer.ID, francs)
	f.posts(april.Add(2*time.Minute), f.id(0, "g"), "g", 0, "g", printer.ID, nil)
	never := f.posts(april.Add(3*time.Minute), f.id(0, "h"), "h", 0, "h", printer.ID, euros)
	f.ok(f.s.HearOf(f.ctx, f.m, never, relance.PrintStatus{State: relance.PrintRejected, Raw: "no"}, april.Add(time.Hour)))
	lines := func(month string) (out []string) {
		first, err := relance.ParseMonth(month)
		f.ok(err)
		list, err := f.s.Report(f.ctx, f.m, first, nil)
		f.ok(err)
		for _, r := range list {
			out = append(out, fmt.Sprintf("%s/%s: %d sent, %d letters for %s, %d without a price", r.Group, r.Currency, r.Sent, r.Letters, r.PrintCost, r.UnpricedLetters))
		}
		return out
	}
	if diff := cmp.Diff([]string{"Friends/EUR: 1 sent, 1 letters for 1.05, 0 without a price"}, lines("2026-03")); diff != "" {
		t.Errorf("March: %s", diff)
	}
	if diff := cmp.Diff([]string{"/CHF: 0 sent, 1 letters for 1.3, 0 without a price", "/EUR: 3 sent, 2 letters for 1.05, 1 without a price"}, lines("2026-04")); diff != "" {
		t.Errorf("April: %s", diff)
	}
	if other := lines("2026-05"); len(other) > 0 {
		t.Errorf("May: %v", other)
	}
}
