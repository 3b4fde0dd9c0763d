package shopifytest

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// checkout is a row of abandoned checkouts, recovered ones included.
type checkout struct {
	relance.Cart
	stamps
	id int64
}

func newCheckout(c relance.Cart, now time.Time) *checkout {
	return &checkout{Cart: c, stamps: newStamps(c.StartedAt, c.UpdatedAt, now), id: number(c.ExternalID)}
}

func (*checkout) typeName() string { return "AbandonedCheckout" }
func (c *checkout) rowID() int64   { return c.id }
func (c *checkout) at() stamps     { return c.stamps }

func (c *checkout) word(name string) string {
	if name == "recovery_state" {
		if c.CompletedAt != nil {
			return "recovered"
		}
		return "not_recovered"
	}
	if c.CompletedAt != nil {
		return "closed"
	}
	return "open"
}

func (c *checkout) field(x *run, f field) any {
	switch f.name {
	case "id":
		return gid("AbandonedCheckout", c.id)
	case "name":
		return "#" + c.ExternalID
	case "abandonedCheckoutUrl":
		url := c.RestoreURL
		if url == "" {
			url = "https://" + x.s.opts.Domain + "/checkouts/ac/" + c.ExternalID + "/recover"
		}
		return url
	case "createdAt":
		return stamp(c.created)
	case "updatedAt":
		return stamp(c.updated)
	case "completedAt":
		return stampOf(c.CompletedAt)
	case "taxesIncluded":
		return true
	case "customer":
		if r := x.data.customers.get(number(c.CustomerID)); c.CustomerID != "" && r != nil {
			return r
		}
		return nil
	case "totalPriceSet":
		total := c.Total
		if total.IsZero() {
			total = c.Value
		}
		return bag{amount: total, currency: c.Currency}
	case "subtotalPriceSet", "totalLineItemsPriceSet":
		return bag{amount: c.Value, currency: c.Currency}
	case "totalDiscountSet", "totalTaxSet":
		return bag{amount: decimal.Zero, currency: c.Currency}
	case "lineItems":
		all := make([]any, len(c.Lines))
		for i := range c.Lines {
			all[i] = checkoutLine{&c.Lines[i], c}
		}
		return x.nested("AbandonedCheckoutLineItem", all, f.args)
	default:
		return nil
	}
}

// checkoutLine is a line of a checkout.
type checkoutLine struct {
	*relance.CartLine
	of *checkout
}

func (checkoutLine) typeName() string { return "AbandonedCheckoutLineItem" }

func (l checkoutLine) field(x *run, f field) any {
	switch f.name {
	case "id":
		return gid("AbandonedCheckoutLineItem", number(l.ExternalID))
	case "title":
		return orNull(l.Title)
	case "sku":
		return orNull(l.SKU)
	case "quantity":
		return l.Quantity
	case "image":
		return image(l.ImageURL)
	case "discountedTotalPriceSet", "discountedTotalPriceWithCodeDiscount", "originalTotalPriceSet":
		return bag{amount: l.Total, currency: l.of.Currency}
	case "product":
		return productOf(x, l.ProductID, l.Title, "", "")
	case "variant":
		return variantOf(l.VariantID, l.SKU, l.Options)
	default:
		return nil
	}
}
