package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// KeepApart decides that the people of these profiles are different ones: nothing that
// their records share joins them from now on. It gives the profiles as they are.
func (s *Store) KeepApart(ctx context.Context, m uuid.UUID, profiles []uuid.UUID, actor string, now time.Time) ([]uuid.UUID, error) {
	return s.onPair(ctx, m, profiles, now, func(d *deriver, current []uuid.UUID) error {
		_, err := d.tx.Exec(ctx, `INSERT INTO decisions (merchant_id, customer_a, customer_b, verdict, actor, at)
			SELECT $1, a.customer_id, b.customer_id, 'APART', $3, $4 FROM identities a JOIN identities b ON b.merchant_id = $1 AND b.profile_id = ANY($2) AND b.profile_id <> a.profile_id
			WHERE a.merchant_id = $1 AND a.profile_id = ANY($2) AND a.customer_id < b.customer_id
			ON CONFLICT (merchant_id, customer_a, customer_b) DO UPDATE SET verdict = 'APART', merge_id = NULL, into_home = NULL, actor = excluded.actor, at = excluded.at`,
			m, current, actor, now)
		return err
	})
}

// AllowTogether lifts every decision that keeps the people of these profiles apart; what
// their records share may join them at once. It gives the profiles as they are then.
func (s *Store) AllowTogether(ctx context.Context, m uuid.UUID, profiles []uuid.UUID, now time.Time) ([]uuid.UUID, error) {
	return s.onPair(ctx, m, profiles, now, func(d *deriver, current []uuid.UUID) error {
		var touched []uuid.UUID
		rows, err := d.tx.Query(ctx, `DELETE FROM decisions x USING identities i, identities j WHERE x.merchant_id = $1 AND x.verdict = 'APART'
			AND i.merchant_id = $1 AND i.customer_id = x.customer_a AND j.merchant_id = $1 AND j.customer_id = x.customer_b
			AND i.profile_id = ANY($2) AND j.profile_id = ANY($2) RETURNING x.customer_a`, m, current)
		if err == nil {
			touched, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		}
		if err != nil || len(touched) == 0 {
			return err
		}
		return d.resolveNow(ctx, touched)
	})
}

// onPair decides about two or more profiles under the merchant's lock.
func (s *Store) onPair(ctx context.Context, m uuid.UUID, profiles []uuid.UUID, now time.Time, decide func(*deriver, []uuid.UUID) error) (after []uuid.UUID, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if err := lockMerchant(ctx, tx, m); err != nil {
			return err
		}
		d := &deriver{tx: tx, merchant: m, now: now}
		var current []uuid.UUID
		for _, id := range profiles {
			cur, err := d.current(ctx, id)
			if err != nil {
				return err
			}
			if !slices.Contains(current, cur) {
				current = append(current, cur)
			}
		}
		if len(current) < 2 {
			return relance.TellField("profileIds", "UNMERGE_FIRST")
		}
		if err := decide(d, current); err != nil {
			return fmt.Errorf("decide about profiles: %w", err)
		}
		for _, id := range current {
			cur, err := d.current(ctx, id)
			if err != nil {
				return err
			}
			if !slices.Contains(after, cur) {
				after = append(after, cur)
			}
		}
		return nil
	})
	return after, err
}

// queueApart reads whom decisions keep apart from the profiles.
func (f *filler) queueApart(b *pgx.Batch) {
	b.Queue(`SELECT DISTINCT i.profile_id, j.profile_id FROM identities i
		CROSS JOIN LATERAL (SELECT customer_b AS other FROM decisions WHERE merchant_id = $1 AND customer_a = i.customer_id AND verdict = 'APART'
			UNION ALL SELECT customer_a FROM decisions WHERE merchant_id = $1 AND customer_b = i.customer_id AND verdict = 'APART') x
		JOIN identities j ON j.merchant_id = $1 AND j.customer_id = x.other
		WHERE i.merchant_id = $1 AND i.profile_id = ANY($2) AND j.profile_id <> i.profile_id ORDER BY 1, 2`, f.merchant, f.ids).Query(func(rows pgx.Rows) error {
		var profile, other uuid.UUID
		_, err := pgx.ForEachRow(rows, []any{&profile, &other}, func() error {
			p := f.at[profile]
			p.KeptApart = append(p.KeptApart, other)
			return nil
		})
		return err
	})
}
