package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// ResultsQuery asks what became of a campaign.
type ResultsQuery struct {
	CampaignID uuid.UUID
	WindowDays int
	// ShopIDs are the shops whose messages and orders the asker may see; nil: all.
	ShopIDs []uuid.UUID
	Now     time.Time
}

// CampaignResults counts what became of a campaign, in one round trip and as of one moment. The
// comparison has its groups counted and nothing concluded.
func (s *Store) CampaignResults(ctx context.Context, m uuid.UUID, q ResultsQuery) (*relance.CampaignResults, error) {
	r := &resultsReader{out: &relance.CampaignResults{WindowDays: q.WindowDays}, args: []any{m, q.CampaignID, q.ShopIDs, q.WindowDays, q.Now}}
	err := s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ") // all figures are of one moment
		r.queueEvents(b)
		r.queueMessages(b)
		r.queueActed(b)
		r.queueRefusals(b)
		r.queueRecovered(b)
		r.queueByCode(b)
		r.queueByMatchBack(b)
		r.queuePrint(b)
		r.queueMonths(b)
		r.queueGroups(b)
		r.queueVariants(b)
	})
	if err != nil {
		return nil, fmt.Errorf("count results: %w", err)
	}
	byCurrency := func(a, b relance.Takings) int { return strings.Compare(a.Currency, b.Currency) }
	slices.SortFunc(r.out.Totals.Takings, byCurrency)
	for i := range r.out.Steps {
		slices.SortFunc(r.out.Steps[i].Takings, byCurrency)
	}
	slices.SortFunc(r.out.Steps, func(a, b relance.StepResults) int { return slices.Index(r.keys, a.Key) - slices.Index(r.keys, b.Key) })
	r.out.Comparison = pickComparison(r.groups)
	r.pickVariants()
	return r.out, nil
}

// resultsReader gathers results; the arguments of all its queries are merchant, campaign, shops,
// window in days and now.
type resultsReader struct {
	out    *relance.CampaignResults
	args   []any
	keys   []string // of steps, in the order of the plan
	groups []comparedGroup
	drawn  []variantGroup
}

// ways are the ways through the campaign with whose they are: of the cart's or the order's
// owner, else of whoever answers for the profile that entered. A merge makes two people one.
const ways = `ways AS MATERIALIZED (SELECT e.id, e.version, e.entered_at, e.holdout, coalesce(c.profile_id, o.profile_id, p.merged_into, e.profile_id) AS person
		FROM enrolments e
		LEFT JOIN carts c ON c.merchant_id = $1 AND c.id = CASE WHEN e.instance_key LIKE 'cart:%' THEN substr(e.instance_key, 6)::uuid END
		LEFT JOIN orders o ON o.merchant_id = $1 AND o.id = CASE WHEN e.instance_key LIKE 'order:%' THEN substr(e.instance_key, 7)::uuid END
		LEFT JOIN profiles p ON p.merchant_id = $1 AND p.id = e.profile_id
		WHERE e.merchant_id = $1 AND e.campaign_id = $2)`

// isSold is what the figures of profiles count; see statistics.go.
const isSold = `o.merchant_id = $1 AND o.deleted_at IS NULL AND NOT o.test AND o.state <> 'CANCELLED' AND ($3::uuid[] IS NULL OR o.source_id = ANY($3))`

// taken sums orders o with their goods g as takings.
const taken = `count(*) FILTER (WHERE o.counted), coalesce(sum(o.net) FILTER (WHERE o.paid), 0), coalesce(sum(o.returned) FILTER (WHERE o.paid), 0), ` + goodsSums

// unused names arguments that a query has no use for: Postgres wants a type for each.
const unused = ` AND ($3::uuid[] IS NULL OR true) AND ($4::int IS NULL OR true) AND ($5::timestamptz IS NULL OR true)`

