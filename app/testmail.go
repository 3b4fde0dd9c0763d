package app

import (
	"cmp"
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
	"github.com/relance/relance/template"
)

// SendTest sends a step's e-mail to the person who asks, with an invented recipient and cart and
// a code that works nowhere.
func (a *App) SendTest(ctx context.Context, m, campaignID uuid.UUID, stepKey string, variant relance.MessageVariant, language string, shopID, user uuid.UUID) error {
	if a.Mail == nil {
		return relance.Tell(relance.CodeConflict, nil, "NO_RELAY")
	}
	me, err := a.Store.User(ctx, m, user)
	if err != nil {
		return relance.Tell(relance.CodeForbidden, nil, "TEST_NEEDS_A_PERSON")
	}
	step, c, err := a.step(ctx, m, campaignID, stepKey, variant)
	if err != nil {
		return err
	}
	text, ok := step.Email[language]
	if !ok {
		return relance.TellField("language", "STEP_WITHOUT_LANGUAGE")
	}
	shop, err := a.Store.Shop(ctx, m, shopID)
	if err != nil {
		return err
	}
	set, err := a.Store.ShopSettings(ctx, m, shopID)
	if err != nil {
		return err
	}
	if set.SenderEmail == "" {
		return relance.Tell(relance.CodeConflict, nil, "SHOP_WITHOUT_SENDER")
	}
	data := sampleData(&shop, set, step, c, language, a.Now())
	data.UnsubscribeURL = a.PublicURL + "/u/test"
	msg, err := a.Texts.Render(text, data)
	if err != nil {
		return err
	}
	msg.Subject = "[Test] " + msg.Subject
	if err := a.Mail.Send(ctx, a.mail(&shop, set, uuid.Must(uuid.NewV7()), me.Email, msg, data.UnsubscribeURL)); err != nil {
		return detailOf(err).As(relance.CodeConflict, err)
	}
	return nil
}

// sampleData is what a test speaks of.
func sampleData(shop *relance.Shop, set relance.ShopSettings, step *relance.CampaignStep, c *relance.Campaign, language string, now time.Time) template.Data {
	data := template.Data{Language: language, FirstName: "Camille", LastName: "Martin", ShopName: shop.Name, ShopURL: shop.URL, Imprint: imprint(set)}
	money := func(amount int64) string {
		return template.Money(relance.Money{Amount: decimal.NewFromInt(amount), Currency: shop.Currency}, language)
	}
	if c.Plan.Trigger.Kind == relance.TriggerAbandonedCart {
		data.Cart = &template.Cart{URL: shop.URL, Lines: []template.CartLine{{Title: "A", Quantity: 1, Price: money(25)}, {Title: "B", Quantity: 2, Price: money(39)}}}
	}
	if o := step.Voucher; o != nil {
		data.Voucher = voucherData(&store.Voucher{Code: "TEST-TEST", Kind: o.Kind, Value: relance.Money{Amount: o.Value, Currency: cmp.Or(o.Currency, shop.Currency)},
			Minimum: relance.Money{Amount: o.Minimum, Currency: cmp.Or(o.Currency, shop.Currency)}, ValidUntil: now.AddDate(0, 0, o.ValidDays)}, zoneOf(shop), language)
	}
	return data
}

func zoneOf(shop *relance.Shop) *time.Location {
	if z, err := time.LoadLocation(shop.TimeZone); err == nil {
		return z
	}
	return time.UTC
}
