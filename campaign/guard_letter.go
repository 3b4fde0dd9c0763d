package campaign

import (
	"strings"

	"github.com/relance/relance"
	"github.com/relance/relance/letter/postal"
)

// letterhead demands what a letter must say of who writes it.
func letterhead(s *situation) relance.Reason {
	if !s.shop().Letterhead {
		return relance.ReasonNoLetterhead
	}
	return ""
}

func printer(s *situation) relance.Reason {
	if s.shop().PostsFrom == "" {
		return relance.ReasonNoPrinter
	}
	return ""
}

// postalAddress takes the recipient's address where the post could find it.
func postalAddress(s *situation) relance.Reason {
	a := s.record.Address
	if a == nil {
		return relance.ReasonNoPostalAddress
	}
	s.to.Address = *a
	if _, wrong := postal.Lines(*a, s.shop().PostsFrom); len(wrong) > 0 {
		return relance.ReasonNoPostalAddress
	}
	s.to.Country = strings.ToUpper(a.CountryCode)
	return ""
}

// noLetters: the person objected to letters from the same controller, or one came back from this
// very address.
func noLetters(s *situation) relance.Reason {
	key := s.to.Address.Key()
	for _, x := range s.facts.NoLetters {
		switch {
		case x.Reason == relance.StoppedByObjection && s.speaksFor(x.CustomerID):
			return relance.ReasonObjected
		case x.Reason == relance.StoppedByPost && x.AddressKey == key:
			return relance.ReasonUndeliverable
		}
	}
	return ""
}

// letterConsent asks for a ground to write letters; see legal_letter.go.
func letterConsent(s *situation) relance.Reason {
	q := letterQuestion{country: s.to.Country, bought: s.bought(), prospects: s.plan.Letters != nil && s.plan.Letters.Prospects}
	reason := s.permitted(relance.ChannelLetter, func(state relance.ConsentState) (relance.LegalBasis, relance.Reason) {
		q.state = state
		return letterGround(q)
	})
	if reason == "" && s.to.Basis != relance.BasisConsent && s.record.Robinson {
		return relance.ReasonRobinson
	}
	return reason
}

// bought reports whether an order that was not cancelled came in at one of the controller's shops.
func (s *situation) bought() bool {
	for i := range s.facts.Orders {
		if o := &s.facts.Orders[i]; o.Counted && sameController(s.facts.Merchant.Shops[o.SourceID], s.shop()) {
			return true
		}
	}
	return false
}
