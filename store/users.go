package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

const userColumns = `u.id, u.email, u.name, u.role, u.shop_ids, u.language, u.totp_confirmed_at IS NOT NULL AS two_factor, u.password_hash IS NOT NULL AS joined, u.monthly_report_since IS NOT NULL AS monthly_report, u.created_at,
	(SELECT max(s.seen_at) FROM sessions s WHERE s.merchant_id = u.merchant_id AND s.user_id = u.id) AS seen_at, u.disabled_at`

// Installation counts merchants and users over all tenants: whether somebody must be the first.
func (s *Store) Installation(ctx context.Context) (merchants, users int64, err error) {
	err = s.app.QueryRow(ctx, `SELECT merchants, users FROM installation()`).Scan(&merchants, &users)
	return merchants, users, err
}

// Users lists the merchant's staff by name; with shops also the shops each is limited to.
func (s *Store) Users(ctx context.Context, m uuid.UUID, shops bool) ([]relance.User, error) {
	var out []relance.User
	f := &filler{merchant: m}
	err := s.read(ctx, m, func(b *pgx.Batch) {
		if shops {
			f.queueShops(b)
		}
		b.Queue(`SELECT `+userColumns+` FROM users u WHERE u.merchant_id = $1 ORDER BY lower(coalesce(nullif(u.name, ''), u.email)), u.id`, m).Query(func(rows pgx.Rows) (err error) {
			out, err = pgx.CollectRows(rows, pgx.RowToStructByNameLax[relance.User])
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
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

// User reads one of the merchant's staff.
func (s *Store) User(ctx context.Context, m, id uuid.UUID) (u relance.User, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+userColumns+` FROM users u WHERE u.merchant_id = $1 AND u.id = $2`, m, id)
		if err != nil {
			return err
		}
		u, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByNameLax[relance.User])
		return err
	})
	return u, notFound(err, "user")
}

// AddUser adds somebody without a password. CONFLICT where the merchant has the address.
func (s *Store) AddUser(ctx context.Context, m uuid.UUID, u relance.User, now time.Time) (uuid.UUID, error) {
	id := newID()
	err := s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO users (merchant_id, id, email, name, role, shop_ids, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			m, id, u.Email, u.Name, u.Role, notNil(u.ShopIDs), now)
		return err
	})
	if isUnique(err, "users_email") {
		return id, relance.Tell(relance.CodeConflict, nil, "EMAIL_TAKEN").At("email")
	}
	return id, err
}

// UserChange is what of a user is to change; nil leaves it.
type UserChange struct {
	Name         *string
	Language     *string
	PasswordHash *string
	Role         *relance.Role
	ShopIDs      *[]uuid.UUID
	Disabled     *bool
	// MonthlyReport: whether they want the report by mail.
	MonthlyReport *bool
}

// ChangeUser changes a user. The last owner who can sign in stays one: CONFLICT.
func (s *Store) ChangeUser(ctx context.Context, m, id uuid.UUID, c UserChange, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		// Two owners who each take the other's role at once: one after the other.
		if _, err := tx.Exec(ctx, `SELECT 1 FROM merchants WHERE id = $1 FOR UPDATE`, m); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `UPDATE users SET name = coalesce($3, name), language = coalesce($4, language), password_hash = coalesce($5, password_hash), role = coalesce($6, role),
				shop_ids = coalesce($7, shop_ids), disabled_at = CASE WHEN $8 THEN coalesce(disabled_at, $9) WHEN NOT $8 THEN NULL ELSE disabled_at END,
				monthly_report_since = CASE WHEN $10 THEN coalesce(monthly_report_since, $9) WHEN NOT $10 THEN NULL ELSE monthly_report_since END
			WHERE merchant_id = $1 AND id = $2`, m, id, c.Name, c.Language, c.PasswordHash, c.Role, c.ShopIDs, c.Disabled, now, c.MonthlyReport)
		if err != nil {
			return fmt.Errorf("change user: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return relance.Errorf(relance.CodeNotFound, "there is no such user")
		}
		if c.Role == nil && c.Disabled == nil {
			return nil
		}
		if c.Disabled != nil && *c.Disabled {
			if _, err := tx.Exec(ctx, `DELETE FROM sessions WHERE merchant_id = $1 AND user_id = $2`, m, id); err != nil {
				return err
			}
		}
		var owners int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM users WHERE merchant_id = $1 AND role = 'OWNER' AND disabled_at IS NULL AND password_hash IS NOT NULL`, m).Scan(&owners); err != nil {
			return err
		}
		if owners == 0 {
			return relance.Tell(relance.CodeConflict, nil, "LAST_OWNER")
		}
		return nil
	})
}

// Candidate is a user who may be meant by an e-mail address.
type Candidate struct {
	MerchantID, ID uuid.UUID
	PasswordHash   string
}

// SignInCandidates finds users by e-mail address over all merchants, oldest first.
func (s *Store) SignInCandidates(ctx context.Context, email string) ([]Candidate, error) {
	rows, err := s.app.Query(ctx, `SELECT merchant_id, id, password_hash FROM sign_in_candidates($1)`, email)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[Candidate])
}

// SignInFailed notes a failed sign-in of each of the sums.
func (s *Store) SignInFailed(ctx context.Context, who [][]byte, now time.Time) error {
	_, err := s.app.Exec(ctx, `SELECT sign_in_failed($1, $2)`, who, now)
	return err
}

// SignInFailures counts failed sign-ins of each of the sums since then.
func (s *Store) SignInFailures(ctx context.Context, who [][]byte, since time.Time) (n []int64, err error) {
	err = s.app.QueryRow(ctx, `SELECT sign_in_failure_counts($1, $2)`, who, since).Scan(&n)
	return n, err
}

// SignInForgiven forgets the failures of a sum, after a sign-in that worked.
func (s *Store) SignInForgiven(ctx context.Context, who []byte) error {
	_, err := s.app.Exec(ctx, `SELECT sign_in_forgiven($1)`, who)
	return err
}

// TwoFactor is a user's second factor as stored.
type TwoFactor struct {
	Secret   []byte // sealed; nil where there is none
	On       bool   // confirmed by a first code
	LastStep int64
}

// TwoFactor reads a user's second factor.
func (s *Store) TwoFactor(ctx context.Context, m, user uuid.UUID) (f TwoFactor, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT totp_secret, totp_confirmed_at IS NOT NULL, totp_step FROM users WHERE merchant_id = $1 AND id = $2`, m, user).Scan(&f.Secret, &f.On, &f.LastStep)
	})
	return f, notFound(err, "user")
}

