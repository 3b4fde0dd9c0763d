package shopifytest

import (
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// line is a line item of an order.
type line struct {
	*relance.OrderLine
	order *order
}

// taxRate is what a shop with taxes excluded adds, in percent of the net price.
const taxRate = 20

// tax is the tax in a gross amount.
func tax(gross decimal.Decimal) decimal.Decimal {
	return gross.Mul(decimal.NewFromInt(taxRate)).DivRound(decimal.NewFromInt(100+taxRate), 2)
}

func (o *order) lineTax() (sum decimal.Decimal) {
	for _, l := range o.Lines {
		sum = sum.Add(tax(l.Total))
	}
	return sum
}

func (line) typeName() string { return "LineItem" }

func (l line) field(x *run, f field) any {
	total := l.Total
	if x.s.opts.TaxesExcluded {
		total = total.Sub(tax(total))
	}
	switch f.name {
	case "id":
		return gid("LineItem", number(l.ExternalID))
	case "title":
		return l.Title
	case "sku":
		return orNull(l.SKU)
	case "quantity":
		return l.Quantity
	case "image":
		return image(l.ImageURL)
	case "originalUnitPriceSet":
		return l.order.money(l.UnitPrice)
	case "originalTotalSet":
		return l.order.money(total.Add(l.offByCode()))
	case "discountedTotalSet":
		if all, _ := f.args["withCodeDiscounts"].(bool); !all {
			total = total.Add(l.offByCode())
		}
		return l.order.money(total)
	case "discountAllocations":
		return l.order.allocations(l.offByCode())
	case "taxLines":
		t := tax(l.Total)
		return []any{record{"TaxLine", map[string]any{"title": "VAT", "priceSet": l.order.money(t)}}}
	case "product":
		return productOf(x, l.ProductID, l.Title, l.Category, l.ProductURL)
	case "variant":
		return variantOf(l.variantID(x), l.SKU, l.Options)
	default:
		return nil
	}
}

// variantID is the variant that was sold: of a product without others, the one that stands for it.
func (l line) variantID(x *run) string {
	if p, ok := x.data.products.get(number(l.ProductID)).(*product); ok && l.VariantID == "" && len(p.Variants) == 0 {
		return p.only()
	}
	return l.VariantID
}

func image(url string) any {
	if url == "" {
		return nil
	}
	return record{"Image", map[string]any{"url": url}}
}

// productOf is the product a line names: the shop's own, or what the line tells of it.
func productOf(x *run, id, title, category, url string) any {
	if id == "" {
		return nil
	}
	if p := x.data.products.get(number(id)); p != nil {
		return p
	}
	return record{"Product", map[string]any{
		"id": gid("Product", number(id)), "title": title, "productType": "", "handle": "",
		"category": taxonomy(category), "onlineStoreUrl": orNull(url), "status": "ACTIVE",
	}}
}

func taxonomy(category string) any {
	if category == "" {
		return nil
	}
	return record{"TaxonomyCategory", map[string]any{"id": "gid://shopify/TaxonomyCategory/aa", "name": category, "fullName": category}}
}

// variantOf is the variant a line names, with the options chosen.
func variantOf(id, sku string, chosen []relance.Option) any {
	if id == "" && len(chosen) == 0 {
		return nil
	}
	return record{"ProductVariant", map[string]any{
		"id": gid("ProductVariant", number(id)), "title": "", "sku": orNull(sku), "selectedOptions": options(chosen), "price": "0.00",
	}}
}

// refund is a refund of an order.
type refund struct {
	*relance.Refund
	order *order
}

func (refund) typeName() string { return "Refund" }

func (r refund) field(x *run, f field) any {
	switch f.name {
	case "id":
		return gid("Refund", number(r.ExternalID))
	case "legacyResourceId":
		return gid("Refund", number(r.ExternalID))[len("gid://shopify/Refund/"):]
	case "createdAt", "updatedAt":
		return stamp(r.At)
	case "note":
		if r.Document != "" {
			return r.Document
		}
		return orNull(r.Note)
	case "totalRefundedSet":
		return r.order.money(r.Amount)
	case "refundLineItems":
		all := make([]any, len(r.Lines))
		for i := range r.Lines {
			all[i] = refundLine{&r.Lines[i], r.order}
		}
		return x.nested("RefundLineItem", all, f.args)
	default:
		return nil
	}
}

// refundLine is what of a line was refunded.
type refundLine struct {
	*relance.RefundLine
	order *order
}

func (refundLine) typeName() string { return "RefundLineItem" }

func (l refundLine) field(x *run, f field) any {
	t := tax(l.Amount)
	switch f.name {
	case "id":
		if l.ExternalID == "" {
			return nil
		}
		return gid("RefundLineItem", number(l.ExternalID))
	case "quantity":
		return l.Quantity
	case "subtotalSet":
		if x.s.opts.TaxesExcluded {
			return l.order.money(l.Amount.Sub(t))
		}
		return l.order.money(l.Amount)
	case "totalTaxSet":
		return l.order.money(t)
	case "lineItem":
		for i := range l.order.Lines {
			if l.order.Lines[i].ExternalID == l.OrderLineID {
				return line{&l.order.Lines[i], l.order}
			}
		}
		return record{"LineItem", map[string]any{"id": gid("LineItem", number(l.OrderLineID)), "title": "", "quantity": l.Quantity}}
	default:
		return nil
	}
}
