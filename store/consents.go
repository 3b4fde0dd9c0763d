package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

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

// consents adds to the ledger what differs from its latest entry. "Unknown" without an
// entry before says nothing and is left out; "unknown" after a yes means that the
// person took it back.
func (w *writer) consents(ctx context.Context, list []consentEntry) error {
	if len(list) == 0 {
		return nil
	}
	type E = consentEntry
	_, err := w.tx.Exec(ctx, `INSERT INTO consents (merchant_id, id, customer_id, channel, preference, state, since, source, proof, recorded_at)
		SELECT $1, t.id, t.customer_id, t.channel, t.preference,
			CASE WHEN t.state = 'UNKNOWN' AND l.state IN ('GRANTED', 'CONFIRMED') THEN 'WITHDRAWN' ELSE t.state END,
			t.since, t.source, t.proof, t.at
		FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[], $9::text[], $10::timestamptz[])
			AS t(id, customer_id, channel, preference, state, since, source, proof, at)
		LEFT JOIN LATERAL (SELECT c.state, c.recorded_at FROM consents c WHERE c.merchant_id = $1 AND c.customer_id = t.customer_id
			AND c.channel = t.channel AND c.preference = t.preference ORDER BY c.recorded_at DESC, c.id DESC LIMIT 1) l ON true
		WHERE CASE WHEN l.state IS NULL THEN t.state <> 'UNKNOWN'
			ELSE t.at >= l.recorded_at AND t.state <> l.state AND NOT (t.state = 'UNKNOWN' AND l.state IN ('WITHDRAWN', 'REFUSED', 'PENDING')) END`,
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
	return nil
}

// consentChanges stores consents read apart from their customers; customers not (yet)
// stored are left to their own reading.
func (w *writer) consentChanges(ctx context.Context, list []relance.ConsentChange) error {
	if len(list) == 0 {
		return nil
	}
	rows, err := w.tx.Query(ctx, `SELECT id, external_id, false AS inserted FROM customers
		WHERE merchant_id = $1 AND source_id = $2 AND external_id = ANY($3)`, w.merchant, w.source,
		column(list, func(c *relance.ConsentChange) string { return c.CustomerID }))
	known, err := collect(rows, err)
	if err != nil {
		return fmt.Errorf("find customers of consents: %w", err)
	}
	var entries []consentEntry
	for _, c := range list {
		if k, ok := known[c.CustomerID]; ok {
			entries = appendConsents(entries, k.ID, c.Consents, c.ReadAt)
		}
	}
	return w.consents(ctx, entries)
}
