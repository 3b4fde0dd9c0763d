package e2e_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// courtesies are what would embarrass a merchant in front of her customers, and the tests that keep
// it from happening. Letters come later.
var courtesies = []held{
	{"written to in another language than the cart's or order's", "campaign/guards_test.go", "TestRecipient"},
	{"a gender that was guessed, a name in capitals, a name that is none", "template/template_test.go", "TestGreetings"},
	{"an order of a moment ago, in any shop, unpaid or as a guest", "e2e/liveorders_test.go", "TestAnOrderOfThisMomentEndsTheFollowUp"},
	{"nothing of the cart is in stock any more", "e2e/courtesy_test.go", "TestStockIsReadJustBeforeSending"},
	{"things are shown that nobody can order", "store/cartcontent_test.go", "TestWhatAMessageShowsOfACart"},
	{"a start that reaches back in time unasked", "campaign/guards_test.go", "BEFORE_START"},
	{"the first messages that nobody has seen", "campaign/courtesy_test.go", "TestTheFirstMessagesAreApproved"},
	{"sending that cannot be stopped at once", "campaign/guards_test.go", "SENDING_STOPPED"},
	{"advertising while a return is open", "campaign/guards_test.go", "RETURN_OPEN"},
	{"advertising while a complaint has no answer", "campaign/courtesy_test.go", "COMPLAINT_OPEN"},
	{"advertising while an invoice is overdue", "campaign/courtesy_test.go", "INVOICE_OVERDUE"},
	{"advertising while an order is on its way", "campaign/guards_test.go", "ORDER_UNDER_WAY"},
	{"a voucher in another currency", "campaign/guards_test.go", "VOUCHER_CURRENCY"},
	{"a second voucher beside an open one", "campaign/courtesy_test.go", "TestALaterStepReusesOrRaisesTheVoucher"},
	{"a voucher that anybody can use", "connectors/prestashop/vouchers_test.go", "TestOnlyABoundVoucherIsHighlighted"},
	{"a voucher that asks for more than is in the cart", "campaign/guards_test.go", "VOUCHER_MINIMUM"},
	{"free shipping for who has it anyway", "e2e/courtesy_test.go", "TestFreeShippingIsAskedJustBeforeSending"},
	{"a voucher that ends on a Sunday, or in the middle of a day", "campaign/calendar_test.go", "TestPlanVoucher"},
	{"somebody who has died, or wants no contact", "campaign/guards_test.go", "DO_NOT_CONTACT"},
	{"a child", "campaign/guards_test.go", "MINOR"},
	{"a birthday that the shop filled in for none", "campaign/triggers_test.go", "1900-01-01 stands for none"},
	{"everybody of a household", "campaign/courtesy_test.go", "HOUSEHOLD_CAP"},
	{"a gift that is named to who shall not know", "store/cartcontent_test.go", "TestGiftsAreNamedNowhere"},
	{"discreet things that are named", "store/cartcontent_test.go", "below a discreet one"},
	{"staff, test orders, addresses of marketplaces", "campaign/guards_test.go", "STAFF"},
	{"prices that are struck through", "template/template_test.go", "TestNothingIsStruckThrough"},
	{"judged by what they buy, who objected to it", "campaign/courtesy_test.go", "TestObjectionToProfiling"},
	{"in a list of best customers, who objected to it", "segment/profiling_test.go", "TestObjectorsAreInNoSegmentOfBehaviour"},
	{"in the list of a segment, who objected to it", "e2e/segmentlist_test.go", "TestASegmentsListAgreesWithItsCount"},
	{"written to without a ground in the law of their country", "campaign/legal_test.go", "TestEmailLaw"},
	{"one controller's consent used by another", "campaign/guards_test.go", "objected to another controller"},
	{"an objection that the shop does not hear of", "e2e/objections_test.go", "TestAnObjectionIsPassedOnToTheShops"},
	{"an objection that stays unknown to the shop unnoticed", "e2e/stuckobjections_test.go", "TestAnObjectionThatAShopWasNotToldOfIsShown"},
	{"a mail relay without a contract", "e2e/courtesy_test.go", "TestNoCampaignStartsWithoutAContract"},
	{"opening a mail that is watched", "template/template_test.go", "TestNoPixel"},
}

// TestEveryCourtesyHasATest: none of them is dropped by renaming.
func TestEveryCourtesyHasATest(t *testing.T) {
	t.Parallel()
	allHeld(t, courtesies)
}

