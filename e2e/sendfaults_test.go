package e2e_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery/smtptest"
)

// messages lists a campaign's messages, demanding at least one.
func (p *post) messages(id uuid.UUID) []*relance.FollowUpView {
	p.t.Helper()
	page, err := p.store.FollowUps(p.t.Context(), p.merchant, relance.FollowUpQuery{Paging: relance.Paging{First: 250}, CampaignID: &id})
	must(p.t, err)
	if len(page.FollowUps) == 0 {
		p.t.Fatal("the campaign has no messages")
	}
	return page.FollowUps
}

// until waits for something that the workers do.
func (p *post) until(what string, holds func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(50 * time.Millisecond) { // workers take their time
		if time.Now().After(deadline) {
			p.t.Fatalf("not in a minute: %s", what)
		}
	}
}

// allTried reports whether each message of a campaign has found the relay away.
func (p *post) allTried(id uuid.UUID) bool {
	for _, f := range p.messages(id) {
		if f.Cause == nil || f.Cause.Code != "RELAY_AWAY" || f.Detail != f.Cause.String() {
			return false
		}
	}
	return true
}

// The relay down for an hour loses and duplicates nothing.
func TestARelayThatIsDownForAnHour(t *testing.T) {
	t.Parallel()
	p := newPost(t, 60, worldOptions{})
	p.pull()
	id := p.campaign(cartCampaign())
	want := p.view(id).Preview.Sends
	p.sink.Down(true)
	p.start(id)
	p.until("every message is tried and waits", func() bool { return p.view(id).Numbers.Due == want && p.allTried(id) })
	p.clock.ahead.Add(int64(time.Hour))
	p.sink.Down(false)
	if v := p.settled(id); v.Numbers.Sent != want || p.sink.Taken() != want {
		t.Errorf("%d were due; %+v, the relay took %d", want, v.Numbers, p.sink.Taken())
	}
}

// What is too late is not sent any more, and its voucher is taken back.
func TestStaleMessagesExpire(t *testing.T) {
	t.Parallel()
	p := newPost(t, 40, worldOptions{})
	p.pull()
	id := p.campaign(cartCampaign())
	p.sink.Down(true)
	p.start(id)
	p.until("vouchers are made", func() bool {
		v := p.view(id)
		return v.Numbers.Due > 0 && v.Numbers.Vouchers == v.Numbers.Due && p.allTried(id) // none is in a worker's hands
	})
	want := p.view(id).Numbers.Due
	p.clock.ahead.Add(int64(3 * time.Hour)) // the campaign allows two
	p.sink.Down(false)
	if v := p.settled(id); v.Numbers.Expired != want || p.sink.Taken() != 0 {
		t.Fatalf("%d were due; %+v, the relay took %d", want, v.Numbers, p.sink.Taken())
	}
	must(t, p.app.TidyVouchers(t.Context(), p.merchant))
	for _, f := range p.messages(id) {
		if f.Voucher.State != "REVOKED" || p.activeVouchers(f) != 0 {
			t.Errorf("the voucher of a message that never went out is %s, %d work", f.Voucher.State, p.activeVouchers(f))
		}
	}
	// A person may still want it: with a new voucher.
	first := p.messages(id)[0]
	p.decide(first.ID, true)
	p.settled(id)
	for _, f := range p.messages(id) {
		if f.ID == first.ID && (f.State != relance.SendSent || f.Voucher.State != "ISSUED" || f.Voucher.Code == first.Voucher.Code || p.activeVouchers(f) != 1) {
			t.Errorf("sent after all: %+v %+v", f, f.Voucher)
		}
	}
}

// Where the connection breaks before the relay's answer nobody knows: a person decides.
func TestUncertainMessagesWaitForAPerson(t *testing.T) {
	t.Parallel()
	p := newPost(t, 60, worldOptions{})
	p.pull()
	id := p.campaign(cartCampaign())
	p.sink.Misbehave(smtptest.Faults{DropAfter: 1}, 1)
	p.start(id)
	v := p.settled(id)
	if v.Numbers.Uncertain < 2 || v.Numbers.Uncertain != p.sink.Taken() || v.Numbers.Sent != 0 {
		t.Fatalf("%+v, the relay took %d", v.Numbers, p.sink.Taken())
	}
	p.sink.Misbehave(smtptest.Faults{}, 1)
	p.clock.ahead.Add(int64(30 * time.Minute))
	if again := p.settled(id); again.Numbers != v.Numbers || p.sink.Taken() != v.Numbers.Uncertain {
		t.Fatalf("sent again by itself: %+v", again.Numbers)
	}
	list := p.messages(id)
	p.decide(list[0].ID, true)
	p.decide(list[1].ID, false)
	if done := p.settled(id); done.Numbers.Sent != 2 || p.sink.Taken() != v.Numbers.Uncertain+1 {
		t.Errorf("after two decisions: %+v, the relay took %d", done.Numbers, p.sink.Taken())
	}
}

func (p *post) decide(followUp uuid.UUID, again bool) {
	p.t.Helper()
	p.do(`mutation($id: ID!, $again: Boolean!) { r: followUpDecide(id: $id, again: $again) { errors { message } } }`, map[string]any{"id": followUp, "again": again})
}

// An address that does not exist is written to once.
func TestBouncesStopTheAddress(t *testing.T) {
	t.Parallel()
	p := newPost(t, 60, worldOptions{})
	p.pull()
	id := p.campaign(cartCampaign())
	gone := p.examples(id)[0]
	p.sink.Nobody(gone)
	p.start(id)
	if v := p.settled(id); v.Numbers.Bounced != 1 || v.Numbers.Sent != p.sink.Taken() {
		t.Fatalf("%+v", v.Numbers)
	}
	other := cartCampaign()
	other["name"] = "Other"
	second := p.campaign(other)
	for _, e := range p.examples(second) {
		if e == gone {
			t.Error("another campaign would write to the address that does not exist")
		}
	}
}

func (p *post) examples(id uuid.UUID) (emails []string) {
	p.t.Helper()
	var out struct {
		Campaign struct {
			Preview struct{ Examples []struct{ Email string } }
		}
	}
	p.ask(`query($id: ID!) { campaign(id: $id) { preview(examples: 100) { examples { email } } } }`, map[string]any{"id": id}, &out)
	for _, e := range out.Campaign.Preview.Examples {
		emails = append(emails, e.Email)
	}
	return emails
}
