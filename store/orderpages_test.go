package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// numbers reads a list of orders to its end, two at a time, and gives their numbers.
func (l *lab) numbers(q relance.OrderQuery) []string {
	l.Helper()
	q.First, q.Total, q.Badges = 2, true, true
	out := []string{}
	for {
		page, err := l.s.Orders(l.ctx, l.m, q)
		l.ok(err)
		for _, o := range page.Orders {
			out = append(out, o.Number)
		}
		if !page.Info.HasNextPage {
			if *page.Total != int64(len(out)) {
				l.Errorf("counted %d, read %d", *page.Total, len(out))
			}
			return out
		}
		q.After = page.Info.End
	}
}

func TestOrdersAreListedAndNarrowed(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	on := func(day int, change func(*relance.Order)) func(*relance.Order) {
		return func(o *relance.Order) {
			o.PlacedAt = noon.AddDate(0, 0, -day)
			if change != nil {
				change(o)
			}
		}
	}
	l.give(0, store.PageRows{Customers: []relance.Customer{withEmail("a", "a@example.com")}, Orders: []relance.Order{
		order("1", "a", "10", on(1, func(o *relance.Order) { o.Number = "#1001" })),
		order("2", "a", "10", on(2, func(o *relance.Order) { o.Number, o.State = "#1002", relance.OrderCancelled })),
		order("3", "", "10", on(2, func(o *relance.Order) { o.Number, o.Test = "#1003", true })), // as old as the one before
	}})
	abandoned := prestaCart(7*24*60, 7*24*60-100)
	abandoned.CustomerID = ""
	l.put(1, store.PageRows{Carts: []relance.Cart{abandoned}})
	l.give(1, orders(
		order("4", "", "10", on(4, func(o *relance.Order) { o.Number, o.NotValidated = "xkb", true })),
		order("5", "", "10", on(5, func(o *relance.Order) { o.Number, o.CartID = "XY%Z", "k" })),
		order("6", "", "10", on(6, func(o *relance.Order) {
			o.Number, o.Refunds = "1001", []relance.Refund{{ExternalID: "r", At: noon, Amount: dec("3")}}
		})),
	))
	yes, no := true, false
	cut := noon.AddDate(0, 0, -3)
	for what, c := range map[string]struct {
		f    relance.OrderFilter
		want []string
	}{
		"all":                     {relance.OrderFilter{}, []string{"#1001", "#1003", "#1002", "xkb", "XY%Z", "1001"}},
		"that count":              {relance.OrderFilter{Counted: &yes}, []string{"#1001", "xkb", "XY%Z", "1001"}},
		"that do not count":       {relance.OrderFilter{Counted: &no}, []string{"#1003", "#1002"}},
		"in states":               {relance.OrderFilter{States: []relance.OrderState{relance.OrderCancelled, relance.OrderOpen}}, []string{"#1002"}},
		"since":                   {relance.OrderFilter{PlacedBetween: &relance.TimeRange{From: &cut}}, []string{"#1001", "#1003", "#1002"}},
		"until":                   {relance.OrderFilter{PlacedBetween: &relance.TimeRange{To: &cut}}, []string{"xkb", "XY%Z", "1001"}},
		"recovered":               {relance.OrderFilter{Recovered: &yes}, []string{"XY%Z"}},
		"not recovered, counting": {relance.OrderFilter{Recovered: &no, Counted: &yes}, []string{"#1001", "xkb", "1001"}},
		"not validated":           {relance.OrderFilter{Validated: &no}, []string{"xkb"}},
		"returned":                {relance.OrderFilter{Returned: &yes}, []string{"1001"}},
		"by number":               {relance.OrderFilter{Number: "1001"}, []string{"#1001", "1001"}},
		"by number with its #":    {relance.OrderFilter{Number: "#1001"}, []string{"#1001", "1001"}},
		"by the number's start":   {relance.OrderFilter{Number: "x"}, []string{"xkb", "XY%Z"}},
		"a sign means itself":     {relance.OrderFilter{Number: "x%"}, []string{}},
	} {
		want := c.want
		if diff := cmp.Diff(want, sameDay(l.numbers(relance.OrderQuery{OrderFilter: c.f}))); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
		slices.Reverse(want)
		if diff := cmp.Diff(sameDay(want), sameDay(l.numbers(relance.OrderQuery{OrderFilter: c.f, OldestFirst: true}))); diff != "" {
			t.Errorf("%s, oldest first: %s", what, diff)
		}
	}
	// Who is limited to a shop sees its orders, and no others.
	if got := l.numbers(relance.OrderQuery{Scope: []uuid.UUID{l.shops[1]}}); !slices.Equal(got, []string{"xkb", "XY%Z", "1001"}) {
		t.Errorf("of one shop: %v", got)
	}
	if got := l.numbers(relance.OrderQuery{Scope: []uuid.UUID{}}); len(got) != 0 {
		t.Errorf("of no shop: %v", got)
	}
}

