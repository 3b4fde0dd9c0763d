package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// outcome gathers what follows from decisions about some people, to be written at once.
type outcome struct {
	merchant uuid.UUID
	now      time.Time
	enter    []entry
	members  []member
	sends    []send
	acts     []action
	ended    []ending
	verdicts []verdict
	noted    map[noted]bool          // of which event there is a verdict; of two who have it, the first
	next     map[uuid.UUID]time.Time // when to look at somebody again
}

type entry struct {
	ID, CampaignID, ProfileID uuid.UUID
	Key                       string
	Version                   int
	ShopID                    *uuid.UUID
	EventAt                   time.Time
	Holdout                   bool
}

type member struct{ CustomerID, EnrolmentID uuid.UUID }

type send struct {
	ID, EnrolmentID, CampaignID, ProfileID uuid.UUID
	Key, Step                              string
	Variant                                relance.MessageVariant
	Channel                                relance.ConsentChannel
	State                                  relance.SendState
	Reason                                 relance.Reason
	To                                     relance.Recipient
	CartID                                 *uuid.UUID
	DueAt, ExpiresAt                       time.Time
	Voucher                                *relance.PlannedVoucher
	VoucherFrom                            *uuid.UUID
}

type ending struct {
	ID     uuid.UUID
	Reason relance.Reason
}

type verdict struct {
	CampaignID, ProfileID uuid.UUID
	Key                   string
	Verdict               relance.Verdict
	Reason                relance.Reason
	Until                 *time.Time
}

type noted struct {
	CampaignID uuid.UUID
	Key        string
}

// add takes up one decision.
func (w *outcome) add(f *relance.Facts, d relance.Decision) {
	enrolment := uuid.Nil
	for i := range f.Enrolments {
		if e := &f.Enrolments[i]; e.CampaignID == d.CampaignID && e.InstanceKey == d.Instance.Key {
			enrolment = e.ID
		}
	}
	if d.Enter {
		enrolment = newID()
		e := entry{ID: enrolment, CampaignID: d.CampaignID, ProfileID: f.ProfileID, Key: d.Instance.Key, Version: d.Version, EventAt: d.Instance.At, Holdout: d.Holdout}
		if d.Instance.ShopID != uuid.Nil {
			e.ShopID = &d.Instance.ShopID
		}
		w.enter = append(w.enter, e)
		for i := range f.Records {
			w.members = append(w.members, member{f.Records[i].CustomerID, enrolment})
		}
	}
	if !d.Until.IsZero() {
		w.again(f.ProfileID, d.Until)
	}
	switch d.Verdict {
	case relance.VerdictExpire:
		w.again(f.ProfileID, w.now) // for the step after it; one that is sent asks for that when it is
		fallthrough
	case relance.VerdictSend:
		w.send(f, d, enrolment)
		return
	case relance.VerdictAct:
		w.act(f, d, enrolment)
		return
	}
	if d.End {
		w.ended = append(w.ended, ending{enrolment, d.Reasons[0]})
	}
	w.explain(f, d)
}

// again puts somebody in line to be looked at once more, at the earliest of the times.
func (w *outcome) again(profile uuid.UUID, at time.Time) {
	if w.next[profile].IsZero() || at.Before(w.next[profile]) {
		w.next[profile] = at
	}
}

func (w *outcome) send(f *relance.Facts, d relance.Decision, enrolment uuid.UUID) {
	s := send{ID: newID(), EnrolmentID: enrolment, CampaignID: d.CampaignID, ProfileID: f.ProfileID, Key: d.Instance.Key, Step: d.Step.Key, Variant: d.Variant, Channel: d.Channel, State: relance.SendDue,
		To: d.Recipient, DueAt: d.DueAt, ExpiresAt: d.ExpiresAt, Voucher: d.Voucher}
	if d.Hold {
		s.State = relance.SendHeld
	}
	if d.VoucherFrom != uuid.Nil {
		s.VoucherFrom = &d.VoucherFrom
	}
	if d.Verdict == relance.VerdictExpire {
		s.State, s.Reason, s.Voucher = relance.SendExpired, relance.ReasonExpired, nil
	}
	if d.Instance.Cart != nil {
		s.CartID = &d.Instance.Cart.ID
	}
	w.sends = append(w.sends, s)
	// The record may have come to the person after they entered.
	w.members = append(w.members, member{s.To.CustomerID, enrolment})
}

