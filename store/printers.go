package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

const printerColumns = `id, kind, name, posts_from, color, duplex, price, currency, contract_on, cause, created_at, sealed,
	(SELECT count(*) FROM letters l WHERE l.merchant_id = $1 AND l.printer_id = printers.id AND printers.kind = 'HAND' AND l.state = 'ACCEPTED' AND l.batch_id IS NULL AND l.cancel_at IS NULL)::int
	+ (SELECT count(*) FROM test_letters l WHERE l.merchant_id = $1 AND l.printer_id = printers.id AND printers.kind = 'HAND' AND l.state = 'ACCEPTED' AND l.batch_id IS NULL)::int AS waiting`

// Printers lists who prints for the merchant, oldest first.
func (s *Store) Printers(ctx context.Context, m uuid.UUID) (out []relance.Printer, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT `+printerColumns+` FROM printers WHERE merchant_id = $1 AND removed_at IS NULL ORDER BY id`, m).Query(rowsInto(&out))
	})
	return out, err
}

// Printer reads one, also one that is removed: letters may still be with it.
func (s *Store) Printer(ctx context.Context, m, id uuid.UUID) (out relance.Printer, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT `+printerColumns+` FROM printers WHERE merchant_id = $1 AND id = $2`, m, id).Query(func(rows pgx.Rows) (err error) {
			out, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[relance.Printer])
			return err
		})
	})
	return out, notFound(err, "printer")
}

// AddPrinter stores one.
func (s *Store) AddPrinter(ctx context.Context, m uuid.UUID, p relance.Printer, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO printers (merchant_id, id, kind, name, sealed, posts_from, color, duplex, price, currency, contract_on, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			m, p.ID, p.Kind, p.Name, p.Sealed, p.PostsFrom, p.Color, p.Duplex, p.Price, p.Currency, p.ContractOn, now)
		return err
	})
}

// ChangePrinter stores one anew; its kind stays, and its credentials where none are given.
func (s *Store) ChangePrinter(ctx context.Context, m uuid.UUID, p relance.Printer, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE printers SET name = $3, sealed = coalesce($4, sealed), posts_from = $5, color = $6, duplex = $7, price = $8, currency = $9, contract_on = $10, cause = NULL
			WHERE merchant_id = $1 AND id = $2 AND removed_at IS NULL`, m, p.ID, p.Name, p.Sealed, p.PostsFrom, p.Color, p.Duplex, p.Price, p.Currency, p.ContractOn)
		if err != nil {
			return err
		}
		return judgeEverybody(ctx, tx, m, now)
	})
}

// RemovePrinter takes one away from the shops; letters that it has go on.
func (s *Store) RemovePrinter(ctx context.Context, m, id uuid.UUID, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		b := &pgx.Batch{}
		b.Queue(`UPDATE printers SET removed_at = $3 WHERE merchant_id = $1 AND id = $2 AND removed_at IS NULL`, m, id, now)
		b.Queue(`UPDATE shop_settings SET printer_id = NULL WHERE merchant_id = $1 AND printer_id = $2`, m, id)
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		return judgeEverybody(ctx, tx, m, now)
	})
}

// PrinterSays notes what went wrong at a printer last, nil where nothing does any more, and the
// price that it quoted.
func (s *Store) PrinterSays(ctx context.Context, m, id uuid.UUID, cause *relance.Sentence, price *relance.Money) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE printers SET cause = $3 WHERE merchant_id = $1 AND id = $2 AND cause IS DISTINCT FROM $3::jsonb`, m, id, cause); err != nil || price == nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE printers SET price = $3, currency = $4 WHERE merchant_id = $1 AND id = $2 AND (price, currency) IS DISTINCT FROM ($3, $4)`, m, id, price.Amount, price.Currency)
		return err
	})
}

// PrinterMerchant tells whose printer an id is, before any tenant is known; NOT_FOUND for nobody's.
func (s *Store) PrinterMerchant(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	var m *uuid.UUID
	if err := s.app.QueryRow(ctx, `SELECT printer_merchant($1)`, id).Scan(&m); err != nil {
		return uuid.Nil, err
	}
	if m == nil {
		return uuid.Nil, relance.Errorf(relance.CodeNotFound, "there is no such printer")
	}
	return *m, nil
}
