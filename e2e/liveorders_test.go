package e2e_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery/smtptest"
	"github.com/relance/relance/internal/sample"
)

// TestAnOrderOfThisMomentEndsTheFollowUp: people order between the last pull and the message, in
// either shop, also as guests; none of them gets mail or a voucher.
func TestAnOrderOfThisMomentEndsTheFollowUp(t *testing.T) {
	t.Parallel()
	p := newPost(t, 120, worldOptions{})
	p.pull()
	id := p.campaign(cartCampaign())
	whole := p.view(id).Preview.Sends
	buyers := p.orderNow(id)
	if len(buyers) < 2 || whole <= len(buyers) {
		t.Fatalf("of %d recipients %d order", whole, len(buyers))
	}
	p.start(id)
	v := p.settled(id)
	p.logMessages(id)
	if v.Numbers.Sent != whole-len(buyers) || p.sink.Taken() != v.Numbers.Sent || v.Numbers.Refused != len(buyers) {
		t.Errorf("%d would have been sent, %d ordered a moment ago: %+v, the relay took %d", whole, len(buyers), v.Numbers, p.sink.Taken())
	}
	for _, m := range p.sink.Mails() {
		if to := smtptest.Read(m).To; buyers[to] {
			t.Errorf("a buyer was written to")
		}
	}
	page, err := p.store.FollowUps(t.Context(), p.merchant, relance.FollowUpQuery{Paging: relance.Paging{First: 100}, CampaignID: &id, States: []relance.SendState{relance.SendRefused}})
	must(t, err)
	for _, f := range page.FollowUps {
		if f.Reason == nil || *f.Reason != relance.ReasonAlreadyOrdered || f.Voucher != nil && f.Voucher.State == "ISSUED" {
			t.Errorf("%s %v, voucher %+v", f.State, f.Reason, f.Voucher)
		}
	}
}

// orderNow lets the first recipient of each shop order there, and another one as a guest of the
// PrestaShop shop. It gives their addresses.
func (p *post) orderNow(id uuid.UUID) map[string]bool {
	p.t.Helper()
	var out struct {
		Campaign struct {
			Preview struct {
				Examples []struct {
					ShopID, ProfileID uuid.UUID
					Email             string
				}
			}
		}
	}
	p.ask(`query($id: ID!) { campaign(id: $id) { preview { examples { shopId email profileId } } } }`, map[string]any{"id": id}, &out)
	buyers, done := map[string]bool{}, map[uuid.UUID]int{}
	for _, s := range out.Campaign.Preview.Examples {
		if done[s.ShopID] > 1 || s.ShopID == p.shopify && done[s.ShopID] > 0 {
			continue
		}
		done[s.ShopID]++
		o := sampleOrder(p.customerOf(s.ProfileID, s.ShopID))
		switch {
		case s.ShopID == p.shopify:
			p.world.shopify.PutOrder(o)
		case done[p.presta] == 1:
			p.world.presta.PutOrder(o)
		default:
			guest := relance.Customer{ExternalID: "880001", Kind: relance.IdentityGuest, Active: true, FirstName: "Guest", LastName: "Guest", Email: s.Email, CreatedAt: time.Now()}
			p.world.presta.PutCustomer(guest)
			o.ExternalID, o.CustomerID = "880002", guest.ExternalID
			p.world.presta.PutOrder(o)
		}
		buyers[s.Email] = true
	}
	return buyers
}

func sampleOrder(customer string) relance.Order {
	shops := sample.Demo(sample.DemoOptions{Seed: 7, People: 5, Now: time.Now()})
	o := shops.PrestaShop.Orders[0]
	o.ExternalID, o.Number, o.CustomerID, o.CartID, o.CheckoutToken = "880000", "N880000", customer, "", ""
	o.PlacedAt, o.State, o.CancelledAt, o.Refunds, o.Returns, o.History = time.Now().Add(-time.Second), relance.OrderOpen, nil, nil, nil, nil
	o.Paid = false
	return o
}
