package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// consentEntry is a candidate for the ledger.
type consentEntry struct {
	Customer uuid.UUID
	At       time.Time
	relance.Consent
}

func appendConsents(to []consentEntry, customer uuid.UUID, list []relance.Consent, at time.Time) []consentEntry {
	for _, c := range list {
		to = append(to, consentEntry{Customer: customer, At: at, Consent: c})
	}
	return to
}

// stricter ranks a state in SQL as Strictness does.
func stricter(state string) string {
	return "array_position(ARRAY['WITHDRAWN', 'REFUSED', 'PENDING', 'UNKNOWN', 'GRANTED', 'CONFIRMED'], " + state + ")"
}

// consents notes what was read, and adds to the ledger where something else holds by it.
// What holds is what the latest reading stated, of equal times the strictest. "Unknown"
// states nothing, unless a yes came before: then the person took it back. So the order in
// which readings arrive does not matter. What was lifted by hand stays lifted until the shop says
// something else: its next reading of the same is no new word.
func (w *writer) consents(ctx context.Context, list []consentEntry) error {
	if len(list) == 0 {
		return nil
	}
	type E = consentEntry
	rows, err := w.tx.Query(ctx, `WITH said AS (
			SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[], $9::text[], $10::timestamptz[])
				AS t(id, customer_id, channel, preference, state, since, source, proof, at)),
		fresh AS (SELECT customer_id, channel, preference, max(at) FILTER (WHERE state <> 'UNKNOWN') AS stated_at, max(at) FILTER (WHERE state = 'UNKNOWN') AS unknown_at,
				(array_agg(state ORDER BY at DESC, `+stricter("state")+`) FILTER (WHERE state <> 'UNKNOWN'))[1] AS stated
			FROM said GROUP BY 1, 2, 3),
		noted AS (INSERT INTO consent_readings AS r (merchant_id, customer_id, channel, preference, stated, stated_at, unknown_at)
			SELECT $1, customer_id, channel, preference, stated, stated_at, unknown_at FROM fresh ORDER BY 2, 3, 4
			ON CONFLICT (merchant_id, customer_id, channel, preference) DO UPDATE SET
				stated = CASE WHEN r.stated_at IS NULL OR excluded.stated_at > r.stated_at OR excluded.stated_at = r.stated_at AND `+stricter("excluded.stated")+` < `+stricter("r.stated")+`
					THEN excluded.stated ELSE r.stated END,
				stated_at = greatest(r.stated_at, excluded.stated_at), unknown_at = greatest(r.unknown_at, excluded.unknown_at)
			WHERE (greatest(r.stated_at, excluded.stated_at), greatest(r.unknown_at, excluded.unknown_at)) IS DISTINCT FROM (r.stated_at, r.unknown_at)
				OR excluded.stated_at = r.stated_at AND `+stricter("excluded.stated")+` < `+stricter("r.stated")+`
			RETURNING customer_id, channel, preference, stated, stated_at, unknown_at),
		holds AS (SELECT customer_id, channel, preference, CASE WHEN back THEN 'WITHDRAWN' ELSE stated END AS state, CASE WHEN back THEN unknown_at ELSE stated_at END AS at
			FROM (SELECT *, stated IN ('GRANTED', 'CONFIRMED') AND unknown_at IS NOT NULL AND unknown_at >= stated_at AS back FROM noted WHERE stated IS NOT NULL) n)
		INSERT INTO consents (merchant_id, id, customer_id, channel, preference, state, since, source, proof, recorded_at)
		SELECT DISTINCT ON (h.customer_id, h.channel, h.preference) $1, t.id, h.customer_id, h.channel, h.preference, h.state,
			CASE WHEN t.at = h.at THEN t.since END, t.source, CASE WHEN t.at = h.at THEN t.proof ELSE '' END, greatest(h.at, l.recorded_at)
		FROM holds h JOIN said t USING (customer_id, channel, preference)
		LEFT JOIN LATERAL (SELECT c.state, c.recorded_at FROM consents c WHERE c.merchant_id = $1 AND c.customer_id = h.customer_id
			AND c.channel = h.channel AND c.preference = h.preference AND c.controller = '' AND c.source <> 'hand:lifted' ORDER BY c.recorded_at DESC, c.id DESC LIMIT 1) l ON true
		WHERE l.state IS DISTINCT FROM h.state
		ORDER BY h.customer_id, h.channel, h.preference, (t.at = h.at) DESC, t.at DESC, `+stricter("t.state")+` RETURNING customer_id`,
		w.merchant,
		column(list, func(*E) uuid.UUID { return newID() }),
		column(list, func(e *E) uuid.UUID { return e.Customer }),
		column(list, func(e *E) string { return string(e.Channel) }),
		column(list, func(e *E) string { return e.Preference }),
		column(list, func(e *E) string { return string(e.State) }),
		column(list, func(e *E) *time.Time { return e.Since }),
		column(list, func(e *E) string { return e.Source }),
		column(list, func(e *E) string { return e.Proof }),
		column(list, func(e *E) time.Time { return e.At }))
	if err != nil {
		return fmt.Errorf("store consents: %w", err)
	}
	changed, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return fmt.Errorf("store consents: %w", err)
	}
	return w.later(ctx, "CUSTOMER", changed) // who may be written to is another matter now
}

// consentChanges stores consents read apart from their customers; customers not (yet)
// stored are left to their own reading.
func (w *writer) consentChanges(ctx context.Context, list []relance.ConsentChange) error {
	if len(list) == 0 {
		return nil
	}
	known, err := w.stored(ctx, "customers", column(list, func(c *relance.ConsentChange) string { return c.CustomerID }))
	if err != nil {
		return err
	}
	var entries []consentEntry
	for _, c := range list {
		if k, ok := known[c.CustomerID]; ok {
			entries = appendConsents(entries, k.ID, c.Consents, c.ReadAt)
		}
	}
	return w.consents(ctx, entries)
}
