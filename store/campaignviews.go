package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// CampaignNumbers counts what became of a campaign.
func (s *Store) CampaignNumbers(ctx context.Context, m, campaign uuid.UUID) (*relance.CampaignNumbers, error) {
	n := &relance.CampaignNumbers{}
	err := s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT count(*), count(*) FILTER (WHERE holdout) FROM enrolments WHERE merchant_id = $1 AND campaign_id = $2`, m, campaign).QueryRow(func(row pgx.Row) error {
			return row.Scan(&n.Entered, &n.HeldOut)
		})
		b.Queue(`SELECT count(*) FILTER (WHERE f.state = 'HELD'), count(*) FILTER (WHERE f.state IN ('DUE', 'SENDING')), count(*) FILTER (WHERE f.state = 'SENT'), count(*) FILTER (WHERE f.state = 'REFUSED'), count(*) FILTER (WHERE f.state = 'EXPIRED'),
				count(*) FILTER (WHERE f.state = 'FAILED'), count(*) FILTER (WHERE f.state = 'BOUNCED'), count(*) FILTER (WHERE f.state = 'UNCERTAIN'), count(v.issued_at), count(v.redeemed_at)
			FROM follow_ups f LEFT JOIN vouchers v ON v.merchant_id = $1 AND v.follow_up_id = f.id WHERE f.merchant_id = $1 AND f.campaign_id = $2`, m, campaign).QueryRow(func(row pgx.Row) error {
			return row.Scan(&n.Held, &n.Due, &n.Sent, &n.Refused, &n.Expired, &n.Failed, &n.Bounced, &n.Uncertain, &n.Vouchers, &n.Redeemed)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("count a campaign: %w", err)
	}
	return n, nil
}

// Refusals counts why people get nothing, or not yet: by the last decision about each event,
// and by the guards that spoke just before sending. The most frequent come first.
func (s *Store) Refusals(ctx context.Context, m, campaign uuid.UUID) (out []relance.RefusalCount, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT verdict, reason, count(*) AS count FROM (
				SELECT verdict, reason FROM verdicts WHERE merchant_id = $1 AND campaign_id = $2
				UNION ALL SELECT 'REFUSE', reason FROM follow_ups WHERE merchant_id = $1 AND campaign_id = $2 AND state IN ('REFUSED', 'EXPIRED') AND reason <> '') x
			GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2`, m, campaign).Query(rowsInto(&out))
	})
	return out, err
}

