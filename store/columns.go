package store

import (
	"strings"

	pgxdecimal "github.com/jackc/pgx-shopspring-decimal"

	"github.com/relance/relance"
)

// A column of an order or a line is read where its field is asked for.

// columnOf is how a field of the API is read; no field: always read.
type columnOf[T any] struct {
	field, sql string
	into       func(*T) any
}

// columns are those of a statement: their SQL, and where a row goes.
type columns[T any] struct {
	sql  string
	into []func(*T) any
	row  []any
}

// choose takes the columns that the fields need; nil fields are all.
func choose[T any](all []columnOf[T], fields map[string]bool) *columns[T] {
	c := &columns[T]{}
	var sql []string
	for _, x := range all {
		if x.field == "" || fields == nil || fields[x.field] {
			sql, c.into = append(sql, x.sql), append(c.into, x.into)
		}
	}
	c.sql = strings.Join(sql, ", ")
	return c
}

// targets is where the next row goes; it is good until the next call.
func (c *columns[T]) targets(v *T, more ...any) []any {
	c.row = c.row[:0]
	for _, f := range c.into {
		c.row = append(c.row, f(v))
	}
	return append(c.row, more...)
}

// amountIn scans an amount without the detour over text that pgx takes for types that
// scan themselves.
func amountIn(m *relance.Money) any { return (*pgxdecimal.Decimal)(&m.Amount) }

func orderColumns(fields map[string]bool) *columns[relance.OrderView] {
	type o = relance.OrderView
	return choose([]columnOf[o]{
		{"", "o.id", func(o *o) any { return &o.ID }},
		{"", "o.source_id", func(o *o) any { return &o.SourceID }},
		{"", "o.external_id", func(o *o) any { return &o.ExternalID }},
		{"", "o.profile_id", func(o *o) any { return &o.ProfileID }},
		{"", "o.placed_at", func(o *o) any { return &o.PlacedAt }},
		{"", "o.currency", func(o *o) any { return &o.Currency }},
		{"number", "o.number", func(o *o) any { return &o.Number }},
		{"state", "o.state", func(o *o) any { return &o.State }},
		{"shopState", "o.shop_state", func(o *o) any { return &o.ShopState }},
		{"paid", "o.paid", func(o *o) any { return &o.Paid }},
		{"badges", "o.not_validated", func(o *o) any { return &o.NotValidated }},
		{"cancelledAt", "o.cancelled_at", func(o *o) any { return &o.CancelledAt }},
		{"total", "o.total", func(o *o) any { return amountIn(&o.Total) }},
		{"returned", "o.returned", func(o *o) any { return amountIn(&o.Returned) }},
		{"net", "o.net", func(o *o) any { return amountIn(&o.Net) }},
		{"shipping", "o.shipping", func(o *o) any { return amountIn(&o.Shipping) }},
		{"discount", "o.discount", func(o *o) any { return amountIn(&o.Discount) }},
		{"tax", "o.tax", func(o *o) any { return amountIn(&o.Tax) }},
		{"language", "o.language", func(o *o) any { return &o.Language }},
		{"payment", "o.payment", func(o *o) any { return &o.Payment }},
		{"fulfilment", "o.fulfilment", func(o *o) any { return &o.Fulfilment }},
		{"discountCodes", "o.discount_codes", func(o *o) any { return &o.Codes }},
	}, fields)
}

func lineColumns(fields map[string]bool) *columns[relance.OrderLineView] {
	type l = relance.OrderLineView
	return choose([]columnOf[l]{
		{"", "l.order_id", func(l *l) any { return &l.OrderID }},
		{"", "l.external_id", func(l *l) any { return &l.ExternalID }},
		{"title", "l.title", func(l *l) any { return &l.Title }},
		{"sku", "l.sku", func(l *l) any { return &l.SKU }},
		{"quantity", "l.quantity", func(l *l) any { return &l.Quantity }},
		{"returnedQuantity", "l.returned_quantity", func(l *l) any { return &l.ReturnedQuantity }},
		{"unitPrice", "l.unit_price", func(l *l) any { return amountIn(&l.UnitPrice) }},
		{"total", "l.total", func(l *l) any { return amountIn(&l.Total) }},
		{"category", "l.category", func(l *l) any { return &l.Category }},
		{"size", "l.size", func(l *l) any { return &l.Size }},
		{"options", "l.options", func(l *l) any { return &l.Options }},
		{"productUrl", "nullif(l.product_url, '')", func(l *l) any { return &l.ProductURL }},
	}, fields)
}
