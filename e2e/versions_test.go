package e2e_test

import (
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery/smtptest"
	"github.com/relance/relance/letter"
)

type shownVersions struct {
	Campaign struct {
		Versions []struct {
			Version int
			Author  string
			Changes []struct {
				Part, StepKey, Language string
				Variant                 *string
			}
			Steps []struct {
				Key    string
				Letter []struct{ Language, Body string }
			}
		}
	}
}

// An older text comes back as a new version; nothing else does, and whoever is under way stays on theirs.
func TestAnOlderTextComesBack(t *testing.T) {
	t.Parallel()
	p := newPost(t, 60, worldOptions{})
	p.pull()
	p.letterShops(byHand())
	plan := letterPlan()
	plan.ExpiresAfter = 7 * 24 * time.Hour
	plan.Steps = append(plan.Steps, relance.CampaignStep{Key: "mail", After: 48 * time.Hour, Email: map[string]relance.EmailText{"fr": {Subject: "Un", Body: "{{ greeting }}, un"}}})
	id := p.plan(plan)
	p.settled(id)
	first := p.messages(id)
	if len(first) == 0 {
		t.Fatal("nobody entered")
	}
	other := letter.Ready(letter.SecondOrder, "fr")
	other.Body += "\n\nAutre chose."
	second := plan
	second.Steps = []relance.CampaignStep{plan.Steps[0], plan.Steps[1]}
	second.Steps[0].Letter = maps.Clone(plan.Steps[0].Letter)
	second.Steps[0].Letter["fr"] = other
	second.Steps[1].Email = map[string]relance.EmailText{"fr": {Subject: "Deux", Body: "{{ greeting }}, deux"}}
	second.Steps[1].After = 72 * time.Hour
	_, err := p.app.ChangeCampaign(t.Context(), p.merchant, id, 1, "Letters", second, "test")
	must(t, err)

	restore := func(version, from int, step any) (code string) {
		var out struct {
			R struct {
				Errors []struct {
					Code  string
					Cause *struct{ Code string }
				}
			}
		}
		p.ask(`mutation($id: ID!, $v: Int!, $f: Int!, $s: String) { r: campaignTextsRestore(id: $id, version: $v, from: $f, stepKey: $s) { campaign { version } errors { code cause { code } } } }`,
			map[string]any{"id": id, "v": version, "f": from, "s": step}, &out)
		if len(out.R.Errors) > 0 && out.R.Errors[0].Cause != nil {
			return out.R.Errors[0].Cause.Code
		}
		return ""
	}
	for want, args := range map[string][3]any{"CAMPAIGN_CHANGED": {1, 1, nil}, "NO_SUCH_VERSION": {2, 9, nil}, "NO_SUCH_STEP": {2, 1, "none"}, "TEXT_IS_SO_ALREADY": {2, 2, nil}} {
		if got := restore(args[0].(int), args[1].(int), args[2]); got != want {
			t.Errorf("%v is refused with %q, want %s", args, got, want)
		}
	}
	if code := restore(2, 1, "letter"); code != "" {
		t.Fatal(code)
	}
	c, err := p.store.Campaign(t.Context(), p.merchant, id)
	must(t, err)
	if c.Version != 3 || c.Plan.Steps[0].Letter["fr"].Body != plan.Steps[0].Letter["fr"].Body || c.Plan.Steps[1].Email["fr"].Subject != "Deux" || c.Plan.Steps[1].After != 72*time.Hour || c.Plan.Steps[0].Voucher == nil {
		t.Errorf("version %d: %+v", c.Version, c.Plan.Steps)
	}
	var shown shownVersions
	p.ask(`query($id: ID!) { campaign(id: $id) { versions { version author changes { part stepKey variant language } steps { key letter { language body } } } } }`, map[string]any{"id": id}, &shown)
	var got []string
	for _, v := range shown.Campaign.Versions {
		for _, x := range v.Changes {
			got = append(got, string(rune('0'+v.Version))+" "+x.Part+" "+x.StepKey+" "+x.Language)
		}
	}
	if diff := cmp.Diff([]string{"3 LETTER letter fr", "2 LETTER letter fr", "2 WAIT mail ", "2 EMAIL mail fr"}, got); diff != "" || len(shown.Campaign.Versions) != 3 || shown.Campaign.Versions[2].Author != "test" {
		t.Errorf("%s\n%+v", diff, shown)
	}
	p.ask(`query($id: ID!) { campaign(id: $id) { versions(first: 1, before: 3) { version changes { part } } } }`, map[string]any{"id": id}, &shown)
	if v := shown.Campaign.Versions; len(v) != 1 || v[0].Version != 2 || len(v[0].Changes) != 3 {
		t.Errorf("the page before version 3: %+v", v)
	}

	// Whoever entered on the first version gets the mail of the first.
	p.clock.ahead.Add(int64(6 * 24 * time.Hour))
	p.clock.toWorkingMorning()
	p.until("the second step goes out", func() bool { return p.sink.Taken() > 0 })
	for _, m := range p.sink.Mails() {
		if l := smtptest.Read(m).Subject; l != "Un" {
			t.Errorf("somebody of the first version got %q", l)
		}
	}
	_, err = p.app.MoveCampaign(t.Context(), p.merchant, id, relance.CampaignEnded, false, "test")
	must(t, err)
	if code := restore(3, 2, nil); code != "CAMPAIGN_ENDED" {
		t.Errorf("an ended campaign: %q", code)
	}
}
