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

// eraser erases one person inside the transaction that holds the merchant's lock.
type eraser struct {
	*deriver
	suppress *suppressor
	profile  uuid.UUID // who they are now
	erasure  uuid.UUID
	profiles []uuid.UUID // every id that they ever answered to
	people   []person    // their records
	messages []uuid.UUID // follow-ups to them
	orders   []uuid.UUID
	carts    []uuid.UUID
	emails   []string // every address of theirs, in lower case
	erased   map[string]int64
	kept     map[string]int64
	withShop bool // they go with a shop, and did not ask for it
	stays    bool // the person is known elsewhere: what others write to them goes on
}

// find gathers what belongs to the person. Records that are stored and not derived yet are theirs if they
// share a key with what is kept of them.
func (e *eraser) find(ctx context.Context) error {
	customers, err := e.ids(ctx, `SELECT customer_id FROM identities WHERE merchant_id = @m AND profile_id = @profile`)
	if err != nil {
		return err
	}
	late, err := e.underived(ctx)
	if err != nil {
		return err
	}
	if e.people, err = e.deriver.people(ctx, append(customers, late...)); err != nil {
		return err
	}
	if e.profiles, err = e.ids(ctx, `SELECT id FROM profiles WHERE merchant_id = @m AND (id = @profile OR merged_into = @profile)
		UNION SELECT home_profile_id FROM identities WHERE merchant_id = @m AND customer_id = ANY(@customers)`); err != nil {
		return err
	}
	if e.messages, err = e.ids(ctx, `SELECT DISTINCT f.id FROM enrolment_members x JOIN follow_ups f ON f.merchant_id = @m AND f.enrolment_id = x.enrolment_id
		WHERE x.merchant_id = @m AND x.customer_id = ANY(@customers) AND f.customer_id = ANY(@customers)`); err != nil {
		return err
	}
	for _, x := range []struct {
		into  *[]uuid.UUID
		table string
	}{{&e.orders, "orders"}, {&e.carts, "carts"}} {
		if *x.into, err = e.ids(ctx, `SELECT id FROM `+x.table+` WHERE merchant_id = @m AND profile_id = ANY(@profiles)
			UNION SELECT o.id FROM customers c JOIN `+x.table+` o ON o.merchant_id = @m AND o.source_id = c.source_id AND o.customer_external_id = c.external_id AND c.external_id <> ''
			WHERE c.merchant_id = @m AND c.id = ANY(@customers)`); err != nil {
			return err
		}
	}
	return e.findEmails(ctx)
}

// underived lists records that wait to be derived and belong to nobody yet, but share a key that was
// suppressed with this erasure.
func (e *eraser) underived(ctx context.Context) ([]uuid.UUID, error) {
	waiting, err := e.ids(ctx, `SELECT c.id FROM derive_queue q CROSS JOIN unnest(q.ids) x(id) JOIN customers c ON c.merchant_id = @m AND c.id = x.id
		WHERE q.merchant_id = @m AND q.what = 'CUSTOMER' AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.merchant_id = @m AND i.customer_id = c.id)`)
	if err != nil || len(waiting) == 0 {
		return nil, err
	}
	people, err := e.deriver.people(ctx, waiting)
	if err != nil {
		return nil, err
	}
	mine, err := e.sums(ctx)
	var out []uuid.UUID
	for i := range people {
		if slices.ContainsFunc(e.sumsOf(&people[i]), func(s sumOf) bool { return mine[s.sum] }) {
			out = append(out, people[i].ID)
		}
	}
	return out, err
}

func (e *eraser) sums(ctx context.Context) (map[string]bool, error) {
	rows, err := e.tx.Query(ctx, `SELECT sum FROM suppressions WHERE merchant_id = $1 AND erasure_id = $2`, e.merchant, e.erasure)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	out := map[string]bool{}
	for _, x := range list {
		out[string(x)] = true
	}
	return out, err
}

