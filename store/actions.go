package store

import (
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// action is what a step notes about a person instead of writing to them.
type action struct {
	EnrolmentID, CampaignID, ProfileID uuid.UUID
	Key                                string
	Step                               *relance.CampaignStep
	Today                              time.Time // in the zone of the shop whose event it is
}

// byCampaign is the actor of what a campaign does by itself; see actorName.
const byCampaign = "campaign "

// act notes a step's label or task, to be written with what else was decided.
func (w *outcome) act(f *relance.Facts, d relance.Decision, enrolment uuid.UUID) {
	zone := time.UTC
	if shop, ok := f.Merchant.Shops[d.Instance.ShopID]; ok && shop.Zone != nil {
		zone = shop.Zone
	}
	w.acts = append(w.acts, action{EnrolmentID: enrolment, CampaignID: d.CampaignID, ProfileID: f.ProfileID, Key: d.Instance.Key, Step: d.Step, Today: w.now.In(zone)})
	w.again(f.ProfileID, w.now) // for the step after it, and for whoever waits for the label
}

// queueActs writes labels and tasks, each where its step did not do so before.
func (w *outcome) queueActs(b *pgx.Batch) {
	for i := range w.acts {
		a := &w.acts[i]
		const once = `WITH a AS (INSERT INTO step_actions (merchant_id, enrolment_id, step_key, campaign_id, at)
			SELECT $1, e.id, $3, e.campaign_id, $4 FROM enrolments e WHERE e.merchant_id = $1 AND e.id = $2 ON CONFLICT DO NOTHING RETURNING at)`
		if t := a.Step.Task; t != nil {
			b.Queue(once+` INSERT INTO tasks (merchant_id, id, origin_profile_id, profile_id, title, due_on, assignee_id, created_by, created_at)
				SELECT $1, $5, $6, $6, $7, $8, $9, $10, a.at FROM a`, w.merchant, a.EnrolmentID, a.Step.Key, w.now,
				newID(), a.ProfileID, t.Title, a.Today.AddDate(0, 0, t.DueInDays).Format(time.DateOnly), t.AssigneeID, byCampaign+a.CampaignID.String())
		} else {
			b.Queue(`INSERT INTO labels (merchant_id, id, name) SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM labels WHERE merchant_id = $1 AND lower(name) = lower($3)) ON CONFLICT DO NOTHING`, w.merchant, newID(), a.Step.Label)
			b.Queue(once+` INSERT INTO profile_labels (merchant_id, origin_profile_id, label_id, profile_id, at)
				SELECT $1, $5, l.id, $5, a.at FROM a JOIN labels l ON l.merchant_id = $1 AND lower(l.name) = lower($6)
				WHERE NOT EXISTS (SELECT 1 FROM profile_labels x WHERE x.merchant_id = $1 AND x.profile_id = $5 AND x.label_id = l.id) ON CONFLICT DO NOTHING`, w.merchant, a.EnrolmentID, a.Step.Key, w.now,
				a.ProfileID, a.Step.Label)
		}
		b.Queue(forgetVerdict, w.merchant, a.CampaignID, a.Key, a.EnrolmentID)
	}
}

// forgetVerdict takes away why nothing happened, once something has.
const forgetVerdict = `DELETE FROM verdicts v WHERE v.merchant_id = $1 AND v.campaign_id = $2 AND v.instance_key = $3 AND EXISTS (SELECT 1 FROM enrolments e WHERE e.merchant_id = $1 AND e.id = $4)`

// queueActed counts labels and tasks by step, and over all steps.
func (r *resultsReader) queueActed(b *pgx.Batch) {
	b.Queue(`SELECT coalesce(x.step_key, ''), count(*)::int FROM step_actions x WHERE x.merchant_id = $1 AND x.campaign_id = $2`+unused+` GROUP BY GROUPING SETS ((), (x.step_key)) HAVING count(*) > 0`, r.args...).Query(func(rows pgx.Rows) error {
		var key string
		var n int
		_, err := pgx.ForEachRow(rows, []any{&key, &n}, func() error {
			r.step(key).Acts = n
			return nil
		})
		return err
	})
}
