package store

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// writer stores facts of one source inside a transaction.
type writer struct {
	tx       pgx.Tx
	merchant uuid.UUID
	source   uuid.UUID
	now      time.Time
	store    *Store
	suppress **suppressor // nil: not read yet
}

func (s *Store) writer(tx pgx.Tx, merchant, source uuid.UUID, now time.Time) *writer {
	return &writer{tx: tx, merchant: merchant, source: source, now: now, store: s}
}

// written is a record that was inserted or changed.
type written struct {
	ID         uuid.UUID
	ExternalID string
	Inserted   bool
}

// changed drops the facts whose stored digest is equal (a record taken for deleted has
// none), and sorts the rest by id so that writers of the same rows never wait for each
// other in a circle. An equal fact of a later time only moves the row's version, so
// that what the record was in between cannot overwrite it when it comes late; these are
// given apart.
func changed[T any](ctx context.Context, w *writer, table string, facts []fact[T]) (differ, touched []fact[T], err error) {
	ids := column(facts, func(f *fact[T]) string { return f.ExternalID })
	rows, err := w.tx.Query(ctx, `SELECT external_id, digest, source_updated_at FROM `+table+`
		WHERE merchant_id = $1 AND source_id = $2 AND external_id = ANY($3)`, w.merchant, w.source, ids)
	if err != nil {
		return nil, nil, fmt.Errorf("read digests of %s: %w", table, err)
	}
	type row struct {
		ExternalID      string
		Digest          []byte
		SourceUpdatedAt time.Time
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return nil, nil, fmt.Errorf("read digests of %s: %w", table, err)
	}
	stored := make(map[string]row, len(list))
	for _, r := range list {
		stored[r.ExternalID] = r
	}
	facts = slices.DeleteFunc(facts, func(f fact[T]) bool {
		old := stored[f.ExternalID]
		equal := bytes.Equal(f.Digest, old.Digest)
		if equal && f.Version.UpdatedAt.Truncate(time.Microsecond).After(old.SourceUpdatedAt) { // as fine as Postgres keeps it
			touched = append(touched, f)
		}
		return equal
	})
	byID := func(a, b fact[T]) int { return strings.Compare(a.ExternalID, b.ExternalID) }
	slices.SortFunc(facts, byID)
	slices.SortFunc(touched, byID)
	return facts, touched, touch(ctx, w, table, touched)
}

// touch gives rows the later version of facts that are otherwise equal. Of a person's
// records the one that changed last speaks, so customers are derived anew.
func touch[T any](ctx context.Context, w *writer, table string, facts []fact[T]) error {
	if len(facts) == 0 {
		return nil
	}
	rows, err := w.tx.Query(ctx, `UPDATE `+table+` r SET source_updated_at = t.updated_at, read_at = t.read_at
		FROM unnest($3::text[], $4::timestamptz[], $5::timestamptz[]) t(external_id, updated_at, read_at)
		WHERE r.merchant_id = $1 AND r.source_id = $2 AND r.external_id = t.external_id AND r.source_updated_at < t.updated_at RETURNING r.id`,
		w.merchant, w.source,
		column(facts, func(f *fact[T]) string { return f.ExternalID }),
		column(facts, func(f *fact[T]) time.Time { return f.Version.UpdatedAt }),
		column(facts, func(f *fact[T]) time.Time { return f.Version.ReadAt }))
	if err != nil {
		return fmt.Errorf("move versions of %s: %w", table, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return fmt.Errorf("move versions of %s: %w", table, err)
	}
	if table != "customers" {
		return nil
	}
	return w.later(ctx, "CUSTOMER", list)
}

// newerOnly is the condition of every upsert: an older version never overwrites a newer
// one, and an equal record is left alone.
func newerOnly(table string) string {
	return fmt.Sprintf(` WHERE (excluded.source_updated_at, excluded.read_at) >= (%[1]s.source_updated_at, %[1]s.read_at)
		AND (excluded.digest, excluded.deleted_at) IS DISTINCT FROM (%[1]s.digest, %[1]s.deleted_at)
		RETURNING id, external_id, xmax = 0 AS inserted`, table)
}

// collect maps what an upsert wrote by external id.
func collect(rows pgx.Rows, err error) (map[string]written, error) {
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[written])
	if err != nil {
		return nil, err
	}
	out := make(map[string]written, len(list))
	for _, w := range list {
		out[w.ExternalID] = w
	}
	return out, nil
}

// stored finds the records of the source that are stored, by external id.
func (w *writer) stored(ctx context.Context, table string, external []string) (map[string]written, error) {
	list, err := collect(w.tx.Query(ctx, `SELECT id, external_id, false AS inserted FROM `+table+` WHERE merchant_id = $1 AND source_id = $2 AND external_id = ANY($3)`,
		w.merchant, w.source, external))
	if err != nil {
		return nil, fmt.Errorf("find stored %s: %w", table, err)
	}
	return list, nil
}

// ids lists the ids of what was written; replaced only those that existed before.
func ids(m map[string]written, replaced bool) []uuid.UUID {
	out := make([]uuid.UUID, 0, len(m))
	for _, w := range m {
		if !replaced || !w.Inserted {
			out = append(out, w.ID)
		}
	}
	return out
}

// dropParts removes the parts of records that are about to be written anew.
func (w *writer) dropParts(ctx context.Context, parent string, replaced []uuid.UUID, tables ...string) error {
	if len(replaced) == 0 {
		return nil
	}
	for _, t := range tables {
		if _, err := w.tx.Exec(ctx, `DELETE FROM `+t+` WHERE merchant_id = $1 AND `+parent+` = ANY($2)`, w.merchant, replaced); err != nil {
			return fmt.Errorf("replace %s: %w", t, err)
		}
	}
	return nil
}

// later queues ids for deriving.
func (w *writer) later(ctx context.Context, what string, ids []uuid.UUID) error {
	return enqueue(ctx, w.tx, w.merchant, what, ids)
}

func enqueue(ctx context.Context, tx pgx.Tx, merchant uuid.UUID, what string, ids []uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO derive_queue (merchant_id, what, ids) VALUES ($1, $2, $3)`, merchant, what, ids)
	if err != nil {
		return fmt.Errorf("queue %s for deriving: %w", what, err)
	}
	return nil
}