// reasons counts why messages of a campaign were refused just before they went out.
func (p *post) reasons(id uuid.UUID) map[relance.Reason]int {
	p.t.Helper()
	page, err := p.store.FollowUps(p.t.Context(), p.merchant, relance.FollowUpQuery{Paging: relance.Paging{First: 100}, CampaignID: &id, States: []relance.SendState{relance.SendRefused}})
	must(p.t, err)
	out := map[relance.Reason]int{}
	for _, f := range page.FollowUps {
		if f.Reason != nil {
			out[*f.Reason]++
		}
	}
	return out
}

// onlyPresta limits a campaign to the PrestaShop shop.
func (p *post) onlyPresta(input map[string]any) map[string]any {
	input["trigger"].(map[string]any)["shopIds"] = []uuid.UUID{p.presta}
	return input
}

// TestStockIsReadJustBeforeSending: all is sold after the last pull, which no date of a product tells.
func TestStockIsReadJustBeforeSending(t *testing.T) {
	t.Parallel()
	p := newPost(t, 60, worldOptions{})
	p.pull()
	id := p.campaign(p.onlyPresta(cartCampaign()))
	want := p.view(id).Preview.Sends
	p.world.presta.SellOut()
	p.start(id)
	v := p.settled(id)
	if got := p.reasons(id); want == 0 || v.Numbers.Sent != 0 || p.sink.Taken() != 0 || got[relance.ReasonSoldOut] != want || v.Numbers.Vouchers != 0 {
		t.Errorf("of %d: %+v, %v, the relay took %d", want, v.Numbers, got, p.sink.Taken())
	}
}

// TestFreeShippingIsAskedJustBeforeSending: the shop begins to ship everything free after the last pull.
func TestFreeShippingIsAskedJustBeforeSending(t *testing.T) {
	t.Parallel()
	p := newPost(t, 60, worldOptions{})
	p.pull()
	input := p.onlyPresta(cartCampaign())
	input["steps"].([]any)[0].(map[string]any)["voucher"] = map[string]any{"kind": "FREE_SHIPPING", "validDays": 30}
	id := p.campaign(input)
	want := p.view(id).Preview.Sends
	p.world.presta.SetConfiguration("PS_SHIPPING_FREE_PRICE", "1")
	p.start(id)
	v := p.settled(id)
	if got := p.reasons(id); want == 0 || v.Numbers.Sent != 0 || got[relance.ReasonShippingFree] == 0 {
		t.Errorf("of %d: %+v, %v", want, v.Numbers, got)
	}
}

// TestNoCampaignStartsWithoutAContract with who carries the mail; the refusal says what to do.
func TestNoCampaignStartsWithoutAContract(t *testing.T) {
	t.Parallel()
	p := newPost(t, 10, worldOptions{})
	shopify, presta := p.connect()
	for _, shop := range []uuid.UUID{shopify, presta} {
		p.do(`mutation($s: ID!) { r: shopSettingsUpdate(shopId: $s, settings: {senderEmail: "shop@maison.example"}) { errors { message } } }`, map[string]any{"s": shop})
	}
	id := p.campaign(cartCampaign())
	type answer struct {
		R struct {
			Campaign *struct{ State string }
			Errors   []struct {
				Cause *struct{ Code string }
			}
		}
	}
	start := func() (out answer) {
		p.ask(`mutation($id: ID!) { r: campaignStart(id: $id) { campaign { state } errors { cause { code } } } }`, map[string]any{"id": id}, &out)
		return out
	}
	if got := start(); len(got.R.Errors) != 1 || got.R.Errors[0].Cause == nil || got.R.Errors[0].Cause.Code != "NO_RELAY_CONTRACT" {
		t.Errorf("%+v", got)
	}
	var later struct {
		R struct{ Errors []struct{ Field string } }
	}
	p.ask(`mutation { r: merchantUpdate(relayContractOn: "2999-01-01") { errors { field } } }`, nil, &later)
	if len(later.R.Errors) != 1 || later.R.Errors[0].Field != "relayContractOn" {
		t.Errorf("a date to come: %+v", later)
	}
	p.do(`mutation { r: merchantUpdate(relayContractOn: "2026-01-31") { errors { message } } }`, nil)
	if got := start(); len(got.R.Errors) > 0 || got.R.Campaign.State != "RUNNING" {
		t.Errorf("%+v", got)
	}
}
