package shopifytest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/relance/relance"
)

// updateConsent answers customerEmailMarketingConsentUpdate.
func (x *run) updateConsent(args map[string]any) any {
	if !x.granted("write_customers") {
		return fieldError{"Access denied for customerEmailMarketingConsentUpdate field. Required access: `write_customers` access scope.", "ACCESS_DENIED"}
	}
	refuse := func(code string, field ...string) any {
		return record{"CustomerEmailMarketingConsentUpdatePayload", map[string]any{"userErrors": []any{
			record{"CustomerEmailMarketingConsentUpdateUserError", map[string]any{"code": code, "message": "The value is not accepted", "field": append([]string{"input"}, field...)}}}}}
	}
	id, _ := below(args, "input", "customerId").(string)
	n, _ := strconv.ParseInt(strings.TrimPrefix(id, "gid://shopify/Customer/"), 10, 64)
	c, ok := x.data.customers.get(n).(*customer)
	if !ok {
		return refuse("INVALID", "customerId")
	}
	wanted, _ := below(args, "input", "emailMarketingConsent", "marketingState").(string)
	state, ok := map[string]relance.ConsentState{"SUBSCRIBED": relance.ConsentGranted, "UNSUBSCRIBED": relance.ConsentWithdrawn, "PENDING": relance.ConsentPending}[wanted]
	if !ok {
		return refuse("INCLUSION", "emailMarketingConsent", "marketingState")
	}
	now := x.s.opts.Now()
	changed := c.Customer
	changed.Version.UpdatedAt = now
	changed.Consents = append(slices.DeleteFunc(slices.Clone(changed.Consents), func(k relance.Consent) bool { return k.Channel == relance.ChannelEmail }),
		relance.Consent{Channel: relance.ChannelEmail, State: state, Since: &now})
	x.data.customers.put(newCustomer(changed, now))
	return record{"CustomerEmailMarketingConsentUpdatePayload", map[string]any{"customer": x.data.customers.get(n), "userErrors": []any{}}}
}

// Subscribed reports whether any customer with the e-mail address takes marketing by e-mail.
func (s *Server) Subscribed(email string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, r := range s.data.customers.byID {
		if c, ok := r.(*customer); ok && strings.EqualFold(c.Email, email) && slices.ContainsFunc(c.Consents, func(k relance.Consent) bool {
			return k.Channel == relance.ChannelEmail && (k.State == relance.ConsentGranted || k.State == relance.ConsentConfirmed)
		}) {
			return true
		}
	}
	return false
}
