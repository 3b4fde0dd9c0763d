package app

import (
	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/prestashop"
	"github.com/relance/relance/connectors/shopify"
)

// Platforms is the table of platforms: adding one is a package below connectors and a
// line here.
func Platforms() []connectors.Platform {
	return []connectors.Platform{
		shopify.Platform(),
		prestashop.Platform(),
	}
}

// AdminURL is where the shop's own back office shows a record; nil where that is not
// known, or where the source is no shop.
func (a *App) AdminURL(shop *relance.Shop, kind relance.Kind, externalID string) *string {
	if shop == nil {
		return nil
	}
	p, err := a.platform(shop.Platform)
	if err != nil || p.AdminURL == nil {
		return nil
	}
	if u := p.AdminURL(shop.ExternalKey, kind, externalID); u != "" {
		return &u
	}
	return nil
}

// Kinds lists the kinds of record that a platform gives, in pulling order.
func (a *App) Kinds(name relance.Platform) []relance.Kind {
	p, err := a.platform(name)
	if err != nil {
		return []relance.Kind{}
	}
	return p.Kinds
}
