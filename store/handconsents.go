package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// Ask is how a confirmation is asked for by e-mail.
type Ask struct {
	CustomerID uuid.UUID // the record whose address it goes to
	Address    string
	Language   string
	Wording    string
}

// SayConsent writes down a yes or a no, given to the legal entity of a shop. With ask the yes counts once
// the person confirms it. A yes where an objection stands needs to lift it; a no holds at once.
func (s *Store) SayConsent(ctx context.Context, m, profile uuid.UUID, h relance.HandConsent, ask *Ask, actor string, now time.Time) error {
	return s.onProfile(ctx, m, profile, now, func(tx pgx.Tx, current uuid.UUID) error {
		t := &talk{editor: &editor{deriver: &deriver{tx: tx, merchant: m, now: now}, actor: actor}, profile: current, h: h}
		if err := t.prepare(ctx); err != nil {
			return err
		}
		switch {
		case !h.Given:
			return t.no(ctx)
		case ask != nil:
			return t.ask(ctx, ask)
		}
		return t.yes(ctx)
	})
}

// talk is what somebody says, being written down.
type talk struct {
	*editor
	profile    uuid.UUID
	h          relance.HandConsent
	controller string
	version    int
	tracks     []track
}

// track is a line of the ledger by hand: a record and a controller, with what holds there.
type track struct {
	CustomerID uuid.UUID            `json:"customer"`
	Controller string               `json:"controller"`
	ID         uuid.UUID            `json:"entry"` // the latest entry; the zero id: none yet
	State      relance.ConsentState `json:"state"`
	Since      *time.Time           `json:"since"`
	Proof      string               `json:"proof"`
	Version    *int                 `json:"version"`
	OptInID    *uuid.UUID           `json:"optIn"`
}

const sameEntity = `lower(regexp_replace(trim(%s), '\s+', ' ', 'g')) = lower(regexp_replace(trim(%s), '\s+', ' ', 'g'))`

// prepare finds the controller, the preference as it is called, and the lines of the ledger to write to.
func (t *talk) prepare(ctx context.Context) error {
	err := t.tx.QueryRow(ctx, `SELECT trim(legal_entity) FROM shop_settings WHERE merchant_id = $1 AND shop_id = $2`, t.merchant, t.h.ShopID).Scan(&t.controller)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	if t.controller == "" {
		return relance.TellField("shopId", "SHOP_WITHOUT_CONTROLLER")
	}
	if t.h.Preference != "" {
		err := t.tx.QueryRow(ctx, `SELECT key, version FROM consent_preferences WHERE merchant_id = $1 AND channel = $2 AND lower(key) = lower($3) AND (retired_at IS NULL OR NOT $4)`,
			t.merchant, t.h.Channel, t.h.Preference, t.h.Given).Scan(&t.h.Preference, &t.version)
		if errors.Is(err, pgx.ErrNoRows) {
			return relance.TellField("preference", "NO_PREFERENCE")
		}
		if err != nil {
			return err
		}
	}
	return t.findTracks(ctx)
}

func (t *talk) findTracks(ctx context.Context) error {
	rows, err := t.tx.Query(ctx, `SELECT DISTINCT ON (c.customer_id, c.controller) c.customer_id, c.controller, c.id, c.state, c.since, c.proof, c.wording_version AS version, c.opt_in_id
		FROM identities i JOIN consents c ON c.merchant_id = $1 AND c.customer_id = i.customer_id AND c.channel = $3 AND c.preference = $4 AND c.controller <> ''
		WHERE i.merchant_id = $1 AND i.profile_id = $2 AND `+fmt.Sprintf(sameEntity, "c.controller", "$5")+` ORDER BY c.customer_id, c.controller, c.recorded_at DESC, c.id DESC`,
		t.merchant, t.profile, t.h.Channel, t.h.Preference, t.controller)
	if err != nil {
		return err
	}
	if t.tracks, err = pgx.CollectRows(rows, pgx.RowToStructByName[track]); err != nil || len(t.tracks) > 0 {
		return err
	}
	fresh := track{Controller: t.controller, State: relance.ConsentUnknown}
	err = t.tx.QueryRow(ctx, `SELECT c.id FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id WHERE i.merchant_id = $1 AND i.profile_id = $2
		ORDER BY c.deleted_at IS NOT NULL, c.source_id <> $3, c.kind <> 'MANUAL', c.created_at DESC, c.id LIMIT 1`, t.merchant, t.profile, t.h.ShopID).Scan(&fresh.CustomerID)
	t.tracks = []track{fresh}
	return notFound(err, "record")
}