func (e *eraser) findEmails(ctx context.Context) error {
	rows, err := e.query(ctx, `SELECT DISTINCT lower(x.at) FROM (SELECT email AS at FROM customers WHERE merchant_id = @m AND id = ANY(@customers)
		UNION SELECT value FROM contacts WHERE merchant_id = @m AND customer_id = ANY(@customers) AND kind = 'EMAIL'
		UNION SELECT recipient FROM emails WHERE merchant_id = @m AND follow_up_id = ANY(@messages)
		UNION SELECT email FROM orders WHERE merchant_id = @m AND id = ANY(@orders)) x WHERE position('@' IN x.at) > 1`)
	if err != nil {
		return err
	}
	e.emails, err = pgx.CollectRows(rows, pgx.RowTo[string])
	return err
}

// args are what statements name; only those that one names are sent.
func (e *eraser) args() pgx.NamedArgs {
	var owner *uuid.UUID // of the orders from now on; nil: as they are
	if e.profile != uuid.Nil {
		owner = &e.profile
	}
	return pgx.NamedArgs{"owner": owner, "m": e.merchant, "now": e.now, "profile": e.profile, "profiles": notNil(e.profiles), "customers": column(e.people, func(p *person) uuid.UUID { return p.ID }),
		"messages": notNil(e.messages), "orders": notNil(e.orders), "carts": notNil(e.carts), "emails": notNil(e.emails), "erasure": e.erasure}
}

func (e *eraser) query(ctx context.Context, sql string) (pgx.Rows, error) {
	rows, err := e.tx.Query(ctx, sql, e.args())
	if err != nil {
		return nil, fmt.Errorf("gather for erasure: %w", err)
	}
	return rows, nil
}

