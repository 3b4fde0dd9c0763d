package store_test

import (
	"fmt"
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
func judge(f *relance.Filter, p *relance.Profile, known *beside) bool {
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
		ok = ok && known.members[p.ID] == *f.HasMembership
	}
	ok = ok && judgeWorkbench(f, p, known)
	for i := range f.And {
		ok = ok && judge(&f.And[i], p, known)
	}
	ok = ok && (len(f.Or) == 0 || slices.ContainsFunc(f.Or, func(g relance.Filter) bool { return judge(&g, p, known) }))
	return ok && (f.Not == nil || !judge(f.Not, p, known))
}

// beside is what a test knows of people that their profiles do not show.
type beside struct {
	members map[uuid.UUID]bool
	letters map[uuid.UUID][]letterSent
	groups  []uuid.UUID
	counted map[uuid.UUID]bool // orders
	terms   map[uuid.UUID]int  // days to pay of business customers
}

type letterSent struct {
	state   string
	at      time.Time
	scanned bool
}

// judgeWorkbench is judge for groups, addresses, purchases and letters.
func judgeWorkbench(f *relance.Filter, p *relance.Profile, known *beside) bool {
	ok := len(f.GroupIDs) == 0 || p.Group != nil && slices.Contains(f.GroupIDs, p.Group.ID)
	ok = ok && (len(f.Countries) == 0 || slices.ContainsFunc(p.Addresses, func(a relance.ProfileAddress) bool {
		return a.CountryCode != "" && slices.ContainsFunc(f.Countries, func(c string) bool { return strings.EqualFold(c, a.CountryCode) })
	}))
	kept := map[string]int{} // of what was bought by orders that count, from the orders themselves
	for _, o := range p.Orders[""].Orders {
		for _, l := range o.Lines {
			if known.counted[o.ID] {
				kept["category "+l.Category] += l.Quantity - l.ReturnedQuantity
				kept["product "+l.Title] += l.Quantity - l.ReturnedQuantity
			}
		}
	}
	one := func(what string, list []string) bool {
		return len(list) == 0 || slices.ContainsFunc(list, func(v string) bool { return v != "" && kept[what+" "+v] > 0 })
	}
	ok = ok && one("category", f.BoughtCategories) && one("product", f.BoughtProducts)
	got := func(is func(letterSent) bool) bool { return slices.ContainsFunc(known.letters[p.ID], is) }
	if r := f.LetterReceived; r != nil {
		ok = ok && got(func(x letterSent) bool {
			return x.state == "SENT" && (r.From == nil || !x.at.Before(*r.From)) && (r.To == nil || x.at.Before(*r.To))
		})
	}
	if f.QRScanned != nil {
		ok = ok && *f.QRScanned == got(func(x letterSent) bool { return x.state != "BOUNCED" && x.scanned })
	}
	if f.PaymentOverdue != nil {
		ok = ok && *f.PaymentOverdue == known.overdue(p)
	}
	return ok
}

// overdue judges the orders that the profile shows by what all records of the person say.
func (b *beside) overdue(p *relance.Profile) bool {
	days, business := b.terms[p.ID]
	return business && slices.ContainsFunc(p.Orders[""].Orders, func(o *relance.OrderView) bool {
		return o.State == relance.OrderOpen && b.counted[o.ID] && o.Net.Amount.IsPositive() && !o.PlacedAt.AddDate(0, 0, days).After(noon)
	})
}

// twoGroups makes the merchant's groups.
func (l *lab) twoGroups() (out []uuid.UUID) {
	l.Helper()
	for _, name := range []string{"Gold", "Silver"} {
		id, err := l.s.SaveGroup(l.ctx, l.m, relance.CustomerGroup{Name: name}, noon)
		l.ok(err)
		out = append(out, id)
	}
	return out
}

