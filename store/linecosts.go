package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// A line's cost is that of the product when the line was first stored with one, and stays: what a
// product costs today says little of what was sold a year ago.

// lateCost is after which time since the order a cost may have been another by then, for SQL.
const lateCost = `interval '1 day'`

// lineCost is what a piece of an order's line cost.
type lineCost struct {
	Order                      uuid.UUID
	Line, ProductID, VariantID string
	Cost                       decimal.Decimal
	Currency                   string
	Late                       bool
}

// lineKey finds a line again as long as it is about the same product.
type lineKey struct {
	order                  uuid.UUID
	line, product, variant string
}

// keptCosts reads the costs of the lines of orders that are about to be written anew.
func (w *writer) keptCosts(ctx context.Context, replaced []uuid.UUID) (map[lineKey]lineCost, error) {
	if len(replaced) == 0 {
		return nil, nil
	}
	rows, err := w.tx.Query(ctx, `SELECT order_id AS order, external_id AS line, product_id, variant_id, cost, cost_currency AS currency, cost_late AS late
		FROM order_lines WHERE merchant_id = $1 AND order_id = ANY($2) AND cost IS NOT NULL`, w.merchant, replaced)
	if err != nil {
		return nil, fmt.Errorf("read costs of lines: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[lineCost])
	if err != nil {
		return nil, fmt.Errorf("read costs of lines: %w", err)
	}
	out := make(map[lineKey]lineCost, len(list))
	for _, c := range list {
		out[lineKey{c.Order, c.Line, c.ProductID, c.VariantID}] = c
	}
	return out, nil
}

// costNow is a product's cost as it is told today, for lines l.
const costNow = `(p.costs->l.variant_id->>'Amount')::numeric`

// currencyNow is its currency.
const currencyNow = `p.costs->l.variant_id->>'Currency'`

// costKept gives the costs that a line keeps, as columns of an insert.
func costKept(list []orderLine, kept map[lineKey]lineCost) (cost []*decimal.Decimal, currency []string, late []bool) {
	for _, l := range list {
		c, ok := kept[lineKey{l.Owner, l.ExternalID, l.ProductID, l.VariantID}]
		if !ok {
			cost, currency, late = append(cost, nil), append(currency, ""), append(late, false)
			continue
		}
		cost, currency, late = append(cost, &c.Cost), append(currency, c.Currency), append(late, c.Late)
	}
	return cost, currency, late
}

// costsOf gives a product's costs for its column: null where none is known.
func costsOf(p *relance.Product) *map[string]relance.Money {
	if len(p.Costs) == 0 {
		return nil
	}
	return &p.Costs
}
