package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// DueOptIns lists, over all merchants, the requests to confirm a consent that are to be mailed by now, and
// those whose worker fell silent.
func (s *Store) DueOptIns(ctx context.Context, now time.Time) ([]relance.OptInTask, error) {
	rows, err := s.system.Query(ctx, `SELECT merchant_id, id, attempts AS attempt FROM opt_ins WHERE state IN ('DUE', 'SENDING') AND next_at <= $1 ORDER BY next_at LIMIT 500`, now)
	if err != nil {
		return nil, fmt.Errorf("list due confirmations: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[relance.OptInTask])
}

// OverOptIns lists, over all merchants, those with requests that nobody confirmed in time.
func (s *Store) OverOptIns(ctx context.Context, now time.Time) ([]uuid.UUID, error) {
	rows, err := s.system.Query(ctx, `SELECT DISTINCT merchant_id FROM opt_ins WHERE state NOT IN ('CONFIRMED', 'EXPIRED') AND expires_at <= $1
		UNION SELECT merchant_id FROM opt_ins WHERE state = 'EXPIRED' AND requested_at < $2`, now, now.Add(-relance.OptInCounted))
	if err != nil {
		return nil, fmt.Errorf("list confirmations that are over: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// ClaimOptIn notes that a request is being mailed, before the relay is spoken to; nil where somebody else
// has it or it needs nobody any more. One that was being mailed when its worker's time ended may have gone
// out: it is UNCERTAIN from then on, and nobody's.
func (s *Store) ClaimOptIn(ctx context.Context, t relance.OptInTask, lease time.Duration, now time.Time) (o *relance.OptIn, err error) {
	err = s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE opt_ins SET state = 'UNCERTAIN' WHERE merchant_id = $1 AND id = $2 AND state = 'SENDING' AND next_at <= $3`, t.MerchantID, t.ID, now); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `UPDATE opt_ins SET state = 'SENDING', attempts = attempts + 1, next_at = $3 WHERE merchant_id = $1 AND id = $2 AND state = 'DUE' AND next_at <= $4 AND expires_at > $4 AND attempts = $5`,
			t.MerchantID, t.ID, now.Add(lease), now, t.Attempt)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		o, err = oneOptIn(ctx, tx, t.MerchantID, t.ID)
		return err
	})
	return o, err
}

// SettleOptIn notes what became of the attempt that the task claimed: SENT; DUE, to be tried again; FAILED
// or UNCERTAIN, which is for good.
func (s *Store) SettleOptIn(ctx context.Context, t relance.OptInTask, state relance.OptInState, cause *relance.Sentence, next, now time.Time) error {
	return s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE opt_ins SET state = $3, cause = $4, next_at = $5, sent_at = CASE WHEN $3 = 'SENT' THEN $6::timestamptz END
			WHERE merchant_id = $1 AND id = $2 AND attempts = $7 AND state IN ('SENDING', 'UNCERTAIN')`, t.MerchantID, t.ID, state, cause, next, now, t.Attempt+1)
		return err
	})
}

func oneOptIn(ctx context.Context, tx pgx.Tx, m, id uuid.UUID) (*relance.OptIn, error) {
	rows, err := tx.Query(ctx, optInsWhere+`x.id = $2`, m, id)
	if err != nil {
		return nil, err
	}
	o, err := pgx.CollectExactlyOneRow(rows, pgx.RowToAddrOfStructByName[relance.OptIn])
	return o, notFound(err, "request")
}

// OptIn reads a request, and who answers for its record now.
func (s *Store) OptIn(ctx context.Context, m, id uuid.UUID) (o *relance.OptIn, profile uuid.UUID, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if o, err = oneOptIn(ctx, tx, m, id); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `SELECT profile_id FROM identities WHERE merchant_id = $1 AND customer_id = $2`, m, o.CustomerID).Scan(&profile)
		return notFound(err, "person")
	})
	return o, profile, err
}

