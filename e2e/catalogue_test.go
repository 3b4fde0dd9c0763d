package e2e_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/internal/sample"
)

// TestProductsAndMessages reads the catalogue page by page, and what a person and the
// PrestaShop shop wrote to each other.
func TestProductsAndMessages(t *testing.T) {
	shops := sample.Demo(sample.DemoOptions{Seed: 3, People: 40, Now: time.Now()})
	w := newWorld(t, worldOptions{shops: shops})
	customer := shops.PrestaShop.Customers[0]
	id, err := strconv.ParseInt(customer.ExternalID, 10, 64)
	must(t, err)
	w.presta.AddMessage(id, relance.Message{ExternalID: "900", ThreadID: "500", Text: "Où est ma commande ?", FromCustomer: true})
	shopify, presta := w.connect()
	w.await(time.Minute, w.startSync(shopify, false), w.startSync(presta, false))

	seen := map[string]bool{}
	for after := any(nil); ; {
		var out struct {
			Products struct {
				PageInfo struct {
					HasNextPage bool
					EndCursor   string
				}
				Nodes []struct {
					ID, Title string
					Price     money
					Options   []struct {
						Name   string
						Values []string
					}
				}
			}
		}
		w.ask(`query($after: String, $shop: ID!) { products(first: 7, after: $after, shopIds: [$shop]) { pageInfo { hasNextPage endCursor }
			nodes { id title price { amount currencyCode } options { name values } } } }`, map[string]any{"after": after, "shop": presta}, &out)
		for _, p := range out.Products.Nodes {
			if seen[p.ID] {
				t.Errorf("%s came twice", p.Title)
			}
			seen[p.ID] = true
		}
		if !out.Products.PageInfo.HasNextPage {
			break
		}
		after = out.Products.PageInfo.EndCursor
	}
	if len(seen) != len(shops.PrestaShop.Products) {
		t.Errorf("%d products, want %d", len(seen), len(shops.PrestaShop.Products))
	}

	var out struct {
		Profiles struct {
			Nodes []struct {
				Messages []struct {
					Text         string
					FromCustomer bool
				}
			}
		}
	}
	w.ask(`query($who: String) { profiles(first: 1, filter: { search: $who }) { nodes { messages { text fromCustomer } } } }`, map[string]any{"who": customer.Email}, &out)
	if len(out.Profiles.Nodes) != 1 || len(out.Profiles.Nodes[0].Messages) != 1 || out.Profiles.Nodes[0].Messages[0].Text != "Où est ma commande ?" {
		t.Errorf("messages: %+v", out.Profiles.Nodes)
	}
}