// sameDay puts the two orders of one moment, which only their ids sort, in one order.
func sameDay(list []string) []string {
	if i := slices.Index(list, "#1002"); i >= 0 && i+1 < len(list) && list[i+1] == "#1003" {
		list[i], list[i+1] = list[i+1], list[i]
	}
	return list
}

func TestOrdersOfOtherMerchantsAreNotListed(t *testing.T) {
	t.Parallel()
	one := newLab(t)
	two := one.tenant(t)
	two.give(0, orders(order("1", "", "10", nil)))
	if got := one.numbers(relance.OrderQuery{Scope: []uuid.UUID{two.shops[0]}}); len(got) != 0 {
		t.Errorf("another merchant's orders are listed: %v", got)
	}
	_, err := one.s.Orders(one.ctx, one.m, relance.OrderQuery{OrderWant: relance.OrderWant{Paging: relance.Paging{First: 1, After: "nonsense"}}})
	one.code(err, relance.CodeBadInput)
}

func TestWhatIsInUseIsListed(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	other := l.tenant(t)
	says := func(id string, channel relance.ConsentChannel, preference string) relance.Customer {
		return customer(id, func(c *relance.Customer) {
			c.Consents = []relance.Consent{{Channel: channel, State: relance.ConsentGranted, Source: "form"}, {Channel: channel, Preference: preference, State: relance.ConsentGranted, Source: "form"}}
		})
	}
	l.give(0, customers(says("a", relance.ChannelEmail, "news"), says("b", relance.ChannelEmail, "news"), says("c", relance.ChannelSMS, "offers")))
	l.give(1, customers(says("d", relance.ChannelEmail, "Art")))
	other.give(0, customers(says("a", relance.ChannelEmail, "theirs")))
	l.ok(l.s.AddLabel(l.ctx, l.m, l.id(0, "a"), "vip", "clerk", time.Now()))
	l.ok(l.s.AddLabel(l.ctx, l.m, l.id(1, "d"), "Art lover", "clerk", time.Now()))
	l.ok(l.s.AddLabel(l.ctx, l.m, l.id(0, "b"), "gone", "clerk", time.Now()))
	l.ok(l.s.RemoveLabel(l.ctx, l.m, l.id(0, "b"), "gone", "clerk", time.Now()))
	l.ok(other.s.AddLabel(l.ctx, other.m, other.id(0, "a"), "theirs", "clerk", time.Now()))

	labels := func(scope []uuid.UUID) (out []string) {
		list, err := l.s.LabelsInUse(l.ctx, l.m, scope)
		l.ok(err)
		for _, x := range list {
			out = append(out, x.Name)
		}
		return out
	}
	if got := labels(nil); !slices.Equal(got, []string{"Art lover", "vip"}) {
		t.Errorf("labels %v", got)
	}
	if got := labels([]uuid.UUID{l.shops[0]}); !slices.Equal(got, []string{"vip"}) {
		t.Errorf("labels of the first shop's people: %v", got)
	}
	preferences, err := l.s.PreferencesInUse(l.ctx, l.m)
	l.ok(err)
	want := []relance.MarketingPreference{{Channel: relance.ChannelEmail, Preference: "Art", Name: "Art"}, {Channel: relance.ChannelEmail, Preference: "news", Name: "news"}, {Channel: relance.ChannelSMS, Preference: "offers", Name: "offers"}}
	slices.SortFunc(preferences, func(a, b relance.MarketingPreference) int {
		return strings.Compare(string(a.Channel)+a.Preference, string(b.Channel)+b.Preference)
	})
	if diff := cmp.Diff(want, preferences); diff != "" {
		t.Errorf("preferences: %s", diff)
	}
}
