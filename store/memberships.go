package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// Enrol makes a person a member. What was due for times that are over by today is not asked.
func (s *Store) Enrol(ctx context.Context, m, profile uuid.UUID, e relance.Enrolling, today, now time.Time) (id uuid.UUID, err error) {
	id = newID()
	err = s.onProfile(ctx, m, profile, now, func(tx pgx.Tx, current uuid.UUID) error {
		tag, err := tx.Exec(ctx, `INSERT INTO memberships (merchant_id, id, origin_profile_id, profile_id, type, rate, status, since, type_id, price, currency, period, ends_on)
			SELECT $1, $2, $3, $3, name, rate, 'ACTIVE', $5::date::timestamp AT TIME ZONE 'UTC', id, price, currency, period, $6 FROM membership_types WHERE merchant_id = $1 AND id = $4 AND retired_at IS NULL`,
			m, id, current, e.TypeID, e.Since, e.EndsOn)
		if err := oneRow(tag, err, "membership type"); err != nil {
			return err
		}
		return moveMemberships(ctx, tx, m, &id, today, now)
	})
	return id, err
}

// MoveMembership lets a membership rest, hold again or end. A rest may have a day on which it holds again
// by itself; an end may be to come: nil ends it now.
func (s *Store) MoveMembership(ctx context.Context, m, id uuid.UUID, to relance.MembershipStatus, on *time.Time, today, now time.Time) error {
	return s.onMembership(ctx, m, id, now, func(tx pgx.Tx) error {
		sql := map[relance.MembershipStatus]string{
			relance.MembershipActive: `UPDATE memberships SET status = 'ACTIVE', resumes_on = NULL, ends_on = $3, ended_at = NULL, asked_until = greatest(asked_until, $4::date - 1) WHERE merchant_id = $1 AND id = $2`,
			relance.MembershipPaused: `UPDATE memberships SET status = 'PAUSED', resumes_on = $3 WHERE merchant_id = $1 AND id = $2 AND status = 'ACTIVE' AND $4::date IS NOT NULL`,
			relance.MembershipEnded:  `UPDATE memberships SET ends_on = coalesce($3, $4::date) WHERE merchant_id = $1 AND id = $2 AND status <> 'ENDED'`,
		}[to]
		tag, err := tx.Exec(ctx, sql, m, id, on, today)
		if err == nil && tag.RowsAffected() == 0 {
			return relance.Tell(relance.CodeConflict, nil, "MEMBERSHIP_STATE")
		}
		if err != nil {
			return err
		}
		return moveMemberships(ctx, tx, m, &id, today, now)
	})
}

