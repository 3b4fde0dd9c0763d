package store

import (
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// goods adds to orders o what their pieces were sold for and cost, as far as it is known: those that
// did not come back, of paid orders. A line that was stored without a cost has today's, and is late.
//
// Money given back beyond the pieces and the shipping tells that they were sold for less, and not
// which: then nothing of the order is known.
const goods = ` LEFT JOIN LATERAL (SELECT sum(x.kept) AS pieces, sum(x.kept) FILTER (WHERE x.known) AS known, sum(x.kept) FILTER (WHERE x.known AND x.late) AS late,
		sum(round(x.net * x.kept / x.quantity, 6)) FILTER (WHERE x.known) AS net, sum(x.cost * x.kept) FILTER (WHERE x.known) AS cost
	FROM (SELECT l.quantity, l.quantity - l.returned_quantity AS kept, l.net, coalesce(l.cost, ` + costNow + `) AS cost, l.cost_late OR l.cost IS NULL AS late,
			l.net IS NOT NULL AND coalesce(l.cost, ` + costNow + `) IS NOT NULL AND CASE WHEN l.cost IS NOT NULL THEN l.cost_currency ELSE ` + currencyNow + ` END = o.currency
				AND (o.returned = 0 OR (SELECT coalesce(sum(f.amount - (SELECT coalesce(sum((y->>'Amount')::numeric), 0) FROM jsonb_array_elements(f.lines) y)), 0)
					FROM refunds f WHERE f.merchant_id = $1 AND f.order_id = o.id) <= o.shipping + 0.01) AS known
		FROM order_lines l LEFT JOIN products p ON l.cost IS NULL AND p.merchant_id = $1 AND p.source_id = o.source_id AND p.external_id = l.product_id AND p.costs IS NOT NULL
		WHERE l.merchant_id = $1 AND l.order_id = o.id AND o.paid AND l.quantity > l.returned_quantity) x) g ON true`

// goodsSums are what goods give over several orders, in the order of [goodsInto].
const goodsSums = `coalesce(sum(g.pieces), 0)::int, coalesce(sum(g.known), 0)::int, coalesce(sum(g.late), 0)::int, coalesce(sum(g.net), 0), coalesce(sum(g.cost), 0)`

// goodsInto are the targets of goodsSums.
func goodsInto(g *relance.Goods) []any { return []any{&g.Pieces, &g.Known, &g.Late, &g.Net, &g.Cost} }

// takesInto are the targets of taken.
func takesInto(t *relance.Takes) []any {
	return append([]any{&t.Orders, &t.Revenue, &t.Returned}, goodsInto(&t.Goods)...)
}

// isPrinted picks, of letters l, those that the campaign's money went for.
const isPrinted = `l.ordered_at IS NOT NULL AND l.state NOT IN ('REJECTED', 'CANCELLED', 'EXPIRED')`

// perPerson sums what each of those compared brought in a currency, over the rows of bought, and what
// the campaign's letters to them cost within the window; by names the columns that a person has, at
// the column of first since when they count.
func perPerson(by, at string) string {
	return `printed AS (SELECT ` + by + `, l.currency, -l.price AS margin FROM first f JOIN ways w ON w.person = f.person
			JOIN follow_ups u ON u.merchant_id = $1 AND u.enrolment_id = w.id AND ($3::uuid[] IS NULL OR u.shop_id = ANY($3))
			JOIN letters l ON l.merchant_id = $1 AND l.follow_up_id = u.id AND ` + isPrinted + ` AND l.price IS NOT NULL AND coalesce(u.sent_at, l.ordered_at) >= f.` + at + ` AND coalesce(u.sent_at, l.ordered_at) <= f.` + at + ` + make_interval(days => $4)
			WHERE f.passed),
		each AS (SELECT ` + by + `, f.currency, sum(f.revenue) AS revenue, sum(f.margin) AS margin, sum(f.pieces) AS pieces, sum(f.known) AS known
			FROM (SELECT ` + by + `, f.currency, f.revenue, f.margin, f.pieces, f.known FROM bought f UNION ALL SELECT ` + by + `, f.currency, 0, f.margin, 0, 0 FROM printed f) f GROUP BY ` + by + `, f.currency)`
}

// eachSums sums each over a group's people: their revenue, and their margin.
const eachSums = `count(*) FILTER (WHERE revenue <> 0), sum(revenue), sum(revenue * revenue), count(*) FILTER (WHERE known > 0), sum(margin), sum(margin * margin), sum(pieces)::int, sum(known)::int`

// noSums stand in their place in the row of the group itself.
const noSums = `0, 0, 0, 0, 0, 0, 0`

// groupSums is where eachSums go.
type groupSums struct {
	revenue relance.GroupRevenue
	margin  relance.GroupMargin
}

func (s *groupSums) into() []any {
	return []any{&s.revenue.Buyers, &s.revenue.Sum, &s.revenue.Squares, &s.margin.Buyers, &s.margin.Sum, &s.margin.Squares, &s.margin.Pieces, &s.margin.Known}
}

// add notes the sums of a currency with their group.
func (s *groupSums) add(g *relance.ComparedGroup, currency string) {
	s.revenue.Currency, s.margin.Currency = currency, currency
	if s.revenue.Buyers > 0 {
		g.Revenue = append(g.Revenue, s.revenue)
	}
	if s.margin.Pieces > 0 || !s.margin.Sum.IsZero() {
		g.Margin = append(g.Margin, s.margin)
	}
}

// queuePrint sums what the letters cost, by step and over all.
func (r *resultsReader) queuePrint(b *pgx.Batch) {
	var key, currency string
	var cost decimal.Decimal
	var unpriced int
	b.Queue(`SELECT coalesce(step_key, ''), currency, coalesce(sum(price), 0), count(*) FILTER (WHERE price IS NULL)
		FROM (SELECT f.step_key, CASE WHEN l.price IS NULL THEN '' ELSE l.currency END AS currency, l.price FROM follow_ups f JOIN letters l ON l.merchant_id = $1 AND l.follow_up_id = f.id AND `+isPrinted+`
		WHERE f.merchant_id = $1 AND f.campaign_id = $2 AND ($3::uuid[] IS NULL OR f.shop_id = ANY($3)) AND ($4::int IS NULL OR true) AND ($5::timestamptz IS NULL OR true)) x
		GROUP BY GROUPING SETS ((currency), (step_key, currency))`, r.args...).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{&key, &currency, &cost, &unpriced}, func() error {
			if currency == "" {
				r.step(key).Unpriced = unpriced
				return nil
			}
			r.takings(key, currency).Print = cost
			return nil
		})
		return err
	})
}