// letter writes a letter to one of a person's records.
func (l *lab) letter(tx pgx.Tx, campaign uuid.UUID, p *relance.Profile, x letterSent) error {
	id, err := l.write(tx, campaign, p.Records[0].CustomerID, "L-"+uuid.NewString(), uuid.NewString())
	if err != nil {
		return err
	}
	sent := &x.at
	if x.state == "DUE" {
		sent = nil
	}
	if _, err := tx.Exec(l.ctx, `UPDATE follow_ups SET state = $3, sent_at = $4 WHERE merchant_id = $1 AND id = $2`, l.m, id, x.state, sent); err != nil {
		return err
	}
	_, err = tx.Exec(l.ctx, `UPDATE letters SET scanned_at = CASE WHEN $3 THEN $4::timestamptz END WHERE merchant_id = $1 AND follow_up_id = $2`, l.m, id, x.scanned, noon)
	return err
}

func maybe[T any](t *rapid.T, what string, of ...T) *T {
	if i := rapid.IntRange(0, len(of)).Draw(t, what); i > 0 {
		return &of[i-1]
	}
	return nil
}

// drawFilter makes filters from the values that the data has, its edges above all.
func drawFilter(t *rapid.T, depth int, times []time.Time, groups []uuid.UUID) relance.Filter {
	var f relance.Filter
	span := func(what string) *relance.TimeRange {
		return &relance.TimeRange{From: maybe(t, what+" from", times...), To: maybe(t, what+" to", times...)}
	}
	for range rapid.IntRange(1, 2).Draw(t, "conditions") {
		switch rapid.IntRange(0, 18).Draw(t, "condition") {
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
		case 12:
			f.GroupIDs = rapid.SliceOfN(rapid.SampledFrom(append([]uuid.UUID{{9}}, groups...)), 0, 2).Draw(t, "groups")
		case 13:
			f.Countries = rapid.SliceOfN(rapid.SampledFrom([]string{"FR", "de", "IT", ""}), 0, 2).Draw(t, "countries")
		case 14:
			f.BoughtCategories = rapid.SliceOfN(rapid.SampledFrom([]string{"Teas", "Cups", "None", ""}), 0, 2).Draw(t, "categories")
		case 15:
			f.BoughtProducts = rapid.SliceOfN(rapid.SampledFrom([]string{"Tea", "Cup", "None"}), 0, 2).Draw(t, "products")
		case 16:
			f.LetterReceived = span("letter")
		case 17:
			f.QRScanned = maybe(t, "scanned", true, false)
		case 18:
			f.PaymentOverdue = maybe(t, "overdue", true, false)
		case 8:
			f.HasMembership = maybe(t, "membership", true, false)
		default:
			if depth == 0 {
				continue
			}
			switch sub := drawFilter(t, depth-1, times, groups); rapid.IntRange(0, 2).Draw(t, "nested") {
			case 0:
				f.And = append(f.And, sub, drawFilter(t, depth-1, times, groups))
			case 1:
				f.Or = append(f.Or, sub, drawFilter(t, depth-1, times, groups))
			default:
				f.Not = &sub
			}
		}
	}
	return f
}

