package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// ConsentPreferences lists what the merchant asks people about, by channel and name.
func (s *Store) ConsentPreferences(ctx context.Context, m uuid.UUID, retired bool) (out []relance.ConsentPreference, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT p.id, p.channel, p.key, p.name, p.wording, p.version, p.retired_at,
				coalesce((SELECT jsonb_agg(jsonb_build_object('Version', w.version, 'Name', w.name, 'Wording', w.wording, 'At', w.at, 'Actor', `+actorName("w.actor")+`) ORDER BY w.version DESC)
					FROM consent_wordings w WHERE w.merchant_id = $1 AND w.preference_id = p.id AND w.version < p.version), '[]') AS earlier
			FROM consent_preferences p WHERE p.merchant_id = $1 AND ($2 OR p.retired_at IS NULL) ORDER BY p.channel, lower(p.name), p.id`, m, retired).Query(rowsInto(&out))
	})
	if err != nil {
		return nil, fmt.Errorf("list consent preferences: %w", err)
	}
	return out, nil
}

// SaveConsentPreference adds a preference, or changes the name and wording of the one with its id, which
// makes a new version; the earlier ones are kept.
func (s *Store) SaveConsentPreference(ctx context.Context, m uuid.UUID, p relance.ConsentPreference, actor string, now time.Time) (id uuid.UUID, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		version := 1
		if id = p.ID; id == uuid.Nil {
			id = newID()
			if _, err := tx.Exec(ctx, `INSERT INTO consent_preferences (merchant_id, id, channel, key, name, wording, created_at) VALUES ($1, $2, $3, $4, $4, $5, $6)`,
				m, id, p.Channel, p.Name, p.Wording, now); err != nil {
				return err
			}
		} else if err := tx.QueryRow(ctx, `UPDATE consent_preferences SET version = version + CASE WHEN (name, wording) IS DISTINCT FROM ($3, $4::jsonb) THEN 1 ELSE 0 END, name = $3, wording = $4
			WHERE merchant_id = $1 AND id = $2 AND retired_at IS NULL RETURNING version`, m, id, p.Name, p.Wording).Scan(&version); err != nil {
			return notFound(err, "preference")
		}
		_, err := tx.Exec(ctx, `INSERT INTO consent_wordings (merchant_id, preference_id, version, name, wording, at, actor) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
			m, id, version, p.Name, p.Wording, now, actor)
		return err
	})
	if isUnique(err, "consent_preferences_key") || isUnique(err, "consent_preferences_name") {
		return id, relance.TellField("name", "PREFERENCE_TAKEN")
	}
	return id, err
}

// RetireConsentPreference lets nobody be asked about it any more, or again; what was said stays.
func (s *Store) RetireConsentPreference(ctx context.Context, m, id uuid.UUID, retired bool, now time.Time) error {
	err := s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE consent_preferences SET retired_at = CASE WHEN $3 THEN coalesce(retired_at, $4::timestamptz) END WHERE merchant_id = $1 AND id = $2`, m, id, retired, now)
		return oneRow(tag, err, "preference")
	})
	if isUnique(err, "consent_preferences_name") {
		return relance.TellField("name", "PREFERENCE_TAKEN")
	}
	return err
}

// PersonConsents reads all that a person said and what they were asked to confirm, the latest first.
func (s *Store) PersonConsents(ctx context.Context, m, profile uuid.UUID) (*relance.PersonConsents, error) {
	out := &relance.PersonConsents{}
	const mine = `i.merchant_id = $1 AND i.profile_id = (SELECT coalesce(merged_into, id) FROM profiles WHERE merchant_id = $1 AND id = $2)`
	const called = `coalesce((SELECT n.name FROM consent_preferences n WHERE n.merchant_id = $1 AND n.channel = %s AND lower(n.key) = lower(x.preference)), x.preference) AS name`
	err := s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT x.channel, x.preference, `+fmt.Sprintf(called, "x.channel")+`, x.state, x.since, x.recorded_at, x.source,
				coalesce((SELECT nullif(coalesce(h.name, y.name), '') FROM customers c JOIN sources y ON y.merchant_id = $1 AND y.id = c.source_id LEFT JOIN shops h ON h.merchant_id = $1 AND h.id = y.id
					WHERE c.merchant_id = $1 AND c.id = x.customer_id), '') AS origin, x.proof, x.controller, x.wording_version, `+actorName("x.actor")+` AS actor
			FROM (SELECT DISTINCT ON (c.customer_id, c.channel, c.preference, c.controller) c.* FROM identities i JOIN consents c ON c.merchant_id = $1 AND c.customer_id = i.customer_id
				WHERE `+mine+latestFirst+`) x WHERE x.state <> 'UNKNOWN' ORDER BY x.channel, x.preference, x.recorded_at DESC, x.id`, m, profile).Query(rowsInto(&out.Words))
		b.Queue(optInsWhere+`x.customer_id IN (SELECT i.customer_id FROM identities i WHERE `+mine+`) AND x.state <> 'EXPIRED' ORDER BY x.requested_at DESC, x.id LIMIT 20`, m, profile).Query(rowsInto(&out.OptIns))
	})
	if err != nil {
		return nil, fmt.Errorf("read consents: %w", err)
	}
	return out, nil
}

const optInsWhere = `SELECT x.id, x.customer_id, x.shop_id, h.name AS shop_name, x.controller, x.preference,
		coalesce((SELECT n.name FROM consent_preferences n WHERE n.merchant_id = $1 AND n.channel = 'EMAIL' AND lower(n.key) = lower(x.preference)), x.preference) AS name,
		x.wording_version, x.wording, x.language, x.address, x.state, x.lift, x.cause, x.requested_at, x.expires_at, x.sent_at, x.confirmed_at
	FROM opt_ins x JOIN shops h ON h.merchant_id = $1 AND h.id = x.shop_id WHERE x.merchant_id = $1 AND `
