package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// typedRecord is the record that holds what people typed about somebody.
type typedRecord struct {
	ID       uuid.UUID
	SourceID uuid.UUID
	Details  relance.ProfileDetails
	Created  time.Time
}

// SaveDetails puts details in place of what was typed about a profile until now, which must be as of
// the revision: otherwise somebody else changed it meanwhile.
func (s *Store) SaveDetails(ctx context.Context, m, profile uuid.UUID, d relance.TypedDetails, revision int, actor string, now time.Time) (change uuid.UUID, err error) {
	err = s.onProfile(ctx, m, profile, now, func(tx pgx.Tx, current uuid.UUID) error {
		if err := s.refuseErased(ctx, tx, m, &d, now); err != nil {
			return err
		}
		e := &editor{deriver: &deriver{tx: tx, merchant: m, now: now}, actor: actor}
		record, err := e.typed(ctx, current)
		if err != nil {
			return err
		}
		if record.Details.Revision != revision {
			return relance.Tell(relance.CodeConflict, nil, "DETAILS_CHANGED")
		}
		change, err = e.save(ctx, current, record, d)
		return err
	})
	return change, err
}

// AddPerson makes a profile of what people typed. Where the details match somebody who is known, it
// is that profile. shop is the one whose customer it is, where there is one.
func (s *Store) AddPerson(ctx context.Context, m uuid.UUID, shop *uuid.UUID, d relance.TypedDetails, actor string, now time.Time) (profile uuid.UUID, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if err := lockMerchant(ctx, tx, m); err != nil {
			return err
		}
		if err := s.refuseErased(ctx, tx, m, &d, now); err != nil {
			return err
		}
		e := &editor{deriver: &deriver{tx: tx, merchant: m, now: now}, actor: actor}
		record, err := e.fresh(ctx)
		if err != nil {
			return err
		}
		if err := e.write(ctx, record, d); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE customers SET shop_id = $3 WHERE merchant_id = $1 AND id = $2`, m, record.ID, shop); err != nil {
			return err
		}
		if err := e.resolveNow(ctx, []uuid.UUID{record.ID}); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `UPDATE profiles p SET admin_changed_at = $3 FROM identities i WHERE i.merchant_id = $1 AND i.customer_id = $2
			AND p.merchant_id = $1 AND p.id = i.profile_id RETURNING p.id`, m, record.ID, now).Scan(&profile); err != nil {
			return fmt.Errorf("find the new profile: %w", err)
		}
		_, err = e.note(ctx, profile, relance.ChangeDetails, (&relance.TypedDetails{}).Differences(&d), &record.ID, relance.TypedDetails{}, d)
		return err
	})
	return profile, err
}

// editor changes profiles inside the transaction that holds the merchant's lock.
type editor struct {
	*deriver
	actor string
	bulk  *uuid.UUID // the run that changes many; nil: a change by itself
}

// typed finds the record that was typed last about a profile, or a fresh one.
func (e *editor) typed(ctx context.Context, profile uuid.UUID) (*typedRecord, error) {
	r := &typedRecord{}
	err := e.tx.QueryRow(ctx, `SELECT c.id, c.source_id, coalesce(c.typed, '{}'), c.typed_revision, c.created_at`+typedOf, e.merchant, profile).
		Scan(&r.ID, &r.SourceID, &r.Details.TypedDetails, &r.Details.Revision, &r.Created)
	if errors.Is(err, pgx.ErrNoRows) {
		return e.fresh(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("read typed details: %w", err)
	}
	return r, nil
}

// fresh is a record that is not stored yet.
func (e *editor) fresh(ctx context.Context) (*typedRecord, error) {
	r := &typedRecord{Created: e.now}
	err := e.tx.QueryRow(ctx, `INSERT INTO sources AS s (merchant_id, id, kind, name) VALUES ($1, $2, 'MANUAL', '')
		ON CONFLICT (merchant_id) WHERE kind = 'MANUAL' DO UPDATE SET name = s.name RETURNING id`, e.merchant, newID()).Scan(&r.SourceID)
	if err != nil {
		return nil, fmt.Errorf("find source of typed details: %w", err)
	}
	return r, nil
}

// save writes the details of a profile and notes the change; no difference is no change.
func (e *editor) save(ctx context.Context, profile uuid.UUID, r *typedRecord, d relance.TypedDetails) (uuid.UUID, error) {
	values := r.Details.Differences(&d)
	if len(values) == 0 {
		return uuid.Nil, nil
	}
	before, isNew := r.Details.TypedDetails, r.ID == uuid.Nil
	if err := e.write(ctx, r, d); err != nil {
		return uuid.Nil, err
	}
	if isNew {
		if err := e.tie(ctx, profile, r.ID); err != nil {
			return uuid.Nil, err
		}
	}
	if err := e.resolveNow(ctx, []uuid.UUID{r.ID}); err != nil {
		return uuid.Nil, err
	}
	return e.note(ctx, profile, relance.ChangeDetails, values, &r.ID, before, d)
}

// tie keeps a typed record with the record that the profile began with, whatever the two share.
func (e *editor) tie(ctx context.Context, profile, record uuid.UUID) error {
	_, err := e.tx.Exec(ctx, `INSERT INTO decisions (merchant_id, customer_a, customer_b, verdict, into_home, actor, at)
		SELECT $1, least(i.customer_id, $3), greatest(i.customer_id, $3), 'TOGETHER', $2, $4, $5 FROM identities i WHERE i.merchant_id = $1 AND i.home_profile_id = $2`,
		e.merchant, profile, record, e.actor, e.now)
	if err != nil {
		return fmt.Errorf("tie typed details: %w", err)
	}
	return nil
}

// write stores a record of what was typed, with its parts.
func (e *editor) write(ctx context.Context, r *typedRecord, d relance.TypedDetails) error {
	external := r.ID
	if r.ID == uuid.Nil {
		external = newID()
	} else if err := e.tx.QueryRow(ctx, `SELECT external_id::uuid FROM customers WHERE merchant_id = $1 AND id = $2`, e.merchant, r.ID).Scan(&external); err != nil {
		return fmt.Errorf("find typed record: %w", err)
	}
	c := customerOf(&d, external, r.Created, e.now)
	c.Deleted = len((&relance.TypedDetails{}).Differences(&d)) == 0 // taken back: nobody lives by it
	w := &writer{tx: e.tx, merchant: e.merchant, source: r.SourceID, now: e.now}
	done, err := w.upsertCustomers(ctx, toFacts([]relance.Customer{c}, func(c *relance.Customer) (string, *relance.Version) { return c.ExternalID, &c.Version }))
	if err != nil {
		return fmt.Errorf("store typed details: %w", err)
	}
	if made, ok := done[c.ExternalID]; ok {
		r.ID = made.ID
	}
	doc, err := json.Marshal(d)
	if err != nil {
		return err
	}
	if _, err := e.tx.Exec(ctx, `UPDATE customers SET typed = $3, typed_revision = typed_revision + 1 WHERE merchant_id = $1 AND id = $2`, e.merchant, r.ID, doc); err != nil {
		return fmt.Errorf("store typed details: %w", err)
	}
	return e.writeParts(ctx, w, r.ID, &c, &d)
}

func (e *editor) writeParts(ctx context.Context, w *writer, id uuid.UUID, c *relance.Customer, d *relance.TypedDetails) error {
	if err := w.dropParts(ctx, "customer_id", []uuid.UUID{id}, "addresses", "contacts"); err != nil {
		return err
	}
	facts := []fact[relance.Customer]{{ExternalID: c.ExternalID, Record: c}}
	if err := w.insertAddresses(ctx, facts, map[string]written{c.ExternalID: {ID: id}}); err != nil {
		return fmt.Errorf("store typed addresses: %w", err)
	}
	for kind, list := range map[string][]string{"EMAIL": others(d.Emails), "PHONE": others(d.Phones)} {
		if _, err := e.tx.Exec(ctx, `INSERT INTO contacts (merchant_id, customer_id, kind, position, value) SELECT $1, $2, $3, n, v FROM unnest($4::text[]) WITH ORDINALITY t(v, n)`,
			e.merchant, id, kind, list); err != nil {
			return fmt.Errorf("store typed contacts: %w", err)
		}
	}
	return nil
}

// customerOf is the record that the details make.
func customerOf(d *relance.TypedDetails, external uuid.UUID, created, now time.Time) relance.Customer {
	return relance.Customer{ExternalID: external.String(), Version: relance.Version{UpdatedAt: now, ReadAt: now}, Kind: relance.IdentityManual, Active: true,
		Email: head(d.Emails), Phone: head(d.Phones), Title: d.Title, FirstName: d.FirstName, LastName: d.LastName, Company: d.Company,
		Language: d.Language, Birthday: d.Birthday, CreatedAt: created, Business: d.Business, Addresses: d.Addresses}
}

func head(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func others(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list[1:]
}

// note writes down what was changed about a profile.
func (e *editor) note(ctx context.Context, profile uuid.UUID, kind relance.ChangeKind, values []relance.ChangedValue, record *uuid.UUID, before, after any) (uuid.UUID, error) {
	id := newID()
	docs := make([][]byte, 3)
	for i, v := range []any{values, before, after} {
		b, err := json.Marshal(v)
		if err != nil {
			return id, err
		}
		docs[i] = b
	}
	_, err := e.tx.Exec(ctx, `INSERT INTO profile_changes (merchant_id, id, origin_profile_id, profile_id, at, actor, kind, values, customer_id, before, after, bulk_id)
		VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, e.merchant, id, profile, e.now, e.actor, kind, docs[0], record, docs[1], docs[2], e.bulk)
	if err != nil {
		return id, fmt.Errorf("note change: %w", err)
	}
	return id, nil
}

