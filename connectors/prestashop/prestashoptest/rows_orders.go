package prestashoptest

// order is a row of the orders table. Its totals have two decimals, its lines six.
type order struct {
	id, shop, customer, cart, currency, lang, state              int64
	invoice, delivery                                            int64 // addresses
	reference, payment, note, module                             string
	total, shipping, wrapping, discount, products, paidReal, tax int64
	add, upd                                                     wall
	valid                                                        bool
	lines                                                        []*detail
}

func (x *order) rowID() int64  { return x.id }
func (x *order) touch(at wall) { x.upd = at }

// detail is one line of an order, and a row of order_details.
type detail struct {
	id, product, attribute, quantity int64
	name, reference                  string
	unit                             int64 // tax included
	order                            *order
}

func (x *detail) rowID() int64 { return x.id }

// withoutTax takes the simulator's one tax rate, 20 %, off an amount.
func withoutTax(incl int64) int64 {
	if incl < 0 {
		return -withoutTax(-incl)
	}
	return (incl*5 + 3) / 6
}

// cents rounds millionths to two decimals, as order totals are stored.
func cents(micro int64) int64 {
	if micro < 0 {
		return -cents(-micro)
	}
	return (micro + 5000) / 10000 * 10000
}

func orderResource(hasNote bool) *resource {
	spec := colsOrders
	get := orderGetters()
	if !hasNote {
		spec = without(spec, "note")
		delete(get, "note")
	}
	res := newResource("orders", "orders", "order", spec, get)
	res.assocs = []assoc{{name: "order_rows", node: "order_row", fields: []string{"id", "product_id", "product_attribute_id",
		"product_quantity", "product_name", "product_reference", "product_ean13", "product_isbn", "product_upc",
		"product_price", "id_customization", "unit_price_tax_incl", "unit_price_tax_excl"}, get: orderRows}}
	res.scope = func(x row) int64 { return x.(*order).shop }
	return res
}

func orderRows(x row) [][]value {
	o := x.(*order)
	out := make([][]value, len(o.lines))
	for i, l := range o.lines {
		excl := dec(withoutTax(l.unit))
		out[i] = []value{num(l.id), num(l.product), num(l.attribute), num(l.quantity), str(l.name), str(l.reference),
			{}, {}, {}, excl, num(0), dec(l.unit), excl}
	}
	return out
}

func orderGetters() getters[*order] {
	excl := func(f func(x *order) int64) func(*order) value {
		return func(x *order) value { return dec(cents(withoutTax(f(x)))) }
	}
	incl := func(f func(x *order) int64) func(*order) value {
		return func(x *order) value { return dec(f(x)) }
	}
	total := func(x *order) int64 { return x.total }
	shipping := func(x *order) int64 { return x.shipping }
	wrapping := func(x *order) int64 { return x.wrapping }
	discount := func(x *order) int64 { return x.discount }
	products := func(x *order) int64 { return x.products }
	return getters[*order]{
		"id_address_delivery": func(x *order) value { return num(x.delivery) },
		"id_address_invoice":  func(x *order) value { return num(x.invoice) },
		"id_cart":             func(x *order) value { return num(x.cart) },
		"id_currency":         func(x *order) value { return num(x.currency) },
		"id_lang":             func(x *order) value { return num(x.lang) },
		"id_customer":         func(x *order) value { return num(x.customer) },
		"id_carrier":          func(*order) value { return num(2) },
		"current_state":       func(x *order) value { return num(x.state) },
		"module":              func(x *order) value { return str(x.module) },
		"invoice_number":      func(x *order) value { return num(x.id) },
		"delivery_number":     func(*order) value { return num(0) },
		"invoice_date":        func(x *order) value { return date(x.add) },
		"delivery_date":       func(*order) value { return date(wallZero) },
		"valid":               func(x *order) value { return flag(x.valid) },
		"date_add":            func(x *order) value { return date(x.add) },
		"date_upd":            func(x *order) value { return date(x.upd) },
		"shipping_number":     func(*order) value { return str("") },
		"note":                func(x *order) value { return str(x.note) },
		"id_shop_group":       func(*order) value { return num(1) },
		"id_shop":             func(x *order) value { return num(x.shop) },
		"secure_key":          func(*order) value { return str("5ec2e7000000000000000000000000ff") },
		"payment":             func(x *order) value { return str(x.payment) },
		"reference":           func(x *order) value { return str(x.reference) },
		"total_discounts":     incl(discount), "total_discounts_tax_incl": incl(discount), "total_discounts_tax_excl": excl(discount),
		"total_paid": incl(total), "total_paid_tax_incl": incl(total),
		"total_paid_tax_excl": func(x *order) value { return dec(x.total - x.tax) },
		"total_paid_real":     func(x *order) value { return dec(x.paidReal) },
		"total_products":      excl(products), "total_products_wt": incl(products),
		"total_shipping": incl(shipping), "total_shipping_tax_incl": incl(shipping), "total_shipping_tax_excl": excl(shipping),
		"total_wrapping": incl(wrapping), "total_wrapping_tax_incl": incl(wrapping), "total_wrapping_tax_excl": excl(wrapping),
		"carrier_tax_rate": func(*order) value { return value{kind: kRate, n: 20000} },
		"round_mode":       func(*order) value { return num(2) },
		"round_type":       func(*order) value { return num(2) },
		"conversion_rate":  func(*order) value { return dec(1_000_000) },
	}
}

