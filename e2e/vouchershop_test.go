package e2e_test

import (
	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
)

// backOffice is what a merchant can do to vouchers in the shop.
type backOffice interface {
	connectors.VoucherIssuer
	connectors.VoucherRemover
}

// backOffice opens the PrestaShop shop beside the product.
func (p *post) backOffice() backOffice {
	p.t.Helper()
	for _, x := range p.app.Platforms {
		if x.Name == relance.PrestaShop {
			c, err := x.New(p.app.Deps, relance.Credentials{URL: "http://" + p.hosts[relance.PrestaShop], Key: prestashoptest.DefaultKey})
			must(p.t, err)
			return c.(backOffice)
		}
	}
	p.t.Fatal("there is no connector")
	return nil
}

// voucherIn gives the shop's id of a message's voucher.
func (p *post) voucherIn(shop backOffice, f *relance.FollowUpView) string {
	p.t.Helper()
	found, err := shop.FindVouchers(p.t.Context(), f.Voucher.Code)
	must(p.t, err)
	if len(found) != 1 {
		p.t.Fatalf("%d vouchers with the code", len(found))
	}
	return found[0].ExternalID
}

// voucherNow is what the ledger says of a message's voucher.
func (p *post) voucherNow(campaign, followUp uuid.UUID) (state, finding string) {
	p.t.Helper()
	for _, f := range p.messages(campaign) {
		if f.ID == followUp {
			if f.Voucher.Finding != nil {
				finding = string(*f.Voucher.Finding)
			}
			return string(f.Voucher.State), finding
		}
	}
	p.t.Fatal("the message is gone")
	return "", ""
}

// tidyAll tidies until every voucher had its turn.
func (p *post) tidyAll() {
	p.t.Helper()
	for range 20 {
		must(p.t, p.app.TidyVouchers(p.t.Context(), p.merchant))
	}
}

// someAccount gives a customer account of a shop.
func (p *post) someAccount(shop uuid.UUID) (external, email string) {
	p.t.Helper()
	list := p.seed.PrestaShop.Customers
	if shop == p.shopify {
		list = p.seed.Shopify.Customers
	}
	for _, c := range list {
		if c.Kind != relance.IdentityGuest && c.Active && !c.Deleted && c.Email != "" {
			return c.ExternalID, c.Email
		}
	}
	p.t.Fatal("nobody has an account")
	return "", ""
}
