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

// campaignRow is a campaign as it is stored.
type campaignRow struct {
	ID        uuid.UUID
	Name      string
	State     relance.CampaignState
	Version   int
	StartedAt *time.Time
	EndedAt   *time.Time
	CreatedAt time.Time
	UpdatedAt time.Time
	Plan      json.RawMessage
	Segment   *relance.Filter
}

const campaignColumns = `c.id, c.name, c.state, c.version, c.started_at, c.ended_at, c.created_at, c.updated_at, v.plan, s.filter AS segment`

const campaignFrom = ` FROM campaigns c JOIN campaign_versions v ON v.merchant_id = c.merchant_id AND v.campaign_id = c.id AND v.version = c.version
	LEFT JOIN segments s ON s.merchant_id = c.merchant_id AND s.id = (v.plan->>'segment_id')::uuid WHERE c.merchant_id = $1`

func (r *campaignRow) campaign() (relance.Campaign, error) {
	c := relance.Campaign{ID: r.ID, Name: r.Name, State: r.State, Version: r.Version, StartedAt: r.StartedAt, EndedAt: r.EndedAt, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt}
	if err := json.Unmarshal(r.Plan, &c.Plan); err != nil {
		return c, fmt.Errorf("read plan of campaign %s: %w", r.ID, err)
	}
	if c.Audience = c.Plan.Audience; c.Plan.SegmentID != nil {
		c.Audience = r.Segment
	}
	return c, nil
}

func readCampaigns(ctx context.Context, tx pgx.Tx, sql string, args ...any) ([]relance.Campaign, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[campaignRow])
	if err != nil {
		return nil, err
	}
	out := make([]relance.Campaign, len(list))
	for i := range list {
		if out[i], err = list[i].campaign(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Campaigns lists the merchant's campaigns, those that run first, then the latest.
func (s *Store) Campaigns(ctx context.Context, m uuid.UUID) (out []relance.Campaign, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		out, err = readCampaigns(ctx, tx, `SELECT `+campaignColumns+campaignFrom+` AND NOT c.by_hand ORDER BY array_position(ARRAY['RUNNING', 'PAUSED', 'DRAFT', 'ENDED'], c.state), c.id DESC`, m)
		return err
	})
	return out, err
}

// Campaign reads one campaign.
func (s *Store) Campaign(ctx context.Context, m, id uuid.UUID) (c relance.Campaign, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		c, err = oneCampaign(ctx, tx, m, id)
		return err
	})
	return c, err
}

func oneCampaign(ctx context.Context, tx pgx.Tx, m, id uuid.UUID) (relance.Campaign, error) {
	list, err := readCampaigns(ctx, tx, `SELECT `+campaignColumns+campaignFrom+` AND c.id = $2`, m, id)
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return relance.Campaign{}, notFound(err, "campaign")
	}
	return list[0], nil
}

// AddCampaign stores a new campaign as a draft.
func (s *Store) AddCampaign(ctx context.Context, m uuid.UUID, name string, p relance.Plan, author string, now time.Time) (uuid.UUID, error) {
	id := newID()
	return id, s.inTx(ctx, m, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO campaigns (merchant_id, id, name, state, version, created_at, updated_at) VALUES ($1, $2, $3, 'DRAFT', 1, $4, $4)`, m, id, name, now); err != nil {
			return err
		}
		return addVersion(ctx, tx, m, id, 1, p, author, now)
	})
}

func addVersion(ctx context.Context, tx pgx.Tx, m, id uuid.UUID, version int, p relance.Plan, author string, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO campaign_versions (merchant_id, campaign_id, version, plan, author, at) VALUES ($1, $2, $3, $4, $5, $6)`, m, id, version, p, author, now)
	return err
}

// ChangeCampaign stores a new version of a campaign that has not ended. CONFLICT where somebody
// else changed it since the version was read.
func (s *Store) ChangeCampaign(ctx context.Context, m, id uuid.UUID, version int, name string, p relance.Plan, author string, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		if err := lockMerchant(ctx, tx, m); err != nil {
			return err
		}
		c, err := oneCampaign(ctx, tx, m, id)
		switch {
		case err != nil:
			return err
		case c.State == relance.CampaignEnded:
			return relance.Tell(relance.CodeConflict, nil, "CAMPAIGN_ENDED")
		case c.Version != version:
			return relance.Tell(relance.CodeConflict, nil, "CAMPAIGN_CHANGED")
		}
		if _, err := tx.Exec(ctx, `UPDATE campaigns SET name = $3, version = $4, updated_at = $5 WHERE merchant_id = $1 AND id = $2`, m, id, name, version+1, now); err != nil {
			return err
		}
		if err := addVersion(ctx, tx, m, id, version+1, p, author, now); err != nil || c.State != relance.CampaignRunning {
			return err
		}
		return queueEverybody(ctx, tx, m, candidates(p.Trigger.Kind)+` OR `+underWay, now)
	})
}

