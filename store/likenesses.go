package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
	"github.com/relance/relance/identity"
)

// Likenesses finds the profiles that share a key, the surest first, and those of the same folded name
// ("last first"); at most ten.
func (s *Store) Likenesses(ctx context.Context, m uuid.UUID, keys []identity.Key, name string) (out []relance.Likeness, err error) {
	var kinds, values, names []string
	for _, k := range keys {
		kinds, values, names = append(kinds, string(k.Kind)), append(values, k.Value), append(names, k.Name)
	}
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT profile_id, kind AS matched_by FROM (
				SELECT DISTINCT ON (profile_id) * FROM (
					SELECT i.profile_id, h.kind, array_position(ARRAY['EMAIL', 'PHONE', 'ADDRESS', 'NONE'], h.kind) AS rank FROM unnest($2::text[], $3::text[], $4::text[]) k(kind, value, name)
						CROSS JOIN LATERAL (SELECT h.customer_id, h.kind FROM identity_keys h WHERE h.merchant_id = $1 AND h.kind = k.kind AND h.value = k.value
							AND (h.kind = 'EMAIL' OR h.name = k.name) LIMIT 20) h
						JOIN identities i ON i.merchant_id = $1 AND i.customer_id = h.customer_id
					UNION ALL
					(SELECT p.id, 'NONE', 4 FROM profiles p WHERE p.merchant_id = $1 AND p.merged_into IS NULL AND p.sort_name COLLATE "C" = $5 AND $5 <> '' LIMIT 10)
				) x ORDER BY profile_id, rank) y
			ORDER BY rank, profile_id LIMIT 10`, m, kinds, values, names, name)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByName[relance.Likeness])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find likenesses: %w", err)
	}
	return out, nil
}
