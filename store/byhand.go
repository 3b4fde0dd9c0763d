package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// GoodwillLimits reads what clerks may give away at most.
func (s *Store) GoodwillLimits(ctx context.Context, m uuid.UUID) (l relance.GoodwillLimits, err error) {
	err = s.readRow(ctx, m, []any{&l.Percent, &l.Amount, &l.Days, &l.Each}, `SELECT goodwill_percent, goodwill_amount, goodwill_days, goodwill_each FROM merchants WHERE id = $1`, m)
	return l, notFound(err, "merchant")
}

// SetGoodwillLimits changes them; what was given stays.
func (s *Store) SetGoodwillLimits(ctx context.Context, m uuid.UUID, l relance.GoodwillLimits) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE merchants SET goodwill_percent = $2, goodwill_amount = $3, goodwill_days = $4, goodwill_each = $5 WHERE id = $1`, m, l.Percent, l.Amount, l.Days, l.Each)
		return err
	})
}

// HandMade is what somebody does by hand, as it comes into the ledger.
type HandMade struct {
	Key        uuid.UUID // the caller's
	Kind       relance.HandKind
	ProfileID  uuid.UUID // whoever answers for it now
	CustomerID uuid.UUID // the record that it is for
	ShopID     uuid.UUID
	Voucher    *relance.PlannedVoucher
	AgainOf    *uuid.UUID // RESEND
	ExpiresAt  time.Time
}

// MakeByHand enters what somebody does by hand, and reports whether this call did: the same key again
// gives what the first call entered. A worker does the rest.
func (s *Store) MakeByHand(ctx context.Context, m uuid.UUID, h HandMade, actor string, now time.Time) (id uuid.UUID, made bool, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		campaign, err := campaignByHand(ctx, tx, m, now)
		if err != nil {
			return err
		}
		enrolment := newID()
		tag, err := tx.Exec(ctx, `INSERT INTO enrolments (merchant_id, id, campaign_id, instance_key, profile_id, version, shop_id, event_at, entered_at, holdout, ended_at, end_reason)
			VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $7, false, $7, 'BY_HAND') ON CONFLICT (merchant_id, campaign_id, instance_key) DO NOTHING`, m, enrolment, campaign, handKey(h.Key), h.ProfileID, h.ShopID, now)
		if err != nil {
			return err
		}
		if made = tag.RowsAffected() > 0; !made {
			id, err = handMade(ctx, tx, m, h.Key)
			return err
		}
		if err := h.notTooMany(ctx, tx, m, now); err != nil {
			return err
		}
		id = newID()
		return h.enter(ctx, tx, m, id, enrolment, campaign, actor, now)
	})
	if isUnique(err, "follow_ups_again") {
		err = relance.Tell(relance.CodeConflict, nil, "RESEND_UNDER_WAY")
	}
	return id, made, err
}

// notTooMany refuses a voucher to somebody who was given as many by hand as the merchant allows. Revoked ones,
// and those that the shop never made, do not count.
func (h *HandMade) notTooMany(ctx context.Context, tx pgx.Tx, m uuid.UUID, now time.Time) error {
	if h.Voucher == nil {
		return nil
	}
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1::text, 32))`, h.ProfileID.String()); err != nil {
		return err
	}
	var given, most int
	err := tx.QueryRow(ctx, `SELECT (SELECT count(*) FROM identities i JOIN follow_ups f ON f.merchant_id = $1 AND f.customer_id = i.customer_id AND f.by_hand IN ('GOODWILL', 'GOODWILL_MAIL') AND f.created_at > $3
			JOIN vouchers v ON v.merchant_id = $1 AND v.follow_up_id = f.id AND v.state <> 'REVOKED' AND v.revoke_at IS NULL AND NOT (v.state = 'PLANNED' AND f.state IN ('EXPIRED', 'FAILED'))
			WHERE i.merchant_id = $1 AND i.profile_id = $2), goodwill_each FROM merchants WHERE id = $1`, m, h.ProfileID, now.Add(-relance.GoodwillWithin)).Scan(&given, &most)
	if err == nil && most > 0 && given >= most {
		return relance.Tell(relance.CodeConflict, nil, "GOODWILL_EACH", "most", strconv.Itoa(most))
	}
	return err
}

