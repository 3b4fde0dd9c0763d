package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relance/relance"
	"github.com/relance/relance/campaign"
	"github.com/relance/relance/store"
)

// TestAStepNotesOnce: whoever left a cart gets a label, then a task is set about them, whatever may be
// sent to them; nobody is evaluated into a second one.
func TestAStepNotesOnce(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com")))
	l.ok(l.s.AddLabel(l.ctx, l.m, l.id(0, "a"), "tea", "clerk", noon))
	left := noon.Add(-6 * time.Hour)
	l.give(0, store.PageRows{Carts: []relance.Cart{{ExternalID: "k", CustomerID: "a", Currency: "EUR", Value: dec("10"), ValueKnown: true, StartedAt: left, UpdatedAt: left,
		Version: relance.Version{UpdatedAt: left, ReadAt: left}, Lines: []relance.CartLine{{ExternalID: "1", Title: "Tea", Quantity: 1}}}}})
	plan := relance.Plan{Trigger: relance.Trigger{Kind: relance.TriggerAbandonedCart, MinAge: time.Hour, MaxAge: 48 * time.Hour}, Reentry: relance.Reentry{Policy: relance.ReentryPerObject},
		ExpiresAfter: 2 * time.Hour, ReachBack: true, Steps: []relance.CampaignStep{
			{Key: "one", Label: "Tea"},
			{Key: "two", Label: "Left a cart"},
			{Key: "three", After: time.Hour, Task: &relance.StepTask{Title: "Call them", DueInDays: 2}}}}
	id, err := l.s.AddCampaign(l.ctx, l.m, "Carts", plan, "tester", noon.Add(-time.Hour))
	l.ok(err)
	_, err = l.s.MoveCampaign(l.ctx, l.m, id, relance.CampaignRunning, noon.Add(-time.Hour))
	l.ok(err)
	at := noon
	judge := func(campaigns []relance.Campaign, f *relance.Facts) (out []relance.Decision) {
		for i := range campaigns {
			out = append(out, campaign.Decide(&campaigns[i], f, at)...)
		}
		return out
	}
	evaluate := func() {
		for {
			done, err := l.s.Evaluate(l.ctx, l.m, 10, judge, at)
			l.ok(err)
			if done.People == 0 {
				return
			}
		}
	}
	says := func(what string, want ...string) {
		t.Helper()
		got := l.rows(`SELECT l.name FROM profile_labels x JOIN labels l USING (merchant_id) WHERE merchant_id = $1 AND l.id = x.label_id ORDER BY 1`, l.m)
		tasks, err := l.s.Tasks(l.ctx, l.m, relance.TaskQuery{Paging: relance.Paging{First: 5}})
		l.ok(err)
		for _, x := range tasks.Tasks {
			got = append(got, fmt.Sprint(x.Title, " by ", x.CreatedBy, " on ", x.DueOn.Format(time.DateOnly)))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	evaluate()
	says("at once", `("Left a cart")`, `(tea)`) // by the word that is there
	at = noon.Add(61 * time.Minute)
	for range 2 {
		evaluate()
		l.ok(l.s.AddLabel(l.ctx, l.m, l.id(0, "a"), "tea", "clerk", at)) // puts them in line again
	}
	says("an hour later", `("Left a cart")`, `(tea)`, "Call them by Carts on 2026-06-17")
	r, err := l.s.CampaignResults(l.ctx, l.m, store.ResultsQuery{CampaignID: id, WindowDays: 7, Now: at})
	l.ok(err)
	if got := fmt.Sprint(r.Totals.Acts, r.Totals.Decided, r.Steps[0].Acts, r.Steps[2].Acts); got != "3 0 1 1" {
		t.Errorf("results: %s", got)
	}
}
