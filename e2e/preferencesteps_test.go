package e2e_test

import (
	"testing"

	"github.com/google/uuid"
)

// A step names a preference by its key; one that the merchant does not have on that channel is refused, and a change of it
// is told among the changes of a version.
func TestAStepNamesAPreference(t *testing.T) {
	t.Parallel()
	p := newPost(t, 5, worldOptions{})
	p.do(`mutation { r: saveConsentPreference(input: {channel: EMAIL, name: "Wine news", wording: {en: "I want wine news."}}) { errors { message } } }`, nil)
	input := func(email, letter any) map[string]any {
		return map[string]any{"name": "Carts", "trigger": map[string]any{"kind": "ABANDONED_CART", "minAgeMinutes": 240, "maxAgeMinutes": 10080}, "reentry": "PER_OBJECT", "expiresAfterMinutes": 120,
			"steps": []any{map[string]any{"key": "mail", "emailPreference": email, "letterPreference": letter, "email": []any{map[string]any{"language": "en", "subject": "Hello", "body": "{{ greeting }}"}}}}}
	}
	var out struct {
		R struct {
			Campaign *struct {
				ID       uuid.UUID
				Version  int
				Steps    []struct{ EmailPreference, LetterPreference *string }
				Versions []struct{ Changes []struct{ Part string } }
			}
			Errors []struct {
				Field string
				Cause struct{ Code string }
			}
		}
	}
	const facts = `campaign { id version steps { emailPreference letterPreference } versions { changes { part } } } errors { field cause { code } }`
	for field, in := range map[string]map[string]any{"steps.0.emailPreference": input("Tea news", nil), "steps.0.letterPreference": input("Wine news", "Wine news")} {
		p.ask(`mutation($i: CampaignInput!) { r: campaignCreate(input: $i) { `+facts+` } }`, map[string]any{"i": in}, &out)
		if len(out.R.Errors) != 1 || out.R.Errors[0].Field != field || out.R.Errors[0].Cause.Code != "PREFERENCE_GONE" {
			t.Errorf("%s: %+v", field, out.R)
		}
	}
	out.R.Errors = nil
	p.ask(`mutation($i: CampaignInput!) { r: campaignCreate(input: $i) { `+facts+` } }`, map[string]any{"i": input("Wine news", nil)}, &out)
	if c := out.R.Campaign; c == nil || c.Steps[0].EmailPreference == nil || *c.Steps[0].EmailPreference != "Wine news" || c.Steps[0].LetterPreference != nil {
		t.Fatalf("%+v", out.R)
	}
	p.ask(`mutation($c: ID!, $v: Int!, $i: CampaignInput!) { r: campaignUpdate(id: $c, version: $v, input: $i) { `+facts+` } }`, map[string]any{"c": out.R.Campaign.ID, "v": out.R.Campaign.Version, "i": input(nil, nil)}, &out)
	if c := out.R.Campaign; c == nil || c.Steps[0].EmailPreference != nil || len(c.Versions[0].Changes) != 1 || c.Versions[0].Changes[0].Part != "PREFERENCE" {
		t.Errorf("%+v", out.R)
	}
}
