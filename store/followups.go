package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// FollowUp is a follow-up in the hands of a worker, with what it was decided on and what is
// known today.
type FollowUp struct {
	ID         uuid.UUID
	CampaignID uuid.UUID
	StepKey    string
	Channel    relance.ConsentChannel
	ByHand     relance.HandKind
	AgainOf    *uuid.UUID // the message that it repeats
	Ordering   bool       // a letter that the printer was told to print: nobody knows yet whether it has it
	CustomerID uuid.UUID
	ShopID     uuid.UUID
	Attempts   int
	ExpiresAt  time.Time
	Voucher    *Voucher
	Campaign   relance.Campaign
	Enrolment  relance.Enrolment
	Facts      *relance.Facts         // nil where the person is gone
	Orders     map[uuid.UUID][]string // of one that was taken: what its shops call the person's orders
}

// Plan is the campaign as of the version that the person entered.
func (f *FollowUp) Plan() *relance.Plan {
	if older, ok := f.Campaign.Older[f.Enrolment.Version]; ok && f.Enrolment.Version != f.Campaign.Version {
		return &older
	}
	return &f.Campaign.Plan
}

// Offer is what the step promises, nil without a voucher.
func (f *FollowUp) Offer() *relance.Offer {
	plan := f.Plan()
	for i := range plan.Steps {
		if plan.Steps[i].Key == f.StepKey {
			return plan.Steps[i].As(f.variant()).Voucher
		}
	}
	return nil
}

// variant is which of the step's variants the message is.
func (f *FollowUp) variant() relance.MessageVariant {
	for _, u := range f.Enrolment.FollowUps {
		if u.StepKey == f.StepKey {
			return u.Variant
		}
	}
	return ""
}

// Voucher is a voucher's row.
type Voucher struct {
	Code       string
	Kind       relance.VoucherKind
	Value      relance.Money
	Minimum    relance.Money
	ValidFrom  time.Time
	ValidUntil time.Time
	State      string
	ExternalID string
}

// VoucherIssued notes that the shop has the voucher.
func (s *Store) VoucherIssued(ctx context.Context, m, followUp uuid.UUID, externalID string, now time.Time) error {
	return s.inOneTrip(ctx, m, "BEGIN", func(b *pgx.Batch) {
		b.Queue(voucherIssuedSQL, m, followUp, externalID, now)
	})
}

const voucherIssuedSQL = `UPDATE vouchers SET state = 'ISSUED', external_id = $3, issued_at = coalesce(issued_at, $4) WHERE merchant_id = $1 AND follow_up_id = $2 AND state = 'PLANNED'`

// Settle ends a worker's turn: the follow-up is in its final state, the next step may follow, and
// the day counts a refusal.
func (s *Store) Settle(ctx context.Context, m uuid.UUID, f *FollowUp, state relance.SendState, reason relance.Reason, detail relance.Detail, now time.Time) error {
	const sql = settleSQL + ` AND state IN ('DUE', 'SENDING') AND attempts = $8`
	args := []any{m, f.ID, state, reason, detail.Text, now, detail.Cause, f.Attempts}
	if state != relance.SendRefused && state != relance.SendExpired {
		return s.inOneTrip(ctx, m, "BEGIN", func(b *pgx.Batch) {
			b.Queue(lookUp)
			b.Queue(sql, args...)
			b.Queue(queueReaderSQL, m, f.ID, now) // whoever else settled it, it does no harm
		})
	}
	return s.inFactTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sql, args...)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		return settled(ctx, tx, m, f.ID, state, now)
	})
}

const settleSQL = `UPDATE follow_ups SET state = $3, reason = $4, detail = $5, cause = $7, sent_at = CASE WHEN $3 = 'SENT' THEN $6::timestamptz END,
	arrives_at = CASE WHEN $3 = 'SENT' AND channel = 'LETTER' THEN $6::timestamptz + interval '3 days' END WHERE merchant_id = $1 AND id = $2`

// settle writes the final state, and puts the person in line: the next step may follow.
func settle(ctx context.Context, tx pgx.Tx, m, id uuid.UUID, state relance.SendState, reason relance.Reason, detail relance.Detail, now time.Time) error {
	if _, err := tx.Exec(ctx, settleSQL, m, id, state, reason, detail.Text, now, detail.Cause); err != nil {
		return err
	}
	return settled(ctx, tx, m, id, state, now)
}

// settled is what follows from a final state: the next step may, and the day counts a refusal.
func settled(ctx context.Context, tx pgx.Tx, m, id uuid.UUID, state relance.SendState, now time.Time) error {
	if err := queueReader(ctx, tx, m, id, now); err != nil || state != relance.SendRefused && state != relance.SendExpired {
		return err
	}
	return countRefused(ctx, tx, m, id, now)
}

