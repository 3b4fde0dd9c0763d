package store

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// KeepTestLetter stores a test letter with its file before anybody is asked to print it. One that was
// ordered stays as it is. CONFLICT where most were ordered within a day.
func (s *Store) KeepTestLetter(ctx context.Context, m uuid.UUID, l *relance.TestLetter, pdf []byte, most int, keepUntil, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('test letters ' || $1, 6))`, m.String()); err != nil {
			return err
		}
		var made int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM test_letters WHERE merchant_id = $1 AND made_at > $2 AND id <> $3`, m, now.Add(-24*time.Hour), l.ID).Scan(&made); err != nil {
			return err
		}
		if made >= most {
			return relance.Tell(relance.CodeConflict, nil, "TOO_MANY_TEST_LETTERS", "most", strconv.Itoa(most))
		}
		b := &pgx.Batch{}
		b.Queue(`INSERT INTO letter_files (merchant_id, sum, pdf, made_at, keep_until) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (merchant_id, sum) DO UPDATE SET keep_until = greatest(letter_files.keep_until, excluded.keep_until)`, m, l.File, pdf, now, keepUntil)
		b.Queue(`INSERT INTO test_letters AS x (merchant_id, id, shop_id, printer_id, state, recipient, city, country, layout, pages, file, author, made_at) VALUES ($1, $2, $3, $4, 'DRAFT', $5, $6, $7, $8, $9, $10, $11, $12)
			ON CONFLICT (merchant_id, id) DO UPDATE SET shop_id = excluded.shop_id, printer_id = excluded.printer_id, recipient = excluded.recipient, city = excluded.city, country = excluded.country,
				layout = excluded.layout, pages = excluded.pages, file = excluded.file, author = excluded.author, made_at = excluded.made_at WHERE x.ordered_at IS NULL`,
			m, l.ID, l.ShopID, l.PrinterID, l.Recipient, l.City, l.Country, l.Layout, l.Pages, l.File, l.Author, now)
		return tx.SendBatch(ctx, b).Close()
	})
}

// OrderTestLetter commits that the printer is told to print the draft, and reports whether it is: not
// where another call told it before, or made another file of it.
func (s *Store) OrderTestLetter(ctx context.Context, m uuid.UUID, l *relance.TestLetter, price *relance.Money, look *time.Time, now time.Time) (ordered bool, err error) {
	var amount *decimal.Decimal
	currency := ""
	if price != nil {
		amount, currency = &price.Amount, price.Currency
	}
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE test_letters SET external_id = $4, ordered_at = $5, price = $6, currency = $7, look_at = $8, state = $9 WHERE merchant_id = $1 AND id = $2 AND file = $3 AND ordered_at IS NULL`,
			m, l.ID, l.File, l.ExternalID, now, amount, currency, look, l.State)
		ordered = tag.RowsAffected() > 0
		return err
	})
	return ordered, err
}

const testLetterColumns = `x.id, x.shop_id, x.printer_id, p.name AS printer_name, x.external_id, x.state, x.raw, x.recipient, x.city, x.country, x.layout, x.pages, x.file, x.price, x.currency, b.number AS batch_number,
		coalesce(nullif(u.name, ''), u.email, nullif(t.name, ''), x.author) AS author, x.made_at, x.ordered_at, x.posted_at, x.ended_at
	FROM test_letters x JOIN printers p ON p.merchant_id = $1 AND p.id = x.printer_id LEFT JOIN print_batches b ON b.merchant_id = $1 AND b.id = x.batch_id
	LEFT JOIN users u ON u.merchant_id = $1 AND x.author = 'user ' || u.id LEFT JOIN api_tokens t ON t.merchant_id = $1 AND x.author = 'token ' || t.id`

// TestLetters lists those that were ordered, newest first; shops and a batch narrow it where not nil.
func (s *Store) TestLetters(ctx context.Context, m uuid.UUID, shops []uuid.UUID, batch *uuid.UUID, limit int) (out []relance.TestLetter, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT `+testLetterColumns+` WHERE x.merchant_id = $1 AND x.ordered_at IS NOT NULL AND ($2::uuid[] IS NULL OR x.shop_id = ANY($2)) AND ($3::uuid IS NULL OR x.batch_id = $3)
			ORDER BY x.made_at DESC, x.id DESC LIMIT $4`, m, shops, batch, limit).Query(rowsInto(&out))
	})
	return out, err
}

