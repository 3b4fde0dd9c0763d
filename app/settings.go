package app

import (
	"context"
	"net/mail"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery/senderdns"
)

// ChangeMerchant changes the merchant's name, main currency and when carts are abandoned.
func (a *App) ChangeMerchant(ctx context.Context, m uuid.UUID, c relance.MerchantChange, actor string) error {
	if c.Name != nil {
		if *c.Name = strings.TrimSpace(*c.Name); *c.Name == "" || utf8.RuneCountInString(*c.Name) > 100 || strings.ContainsRune(*c.Name, 0) {
			return relance.FieldErrorf("name", "enter your business's name, at most 100 characters")
		}
	}
	if c.MainCurrency != nil {
		cur, err := relance.ParseCurrency(*c.MainCurrency)
		if err != nil {
			return relance.FieldErrorf("mainCurrency", "a currency is a three-letter code such as EUR")
		}
		c.MainCurrency = &cur
	}
	if n := c.AbandonAfterMinutes; n != nil && (*n < 10 || *n > 7*24*60) {
		return relance.FieldErrorf("abandonAfterMinutes", "choose 10 minutes to 7 days (10,080 minutes)")
	}
	if err := a.Store.ChangeMerchant(ctx, m, c, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "change_merchant", "merchant", m, c)
}

// ChangeShopSettings changes how a shop speaks to its customers.
func (a *App) ChangeShopSettings(ctx context.Context, m, shop uuid.UUID, c relance.ShopSettingsChange, actor string) error {
	for _, t := range []struct {
		field string
		value *string
		most  int
	}{
		{"legalEntity", c.LegalEntity, 200}, {"imprint", c.Imprint, 4000}, {"senderName", c.SenderName, 100},
		{"senderEmail", c.SenderEmail, 254}, {"replyTo", c.ReplyTo, 254}, {"language", c.Language, 2}, {"country", c.Country, 2}, {"dkimSelector", c.DKIMSelector, 63},
	} {
		if t.value == nil {
			continue
		}
		*t.value = strings.TrimSpace(*t.value)
		if utf8.RuneCountInString(*t.value) > t.most || strings.ContainsRune(*t.value, 0) {
			return relance.FieldErrorf(t.field, "at most %d characters", t.most)
		}
	}
	for field, v := range map[string]*string{"senderEmail": c.SenderEmail, "replyTo": c.ReplyTo} {
		if v == nil || *v == "" {
			continue
		}
		if at, err := mail.ParseAddress(*v); err != nil || at.Address != *v {
			return relance.FieldErrorf(field, "enter an e-mail address, such as shop@example.com")
		}
	}
	if c.SenderName != nil && strings.ContainsAny(*c.SenderName, "\r\n") {
		return relance.FieldErrorf("senderName", "enter a name on one line")
	}
	if c.Language != nil && *c.Language != "" && !regexp.MustCompile(`^[a-z]{2}$`).MatchString(*c.Language) {
		return relance.FieldErrorf("language", "enter a two-letter code, such as en, fr or de")
	}
	if c.Country != nil && *c.Country != "" && !regexp.MustCompile(`^[A-Z]{2}$`).MatchString(*c.Country) {
		return relance.FieldErrorf("country", "enter a two-letter code in capitals, such as FR or DE")
	}
	if s := c.DKIMSelector; s != nil && *s != "" && !senderdns.ValidSelector(*s) {
		return relance.TellField("dkimSelector", "SELECTOR_FORM")
	}
	if _, err := a.Store.Shop(ctx, m, shop); err != nil {
		return err
	}
	if err := a.Store.ChangeShopSettings(ctx, m, shop, c, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "change_shop_settings", "shop", shop, c)
}
