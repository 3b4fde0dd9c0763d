package e2e_test

import "testing"

// TestACampaignThatNotes: everybody who left a cart and is not held out gets a label and a task, and
// nothing is sent. A step that would do two things is refused at its field.
func TestACampaignThatNotes(t *testing.T) {
	t.Parallel()
	p := newPost(t, 60, worldOptions{})
	p.pull()
	input := func(steps ...map[string]any) map[string]any {
		return map[string]any{"name": "Notes", "reentry": "PER_OBJECT", "holdoutPercent": 20, "reachBack": true, "trigger": map[string]any{"kind": "ABANDONED_CART", "minAgeMinutes": 60, "maxAgeMinutes": 60 * 24 * 60}, "steps": steps}
	}
	label := map[string]any{"key": "a", "label": " Left a cart "}
	task := map[string]any{"key": "b", "task": map[string]any{"title": "Call them", "dueInDays": 2}}
	for field, steps := range map[string][]map[string]any{
		"steps.0.email":          {{"key": "a", "label": "x", "email": []map[string]any{{"language": "en", "subject": "s", "body": "b"}}}},
		"steps.1.task.title":     {label, {"key": "b", "task": map[string]any{"title": " "}}},
		"steps.0.task.dueInDays": {{"key": "b", "task": map[string]any{"title": "x", "dueInDays": 366}}},
		"steps.0.label":          {{"key": "a", "label": "a\tb"}},
	} {
		var out struct {
			CampaignCreate struct{ Errors []struct{ Field string } }
		}
		p.ask(`mutation($i: CampaignInput!) { campaignCreate(input: $i) { errors { field } } }`, map[string]any{"i": input(steps...)}, &out)
		if e := out.CampaignCreate.Errors; len(e) != 1 || e[0].Field != field {
			t.Errorf("%s: %+v", field, e)
		}
	}
	id := p.campaign(input(label, task))
	p.start(id)
	v := p.settled(id)
	var out struct {
		Campaign struct {
			Steps []struct {
				Label *string
				Task  *struct {
					Title     string
					DueInDays int
				}
			}
			Results struct{ Totals struct{ Acts, Decided int } }
		}
		Customers struct{ TotalCount int }
		Tasks     struct {
			TotalCount int
			Nodes      []struct{ Title, CreatedBy string }
		}
	}
	p.ask(`query($id: ID!) { campaign(id: $id) { steps { label task { title dueInDays } } results { totals { acts decided } } }
		customers: profiles(filter: {labels: ["Left a cart"]}, first: 1) { totalCount } tasks(first: 1) { totalCount nodes { title createdBy } } }`, map[string]any{"id": id}, &out)
	noted := v.Numbers.Entered - v.Numbers.HeldOut
	if noted < 2 || v.Numbers.HeldOut == 0 {
		t.Fatalf("too few to tell: %+v", v.Numbers)
	}
	if out.Tasks.TotalCount != noted || out.Customers.TotalCount != noted || out.Campaign.Results.Totals.Acts != 2*noted || out.Campaign.Results.Totals.Decided != 0 || p.sink.Taken() != 0 {
		t.Errorf("%d were to be noted: %+v, and %d e-mails", noted, out, p.sink.Taken())
	}
	if s := out.Campaign.Steps; len(s) != 2 || s[0].Label == nil || *s[0].Label != "Left a cart" || s[1].Task == nil || s[1].Task.DueInDays != 2 || out.Tasks.Nodes[0].CreatedBy != "Notes" {
		t.Errorf("%+v %+v", s, out.Tasks.Nodes)
	}
}
