package app

import (
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
