package prestashop

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// FreeShippingFrom implements [connectors.ShippingTeller]. It asks the shop, not the memory.
func (c *Connector) FreeShippingFrom(ctx context.Context) (*decimal.Decimal, error) {
	refs, err := c.referencesSince(ctx, c.now())
	if err != nil {
		return nil, err
	}
	return refs.freeShippingFrom(), nil
}

// freeShippingFrom is the setting of "Preferences for shipping"; 0 switches it off. Free shipping
// by weight alone says nothing of a cart that we know.
func (r *references) freeShippingFrom() *decimal.Decimal {
	from, err := decimal.NewFromString(r.config["PS_SHIPPING_FREE_PRICE"])
	if err != nil || !from.IsPositive() {
		return nil
	}
	from = from.Round(relance.MoneyScale)
	return &from
}

var _ connectors.ShippingTeller = (*Connector)(nil)
