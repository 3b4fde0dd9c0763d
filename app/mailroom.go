package app

import (
	"context"
	"sync"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/store"
	"github.com/relance/relance/template"
)

// mailroom is what the messages of one group share: it is read once for all of them.
type mailroom struct {
	app      *App
	merchant uuid.UUID

	mu       sync.Mutex
	linkKey  []byte
	senders  map[uuid.UUID]*mailSender
	counters map[uuid.UUID]connectors.Connector
}

// mailSender is a shop as the sender of e-mails.
type mailSender struct {
	shop     relance.Shop
	settings relance.ShopSettings
	logo     *template.Logo
}

// sender gives the shop that writes.
func (r *mailroom) sender(ctx context.Context, shop uuid.UUID) (*mailSender, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.senders[shop]; s != nil {
		return s, nil
	}
	s := &mailSender{}
	var err error
	if s.shop, err = r.app.Store.Shop(ctx, r.merchant, shop); err != nil {
		return nil, err
	}
	if s.settings, err = r.app.Store.ShopSettings(ctx, r.merchant, shop); err != nil {
		return nil, err
	}
	if s.logo, err = r.app.logoData(ctx, r.merchant, shop); err != nil {
		return nil, err
	}
	if r.senders == nil {
		r.senders = map[uuid.UUID]*mailSender{}
	}
	r.senders[shop] = s
	return s, nil
}

// unsubscribe is the link by which the recipient of a message objects.
func (r *mailroom) unsubscribe(ctx context.Context, followUp uuid.UUID) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.linkKey == nil {
		key, err := r.app.linkKey(ctx, r.merchant)
		if err != nil {
			return "", err
		}
		r.linkKey = key
	}
	return r.app.linkSigned(r.linkKey, LinkUnsubscribe, r.merchant, followUp), nil
}

// connector opens a shop.
func (r *mailroom) connector(ctx context.Context, shop uuid.UUID) (connectors.Connector, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.counters[shop]; c != nil {
		return c, nil
	}
	c, _, err := r.app.connector(ctx, r.merchant, shop)
	if err != nil {
		return nil, err
	}
	if r.counters == nil {
		r.counters = map[uuid.UUID]connectors.Connector{}
	}
	r.counters[shop] = c
	return c, nil
}

// data is what every e-mail of the shop to the person says.
func (s *mailSender) data(f *store.FollowUp, language, unsubscribe string) template.Data {
	d := template.Data{Language: language, Title: f.Facts.Title, FirstName: f.Facts.FirstName, LastName: f.Facts.LastName,
		ShopName: s.shop.Name, ShopURL: s.shop.URL, Imprint: imprint(s.settings), Logo: s.logo, UnsubscribeURL: unsubscribe}
	if f.Voucher != nil {
		d.Voucher = voucherData(f.Voucher, f.Facts.Merchant.Shops[f.ShopID].Zone, language)
	}
	return d
}
