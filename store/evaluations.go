package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// Judge decides about one person for all campaigns that run.
type Judge func(campaigns []relance.Campaign, f *relance.Facts) []relance.Decision

// Evaluated tells what a call of Evaluate did.
type Evaluated struct {
	People int // taken from the line
}

// Evaluate takes up to limit people who are due to be judged, lets judge decide, and commits in
// one transaction what follows: ways through campaigns, follow-ups that are due, why nothing is
// sent, and when to look again. Two calls never take the same person at once.
func (s *Store) Evaluate(ctx context.Context, m uuid.UUID, limit int, judge Judge, now time.Time) (out Evaluated, err error) {
	err = s.inFactTx(ctx, m, func(tx pgx.Tx) error {
		if err := shareMerchant(ctx, tx, m); err != nil {
			return err
		}
		since := map[uuid.UUID]time.Time{}
		ids, err := takeDue(ctx, tx, m, limit, now, since)
		if err != nil || len(ids) == 0 {
			return err
		}
		campaigns, err := runningCampaigns(ctx, tx, m, now)
		if err != nil {
			return err
		}
		facts, err := readFacts(ctx, tx, m, ids, needsOf(campaigns...))
		if err != nil {
			return err
		}
		w := &outcome{merchant: m, now: now, noted: map[noted]bool{}, next: map[uuid.UUID]time.Time{}}
		for _, f := range facts {
			f.Since = since[f.ProfileID]
			for _, d := range judge(campaigns, f) {
				w.add(f, d)
				countUse(campaigns, d)
			}
		}
		out = Evaluated{People: len(ids)}
		return w.write(ctx, tx, ids)
	})
	if err != nil {
		return Evaluated{}, fmt.Errorf("evaluate: %w", err)
	}
	return out, nil
}

// writesLetters reports whether letters may come of a campaign, by the plans that people are under way
// on too.
func writesLetters(c relance.Campaign) bool {
	if c.Plan.WritesLetters() {
		return true
	}
	for _, p := range c.Older {
		if p.WritesLetters() {
			return true
		}
	}
	return false
}

// shareMerchant keeps who is who at a merchant as it is until the transaction ends.
func shareMerchant(ctx context.Context, tx pgx.Tx, m uuid.UUID) error {
	b := &pgx.Batch{}
	queueShareMerchant(b, m)
	return tx.SendBatch(ctx, b).Close()
}

func queueShareMerchant(b *pgx.Batch, m uuid.UUID) {
	b.Queue(`SELECT pg_advisory_xact_lock_shared(hashtextextended($1::text, 0))`, m.String())
}

func takeDue(ctx context.Context, tx pgx.Tx, m uuid.UUID, limit int, now time.Time, since map[uuid.UUID]time.Time) (ids []uuid.UUID, err error) {
	rows, err := tx.Query(ctx, `SELECT ref_id, due_at FROM due WHERE merchant_id = $1 AND kind = 'PROFILE' AND due_at <= $2 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED`, m, now, limit)
	if err != nil {
		return nil, err
	}
	var id uuid.UUID
	var at time.Time
	_, err = pgx.ForEachRow(rows, []any{&id, &at}, func() error {
		ids, since[id] = append(ids, id), at
		return nil
	})
	return ids, err
}

