package e2e_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/relance/relance/campaign"
	"github.com/relance/relance/delivery/smtptest"
)

// TestEachVariantGoesToItsOwn: what the preview says is what is mailed, noted and counted, each
// variant with its own text and voucher.
func TestEachVariantGoesToItsOwn(t *testing.T) {
	t.Parallel()
	p := newPost(t, 120, worldOptions{})
	p.pull()
	input := cartCampaign()
	step := input["steps"].([]any)[0].(map[string]any)
	step["variantB"] = map[string]any{"sharePercent": 40, "email": []any{map[string]any{"language": "fr", "subject": "Simplement votre panier", "body": "{{ greeting }}"}}}
	id := p.campaign(input)
	var out struct {
		Campaign struct {
			Steps   []struct{ VariantB *struct{ SharePercent int } }
			Preview struct {
				Examples []struct {
					Email, Variant string
					ProfileID      uuid.UUID
				}
			}
			Results struct {
				Steps []struct {
					Variants *struct {
						SharePercent int
						A, B         struct{ Sent, Pending int }
						Conversion   struct{ Missing int }
					}
				}
			}
		}
	}
	p.ask(`query($id: ID!) { campaign(id: $id) { steps { variantB { sharePercent } } preview { examples { email profileId variant } } } }`, map[string]any{"id": id}, &out)
	if len(out.Campaign.Steps) != 1 || out.Campaign.Steps[0].VariantB == nil || out.Campaign.Steps[0].VariantB.SharePercent != 40 {
		t.Fatalf("%+v", out.Campaign.Steps)
	}
	foreseen, n := map[string]string{}, map[string]int{}
	for _, x := range out.Campaign.Preview.Examples {
		foreseen[x.Email] = x.Variant
		if b := campaign.DrawnB(id, "first", x.ProfileID, 40); b != (x.Variant == "B") {
			t.Errorf("drawn for B: %v, the preview says %s", b, x.Variant)
		}
	}
	p.start(id)
	v := p.settled(id)
	for _, m := range p.sink.Mails() {
		mail := smtptest.Read(m)
		got := "A"
		if strings.Contains(mail.Subject, "Simplement") {
			got = "B"
		}
		n[got]++
		if want, ok := foreseen[mail.To]; ok && want != got {
			t.Errorf("somebody was to get %s and got %s", want, got)
		}
	}
	p.ask(`query($id: ID!) { campaign(id: $id) { results { steps { variants { sharePercent a { sent pending } b { sent pending } conversion { missing } } } } } }`, map[string]any{"id": id}, &out)
	r := out.Campaign.Results.Steps[0].Variants
	if r == nil || r.SharePercent != 40 || r.A.Sent != n["A"] || r.B.Sent != n["B"] || r.A.Pending+r.B.Pending != n["A"]+n["B"] || r.Conversion.Missing == 0 {
		t.Errorf("mailed %v, results %+v", n, r)
	}
	if n["A"] == 0 || n["B"] == 0 || v.Numbers.Vouchers != n["A"] {
		t.Errorf("mailed %v, with %d vouchers: %+v", n, v.Numbers.Vouchers, v.Numbers)
	}
}
