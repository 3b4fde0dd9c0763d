package shopify

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors/connectortest"
	"github.com/relance/relance/connectors/shopify/shopifytest"
)

// TestCostsDenied: whoever may not see what products cost gets all products without it, by bulk
// operations and by pages, and the right is named, by the pull and by Check. Shopify leaves null what
// may be null; what may not takes the whole answer with it.
func TestCostsDenied(t *testing.T) {
	t.Parallel()
	for _, field := range []string{"InventoryItem.unitCost", "ProductVariant.inventoryItem"} {
		for _, staged := range []bool{true, false} {
			t.Run(field, func(t *testing.T) {
				seeded := testShop(1, 300)
				shop := shopifytest.NewShop(t, seeded, shopifytest.Options{Denied: []string{field}})
				c := connect(t, shop, nil)
				p := newPulled()
				if staged {
					pull(t, c, relance.KindProducts, connectortest.NewStaging(), p)
				} else {
					pull(t, c, relance.KindProducts, nil, p)
				}
				if len(p.products) != len(seeded.Products) || len(p.rejected) > 0 {
					t.Errorf("%d of %d products, rejected %v", len(p.products), len(seeded.Products), p.rejected)
				}
				for id, product := range p.products {
					if product.Costs != nil || len(product.Variants) != 2 {
						t.Errorf("product %s: costs %v, %d variants", id, product.Costs, len(product.Variants))
					}
				}
				named := func(m relance.MissingRight) bool { return m.Right == "View product costs" }
				if !slices.ContainsFunc(p.missing, named) {
					t.Errorf("the pull names %v", p.missing)
				}
				if bulk := count1(shop, "BulkRun"); staged && bulk != 2 {
					t.Errorf("%d bulk operations, want one with costs and one without", bulk)
				}
				if _, missing, err := c.Check(t.Context()); err != nil || len(missing) != 1 || !named(missing[0]) {
					t.Errorf("check: %v, missing %v", err, missing)
				}
			})
		}
	}
}

// count1 counts the requests with an operation of the name.
func count1(shop *shopifytest.Shop, name string) (n int) {
	for _, r := range shop.Requests() {
		if strings.Contains(r.Operation, name) {
			n++
		}
	}
	return n
}

// TestCostsComeWithBulkFiles: a shop of any size is not asked variant by variant.
func TestCostsComeWithBulkFiles(t *testing.T) {
	t.Parallel()
	shop := shopifytest.NewShop(t, testShop(1, 300), shopifytest.Options{})
	p := newPulled()
	pull(t, connect(t, shop, nil), relance.KindProducts, connectortest.NewStaging(), p)
	if n := count1(shop, "VariantCosts"); n != 0 {
		t.Errorf("%d requests for costs beside the file", n)
	}
	for id, product := range p.products {
		if len(product.Costs) != 1 {
			t.Errorf("product %s costs %v", id, product.Costs)
		}
	}
}

// TestOddCosts: what is no amount in a currency was not told, and the product is kept.
func TestOddCosts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"unitCost":{"amount":"8.40","currencyCode":"EUR"}}`: "8.4 EUR", `{"unitCost":{"amount":"0.00","currencyCode":"EUR"}}`: "0 EUR",
		`{"unitCost":null}`: "", `null`: "", `{"unitCost":{"amount":"","currencyCode":"EUR"}}`: "", `{"unitCost":{"amount":"-1","currencyCode":"EUR"}}`: "",
		`{"unitCost":{"amount":"1e400","currencyCode":"EUR"}}`: "", `{"unitCost":{"amount":"1","currencyCode":""}}`: "",
	} {
		n := decodeProduct(t, `{"id":"gid://shopify/Product/1","title":"Tea","priceRangeV2":{"minVariantPrice":{"amount":"1","currencyCode":"EUR"}},
			"variants":{"nodes":[{"id":"gid://shopify/ProductVariant/2","price":"1","inventoryItem":`+text+`}]}}`)
		p, r := n.product(opened())
		got := ""
		if c, ok := p.Costs["2"]; ok {
			got = c.Amount.String() + " " + c.Currency
		}
		if got != want || r.field != "" {
			t.Errorf("%s is %q, want %q; refused for %q", text, got, want, r.field)
		}
	}
}

// TestNetPrices: tax is off whether prices include it or not; a code's discount is in the line already,
// free shipping is none of the goods', and anything else is spread over the lines.
func TestNetPrices(t *testing.T) {
	t.Parallel()
	line := func(id, total string) relance.OrderLine {
		return relance.OrderLine{ExternalID: id, ProductID: "500", VariantID: "7000", Title: "Shirt", Quantity: 1, UnitPrice: dec(total), Total: dec(total)}
	}
	order := func(id, discount string, vouchers []relance.UsedVoucher, lines ...relance.OrderLine) relance.Order {
		o := testOrder(0, 1)
		o.ExternalID, o.Lines, o.Refunds, o.Discount, o.DiscountCodes, o.Vouchers, o.Total = id, lines, nil, dec(discount), nil, vouchers, o.Shipping.Sub(dec(discount))
		for _, v := range vouchers {
			o.DiscountCodes = append(o.DiscountCodes, v.Code)
		}
		for _, l := range lines {
			o.Total = o.Total.Add(l.Total)
		}
		return o
	}
	code := func(amount string) []relance.UsedVoucher {
		return []relance.UsedVoucher{{Code: "TEA", Amount: dec(amount)}}
	}
	reduced := line("1", "18.00") // of 20.00
	reduced.UnitPrice = dec("20.00")
	seeded := testShop(1, 0)
	seeded.Orders = []relance.Order{
		order("1", "0", nil, line("1", "12.00"), line("2", "6.00")),
		order("2", "2.00", code("2.00"), reduced),                                          // in the line already
		order("3", "4.90", code("4.90"), line("1", "12.00")),                               // free shipping
		order("4", "3.00", nil, line("1", "24.00"), line("2", "12.00"), line("3", "0.00")), // of the whole order
		order("5", "0.01", nil, line("1", "1.20"), line("2", "1.20"), line("3", "1.20")),   // does not divide
	}
	want := map[string]string{"1": "10 5", "2": "15", "3": "10", "4": "18 9 0", "5": "0.996666 0.996667 0.996667"}
	for _, excluded := range []bool{false, true} {
		for _, staged := range []bool{true, false} {
			shop := shopifytest.NewShop(t, seeded, shopifytest.Options{TaxesExcluded: excluded})
			got := pullAll(t, connect(t, shop, nil), staged).orders
			for id, w := range want {
				var nets []string
				for _, l := range got[id].Lines {
					if l.Net == nil {
						nets = append(nets, "?")
						continue
					}
					nets = append(nets, l.Net.String())
				}
				if s := strings.Join(nets, " "); s != w {
					t.Errorf("taxes excluded %t, staged %t, order %s: lines were sold for %s, want %s", excluded, staged, id, s, w)
				}
			}
		}
	}
}

func decodeProduct(t *testing.T, text string) *productNode {
	t.Helper()
	n := productResource().newNode()
	if err := json.Unmarshal([]byte(text), n); err != nil {
		t.Fatal(err)
	}
	return n.(*productNode)
}
