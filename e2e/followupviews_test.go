package e2e_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// A message can be asked for by its id and names its person; whoever is limited to another shop
// is told of neither.
func (p *post) lookAtMessages(campaign uuid.UUID) {
	p.t.Helper()
	type message struct {
		ID, ProfileID, ShopID uuid.UUID
		Profile               *struct{ ID uuid.UUID }
		Voucher               struct{ State string }
	}
	var list struct{ FollowUps struct{ Nodes []message } }
	p.ask(`query($c: ID!) { followUps(campaignId: $c) { nodes { id profileId shopId profile { id } voucher { state } } } }`, map[string]any{"c": campaign}, &list)
	if len(list.FollowUps.Nodes) == 0 {
		p.t.Fatal("no message is listed")
	}
	for _, m := range list.FollowUps.Nodes {
		if m.Profile == nil || m.Profile.ID != m.ProfileID || m.Voucher.State != "ISSUED" {
			p.t.Errorf("listed %+v", m)
		}
	}
	first := list.FollowUps.Nodes[0]
	const one = `query($id: ID!) { followUp(id: $id) { id profileId shopId profile { id } voucher { state } } }`
	var single struct{ FollowUp *message }
	p.ask(one, map[string]any{"id": first.ID}, &single)
	if single.FollowUp == nil || single.FollowUp.ProfileID != first.ProfileID || single.FollowUp.Profile == nil {
		p.t.Errorf("asked for by its id: %+v", single.FollowUp)
	}
	other := p.shopify
	if first.ShopID == other {
		other = p.presta
	}
	clerk, err := p.store.CreateToken(p.t.Context(), p.merchant, relance.RoleClerk, []uuid.UUID{other}, "clerk")
	must(p.t, err)
	if got := string(p.askAs(clerk, one, map[string]any{"id": first.ID}).Data); got != `{"followUp":null}` {
		p.t.Errorf("a clerk of another shop is told %s", got)
	}
}

// What the API tells of a backtest is what the use case found, and its parts add up.
func (p *post) lookAtBacktest(campaign uuid.UUID, past *relance.Backtest) {
	p.t.Helper()
	type sends struct{ Sends int }
	var out struct {
		Campaign struct {
			Backtest struct {
				Sends, People, Vouchers, Unpriced, Holdout int
				Hash                                       string
				Discounts                                  []struct{ Amount, CurrencyCode string }
				Refusals                                   []struct{ Count int }
				ByDay, BySteps                             []sends
				Examples                                   []struct{ ProfileID uuid.UUID }
			}
		}
	}
	p.ask(`query($c: ID!) { campaign(id: $c) { backtest(days: 60, examples: 3) { from to sends people vouchers unpriced holdout hash discounts { amount currencyCode } refusals { reason count }
		byDay { day sends } bySteps { stepKey sends } examples { profileId name at stepKey shopId } } } }`, map[string]any{"c": campaign}, &out)
	b := out.Campaign.Backtest
	sum := func(list []sends) (n int) {
		for _, s := range list {
			n += s.Sends
		}
		return n
	}
	if b.Hash != past.Hash || b.Sends != past.Sends || sum(b.ByDay) != b.Sends || sum(b.BySteps) != b.Sends || b.Vouchers != b.Sends {
		p.t.Errorf("the API tells %+v of %+v", b, past)
	}
	if len(b.Examples) != 3 || b.Unpriced != 0 || len(b.Discounts) != 1 || b.Discounts[0].Amount == "0" {
		p.t.Errorf("the vouchers of %d carts take off %v, %d unpriced; examples %v", b.Sends, b.Discounts, b.Unpriced, b.Examples)
	}
	for _, days := range []int{0, 5000} {
		r := p.askAs(p.token, fmt.Sprintf(`{ campaign(id: %q) { backtest(days: %d) { sends } } }`, campaign, days), nil)
		if len(r.Errors) != 1 || fmt.Sprint(r.Errors[0].Extensions["cause"]) != "map[code:BACKTEST_DAYS params:[map[name:most value:1098]]]" {
			p.t.Errorf("%d days: %+v", days, r.Errors)
		}
	}
}

// Roles: who looks up customers has no business with what a campaign would have done.
func TestABacktestNeedsAMarketer(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, role := range []relance.Role{relance.RoleReader, relance.RoleClerk} {
		r := a.as(a.tokenOf(role), fmt.Sprintf(`{ campaign(id: %q) { backtest { sends } } }`, uuid.New()), nil)
		if r.code() != "FORBIDDEN" {
			t.Errorf("%s: %s", role, r.Body)
		}
	}
}
