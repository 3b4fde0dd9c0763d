package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// Merchant reads the tenant.
func (s *Store) Merchant(ctx context.Context, m uuid.UUID) (out relance.Merchant, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT id, name, main_currency, (extract(epoch FROM abandon_after) / 60)::int, relay_contract_on FROM merchants WHERE id = $1`, m).
			Scan(&out.ID, &out.Name, &out.MainCurrency, &out.AbandonAfterMinutes, &out.RelayContractOn)
	})
	return out, notFound(err, "merchant")
}

// AddLabel puts a label on a profile, making the label where the word is new.
func (s *Store) AddLabel(ctx context.Context, m, profile uuid.UUID, name string, now time.Time) error {
	return s.onProfile(ctx, m, profile, now, func(tx pgx.Tx, current uuid.UUID) error {
		var label uuid.UUID
		err := tx.QueryRow(ctx, `INSERT INTO labels (merchant_id, id, name) VALUES ($1, $2, $3)
			ON CONFLICT (merchant_id, lower(name)) DO UPDATE SET name = labels.name RETURNING id`, m, newID(), strings.TrimSpace(name)).Scan(&label)
		if err != nil {
			return fmt.Errorf("add label: %w", err)
		}
		_, err = tx.Exec(ctx, `INSERT INTO profile_labels (merchant_id, origin_profile_id, label_id, profile_id, at) VALUES ($1, $2, $3, $2, $4)
			ON CONFLICT DO NOTHING`, m, current, label, now)
		return err
	})
}

// RemoveLabel takes a label off a profile.
func (s *Store) RemoveLabel(ctx context.Context, m, profile uuid.UUID, name string, now time.Time) error {
	return s.onProfile(ctx, m, profile, now, func(tx pgx.Tx, current uuid.UUID) error {
		_, err := tx.Exec(ctx, `DELETE FROM profile_labels x USING labels l WHERE x.merchant_id = $1 AND x.profile_id = $2
			AND l.merchant_id = $1 AND l.id = x.label_id AND lower(l.name) = lower($3)`, m, current, strings.TrimSpace(name))
		return err
	})
}

// AddNote writes a private note on a profile. Notes are no administrative change.
func (s *Store) AddNote(ctx context.Context, m, profile uuid.UUID, body, author string, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		current, err := (&deriver{tx: tx, merchant: m}).current(ctx, profile)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO notes (merchant_id, id, origin_profile_id, profile_id, body, author, at) VALUES ($1, $2, $3, $3, $4, $5, $6)`,
			m, newID(), current, body, author, now)
		return err
	})
}

// onProfile changes a profile as an administrative act.
func (s *Store) onProfile(ctx context.Context, m, profile uuid.UUID, now time.Time, change func(pgx.Tx, uuid.UUID) error) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		if err := lockMerchant(ctx, tx, m); err != nil {
			return err
		}
		current, err := (&deriver{tx: tx, merchant: m}).current(ctx, profile)
		if err != nil {
			return err
		}
		if err := change(tx, current); err != nil {
			return err
		}
		if _, err = tx.Exec(ctx, `UPDATE profiles SET admin_changed_at = $3 WHERE merchant_id = $1 AND id = $2`, m, current, now); err != nil {
			return err
		}
		return (&deriver{tx: tx, merchant: m, now: now}).queueProfiles(ctx, []uuid.UUID{current})
	})
}
