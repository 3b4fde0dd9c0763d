package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// CreateMerchant adds a tenant.
func (s *Store) CreateMerchant(ctx context.Context, name string) (uuid.UUID, error) {
	id := newID()
	return id, s.inTx(ctx, id, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO merchants (id, name) VALUES ($1, $2)`, id, name)
		return err
	})
}

// MerchantRef names a merchant.
type MerchantRef struct {
	ID   uuid.UUID
	Name string
}

// AllMerchants lists every tenant, oldest first: for the command line only.
func (s *Store) AllMerchants(ctx context.Context) ([]MerchantRef, error) {
	rows, err := s.system.Query(ctx, `SELECT id, name FROM all_merchants()`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[MerchantRef])
}

// SetMainCurrency sets the currency of the merchant's sums.
func (s *Store) SetMainCurrency(ctx context.Context, m uuid.UUID, currency string, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE merchants SET main_currency = $2 WHERE id = $1`, m, currency); err != nil {
			return err
		}
		return judgeEverybody(ctx, tx, m, now)
	})
}

// Audit records an administrative act.
func (s *Store) Audit(ctx context.Context, m uuid.UUID, actor, action, kind, subject string, detail any, now time.Time) error {
	b, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO audit (merchant_id, id, at, actor, action, subject_kind, subject_id, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			m, newID(), now, actor, action, kind, subject, b)
		return err
	})
}

// Merchants lists every tenant's id.
func (s *Store) Merchants(ctx context.Context) ([]uuid.UUID, error) {
	list, err := s.AllMerchants(ctx)
	return column(list, func(m *MerchantRef) uuid.UUID { return m.ID }), err
}