// SetPaid writes down that a payment was made on a day, or was not after all.
func (s *Store) SetPaid(ctx context.Context, m, membership uuid.UUID, dueOn time.Time, paidOn *time.Time, actor string, now time.Time) error {
	return s.onMembership(ctx, m, membership, now, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE membership_payments SET paid_on = $4, paid_by = CASE WHEN $4::date IS NULL THEN '' ELSE $5 END WHERE merchant_id = $1 AND membership_id = $2 AND due_on = $3`,
			m, membership, dueOn, paidOn, actor)
		return oneRow(tag, err, "payment")
	})
}

// onMembership changes a membership as an administrative act on its profile.
func (s *Store) onMembership(ctx context.Context, m, id uuid.UUID, now time.Time, change func(pgx.Tx) error) error {
	profile, err := s.MembershipProfile(ctx, m, id)
	if err != nil {
		return err
	}
	return s.onProfile(ctx, m, profile, now, func(tx pgx.Tx, _ uuid.UUID) error { return change(tx) })
}

// MembershipProfile is whose membership it is.
func (s *Store) MembershipProfile(ctx context.Context, m, id uuid.UUID) (profile uuid.UUID, err error) {
	err = s.readRow(ctx, m, []any{&profile}, `SELECT profile_id FROM memberships WHERE merchant_id = $1 AND id = $2`, m, id)
	return profile, notFound(err, "membership")
}

// MoveMemberships does what the day brings: ends those whose last day is over, lets rested ones hold
// again, and writes down the payments that are due by today. Doing it again changes nothing.
func (s *Store) MoveMemberships(ctx context.Context, m uuid.UUID, today, now time.Time) error {
	err := s.inTx(ctx, m, func(tx pgx.Tx) error {
		if err := lockMerchant(ctx, tx, m); err != nil {
			return err
		}
		return moveMemberships(ctx, tx, m, nil, today, now)
	})
	if err != nil {
		return fmt.Errorf("move memberships: %w", err)
	}
	return nil
}

func moveMemberships(ctx context.Context, tx pgx.Tx, m uuid.UUID, only *uuid.UUID, today, now time.Time) error {
	rows, err := tx.Query(ctx, `UPDATE memberships SET status = CASE WHEN ends_on <= $2 THEN 'ENDED' ELSE 'ACTIVE' END, resumes_on = NULL,
			ended_at = CASE WHEN ends_on <= $2 THEN ends_on::timestamp AT TIME ZONE 'UTC' END,
			asked_until = CASE WHEN status = 'PAUSED' AND NOT coalesce(ends_on <= $2, false) THEN greatest(asked_until, resumes_on - 1) ELSE asked_until END
		WHERE merchant_id = $1 AND status <> 'ENDED' AND ($3::uuid IS NULL OR id = $3) AND (ends_on <= $2 OR status = 'PAUSED' AND resumes_on <= $2) RETURNING profile_id`, m, today, only)
	if err != nil {
		return fmt.Errorf("end and resume memberships: %w", err)
	}
	moved, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return fmt.Errorf("end and resume memberships: %w", err)
	}
	if err := (&deriver{tx: tx, merchant: m, now: now}).queueProfiles(ctx, moved); err != nil {
		return err
	}
	return askPayments(ctx, tx, m, only, today)
}

// asking is a membership of which payments may be due.
type asking struct {
	ID         uuid.UUID
	Since      time.Time
	AskedUntil *time.Time
	EndsOn     *time.Time
	Period     relance.MembershipPeriod
}

// askPayments writes down what is due by today for memberships that hold.
func askPayments(ctx context.Context, tx pgx.Tx, m uuid.UUID, only *uuid.UUID, today time.Time) error {
	rows, err := tx.Query(ctx, `SELECT id, (since AT TIME ZONE 'UTC')::date AS since, asked_until, ends_on, period FROM memberships
		WHERE merchant_id = $1 AND status = 'ACTIVE' AND price > 0 AND type_id IS NOT NULL AND ($2::uuid IS NULL OR id = $2)
			AND (asked_until IS NULL OR period <> 'ONCE' AND asked_until < $3) FOR UPDATE`, m, only, today)
	if err != nil {
		return fmt.Errorf("find payments due: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[asking])
	if err != nil {
		return fmt.Errorf("find payments due: %w", err)
	}
	for _, x := range list {
		for _, d := range relance.DuePayments(x.Period, x.Since, x.AskedUntil, today, x.EndsOn) {
			if d.Until != nil && !d.Until.After(today) && x.AskedUntil == nil {
				continue // it was over before anybody wrote the membership down
			}
			if _, err := tx.Exec(ctx, `INSERT INTO membership_payments (merchant_id, membership_id, due_on, until, amount, currency)
				SELECT $1, id, $3, $4, price, currency FROM memberships WHERE merchant_id = $1 AND id = $2 ON CONFLICT DO NOTHING`, m, x.ID, d.DueOn, d.Until); err != nil {
				return fmt.Errorf("write payment: %w", err)
			}
		}
		if x.Since.After(today) {
			continue
		}
		if _, err := tx.Exec(ctx, `UPDATE memberships SET asked_until = $3 WHERE merchant_id = $1 AND id = $2`, m, x.ID, today); err != nil {
			return fmt.Errorf("note payments: %w", err)
		}
	}
	return nil
}

func (f *filler) queueMemberships(b *pgx.Batch) {
	at := map[uuid.UUID]*relance.Membership{}
	b.Queue(`SELECT profile_id, id, type, rate, status, since, ended_at, price, currency, period, ends_on, resumes_on FROM memberships WHERE merchant_id = $1 AND profile_id = ANY($2)
		ORDER BY profile_id, since DESC, id`, f.merchant, f.ids).Query(func(rows pgx.Rows) error {
		var profile uuid.UUID
		var x relance.Membership
		_, err := pgx.ForEachRow(rows, []any{&profile, &x.ID, &x.Type, &x.Rate, &x.Status, &x.Since, &x.EndedAt, &x.Price.Amount, &x.Price.Currency, &x.Period, &x.EndsOn, &x.ResumesOn}, func() error {
			f.at[profile].Members = append(f.at[profile].Members, x)
			return nil
		})
		for _, p := range f.at {
			for i := range p.Members {
				at[p.Members[i].ID] = &p.Members[i]
			}
		}
		return err
	})
	b.Queue(`SELECT y.membership_id, y.due_on, y.until, y.amount, y.currency, y.paid_on, `+actorName("y.paid_by")+` FROM memberships x JOIN membership_payments y ON y.merchant_id = $1 AND y.membership_id = x.id
		WHERE x.merchant_id = $1 AND x.profile_id = ANY($2) ORDER BY y.membership_id, y.due_on DESC`, f.merchant, f.ids).Query(func(rows pgx.Rows) error {
		var id uuid.UUID
		var p relance.MembershipPayment
		_, err := pgx.ForEachRow(rows, []any{&id, &p.DueOn, &p.Until, &p.Amount.Amount, &p.Amount.Currency, &p.PaidOn, &p.PaidBy}, func() error {
			if x := at[id]; x != nil { // else it began between the two statements
				x.Payments = append(x.Payments, p)
			}
			return nil
		})
		return err
	})
}