// TestLetter reads one; nil where there is none of the key.
func (s *Store) TestLetter(ctx context.Context, m, id uuid.UUID) (*relance.TestLetter, error) {
	var list []relance.TestLetter
	err := s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT `+testLetterColumns+` WHERE x.merchant_id = $1 AND x.id = $2`, m, id).Query(rowsInto(&list))
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// FindTestLetter finds one by the printer's own id; uuid.Nil where it is none of ours.
func (s *Store) FindTestLetter(ctx context.Context, m, printer uuid.UUID, externalID string) (id uuid.UUID, err error) {
	err = s.readRow(ctx, m, []any{&id}, `SELECT coalesce((SELECT id FROM test_letters WHERE merchant_id = $1 AND printer_id = $2 AND external_id = $3 AND ordered_at IS NOT NULL), $4)`, m, printer, externalID, uuid.Nil)
	return id, err
}

// HearOfTestLetter takes up what a printer says of one. What comes late moves nothing back; a word that
// is not known is kept, and moves nothing.
func (s *Store) HearOfTestLetter(ctx context.Context, m, id uuid.UUID, status relance.PrintStatus, now time.Time) error {
	at := timeOr(status.At, now)
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		var before relance.PrintState
		if err := tx.QueryRow(ctx, `SELECT state FROM test_letters WHERE merchant_id = $1 AND id = $2 FOR UPDATE`, m, id).Scan(&before); err != nil {
			return notFound(err, "test letter")
		}
		if status.State == relance.PrintUnknown || progress(status.State) < progress(before) {
			status.State = before
		}
		_, err := tx.Exec(ctx, `UPDATE test_letters SET state = $3, raw = $4, posted_at = CASE WHEN $3 = 'POSTED' THEN coalesce(posted_at, $5) ELSE posted_at END, ended_at = CASE WHEN $6 THEN coalesce(ended_at, $5) END,
			look_at = CASE WHEN $6 THEN NULL ELSE look_at END, price = coalesce($7, price), currency = coalesce($8, currency) WHERE merchant_id = $1 AND id = $2`,
			m, id, status.State, status.Raw, at, status.State.Final(), amountOf(status.Price), currencyOf(status.Price))
		return err
	})
}

// TakeTestLetters hands out those whose printer is to be asked; others do not get them until lease.
func (s *Store) TakeTestLetters(ctx context.Context, m uuid.UUID, limit int, lease time.Duration, now time.Time) (out []relance.TestLetter, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `WITH taken AS (UPDATE test_letters SET look_at = $4 WHERE merchant_id = $1 AND id IN (
				SELECT id FROM test_letters WHERE merchant_id = $1 AND look_at <= $2 ORDER BY look_at LIMIT $3 FOR UPDATE SKIP LOCKED) RETURNING id)
			SELECT `+testLetterColumns+` WHERE x.merchant_id = $1 AND x.id IN (SELECT id FROM taken)`, m, now, limit, now.Add(lease))
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByName[relance.TestLetter])
		return err
	})
	return out, err
}

// LookAtTestAgain says when the printer is asked for one next; nil: no more.
func (s *Store) LookAtTestAgain(ctx context.Context, m, id uuid.UUID, at *time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE test_letters SET look_at = $3 WHERE merchant_id = $1 AND id = $2 AND ended_at IS NULL`, m, id, at)
		return err
	})
}

// batchTests puts test letters that wait for the merchant's own printer into a batch, and counts their
// pages.
func batchTests(ctx context.Context, tx pgx.Tx, m, printer, batch uuid.UUID, limit int) (letters, pages int, err error) {
	err = tx.QueryRow(ctx, `WITH b AS (UPDATE test_letters SET batch_id = $3, state = 'PRINTING', raw = 'batch' WHERE merchant_id = $1 AND id IN (
			SELECT id FROM test_letters WHERE merchant_id = $1 AND printer_id = $2 AND state = 'ACCEPTED' AND batch_id IS NULL AND ordered_at IS NOT NULL ORDER BY made_at, id LIMIT $4 FOR UPDATE) RETURNING pages)
		SELECT count(*), coalesce(sum(pages), 0) FROM b`, m, printer, batch, limit).Scan(&letters, &pages)
	return letters, pages, err
}
