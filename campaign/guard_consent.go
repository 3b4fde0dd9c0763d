package campaign

import (
	"github.com/google/uuid"

	"github.com/relance/relance"
)

// consent asks the law of the recipient's country for a ground to write; see legal.go. What
// was said to another controller does not serve.
func consent(s *situation) relance.Reason {
	shop := s.shop()
	records := map[uuid.UUID]bool{}
	for i := range s.facts.Records {
		r := &s.facts.Records[i]
		if s.facts.Merchant.Shops[r.SourceID].Controller == shop.Controller {
			records[r.CustomerID] = true
		}
	}
	state := relance.ConsentUnknown
	for _, c := range s.facts.Consents {
		// Not having said anything at one shop takes nothing from what was said at another.
		if c.Channel != relance.ChannelEmail || c.Preference != "" || !records[c.CustomerID] || c.State == relance.ConsentUnknown {
			continue
		}
		if state == relance.ConsentUnknown || c.State.Strictness() < state.Strictness() {
			state = c.State
		}
	}
	q := legalQuestion{country: s.to.Country, business: s.record.Business, state: state, bought: boughtUnderNotice(s, shop)}
	basis, reason := ground(q)
	s.to.Basis = basis
	return reason
}

// boughtUnderNotice reports whether an order that was not cancelled came in at the controller's
// shops since they tell people about e-mail on similar goods.
func boughtUnderNotice(s *situation, shop relance.FactShop) bool {
	for i := range s.facts.Orders {
		o := &s.facts.Orders[i]
		at, ok := s.facts.Merchant.Shops[o.SourceID]
		if ok && at.Controller == shop.Controller && o.Counted && at.NoticeSince != nil && !o.PlacedAt.Before(*at.NoticeSince) {
			return true
		}
	}
	return false
}