// holds is the strictest of what holds by hand.
func (t *talk) holds() relance.ConsentState {
	state := t.tracks[0].State
	for _, x := range t.tracks {
		if x.State.Strictness() < state.Strictness() {
			state = x.State
		}
	}
	return state
}

func (t *talk) yes(ctx context.Context) error {
	if t.holds() == relance.ConsentConfirmed {
		return relance.Tell(relance.CodeConflict, nil, "CONSENT_CONFIRMED_ALREADY")
	}
	lifted, err := t.lift(ctx)
	if err != nil {
		return err
	}
	return t.write(ctx, said{state: relance.ConsentGranted, lifted: lifted})
}

// no holds at once: messages are judged again before they go out, letters that are not printed are wanted
// back, the shops of the controller are told of e-mail, and nothing is asked any more.
func (t *talk) no(ctx context.Context) error {
	state := relance.ConsentRefused
	var said2 said
	err := t.tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM (`+latestConsents+` WHERE i.merchant_id = $1 AND i.profile_id = $2 AND c.channel = $3 AND c.preference = $4`+latestFirst+`) x
		WHERE x.state IN ('GRANTED', 'CONFIRMED'))`, t.merchant, t.profile, t.h.Channel, t.h.Preference).Scan(&said2.before)
	if err != nil {
		return err
	}
	if said2.before {
		state = relance.ConsentWithdrawn
	}
	said2.state = state
	b := &pgx.Batch{}
	if t.h.Channel == relance.ChannelEmail {
		b.Queue(`UPDATE opt_ins o SET state = 'ENDED' WHERE o.merchant_id = $1 AND o.customer_id IN (`+recordsOf+`) AND o.state IN ('DUE', 'SENDING', 'SENT', 'FAILED', 'UNCERTAIN')
			AND ($3 = '' OR o.preference = $3) AND `+fmt.Sprintf(sameEntity, "o.controller", "$4"), t.merchant, t.profile, t.h.Preference, t.controller)
	}
	switch {
	case t.h.Preference != "":
	case t.h.Channel == relance.ChannelEmail:
		b.Queue(`INSERT INTO consent_withdrawals AS w (merchant_id, customer_id, at, state, next_at)
			SELECT $1, c.id, $3, 'DUE', $3::timestamptz + make_interval(secs => $5) FROM customers c JOIN shops h ON h.merchant_id = $1 AND h.id = c.source_id AND h.state <> 'DISCONNECTED'
				JOIN shop_settings t ON t.merchant_id = $1 AND t.shop_id = h.id WHERE c.merchant_id = $1 AND c.id IN (`+recordsOf+`) AND c.email <> '' AND c.deleted_at IS NULL AND `+fmt.Sprintf(sameEntity, "t.legal_entity", "$4")+`
			ON CONFLICT (merchant_id, customer_id) DO UPDATE SET at = excluded.at, state = 'DUE', attempts = 0, next_at = excluded.next_at, detail = '', cause = NULL, needs_somebody = false, done_at = NULL`,
			t.merchant, t.profile, t.now, t.controller, undoTime.Seconds())
	case t.h.Channel == relance.ChannelLetter:
		b.Queue(callBack+`f.customer_id IN (SELECT customer_id FROM identities WHERE merchant_id = $1 AND profile_id = $2)
			AND f.shop_id IN (SELECT t.shop_id FROM shop_settings t WHERE t.merchant_id = $1 AND `+fmt.Sprintf(sameEntity, "t.legal_entity", "$4")+`)`, t.merchant, t.profile, t.now, t.controller)
	}
	if err := t.tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("pass a no on: %w", err)
	}
	return t.write(ctx, said2)
}

const recordsOf = `SELECT customer_id FROM identities WHERE merchant_id = $1 AND profile_id = $2`

// ask notes a request to confirm a yes by e-mail, to be mailed by a worker. Until it is confirmed nothing
// wider holds than before.
func (t *talk) ask(ctx context.Context, a *Ask) error {
	if t.holds() == relance.ConsentConfirmed {
		return relance.Tell(relance.CodeConflict, nil, "CONSENT_CONFIRMED_ALREADY")
	}
	var open, year int
	err := t.tx.QueryRow(ctx, `SELECT count(*) FILTER (WHERE o.state IN ('DUE', 'SENDING', 'SENT', 'FAILED', 'UNCERTAIN') AND o.expires_at > $4), count(*) FROM opt_ins o
		WHERE o.merchant_id = $1 AND o.customer_id IN (`+recordsOf+`) AND o.requested_at > $5 AND `+fmt.Sprintf(sameEntity, "o.controller", "$3"),
		t.merchant, t.profile, t.controller, t.now, t.now.Add(-relance.OptInCounted)).Scan(&open, &year)
	switch {
	case err != nil:
		return err
	case open > 0:
		return relance.Tell(relance.CodeConflict, nil, "OPT_IN_OPEN")
	case year >= relance.OptInsAYear:
		return relance.Tell(relance.CodeConflict, nil, "OPT_IN_TOO_OFTEN")
	}
	objections, err := t.objections(ctx)
	if err != nil {
		return err
	}
	if err := t.mayLift(objections); err != nil {
		return err
	}
	id := newID()
	_, err = t.tx.Exec(ctx, `INSERT INTO opt_ins (merchant_id, id, customer_id, shop_id, controller, preference, wording_version, wording, language, address, since, how, proof, lift, actor, state, next_at, requested_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'DUE', $16, $16, $17)`,
		t.merchant, id, a.CustomerID, t.h.ShopID, t.controller, t.h.Preference, t.version, a.Wording, a.Language, a.Address, t.h.Since, t.h.How, t.h.Proof, len(objections) > 0, t.actor, t.now, t.now.Add(relance.OptInLasts))
	if err != nil {
		return fmt.Errorf("ask for a confirmation: %w", err)
	}
	return t.write(ctx, said{state: relance.ConsentPending, optIn: &id})
}

// said is what becomes of the ledger.
type said struct {
	state  relance.ConsentState
	before bool // a yes held
	lifted *lifted
	optIn  *uuid.UUID
}

// write adds to the ledger and notes the change.
func (t *talk) write(ctx context.Context, s said) error {
	c := consentChange{Channel: t.h.Channel, Preference: t.h.Preference, Before: t.tracks, Lifted: s.lifted, OptIn: s.optIn, At: t.now}
	before := t.holds()
	// A request that waits widens nothing and takes back no yes.
	if s.state != relance.ConsentPending || before == relance.ConsentUnknown || before == relance.ConsentPending {
		for _, x := range t.tracks {
			entry := track{CustomerID: x.CustomerID, Controller: x.Controller, State: s.state, Since: &t.h.Since, Proof: t.h.Proof, OptInID: s.optIn}
			if t.h.Given {
				entry.Version = &t.version
			}
			if s.state == relance.ConsentPending {
				entry.Proof = "" // stands with the request, which goes if nobody confirms it
			}
			id, err := t.add(ctx, t.h.Channel, t.h.Preference, t.h.Source(), entry)
			if err != nil {
				return err
			}
			c.Entries = append(c.Entries, id)
		}
	}
	value := relance.ChangedValue{Name: "consent", After: consentWords(t.h.Channel, t.h.Preference, s.state)}
	if before != relance.ConsentUnknown {
		value.Before = consentWords(t.h.Channel, t.h.Preference, before)
	}
	_, err := t.note(ctx, t.profile, relance.ChangeConsent, []relance.ChangedValue{value}, nil, nil, c)
	return err
}

// consentWords is a word of the ledger as it stands among the changes: the dashboard has it in its languages.
func consentWords(c relance.ConsentChannel, preference string, s relance.ConsentState) string {
	return strings.Join([]string{string(c), string(s), preference}, ":")
}

// add adds an entry to the ledger. Of a line the latest holds, whatever the clock says.
func (e *editor) add(ctx context.Context, channel relance.ConsentChannel, preference, source string, x track) (id uuid.UUID, err error) {
	id = newID()
	_, err = e.tx.Exec(ctx, `INSERT INTO consents (merchant_id, id, customer_id, channel, preference, state, since, source, proof, controller, wording_version, opt_in_id, actor, recorded_at)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, greatest($14::timestamptz, (SELECT max(c.recorded_at) FROM consents c
			WHERE c.merchant_id = $1 AND c.customer_id = $3 AND c.channel = $4 AND c.preference = $5 AND c.controller = $10))`,
		e.merchant, id, x.CustomerID, channel, preference, x.State, x.Since, source, x.Proof, x.Controller, x.Version, x.OptInID, e.actor, e.now)
	if err != nil {
		return id, fmt.Errorf("add to the ledger of consents: %w", err)
	}
	return id, nil
}

// consentChange is what an undoing needs to know.
type consentChange struct {
	Channel    relance.ConsentChannel
	Preference string
	Before     []track
	Entries    []uuid.UUID // those that were added, in the order of Before
	Lifted     *lifted
	OptIn      *uuid.UUID
	At         time.Time
}

// undoConsent adds what held before, as long as nothing was said since.
func (e *editor) undoConsent(ctx context.Context, c *changeRow) error {
	var was consentChange
	if err := json.Unmarshal(c.After, &was); err != nil {
		return err
	}
	changed := relance.Tell(relance.CodeConflict, nil, "CHANGED_SINCE")
	if was.OptIn != nil {
		tag, err := e.tx.Exec(ctx, `UPDATE opt_ins SET state = 'ENDED' WHERE merchant_id = $1 AND id = $2 AND state NOT IN ('CONFIRMED', 'EXPIRED')`, e.merchant, *was.OptIn)
		if err != nil || tag.RowsAffected() == 0 {
			return errors.Join(err, changed)
		}
	}
	for i, id := range was.Entries {
		x := was.Before[i]
		var latest uuid.UUID
		err := e.tx.QueryRow(ctx, `SELECT id FROM consents WHERE merchant_id = $1 AND customer_id = $2 AND channel = $3 AND preference = $4 AND controller = $5 ORDER BY recorded_at DESC, id DESC LIMIT 1`,
			e.merchant, x.CustomerID, was.Channel, was.Preference, x.Controller).Scan(&latest)
		if err != nil || latest != id {
			return changed
		}
		if _, err := e.add(ctx, was.Channel, was.Preference, "hand:undo", x); err != nil {
			return err
		}
	}
	if err := e.unlift(ctx, &was); err != nil {
		return err
	}
	return e.undoNo(ctx, c.ProfileID, &was)
}

// undoNo takes back what a no set going and nobody was told of yet.
func (e *editor) undoNo(ctx context.Context, profile uuid.UUID, was *consentChange) error {
	b := &pgx.Batch{}
	b.Queue(`DELETE FROM consent_withdrawals w WHERE w.merchant_id = $1 AND w.customer_id IN (`+recordsOf+`) AND w.at = $3 AND w.state = 'DUE' AND w.attempts = 0`, e.merchant, profile, was.At)
	b.Queue(`UPDATE letters l SET cancel_at = NULL FROM follow_ups f WHERE f.merchant_id = $1 AND f.customer_id IN (`+recordsOf+`) AND l.merchant_id = $1 AND l.follow_up_id = f.id AND l.cancel_at = $3 AND l.ended_at IS NULL`,
		e.merchant, profile, was.At)
	if err := e.tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("take back a no: %w", err)
	}
	return e.queueProfiles(ctx, []uuid.UUID{profile})
}
