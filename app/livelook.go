package app

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// lookAtShops reads once more what could end the follow-up: the cart that it is about, and what
// the person ordered in any shop of the merchant. It reports whether something was stored. The
// shop that the message is about must answer; another that does not holds nothing up.
func (s *sending) lookAtShops(ctx context.Context) (stored bool, err error) {
	if s.f.Plan().Trigger.Kind == relance.TriggerOneTime {
		return false, nil // no order ends it; thousands of them would be thousands of requests
	}
	if stored, err = s.lookAtCart(ctx); err != nil {
		return stored, err
	}
	if err := s.lookAtShipping(ctx); err != nil {
		return stored, err
	}
	for id := range s.f.Facts.Merchant.Shops {
		found, err := s.lookForOrders(ctx, id)
		if err != nil && id == s.f.ShopID {
			return stored, err
		}
		if err != nil {
			s.app.Log.Warn("orders not looked for", "merchant", s.merchant, "shop", id, "code", relance.CodeOf(err), "err", err)
		}
		stored = stored || found
	}
	if !stored {
		return false, ctx.Err()
	}
	return true, s.app.DeriveAll(ctx, s.merchant)
}

// lookAtShipping asks whether a voucher for free shipping would give anything.
func (s *sending) lookAtShipping(ctx context.Context) error {
	if s.f.Voucher == nil || s.f.Voucher.Kind != relance.VoucherFreeShipping {
		return nil
	}
	c, err := s.room.connector(ctx, s.f.ShopID)
	if err != nil {
		return err
	}
	teller, ok := c.(connectors.ShippingTeller)
	if !ok {
		return nil
	}
	from, err := teller.FreeShippingFrom(ctx)
	if err != nil {
		return err
	}
	return s.app.Store.SetFreeShipping(ctx, s.merchant, s.f.ShopID, from)
}

// lookAtCart reads the cart and the stock of what is in it, as they are now.
func (s *sending) lookAtCart(ctx context.Context) (stored bool, err error) {
	key, ok := strings.CutPrefix(s.f.Enrolment.InstanceKey, "cart:")
	if !ok {
		return false, nil
	}
	cart, err := uuid.Parse(key)
	if err != nil {
		return false, nil
	}
	external, err := s.app.Store.CartExternalID(ctx, s.merchant, cart)
	if err != nil {
		return false, err
	}
	c, err := s.room.connector(ctx, s.f.ShopID)
	if err != nil {
		return false, err
	}
	if _, err = s.fetch(ctx, c, s.f.ShopID, relance.KindCarts, []string{external}); err != nil {
		return false, err
	}
	products, err := s.app.Store.CartProducts(ctx, s.merchant, cart)
	if err == nil && len(products) > 0 {
		_, err = s.fetch(ctx, c, s.f.ShopID, relance.KindProducts, products)
	}
	return err == nil, err
}

// lookForOrders reads the orders of the person that are not known yet.
func (s *sending) lookForOrders(ctx context.Context, shop uuid.UUID) (stored bool, err error) {
	c, err := s.room.connector(ctx, shop)
	if err != nil {
		return false, err
	}
	finder, ok := c.(connectors.OrderFinder)
	if !ok {
		return false, nil
	}
	var customers, emails []string
	for _, r := range s.f.Facts.Records {
		if r.SourceID == shop {
			customers = append(customers, r.ExternalID)
		}
		if r.Email != "" && !r.Masked {
			emails = append(emails, strings.ToLower(r.Email))
		}
	}
	ids, err := finder.OrdersOf(ctx, customers, slices.Compact(slices.Sorted(slices.Values(emails))))
	if err != nil || len(ids) == 0 {
		return false, err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(s.f.Orders[shop], id) })
	if len(ids) == 0 {
		return false, nil
	}
	unknown, err := s.app.Store.UnknownOrders(ctx, s.merchant, shop, ids)
	if err != nil || len(unknown) == 0 {
		return false, err
	}
	page, err := s.fetch(ctx, c, shop, relance.KindOrders, unknown)
	if err != nil {
		return false, err
	}
	var strangers []string // who bought as somebody new, such as a guest
	for i := range page.Orders {
		if id := page.Orders[i].CustomerID; id != "" && !slices.Contains(customers, id) {
			strangers = append(strangers, id)
		}
	}
	if len(strangers) > 0 {
		_, err = s.fetch(ctx, c, shop, relance.KindCustomers, strangers)
	}
	return true, err
}

// fetch reads single records and stores them.
func (s *sending) fetch(ctx context.Context, c connectors.Connector, shop uuid.UUID, kind relance.Kind, ids []string) (connectors.Page, error) {
	fetcher, ok := c.(connectors.Fetcher)
	if !ok {
		return connectors.Page{}, nil
	}
	at := s.app.Now()
	page, err := fetcher.Fetch(ctx, kind, ids)
	if err != nil {
		return connectors.Page{}, err
	}
	return page, s.app.Store.StoreRecords(ctx, s.merchant, shop, pageRows(page), at)
}
