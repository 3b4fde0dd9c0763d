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
func (s *Store) AddLabel(ctx context.Context, m, profile uuid.UUID, name, actor string, now time.Time) error {
	return s.onProfile(ctx, m, profile, now, func(tx pgx.Tx, current uuid.UUID) error {
		return (&editor{deriver: &deriver{tx: tx, merchant: m, now: now}, actor: actor}).onlyLabel(ctx, current, strings.TrimSpace(name), true)
	})
}

// RemoveLabel takes a label off a profile.
func (s *Store) RemoveLabel(ctx context.Context, m, profile uuid.UUID, name, actor string, now time.Time) error {
	return s.onProfile(ctx, m, profile, now, func(tx pgx.Tx, current uuid.UUID) error {
		return (&editor{deriver: &deriver{tx: tx, merchant: m, now: now}, actor: actor}).onlyLabel(ctx, current, strings.TrimSpace(name), false)
	})
}

func (e *editor) onlyLabel(ctx context.Context, profile uuid.UUID, name string, on bool) error {
	_, err := e.label(ctx, profile, name, on)
	return err
}

// label puts a label on a profile or takes it off, and notes what that changed, if anything.
func (e *editor) label(ctx context.Context, profile uuid.UUID, name string, on bool) (bool, error) {
	put := e.takeLabel
	value := relance.ChangedValue{Name: "label", Before: name}
	if on {
		put, value = e.putLabel, relance.ChangedValue{Name: "label", After: name}
	}
	changed, err := put(ctx, profile, name)
	if err != nil || !changed {
		return false, err
	}
	_, err = e.note(ctx, profile, relance.ChangeLabel, []relance.ChangedValue{value}, nil, value.Before, value.After)
	return true, err
}

func (e *editor) putLabel(ctx context.Context, profile uuid.UUID, name string) (bool, error) {
	var label uuid.UUID
	err := e.tx.QueryRow(ctx, `INSERT INTO labels (merchant_id, id, name) VALUES ($1, $2, $3)
		ON CONFLICT (merchant_id, lower(name)) DO UPDATE SET name = labels.name RETURNING id`, e.merchant, newID(), name).Scan(&label)
	if err != nil {
		return false, fmt.Errorf("add label: %w", err)
	}
	tag, err := e.tx.Exec(ctx, `INSERT INTO profile_labels (merchant_id, origin_profile_id, label_id, profile_id, at)
		SELECT $1, $2, $3, $2, $4 WHERE NOT EXISTS (SELECT 1 FROM profile_labels WHERE merchant_id = $1 AND profile_id = $2 AND label_id = $3) ON CONFLICT DO NOTHING`, e.merchant, profile, label, e.now)
	if err != nil {
		return false, fmt.Errorf("add label: %w", err)
	}
	return tag.RowsAffected() > 0, nil
}

func (e *editor) takeLabel(ctx context.Context, profile uuid.UUID, name string) (bool, error) {
	tag, err := e.tx.Exec(ctx, `DELETE FROM profile_labels x USING labels l WHERE x.merchant_id = $1 AND x.profile_id = $2
		AND l.merchant_id = $1 AND l.id = x.label_id AND lower(l.name) = lower($3)`, e.merchant, profile, name)
	if err != nil {
		return false, fmt.Errorf("remove label: %w", err)
	}
	return tag.RowsAffected() > 0, nil
}

// AddNote writes a private note on a profile. Notes are no administrative change.
func (s *Store) AddNote(ctx context.Context, m, profile uuid.UUID, body, author string, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		d := &deriver{tx: tx, merchant: m}
		current, err := d.current(ctx, profile)
		if err != nil {
			return err
		}
		if _, err = tx.Exec(ctx, `INSERT INTO notes (merchant_id, id, origin_profile_id, profile_id, body, author, at) VALUES ($1, $2, $3, $3, $4, $5, $6)`,
			m, newID(), current, body, author, now); err != nil {
			return err
		}
		return d.vacate(ctx, []uuid.UUID{current})
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
		d := &deriver{tx: tx, merchant: m, now: now}
		if err := d.vacate(ctx, []uuid.UUID{current}); err != nil {
			return err
		}
		return d.queueProfiles(ctx, []uuid.UUID{current})
	})
}
