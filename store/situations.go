package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// Situation reads a campaign and what is known of one person, for a decision that changes
// nothing.
func (s *Store) Situation(ctx context.Context, m, campaign, profile uuid.UUID, now time.Time) (c relance.Campaign, f *relance.Facts, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if c, err = oneCampaign(ctx, tx, m, campaign); err != nil {
			return err
		}
		if err := completeCampaign(ctx, tx, m, &c, now); err != nil {
			return err
		}
		f, err = factsOf(ctx, tx, m, profile, needsOf(c))
		return err
	})
	return c, f, err
}

// FactsOf reads what is known of one person.
func (s *Store) FactsOf(ctx context.Context, m, profile uuid.UUID) (f *relance.Facts, err error) {
	err = s.inFactTx(ctx, m, func(tx pgx.Tx) (err error) {
		f, err = factsOf(ctx, tx, m, profile, factNeeds{letters: true, lines: true, countries: true})
		return err
	})
	return f, err
}

// factsOf reads what is known of whoever answers for a profile now.
func factsOf(ctx context.Context, tx pgx.Tx, m, profile uuid.UUID, needs factNeeds) (*relance.Facts, error) {
	current, err := (&deriver{tx: tx, merchant: m}).current(ctx, profile)
	if err != nil {
		return nil, err
	}
	list, err := readFacts(ctx, tx, m, []uuid.UUID{current}, needs)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, relance.Errorf(relance.CodeNotFound, "there is no such profile")
	}
	return list[0], nil
}

// situationBatch is how many people are read at once.
const situationBatch = 500

// EachSituation calls f for everybody whom the campaign's event could concern now, and for whoever
// is under way, in one read-only transaction. Whose event is still to come, or long over, is left
// out.
func (s *Store) EachSituation(ctx context.Context, m, campaign uuid.UUID, now time.Time, f func(*relance.Campaign, *relance.Facts)) error {
	type batch struct {
		campaign *relance.Campaign
		list     []*relance.Facts
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	batches, failed := make(chan batch), make(chan error, 1)
	go func() { // reads the next while some are judged
		defer close(batches)
		failed <- s.eachBatch(ctx, m, campaign, now, candidatesNow, func(_ pgx.Tx, c *relance.Campaign, list []*relance.Facts) error {
			select {
			case batches <- batch{c, list}:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	for b := range batches {
		for _, p := range b.list {
			f(b.campaign, p)
		}
	}
	return <-failed
}

func (s *Store) eachBatch(ctx context.Context, m, campaign uuid.UUID, now time.Time, who func(*relance.Campaign) string, f func(pgx.Tx, *relance.Campaign, []*relance.Facts) error) error {
	opts := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly, BeginQuery: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; " + keepPlans + setMerchant(m)}
	err := pgx.BeginTxFunc(ctx, s.app, opts, func(tx pgx.Tx) error {
		c, err := oneCampaign(ctx, tx, m, campaign)
		if err != nil {
			return err
		}
		if err := completeCampaign(ctx, tx, m, &c, now); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT p.id FROM profiles p CROSS JOIN (SELECT $3::timestamptz AS now) t WHERE p.merchant_id = $1 AND p.merged_into IS NULL AND (`+who(&c)+`)
			UNION SELECT i.profile_id FROM enrolments e JOIN enrolment_members x ON x.merchant_id = $1 AND x.enrolment_id = e.id JOIN identities i ON i.merchant_id = $1 AND i.customer_id = x.customer_id
				WHERE e.merchant_id = $1 AND e.campaign_id = $2 AND e.ended_at IS NULL ORDER BY 1`, m, campaign, now)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, lookUp); err != nil {
			return err
		}
		needs := needsOf(c)
		for batch := range slices.Chunk(ids, situationBatch) {
			list, err := readFacts(ctx, tx, m, batch, needs)
			if err != nil {
				return err
			}
			if err := f(tx, &c, list); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("judge everybody: %w", err)
	}
	return nil
}

// candidatesNow is a condition on the profile p and the time t.now that holds for everybody in whom a campaign's
// event may be found that is neither too old nor, as far as a date tells, still to come. A zero
// MaxAge bounds nothing.
func candidatesNow(c *relance.Campaign) string {
	const day = 24 * time.Hour
	t := &c.Plan.Trigger
	days := time.Duration(t.Days) * day // give or take an hour of summer time
	at := func(ago time.Duration) string {
		return fmt.Sprintf(`t.now - make_interval(secs => %d)`, int64(ago/time.Second))
	}
	ordered := func(within time.Duration) string {
		return `EXISTS (SELECT 1 FROM orders o WHERE o.merchant_id = $1 AND o.profile_id = p.id AND o.deleted_at IS NULL AND NOT o.test AND o.placed_at >= ` + at(within) + `)`
	}
	switch t.Kind {
	case relance.TriggerAbandonedCart:
		if t.MaxAge > 0 {
			return `EXISTS (SELECT 1 FROM carts c WHERE c.merchant_id = $1 AND c.profile_id = p.id AND NOT c.ordered AND c.deleted_at IS NULL AND c.active_at >= ` + at(t.MaxAge) + `)`
		}
	case relance.TriggerOrderPlaced, relance.TriggerCartRecovered:
		if t.MaxAge > 0 {
			return ordered(t.MaxAge)
		}
	case relance.TriggerBestCustomer:
		if t.MaxAge > 0 {
			days = min(days, t.MaxAge)
		}
		return ordered(days + day)
	case relance.TriggerInactiveCustomer:
		rests := `p.order_count > 0 AND NOT ` + ordered(days-day)
		if t.MaxAge > 0 {
			rests += ` AND ` + ordered(days+t.MaxAge+day)
		}
		return rests
	}
	return candidates(t.Kind)
}

// candidates is a condition on the profile p that holds for everybody whom a trigger could
// concern at any time, and for others too: the decision itself judges.
func candidates(kind relance.TriggerKind) string {
	switch kind {
	case relance.TriggerAbandonedCart:
		return `p.oldest_cart_at IS NOT NULL`
	case relance.TriggerBirthday:
		return `p.birthday IS NOT NULL`
	case relance.TriggerLetterScanned:
		return `EXISTS (SELECT 1 FROM identities i JOIN enrolment_members x ON x.merchant_id = $1 AND x.customer_id = i.customer_id JOIN follow_ups f ON f.merchant_id = $1 AND f.enrolment_id = x.enrolment_id AND f.channel = 'LETTER'
			JOIN letters l ON l.merchant_id = $1 AND l.follow_up_id = f.id AND l.scanned_at IS NOT NULL WHERE i.merchant_id = $1 AND i.profile_id = p.id)`
	case relance.TriggerGroupJoined:
		return `p.group_id IS NOT NULL`
	case relance.TriggerMembershipEnding:
		return `EXISTS (SELECT 1 FROM memberships x WHERE x.merchant_id = $1 AND x.profile_id = p.id AND x.status <> 'ENDED' AND x.ends_on IS NOT NULL)`
	case relance.TriggerOneTime:
		return `true`
	default: // the others begin with an order that counts
		return `p.order_count > 0`
	}
}

// underWay is a condition on the profile p: somebody who goes on, whatever became of the event.
const underWay = `EXISTS (SELECT 1 FROM identities i JOIN enrolment_members x ON x.merchant_id = $1 AND x.customer_id = i.customer_id
	JOIN enrolments e ON e.merchant_id = $1 AND e.id = x.enrolment_id AND e.ended_at IS NULL WHERE i.merchant_id = $1 AND i.profile_id = p.id)`
