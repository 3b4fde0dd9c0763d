package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/relance/relance/delivery/smtptest"
)

// complaints are what people complain about in tools of this kind, and the tests that keep it
// from happening here.
var complaints = []held{
	{"two schedulers that start in the same second send twice", "e2e/sendstorm_test.go", "TestNothingIsSentTwiceThroughTheStorm"},
	{"one bad recipient fails a batch that is sent to the others for ever", "e2e/complaints_test.go", "TestOneBadRecipientHoldsNobodyElseUp"},
	{"overlapping runs lose people and what is due for them", "store/evaluations_test.go", "TestIncrementalJudgingComesToTheSameAsFull"},
	{"nobody can enter a campaign again, such as for birthdays", "campaign/triggers_test.go", "TestBirthday"},
	{"merging two people spills consent", "store/consents_test.go", "TestMergingNeverWidensConsent"},
	{"ids change after a merge", "store/merges_test.go", "TestUndoingMergesRestoresEveryProfile"},
	{"a cap is taken at planning and not at sending", "campaign/decide_test.go", "TestRecheck"},
	{"what is paused still leaves the house", "e2e/complaints_test.go", "TestAPauseLosesAndRepeatsNothing"},
	{"segments are computed anew for days", "store/evaluations_test.go", "TestIncrementalJudgingComesToTheSameAsFull"},
	{"what the shop deleted stays", "e2e/doctor_test.go", "TestDeletionsAreFollowed"},
	{"a discount code for each person is not to be had", "e2e/followups_test.go", "TestACartLeftBehindIsFollowedUpOnce"},
	{"going on after a pause starts at the beginning", "e2e/complaints_test.go", "TestAPauseLosesAndRepeatsNothing"},
	{"what was due long ago goes out after an outage", "e2e/sendfaults_test.go", "TestStaleMessagesExpire"},
	{"no one-click way out, and a forwarded one that cannot be undone", "e2e/followups_test.go", "List-Unsubscribe=One-Click"},
	{"a link that a scanner opens unsubscribes people", "e2e/followups_test.go", "TestACartLeftBehindIsFollowedUpOnce"},
	{"people who never confirmed are written to", "campaign/legal_test.go", "TestEmailLaw"},
	{"automations hang, and nobody notices", "cmd/relance/main_test.go", "relance_follow_up_overdue_seconds"},
	{"abandoned carts: once per person, and an order does not end it", "e2e/liveorders_test.go", "TestAnOrderOfThisMomentEndsTheFollowUp"},
	{"nothing is sent, and nobody can say why", "e2e/followups_test.go", "Refusals"},
	{"vouchers without consent, for anybody, shared", "campaign/guards_test.go", "TestGuards"},
	{"a household collects vouchers, each of its people one", "store/households_test.go", "TestHouseholdsAreTheSameAddressAndFamilyName"},
}

// TestEveryComplaintHasATest: none of them is dropped by renaming.
func TestEveryComplaintHasATest(t *testing.T) {
	t.Parallel()
	allHeld(t, complaints)
}

// held is a rule with the test that holds it.
type held struct{ what, file, test string }

func allHeld(t *testing.T, rules []held) {
	t.Helper()
	for _, r := range rules {
		text, err := os.ReadFile(filepath.Join("..", r.file))
		if err != nil {
			t.Errorf("%s: %v", r.what, err)
			continue
		}
		if !strings.Contains(string(text), r.test) {
			t.Errorf("%s: %s has no %s", r.what, r.file, r.test)
		}
	}
}

// TestOneBadRecipientHoldsNobodyElseUp: a relay that refuses one address for good gets it once,
// and all others.
func TestOneBadRecipientHoldsNobodyElseUp(t *testing.T) {
	t.Parallel()
	p := newPost(t, 60, worldOptions{})
	p.pull()
	id := p.campaign(cartCampaign())
	var out struct {
		Campaign struct {
			Preview struct{ Examples []struct{ Email string } }
		}
	}
	p.ask(`query($id: ID!) { campaign(id: $id) { preview { examples { email } } } }`, map[string]any{"id": id}, &out)
	want := p.view(id).Preview.Sends
	p.sink.Nobody(out.Campaign.Preview.Examples[0].Email)
	p.start(id)
	if v := p.settled(id); v.Numbers.Bounced != 1 || v.Numbers.Sent != want-1 || p.sink.Taken() != want-1 {
		t.Errorf("of %d: %+v, the relay took %d", want, v.Numbers, p.sink.Taken())
	}
}

// TestAPauseLosesAndRepeatsNothing: a campaign is paused while it sends and goes on later.
func TestAPauseLosesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	p := newPost(t, 200, worldOptions{})
	p.pull()
	id := p.campaign(cartCampaign())
	want := p.view(id).Preview.Sends
	p.sink.Misbehave(smtptest.Faults{Slow: 200 * time.Millisecond}, 1)
	p.start(id)
	p.until("some are sent", func() bool { return p.sink.Taken() > 2 })
	p.do(`mutation($id: ID!) { r: campaignPause(id: $id) { errors { message } } }`, map[string]any{"id": id})
	p.until("those in hand are done", func() bool { before := p.view(id).Numbers; return before.Sent == p.sink.Taken() && p.nothingMoves(id) })
	paused := p.sink.Taken()
	if paused >= want {
		t.Fatalf("all %d went out before the pause", want)
	}
	p.sink.Misbehave(smtptest.Faults{}, 1)
	p.start(id)
	p.clock.ahead.Add(int64(11 * time.Minute)) // what a pause holds back is looked at every ten
	v := p.settled(id)
	seen := map[string]int{}
	for _, m := range p.sink.Mails() {
		seen[smtptest.Read(m).To]++
	}
	if v.Numbers.Sent != want || p.sink.Taken() != want || len(seen) != want {
		t.Errorf("%d of %d went out before the pause; %+v, the relay took %d for %d people", paused, want, v.Numbers, p.sink.Taken(), len(seen))
	}
}

// nothingMoves reports whether no message changes for a while.
func (p *post) nothingMoves(id any) bool {
	ask := func() string {
		var out struct{ Campaign campaignView }
		p.ask(`query($id: ID!) { campaign(id: $id) { numbers { due sent } } }`, map[string]any{"id": id}, &out)
		return fmt.Sprint(out.Campaign.Numbers, p.sink.Taken())
	}
	before := ask()
	time.Sleep(700 * time.Millisecond) // longer than the relay takes for one
	return ask() == before
}