// ConfirmOptIn adds to the ledger that the person confirmed what they were asked, once; done is false where
// it is too late: it expired, was taken back, or the person objected since.
func (s *Store) ConfirmOptIn(ctx context.Context, m, id uuid.UUID, now time.Time) (done, fresh bool, err error) {
	o, profile, err := s.OptIn(ctx, m, id)
	if err != nil {
		return false, false, err
	}
	err = s.onProfile(ctx, m, profile, now, func(tx pgx.Tx, current uuid.UUID) error {
		var state relance.OptInState
		var how relance.ConsentHow
		var since time.Time
		if err := tx.QueryRow(ctx, `SELECT state, how, since FROM opt_ins WHERE merchant_id = $1 AND id = $2 FOR UPDATE`, m, id).Scan(&state, &how, &since); err != nil {
			return notFound(err, "request")
		}
		if state == relance.OptInConfirmed {
			done = true
			return nil
		}
		if !o.Open(state, now) {
			return nil
		}
		t := &talk{editor: &editor{deriver: &deriver{tx: tx, merchant: m, now: now}, actor: "recipient"}, profile: current, controller: o.Controller,
			h: relance.HandConsent{ShopID: o.ShopID, Channel: relance.ChannelEmail, Preference: o.Preference, Given: true, Since: now, How: how, LiftObjection: o.Lift}}
		if err := t.findTracks(ctx); err != nil {
			return err
		}
		list, err := t.objections(ctx)
		if err != nil {
			return err
		}
		for _, x := range list { // what came after the request was not meant by it
			if !o.Lift || x.Kind == "WHOLE" || x.On != nil && x.On.After(o.RequestedAt) {
				return nil
			}
		}
		done, fresh = true, true
		return t.confirm(ctx, o, since)
	})
	return done, fresh, err
}

// confirm adds what the person confirmed to the ledger, with its proof.
func (t *talk) confirm(ctx context.Context, o *relance.OptIn, since time.Time) error {
	if _, err := t.lift(ctx); err != nil {
		return err
	}
	if _, err := t.tx.Exec(ctx, `UPDATE opt_ins SET state = 'CONFIRMED', confirmed_at = $3, next_at = $3 WHERE merchant_id = $1 AND id = $2`, t.merchant, o.ID, t.now); err != nil {
		return err
	}
	proof := fmt.Sprintf("Said on %s (%s), asked %s, confirmed %s by the owner of %s, wording version %d, link %s", since.Format(time.DateOnly), t.h.How,
		o.RequestedAt.UTC().Format(time.RFC3339), t.now.UTC().Format(time.RFC3339), o.Address, o.WordingVersion, o.ID)
	for _, x := range t.tracks {
		if _, err := t.add(ctx, relance.ChannelEmail, o.Preference, "hand:double_opt_in", track{CustomerID: x.CustomerID, Controller: x.Controller, State: relance.ConsentConfirmed, Since: &t.now, Proof: proof,
			Version: &o.WordingVersion, OptInID: &o.ID}); err != nil {
			return err
		}
	}
	return nil
}

// ExpireOptIns erases what was asked and nobody confirmed in time: in the ledger nothing waits any more, and
// of the request its day stays, so that nobody is asked too often; for a year.
func (s *Store) ExpireOptIns(ctx context.Context, m uuid.UUID, now time.Time) (n int, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if err := lockMerchant(ctx, tx, m); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM opt_ins WHERE merchant_id = $1 AND state = 'EXPIRED' AND requested_at < $2`, m, now.Add(-relance.OptInCounted)); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `UPDATE opt_ins SET state = 'EXPIRED', address = '', proof = '', wording = '', cause = NULL, next_at = $2 WHERE merchant_id = $1 AND state NOT IN ('CONFIRMED', 'EXPIRED') AND expires_at <= $2
			RETURNING id`, m, now)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil {
			return err
		}
		n = len(ids)
		return (&editor{deriver: &deriver{tx: tx, merchant: m, now: now}, actor: "relance"}).stopWaiting(ctx, ids)
	})
	if err != nil {
		return 0, fmt.Errorf("erase unconfirmed requests: %w", err)
	}
	return n, nil
}

// stopWaiting adds to the ledger, where it still waits for one of the requests, that nothing was said.
func (e *editor) stopWaiting(ctx context.Context, requests []uuid.UUID) error {
	type waiting struct {
		CustomerID uuid.UUID
		Preference string
		Controller string
		State      relance.ConsentState
		OptInID    *uuid.UUID
	}
	rows, err := e.tx.Query(ctx, `SELECT * FROM (SELECT DISTINCT ON (c.customer_id, c.preference, c.controller) c.customer_id, c.preference, c.controller, c.state, c.opt_in_id
		FROM consents c WHERE c.merchant_id = $1 AND c.channel = 'EMAIL' AND c.controller <> '' AND c.customer_id IN (SELECT customer_id FROM consents WHERE merchant_id = $1 AND opt_in_id = ANY($2))
		ORDER BY c.customer_id, c.preference, c.controller, c.recorded_at DESC, c.id DESC) x WHERE x.state = 'PENDING' AND x.opt_in_id = ANY($2)`, e.merchant, requests)
	if err != nil {
		return err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[waiting])
	for _, w := range list {
		if _, failed := e.add(ctx, relance.ChannelEmail, w.Preference, "hand:expired", track{CustomerID: w.CustomerID, Controller: w.Controller, State: relance.ConsentUnknown}); failed != nil {
			return errors.Join(err, failed)
		}
	}
	return err
}
