package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// Of the terms of several records those hold that people typed, else those of the record that changed
// last and has them. A typed limit is in the merchant's main currency, a shop's in its own.
const (
	businessRecords = `FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id AND c.deleted_at IS NULL WHERE i.merchant_id = $1 AND i.profile_id = u.profile_id`
	isBusiness      = `(c.business IS NOT NULL OR c.company <> '')`
	paymentDays     = `(SELECT (c.business->>'max_payment_days')::int ` + businessRecords + ` AND (c.business->>'max_payment_days')::int > 0` + latestTerms + `)`
	isUnpaid        = `NOT o.paid AND o.state NOT IN ('CANCELLED', 'REFUNDED') AND NOT o.test AND o.profile_id IS NOT NULL AND o.deleted_at IS NULL AND o.counted AND o.net > 0`
	latestTerms     = ` ORDER BY c.kind = 'MANUAL' DESC, c.source_updated_at DESC, c.id LIMIT 1`
)

// Outstanding reads a page of business customers with unpaid orders.
func (s *Store) Outstanding(ctx context.Context, m uuid.UUID, q relance.OutstandingQuery, now time.Time) (*relance.OutstandingPage, error) {
	a := &sqlArgs{list: []any{m}}
	scope, more := "", ""
	if q.ShopIDs != nil {
		scope = ` AND o.source_id = ANY(` + a.add(q.ShopIDs) + `)`
	}
	if q.Overdue {
		more += ` AND x.due_at <= ` + a.add(now)
	}
	at, id, err := place(q.After, "outstanding")
	if err != nil {
		return nil, err
	}
	if at != nil {
		more += ` AND (x.due_at, x.profile_id) > (` + a.add(at) + `::timestamptz, ` + a.add(id) + `::uuid)`
	}
	page := &relance.OutstandingPage{Customers: []*relance.Outstanding{}}
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`WITH open AS (SELECT o.profile_id, o.currency, sum(o.net) AS amount, count(*) AS orders, min(o.placed_at) AS oldest FROM orders o
				WHERE o.merchant_id = $1 AND `+isUnpaid+scope+` GROUP BY 1, 2),
			u AS (SELECT profile_id, jsonb_agg(jsonb_build_object('Amount', amount, 'Currency', currency) ORDER BY currency) AS amounts, array_agg(orders::int ORDER BY currency) AS counts, sum(orders)::int AS orders, min(oldest) AS oldest FROM open GROUP BY 1),
			x AS (SELECT u.*, t.company, d.days, u.oldest + make_interval(days => coalesce(d.days, 0)) AS due_at, l.amount AS most, l.currency
				FROM u CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE `+isBusiness+`) AS businesses, (array_agg(c.company ORDER BY c.kind = 'MANUAL' DESC, c.source_updated_at DESC) FILTER (WHERE c.company <> ''))[1] AS company `+businessRecords+`) t
				LEFT JOIN LATERAL (SELECT (c.business->>'max_payment_days')::int AS days `+businessRecords+` AND (c.business->>'max_payment_days')::int > 0`+latestTerms+`) d ON true
				LEFT JOIN LATERAL (SELECT (c.business->>'outstanding_limit')::numeric AS amount, coalesce((SELECT h.currency FROM shops h WHERE h.merchant_id = $1 AND h.id = c.source_id), (SELECT main_currency FROM merchants WHERE id = $1)) AS currency
					`+businessRecords+` AND (c.business->>'outstanding_limit')::numeric > 0`+latestTerms+`) l ON true
				WHERE t.businesses > 0)
			SELECT x.profile_id, coalesce(x.company, '') AS company, x.amounts, x.counts, x.orders, x.oldest AS oldest_at, x.days AS payment_days, x.due_at,
				CASE WHEN x.most IS NOT NULL THEN jsonb_build_object('Amount', x.most, 'Currency', x.currency) END AS most,
				x.most IS NOT NULL AND EXISTS (SELECT 1 FROM open o WHERE o.profile_id = x.profile_id AND o.currency = x.currency AND o.amount > x.most) AS exceeded
			FROM x WHERE true`+more+` ORDER BY x.due_at, x.profile_id LIMIT `+fmt.Sprint(q.First+1), a.list...).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				o := &relance.Outstanding{}
				if err := rows.Scan(&o.ProfileID, &o.Company, &o.Amounts, &o.Counts, &o.Orders, &o.OldestAt, &o.PaymentDays, &o.DueAt, &o.Limit, &o.Exceeded); err != nil {
					return err
				}
				page.Customers = append(page.Customers, o)
			}
			return rows.Err()
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list outstanding amounts: %w", err)
	}
	if page.Info.HasNextPage = len(page.Customers) > q.First; page.Info.HasNextPage {
		page.Customers = page.Customers[:q.First]
	}
	if n := len(page.Customers); n > 0 {
		page.Info.End = encodeCursor("outstanding", page.Customers[n-1].DueAt, page.Customers[n-1].ProfileID)
	}
	return page, nil
}

// overdueSQL asks for business customers with an unpaid order over their payment delay.
func (f *figures) overdueSQL() string {
	scope := ""
	if f.scope != nil {
		scope = " AND o.source_id = ANY(" + f.add(f.scope) + ")"
	}
	return `p.id IN (SELECT u.profile_id FROM (SELECT o.profile_id, min(o.placed_at) AS oldest FROM orders o WHERE o.merchant_id = $1 AND ` + isUnpaid + scope + ` GROUP BY 1) u
		WHERE u.oldest + make_interval(days => coalesce(` + paymentDays + `, 0)) <= ` + f.add(f.now) + `::timestamptz AND EXISTS (SELECT 1 ` + businessRecords + ` AND ` + isBusiness + `))`
}
