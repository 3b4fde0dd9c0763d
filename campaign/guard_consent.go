package campaign

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// consent asks the law of the recipient's country for a ground to write; see legal.go. What
// was said to another controller does not serve.
func consent(s *situation) relance.Reason {
	bought := s.boughtUnderNotice()
	return s.permitted(relance.ChannelEmail, func(state relance.ConsentState) (relance.LegalBasis, relance.Reason) {
		return ground(legalQuestion{country: s.to.Country, business: s.record.Business, state: state, bought: bought})
	})
}

// permitted takes the ground that the law gives for what was said on a channel. Where the step names a preference,
// what was said of that is asked too, and the stricter of both words decides: naming one never lets anybody
// through whom the channel as a whole does not.
func (s *situation) permitted(channel relance.ConsentChannel, law func(relance.ConsentState) (relance.LegalBasis, relance.Reason)) relance.Reason {
	whole := s.said(channel, "")
	basis, reason := law(whole)
	if s.step == nil || s.step.Preference(channel) == "" || reason != "" {
		s.to.Basis = basis
		return reason
	}
	if named := s.said(channel, s.step.Preference(channel)); named.Strictness() < whole.Strictness() {
		basis, reason = law(named)
	}
	s.to.Basis = basis
	if reason != "" && reason != relance.ReasonObjected {
		return relance.ReasonNoPreference
	}
	return reason
}

// said is the strictest word on a channel, or a preference of it, that the person gave the controller who writes. Not
// having said anything at one shop takes nothing from what was said at another. What the owner of
// the address confirmed by our own link is confirmed, though the shop knows of a sign-up alone; at
// another address it is a yes like others.
func (s *situation) said(channel relance.ConsentChannel, preference string) relance.ConsentState {
	state, confirmed := relance.ConsentUnknown, false
	for _, c := range s.facts.Consents {
		if c.Channel != channel || !strings.EqualFold(c.Preference, preference) || c.State == relance.ConsentUnknown || !s.counts(c) {
			continue
		}
		if c.State == relance.ConsentConfirmed && c.Controller != "" {
			if !strings.EqualFold(c.Address, s.to.Email) {
				c.State = relance.ConsentGranted
			} else {
				confirmed = true
			}
		}
		if state == relance.ConsentUnknown || c.State.Strictness() < state.Strictness() {
			state = c.State
		}
	}
	if confirmed && (state == relance.ConsentGranted || state == relance.ConsentPending) {
		return relance.ConsentConfirmed
	}
	return state
}

// counts reports whether a word was given to the controller who writes. Where that cannot be
// told (an import, a shop without a legal entity) a no counts and a yes does not; nor does the
// yes of a record that is gone.
func (s *situation) counts(c relance.FactConsent) bool {
	no := c.State == relance.ConsentWithdrawn || c.State == relance.ConsentRefused
	if c.Controller != "" { // by hand: to whom it was given, not whose record it is
		r, own := s.recordByID(c.CustomerID), controller(s.shop())
		return own == legalEntity(c.Controller) && (no || r != nil && !r.Deleted) || no && own == ""
	}
	if no {
		return s.speaksFor(c.CustomerID)
	}
	r := s.recordByID(c.CustomerID)
	return r != nil && !r.Deleted && sameController(s.facts.Merchant.Shops[r.SourceID], s.shop())
}

// speaksFor reports whether an objection made by the record holds for the shop that writes:
// unless it was made to another controller by name.
func (s *situation) speaksFor(customer uuid.UUID) bool {
	r := s.recordByID(customer)
	if r == nil {
		return false
	}
	at, own := s.facts.Merchant.Shops[r.SourceID], s.shop()
	return sameController(at, own) || controller(at) == "" || controller(own) == ""
}

func (s *situation) recordByID(customer uuid.UUID) *relance.FactRecord {
	for i := range s.facts.Records {
		if r := &s.facts.Records[i]; r.CustomerID == customer {
			return r
		}
	}
	return nil
}

// sameController reports whether two shops are of one legal entity for certain.
func sameController(a, b relance.FactShop) bool {
	return a.ID == b.ID || controller(a) != "" && controller(a) == controller(b)
}

func controller(s relance.FactShop) string { return legalEntity(s.Controller) }

// legalEntity is a name as names are compared.
func legalEntity(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// boughtUnderNotice reports whether an order that was not cancelled came in at the controller's
// shops since they tell people about e-mail on similar goods.
func (s *situation) boughtUnderNotice() bool {
	own := s.shop()
	for i := range s.facts.Orders {
		o := &s.facts.Orders[i]
		at, ok := s.facts.Merchant.Shops[o.SourceID]
		if ok && sameController(at, own) && o.Counted && at.NoticeSince != nil && !o.PlacedAt.Before(startOfDay(*at.NoticeSince, at.Zone)) {
			return true
		}
	}
	return false
}

// startOfDay is when a date begins in a zone.
func startOfDay(date time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	return time.Date(date.Year(), date.Month(), date.Day(), 0, 0, 0, 0, zone)
}
