package e2e_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery/smtptest"
)

type handed struct {
	FollowUp *relance.FollowUpView
	Errors   []struct {
		Field string
		Cause *struct{ Code string }
	}
}

// code is why it was refused, "" where it was done.
func (h handed) code() string {
	if len(h.Errors) == 0 || h.Errors[0].Cause == nil {
		return ""
	}
	return h.Errors[0].Cause.Code
}

// act runs a mutation about a message under the name r.
func (p *post) act(mutation string, vars map[string]any) handed {
	p.t.Helper()
	var out struct{ R handed }
	p.ask(strings.Replace(mutation, "{*}", "{ followUp { id state againOf voucher { code state validUntil extendTo revokeAt } } errors { field cause { code } } }", 1), vars, &out)
	return out.R
}

const (
	giveGoodwill = `mutation($i: GoodwillInput!) { r: goodwillGive(input: $i) {*} }`
	resendIt     = `mutation($id: ID!, $k: ID!) { r: followUpResend(id: $id, key: $k) {*} }`
	extendIt     = `mutation($id: ID!, $d: Date!) { r: voucherExtend(followUpId: $id, until: $d) {*} }`
	revokeIt     = `mutation($id: ID!) { r: voucherRevoke(followUpId: $id) {*} }`
)

func (p *post) day(days int) string { return p.now().AddDate(0, 0, days).Format(time.DateOnly) }

func (p *post) message(id uuid.UUID) *relance.FollowUpView {
	p.t.Helper()
	page, err := p.store.FollowUps(p.t.Context(), p.merchant, relance.FollowUpQuery{Paging: relance.Paging{First: 1}, ID: &id})
	must(p.t, err)
	return page.FollowUps[0]
}

// twice does the same in eight calls at once, as impatient fingers and lost answers do, and demands
// that all speak of one message.
func (p *post) twice(mutation string, vars map[string]any) (id uuid.UUID) {
	p.t.Helper()
	var all sync.WaitGroup
	got := make([]handed, 8)
	for i := range got {
		all.Go(func() { got[i] = p.act(mutation, vars) })
	}
	all.Wait()
	for _, h := range got {
		if h.FollowUp == nil || id != uuid.Nil && h.FollowUp.ID != id {
			p.t.Fatalf("of eight calls one gives %+v %q", h.FollowUp, h.code())
		}
		id = h.FollowUp.ID
	}
	return id
}

// sentOne runs a campaign and gives a message of it to somebody of each shop.
func (p *post) sentOne(shops ...uuid.UUID) (out []*relance.FollowUpView) {
	p.t.Helper()
	id := p.campaign(cartCampaign())
	p.start(id)
	p.settled(id)
	list := p.messages(id)
	for _, shop := range shops {
		i := slices.IndexFunc(list, func(f *relance.FollowUpView) bool {
			return f.ShopID == shop && f.State == relance.SendSent && !slices.Contains(out, f)
		})
		if i < 0 {
			p.t.Fatal("nobody of the shop got a message")
		}
		out = append(out, list[i])
	}
	return out
}

