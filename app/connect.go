package app

import (
	"context"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// connectTimeout bounds how long a person waits for a shop to answer.
const connectTimeout = 60 * time.Second

// Connect checks the credentials against the shop itself and connects it. A shop that
// is connected already is given the new credentials instead. Missing rights do not
// refuse a shop: they are stored and shown by name. name, where not empty, replaces the
// shop's own.
func (a *App) Connect(ctx context.Context, m uuid.UUID, platform relance.Platform, cred relance.Credentials, name, actor string) (relance.Shop, error) {
	p, err := a.platform(platform)
	if err != nil {
		return relance.Shop{}, err
	}
	if err := checkSecret(&cred.ClientSecret); err != nil {
		return relance.Shop{}, err
	}
	c, err := p.New(a.Deps, cred)
	if err != nil {
		return relance.Shop{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	info, missing, err := c.Check(ctx)
	if err != nil {
		return relance.Shop{}, err
	}
	if name != "" {
		info.Name = name
	}
	id, err := a.Store.ShopByKey(ctx, m, platform, info.ExternalKey)
	if err != nil {
		return relance.Shop{}, err
	}
	known := id != uuid.Nil
	if !known {
		id = uuid.Must(uuid.NewV7())
	}
	if err := a.keepSecret(ctx, m, id, &cred); err != nil {
		return relance.Shop{}, err
	}
	sealed, err := a.sealShop(cred, m, id)
	if err != nil {
		return relance.Shop{}, err
	}
	shop := store.NewShop{ID: id, Platform: platform, Info: info, Missing: missing, Credentials: sealed}
	if known {
		err = a.Store.ReconnectShop(ctx, m, shop, a.Now())
	} else {
		err = a.Store.AddShop(ctx, m, shop)
	}
	if err != nil {
		return relance.Shop{}, err
	}
	if err := a.audit(ctx, m, actor, "connect_shop", "shop", id, map[string]any{"platform": platform}); err != nil {
		return relance.Shop{}, err
	}
	return a.Store.Shop(ctx, m, id)
}

// keepSecret keeps what the webhooks of a shop are signed with where only its token is pasted anew.
func (a *App) keepSecret(ctx context.Context, m, shop uuid.UUID, cred *relance.Credentials) error {
	if cred.Key == "" || cred.ClientSecret != "" {
		return nil
	}
	_, sealed, err := a.Store.ShopCredentials(ctx, m, shop)
	if relance.CodeOf(err) == relance.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if before, err := a.unsealShop(sealed, m, shop); err == nil && before.Key != "" { // what cannot be read is replaced
		cred.ClientSecret = before.ClientSecret
	}
	return nil
}

// SaveShopSecret stores what the platform signs the webhooks of a shop with. The token that it was connected with
// need not be at hand: Shopify shows one only once.
func (a *App) SaveShopSecret(ctx context.Context, m, shop uuid.UUID, secret, actor string) error {
	if err := checkSecret(&secret); err != nil {
		return err
	}
	if secret == "" {
		return relance.TellField("apiSecretKey", "API_SECRET_FORM")
	}
	name, sealed, err := a.Store.ShopCredentials(ctx, m, shop)
	if err != nil {
		return err
	}
	p, err := a.platform(name)
	if err != nil {
		return err
	}
	if p.PrivacyNews == nil {
		return relance.Tell(relance.CodeConflict, nil, "NO_WEBHOOKS")
	}
	cred, err := a.unsealShop(sealed, m, shop)
	if err != nil {
		return err
	}
	if cred.Key == "" { // the secret is what it is connected by: it is entered with the id, and tried
		return relance.Tell(relance.CodeConflict, nil, "SECRET_IS_CREDENTIAL")
	}
	cred.ClientSecret = secret
	if _, err := p.New(a.Deps, cred); err != nil {
		return err
	}
	fresh, err := a.sealShop(cred, m, shop)
	if err != nil {
		return err
	}
	if err := a.Store.ReplaceCredentials(ctx, m, shop, sealed, fresh); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "save_shop_secret", "shop", shop, nil)
}

// mostSecret bounds what is taken for a secret, in characters.
const mostSecret = 200

// checkSecret tidies what somebody pasted as a secret; empty: none.
func checkSecret(s *string) error {
	*s = strings.TrimSpace(*s)
	if len(*s) > mostSecret || strings.ContainsFunc(*s, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsGraphic(r) || r == ' ' }) {
		return relance.TellField("apiSecretKey", "API_SECRET_FORM")
	}
	return nil
}

// ShopWebhooks tells where the platform passes on its news of a shop, and whether they can be believed; nil:
// it passes nothing on.
func (a *App) ShopWebhooks(ctx context.Context, shop *relance.Shop) (*relance.ShopWebhooks, error) {
	p, err := a.platform(shop.Platform)
	if err != nil || p.PrivacyNews == nil {
		return nil, err
	}
	_, sealed, err := a.Store.ShopCredentials(ctx, shop.MerchantID, shop.ID)
	if err != nil {
		return nil, err
	}
	cred, err := a.unsealShop(sealed, shop.MerchantID, shop.ID)
	return &relance.ShopWebhooks{Path: "/hooks/privacy/" + shop.ID.String(), Verified: err == nil && cred.ClientSecret != "", BySecret: cred.Key != ""}, nil
}
