package shopify

import (
	"context"
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

func cartResource() resource {
	return resource{
		kind: relance.KindCarts, typ: "AbandonedCheckout", sortKey: "ID", scope: "read_orders", first: 22, withURL: true,
		page:     load(900, "carts_page", "cart_fields", "cart_line_fields"),
		nodes:    load(900, "carts_nodes", "cart_fields", "cart_line_fields"),
		children: load(400, "carts_children", "cart_line_fields"),
		tail:     load(10, "carts_tail"),
		ids:      load(260, "carts_ids"),
		bulk:     load(10, "carts_bulk"),
		newNode:  func() node { return &cartNode{} },
		finish:   finishCarts,
	}
}

// deniedURL reports whether the shop withheld the address that restores a checkout.
func deniedURL(list problems, err error) bool {
	if relance.CodeOf(err) == relance.CodeShopRights {
		return true
	}
	for _, q := range list {
		if n := len(q.Path); n > 0 && q.Path[n-1] == "abandonedCheckoutUrl" {
			return true
		}
	}
	return false
}

// cartNode is an abandoned checkout as Shopify writes it, recovered ones included.
// It tells neither its token nor its order; webhooks do.
type cartNode struct {
	ID            string                   `json:"id"`
	CreatedAt     string                   `json:"createdAt"`
	UpdatedAt     string                   `json:"updatedAt"`
	CompletedAt   string                   `json:"completedAt"`
	URL           string                   `json:"abandonedCheckoutUrl"`
	TaxesIncluded bool                     `json:"taxesIncluded"`
	Customer      *idNode                  `json:"customer"`
	Total         moneyBag                 `json:"totalPriceSet"`
	Subtotal      moneyBag                 `json:"subtotalPriceSet"`
	Tax           *moneyBag                `json:"totalTaxSet"`
	Lines         connection[cartLineNode] `json:"lineItems"`
}

type cartLineNode struct {
	ID       string      `json:"id"`
	Title    string      `json:"title"`
	SKU      string      `json:"sku"`
	Quantity int         `json:"quantity"`
	Image    *imageNode  `json:"image"`
	Total    moneyBag    `json:"discountedTotalPriceWithCodeDiscount"`
	Product  *idNode     `json:"product"`
	Variant  *variantRef `json:"variant"`
}

func (n *cartNode) id() string                    { return n.ID }
func (n *cartNode) changed() time.Time            { return moment(n.UpdatedAt) }
func (n *cartNode) more() (string, bool)          { return moreOf(n.Lines) }
func (n *cartNode) add(raw json.RawMessage) error { return addTo(&n.Lines, raw) }

func finishCarts(_ context.Context, s *Connector, list []node, read time.Time, page *connectors.Page) error {
	for _, n := range list {
		c, r := n.(*cartNode).cart(read)
		if r.field != "" {
			page.Rejected = append(page.Rejected, connectors.Rejected{Kind: relance.KindCarts, ExternalID: c.ExternalID, Field: r.field, Reason: r.reason})
			continue
		}
		page.Carts = append(page.Carts, c)
	}
	if s.noURL.Load() && len(list) > 0 {
		page.Missing = append(page.Missing, relance.Lacking("abandonedCheckoutUrl", relance.Say("LOSES_CART_LINK"), relance.Say("GRANT_PROTECTED")))
	}
	return nil
}

func (n *cartNode) cart(read time.Time) (relance.Cart, reader) {
	var r reader
	c := relance.Cart{
		ExternalID: r.number("id", n.ID), Version: relance.Version{UpdatedAt: n.changed(), ReadAt: read},
		CustomerID: n.Customer.plain(), Currency: r.currency("currencyCode", n.Total.Shop.Currency),
		Value: r.amount("subtotalPriceSet", n.Subtotal.Shop.Amount), Total: r.amount("totalPriceSet", n.Total.Shop.Amount), ValueKnown: true,
		RestoreURL: cut(n.URL, maxURL), StartedAt: moment(n.CreatedAt), UpdatedAt: n.changed(), CompletedAt: momentOf(n.CompletedAt),
	}
	if !n.TaxesIncluded && n.Tax != nil {
		c.Value = c.Value.Add(r.optional("totalTaxSet", n.Tax.Shop.Amount))
	}
	if c.UpdatedAt.IsZero() {
		c.UpdatedAt = c.StartedAt
	}
	if c.UpdatedAt.IsZero() {
		r.bad("updatedAt", relance.Say("DATE_MISSING"))
	}
	for _, l := range n.Lines.Nodes {
		c.Lines = append(c.Lines, l.line(&r))
	}
	return c, r
}

func (n cartLineNode) line(r *reader) relance.CartLine {
	l := relance.CartLine{
		ExternalID: plainID(n.ID), ProductID: n.Product.plain(), Title: name(n.Title), SKU: name(n.SKU), Quantity: n.Quantity,
		Total: r.optional("discountedTotalPriceWithCodeDiscount", n.Total.Shop.Amount), ImageURL: n.Image.url(),
	}
	l.UnitPrice = perPiece(l.Total, l.Quantity)
	if n.Variant != nil {
		l.VariantID, l.Options = plainID(n.Variant.ID), options(n.Variant.Options)
	}
	return l
}

// perPiece divides a line's total by its quantity, rounded to what is kept.
func perPiece(total decimal.Decimal, quantity int) decimal.Decimal {
	if quantity <= 1 {
		return total
	}
	return total.DivRound(decimal.NewFromInt(int64(quantity)), relance.MoneyScale)
}
