package prestashoptest

import (
	"time"

	"github.com/relance/relance"
)

// carts makes carts; a visitor's cart gets a guest of its own.
func (d *seeder) carts() {
	for _, c := range d.shop.Carts {
		d.add("carts", d.cart(c))
	}
}

func (d *seeder) cart(c relance.Cart) *cart {
	x := &cart{id: d.id("carts", c.ExternalID), shop: d.s.opts.Shops[0].ID, customer: idOrZero("customers", c.CustomerID),
		currency: d.currency(c.Currency), lang: d.lang(c.Language), gift: c.Gift, add: d.wall(c.StartedAt), upd: d.wall(c.UpdatedAt)}
	if c.UpdatedAt.IsZero() {
		x.upd = d.updated(c.Version, c.StartedAt)
	}
	if x.customer == 0 {
		x.guest = d.id("guests", "")
		d.add("guests", &record{x.guest, map[string]value{"id_customer": num(0), "accept_language": str(d.s.opts.Languages[x.lang-1])}})
	}
	for _, l := range c.Lines {
		x.rows = append(x.rows, cartRow{idOrZero("products", l.ProductID), idOrZero("combinations", l.VariantID), int64(l.Quantity)})
	}
	return x
}

func (d *seeder) orders() {
	cartOf := map[string]string{}
	for _, c := range d.shop.Carts {
		if c.OrderID != "" {
			cartOf[c.OrderID] = c.ExternalID
		}
	}
	for _, o := range d.shop.Orders {
		if o.CartID == "" {
			o.CartID = cartOf[o.ExternalID]
		}
		x := d.order(o)
		d.add("orders", x)
		for _, h := range d.histories(o, x) {
			d.add("order_histories", h)
		}
		for _, l := range x.lines {
			d.add("order_details", l)
		}
		for _, r := range o.Refunds {
			d.add("order_slip", d.slip(r, o, x))
		}
	}
}

func (d *seeder) order(o relance.Order) *order {
	st := stateOf(o)
	x := &order{id: d.id("orders", o.ExternalID), shop: d.s.opts.Shops[0].ID, customer: idOrZero("customers", o.CustomerID),
		cart: idOrZero("carts", o.CartID), currency: d.currency(o.Currency), lang: d.lang(o.Language), state: st.id,
		reference: orDefault(o.Number, "ORDER"+o.ExternalID), payment: orDefault(o.Payment, "Payments by check"), note: o.Note,
		module: orDefault(st.module, "ps_checkpayment"), total: cents(micro(o.Total)), shipping: cents(micro(o.Shipping)),
		wrapping: cents(micro(o.Wrapping)), discount: cents(micro(o.Discount)), add: d.wall(o.PlacedAt),
		upd: d.updated(o.Version, o.PlacedAt), valid: st.logable}
	x.products = x.total - x.shipping - x.wrapping + x.discount
	if x.tax = cents(micro(o.Tax)); x.tax == 0 {
		x.tax = x.total - cents(withoutTax(x.total))
	}
	if o.Paid || st.paid {
		x.paidReal = x.total
	}
	x.invoice = d.orderAddress(o, o.Billing, x)
	x.delivery = d.orderAddress(o, o.Delivery, x)
	for _, l := range o.Lines {
		x.lines = append(x.lines, d.line(l, x))
	}
	return x
}

// stateOf finds the shop's state for an order: by the shop's own word where that
// fits, else by ours.
func stateOf(o relance.Order) orderState {
	for _, st := range orderStates() {
		if st.en == o.ShopState || st.fr == o.ShopState || st.de == o.ShopState {
			return st
		}
	}
	switch o.State {
	case relance.OrderPaid:
		return stateByID(statePaid)
	case relance.OrderShipped:
		return stateByID(stateShipped)
	case relance.OrderDelivered:
		return stateByID(stateDelivered)
	case relance.OrderCancelled:
		return stateByID(stateCancelled)
	case relance.OrderRefunded:
		return stateByID(stateRefunded)
	}
	if o.CancelledAt != nil {
		return stateByID(stateCancelled)
	}
	if o.Paid {
		return stateByID(statePaid)
	}
	return stateByID(stateWire)
}

