package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// StopLetters lets whoever got a letter get no more of them, by all records of theirs; what is not
// printed yet is wanted back.
func (s *Store) StopLetters(ctx context.Context, m, followUp uuid.UUID, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		b := &pgx.Batch{}
		b.Queue(`INSERT INTO letter_stops AS x (merchant_id, customer_id, reason, follow_up_id, at) SELECT $1, customer_id, 'OBJECTION', $2, $3 FROM (`+readersRecords+`) r
			ON CONFLICT (merchant_id, customer_id, reason, address_key) DO UPDATE SET lifted_at = NULL, at = CASE WHEN x.lifted_at IS NULL THEN x.at ELSE excluded.at END`, m, followUp, now)
		b.Queue(callBack+`f.customer_id IN (`+readersRecords+`)`, m, followUp, now)
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		return queueReader(ctx, tx, m, followUp, now)
	})
}

// ResumeLetters takes that back: letters that were not called off yet are printed after all.
func (s *Store) ResumeLetters(ctx context.Context, m, followUp uuid.UUID, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		b := &pgx.Batch{}
		b.Queue(`UPDATE letter_stops SET lifted_at = $3 WHERE merchant_id = $1 AND reason = 'OBJECTION' AND lifted_at IS NULL AND customer_id IN (`+readersRecords+`)`, m, followUp, now)
		b.Queue(`UPDATE letters l SET cancel_at = NULL FROM follow_ups f WHERE f.merchant_id = $1 AND f.customer_id IN (`+readersRecords+`) AND l.merchant_id = $1 AND l.follow_up_id = f.id AND l.cancel_at IS NOT NULL AND l.ended_at IS NULL`, m, followUp)
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		return queueReader(ctx, tx, m, followUp, now)
	})
}

// readersRecords are the records of whoever got the message $2.
const readersRecords = `SELECT f.customer_id FROM follow_ups f WHERE f.merchant_id = $1 AND f.id = $2
	UNION SELECT j.customer_id FROM follow_ups f JOIN identities i ON i.merchant_id = $1 AND i.customer_id = f.customer_id JOIN identities j ON j.merchant_id = $1 AND j.profile_id = i.profile_id WHERE f.merchant_id = $1 AND f.id = $2`

// LetterSubscription reads what the page behind a letter's link shows.
func (s *Store) LetterSubscription(ctx context.Context, m, followUp uuid.UUID) (n relance.Subscription, err error) {
	err = s.readRow(ctx, m, []any{&n.ShopName, &n.ShopURL, &n.Language, &n.Stopped}, `SELECT h.name, h.url, l.language,
			EXISTS (SELECT 1 FROM letter_stops x WHERE x.merchant_id = $1 AND x.customer_id = f.customer_id AND x.reason = 'OBJECTION' AND x.lifted_at IS NULL)
		FROM letters l JOIN follow_ups f ON f.merchant_id = $1 AND f.id = l.follow_up_id JOIN shops h ON h.merchant_id = $1 AND h.id = f.shop_id WHERE l.merchant_id = $1 AND l.follow_up_id = $2`, m, followUp)
	return n, notFound(err, "letter")
}

// LetterTarget is where a letter's code leads.
type LetterTarget struct {
	ShopURL  string
	Platform relance.Platform
	Language string
	MadeAt   time.Time
	CartID   *uuid.UUID
	Code     string // of a voucher that is still good; empty else
	Campaign uuid.UUID
}

// LetterTarget reads it.
func (s *Store) LetterTarget(ctx context.Context, m, followUp uuid.UUID, now time.Time) (t LetterTarget, err error) {
	err = s.readRow(ctx, m, []any{&t.ShopURL, &t.Platform, &t.Language, &t.MadeAt, &t.CartID, &t.Code, &t.Campaign}, `SELECT h.url, h.platform, l.language, l.made_at, f.cart_id,
			coalesce((SELECT v.code FROM vouchers v WHERE v.merchant_id = $1 AND v.follow_up_id = `+voucherOf+` AND v.state = 'ISSUED' AND v.valid_until >= $3), ''), f.campaign_id
		FROM letters l JOIN follow_ups f ON f.merchant_id = $1 AND f.id = l.follow_up_id JOIN shops h ON h.merchant_id = $1 AND h.id = f.shop_id WHERE l.merchant_id = $1 AND l.follow_up_id = $2`, m, followUp, now)
	return t, notFound(err, "letter")
}

// mostScans is how many scans of a letter are kept one by one: whoever has the link can follow it for ever.
const mostScans = 1000

// Scanned counts that somebody, or something, followed a letter's code. The first person to do so
// puts the recipient in line: a campaign may go on from it.
func (s *Store) Scanned(ctx context.Context, m, followUp uuid.UUID, human bool, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		b := &pgx.Batch{}
		b.Queue(`INSERT INTO letter_scans (merchant_id, id, follow_up_id, at, human) SELECT $1, $2, $3, $4, $5
			WHERE (SELECT count(*) FROM (SELECT 1 FROM letter_scans WHERE merchant_id = $1 AND follow_up_id = $3 LIMIT $6) s) < $6`, m, newID(), followUp, now, human, mostScans)
		if human {
			b.Queue(`UPDATE letters SET scans = scans + 1, scanned_at = coalesce(scanned_at, $3) WHERE merchant_id = $1 AND follow_up_id = $2`, m, followUp, now)
		}
		if err := tx.SendBatch(ctx, b).Close(); err != nil || !human {
			return err
		}
		return queueReader(ctx, tx, m, followUp, now)
	})
}
