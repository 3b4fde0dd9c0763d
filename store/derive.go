package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// deriveBatch is how many changed records are derived in one transaction.
const deriveBatch = 2000

// Derived tells what one call of Derive did.
type Derived struct {
	Records int  // changed records taken from the queue
	Busy    bool // another call works for the merchant
}

// Derive takes the oldest changed facts of the merchant from the queue and brings
// identities, profiles, links between carts and orders, and statistics up to date with
// them, in one transaction. Whoever is touched is put in line to be judged as of now, where
// a campaign runs. One call at a time works for a merchant.
func (s *Store) Derive(ctx context.Context, m uuid.UUID, now time.Time) (out Derived, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, commitSoon); err != nil {
			return err
		}
		var free bool
		if err := tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock(hashtextextended($1::text, 0))`, m.String()).Scan(&free); err != nil {
			return err
		}
		if !free {
			out.Busy = true
			return nil
		}
		d := &deriver{tx: tx, merchant: m, now: now}
		work, taken, err := d.take(ctx)
		if err != nil || taken == 0 {
			return err
		}
		out.Records = taken
		if _, err := tx.Exec(ctx, learnGrownTables); err != nil {
			return err
		}
		return d.run(ctx, work)
	})
	if err != nil {
		return Derived{}, fmt.Errorf("derive: %w", err)
	}
	return out, nil
}

// lockMerchant lets one transaction at a time change who is who at a merchant.
func lockMerchant(ctx context.Context, tx pgx.Tx, m uuid.UUID) error {
	_, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))`, m.String())
	return err
}

// deriver works inside the one transaction that holds the merchant's lock.
type deriver struct {
	tx       pgx.Tx
	merchant uuid.UUID
	now      time.Time
	moved    []uuid.UUID // orders that changed their owner with the owner's records
}

// take removes work from the queue and gives the distinct ids by what they are.
func (d *deriver) take(ctx context.Context) (map[string][]uuid.UUID, int, error) {
	rows, err := d.tx.Query(ctx, `WITH sized AS (SELECT seq, sum(cardinality(ids)) OVER (ORDER BY seq) AS upto, cardinality(ids) AS n
			FROM (SELECT seq, ids FROM derive_queue WHERE merchant_id = $1 ORDER BY seq LIMIT 1000) q)
		DELETE FROM derive_queue WHERE merchant_id = $1 AND seq IN (SELECT seq FROM sized WHERE upto - n < $2) RETURNING what, ids`,
		d.merchant, deriveBatch)
	if err != nil {
		return nil, 0, fmt.Errorf("take from queue: %w", err)
	}
	sets := map[string]map[uuid.UUID]bool{}
	taken := 0
	var what string
	var ids []uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&what, &ids}, func() error {
		if sets[what] == nil {
			sets[what] = map[uuid.UUID]bool{}
		}
		for _, id := range ids {
			sets[what][id] = true
		}
		taken += len(ids)
		return nil
	})
	out := map[string][]uuid.UUID{}
	for what, set := range sets {
		out[what] = sortedIDs(set)
	}
	return out, taken, err
}

// run derives in the order in which one thing rests on another.
func (d *deriver) run(ctx context.Context, work map[string][]uuid.UUID) error {
	dirty := map[uuid.UUID]bool{}
	for _, id := range work["PROFILE"] {
		dirty[id] = true
	}
	if len(work["CUSTOMER"]) > 0 {
		if err := d.resolve(ctx, work["CUSTOMER"], dirty); err != nil {
			return err
		}
	}
	if err := d.ownOrders(ctx, work["ORDER"], dirty); err != nil {
		return err
	}
	if err := d.ownCarts(ctx, work["CART"], dirty); err != nil {
		return err
	}
	if err := d.linkCarts(ctx, work["ORDER"], work["CART"], dirty); err != nil {
		return err
	}
	if err := d.redeem(ctx, work["ORDER"]); err != nil {
		return err
	}
	if err := d.habits(ctx, append(d.moved, work["ORDER"]...)); err != nil {
		return err
	}
	// Whom a record belongs to may be judged otherwise for what it says, its figures as they were.
	if err := d.queueOwners(ctx, work["CUSTOMER"]); err != nil {
		return err
	}
	if err := d.vacate(ctx, sortedIDs(dirty)); err != nil {
		return err
	}
	return d.statistics(ctx, sortedIDs(dirty))
}