// orderAddress finds the customer's address that an order names, or keeps a deleted
// copy as PrestaShop does once an address in use is edited.
func (d *seeder) orderAddress(o relance.Order, a *relance.Address, x *order) int64 {
	mine := d.addresses[o.CustomerID]
	if a == nil {
		if len(mine) > 0 {
			return mine[0].id
		}
		return 0
	}
	for _, m := range mine {
		if itoa(m.id) == a.ExternalID || m.line1 == a.Line1 && m.postcode == a.PostalCode && m.city == a.City && m.last == a.LastName {
			return m.id
		}
	}
	y := d.address(*a, x.customer, "", x.add)
	y.deleted = true
	d.addresses[o.CustomerID] = append(mine, y)
	d.add("addresses", y)
	return y.id
}

func (d *seeder) line(l relance.OrderLine, x *order) *detail {
	y := &detail{id: d.id("order_details", l.ExternalID), product: idOrZero("products", l.ProductID),
		attribute: idOrZero("combinations", l.VariantID), quantity: int64(l.Quantity), name: l.Title, reference: l.SKU,
		unit: micro(l.UnitPrice), order: x}
	if l.Quantity > 1 && l.UnitPrice.IsZero() && !l.Total.IsZero() {
		y.unit = micro(l.Total) / int64(l.Quantity)
	}
	if len(l.Options) > 0 {
		y.name += " ("
		for i, o := range l.Options {
			if i > 0 {
				y.name += " - "
			}
			y.name += o.Name + ": " + o.Value
		}
		y.name += ")"
	}
	return y
}

// histories gives the states an order went through, the present one last.
func (d *seeder) histories(o relance.Order, x *order) []*history {
	var out []*history
	enter := func(external string, state int64, at wall) {
		out = append(out, &history{d.id("order_histories", external), x.id, state, at})
	}
	for _, h := range o.History {
		if st := stateOf(relance.Order{ShopState: h.ShopState, State: relance.OrderState(h.ShopState)}); h.ShopState != "" {
			enter(h.ExternalID, st.id, d.wall(h.At))
		}
	}
	if len(out) == 0 && x.state != statePaid && x.paidReal != 0 {
		enter("", statePaid, x.add)
	}
	if n := len(out); n == 0 || out[n-1].state != x.state {
		at := x.upd
		if o.CancelledAt != nil && stateOf(o).id == stateCancelled {
			at = d.wall(*o.CancelledAt)
		}
		enter("", x.state, at)
	}
	return out
}

// slip turns a refund into an order slip. Slips of one document and customer bear
// the same second, those of different documents different ones.
func (d *seeder) slip(r relance.Refund, o relance.Order, x *order) *slip {
	at := d.moment(o.CustomerID, r.Document, r.At)
	y := &slip{id: d.id("order_slip", r.ExternalID), customer: x.customer, order: x.id, products: micro(r.Amount.Sub(r.Shipping)),
		shipping: micro(r.Shipping), add: at, upd: at}
	for _, l := range r.Lines {
		y.details = append(y.details, slipDetail{idOrZero("order_details", l.OrderLineID), int64(l.Quantity), micro(l.Amount)})
	}
	return y
}

func (d *seeder) moment(customer, document string, at time.Time) wall {
	w := d.wall(at)
	if document == "" {
		return w
	}
	if known, ok := d.documents[customer+"\x00"+document]; ok {
		return known
	}
	taken := d.moments[customer]
	if taken == nil {
		taken = map[wall]string{}
		d.moments[customer] = taken
	}
	for taken[w] != "" {
		w++
	}
	taken[w] = document
	d.documents[customer+"\x00"+document] = w
	return w
}
