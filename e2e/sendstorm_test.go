package e2e_test

import (
	"math/rand/v2"
	"os/exec"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
	"github.com/relance/relance/connectors/shopify/shopifytest"
	"github.com/relance/relance/delivery/smtptest"
	"github.com/relance/relance/internal/faults"
	"github.com/relance/relance/internal/secret"
)

// sendLease is how soon another worker looks at what a killed one had.
const sendLease = 2 * time.Second

// sendKills is how many workers are killed while they send; RELANCE_SEND_KILLS=1000 is the long
// version.
func sendKills(t *testing.T) int {
	t.Helper()
	return given(t, "RELANCE_SEND_KILLS", 25)
}

// Whatever happens to workers, Redis, the shops and the relay: nobody gets a message twice, and
// none is forgotten.
func TestNothingIsSentTwiceThroughTheStorm(t *testing.T) {
	seed := stormSeed(t)
	calm := func() *faults.Set {
		set, err := faults.Parse("", seed)
		must(t, err)
		return set
	}
	atShopify, atPresta := calm(), calm()
	database := cluster.URL(t)
	kills := sendKills(t)
	p := newPost(t, 475+9*kills, worldOptions{dbURL: database, noWork: true, shopify: shopifytest.Options{Faults: atShopify, Hold: 2 * time.Second}, presta: prestashoptest.Options{Faults: atPresta}})
	key, err := secret.NewKeyset()
	must(t, err)
	p.app.Secrets, err = secret.Open(key)
	must(t, err)
	first := spawnWorker(t, database, p.redisAddr(), key, time.Second)
	p.pull()
	kill(t, first)
	id := p.campaign(cartCampaign())
	p.start(id)

	for n, set := range []*faults.Set{atShopify, atPresta} {
		bad, err := faults.Parse("429:10%,500:10%,timeout:3%,truncate:10%", seed+uint64(n))
		must(t, err)
		set.Become(bad)
	}
	p.sink.Misbehave(smtptest.Faults{RefuseRcpt: 0.1, RefuseData: 0.1, Slow: 150 * time.Millisecond}, seed)
	dice := rand.New(rand.NewPCG(seed, 9))
	env := []string{envSMTP + "=" + p.relay, envPublic + "=" + p.public, envAhead + "=" + time.Duration(p.clock.ahead.Load()).String()}
	spawn := func() *exec.Cmd { return spawnWorker(t, database, p.redisAddr(), key, time.Second, env...) }
	workers := []*exec.Cmd{spawn(), spawn()} // two at once, each with its own schedule
	for i := range kills {
		time.Sleep(time.Duration(100+dice.IntN(600)) * time.Millisecond) // somewhere in the middle of their work
		kill(t, workers[i%2])
		workers[i%2] = spawn()
		if i%5 == 2 {
			must(t, p.redis.FlushAll(t.Context()).Err())
		}
	}
	p.settledWithin(id, 4*time.Minute+time.Duration(kills)*time.Second)
	for _, w := range workers {
		kill(t, w)
	}
	p.onceEach(id, kills)
}

// onceEach holds what the relay took against the ledger.
func (p *post) onceEach(id uuid.UUID, kills int) {
	p.t.Helper()
	taken := map[string]int{}
	for _, m := range p.sink.Mails() {
		taken[m.Header("Message-Id")[1:37]]++
	}
	count := map[relance.SendState]int{}
	all := 0
	for after := ""; ; {
		page, err := p.store.FollowUps(p.t.Context(), p.merchant, relance.FollowUpQuery{Paging: relance.Paging{First: 250, After: after}, CampaignID: &id})
		must(p.t, err)
		for _, f := range page.FollowUps {
			all++
			count[f.State]++
			n := taken[f.ID.String()]
			if n > 1 || f.State == relance.SendSent && n != 1 || n == 1 && f.State != relance.SendSent && f.State != relance.SendUncertain {
				p.t.Errorf("message %s is %s and was taken %d times", f.ID, f.State, n)
			}
			if f.State == relance.SendSent {
				p.oneVoucher(f)
			}
		}
		if after = page.Info.End; !page.Info.HasNextPage {
			break
		}
	}
	p.t.Logf("%d messages: %v; the relay took %d; %d workers killed", all, count, p.sink.Taken(), kills)
	if count[relance.SendUncertain] > kills {
		p.t.Errorf("%d messages are uncertain, more than workers were killed", count[relance.SendUncertain])
	}
	if count[relance.SendSent] == 0 || count[relance.SendDue]+count[relance.SendSending] > 0 {
		p.t.Errorf("messages by state: %v", count)
	}
}

// oneVoucher demands that the shop has exactly one working voucher with the code.
func (p *post) oneVoucher(f *relance.FollowUpView) {
	p.t.Helper()
	if n := p.activeVouchers(f); n != 1 {
		p.t.Errorf("the shop has %d working vouchers with the code of message %s", n, f.ID)
	}
}

// activeVouchers asks the simulated shop how many vouchers with the message's code work.
func (p *post) activeVouchers(f *relance.FollowUpView) int {
	look := p.world.presta.Vouchers
	if f.ShopID == p.shopify {
		look = p.world.shopify.Vouchers
	}
	_, active := look(f.Voucher.Code)
	return active
}
