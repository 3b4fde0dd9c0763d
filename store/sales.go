package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// Sales sums what was sold and returned, one row per currency, over the exact amounts
// of the orders placed in the range. Unpaid orders count as orders but add no amount;
// cancelled and test orders count in nothing. shops narrows the sums where it is not nil.
func (s *Store) Sales(ctx context.Context, m uuid.UUID, shops []uuid.UUID, between relance.TimeRange) ([]*relance.Sales, error) {
	out := []*relance.Sales{}
	err := s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`WITH o AS (SELECT * FROM orders WHERE merchant_id = $1 AND ($2::uuid[] IS NULL OR source_id = ANY($2)) AND deleted_at IS NULL
				AND NOT test AND state <> 'CANCELLED' AND ($3::timestamptz IS NULL OR placed_at >= $3) AND ($4::timestamptz IS NULL OR placed_at < $4)),
			docs AS (SELECT o.currency, count(DISTINCT (o.source_id, r.document)) AS n FROM o JOIN refunds r ON r.merchant_id = $1 AND r.order_id = o.id GROUP BY 1)
			SELECT o.currency, count(*) FILTER (WHERE counted), coalesce(max(d.n), 0),
				coalesce(sum(exact_total) FILTER (WHERE paid), 0), coalesce(sum(returned) FILTER (WHERE paid), 0),
				count(*) FILTER (WHERE counted AND profile_id IS NULL AND customer_external_id = '' AND NOT erased),
				coalesce(sum(exact_total) FILTER (WHERE paid AND profile_id IS NULL AND customer_external_id = '' AND NOT erased), 0),
				coalesce(sum(returned) FILTER (WHERE paid AND profile_id IS NULL AND customer_external_id = '' AND NOT erased), 0)
			FROM o LEFT JOIN docs d ON d.currency = o.currency GROUP BY o.currency ORDER BY o.currency`,
			m, shops, between.From, between.To).Query(func(rows pgx.Rows) error {
			var x relance.Sales
			w := &x.WithoutCustomer
			_, err := pgx.ForEachRow(rows, []any{&x.Currency, &x.Orders, &x.ReturnDocuments, &x.Gross.Amount, &x.Returned.Amount,
				&w.Orders, &w.Gross.Amount, &w.Returned.Amount}, func() error {
				for _, a := range []*relance.SalesAmounts{&x.SalesAmounts, w} {
					a.Net.Amount = a.Gross.Amount.Sub(a.Returned.Amount)
					a.Gross.Currency, a.Returned.Currency, a.Net.Currency = x.Currency, x.Currency, x.Currency
				}
				row := x
				out = append(out, &row)
				return nil
			})
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("sum sales: %w", err)
	}
	return out, nil
}
