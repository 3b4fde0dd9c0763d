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

// knownElsewhere reports in SQL whether the profile x is known from elsewhere than the shop $2. What was typed about
// somebody whom a source told of is no source of its own.
const knownElsewhere = `EXISTS (SELECT 1 FROM identities j JOIN customers o ON o.merchant_id = $1 AND o.id = j.customer_id AND o.source_id <> $2
	WHERE j.merchant_id = $1 AND j.profile_id = x.profile_id AND (o.kind <> 'MANUAL'
		OR NOT EXISTS (SELECT 1 FROM decisions d WHERE d.merchant_id = $1 AND d.customer_a = o.id AND d.verdict = 'TOGETHER') AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.merchant_id = $1 AND d.customer_b = o.id AND d.verdict = 'TOGETHER')))`

// ShopPeople counts who would be erased with a shop.
func (s *Store) ShopPeople(ctx context.Context, m, shop uuid.UUID) (out relance.ShopPeople, err error) {
	out.ShopID = shop
	err = s.readRow(ctx, m, []any{&out.ShopName, &out.People, &out.Elsewhere}, `SELECT h.name, coalesce(n.people, 0), coalesce(n.elsewhere, 0) FROM shops h CROSS JOIN LATERAL (
			SELECT count(*) FILTER (WHERE NOT elsewhere) AS people, count(*) FILTER (WHERE elsewhere) AS elsewhere FROM (SELECT `+knownElsewhere+` AS elsewhere FROM (
				SELECT DISTINCT i.profile_id FROM customers c JOIN identities i ON i.merchant_id = $1 AND i.customer_id = c.id WHERE c.merchant_id = $1 AND c.source_id = $2) x) y) n
		WHERE h.merchant_id = $1 AND h.id = $2`, m, shop)
	return out, notFound(err, "shop")
}

// ShopToErase is the shop whose platform asked by a request that all of it is erased; CONFLICT where the request is
// another, or closed.
func (s *Store) ShopToErase(ctx context.Context, m, request uuid.UUID) (shop uuid.UUID, err error) {
	err = s.readRow(ctx, m, []any{&shop}, `SELECT shop_id FROM privacy_requests WHERE merchant_id = $1 AND id = $2 AND external_id LIKE 'shop_redact/%' AND state = 'RECEIVED'`, m, request)
	if errors.Is(err, pgx.ErrNoRows) {
		err = relance.Tell(relance.CodeConflict, nil, "PRIVACY_CLOSED")
	}
	return shop, err
}

// BeginShopErasure decides that all is erased that a shop told of people: it is disconnected, its credentials are
// gone, nothing goes out for it any more. There is no way back. Again gives the one that is there. request is what asked
// for it; nil: a restored backup brought the shop back.
func (s *Store) BeginShopErasure(ctx context.Context, m uuid.UUID, request *uuid.UUID, seen relance.ShopPeople, actor string, now time.Time) (id uuid.UUID, fresh bool, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if err := lockMerchant(ctx, tx, m); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `SELECT id FROM shop_erasures WHERE merchant_id = $1 AND shop_id = $2 AND finished_at IS NULL`, m, seen.ShopID).Scan(&id)
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		id, fresh = newID(), true
		remainder := newID()
		b := &pgx.Batch{}
		b.Queue(`INSERT INTO profiles (merchant_id, id, merged_into, first_name, last_name, company, title, language, sort_name, search_text, created_at, admin_changed_at, needs_review, erased_at)
			VALUES ($1, $2, $2, '', '', '', '', '', '', '', $3, $3, false, $3)`, m, remainder, now)
		b.Queue(`INSERT INTO shop_erasures (merchant_id, id, shop_id, request_id, remainder_id, step, people, elsewhere, begun_by, begun_at, next_at) VALUES ($1, $2, $3, $4, $5, 'PEOPLE', $6, $7, $8, $9, $9)`,
			m, id, seen.ShopID, request, remainder, seen.People, seen.Elsewhere, actor, now)
		b.Queue(`UPDATE privacy_requests SET state = 'ERASING' WHERE merchant_id = $1 AND id = $2`, m, request)
		b.Queue(`UPDATE sync_steps SET state = 'CANCELLED', finished_at = $3 WHERE merchant_id = $1 AND state IN ('QUEUED', 'RUNNING', 'PAUSED')
			AND run_id IN (SELECT id FROM sync_runs WHERE merchant_id = $1 AND shop_id = $2 AND state IN ('QUEUED', 'RUNNING', 'PAUSED'))`, m, seen.ShopID, now)
		b.Queue(`UPDATE sync_runs SET state = 'CANCELLED', finished_at = $3 WHERE merchant_id = $1 AND shop_id = $2 AND state IN ('QUEUED', 'RUNNING', 'PAUSED')`, m, seen.ShopID, now)
		b.Queue(`UPDATE shops SET state = 'DISCONNECTED', credentials = '', missing_rights = '[]', next_try_at = NULL WHERE merchant_id = $1 AND id = $2`, m, seen.ShopID)
		b.Queue(`UPDATE follow_ups SET state = 'REFUSED', reason = 'RESTRICTED', detail = '', cause = NULL WHERE merchant_id = $1 AND shop_id = $2 AND state IN ('HELD', 'DUE')`, m, seen.ShopID)
		b.Queue(`UPDATE enrolments SET ended_at = $3, end_reason = 'RESTRICTED' WHERE merchant_id = $1 AND shop_id = $2 AND ended_at IS NULL`, m, seen.ShopID, now)
		return tx.SendBatch(ctx, b).Close()
	})
	if err != nil {
		return id, false, fmt.Errorf("begin the erasure of a shop: %w", err)
	}
	return id, fresh, nil
}

