package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/relance/relance"
	"github.com/relance/relance/segment"
)

// judge is the filter's meaning written a second time, on what a profile shows.
func judge(f *relance.Filter, p *relance.Profile, members map[uuid.UUID]bool) bool {
	in := func(t *time.Time, r *relance.TimeRange) bool {
		return r == nil || r.From == nil && r.To == nil || t != nil && (r.From == nil || !t.Before(*r.From)) && (r.To == nil || t.Before(*r.To))
	}
	ok := in(&p.CreatedAt, f.CreatedBetween) && in(p.LastOrderAt, f.LastOrderBetween)
	ok = ok && (len(f.Labels) == 0 || slices.ContainsFunc(p.Labels, func(l relance.Label) bool {
		return slices.ContainsFunc(f.Labels, func(name string) bool { return strings.EqualFold(strings.TrimSpace(name), l.Name) })
	}))
	ok = ok && (len(f.ShopIDs) == 0 || slices.ContainsFunc(p.Records, func(r relance.Identity) bool { return slices.Contains(f.ShopIDs, r.Source.ID) }))
	for _, m := range f.Marketing {
		state := relance.ConsentUnknown
		for _, c := range p.Consents {
			if c.Channel == m.Channel && c.Preference == m.Preference {
				state = c.State
			}
		}
		ok = ok && state == m.State
	}
	if r := f.OrderCount; r != nil {
		ok = ok && (r.Min == nil || p.OrderCount >= *r.Min) && (r.Max == nil || p.OrderCount < *r.Max)
	}
	if r := f.Spent; r != nil {
		spent := decimal.Zero
		for _, m := range p.PerMoney {
			if m.Currency == strings.ToUpper(r.Currency) || r.Currency == "" && m.Currency == "EUR" {
				spent = m.Spent
			}
		}
		ok = ok && (r.Min == nil || spent.GreaterThanOrEqual(*r.Min)) && (r.Max == nil || spent.LessThan(*r.Max))
	}
	if f.HasAbandonedCart != nil {
		has := slices.ContainsFunc(p.Carts[""].Carts, func(c *relance.CartView) bool { return c.State == relance.CartAbandoned })
		ok = ok && has == *f.HasAbandonedCart
	}
	if f.HasMembership != nil {
		ok = ok && members[p.ID] == *f.HasMembership
	}
	for i := range f.And {
		ok = ok && judge(&f.And[i], p, members)
	}
	ok = ok && (len(f.Or) == 0 || slices.ContainsFunc(f.Or, func(g relance.Filter) bool { return judge(&g, p, members) }))
	return ok && (f.Not == nil || !judge(f.Not, p, members))
}

func maybe[T any](t *rapid.T, what string, of ...T) *T {
	if i := rapid.IntRange(0, len(of)).Draw(t, what); i > 0 {
		return &of[i-1]
	}
	return nil
}

// drawFilter makes filters from the values that the data has, its edges above all.
func drawFilter(t *rapid.T, depth int, times []time.Time) relance.Filter {
	var f relance.Filter
	span := func(what string) *relance.TimeRange {
		return &relance.TimeRange{From: maybe(t, what+" from", times...), To: maybe(t, what+" to", times...)}
	}
	for range rapid.IntRange(1, 2).Draw(t, "conditions") {
		switch rapid.IntRange(0, 11).Draw(t, "condition") {
		case 0:
			f.Labels = rapid.SliceOfN(rapid.SampledFrom([]string{"VIP", "vip ", "Press", "none"}), 0, 2).Draw(t, "labels")
		case 1:
			f.Marketing = append(f.Marketing, relance.MarketingFilter{Channel: rapid.SampledFrom([]relance.ConsentChannel{relance.ChannelEmail, relance.ChannelSMS}).Draw(t, "channel"),
				Preference: rapid.SampledFrom([]string{"", "news"}).Draw(t, "preference"),
				State:      rapid.SampledFrom([]relance.ConsentState{relance.ConsentGranted, relance.ConsentRefused, relance.ConsentWithdrawn, relance.ConsentUnknown}).Draw(t, "state")})
		case 2:
			f.CreatedBetween = span("created")
		case 3:
			f.LastOrderBetween = span("last order")
		case 4:
			f.ShopIDs = rapid.SliceOfN(rapid.SampledFrom([]uuid.UUID{shopID(0), shopID(1), shopID(7)}), 0, 2).Draw(t, "shops")
		case 5:
			f.OrderCount = &relance.IntRange{Min: maybe(t, "min", 0, 1, 2, 1<<40), Max: maybe(t, "max", 0, 1, 3)}
		case 6:
			f.Spent = &relance.MoneyRange{Min: maybe(t, "min", dec("-5"), dec("0"), dec("10"), dec("20")), Max: maybe(t, "max", dec("0"), dec("10"), dec("30")),
				Currency: rapid.SampledFrom([]string{"", "EUR", "usd", "XXX"}).Draw(t, "currency")}
		case 7:
			f.HasAbandonedCart = maybe(t, "abandoned", true, false)
		case 8:
			f.HasMembership = maybe(t, "membership", true, false)
		default:
			if depth == 0 {
				continue
			}
			switch sub := drawFilter(t, depth-1, times); rapid.IntRange(0, 2).Draw(t, "nested") {
			case 0:
				f.And = append(f.And, sub, drawFilter(t, depth-1, times))
			case 1:
				f.Or = append(f.Or, sub, drawFilter(t, depth-1, times))
			default:
				f.Not = &sub
			}
		}
	}
	return f
}

