package e2e_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// Everything of a person leads to the shop's own back office, where that has an address.
func TestLinksToTheBackOffice(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	v := relance.Version{UpdatedAt: noon(), ReadAt: noon()}
	for shop := range 2 {
		a.give(shop, store.PageRows{
			Customers: []relance.Customer{{ExternalID: "7", Kind: relance.IdentityCustomer, Email: "anna@example.com", CreatedAt: noon(), Version: v}},
			Orders: []relance.Order{{ExternalID: "8", Number: "8", CustomerID: "7", State: relance.OrderPaid, PlacedAt: noon(), Currency: "EUR", Version: v,
				Lines: []relance.OrderLine{{ExternalID: "1", Title: "Tea", Quantity: 1}}}, {ExternalID: "10", Number: "10", State: relance.OrderPaid, PlacedAt: noon(), Currency: "EUR", Version: v}},
			Carts: []relance.Cart{{ExternalID: "9", CustomerID: "7", Currency: "EUR", StartedAt: noon(), UpdatedAt: noon(), Version: v}}})
	}
	type link struct{ AdminURL *string }
	type node struct {
		Shop struct{ Platform string }
		link
	}
	var out struct {
		Profiles struct {
			Nodes []struct {
				Identities []node
				Orders     struct{ Nodes []node }
				Carts      struct{ Nodes []node }
				Purchases  struct{ Nodes []struct{ Order link } }
			}
		}
		Carts                struct{ Nodes []node }
		OrdersWithoutProfile struct{ Nodes []node }
	}
	a.ask(`{ profiles(first: 2) { nodes { identities { adminUrl shop { platform } } orders { nodes { adminUrl shop { platform } } }
		carts { nodes { adminUrl shop { platform } } } purchases { nodes { order { adminUrl } } } } }
		carts(first: 5) { nodes { adminUrl shop { platform } } } ordersWithoutProfile { nodes { adminUrl shop { platform } } } }`, nil, &out)
	p := out.Profiles.Nodes[0]
	const office = "https://admin.shopify.com/store/shopify/"
	for what, c := range map[string]struct {
		list []node
		want string
	}{
		"records": {p.Identities, "customers/7"}, "orders": {p.Orders.Nodes, "orders/8"}, "carts": {p.Carts.Nodes, "checkouts/9"},
		"all carts": {out.Carts.Nodes, "checkouts/9"}, "orders without profile": {out.OrdersWithoutProfile.Nodes, "orders/10"},
	} {
		got := map[string]string{}
		for _, n := range c.list {
			got[n.Shop.Platform] = "none"
			if n.AdminURL != nil {
				got[n.Shop.Platform] = *n.AdminURL
			}
		}
		if diff := cmp.Diff(map[string]string{"SHOPIFY": office + c.want, "PRESTASHOP": "none"}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	if len(p.Purchases.Nodes) != 2 {
		t.Errorf("%d purchases, want 2", len(p.Purchases.Nodes))
	}
	for _, n := range p.Purchases.Nodes {
		if u := n.Order.AdminURL; u != nil && *u != office+"orders/8" {
			t.Errorf("a purchase leads to %s", *u)
		}
	}
}

// What is on its way back is told in the API as the shop tells it.
func TestReturnsThroughTheAPI(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	v := relance.Version{UpdatedAt: noon(), ReadAt: noon()}
	a.give(0, store.PageRows{
		Customers: []relance.Customer{{ExternalID: "7", Kind: relance.IdentityCustomer, Email: "anna@example.com", CreatedAt: noon(), Version: v}},
		Orders: []relance.Order{{ExternalID: "8", Number: "8", CustomerID: "7", State: relance.OrderPaid, PlacedAt: noon(), Currency: "EUR", Version: v,
			Returns: []relance.Return{{ExternalID: "9", Number: "8-R1", State: relance.ReturnOpen, RequestedAt: noon(),
				Lines: []relance.ReturnLine{{Title: "Tea", SKU: "T", Quantity: 2, RefundedQuantity: 1, Reason: "Too small"}}}}}}})
	r := a.as(a.token, `{ profiles(first: 1) { nodes { orders { nodes { returns { externalId number state requestedAt closedAt lines { title sku quantity refundedQuantity reason } } refunds { amount } } } } } }`, nil)
	const want = `{"profiles":{"nodes":[{"orders":{"nodes":[{"returns":[{"externalId":"9","number":"8-R1","state":"OPEN","requestedAt":"2026-06-15T12:00:00Z","closedAt":null,` +
		`"lines":[{"title":"Tea","sku":"T","quantity":2,"refundedQuantity":1,"reason":"Too small"}]}],"refunds":[]}]}}]}}`
	if string(r.Data) != want {
		t.Errorf("%s", r.Body)
	}
}
