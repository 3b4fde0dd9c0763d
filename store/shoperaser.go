package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
	"github.com/relance/relance/identity"
)

// EraseOfShop deals with one person of a shop that is erased. Whom nobody else knows is erased as people are: their
// erasure is begun and given back. Whoever is known elsewhere loses what the shop told of them, here and now.
func (s *Store) EraseOfShop(ctx context.Context, t relance.Claim, profile uuid.UUID, now time.Time) (begun *relance.Claim, err error) {
	err = s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		p, err := s.suppressor(ctx, tx, t.MerchantID, aloneSuppressions, now)
		if err != nil {
			return err
		}
		if err := lockMerchant(ctx, tx, t.MerchantID); err != nil {
			return err
		}
		r, err := heldShopErasure(ctx, tx, t)
		if err != nil {
			return err
		}
		d := &deriver{tx: tx, merchant: t.MerchantID, now: now}
		var elsewhere bool
		if err := tx.QueryRow(ctx, `SELECT `+knownElsewhere+` FROM (SELECT $3::uuid AS profile_id) x`, t.MerchantID, r.shop, profile).Scan(&elsewhere); err != nil {
			return err
		}
		if !elsewhere {
			if profile, err = d.current(ctx, profile); err != nil {
				return err
			}
			task, err := d.beginErasure(ctx, p, erasureBegun{profile: profile, shop: &t.ID, cause: "SHOP", actor: r.actor})
			begun = &task
			return err
		}
		e := &eraser{deriver: d, suppress: p, profile: r.remainder, erasure: t.ID, stays: true, erased: map[string]int64{}, kept: map[string]int64{}}
		if err := e.part(ctx, r.shop, profile); err != nil {
			return err
		}
		e.kept["shop/"+r.name] = int64(len(e.people)) // the shop itself still has them
		return e.countOfShop(ctx, t)
	})
	return begun, err
}

// countOfShop adds what was done to the certificate.
func (e *eraser) countOfShop(ctx context.Context, t relance.Claim) error {
	_, err := e.tx.Exec(ctx, `UPDATE shop_erasures SET done = done + 1, parted = parted + 1, erased = `+addCounts("erased", "$3")+`, kept = `+addCounts("kept", "$4")+` WHERE merchant_id = $1 AND id = $2`,
		t.MerchantID, t.ID, e.erased, e.kept)
	return err
}

// addCounts adds counts by name to those that there are.
func addCounts(column, more string) string {
	return `(SELECT coalesce(jsonb_object_agg(key, n), '{}') FROM (SELECT key, sum(value::bigint) AS n FROM (SELECT * FROM jsonb_each_text(` + column + `) UNION ALL SELECT * FROM jsonb_each_text(` + more + `::jsonb)) x GROUP BY 1) y)`
}

// part takes what a shop told of a person from them. Who they are otherwise, what people wrote about them and all that
// they said no to stays.
func (e *eraser) part(ctx context.Context, shop, profile uuid.UUID) error {
	rows, err := e.tx.Query(ctx, `SELECT i.customer_id, c.source_id = $3 FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id
		WHERE i.merchant_id = $1 AND i.profile_id = $2 ORDER BY c.deleted_at IS NOT NULL, i.home_profile_id`, e.merchant, profile, shop)
	if err != nil {
		return err
	}
	var theirs, rest []uuid.UUID
	var id uuid.UUID
	var ofShop bool
	if _, err := pgx.ForEachRow(rows, []any{&id, &ofShop}, func() error {
		if ofShop {
			theirs = append(theirs, id)
		} else {
			rest = append(rest, id)
		}
		return nil
	}); err != nil {
		return err
	}
	if len(theirs) == 0 || len(rest) == 0 {
		return errors.New("nobody to part: somebody else changed who they are")
	}
	if err := e.gatherOfShop(ctx, theirs, profile, shop); err != nil {
		return err
	}
	if err := e.carryNo(ctx, shop, rest); err != nil {
		return err
	}
	if err := e.stop(ctx); err != nil {
		return err
	}
	if err := e.files(ctx); err != nil {
		return err
	}
	if err := e.ledgers(ctx); err != nil {
		return err
	}
	homes, err := e.homesOf(ctx, theirs)
	if err != nil {
		return err
	}
	for _, x := range erasing {
		if err := e.do(ctx, x); err != nil {
			return err
		}
	}
	return e.goesOn(ctx, profile, homes, rest)
}

