package shopifytest

import (
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// product is a row of products.
type product struct {
	relance.Product
	stamps
	id int64
}

func newProduct(p relance.Product, now time.Time) *product {
	return &product{Product: p, stamps: newStamps(p.CreatedAt, p.Version.UpdatedAt, now), id: number(p.ExternalID)}
}

func (*product) typeName() string { return "Product" }
func (p *product) rowID() int64   { return p.id }
func (p *product) at() stamps     { return p.stamps }
func (p *product) word(string) string {
	if p.Active {
		return "active"
	}
	return "draft"
}

func (p *product) field(x *run, f field) any {
	switch f.name {
	case "id":
		return gid("Product", p.id)
	case "legacyResourceId":
		return gid("Product", p.id)[len("gid://shopify/Product/"):]
	case "title":
		return p.Title
	case "handle":
		return strings.ToLower(strings.Join(strings.Fields(p.Title), "-"))
	case "status":
		return strings.ToUpper(p.word(""))
	case "productType":
		return ""
	case "category":
		return taxonomy(p.Category)
	case "tags":
		return []string{}
	case "onlineStoreUrl":
		return orNull(p.URL)
	case "createdAt":
		return stamp(p.created)
	case "updatedAt":
		return stamp(p.updated)
	default:
		return p.offer(x, f)
	}
}

func (p *product) offer(x *run, f field) any {
	switch f.name {
	case "totalInventory":
		if p.Stock == nil {
			return 0
		}
		return *p.Stock
	case "tracksInventory":
		return p.Stock != nil || slices.ContainsFunc(p.Variants, func(v relance.Variant) bool { return v.Stock != nil })
	case "options":
		all := make([]any, len(p.Options))
		for i, o := range p.Options {
			all[i] = record{"ProductOption", map[string]any{"id": gid("ProductOption", p.id*10+int64(i)), "name": o.Name, "position": i + 1, "values": o.Values}}
		}
		return firstOf(all, f.args)
	case "featuredMedia":
		if p.ImageURL == "" {
			return nil
		}
		return record{"MediaImage", map[string]any{
			"id": gid("MediaImage", p.id), "image": image(p.ImageURL),
			"preview": record{"MediaPreviewImage", map[string]any{"image": image(p.ImageURL)}},
		}}
	case "priceRangeV2":
		low, high := p.priceRange()
		return record{"ProductPriceRangeV2", map[string]any{
			"minVariantPrice": money{amount: low, currency: p.Currency}, "maxVariantPrice": money{amount: high, currency: p.Currency},
		}}
	case "variants":
		return x.nested("ProductVariant", p.variants(), f.args)
	default:
		return nil
	}
}

// variants lists them; a product without any has one that stands for itself, as every
// product of the real shop does.
func (p *product) variants() []any {
	if len(p.Variants) == 0 {
		return []any{variant{p, &relance.Variant{
			ExternalID: p.only(), SKU: p.SKU, Price: p.Price, Stock: p.Stock, Backorder: p.Backorder != nil && *p.Backorder,
			Options: []relance.Option{{Name: "Title", Value: "Default Title"}},
		}}}
	}
	all := make([]any, len(p.Variants))
	for i := range p.Variants {
		all[i] = variant{p, &p.Variants[i]}
	}
	return all
}

// only is the id of the variant of a product that has no others.
func (p *product) only() string { return "4" + p.ExternalID }

// variantByID finds a variant among all products; nil if there is none.
func (x *run) variantByID(id int64) any {
	for _, r := range x.data.products.byID {
		p := r.(*product)
		known := func(v relance.Variant) bool { return number(v.ExternalID) == id }
		if len(p.Variants) == 0 && number(p.only()) != id || len(p.Variants) > 0 && !slices.ContainsFunc(p.Variants, known) {
			continue
		}
		for _, v := range p.variants() {
			if number(v.(variant).ExternalID) == id {
				return v
			}
		}
	}
	return nil
}

func (p *product) priceRange() (low, high decimal.Decimal) {
	low, high = p.Price, p.Price
	for _, v := range p.Variants {
		low, high = decimal.Min(low, v.Price), decimal.Max(high, v.Price)
	}
	return low, high
}

// variant is a variant of a product.
type variant struct {
	of *product
	*relance.Variant
}

func (variant) typeName() string { return "ProductVariant" }

func (v variant) field(_ *run, f field) any {
	switch f.name {
	case "id":
		return gid("ProductVariant", number(v.ExternalID))
	case "legacyResourceId":
		return gid("ProductVariant", number(v.ExternalID))[len("gid://shopify/ProductVariant/"):]
	case "sku":
		return orNull(v.SKU)
	case "price":
		return amount(v.Price)
	case "title":
		return ""
	case "inventoryQuantity":
		if v.Stock == nil {
			return 0
		}
		return *v.Stock
	case "inventoryPolicy":
		if v.Backorder {
			return "CONTINUE"
		}
		return "DENY"
	case "availableForSale":
		return v.Backorder || v.Stock == nil || *v.Stock > 0
	case "selectedOptions":
		return options(v.Options)
	case "inventoryItem":
		return inventoryItem{v}
	default:
		return nil
	}
}

// inventoryItem is a variant as stock.
type inventoryItem struct{ v variant }

func (inventoryItem) typeName() string { return "InventoryItem" }

// field gives the unit cost where somebody told it, in the shop's currency.
func (i inventoryItem) field(_ *run, f field) any {
	if f.name == "id" {
		return gid("InventoryItem", number(i.v.ExternalID))
	}
	cost, told := i.v.of.Costs[i.v.ExternalID]
	if len(i.v.of.Variants) == 0 && !told {
		cost, told = i.v.of.Costs[""]
	}
	if !told {
		return nil
	}
	return money{amount: cost.Amount, currency: cost.Currency}
}
