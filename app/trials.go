package app

import (
	"cmp"
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/store"
)

// trialTime is how long a voucher can be tried.
const trialTime = time.Hour

// TryVoucher makes a step's voucher for somebody's own account in the shop, to see it work there.
// It is good for an hour and taken back then.
func (a *App) TryVoucher(ctx context.Context, m, campaignID uuid.UUID, stepKey string, variant relance.MessageVariant, shop uuid.UUID, email, actor string) (relance.PlannedVoucher, error) {
	step, _, err := a.step(ctx, m, campaignID, stepKey, variant)
	if err != nil {
		return relance.PlannedVoucher{}, err
	}
	if step.Voucher == nil {
		return relance.PlannedVoucher{}, relance.TellField("stepKey", "STEP_WITHOUT_VOUCHER")
	}
	account, language, err := a.Store.ShopAccount(ctx, m, shop, email)
	if relance.CodeOf(err) == relance.CodeNotFound {
		return relance.PlannedVoucher{}, relance.TellField("email", "NO_ACCOUNT_IN_SHOP")
	}
	if err != nil {
		return relance.PlannedVoucher{}, err
	}
	issuer, err := a.issuer(ctx, m, shop)
	if err != nil {
		return relance.PlannedVoucher{}, err
	}
	at, err := a.Store.Shop(ctx, m, shop)
	if err != nil {
		return relance.PlannedVoucher{}, err
	}
	now := a.Now().UTC().Truncate(time.Second)
	o := step.Voucher
	v := relance.PlannedVoucher{Code: newCode("TRY"), Kind: o.Kind, Value: o.Value, Minimum: o.Minimum, Currency: cmp.Or(o.Currency, at.Currency), ValidFrom: now.Add(-24 * time.Hour), ValidUntil: now.Add(trialTime)}
	return v, a.issueTrial(ctx, m, shop, issuer, v, account, language, actor)
}

// issueTrial notes the voucher, has it made and notes that; where the answer is lost it is taken
// back all the same.
func (a *App) issueTrial(ctx context.Context, m, shop uuid.UUID, issuer connectors.VoucherIssuer, v relance.PlannedVoucher, account, language, actor string) error {
	id := uuid.Must(uuid.NewV7())
	if err := a.Store.AddTrial(ctx, m, store.Trial{ID: id, ShopID: shop, Code: v.Code}, actor, a.Now(), v.ValidUntil); err != nil {
		return err
	}
	made, err := issuer.IssueVoucher(ctx, relance.VoucherOrder{Code: v.Code, Kind: v.Kind, Value: v.Value, Currency: v.Currency, Minimum: v.Minimum, From: v.ValidFrom, Until: v.ValidUntil,
		CustomerID: account, Titles: map[string]string{"en": "Trial", "fr": "Essai", "de": "Test"}, Language: language})
	if err != nil {
		return err
	}
	if err := a.Store.TrialIssued(ctx, m, id, made.ExternalID); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "try_voucher", "shop", shop, nil)
}

// step finds a step of a campaign as it is now, in one of its variants.
func (a *App) step(ctx context.Context, m, campaignID uuid.UUID, key string, variant relance.MessageVariant) (*relance.CampaignStep, *relance.Campaign, error) {
	c, err := a.Store.Campaign(ctx, m, campaignID)
	if err != nil {
		return nil, nil, err
	}
	for i := range c.Plan.Steps {
		if s := &c.Plan.Steps[i]; s.Key == key && (variant == relance.VariantA || s.B != nil) {
			return s.As(variant), &c, nil
		}
	}
	return nil, nil, relance.TellField("stepKey", "NO_SUCH_STEP")
}
