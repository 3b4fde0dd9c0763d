package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

const segmentColumns = `id, name, filter, created_at, updated_at`

// Segments lists the merchant's segments by name.
func (s *Store) Segments(ctx context.Context, m uuid.UUID) (out []relance.Segment, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT `+segmentColumns+` FROM segments WHERE merchant_id = $1 ORDER BY lower(name), id`, m).Query(rowsInto(&out))
	})
	return out, err
}

// Segment reads one segment.
func (s *Store) Segment(ctx context.Context, m, id uuid.UUID) (out relance.Segment, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+segmentColumns+` FROM segments WHERE merchant_id = $1 AND id = $2`, m, id)
		if err != nil {
			return err
		}
		out, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[relance.Segment])
		return err
	})
	return out, notFound(err, "segment")
}

// SaveSegment adds a segment, or changes the one of the id. Everybody is judged anew where a
// campaign runs: the audience may be another.
func (s *Store) SaveSegment(ctx context.Context, m uuid.UUID, id *uuid.UUID, name string, f relance.Filter, now time.Time) (relance.Segment, error) {
	out := relance.Segment{ID: newID(), Name: name, Filter: f, CreatedAt: now, UpdatedAt: now}
	err := s.inTx(ctx, m, func(tx pgx.Tx) error {
		if id == nil {
			_, err := tx.Exec(ctx, `INSERT INTO segments (merchant_id, id, name, filter, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)`, m, out.ID, name, f, now)
			return err
		}
		out.ID = *id
		err := tx.QueryRow(ctx, `UPDATE segments SET name = $3, filter = $4, updated_at = $5 WHERE merchant_id = $1 AND id = $2 RETURNING created_at`, m, *id, name, f, now).Scan(&out.CreatedAt)
		if err != nil {
			return notFound(err, "segment")
		}
		var used bool
		err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM campaigns c JOIN campaign_versions v ON v.merchant_id = $1 AND v.campaign_id = c.id AND v.version = c.version
			WHERE c.merchant_id = $1 AND c.state = 'RUNNING' AND v.plan->>'segment_id' = $2)`, m, id.String()).Scan(&used)
		if err != nil || !used {
			return err
		}
		return queueEverybody(ctx, tx, m, "true", now)
	})
	if isUnique(err, "segments_name") {
		return out, relance.Tell(relance.CodeConflict, nil, "SEGMENT_NAME_TAKEN").At("name")
	}
	return out, err
}

// DeleteSegment removes a segment. CONFLICT where a campaign that has not ended uses it.
func (s *Store) DeleteSegment(ctx context.Context, m, id uuid.UUID) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		var used bool
		if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM campaigns c JOIN campaign_versions v ON v.merchant_id = $1 AND v.campaign_id = c.id
			WHERE c.merchant_id = $1 AND c.state <> 'ENDED' AND v.plan->>'segment_id' = $2)`, m, id.String()).Scan(&used); err != nil {
			return err
		}
		if used {
			return relance.Tell(relance.CodeConflict, nil, "SEGMENT_IN_USE")
		}
		tag, err := tx.Exec(ctx, `DELETE FROM segments WHERE merchant_id = $1 AND id = $2`, m, id)
		if err == nil && tag.RowsAffected() == 0 {
			return relance.Errorf(relance.CodeNotFound, "there is no such segment")
		}
		return err
	})
}
