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

const privacyColumns = `r.id, r.kind, r.channel, r.state, coalesce(p.merged_into, r.profile_id) AS profile_id, r.received_on, r.due_on, r.requester, r.note, r.restricted, r.identified_how, r.identified_at, r.refusal,
	r.created_at, r.closed_at, r.shop_id, r.external_id LIKE 'shop_redact/%' AS whole_shop`

// PrivacyRequests lists the register: open requests by the day they are due, then closed ones, the latest
// first. id narrows it to one, profile to those about somebody.
func (s *Store) PrivacyRequests(ctx context.Context, m uuid.UUID, id, profile *uuid.UUID, open bool, limit int) (out []*relance.PrivacyRequest, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT `+privacyColumns+`, `+actorName("r.identified_by")+` AS identified_by, `+actorName("r.created_by")+` AS created_by, `+actorName("r.closed_by")+` AS closed_by
			FROM privacy_requests r LEFT JOIN profiles p ON p.merchant_id = $1 AND p.id = r.profile_id
			WHERE r.merchant_id = $1 AND ($2::uuid IS NULL OR r.id = $2) AND ($3::uuid IS NULL OR coalesce(p.merged_into, r.profile_id) = (SELECT coalesce(merged_into, id) FROM profiles WHERE merchant_id = $1 AND id = $3))
				AND (NOT $4 OR r.state NOT IN ('DONE', 'REFUSED'))
			ORDER BY r.state IN ('DONE', 'REFUSED'), CASE WHEN r.closed_at IS NULL THEN r.due_on END, r.closed_at DESC, r.id LIMIT $5`, m, id, profile, open, limit).Query(func(rows pgx.Rows) (err error) {
			out, err = pgx.CollectRows(rows, pgx.RowToAddrOfStructByNameLax[relance.PrivacyRequest])
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list privacy requests: %w", err)
	}
	var ids []uuid.UUID
	for _, r := range out {
		ids = append(ids, r.ID)
	}
	return out, s.erasuresOf(ctx, m, ids, out)
}

func (s *Store) erasuresOf(ctx context.Context, m uuid.UUID, ids []uuid.UUID, out []*relance.PrivacyRequest) error {
	var list []relance.Erasure
	err := s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT `+erasureColumns+`, `+actorName("e.begun_by")+` AS begun_by FROM erasures e WHERE e.merchant_id = $1 AND e.request_id = ANY($2)`, m, notNil(ids)).Query(rowsInto(&list))
	})
	for i := range list {
		for _, r := range out {
			if r.ID == *list[i].RequestID {
				r.Erasure = &list[i]
			}
		}
	}
	return err
}

// PrivacyRequest reads one.
func (s *Store) PrivacyRequest(ctx context.Context, m, id uuid.UUID) (*relance.PrivacyRequest, error) {
	list, err := s.PrivacyRequests(ctx, m, &id, nil, false, 1)
	if err == nil && len(list) == 0 {
		err = relance.Errorf(relance.CodeNotFound, "there is no such request")
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// AddPrivacyRequest enters a request into the register; what a shop passed on before gives the entry that
// there is.
func (s *Store) AddPrivacyRequest(ctx context.Context, m uuid.UUID, r *relance.NewPrivacyRequest, actor string, now time.Time) (id uuid.UUID, added bool, err error) {
	id = newID()
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if r.ProfileID != nil {
			current, err := (&deriver{tx: tx, merchant: m}).current(ctx, *r.ProfileID)
			if err != nil {
				return err
			}
			r.ProfileID = &current
		}
		tag, err := tx.Exec(ctx, `INSERT INTO privacy_requests (merchant_id, id, kind, channel, state, profile_id, received_on, due_on, requester, note, restricted, created_by, created_at, shop_id, external_id)
			VALUES ($1, $2, $3, $4, 'RECEIVED', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (merchant_id, shop_id, external_id) WHERE external_id <> '' DO NOTHING`,
			m, id, r.Kind, r.Channel, r.ProfileID, r.ReceivedOn, relance.PrivacyDue(r.ReceivedOn), r.Requester, r.Note, r.Restricted, actor, now, r.ShopID, r.ExternalID)
		if err != nil {
			return fmt.Errorf("enter privacy request: %w", err)
		}
		if added = tag.RowsAffected() > 0; !added {
			return tx.QueryRow(ctx, `SELECT id FROM privacy_requests WHERE merchant_id = $1 AND shop_id = $2 AND external_id = $3`, m, r.ShopID, r.ExternalID).Scan(&id)
		}
		return judgeAgain(ctx, tx, m, r.ProfileID, now)
	})
	return id, added, err
}

// judgeAgain has somebody judged by what holds now.
func judgeAgain(ctx context.Context, tx pgx.Tx, m uuid.UUID, profile *uuid.UUID, now time.Time) error {
	if profile == nil {
		return nil
	}
	return (&deriver{tx: tx, merchant: m, now: now}).queueProfiles(ctx, []uuid.UUID{*profile})
}

