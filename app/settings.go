package app

import (
	"context"
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery/senderdns"
)

// ChangeMerchant changes the merchant's name, main currency and when carts are abandoned.
func (a *App) ChangeMerchant(ctx context.Context, m uuid.UUID, c relance.MerchantChange, actor string) error {
	if c.Name != nil {
		if *c.Name = strings.TrimSpace(*c.Name); *c.Name == "" || utf8.RuneCountInString(*c.Name) > 100 || strings.ContainsRune(*c.Name, 0) {
			return relance.TellField("name", "BUSINESS_NAME")
		}
	}
	if c.MainCurrency != nil {
		cur, err := relance.ParseCurrency(*c.MainCurrency)
		if err != nil {
			return relance.TellField("mainCurrency", "CURRENCY_FORM")
		}
		c.MainCurrency = &cur
	}
	if n := c.AbandonAfterMinutes; n != nil && (*n < 10 || *n > 7*24*60) {
		return relance.TellField("abandonAfterMinutes", "ABANDON_AFTER")
	}
	if on := c.RelayContractOn; on != nil && on.After(a.Now()) {
		return relance.TellField("relayContractOn", "CONTRACT_IN_FUTURE")
	}
	if err := a.Store.ChangeMerchant(ctx, m, c, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "change_merchant", "merchant", m, c)
}

// mostFreeShipping is more than any cart is worth, and fits its column.
var mostFreeShipping = decimal.New(1, 12) //nolint:gochecknoglobals // a constant

// Bounds of the list of discreet categories.
const (
	maxCategories   = 200
	maxCategoryName = 300
)

// checkCategories tidies the names as they are compared, and refuses too many or too long ones.
func checkCategories(list []string) error {
	for i := range list {
		levels := strings.Split(list[i], ">")
		for j := range levels {
			levels[j] = strings.TrimSpace(levels[j])
		}
		list[i] = strings.Join(levels, " > ")
		if len(list) > maxCategories || list[i] == "" || utf8.RuneCountInString(list[i]) > maxCategoryName || strings.ContainsRune(list[i], 0) {
			return relance.TellField("discreetCategories", "DISCREET_CATEGORIES")
		}
	}
	return nil
}

// DevContract says of the relay of `relance dev`, which delivers nothing, that there is an agreement
// with it.
func (a *App) DevContract(ctx context.Context, m uuid.UUID) error {
	today := a.Now().UTC().Truncate(24 * time.Hour)
	return a.Store.ChangeMerchant(ctx, m, relance.MerchantChange{RelayContractOn: &today}, a.Now())
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
			return relance.TellField(t.field, "TOO_LONG", "most", strconv.Itoa(t.most))
		}
	}
	for field, v := range map[string]*string{"senderEmail": c.SenderEmail, "replyTo": c.ReplyTo} {
		if v == nil || *v == "" {
			continue
		}
		if at, err := mail.ParseAddress(*v); err != nil || at.Address != *v {
			return relance.TellField(field, "EMAIL_FORM")
		}
	}
	if c.SenderName != nil && strings.ContainsAny(*c.SenderName, "\r\n") {
		return relance.TellField("senderName", "NAME_ON_ONE_LINE")
	}
	if c.Language != nil && *c.Language != "" && !regexp.MustCompile(`^[a-z]{2}$`).MatchString(*c.Language) {
		return relance.TellField("language", "LANGUAGE_FORM")
	}
	if c.Country != nil && *c.Country != "" && !regexp.MustCompile(`^[A-Z]{2}$`).MatchString(*c.Country) {
		return relance.TellField("country", "COUNTRY_FORM")
	}
	if s := c.DKIMSelector; s != nil && *s != "" && !senderdns.ValidSelector(*s) {
		return relance.TellField("dkimSelector", "SELECTOR_FORM")
	}
	if from := c.FreeShippingFrom; from != nil && (from.IsNegative() || from.GreaterThanOrEqual(mostFreeShipping)) {
		return relance.TellField("freeShippingFrom", "FREE_SHIPPING_FROM")
	}
	if err := checkCategories(c.DiscreetCategories); err != nil {
		return err
	}
	if err := a.checkLetterSettings(ctx, m, c.Letters); err != nil {
		return err
	}
	if _, err := a.Store.Shop(ctx, m, shop); err != nil {
		return err
	}
	if err := a.Store.ChangeShopSettings(ctx, m, shop, c, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "change_shop_settings", "shop", shop, c)
}
