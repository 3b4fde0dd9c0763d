package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

const letterColumns = `follow_up_id, code, printer_id, external_id, state, raw, recipient, city, country, address_key, language, layout, pages, file, price, currency, batch_id, made_at, ordered_at, posted_at, ended_at, cancel_at, round, scans, scanned_at`

// LetterOf reads the letter of a follow-up; nil where none is made yet.
func (s *Store) LetterOf(ctx context.Context, m, followUp uuid.UUID) (out *relance.Letter, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT `+letterColumns+` FROM letters WHERE merchant_id = $1 AND follow_up_id = $2`, m, followUp).Query(func(rows pgx.Rows) error {
			list, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByName[relance.Letter])
			if len(list) > 0 {
				out = list[0]
			}
			return err
		})
	})
	return out, err
}

// KeepLetter stores a letter with its file before anybody is asked to print it. A letter that was
// ordered already is not replaced: that is an error.
func (s *Store) KeepLetter(ctx context.Context, m uuid.UUID, l *relance.Letter, pdf []byte, keepUntil, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		b := &pgx.Batch{}
		// A letter is made anew by the day: what was never ordered is not kept. Its code is in the file, so
		// no other letter has it.
		b.Queue(`DELETE FROM letter_files f USING letters x WHERE x.merchant_id = $1 AND x.follow_up_id = $2 AND x.ordered_at IS NULL AND f.merchant_id = $1 AND f.sum = x.file AND f.sum <> $3`, m, l.FollowUpID, l.File)
		b.Queue(`INSERT INTO letter_files (merchant_id, sum, pdf, made_at, keep_until) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (merchant_id, sum) DO UPDATE SET keep_until = greatest(letter_files.keep_until, excluded.keep_until)`, m, l.File, pdf, now, keepUntil)
		changed := int64(0)
		b.Queue(`INSERT INTO letters AS x (merchant_id, follow_up_id, code, printer_id, external_id, state, recipient, city, country, address_key, language, layout, pages, file, price, currency, made_at)
			VALUES ($1, $2, $3, $4, $5, 'DRAFT', $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
			ON CONFLICT (merchant_id, follow_up_id) DO UPDATE SET printer_id = excluded.printer_id, external_id = excluded.external_id, state = 'DRAFT', recipient = excluded.recipient, city = excluded.city, country = excluded.country,
				address_key = excluded.address_key, language = excluded.language, layout = excluded.layout, pages = excluded.pages, file = excluded.file, price = excluded.price, currency = excluded.currency, made_at = excluded.made_at
			WHERE x.ordered_at IS NULL RETURNING 1`,
			m, l.FollowUpID, l.Code, l.PrinterID, l.ExternalID, l.Recipient, l.City, l.Country, l.AddressKey, l.Language, l.Layout, l.Pages, l.File, l.Price, l.Currency, now).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				changed++
			}
			return rows.Err()
		})
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		if changed == 0 {
			return relance.Errorf(relance.CodeInternal, "a letter that was ordered is not made anew")
		}
		return nil
	})
}

// BeginOrder asks once more, on the facts of this moment and the money left, and if the answer is
// SEND commits that the printer is told to print the draft. From then on it may be printed.
func (s *Store) BeginOrder(ctx context.Context, m uuid.UUID, f *FollowUp, externalID string, price *relance.Money, judge func(*FollowUp) relance.Decision, lease time.Duration, now time.Time) (d relance.Decision, err error) {
	err = s.inFactTx(ctx, m, func(tx pgx.Tx) error {
		var fresh *FollowUp
		if fresh, d, err = f.askAgain(ctx, tx, m, judge); err != nil || d.Verdict != relance.VerdictSend {
			return err
		}
		if over, err := overBudget(ctx, tx, m, fresh, price, now); err != nil || over != nil {
			d = budgetEnds(d, over)
			return err
		}
		var amount *decimal.Decimal
		currency := ""
		if price != nil {
			amount, currency = &price.Amount, price.Currency
		}
		b := &pgx.Batch{}
		b.Queue(beginSQL, m, f.ID, d.Recipient.Basis, now.Add(lease))
		b.Queue(`UPDATE letters SET external_id = $3, ordered_at = $4, price = $5, currency = $6, quoted = $5, quoted_currency = $6 WHERE merchant_id = $1 AND follow_up_id = $2`, m, f.ID, externalID, now, amount, currency)
		return tx.SendBatch(ctx, b).Close()
	})
	return d, err
}

// budgetLeft is what stops a letter: until when, or for good where that is zero.
type budgetLeft struct{ until time.Time }

// overBudget holds the price against what is left of the campaign's money, one letter at a time. A
// price in another currency cannot be held against it: nothing is converted, so nothing is spent.
func overBudget(ctx context.Context, tx pgx.Tx, m uuid.UUID, f *FollowUp, price *relance.Money, now time.Time) (*budgetLeft, error) {
	b := f.Plan().Budget
	switch {
	case price == nil || !b.TotalCost.IsPositive() && !b.DailyCost.IsPositive():
		return nil, nil
	case b.Currency != price.Currency:
		return &budgetLeft{}, nil
	}
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('spend ' || $1, 4))`, f.CampaignID.String()); err != nil {
		return nil, err
	}
	daily, total, err := letterCost(ctx, tx, m, f.CampaignID, b.Currency, now)
	if err != nil {
		return nil, err
	}
	switch {
	case b.TotalCost.IsPositive() && total.Add(price.Amount).GreaterThan(b.TotalCost):
		return &budgetLeft{}, nil
	case b.DailyCost.IsPositive() && daily.Add(price.Amount).GreaterThan(b.DailyCost):
		return &budgetLeft{until: nextDay(now, f.Facts.Merchant.Shops[f.ShopID].Zone)}, nil
	}
	return nil, nil
}