// crowd fills a merchant with people of all sorts.
func (l *lab) crowd(t *rapid.T) map[uuid.UUID]bool {
	for shop := range 2 {
		rows := customers()
		for i := range 8 {
			c := drawCustomer(t, i, 0)
			c.Consents = []relance.Consent{{Channel: relance.ChannelEmail, Preference: rapid.SampledFrom([]string{"", "news"}).Draw(t, "preference"),
				State: rapid.SampledFrom([]relance.ConsentState{relance.ConsentGranted, relance.ConsentRefused, relance.ConsentUnknown}).Draw(t, "consent")}}
			o := drawOrder(t, i, 0)
			o.Test = rapid.IntRange(0, 5).Draw(t, "test order") == 0
			rows.Customers, rows.Orders, rows.Carts = append(rows.Customers, c), append(rows.Orders, o), append(rows.Carts, drawCart(t, i))
		}
		l.put(shop, rows)
	}
	l.derive()
	members := map[uuid.UUID]bool{}
	for i, p := range l.profiles() {
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"VIP", "Press"}), 0, 2, rapid.ID).Draw(t, "labels") {
			l.ok(l.s.AddLabel(l.ctx, l.m, p.ID, name, "clerk", noon.Add(time.Duration(i%3)*time.Hour)))
		}
		if status := rapid.SampledFrom([]string{"", "ACTIVE", "PAUSED", "ENDED"}).Draw(t, "membership"); status != "" {
			members[p.ID] = status == "ACTIVE"
			l.ok(l.as("relance_app", func(tx pgx.Tx) error {
				_, err := tx.Exec(l.ctx, `INSERT INTO memberships (merchant_id, id, origin_profile_id, profile_id, type, status, since) VALUES ($1, $2, $3, $3, 'card', $4, $5)`, l.m, uuid.New(), p.ID, status, noon)
				return err
			}))
		}
	}
	return members
}

// facts reads what decisions know of everybody, at noon.
func (l *lab) facts() map[uuid.UUID]*relance.Facts {
	l.Helper()
	out := map[uuid.UUID]*relance.Facts{}
	id, err := l.s.AddCampaign(l.ctx, l.m, "Everybody", relance.Plan{Trigger: relance.Trigger{Kind: relance.TriggerOneTime}}, "tester", noon)
	l.ok(err)
	l.ok(l.s.EachSituation(l.ctx, l.m, id, noon, func(_ *relance.Campaign, f *relance.Facts) { out[f.ProfileID] = f }))
	return out
}

// decides checks that the filter's interpreter in Go, on the facts of decisions, comes to the
// same as judge, and that what does not hold is named.
func (l *lab) decides(f *relance.Filter, people []*relance.Profile, facts map[uuid.UUID]*relance.Facts, members map[uuid.UUID]bool) {
	l.Helper()
	if len(facts) != len(people) {
		l.Fatalf("facts of %d people, want %d", len(facts), len(people))
	}
	for _, p := range people {
		want := judge(f, p, members)
		if got := segment.Holds(f, facts[p.ID], noon); got != want {
			l.Fatalf("filter %+v for %s: decisions say %t, want %t", f, p.ID, got, want)
		}
		if why := segment.Fails(f, facts[p.ID], noon); want != (len(why) == 0) {
			l.Fatalf("filter %+v for %s holds %t, and fails by %v", f, p.ID, want, why)
		}
	}
}

func TestFiltersMeanWhatTheContractSays(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	rapid.Check(t, func(t *rapid.T) {
		l := base.tenant(t)
		members := l.crowd(t)
		people, facts := l.profilesOf(nil), l.facts()
		var scope []uuid.UUID // what the asker is limited to; the shop's own figures count then
		if rapid.Bool().Draw(t, "limited") {
			scope = l.shops[:1]
		}
		all := l.profilesOf(scope)
		times := []time.Time{noon, noon.AddDate(0, -3, 0)}
		for _, p := range all[:min(len(all), 3)] {
			times = append(times, p.CreatedAt)
			if p.LastOrderAt != nil {
				times = append(times, *p.LastOrderAt)
			}
		}
		for range 15 {
			f := drawFilter(t, 3, times)
			l.decides(&f, people, facts, members)
			var want []uuid.UUID
			for _, p := range all {
				if judge(&f, p, members) {
					want = append(want, p.ID)
				}
			}
			page, err := l.s.Profiles(l.ctx, l.m, relance.ProfileQuery{Paging: relance.Paging{First: 250, Total: true}, Filter: f, Now: noon, Scope: scope})
			l.ok(err)
			var got []uuid.UUID
			for _, p := range page.Profiles {
				got = append(got, p.ID)
			}
			if diff := cmp.Diff(want, got); diff != "" || int(*page.Total) != len(want) {
				t.Fatalf("filter %+v: SQL and Go differ, counted %d (-Go +SQL):\n%s", f, *page.Total, diff)
			}
		}
	})
}

func TestFilterRefusesWhatIsTooDeep(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	f := relance.Filter{}
	for range 20 {
		f = relance.Filter{Not: &f}
	}
	_, err := l.s.Profiles(l.ctx, l.m, relance.ProfileQuery{Paging: relance.Paging{First: 1}, Filter: f, Now: noon})
	l.code(err, relance.CodeBadInput)
	for _, f := range []relance.Filter{{Labels: []string{"a\x00"}}, {Marketing: []relance.MarketingFilter{{Channel: "EMAIL", Preference: "\x00"}}}, {Spent: &relance.MoneyRange{Min: new(decimal.Decimal), Currency: "\x00"}}} {
		_, err := l.s.Profiles(l.ctx, l.m, relance.ProfileQuery{Paging: relance.Paging{First: 1}, Filter: f, Now: noon})
		l.code(err, relance.CodeBadInput)
	}
}
