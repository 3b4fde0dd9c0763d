package prestashop

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// orderExtras is what hangs on the orders of a page, by order unless said otherwise.
type orderExtras struct {
	addresses map[int64]*relance.Address // by address
	refunds   map[int64][]relance.Refund
	history   map[int64][]relance.OrderEvent
	states    map[int64][]stateAt
	vouchers  map[int64][]usedVoucher
	catalog   *catalog
}

// stateAt is a state an order entered.
type stateAt struct {
	state int64
	at    time.Time
}

// orderExtras reads what hangs on some orders, for all of them at once.
func (r *run) orderExtras(rows []orderRow) (*orderExtras, error) {
	var ids, discounted, addresses []int64
	var wanted []variantKey
	for _, row := range rows {
		ids = append(ids, row.number())
		addresses = append(addresses, idRow{row.Invoice}.number(), idRow{row.Delivery}.number())
		if trimmed := string(row.Discounts); trimmed != "" && trimmed != "0.000000" && trimmed != "0" {
			discounted = append(discounted, row.number())
		}
		for _, l := range row.Nested.Rows {
			wanted = append(wanted, variantKey{idRow{l.Product}.number(), idRow{l.Attribute}.number()})
		}
	}
	x := &orderExtras{}
	var err error
	if x.addresses, err = r.addressesByID(addresses); err != nil {
		return nil, err
	}
	if x.refunds, err = r.refundsOf(ids); err != nil {
		return nil, err
	}
	if err = r.historiesOf(ids, x); err != nil {
		return nil, err
	}
	if x.vouchers, err = r.vouchersOf(discounted); err != nil {
		return nil, err
	}
	x.catalog, err = r.catalogOf(wanted)
	return x, err
}

// addressesByID reads addresses, deleted ones included: an order keeps the address it
// was placed with.
func (r *run) addressesByID(ids []int64) (map[int64]*relance.Address, error) {
	ids = slices.DeleteFunc(ids, func(id int64) bool { return id == 0 })
	if len(ids) == 0 || r.missing.skip("addresses") {
		return nil, nil
	}
	got, err := listByIDs[addressRow](r.ctx, r.c.client, addressListing(), "id", ids)
	if readable, err := r.missing.optional("addresses", err); !readable {
		return nil, err
	}
	out := map[int64]*relance.Address{}
	for _, row := range got.rows {
		v := &reader{clock: r.refs.clock}
		if a := r.address(v, row); !v.failed() {
			out[idRow{row.ID}.number()] = &a
		}
	}
	return out, nil
}

// slipRow is money given back for an order.
type slipRow struct {
	ID       text `json:"id"`
	Customer text `json:"id_customer"`
	Order    text `json:"id_order"`
	Amount   text `json:"amount"`
	Shipping text `json:"shipping_cost_amount"`
	Added    text `json:"date_add"`
	Nested   struct {
		Details []struct {
			Detail   text `json:"id_order_detail"`
			Quantity text `json:"product_quantity"`
			Amount   text `json:"amount_tax_incl"`
		} `json:"order_slip_details"`
	} `json:"associations"`
}

func (r slipRow) number() int64   { return idRow{r.ID}.number() }
func (r slipRow) changedAt() text { return "" }

func slipListing() listing {
	return listing{resource: "order_slip", key: "order_slips", extra: params{"date": "1"}, fields: []string{"id", "id_customer", "id_order",
		"amount", "shipping_cost_amount", "date_add", "order_slip_details[id_order_detail,product_quantity,amount_tax_incl]"}}
}

// refundsOf reads the order slips of some orders. amount is of the products alone,
// tax included; shipping given back comes on top. Slips of one customer in the same
// second are one return document.
func (r *run) refundsOf(orders []int64) (map[int64][]relance.Refund, error) {
	if r.missing.skip("order_slip") {
		return nil, nil
	}
	got, err := listByIDs[slipRow](r.ctx, r.c.client, slipListing(), "id_order", orders)
	if readable, err := r.missing.optional("order_slip", err); !readable {
		return nil, err
	}
	rows, err := r.withDetails(got.rows)
	if err != nil {
		return nil, err
	}
	out := map[int64][]relance.Refund{}
	for _, row := range rows {
		v := &reader{clock: r.refs.clock}
		order := v.id("id_order", row.Order)
		shipping := v.amount("shipping_cost_amount", row.Shipping)
		x := relance.Refund{
			ExternalID: ref(v.id("id", row.ID)),
			Document:   string(row.Customer) + "@" + string(row.Added),
			At:         v.time("date_add", row.Added),
			Amount:     v.amount("amount", row.Amount).Add(shipping),
			Shipping:   shipping,
		}
		for _, d := range row.Nested.Details {
			line := v.id("id_order_detail", d.Detail)
			x.Lines = append(x.Lines, relance.RefundLine{ExternalID: x.ExternalID + ":" + ref(line), OrderLineID: ref(line),
				Quantity: int(v.int("product_quantity", d.Quantity)), Amount: v.amount("amount_tax_incl", d.Amount)})
		}
		if v.failed() {
			r.page.Rejected = append(r.page.Rejected, v.reject(relance.KindOrders, order))
			continue
		}
		out[order] = append(out[order], x)
	}
	return out, nil
}

// withDetails reads slips again that came without details: only a slip of shipping
// alone, or of a free amount, may have none.
func (r *run) withDetails(rows []slipRow) ([]slipRow, error) {
	rows = dedupe(rows)
	for range confirmations {
		var lost []int64
		for _, row := range rows {
			if len(row.Nested.Details) == 0 {
				lost = append(lost, row.number())
			}
		}
		if len(lost) == 0 {
			break
		}
		got, err := listByIDs[slipRow](r.ctx, r.c.client, slipListing(), "id", lost)
		if err != nil {
			return nil, err
		}
		// An answer without details is kept out of the way of one that had them.
		rows = dedupe(append(rows, slices.DeleteFunc(got.rows, func(x slipRow) bool { return len(x.Nested.Details) == 0 })...))
	}
	return rows, nil
}

