package e2e_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/campaign"
	"github.com/relance/relance/delivery"
	"github.com/relance/relance/delivery/smtptest"
	"github.com/relance/relance/internal/sample"
	"github.com/relance/relance/public"
	"github.com/relance/relance/template"
)

// clock is the time that the product is told. It begins with the real time, by which the queue
// works, and can be put forward.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// toWorkingMorning puts the clock forward to an hour at which messages go out in France and
// Germany.
func (c *clock) toWorkingMorning() {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	t := c.now().In(zone)
	for {
		t = time.Date(t.Year(), t.Month(), t.Day()+1, 10, 0, 0, 0, zone)
		if t.Weekday() != time.Sunday && !campaign.Holiday(t, "FR") && !campaign.Holiday(t, "DE") {
			c.ahead.Store(int64(time.Until(t)))
			return
		}
	}
}

// post is a world that can send: a relay, the public pages and shops with a sender.
type post struct {
	*world
	clock           *clock
	sink            *smtptest.Sink
	seed            sample.Shops
	relay, public   string
	shopify, presta uuid.UUID
}

func newPost(t *testing.T, people int, o worldOptions) *post {
	t.Helper()
	c := &clock{}
	o.shops, o.now = sample.Demo(sample.DemoOptions{Seed: 7, People: people, Now: time.Now()}), c.now
	w := newWorld(t, o)
	p := &post{world: w, clock: c, sink: &smtptest.Sink{}, seed: o.shops}
	var stop func()
	var err error
	p.relay, stop, err = p.sink.Listen("127.0.0.1:0")
	must(t, err)
	t.Cleanup(stop)
	relay, err := delivery.NewSMTP(p.relay)
	must(t, err)
	t.Cleanup(relay.Close)
	mux := http.NewServeMux()
	mux.Handle("/", public.LetterHandler(w.app, quiet()))
	mux.Handle("/u/", public.Handler(w.app, quiet()))
	mux.Handle("/c/", public.OptInHandler(w.app, quiet()))
	pages := httptest.NewServer(mux)
	t.Cleanup(pages.Close)
	p.public = pages.URL
	w.app.Mail, w.app.Texts, w.app.PublicURL = relay, template.New(), pages.URL
	return p
}

// pull connects the shops, pulls them and waits for a working morning.
func (p *post) pull() {
	p.t.Helper()
	p.shopify, p.presta = p.connect()
	for _, shop := range []uuid.UUID{p.shopify, p.presta} {
		p.do(`mutation($s: ID!) { r: shopSettingsUpdate(shopId: $s, settings: {senderEmail: "shop@maison.example", legalEntity: "Example Ltd", language: "fr", country: "FR", noticeSince: "2020-01-01"}) { errors { message } } }`, map[string]any{"s": shop})
	}
	p.do(`mutation { r: merchantUpdate(relayContractOn: "2020-01-01") { errors { message } } }`, nil)
	p.await(time.Minute, p.startSync(p.shopify, false), p.startSync(p.presta, false))
	p.clock.toWorkingMorning()
}

// do runs a mutation under the name r and demands that it reports nothing to mend.
func (p *post) do(mutation string, vars map[string]any) {
	p.t.Helper()
	var out struct {
		R struct {
			Errors []struct{ Field, Message string }
		}
	}
	p.ask(mutation, vars, &out)
	if len(out.R.Errors) > 0 {
		p.t.Fatalf("%+v", out.R.Errors)
	}
}

// campaign makes a campaign and starts it.
func (p *post) campaign(input map[string]any) uuid.UUID {
	p.t.Helper()
	var out struct {
		CampaignCreate struct {
			Campaign *struct{ ID uuid.UUID }
			Errors   []struct{ Field, Message string }
		}
	}
	p.ask(`mutation($i: CampaignInput!) { campaignCreate(input: $i) { campaign { id } errors { field message } } }`, map[string]any{"i": input}, &out)
	if out.CampaignCreate.Campaign == nil {
		p.t.Fatalf("%+v", out.CampaignCreate.Errors)
	}
	return out.CampaignCreate.Campaign.ID
}

func (p *post) start(id uuid.UUID) {
	p.t.Helper()
	p.do(`mutation($id: ID!) { r: campaignStart(id: $id) { errors { field message } } }`, map[string]any{"id": id})
}

