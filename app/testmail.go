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
// a code that works nowhere; its letter comes with it as a PDF.
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
	text, mailed := step.Email[language]
	paper, posted := step.Letter[language]
	switch {
	case !mailed && !posted:
		return relance.TellField("language", "STEP_WITHOUT_LANGUAGE")
	case !mailed:
		text = relance.EmailText{Subject: paper.Subject, Body: letterAttached(language)}
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
	mail := a.mail(&shop, set, uuid.Must(uuid.NewV7()), me.Email, msg, data.UnsubscribeURL)
	if posted {
		p, err := a.PreviewLetter(ctx, m, relance.LetterPreviewOrder{ShopID: shopID, Language: language, Text: paper, Voucher: step.Voucher})
		if err != nil {
			return err
		}
		mail.Attachments = []relance.Attachment{{Name: "letter-" + language + ".pdf", ContentType: "application/pdf", Data: p.PDF}}
	}
	if err := a.Mail.Send(ctx, mail); err != nil {
		return detailOf(err).As(relance.CodeConflict, err)
	}
	return nil
}

// letterAttached is what a test mail says that only brings a letter.
func letterAttached(language string) string {
	switch language {
	case "fr":
		return "La lettre est jointe, telle qu’elle serait imprimée, pour une personne inventée."
	case "de":
		return "Der Brief liegt bei, wie er gedruckt würde, an eine erfundene Person."
	}
	return "The letter is attached as it would be printed, to an invented person."
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
