package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// today is the merchant's present day, as midnight UTC.
func (a *App) today(ctx context.Context, m uuid.UUID) (time.Time, error) {
	zone, err := a.merchantZone(ctx, m)
	if err != nil {
		return time.Time{}, err
	}
	y, month, d := a.Now().In(zone).Date()
	return time.Date(y, month, d, 0, 0, 0, 0, time.UTC), nil
}

// SaveMembershipType adds what one can be a member of, or changes it.
func (a *App) SaveMembershipType(ctx context.Context, m uuid.UUID, t relance.MembershipType, actor string) (uuid.UUID, error) {
	if err := t.Check(); err != nil {
		return t.ID, err
	}
	id, err := a.Store.SaveMembershipType(ctx, m, t, a.Now())
	if err != nil {
		return id, err
	}
	return id, a.audit(ctx, m, actor, "save_membership_type", "membership_type", id, map[string]any{"name": t.Name, "rate": t.Rate})
}

// RetireMembershipType lets nobody be enrolled any more; who is, stays.
func (a *App) RetireMembershipType(ctx context.Context, m, id uuid.UUID, actor string) error {
	if err := a.Store.RetireMembershipType(ctx, m, id, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "retire_membership_type", "membership_type", id, nil)
}

// Enrol makes a person a member.
func (a *App) Enrol(ctx context.Context, m, profile uuid.UUID, e relance.Enrolling, actor string) error {
	if err := e.Check(a.Now()); err != nil {
		return err
	}
	today, err := a.today(ctx, m)
	if err != nil {
		return err
	}
	id, err := a.Store.Enrol(ctx, m, profile, e, today, a.Now())
	if err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "enrol", "membership", id, map[string]any{"profile": profile})
}

// MoveMembership lets a membership rest, hold again or end; see store.MoveMembership.
func (a *App) MoveMembership(ctx context.Context, m, id uuid.UUID, to relance.MembershipStatus, on *time.Time, actor string) error {
	today, err := a.today(ctx, m)
	if err != nil {
		return err
	}
	if on != nil && (!on.After(today) || on.Year() > 2200) {
		return relance.TellField("on", "MEMBERSHIP_DAY")
	}
	if err := a.Store.MoveMembership(ctx, m, id, to, on, today, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "move_membership", "membership", id, map[string]any{"to": to, "on": on})
}

// SetPaid writes down that a payment of a membership was made on a day, or was not after all.
func (a *App) SetPaid(ctx context.Context, m, membership uuid.UUID, dueOn time.Time, paidOn *time.Time, actor string) error {
	if paidOn != nil && (paidOn.Year() < 1950 || paidOn.After(a.Now().AddDate(0, 0, 1))) {
		return relance.TellField("paidOn", "PAID_DAY")
	}
	if err := a.Store.SetPaid(ctx, m, membership, dueOn, paidOn, actor, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "set_paid", "membership", membership, map[string]any{"due": dueOn.Format(time.DateOnly), "paid": paidOn != nil})
}

// MoveMemberships does what the day brings to the merchant's memberships.
func (a *App) MoveMemberships(ctx context.Context, m uuid.UUID) error {
	today, err := a.today(ctx, m)
	if err != nil {
		return err
	}
	return a.Store.MoveMemberships(ctx, m, today, a.Now())
}