type campaignView struct {
	Numbers struct {
		Entered, HeldOut, Held, Due, Sent, Refused, Expired, Failed, Bounced, Uncertain, Vouchers, Redeemed int
	}
	Refusals []struct {
		Verdict, Reason string
		Count           int
	}
	Preview struct{ People, Events, Sends, Waits, Holdout int }
}

func (p *post) view(id uuid.UUID) campaignView {
	p.t.Helper()
	var out struct{ Campaign campaignView }
	p.ask(`query($id: ID!) { campaign(id: $id) { numbers { entered heldOut held due sent refused expired failed bounced uncertain vouchers redeemed } refusals { verdict reason count } preview { people events sends waits holdout } } }`,
		map[string]any{"id": id}, &out)
	return out.Campaign
}

// settled waits until nothing is due any more.
func (p *post) settled(id uuid.UUID) campaignView {
	p.t.Helper()
	return p.settledWithin(id, time.Minute)
}

func (p *post) settledWithin(id uuid.UUID, limit time.Duration) campaignView {
	p.t.Helper()
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) { // workers take their time
		people, err := p.store.DuePeople(p.t.Context(), p.now())
		must(p.t, err)
		if v := p.view(id); len(people) == 0 && v.Numbers.Due == 0 {
			return v
		}
	}
	p.t.Fatalf("not settled: %+v", p.view(id))
	return campaignView{}
}

// logMessages tells what became of messages that were not sent.
func (p *post) logMessages(id uuid.UUID) {
	p.t.Helper()
	page, err := p.store.FollowUps(p.t.Context(), p.merchant, relance.FollowUpQuery{Paging: relance.Paging{First: 100}, CampaignID: &id})
	must(p.t, err)
	for _, f := range page.FollowUps {
		if f.State != relance.SendSent {
			p.t.Logf("%s %v %s", f.State, f.Reason, f.Detail)
		}
	}
}

// cartCampaign follows up carts of the last seven days, from before the start too.
func cartCampaign() map[string]any {
	return map[string]any{"name": "Carts", "trigger": map[string]any{"kind": "ABANDONED_CART", "minAgeMinutes": 60, "maxAgeMinutes": 60 * 24 * 30}, "reentry": "PER_OBJECT", "reachBack": true,
		"steps": []any{map[string]any{"key": "first", "voucher": map[string]any{"kind": "PERCENT", "value": "10", "validDays": 30, "prefix": "BACK"},
			"email": []any{map[string]any{"language": "fr", "subject": "{{ voucher.value }} sur votre panier", "body": "{{ greeting }}\n\n{% for line in cart.lines %}- {{ line.title }}\n{% endfor %}\n\n[panier]({{ cart.url }}) {{ voucher.code }}"}}}}}
}

