package store

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// Trial is a voucher that somebody of the merchant's tries in the shop.
type Trial struct {
	ID         uuid.UUID
	ShopID     uuid.UUID
	Code       string
	ExternalID string // "" where it is not known whether the shop made it
}

// mostTrials is how many vouchers a merchant may try at a time.
const mostTrials = 10

// AddTrial notes a voucher before the shop is asked to make it.
func (s *Store) AddTrial(ctx context.Context, m uuid.UUID, t Trial, author string, now, revokeAt time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		var open int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM trial_vouchers WHERE merchant_id = $1 AND revoked_at IS NULL AND revoke_at > $2`, m, now).Scan(&open); err != nil {
			return err
		}
		if open >= mostTrials {
			return relance.Tell(relance.CodeConflict, nil, "TOO_MANY_TRIALS", "most", strconv.Itoa(mostTrials))
		}
		_, err := tx.Exec(ctx, `INSERT INTO trial_vouchers (merchant_id, id, shop_id, code, author, created_at, revoke_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`, m, t.ID, t.ShopID, t.Code, author, now, revokeAt)
		return err
	})
}

// TrialIssued notes that the shop has it.
func (s *Store) TrialIssued(ctx context.Context, m, id uuid.UUID, externalID string) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE trial_vouchers SET external_id = $3 WHERE merchant_id = $1 AND id = $2`, m, id, externalID)
		return err
	})
}

// giveUpTrials is how long a shop is asked to take one back; it is over by its own date since.
const giveUpTrials = 24 * time.Hour

// TrialsOver lists those to be taken back by now.
func (s *Store) TrialsOver(ctx context.Context, m uuid.UUID, now time.Time) (out []Trial, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT id, shop_id, code, external_id FROM trial_vouchers WHERE merchant_id = $1 AND revoked_at IS NULL AND revoke_at BETWEEN $3 AND $2 ORDER BY revoke_at`, m, now, now.Add(-giveUpTrials)).Query(rowsInto(&out))
	})
	return out, err
}

// TrialRevoked notes that the shop has it no more.
func (s *Store) TrialRevoked(ctx context.Context, m, id uuid.UUID, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE trial_vouchers SET revoked_at = $3 WHERE merchant_id = $1 AND id = $2`, m, id, now)
		return err
	})
}

// ShopAccount finds the customer account that has an e-mail address at a shop.
func (s *Store) ShopAccount(ctx context.Context, m, shop uuid.UUID, email string) (externalID, language string, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT external_id, language FROM customers WHERE merchant_id = $1 AND source_id = $2 AND lower(email) = lower($3) AND kind = 'CUSTOMER' AND active AND deleted_at IS NULL
			ORDER BY created_at LIMIT 1`, m, shop, email).Scan(&externalID, &language)
	})
	return externalID, language, notFound(err, "customer account")
}