// ChangePrivacyRequest does something to a request that is open; CONFLICT for one that is closed or past it.
func (s *Store) ChangePrivacyRequest(ctx context.Context, m, id uuid.UUID, change string, now time.Time, args ...any) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		var profile *uuid.UUID
		err := tx.QueryRow(ctx, `UPDATE privacy_requests SET `+change+` WHERE merchant_id = $1 AND id = $2 AND state IN ('RECEIVED', 'IDENTIFIED') RETURNING profile_id`, append([]any{m, id}, args...)...).Scan(&profile)
		if errors.Is(err, pgx.ErrNoRows) {
			return relance.Tell(relance.CodeConflict, nil, "PRIVACY_CLOSED")
		}
		if err != nil {
			return fmt.Errorf("change privacy request: %w", err)
		}
		return judgeAgain(ctx, tx, m, profile, now)
	})
}

// IdentifyRequester notes how somebody made sure who asks, and who it is.
func (s *Store) IdentifyRequester(ctx context.Context, m, id, profile uuid.UUID, how, actor string, now time.Time) error {
	return s.ChangePrivacyRequest(ctx, m, id, `state = 'IDENTIFIED', profile_id = $3, identified_how = $4, identified_by = $5, identified_at = $6`, now, profile, how, actor, now)
}

// RestrictRequester lets somebody get nothing while their request runs, or lifts it.
func (s *Store) RestrictRequester(ctx context.Context, m, id uuid.UUID, on bool, now time.Time) error {
	return s.ChangePrivacyRequest(ctx, m, id, `restricted = $3`, now, on)
}

// ClosePrivacyRequest ends a request: done, or refused with a reason.
func (s *Store) ClosePrivacyRequest(ctx context.Context, m, id uuid.UUID, to relance.PrivacyState, refusal, actor string, now time.Time) error {
	return s.ChangePrivacyRequest(ctx, m, id, `state = $3, refusal = $4, restricted = false, closed_by = $5, closed_at = $6`, now, to, refusal, actor, now)
}

// Suppressed tells of what keeps those away who were erased.
func (s *Store) Suppressed(ctx context.Context, m uuid.UUID) (out relance.Suppressed, err error) {
	err = s.readRow(ctx, m, []any{&out.People, &out.Sums, &out.Dropped, &out.LastAt}, `SELECT count(DISTINCT erasure_id), count(*), coalesce(sum(dropped), 0), max(dropped_at) FROM suppressions WHERE merchant_id = $1`, m)
	return out, err
}

// LiftSuppression lets somebody come back who has the e-mail address; how many were erased with it. An
// objection that they had made holds again.
func (s *Store) LiftSuppression(ctx context.Context, m uuid.UUID, email string, now time.Time) (n int64, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		p, err := s.suppressor(ctx, tx, m, aloneSuppressions, now)
		if err != nil || p == nil {
			return err
		}
		sum := []byte(p.sum("EMAIL", email, ""))
		if _, err := tx.Exec(ctx, `INSERT INTO stopped_addresses (merchant_id, address, reason, at) SELECT $1, $2, 'OBJECTION', at FROM suppressions WHERE merchant_id = $1 AND sum = $3 AND objected
			ON CONFLICT DO NOTHING`, m, email, sum); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `DELETE FROM suppressions WHERE merchant_id = $1 AND erasure_id IN (SELECT erasure_id FROM suppressions WHERE merchant_id = $1 AND sum = $2)`, m, sum)
		n = tag.RowsAffected()
		return err
	})
	return n, err
}

// ShopMerchant tells whose a shop is: what platforms tell by themselves names no merchant.
func (s *Store) ShopMerchant(ctx context.Context, shop uuid.UUID) (uuid.UUID, error) {
	var m *uuid.UUID
	if err := s.app.QueryRow(ctx, `SELECT shop_merchant($1)`, shop).Scan(&m); err != nil {
		return uuid.Nil, err
	}
	if m == nil {
		return uuid.Nil, relance.Errorf(relance.CodeNotFound, "there is no such shop")
	}
	return *m, nil
}

// ProfileOfRecord finds the profile of a shop's customer, and whether no other shop knows the person; nil
// where there is none.
func (s *Store) ProfileOfRecord(ctx context.Context, m, shop uuid.UUID, external string) (profile *uuid.UUID, alone bool, err error) {
	err = s.readRow(ctx, m, []any{&profile, &alone}, `SELECT i.profile_id, NOT EXISTS (SELECT 1 FROM identities j JOIN customers o ON o.merchant_id = $1 AND o.id = j.customer_id JOIN shops h ON h.merchant_id = $1 AND h.id = o.source_id
			WHERE j.merchant_id = $1 AND j.profile_id = i.profile_id AND o.source_id <> $2)
		FROM customers c JOIN identities i ON i.merchant_id = $1 AND i.customer_id = c.id WHERE c.merchant_id = $1 AND c.source_id = $2 AND c.external_id = $3`, m, shop, external)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return profile, alone, err
}
