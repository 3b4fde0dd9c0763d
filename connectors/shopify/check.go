package shopify

import (
	"context"
	"slices"
	"strings"

	"github.com/relance/relance"
)

// need is a right that the sync wants and what is missing without it.
type need struct {
	scope string
	lost  relance.Sentence
}

func needs() []need {
	return []need{
		{"read_customers", relance.Say("LOSES_CUSTOMERS")},
		{"read_orders", relance.Say("LOSES_ORDERS_AND_CARTS")},
		{"read_all_orders", relance.Say("LOSES_OLD_ORDERS")},
		{"read_products", relance.Say("LOSES_PRODUCTS_AND_OPTIONS")},
		{"read_returns", relance.Say("LOSES_RETURNS")},
		{"write_discounts", relance.Say("LOSES_VOUCHER_MAKING")},
		{"write_customers", relance.Say("LOSES_WRITE_BACK")},
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
		return relance.ShopInfo{}, nil, relance.Tell(relance.CodeShopGarbage, err, "NO_CURRENCY")
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
	missing, err := s.checkCosts(ctx, missingScopes(granted))
	if err != nil {
		return relance.ShopInfo{}, nil, err
	}
	return info, missing, nil
}

func missingScopes(granted []string) []relance.MissingRight {
	var out []relance.MissingRight
	for _, n := range needs() {
		write := strings.Replace(n.scope, "read_", "write_", 1)
		if !slices.Contains(granted, n.scope) && !slices.Contains(granted, write) {
			out = append(out, lackingScope(n.scope))
		}
	}
	return out
}

// lackingScope names a scope that the app lacks.
func lackingScope(scope string) relance.MissingRight {
	lost := relance.Say("LOSES_SOMETHING")
	for _, n := range needs() {
		if n.scope == scope {
			lost = n.lost
		}
	}
	return relance.Lacking(scope, lost, relance.Say("GRANT_SCOPE", "scope", scope))
}