func nextDay(now time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	local := now.In(zone)
	return time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, zone)
}

func budgetEnds(d relance.Decision, over *budgetLeft) relance.Decision {
	if over == nil {
		return d
	}
	d.Verdict, d.Reasons = relance.VerdictRefuse, []relance.Reason{relance.ReasonBudget}
	if !over.until.IsZero() {
		d.Verdict, d.Until = relance.VerdictWait, over.until
	}
	return d
}

// letterCost sums what a campaign's letters cost, those of the day in each shop's zone and all: as the
// printer asks for it, or, where that is in another currency, as was quoted.
func letterCost(ctx context.Context, tx pgx.Tx, m, campaign uuid.UUID, currency string, now time.Time) (daily, total decimal.Decimal, err error) {
	err = tx.QueryRow(ctx, `SELECT coalesce(sum(x.cost) FILTER (WHERE x.ordered_at >= date_trunc('day', $4::timestamptz AT TIME ZONE x.time_zone) AT TIME ZONE x.time_zone), 0), coalesce(sum(x.cost), 0)
		FROM (SELECT CASE WHEN l.currency = $3 THEN l.price WHEN l.quoted_currency = $3 THEN l.quoted END AS cost, l.ordered_at, h.time_zone
			FROM follow_ups f JOIN letters l ON l.merchant_id = $1 AND l.follow_up_id = f.id JOIN shops h ON h.merchant_id = $1 AND h.id = f.shop_id
			WHERE f.merchant_id = $1 AND f.campaign_id = $2 AND f.channel = 'LETTER' AND l.ordered_at IS NOT NULL AND l.state NOT IN ('REJECTED', 'CANCELLED', 'EXPIRED')) x`, m, campaign, currency, now).Scan(&daily, &total)
	return daily, total, err
}

// StillOrdering keeps a letter in its worker's hands, to be asked for again at next: it is not
// known whether the printer has it.
func (s *Store) StillOrdering(ctx context.Context, m uuid.UUID, f *FollowUp, detail relance.Detail, next time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE follow_ups SET next_at = $4, detail = $5, cause = $6 WHERE merchant_id = $1 AND id = $2 AND state = 'SENDING' AND attempts = $3`, m, f.ID, f.Attempts, next, detail.Text, detail.Cause)
		return err
	})
}

// Ordered settles a letter that the printer took: it is sent, and the printer is asked how it
// stands from look on.
func (s *Store) Ordered(ctx context.Context, m uuid.UUID, f *FollowUp, status relance.PrintStatus, look *time.Time, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, settleSQL+` AND state = 'SENDING' AND attempts = $8`, m, f.ID, relance.SendSent, "", "", now, (*relance.Sentence)(nil), f.Attempts)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE letters SET look_at = $3 WHERE merchant_id = $1 AND follow_up_id = $2`, m, f.ID, look); err != nil {
			return err
		}
		if err := hearOf(ctx, tx, m, f.ID, status, now); err != nil {
			return err
		}
		return queueReader(ctx, tx, m, f.ID, now)
	})
}