func detailResource() *resource {
	res := newResource("order_details", "order_details", "order_detail", colsOrderDetails, getters[*detail]{
		"id_order":             func(x *detail) value { return num(x.order.id) },
		"product_id":           func(x *detail) value { return num(x.product) },
		"product_attribute_id": func(x *detail) value { return num(x.attribute) },
		"id_shop":              func(x *detail) value { return num(x.order.shop) },
		"id_order_invoice":     func(*detail) value { return str("") },
		"product_name":         func(x *detail) value { return str(x.name) },
		"product_quantity":     func(x *detail) value { return num(x.quantity) },
		"product_reference":    func(x *detail) value { return str(x.reference) },
		"product_price":        func(x *detail) value { return dec(withoutTax(x.unit)) },
		"unit_price_tax_incl":  func(x *detail) value { return dec(x.unit) },
		"unit_price_tax_excl":  func(x *detail) value { return dec(withoutTax(x.unit)) },
		"total_price_tax_incl": func(x *detail) value { return dec(x.unit * x.quantity) },
		"total_price_tax_excl": func(x *detail) value { return dec(withoutTax(x.unit * x.quantity)) },
		"group_reduction":      func(*detail) value { return value{kind: kPercent} },
		"reduction_percent":    func(*detail) value { return value{kind: kPercent} },
		"ecotax_tax_rate":      func(*detail) value { return value{kind: kRate} },
	})
	res.noUpd, res.noAdd = true, true
	return res.with(assoc{name: "taxes", node: "tax", fields: []string{"id"}, plain: true, get: nothing})
}

// history is a row of order_histories: a state an order entered.
type history struct {
	id, order, state int64
	add              wall
}

func (x *history) rowID() int64 { return x.id }

func historyResource() *resource {
	res := newResource("order_histories", "order_histories", "order_history", colsOrderHistories, getters[*history]{
		"id_order":       func(x *history) value { return num(x.order) },
		"id_order_state": func(x *history) value { return num(x.state) },
		"date_add":       func(x *history) value { return date(x.add) },
	})
	res.noUpd = true
	return res
}

// slip is a row of order_slip: money given back. Its amount is of the products; what
// was given back of the shipping comes on top.
type slip struct {
	id, customer, order int64
	products, shipping  int64
	add, upd            wall
	details             []slipDetail
}

type slipDetail struct{ detail, quantity, amount int64 }

func (x *slip) rowID() int64  { return x.id }
func (x *slip) touch(at wall) { x.upd = at }

func slipResource() *resource {
	res := newResource("order_slip", "order_slips", "order_slip", colsOrderSlip, getters[*slip]{
		"id_customer":             func(x *slip) value { return num(x.customer) },
		"id_order":                func(x *slip) value { return num(x.order) },
		"conversion_rate":         func(*slip) value { return dec(1_000_000) },
		"total_products_tax_excl": func(x *slip) value { return dec(withoutTax(x.products)) },
		"total_products_tax_incl": func(x *slip) value { return dec(x.products) },
		"total_shipping_tax_excl": func(x *slip) value { return dec(withoutTax(x.shipping)) },
		"total_shipping_tax_incl": func(x *slip) value { return dec(x.shipping) },
		"amount":                  func(x *slip) value { return dec(x.products) },
		"shipping_cost":           func(x *slip) value { return flag(x.shipping != 0) },
		"shipping_cost_amount":    func(x *slip) value { return dec(x.shipping) },
		"partial":                 func(*slip) value { return num(0) },
		"date_add":                func(x *slip) value { return date(x.add) },
		"date_upd":                func(x *slip) value { return date(x.upd) },
	})
	res.assocs = []assoc{{name: "order_slip_details", node: "order_slip_detail",
		fields: []string{"id", "id_order_detail", "product_quantity", "amount_tax_excl", "amount_tax_incl"},
		get: func(x row) [][]value {
			s := x.(*slip)
			out := make([][]value, len(s.details))
			for i, d := range s.details {
				out[i] = []value{num(s.id), num(d.detail), num(d.quantity), dec(withoutTax(d.amount)), dec(d.amount)}
			}
			return out
		}}}
	return res
}