func (h *HandMade) enter(ctx context.Context, tx pgx.Tx, m, id, enrolment, campaign uuid.UUID, actor string, now time.Time) error {
	b := &pgx.Batch{}
	b.Queue(`INSERT INTO enrolment_members (merchant_id, customer_id, enrolment_id) SELECT $1, i.customer_id, $3 FROM identities i WHERE i.merchant_id = $1 AND i.profile_id = $2`, m, h.ProfileID, enrolment)
	b.Queue(`INSERT INTO follow_ups (merchant_id, id, enrolment_id, campaign_id, step_key, profile_id, customer_id, shop_id, channel, state, due_at, expires_at, next_at, created_at, voucher_from, by_hand, again_of, decided_by)
		VALUES ($1, $2, $3, $4, 'by_hand', $5, $6, $7, 'EMAIL', 'DUE', $8, $9, $8, $8, (SELECT coalesce(o.voucher_from, o.id) FROM follow_ups o WHERE o.merchant_id = $1 AND o.id = $11), $10, $11, $12)`,
		m, id, enrolment, campaign, h.ProfileID, h.CustomerID, h.ShopID, now, h.ExpiresAt, h.Kind, h.AgainOf, actor)
	if v := h.Voucher; v != nil {
		b.Queue(`INSERT INTO vouchers (merchant_id, follow_up_id, shop_id, code, kind, value, minimum, currency, valid_from, valid_until, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'PLANNED')`,
			m, id, h.ShopID, v.Code, v.Kind, v.Value, v.Minimum, v.Currency, v.ValidFrom, v.ValidUntil)
	}
	return tx.SendBatch(ctx, b).Close()
}

// handKey is the key of an enrolment that somebody made by hand.
func handKey(key uuid.UUID) string { return "hand:" + key.String() }

func handMade(ctx context.Context, tx pgx.Tx, m, key uuid.UUID) (id uuid.UUID, err error) {
	err = tx.QueryRow(ctx, `SELECT f.id FROM campaigns c JOIN enrolments e ON e.merchant_id = $1 AND e.campaign_id = c.id AND e.instance_key = $2 JOIN follow_ups f ON f.merchant_id = $1 AND f.enrolment_id = e.id
		WHERE c.merchant_id = $1 AND c.by_hand`, m, handKey(key)).Scan(&id)
	return id, notFound(err, "message")
}

// MadeByHand finds what a call with the key entered; uuid.Nil where none did.
func (s *Store) MadeByHand(ctx context.Context, m, key uuid.UUID) (id uuid.UUID, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		id, err = handMade(ctx, tx, m, key)
		return err
	})
	if relance.CodeOf(err) == relance.CodeNotFound {
		return uuid.Nil, nil
	}
	return id, err
}

// campaignByHand is the campaign under which the merchant's people act, made at its first use.
func campaignByHand(ctx context.Context, tx pgx.Tx, m uuid.UUID, now time.Time) (id uuid.UUID, err error) {
	err = tx.QueryRow(ctx, `SELECT id FROM campaigns WHERE merchant_id = $1 AND by_hand`, m).Scan(&id)
	if !errors.Is(err, pgx.ErrNoRows) {
		return id, err
	}
	if err := tx.QueryRow(ctx, `INSERT INTO campaigns AS c (merchant_id, id, name, state, version, started_at, ended_at, created_at, updated_at, by_hand) VALUES ($1, $2, 'By hand', 'ENDED', 1, $3, $3, $3, $3, true)
		ON CONFLICT (merchant_id) WHERE by_hand DO UPDATE SET name = c.name RETURNING id`, m, newID(), now).Scan(&id); err != nil {
		return id, fmt.Errorf("make the campaign of what is done by hand: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO campaign_versions (merchant_id, campaign_id, version, plan, author, at) VALUES ($1, $2, 1, $3, 'relance', $4) ON CONFLICT DO NOTHING`, m, id, relance.Plan{Trigger: relance.Trigger{Kind: relance.TriggerOneTime}}, now)
	return id, err
}

// Original is a message that somebody wants sent once more.
type Original struct {
	ID           uuid.UUID
	ProfileID    uuid.UUID // whoever answers for it now
	CustomerID   uuid.UUID
	ShopID       uuid.UUID
	Channel      relance.ConsentChannel
	State        relance.SendState
	VoucherState relance.VoucherState // "" without one
	VoucherUntil *time.Time
}

// Original reads a message that somebody wants sent once more; of a repeat, what it repeats.
func (s *Store) Original(ctx context.Context, m, id uuid.UUID) (o Original, err error) {
	err = s.readRow(ctx, m, []any{&o.ID, &o.ProfileID, &o.CustomerID, &o.ShopID, &o.Channel, &o.State, &o.VoucherState, &o.VoucherUntil}, `SELECT f.id, coalesce(i.profile_id, f.profile_id), f.customer_id, f.shop_id, f.channel, f.state, coalesce(v.state, ''), v.valid_until
		FROM follow_ups a JOIN follow_ups f ON f.merchant_id = $1 AND f.id = coalesce(a.again_of, a.id) LEFT JOIN identities i ON i.merchant_id = $1 AND i.customer_id = f.customer_id`+messageVoucher+`
		WHERE a.merchant_id = $1 AND a.id = $2`, m, id)
	return o, notFound(err, "message")
}

// SentMail reads an e-mail as it was sent, and whether the end of its voucher is another by now.
func (s *Store) SentMail(ctx context.Context, m, followUp uuid.UUID) (mail relance.Email, changed bool, err error) {
	err = s.readRow(ctx, m, []any{&mail.Subject, &mail.Text, &mail.HTML, &changed}, `SELECT e.subject, e.body_text, e.body_html, coalesce(v.extended_at > e.at, false)
		FROM follow_ups f JOIN emails e ON e.merchant_id = $1 AND e.follow_up_id = f.id`+messageVoucher+` WHERE f.merchant_id = $1 AND f.id = $2`, m, followUp)
	return mail, changed, notFound(err, "message")
}

// VoucherOf is a voucher that somebody wants to change.
type VoucherOf struct {
	FollowUpID uuid.UUID // whose row it stands in
	ProfileID  uuid.UUID
	ShopID     uuid.UUID
	Code       string
	ExternalID string
	State      relance.VoucherState
	ValidUntil time.Time
	ExtendTo   *time.Time
	ChangedBy  string
}

const vouchersWhere = `SELECT v.follow_up_id, coalesce(i.profile_id, f.profile_id) AS profile_id, v.shop_id, v.code, v.external_id, v.state, v.valid_until, v.extend_to, v.changed_by
	FROM vouchers v JOIN follow_ups f ON f.merchant_id = $1 AND f.id = v.follow_up_id LEFT JOIN identities i ON i.merchant_id = $1 AND i.customer_id = f.customer_id WHERE v.merchant_id = $1 AND `

// Voucher reads the voucher of a message, or the one that it shows again.
func (s *Store) Voucher(ctx context.Context, m, followUp uuid.UUID) (v VoucherOf, err error) {
	list, err := s.vouchers(ctx, m, `v.follow_up_id = (SELECT `+voucherOf+` FROM follow_ups f WHERE f.merchant_id = $1 AND f.id = $2)`, followUp)
	if err == nil && len(list) == 0 {
		return v, relance.Tell(relance.CodeNotFound, nil, "NO_VOUCHER")
	}
	if err != nil {
		return v, err
	}
	return list[0], nil
}

// VouchersToExtend lists those whose new end the shop may not know yet.
func (s *Store) VouchersToExtend(ctx context.Context, m uuid.UUID, limit int) ([]VoucherOf, error) {
	return s.vouchers(ctx, m, `v.extend_to IS NOT NULL AND v.state = 'ISSUED' LIMIT $2`, limit)
}

func (s *Store) vouchers(ctx context.Context, m uuid.UUID, where string, args ...any) (out []VoucherOf, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) { b.Queue(vouchersWhere+where, append([]any{m}, args...)...).Query(rowsInto(&out)) })
	if err != nil {
		return nil, fmt.Errorf("read vouchers: %w", err)
	}
	return out, nil
}

