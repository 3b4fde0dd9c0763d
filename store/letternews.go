package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/relance/relance"
)

// progress orders the states: news of an earlier one that comes late moves nothing back.
func progress(s relance.PrintState) int {
	switch s {
	case relance.PrintValidated:
		return 10
	case relance.PrintSubmitted:
		return 20
	case relance.PrintAccepted:
		return 30
	case relance.PrintPrinting:
		return 40
	case relance.PrintCancelled, relance.PrintRejected, relance.PrintExpired:
		return 45
	case relance.PrintPosted:
		return 50
	case relance.PrintDelivered, relance.PrintUndeliverable:
		return 60
	case relance.PrintReturned:
		return 70
	}
	return 0
}

// HearOf takes up what a printer says of a letter. The same news again changes nothing.
func (s *Store) HearOf(ctx context.Context, m, followUp uuid.UUID, status relance.PrintStatus, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error { return hearOf(ctx, tx, m, followUp, status, now) })
}

func hearOf(ctx context.Context, tx pgx.Tx, m, followUp uuid.UUID, status relance.PrintStatus, now time.Time) error {
	at := timeOr(status.At, now)
	var state, customer = relance.PrintState(""), uuid.Nil
	var key string
	err := tx.QueryRow(ctx, `SELECT l.state, l.address_key, f.customer_id FROM letters l JOIN follow_ups f ON f.merchant_id = $1 AND f.id = l.follow_up_id
		WHERE l.merchant_id = $1 AND l.follow_up_id = $2 FOR UPDATE OF l`, m, followUp).Scan(&state, &key, &customer)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO letter_events (merchant_id, id, follow_up_id, state, raw, at, heard_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`, m, newID(), followUp, status.State, status.Raw, at, now); err != nil {
		return err
	}
	if status.State == relance.PrintUnknown { // kept as text; the next word that we know moves it on
		_, err := tx.Exec(ctx, `UPDATE letters SET raw = $3, state = CASE WHEN ended_at IS NULL THEN 'UNKNOWN' ELSE state END WHERE merchant_id = $1 AND follow_up_id = $2`, m, followUp, status.Raw)
		return err
	}
	reached, err := reachedBefore(ctx, tx, m, followUp)
	if err != nil || progress(status.State) < reached {
		return err
	}
	if status.State == state { // asked before the news came, which may know more
		return correct(ctx, tx, m, followUp, status.Corrected)
	}
	return moveLetter(ctx, tx, m, followUp, customer, key, status, at, now)
}

// correct adds where the post says that the recipient lives to what is open for somebody to see to.
func correct(ctx context.Context, tx pgx.Tx, m, followUp uuid.UUID, to *relance.Address) error {
	if to == nil {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE address_proposals SET address = $3 WHERE merchant_id = $1 AND follow_up_id = $2 AND address IS NULL AND state = 'OPEN'`, m, followUp, to)
	return err
}

// reachedBefore is how far the letter came by all that was heard so far.
func reachedBefore(ctx context.Context, tx pgx.Tx, m, followUp uuid.UUID) (far int, err error) {
	rows, err := tx.Query(ctx, `SELECT state FROM letter_events WHERE merchant_id = $1 AND follow_up_id = $2`, m, followUp)
	if err != nil {
		return 0, err
	}
	var state relance.PrintState
	_, err = pgx.ForEachRow(rows, []any{&state}, func() error {
		far = max(far, progress(state))
		return nil
	})
	return far, err
}

func moveLetter(ctx context.Context, tx pgx.Tx, m, followUp, customer uuid.UUID, key string, status relance.PrintStatus, at, now time.Time) error {
	b, calledBack := &pgx.Batch{}, false
	b.Queue(`UPDATE letters SET state = $3, raw = $4, reason = $5, posted_at = CASE WHEN $3 = 'POSTED' THEN $6 ELSE posted_at END, ended_at = CASE WHEN $7 THEN $6::timestamptz END,
			look_at = CASE WHEN $7 THEN NULL ELSE look_at END, price = coalesce($8, price), currency = coalesce($9, currency) WHERE merchant_id = $1 AND follow_up_id = $2`,
		m, followUp, status.State, status.Raw, status.Reason, at, status.State.Final(), amountOf(status.Price), currencyOf(status.Price))
	switch status.State {
	case relance.PrintPosted:
		b.Queue(`UPDATE follow_ups SET arrives_at = $3 WHERE merchant_id = $1 AND id = $2 AND state = 'SENT'`, m, followUp, at.Add(relance.LetterTakes))
	case relance.PrintUndeliverable, relance.PrintReturned:
		b.Queue(`UPDATE follow_ups SET state = 'BOUNCED', reason = 'UNDELIVERABLE', arrives_at = NULL WHERE merchant_id = $1 AND id = $2 AND state = 'SENT'`, m, followUp)
		b.Queue(`INSERT INTO letter_stops AS x (merchant_id, customer_id, reason, address_key, follow_up_id, at) VALUES ($1, $2, 'UNDELIVERABLE', $3, $4, $5)
			ON CONFLICT (merchant_id, customer_id, reason, address_key) DO UPDATE SET lifted_at = NULL`, m, customer, key, followUp, now)
		b.Queue(`INSERT INTO address_proposals (merchant_id, id, customer_id, follow_up_id, address, state, at) VALUES ($1, $2, $3, $4, $5, 'OPEN', $6)
			ON CONFLICT (merchant_id, follow_up_id) DO UPDATE SET address = coalesce(excluded.address, address_proposals.address)`, m, newID(), customer, followUp, status.Corrected, now)
	case relance.PrintCancelled, relance.PrintRejected, relance.PrintExpired: // called back by us, or by whoever has the account
		says := relance.Say("LETTER_NOT_PRINTED")
		b.Queue(`UPDATE follow_ups f SET state = CASE WHEN wanted THEN 'REFUSED' ELSE 'FAILED' END, reason = CASE WHEN wanted THEN 'OBJECTED' ELSE '' END, arrives_at = NULL,
				detail = CASE WHEN wanted THEN '' ELSE $3 END, cause = CASE WHEN wanted THEN NULL ELSE $4::jsonb END
			FROM (SELECT cancel_at IS NOT NULL AND $5 AS wanted FROM letters WHERE merchant_id = $1 AND follow_up_id = $2) l WHERE f.merchant_id = $1 AND f.id = $2 AND f.state = 'SENT'`,
			m, followUp, says.String(), says, status.State == relance.PrintCancelled).Exec(func(tag pgconn.CommandTag) error {
			calledBack = tag.RowsAffected() > 0
			return nil
		})
	}
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return err
	}
	if err := queueReader(ctx, tx, m, followUp, now); err != nil || !calledBack {
		return err
	}
	return countRefused(ctx, tx, m, followUp, now)
}

func amountOf(p *relance.Money) any {
	if p == nil {
		return nil
	}
	return p.Amount
}

func currencyOf(p *relance.Money) any {
	if p == nil {
		return nil
	}
	return p.Currency
}
