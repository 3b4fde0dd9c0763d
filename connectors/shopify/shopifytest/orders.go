package shopifytest

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// order is a row of orders.
type order struct {
	relance.Order
	stamps
	id       int64
	badTotal *string // a total that no shop should send
}

func newOrder(o relance.Order, now time.Time) *order {
	updated := o.Version.UpdatedAt
	for _, r := range o.Refunds {
		updated = later(updated, r.At.UTC())
	}
	return &order{Order: o, stamps: newStamps(o.PlacedAt, updated, now), id: number(o.ExternalID)}
}

func (*order) typeName() string { return "Order" }
func (o *order) rowID() int64   { return o.id }
func (o *order) at() stamps     { return o.stamps }

func (o *order) word(name string) string {
	switch name {
	case "financial_status":
		return o.financial()
	case "checkout_token", "cart_token":
		return o.CheckoutToken
	case "name":
		return o.Number
	case "customer_id":
		return o.CustomerID
	case "email":
		return o.Email
	default:
		if o.CancelledAt != nil {
			return "cancelled"
		}
		return "open"
	}
}

func (o *order) refunded() (sum decimal.Decimal) {
	for _, r := range o.Refunds {
		sum = sum.Add(r.Amount)
	}
	return sum
}

func (o *order) financial() string {
	back := o.refunded()
	switch {
	case o.State == relance.OrderRefunded, back.IsPositive() && back.GreaterThanOrEqual(o.Total):
		return "REFUNDED"
	case back.IsPositive():
		return "PARTIALLY_REFUNDED"
	case o.Paid:
		return "PAID"
	case o.State == relance.OrderCancelled:
		return "VOIDED"
	default:
		return "PENDING"
	}
}

func (o *order) fulfilment() (display string, parcels []any) {
	switch o.State {
	case relance.OrderDelivered:
		return "FULFILLED", []any{record{"Fulfillment", map[string]any{"id": gid("Fulfillment", o.id), "displayStatus": "DELIVERED"}}}
	case relance.OrderShipped:
		return "FULFILLED", []any{record{"Fulfillment", map[string]any{"id": gid("Fulfillment", o.id), "displayStatus": "IN_TRANSIT"}}}
	default:
		return "UNFULFILLED", []any{}
	}
}

func (o *order) money(d decimal.Decimal) bag { return bag{amount: d, currency: o.Currency} }

func (o *order) field(x *run, f field) any {
	switch f.name {
	case "id":
		return gid("Order", o.id)
	case "legacyResourceId":
		return gid("Order", o.id)[len("gid://shopify/Order/"):]
	case "name":
		return o.Number
	case "email":
		return orNull(o.Email)
	case "note":
		return orNull(o.Note)
	case "tags":
		return o.Tags
	case "test":
		return o.Test
	case "confirmed":
		return true
	case "checkoutToken", "cartToken":
		return orNull(o.CheckoutToken)
	case "customerLocale":
		return orNull(o.Language)
	case "currencyCode":
		return o.Currency
	case "createdAt", "processedAt":
		return stamp(o.created)
	case "updatedAt":
		return stamp(o.updated)
	case "cancelledAt":
		return stampOf(o.CancelledAt)
	case "taxesIncluded":
		return !x.s.opts.TaxesExcluded
	case "paymentGatewayNames":
		return strings.Fields(o.Payment)
	case "discountCodes":
		return o.DiscountCodes
	default:
		return o.moneyField(x, f)
	}
}

func (o *order) moneyField(x *run, f field) any {
	switch f.name {
	case "totalPriceSet":
		b := o.money(o.Total)
		b.raw = o.badTotal
		return b
	case "totalDiscountsSet":
		return o.money(o.Discount)
	case "totalTaxSet":
		return o.money(o.Tax)
	case "totalShippingPriceSet":
		if x.s.opts.TaxesExcluded {
			return o.money(o.Shipping.Add(o.Wrapping).Sub(o.Tax).Add(o.lineTax()))
		}
		return o.money(o.Shipping.Add(o.Wrapping))
	case "totalRefundedSet":
		return o.money(o.refunded())
	default:
		return o.related(x, f)
	}
}