// queueReader puts everybody in line who was entered with a message's recipient: they may have
// parted since.
func queueReader(ctx context.Context, tx pgx.Tx, m, id uuid.UUID, now time.Time) error {
	_, err := tx.Exec(ctx, queueReaderSQL, m, id, now)
	return err
}

const queueReaderSQL = `INSERT INTO due (merchant_id, id, kind, ref_id, due_at) SELECT DISTINCT $1::uuid, i.profile_id, 'PROFILE', i.profile_id, $3::timestamptz
	FROM follow_ups f JOIN enrolment_members x ON x.merchant_id = $1 AND x.enrolment_id = f.enrolment_id JOIN identities i ON i.merchant_id = $1 AND i.customer_id = x.customer_id
	WHERE f.merchant_id = $1 AND f.id = $2 ON CONFLICT (merchant_id, kind, ref_id) DO UPDATE SET due_at = least(due.due_at, excluded.due_at)`

// Postpone gives the follow-up back, to be taken again at next; reason is the guard that holds it
// back, "" where something failed.
func (s *Store) Postpone(ctx context.Context, m uuid.UUID, f *FollowUp, reason relance.Reason, detail relance.Detail, next time.Time) error {
	return s.inOneTrip(ctx, m, "BEGIN", func(b *pgx.Batch) {
		b.Queue(`UPDATE follow_ups SET state = 'DUE', next_at = $4, reason = $5, detail = $6, cause = $7 WHERE merchant_id = $1 AND id = $2 AND state IN ('DUE', 'SENDING') AND attempts = $3`, m, f.ID, f.Attempts, next, reason, detail.Text, detail.Cause)
	})
}

// LeaveAsSent settles a message that may or may not have gone out: a person takes it for sent.
func (s *Store) LeaveAsSent(ctx context.Context, m, id uuid.UUID, actor string, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE follow_ups SET state = 'SENT', sent_at = due_at, decided_by = $3 WHERE merchant_id = $1 AND id = $2 AND state = 'UNCERTAIN'`, m, id, actor)
		if err := nobodyDecides(tag.RowsAffected(), err); err != nil {
			return err
		}
		return queueReader(ctx, tx, m, id, now) // the next step may follow
	})
}

// SendAgain puts a message that is uncertain or was too late in line once more, by a person's
// word; with a voucher where it has none that is good.
func (s *Store) SendAgain(ctx context.Context, m, id uuid.UUID, v *relance.PlannedVoucher, actor string, now, until time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE follow_ups SET state = 'DUE', reason = '', detail = '', cause = NULL, decided_by = $3, next_at = $4, due_at = $4, expires_at = $5
			WHERE merchant_id = $1 AND id = $2 AND state IN ('UNCERTAIN', 'EXPIRED')`, m, id, actor, now, until)
		if err := nobodyDecides(tag.RowsAffected(), err); err != nil {
			return err
		}
		// A letter that may have been printed gets a draft of its own.
		if _, err := tx.Exec(ctx, `UPDATE letters SET round = round + 1, ordered_at = NULL, external_id = '', ended_at = NULL WHERE merchant_id = $1 AND follow_up_id = $2`, m, id); err != nil {
			return err
		}
		// Its way through the campaign may have ended with this message.
		_, err = tx.Exec(ctx, `UPDATE enrolments e SET ended_at = NULL, end_reason = '' FROM follow_ups f
			WHERE f.merchant_id = $1 AND f.id = $2 AND e.merchant_id = $1 AND e.id = f.enrolment_id AND e.end_reason = 'DONE'`, m, id)
		if err != nil || v == nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO vouchers AS x (merchant_id, follow_up_id, shop_id, code, kind, value, minimum, currency, valid_from, valid_until, state)
			SELECT $1, f.id, f.shop_id, $3, $4, $5, $6, $7, $8, $9, 'PLANNED' FROM follow_ups f WHERE f.merchant_id = $1 AND f.id = $2
			ON CONFLICT (merchant_id, follow_up_id) DO UPDATE SET code = excluded.code, valid_from = excluded.valid_from, valid_until = excluded.valid_until, state = 'PLANNED',
				external_id = '', issued_at = NULL, revoked_at = NULL WHERE x.state = 'REVOKED'`, m, id, v.Code, v.Kind, v.Value, v.Minimum, v.Currency, v.ValidFrom, v.ValidUntil)
		return err
	})
}

func nobodyDecides(changed int64, err error) error {
	if err == nil && changed == 0 {
		return relance.Tell(relance.CodeConflict, nil, "NOTHING_TO_DECIDE")
	}
	return err
}
