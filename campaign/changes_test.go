package campaign_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/campaign"
)

func written(body string) map[string]relance.EmailText {
	return map[string]relance.EmailText{"fr": {Subject: "S", Body: body}, "de": {Subject: "S", Body: "gleich"}}
}

// twoSteps is a plan with an e-mail in two variants, and a letter.
func twoSteps() *relance.Plan {
	return &relance.Plan{Trigger: relance.Trigger{Kind: relance.TriggerOneTime}, HoldoutPercent: 10, ExpiresAfter: time.Hour, Steps: []relance.CampaignStep{
		{Key: "mail", Email: written("old"), B: &relance.StepVariant{Share: 50, Email: written("old B")}},
		{Key: "post", After: time.Hour, Letter: map[string]relance.LetterText{"fr": {Subject: "L", Body: "old"}}, Voucher: &relance.Offer{Kind: relance.VoucherPercent, Value: decimal.NewFromInt(10), ValidDays: 30}},
	}}
}

func TestChangesAreNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*relance.Plan)
		want   []string
	}{
		"nothing":       {func(*relance.Plan) {}, []string{}},
		"an empty list": {func(p *relance.Plan) { p.Trigger.Shops = nil }, []string{}},
		"event":         {func(p *relance.Plan) { p.Trigger.MinAge = time.Hour }, []string{"EVENT"}},
		"audience":      {func(p *relance.Plan) { p.Audience = &relance.Filter{Search: "x"} }, []string{"AUDIENCE"}},
		"holdout, end":  {func(p *relance.Plan) { p.HoldoutPercent, p.ExpiresAfter = 0, 2*time.Hour }, []string{"HOLDOUT", "BOUNDS"}},
		"letter terms":  {func(p *relance.Plan) { p.Letters = &relance.LetterTerms{BalancingTest: "x"} }, []string{"LETTER_TERMS"}},
		"a text":        {func(p *relance.Plan) { p.Steps[0].Email = written("new") }, []string{"EMAIL mail A fr"}},
		"a text of B":   {func(p *relance.Plan) { p.Steps[0].B.Email = written("new") }, []string{"EMAIL mail B fr"}},
		"share":         {func(p *relance.Plan) { p.Steps[0].B.Share = 20 }, []string{"SHARE mail"}},
		"no B any more": {func(p *relance.Plan) { p.Steps[0].B = nil }, []string{"VARIANT mail"}},
		"a letter": {func(p *relance.Plan) {
			p.Steps[1].Letter = map[string]relance.LetterText{"fr": {Subject: "L", Body: "old", Closing: "new"}}
		}, []string{"LETTER post fr"}},
		"a language":     {func(p *relance.Plan) { p.Steps[1].Letter["en"] = relance.LetterText{Subject: "L"} }, []string{"LETTER post en"}},
		"voucher, wait":  {func(p *relance.Plan) { p.Steps[1].Voucher, p.Steps[1].After = nil, 0 }, []string{"WAIT post", "VOUCHER post"}},
		"order of steps": {func(p *relance.Plan) { p.Steps[0], p.Steps[1] = p.Steps[1], p.Steps[0] }, []string{"STEP_ORDER"}},
		"another step":   {func(p *relance.Plan) { p.Steps[1].Key = "other" }, []string{"STEP_REMOVED post", "STEP_ADDED other"}},
	} {
		after := twoSteps()
		c.change(after)
		got := []string{}
		for _, x := range campaign.Changes(twoSteps(), after) {
			s := string(x.Part)
			for _, more := range []string{x.StepKey, string(x.In), x.Language} {
				if more != "" {
					s += " " + more
				}
			}
			got = append(got, s)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Bringing texts back touches neither vouchers nor waits, and not the plan that was read.
func TestTextsOfAnotherPlan(t *testing.T) {
	t.Parallel()
	now := twoSteps()
	now.Steps[0].Email, now.Steps[0].B.Email = written("new"), written("new B")
	now.Steps[1].Letter, now.Steps[1].Voucher, now.Steps[1].After = map[string]relance.LetterText{"fr": {Subject: "L", Body: "new"}}, nil, 5*time.Hour
	now.Steps = append(now.Steps, relance.CampaignStep{Key: "late", Email: written("late")})
	before := fmt.Sprint(now.Steps[0].Email, now.Steps[0].B.Email, now.Steps[1].Letter)
	for key, want := range map[string][3]string{"": {"old", "old B", "old"}, "mail": {"old", "old B", "new"}, "post": {"new", "new B", "old"}, "late": {"new", "new B", "new"}} {
		p, changed := campaign.WithTexts(now, twoSteps(), key)
		if got := [3]string{p.Steps[0].Email["fr"].Body, p.Steps[0].B.Email["fr"].Body, p.Steps[1].Letter["fr"].Body}; got != want || changed != (key != "late") {
			t.Errorf("%q: %v, changed: %v", key, got, changed)
		}
		if p.Steps[1].Voucher != nil || p.Steps[1].After != 5*time.Hour || len(p.Steps) != 3 || p.Steps[2].Email["fr"].Body != "late" {
			t.Errorf("%q: more than texts came back: %+v", key, p.Steps)
		}
	}
	if after := fmt.Sprint(now.Steps[0].Email, now.Steps[0].B.Email, now.Steps[1].Letter); after != before {
		t.Errorf("the plan that was read is changed: %s", after)
	}
	if _, changed := campaign.WithTexts(twoSteps(), twoSteps(), ""); changed {
		t.Error("its own texts are others")
	}
}
