package e2e_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery/smtptest"
)

// TestTheFirstMessagesWaitForSomebodysWord: of the first three one goes, one does not, one still
// waits; the rest go by themselves.
func TestTheFirstMessagesWaitForSomebodysWord(t *testing.T) {
	t.Parallel()
	p := newPost(t, 120, worldOptions{})
	p.pull()
	input := cartCampaign()
	input["approveFirst"] = 3
	id := p.campaign(input)
	p.start(id)
	v := p.settled(id)
	if v.Numbers.Held != 3 || v.Numbers.Sent == 0 || p.sink.Taken() != v.Numbers.Sent {
		t.Fatalf("%+v, the relay took %d", v.Numbers, p.sink.Taken())
	}
	var held []uuid.UUID
	for _, f := range p.messages(id) {
		if f.State == relance.SendHeld {
			held = append(held, f.ID)
			if p.activeVouchers(f) > 0 {
				t.Error("a message that nobody approved has a voucher in the shop")
			}
		}
	}
	p.do(`mutation($ids: [ID!]!) { r: followUpsApprove(ids: $ids, approve: false) { errors { message } } }`, map[string]any{"ids": held[:1]})
	p.clock.toWorkingMorning()
	p.clock.ahead.Add(-int64(8 * time.Hour)) // at night, long after the two hours that a message may be late
	p.do(`mutation($ids: [ID!]!) { r: followUpsApprove(ids: $ids, approve: true) { errors { message } } }`, map[string]any{"ids": held[1:2]})
	p.until("it waits for the morning", func() bool { return p.view(id).Numbers.Due == 1 })
	p.clock.ahead.Add(int64(6*time.Hour + 30*time.Minute))
	after := p.settled(id)
	if after.Numbers.Held != 1 || after.Numbers.Sent != v.Numbers.Sent+1 || after.Numbers.Refused != v.Numbers.Refused+1 || p.sink.Taken() != after.Numbers.Sent {
		t.Errorf("%+v, was %+v, the relay took %d", after.Numbers, v.Numbers, p.sink.Taken())
	}
	var out struct {
		R struct {
			Decided int
			Errors  []struct{ Message string }
		}
	}
	p.ask(`mutation($ids: [ID!]!) { r: followUpsApprove(ids: $ids, approve: true) { decided errors { message } } }`, map[string]any{"ids": held[:2]}, &out)
	if out.R.Decided != 0 || len(out.R.Errors) == 0 {
		t.Errorf("decided twice: %+v", out.R)
	}
}

// TestAVoucherCanBeTriedForAnHour at both platforms; somebody without an account is told so.
func TestAVoucherCanBeTriedForAnHour(t *testing.T) {
	t.Parallel()
	p := newPost(t, 40, worldOptions{})
	p.pull()
	p.clock.ahead.Store(0) // the shops work by the real time
	id := p.campaign(cartCampaign())
	try := func(shop uuid.UUID, email string) (code, trouble string) {
		var out struct {
			R struct {
				Voucher *struct{ Code string }
				Errors  []struct{ Field, Message string }
			}
		}
		p.ask(`mutation($c: ID!, $s: ID!, $e: String!) { r: campaignTryVoucher(campaignId: $c, stepKey: "first", shopId: $s, email: $e) { voucher { code } errors { field message } } }`,
			map[string]any{"c": id, "s": shop, "e": email}, &out)
		if out.R.Voucher == nil {
			return "", out.R.Errors[0].Field + " " + out.R.Errors[0].Message
		}
		return out.R.Voucher.Code, ""
	}
	if _, trouble := try(p.presta, "nobody@example.org"); !strings.HasPrefix(trouble, "email No customer account") {
		t.Errorf("without an account: %q", trouble)
	}
	for _, shop := range []uuid.UUID{p.shopify, p.presta} {
		external, email := p.someAccount(shop)
		code, trouble := try(shop, email)
		if trouble != "" {
			t.Fatal(trouble)
		}
		look, buy := p.world.presta.Vouchers, p.world.presta.Buy
		if shop == p.shopify {
			look, buy = p.world.shopify.Vouchers, p.world.shopify.Buy
		}
		if _, active := look(code); active != 1 {
			t.Fatalf("%s: %d work", code, active)
		}
		if _, err := buy(external, code, decimal.NewFromInt(50)); err != nil {
			t.Errorf("%s does not work: %v", code, err)
		}
		unused, _ := try(shop, email)
		p.clock.ahead.Store(int64(61 * time.Minute))
		must(t, p.app.TidyVouchers(t.Context(), p.merchant))
		p.clock.ahead.Store(0)
		if _, active := look(unused); active != 0 {
			t.Errorf("%s still works after an hour", unused)
		}
	}
}

