package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// redeem notes which vouchers changed orders were paid with: the shop's word holds, also of one
// that we took for over. Cancelling the order gives the voucher back at no platform, so it stays
// redeemed.
func (d *deriver) redeem(ctx context.Context, orders []uuid.UUID) error {
	if len(orders) == 0 {
		return nil
	}
	_, err := d.tx.Exec(ctx, `WITH used AS (
			SELECT DISTINCT ON (o.source_id, upper(c.code)) o.source_id, upper(c.code) AS code, o.id, o.placed_at FROM orders o, unnest(o.discount_codes) c(code)
			WHERE o.merchant_id = $1 AND o.id = ANY($2) AND o.deleted_at IS NULL AND NOT o.test ORDER BY o.source_id, upper(c.code), o.placed_at)
		UPDATE vouchers v SET state = 'REDEEMED', redeemed_at = u.placed_at, order_id = u.id FROM used u
		WHERE v.merchant_id = $1 AND v.shop_id = u.source_id AND v.code = u.code AND v.state <> 'REDEEMED'`, d.merchant, orders)
	if err != nil {
		return fmt.Errorf("redeem vouchers: %w", err)
	}
	return nil
}

// UselessVoucher is a voucher that nobody is to use any more.
type UselessVoucher struct {
	FollowUpID uuid.UUID
	ShopID     uuid.UUID
	Code       string
	ExternalID string // "" where it is not known whether the shop made it
	Reason     string
	By         string // who wants it revoked; "" where it follows from what happened
}

// UselessVouchers lists vouchers that are open and are to be revoked: those whose message never
// went out, whose person objected, whose order was cancelled or came back, those that a later
// step raised, and the later ones of people who hold several since their profiles were merged; and
// those that somebody wants revoked. What somebody gave by hand is good whatever becomes of its e-mail.
func (s *Store) UselessVouchers(ctx context.Context, m uuid.UUID, limit int, now time.Time) (out []UselessVoucher, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT follow_up_id, shop_id, code, external_id, reason, CASE WHEN reason = 'BY_HAND' THEN changed_by ELSE '' END AS by FROM (
				SELECT v.follow_up_id, v.shop_id, v.code, v.external_id, v.changed_by, CASE
					WHEN v.revoke_at IS NOT NULL THEN 'BY_HAND'
					WHEN f.by_hand <> '' THEN CASE WHEN v.state = 'PLANNED' AND f.state IN ('REFUSED', 'EXPIRED', 'FAILED', 'BOUNCED') THEN 'NOT_SENT' END
					WHEN f.state IN ('REFUSED', 'EXPIRED', 'FAILED', 'BOUNCED') THEN 'NOT_SENT'
					WHEN objected THEN 'OBJECTED'
					WHEN returned THEN 'RETURNED'
					WHEN raised THEN 'RAISED'
					WHEN f.state = 'SENT' AND row_number() OVER (PARTITION BY i.profile_id, f.state, raised, f.by_hand ORDER BY v.issued_at, v.follow_up_id) > 1 THEN 'SECOND'
					END AS reason
				FROM vouchers v CROSS JOIN LATERAL (SELECT f.* FROM follow_ups f WHERE f.merchant_id = $1 AND f.id = v.follow_up_id OFFSET 0) f
				LEFT JOIN LATERAL (SELECT i.profile_id FROM identities i WHERE i.merchant_id = $1 AND i.customer_id = f.customer_id OFFSET 0) i ON true
				CROSS JOIN LATERAL (SELECT coalesce((SELECT EXISTS (SELECT 1 FROM stopped_addresses x WHERE x.merchant_id = $1 AND x.address = lower(e.recipient) AND x.reason = 'OBJECTION' AND x.lifted_at IS NULL)
						FROM emails e WHERE e.merchant_id = $1 AND e.follow_up_id = f.id), false)
						OR f.channel = 'LETTER' AND EXISTS (SELECT 1 FROM letter_stops x WHERE x.merchant_id = $1 AND x.customer_id = f.customer_id AND x.reason = 'OBJECTION' AND x.lifted_at IS NULL) AS objected,
					coalesce((SELECT CASE WHEN e.instance_key LIKE 'order:%' THEN (SELECT o.over FROM `+instanceID+` JOIN LATERAL (SELECT o.state IN ('CANCELLED', 'REFUNDED') OR o.returned > 0 AS over FROM orders o WHERE o.merchant_id = $1 AND o.id = k.id OFFSET 0) o ON true) END
						FROM enrolments e WHERE e.merchant_id = $1 AND e.id = f.enrolment_id), false) AS returned,
					EXISTS (SELECT 1 FROM (SELECT g.id FROM follow_ups g WHERE g.merchant_id = $1 AND g.enrolment_id = f.enrolment_id AND g.id <> f.id AND g.state = 'SENT' AND g.created_at > f.created_at OFFSET 0) g
						JOIN LATERAL (SELECT 1 FROM vouchers w WHERE w.merchant_id = $1 AND w.follow_up_id = g.id OFFSET 0) w ON true) AS raised) r
				WHERE v.merchant_id = $1 AND v.state IN ('PLANNED', 'ISSUED') AND v.valid_until > $2 AND NOT EXISTS (SELECT 1 FROM shops h WHERE h.merchant_id = $1 AND h.id = v.shop_id AND h.state = 'DISCONNECTED')) x
			WHERE reason IS NOT NULL LIMIT $3`, m, now, limit).Query(rowsInto(&out))
	})
	if err != nil {
		return nil, fmt.Errorf("list useless vouchers: %w", err)
	}
	return out, nil
}

// VoucherRevoked notes that a voucher cannot be used any more.
func (s *Store) VoucherRevoked(ctx context.Context, m, followUp uuid.UUID, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE vouchers SET state = 'REVOKED', revoked_at = $3 WHERE merchant_id = $1 AND follow_up_id = $2 AND state IN ('PLANNED', 'ISSUED')`, m, followUp, now)
		return err
	})
}

