package campaign

import (
	"time"

	"github.com/relance/relance"
)

// abandonedCarts: a cart that rests without an order. The event is its last activity.
func abandonedCarts(c *relance.Campaign, f *relance.Facts, _ time.Time) (out []relance.Instance) {
	for i := range f.Carts {
		cart := &f.Carts[i]
		if !cart.Ordered && of(c, f, cart.SourceID) {
			out = append(out, relance.Instance{Key: cartKey(cart.ID), At: cart.ActiveAt, ShopID: cart.SourceID, Cart: cart, Language: cart.Language})
		}
	}
	return out
}

// recoveredCarts: an abandoned cart that became an order after all. The event is the order.
func recoveredCarts(c *relance.Campaign, f *relance.Facts, _ time.Time) (out []relance.Instance) {
	for i := range f.Carts {
		cart := &f.Carts[i]
		if !cart.WasAbandoned || cart.OrderID == nil || !of(c, f, cart.SourceID) {
			continue
		}
		for j := range f.Orders {
			if o := &f.Orders[j]; o.ID == *cart.OrderID && o.Counted {
				out = append(out, relance.Instance{Key: cartKey(cart.ID), At: o.PlacedAt, ShopID: cart.SourceID, Cart: cart, Order: o, Language: o.Language})
			}
		}
	}
	return out
}

func checkCart(t *relance.Trigger) error {
	if t.Amount.IsNegative() {
		return relance.TellField("trigger.amount", "CART_VALUE")
	}
	if t.Amount.IsPositive() && t.Currency == "" {
		return relance.TellField("trigger.currency", "AMOUNT_CURRENCY")
	}
	if t.Currency != "" {
		if err := checkCurrency("trigger.currency", t.Currency); err != nil {
			return err
		}
	}
	if t.Kind == relance.TriggerAbandonedCart && t.MinAge < 30*time.Minute {
		return relance.TellField("trigger.minAgeMinutes", "CART_TOO_YOUNG")
	}
	return checkAges(t)
}
