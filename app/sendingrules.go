package app

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// StopSending stops all sending of the merchant at once, or lets it go on.
func (a *App) StopSending(ctx context.Context, m uuid.UUID, stop bool, actor string) error {
	if err := a.Store.StopSending(ctx, m, stop, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "stop_sending", "merchant", m, map[string]any{"stop": stop})
}

// ChangeSendingRules changes the rules for all campaigns together.
func (a *App) ChangeSendingRules(ctx context.Context, m uuid.UUID, c relance.SendingRulesChange, actor string) error {
	for _, r := range []struct {
		field       string
		value       *int
		least, most int
	}{{"capCount", c.CapCount, 1, 100}, {"capDays", c.CapDays, 1, 365}, {"gapHours", c.GapHours, 0, 24 * 30}, {"quietFrom", c.QuietFrom, 0, 23}, {"quietUntil", c.QuietUntil, 0, 23},
		{"householdCap", c.HouseholdCap, 0, 100}, {"householdVouchers", c.HouseholdVouchers, 0, 100}} {
		if r.value != nil && (*r.value < r.least || *r.value > r.most) {
			return relance.TellField(r.field, "BETWEEN", "least", strconv.Itoa(r.least), "most", strconv.Itoa(r.most))
		}
	}
	if err := a.Store.ChangeSendingRules(ctx, m, c, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "change_sending_rules", "merchant", m, c)
}