func (e *eraser) ids(ctx context.Context, sql string) ([]uuid.UUID, error) {
	rows, err := e.query(ctx, sql)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// stop lets nothing more go out: what is decided is refused, what is uncertain counts as sent, letters are
// wanted back.
func (e *eraser) stop(ctx context.Context) error {
	for i, sql := range []string{
		`UPDATE enrolments SET ended_at = @now, end_reason = 'RESTRICTED' WHERE merchant_id = @m AND ended_at IS NULL
			AND id IN (SELECT enrolment_id FROM enrolment_members WHERE merchant_id = @m AND customer_id = ANY(@customers))`,
		`UPDATE follow_ups SET state = 'REFUSED', reason = 'RESTRICTED', detail = '', cause = NULL WHERE merchant_id = @m AND id = ANY(@messages) AND state IN ('HELD', 'DUE')`,
		`UPDATE follow_ups SET state = 'SENT', sent_at = due_at, decided_by = 'relance' WHERE merchant_id = @m AND id = ANY(@messages) AND state = 'UNCERTAIN'`,
		`UPDATE opt_ins SET state = 'ENDED' WHERE merchant_id = @m AND customer_id = ANY(@customers) AND state NOT IN ('CONFIRMED', 'EXPIRED', 'ENDED')`,
		`UPDATE letters SET cancel_at = @now, look_at = @now WHERE merchant_id = @m AND follow_up_id = ANY(@messages) AND ordered_at IS NOT NULL AND ended_at IS NULL AND cancel_at IS NULL
			AND batch_id IS NULL AND state IN ('DRAFT', 'VALIDATED', 'SUBMITTED', 'ACCEPTED', 'UNKNOWN')`,
	} {
		if e.stays && i == 0 {
			continue
		}
		if _, err := e.tx.Exec(ctx, sql, e.args()); err != nil {
			return fmt.Errorf("stop what goes out: %w", err)
		}
	}
	return nil
}

// sumOf is a sum with what it is of.
type sumOf struct{ kind, sum string }

func (e *eraser) sumsOf(p *person) []sumOf {
	out := []sumOf{{recordKind, e.suppress.record(p.SourceID, p.ExternalID)}}
	for _, k := range p.keys() {
		out = append(out, sumOf{string(k.Kind), e.suppress.sum(string(k.Kind), k.Value, k.Name)})
	}
	return out
}

// keepAway notes by what the person would be recognised, as sums. What somebody else has as well, such as
// the address of an office, is left out: it would keep them away too.
func (e *eraser) keepAway(ctx context.Context) error {
	shared, err := e.sharedKeys(ctx)
	if err != nil {
		return err
	}
	b := &pgx.Batch{}
	add := func(kind, sum string) {
		b.Queue(`INSERT INTO suppressions (merchant_id, sum, kind, erasure_id, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, e.merchant, []byte(sum), kind, e.erasure, e.now)
	}
	for i := range e.people {
		p := &e.people[i]
		add(recordKind, e.suppress.record(p.SourceID, p.ExternalID))
		for _, k := range p.keys() {
			if sum := e.suppress.sum(string(k.Kind), k.Value, k.Name); !shared[sum] {
				add(string(k.Kind), sum)
			}
		}
	}
	for _, raw := range e.emails {
		at := identity.Email(raw)
		if sum := e.suppress.sum(string(identity.ByEmail), at, ""); at != "" && !shared[sum] {
			add(string(identity.ByEmail), sum)
			b.Queue(`UPDATE suppressions SET objected = true WHERE merchant_id = $1 AND sum = $2 AND EXISTS
				(SELECT 1 FROM stopped_addresses s WHERE s.merchant_id = $1 AND s.address = $3 AND s.reason = 'OBJECTION' AND s.lifted_at IS NULL)`, e.merchant, []byte(sum), raw)
		}
	}
	if err := e.tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("note who is erased: %w", err)
	}
	return nil
}

// letComeBack forgets by what somebody would be recognised who goes with their shop: the platform speaks of the
// merchant's data, and nobody asked to be forgotten. Whoever said no to something here is kept away all the same.
func (e *eraser) letComeBack(ctx context.Context) error {
	if !e.withShop {
		return nil
	}
	objects, err := e.objects(ctx)
	if err != nil || objects {
		return err
	}
	_, err = e.tx.Exec(ctx, `DELETE FROM suppressions WHERE merchant_id = $1 AND erasure_id = $2`, e.merchant, e.erasure)
	return err
}

// sharedKeys are the sums of keys that other people's records have as well.
func (e *eraser) sharedKeys(ctx context.Context) (map[string]bool, error) {
	rows, err := e.query(ctx, `SELECT DISTINCT k.kind, k.value, k.name FROM identity_keys mine JOIN identity_keys k ON k.merchant_id = @m AND k.kind = mine.kind AND k.value = mine.value
			AND (k.kind IN ('EMAIL', 'CUSTOMER_NUMBER') OR k.name = mine.name) AND NOT k.customer_id = ANY(@customers)
		WHERE mine.merchant_id = @m AND mine.customer_id = ANY(@customers)`)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	var kind, value, name string
	_, err = pgx.ForEachRow(rows, []any{&kind, &value, &name}, func() error {
		out[e.suppress.sum(kind, value, name)] = true
		return nil
	})
	return out, err
}

// errFilesInUse says that a spreadsheet is being read at this moment.
var errFilesInUse = errors.New("a spreadsheet is being imported")

// errElsewhere says that somebody else took the erasure up.
var errElsewhere = errors.New("somebody else erases")

// EraseRecords erases everything of the person at once, and finishes the erasure; false where a spreadsheet
// that may name them is being read: it is to be done again soon.
func (s *Store) EraseRecords(ctx context.Context, t relance.Claim, now time.Time) (done bool, err error) {
	err = s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		p, err := s.suppressor(ctx, tx, t.MerchantID, aloneSuppressions, now)
		if err != nil {
			return err
		}
		if err := lockMerchant(ctx, tx, t.MerchantID); err != nil {
			return err
		}
		e := &eraser{deriver: &deriver{tx: tx, merchant: t.MerchantID, now: now}, suppress: p, erasure: t.ID, erased: map[string]int64{}, kept: map[string]int64{}}
		var request, shop *uuid.UUID
		var actor string
		err = tx.QueryRow(ctx, `SELECT profile_id, request_id, shop_erasure_id, begun_by FROM erasures WHERE merchant_id = $1 AND id = $2 AND claims = $3 AND step = 'RECORDS' AND finished_at IS NULL FOR UPDATE`,
			t.MerchantID, t.ID, t.Claims).Scan(&e.profile, &request, &shop, &actor)
		if errors.Is(err, pgx.ErrNoRows) {
			return errElsewhere
		}
		if err != nil {
			return err
		}
		if e.profile, err = e.current(ctx, e.profile); err != nil { // it may have been merged meanwhile
			return err
		}
		e.withShop = shop != nil
		if err := e.run(ctx); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE erasures SET step = 'DONE', finished_at = $4, erased = $5, kept = kept || $6, problem = NULL WHERE merchant_id = $1 AND id = $2 AND claims = $3`,
			t.MerchantID, t.ID, t.Claims, now, e.erased, e.kept); err != nil {
			return fmt.Errorf("finish erasure: %w", err)
		}
		if _, err := tx.Exec(ctx, `UPDATE privacy_requests SET state = 'DONE', closed_at = $3, closed_by = $4 WHERE merchant_id = $1 AND id = $2`, t.MerchantID, request, now, actor); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO audit (merchant_id, id, at, actor, action, subject_kind, subject_id, detail) VALUES ($1, $2, $3, 'relance', 'erase_person', 'erasure', $4, 'null')`,
			t.MerchantID, newID(), now, t.ID.String())
		return err
	})
	if errors.Is(err, errFilesInUse) || errors.Is(err, errElsewhere) {
		return false, nil
	}
	return err == nil, err
}

// run erases.
func (e *eraser) run(ctx context.Context) error {
	if err := e.find(ctx); err != nil {
		return err
	}
	if err := e.stop(ctx); err != nil {
		return err
	}
	if err := e.keepAway(ctx); err != nil {
		return err
	}
	if err := e.letComeBack(ctx); err != nil {
		return err
	}
	if err := e.files(ctx); err != nil {
		return err
	}
	if err := e.words(ctx); err != nil {
		return err
	}
	if err := e.ledgers(ctx); err != nil {
		return err
	}
	for _, x := range erasing {
		if err := e.do(ctx, x); err != nil {
			return err
		}
	}
	// Whose they are, and what they come to, is derived anew.
	return e.deriveRecords(ctx)
}

// deriveRecords has the orders and carts derived anew.
func (e *eraser) deriveRecords(ctx context.Context) error {
	if err := enqueue(ctx, e.tx, e.merchant, "ORDER", e.orders); err != nil {
		return err
	}
	return enqueue(ctx, e.tx, e.merchant, "CART", e.carts)
}

// ledgers erases what is otherwise only added to: consents, and what the audit trail says of the acts.
func (e *eraser) ledgers(ctx context.Context) error {
	var consents, audit int64
	err := e.tx.QueryRow(ctx, `SELECT consents, audit FROM erase_ledgers(@customers, ARRAY(SELECT x::text FROM unnest(@profiles::uuid[] || @customers::uuid[] || @messages::uuid[] || @orders::uuid[]) x
		UNION SELECT id::text FROM merges WHERE merchant_id = @m AND (into_profile_id = ANY(@profiles) OR from_profile_ids && @profiles)))`, e.args()).Scan(&consents, &audit)
	if err != nil {
		return fmt.Errorf("erase ledgers: %w", err)
	}
	for table, n := range map[string]int64{"consents": consents, "audit": audit} {
		if n > 0 && table == "audit" {
			e.kept[table] = n
		} else if n > 0 {
			e.erased[table] = n
		}
	}
	return nil
}