// explain notes why nothing is sent. What happened before the campaign or too long ago would be
// noted for every order there ever was.
func (w *outcome) explain(f *relance.Facts, d relance.Decision) {
	switch reason := d.Reasons[0]; reason {
	case relance.ReasonBeforeStart, relance.ReasonTooOld, relance.ReasonCampaignState, relance.ReasonSendingStopped, relance.ReasonDone:
	default:
		v := verdict{CampaignID: d.CampaignID, ProfileID: f.ProfileID, Key: d.Instance.Key, Verdict: d.Verdict, Reason: reason}
		if d.Verdict == relance.VerdictWait && !d.Until.IsZero() {
			v.Until = &d.Until
		}
		if n := (noted{v.CampaignID, v.Key}); !w.noted[n] {
			w.noted[n] = true
			w.verdicts = append(w.verdicts, v)
		}
	}
}

// write commits everything; people of the list who need not be looked at again leave the line.
func (w *outcome) write(ctx context.Context, tx pgx.Tx, people []uuid.UUID) error {
	b := &pgx.Batch{}
	w.queueDayChanges(b)
	w.queueEntries(b)
	w.queueSends(b)
	w.queueActs(b)
	w.queueVerdicts(b)
	w.queueDayMade(b)
	again, at := []uuid.UUID{}, []time.Time{}
	for id, t := range w.next {
		again, at = append(again, id), append(at, t)
	}
	b.Queue(`DELETE FROM due WHERE merchant_id = $1 AND kind = 'PROFILE' AND ref_id = ANY($2) AND NOT ref_id = ANY($3)`, w.merchant, people, again)
	b.Queue(`UPDATE due d SET due_at = x.at FROM unnest($2::uuid[], $3::timestamptz[]) x(id, at) WHERE d.merchant_id = $1 AND d.kind = 'PROFILE' AND d.ref_id = x.id`, w.merchant, again, at)
	w.queueAdopted(b)
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("write decisions: %w", err)
	}
	return nil
}

// queueAdopted hands over what began as somebody else's: a cart or order that changed hands.
// Its new owner goes on with the way that it began.
func (w *outcome) queueAdopted(b *pgx.Batch) {
	if len(w.enter) == 0 {
		return
	}
	const adopted = `unnest($2::uuid[], $3::uuid[], $4::text[], $5::uuid[]) x(id, campaign, key, profile)
			JOIN enrolments e ON e.merchant_id = $1 AND e.campaign_id = x.campaign AND e.instance_key = x.key AND e.id <> x.id
			JOIN identities i ON i.merchant_id = $1 AND i.profile_id = x.profile`
	args := []any{w.merchant, column(w.enter, func(e *entry) uuid.UUID { return e.ID }), column(w.enter, func(e *entry) uuid.UUID { return e.CampaignID }),
		column(w.enter, func(e *entry) string { return e.Key }), column(w.enter, func(e *entry) uuid.UUID { return e.ProfileID })}
	b.Queue(`INSERT INTO due (merchant_id, id, kind, ref_id, due_at) SELECT DISTINCT $1::uuid, x.profile, 'PROFILE', x.profile, $6::timestamptz FROM `+adopted+`
		ON CONFLICT (merchant_id, kind, ref_id) DO UPDATE SET due_at = least(due.due_at, excluded.due_at)`, append(args, w.now)...)
	b.Queue(`INSERT INTO enrolment_members (merchant_id, customer_id, enrolment_id) SELECT $1, i.customer_id, e.id FROM `+adopted+` ON CONFLICT DO NOTHING`, args...)
}

