package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// Report sums what campaigns did in the month that begins with the given day, in each shop's own
// zone: by shop, group of customers, campaign and currency. shops are those that the asker may
// see; nil: all.
func (s *Store) Report(ctx context.Context, m uuid.UUID, month time.Time, shops []uuid.UUID) ([]relance.ReportRow, error) {
	out := []relance.ReportRow{}
	err := s.read(ctx, m, func(b *pgx.Batch) { b.Queue(reportSQL, m, month, shops).Query(rowsInto(&out)) })
	if err != nil {
		return nil, fmt.Errorf("sum a report: %w", err)
	}
	return out, nil
}

// An event without a shop of its own belongs to the one of the person's oldest record; the group
// is that of the person's record at the shop.
const reportSQL = `WITH span AS (SELECT h.id, h.name, h.currency, $2::date::timestamp AT TIME ZONE h.time_zone AS since, ($2::date + interval '1 month') AT TIME ZONE h.time_zone AS until
		FROM shops h WHERE h.merchant_id = $1 AND ($3::uuid[] IS NULL OR h.id = ANY($3))),
	near AS (SELECT min(since) AS since, max(until) AS until FROM span),
	event AS (SELECT e.campaign_id, e.instance_key, e.profile_id, e.shop_id, e.entered_at AS at, 1 AS eligible FROM near, enrolments e WHERE e.merchant_id = $1 AND e.entered_at >= near.since AND e.entered_at < near.until
		UNION ALL SELECT v.campaign_id, v.instance_key, v.profile_id, NULL, v.at, 0 FROM near, verdicts v WHERE v.merchant_id = $1 AND v.at >= near.since AND v.at < near.until
			AND NOT EXISTS (SELECT 1 FROM enrolments e WHERE e.merchant_id = $1 AND e.campaign_id = v.campaign_id AND e.instance_key = v.instance_key)),
	owned AS MATERIALIZED (SELECT e.campaign_id, e.instance_key, e.at, e.eligible, coalesce(c.source_id, o.source_id, e.shop_id) AS shop, coalesce(c.profile_id, o.profile_id, p.merged_into, p.id) AS person
		FROM event e JOIN profiles p ON p.merchant_id = $1 AND p.id = e.profile_id
		LEFT JOIN carts c ON c.merchant_id = $1 AND c.id = CASE WHEN e.instance_key LIKE 'cart:%' THEN substr(e.instance_key, 6)::uuid END
		LEFT JOIN orders o ON o.merchant_id = $1 AND o.id = CASE WHEN e.instance_key LIKE 'order:%' THEN substr(e.instance_key, 7)::uuid END),
	placed AS (SELECT DISTINCT ON (e.campaign_id, e.instance_key) e.campaign_id, e.at, e.eligible, coalesce(e.shop, u.source_id) AS shop, u.group_name
		FROM owned e JOIN identities i ON i.merchant_id = $1 AND i.profile_id = e.person JOIN customers u ON u.merchant_id = $1 AND u.id = i.customer_id
		ORDER BY e.campaign_id, e.instance_key, u.source_id IS DISTINCT FROM e.shop, u.id),
	used AS (SELECT f.campaign_id, f.shop_id, u.group_name, o.id, o.currency, o.net, o.paid, d.amount, row_number() OVER (PARTITION BY o.id, f.campaign_id ORDER BY f.id) AS nth
		FROM vouchers v JOIN span s ON s.id = v.shop_id JOIN orders o ON o.id = v.order_id AND o.placed_at >= s.since AND o.placed_at < s.until AND ` + isSold + `
		JOIN follow_ups f ON f.merchant_id = $1 AND f.id = v.follow_up_id LEFT JOIN customers u ON u.merchant_id = $1 AND u.id = f.customer_id
		LEFT JOIN LATERAL (SELECT sum((u->>'amount')::numeric) AS amount FROM jsonb_array_elements(o.used_vouchers) u WHERE upper(u->>'code') = v.code) d ON true WHERE v.merchant_id = $1),
	part AS (
		SELECT e.campaign_id, e.shop, e.group_name, s.currency, count(*) AS evaluated, sum(e.eligible) AS eligible, 0 AS sent, 0 AS issued, 0 AS redeemed, 0::numeric AS revenue, 0::numeric AS discount, 0 AS unknown, 0 AS letters, 0::numeric AS print_cost, 0 AS unpriced
			FROM placed e JOIN span s ON s.id = e.shop AND e.at >= s.since AND e.at < s.until GROUP BY 1, 2, 3, 4
		UNION ALL SELECT f.campaign_id, f.shop_id, u.group_name, s.currency, 0, 0, count(*), 0, 0, 0, 0, 0, 0, 0, 0 FROM follow_ups f JOIN span s ON s.id = f.shop_id AND f.sent_at >= s.since AND f.sent_at < s.until
			LEFT JOIN customers u ON u.merchant_id = $1 AND u.id = f.customer_id WHERE f.merchant_id = $1 AND f.state = 'SENT' GROUP BY 1, 2, 3, 4
		UNION ALL SELECT f.campaign_id, f.shop_id, u.group_name, s.currency, 0, 0, 0, count(*) FILTER (WHERE v.issued_at >= s.since AND v.issued_at < s.until), count(*) FILTER (WHERE v.redeemed_at >= s.since AND v.redeemed_at < s.until), 0, 0, 0, 0, 0, 0
			FROM vouchers v JOIN span s ON s.id = v.shop_id AND (v.issued_at >= s.since AND v.issued_at < s.until OR v.redeemed_at >= s.since AND v.redeemed_at < s.until)
			JOIN follow_ups f ON f.merchant_id = $1 AND f.id = v.follow_up_id LEFT JOIN customers u ON u.merchant_id = $1 AND u.id = f.customer_id WHERE v.merchant_id = $1 GROUP BY 1, 2, 3, 4
		UNION ALL SELECT campaign_id, shop_id, group_name, currency, 0, 0, 0, 0, 0, coalesce(sum(net) FILTER (WHERE paid AND nth = 1), 0), coalesce(sum(amount), 0), count(*) FILTER (WHERE amount IS NULL), 0, 0, 0 FROM used GROUP BY 1, 2, 3, 4
		UNION ALL SELECT f.campaign_id, f.shop_id, u.group_name, CASE WHEN l.price IS NULL THEN s.currency ELSE l.currency END, 0, 0, 0, 0, 0, 0, 0, 0, count(*), coalesce(sum(l.price), 0), count(*) FILTER (WHERE l.price IS NULL)
			FROM letters l JOIN follow_ups f ON f.merchant_id = $1 AND f.id = l.follow_up_id JOIN span s ON s.id = f.shop_id AND l.ordered_at >= s.since AND l.ordered_at < s.until
			LEFT JOIN customers u ON u.merchant_id = $1 AND u.id = f.customer_id WHERE l.merchant_id = $1 AND l.state NOT IN ('REJECTED', 'CANCELLED', 'EXPIRED') GROUP BY 1, 2, 3, 4)
	SELECT s.id AS shop_id, s.name AS shop_name, coalesce(x.group_name, '') AS "group", c.id AS campaign_id, c.name AS campaign_name, x.currency, sum(evaluated)::int AS evaluated, sum(eligible)::int AS eligible, sum(sent)::int AS sent,
		sum(issued)::int AS issued, sum(redeemed)::int AS redeemed, sum(revenue) AS revenue, sum(discount) AS discount, sum(unknown)::int AS unknown_discounts,
		sum(letters)::int AS letters, sum(print_cost) AS print_cost, sum(unpriced)::int AS unpriced_letters
	FROM part x JOIN span s ON s.id = x.shop JOIN campaigns c ON c.merchant_id = $1 AND c.id = x.campaign_id
	GROUP BY s.id, s.name, 3, c.id, c.name, x.currency ORDER BY s.name, s.id, 3, c.name, c.id, x.currency`
