package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// CreateToken makes an API token and returns it: only its sum is stored. shops limits
// the bearer where it is not empty.
func (s *Store) CreateToken(ctx context.Context, m uuid.UUID, role relance.Role, shops []uuid.UUID, name string) (string, error) {
	secret, _, err := s.AddToken(ctx, m, relance.Token{Role: role, ShopIDs: shops, Name: name})
	return secret, err
}

const tokenColumns = `id, name, role, shop_ids, created_at`

// AddToken makes an API token of the role, shops and name of t, and returns its secret,
// of which only the sum is stored, and how it is listed.
func (s *Store) AddToken(ctx context.Context, m uuid.UUID, t relance.Token) (secret string, added relance.Token, err error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", t, err
	}
	secret = "rel_" + base64.RawURLEncoding.EncodeToString(raw)
	sum := sha256.Sum256([]byte(secret))
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `INSERT INTO api_tokens (merchant_id, id, hash, name, role, shop_ids) VALUES ($1, $2, $3, $4, $5, $6)
			RETURNING `+tokenColumns, m, newID(), sum[:], t.Name, t.Role, notNil(t.ShopIDs))
		if err != nil {
			return err
		}
		added, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByNameLax[relance.Token])
		return err
	})
	if err != nil {
		return "", t, fmt.Errorf("create token: %w", err)
	}
	return secret, added, nil
}

// Tokens lists the merchant's tokens that are not revoked, oldest first; with shops also
// the shops that each is limited to.
func (s *Store) Tokens(ctx context.Context, m uuid.UUID, shops bool) ([]relance.Token, error) {
	var out []relance.Token
	f := &filler{merchant: m}
	err := s.read(ctx, m, func(b *pgx.Batch) {
		if shops {
			f.queueShops(b)
		}
		b.Queue(`SELECT `+tokenColumns+` FROM api_tokens WHERE merchant_id = $1 AND revoked_at IS NULL ORDER BY created_at, id`, m).Query(func(rows pgx.Rows) (err error) {
			out, err = pgx.CollectRows(rows, pgx.RowToStructByNameLax[relance.Token])
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	for i := range out {
		for _, id := range out[i].ShopIDs {
			if shop := f.shops[id]; shop != nil {
				out[i].Shops = append(out[i].Shops, shop)
			}
		}
	}
	return out, nil
}

// RevokeToken ends a token for good; NOT_FOUND where it is none of the merchant's or is
// revoked already.
func (s *Store) RevokeToken(ctx context.Context, m, id uuid.UUID) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE api_tokens SET revoked_at = now() WHERE merchant_id = $1 AND id = $2 AND revoked_at IS NULL`, m, id)
		if err != nil {
			return fmt.Errorf("revoke token: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return relance.Errorf(relance.CodeNotFound, "there is no such token, or it is revoked already")
		}
		return nil
	})
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
