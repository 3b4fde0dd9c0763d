package shopify

import (
	"context"
	"encoding/json"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

func productResource() resource {
	return resource{
		kind: relance.KindProducts, typ: "Product", sortKey: "UPDATED_AT", scope: "read_products", first: 40,
		page:      load(890, "products_page", "product_fields", "variant_fields"),
		nodes:     load(890, "products_nodes", "product_fields", "variant_fields"),
		children:  load(110, "products_children", "variant_fields"),
		tail:      load(10, "products_tail"),
		ids:       load(260, "products_ids"),
		bulk:      load(10, "products_bulk"),
		bulkPlain: withoutCosts(load(10, "products_bulk")),
		newNode:   func() node { return &productNode{} },
		finish:    finishProducts,
	}
}

// productNode is a product as Shopify writes it.
type productNode struct {
	ID        string        `json:"id"`
	Title     string        `json:"title"`
	Status    string        `json:"status"`
	Type      string        `json:"productType"`
	URL       string        `json:"onlineStoreUrl"`
	CreatedAt string        `json:"createdAt"`
	UpdatedAt string        `json:"updatedAt"`
	Stock     int           `json:"totalInventory"`
	Tracked   bool          `json:"tracksInventory"`
	Category  *categoryNode `json:"category"`
	Options   []struct {
		Name   string   `json:"name"`
		Values []string `json:"values"`
	} `json:"options"`
	Media *struct {
		Preview *struct {
			Image *imageNode `json:"image"`
		} `json:"preview"`
	} `json:"featuredMedia"`
	Prices struct {
		Least money `json:"minVariantPrice"`
	} `json:"priceRangeV2"`
	Variants connection[variantNode] `json:"variants"`
}

type categoryNode struct {
	FullName string `json:"fullName"`
}

// variantNode is a variant as Shopify writes it.
type variantNode struct {
	ID      string       `json:"id"`
	SKU     string       `json:"sku"`
	Price   loose        `json:"price"`
	Stock   *int         `json:"inventoryQuantity"`
	Policy  string       `json:"inventoryPolicy"`
	ForSale bool         `json:"availableForSale"`
	Options []optionNode `json:"selectedOptions"`
	Item    *itemNode    `json:"inventoryItem"` // nil where it was not asked for
}

func (n *productNode) id() string                    { return n.ID }
func (n *productNode) changed() time.Time            { return moment(n.UpdatedAt) }
func (n *productNode) more() (string, bool)          { return moreOf(n.Variants) }
func (n *productNode) add(raw json.RawMessage) error { return addTo(&n.Variants, raw) }

// beyondStock reports whether the variant can be ordered with nothing in stock: by its policy, or
// because it alone of its product is not counted.
func (v *variantNode) beyondStock() bool {
	return v.Policy == "CONTINUE" || v.ForSale && v.Stock != nil && *v.Stock <= 0
}

// category is the full name of the taxonomy's category, or else the merchant's own
// product type.
func category(c *categoryNode, productType string) string {
	if c != nil && c.FullName != "" {
		return name(c.FullName)
	}
	return name(productType)
}

func finishProducts(ctx context.Context, s *Connector, list []node, read time.Time, page *connectors.Page) error {
	products := make([]*productNode, len(list))
	for i, n := range list {
		products[i] = n.(*productNode)
	}
	if err := s.completeCosts(ctx, products, page); err != nil {
		return err
	}
	for _, n := range products {
		p, r := n.product(read)
		if r.field != "" {
			page.Rejected = append(page.Rejected, connectors.Rejected{Kind: relance.KindProducts, ExternalID: p.ExternalID, Field: r.field, Reason: r.reason})
			continue
		}
		page.Products = append(page.Products, p)
	}
	return nil
}

func (n *productNode) product(read time.Time) (relance.Product, reader) {
	var r reader
	p := relance.Product{
		ExternalID: r.number("id", n.ID), Version: relance.Version{UpdatedAt: n.changed(), ReadAt: read},
		Title: name(n.Title), Category: category(n.Category, n.Type), URL: cut(n.URL, maxURL), Active: n.Status == "ACTIVE",
		Price: r.amount("priceRangeV2", n.Prices.Least.Amount), Currency: r.currency("currencyCode", n.Prices.Least.Currency),
		CreatedAt: moment(n.CreatedAt),
	}
	if n.Media != nil && n.Media.Preview != nil {
		p.ImageURL = n.Media.Preview.Image.url()
	}
	if n.Tracked {
		p.Stock = &n.Stock
	}
	for _, o := range n.Options {
		if len(o.Values) == 1 && o.Values[0] == "Default Title" {
			continue
		}
		p.Options = append(p.Options, relance.ProductOption{Name: name(o.Name), Values: names(o.Values)})
	}
	backorder := !n.Tracked
	for _, v := range n.Variants.Nodes {
		x := relance.Variant{ExternalID: plainID(v.ID), SKU: name(v.SKU), Price: r.optional("price", v.Price), Options: options(v.Options), Backorder: v.beyondStock()}
		if n.Tracked { // Shopify writes 0 for what it does not count
			x.Stock = v.Stock
		}
		backorder = backorder || x.Backorder
		p.Variants = append(p.Variants, x)
		if cost := v.cost(); cost != nil {
			if p.Costs == nil {
				p.Costs = map[string]relance.Money{}
			}
			p.Costs[x.ExternalID] = *cost
		}
	}
	p.Backorder = &backorder
	if len(p.Variants) > 0 {
		p.SKU = p.Variants[0].SKU
	}
	return p, r
}