// LetterFile reads a file by its sum.
func (s *Store) LetterFile(ctx context.Context, m uuid.UUID, sum []byte) (pdf []byte, err error) {
	err = s.readRow(ctx, m, []any{&pdf}, `SELECT pdf FROM letter_files WHERE merchant_id = $1 AND sum = $2`, m, sum)
	return pdf, notFound(err, "file")
}

// LettersOfCode tells whose letters a code may be, before any tenant is known.
func (s *Store) LettersOfCode(ctx context.Context, code string) (merchants, followUps []uuid.UUID, err error) {
	rows, err := s.app.Query(ctx, `SELECT merchant_id, follow_up_id FROM letters_of_code($1)`, code)
	if err != nil {
		return nil, nil, fmt.Errorf("find letter: %w", err)
	}
	var m, f uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&m, &f}, func() error {
		merchants, followUps = append(merchants, m), append(followUps, f)
		return nil
	})
	return merchants, followUps, err
}

// DueLetters lists merchants with letters whose printer is to be asked.
func (s *Store) DueLetters(ctx context.Context, now time.Time) ([]uuid.UUID, error) {
	rows, err := s.system.Query(ctx, `SELECT merchant_id FROM letters WHERE look_at <= $1 UNION SELECT merchant_id FROM test_letters WHERE look_at <= $1`, now)
	if err != nil {
		return nil, fmt.Errorf("list letters to look at: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// TakeLetters hands out letters whose printer is to be asked; others do not get them until lease.
func (s *Store) TakeLetters(ctx context.Context, m uuid.UUID, limit int, lease time.Duration, now time.Time) (out []relance.Letter, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `UPDATE letters SET look_at = $4 WHERE merchant_id = $1 AND follow_up_id IN (
				SELECT follow_up_id FROM letters WHERE merchant_id = $1 AND look_at <= $2 ORDER BY look_at LIMIT $3 FOR UPDATE SKIP LOCKED) RETURNING `+letterColumns, m, now, limit, now.Add(lease))
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByName[relance.Letter])
		return err
	})
	return out, err
}

// LookAgainAt says when the printer is asked for a letter next; nil: no more.
func (s *Store) LookAgainAt(ctx context.Context, m, followUp uuid.UUID, at *time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE letters SET look_at = $3 WHERE merchant_id = $1 AND follow_up_id = $2 AND ended_at IS NULL`, m, followUp, at)
		return err
	})
}

// FindLetter finds a letter by the printer's own id.
func (s *Store) FindLetter(ctx context.Context, m, printer uuid.UUID, externalID string) (followUp uuid.UUID, err error) {
	err = s.readRow(ctx, m, []any{&followUp}, `SELECT follow_up_id FROM letters WHERE merchant_id = $1 AND printer_id = $2 AND external_id = $3 AND ordered_at IS NOT NULL`, m, printer, externalID)
	if errors.Is(err, pgx.ErrNoRows) {
		return uuid.Nil, relance.Errorf(relance.CodeNotFound, "there is no such letter")
	}
	return followUp, err
}

// ForgetFiles deletes files of letters whose time is over, some at a time; the letters stay.
func (s *Store) ForgetFiles(ctx context.Context, m uuid.UUID, limit int, now time.Time) (n int64, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `DELETE FROM letter_files WHERE merchant_id = $1 AND sum IN (SELECT sum FROM letter_files WHERE merchant_id = $1 AND keep_until < $2 LIMIT $3)`, m, now, limit)
		n = tag.RowsAffected()
		return err
	})
	return n, err
}
