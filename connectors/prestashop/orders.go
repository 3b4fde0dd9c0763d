package prestashop

import (
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// orderRow is what is read of an order.
type orderRow struct {
	ID        text `json:"id"`
	Delivery  text `json:"id_address_delivery"`
	Invoice   text `json:"id_address_invoice"`
	Cart      text `json:"id_cart"`
	Currency  text `json:"id_currency"`
	Lang      text `json:"id_lang"`
	Customer  text `json:"id_customer"`
	State     text `json:"current_state"`
	Valid     text `json:"valid"`
	Note      text `json:"note"`
	Payment   text `json:"payment"`
	Discounts text `json:"total_discounts_tax_incl"`
	OffExcl   text `json:"total_discounts_tax_excl"`
	Paid      text `json:"total_paid_tax_incl"`
	PaidExcl  text `json:"total_paid_tax_excl"`
	PaidReal  text `json:"total_paid_real"`
	Products  text `json:"total_products_wt"`
	Shipping  text `json:"total_shipping_tax_incl"`
	ShipExcl  text `json:"total_shipping_tax_excl"`
	Wrapping  text `json:"total_wrapping_tax_incl"`
	Reference text `json:"reference"`
	Added     text `json:"date_add"`
	Updated   text `json:"date_upd"`
	Nested    struct {
		Rows []orderLineRow `json:"order_rows"`
	} `json:"associations"`
}

// orderLineRow is a line inside an order.
type orderLineRow struct {
	ID        text `json:"id"`
	Product   text `json:"product_id"`
	Attribute text `json:"product_attribute_id"`
	Quantity  text `json:"product_quantity"`
	Name      text `json:"product_name"`
	Reference text `json:"product_reference"`
	Unit      text `json:"unit_price_tax_incl"`
	UnitExcl  text `json:"unit_price_tax_excl"`
}

func (r orderRow) number() int64   { return idRow{r.ID}.number() }
func (r orderRow) changedAt() text { return r.Updated }

// lacksLines reports an order whose lines must exist and are not there: the shop
// failed to read them.
func (r orderRow) lacksLines() bool {
	return len(r.Nested.Rows) == 0 && strings.Trim(string(r.Products), "0.") != ""
}

func orderListing() listing {
	return listing{resource: "orders", extra: params{"date": "1"}, fields: []string{"id", "id_address_delivery", "id_address_invoice",
		"id_cart", "id_currency", "id_lang", "id_customer", "current_state", "valid", "note", "payment", "total_discounts_tax_incl",
		"total_discounts_tax_excl", "total_paid_tax_incl", "total_paid_tax_excl", "total_paid_real", "total_products_wt",
		"total_shipping_tax_incl", "total_shipping_tax_excl", "total_wrapping_tax_incl", "reference", "date_add", "date_upd",
		"order_rows[id,product_id,product_attribute_id,product_quantity,product_name,product_reference,unit_price_tax_incl,unit_price_tax_excl]"}}
}

// orderPlan pulls orders: by id at first, later by their own date, then those with
// new order slips, then those that entered a state, neither of which is sure to touch
// the order.
func orderPlan() plan {
	return plan{
		resource: "orders",
		all: func(r *run) (bool, error) {
			got, done, err := walkAll[orderRow](r.ctx, r.c.client, orderListing(), r.cur, r.c.opts.PageSize)
			if err != nil {
				return false, err
			}
			return done, r.addOrders(got)
		},
		changed: []phase{
			{"orders", func(r *run) (bool, error) {
				got, done, err := walkChanged[orderRow](r.ctx, r.c.client, orderListing(), "date_upd", r.cur, r.c.opts.PageSize)
				if err != nil {
					return false, err
				}
				return done, r.addOrders(got)
			}},
			{"slips", func(r *run) (bool, error) {
				return ordersOf(r, listing{resource: "order_slip", key: "order_slips", fields: []string{"id", "id_order", "date_upd"}}, "date_upd")
			}},
			{"histories", func(r *run) (bool, error) {
				return ordersOf(r, listing{resource: "order_histories", fields: []string{"id", "id_order", "date_add"}}, "date_add")
			}},
		},
	}
}

// orderPointer is a row of a list that points at orders.
type orderPointer struct {
	ID      text `json:"id"`
	Order   text `json:"id_order"`
	Added   text `json:"date_add"`
	Updated text `json:"date_upd"`
}

func (r orderPointer) number() int64 { return idRow{r.ID}.number() }

func (r orderPointer) changedAt() text {
	if r.Updated != "" {
		return r.Updated
	}
	return r.Added
}

// ordersOf reads the orders again that new rows of another list point at.
func ordersOf(r *run, l listing, column string) (bool, error) {
	if r.missing.skip(l.resource) {
		return true, nil
	}
	got, done, err := walkChanged[orderPointer](r.ctx, r.c.client, l, column, r.cur, r.c.opts.PageSize)
	if readable, err := r.missing.optional(l.resource, err); !readable {
		return err == nil, err
	}
	var ids []int64
	for _, x := range got.rows {
		ids = append(ids, idRow{x.Order}.number())
	}
	ids, err = r.notInWindow("orders", ids)
	if err != nil || len(ids) == 0 {
		return done, err
	}
	rows, err := listByIDs[orderRow](r.ctx, r.c.client, orderListing(), "id", ids)
	if err != nil {
		return false, err
	}
	return done, r.addOrders(rows)
}

// addOrders puts rows onto the page as whole orders.
func (r *run) addOrders(got rowsOf[orderRow]) error {
	r.page.Rejected = append(r.page.Rejected, rejected(relance.KindOrders, got.bad)...)
	rows, err := r.withLines(dedupe(got.rows))
	if err != nil || len(rows) == 0 {
		return err
	}
	extras, err := r.orderExtras(rows)
	if err != nil {
		return err
	}
	for _, row := range rows {
		v := &reader{clock: r.refs.clock}
		o := r.order(v, row, got.readAt, extras)
		if v.failed() {
			r.page.Rejected = append(r.page.Rejected, v.reject(relance.KindOrders, row.number()))
			continue
		}
		r.page.Orders = append(r.page.Orders, o)
	}
	return nil
}

// dedupe keeps the last row of each id.
func dedupe[T placed](rows []T) []T {
	at := map[int64]int{}
	out := rows[:0:0]
	for _, x := range rows {
		if i, ok := at[x.number()]; ok && x.number() != 0 {
			out[i] = x
			continue
		}
		at[x.number()] = len(out)
		out = append(out, x)
	}
	return out
}

// withLines reads orders again that came without the lines they must have.
func (r *run) withLines(rows []orderRow) ([]orderRow, error) {
	for range confirmations {
		var lost []int64
		for _, row := range rows {
			if row.lacksLines() {
				lost = append(lost, row.number())
			}
		}
		if len(lost) == 0 {
			return rows, nil
		}
		got, err := listByIDs[orderRow](r.ctx, r.c.client, orderListing(), "id", lost)
		if err != nil {
			return nil, err
		}
		rows = dedupe(append(rows, got.rows...))
	}
	for _, row := range rows {
		if row.lacksLines() {
			return r.linesOrError(rows)
		}
	}
	return rows, nil
}

// linesOrError decides on orders that stay without lines: order_details is an
// independent witness, and silent only where there really are none.
func (r *run) linesOrError(rows []orderRow) ([]orderRow, error) {
	var lost []int64
	for _, row := range rows {
		if row.lacksLines() {
			lost = append(lost, row.number())
		}
	}
	got, err := listByIDs[orderPointer](r.ctx, r.c.client, listing{resource: "order_details", fields: []string{"id", "id_order"}}, "id_order", lost)
	if readable, err := r.missing.optional("order_details", err); !readable && err != nil {
		return nil, err
	}
	if len(got.rows) > 0 {
		return nil, relance.Tell(relance.CodeShopDown, nil, "ORDERS_WITHOUT_LINES")
	}
	return rows, nil
}

// order makes an order of a row.
func (r *run) order(v *reader, row orderRow, readAt time.Time, x *orderExtras) relance.Order {
	id := v.id("id", row.ID)
	if id == 0 {
		v.fail("id", "ID_MISSING")
	}
	state := v.id("current_state", row.State)
	total := v.amount("total_paid_tax_incl", row.Paid)
	o := relance.Order{
		ExternalID: ref(id),
		Version:    v.version("date_upd", row.Updated, readAt),
		Number:     v.name("reference", row.Reference, maxName),
		CustomerID: ref(v.id("id_customer", row.Customer)),
		CartID:     ref(v.id("id_cart", row.Cart)),
		ShopState:  r.refs.states[state].name,
		PlacedAt:   v.time("date_add", row.Added),
		Currency:   r.currency(v, row.Currency),
		Language:   r.refs.languages[v.id("id_lang", row.Lang)],
		Total:      total,
		Shipping:   v.amount("total_shipping_tax_incl", row.Shipping),
		Wrapping:   v.amount("total_wrapping_tax_incl", row.Wrapping),
		Discount:   v.amount("total_discounts_tax_incl", row.Discounts),
		Tax:        total.Sub(v.amount("total_paid_tax_excl", row.PaidExcl)),
		Payment:    v.name("payment", row.Payment, maxName),
		Note:       v.prose("note", row.Note, maxNote),
		Billing:    x.addresses[v.id("id_address_invoice", row.Invoice)],
		Delivery:   x.addresses[v.id("id_address_delivery", row.Delivery)],
		Refunds:    x.refunds[id],
		History:    x.history[id],

		DiscountCodes: codesOf(x.vouchers[id]), Vouchers: nounsOf(x.vouchers[id]),
	}
	r.judge(&o, state, v.bool("valid", row.Valid), v.amount("total_paid_real", row.PaidReal), x.states[id])
	for _, l := range row.Nested.Rows {
		o.Lines = append(o.Lines, x.catalog.line(v, l, r.c.client))
	}
	netPrices(v, &o, row, x.vouchers)
	return o
}

// netPrices takes what vouchers took off the goods off the lines' net prices. The shop tells it in one
// sum with the shipping that a voucher gave free: where the vouchers of orders cannot be read, or the
// sum is not told without tax, nobody knows what the goods were sold for.
func netPrices(v *reader, o *relance.Order, row orderRow, vouchers map[int64][]usedVoucher) {
	off, shipping := v.amount("total_discounts_tax_excl", row.OffExcl), v.amount("total_shipping_tax_excl", row.ShipExcl)
	switch {
	case o.Discount.IsZero():
		return
	case row.OffExcl == "" || row.ShipExcl == "" || vouchers == nil:
		o.ForgetNet()
		return
	}
	if slices.ContainsFunc(vouchers[row.number()], func(u usedVoucher) bool { return u.freeShipping }) {
		off = decimal.Max(off.Sub(shipping), decimal.Zero)
	}
	o.SpreadDiscount(off)
}

// currency reads the ISO code of an id; a record whose currency is unknown cannot be
// counted, so it is rejected.
func (r *run) currency(v *reader, t text) string {
	iso := r.refs.currencies[v.id("id_currency", t)]
	code, err := relance.ParseCurrency(iso)
	if err != nil {
		v.fail("id_currency", "CURRENCY_UNKNOWN")
	}
	return code
}

// judge derives our state of an order from the shop's: the flags of its state and the
// states that the settings name for cancellation, payment error, refund and delivery.
func (r *run) judge(o *relance.Order, state int64, valid bool, paidReal decimal.Decimal, past []stateAt) {
	st := r.refs.states[state]
	cancelled := func(id int64) bool {
		return id == r.refs.setting("PS_OS_CANCELED", 6) || id == r.refs.setting("PS_OS_ERROR", 8)
	}
	o.Paid = st.paid || paidReal.IsPositive()
	for _, p := range past {
		o.Paid = o.Paid || r.refs.states[p.state].paid
	}
	switch {
	case cancelled(state):
		o.State = relance.OrderCancelled
		o.CancelledAt = cancelledAt(o, past, state)
	case state == r.refs.setting("PS_OS_REFUND", 7):
		o.State = relance.OrderRefunded
	case state == r.refs.setting("PS_OS_DELIVERED", 5):
		o.State = relance.OrderDelivered
	case st.shipped:
		o.State = relance.OrderShipped
	case st.paid:
		o.State = relance.OrderPaid
	default:
		o.State = relance.OrderOpen
	}
	o.NotValidated = !valid && o.State != relance.OrderCancelled && o.State != relance.OrderRefunded
}

// cancelledAt is when the order last entered its state, else its last change.
func cancelledAt(o *relance.Order, past []stateAt, state int64) *time.Time {
	at := o.Version.UpdatedAt
	for _, p := range past {
		if p.state == state {
			at = p.at
		}
	}
	if at.IsZero() {
		at = o.PlacedAt
	}
	return &at
}