func (o *order) related(x *run, f field) any {
	switch f.name {
	case "displayFinancialStatus":
		return o.financial()
	case "displayFulfillmentStatus":
		display, _ := o.fulfilment()
		return display
	case "fulfillments":
		_, parcels := o.fulfilment()
		return parcels
	case "customer":
		if o.CustomerID == "" {
			return nil
		}
		if c := x.data.customers.get(number(o.CustomerID)); c != nil {
			return c
		}
		return nil
	case "shippingLine":
		return record{"ShippingLine", map[string]any{"id": gid("ShippingLine", o.id), "title": "Post", "discountAllocations": o.allocations(o.offShipping())}}
	case "billingAddress":
		return orderAddress(o.Billing, o.id)
	case "shippingAddress":
		return orderAddress(o.Delivery, o.id)
	case "lineItems":
		return x.nested("LineItem", o.lines(), f.args)
	case "refunds":
		return firstOf(o.refundList(), f.args)
	case "returnStatus":
		return o.returnStatus()
	case "returns":
		if !x.granted("read_returns") {
			return fieldError{"Access denied for returns field.", "ACCESS_DENIED"}
		}
		return x.nested("Return", o.returns(), f.args)
	default:
		return nil
	}
}

func orderAddress(a *relance.Address, id int64) any {
	if a == nil {
		return nil
	}
	return address{a, id}
}

// firstOf cuts a plain list to its first argument; plain lists cannot be paged.
func firstOf(list []any, args map[string]any) []any {
	if n, ok := integer(args["first"]); ok && n < len(list) {
		return list[:n]
	}
	return list
}

func (o *order) lines() []any {
	all := make([]any, len(o.Lines))
	for i := range o.Lines {
		all[i] = line{&o.Lines[i], o}
	}
	return all
}

func (o *order) refundList() []any {
	all := make([]any, len(o.Refunds))
	for i := range o.Refunds {
		all[i] = refund{&o.Refunds[i], o}
	}
	return all
}

// returns are the order's returns, each with its lines.
func (o *order) returns() []any {
	all := make([]any, len(o.Returns))
	for i := range o.Returns {
		all[i] = goodsBack{&o.Returns[i], o}
	}
	return all
}

// returnStatus sums the returns up.
func (o *order) returnStatus() string {
	out := "NO_RETURN"
	for _, r := range o.Returns {
		switch r.State {
		case relance.ReturnRequested:
			return "RETURN_REQUESTED"
		case relance.ReturnOpen:
			out = "IN_PROGRESS"
		case relance.ReturnClosed:
			if out == "NO_RETURN" {
				out = "RETURNED"
			}
		}
	}
	return out
}

// goodsBack is a return of an order.
type goodsBack struct {
	*relance.Return
	order *order
}

func (goodsBack) typeName() string { return "Return" }

func (g goodsBack) field(x *run, f field) any {
	switch f.name {
	case "id":
		return gid("Return", number(g.ExternalID))
	case "name":
		return g.Number
	case "status":
		if g.State == relance.ReturnCancelled {
			return "CANCELED"
		}
		return string(g.State)
	case "createdAt":
		return stamp(g.RequestedAt)
	case "closedAt":
		return stampOf(g.ClosedAt)
	case "returnLineItems":
		return x.nested("ReturnLineItem", g.lines(), f.args)
	default:
		return nil
	}
}

func (g goodsBack) lines() []any {
	all := make([]any, len(g.Lines))
	for i, l := range g.Lines {
		values := map[string]any{"id": gid("ReturnLineItem", number(l.ExternalID)), "quantity": l.Quantity, "refundedQuantity": l.RefundedQuantity}
		if l.Reason != "" {
			values["returnReasonDefinition"] = record{"ReturnReasonDefinition", map[string]any{"id": gid("ReturnReasonDefinition", 1), "name": l.Reason}}
		}
		for j := range g.order.Lines {
			if g.order.Lines[j].ExternalID == l.OrderLineID {
				values["fulfillmentLineItem"] = record{"FulfillmentLineItem", map[string]any{"id": gid("FulfillmentLineItem", number(l.OrderLineID)), "lineItem": line{&g.order.Lines[j], g.order}}}
			}
		}
		all[i] = record{"ReturnLineItem", values}
	}
	return all
}