// A voucher that somebody gives by hand is made once in each shop, while the shops lose their answers
// and the button is pressed eight times.
func TestAGoodwillVoucherIsMadeOnce(t *testing.T) {
	t.Parallel()
	p := newPost(t, 60, worldOptions{})
	p.pull()
	for _, f := range p.sentOne(p.shopify, p.presta) {
		shop := f.ShopID
		p.world.shopify.LoseAnswers(2)
		p.world.presta.LoseAnswers(2)
		mails := p.sink.Taken()
		input := map[string]any{"key": uuid.New(), "profileId": f.ProfileID, "shopId": shop, "kind": "PERCENT", "value": "15", "until": p.day(30), "mail": true}
		id := p.twice(giveGoodwill, map[string]any{"i": input})
		p.until("the voucher is mailed", func() bool { p.clock.ahead.Add(int64(time.Minute)); return p.message(id).State == relance.SendSent })
		m := p.message(id)
		if m.Voucher.State != relance.VoucherIssued || p.activeVouchers(m) != 1 || p.sink.Taken() != mails+1 || m.ByHand == nil || *m.ByHand != relance.HandGoodwillMail {
			t.Errorf("made %+v %+v, %d work, %d mails", m, m.Voucher, p.activeVouchers(m), p.sink.Taken()-mails)
		}
		mail := smtptest.Read(p.sink.Mails()[p.sink.Taken()-1])
		if !strings.Contains(mail.Text, m.Voucher.Code) {
			t.Errorf("the mail says %q %q", mail.Subject, mail.Text)
		}
		p.tidyAll()
		if again := p.message(id); again.Voucher.State != relance.VoucherIssued {
			t.Errorf("tidied away: %+v", again.Voucher)
		}
		input["key"], input["mail"], input["kind"], input["value"] = uuid.New(), false, "FREE_SHIPPING", "0"
		told := p.twice(giveGoodwill, map[string]any{"i": input})
		p.until("the voucher is made", func() bool { return p.message(told).State == relance.SendHanded })
		if m := p.message(told); m.Voucher.State != relance.VoucherIssued || p.activeVouchers(m) != 1 || p.sink.Taken() != mails+1 {
			t.Errorf("told %+v", m.Voucher)
		}
		// A second one is not the second of a person who got one too many.
		input["key"], input["mail"] = uuid.New(), true
		second := p.twice(giveGoodwill, map[string]any{"i": input})
		p.until("the second is mailed", func() bool { return p.message(second).State == relance.SendSent })
		p.tidyAll()
		for _, x := range []uuid.UUID{id, told, second} {
			if m := p.message(x); m.Voucher.State != relance.VoucherIssued || p.activeVouchers(m) != 1 {
				t.Errorf("tidied away: %+v", m.Voucher)
			}
		}
		// A shop whose answers are lost is asked again until it has revoked it.
		p.world.shopify.LoseAnswers(40)
		p.world.presta.LoseAnswers(40)
		if h := p.act(revokeIt, map[string]any{"id": told}); h.code() != "" {
			t.Errorf("revoke: %q", h.code())
		}
		p.world.shopify.LoseAnswers(0)
		p.world.presta.LoseAnswers(0)
		p.until("it is revoked", func() bool { return p.message(told).Voucher.State == relance.VoucherRevoked })
		if p.activeVouchers(p.message(told)) != 0 {
			t.Error("a revoked voucher works")
		}
	}
}

// What is more than the merchant allows, for another shop's customer or after the last day is refused.
func TestGoodwillHasItsLimits(t *testing.T) {
	t.Parallel()
	p := newPost(t, 40, worldOptions{})
	p.pull()
	f := p.sentOne(p.presta)[0]
	p.do(`mutation { r: goodwillLimitsChange(input: {percent: "12.5", amount: "0", days: 10}) { errors { message } } }`, nil)
	for name, x := range map[string]struct {
		change map[string]any
		want   string
	}{
		"too much":       {map[string]any{"value": "12.51"}, "GOODWILL_VALUE"},
		"nothing":        {map[string]any{"value": "0"}, "GOODWILL_VALUE"},
		"no amounts":     {map[string]any{"kind": "AMOUNT", "value": "1"}, "GOODWILL_KIND"},
		"too long":       {map[string]any{"until": p.day(12)}, "VOUCHER_UNTIL"},
		"yesterday":      {map[string]any{"until": p.day(-1)}, "VOUCHER_UNTIL"},
		"shipping of 5":  {map[string]any{"kind": "FREE_SHIPPING", "value": "5"}, "GOODWILL_SHIPPING"},
		"another's shop": {map[string]any{"shopId": uuid.New()}, "GOODWILL_NO_RECORD"},
	} {
		input := map[string]any{"key": uuid.New(), "profileId": f.ProfileID, "shopId": f.ShopID, "kind": "PERCENT", "value": "12.5", "until": p.day(5)}
		for k, v := range x.change {
			input[k] = v
		}
		if h := p.act(giveGoodwill, map[string]any{"i": input}); h.code() != x.want {
			t.Errorf("%s: %q, want %q", name, h.code(), x.want)
		}
	}
}