// ownOrders gives changed orders to the profile of their customer, or to the one a
// person assigned, and notes whose figures change by it.
func (d *deriver) ownOrders(ctx context.Context, orders []uuid.UUID, dirty map[uuid.UUID]bool) error {
	return d.own(ctx, orders, dirty, `WITH owner AS (
			SELECT o.id, o.profile_id AS old, coalesce(i.profile_id, p.merged_into, p.id) AS new
			FROM orders o
			LEFT JOIN customers c ON c.merchant_id = $1 AND c.source_id = o.source_id AND c.external_id = o.customer_external_id AND o.customer_external_id <> ''
			LEFT JOIN identities i ON i.merchant_id = $1 AND i.customer_id = c.id
			LEFT JOIN profiles p ON p.merchant_id = $1 AND p.id = o.assigned_profile_id
			WHERE o.merchant_id = $1 AND o.id = ANY($2)),
		moved AS (UPDATE orders o SET profile_id = w.new FROM owner w
			WHERE o.merchant_id = $1 AND o.id = w.id AND o.profile_id IS DISTINCT FROM w.new)
		SELECT DISTINCT x FROM owner, unnest(ARRAY[old, new]) x WHERE x IS NOT NULL`)
}

// ownCarts does the same for carts.
func (d *deriver) ownCarts(ctx context.Context, carts []uuid.UUID, dirty map[uuid.UUID]bool) error {
	return d.own(ctx, carts, dirty, `WITH owner AS (
			SELECT o.id, o.profile_id AS old, i.profile_id AS new
			FROM carts o
			LEFT JOIN customers c ON c.merchant_id = $1 AND c.source_id = o.source_id AND c.external_id = o.customer_external_id AND o.customer_external_id <> ''
			LEFT JOIN identities i ON i.merchant_id = $1 AND i.customer_id = c.id
			WHERE o.merchant_id = $1 AND o.id = ANY($2)),
		moved AS (UPDATE carts o SET profile_id = w.new FROM owner w
			WHERE o.merchant_id = $1 AND o.id = w.id AND o.profile_id IS DISTINCT FROM w.new)
		SELECT DISTINCT x FROM owner, unnest(ARRAY[old, new]) x WHERE x IS NOT NULL`)
}

func (d *deriver) own(ctx context.Context, ids []uuid.UUID, dirty map[uuid.UUID]bool, sql string) error {
	if len(ids) == 0 {
		return nil
	}
	if err := d.mark(ctx, dirty, sql, d.merchant, ids); err != nil {
		return fmt.Errorf("find owners: %w", err)
	}
	return nil
}

// mark runs a statement that returns profile ids, and notes them.
func (d *deriver) mark(ctx context.Context, dirty map[uuid.UUID]bool, sql string, args ...any) error {
	rows, err := d.tx.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	for _, id := range list {
		dirty[id] = true
	}
	return err
}

func sortedIDs(set map[uuid.UUID]bool) []uuid.UUID {
	out := make([]uuid.UUID, 0, len(set))
	for id := range set {
		out = append(out, id)
	}
	slices.SortFunc(out, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return out
}

// QueuedMerchants lists the merchants with facts that wait to be derived since before
// the time.
func (s *Store) QueuedMerchants(ctx context.Context, before time.Time) ([]uuid.UUID, error) {
	rows, err := s.system.Query(ctx, `SELECT DISTINCT merchant_id FROM derive_queue WHERE queued_at <= $1`, before)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// QueueLength tells how many records of the merchant wait to be derived.
func (s *Store) QueueLength(ctx context.Context, m uuid.UUID) (n int64, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT coalesce(sum(cardinality(ids)), 0) FROM derive_queue WHERE merchant_id = $1`, m).Scan(&n)
	})
	return n, err
}
