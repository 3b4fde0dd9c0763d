package campaign

import "github.com/relance/relance"

func text(s *situation) relance.Reason {
	if len(s.step.Email) == 0 && len(s.step.Letter) == 0 {
		return relance.ReasonNoText
	}
	return ""
}

func sender(s *situation) relance.Reason {
	if s.shop().SenderEmail == "" {
		return relance.ReasonNoSender
	}
	return ""
}

// voucher refuses an offer that the shop cannot make or the person could not use.
func voucher(s *situation) relance.Reason {
	offer := s.step.Voucher
	if offer == nil {
		return ""
	}
	shop := s.facts.Merchant.Shops[s.in.ShopID]
	currency := shop.Currency
	if s.in.Cart != nil {
		currency = s.in.Cart.Currency
	}
	switch {
	case !shop.CanVoucher:
		return relance.ReasonVoucherRight
	case offer.Currency != "" && offer.Currency != currency:
		return relance.ReasonVoucherCurrency
	case s.in.Cart != nil && s.plan.Trigger.Kind == relance.TriggerAbandonedCart && s.in.Cart.ValueKnown && offer.Minimum.GreaterThan(s.in.Cart.Value):
		return relance.ReasonVoucherMinimum
	}
	return ""
}

func budget(s *situation) relance.Reason {
	b, used := s.plan.Budget, s.campaign.Used
	spent := s.channel == relance.ChannelLetter && b.TotalCost.IsPositive() && used.TotalCost.GreaterThanOrEqual(b.TotalCost)
	if spent || b.Total > 0 && used.Total >= b.Total {
		return relance.ReasonBudget
	}
	return ""
}
