package store

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// maxExports is how many exports of a merchant may be under way at once.
const maxExports = 3

const exportColumns = `e.id, e.state, e.choice, e.scope, e.created_at, e.total, e.done, e.rows, e.bytes, e.finished_at, e.cause`

// StartExport puts an export in line.
func (s *Store) StartExport(ctx context.Context, m uuid.UUID, c relance.ExportChoice, scope []uuid.UUID, author string, now time.Time) (uuid.UUID, error) {
	id := newID()
	err := s.inTx(ctx, m, func(tx pgx.Tx) error {
		var active int
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1::text, 23))`, m.String()); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM exports WHERE merchant_id = $1 AND state IN ('QUEUED', 'RUNNING')`, m).Scan(&active); err != nil {
			return err
		}
		if active >= maxExports {
			return relance.Tell(relance.CodeConflict, nil, "EXPORTS_RUNNING", "most", fmt.Sprint(maxExports))
		}
		_, err := tx.Exec(ctx, `INSERT INTO exports (merchant_id, id, state, choice, scope, author, created_at) VALUES ($1, $2, 'QUEUED', $3, $4, $5, $6)`, m, id, c, scope, author, now)
		return err
	})
	return id, err
}

// Exports lists the latest exports that somebody may see, newest first: those of no other shops than
// scope; nil: all.
func (s *Store) Exports(ctx context.Context, m uuid.UUID, scope []uuid.UUID, limit int) (out []relance.Export, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT `+exportColumns+`, `+actorName("e.author")+` AS author FROM exports e
			WHERE e.merchant_id = $1 AND ($2::uuid[] IS NULL OR e.scope <@ $2) ORDER BY e.created_at DESC, e.id DESC LIMIT $3`, m, scope, limit).Query(rowsInto(&out))
	})
	if err != nil {
		return nil, fmt.Errorf("list exports: %w", err)
	}
	return out, nil
}

// Export reads one export, where somebody limited to scope may see it.
func (s *Store) Export(ctx context.Context, m, id uuid.UUID, scope []uuid.UUID) (out relance.Export, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+exportColumns+`, `+actorName("e.author")+` AS author FROM exports e
			WHERE e.merchant_id = $1 AND e.id = $2 AND ($3::uuid[] IS NULL OR e.scope <@ $3)`, m, id, scope)
		if err != nil {
			return err
		}
		out, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[relance.Export])
		return err
	})
	return out, notFound(err, "export")
}

// CancelExport ends an export that is under way.
func (s *Store) CancelExport(ctx context.Context, m, id uuid.UUID, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE exports SET state = 'CANCELLED', finished_at = $3 WHERE merchant_id = $1 AND id = $2 AND state IN ('QUEUED', 'RUNNING')`, m, id, now)
		if err == nil && tag.RowsAffected() == 0 {
			return relance.Tell(relance.CodeConflict, nil, "EXPORT_OVER")
		}
		if err == nil {
			_, err = tx.Exec(ctx, `DELETE FROM export_parts WHERE merchant_id = $1 AND export_id = $2`, m, id)
		}
		return err
	})
}

// ClaimExport takes an export up, from the start: what an earlier worker wrote is dropped. NOT_FOUND
// where another has it, or it is over.
func (s *Store) ClaimExport(ctx context.Context, t relance.Claim, now time.Time) (out relance.Export, claims int64, err error) {
	err = s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		row := tx.QueryRow(ctx, `UPDATE exports SET state = 'RUNNING', claims = claims + 1, heartbeat_at = $4, done = 0, rows = 0, bytes = 0
			WHERE merchant_id = $1 AND id = $2 AND claims = $3 AND state IN ('QUEUED', 'RUNNING') RETURNING id, choice, scope, author, claims`, t.MerchantID, t.ID, t.Claims, now)
		if err := row.Scan(&out.ID, &out.Choice, &out.Scope, &out.Author, &claims); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM export_parts WHERE merchant_id = $1 AND export_id = $2`, t.MerchantID, t.ID)
		return err
	})
	return out, claims, notFound(err, "export to write")
}

// held is the condition that the worker of a claim still has the export.
const held = ` WHERE merchant_id = $1 AND id = $2 AND claims = $3 AND state = 'RUNNING'`

// BeatExport notes that a worker lives, and how far it is; false: it is to stop.
func (s *Store) BeatExport(ctx context.Context, t relance.Claim, total *int64, done, rows int64, now time.Time) (wanted bool, err error) {
	err = s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE exports SET heartbeat_at = $4, total = coalesce($5, total), done = $6, rows = $7`+held, t.MerchantID, t.ID, t.Claims, now, total, done, rows)
		wanted = err == nil && tag.RowsAffected() > 0
		return err
	})
	return wanted, err
}