// UndoChange takes a change of a profile back, as long as what it made is still there.
func (s *Store) UndoChange(ctx context.Context, m, change uuid.UUID, actor string, now time.Time) (profile uuid.UUID, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if err := lockMerchant(ctx, tx, m); err != nil {
			return err
		}
		e := &editor{deriver: &deriver{tx: tx, merchant: m, now: now}, actor: actor}
		profile, err = e.takeBack(ctx, change)
		return err
	})
	return profile, err
}

// takeBack undoes a change and notes that it was, and gives whose it is.
func (e *editor) takeBack(ctx context.Context, change uuid.UUID) (profile uuid.UUID, err error) {
	c, err := e.change(ctx, change)
	if err != nil {
		return profile, err
	}
	if err := e.undo(ctx, c); err != nil {
		return c.ProfileID, err
	}
	if _, err := e.tx.Exec(ctx, `UPDATE profile_changes SET undone_at = $3, undone_by = $4 WHERE merchant_id = $1 AND id = $2`, e.merchant, change, e.now, e.actor); err != nil {
		return c.ProfileID, err
	}
	return c.ProfileID, e.touched(ctx, []uuid.UUID{c.ProfileID})
}

// changeRow is a change that is to be undone.
type changeRow struct {
	ProfileID     uuid.UUID
	Kind          relance.ChangeKind
	CustomerID    *uuid.UUID
	Before, After []byte
}