// OfferTwoFactor stores a sealed secret that is not in force yet. One in force stays.
func (s *Store) OfferTwoFactor(ctx context.Context, m, user uuid.UUID, sealed []byte) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE users SET totp_secret = $3, totp_step = 0 WHERE merchant_id = $1 AND id = $2 AND totp_confirmed_at IS NULL`, m, user, sealed)
		if err == nil && tag.RowsAffected() == 0 {
			return relance.Tell(relance.CodeConflict, nil, "TWO_FACTOR_ON")
		}
		return err
	})
}

// ConfirmTwoFactor puts the offered secret in force.
func (s *Store) ConfirmTwoFactor(ctx context.Context, m, user uuid.UUID, step int64, recovery [][]byte, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE users SET totp_confirmed_at = $3, totp_step = $4, recovery_hashes = $5
			WHERE merchant_id = $1 AND id = $2 AND totp_confirmed_at IS NULL AND totp_secret IS NOT NULL`, m, user, now, step, recovery)
		if err == nil && tag.RowsAffected() == 0 {
			return relance.Tell(relance.CodeConflict, nil, "TWO_FACTOR_ANEW")
		}
		return err
	})
}

// DropTwoFactor switches a user's second factor off.
func (s *Store) DropTwoFactor(ctx context.Context, m, user uuid.UUID) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE users SET totp_confirmed_at = NULL, totp_secret = NULL, totp_step = 0, recovery_hashes = '{}' WHERE merchant_id = $1 AND id = $2`, m, user)
		if err == nil && tag.RowsAffected() == 0 {
			return relance.Errorf(relance.CodeNotFound, "there is no such user")
		}
		return err
	})
}

// UseCode notes that the code of a time step was used; false where it, or a later one,
// was used before.
func (s *Store) UseCode(ctx context.Context, m, user uuid.UUID, step int64) (fresh bool, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE users SET totp_step = $3 WHERE merchant_id = $1 AND id = $2 AND totp_step < $3`, m, user, step)
		fresh = tag.RowsAffected() == 1
		return err
	})
	return fresh, err
}

// UseRecoveryCode strikes a recovery code off; false where there is no such one.
func (s *Store) UseRecoveryCode(ctx context.Context, m, user uuid.UUID, sum []byte) (known bool, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE users SET recovery_hashes = array_remove(recovery_hashes, $3) WHERE merchant_id = $1 AND id = $2 AND $3 = ANY(recovery_hashes)`, m, user, sum)
		known = tag.RowsAffected() == 1
		return err
	})
	return known, err
}

// AddLink stores a one-time link by its sum. Older ones of the user end.
func (s *Store) AddLink(ctx context.Context, m, user uuid.UUID, kind relance.LinkKind, sum []byte, now time.Time, lasts time.Duration) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE user_links SET used_at = $3 WHERE merchant_id = $1 AND user_id = $2 AND used_at IS NULL`, m, user, now); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO user_links (merchant_id, id, user_id, hash, kind, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			m, newID(), user, sum, kind, now, now.Add(lasts))
		return err
	})
}

// Link is a one-time link that works.
type Link struct {
	MerchantID, ID, UserID uuid.UUID
	Kind                   relance.LinkKind
	Email                  string
}

// Link finds a one-time link by its sum; NOT_FOUND where it does not work, or not any more.
func (s *Store) Link(ctx context.Context, sum []byte, now time.Time) (l Link, err error) {
	rows, err := s.app.Query(ctx, `SELECT merchant_id, id, user_id, kind, email FROM user_link_target($1, $2)`, sum, now)
	if err != nil {
		return l, err
	}
	l, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Link])
	if errors.Is(err, pgx.ErrNoRows) {
		err = relance.Tell(relance.CodeNotFound, nil, "LINK_UNKNOWN")
	}
	return l, err
}

// UseLink ends a link and gives its user the password, and the name where it is not
// empty; every session of the user ends. NOT_FOUND where somebody used it first.
func (s *Store) UseLink(ctx context.Context, l Link, name, passwordHash string, now time.Time) error {
	return s.inTx(ctx, l.MerchantID, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE user_links SET used_at = $3 WHERE merchant_id = $1 AND id = $2 AND used_at IS NULL`, l.MerchantID, l.ID, now)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return relance.Tell(relance.CodeNotFound, nil, "LINK_UNKNOWN")
		}
		if _, err := tx.Exec(ctx, `UPDATE users SET password_hash = $3, name = coalesce(nullif($4, ''), name) WHERE merchant_id = $1 AND id = $2`, l.MerchantID, l.UserID, passwordHash, name); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `DELETE FROM sessions WHERE merchant_id = $1 AND user_id = $2`, l.MerchantID, l.UserID)
		return err
	})
}
