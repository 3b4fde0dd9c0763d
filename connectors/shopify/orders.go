package shopify

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

func orderResource() resource {
	return resource{
		kind: relance.KindOrders, typ: "Order", sortKey: "UPDATED_AT", scope: "read_orders", first: 15,
		page:     load(980, "orders_page", "order_fields", "line_fields", "refund_fields", "address_fields"),
		nodes:    load(980, "orders_nodes", "order_fields", "line_fields", "refund_fields", "address_fields"),
		children: load(660, "orders_children", "line_fields"),
		tail:     load(10, "orders_tail"),
		ids:      load(260, "orders_ids"),
		bulk:     load(10, "orders_bulk"),
		newNode:  func() node { return &orderNode{} },
		finish:   finishOrders,
	}
}

// orderNode is an order as Shopify writes it.
type orderNode struct {
	ID            string       `json:"id"`
	Name          string       `json:"name"`
	Email         string       `json:"email"`
	Note          string       `json:"note"`
	Tags          []string     `json:"tags"`
	Test          bool         `json:"test"`
	CheckoutToken string       `json:"checkoutToken"`
	Locale        string       `json:"customerLocale"`
	Currency      loose        `json:"currencyCode"`
	CreatedAt     string       `json:"createdAt"`
	ProcessedAt   string       `json:"processedAt"`
	UpdatedAt     string       `json:"updatedAt"`
	CancelledAt   string       `json:"cancelledAt"`
	Financial     string       `json:"displayFinancialStatus"`
	Fulfilment    string       `json:"displayFulfillmentStatus"`
	ReturnStatus  string       `json:"returnStatus"`
	TaxesIncluded bool         `json:"taxesIncluded"`
	Gateways      []string     `json:"paymentGatewayNames"`
	Codes         []string     `json:"discountCodes"`
	Customer      *idNode      `json:"customer"`
	Billing       *addressNode `json:"billingAddress"`
	Delivery      *addressNode `json:"shippingAddress"`
	Total         moneyBag     `json:"totalPriceSet"`
	Discounts     *moneyBag    `json:"totalDiscountsSet"`
	Tax           *moneyBag    `json:"totalTaxSet"`
	Shipping      moneyBag     `json:"totalShippingPriceSet"`
	Parcels       []struct {
		Status string `json:"displayStatus"`
	} `json:"fulfillments"`
	ShippingLine *shippingLineNode    `json:"shippingLine"`
	Refunds      []*refundNode        `json:"refunds"`
	Returns      []returnNode         `json:"-"` // by requests of their own
	Lines        connection[lineNode] `json:"lineItems"`
}

// lineNode is a line item as Shopify writes it.
type lineNode struct {
	ID         string     `json:"id"`
	Title      string     `json:"title"`
	SKU        string     `json:"sku"`
	Quantity   int        `json:"quantity"`
	Image      *imageNode `json:"image"`
	Original   moneyBag   `json:"originalTotalSet"`
	Discounted moneyBag   `json:"discountedTotalSet"`
	Taxes      []struct {
		Price moneyBag `json:"priceSet"`
	} `json:"taxLines"`
	Allocations []allocationNode `json:"discountAllocations"` // nil where it was not asked for
	Product     *struct {
		ID       string        `json:"id"`
		Type     string        `json:"productType"`
		URL      string        `json:"onlineStoreUrl"`
		Category *categoryNode `json:"category"`
	} `json:"product"`
	Variant *variantRef `json:"variant"`
}

func (n *orderNode) id() string                    { return n.ID }
func (n *orderNode) changed() time.Time            { return moment(n.UpdatedAt) }
func (n *orderNode) more() (string, bool)          { return moreOf(n.Lines) }
func (n *orderNode) add(raw json.RawMessage) error { return addTo(&n.Lines, raw) }

func finishOrders(ctx context.Context, s *Connector, list []node, read time.Time, page *connectors.Page) error {
	orders := make([]*orderNode, len(list))
	for i, n := range list {
		orders[i] = n.(*orderNode)
	}
	if err := s.completeRefunds(ctx, orders); err != nil {
		return err
	}
	if err := s.completeReturns(ctx, orders, page); err != nil {
		return err
	}
	if err := s.completeVouchers(ctx, orders); err != nil {
		return err
	}
	for _, n := range orders {
		o, r := n.order(read)
		if r.field != "" {
			page.Rejected = append(page.Rejected, connectors.Rejected{Kind: relance.KindOrders, ExternalID: o.ExternalID, Field: r.field, Reason: r.reason})
			continue
		}
		page.Orders = append(page.Orders, o)
	}
	return nil
}

