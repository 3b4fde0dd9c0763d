package e2e_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery/smtptest"
)

// readOnly are the scopes of an app that may not change customers.
func readOnly() []string {
	return []string{"read_customers", "read_orders", "read_all_orders", "read_products", "read_returns", "write_discounts"}
}

// TestAnObjectionThatAShopWasNotToldOfIsShown: with its cause, until somebody grants the right and
// has it tried again, which waits for nothing.
func TestAnObjectionThatAShopWasNotToldOfIsShown(t *testing.T) {
	t.Parallel()
	p := newPost(t, 120, worldOptions{})
	p.pull()
	id := p.campaign(cartCampaign())
	p.start(id)
	p.settled(id)
	signedUp := p.signedUpAt(p.world.shopify.Subscribed, 2)
	meant, undone := signedUp[0], signedUp[1]
	p.world.shopify.SetScopes(readOnly()...)
	p.click(meant.Unsubscribe, url.Values{"List-Unsubscribe": {"One-Click"}})
	p.click(undone.Unsubscribe, url.Values{"List-Unsubscribe": {"One-Click"}})
	if list := p.stuck(p.shopify); len(list) > 0 {
		t.Fatalf("shown before the shop was asked: %+v", list)
	}
	p.clock.ahead.Add(int64(16 * time.Minute))
	p.until("both are shown", func() bool { list := p.stuck(p.shopify); return len(list) == 1 && list[0].Count == 2 })
	p.click(undone.Unsubscribe, url.Values{"undo": {"1"}})
	list := p.stuck(p.shopify)
	if len(list) != 1 || list[0].Count != 1 || list[0].Cause == nil || list[0].Cause.Code != "NO_WRITE_SCOPE" || list[0].Cause.Params[0].Value != "write_customers" {
		t.Errorf("shown as %+v", list)
	}
	if list := p.stuck(p.presta); len(list) > 0 {
		t.Errorf("the other shop shows %+v", list)
	}
	p.world.shopify.SetScopes(append(readOnly(), "write_customers")...)
	p.do(`mutation($s: ID!) { r: objectionsRetry(shopId: $s) { errors { message } } }`, map[string]any{"s": p.shopify})
	p.until("the shop knows", func() bool { return !p.world.shopify.Subscribed(meant.To) })
	p.until("nothing is shown", func() bool { return len(p.stuck(p.shopify)) == 0 })
	if !p.world.shopify.Subscribed(undone.To) {
		t.Error("the shop was told of what was taken back while it refused")
	}
	p.do(`mutation($s: ID!) { r: objectionsRetry(shopId: $s) { errors { message } } }`, map[string]any{"s": p.shopify})
	page, err := p.store.AuditEvents(t.Context(), p.merchant, relance.Paging{First: 250}, true)
	must(t, err)
	if n := actsNamed(page.Events, "retry_objections"); n != 1 {
		t.Errorf("%d times in the audit trail; the second time there was nothing to try", n)
	}
}

func actsNamed(list []*relance.AuditEvent, action string) (n int) {
	for _, e := range list {
		if e.Action == action {
			n++
		}
	}
	return n
}

// signedUpAt are n messages to people who are signed up to the newsletter of a shop.
func (p *post) signedUpAt(subscribed func(string) bool, n int) (out []smtptest.Letter) {
	p.t.Helper()
	for _, m := range p.sink.Mails() {
		if l := smtptest.Read(m); subscribed(l.To) {
			out = append(out, l)
		}
	}
	if len(out) < n {
		p.t.Fatalf("%d of %d recipients are signed up", len(out), p.sink.Taken())
	}
	return out[:n]
}

type stuckObjections struct {
	Count int
	Cause *struct {
		Code   string
		Params []struct{ Name, Value string }
	}
}

// stuck asks which objections a shop was not told of.
func (p *post) stuck(shop uuid.UUID) []stuckObjections {
	p.t.Helper()
	var out struct {
		Shop struct{ StuckObjections []stuckObjections }
	}
	p.ask(`query($s: ID!) { shop(id: $s) { stuckObjections { count text since cause { code params { name value } } } } }`, map[string]any{"s": shop}, &out)
	return out.Shop.StuckObjections
}
