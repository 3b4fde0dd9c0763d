package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/campaign"
)

// CreateCampaign stores a campaign as a draft.
func (a *App) CreateCampaign(ctx context.Context, m uuid.UUID, name string, p relance.Plan, actor string) (relance.Campaign, error) {
	name, err := a.checkPlan(ctx, m, name, &p)
	if err != nil {
		return relance.Campaign{}, err
	}
	id, err := a.Store.AddCampaign(ctx, m, name, p, actor, a.Now())
	if err != nil {
		return relance.Campaign{}, err
	}
	if err := a.audit(ctx, m, actor, "create_campaign", "campaign", id, nil); err != nil {
		return relance.Campaign{}, err
	}
	return a.Store.Campaign(ctx, m, id)
}

// ChangeCampaign stores a new version; who is under way finishes on the version they entered.
func (a *App) ChangeCampaign(ctx context.Context, m, id uuid.UUID, version int, name string, p relance.Plan, actor string) (relance.Campaign, error) {
	name, err := a.checkPlan(ctx, m, name, &p)
	if err != nil {
		return relance.Campaign{}, err
	}
	if err := a.Store.ChangeCampaign(ctx, m, id, version, name, p, actor, a.Now()); err != nil {
		return relance.Campaign{}, err
	}
	if err := a.audit(ctx, m, actor, "change_campaign", "campaign", id, map[string]any{"version": version + 1}); err != nil {
		return relance.Campaign{}, err
	}
	return a.Store.Campaign(ctx, m, id)
}

// MoveCampaign starts, pauses or ends a campaign.
func (a *App) MoveCampaign(ctx context.Context, m, id uuid.UUID, to relance.CampaignState, confirmEverybody bool, actor string) (relance.Campaign, error) {
	c, err := a.Store.Campaign(ctx, m, id)
	if err != nil {
		return c, err
	}
	if to == relance.CampaignRunning {
		if err := a.checkStart(ctx, m, &c, confirmEverybody); err != nil {
			return c, err
		}
	}
	from, err := a.Store.MoveCampaign(ctx, m, id, to, a.Now())
	if err != nil {
		return c, err
	}
	if err := a.audit(ctx, m, actor, "move_campaign", "campaign", id, map[string]any{"from": from, "to": to}); err != nil {
		return c, err
	}
	return a.Store.Campaign(ctx, m, id)
}

// checkStart refuses to start what could not send, or would write to everybody unasked.
func (a *App) checkStart(ctx context.Context, m uuid.UUID, c *relance.Campaign, confirmed bool) error {
	if err := campaign.Check(&c.Plan, a.Now()); err != nil {
		return err
	}
	if c.Plan.Trigger.Kind == relance.TriggerOneTime && c.Audience == nil && !confirmed {
		return relance.TellField("confirmEverybody", "EVERYBODY_UNCONFIRMED")
	}
	shops, err := a.Store.SendingShops(ctx, m, c.Plan.Trigger.Shops)
	if err != nil {
		return err
	}
	if c.Plan.WritesEmail() {
		merchant, err := a.Store.Merchant(ctx, m)
		if err != nil {
			return err
		}
		if merchant.RelayContractOn == nil {
			return relance.Tell(relance.CodeConflict, nil, "NO_RELAY_CONTRACT")
		}
		if !slices.ContainsFunc(shops, func(s relance.FactShop) bool { return s.SenderEmail != "" }) {
			return relance.Tell(relance.CodeConflict, nil, "NO_SENDER")
		}
	}
	if !c.Plan.WritesLetters() {
		return nil
	}
	if !slices.ContainsFunc(shops, func(s relance.FactShop) bool { return s.Letterhead }) {
		return relance.Tell(relance.CodeConflict, nil, "NO_LETTERHEAD")
	}
	if !slices.ContainsFunc(shops, func(s relance.FactShop) bool { return s.Letterhead && s.PostsFrom != "" }) {
		return relance.Tell(relance.CodeConflict, nil, "NO_PRINTER")
	}
	return nil
}

// checkPlan checks a plan and its texts, and gives the name as it is stored.
func (a *App) checkPlan(ctx context.Context, m uuid.UUID, name string, p *relance.Plan) (string, error) {
	if name = strings.TrimSpace(name); name == "" || utf8.RuneCountInString(name) > 100 || strings.ContainsAny(name, "<>{}=\x00") {
		return "", relance.TellField("name", "CAMPAIGN_NAME")
	}
	if err := campaign.Check(p, a.Now()); err != nil {
		return "", err
	}
	if p.SegmentID != nil {
		if _, err := a.Store.Segment(ctx, m, *p.SegmentID); err != nil {
			return "", relance.TellField("segmentId", "SEGMENT_GONE")
		}
	}
	if len(p.Trigger.Shops) > 0 {
		known, err := a.Store.Shops(ctx, m, p.Trigger.Shops)
		if err != nil {
			return "", err
		}
		if len(known) != len(p.Trigger.Shops) {
			return "", relance.TellField("trigger.shopIds", "CAMPAIGN_SHOPS")
		}
	}
	if err := a.checkPreferences(ctx, m, p); err != nil {
		return "", err
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		at := fmt.Sprintf("steps.%d", i)
		if s.Task != nil && s.Task.AssigneeID != nil {
			if _, err := a.Store.User(ctx, m, *s.Task.AssigneeID); err != nil {
				return "", relance.TellField(at+".task.assigneeId", "TASK_ASSIGNEE")
			}
		}
		if err := a.checkTexts(at, s.As(relance.VariantA), p.Trigger.Kind); err != nil {
			return "", err
		}
		if s.B == nil {
			continue
		}
		if err := a.checkTexts(at+".variantB", s.As(relance.VariantB), p.Trigger.Kind); err != nil {
			return "", err
		}
	}
	return name, nil
}