func (r *resultsReader) queueEvents(b *pgx.Batch) {
	b.Queue(`WITH `+ways+` SELECT count(*), count(*) FILTER (WHERE holdout), (SELECT count(*) FROM (SELECT DISTINCT person FROM ways WHERE NOT holdout) x),
			(SELECT count(*) FROM verdicts v WHERE v.merchant_id = $1 AND v.campaign_id = $2
				AND NOT EXISTS (SELECT 1 FROM enrolments e WHERE e.merchant_id = $1 AND e.campaign_id = $2 AND e.instance_key = v.instance_key)) + count(*)
		FROM ways WHERE true`+unused, r.args...).QueryRow(func(row pgx.Row) error {
		return row.Scan(&r.out.Eligible, &r.out.HeldOut, &r.out.People, &r.out.Evaluated)
	})
	b.Queue(`SELECT s->>'key' FROM campaign_versions v, jsonb_array_elements(v.plan->'steps') WITH ORDINALITY AS t(s, nth)
		WHERE v.merchant_id = $1 AND v.campaign_id = $2`+unused+` GROUP BY 1 ORDER BY max(v.version) DESC, max(nth)`, r.args...).Query(func(rows pgx.Rows) (err error) {
		if r.keys, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
			return err
		}
		for _, key := range r.keys {
			r.out.Steps = append(r.out.Steps, relance.StepResults{Key: key})
		}
		return nil
	})
}

// step is where the results of a step stand; of all steps together for "".
func (r *resultsReader) step(key string) *relance.StepResults {
	if key == "" {
		return &r.out.Totals
	}
	for i := range r.out.Steps {
		if r.out.Steps[i].Key == key {
			return &r.out.Steps[i]
		}
	}
	r.out.Steps = append(r.out.Steps, relance.StepResults{Key: key})
	return &r.out.Steps[len(r.out.Steps)-1]
}

// takings is where the takings of a step in a currency stand.
func (r *resultsReader) takings(key, currency string) *relance.Takings {
	s := r.step(key)
	for i := range s.Takings {
		if s.Takings[i].Currency == currency {
			return &s.Takings[i]
		}
	}
	s.Takings = append(s.Takings, relance.Takings{Currency: currency})
	return &s.Takings[len(s.Takings)-1]
}

// queueMessages counts messages and vouchers by step, and over all steps.
func (r *resultsReader) queueMessages(b *pgx.Batch) {
	var key string
	var n relance.StepResults
	b.Queue(`SELECT coalesce(f.step_key, ''), count(*), count(*) FILTER (WHERE f.state IN ('DUE', 'SENDING')), count(*) FILTER (WHERE f.state = 'SENT'), count(*) FILTER (WHERE f.state = 'BOUNCED'),
			count(*) FILTER (WHERE f.state = 'REFUSED'), count(*) FILTER (WHERE f.state = 'EXPIRED'), count(*) FILTER (WHERE f.state = 'FAILED'), count(*) FILTER (WHERE f.state = 'UNCERTAIN'),
			count(*) FILTER (WHERE f.state = 'SENT' AND NOT EXISTS (SELECT 1 FROM stopped_addresses x WHERE x.merchant_id = $1 AND x.follow_up_id = f.id AND x.reason = 'BOUNCE')),
			count(v.issued_at), count(*) FILTER (WHERE v.state = 'REDEEMED'), count(*) FILTER (WHERE v.state = 'REVOKED' AND v.issued_at IS NOT NULL),
			count(*) FILTER (WHERE v.state = 'ISSUED' AND v.valid_until < $5), count(*) FILTER (WHERE v.state = 'ISSUED' AND v.valid_until >= $5)
		FROM follow_ups f LEFT JOIN vouchers v ON v.merchant_id = $1 AND v.follow_up_id = f.id
		WHERE f.merchant_id = $1 AND f.campaign_id = $2 AND ($3::uuid[] IS NULL OR f.shop_id = ANY($3)) AND ($4::int IS NULL OR true)
		GROUP BY GROUPING SETS ((), (f.step_key))`, r.args...).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{&key, &n.Decided, &n.Waiting, &n.Sent, &n.Bounced, &n.Refused, &n.Expired, &n.Failed, &n.Uncertain, &n.Delivered,
			&n.Issued, &n.Redeemed, &n.Revoked, &n.Outdated, &n.Open}, func() error {
			n.Key = key
			*r.step(key) = n
			return nil
		})
		return err
	})
}

// queueRefusals counts why messages were refused just before, or were too late, by step.
func (r *resultsReader) queueRefusals(b *pgx.Batch) {
	var key string
	c := relance.RefusalCount{Verdict: relance.VerdictRefuse}
	b.Queue(`SELECT coalesce(step_key, ''), reason, count(*) FROM follow_ups WHERE merchant_id = $1 AND campaign_id = $2 AND state IN ('REFUSED', 'EXPIRED') AND reason <> ''
			AND ($3::uuid[] IS NULL OR shop_id = ANY($3)) AND ($4::int IS NULL OR true) AND ($5::timestamptz IS NULL OR true)
		GROUP BY GROUPING SETS ((reason), (step_key, reason)) ORDER BY 3 DESC, 2`, r.args...).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{&key, &c.Reason, &c.Count}, func() error {
			s := r.step(key)
			s.Refusals = append(s.Refusals, c)
			return nil
		})
		return err
	})
}

