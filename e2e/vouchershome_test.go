package e2e_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// TestVouchersComeHomeFromBothShops: one is redeemed at each platform and its revenue stands in the
// results, and the one of somebody who objects is taken back in the shop.
func TestVouchersComeHomeFromBothShops(t *testing.T) {
	t.Parallel()
	p := newPost(t, 160, worldOptions{})
	p.pull()
	id := p.campaign(cartCampaign())
	p.start(id)
	p.settled(id)
	redeemed := map[uuid.UUID]*relance.FollowUpView{}
	var objector *relance.FollowUpView
	for _, f := range p.messages(id) {
		switch {
		case f.State != relance.SendSent:
		case redeemed[f.ShopID] == nil:
			redeemed[f.ShopID] = f
		default:
			objector = f
		}
	}
	if len(redeemed) != 2 || objector == nil {
		t.Fatalf("messages of %d shops with vouchers", len(redeemed))
	}
	for shop, f := range redeemed {
		buy := p.world.presta.Buy
		if shop == p.shopify {
			buy = p.world.shopify.Buy
		}
		_, err := buy(p.customerOf(f.ProfileID, shop), f.Voucher.Code, decimal.NewFromInt(100))
		must(t, err)
	}
	p.click(p.unsubscribeLink(objector), url.Values{"List-Unsubscribe": {"One-Click"}})
	must(t, p.app.TidyVouchers(t.Context(), p.merchant))
	p.clock.ahead.Store(0) // the queue works by the real time
	p.await(time.Minute, p.startSync(p.shopify, false), p.startSync(p.presta, false))
	for shop, f := range redeemed {
		if state, finding := p.voucherNow(id, f.ID); state != "REDEEMED" || finding != "" {
			t.Errorf("the voucher of shop %s is %s %q", shop, state, finding)
		}
		var after struct {
			FollowUp struct {
				Order *struct {
					Number    string
					ByVoucher bool
					Total     relance.Money
				}
			}
		}
		p.ask(`query($id: ID!) { followUp(id: $id) { order { number byVoucher total { amount } } } }`, map[string]any{"id": f.ID}, &after)
		if o := after.FollowUp.Order; o == nil || o.Number == "" || !o.ByVoucher || !o.Total.Amount.IsPositive() {
			t.Errorf("the order after the message: %+v", o)
		}
	}
	if state, _ := p.voucherNow(id, objector.ID); state != "REVOKED" || p.activeVouchers(objector) != 0 {
		t.Errorf("the voucher of somebody who objected is %s, %d work", state, p.activeVouchers(objector))
	}
	var out struct {
		Campaign struct {
			Results struct {
				Totals struct {
					Redeemed int
					Takings  []struct {
						ByCode struct {
							Orders  int
							Revenue decimal.Decimal
							Margin  *decimal.Decimal
							Goods   relance.Goods
						}
						Discount decimal.Decimal
					}
				}
			}
		}
	}
	p.ask(`query($id: ID!) { campaign(id: $id) { results(windowDays: 14) { totals { redeemed takings { byCode { orders revenue margin goods { pieces known late net cost } } discount } } } } }`, map[string]any{"id": id}, &out)
	orders, discount, margin, goods := 0, decimal.Zero, decimal.Zero, relance.Goods{}
	for _, x := range out.Campaign.Results.Totals.Takings {
		orders, discount = orders+x.ByCode.Orders, discount.Add(x.Discount)
		if g := x.ByCode.Goods; x.ByCode.Margin == nil {
			t.Errorf("the margin of %+v is not known", g)
		} else {
			margin, goods.Pieces, goods.Known, goods.Late = margin.Add(*x.ByCode.Margin), goods.Pieces+g.Pieces, goods.Known+g.Known, goods.Late+g.Late
			goods.Net, goods.Cost = goods.Net.Add(g.Net), goods.Cost.Add(g.Cost)
		}
		if x.ByCode.Revenue.LessThan(decimal.NewFromInt(90)) {
			t.Errorf("the takings of a currency are %+v", x)
		}
	}
	if orders != 2 || out.Campaign.Results.Totals.Redeemed != 2 || !discount.Equal(decimal.NewFromInt(20)) {
		t.Errorf("two orders of 100 with 10 %% off brought %+v", out.Campaign.Results.Totals)
	}
	// Each was one piece of the first product: 90 with the discount off, once, and 75 without the tax of
	// 20 %, of which PrestaShop's total has cents only.
	if off := goods.Net.Sub(decimal.NewFromInt(150)).Abs(); goods.Pieces != 2 || goods.Known != 2 || goods.Late != 0 || off.GreaterThan(decimal.New(1, -2)) || !goods.Cost.IsPositive() ||
		!margin.Equal(goods.Net.Sub(goods.Cost)) {
		t.Errorf("two orders of 100 with 10 %% off left %s of %+v", margin, goods)
	}
}

// unsubscribeLink is the one in the mail of a message.
func (p *post) unsubscribeLink(f *relance.FollowUpView) string {
	p.t.Helper()
	link, err := p.app.SignedLink(p.t.Context(), "u", p.merchant, f.ID)
	must(p.t, err)
	return link
}