// DueShopErasures lists, over all merchants, the erasures of shops that nobody is at.
func (s *Store) DueShopErasures(ctx context.Context, now time.Time) ([]relance.Claim, error) {
	return s.leased(ctx, "shop_erasures", unfinished, now)
}

// ClaimShopErasure takes one up until the lease ends; false where somebody else has it, or it is done.
func (s *Store) ClaimShopErasure(ctx context.Context, c relance.Claim, lease time.Duration, now time.Time) (claims int64, mine bool, err error) {
	return s.lease(ctx, "shop_erasures", unfinished, c, lease, now)
}

// ShopErasureGoesOn keeps an erasure until next, or hands it back then; attempts counts those that came to nothing.
// NOT_FOUND where the worker has lost it.
func (s *Store) ShopErasureGoesOn(ctx context.Context, t relance.Claim, next time.Time, failed bool) error {
	return s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE shop_erasures SET next_at = $4, attempts = CASE WHEN $5 THEN attempts + 1 ELSE 0 END WHERE merchant_id = $1 AND id = $2 AND claims = $3 AND finished_at IS NULL`,
			t.MerchantID, t.ID, t.Claims, next, failed)
		return oneRow(tag, err, "erasure of ours")
	})
}

// NextOfShop lists some people with records of the shop that is erased, whose own erasure has not begun.
func (s *Store) NextOfShop(ctx context.Context, t relance.Claim, limit int) (out []uuid.UUID, err error) {
	err = s.read(ctx, t.MerchantID, func(b *pgx.Batch) {
		b.Queue(`SELECT DISTINCT i.profile_id FROM shop_erasures s JOIN customers c ON c.merchant_id = $1 AND c.source_id = s.shop_id JOIN identities i ON i.merchant_id = $1 AND i.customer_id = c.id
			WHERE s.merchant_id = $1 AND s.id = $2 AND NOT EXISTS (SELECT 1 FROM erasures e WHERE e.merchant_id = $1 AND e.profile_id = i.profile_id) LIMIT $3`, t.MerchantID, t.ID, limit).
			Query(func(rows pgx.Rows) (err error) {
				out, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
				return err
			})
	})
	return out, err
}

// shopErasureRow is the erasure of a shop as its worker holds it.
type shopErasureRow struct {
	shop, remainder uuid.UUID
	request         *uuid.UUID
	actor, name     string // who began it, and the shop's name
}

// heldShopErasure locks one that the worker of a claim still has.
func heldShopErasure(ctx context.Context, tx pgx.Tx, t relance.Claim) (r shopErasureRow, err error) {
	err = tx.QueryRow(ctx, `SELECT e.shop_id, e.remainder_id, e.request_id, e.begun_by, h.name FROM shop_erasures e JOIN shops h ON h.merchant_id = $1 AND h.id = e.shop_id
		WHERE e.merchant_id = $1 AND e.id = $2 AND e.claims = $3 AND e.finished_at IS NULL FOR UPDATE OF e`,
		t.MerchantID, t.ID, t.Claims).Scan(&r.shop, &r.remainder, &r.request, &r.actor, &r.name)
	return r, notFound(err, "erasure of ours")
}

// readShopErasures reads erasures of shops under a condition.
func (s *Store) readShopErasures(ctx context.Context, m uuid.UUID, where string, args ...any) (out []relance.ShopErasure, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT e.id, e.shop_id, h.name AS shop_name, e.request_id, e.step, e.people, e.elsewhere,
				e.done + (SELECT count(*) FROM erasures x WHERE x.merchant_id = $1 AND x.shop_erasure_id = e.id AND x.finished_at IS NOT NULL) AS done,
				e.parted, e.erased, e.kept, e.begun_at, e.finished_at, `+actorName("e.begun_by")+` AS begun_by
			FROM shop_erasures e JOIN shops h ON h.merchant_id = $1 AND h.id = e.shop_id WHERE e.merchant_id = $1 AND `+where, append([]any{m}, args...)...).Query(rowsInto(&out))
	})
	return out, err
}

// ShopErasures reads those that requests began.
func (s *Store) ShopErasures(ctx context.Context, m uuid.UUID, requests []uuid.UUID) ([]relance.ShopErasure, error) {
	return s.readShopErasures(ctx, m, `e.request_id = ANY($2)`, notNil(requests))
}

// ShopErasure reads one.
func (s *Store) ShopErasure(ctx context.Context, m, id uuid.UUID) (relance.ShopErasure, error) {
	list, err := s.readShopErasures(ctx, m, `e.id = $2`, id)
	if err == nil && len(list) == 0 {
		err = notFound(pgx.ErrNoRows, "erasure")
	}
	if err != nil {
		return relance.ShopErasure{}, err
	}
	return list[0], nil
}