func TestACartLeftBehindIsFollowedUpOnce(t *testing.T) {
	t.Parallel()
	p := newPost(t, 120, worldOptions{})
	p.pull()
	id := p.campaign(cartCampaign())
	before := p.view(id)
	writes := p.world.presta.Writes() + p.world.shopify.Writes()
	if before.Preview.Sends == 0 || p.sink.Taken() != 0 {
		t.Fatalf("the preview shows %+v, and %d mails went out for it", before.Preview, p.sink.Taken())
	}
	if writes != 0 {
		t.Errorf("the preview changed the shops %d times", writes)
	}
	past, err := p.app.Backtest(p.t.Context(), p.merchant, id, 60, 5)
	must(t, err)
	again, err := p.app.Backtest(p.t.Context(), p.merchant, id, 60, 5)
	must(t, err)
	t.Logf("backtest %+v", past)
	if past.Hash != again.Hash || past.Sends == 0 || p.sink.Taken() != 0 || p.world.presta.Writes()+p.world.shopify.Writes() != 0 {
		t.Errorf("a backtest gives %d messages and %s, again %s; the relay took %d", past.Sends, past.Hash, again.Hash, p.sink.Taken())
	}
	p.lookAtBacktest(id, past)
	for _, shop := range []uuid.UUID{p.shopify, p.presta} {
		must(t, p.app.SetLogo(t.Context(), p.merchant, shop, bytes.NewReader(logoFile(t, 480, 96)), "test"))
	}
	p.start(id)
	v := p.settled(id)
	p.lookAtMessages(id)
	p.logMessages(id)
	t.Logf("preview %+v, numbers %+v, refusals %+v", before.Preview, v.Numbers, v.Refusals)
	if v.Numbers.Sent != before.Preview.Sends || p.sink.Taken() != v.Numbers.Sent || v.Numbers.Vouchers != v.Numbers.Sent {
		t.Fatalf("%d would be sent, %d are, with %d vouchers; the relay took %d", before.Preview.Sends, v.Numbers.Sent, v.Numbers.Vouchers, p.sink.Taken())
	}
	seen := map[string]bool{}
	for _, m := range p.sink.Mails() {
		l := smtptest.Read(m)
		if seen[l.To] || !strings.Contains(l.Subject, "10") || !strings.Contains(l.HTML, "BACK-") {
			t.Errorf("mail to the same or without its voucher: %q", l.Subject)
		}
		if !strings.Contains(l.HTML, `<img src="`+p.public+`/l/`) || !strings.Contains(l.HTML, `width="240" height="48"`) || strings.Contains(l.Text, "/l/") {
			t.Errorf("the logo does not stand at the head of the HTML alone: %q", l.Subject)
		}
		seen[l.To] = true
	}
	// Judging everybody once more changes nothing.
	p.do(`mutation { r: sendingStop(stop: true) { errors { message } } }`, nil)
	p.do(`mutation { r: sendingStop(stop: false) { errors { message } } }`, nil)
	if again := p.settled(id); again.Numbers != v.Numbers || p.sink.Taken() != v.Numbers.Sent {
		t.Errorf("judged again: %+v, was %+v", again.Numbers, v.Numbers)
	}
	p.redeemOne(id)
	p.unsubscribe(smtptest.Read(p.sink.Mails()[0]))
}

// redeemOne buys with one of the vouchers in the shop; the next pull brings it home.
func (p *post) redeemOne(campaignID uuid.UUID) {
	p.t.Helper()
	page, err := p.store.FollowUps(p.t.Context(), p.merchant, relance.FollowUpQuery{Paging: relance.Paging{First: 100}, CampaignID: &campaignID})
	must(p.t, err)
	f := page.FollowUps[0]
	buy := p.world.presta.Buy
	if f.ShopID == p.shopify {
		buy = p.world.shopify.Buy
	}
	if _, err := buy("999999", f.Voucher.Code, decimal.NewFromInt(100)); err == nil {
		p.t.Error("somebody else can use the voucher")
	}
	_, err = buy(p.customerOf(f.ProfileID, f.ShopID), f.Voucher.Code, decimal.NewFromInt(100))
	must(p.t, err)
	p.clock.ahead.Store(0) // the queue works by the real time
	p.await(time.Minute, p.startSync(f.ShopID, false))
	if n := p.view(campaignID).Numbers.Redeemed; n != 1 {
		p.t.Errorf("%d vouchers are redeemed, want 1", n)
	}
	p.broughtOne(campaignID)
	p.clock.toWorkingMorning()
}

