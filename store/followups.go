package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// DueFollowUps lists, over all merchants, the follow-ups that a worker may take by now: those
// that are due, and those whose worker fell silent.
func (s *Store) DueFollowUps(ctx context.Context, now time.Time) ([]relance.FollowUpTask, error) {
	rows, err := s.system.Query(ctx, `SELECT merchant_id, id, attempts AS attempt FROM follow_ups WHERE state IN ('DUE', 'SENDING') AND next_at <= $1 ORDER BY next_at LIMIT 1000`, now)
	if err != nil {
		return nil, fmt.Errorf("list due follow-ups: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[relance.FollowUpTask])
}

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
	Facts      *relance.Facts // nil where the person is gone
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

// TakeFollowUp hands a follow-up to a worker until the lease ends. It gives nil where nothing is
// to be done: somebody else has it, or it is settled. One that was being sent when its worker
// fell silent becomes UNCERTAIN: nobody knows whether it went out; a letter does not, as its printer
// can be asked. One that is too late expires.
func (s *Store) TakeFollowUp(ctx context.Context, m, id uuid.UUID, lease time.Duration, now time.Time) (out *FollowUp, err error) {
	err = s.inFactTx(ctx, m, func(tx pgx.Tx) error {
		f := &FollowUp{ID: id}
		var state relance.SendState
		err := tx.QueryRow(ctx, `SELECT state, channel, expires_at, attempts FROM follow_ups WHERE merchant_id = $1 AND id = $2 AND state IN ('DUE', 'SENDING') AND next_at <= $3 FOR UPDATE SKIP LOCKED`, m, id, now).
			Scan(&state, &f.Channel, &f.ExpiresAt, &f.Attempts)
		f.Ordering = state == relance.SendSending && f.Channel == relance.ChannelLetter
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return nil
		case err != nil:
			return err
		case f.Ordering:
		case state == relance.SendSending:
			return settle(ctx, tx, m, id, relance.SendUncertain, "", relance.Telling(relance.Say("WORKER_STOPPED")), now)
		case now.After(f.ExpiresAt):
			return settle(ctx, tx, m, id, relance.SendExpired, relance.ReasonExpired, relance.Detail{}, now)
		}
		f.Attempts++
		if _, err := tx.Exec(ctx, `UPDATE follow_ups SET attempts = $3, next_at = $4 WHERE merchant_id = $1 AND id = $2`, m, id, f.Attempts, now.Add(lease)); err != nil {
			return err
		}
		out = f
		return f.read(ctx, tx, m, now)
	})
	if err != nil {
		return nil, fmt.Errorf("take follow-up: %w", err)
	}
	return out, nil
}

// needs tells what of the person decides about the message.
func (f *FollowUp) needs() factNeeds {
	n := needsOf(f.Campaign)
	n.letters = f.Channel == relance.ChannelLetter
	return n
}

// read reads what the follow-up is about, as of this transaction.
func (f *FollowUp) read(ctx context.Context, tx pgx.Tx, m uuid.UUID, now time.Time) error {
	var enrolment uuid.UUID
	var profile *uuid.UUID
	if err := f.readRows(ctx, tx, m, &enrolment, &profile); err != nil {
		return err
	}
	var err error
	if f.Campaign, err = oneCampaign(ctx, tx, m, f.CampaignID); err != nil {
		return err
	}
	if err := readOlderPlans(ctx, tx, m, &f.Campaign); err != nil { // this message is counted in the budget already
		return err
	}
	f.Facts = nil
	if profile == nil {
		return nil
	}
	facts, err := readFacts(ctx, tx, m, []uuid.UUID{*profile}, f.needs())
	if err != nil || len(facts) == 0 {
		return err
	}
	f.Facts = facts[0]
	for _, e := range f.Facts.Enrolments {
		if e.ID == enrolment {
			f.Enrolment = e
		}
	}
	return nil
}

// readRows reads the message's own row, its voucher and whose it is by now.
func (f *FollowUp) readRows(ctx context.Context, tx pgx.Tx, m uuid.UUID, enrolment *uuid.UUID, profile **uuid.UUID) error {
	b := &pgx.Batch{}
	queueShareMerchant(b, m)
	var code *string
	var v struct {
		kind, currency, state, externalID *string
		value, minimum                    *decimal.Decimal
		from, until                       *time.Time
	}
	b.Queue(`SELECT f.enrolment_id, f.campaign_id, f.step_key, f.channel, f.by_hand, f.again_of, f.customer_id, f.shop_id, i.profile_id, v.code, v.kind, v.value, v.minimum, v.currency, v.valid_from, v.valid_until, v.state, v.external_id
		FROM follow_ups f LEFT JOIN identities i ON i.merchant_id = $1 AND i.customer_id = f.customer_id`+messageVoucher+` WHERE f.merchant_id = $1 AND f.id = $2`, m, f.ID).QueryRow(func(row pgx.Row) error {
		return row.Scan(enrolment, &f.CampaignID, &f.StepKey, &f.Channel, &f.ByHand, &f.AgainOf, &f.CustomerID, &f.ShopID, profile, &code, &v.kind, &v.value, &v.minimum, &v.currency, &v.from, &v.until, &v.state, &v.externalID)
	})
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return err
	}
	f.Voucher = nil
	if code != nil {
		f.Voucher = &Voucher{Code: *code, Kind: relance.VoucherKind(*v.kind), Value: relance.Money{Amount: *v.value, Currency: *v.currency}, Minimum: relance.Money{Amount: *v.minimum, Currency: *v.currency},
			ValidFrom: *v.from, ValidUntil: *v.until, State: *v.state, ExternalID: *v.externalID}
	}
	return nil
}