// historyRow is a state that an order entered.
type historyRow struct {
	ID    text `json:"id"`
	Order text `json:"id_order"`
	State text `json:"id_order_state"`
	Added text `json:"date_add"`
}

// historiesOf reads the states that some orders went through, oldest first.
func (r *run) historiesOf(orders []int64, x *orderExtras) error {
	x.history, x.states = map[int64][]relance.OrderEvent{}, map[int64][]stateAt{}
	if r.missing.skip("order_histories") {
		return nil
	}
	got, err := listByIDs[historyRow](r.ctx, r.c.client, listing{resource: "order_histories",
		fields: []string{"id", "id_order", "id_order_state", "date_add"}, extra: params{"date": "1"}}, "id_order", orders)
	if readable, err := r.missing.optional("order_histories", err); !readable {
		return err
	}
	slices.SortStableFunc(got.rows, func(a, b historyRow) int {
		return cmp.Or(cmp.Compare(a.Added, b.Added), cmp.Compare(idRow{a.ID}.number(), idRow{b.ID}.number()))
	})
	for _, row := range got.rows {
		v := &reader{clock: r.refs.clock}
		order, state := v.id("id_order", row.Order), v.id("id_order_state", row.State)
		at := v.time("date_add", row.Added)
		id := ref(v.id("id", row.ID))
		if v.failed() || slices.ContainsFunc(x.history[order], func(e relance.OrderEvent) bool { return e.ExternalID == id }) {
			continue
		}
		x.states[order] = append(x.states[order], stateAt{state, at})
		x.history[order] = append(x.history[order], relance.OrderEvent{ExternalID: id, At: at, ShopState: r.refs.states[state].name})
	}
	return nil
}

// usedRule is a voucher used in an order.
type usedRule struct {
	ID      text `json:"id"`
	Order   text `json:"id_order"`
	Rule    text `json:"id_cart_rule"`
	Name    text `json:"name"`
	Value   text `json:"value"`
	Free    text `json:"free_shipping"`
	Deleted text `json:"deleted"`
}

// usedVoucher is a voucher used in an order; freeShipping: the shipping is in what it took off.
type usedVoucher struct {
	relance.UsedVoucher
	freeShipping bool
}

// vouchersOf reads the vouchers used in some orders: their codes, or their names where the
// voucher is gone or has no code, and what they took off, with tax and unrounded.
func (r *run) vouchersOf(orders []int64) (map[int64][]usedVoucher, error) {
	if len(orders) == 0 || r.missing.skip("order_cart_rules") {
		return nil, nil
	}
	used, err := listByIDs[usedRule](r.ctx, r.c.client, listing{resource: "order_cart_rules",
		fields: []string{"id", "id_order", "id_cart_rule", "name", "value", "free_shipping", "deleted"}}, "id_order", orders)
	if readable, err := r.missing.optional("order_cart_rules", err); !readable {
		return nil, err
	}
	codes, err := r.ruleCodes(used.rows)
	if err != nil {
		return nil, err
	}
	out := map[int64][]usedVoucher{}
	for _, u := range dedupeUsed(used.rows) {
		if v, order := u.voucher(codes, r.refs.clock); v.Code != "" {
			out[order] = append(out[order], v)
		}
	}
	return out, nil
}

// dedupeUsed leaves out what was taken off the order again, and rows that came twice.
func dedupeUsed(rows []usedRule) []usedRule {
	seen := map[text]bool{}
	return slices.DeleteFunc(slices.Clone(rows), func(u usedRule) bool {
		again := seen[u.ID]
		seen[u.ID] = true
		return again || yes(u.Deleted)
	})
}

// voucher turns the row into the product's noun; an amount that cannot be read is none.
func (u usedRule) voucher(codes map[int64]string, c *clock) (v usedVoucher, order int64) {
	rule := idRow{u.Rule}.number()
	v = usedVoucher{relance.UsedVoucher{ExternalID: ref(rule), Code: codes[rule]}, yes(u.Free)}
	if v.Code == "" {
		v.Code = cleanLine(string(u.Name), maxName)
	}
	read := &reader{clock: c}
	if v.Amount = read.amount("value", u.Value); read.failed() {
		v.Amount = decimal.Zero
	}
	return v, idRow{u.Order}.number()
}

// codesOf lists the codes of vouchers, each once.
func codesOf(list []usedVoucher) []string {
	var out []string
	for _, v := range list {
		if !slices.Contains(out, v.Code) {
			out = append(out, v.Code)
		}
	}
	return out
}

// nounsOf gives the product's nouns.
func nounsOf(list []usedVoucher) (out []relance.UsedVoucher) {
	for _, v := range list {
		out = append(out, v.UsedVoucher)
	}
	return out
}

func (r *run) ruleCodes(used []usedRule) (map[int64]string, error) {
	var rules []int64
	for _, u := range used {
		rules = append(rules, idRow{u.Rule}.number())
	}
	if len(rules) == 0 || r.missing.skip("cart_rules") {
		return nil, nil
	}
	got, err := listByIDs[ruleRow](r.ctx, r.c.client, listing{resource: "cart_rules", fields: []string{"id", "code"}}, "id", rules)
	if readable, err := r.missing.optional("cart_rules", err); !readable {
		return nil, err
	}
	out := map[int64]string{}
	for _, x := range got.rows {
		out[idRow{x.ID}.number()] = cleanLine(string(x.Code), maxName)
	}
	return out, nil
}
