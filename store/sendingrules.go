package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// SendingRules reads the rules for all campaigns.
func (s *Store) SendingRules(ctx context.Context, m uuid.UUID) (relance.SendingRules, error) {
	var out relance.FactMerchant
	err := s.read(ctx, m, func(b *pgx.Batch) { queueRules(b, m, &out) })
	return out.Rules, err
}

// ChangeSendingRules changes them, and judges everybody anew.
func (s *Store) ChangeSendingRules(ctx context.Context, m uuid.UUID, c relance.SendingRulesChange, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE merchants SET cap_count = coalesce($2, cap_count), cap_days = coalesce($3, cap_days), gap_hours = coalesce($4, gap_hours),
				quiet_from = coalesce($5, quiet_from), quiet_until = coalesce($6, quiet_until),
				household_cap = coalesce($7, household_cap), household_vouchers = coalesce($8, household_vouchers) WHERE id = $1`,
			m, c.CapCount, c.CapDays, c.GapHours, c.QuietFrom, c.QuietUntil, c.HouseholdCap, c.HouseholdVouchers); err != nil {
			return err
		}
		return judgeEverybody(ctx, tx, m, now)
	})
}

// StopSending stops all sending of the merchant, or lets it go on; then everybody is judged.
func (s *Store) StopSending(ctx context.Context, m uuid.UUID, stop bool, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE merchants SET sending_stopped_at = CASE WHEN $2 THEN coalesce(sending_stopped_at, $3) END WHERE id = $1`, m, stop, now); err != nil || stop {
			return err
		}
		return judgeEverybody(ctx, tx, m, now)
	})
}

func queueRules(b *pgx.Batch, m uuid.UUID, out *relance.FactMerchant) {
	b.Queue(`SELECT main_currency, abandon_after, sending_stopped_at, cap_count, cap_days, make_interval(hours => gap_hours), quiet_from, quiet_until, household_cap, household_vouchers FROM merchants WHERE id = $1`, m).QueryRow(func(row pgx.Row) error {
		r := &out.Rules
		return row.Scan(&out.MainCurrency, &out.AbandonAfter, &r.StoppedAt, &r.CapCount, &r.CapDays, &r.Gap, &r.QuietFrom, &r.QuietUntil, &r.HouseholdCap, &r.HouseholdVouchers)
	})
}