// MoveCampaign changes a campaign's state and gives the one before. Starting puts everybody in
// line to be judged who may be concerned; ending ends everybody's way through it.
func (s *Store) MoveCampaign(ctx context.Context, m, id uuid.UUID, to relance.CampaignState, now time.Time) (from relance.CampaignState, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		// What is derived meanwhile would not know that the campaign runs.
		if err := lockMerchant(ctx, tx, m); err != nil {
			return err
		}
		c, err := oneCampaign(ctx, tx, m, id)
		if err != nil || c.State == to {
			from = c.State
			return err
		}
		switch from = c.State; {
		case from == relance.CampaignEnded:
			return relance.Tell(relance.CodeConflict, nil, "CAMPAIGN_ENDED")
		case to == relance.CampaignPaused && from != relance.CampaignRunning:
			return relance.Tell(relance.CodeConflict, nil, "CAMPAIGN_NOT_RUNNING")
		}
		if _, err := tx.Exec(ctx, `UPDATE campaigns SET state = $3, updated_at = $4, started_at = CASE WHEN $3 = 'RUNNING' THEN coalesce(started_at, $4) ELSE started_at END,
				ended_at = CASE WHEN $3 = 'ENDED' THEN $4 END WHERE merchant_id = $1 AND id = $2`, m, id, to, now); err != nil {
			return err
		}
		switch to {
		case relance.CampaignRunning:
			return queueEverybody(ctx, tx, m, candidates(c.Plan.Trigger.Kind)+` OR `+underWay, now)
		case relance.CampaignEnded:
			_, err = tx.Exec(ctx, `UPDATE enrolments SET ended_at = $3, end_reason = 'ENDED' WHERE merchant_id = $1 AND campaign_id = $2 AND ended_at IS NULL`, m, id, now)
		}
		return err
	})
	return from, err
}

// queueEverybody puts all profiles in line to be judged for which a condition on p holds.
func queueEverybody(ctx context.Context, tx pgx.Tx, m uuid.UUID, where string, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO due (merchant_id, id, kind, ref_id, due_at) SELECT $1, p.id, 'PROFILE', p.id, $2 FROM profiles p WHERE p.merchant_id = $1 AND p.merged_into IS NULL AND (`+where+`)
		ON CONFLICT (merchant_id, kind, ref_id) DO UPDATE SET due_at = least(due.due_at, excluded.due_at) WHERE due.due_at > excluded.due_at`, m, now)
	return err
}

// judgeEverybody puts all in line after a change that concerns anybody, where a campaign runs.
func judgeEverybody(ctx context.Context, tx pgx.Tx, m uuid.UUID, now time.Time) error {
	return queueEverybody(ctx, tx, m, `EXISTS (SELECT 1 FROM campaigns c WHERE c.merchant_id = $1 AND c.state = 'RUNNING')`, now)
}

// queueOwners puts the people of customer records in line.
func (d *deriver) queueOwners(ctx context.Context, customers []uuid.UUID) error {
	if len(customers) == 0 {
		return nil
	}
	rows, err := d.tx.Query(ctx, `SELECT DISTINCT profile_id FROM identities WHERE merchant_id = $1 AND customer_id = ANY($2) AND EXISTS (SELECT 1 FROM campaigns WHERE merchant_id = $1 AND state = 'RUNNING')`, d.merchant, customers)
	if err != nil {
		return err
	}
	profiles, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil || len(profiles) == 0 {
		return err
	}
	return d.queueProfiles(ctx, profiles)
}

// queueProfiles puts profiles in line to be judged, where a campaign runs.
func (d *deriver) queueProfiles(ctx context.Context, profiles []uuid.UUID) error {
	_, err := d.tx.Exec(ctx, `INSERT INTO due (merchant_id, id, kind, ref_id, due_at)
		SELECT $1, p.id, 'PROFILE', p.id, $3 FROM unnest($2::uuid[]) p(id) WHERE EXISTS (SELECT 1 FROM campaigns WHERE merchant_id = $1 AND state = 'RUNNING')
		ON CONFLICT (merchant_id, kind, ref_id) DO UPDATE SET due_at = excluded.due_at WHERE due.due_at > excluded.due_at`, d.merchant, profiles, d.now)
	return err
}
