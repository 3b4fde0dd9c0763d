package prestashop

type priceCache struct{}

func newPriceCache() *priceCache { return &priceCache{} }

type catalogCache struct{}

func newCatalogCache() *catalogCache { return &catalogCache{} }
func orderPlan() plan                { return plan{} }
func cartPlan() plan                 { return plan{} }
func productPlan() plan              { return plan{} }
