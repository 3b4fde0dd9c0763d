package graph

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/graph/wire"
)

// planOf reads a campaign's input.
func planOf(in CampaignInput) (string, relance.Plan) {
	t := in.Trigger
	p := relance.Plan{SegmentID: in.SegmentID, Audience: in.Audience, Reentry: relance.Reentry{Policy: in.Reentry, Days: in.ReentryDays}, HoldoutPercent: in.HoldoutPercent,
		ExpiresAfter: minutes(in.ExpiresAfterMinutes), Budget: budgetOf(&in), ApproveFirst: in.ApproveFirst, EndsAt: in.EndsAt, ReachBack: in.ReachBack,
		Trigger: relance.Trigger{Kind: t.Kind, Shops: t.ShopIds, MinAge: minutes(t.MinAgeMinutes), MaxAge: minutes(t.MaxAgeMinutes), Days: t.Days, Amount: orZero(t.Amount), Currency: t.Currency}}
	if in.BalancingTest != "" || in.LetterProspects {
		p.Letters = &relance.LetterTerms{BalancingTest: in.BalancingTest, Prospects: in.LetterProspects}
	}
	for _, s := range in.Steps {
		step := relance.CampaignStep{Key: s.Key, After: minutes(s.AfterMinutes), Voucher: offerOf(s.Voucher), Email: textsOf(s.Email), Letter: letterTextsOf(s.Letter),
			EmailPreference: orEmpty(s.EmailPreference), LetterPreference: orEmpty(s.LetterPreference)}
		if s.Label != nil {
			step.Label = *s.Label
		}
		if t := s.Task; t != nil {
			step.Task = &relance.StepTask{Title: t.Title, DueInDays: t.DueInDays, AssigneeID: t.AssigneeID}
		}
		if b := s.VariantB; b != nil {
			step.B = &relance.StepVariant{Share: b.SharePercent, Voucher: offerOf(b.Voucher), Email: textsOf(b.Email), Letter: letterTextsOf(b.Letter)}
		}
		p.Steps = append(p.Steps, step)
	}
	return in.Name, p
}

func offerOf(in *CampaignOfferInput) *relance.Offer {
	if in == nil {
		return nil
	}
	return &relance.Offer{Kind: in.Kind, Value: orZero(in.Value), Minimum: orZero(in.Minimum), Currency: in.Currency, ValidDays: in.ValidDays, Prefix: in.Prefix}
}

func textsOf(in []*CampaignTextInput) map[string]relance.EmailText {
	out := map[string]relance.EmailText{}
	for _, e := range in {
		out[e.Language] = relance.EmailText{Subject: e.Subject, Preheader: e.Preheader, Body: e.Body}
	}
	return out
}

func letterTextsOf(in []*CampaignLetterTextInput) map[string]relance.LetterText {
	out := map[string]relance.LetterText{}
	for _, t := range in {
		out[t.Language] = letterTextOf(t)
	}
	return out
}

func letterTextOf(t *CampaignLetterTextInput) relance.LetterText {
	return relance.LetterText{Subject: t.Subject, Body: t.Body, Closing: t.Closing}
}

