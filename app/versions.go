package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/campaign"
)

// CampaignVersions lists the versions of a campaign before one, or with nil all, newest first, with what
// each changed.
func (a *App) CampaignVersions(ctx context.Context, m, id uuid.UUID, before *int, first int) ([]relance.CampaignVersion, error) {
	list, err := a.Store.CampaignVersions(ctx, m, id, before, first+1)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if i+1 < len(list) {
			list[i].Changes = campaign.Changes(&list[i+1].Plan, &list[i].Plan)
		}
	}
	return list[:min(len(list), first)], nil
}

// RestoreTexts brings the texts of an older version back as a new one: of a step, or with the key "" of
// all steps that both have. All else stays as it is, and who is under way finishes on the version they
// entered.
func (a *App) RestoreTexts(ctx context.Context, m, id uuid.UUID, version, from int, stepKey, actor string) (relance.Campaign, error) {
	c, err := a.Store.Campaign(ctx, m, id)
	if err != nil {
		return c, err
	}
	next := from + 1
	list, err := a.Store.CampaignVersions(ctx, m, id, &next, 1)
	if err != nil {
		return c, err
	}
	if len(list) == 0 || list[0].Version != from {
		return c, relance.TellField("from", "NO_SUCH_VERSION")
	}
	if stepKey != "" && (!hasStep(&c.Plan, stepKey) || !hasStep(&list[0].Plan, stepKey)) {
		return c, relance.TellField("stepKey", "NO_SUCH_STEP")
	}
	plan, changed := campaign.WithTexts(&c.Plan, &list[0].Plan, stepKey)
	if !changed {
		return c, relance.Tell(relance.CodeConflict, nil, "TEXT_IS_SO_ALREADY")
	}
	name, err := a.checkPlan(ctx, m, c.Name, &plan)
	if err != nil {
		return c, err
	}
	if err := a.Store.ChangeCampaign(ctx, m, id, version, name, plan, actor, a.Now()); err != nil {
		return c, err
	}
	if err := a.audit(ctx, m, actor, "bring_text_back", "campaign", id, map[string]any{"version": version + 1, "from": from}); err != nil {
		return c, err
	}
	return a.Store.Campaign(ctx, m, id)
}

func hasStep(p *relance.Plan, key string) bool {
	for i := range p.Steps {
		if p.Steps[i].Key == key {
			return true
		}
	}
	return false
}