// gatherOfShop finds what the shop told of the person: what the eraser does after it touches nothing else, as it knows
// of no profile.
func (e *eraser) gatherOfShop(ctx context.Context, theirs []uuid.UUID, profile, shop uuid.UUID) (err error) {
	if e.people, err = e.deriver.people(ctx, theirs); err != nil {
		return err
	}
	if e.messages, err = e.ids(ctx, `SELECT DISTINCT f.id FROM enrolment_members x JOIN follow_ups f ON f.merchant_id = @m AND f.enrolment_id = x.enrolment_id
		WHERE x.merchant_id = @m AND x.customer_id = ANY(@customers) AND f.customer_id = ANY(@customers)`); err != nil {
		return err
	}
	if err := e.records(ctx, shop, `profile_id = $3`, profile); err != nil {
		return err
	}
	if err := e.findEmails(ctx); err != nil {
		return err
	}
	rows, err := e.query(ctx, `SELECT DISTINCT k.value FROM identity_keys k WHERE k.merchant_id = @m AND k.kind = 'EMAIL' AND k.value = ANY(@emails) AND NOT k.customer_id = ANY(@customers)`)
	if err != nil {
		return err
	}
	known, err := pgx.CollectRows(rows, pgx.RowTo[string])
	e.emails = slices.DeleteFunc(e.emails, func(at string) bool { return slices.Contains(known, at) || slices.Contains(known, identity.Email(at)) })
	return err
}

// records finds the shop's orders and carts under a condition.
func (e *eraser) records(ctx context.Context, shop uuid.UUID, where string, args ...any) error {
	for table, into := range map[string]*[]uuid.UUID{"orders": &e.orders, "carts": &e.carts} {
		rows, err := e.tx.Query(ctx, `SELECT id FROM `+table+` WHERE merchant_id = $1 AND source_id = $2 AND `+where, append([]any{e.merchant, shop}, args...)...)
		if err != nil {
			return err
		}
		if *into, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID]); err != nil {
			return err
		}
	}
	return nil
}

// carryNo lets what the person said no to hold on, though the record that it was said by goes: an objection to e-mail
// for the addresses that stay, one to letters and every no in the ledger for a record that stays.
func (e *eraser) carryNo(ctx context.Context, shop uuid.UUID, rest []uuid.UUID) error {
	args := e.args()
	args["rest"], args["heir"], args["shop"] = rest, rest[0], shop
	for _, sql := range []string{
		`INSERT INTO stopped_addresses (merchant_id, address, reason, at) SELECT k.merchant_id, k.value, 'OBJECTION', x.at FROM identity_keys k
			CROSS JOIN (SELECT min(s.at) AS at FROM stopped_addresses s WHERE s.merchant_id = @m AND s.address = ANY(@emails) AND s.reason = 'OBJECTION' AND s.lifted_at IS NULL) x
			WHERE k.merchant_id = @m AND k.kind = 'EMAIL' AND k.customer_id = ANY(@rest) AND x.at IS NOT NULL
			ON CONFLICT (merchant_id, address, reason) DO UPDATE SET lifted_at = NULL`,
		`UPDATE stopped_addresses SET follow_up_id = NULL WHERE merchant_id = @m AND follow_up_id = ANY(@messages) AND NOT address = ANY(@emails)`,
		// What they were sent is not sent again.
		`INSERT INTO enrolment_members (merchant_id, enrolment_id, customer_id) SELECT DISTINCT merchant_id, enrolment_id, @heir::uuid FROM enrolment_members WHERE merchant_id = @m AND customer_id = ANY(@customers) ON CONFLICT DO NOTHING`,
		`INSERT INTO letter_stops (merchant_id, customer_id, reason, at) SELECT merchant_id, @heir::uuid, 'OBJECTION', min(at) FROM letter_stops
			WHERE merchant_id = @m AND customer_id = ANY(@customers) AND reason = 'OBJECTION' AND lifted_at IS NULL GROUP BY merchant_id
			ON CONFLICT (merchant_id, customer_id, reason, address_key) DO UPDATE SET lifted_at = NULL`,
	} {
		if _, err := e.tx.Exec(ctx, sql, args); err != nil {
			return fmt.Errorf("carry objections: %w", err)
		}
	}
	// A no that a shop stated holds for its legal entity, or where it names none for all of them.
	rows, err := e.tx.Query(ctx, `WITH latest AS (SELECT DISTINCT ON (c.customer_id, c.channel, c.preference, c.controller) c.* FROM consents c WHERE c.merchant_id = @m AND c.customer_id = ANY(@customers)
			ORDER BY c.customer_id, c.channel, c.preference, c.controller, c.recorded_at DESC, c.id DESC),
		entities AS (SELECT DISTINCT legal_entity AS name FROM shop_settings WHERE merchant_id = @m AND legal_entity <> ''
			AND (shop_id = @shop OR NOT EXISTS (SELECT 1 FROM shop_settings t WHERE t.merchant_id = @m AND t.shop_id = @shop AND t.legal_entity <> '')) UNION SELECT '-' WHERE NOT EXISTS (SELECT 1 FROM shop_settings WHERE merchant_id = @m AND legal_entity <> ''))
		SELECT DISTINCT ON (l.channel, l.preference, n.name) l.channel, l.preference, l.state, l.since, n.name FROM latest l JOIN entities n ON l.controller = ''
			WHERE l.state IN ('WITHDRAWN', 'REFUSED')
		UNION SELECT l.channel, l.preference, l.state, l.since, l.controller FROM latest l WHERE l.controller <> '' AND l.state IN ('WITHDRAWN', 'REFUSED')`, args)
	if err != nil {
		return fmt.Errorf("read what was refused: %w", err)
	}
	b := &pgx.Batch{}
	var channel, preference, state, entity string
	var since *time.Time
	if _, err := pgx.ForEachRow(rows, []any{&channel, &preference, &state, &since, &entity}, func() error {
		b.Queue(`INSERT INTO consents (merchant_id, id, customer_id, channel, preference, state, since, source, recorded_at, controller) VALUES ($1, $2, $3, $4, $5, $6, $7, 'hand:kept', $8, $9)`,
			e.merchant, newID(), rest[0], channel, preference, state, since, e.now, entity)
		return nil
	}); err != nil {
		return fmt.Errorf("read what was refused: %w", err)
	}
	return e.tx.SendBatch(ctx, b).Close()
}

