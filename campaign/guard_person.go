package campaign

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// notToContact are labels that stop everything, in the languages of the dashboard.
var notToContact = []string{ //nolint:gochecknoglobals // a table
	"deceased", "do not contact", "décédé", "décédée", "ne pas contacter", "verstorben", "nicht kontaktieren",
}

func doNotContact(s *situation) relance.Reason {
	for _, l := range s.facts.Labels {
		if slices.Contains(notToContact, strings.ToLower(strings.TrimSpace(l))) {
			return relance.ReasonDoNotContact
		}
	}
	return ""
}

// restricted sends nothing to whoever asked for their data, or to be erased, until that is answered.
func restricted(s *situation) relance.Reason {
	if s.facts.Restricted {
		return relance.ReasonRestricted
	}
	return ""
}

func returnOpen(s *situation) relance.Reason {
	if slices.ContainsFunc(s.facts.Orders, func(o relance.FactOrder) bool { return o.ReturnOpen }) {
		return relance.ReasonReturnOpen
	}
	return ""
}

// Whoever left this many carts within so many days after being written to about carts is
// waiting for vouchers.
const (
	gamedCarts = 3
	gamedDays  = 90
)

func gamedCart(s *situation) relance.Reason {
	if s.in.Cart == nil || s.step == nil || s.step.Voucher == nil {
		return ""
	}
	carts := map[uuid.UUID]time.Time{} // when about each was written last
	for i := range s.facts.Messages {
		m := &s.facts.Messages[i]
		if m.CartID != nil && *m.CartID != s.in.Cart.ID && m.At.After(s.now.AddDate(0, 0, -gamedDays)) {
			carts[*m.CartID] = m.At
		}
	}
	if len(carts) < gamedCarts {
		return ""
	}
	for _, at := range carts {
		s.lookAgain(at.AddDate(0, 0, gamedDays))
	}
	return relance.ReasonGamedCart
}

// recipient chooses the record that the message goes to: the one of the cart or order, else
// the one that ordered last at the shop of the event, else the newest there.
func recipient(s *situation) relance.Reason {
	s.record = s.recordOf(s.in)
	if s.record == nil {
		return relance.ReasonNoAddress
	}
	return addressed(s)
}

// addressed says to whom a message to the chosen record goes, and whether it may.
func addressed(s *situation) relance.Reason {
	r := s.record
	shop := s.facts.Merchant.Shops[r.SourceID]
	s.to = relance.Recipient{CustomerID: r.CustomerID, ExternalID: r.ExternalID, ShopID: r.SourceID, Email: r.Email, Country: r.Country}
	if s.to.Country == "" {
		s.to.Country = shop.Country
	}
	for _, l := range []string{s.in.Language, r.Language, s.facts.Language, shop.Language} {
		if s.to.Language == "" {
			s.to.Language = l
		}
	}
	switch {
	case !r.Active || r.Deleted:
		return relance.ReasonInactiveRecord
	case staff(r.Email, shop.SenderEmail):
		return relance.ReasonStaff
	case minor(s.facts.Birthday, s.now):
		s.lookAgain(adult(s.facts.Birthday))
		return relance.ReasonMinor
	}
	return ""
}

// mailbox demands an address that takes e-mail.
func mailbox(s *situation) relance.Reason {
	switch r := s.record; {
	case r.Email == "" || !strings.Contains(r.Email, "@"):
		return relance.ReasonNoAddress
	case r.Masked:
		return relance.ReasonMasked
	}
	return stopped(s)
}

// stopped: the person objected, at this address or at another by which the same controller knew
// them; or the address takes no e-mail.
func stopped(s *situation) (reason relance.Reason) {
	for _, x := range s.facts.Stopped {
		same := strings.EqualFold(x.Email, s.to.Email)
		switch {
		case x.Reason == relance.StoppedByObjection && (same || s.speaksFor(x.CustomerID)):
			return relance.ReasonObjected
		case x.Reason == relance.StoppedByBounce && same:
			reason = relance.ReasonBounced
		}
	}
	return reason
}

func (s *situation) recordOf(in relance.Instance) *relance.FactRecord {
	var external string
	switch {
	case in.Cart != nil:
		external = in.Cart.CustomerID
	case in.Order != nil:
		external = in.Order.CustomerID
	default:
		for i := range s.facts.Orders {
			if o := &s.facts.Orders[i]; o.SourceID == in.ShopID && o.Counted {
				external = o.CustomerID
			}
		}
	}
	var found *relance.FactRecord
	for i := range s.facts.Records {
		r := &s.facts.Records[i]
		switch {
		case r.SourceID != in.ShopID:
		case external != "" && r.ExternalID == external:
			return r
		case external == "" && !r.Deleted && (found == nil || r.CreatedAt.After(found.CreatedAt)):
			found = r
		}
	}
	return found
}

// staff reports whether an address is of the sender's own domain; sharing a provider's says nothing.
func staff(email, sender string) bool {
	_, own, ok := strings.Cut(strings.ToLower(sender), "@")
	_, domain, _ := strings.Cut(strings.ToLower(email), "@")
	return ok && domain == own && (!relance.MailboxProvider(own) || strings.EqualFold(email, sender))
}

func minor(birthday *time.Time, now time.Time) bool {
	return birthday != nil && birthday.Year() >= 1901 && adult(birthday).After(now)
}

func adult(birthday *time.Time) time.Time { return birthday.AddDate(18, 0, 0) }