// crowd fills a merchant with people of all sorts.
func (l *lab) crowd(t *rapid.T) *beside {
	for shop := range 2 {
		rows := customers()
		for i := range 8 {
			c := drawCustomer(t, i, 0)
			if country := rapid.SampledFrom([]string{"", "FR", "DE"}).Draw(t, "country"); country != "" {
				c.Addresses = append(c.Addresses, relance.Address{ExternalID: "country", Kind: "OTHER", CountryCode: country})
			}
			if rapid.Bool().Draw(t, "business") {
				c.Business = &relance.Business{MaxPaymentDays: rapid.SampledFrom([]int{0, 15}).Draw(t, "days to pay")}
			}
			c.Consents = []relance.Consent{{Channel: relance.ChannelEmail, Preference: rapid.SampledFrom([]string{"", "news"}).Draw(t, "preference"),
				State: rapid.SampledFrom([]relance.ConsentState{relance.ConsentGranted, relance.ConsentRefused, relance.ConsentUnknown}).Draw(t, "consent")}}
			o := drawOrder(t, i, 0)
			o.Lines = append(o.Lines, relance.OrderLine{ExternalID: "goods", Title: rapid.SampledFrom([]string{"Tea", "Cup"}).Draw(t, "title"), Category: rapid.SampledFrom([]string{"", "Teas", "Cups"}).Draw(t, "category"), Quantity: 2})
			if back := rapid.IntRange(0, 2).Draw(t, "came back"); back > 0 {
				lines := []relance.RefundLine{{OrderLineID: "goods", Quantity: back, Amount: dec("1")}, {OrderLineID: "1", Quantity: back, Amount: dec("1")}}
				o.Refunds = append(o.Refunds, relance.Refund{ExternalID: "g", Document: "G", At: noon, Amount: dec("2"), Lines: lines})
			}
			o.Test = rapid.IntRange(0, 5).Draw(t, "test order") == 0
			rows.Customers, rows.Orders, rows.Carts = append(rows.Customers, c), append(rows.Orders, o), append(rows.Carts, drawCart(t, i))
		}
		gone := withEmail("gone", fmt.Sprintf("gone%d@example.com", shop)) // of whom nothing is left: in no answer
		gone.Deleted = true
		rows.Customers = append(rows.Customers, gone)
		l.put(shop, rows)
	}
	l.derive()
	known := &beside{members: map[uuid.UUID]bool{}, letters: map[uuid.UUID][]letterSent{}, terms: map[uuid.UUID]int{}, groups: l.twoGroups()}
	var letters []func(pgx.Tx) error
	campaign, err := l.s.AddCampaign(l.ctx, l.m, "Letters", relance.Plan{Trigger: relance.Trigger{Kind: relance.TriggerOneTime}}, "tester", noon)
	l.ok(err)
	for i, p := range l.profiles() {
		for _, r := range p.Records {
			if r.DeletedAt == nil && (r.Business != nil || r.Company != "") {
				known.terms[p.ID] = max(known.terms[p.ID], 0)
			}
			if r.DeletedAt == nil && r.Business != nil && r.Business.MaxPaymentDays > 0 {
				known.terms[p.ID] = r.Business.MaxPaymentDays
			}
		}
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"VIP", "Press"}), 0, 2, rapid.ID).Draw(t, "labels") {
			l.ok(l.s.AddLabel(l.ctx, l.m, p.ID, name, "clerk", noon.Add(time.Duration(i%3)*time.Hour)))
		}
		if g := maybe(t, "group", known.groups...); g != nil {
			_, err := l.s.SetGroup(l.ctx, l.m, p.ID, g, "clerk", noon)
			l.ok(err)
		}
		if state := rapid.SampledFrom([]string{"", "SENT", "DUE", "BOUNCED"}).Draw(t, "letter"); state != "" {
			x := letterSent{state: state, at: rapid.SampledFrom([]time.Time{noon, noon.AddDate(0, -3, 0)}).Draw(t, "sent"), scanned: rapid.Bool().Draw(t, "scanned")}
			known.letters[p.ID] = append(known.letters[p.ID], x)
			letters = append(letters, func(tx pgx.Tx) error { return l.letter(tx, campaign, p, x) })
		}
		if status := rapid.SampledFrom([]string{"", "ACTIVE", "PAUSED", "ENDED"}).Draw(t, "membership"); status != "" {
			known.members[p.ID] = status == "ACTIVE"
			l.ok(l.as("relance_app", func(tx pgx.Tx) error {
				_, err := tx.Exec(l.ctx, `INSERT INTO memberships (merchant_id, id, origin_profile_id, profile_id, type, status, since) VALUES ($1, $2, $3, $3, 'card', $4, $5)`, l.m, uuid.New(), p.ID, status, noon)
				return err
			}))
		}
	}
	known.counted = map[uuid.UUID]bool{}
	l.ok(l.as("", func(tx pgx.Tx) error {
		for _, write := range letters {
			if err := write(tx); err != nil {
				return err
			}
		}
		rows, err := tx.Query(l.ctx, `SELECT id FROM orders WHERE merchant_id = $1 AND counted AND deleted_at IS NULL`, l.m)
		if err != nil {
			return err
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		for _, id := range list {
			known.counted[id] = true
		}
		return err
	}))
	return known
}

