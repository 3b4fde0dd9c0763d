package prestashop

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// cartRow is what is read of a cart. It tells neither its value nor its order.
type cartRow struct {
	ID       text `json:"id"`
	Currency text `json:"id_currency"`
	Customer text `json:"id_customer"`
	Guest    text `json:"id_guest"`
	Lang     text `json:"id_lang"`
	Shop     text `json:"id_shop"`
	Gift     text `json:"gift"`
	Added    text `json:"date_add"`
	Updated  text `json:"date_upd"`
	Nested   struct {
		Rows []cartLineRow `json:"cart_rows"`
	} `json:"associations"`
}

type cartLineRow struct {
	Product   text `json:"id_product"`
	Attribute text `json:"id_product_attribute"`
	Quantity  text `json:"quantity"`
}

func (l cartLineRow) key() variantKey {
	return variantKey{idRow{l.Product}.number(), idRow{l.Attribute}.number()}
}

// ids gives the visitor and the customer of a cart.
func (r cartRow) ids() (guest, customer int64) {
	return idRow{r.Guest}.number(), idRow{r.Customer}.number()
}

func (r cartRow) number() int64   { return idRow{r.ID}.number() }
func (r cartRow) changedAt() text { return r.Updated }

func cartListing() listing {
	return listing{resource: "carts", extra: params{"date": "1"}, fields: []string{"id", "id_currency", "id_customer", "id_guest",
		"id_lang", "id_shop", "gift", "date_add", "date_upd", "cart_rows[id_product,id_product_attribute,quantity]"}}
}

// cartPlan pulls carts: by id at first, later by their own date, then those that
// became an order, which does not touch them.
func cartPlan() plan {
	return plan{
		resource: "carts",
		all: func(r *run) (bool, error) {
			got, done, err := walkAll[cartRow](r.ctx, r.c.client, cartListing(), r.cur, r.c.opts.PageSize)
			if err != nil {
				return false, err
			}
			return done, r.addCarts(got)
		},
		changed: []phase{
			{"carts", func(r *run) (bool, error) {
				got, done, err := walkChanged[cartRow](r.ctx, r.c.client, cartListing(), "date_upd", r.cur, r.c.opts.PageSize)
				if err != nil {
					return false, err
				}
				return done, r.addCarts(got)
			}},
			{"ordered", orderedCarts},
		},
	}
}

// cartOrder is an order and the cart it came from.
type cartOrder struct {
	ID      text `json:"id"`
	Cart    text `json:"id_cart"`
	Added   text `json:"date_add"`
	Updated text `json:"date_upd"`
}

func (r cartOrder) number() int64   { return idRow{r.ID}.number() }
func (r cartOrder) changedAt() text { return r.Updated }

// orderedCarts reads the carts again whose orders changed.
func orderedCarts(r *run) (bool, error) {
	if r.missing.skip("orders") {
		return true, nil
	}
	got, done, err := walkChanged[cartOrder](r.ctx, r.c.client, listing{resource: "orders",
		fields: []string{"id", "id_cart", "date_upd"}}, "date_upd", r.cur, r.c.opts.PageSize)
	if readable, err := r.missing.optional("orders", err); !readable {
		return err == nil, err
	}
	var ids []int64
	for _, o := range got.rows {
		ids = append(ids, idRow{o.Cart}.number())
	}
	ids, err = r.notInWindow("carts", ids)
	if err != nil || len(ids) == 0 {
		return done, err
	}
	rows, err := listByIDs[cartRow](r.ctx, r.c.client, cartListing(), "id", ids)
	if err != nil {
		return false, err
	}
	return done, r.addCarts(rows)
}

// addCarts puts rows onto the page as whole carts. Lists of carts hold those of all
// shops, so those of others are left out here.
func (r *run) addCarts(got rowsOf[cartRow]) error {
	r.page.Rejected = append(r.page.Rejected, rejected(relance.KindCarts, got.bad)...)
	var rows []cartRow
	for _, row := range dedupe(got.rows) {
		if r.own(row.Shop) {
			rows = append(rows, row)
		}
	}
	rows, err := r.withCartLines(rows)
	if err != nil || len(rows) == 0 {
		return err
	}
	x, err := r.cartExtras(rows)
	if err != nil {
		return err
	}
	for _, row := range rows {
		v := &reader{clock: r.refs.clock}
		c := r.cart(v, row, got.readAt, x)
		if v.failed() {
			r.page.Rejected = append(r.page.Rejected, v.reject(relance.KindCarts, row.number()))
			continue
		}
		r.page.Carts = append(r.page.Carts, c)
	}
	return nil
}

// withCartLines asks again for carts without lines: an empty cart and a failed read
// look alike.
func (r *run) withCartLines(rows []cartRow) ([]cartRow, error) {
	for range confirmations {
		var bare []int64
		for _, row := range rows {
			if len(row.Nested.Rows) == 0 {
				bare = append(bare, row.number())
			}
		}
		if len(bare) == 0 {
			break
		}
		got, err := listByIDs[cartRow](r.ctx, r.c.client, cartListing(), "id", bare)
		if err != nil {
			return nil, err
		}
		rows = dedupe(append(rows, got.rows...))
	}
	return rows, nil
}