// queueRecovered counts abandoned carts that were ordered after a message; of several messages
// the last one before the order has it.
func (r *resultsReader) queueRecovered(b *pgx.Batch) {
	var key string
	var n int
	b.Queue(`WITH won AS (SELECT DISTINCT ON (c.id) f.step_key FROM follow_ups f JOIN carts c ON c.merchant_id = $1 AND c.id = f.cart_id AND c.was_abandoned AND c.ordered AND c.deleted_at IS NULL
			JOIN orders o ON o.id = c.order_id AND o.placed_at > f.sent_at AND o.counted AND `+isSold+`
			WHERE f.merchant_id = $1 AND f.campaign_id = $2 AND f.state = 'SENT' AND ($4::int IS NULL OR true) AND ($5::timestamptz IS NULL OR true)
			ORDER BY c.id, f.sent_at DESC, f.id)
		SELECT coalesce(step_key, ''), count(*) FROM won GROUP BY GROUPING SETS ((), (step_key))`, r.args...).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{&key, &n}, func() error {
			r.step(key).Recovered = n
			return nil
		})
		return err
	})
}

// used are the orders that used a voucher of the campaign. An order that used two of them is
// there twice: nth tells it once over all, of_step once by step.
const used = `used AS (SELECT f.step_key, o.*, v.code, row_number() OVER (PARTITION BY o.id ORDER BY f.id) AS nth, row_number() OVER (PARTITION BY o.id, f.step_key ORDER BY f.id) AS of_step
		FROM follow_ups f JOIN vouchers v ON v.merchant_id = $1 AND v.follow_up_id = f.id JOIN orders o ON o.id = v.order_id AND ` + isSold + `
		WHERE f.merchant_id = $1 AND f.campaign_id = $2 AND ($4::int IS NULL OR true) AND ($5::timestamptz IS NULL OR true)),
	off AS (SELECT o.step_key, o.currency, coalesce(sum(d.amount), 0) AS discount, count(*) FILTER (WHERE d.amount IS NULL)::int AS unknown
		FROM used o LEFT JOIN LATERAL (SELECT sum((u->>'amount')::numeric) AS amount FROM jsonb_array_elements(o.used_vouchers) u WHERE upper(u->>'code') = o.code) d ON true
		GROUP BY GROUPING SETS ((o.currency), (o.step_key, o.currency)))`

// queueByCode sums the orders that used a voucher.
func (r *resultsReader) queueByCode(b *pgx.Batch) {
	var key, currency string
	var t relance.Takes
	var off decimal.Decimal
	var unknown int
	b.Queue(`WITH `+used+`,
			took AS (SELECT NULL::text AS step_key, o.currency, `+taken+` FROM used o`+goods+` WHERE nth = 1 GROUP BY o.currency
				UNION ALL SELECT o.step_key, o.currency, `+taken+` FROM used o`+goods+` WHERE of_step = 1 GROUP BY o.step_key, o.currency)
		SELECT coalesce(t.step_key, ''), t.currency, off.discount, off.unknown, t.orders, t.revenue, t.returned, t.pieces, t.known, t.late, t.net, t.cost
		FROM took t(step_key, currency, orders, revenue, returned, pieces, known, late, net, cost) JOIN off ON off.currency = t.currency AND off.step_key IS NOT DISTINCT FROM t.step_key ORDER BY 1, 2`, r.args...).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, append([]any{&key, &currency, &off, &unknown}, takesInto(&t)...), func() error {
			x := r.takings(key, currency)
			x.ByCode, x.Discount, x.UnknownDiscounts = t, off, unknown
			return nil
		})
		return err
	})
}