// broughtOne looks at the results after one order of 100 with a voucher of 10 %, in any shop's currency.
func (p *post) broughtOne(campaignID uuid.UUID) {
	p.t.Helper()
	type takes struct {
		Orders  int
		Revenue decimal.Decimal
	}
	type step struct {
		Key                              string
		Decided, Sent, Delivered, Issued int
		Redeemed                         int
		Takings                          []struct {
			Currency            string
			ByCode, ByMatchBack takes
			Discount            decimal.Decimal
			UnknownDiscounts    int
		}
	}
	var out struct {
		Campaign struct {
			RevenueByCode []struct{ Amount decimal.Decimal }
			Results       struct {
				Evaluated, Eligible, People int
				Totals                      step
				Steps                       []step
				Months                      []struct{ Sent, Redeemed int }
				Comparison                  struct {
					HoldoutPercent, LeftOut int
					Conversion              struct{ Difference *struct{ Low float64 } }
					Revenue                 []struct{ Currency string }
				}
			}
		}
	}
	p.ask(`query($id: ID!) { campaign(id: $id) { revenueByCode { amount } results(windowDays: 14) { evaluated eligible people months { sent redeemed }
		totals { ...step } steps { ...step } comparison { holdoutPercent leftOut conversion { difference { low } } revenue { currency } } } } }
		fragment step on StepResults { key decided sent delivered issued redeemed takings { currency byCode { orders revenue } byMatchBack { orders revenue } discount unknownDiscounts } }`, map[string]any{"id": campaignID}, &out)
	r := out.Campaign.Results
	sent := p.view(campaignID).Numbers.Sent
	if len(r.Steps) != 1 || r.Totals.Sent != sent || r.Totals.Delivered != sent || r.Totals.Issued != sent || r.Totals.Redeemed != 1 || r.Evaluated < r.Eligible || r.Eligible < sent || r.Steps[0].Sent != sent {
		p.t.Errorf("the results are %+v", r)
	}
	if len(r.Totals.Takings) != 1 || len(out.Campaign.RevenueByCode) != 1 {
		p.t.Fatalf("the takings are %+v, the revenue by code %+v", r.Totals.Takings, out.Campaign.RevenueByCode)
	}
	x := r.Totals.Takings[0]
	// The shop may add shipping. It sells by the real time, which is before the one of entering: nothing matches back.
	if x.ByCode.Orders != 1 || x.ByMatchBack.Orders != 0 || x.UnknownDiscounts != 0 || x.ByCode.Revenue.LessThan(decimal.NewFromInt(90)) ||
		!x.Discount.Equal(decimal.NewFromInt(10)) || !out.Campaign.RevenueByCode[0].Amount.Equal(x.ByCode.Revenue) {
		p.t.Errorf("one order of 100 with 10 %% off brought %+v", x)
	}
	if c := r.Comparison; c.HoldoutPercent != 0 || c.LeftOut == 0 || c.Conversion.Difference != nil || len(c.Revenue) != 0 {
		p.t.Errorf("nobody is held out, and the comparison is %+v", c)
	}
}

// customerOf gives the external id of a person's registered record at a shop.
func (p *post) customerOf(profile, shop uuid.UUID) string {
	p.t.Helper()
	var out struct {
		Profile struct {
			Identities []struct {
				ExternalID, Kind string
				Source           struct{ ID uuid.UUID }
			}
		}
	}
	p.ask(`query($id: ID!) { profile(id: $id) { identities { externalId kind source { id } } } }`, map[string]any{"id": profile}, &out)
	for _, i := range out.Profile.Identities {
		if i.Source.ID == shop && i.Kind == "CUSTOMER" {
			return i.ExternalID
		}
	}
	p.t.Fatal("no registered record there")
	return ""
}

// unsubscribe goes the way of a recipient: looking changes nothing, posting does, undo undoes.
func (p *post) unsubscribe(l smtptest.Letter) {
	p.t.Helper()
	visit := func(method, body string) string {
		req, err := http.NewRequestWithContext(p.t.Context(), method, l.Unsubscribe, strings.NewReader(body))
		must(p.t, err)
		if body != "" {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		res, err := http.DefaultClient.Do(req)
		must(p.t, err)
		defer res.Body.Close()
		if res.StatusCode != 200 {
			p.t.Fatalf("%s %s: %d", method, l.Unsubscribe, res.StatusCode)
		}
		return fmt.Sprint(p.stopped(l.To))
	}
	for _, step := range []struct{ method, body, stopped string }{{"GET", "", "false"}, {"POST", "List-Unsubscribe=One-Click", "true"}, {"POST", "List-Unsubscribe=One-Click", "true"}, {"GET", "", "true"}, {"POST", "undo=1", "false"}} {
		if got := visit(step.method, step.body); got != step.stopped {
			p.t.Errorf("%s %s: stopped is %s, want %s", step.method, step.body, got, step.stopped)
		}
	}
}

// stopped asks the public page whether the address is stopped.
func (p *post) stopped(address string) bool {
	p.t.Helper()
	for _, m := range p.sink.Mails() {
		if l := smtptest.Read(m); l.To == address {
			s, err := p.app.Subscription(p.t.Context(), l.Unsubscribe[strings.LastIndexByte(l.Unsubscribe, '/')+1:])
			must(p.t, err)
			return s.Stopped
		}
	}
	p.t.Fatal("no mail went there")
	return false
}
