package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// derivedSums sum everything derived, so that two states can be compared.
const derivedSums = `SELECT 'identities' AS what, count(*), coalesce(sum(hashtextextended(concat_ws('|', customer_id, profile_id, matched_by), 0)), 0)::text FROM identities WHERE merchant_id = $1
	UNION ALL SELECT 'statistics', count(*), coalesce(sum(hashtextextended(concat_ws('|', profile_id, currency, order_count, spent, returned, last_order_at), 0)), 0)::text FROM profile_stats WHERE merchant_id = $1
	UNION ALL SELECT 'habits', count(*), coalesce(sum(hashtextextended(concat_ws('|', profile_id, what, value, quantity), 0)), 0)::text FROM profile_habits WHERE merchant_id = $1 AND quantity <> 0
	UNION ALL SELECT 'profiles', count(*), coalesce(sum(hashtextextended(concat_ws('|', id, merged_into, first_name, last_name, company, title, language, birthday, sort_name, search_text,
		created_at, order_count, last_order_at, oldest_cart_at, needs_review), 0)), 0)::text FROM profiles WHERE merchant_id = $1
	UNION ALL SELECT 'orders', count(*), coalesce(sum(hashtextextended(concat_ws('|', id, profile_id), 0)), 0)::text FROM orders WHERE merchant_id = $1
	UNION ALL SELECT 'carts', count(*), coalesce(sum(hashtextextended(concat_ws('|', id, profile_id, order_id, was_abandoned), 0)), 0)::text FROM carts WHERE merchant_id = $1`

// DerivedSums gives, by what is derived, a sum that changes when any of it does.
func (s *Store) DerivedSums(ctx context.Context, m uuid.UUID) (map[string]string, error) {
	out := map[string]string{}
	err := s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, derivedSums, m)
		if err != nil {
			return err
		}
		var what, sum string
		var n int64
		_, err = pgx.ForEachRow(rows, []any{&what, &n, &sum}, func() error {
			out[what] = fmt.Sprint(n, "/", sum)
			return nil
		})
		return err
	})
	return out, err
}

// QueueAll queues every fact of the merchant to be derived anew. Habits, which are kept
// by difference, begin from nothing.
func (s *Store) QueueAll(ctx context.Context, m uuid.UUID) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		if err := lockMerchant(ctx, tx, m); err != nil {
			return err
		}
		for _, sql := range []string{`DELETE FROM profile_habits WHERE merchant_id = $1`, `DELETE FROM habit_debts WHERE merchant_id = $1`,
			`UPDATE orders SET habits_profile_id = NULL WHERE merchant_id = $1 AND habits_profile_id IS NOT NULL`} {
			if _, err := tx.Exec(ctx, sql, m); err != nil {
				return fmt.Errorf("forget habits: %w", err)
			}
		}
		for what, table := range map[string]string{"CUSTOMER": "customers", "ORDER": "orders", "CART": "carts", "PROFILE": "profiles"} {
			if _, err := tx.Exec(ctx, `INSERT INTO derive_queue (merchant_id, what, ids)
				SELECT $1, $2, array_agg(id) FROM (SELECT id, row_number() OVER (ORDER BY id) / 1000 AS page FROM `+table+` WHERE merchant_id = $1) t GROUP BY page`, m, what); err != nil {
				return fmt.Errorf("queue %s: %w", table, err)
			}
		}
		return nil
	})
}

// LearnGrownTables lets the planner know of tables that more than doubled since it last looked.
func (s *Store) LearnGrownTables(ctx context.Context) error {
	_, err := s.app.Exec(ctx, learnGrownTables)
	return err
}

const learnGrownTables = `SELECT learn_grown_tables()`

// ShopOwner finds the merchant of a shop: for the command line only.
func (s *Store) ShopOwner(ctx context.Context, shop uuid.UUID) (m uuid.UUID, err error) {
	err = s.system.QueryRow(ctx, `SELECT merchant_id FROM shops WHERE id = $1`, shop).Scan(&m)
	return m, notFound(err, "shop")
}