// order turns the node into the product's noun. Amounts are the shop's currency and
// include tax: see money for how the parts add up.
func (n *orderNode) order(read time.Time) (relance.Order, reader) {
	var r reader
	o := relance.Order{
		ExternalID: r.number("id", n.ID), Version: relance.Version{UpdatedAt: n.changed(), ReadAt: read},
		Number: name(n.Name), CustomerID: n.Customer.plain(), Email: name(n.Email), CheckoutToken: name(n.CheckoutToken),
		State: n.state(), ShopState: name(n.Financial + " / " + n.Fulfilment), Paid: n.paid(),
		PlacedAt: moment(n.ProcessedAt), CancelledAt: momentOf(n.CancelledAt), Language: language(n.Locale),
		Payment: name(strings.Join(n.Gateways, ", ")), Fulfilment: name(n.Fulfilment),
		DiscountCodes: names(n.Codes), Tags: names(n.Tags), Note: text(n.Note), Test: n.Test,
	}
	if o.PlacedAt.IsZero() {
		o.PlacedAt = moment(n.CreatedAt)
	}
	if o.PlacedAt.IsZero() {
		r.bad("processedAt", relance.Say("DATE_MISSING"))
	}
	n.money(&o, &r)
	if n.Billing != nil {
		a := n.Billing.address(relance.AddressBilling)
		o.Billing = &a
	}
	if n.Delivery != nil {
		a := n.Delivery.address(relance.AddressDelivery)
		o.Delivery = &a
	}
	for _, f := range n.Refunds {
		o.Refunds = append(o.Refunds, f.refund(n.TaxesIncluded, &r))
	}
	o.Vouchers = n.vouchers(&r)
	for i := range n.Returns {
		o.Returns = append(o.Returns, n.Returns[i].noun(&r))
	}
	return o, r
}

// money fills in the amounts so that, where the shop's own numbers agree,
//
//	sum of the lines' totals + shipping − discount = total.
//
// Lines hold the discounts that Shopify applies to them; Discount is what is left of
// the order's. Where the shop writes prices without tax, a line's tax is added to
// its total and the remaining tax to the shipping.
func (n *orderNode) money(o *relance.Order, r *reader) {
	o.Currency = r.currency("currencyCode", or(n.Total.Shop.Currency, n.Currency))
	o.Total = r.amount("totalPriceSet", n.Total.Shop.Amount)
	o.Shipping = r.optional("totalShippingPriceSet", n.Shipping.Shop.Amount)
	if n.Tax != nil {
		o.Tax = r.optional("totalTaxSet", n.Tax.Shop.Amount)
	}
	if n.Discounts != nil {
		o.Discount = r.optional("totalDiscountsSet", n.Discounts.Shop.Amount)
	}
	rest := o.Tax
	for _, l := range n.Lines.Nodes {
		line, discount, tax := l.line(n.TaxesIncluded, r)
		o.Discount = o.Discount.Sub(discount)
		rest = rest.Sub(tax)
		o.Lines = append(o.Lines, line)
	}
	o.Discount = decimal.Max(o.Discount, decimal.Zero)
	n.netPrices(o, r)
	if !n.TaxesIncluded {
		o.Shipping = o.Shipping.Add(decimal.Max(rest, decimal.Zero))
	}
}

// netPrices takes what of the order's discount is neither in the lines' totals nor for the shipping off
// their net prices. Whose it is the allocations tell; without them nobody knows what the goods were
// sold for.
func (n *orderNode) netPrices(o *relance.Order, r *reader) {
	if o.Discount.IsZero() {
		return
	}
	if !n.allocated() {
		o.ForgetNet()
		return
	}
	shipping := decimal.Zero
	if n.ShippingLine != nil {
		for _, a := range n.ShippingLine.Allocations {
			shipping = shipping.Add(r.optional("discountAllocations", a.Amount.Shop.Amount))
		}
	}
	o.SpreadDiscount(decimal.Max(o.Discount.Sub(shipping), decimal.Zero))
}

func or(a, b loose) loose {
	if a != "" {
		return a
	}
	return b
}

// line turns a line item into the product's noun, and tells the discount its total
// already holds and the tax on it.
func (n lineNode) line(taxesIncluded bool, r *reader) (l relance.OrderLine, discount, tax decimal.Decimal) {
	l = relance.OrderLine{
		ExternalID: r.number("lineItems.id", n.ID), Title: name(n.Title), SKU: name(n.SKU), Quantity: n.Quantity,
		Total: r.amount("discountedTotalSet", n.Discounted.Shop.Amount), ImageURL: n.Image.url(),
	}
	discount = decimal.Max(r.optional("originalTotalSet", n.Original.Shop.Amount).Sub(l.Total), decimal.Zero)
	for _, t := range n.Taxes {
		tax = tax.Add(r.optional("taxLines", t.Price.Shop.Amount))
	}
	net := l.Total.Sub(tax)
	if !taxesIncluded {
		net, l.Total = l.Total, l.Total.Add(tax)
	}
	l.Net = &net
	l.UnitPrice = perPiece(l.Total, l.Quantity)
	if p := n.Product; p != nil {
		l.ProductID, l.ProductURL, l.Category = plainID(p.ID), cut(p.URL, maxURL), category(p.Category, p.Type)
	}
	if n.Variant != nil {
		l.VariantID, l.Options = plainID(n.Variant.ID), options(n.Variant.Options)
	}
	return l, discount, tax
}

func (n *orderNode) paid() bool {
	switch n.Financial {
	case "PAID", "PARTIALLY_REFUNDED", "REFUNDED":
		return true
	default:
		return false
	}
}

// state is Shopify's two display states in one word.
func (n *orderNode) state() relance.OrderState {
	switch {
	case !moment(n.CancelledAt).IsZero():
		return relance.OrderCancelled
	case n.Financial == "REFUNDED":
		return relance.OrderRefunded
	case n.Fulfilment == "FULFILLED" && n.delivered():
		return relance.OrderDelivered
	case n.Fulfilment == "FULFILLED":
		return relance.OrderShipped
	case n.paid():
		return relance.OrderPaid
	default:
		return relance.OrderOpen
	}
}

func (n *orderNode) delivered() bool {
	for _, p := range n.Parcels {
		if p.Status != "DELIVERED" {
			return false
		}
	}
	return len(n.Parcels) > 0
}
