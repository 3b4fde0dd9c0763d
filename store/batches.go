package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// MakeBatch gathers up to limit letters that wait for the merchant's own printer, oldest first.
// Test letters come first. Whoever objected meanwhile is left out. Without a letter there is no batch:
// CONFLICT.
func (s *Store) MakeBatch(ctx context.Context, m, printer uuid.UUID, limit int, author string, now time.Time) (out relance.PrintBatch, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('batch ' || $1, 5))`, m.String()); err != nil {
			return err
		}
		id := newID()
		tests, pages, err := batchTests(ctx, tx, m, printer, id, limit)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `UPDATE letters l SET batch_id = $3 FROM (SELECT l.follow_up_id FROM letters l JOIN follow_ups f ON f.merchant_id = $1 AND f.id = l.follow_up_id AND f.state = 'SENT'
				WHERE l.merchant_id = $1 AND l.printer_id = $2 AND l.state = 'ACCEPTED' AND l.batch_id IS NULL AND l.cancel_at IS NULL
					AND NOT EXISTS (SELECT 1 FROM letter_stops x WHERE x.merchant_id = $1 AND x.customer_id = f.customer_id AND x.reason = 'OBJECTION' AND x.lifted_at IS NULL)
				ORDER BY l.made_at, l.follow_up_id LIMIT $4 FOR UPDATE OF l) q WHERE l.merchant_id = $1 AND l.follow_up_id = q.follow_up_id RETURNING l.follow_up_id, l.pages`, m, printer, id, limit-tests)
		if err != nil {
			return err
		}
		var letters []uuid.UUID
		var one uuid.UUID
		var n int
		if _, err := pgx.ForEachRow(rows, []any{&one, &n}, func() error {
			letters, pages = append(letters, one), pages+n
			return nil
		}); err != nil {
			return err
		}
		if len(letters)+tests == 0 {
			return relance.Tell(relance.CodeConflict, nil, "NO_LETTERS_WAIT")
		}
		out = relance.PrintBatch{ID: id, PrinterID: printer, Letters: len(letters) + tests, Tests: tests, Pages: pages, Author: author, CreatedAt: now}
		if err := tx.QueryRow(ctx, `INSERT INTO print_batches (merchant_id, id, printer_id, number, letters, pages, author, created_at)
			SELECT $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5, $6, $7 FROM print_batches WHERE merchant_id = $1 RETURNING number`, m, id, printer, out.Letters, pages, author, now).Scan(&out.Number); err != nil {
			return err
		}
		for _, l := range letters {
			if err := hearOf(ctx, tx, m, l, relance.PrintStatus{State: relance.PrintPrinting, Raw: "batch", At: now}, now); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// BatchPosted notes that the letters of a batch are with the post since at; again changes nothing.
func (s *Store) BatchPosted(ctx context.Context, m, batch uuid.UUID, at, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE print_batches SET posted_at = $3 WHERE merchant_id = $1 AND id = $2 AND posted_at IS NULL`, m, batch, at)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE test_letters SET state = 'POSTED', raw = 'posted', posted_at = $3 WHERE merchant_id = $1 AND batch_id = $2`, m, batch, at); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT follow_up_id FROM letters WHERE merchant_id = $1 AND batch_id = $2 ORDER BY follow_up_id`, m, batch)
		if err != nil {
			return err
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil {
			return err
		}
		for _, l := range list {
			if err := hearOf(ctx, tx, m, l, relance.PrintStatus{State: relance.PrintPosted, Raw: "posted", At: at}, now); err != nil {
				return err
			}
		}
		return nil
	})
}

const batchColumns = `id, printer_id, number, letters, (SELECT count(*) FROM test_letters t WHERE t.merchant_id = $1 AND t.batch_id = print_batches.id) AS tests, pages, author, created_at, posted_at`

// Batches lists them, newest first.
func (s *Store) Batches(ctx context.Context, m uuid.UUID, limit int) (out []relance.PrintBatch, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT `+batchColumns+` FROM print_batches WHERE merchant_id = $1 ORDER BY number DESC LIMIT $2`, m, limit).Query(rowsInto(&out))
	})
	return out, err
}

// BatchLetter is a letter of a batch with its file.
type BatchLetter struct {
	Code      string
	Recipient []string
	City      string
	Country   string
	Pages     int
	PDF       []byte // nil where it was not asked for, or is forgotten
}

// Batch reads one.
func (s *Store) Batch(ctx context.Context, m, id uuid.UUID) (batch relance.PrintBatch, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT `+batchColumns+` FROM print_batches WHERE merchant_id = $1 AND id = $2`, m, id).Query(func(rows pgx.Rows) (err error) {
			batch, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[relance.PrintBatch])
			return err
		})
	})
	return batch, notFound(err, "batch")
}

// BatchLetters reads the letters of a batch, tests first, in the order of their making, with their files where
// these are wanted.
func (s *Store) BatchLetters(ctx context.Context, m, id uuid.UUID, files bool) (letters []BatchLetter, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT l.code, l.recipient, l.city, l.country, l.pages, CASE WHEN $3 THEN f.pdf END AS pdf FROM (
				SELECT 'TEST-' || upper(right(id::text, 4)) AS code, recipient, city, country, pages, file, 1 AS rank, made_at, id FROM test_letters WHERE merchant_id = $1 AND batch_id = $2
				UNION ALL SELECT code, recipient, city, country, pages, file, 2, made_at, follow_up_id FROM letters WHERE merchant_id = $1 AND batch_id = $2) l
			LEFT JOIN letter_files f ON f.merchant_id = $1 AND f.sum = l.file ORDER BY l.rank, l.made_at, l.id`, m, id, files).Query(rowsInto(&letters))
	})
	return letters, err
}
