package campaign

import "github.com/relance/relance"

// shippingFree refuses to give what the person has already: a cart of this value is shipped free.
func shippingFree(s *situation) relance.Reason {
	offer, cart := s.step.Voucher, s.in.Cart
	if offer == nil || offer.Kind != relance.VoucherFreeShipping || cart == nil || s.plan.Trigger.Kind != relance.TriggerAbandonedCart {
		return ""
	}
	shop := s.facts.Merchant.Shops[s.in.ShopID]
	// Amounts in another currency are not compared: nothing is converted.
	if from := shop.FreeShippingFrom; from != nil && cart.ValueKnown && cart.Currency == shop.Currency && !cart.Value.LessThan(*from) {
		return relance.ReasonShippingFree
	}
	return ""
}