// cartExtras is what hangs on the carts of a page.
type cartExtras struct {
	orders  map[int64]cartOrder // by cart
	guests  map[int64]int64     // guest → customer
	prices  map[variantKey]decimal.Decimal
	catalog *catalog
}

func (r *run) cartExtras(rows []cartRow) (*cartExtras, error) {
	var ids, guests []int64
	var wanted []variantKey
	for _, row := range rows {
		ids = append(ids, row.number())
		if guest, customer := row.ids(); guest != 0 && customer == 0 {
			guests = append(guests, guest)
		}
		for _, l := range row.Nested.Rows {
			wanted = append(wanted, l.key())
		}
	}
	x := &cartExtras{}
	var err error
	if x.orders, err = r.ordersOfCarts(ids); err != nil {
		return nil, err
	}
	if x.guests, err = r.customersOfGuests(guests); err != nil {
		return nil, err
	}
	if x.catalog, err = r.catalogOf(wanted); err != nil {
		return nil, err
	}
	x.prices, err = r.pricesOf(wanted)
	return x, err
}

// ordersOfCarts finds the orders that completed some carts; of several the first.
func (r *run) ordersOfCarts(carts []int64) (map[int64]cartOrder, error) {
	if r.missing.skip("orders") {
		return nil, nil
	}
	got, err := listByIDs[cartOrder](r.ctx, r.c.client, listing{resource: "orders", extra: params{"date": "1"},
		fields: []string{"id", "id_cart", "date_add"}}, "id_cart", carts)
	if readable, err := r.missing.optional("orders", err); !readable {
		return nil, err
	}
	out := map[int64]cartOrder{}
	for _, o := range got.rows {
		cart := idRow{o.Cart}.number()
		if first, ok := out[cart]; !ok || o.number() < first.number() {
			out[cart] = o
		}
	}
	return out, nil
}

// customersOfGuests finds the customers that visitors turned out to be.
func (r *run) customersOfGuests(guests []int64) (map[int64]int64, error) {
	if len(guests) == 0 || r.missing.skip("guests") {
		return nil, nil
	}
	type guestRow struct {
		ID       text `json:"id"`
		Customer text `json:"id_customer"`
	}
	got, err := listByIDs[guestRow](r.ctx, r.c.client, listing{resource: "guests", fields: []string{"id", "id_customer"}}, "id", guests)
	if readable, err := r.missing.optional("guests", err); !readable {
		return nil, err
	}
	out := map[int64]int64{}
	for _, g := range got.rows {
		out[idRow{g.ID}.number()] = idRow{g.Customer}.number()
	}
	return out, nil
}

// cart makes a cart of a row.
func (r *run) cart(v *reader, row cartRow, readAt time.Time, x *cartExtras) relance.Cart {
	id := v.id("id", row.ID)
	if id == 0 {
		v.fail("id", "ID_MISSING")
	}
	customer := v.id("id_customer", row.Customer)
	if customer == 0 {
		customer = x.guests[v.id("id_guest", row.Guest)]
	}
	c := relance.Cart{
		ExternalID: ref(id),
		Version:    v.version("date_upd", row.Updated, readAt),
		CustomerID: ref(customer),
		Currency:   r.currency(v, row.Currency),
		Language:   r.refs.languages[v.id("id_lang", row.Lang)],
		ValueKnown: true,
		Gift:       yes(row.Gift),
		StartedAt:  v.time("date_add", row.Added),
		UpdatedAt:  v.time("date_upd", row.Updated),
	}
	if o, ok := x.orders[id]; ok {
		c.OrderID = ref(v.id("orders.id", o.ID))
		c.CompletedAt = v.at("orders.date_add", o.Added)
	}
	for _, l := range row.Nested.Rows {
		r.addCartLine(v, &c, l, x)
	}
	if !c.ValueKnown {
		c.Value = decimal.Zero
	}
	return c
}

// addCartLine adds a line at the product's present price; a price nobody knows makes
// the value of the cart unknown.
func (r *run) addCartLine(v *reader, c *relance.Cart, row cartLineRow, x *cartExtras) {
	k := row.key()
	quantity := v.int("quantity", row.Quantity)
	info := x.catalog.products[k.product]
	price, ok := x.prices[k]
	c.ValueKnown = c.ValueKnown && ok
	l := relance.CartLine{
		ExternalID: ref(k.product) + "-" + ref(k.attribute),
		ProductID:  ref(k.product),
		VariantID:  ref(k.attribute),
		Title:      info.name,
		SKU:        info.sku,
		Quantity:   int(quantity),
		UnitPrice:  price,
		Total:      price.Mul(decimal.NewFromInt(quantity)),
		Options:    x.catalog.variants[k.attribute],
		ImageURL:   r.c.client.imageURL(info.image),
	}
	c.Value = c.Value.Add(l.Total)
	c.Lines = append(c.Lines, l)
}
