package store

import (
	"context"
	"fmt"
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
		current, err := (&deriver{tx: tx, merchant: m}).current(ctx, profile)
		if err != nil {
			return err
		}
		list, err := readFacts(ctx, tx, m, []uuid.UUID{current})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return relance.Errorf(relance.CodeNotFound, "there is no such profile")
		}
		f = list[0]
		return nil
	})
	return c, f, err
}

// situationBatch is how many people are read at once.
const situationBatch = 500

// EachSituation calls f for everybody whom the campaign's event could concern, in one read-only
// transaction.
func (s *Store) EachSituation(ctx context.Context, m, campaign uuid.UUID, now time.Time, f func(*relance.Campaign, *relance.Facts)) error {
	return s.eachBatch(ctx, m, campaign, now, candidates, func(_ pgx.Tx, c *relance.Campaign, list []*relance.Facts) error {
		for _, p := range list {
			f(c, p)
		}
		return nil
	})
}

func (s *Store) eachBatch(ctx context.Context, m, campaign uuid.UUID, now time.Time, who func(relance.TriggerKind) string, f func(pgx.Tx, *relance.Campaign, []*relance.Facts) error) error {
	opts := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly, BeginQuery: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL plan_cache_mode = force_generic_plan; " + setMerchant(m)}
	err := pgx.BeginTxFunc(ctx, s.app, opts, func(tx pgx.Tx) error {
		c, err := oneCampaign(ctx, tx, m, campaign)
		if err != nil {
			return err
		}
		if err := completeCampaign(ctx, tx, m, &c, now); err != nil {
			return err
		}
		after := uuid.Nil
		for {
			rows, err := tx.Query(ctx, `SELECT p.id FROM profiles p WHERE p.merchant_id = $1 AND p.merged_into IS NULL AND p.id > $2 AND (`+who(c.Plan.Trigger.Kind)+`) ORDER BY p.id LIMIT $3`, m, after, situationBatch)
			if err != nil {
				return err
			}
			ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
			if err != nil || len(ids) == 0 {
				return err
			}
			list, err := readFacts(ctx, tx, m, ids)
			if err != nil {
				return err
			}
			if err := f(tx, &c, list); err != nil {
				return err
			}
			after = ids[len(ids)-1]
		}
	})
	if err != nil {
		return fmt.Errorf("judge everybody: %w", err)
	}
	return nil
}

// candidates is a condition on the profile p that holds for everybody whom a trigger could
// concern, and for others too: the decision itself judges.
func candidates(kind relance.TriggerKind) string {
	// Whoever is under way goes on, whatever became of the event.
	const underWay = ` OR EXISTS (SELECT 1 FROM identities i JOIN enrolment_members x ON x.merchant_id = $1 AND x.customer_id = i.customer_id
		JOIN enrolments e ON e.merchant_id = $1 AND e.id = x.enrolment_id AND e.ended_at IS NULL WHERE i.merchant_id = $1 AND i.profile_id = p.id)`
	switch kind {
	case relance.TriggerAbandonedCart:
		return `p.oldest_cart_at IS NOT NULL` + underWay
	case relance.TriggerBirthday:
		return `p.birthday IS NOT NULL` + underWay
	case relance.TriggerOneTime:
		return `true`
	default: // the others begin with an order that counts
		return `p.order_count > 0` + underWay
	}
}
