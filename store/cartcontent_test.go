package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// thing is a product with so many pieces, which nobody can order beyond them.
func thing(id, category string, stock int, change func(*relance.Product)) relance.Product {
	beyond := false
	p := relance.Product{ExternalID: id, Title: "Thing " + id, Category: category, Active: true, Stock: &stock, Backorder: &beyond, CreatedAt: noon, Version: at(0)}
	if change != nil {
		change(&p)
	}
	return p
}

// TestWhatAMessageShowsOfACart: what nobody can order, what is discreet and what is a gift is left
// out; a cart of which nothing can be ordered is sold out.
func TestWhatAMessageShowsOfACart(t *testing.T) {
	t.Parallel()
	zero, two := 0, 2
	sizes := func(list ...relance.Variant) func(*relance.Product) {
		return func(p *relance.Product) { p.Variants = list }
	}
	for _, x := range []struct {
		name    string
		product relance.Product
		variant string
		shown   bool
		soldOut bool
	}{
		{"in stock", thing("1", "", 1, nil), "", true, false},
		{"none left", thing("1", "", 0, nil), "", false, true},
		{"less than none, as shops have it", thing("1", "", -3, nil), "", false, true},
		{"none left, ordered all the same", thing("1", "", 0, func(p *relance.Product) { yes := true; p.Backorder = &yes }), "", true, false},
		{"nobody told whether it can be ordered", thing("1", "", 0, func(p *relance.Product) { p.Backorder = nil }), "", true, false},
		{"not counted", thing("1", "", 0, func(p *relance.Product) { p.Stock = nil }), "", true, false},
		{"no longer sold", thing("1", "", 5, func(p *relance.Product) { p.Active = false }), "", false, true},
		{"this size is gone", thing("1", "", 2, sizes(relance.Variant{ExternalID: "s", Stock: &zero}, relance.Variant{ExternalID: "m", Stock: &two})), "s", false, true},
		{"another size is gone", thing("1", "", 2, sizes(relance.Variant{ExternalID: "s", Stock: &zero}, relance.Variant{ExternalID: "m", Stock: &two})), "m", true, false},
		{"this size is ordered all the same", thing("1", "", 2, sizes(relance.Variant{ExternalID: "s", Stock: &zero, Backorder: true})), "s", true, false},
		{"every size is gone", thing("1", "", 0, sizes(relance.Variant{ExternalID: "s", Stock: &zero})), "", false, true},
		{"a product of which nothing is known", thing("other", "", 0, nil), "", true, false},
		{"discreet", thing("1", "Wellness > Intimate", 1, nil), "", false, false},
		{"below a discreet one", thing("1", "wellness > INTIMATE > Care", 1, nil), "", false, false},
		{"above a discreet one", thing("1", "Wellness", 1, nil), "", true, false},
		{"named alike", thing("1", "Wellness > Intimates", 1, nil), "", true, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.ok(l.s.ChangeShopSettings(l.ctx, l.m, l.shops[0], relance.ShopSettingsChange{DiscreetCategories: []string{"Wellness > Intimate"}}, noon))
			cart := relance.Cart{ExternalID: "c", CustomerID: "marie", Currency: "EUR", StartedAt: noon, UpdatedAt: noon, Version: at(0),
				Lines: []relance.CartLine{{ExternalID: "1", ProductID: "1", VariantID: x.variant, Title: "Thing", Quantity: 1}}}
			l.give(0, store.PageRows{Products: []relance.Product{x.product}, Customers: []relance.Customer{withEmail("marie", "marie@example.com")}, Carts: []relance.Cart{cart}})
			if got := fmt.Sprint(l.named("c")); got != map[bool]string{true: "[Thing]", false: "[]"}[x.shown] {
				t.Errorf("the message shows %s", got)
			}
			if got := l.soldOut(); got != x.soldOut {
				t.Errorf("sold out: %v", got)
			}
		})
	}
}

// TestGiftsAreNamedNowhere, and a cart of which something is left is not sold out.
func TestGiftsAreNamedNowhere(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	lines := []relance.CartLine{{ExternalID: "1", ProductID: "1", Title: "Gone", Quantity: 1}, {ExternalID: "2", ProductID: "2", Title: "Left", Quantity: 1}}
	cart := relance.Cart{ExternalID: "c", CustomerID: "marie", Currency: "EUR", StartedAt: noon, UpdatedAt: noon, Version: at(0), Lines: lines}
	l.give(0, store.PageRows{Products: []relance.Product{thing("1", "", 0, nil), thing("2", "", 1, nil)}, Customers: []relance.Customer{withEmail("marie", "marie@example.com")}, Carts: []relance.Cart{cart}})
	if got := fmt.Sprint(l.named("c")); got != "[Left]" || l.soldOut() {
		t.Errorf("shown %s, sold out %v", got, l.soldOut())
	}
	cart.Gift, cart.Version = true, at(1)
	l.give(0, store.PageRows{Carts: []relance.Cart{cart}})
	if got := l.named("c"); len(got) > 0 {
		t.Errorf("of a gift it shows %v", got)
	}
}

func (l *lab) cartID(external string) (id uuid.UUID) {
	l.Helper()
	l.ok(id.UnmarshalText([]byte(l.rows(`SELECT id FROM carts WHERE merchant_id = $1 AND external_id = $2`, l.m, external)[0][1:37])))
	return id
}

// named lists the titles that a message shows of a cart.
func (l *lab) named(external string) (out []string) {
	l.Helper()
	lines, _, err := l.s.CartContent(l.ctx, l.m, l.cartID(external))
	l.ok(err)
	for _, x := range lines {
		out = append(out, x.Title)
	}
	return out
}

// soldOut is what a decision knows of the only cart.
func (l *lab) soldOut() (out bool) {
	l.Helper()
	id, err := l.s.AddCampaign(l.ctx, l.m, "carts", relance.Plan{Trigger: relance.Trigger{Kind: relance.TriggerAbandonedCart}, Steps: []relance.CampaignStep{tea("one", 0)}, ExpiresAfter: time.Hour}, "tester", noon)
	l.ok(err)
	l.ok(l.s.EachSituation(l.ctx, l.m, id, noon, func(_ *relance.Campaign, f *relance.Facts) { out = len(f.Carts) == 1 && f.Carts[0].SoldOut }))
	return out
}
