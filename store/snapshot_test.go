package store_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// everything asks for all there is of a profile.
func everything() relance.ProfileWant {
	cols := map[string]bool{}
	for _, c := range []string{"first_name", "last_name", "company", "title", "language", "birthday", "created_at", "order_count", "last_order_at",
		"needs_review", "admin_changed_at"} {
		cols[c] = true
	}
	all := relance.Paging{First: 250, Total: true}
	return relance.ProfileWant{Columns: cols, Records: true, Shops: true, Addresses: true, Consents: true, Labels: true, Group: true, Notes: true, Money: true, Habits: true,
		Orders:    map[string]relance.OrderWant{"": {Paging: all, Lines: true, Refunds: true, Badges: true}},
		Carts:     map[string]relance.CartWant{"": {Paging: all, Lines: true, Order: true}},
		Purchases: map[string]relance.Paging{"": all}}
}

// profiles reads all profiles of the merchant.
func (l *lab) profiles() []*relance.Profile { return l.profilesOf(nil) }

// profilesOf reads all profiles as somebody limited to the shops sees them.
func (l *lab) profilesOf(scope []uuid.UUID) []*relance.Profile {
	l.Helper()
	page, err := l.s.Profiles(l.ctx, l.m, relance.ProfileQuery{Paging: relance.Paging{First: 250}, Want: everything(), Now: noon, Scope: scope})
	l.ok(err)
	if page.Info.HasNextPage {
		l.Fatalf("more than 250 profiles")
	}
	return page.Profiles
}

// who finds the profile of a record of a shop, as it is now.
func (l *lab) who(shop int, external string) *relance.Profile {
	l.Helper()
	for _, p := range l.profiles() {
		for _, r := range p.Records {
			if r.Source.ID == l.shops[shop] && r.ExternalID == external {
				return p
			}
		}
	}
	l.Fatalf("nobody has the record %s of shop %d", external, shop)
	return nil
}

func (l *lab) id(shop int, external string) uuid.UUID {
	l.Helper()
	return l.who(shop, external).ID
}

// view is a profile told by external ids, so that two databases can be compared.
type view struct {
	Records                                                    []string
	First, Last, Company, Title, Language                      string
	Created                                                    time.Time
	Review                                                     bool
	Count                                                      int
	LastOrder                                                  *time.Time
	Emails, Phones, Addresses, Consents, Labels, Notes, Habits []string
	Money, Orders, Carts, Purchases                            []string
	Spent, Returned                                            string
}

func viewOf(p *relance.Profile) view {
	v := view{First: p.FirstName, Last: p.LastName, Company: p.Company, Title: p.Title, Language: p.Language, Created: p.CreatedAt.UTC(),
		Review: p.NeedsReview, Count: p.OrderCount, LastOrder: p.LastOrderAt,
		Spent: p.Spent.Amount.String() + p.Spent.Currency, Returned: p.Returned.Amount.String() + p.Returned.Currency}
	add := func(list *[]string, format string, args ...any) { *list = append(*list, fmt.Sprintf(format, args...)) }
	for _, r := range p.Records {
		add(&v.Records, "%v/%s %s deleted=%v", r.Source.ID[15], r.ExternalID, r.MatchedBy, r.DeletedAt != nil)
	}
	for _, c := range p.Emails {
		add(&v.Emails, "%s %d", c.Value, c.Source().ID[15])
	}
	for _, c := range p.Phones {
		add(&v.Phones, "%s %d", c.Value, c.Source().ID[15])
	}
	for _, a := range p.Addresses {
		add(&v.Addresses, "%s %s", a.Line1, a.City)
	}
	slices.Sort(v.Addresses) // records changed at the same moment have no order of their own
	for _, c := range p.Consents {
		add(&v.Consents, "%s %s %s", c.Channel, c.Preference, c.State)
	}
	for _, x := range p.Labels {
		add(&v.Labels, "%s", x.Name)
	}
	for _, n := range p.Notes {
		add(&v.Notes, "%s", n.Body)
	}
	for _, m := range p.PerMoney {
		add(&v.Money, "%s %d %s %s %v", m.Currency, m.OrderCount, m.Spent, m.Returned, m.LastOrderAt)
	}
	for _, k := range []relance.HabitKind{relance.HabitCategory, relance.HabitSize, relance.HabitProduct} {
		for _, h := range p.HabitRows[k] {
			add(&v.Habits, "%s %s %d", k, h.Value, h.Quantity)
		}
	}
	v.lists(p)
	return v
}

func (v *view) lists(p *relance.Profile) {
	for _, o := range p.Orders[""].Orders {
		v.Orders = append(v.Orders, fmt.Sprintf("%s %s %s %s %v lines=%d refunds=%d", o.Number, o.State, o.Total.Amount, o.Returned.Amount, o.Badges(), len(o.Lines), len(o.Refunds)))
	}
	for _, c := range p.Carts[""].Carts {
		number := ""
		if o := c.Order(); o != nil {
			number = o.Number
		}
		v.Carts = append(v.Carts, fmt.Sprintf("%s %s %s order=%s", c.ExternalID, c.State, c.Amount, number))
	}
	for _, x := range p.Products[""].Purchases {
		v.Purchases = append(v.Purchases, x.Order.Number+" "+x.Line.Title)
	}
	for _, list := range [][]string{v.Orders, v.Carts, v.Purchases} { // placed at the same moment: by id, which may differ
		slices.Sort(list)
	}
}

// views tells all profiles, in an order of their own.
func (l *lab) views() []view {
	l.Helper()
	var out []view
	for _, p := range l.profiles() {
		v := viewOf(p)
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b view) int { return slices.Compare(a.Records, b.Records) })
	return out
}

// rebuilt checks that deriving everything anew changes nothing.
func (l *lab) rebuilt() {
	l.Helper()
	l.derive()
	before, err := l.s.DerivedSums(l.ctx, l.m)
	l.ok(err)
	l.ok(l.s.QueueAll(l.ctx, l.m))
	l.derive()
	after, err := l.s.DerivedSums(l.ctx, l.m)
	l.ok(err)
	for what, sum := range after {
		if before[what] != sum {
			l.Errorf("a rebuild gives other %s", what)
		}
	}
}