// queueByMatchBack sums the orders of people who entered: over all within the window after
// entering, by step within the window after a message, each for the last message before it.
func (r *resultsReader) queueByMatchBack(b *pgx.Batch) {
	var key, currency string
	var t relance.Takes
	b.Queue(`WITH `+ways+`,
			entered AS (SELECT DISTINCT o.id FROM ways w JOIN orders o ON o.profile_id = w.person AND o.placed_at > w.entered_at AND o.placed_at <= w.entered_at + make_interval(days => $4) AND `+isSold+`
				WHERE NOT w.holdout),
			told AS (SELECT DISTINCT ON (o.id) o.id, f.step_key FROM follow_ups f JOIN ways w ON w.id = f.enrolment_id
				JOIN orders o ON o.profile_id = w.person AND o.placed_at > f.sent_at AND o.placed_at <= f.sent_at + make_interval(days => $4) AND `+isSold+`
				WHERE f.merchant_id = $1 AND f.campaign_id = $2 AND f.state = 'SENT' ORDER BY o.id, f.sent_at DESC, f.id)
		SELECT '', o.currency, `+taken+` FROM entered e JOIN orders o ON o.merchant_id = $1 AND o.id = e.id`+goods+` WHERE ($5::timestamptz IS NULL OR true) GROUP BY 2
		UNION ALL SELECT t.step_key, o.currency, `+taken+` FROM told t JOIN orders o ON o.merchant_id = $1 AND o.id = t.id`+goods+` GROUP BY 1, 2 ORDER BY 1, 2`, r.args...).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, append([]any{&key, &currency}, takesInto(&t)...), func() error {
			r.takings(key, currency).ByMatchBack = t
			return nil
		})
		return err
	})
}

// queueMonths counts what was sent and what came by code by month, in each shop's zone.
func (r *resultsReader) queueMonths(b *pgx.Batch) {
	var month time.Time
	var currency string
	var sent, orders int
	var revenue decimal.Decimal
	b.Queue(`WITH `+used+`
		SELECT month, currency, sum(sent)::int, sum(orders)::int, sum(revenue) FROM (
			SELECT date_trunc('month', f.sent_at AT TIME ZONE h.time_zone)::date AS month, '' AS currency, 1 AS sent, 0 AS orders, 0::numeric AS revenue
				FROM follow_ups f JOIN shops h ON h.merchant_id = $1 AND h.id = f.shop_id WHERE f.merchant_id = $1 AND f.campaign_id = $2 AND f.state = 'SENT' AND ($3::uuid[] IS NULL OR f.shop_id = ANY($3))
			UNION ALL SELECT date_trunc('month', o.placed_at AT TIME ZONE h.time_zone)::date, o.currency, 0, o.counted::int, CASE WHEN o.paid THEN o.net ELSE 0 END
				FROM used o JOIN shops h ON h.merchant_id = $1 AND h.id = o.source_id WHERE o.nth = 1) x GROUP BY 1, 2 ORDER BY 1, 2`, r.args...).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{&month, &currency, &sent, &orders, &revenue}, func() error {
			if n := len(r.out.Months); n == 0 || !r.out.Months[n-1].Month.Equal(month) {
				r.out.Months = append(r.out.Months, relance.MonthResults{Month: month})
			}
			x := &r.out.Months[len(r.out.Months)-1]
			x.Sent, x.Redeemed = x.Sent+sent, x.Redeemed+orders
			if currency != "" {
				x.Revenue = append(x.Revenue, relance.Money{Amount: revenue, Currency: currency})
			}
			return nil
		})
		return err
	})
}

// RevenueByCode sums, per currency, the paid orders that used a voucher of a campaign, returns
// taken off. shops are those whose orders the asker may see; nil: all.
func (s *Store) RevenueByCode(ctx context.Context, m, campaign uuid.UUID, shops []uuid.UUID) ([]relance.Money, error) {
	out := []relance.Money{}
	err := s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT sum(o.net), o.currency FROM orders o WHERE o.paid AND `+isSold+` AND o.id IN (SELECT v.order_id FROM follow_ups f JOIN vouchers v ON v.merchant_id = $1 AND v.follow_up_id = f.id
			WHERE f.merchant_id = $1 AND f.campaign_id = $2 AND v.order_id IS NOT NULL) GROUP BY 2 ORDER BY 2`, m, campaign, shops).Query(func(rows pgx.Rows) error {
			var x relance.Money
			_, err := pgx.ForEachRow(rows, []any{&x.Amount, &x.Currency}, func() error {
				out = append(out, x)
				return nil
			})
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("sum revenue by code: %w", err)
	}
	return out, nil
}