// AddExportPart keeps a piece of the file; NOT_FOUND where the worker has lost the export.
func (s *Store) AddExportPart(ctx context.Context, t relance.Claim, n int, content []byte, now time.Time) error {
	return s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE exports SET heartbeat_at = $4, bytes = bytes + $5`+held, t.MerchantID, t.ID, t.Claims, now, len(content))
		if err == nil && tag.RowsAffected() == 0 {
			return relance.Errorf(relance.CodeNotFound, "the export is somebody else's by now")
		}
		if err == nil {
			_, err = tx.Exec(ctx, `INSERT INTO export_parts (merchant_id, export_id, n, content) VALUES ($1, $2, $3, $4)`, t.MerchantID, t.ID, n, content)
		}
		return err
	})
}

// FinishExport notes that the file is whole, and who exported whom, in one transaction.
func (s *Store) FinishExport(ctx context.Context, t relance.Claim, done, rows int64, detail any, now time.Time) error {
	doc, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	return s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `WITH made AS (UPDATE exports SET state = 'DONE', done = $5, rows = $6, finished_at = $4`+held+` RETURNING author, choice)
			INSERT INTO audit (merchant_id, id, at, actor, action, subject_kind, subject_id, detail) SELECT $1, $7, $4, author, CASE choice->>'list' WHEN 'OUTSTANDING' THEN 'export_outstanding' ELSE 'export_customers' END, 'export', $2::text, $8 FROM made`,
			t.MerchantID, t.ID, t.Claims, now, done, rows, newID(), doc)
		return err
	})
}

// FailExport notes a failure; the export is tried again unless it was the last try.
func (s *Store) FailExport(ctx context.Context, t relance.Claim, cause relance.Sentence, tries int, now time.Time) error {
	return s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE exports SET failures = failures + 1, cause = CASE WHEN failures + 1 >= $5 THEN $6::jsonb END,
			state = CASE WHEN failures + 1 >= $5 THEN 'FAILED' ELSE state END, finished_at = CASE WHEN failures + 1 >= $5 THEN $4::timestamptz END`+held,
			t.MerchantID, t.ID, t.Claims, now, tries, cause)
		return err
	})
}

// DueExports lists, over all merchants, exports that no worker has, or whose worker was not heard of
// since stale.
func (s *Store) DueExports(ctx context.Context, now time.Time, stale time.Duration) ([]relance.Claim, error) {
	return s.claims(ctx, "exports", `state = 'QUEUED' OR state = 'RUNNING' AND heartbeat_at < $1 LIMIT 1000`, now.Add(-stale))
}

// DropOldExports deletes exports that ended before the time, with their files.
func (s *Store) DropOldExports(ctx context.Context, m uuid.UUID, before time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM exports WHERE merchant_id = $1 AND finished_at < $2`, m, before)
		return err
	})
}

// WriteExport copies the file of an export, a piece at a time.
func (s *Store) WriteExport(ctx context.Context, w io.Writer, m, id uuid.UUID) error {
	for n := 0; ; n++ {
		var part []byte
		err := s.readRow(ctx, m, []any{&part}, `SELECT content FROM export_parts WHERE merchant_id = $1 AND export_id = $2 AND n = $3`, m, id, n)
		if relance.CodeOf(notFound(err, "part")) == relance.CodeNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
}

// factStopped are the addresses of records that take no e-mail.
const factStopped = `SELECT i.profile_id, i.customer_id, s.address AS email, s.reason FROM identities i
	CROSS JOIN LATERAL (SELECT lower(c.email) AS email FROM customers c WHERE c.merchant_id = $1 AND c.id = i.customer_id OFFSET 0) c
	CROSS JOIN LATERAL (SELECT s.address, s.reason FROM stopped_addresses s WHERE s.merchant_id = $1 AND s.address = c.email AND s.lifted_at IS NULL OFFSET 0) s
	WHERE i.merchant_id = $1 AND i.profile_id = ANY($2)`

// factContactStops are stopped addresses among the further ones that people typed.
const factContactStops = `SELECT i.profile_id, i.customer_id, s.address AS email, s.reason FROM identities i JOIN contacts x ON x.merchant_id = $1 AND x.customer_id = i.customer_id AND x.kind = 'EMAIL'
	JOIN stopped_addresses s ON s.merchant_id = $1 AND s.address = lower(x.value) AND s.lifted_at IS NULL WHERE i.merchant_id = $1 AND i.profile_id = ANY($2)`

// StopsOf reads what keeps messages on a channel from the profiles.
func (s *Store) StopsOf(ctx context.Context, m uuid.UUID, profiles []uuid.UUID, channel relance.ConsentChannel) (map[uuid.UUID]relance.Stops, error) {
	found := people{}
	for _, id := range profiles {
		found[id] = &relance.Facts{}
	}
	err := s.inFactTx(ctx, m, func(tx pgx.Tx) error {
		b := &pgx.Batch{}
		switch channel {
		case relance.ChannelLetter:
			owned(b, found, factNoLetters, m, profiles, func(p *relance.Facts, r factNoLetter) { p.NoLetters = append(p.NoLetters, r.FactNoLetters) })
		case relance.ChannelEmail:
			for _, sql := range []string{factStopped, factObjections, factContactStops} {
				owned(b, found, sql, m, profiles, func(p *relance.Facts, r factStop) { p.Stopped = append(p.Stopped, r.FactStopped) })
			}
		}
		return tx.SendBatch(ctx, b).Close()
	})
	if err != nil {
		return nil, fmt.Errorf("read stopped addresses: %w", err)
	}
	out := map[uuid.UUID]relance.Stops{}
	for id, f := range found {
		var x relance.Stops
		for _, stop := range f.Stopped {
			x.Objected = x.Objected || stop.Reason == relance.StoppedByObjection
			x.Places = append(x.Places, strings.ToLower(stop.Email))
		}
		for _, stop := range f.NoLetters {
			x.Objected = x.Objected || stop.Reason == relance.StoppedByObjection
			x.Places = append(x.Places, stop.AddressKey)
		}
		out[id] = x
	}
	return out, nil
}
