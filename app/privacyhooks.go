package app

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// ShopPrivacyNews takes up what a shop's platform passes on about privacy: each word becomes an entry of the
// register, once. Who is known to that shop alone is erased at once where the word is to erase them; who is
// known elsewhere too, and a whole shop, wait for a person: the word speaks for that shop only.
func (a *App) ShopPrivacyNews(ctx context.Context, shop uuid.UUID, header http.Header, body []byte) error {
	m, err := a.Store.ShopMerchant(ctx, shop)
	if err != nil {
		return err
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
		return relance.Errorf(relance.CodeNotFound, "this platform tells nothing by itself")
	}
	cred, err := a.unsealShop(sealed, m, shop)
	if err != nil {
		return err
	}
	news, err := p.PrivacyNews(cred, header, body)
	if err != nil {
		return err
	}
	return a.takePrivacyNews(ctx, m, shop, news)
}

func (a *App) takePrivacyNews(ctx context.Context, m, shop uuid.UUID, news connectors.PrivacyNews) error {
	const actor = "relance"
	now := a.Now()
	r := relance.NewPrivacyRequest{Kind: news.Kind, Channel: relance.AskedAtShop, ReceivedOn: now, Restricted: true, ShopID: &shop, ExternalID: news.ID}
	var alone bool
	var err error
	if !news.WholeShop {
		if r.ProfileID, alone, err = a.Store.ProfileOfRecord(ctx, m, shop, news.CustomerID); err != nil {
			return err
		}
	}
	id, added, err := a.Store.AddPrivacyRequest(ctx, m, &r, actor, now)
	if err != nil || !added {
		return err
	}
	if err := a.audit(ctx, m, actor, "add_privacy_request", "privacy_request", id, map[string]any{"kind": r.Kind, "channel": r.Channel}); err != nil {
		return err
	}
	switch {
	case news.WholeShop:
		return nil
	case r.ProfileID == nil: // nobody whom we know: nothing to hand out or to erase
		return a.Store.ClosePrivacyRequest(ctx, m, id, relance.PrivacyDone, "", actor, now)
	}
	if err := a.Store.IdentifyRequester(ctx, m, id, *r.ProfileID, "Shopify", actor, now); err != nil {
		return err
	}
	if r.Kind == relance.PrivacyErasure && alone {
		_, err = a.EraseProfile(ctx, m, *r.ProfileID, &id, "REQUEST", actor)
	}
	return err
}
