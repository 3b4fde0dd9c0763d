package shopify

import (
	"context"
	"slices"
	"strings"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// costsPerCall is how many variants one request reads the costs of.
const costsPerCall = 100

// costSelection is what asks for the cost of a variant, in the documents that do.
const costSelection = "inventoryItem { unitCost { amount currencyCode } }"

// itemNode is what Shopify keeps of a variant as stock. Its unit cost is null where nobody told it.
type itemNode struct {
	UnitCost *money `json:"unitCost"`
}

// withoutCosts is a document that asks for no costs.
func withoutCosts(d document) document {
	d.name, d.text = d.name+"_without_costs", strings.Replace(d.text, costSelection, "", 1)
	return d
}

// completeCosts reads what variants cost the merchant, where they did not bring it along: bulk files
// have it, pages do not. An app that may not see it gets its products without, and the right is named.
func (s *Connector) completeCosts(ctx context.Context, products []*productNode, page *connectors.Page) error {
	byID := map[string]*variantNode{}
	var ids []string
	for _, p := range products {
		for i := range p.Variants.Nodes {
			if v := &p.Variants.Nodes[i]; v.Item == nil && plainID(v.ID) != "" && byID[v.ID] == nil {
				byID[v.ID] = v
				ids = append(ids, v.ID)
			}
		}
	}
	for batch := range slices.Chunk(ids, costsPerCall) {
		var answer struct {
			Nodes []*variantNode `json:"nodes"`
		}
		granted, err := s.askCosts(ctx, s.docs.variantCosts, map[string]any{"ids": batch}, &answer)
		if err != nil {
			return err
		}
		if !granted {
			page.Missing = append(page.Missing, lackingCosts())
			return nil
		}
		for _, got := range answer.Nodes {
			if got != nil && byID[got.ID] != nil {
				byID[got.ID].Item = got.Item
			}
		}
	}
	return nil
}

// askCosts sends a document that asks for costs; granted tells whether the app may see them.
func (s *Connector) askCosts(ctx context.Context, d document, vars map[string]any, out any) (granted bool, err error) {
	list, err := s.call(ctx, d, vars, out)
	switch {
	case relance.CodeOf(err) == relance.CodeShopRights:
		return false, nil
	case err != nil:
		return false, err
	case slices.ContainsFunc(list, func(p problem) bool { return p.Extensions.Code == "ACCESS_DENIED" }):
		return false, nil
	case list.passing():
		return false, list.asError(0)
	}
	return true, nil
}

// lackingCosts names the right to see what products cost. It is a permission of the user whom the app
// works for, and no scope that the app could be asked for.
func lackingCosts() relance.MissingRight {
	return relance.Lacking("View product costs", relance.Say("LOSES_COSTS"), relance.Say("GRANT_COSTS"))
}

// checkCosts reports whether the app may see what products cost; without the right to read products, or
// without a product, nobody can tell, and it may.
func (s *Connector) checkCosts(ctx context.Context, missing []relance.MissingRight) ([]relance.MissingRight, error) {
	if slices.ContainsFunc(missing, func(m relance.MissingRight) bool { return m.Right == "read_products" }) {
		return missing, nil
	}
	var answer struct{}
	granted, err := s.askCosts(ctx, s.docs.checkCosts, nil, &answer)
	if err == nil && !granted {
		missing = append(missing, lackingCosts())
	}
	return missing, err
}

// cost is what a piece costs the merchant; nil where it was not told or cannot be read.
func (v *variantNode) cost() *relance.Money {
	if v.Item == nil || v.Item.UnitCost == nil || v.Item.UnitCost.Amount == "" {
		return nil
	}
	amount, wrong := relance.ParseAmount(string(v.Item.UnitCost.Amount))
	currency, unknown := relance.ParseCurrency(string(v.Item.UnitCost.Currency))
	if wrong != nil || unknown != nil || amount.IsNegative() {
		return nil
	}
	return &relance.Money{Amount: amount, Currency: currency}
}