// WantVoucherExtended notes the end that a voucher is to have, before the shop is asked.
func (s *Store) WantVoucherExtended(ctx context.Context, m, followUp uuid.UUID, until time.Time, actor string) error {
	return s.changeVoucher(ctx, m, `extend_to = $3, changed_by = $4`, `state = 'ISSUED' AND revoke_at IS NULL AND valid_until < $3`, followUp, until, actor)
}

// WantVoucherRevoked notes that somebody wants a voucher revoked, before the shop is asked.
func (s *Store) WantVoucherRevoked(ctx context.Context, m, followUp uuid.UUID, actor string, now time.Time) error {
	return s.changeVoucher(ctx, m, `revoke_at = coalesce(revoke_at, $3), changed_by = $4, extend_to = NULL`, `state = 'ISSUED'`, followUp, now, actor)
}

func (s *Store) changeVoucher(ctx context.Context, m uuid.UUID, set, where string, args ...any) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE vouchers SET `+set+` WHERE merchant_id = $1 AND follow_up_id = $2 AND `+where, append([]any{m}, args...)...)
		if err == nil && tag.RowsAffected() == 0 {
			return relance.Tell(relance.CodeConflict, nil, "VOUCHER_SPENT")
		}
		return err
	})
}

// VoucherExtended notes that the shop has the new end.
func (s *Store) VoucherExtended(ctx context.Context, m, followUp uuid.UUID, until, now time.Time) (changed bool, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE vouchers SET valid_until = $3, extended_at = $4, extend_to = CASE WHEN extend_to = $3 THEN NULL ELSE extend_to END WHERE merchant_id = $1 AND follow_up_id = $2 AND state = 'ISSUED' AND valid_until < $3`, m, followUp, until, now)
		changed = tag.RowsAffected() > 0
		return err
	})
	return changed, err
}

// VoucherNotExtended takes back that a voucher is to have another end: the shop does not let it.
func (s *Store) VoucherNotExtended(ctx context.Context, m, followUp uuid.UUID) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE vouchers SET extend_to = NULL WHERE merchant_id = $1 AND follow_up_id = $2`, m, followUp)
		return err
	})
}
