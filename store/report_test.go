package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/relance/relance"
)

// lines writes a report's rows, a line each.
func (f *followed) lines(month string, shops ...uuid.UUID) (out []string) {
	f.Helper()
	first, err := relance.ParseMonth(month)
	f.ok(err)
	list, err := f.s.Report(f.ctx, f.m, first, shops)
	f.ok(err)
	for _, r := range list {
		out = append(out, fmt.Sprintf("%s/%s/%s: %d judged, %d entered, %d sent, vouchers %d made, %d redeemed, %s less %s", r.ShopName, r.Group, r.Currency,
			r.Evaluated, r.Eligible, r.Sent, r.Issued, r.Redeemed, r.Revenue, r.Discount))
	}
	return out
}

// The campaign starts on 7 March 2026 at noon; the shops are in Paris.
func TestAMonthIsReported(t *testing.T) {
	t.Parallel()
	f := follow(newLab(t), 10)
	f.give(0, customers(customer("c", func(c *relance.Customer) { c.Email, c.GroupID, c.GroupName = "c@example.com", "1", "Friends" }), withEmail("d", "d@example.com")))
	f.give(1, customers(withEmail("z", "z@example.com")))
	// The last hour of March in UTC is April in Paris.
	april := time.Date(2026, 3, 31, 22, 30, 0, 0, time.UTC)
	f.enters(april.Add(-time.Hour), f.id(0, "c"), "c", false)
	f.enters(april, f.id(0, "d"), "d", false)
	f.enters(april, f.id(1, "z"), "z", true)
	f.decide(april, f.id(0, "d"), relance.Decision{CampaignID: f.campaign, Version: 1, Instance: relance.Instance{Key: "other"}, Verdict: relance.VerdictRefuse, Reasons: []relance.Reason{relance.ReasonNoConsent}})
	f.sends(april.Add(-time.Hour), f.id(0, "c"), "c", "one", 0, "c", "TEA", nil)
	f.sends(april, f.id(0, "d"), "d", "one", 0, "d", "CUP", nil)
	sale := func(id, customer string, at time.Time, change func(*relance.Order)) relance.Order {
		return order(id, customer, "90", func(o *relance.Order) {
			o.PlacedAt = at
			change(o)
		})
	}
	f.give(0, orders(sale("1", "c", april.Add(time.Hour), both(coded("TEA", "10"), refunded("20"))),
		sale("2", "d", april.Add(2*time.Hour), both(coded("CUP", "7"), func(o *relance.Order) { o.Currency = "USD" }))))
	march := []string{"Shop SHOPIFY/Friends/EUR: 1 judged, 1 entered, 1 sent, vouchers 1 made, 0 redeemed, 0 less 0"}
	if diff := cmp.Diff(march, f.lines("2026-03")); diff != "" {
		t.Errorf("March: %s", diff)
	}
	want := []string{
		"Shop PRESTASHOP//EUR: 1 judged, 1 entered, 0 sent, vouchers 0 made, 0 redeemed, 0 less 0",
		"Shop SHOPIFY//EUR: 2 judged, 1 entered, 1 sent, vouchers 1 made, 1 redeemed, 0 less 0",
		"Shop SHOPIFY//USD: 0 judged, 0 entered, 0 sent, vouchers 0 made, 0 redeemed, 90 less 7",
		"Shop SHOPIFY/Friends/EUR: 0 judged, 0 entered, 0 sent, vouchers 0 made, 1 redeemed, 70 less 10",
	}
	if diff := cmp.Diff(want, f.lines("2026-04")); diff != "" {
		t.Errorf("April: %s", diff)
	}
	if diff := cmp.Diff(want[:1], f.lines("2026-04", f.shops[1])); diff != "" {
		t.Errorf("April, for whoever may see the second shop only: %s", diff)
	}
	if got := f.lines("2026-05"); len(got) != 0 {
		t.Errorf("May: %v", got)
	}
}
