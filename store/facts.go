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
}

// written is a record that was inserted or changed.
type written struct {
	ID         uuid.UUID
	ExternalID string
	Inserted   bool
}

// changed drops the facts whose stored digest is equal (a record taken for deleted has
// none), and sorts the rest by
// id so that writers of the same rows never wait for each other in a circle.
func changed[T any](ctx context.Context, w *writer, table string, facts []fact[T]) ([]fact[T], error) {
	ids := column(facts, func(f *fact[T]) string { return f.ExternalID })
	rows, err := w.tx.Query(ctx, `SELECT external_id, digest FROM `+table+`
		WHERE merchant_id = $1 AND source_id = $2 AND external_id = ANY($3)`, w.merchant, w.source, ids)
	if err != nil {
		return nil, fmt.Errorf("read digests of %s: %w", table, err)
	}
	stored := make(map[string][]byte, len(facts))
	var id string
	var sum []byte
	if _, err := pgx.ForEachRow(rows, []any{&id, &sum}, func() error {
		stored[id] = bytes.Clone(sum)
		return nil
	}); err != nil {
		return nil, fmt.Errorf("read digests of %s: %w", table, err)
	}
	facts = slices.DeleteFunc(facts, func(f fact[T]) bool { return bytes.Equal(f.Digest, stored[f.ExternalID]) })
	slices.SortFunc(facts, func(a, b fact[T]) int { return strings.Compare(a.ExternalID, b.ExternalID) })
	return facts, nil
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
