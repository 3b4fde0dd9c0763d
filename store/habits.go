package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// Habits are kept by difference: each order remembers in whose habits its lines are
// counted, so a change costs its own lines, however long the person's history is.

// lineHabits lists what the lines l of an order add to habits.
const lineHabits = `LATERAL (VALUES ('CATEGORY', l.category), ('SIZE', l.size), ('PRODUCT', l.title)) x(what, value)`

// owe notes what the lines of the orders have added to habits, before the lines are
// replaced.
func (w *writer) owe(ctx context.Context, orders []uuid.UUID) error {
	if len(orders) == 0 {
		return nil
	}
	if _, err := w.tx.Exec(ctx, `INSERT INTO habit_debts (merchant_id, profile_id, what, value, quantity)
		SELECT $1, o.habits_profile_id, x.what, x.value, sum(l.quantity - l.returned_quantity)
		FROM orders o JOIN order_lines l ON l.merchant_id = $1 AND l.order_id = o.id, `+lineHabits+`
		WHERE o.merchant_id = $1 AND o.id = ANY($2) AND o.habits_profile_id IS NOT NULL AND x.value <> ''
		GROUP BY o.habits_profile_id, x.what, x.value`, w.merchant, orders); err != nil {
		return fmt.Errorf("note habits of replaced lines: %w", err)
	}
	_, err := w.tx.Exec(ctx, `UPDATE orders SET habits_profile_id = NULL WHERE merchant_id = $1 AND id = ANY($2) AND habits_profile_id IS NOT NULL`,
		w.merchant, orders)
	return err
}

// habits moves the lines of the orders into the habits of whose they are now, and takes
// off what is owed. Orders that do not count are in nobody's habits.
func (d *deriver) habits(ctx context.Context, orders []uuid.UUID) error {
	_, err := d.tx.Exec(ctx, `WITH moved AS (
			SELECT o.id, o.habits_profile_id AS old, CASE WHEN o.counted AND o.deleted_at IS NULL THEN o.profile_id END AS new
			FROM (SELECT DISTINCT id FROM unnest($2::uuid[]) u(id)) t CROSS JOIN LATERAL (SELECT * FROM orders o WHERE o.merchant_id = $1 AND o.id = t.id OFFSET 0) o
			WHERE o.habits_profile_id IS DISTINCT FROM CASE WHEN o.counted AND o.deleted_at IS NULL THEN o.profile_id END),
		noted AS (UPDATE orders o SET habits_profile_id = m.new FROM moved m WHERE o.merchant_id = $1 AND o.id = m.id),
		paid AS (DELETE FROM habit_debts WHERE merchant_id = $1 RETURNING profile_id, what, value, -quantity AS quantity),
		change AS (
			SELECT s.profile_id, x.what, x.value, s.sign * (l.quantity - l.returned_quantity) AS quantity
			FROM moved m CROSS JOIN LATERAL (VALUES (m.old, -1), (m.new, 1)) s(profile_id, sign)
			CROSS JOIN LATERAL (SELECT * FROM order_lines l WHERE l.merchant_id = $1 AND l.order_id = m.id OFFSET 0) l, `+lineHabits+`
			WHERE s.profile_id IS NOT NULL AND x.value <> ''
			UNION ALL SELECT * FROM paid)
		INSERT INTO profile_habits (merchant_id, profile_id, what, value, quantity)
		SELECT $1, profile_id, what, value, sum(quantity) FROM change GROUP BY profile_id, what, value HAVING sum(quantity) <> 0 ORDER BY 2, 3, 4
		ON CONFLICT (merchant_id, profile_id, what, value) DO UPDATE SET quantity = profile_habits.quantity + excluded.quantity`, d.merchant, notNil(orders))
	if err != nil {
		return fmt.Errorf("habits: %w", err)
	}
	return nil
}

// Bought lists what people bought and kept of a kind, by name: each value is looked up behind the one before,
// so that it costs by their number and not by that of the people.
func (s *Store) Bought(ctx context.Context, m uuid.UUID, what relance.HabitKind, like string, limit int) (out []string, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `WITH RECURSIVE v(value, n) AS (
				(SELECT h.value, 1 FROM profile_habits h WHERE h.merchant_id = $1 AND h.what = $2 AND h.what <> 'SIZE' AND h.quantity > 0 ORDER BY h.value LIMIT 1)
				UNION ALL SELECT x.value, v.n + 1 FROM v CROSS JOIN LATERAL (SELECT h.value FROM profile_habits h WHERE h.merchant_id = $1 AND h.what = $2 AND h.what <> 'SIZE' AND h.quantity > 0
					AND h.value > v.value ORDER BY h.value LIMIT 1) x WHERE v.n < 20000)
			SELECT value FROM v WHERE position(lower($3) IN lower(value)) > 0 ORDER BY value LIMIT $4`, m, what, strings.TrimSpace(like), limit)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if err != nil {
		return nil, badValue(fmt.Errorf("list what was bought: %w", err))
	}
	return out, nil
}
