package shopify

import (
	"context"
	"slices"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// WithdrawConsent implements [connectors.ConsentWithdrawer].
func (s *Connector) WithdrawConsent(ctx context.Context, customerID string) error {
	if !isNumber(customerID) {
		return relance.FieldErrorf("customer", "A Shopify customer's id is a number.")
	}
	var answer struct {
		Done *struct {
			Problems []userError `json:"userErrors"`
		} `json:"done"`
	}
	list, err := s.call(ctx, s.docs.consentWithdraw, map[string]any{"customer": gid("Customer", customerID)}, &answer)
	switch {
	case relance.CodeOf(err) == relance.CodeShopRights, err == nil && len(list.missing("write_customers")) > 0:
		return relance.Tell(relance.CodeShopRights, err, "NO_WRITE_SCOPE", "scope", "write_customers")
	case err != nil:
		return err
	case answer.Done == nil:
		return list.asError(0)
	}
	problems := answer.Done.Problems
	gone := func(u userError) bool { return slices.Contains(u.Field, "customerId") } // nobody is left who could be written to
	if i := slices.IndexFunc(problems, func(u userError) bool { return !gone(u) }); i >= 0 {
		return relance.Tell(relance.CodeBadInput, nil, "CONSENT_KEPT", "code", cut(clean(problems[i].Code), 60))
	}
	return nil
}

var _ connectors.ConsentWithdrawer = (*Connector)(nil)
