package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
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
func (s *Store) SetMainCurrency(ctx context.Context, m uuid.UUID, currency string) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE merchants SET main_currency = $2 WHERE id = $1`, m, currency)
		return err
	})
}

// CreateToken makes an API token and returns it: only its sum is stored. shops limits
// the bearer where it is not empty.
func (s *Store) CreateToken(ctx context.Context, m uuid.UUID, role relance.Role, shops []uuid.UUID, name string) (string, error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	token := "rel_" + base64.RawURLEncoding.EncodeToString(raw)
	sum := sha256.Sum256([]byte(token))
	err := s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO api_tokens (merchant_id, id, hash, name, role, shop_ids) VALUES ($1, $2, $3, $4, $5, $6)`,
			m, newID(), sum[:], name, role, notNil(shops))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("create token: %w", err)
	}
	return token, nil
}

// Bearer finds out whose token it is; UNAUTHORIZED where it is nobody's.
func (s *Store) Bearer(ctx context.Context, token string) (relance.Bearer, error) {
	sum := sha256.Sum256([]byte(token))
	var b relance.Bearer
	var shops []uuid.UUID
	err := s.app.QueryRow(ctx, `SELECT merchant_id, id, role, shop_ids FROM token_bearer($1)`, sum[:]).Scan(&b.MerchantID, &b.TokenID, &b.Role, &shops)
	if errors.Is(err, pgx.ErrNoRows) {
		return b, relance.Errorf(relance.CodeUnauthorized, "this token is not valid; create one with `relance token create`")
	}
	if len(shops) > 0 {
		b.ShopIDs = shops
	}
	return b, err
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