// FollowUps lists messages, newest first.
func (s *Store) FollowUps(ctx context.Context, m uuid.UUID, q relance.FollowUpQuery) (*relance.FollowUpPage, error) {
	var after *uuid.UUID
	if q.After != "" {
		if err := decodeCursor(q.After, "followUps", &after); err != nil {
			return nil, err
		}
	}
	page := &relance.FollowUpPage{FollowUps: []*relance.FollowUpView{}}
	ids, err := s.findCodes(ctx, m, q.Code)
	if err != nil || q.Code != "" && len(ids) == 0 {
		return page, err
	}
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT f.id, f.campaign_id, c.name, f.step_key, nullif(f.variant, ''), coalesce(i.profile_id, f.profile_id), f.shop_id, f.channel, f.state, nullif(f.reason, ''), f.detail, f.cause,
				nullif(f.basis, ''), f.due_at, f.sent_at, f.created_at, nullif(f.by_hand, ''), `+actorName("f.decided_by")+`, f.again_of, v.extend_to, v.extended_at, v.revoke_at, v.code, v.state, v.kind, v.value, v.currency, v.valid_until, v.redeemed_at, nullif(v.finding, ''), e.recipient, e.subject, e.body_text,
				CASE WHEN l.code IS NOT NULL THEN jsonb_build_object('Code', l.code, 'State', l.state, 'Raw', l.raw, 'Recipient', l.recipient, 'Pages', l.pages, 'PrinterID', l.printer_id, 'PrinterName', p.name, 'BatchNumber', b.number,
					'Price', CASE WHEN l.price IS NOT NULL THEN jsonb_build_object('Amount', l.price, 'Currency', l.currency) END,
					'MadeAt', l.made_at, 'OrderedAt', l.ordered_at, 'PostedAt', l.posted_at, 'EndedAt', l.ended_at, 'Scans', l.scans, 'ScannedAt', l.scanned_at,
					'Stopped', EXISTS (SELECT 1 FROM letter_stops x WHERE x.merchant_id = $1 AND x.customer_id = f.customer_id AND x.reason = 'OBJECTION' AND x.lifted_at IS NULL)) END
			FROM follow_ups f JOIN campaigns c ON c.merchant_id = $1 AND c.id = f.campaign_id
			LEFT JOIN identities i ON i.merchant_id = $1 AND i.customer_id = f.customer_id
			LEFT JOIN vouchers v ON v.merchant_id = $1 AND v.follow_up_id = `+voucherOf+`
			LEFT JOIN emails e ON e.merchant_id = $1 AND e.follow_up_id = f.id AND f.state NOT IN ('HELD', 'DUE', 'REFUSED', 'EXPIRED')
			LEFT JOIN letters l ON l.merchant_id = $1 AND l.follow_up_id = f.id
			LEFT JOIN printers p ON p.merchant_id = $1 AND p.id = l.printer_id
			LEFT JOIN print_batches b ON b.merchant_id = $1 AND b.id = l.batch_id
			WHERE f.merchant_id = $1 AND ($9 = '' OR f.channel = $9) AND ($10::text[] IS NULL OR l.state = ANY($10)) AND ($11::uuid IS NULL OR l.batch_id = $11) AND ($2::uuid IS NULL OR f.campaign_id = $2) AND ($3::uuid IS NULL OR i.profile_id = $3)
				AND ($4::text[] IS NULL OR f.state = ANY($4)) AND ($5::uuid[] IS NULL OR f.shop_id = ANY($5)) AND ($6::uuid IS NULL OR f.id < $6) AND ($8::uuid IS NULL OR f.id = $8) AND ($12::uuid[] IS NULL OR f.id = ANY($12))
			ORDER BY f.id DESC LIMIT $7`, m, q.CampaignID, q.ProfileID, q.States, q.ShopIDs, after, q.First+1, q.ID, q.Channel, q.Print, q.BatchID, ids).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				f, err := scanFollowUp(rows)
				if err != nil {
					return err
				}
				page.FollowUps = append(page.FollowUps, f)
			}
			return rows.Err()
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list follow-ups: %w", err)
	}
	if page.Info.HasNextPage = len(page.FollowUps) > q.First; page.Info.HasNextPage {
		page.FollowUps = page.FollowUps[:q.First]
	}
	if n := len(page.FollowUps); n > 0 {
		page.Info.End = encodeCursor("followUps", page.FollowUps[n-1].ID)
	}
	return page, nil
}

// findCodes lists the messages that a code, or part of one, is of; nil where none is asked for.
func (s *Store) findCodes(ctx context.Context, m uuid.UUID, written string) (ids []uuid.UUID, err error) {
	if written == "" {
		return nil, nil
	}
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, whole := searchWords(written)
		rows, err := tx.Query(ctx, `SELECT find_codes($1)`, whole)
		if err != nil {
			return err
		}
		ids, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find codes: %w", err)
	}
	return ids, nil
}

func scanFollowUp(rows pgx.Rows) (*relance.FollowUpView, error) {
	f, v := &relance.FollowUpView{}, relance.FollowUpVoucher{}
	var state *relance.VoucherState
	var code, currency, recipient, subject, text *string
	var kind *relance.VoucherKind
	var value *decimal.Decimal
	var until *time.Time
	err := rows.Scan(&f.ID, &f.CampaignID, &f.CampaignName, &f.StepKey, &f.Variant, &f.ProfileID, &f.ShopID, &f.Channel, &f.State, &f.Reason, &f.Detail, &f.Cause, &f.Basis, &f.DueAt, &f.SentAt, &f.CreatedAt, &f.ByHand, &f.DecidedBy, &f.AgainOf, &v.ExtendTo, &v.ExtendedAt, &v.RevokeAt,
		&code, &state, &kind, &value, &currency, &until, &v.RedeemedAt, &v.Finding, &recipient, &subject, &text, &f.Letter)
	if err != nil {
		return nil, err
	}
	if code != nil {
		v.Code, v.State, v.Kind, v.Value, v.Currency, v.ValidUntil = *code, *state, *kind, *value, *currency, *until
		f.Voucher = &v
	}
	if recipient != nil {
		f.Email = &relance.FollowUpEmail{Recipient: *recipient, Subject: *subject, Text: *text}
	}
	return f, nil
}
