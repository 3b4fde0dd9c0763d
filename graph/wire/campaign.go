package wire

import (
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// Campaign is a campaign as the API shows it: its plan laid out flat, times in minutes.
type Campaign struct {
	ID                  uuid.UUID
	Name                string
	State               relance.CampaignState
	Version             int
	Trigger             CampaignTrigger
	SegmentID           *uuid.UUID
	Audience            *relance.Filter
	Reentry             relance.ReentryPolicy
	ReentryDays         int
	HoldoutPercent      int
	Steps               []CampaignStep
	ExpiresAfterMinutes int
	DailyBudget         int
	TotalBudget         int
	ApproveFirst        int
	EndsAt              *time.Time
	ReachBack           bool
	StartedAt           *time.Time
	EndedAt             *time.Time
	CreatedAt           time.Time
	BalancingTest       string
	LetterProspects     bool
	DailyLetterCost     decimal.Decimal
	TotalLetterCost     decimal.Decimal
	LetterCostCurrency  string
}

// CampaignTrigger is an event with its parameters.
type CampaignTrigger struct {
	Kind          relance.TriggerKind
	ShopIDs       []uuid.UUID
	MinAgeMinutes int
	MaxAgeMinutes int
	Days          int
	Amount        decimal.Decimal
	Currency      string
}

// CampaignStep is one message, or one thing that is noted.
type CampaignStep struct {
	Key          string
	AfterMinutes int
	Label        *string
	Task         *relance.StepTask
	Voucher      *relance.Offer
	Email        []CampaignText
	Letter       []CampaignLetterText
	VariantB     *CampaignVariant

	EmailPreference, LetterPreference *string
}

// CampaignVariant is what some get instead of the step.
type CampaignVariant struct {
	SharePercent int
	Voucher      *relance.Offer
	Email        []CampaignText
	Letter       []CampaignLetterText
}

// CampaignLetterText is a letter's text in one language.
type CampaignLetterText struct {
	Language string
	relance.LetterText
}

// CampaignText is a text in one language.
type CampaignText struct {
	Language string
	relance.EmailText
}

// SendingRules are the rules for all campaigns.
type SendingRules struct {
	relance.SendingRules
	GapHours int
}

// NewCampaign lays a campaign out.
func NewCampaign(c relance.Campaign) *Campaign {
	p, t := c.Plan, c.Plan.Trigger
	out := &Campaign{ID: c.ID, Name: c.Name, State: c.State, Version: c.Version, SegmentID: p.SegmentID, Audience: p.Audience, Reentry: p.Reentry.Policy, ReentryDays: p.Reentry.Days,
		HoldoutPercent: p.HoldoutPercent, ExpiresAfterMinutes: minutes(p.ExpiresAfter), DailyBudget: p.Budget.Daily, TotalBudget: p.Budget.Total, ApproveFirst: p.ApproveFirst,
		EndsAt: p.EndsAt, ReachBack: p.ReachBack, StartedAt: c.StartedAt, EndedAt: c.EndedAt, CreatedAt: c.CreatedAt,
		Trigger: CampaignTrigger{Kind: t.Kind, ShopIDs: append([]uuid.UUID{}, t.Shops...), MinAgeMinutes: minutes(t.MinAge), MaxAgeMinutes: minutes(t.MaxAge), Days: t.Days, Amount: t.Amount, Currency: t.Currency}}
	out.DailyLetterCost, out.TotalLetterCost, out.LetterCostCurrency = p.Budget.DailyCost, p.Budget.TotalCost, p.Budget.Currency
	if p.Letters != nil {
		out.BalancingTest, out.LetterProspects = p.Letters.BalancingTest, p.Letters.Prospects
	}
	out.Steps = steps(&p)
	return out
}

// CampaignVersion is a version of a campaign.
type CampaignVersion struct {
	Version int
	At      time.Time
	Author  string
	Changes []relance.PlanChange
	Steps   []CampaignStep
}

// NewVersion lays a version out.
func NewVersion(v relance.CampaignVersion) *CampaignVersion {
	return &CampaignVersion{Version: v.Version, At: v.At, Author: v.Author, Changes: append([]relance.PlanChange{}, v.Changes...), Steps: steps(&v.Plan)}
}

func steps(p *relance.Plan) []CampaignStep {
	out := []CampaignStep{}
	for _, s := range p.Steps {
		step := CampaignStep{Key: s.Key, AfterMinutes: minutes(s.After), Voucher: s.Voucher, Email: texts(s.Email), Letter: LetterTexts(s.Letter), Task: s.Task}
		if s.Label != "" {
			step.Label = &s.Label
		}
		if s.EmailPreference != "" {
			step.EmailPreference = &s.EmailPreference
		}
		if s.LetterPreference != "" {
			step.LetterPreference = &s.LetterPreference
		}
		if b := s.B; b != nil {
			step.VariantB = &CampaignVariant{SharePercent: b.Share, Voucher: b.Voucher, Email: texts(b.Email), Letter: LetterTexts(b.Letter)}
		}
		out = append(out, step)
	}
	return out
}

// texts lists texts in the order of their languages.
func texts(by map[string]relance.EmailText) []CampaignText {
	out := []CampaignText{}
	for _, l := range slices.Sorted(maps.Keys(by)) {
		out = append(out, CampaignText{l, by[l]})
	}
	return out
}

// LetterTexts lists texts in the order of their languages.
func LetterTexts(by map[string]relance.LetterText) []CampaignLetterText {
	out := []CampaignLetterText{}
	for _, l := range slices.Sorted(maps.Keys(by)) {
		out = append(out, CampaignLetterText{l, by[l]})
	}
	return out
}

func minutes(d time.Duration) int { return int(d / time.Minute) }
