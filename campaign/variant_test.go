package campaign

import (
	"math"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// halves is a campaign about carts whose step has a second variant, with a voucher, for so many percent.
func halves(share int) *relance.Campaign {
	c := carts()
	c.Plan.Steps[0].B = &relance.StepVariant{Share: share, Email: map[string]relance.EmailText{"fr": {Subject: "B", Body: "B"}},
		Voucher: &relance.Offer{Kind: relance.VoucherPercent, Value: dec("10"), ValidDays: 30}}
	return c
}

// variantFor decides for somebody with a cart.
func variantFor(t *testing.T, c *relance.Campaign, profile uuid.UUID, change func(*relance.Facts)) relance.Decision {
	t.Helper()
	f := withCart()
	f.ProfileID = profile
	if change != nil {
		change(f)
	}
	ds := Decide(c, f, tuesday)
	if len(ds) != 1 || ds[0].Verdict != relance.VerdictSend {
		t.Fatalf("%s", told(ds, tuesday))
	}
	return ds[0]
}

// someone is a profile that is drawn for a variant at a share.
func someone(c *relance.Campaign, b bool, share int) uuid.UUID {
	for n := byte(1); ; n++ {
		if p := id(n); DrawnB(c.ID, "one", p, share) == b {
			return p
		}
	}
}

// TestAVariantIsTextsAndVoucherOfItsOwn, and a step without one has none.
func TestAVariantIsTextsAndVoucherOfItsOwn(t *testing.T) {
	t.Parallel()
	c := halves(50)
	a, b := variantFor(t, c, someone(c, false, 50), nil), variantFor(t, c, someone(c, true, 50), nil)
	if a.Variant != relance.VariantA || a.NewVoucher || a.Step.Email["fr"].Subject != "Bonjour" {
		t.Errorf("A: %+v", a)
	}
	if b.Variant != relance.VariantB || !b.NewVoucher || b.Step.Email["fr"].Subject != "B" || b.Step.Key != "one" {
		t.Errorf("B: %+v", b)
	}
	if d := variantFor(t, carts(), id(1), nil); d.Variant != "" {
		t.Errorf("a step of one variant says %s", d.Variant)
	}
}

// TestVariantsAreDrawnByTheirShare, apart from the holdout and from other steps.
func TestVariantsAreDrawnByTheirShare(t *testing.T) {
	t.Parallel()
	const people, share = 20_000, 30
	var b, both, held, two int
	for n := range people {
		p := uuid.NewSHA1(uuid.Nil, []byte{byte(n), byte(n >> 8)})
		drawn, out := DrawnB(campaignID, "one", p, share), HeldOut(campaignID, p, share)
		if drawn {
			b++
		}
		if out {
			held++
		}
		if drawn && out {
			both++
		}
		if drawn && DrawnB(campaignID, "two", p, share) {
			two++
		}
	}
	// Five standard deviations.
	near := func(got int, p float64) bool {
		return math.Abs(float64(got)-people*p) < 5*math.Sqrt(people*p*(1-p))
	}
	if !near(b, 0.3) || !near(held, 0.3) || !near(both, 0.09) || !near(two, 0.09) {
		t.Errorf("of %d: B %d, held out %d, both %d, B of both steps %d", people, b, held, both, two)
	}
}

// TestAVariantStays: over a change of the share, a second time, and until it is sent.
func TestAVariantStays(t *testing.T) {
	t.Parallel()
	c := halves(99)
	p := someone(c, true, 99)
	before := func(v relance.MessageVariant) func(*relance.Facts) {
		return func(f *relance.Facts) {
			e := entered(30*day, sent("one", 30*day))
			e.InstanceKey, e.FollowUps[0].Variant = cartKey(otherCart), v
			ended := ago(29 * day)
			e.EndedAt = &ended
			f.Enrolments = []relance.Enrolment{e}
		}
	}
	if d := variantFor(t, c, p, before(relance.VariantA)); d.Variant != relance.VariantA {
		t.Errorf("got A before, gets %s", d.Variant)
	}
	if d := variantFor(t, c, p, before("")); d.Variant != relance.VariantB {
		t.Errorf("got it before there were two, gets %s", d.Variant)
	}
	for _, v := range []relance.MessageVariant{relance.VariantA, relance.VariantB} {
		f := withCart()
		f.ProfileID = p
		before(relance.VariantA)(f)
		e := entered(time.Minute, inState("one", relance.SendDue))
		e.FollowUps[0].Variant = v
		f.Enrolments = append(f.Enrolments, e)
		if d := Recheck(c, &e, "one", f, tuesday); d.Verdict != relance.VerdictSend || d.Variant != v {
			t.Errorf("decided as %s, sent as %s (%s)", v, d.Variant, d.Verdict)
		}
	}
}
