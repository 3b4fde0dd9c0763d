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

// sessionRest is how long a session may rest before it ends.
const sessionRest = 14 * 24 * time.Hour

// seenEvery is how often the use of a session is noted.
const seenEvery = time.Minute

// StartSession signs a user in: the sum is of the cookie's secret.
func (s *Store) StartSession(ctx context.Context, m, user uuid.UUID, sum []byte, agent string, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM sessions WHERE merchant_id = $1 AND user_id = $2 AND seen_at <= $3`, m, user, now.Add(-sessionRest)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO sessions (merchant_id, id, user_id, hash, agent, created_at, seen_at) VALUES ($1, $2, $3, $4, $5, $6, $6)`, m, newID(), user, sum, agent, now)
		return err
	})
}

// SessionBearer finds out whose session it is; UNAUTHORIZED where it is nobody's or has
// ended.
func (s *Store) SessionBearer(ctx context.Context, sum []byte, now time.Time) (relance.Bearer, error) {
	var b relance.Bearer
	var shops []uuid.UUID
	var seen time.Time
	err := s.app.QueryRow(ctx, `SELECT merchant_id, id, user_id, role, shop_ids, two_factor, seen_at FROM session_bearer($1, $2)`, sum, now.Add(-sessionRest)).
		Scan(&b.MerchantID, &b.SessionID, &b.UserID, &b.Role, &shops, &b.TwoFactor, &seen)
	if errors.Is(err, pgx.ErrNoRows) {
		return b, relance.Errorf(relance.CodeUnauthorized, "you are signed out; sign in again")
	}
	if err != nil {
		return b, err
	}
	if len(shops) > 0 {
		b.ShopIDs = shops
	}
	if now.Sub(seen) < seenEvery {
		return b, nil
	}
	return b, s.inTx(ctx, b.MerchantID, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE sessions SET seen_at = $3 WHERE merchant_id = $1 AND id = $2 AND seen_at < $3`, b.MerchantID, b.SessionID, now)
		return err
	})
}

// Sessions lists where a user is signed in, latest use first.
func (s *Store) Sessions(ctx context.Context, m, user uuid.UUID, now time.Time) (out []relance.Session, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, agent, created_at, seen_at FROM sessions WHERE merchant_id = $1 AND user_id = $2 AND seen_at > $3 ORDER BY seen_at DESC, id`,
			m, user, now.Add(-sessionRest))
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByNameLax[relance.Session])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return out, nil
}

// EndSession signs a browser of the user out; NOT_FOUND where it is none of theirs.
func (s *Store) EndSession(ctx context.Context, m, user, session uuid.UUID) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `DELETE FROM sessions WHERE merchant_id = $1 AND user_id = $2 AND id = $3`, m, user, session)
		if err == nil && tag.RowsAffected() == 0 {
			return relance.Errorf(relance.CodeNotFound, "there is no such session, or it has ended already")
		}
		return err
	})
}

// EndOtherSessions signs all browsers of the user out but one.
func (s *Store) EndOtherSessions(ctx context.Context, m, user, keep uuid.UUID) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM sessions WHERE merchant_id = $1 AND user_id = $2 AND id <> $3`, m, user, keep)
		return err
	})
}