// budgetOf reads what a campaign may send and spend. A currency without an amount says nothing.
func budgetOf(in *CampaignInput) relance.Budget {
	b := relance.Budget{Daily: in.DailyBudget, Total: in.TotalBudget}
	if daily, total := orZero(in.DailyLetterCost), orZero(in.TotalLetterCost); !daily.IsZero() || !total.IsZero() {
		b.DailyCost, b.TotalCost, b.Currency = daily, total, in.LetterCostCurrency
	}
	return b
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

func orZero(d *decimal.Decimal) decimal.Decimal {
	if d == nil {
		return decimal.Zero
	}
	return *d
}

func campaigns(list []relance.Campaign) []*wire.Campaign {
	out := make([]*wire.Campaign, len(list))
	for i := range list {
		out[i] = wire.NewCampaign(list[i])
	}
	return out
}

func campaignPayload(c relance.Campaign, err error) (*CampaignPayload, error) {
	errs, err := userErrors(err)
	if err != nil || len(errs) > 0 {
		return &CampaignPayload{Errors: errs}, err
	}
	return &CampaignPayload{Campaign: wire.NewCampaign(c), Errors: errs}, nil
}

func done(err error) (*DonePayload, error) {
	errs, err := userErrors(err)
	return &DonePayload{Errors: errs}, err
}

func (r *Resolver) moveCampaign(ctx context.Context, id uuid.UUID, to relance.CampaignState, confirm bool) (*CampaignPayload, error) {
	b := bearer(ctx)
	return campaignPayload(r.Use.MoveCampaign(ctx, b.MerchantID, id, to, confirm, b.Actor()))
}

// maxExamples is how many people a preview lists at most.
const maxExamples = 100

func (r *Resolver) preview(ctx context.Context, id uuid.UUID, examples int) (*CampaignPreview, error) {
	if examples < 0 || examples > maxExamples {
		return nil, relance.FieldErrorf("examples", "examples must be from 0 to %d", maxExamples)
	}
	p, err := r.Use.Preview(ctx, bearer(ctx).MerchantID, id, examples)
	if err != nil {
		return nil, err
	}
	out := &CampaignPreview{People: p.People, Events: p.Events, Sends: p.Sends, Acts: p.Acts, Letters: p.Letters, Cost: pointers(p.Cost), Waits: p.Waits, Holdout: p.Holdout, Examples: pointers(p.Examples)}
	for verdict, counts := range map[relance.Verdict]map[relance.Reason]int{relance.VerdictRefuse: p.Refused, relance.VerdictWait: p.Waiting} {
		for _, c := range relance.Reasons(counts) {
			out.Refusals = append(out.Refusals, &relance.RefusalCount{Verdict: verdict, Reason: c.Reason, Count: c.Count})
		}
	}
	return out, nil
}

func (r *Resolver) why(ctx context.Context, id, profile uuid.UUID) ([]*CampaignDecision, error) {
	list, err := r.Use.Why(ctx, bearer(ctx).MerchantID, id, profile)
	if err != nil {
		return nil, err
	}
	out := make([]*CampaignDecision, len(list))
	for i, d := range list {
		out[i] = &CampaignDecision{Instance: d.Instance.Key, EventAt: d.Instance.At, Verdict: d.Verdict, Reasons: append([]relance.Reason{}, d.Reasons...)}
		if !d.Until.IsZero() {
			out[i].Until = &d.Until
		}
		if d.Channel != "" {
			out[i].Channel = &d.Channel
		}
		if d.NotByEmail != "" {
			out[i].NotByEmail = &d.NotByEmail
		}
	}
	return out, nil
}

// maxVersions is how many versions a page holds at most: each has all texts.
const maxVersions = 50

func (r *Resolver) versions(ctx context.Context, id uuid.UUID, first int, before *int) ([]*wire.CampaignVersion, error) {
	if first < 1 || first > maxVersions {
		return nil, relance.FieldErrorf("first", "first must be from 1 to %d", maxVersions)
	}
	list, err := r.Use.CampaignVersions(ctx, bearer(ctx).MerchantID, id, before, first)
	out := make([]*wire.CampaignVersion, len(list))
	for i := range list {
		out[i] = wire.NewVersion(list[i])
	}
	return out, err
}

// daySpan gives the days that are asked for: the last thirty where nothing is said. Where today is
// tomorrow already, tomorrow is meant as well.
func daySpan(from, to *time.Time, now time.Time) (first, last time.Time, err error) {
	if last = now.UTC().AddDate(0, 0, 1); to != nil {
		last = *to
	}
	if first = last.AddDate(0, 0, -30); from != nil {
		first = *from
	}
	if first.After(last) || last.Sub(first) > 401*24*time.Hour {
		return first, last, relance.FieldErrorf("to", "the last day must not be before the first, nor more than 400 days after it")
	}
	return first, last, nil
}
