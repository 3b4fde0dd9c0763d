package e2e_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/relance/relance/delivery/smtptest"
)

// TestAnObjectionIsPassedOnToTheShops: a click by mistake can be undone for a quarter of an hour;
// then the shops' own newsletters stop as well. A shop that is away or lacks the right is told
// later.
func TestAnObjectionIsPassedOnToTheShops(t *testing.T) {
	t.Parallel()
	p := newPost(t, 120, worldOptions{})
	p.pull()
	id := p.campaign(cartCampaign())
	p.start(id)
	p.settled(id)
	var signedUp []smtptest.Letter // others got mail as customers
	for _, m := range p.sink.Mails() {
		if l := smtptest.Read(m); p.subscribed(l.To) {
			signedUp = append(signedUp, l)
		}
	}
	if len(signedUp) < 2 {
		t.Fatalf("%d of %d recipients are signed up", len(signedUp), p.sink.Taken())
	}
	undone, meant := signedUp[0], signedUp[1]
	p.click(undone.Unsubscribe, url.Values{"List-Unsubscribe": {"One-Click"}})
	p.click(undone.Unsubscribe, url.Values{"undo": {"1"}})
	p.click(meant.Unsubscribe, url.Values{"List-Unsubscribe": {"One-Click"}})
	p.clock.ahead.Add(int64(14 * time.Minute))
	must(t, p.app.PassOnObjections(t.Context(), p.merchant))
	if !p.subscribed(meant.To) {
		t.Error("the shops were told at once")
	}
	p.world.shopify.SetScopes("read_customers", "read_orders", "read_all_orders", "read_products", "read_returns", "write_discounts")
	p.clock.ahead.Add(int64(2 * time.Minute))
	p.until("PrestaShop knows", func() bool { return !p.world.presta.Subscribed(meant.To) })
	p.world.shopify.SetScopes("read_customers", "read_orders", "read_all_orders", "read_products", "read_returns", "write_discounts", "write_customers")
	p.clock.ahead.Add(int64(7 * time.Hour))
	p.until("Shopify knows", func() bool { return !p.subscribed(meant.To) })
	if !p.subscribed(undone.To) {
		t.Error("what was undone was passed on")
	}
}

// click posts to the page behind a link, as people and mail programs do.
func (p *post) click(link string, form url.Values) {
	p.t.Helper()
	res, err := http.PostForm(link, form)
	must(p.t, err)
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %d", link, res.StatusCode)
	}
}

// subscribed asks the shops themselves whether somebody still gets their newsletters.
func (p *post) subscribed(address string) bool {
	return p.world.shopify.Subscribed(address) || p.world.presta.Subscribed(address)
}