// queueEntries writes ways through campaigns. Where the event began one already, by whomever,
// nothing happens: what follows looks for the id and does not find it.
func (w *outcome) queueEntries(b *pgx.Batch) {
	if len(w.enter) > 0 {
		b.Queue(`INSERT INTO enrolments (merchant_id, id, campaign_id, instance_key, profile_id, version, shop_id, event_at, entered_at, holdout, ended_at, end_reason)
			SELECT $1, x.id, x.campaign, x.key, x.profile, x.version, x.shop, x.event_at, $2::timestamptz, x.holdout, CASE WHEN x.holdout THEN $2::timestamptz END, CASE WHEN x.holdout THEN 'HOLDOUT' ELSE '' END
			FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::int[], $8::uuid[], $9::timestamptz[], $10::boolean[]) x(id, campaign, key, profile, version, shop, event_at, holdout)
			ON CONFLICT (merchant_id, campaign_id, instance_key) DO NOTHING`, w.merchant, w.now,
			column(w.enter, func(e *entry) uuid.UUID { return e.ID }), column(w.enter, func(e *entry) uuid.UUID { return e.CampaignID }), column(w.enter, func(e *entry) string { return e.Key }),
			column(w.enter, func(e *entry) uuid.UUID { return e.ProfileID }), column(w.enter, func(e *entry) int { return e.Version }), column(w.enter, func(e *entry) *uuid.UUID { return e.ShopID }),
			column(w.enter, func(e *entry) time.Time { return e.EventAt }), column(w.enter, func(e *entry) bool { return e.Holdout }))
	}
	if len(w.members) > 0 {
		b.Queue(`INSERT INTO enrolment_members (merchant_id, customer_id, enrolment_id) SELECT $1, x.customer, x.enrolment FROM unnest($2::uuid[], $3::uuid[]) x(customer, enrolment)
			JOIN enrolments e ON e.merchant_id = $1 AND e.id = x.enrolment ON CONFLICT DO NOTHING`, w.merchant,
			column(w.members, func(x *member) uuid.UUID { return x.CustomerID }), column(w.members, func(x *member) uuid.UUID { return x.EnrolmentID }))
	}
	if len(w.ended) > 0 {
		b.Queue(`UPDATE enrolments e SET ended_at = $2, end_reason = x.reason FROM unnest($3::uuid[], $4::text[]) x(id, reason) WHERE e.merchant_id = $1 AND e.id = x.id AND e.ended_at IS NULL`,
			w.merchant, w.now, column(w.ended, func(e *ending) uuid.UUID { return e.ID }), column(w.ended, func(e *ending) relance.Reason { return e.Reason }))
	}
}

