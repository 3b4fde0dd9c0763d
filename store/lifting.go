package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// objection is a no that stands against a yes by hand.
type objection struct {
	Kind       string // ADDRESS, LETTERS, HAND, SHOP; WHOLE: to the channel, where a preference is asked for
	CustomerID *uuid.UUID
	Address    string
	On         *time.Time // where it is known
	State      relance.ConsentState
	Since      *time.Time
	Proof      string
}

// objections lists what stands against a yes: addresses and records that are stopped, a no by hand to the
// same controller, and what shops say of it, other controllers' left out.
func (t *talk) objections(ctx context.Context) ([]objection, error) {
	rows, err := t.tx.Query(ctx, `SELECT CASE WHEN $4 = '' THEN 'ADDRESS' ELSE 'WHOLE' END AS kind, NULL::uuid AS customer_id, s.address, s.at AS on, '' AS state, NULL::timestamptz AS since, '' AS proof
			FROM stopped_addresses s WHERE $3 = 'EMAIL' AND s.merchant_id = $1 AND s.reason = 'OBJECTION' AND s.lifted_at IS NULL AND s.address IN (SELECT lower(c.email) FROM customers c WHERE c.merchant_id = $1 AND c.id IN (`+recordsOf+`)
				UNION SELECT lower(k.value) FROM contacts k WHERE k.merchant_id = $1 AND k.kind = 'EMAIL' AND k.customer_id IN (`+recordsOf+`))
		UNION ALL SELECT CASE WHEN $4 = '' THEN 'LETTERS' ELSE 'WHOLE' END, s.customer_id, '', s.at, '', NULL, '' FROM letter_stops s WHERE $3 = 'LETTER' AND s.merchant_id = $1 AND s.reason = 'OBJECTION' AND s.lifted_at IS NULL AND s.customer_id IN (`+recordsOf+`)
		UNION ALL SELECT CASE WHEN x.preference <> $4 THEN 'WHOLE' WHEN x.controller <> '' THEN 'HAND' ELSE 'SHOP' END, x.customer_id, '', coalesce(x.since, CASE WHEN x.controller <> '' THEN x.recorded_at END), x.state, x.since, x.proof
			FROM (SELECT DISTINCT ON (c.customer_id, c.channel, c.preference, c.controller) c.* FROM identities i JOIN consents c ON c.merchant_id = $1 AND c.customer_id = i.customer_id
				WHERE i.merchant_id = $1 AND i.profile_id = $2 AND c.channel = $3 AND c.preference IN ('', $4)`+latestFirst+`) x
			LEFT JOIN customers r ON x.controller = '' AND r.merchant_id = $1 AND r.id = x.customer_id LEFT JOIN shop_settings t ON t.merchant_id = $1 AND t.shop_id = r.source_id
			WHERE x.state IN ('WITHDRAWN', 'REFUSED') AND (coalesce(nullif(x.controller, ''), t.legal_entity, '') = '' OR `+fmt.Sprintf(sameEntity, "coalesce(nullif(x.controller, ''), t.legal_entity, '')", "$5")+`)`,
		t.merchant, t.profile, t.h.Channel, t.h.Preference, t.controller)
	if err != nil {
		return nil, fmt.Errorf("read objections: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[objection])
}

// mayLift refuses a yes where an objection stands, unless the person asks to lift it and said so after it.
func (t *talk) mayLift(list []objection) error {
	for _, o := range list {
		switch {
		case o.Kind == "WHOLE":
			return relance.TellField("preference", "CONSENT_CHANNEL_OBJECTED")
		case !t.h.LiftObjection:
			return relance.TellField("liftObjection", "CONSENT_OBJECTED")
		case o.On != nil && !t.h.Since.AddDate(0, 0, 1).After(*o.On):
			return relance.TellField("since", "CONSENT_BEFORE_OBJECTION")
		}
	}
	return nil
}

// lifted is what a yes lifted, for its undoing.
type lifted struct {
	Addresses []string
	Letters   []uuid.UUID
	Shops     []track // what shops said, per record
}

// lift lifts what stands against the yes, on the person's word.
func (t *talk) lift(ctx context.Context) (*lifted, error) {
	list, err := t.objections(ctx)
	if err == nil {
		err = t.mayLift(list)
	}
	if err != nil || len(list) == 0 {
		return nil, err
	}
	out := &lifted{}
	for _, o := range list {
		switch o.Kind {
		case "ADDRESS":
			out.Addresses = append(out.Addresses, o.Address)
			err = objectToEmail(ctx, t.tx, t.merchant, o.Address, true, t.now)
		case "LETTERS":
			out.Letters = append(out.Letters, *o.CustomerID)
			_, err = t.tx.Exec(ctx, `UPDATE letter_stops SET lifted_at = $3 WHERE merchant_id = $1 AND customer_id = $2 AND reason = 'OBJECTION' AND lifted_at IS NULL`, t.merchant, *o.CustomerID, t.now)
		case "SHOP":
			was := track{CustomerID: *o.CustomerID, State: o.State, Since: o.Since, Proof: o.Proof}
			out.Shops = append(out.Shops, was)
			_, err = t.add(ctx, t.h.Channel, t.h.Preference, "hand:lifted", track{CustomerID: was.CustomerID, State: relance.ConsentUnknown})
		}
		if err != nil {
			return nil, fmt.Errorf("lift an objection: %w", err)
		}
	}
	return out, nil
}

// unlift puts back what a yes had lifted.
func (e *editor) unlift(ctx context.Context, was *consentChange) error {
	if was.Lifted == nil {
		return nil
	}
	b := &pgx.Batch{}
	b.Queue(`UPDATE stopped_addresses SET lifted_at = NULL WHERE merchant_id = $1 AND address = ANY($2) AND reason = 'OBJECTION' AND lifted_at = $3`, e.merchant, notNil(was.Lifted.Addresses), was.At)
	b.Queue(`UPDATE letter_stops SET lifted_at = NULL WHERE merchant_id = $1 AND customer_id = ANY($2) AND reason = 'OBJECTION' AND lifted_at = $3`, e.merchant, notNil(was.Lifted.Letters), was.At)
	if err := e.tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("put objections back: %w", err)
	}
	for _, address := range was.Lifted.Addresses {
		if err := queueWithdrawals(ctx, e.tx, e.merchant, address, uuid.Nil, e.now); err != nil {
			return err
		}
	}
	for _, x := range was.Lifted.Shops {
		if _, err := e.add(ctx, was.Channel, was.Preference, "hand:lifted", x); err != nil {
			return err
		}
	}
	return nil
}
