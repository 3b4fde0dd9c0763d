package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// MembershipTypes lists what one can be a member of, by name.
func (s *Store) MembershipTypes(ctx context.Context, m uuid.UUID) (out []relance.MembershipType, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT t.id, t.name, t.rate, t.price, t.currency, t.period,
				(SELECT count(*) FROM memberships x WHERE x.merchant_id = $1 AND x.type_id = t.id AND x.status <> 'ENDED') AS members
			FROM membership_types t WHERE t.merchant_id = $1 AND t.retired_at IS NULL ORDER BY lower(t.name), lower(t.rate)`, m)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByName[relance.MembershipType])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list membership types: %w", err)
	}
	return out, nil
}

// SaveMembershipType adds a type, or changes the one with its id; memberships that hold keep what was
// agreed.
func (s *Store) SaveMembershipType(ctx context.Context, m uuid.UUID, t relance.MembershipType, now time.Time) (id uuid.UUID, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if id = t.ID; id == uuid.Nil {
			id = newID()
			_, err := tx.Exec(ctx, `INSERT INTO membership_types (merchant_id, id, name, rate, price, currency, period, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
				m, id, t.Name, t.Rate, t.Price, t.Currency, t.Period, now)
			return err
		}
		tag, err := tx.Exec(ctx, `UPDATE membership_types SET name = $3, rate = $4, price = $5, currency = $6, period = $7 WHERE merchant_id = $1 AND id = $2 AND retired_at IS NULL`,
			m, id, t.Name, t.Rate, t.Price, t.Currency, t.Period)
		return oneRow(tag, err, "membership type")
	})
	if isUnique(err, "membership_types_name") {
		return id, relance.TellField("name", "MEMBERSHIP_TAKEN")
	}
	return id, err
}

// RetireMembershipType lets nobody be enrolled any more; who is, stays.
func (s *Store) RetireMembershipType(ctx context.Context, m, id uuid.UUID, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE membership_types SET retired_at = $3 WHERE merchant_id = $1 AND id = $2 AND retired_at IS NULL`, m, id, now)
		return oneRow(tag, err, "membership type")
	})
}
