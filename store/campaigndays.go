package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// firstZone is the zone in which the days of a merchant $1 are told apart.
const firstZone = `(SELECT h.time_zone FROM shops h WHERE h.merchant_id = $1 ORDER BY h.created_at, h.id LIMIT 1)`

// CampaignDays tells what a campaign decided and sent on each day of the span, both ends included,
// oldest first; days without anything are left out. Days begin in the zone of the merchant's first
// shop.
func (s *Store) CampaignDays(ctx context.Context, m, campaign uuid.UUID, from, to time.Time) ([]relance.CampaignDay, error) {
	out := []relance.CampaignDay{}
	err := s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT day, verdict, reason, count FROM campaign_days WHERE merchant_id = $1 AND campaign_id = $2 AND day BETWEEN $3 AND $4
			UNION ALL SELECT (f.sent_at AT TIME ZONE z.zone)::date, 'SENT', '', count(*)::int FROM (SELECT `+firstZone+` AS zone) z JOIN follow_ups f ON f.merchant_id = $1 AND f.campaign_id = $2
				AND f.sent_at >= $3::date::timestamp AT TIME ZONE z.zone AND f.sent_at < ($4::date + 1)::timestamp AT TIME ZONE z.zone WHERE f.state = 'SENT' GROUP BY 1
			ORDER BY 1, 4 DESC, 2, 3`, m, campaign, from, to).Query(func(rows pgx.Rows) error {
			var day time.Time
			var verdict, reason string
			var n int
			_, err := pgx.ForEachRow(rows, []any{&day, &verdict, &reason, &n}, func() error {
				if len(out) == 0 || !out[len(out)-1].Day.Equal(day) {
					out = append(out, relance.CampaignDay{Day: day, Refusals: []relance.RefusalCount{}})
				}
				out[len(out)-1].Add(verdict, relance.Reason(reason), n)
				return nil
			})
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read a campaign's days: %w", err)
	}
	return out, nil
}

// addDays adds what the query gives to the counters of the day. The order of the rows keeps two
// that add to the same ones from waiting for each other in a circle.
func addDays(query string) string {
	return `INSERT INTO campaign_days AS d (merchant_id, campaign_id, day, verdict, reason, count)
		SELECT $1, q.campaign, ($2::timestamptz AT TIME ZONE ` + firstZone + `)::date, q.verdict, q.reason, count(*) FROM (` + query + `) q GROUP BY 2, 3, 4, 5 ORDER BY 2, 3, 4, 5
		ON CONFLICT (merchant_id, campaign_id, day, verdict, reason) DO UPDATE SET count = d.count + excluded.count`
}

// countRefused counts a message that was refused, or too late, just before it was to go out, in the
// transaction that says so, as its last word: it waits for whoever counts the same, and nobody may wait
// for it then.
func countRefused(ctx context.Context, tx pgx.Tx, m, followUp uuid.UUID, now time.Time) error {
	_, err := tx.Exec(ctx, addDays(`SELECT f.campaign_id AS campaign, 'REFUSE' AS verdict, f.reason FROM follow_ups f WHERE f.merchant_id = $1 AND f.id = $3 AND f.state IN ('REFUSED', 'EXPIRED')`), m, now, followUp)
	return err
}

// queueDayChanges counts events that are judged for the first time, and verdicts that are not what
// they were: it comes before the others are written.
func (w *outcome) queueDayChanges(b *pgx.Batch) {
	if len(w.enter)+len(w.verdicts) == 0 {
		return
	}
	campaigns := append(column(w.verdicts, func(v *verdict) uuid.UUID { return v.CampaignID }), column(w.enter, func(e *entry) uuid.UUID { return e.CampaignID })...)
	keys := append(column(w.verdicts, func(v *verdict) string { return v.Key }), column(w.enter, func(e *entry) string { return e.Key })...)
	// OFFSET 0 and LIMIT 1 keep the planner to one look by key for each event: see theirWays.
	b.Queue(addDays(`WITH n AS MATERIALIZED (SELECT n.*, v.verdict AS was, v.reason AS because, e.found FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[]) n(campaign, key, verdict, reason)
				LEFT JOIN LATERAL (SELECT v.verdict, v.reason FROM verdicts v WHERE v.merchant_id = $1 AND v.campaign_id = n.campaign AND v.instance_key = n.key OFFSET 0) v ON true
				LEFT JOIN LATERAL (SELECT true AS found FROM enrolments e WHERE e.merchant_id = $1 AND e.campaign_id = n.campaign AND e.instance_key = n.key LIMIT 1) e ON true)
			SELECT campaign, 'JUDGED' AS verdict, '' AS reason FROM (SELECT DISTINCT campaign, key FROM n WHERE was IS NULL AND found IS NULL) x
			UNION ALL SELECT campaign, verdict, reason FROM n WHERE verdict IS NOT NULL AND (was, because) IS DISTINCT FROM (verdict, reason)`), w.merchant, w.now, campaigns, keys,
		column(w.verdicts, func(v *verdict) relance.Verdict { return v.Verdict }), column(w.verdicts, func(v *verdict) relance.Reason { return v.Reason }))
}

// queueDayMade counts the ways and messages that there are now: it comes after they are written,
// as some are not, where somebody else's came first.
func (w *outcome) queueDayMade(b *pgx.Batch) {
	if len(w.enter)+len(w.sends) == 0 {
		return
	}
	b.Queue(addDays(`SELECT e.campaign_id AS campaign, CASE WHEN e.holdout THEN 'HELD_OUT' ELSE 'ENTERED' END AS verdict, '' AS reason FROM unnest($3::uuid[]) n(id) CROSS JOIN LATERAL (SELECT e.* FROM enrolments e WHERE e.merchant_id = $1 AND e.id = n.id OFFSET 0) e
			UNION ALL SELECT f.campaign_id, CASE WHEN f.state = 'EXPIRED' THEN 'EXPIRE' ELSE 'SEND' END, '' FROM unnest($4::uuid[]) n(id) CROSS JOIN LATERAL (SELECT f.* FROM follow_ups f WHERE f.merchant_id = $1 AND f.id = n.id OFFSET 0) f`), w.merchant, w.now,
		column(w.enter, func(e *entry) uuid.UUID { return e.ID }), column(w.sends, func(s *send) uuid.UUID { return s.ID }))
}