func (e *editor) change(ctx context.Context, id uuid.UUID) (*changeRow, error) {
	rows, err := e.tx.Query(ctx, `SELECT coalesce(p.merged_into, p.id) AS profile_id, x.kind, x.customer_id, x.before, x.after FROM profile_changes x
		JOIN profiles p ON p.merchant_id = $1 AND p.id = x.profile_id WHERE x.merchant_id = $1 AND x.id = $2 AND x.undone_at IS NULL`, e.merchant, id)
	if err != nil {
		return nil, fmt.Errorf("read change: %w", err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToAddrOfStructByName[changeRow])
	return c, notFound(err, "change")
}

// undo puts back what was before.
func (e *editor) undo(ctx context.Context, c *changeRow) error {
	switch c.Kind {
	case relance.ChangeGroup:
		return e.undoGroup(ctx, c)
	case relance.ChangeConsent:
		return e.undoConsent(ctx, c)
	case relance.ChangeLabel:
		return e.undoLabel(ctx, c)
	case relance.ChangePhoto:
		return e.undoPhoto(ctx, c)
	default:
		return e.undoDetails(ctx, c)
	}
}

func (e *editor) undoLabel(ctx context.Context, c *changeRow) error {
	var before, after string
	if err := errors.Join(json.Unmarshal(c.Before, &before), json.Unmarshal(c.After, &after)); err != nil {
		return err
	}
	if before != "" {
		_, err := e.putLabel(ctx, c.ProfileID, before)
		return err
	}
	_, err := e.takeLabel(ctx, c.ProfileID, after)
	return err
}

func (e *editor) undoGroup(ctx context.Context, c *changeRow) error {
	var before, after *uuid.UUID
	if err := errors.Join(json.Unmarshal(c.Before, &before), json.Unmarshal(c.After, &after)); err != nil {
		return err
	}
	is, err := e.groupOf(ctx, c.ProfileID)
	if err != nil {
		return err
	}
	if !same(is, after) {
		return relance.Tell(relance.CodeConflict, nil, "CHANGED_SINCE")
	}
	return e.putInGroup(ctx, c.ProfileID, before)
}

func (e *editor) undoDetails(ctx context.Context, c *changeRow) error {
	var before, after, is relance.TypedDetails
	if err := errors.Join(json.Unmarshal(c.Before, &before), json.Unmarshal(c.After, &after)); err != nil {
		return err
	}
	r := &typedRecord{ID: *c.CustomerID}
	if err := e.tx.QueryRow(ctx, `SELECT source_id, coalesce(typed, '{}'), created_at FROM customers WHERE merchant_id = $1 AND id = $2`, e.merchant, r.ID).Scan(&r.SourceID, &is, &r.Created); err != nil {
		return notFound(err, "record")
	}
	if len(is.Differences(&after)) > 0 {
		return relance.Tell(relance.CodeConflict, nil, "CHANGED_SINCE")
	}
	if err := e.write(ctx, r, before); err != nil {
		return err
	}
	return e.resolveNow(ctx, []uuid.UUID{r.ID})
}

// DetailsOf reads what people typed about a profile.
func (s *Store) DetailsOf(ctx context.Context, m, profile uuid.UUID) (out relance.ProfileDetails, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		e := &editor{deriver: &deriver{tx: tx, merchant: m}}
		current, err := e.current(ctx, profile)
		if err != nil {
			return err
		}
		err = tx.QueryRow(ctx, `SELECT coalesce(c.typed, '{}'), c.typed_revision`+typedOf, m, current).Scan(&out.TypedDetails, &out.Revision)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	return out, err
}

// typedOf finds the record of a profile that was typed last.
const typedOf = ` FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id
	WHERE i.merchant_id = $1 AND i.profile_id = $2 AND c.kind = 'MANUAL' ORDER BY c.deleted_at IS NOT NULL, c.source_updated_at DESC, c.id LIMIT 1`

// ProfileChanges lists the latest changes that people made to a profile, newest first.
func (s *Store) ProfileChanges(ctx context.Context, m, profile uuid.UUID, first int) (out []relance.ProfileChange, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT x.id, x.at, `+actorName("x.actor")+` AS actor, x.kind, x.values, x.undone_at, `+actorName("x.undone_by")+` AS undone_by
			FROM profile_changes x WHERE x.merchant_id = $1 AND x.profile_id = (SELECT coalesce(merged_into, id) FROM profiles WHERE merchant_id = $1 AND id = $2)
			ORDER BY x.at DESC, x.id DESC LIMIT $3`, m, profile, first)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByName[relance.ProfileChange])
		return err
	})
	return out, err
}

// actorName is whoever did something, as people call them: by name, else by e-mail address; a campaign by its name.
func actorName(column string) string {
	return `coalesce((SELECT coalesce(nullif(who.name, ''), who.email) FROM users who WHERE who.merchant_id = $1 AND 'user ' || who.id = ` + column + `),
		(SELECT nullif(who.name, '') FROM api_tokens who WHERE who.merchant_id = $1 AND 'token ' || who.id = ` + column + `),
		(SELECT who.name FROM campaigns who WHERE who.merchant_id = $1 AND '` + byCampaign + `' || who.id = ` + column + `), ` + column + `)`
}

// ChangedProfile is the profile that a change is about.
func (s *Store) ChangedProfile(ctx context.Context, m, change uuid.UUID) (profile uuid.UUID, err error) {
	err = s.readRow(ctx, m, []any{&profile}, `SELECT profile_id FROM profile_changes WHERE merchant_id = $1 AND id = $2`, m, change)
	return profile, notFound(err, "change")
}

// writeToTyped lets letters go to the address that people typed, whatever the shops have.
func writeToTyped(p *relance.Facts) {
	at := slices.IndexFunc(p.Records, func(r relance.FactRecord) bool {
		return r.Kind == relance.IdentityManual && !r.Deleted && r.Address != nil
	})
	if at < 0 {
		return
	}
	typed := p.Records[at]
	a := *typed.Address
	a.FirstName, a.LastName = cmp.Or(a.FirstName, p.FirstName), cmp.Or(a.LastName, p.LastName)
	for i := range p.Records {
		if r := &p.Records[i]; r.Kind != relance.IdentityManual {
			own := a
			r.Address, r.Robinson = &own, r.Robinson || typed.Robinson
		}
	}
}
