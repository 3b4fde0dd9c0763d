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

// BeginErasure decides that a person is erased: from here on nothing is sent to them, nothing that a
// source says of them is stored, and there is no way back. Again gives the one that is there. The
// merchant has a key for sums by now.
func (s *Store) BeginErasure(ctx context.Context, m, profile uuid.UUID, request *uuid.UUID, cause, actor string, now time.Time) (t relance.Claim, err error) {
	t.MerchantID = m
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		p, err := s.suppressor(ctx, tx, m, aloneSuppressions, now)
		if err != nil {
			return err
		}
		if p == nil {
			return relance.Errorf(relance.CodeInternal, "there is no key to know erased people by")
		}
		if err := lockMerchant(ctx, tx, m); err != nil {
			return err
		}
		d := &deriver{tx: tx, merchant: m, now: now}
		if profile, err = d.current(ctx, profile); err != nil {
			return err
		}
		t, err = d.beginErasure(ctx, p, erasureBegun{profile: profile, request: request, cause: cause, actor: actor})
		return err
	})
	return t, err
}

// erasureBegun is what an erasure begins with.
type erasureBegun struct {
	profile       uuid.UUID
	request, shop *uuid.UUID // what asked for it: a request, or the erasure of a shop
	cause, actor  string
}

func (d *deriver) beginErasure(ctx context.Context, p *suppressor, x erasureBegun) (t relance.Claim, err error) {
	t.MerchantID = d.merchant
	err = d.tx.QueryRow(ctx, `SELECT id, claims FROM erasures WHERE merchant_id = $1 AND profile_id = $2`, d.merchant, x.profile).Scan(&t.ID, &t.Claims)
	if !errors.Is(err, pgx.ErrNoRows) {
		return t, err
	}
	t.ID = newID()
	if _, err := d.tx.Exec(ctx, `INSERT INTO erasures (merchant_id, id, request_id, shop_erasure_id, profile_id, cause, step, begun_by, begun_at, next_at) VALUES ($1, $2, $3, $4, $5, $6, 'VOUCHERS', $7, $8, $8)`,
		d.merchant, t.ID, x.request, x.shop, x.profile, x.cause, x.actor, d.now); err != nil {
		return t, fmt.Errorf("begin erasure: %w", err)
	}
	if x.request != nil {
		if _, err := d.tx.Exec(ctx, `UPDATE privacy_requests SET state = 'ERASING', profile_id = $3 WHERE merchant_id = $1 AND id = $2`, d.merchant, x.request, x.profile); err != nil {
			return t, err
		}
	}
	e := &eraser{deriver: d, suppress: p, profile: x.profile, erasure: t.ID}
	if err := e.find(ctx); err != nil {
		return t, err
	}
	if err := e.stop(ctx); err != nil {
		return t, err
	}
	return t, e.keepAway(ctx)
}

// unfinished is the condition that an erasure of a person or a shop is open.
const unfinished = `finished_at IS NULL`

// DueErasures lists, over all merchants, the erasures that nobody is at.
func (s *Store) DueErasures(ctx context.Context, now time.Time) ([]relance.Claim, error) {
	return s.leased(ctx, "erasures", unfinished, now)
}

// ClaimErasure takes an erasure up until the lease ends; false where somebody else has it, or it is done.
func (s *Store) ClaimErasure(ctx context.Context, c relance.Claim, lease time.Duration, now time.Time) (claims int64, mine bool, err error) {
	return s.lease(ctx, "erasures", unfinished, c, lease, now)
}

const erasureColumns = `e.id, e.request_id, e.profile_id, e.cause, e.step, e.erased, e.kept, e.begun_at, e.finished_at, e.attempts, e.problem`

// Erasure reads one.
func (s *Store) Erasure(ctx context.Context, m, id uuid.UUID) (out relance.Erasure, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT `+erasureColumns+`, `+actorName("e.begun_by")+` AS begun_by FROM erasures e WHERE e.merchant_id = $1 AND e.id = $2`, m, id).Query(func(rows pgx.Rows) (err error) {
			out, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[relance.Erasure])
			return err
		})
	})
	return out, notFound(err, "erasure")
}

// ErasureWaits puts an erasure off until a time, with what it waits for.
func (s *Store) ErasureWaits(ctx context.Context, t relance.Claim, problem *relance.Sentence, next time.Time) error {
	return s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE erasures SET attempts = attempts + 1, problem = $4, next_at = $5 WHERE merchant_id = $1 AND id = $2 AND claims = $3`, t.MerchantID, t.ID, t.Claims, problem, next)
		return err
	})
}

