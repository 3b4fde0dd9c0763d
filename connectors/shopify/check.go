package shopify

import (
	"context"
	"slices"
	"strings"

	"github.com/relance/relance"
)

// need is a right that the sync wants and what is missing without it.
type need struct{ scope, help string }

func needs() []need {
	return []need{
		{"read_customers", "No customers, addresses and consents."},
		{"read_orders", "No orders, refunds and abandoned checkouts."},
		{"read_all_orders", "Only the orders of the last 60 days. Ask Shopify for this scope in the app's settings."},
		{"read_products", "No products; order lines without category, options and link."},
		{"read_returns", helpReturns},
		{"write_discounts", helpVouchers},
	}
}

// Check asks the shop who it is and which scopes the token has. A scope to write
// implies the one to read.
func (s *Connector) Check(ctx context.Context) (relance.ShopInfo, []relance.MissingRight, error) {
	var answer struct {
		Shop struct {
			ID       string `json:"id"`
			Name     string `json:"name"`
			Domain   string `json:"myshopifyDomain"`
			URL      string `json:"url"`
			TimeZone string `json:"ianaTimezone"`
			Currency string `json:"currencyCode"`
		} `json:"shop"`
		Installation struct {
			Scopes []struct {
				Handle string `json:"handle"`
			} `json:"accessScopes"`
		} `json:"currentAppInstallation"`
	}
	list, err := s.call(ctx, s.docs.check, nil, &answer)
	if err != nil {
		return relance.ShopInfo{}, nil, err
	}
	if answer.Shop.ID == "" {
		return relance.ShopInfo{}, nil, list.asError(0)
	}
	currency, err := relance.ParseCurrency(answer.Shop.Currency)
	if err != nil {
		return relance.ShopInfo{}, nil, relance.WrapError(relance.CodeShopGarbage, err, "The shop does not tell its currency.")
	}
	info := relance.ShopInfo{
		ExternalKey: strings.ToLower(answer.Shop.Domain), Name: name(answer.Shop.Name), URL: cut(answer.Shop.URL, maxURL),
		Currency: currency, TimeZone: name(answer.Shop.TimeZone), Version: Version,
	}
	if s.shop.base.Scheme == "https" && info.ExternalKey == "" {
		info.ExternalKey = s.shop.domain
	}
	var granted []string
	for _, scope := range answer.Installation.Scopes {
		granted = append(granted, scope.Handle)
	}
	return info, missingScopes(granted), nil
}

func missingScopes(granted []string) []relance.MissingRight {
	var out []relance.MissingRight
	for _, n := range needs() {
		write := strings.Replace(n.scope, "read_", "write_", 1)
		if !slices.Contains(granted, n.scope) && !slices.Contains(granted, write) {
			out = append(out, relance.MissingRight{Right: n.scope, Help: n.help + " Grant the scope " + n.scope + " to the app and install it again."})
		}
	}
	return out
}