// OpenVoucher is a voucher that the shop is to be asked for.
type OpenVoucher struct {
	FollowUpID uuid.UUID
	ShopID     uuid.UUID
	Code       string
	Over       bool // its time is over
}

const (
	overdueOrders = 24 * time.Hour     // how late the order of a voucher's last day may become known
	lookAgain     = 7 * 24 * time.Hour // how often the shop is asked for a voucher that is good
	askAgain      = time.Hour          // when it is asked again for one that is over, where it did not answer
)

// VouchersToCheck lists vouchers that the shop is to be asked for, those that were not for
// longest first: each that is good once a week, and each once more when its time is over.
func (s *Store) VouchersToCheck(ctx context.Context, m uuid.UUID, limit int, now time.Time) (out []OpenVoucher, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT v.follow_up_id, v.shop_id, v.code, v.valid_until < $2 AS over FROM vouchers v JOIN shops h ON h.merchant_id = $1 AND h.id = v.shop_id AND h.state <> 'DISCONNECTED'
			WHERE v.merchant_id = $1 AND (v.state IN ('PLANNED', 'ISSUED') AND v.valid_until < $3 AND coalesce(v.checked_at, v.valid_from) < $6 OR v.state = 'ISSUED' AND v.valid_until >= $2 AND coalesce(v.checked_at, v.issued_at) < $4)
			ORDER BY coalesce(v.checked_at, v.issued_at, v.valid_from), v.follow_up_id LIMIT $5`, m, now, now.Add(-overdueOrders), now.Add(-lookAgain), limit, now.Add(-askAgain)).Query(rowsInto(&out))
	})
	if err != nil {
		return nil, fmt.Errorf("list vouchers to check: %w", err)
	}
	return out, nil
}

// VoucherChecked notes what the shop says: the state that follows from it, "" for none other, and
// what it says otherwise than the ledger.
func (s *Store) VoucherChecked(ctx context.Context, m, followUp uuid.UUID, state relance.VoucherState, finding relance.VoucherFinding, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE vouchers SET checked_at = $5, finding = $4, state = CASE WHEN $3 = '' THEN state ELSE $3 END, revoked_at = CASE WHEN $3 = 'REVOKED' THEN $5 ELSE revoked_at END
			WHERE merchant_id = $1 AND follow_up_id = $2 AND state IN ('PLANNED', 'ISSUED')`, m, followUp, state, finding, now)
		return err
	})
}