// ErasureStepDone goes on to the next step, and adds up what stays elsewhere.
func (s *Store) ErasureStepDone(ctx context.Context, t relance.Claim, next relance.ErasureStep, kept map[string]int64) error {
	if kept == nil {
		kept = map[string]int64{}
	}
	return s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE erasures SET step = $4, attempts = 0, problem = NULL, kept = kept || $5 WHERE merchant_id = $1 AND id = $2 AND claims = $3`, t.MerchantID, t.ID, t.Claims, next, kept)
		return oneRow(tag, err, "erasure of ours")
	})
}

// ErasureVouchers lists the open vouchers of a person who is erased, and counts those of shops that are no longer
// connected and cannot be asked.
func (s *Store) ErasureVouchers(ctx context.Context, m, profile uuid.UUID) (out []UselessVoucher, gone int64, err error) {
	const theirs = ` FROM identities i` + theirMessages + `
			JOIN vouchers v ON v.merchant_id = $1 AND v.follow_up_id = f.id AND v.state IN ('PLANNED', 'ISSUED')
			JOIN shops h ON h.merchant_id = $1 AND h.id = v.shop_id AND `
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT count(*)`+theirs+`h.state = 'DISCONNECTED' WHERE i.merchant_id = $1 AND i.profile_id = $2 AND f.customer_id = i.customer_id`, m, profile).QueryRow(func(r pgx.Row) error { return r.Scan(&gone) })
		b.Queue(`SELECT v.follow_up_id, v.shop_id, v.code, v.external_id, 'ERASED' AS reason, '' AS by`+theirs+`h.state <> 'DISCONNECTED'
			WHERE i.merchant_id = $1 AND i.profile_id = $2 AND f.customer_id = i.customer_id ORDER BY 1`, m, profile).Query(rowsInto(&out))
	})
	return out, gone, err
}

// ErasureLetters lists the letters of a person who is erased that are to be called back, and how many
// messages to them are being sent at this moment.
func (s *Store) ErasureLetters(ctx context.Context, m, profile uuid.UUID) (open []relance.Letter, sending int, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT `+letterColumns+` FROM letters WHERE merchant_id = $1 AND ordered_at IS NOT NULL AND ended_at IS NULL AND cancel_at IS NOT NULL
			AND follow_up_id IN (SELECT f.id FROM identities i`+theirMessages+` WHERE i.merchant_id = $1 AND i.profile_id = $2 AND f.customer_id = i.customer_id) ORDER BY follow_up_id`, m, profile).Query(rowsInto(&open))
		b.Queue(`SELECT count(*) FROM identities i`+theirMessages+` WHERE i.merchant_id = $1 AND i.profile_id = $2 AND f.customer_id = i.customer_id AND f.state = 'SENDING'`, m, profile).
			QueryRow(func(r pgx.Row) error { return r.Scan(&sending) })
	})
	return open, sending, err
}

// ErasureElsewhere counts what others were given of a person: the shops whose records they are, the mail
// relay, and who prints letters, by name.
func (s *Store) ErasureElsewhere(ctx context.Context, m, profile uuid.UUID) (map[string]int64, error) {
	out := map[string]int64{}
	err := s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT 'shop/' || h.name, count(*) FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id JOIN shops h ON h.merchant_id = $1 AND h.id = c.source_id
				WHERE i.merchant_id = $1 AND i.profile_id = $2 GROUP BY 1
			UNION ALL SELECT 'relay/', count(*) FROM identities i`+theirMessages+` JOIN emails e ON e.merchant_id = $1 AND e.follow_up_id = f.id
				WHERE i.merchant_id = $1 AND i.profile_id = $2 AND f.customer_id = i.customer_id HAVING count(*) > 0
			UNION ALL SELECT 'printer/' || p.name, count(*) FROM identities i`+theirMessages+` JOIN letters l ON l.merchant_id = $1 AND l.follow_up_id = f.id AND l.ordered_at IS NOT NULL
				JOIN printers p ON p.merchant_id = $1 AND p.id = l.printer_id AND p.kind <> 'HAND' WHERE i.merchant_id = $1 AND i.profile_id = $2 AND f.customer_id = i.customer_id GROUP BY 1`, m, profile).
			Query(func(rows pgx.Rows) error {
				var who string
				var n int64
				_, err := pgx.ForEachRow(rows, []any{&who, &n}, func() error {
					out[who] += n
					return nil
				})
				return err
			})
	})
	return out, err
}

// ConfirmingWord is what somebody types to erase a person: the name, else the company, else the e-mail
// address, else the end of the id.
func (s *Store) ConfirmingWord(ctx context.Context, m, profile uuid.UUID) (word string, err error) {
	err = s.readRow(ctx, m, []any{&word}, `SELECT coalesce(nullif(trim(p.first_name || ' ' || p.last_name), ''), nullif(p.company, ''),
			(SELECT min(c.email) FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id WHERE i.merchant_id = $1 AND i.profile_id = p.id AND c.email <> ''), right(p.id::text, 6))
		FROM profiles p WHERE p.merchant_id = $1 AND p.id = $2 AND `+standing, m, profile)
	return word, notFound(err, "profile")
}
