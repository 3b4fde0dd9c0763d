package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// maxInUse bounds the lists of words that are offered.
const maxInUse = 250

// LabelsInUse lists the labels that are on profiles, by name; of profiles that a shop of the
// scope knows, where it is not nil.
func (s *Store) LabelsInUse(ctx context.Context, m uuid.UUID, scope []uuid.UUID) ([]relance.Label, error) {
	a := &sqlArgs{list: []any{m}}
	on := "SELECT 1 FROM profile_labels p WHERE p.merchant_id = $1 AND p.label_id = l.id"
	if scope != nil {
		on = "SELECT 1 FROM profile_labels x JOIN profiles p ON p.merchant_id = $1 AND p.id = x.profile_id WHERE x.merchant_id = $1 AND x.label_id = l.id AND " + knownTo(a, scope)
	}
	var out []relance.Label
	err := s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(fmt.Sprintf("SELECT l.id, l.name FROM labels l WHERE l.merchant_id = $1 AND EXISTS (%s) ORDER BY lower(l.name) LIMIT %d", on, maxInUse),
			a.list...).Query(rowsInto(&out))
	})
	if err != nil {
		return nil, fmt.Errorf("list labels: %w", err)
	}
	return out, nil
}

// PreferencesInUse lists the named preferences that the merchant asks about, and those that somebody has
// stated something about. It leaps from one to the next, so that it costs by their number and not by that
// of the people.
func (s *Store) PreferencesInUse(ctx context.Context, m uuid.UUID) ([]relance.MarketingPreference, error) {
	const next = `SELECT channel, preference FROM consents WHERE merchant_id = $1 AND preference <> ''`
	var out []relance.MarketingPreference
	err := s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(fmt.Sprintf(`WITH RECURSIVE p AS ((%s ORDER BY 1, 2 LIMIT 1)
			UNION ALL SELECT n.* FROM p CROSS JOIN LATERAL (%s AND (channel, preference) > (p.channel, p.preference) ORDER BY 1, 2 LIMIT 1) n),
			stated AS (SELECT channel, preference FROM p LIMIT %d)
			SELECT u.channel, u.preference, coalesce(n.name, u.preference) AS name FROM (SELECT * FROM stated
				UNION SELECT channel, key FROM consent_preferences WHERE merchant_id = $1 AND retired_at IS NULL) u
			LEFT JOIN consent_preferences n ON n.merchant_id = $1 AND n.channel = u.channel AND lower(n.key) = lower(u.preference) ORDER BY 1, 3, 2 LIMIT %d`, next, next, maxInUse, maxInUse), m).Query(rowsInto(&out))
	})
	if err != nil {
		return nil, fmt.Errorf("list preferences: %w", err)
	}
	return out, nil
}