// TestLedgerAndShopAreCompared: what somebody deleted or switched off in the shop is known, what is
// over is removed there, and what was used without our knowing it is said.
func TestLedgerAndShopAreCompared(t *testing.T) {
	t.Parallel()
	p := newPost(t, 120, worldOptions{})
	p.pull()
	id := p.campaign(cartCampaign())
	p.start(id)
	p.settled(id)
	var mine []*relance.FollowUpView
	for _, f := range p.messages(id) {
		if f.State == relance.SendSent && f.ShopID == p.presta {
			mine = append(mine, f)
		}
	}
	if len(mine) < 4 {
		t.Fatalf("only %d messages with vouchers of PrestaShop", len(mine))
	}
	shop := p.backOffice()
	gone, off, used, good := mine[0], mine[1], mine[2], mine[3]
	must(t, shop.RemoveVoucher(t.Context(), p.voucherIn(shop, gone)))
	must(t, shop.RevokeVoucher(t.Context(), p.voucherIn(shop, off)))
	_, err := p.world.presta.Buy(p.customerOf(used.ProfileID, p.presta), used.Voucher.Code, decimal.NewFromInt(60)) // not pulled
	must(t, err)
	p.clock.ahead.Add(int64(8 * 24 * time.Hour))
	p.tidyAll()
	for _, x := range []struct {
		f              *relance.FollowUpView
		state, finding string
	}{{gone, "REVOKED", "GONE"}, {off, "REVOKED", "SWITCHED_OFF"}, {used, "ISSUED", "USED_WITHOUT_ORDER"}, {good, "ISSUED", ""}} {
		if state, finding := p.voucherNow(id, x.f.ID); state != x.state || finding != x.finding {
			t.Errorf("%s %q, want %s %q", state, finding, x.state, x.finding)
		}
	}
	p.clock.ahead.Add(int64(40 * 24 * time.Hour))
	p.tidyAll()
	if state, finding := p.voucherNow(id, good.ID); state != "EXPIRED" || finding != "" {
		t.Errorf("after its time: %s %q", state, finding)
	}
	if all, _ := p.world.presta.Vouchers(good.Voucher.Code); all != 0 {
		t.Error("a voucher that is over and was never used is still in the shop")
	}
	if all, _ := p.world.presta.Vouchers(used.Voucher.Code); all != 1 {
		t.Error("a voucher that was used is gone from the shop")
	}
	// Its order becomes known late.
	p.clock.ahead.Store(0)
	p.await(time.Minute, p.startSync(p.presta, false))
	if state, _ := p.voucherNow(id, used.ID); state != "REDEEMED" {
		t.Errorf("its order is known, and it is %s", state)
	}
	if !strings.Contains(smtptest.Read(p.sink.Mails()[0]).HTML, "BACK-") {
		t.Error("the mails show no voucher")
	}
}

// TestATestMailSaysWhyItCannotGo: to whoever is signed in, and the relay's trouble in words.
func TestATestMailSaysWhyItCannotGo(t *testing.T) {
	t.Parallel()
	p := newPost(t, 20, worldOptions{})
	p.pull()
	id := p.campaign(cartCampaign())
	must(t, p.app.DevOwner(t.Context(), p.merchant, "owner@example.com", "a long password"))
	users, err := p.store.Users(t.Context(), p.merchant, false)
	must(t, err)
	send := func(user uuid.UUID) error {
		return p.app.SendTest(t.Context(), p.merchant, id, "first", relance.VariantA, "fr", p.presta, user)
	}
	var e *relance.Error
	if err := send(uuid.New()); !errors.As(err, &e) || e.Code != relance.CodeForbidden {
		t.Errorf("a program: %v", err)
	}
	p.sink.Down(true)
	if err := send(users[0].ID); !errors.As(err, &e) || e.Code != relance.CodeConflict || e.Says == nil {
		t.Errorf("the relay is away: %v", err)
	}
	p.sink.Down(false)
	must(t, send(users[0].ID))
	if l := smtptest.Read(p.sink.Mails()[0]); l.To != "owner@example.com" || !strings.HasPrefix(l.Subject, "[Test] ") || !strings.Contains(l.HTML, "TEST-TEST") {
		t.Errorf("the test went to %s: %q", l.To, l.Subject)
	}
}