// VoucherIssued notes that the shop has the voucher.
func (s *Store) VoucherIssued(ctx context.Context, m, followUp uuid.UUID, externalID string, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE vouchers SET state = 'ISSUED', external_id = $3, issued_at = coalesce(issued_at, $4) WHERE merchant_id = $1 AND follow_up_id = $2 AND state = 'PLANNED'`, m, followUp, externalID, now)
		return err
	})
}

// BeginSending asks once more, on the facts of this moment, and if the answer is SEND commits
// that the message is being sent, and the message as it is. From then on it may have gone out.
func (s *Store) BeginSending(ctx context.Context, m uuid.UUID, f *FollowUp, mail relance.Email, judge func(*FollowUp) relance.Decision, lease time.Duration, now time.Time) (d relance.Decision, err error) {
	err = s.inFactTx(ctx, m, func(tx pgx.Tx) error {
		if _, d, err = f.askAgain(ctx, tx, m, judge, now); err != nil || d.Verdict != relance.VerdictSend {
			return err
		}
		b := &pgx.Batch{}
		b.Queue(beginSQL, m, f.ID, d.Recipient.Basis, now.Add(lease))
		b.Queue(`INSERT INTO emails (merchant_id, follow_up_id, recipient, subject, body_text, body_html, message_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (merchant_id, follow_up_id) DO UPDATE SET recipient = excluded.recipient, subject = excluded.subject, body_text = excluded.body_text, body_html = excluded.body_html, at = excluded.at`,
			m, f.ID, mail.To, mail.Subject, mail.Text, mail.HTML, mail.MessageID, now)
		return tx.SendBatch(ctx, b).Close()
	})
	return d, err
}

const beginSQL = `UPDATE follow_ups SET state = 'SENDING', basis = $3, next_at = $4 WHERE merchant_id = $1 AND id = $2`

// askAgain judges on the facts of this transaction, with everybody else kept from sending to the
// person until it ends.
func (f *FollowUp) askAgain(ctx context.Context, tx pgx.Tx, m uuid.UUID, judge func(*FollowUp) relance.Decision, now time.Time) (*FollowUp, relance.Decision, error) {
	if err := f.hold(ctx, tx, m); err != nil {
		return nil, relance.Decision{}, err
	}
	fresh := *f
	if err := fresh.read(ctx, tx, m, now); err != nil {
		return nil, relance.Decision{}, err
	}
	return &fresh, judge(&fresh), nil
}

// hold keeps everybody else from the message, and from sending to the person and their household,
// until the transaction ends: of two messages to one person, or to two people of one household, the
// second sees that the first is being sent.
func (f *FollowUp) hold(ctx context.Context, tx pgx.Tx, m uuid.UUID) error {
	b := &pgx.Batch{}
	b.Queue(`SELECT pg_advisory_xact_lock(hashtextextended('send to ' || $1, 2))`, f.Facts.ProfileID.String())
	b.Queue(`SELECT pg_advisory_xact_lock(hashtextextended('send to ' || household, 3)) FROM (SELECT DISTINCT a.household FROM identities i`+ownAddress+` WHERE i.merchant_id = $1 AND i.profile_id = $2 ORDER BY a.household) h`, m, f.Facts.ProfileID)
	// Locked only: a row that is written twice in one transaction has its foreign keys checked anew.
	b.Queue(`SELECT FROM follow_ups WHERE merchant_id = $1 AND id = $2 AND state = 'DUE' AND attempts = $3 FOR NO KEY UPDATE`, m, f.ID, f.Attempts).Exec(func(tag pgconn.CommandTag) error {
		if tag.RowsAffected() == 0 {
			return relance.Errorf(relance.CodeConflict, "somebody else has this follow-up")
		}
		return nil
	})
	return tx.SendBatch(ctx, b).Close()
}

// Settle ends a worker's turn: the follow-up is in its final state.
func (s *Store) Settle(ctx context.Context, m uuid.UUID, f *FollowUp, state relance.SendState, reason relance.Reason, detail relance.Detail, now time.Time) error {
	return s.inFactTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, settleSQL+` AND state IN ('DUE', 'SENDING') AND attempts = $8`, m, f.ID, state, reason, detail.Text, now, detail.Cause, f.Attempts)
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
	_, err := tx.Exec(ctx, `INSERT INTO due (merchant_id, id, kind, ref_id, due_at) SELECT DISTINCT $1::uuid, i.profile_id, 'PROFILE', i.profile_id, $3::timestamptz
		FROM follow_ups f JOIN enrolment_members x ON x.merchant_id = $1 AND x.enrolment_id = f.enrolment_id JOIN identities i ON i.merchant_id = $1 AND i.customer_id = x.customer_id
		WHERE f.merchant_id = $1 AND f.id = $2 ON CONFLICT (merchant_id, kind, ref_id) DO UPDATE SET due_at = least(due.due_at, excluded.due_at)`, m, id, now)
	return err
}

// Postpone gives the follow-up back, to be taken again at next; reason is the guard that holds it
// back, "" where something failed.
func (s *Store) Postpone(ctx context.Context, m uuid.UUID, f *FollowUp, reason relance.Reason, detail relance.Detail, next time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE follow_ups SET state = 'DUE', next_at = $4, reason = $5, detail = $6, cause = $7 WHERE merchant_id = $1 AND id = $2 AND state IN ('DUE', 'SENDING') AND attempts = $3`, m, f.ID, f.Attempts, next, reason, detail.Text, detail.Cause)
		return err
	})
}

// ReadFollowUp reads a follow-up without taking it.
func (s *Store) ReadFollowUp(ctx context.Context, m, id uuid.UUID, now time.Time) (*FollowUp, error) {
	f := &FollowUp{ID: id}
	return f, s.RefreshFollowUp(ctx, m, f, now)
}

// RefreshFollowUp reads anew what is known about a follow-up in a worker's hands.
func (s *Store) RefreshFollowUp(ctx context.Context, m uuid.UUID, f *FollowUp, now time.Time) error {
	return notFound(s.inFactTx(ctx, m, func(tx pgx.Tx) error { return f.read(ctx, tx, m, now) }), "message")
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