// queueSends writes messages and their vouchers. Where a step of a way has a message already, the voucher that was
// planned here finds nothing to belong to.
func (w *outcome) queueSends(b *pgx.Batch) {
	if len(w.sends) == 0 {
		return
	}
	b.Queue(`INSERT INTO follow_ups (merchant_id, id, enrolment_id, campaign_id, step_key, profile_id, customer_id, shop_id, cart_id, channel, state, reason, basis, due_at, expires_at, next_at, created_at, voucher_from, variant)
		SELECT $1, x.id, e.id, x.campaign, x.step, x.profile, x.customer, x.shop, x.cart, x.channel, x.state, x.reason, x.basis, x.due_at, x.expires_at, $2, $2, x.voucher_from, x.variant
		FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[], $11::text[], $12::text[], $13::text[], $14::text[], $15::timestamptz[], $16::timestamptz[], $17::uuid[], $18::text[])
			x(id, enrolment, campaign, step, profile, customer, shop, cart, channel, state, reason, basis, due_at, expires_at, voucher_from, variant)
		CROSS JOIN LATERAL (SELECT e.id FROM enrolments e WHERE e.merchant_id = $1 AND e.id = x.enrolment OFFSET 0) e ON CONFLICT (merchant_id, enrolment_id, step_key) DO NOTHING`, w.merchant, w.now,
		column(w.sends, func(s *send) uuid.UUID { return s.ID }), column(w.sends, func(s *send) uuid.UUID { return s.EnrolmentID }), column(w.sends, func(s *send) uuid.UUID { return s.CampaignID }),
		column(w.sends, func(s *send) string { return s.Step }), column(w.sends, func(s *send) uuid.UUID { return s.ProfileID }), column(w.sends, func(s *send) uuid.UUID { return s.To.CustomerID }),
		column(w.sends, func(s *send) uuid.UUID { return s.To.ShopID }), column(w.sends, func(s *send) *uuid.UUID { return s.CartID }), column(w.sends, func(s *send) relance.ConsentChannel { return s.Channel }),
		column(w.sends, func(s *send) relance.SendState { return s.State }), column(w.sends, func(s *send) relance.Reason { return s.Reason }), column(w.sends, func(s *send) relance.LegalBasis { return s.To.Basis }),
		column(w.sends, func(s *send) time.Time { return s.DueAt }), column(w.sends, func(s *send) time.Time { return s.ExpiresAt }), column(w.sends, func(s *send) *uuid.UUID { return s.VoucherFrom }),
		column(w.sends, func(s *send) relance.MessageVariant { return s.Variant }))
	for i := range w.sends { // one by one: many at once would be planned as if all verdicts were few
		s := &w.sends[i]
		b.Queue(forgetVerdict, w.merchant, s.CampaignID, s.Key, s.EnrolmentID)
	}
	with := slices.DeleteFunc(slices.Clone(w.sends), func(s send) bool { return s.Voucher == nil })
	if len(with) == 0 {
		return
	}
	b.Queue(`INSERT INTO vouchers (merchant_id, follow_up_id, shop_id, code, kind, value, minimum, currency, valid_from, valid_until, state)
		SELECT $1, f.id, f.shop_id, x.code, x.kind, x.value, x.minimum, x.currency, x.valid_from, x.valid_until, 'PLANNED'
		FROM unnest($2::uuid[], $3::text[], $4::text[], $5::numeric[], $6::numeric[], $7::text[], $8::timestamptz[], $9::timestamptz[]) x(id, code, kind, value, minimum, currency, valid_from, valid_until)
		CROSS JOIN LATERAL (SELECT f.id, f.shop_id FROM follow_ups f WHERE f.merchant_id = $1 AND f.id = x.id OFFSET 0) f`, w.merchant,
		column(with, func(s *send) uuid.UUID { return s.ID }), column(with, func(s *send) string { return s.Voucher.Code }), column(with, func(s *send) relance.VoucherKind { return s.Voucher.Kind }),
		column(with, func(s *send) decimal.Decimal { return s.Voucher.Value }), column(with, func(s *send) decimal.Decimal { return s.Voucher.Minimum }), column(with, func(s *send) string { return s.Voucher.Currency }),
		column(with, func(s *send) time.Time { return s.Voucher.ValidFrom }), column(with, func(s *send) time.Time { return s.Voucher.ValidUntil }))
}

func (w *outcome) queueVerdicts(b *pgx.Batch) {
	if len(w.verdicts) == 0 {
		return
	}
	b.Queue(`INSERT INTO verdicts AS v (merchant_id, campaign_id, instance_key, profile_id, verdict, reason, until, at)
		SELECT $1::uuid, x.campaign, x.key, x.profile, x.verdict, x.reason, x.until, $2::timestamptz FROM unnest($3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::timestamptz[]) x(campaign, key, profile, verdict, reason, until)
		ON CONFLICT (merchant_id, campaign_id, instance_key) DO UPDATE SET profile_id = excluded.profile_id, verdict = excluded.verdict, reason = excluded.reason, until = excluded.until, at = excluded.at
		WHERE (v.profile_id, v.verdict, v.reason, v.until) IS DISTINCT FROM (excluded.profile_id, excluded.verdict, excluded.reason, excluded.until)`, w.merchant, w.now,
		column(w.verdicts, func(v *verdict) uuid.UUID { return v.CampaignID }), column(w.verdicts, func(v *verdict) string { return v.Key }), column(w.verdicts, func(v *verdict) uuid.UUID { return v.ProfileID }),
		column(w.verdicts, func(v *verdict) relance.Verdict { return v.Verdict }), column(w.verdicts, func(v *verdict) relance.Reason { return v.Reason }), column(w.verdicts, func(v *verdict) *time.Time { return v.Until }))
}