// One person gets as many by hand as the merchant allows; pressed twice is one, and a revoked one does not count.
func TestGoodwillHasALimitForEachPerson(t *testing.T) {
	t.Parallel()
	p := newPost(t, 40, worldOptions{})
	p.pull()
	f := p.sentOne(p.presta)[0]
	p.do(`mutation { r: goodwillLimitsChange(input: {percent: "20", amount: "0", days: 10, each: 2}) { errors { message } } }`, nil)
	give := func(key uuid.UUID) handed {
		return p.act(giveGoodwill, map[string]any{"i": map[string]any{"key": key, "profileId": f.ProfileID, "shopId": f.ShopID, "kind": "PERCENT", "value": "5", "until": p.day(5)}})
	}
	first, second := give(uuid.New()), uuid.New()
	for range 2 {
		if h := give(second); h.code() != "" {
			t.Errorf("the second: %q", h.code())
		}
	}
	if h := give(uuid.New()); h.code() != "GOODWILL_EACH" {
		t.Errorf("the third: %q", h.code())
	}
	p.until("the first is made", func() bool { return p.message(first.FollowUp.ID).State == relance.SendHanded })
	if h := p.act(revokeIt, map[string]any{"id": first.FollowUp.ID}); h.code() != "" {
		t.Fatalf("revoking: %q", h.code())
	}
	if h := give(uuid.New()); h.code() != "" {
		t.Errorf("after one was revoked: %q", h.code())
	}
}

// An e-mail is sent once more for one press of the button, with the same voucher, and not to whom the
// law or an objection protects. What else the person got lately does not hold it back.
func TestAnEmailIsSentOnceMore(t *testing.T) {
	t.Parallel()
	p := newPost(t, 60, worldOptions{})
	p.pull()
	f := p.sentOne(p.presta)[0]
	mails := p.sink.Taken()
	id := p.twice(resendIt, map[string]any{"id": f.ID, "k": uuid.New()})
	p.until("it is sent", func() bool { return p.message(id).State == relance.SendSent })
	first, again := p.mailTo(f), p.message(id)
	if p.sink.Taken() != mails+1 || again.AgainOf == nil || *again.AgainOf != f.ID || again.Voucher.Code != f.Voucher.Code || p.activeVouchers(f) != 1 {
		t.Fatalf("sent %d mails, %+v", p.sink.Taken()-mails, again)
	}
	last := smtptest.Read(p.sink.Mails()[p.sink.Taken()-1])
	if last.Subject != first.Subject || !strings.Contains(last.HTML, f.Voucher.Code) || !strings.Contains(last.HTML, p.unsubscribeLink(again)) || strings.Contains(last.HTML, p.unsubscribeLink(f)) {
		t.Errorf("the repeat is another mail: %q", last.Subject)
	}
	// With a later end the voucher is told anew.
	if h := p.act(extendIt, map[string]any{"id": f.ID, "d": p.day(60)}); h.code() != "" {
		t.Fatalf("extend: %s", h.code())
	}
	id = p.act(resendIt, map[string]any{"id": id, "k": uuid.New()}).FollowUp.ID
	p.until("it is sent", func() bool { return p.message(id).State == relance.SendSent })
	if last := smtptest.Read(p.sink.Mails()[p.sink.Taken()-1]); last.Subject == first.Subject || !strings.Contains(last.Text, f.Voucher.Code) || *p.message(id).AgainOf != f.ID {
		t.Errorf("an older end is told: %q", last.Text)
	}
	// An answer that is lost leaves it to a person, and nothing more goes out meanwhile.
	p.sink.Misbehave(smtptest.Faults{DropAfter: 1}, 1)
	id = p.act(resendIt, map[string]any{"id": f.ID, "k": uuid.New()}).FollowUp.ID
	p.until("nobody knows", func() bool { return p.message(id).State == relance.SendUncertain })
	p.sink.Misbehave(smtptest.Faults{}, 1)
	if h := p.act(resendIt, map[string]any{"id": f.ID, "k": uuid.New()}); h.code() != "RESEND_UNDER_WAY" {
		t.Errorf("while one is uncertain: %q", h.code())
	}
	p.decide(id, false)
	if h := p.act(revokeIt, map[string]any{"id": f.ID}); h.code() != "" || h.FollowUp.Voucher.State != relance.VoucherRevoked || p.activeVouchers(f) != 0 {
		t.Errorf("revoked: %q %+v", h.code(), h.FollowUp)
	}
	if h := p.act(resendIt, map[string]any{"id": f.ID, "k": uuid.New()}); h.code() != "RESEND_VOUCHER" {
		t.Errorf("with a revoked voucher: %q", h.code())
	}
	p.do(`mutation($id: ID!) { r: recordObjection(profileId: $id, channel: EMAIL) { errors { message } } }`, map[string]any{"id": f.ProfileID})
	input := map[string]any{"key": uuid.New(), "profileId": f.ProfileID, "shopId": f.ShopID, "kind": "PERCENT", "value": "5", "until": p.day(5), "mail": true}
	if h := p.act(giveGoodwill, map[string]any{"i": input}); h.code() != "MAIL_OBJECTED" {
		t.Errorf("to whom objected: %q", h.code())
	}
}