// facts reads what decisions know of everybody, at noon.
func (l *lab) facts() map[uuid.UUID]*relance.Facts {
	l.Helper()
	out := map[uuid.UUID]*relance.Facts{}
	id, err := l.s.AddCampaign(l.ctx, l.m, "Everybody", relance.Plan{Trigger: relance.Trigger{Kind: relance.TriggerOneTime}, Audience: &relance.Filter{Not: &relance.Filter{Or: []relance.Filter{{BoughtProducts: []string{"x"}}, {Countries: []string{"FR"}}, {PaymentOverdue: new(bool)}}}}}, "tester", noon)
	l.ok(err)
	l.ok(l.s.EachSituation(l.ctx, l.m, id, noon, func(_ *relance.Campaign, f *relance.Facts) { out[f.ProfileID] = f }))
	return out
}

// decides checks that the filter's interpreter in Go, on the facts of decisions, comes to the
// same as judge, and that what does not hold is named.
func (l *lab) decides(f *relance.Filter, people []*relance.Profile, facts map[uuid.UUID]*relance.Facts, known *beside) {
	l.Helper()
	if len(facts) != len(people) {
		l.Fatalf("facts of %d people, want %d", len(facts), len(people))
	}
	for _, p := range people {
		want := judge(f, p, known)
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
		known := l.crowd(t)
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
			f := drawFilter(t, 3, times, known.groups)
			l.decides(&f, people, facts, known)
			var want []uuid.UUID
			for _, p := range all {
				if judge(&f, p, known) {
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

// What few audiences ask for is not read for all.
func TestFactsOfGoodsAreReadWhereTheyAreAskedFor(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	rows := customers(customer("a", func(c *relance.Customer) {
		c.Addresses = []relance.Address{{ExternalID: "1", Kind: "HOME", CountryCode: "FR"}}
	}))
	rows.Orders = orders(order("1", "a", "10", nil)).Orders
	l.give(0, rows)
	read := func(audience *relance.Filter) (out *relance.Facts) {
		id, err := l.s.AddCampaign(l.ctx, l.m, "C", relance.Plan{Trigger: relance.Trigger{Kind: relance.TriggerOneTime}, Audience: audience}, "tester", noon)
		l.ok(err)
		l.ok(l.s.EachSituation(l.ctx, l.m, id, noon, func(_ *relance.Campaign, f *relance.Facts) { out = f }))
		return out
	}
	if f := read(&relance.Filter{Labels: []string{"VIP"}}); len(f.Lines) > 0 || len(f.Records[0].Countries) > 0 {
		t.Errorf("read for an audience that asks for nothing of it: %+v, %v", f.Lines, f.Records[0].Countries)
	}
	f := read(&relance.Filter{Not: &relance.Filter{Or: []relance.Filter{{BoughtCategories: []string{"Teas"}}, {Countries: []string{"FR"}}}}})
	if len(f.Lines) != 1 || f.Lines[0].Kept != 2 || f.Lines[0].Title != "Tea" || len(f.Records[0].Countries) != 1 {
		t.Errorf("asked for, read are %+v, %v", f.Lines, f.Records[0].Countries)
	}
	for like, want := range map[string]int{"": 1, "TEA": 1, "cup": 0} {
		if got, err := l.s.Bought(l.ctx, l.m, relance.HabitProduct, like, 10); err != nil || len(got) != want {
			t.Errorf("bought like %q: %q, %v", like, got, err)
		}
	}
}