// checkPreferences refuses a step that asks for a preference that the merchant does not have. A retired one stays:
// what people said of it holds.
func (a *App) checkPreferences(ctx context.Context, m uuid.UUID, p *relance.Plan) error {
	if !slices.ContainsFunc(p.Steps, func(s relance.CampaignStep) bool { return s.EmailPreference+s.LetterPreference != "" }) {
		return nil
	}
	list, err := a.Store.ConsentPreferences(ctx, m, true)
	if err != nil {
		return err
	}
	known := func(channel relance.ConsentChannel, key string) bool {
		return key == "" || slices.ContainsFunc(list, func(x relance.ConsentPreference) bool { return x.Channel == channel && x.Key == key })
	}
	for i := range p.Steps {
		at := fmt.Sprintf("steps.%d", i)
		if !known(relance.ChannelEmail, p.Steps[i].EmailPreference) {
			return relance.TellField(at+".emailPreference", "PREFERENCE_GONE")
		}
		if !known(relance.ChannelLetter, p.Steps[i].LetterPreference) {
			return relance.TellField(at+".letterPreference", "PREFERENCE_GONE")
		}
	}
	return nil
}

// checkTexts checks the texts of a step in one of its variants.
func (a *App) checkTexts(at string, s *relance.CampaignStep, event relance.TriggerKind) error {
	for _, language := range slices.Sorted(maps.Keys(s.Email)) {
		if len(language) != 2 || strings.ToLower(language) != language {
			return relance.TellField(at+".email", "TEXT_LANGUAGE")
		}
		if err := a.Texts.Check(s.Email[language], language, s.Voucher != nil, event == relance.TriggerAbandonedCart); err != nil {
			if e, ok := err.(*relance.Error); ok {
				e.Field = fmt.Sprintf("%s.email.%s.%s", at, language, e.Field)
			}
			return err
		}
	}
	for _, language := range slices.Sorted(maps.Keys(s.Letter)) {
		if len(language) != 2 || strings.ToLower(language) != language {
			return relance.TellField(at+".letter", "TEXT_LANGUAGE")
		}
		if err := a.Paper.Check(s.Letter[language], language, s.Voucher != nil); err != nil {
			if e, ok := err.(*relance.Error); ok {
				e.Field = fmt.Sprintf("%s.letter.%s.%s", at, language, e.Field)
			}
			return err
		}
	}
	return nil
}

// DecideUncertain is a person's word on a message that may or may not have gone out.
func (a *App) DecideUncertain(ctx context.Context, m, followUp uuid.UUID, again bool, actor string) error {
	var err error
	if again {
		err = a.sendAgain(ctx, m, followUp, actor)
	} else {
		err = a.Store.LeaveAsSent(ctx, m, followUp, actor, a.Now())
	}
	if err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "decide_uncertain", "follow_up", followUp, map[string]any{"again": again})
}

func (a *App) sendAgain(ctx context.Context, m, followUp uuid.UUID, actor string) error {
	now := a.Now()
	f, err := a.Store.ReadFollowUp(ctx, m, followUp)
	if err != nil {
		return err
	}
	var fresh *relance.PlannedVoucher
	if o := f.Offer(); o != nil && f.Facts != nil && (f.Voucher == nil || f.Voucher.State == "REVOKED") {
		shop := f.Facts.Merchant.Shops[f.ShopID]
		v := planVoucher(o, shop, shop.Country, now)
		fresh = &v
	}
	from := sendableFrom(f, now)
	return a.Store.SendAgain(ctx, m, followUp, fresh, actor, from, from.Add(sendAgainWithin))
}

// Why judges one person for one campaign as it would be now, and changes nothing.
func (a *App) Why(ctx context.Context, m, campaignID, profile uuid.UUID) ([]relance.Decision, error) {
	c, f, err := a.Store.Situation(ctx, m, campaignID, profile, a.Now())
	if err != nil {
		return nil, err
	}
	f.Since = a.Now()
	return campaign.Decide(&c, f, a.Now()), nil
}

// Preview judges everybody for a campaign as if it ran now, and sends nothing: it reads in one
// read-only transaction and is handed no sender.
func (a *App) Preview(ctx context.Context, m, campaignID uuid.UUID, sample int) (*relance.Preview, error) {
	now := a.Now()
	out := relance.NewPreview(sample)
	err := a.Store.EachSituation(ctx, m, campaignID, now, func(c *relance.Campaign, f *relance.Facts) {
		as := *c
		as.State = relance.CampaignRunning
		if as.StartedAt == nil {
			as.StartedAt = &now
		}
		f.Since = now
		out.People++
		ds := campaign.Decide(&as, f, now)
		for i := range ds {
			if ds[i].Verdict == relance.VerdictSend {
				c.Used.Daily, c.Used.Total = c.Used.Daily+1, c.Used.Total+1
			}
			out.Add(f, &ds[i])
		}
	})
	return out, err
}

// CampaignTemplates are ready plans to begin from, in the merchant's currency.
func (a *App) CampaignTemplates(ctx context.Context, m uuid.UUID) ([]relance.Campaign, error) {
	merchant, err := a.Store.Merchant(ctx, m)
	if err != nil {
		return nil, err
	}
	list := campaign.Classics(merchant.MainCurrency)
	for i := range list {
		// Something for programs to tell them apart by.
		list[i].ID = uuid.NewSHA1(m, []byte(list[i].Plan.Trigger.Kind))
		list[i].State, list[i].CreatedAt = relance.CampaignDraft, a.Now()
	}
	return list, nil
}