// mailTo is the first mail to whom a message went.
func (p *post) mailTo(f *relance.FollowUpView) smtptest.Letter {
	p.t.Helper()
	for _, m := range p.sink.Mails() {
		if l := smtptest.Read(m); strings.EqualFold(l.To, f.Email.Recipient) {
			return l
		}
	}
	p.t.Fatal("no mail went there")
	return smtptest.Letter{}
}

// A later end is told to the shop, also where its answers are lost; what was used or switched off there
// gets none, and whoever revokes meanwhile has the last word.
func TestAVoucherIsExtendedInTheShop(t *testing.T) {
	t.Parallel()
	p := newPost(t, 60, worldOptions{})
	p.pull()
	list := p.sentOne(p.shopify, p.presta, p.presta)
	for _, f := range list[:2] {
		p.world.shopify.LoseAnswers(40)
		p.world.presta.LoseAnswers(40)
		h := p.act(extendIt, map[string]any{"id": f.ID, "d": p.day(80)})
		if h.code() != "" {
			t.Fatalf("extend: %s", h.code())
		}
		p.world.shopify.LoseAnswers(0)
		p.world.presta.LoseAnswers(0)
		p.until("the shop has the new end", func() bool { return p.message(f.ID).Voucher.ExtendTo == nil })
		m := p.message(f.ID)
		if !m.Voucher.ValidUntil.After(p.now().AddDate(0, 0, 79)) || p.activeVouchers(m) != 1 {
			t.Errorf("extended to %+v, %d work", m.Voucher, p.activeVouchers(m))
		}
		if h := p.act(extendIt, map[string]any{"id": f.ID, "d": p.day(70)}); h.code() != "VOUCHER_LATER" {
			t.Errorf("an earlier end: %q", h.code())
		}
		var all sync.WaitGroup
		for _, do := range []string{extendIt, revokeIt, extendIt, revokeIt} {
			all.Go(func() { p.act(do, map[string]any{"id": f.ID, "d": p.day(85)}) })
		}
		all.Wait()
		p.tidyAll()
		if m := p.message(f.ID); m.Voucher.State != relance.VoucherRevoked || p.activeVouchers(m) != 0 {
			t.Errorf("extended and revoked at once: %+v, %d work", m.Voucher, p.activeVouchers(m))
		}
	}
	f := list[2]
	_, err := p.world.presta.Buy(p.customerOf(f.ProfileID, p.presta), f.Voucher.Code, decimal.NewFromInt(100))
	must(t, err)
	if h := p.act(extendIt, map[string]any{"id": f.ID, "d": p.day(80)}); h.code() != "VOUCHER_SPENT" {
		t.Errorf("a voucher that was used: %q", h.code())
	}
}

// A clerk of one shop does nothing about the messages of another, and gives nothing there.
func TestAClerkActsByHandInTheirShopOnly(t *testing.T) {
	t.Parallel()
	p := newPost(t, 40, worldOptions{})
	p.pull()
	f := p.sentOne(p.presta)[0]
	token, err := p.store.CreateToken(t.Context(), p.merchant, relance.RoleClerk, []uuid.UUID{p.shopify}, "clerk")
	must(t, err)
	for _, query := range []string{revokeIt, extendIt, resendIt, giveGoodwill} {
		vars := map[string]any{"id": f.ID, "d": p.day(60), "k": uuid.New(), "i": map[string]any{"key": uuid.New(), "profileId": f.ProfileID, "shopId": p.presta, "kind": "PERCENT", "value": "5", "until": p.day(5)}}
		r := p.askAs(token, strings.Replace(query, "{*}", "{ followUp { id } errors { code } }", 1), vars)
		if body := string(r.Data); !strings.Contains(body, "NOT_FOUND") && !strings.Contains(body, "BAD_INPUT") || strings.Contains(body, f.ID.String()) {
			t.Errorf("%s gives %s %+v", query, body, r.Errors)
		}
	}
	if m := p.message(f.ID); m.Voucher.State != relance.VoucherIssued || m.Voucher.RevokeAt != nil || p.activeVouchers(m) != 1 {
		t.Errorf("the voucher is %+v", m.Voucher)
	}
}
