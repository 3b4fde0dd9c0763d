package segment_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/segment"
)

var noon = time.Date(2026, 6, 16, 12, 0, 0, 0, time.UTC)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// marie has two orders in two currencies, a cart that rests since half an hour, and a yes.
func marie() *relance.Facts {
	shop := uuid.UUID{1}
	order := func(days int, currency, net string) relance.FactOrder {
		return relance.FactOrder{SourceID: shop, State: relance.OrderPaid, Counted: true, Paid: true, PlacedAt: noon.AddDate(0, 0, -days), Currency: currency, Net: dec(net)}
	}
	return &relance.Facts{Merchant: &relance.FactMerchant{MainCurrency: "EUR", AbandonAfter: time.Hour}, CreatedAt: noon.AddDate(-1, 0, 0), Labels: []string{"VIP", "Größe"}, Member: true,
		Records:  []relance.FactRecord{{CustomerID: uuid.UUID{2}, SourceID: shop}},
		Orders:   []relance.FactOrder{order(20, "EUR", "30"), order(10, "USD", "5")},
		Carts:    []relance.FactCart{{ActiveAt: noon.Add(-30 * time.Minute)}},
		Consents: []relance.FactConsent{{Channel: relance.ChannelEmail, State: relance.ConsentGranted}, {Channel: relance.ChannelEmail, State: relance.ConsentUnknown}}}
}

// TestFailsNamesWhatDoesNotHold asks for each condition once so that it holds and once so that
// it does not.
func TestFailsNamesWhatDoesNotHold(t *testing.T) {
	t.Parallel()
	yes, no, one, two, three := true, false, 1, 2, 3
	at := func(days int) *time.Time { d := noon.AddDate(0, 0, -days); return &d }
	money := func(lo, hi, currency string) *relance.MoneyRange {
		out := &relance.MoneyRange{Currency: currency}
		if lo != "" {
			d := dec(lo)
			out.Min = &d
		}
		if hi != "" {
			d := dec(hi)
			out.Max = &d
		}
		return out
	}
	for name, x := range map[string]struct{ holds, fails []relance.Filter }{
		"labels": {[]relance.Filter{{Labels: []string{"none", " vip "}}, {Labels: []string{"größe"}}}, []relance.Filter{{Labels: []string{"Press"}}, {Labels: []string{"GRÖSSE"}}}},
		"marketing": {[]relance.Filter{{Marketing: []relance.MarketingFilter{{Channel: relance.ChannelEmail, State: relance.ConsentUnknown}, {Channel: relance.ChannelSMS, State: relance.ConsentUnknown}}}},
			[]relance.Filter{{Marketing: []relance.MarketingFilter{{Channel: relance.ChannelEmail, State: relance.ConsentGranted}}}}},
		"createdBetween":   {[]relance.Filter{{CreatedBetween: &relance.TimeRange{From: at(400)}}, {CreatedBetween: &relance.TimeRange{}}}, []relance.Filter{{CreatedBetween: &relance.TimeRange{From: at(30)}}}},
		"shopIds":          {[]relance.Filter{{ShopIDs: []uuid.UUID{{1}, {9}}}}, []relance.Filter{{ShopIDs: []uuid.UUID{{9}}}}},
		"orderCount":       {[]relance.Filter{{OrderCount: &relance.IntRange{Min: &two, Max: &three}}}, []relance.Filter{{OrderCount: &relance.IntRange{Max: &two}}, {OrderCount: &relance.IntRange{Min: &three}}}},
		"spent":            {[]relance.Filter{{Spent: money("30", "31", "")}, {Spent: money("5", "", "usd")}, {Spent: money("", "1", "GBP")}}, []relance.Filter{{Spent: money("", "30", "EUR")}, {Spent: money("5.01", "", "USD")}}},
		"lastOrderBetween": {[]relance.Filter{{LastOrderBetween: &relance.TimeRange{From: at(10), To: at(9)}}}, []relance.Filter{{LastOrderBetween: &relance.TimeRange{To: at(10)}}}},
		"hasAbandonedCart": {[]relance.Filter{{HasAbandonedCart: &no}}, []relance.Filter{{HasAbandonedCart: &yes}}},
		"hasMembership":    {[]relance.Filter{{HasMembership: &yes}}, []relance.Filter{{HasMembership: &no}}},
		"or":               {[]relance.Filter{{Or: []relance.Filter{{HasMembership: &no}, {HasMembership: &yes}}}}, []relance.Filter{{Or: []relance.Filter{{HasMembership: &no}, {OrderCount: &relance.IntRange{Max: &one}}}}}},
		"not":              {[]relance.Filter{{Not: &relance.Filter{HasMembership: &no}}}, []relance.Filter{{Not: &relance.Filter{}}, {Not: &relance.Filter{HasMembership: &yes}}}},
		"search":           {nil, []relance.Filter{{Search: "marie"}}},
	} {
		for _, f := range x.holds {
			if got := segment.Fails(&f, marie(), noon); len(got) > 0 || !segment.Holds(&f, marie(), noon) {
				t.Errorf("%s: %+v holds, and %v is said not to", name, f, got)
			}
		}
		for _, f := range x.fails {
			if got := segment.Fails(&f, marie(), noon); !slices.Equal(got, []string{name}) || segment.Holds(&f, marie(), noon) {
				t.Errorf("%+v: got %v, want %s", f, got, name)
			}
			both := relance.Filter{And: []relance.Filter{f, f}, HasMembership: &no}
			if want := []string{"hasMembership", name}; name != "hasMembership" && !slices.Equal(segment.Fails(&both, marie(), noon), want) {
				t.Errorf("of two conditions: got %v, want %v", segment.Fails(&both, marie(), noon), want)
			}
		}
	}
}

func TestChangesTellsWhenToAskAgain(t *testing.T) {
	t.Parallel()
	yes := true
	asks := relance.Filter{And: []relance.Filter{{Or: []relance.Filter{{Not: &relance.Filter{HasAbandonedCart: &yes}}}}}}
	p := marie()
	p.Carts = append(p.Carts, relance.FactCart{ActiveAt: noon.Add(-10 * time.Minute)}, relance.FactCart{ActiveAt: noon.Add(-59 * time.Minute), Ordered: true}, relance.FactCart{ActiveAt: noon.Add(-2 * time.Hour)})
	if got := segment.Changes(&asks, p, noon); got == nil || !got.Equal(noon.Add(30*time.Minute)) {
		t.Errorf("got %v, want half past twelve", got)
	}
	if got := segment.Changes(&asks, p, noon.Add(time.Hour)); got != nil {
		t.Errorf("all rest by one o'clock, and yet %v", got)
	}
	if got := segment.Changes(&relance.Filter{HasMembership: &yes}, p, noon); got != nil {
		t.Errorf("a membership does not change by itself: %v", got)
	}
}