// homesOf are the profiles that were made for the records.
func (e *eraser) homesOf(ctx context.Context, customers []uuid.UUID) ([]uuid.UUID, error) {
	rows, err := e.tx.Query(ctx, `SELECT home_profile_id FROM identities WHERE merchant_id = $1 AND customer_id = ANY($2)`, e.merchant, customers)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// goesOn keeps the person under the id that they have: where that was the home of a record that is gone, the oldest
// that stays has it from now on. Homes of nobody answer as the person, and say nothing by themselves. What people typed
// stays tied to them. Who they are is derived anew.
func (e *eraser) goesOn(ctx context.Context, profile uuid.UUID, homes, rest []uuid.UUID) error {
	b := &pgx.Batch{}
	if slices.Contains(homes, profile) {
		left, err := e.homesOf(ctx, rest[:1])
		if err != nil {
			return err
		}
		homes = append(homes, left...)
		b.Queue(`UPDATE identities SET home_profile_id = $2 WHERE merchant_id = $1 AND customer_id = $3`, e.merchant, profile, rest[0])
	}
	b.Queue(`UPDATE profiles SET merged_into = $2, first_name = '', last_name = '', company = '', title = '', language = '', birthday = NULL, sort_name = '', search_text = '', group_id = NULL, group_since = NULL
		WHERE merchant_id = $1 AND id = ANY($3) AND id <> $2`, e.merchant, profile, homes)
	b.Queue(`INSERT INTO decisions (merchant_id, customer_a, customer_b, verdict, actor, at) SELECT $1, least(c.id, $2::uuid), greatest(c.id, $2::uuid), 'TOGETHER', 'relance', $4 FROM customers c
		WHERE c.merchant_id = $1 AND c.id = ANY($3) AND c.id <> $2 AND c.kind = 'MANUAL' ON CONFLICT DO NOTHING`, e.merchant, rest[0], rest, e.now)
	// Their owner as it was, so that deriving sees whose figures change.
	for _, x := range []struct {
		table string
		ids   []uuid.UUID
	}{{"orders", e.orders}, {"carts", e.carts}} {
		b.Queue(`UPDATE `+x.table+` SET profile_id = $2 WHERE merchant_id = $1 AND id = ANY($3)`, e.merchant, profile, notNil(x.ids))
	}
	if err := e.tx.SendBatch(ctx, b).Close(); err != nil {
		return err
	}
	if err := enqueue(ctx, e.tx, e.merchant, "CUSTOMER", rest); err != nil {
		return err
	}
	return e.deriveRecords(ctx)
}

// objects reports whether somebody said no to something here, and not to the shop alone: their sums stay though they go
// with their shop, so that the no outlasts it.
func (e *eraser) objects(ctx context.Context) (said bool, err error) {
	err = e.tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM stopped_addresses WHERE merchant_id = @m AND address = ANY(@emails) AND reason = 'OBJECTION' AND lifted_at IS NULL)
		OR EXISTS (SELECT 1 FROM letter_stops WHERE merchant_id = @m AND customer_id = ANY(@customers) AND reason = 'OBJECTION' AND lifted_at IS NULL)
		OR EXISTS (SELECT 1 FROM (SELECT DISTINCT ON (c.customer_id, c.channel, c.preference, c.controller) c.state FROM consents c WHERE c.merchant_id = @m AND c.customer_id = ANY(@customers) AND c.controller <> ''
			ORDER BY c.customer_id, c.channel, c.preference, c.controller, c.recorded_at DESC, c.id DESC) x WHERE x.state IN ('WITHDRAWN', 'REFUSED'))`, e.args()).Scan(&said)
	return said, err
}

// FinishShopErasure erases what of a shop belongs to nobody, and finishes; false where somebody is still there, or a
// spreadsheet is being read.
func (s *Store) FinishShopErasure(ctx context.Context, t relance.Claim, now time.Time) (done bool, err error) {
	err = s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		if err := lockMerchant(ctx, tx, t.MerchantID); err != nil {
			return err
		}
		r, err := heldShopErasure(ctx, tx, t)
		if err != nil {
			return err
		}
		var open bool
		if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM customers WHERE merchant_id = $1 AND source_id = $2) OR EXISTS (SELECT 1 FROM erasures WHERE merchant_id = $1 AND shop_erasure_id = $3 AND finished_at IS NULL)`,
			t.MerchantID, r.shop, t.ID).Scan(&open); err != nil || open {
			return err
		}
		done = true
		return finishShop(ctx, tx, t, r, now)
	})
	return done && err == nil, err
}

