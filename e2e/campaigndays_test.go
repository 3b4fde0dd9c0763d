package e2e_test

import (
	"testing"

	"github.com/relance/relance"
)

// What the days of a campaign count adds up to what it did.
func TestTheDaysOfACampaignAddUp(t *testing.T) {
	t.Parallel()
	p := newPost(t, 40, worldOptions{})
	p.pull()
	id := p.campaign(cartCampaign())
	p.start(id)
	v := p.settled(id)
	var out struct {
		Campaign struct {
			Days []struct {
				Day                                              string
				Judged, Entered, HeldOut, Decided, Expired, Sent int
				Refusals                                         []relance.RefusalCount
			}
		}
	}
	p.ask(`query($id: ID!, $day: Date!) { campaign(id: $id) { days(from: $day, to: $day) { day judged entered heldOut decided expired sent refusals { verdict reason count } } } }`,
		map[string]any{"id": id, "day": p.clock.now().Format("2006-01-02")}, &out)
	if len(out.Campaign.Days) != 1 {
		t.Fatalf("%+v", out)
	}
	d, refused := out.Campaign.Days[0], 0
	for _, r := range d.Refusals {
		refused += r.Count
	}
	if n := v.Numbers; n.Sent == 0 || d.Sent != n.Sent || d.Entered != n.Entered || d.Decided < n.Sent || d.Judged < d.Entered || d.Judged > d.Entered+d.HeldOut+refused {
		t.Errorf("%+v, and in all %+v", d, n)
	}
	a := p.askAs(p.token, `query($id: ID!) { campaign(id: $id) { days(from: "2026-02-01", to: "2026-01-01") { day } } }`, map[string]any{"id": id})
	if len(a.Errors) != 1 || a.Errors[0].Extensions["field"] != "to" {
		t.Errorf("a span that ends before it begins: %+v", a.Errors)
	}
}