// runningCampaigns reads the campaigns that run, oldest first, with the plans that people are
// under way on and what is used of their budgets. Those with a budget are locked: two
// evaluations at once could each take the last of it. So are those whose first messages somebody
// approves.
func runningCampaigns(ctx context.Context, tx pgx.Tx, m uuid.UUID, now time.Time) ([]relance.Campaign, error) {
	if _, err := tx.Exec(ctx, `SELECT 1 FROM campaigns c JOIN campaign_versions v ON v.merchant_id = $1 AND v.campaign_id = c.id AND v.version = c.version
		WHERE c.merchant_id = $1 AND c.state = 'RUNNING' AND (v.plan->'budget' <> '{}' OR v.plan ? 'approve_first') ORDER BY c.id FOR UPDATE OF c`, m); err != nil {
		return nil, err
	}
	list, err := readCampaigns(ctx, tx, `SELECT `+campaignColumns+campaignFrom+` AND c.state = 'RUNNING' ORDER BY c.started_at, c.id`, m)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if err := completeCampaign(ctx, tx, m, &list[i], now); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// completeCampaign adds what decisions need beside the plan.
func completeCampaign(ctx context.Context, tx pgx.Tx, m uuid.UUID, c *relance.Campaign, now time.Time) error {
	if err := readOlderPlans(ctx, tx, m, c); err != nil {
		return err
	}
	if err := readUse(ctx, tx, m, c, now); err != nil {
		return err
	}
	return readCost(ctx, tx, m, c, now)
}

// readOlderPlans adds the plans that people are still under way on.
func readOlderPlans(ctx context.Context, tx pgx.Tx, m uuid.UUID, c *relance.Campaign) error {
	rows, err := tx.Query(ctx, `SELECT v.version, v.plan, s.filter FROM campaign_versions v LEFT JOIN segments s ON s.merchant_id = $1 AND s.id = (v.plan->>'segment_id')::uuid
		WHERE v.merchant_id = $1 AND v.campaign_id = $2 AND v.version <> $3 AND EXISTS (SELECT 1 FROM enrolments e WHERE e.merchant_id = $1 AND e.campaign_id = $2 AND e.version = v.version AND e.ended_at IS NULL)`, m, c.ID, c.Version)
	if err != nil {
		return err
	}
	c.Older = map[int]relance.Plan{}
	var version int
	var raw json.RawMessage
	var filter *relance.Filter
	_, err = pgx.ForEachRow(rows, []any{&version, &raw, &filter}, func() error {
		var p relance.Plan
		err := json.Unmarshal(raw, &p)
		if p.SegmentID != nil {
			p.Audience = filter
		}
		c.Older[version], filter = p, nil
		return err
	})
	return err
}

// readUse counts how much of the budget is used, where somebody asks for it.
func readUse(ctx context.Context, tx pgx.Tx, m uuid.UUID, c *relance.Campaign, now time.Time) error {
	if c.Plan.Budget == (relance.Budget{}) && c.Plan.ApproveFirst == 0 {
		return nil
	}
	const used = `f.state IN ('HELD', 'DUE', 'SENDING', 'SENT', 'UNCERTAIN', 'BOUNCED')`
	return tx.QueryRow(ctx, `SELECT count(*) FILTER (WHERE `+used+` AND coalesce(f.sent_at, f.created_at) >= date_trunc('day', $3::timestamptz AT TIME ZONE h.time_zone) AT TIME ZONE h.time_zone),
			count(*) FILTER (WHERE `+used+`), count(*)
		FROM follow_ups f JOIN shops h ON h.merchant_id = $1 AND h.id = f.shop_id WHERE f.merchant_id = $1 AND f.campaign_id = $2`, m, c.ID, now).Scan(&c.Used.Daily, &c.Used.Total, &c.Made)
}

// readCost sums what the letters cost, where the budget bounds it.
func readCost(ctx context.Context, tx pgx.Tx, m uuid.UUID, c *relance.Campaign, now time.Time) (err error) {
	if b := c.Plan.Budget; b.Currency != "" {
		c.Used.DailyCost, c.Used.TotalCost, err = letterCost(ctx, tx, m, c.ID, b.Currency, now)
	}
	return err
}

func countUse(campaigns []relance.Campaign, d relance.Decision) {
	if d.Verdict != relance.VerdictSend {
		return
	}
	for i := range campaigns {
		if c := &campaigns[i]; c.ID == d.CampaignID {
			c.Used.Daily++
			c.Used.Total++
			c.Made++
		}
	}
}

// DuePeople lists, over all merchants, those with somebody to be judged by now.
func (s *Store) DuePeople(ctx context.Context, now time.Time) ([]uuid.UUID, error) {
	rows, err := s.system.Query(ctx, `SELECT DISTINCT merchant_id FROM due WHERE kind = 'PROFILE' AND due_at <= $1`, now)
	if err != nil {
		return nil, fmt.Errorf("list people to be judged: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}