func finishShop(ctx context.Context, tx pgx.Tx, t relance.Claim, r shopErasureRow, now time.Time) error {
	e := &eraser{deriver: &deriver{tx: tx, merchant: t.MerchantID, now: now}, erasure: t.ID, erased: map[string]int64{}, kept: map[string]int64{}}
	if err := e.records(ctx, r.shop, `NOT erased`); err != nil {
		return err
	}
	for _, x := range erasing {
		if x.table == "orders" || x.table == "refunds" || x.table == "carts" {
			if err := e.do(ctx, x); err != nil {
				return err
			}
		}
	}
	for _, table := range []string{"staged_rows", "quarantine", "listed_ids", "sync_cursors"} { // what comes back comes whole
		tag, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE merchant_id = $1 AND shop_id = $2`, t.MerchantID, r.shop)
		if err != nil {
			return fmt.Errorf("erase %s: %w", table, err)
		}
		if n := tag.RowsAffected(); n > 0 && table != "sync_cursors" {
			e.erased[table] += n
		}
	}
	if err := e.deriveRecords(ctx); err != nil {
		return err
	}
	sums := func(column string) string {
		return `(SELECT coalesce(jsonb_object_agg(key, n), '{}') FROM (SELECT x.key, sum(x.value::bigint) AS n FROM erasures p CROSS JOIN LATERAL jsonb_each_text(p.` + column + `) x WHERE p.merchant_id = $1 AND p.shop_erasure_id = $2 GROUP BY 1) y)`
	}
	// What people's own erasures came to, then what was done here.
	for _, more := range [][2]any{{nil, nil}, {e.erased, e.kept}} {
		erased, kept := addCounts("erased", sums("erased")), addCounts("kept", sums("kept"))
		args := []any{t.MerchantID, t.ID}
		if more[0] != nil {
			erased, kept, args = addCounts("erased", "$3"), addCounts("kept", "$4"), append(args, more[0], more[1])
		}
		if _, err := tx.Exec(ctx, `UPDATE shop_erasures SET erased = `+erased+`, kept = `+kept+` WHERE merchant_id = $1 AND id = $2`, args...); err != nil {
			return fmt.Errorf("count what was erased: %w", err)
		}
	}
	if _, err := tx.Exec(ctx, `UPDATE shop_erasures SET step = 'DONE', finished_at = $3 WHERE merchant_id = $1 AND id = $2`, t.MerchantID, t.ID, now); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE privacy_requests SET state = 'DONE', closed_at = $3, closed_by = $4 WHERE merchant_id = $1 AND id = $2`, t.MerchantID, r.request, now, r.actor)
	return err
}
