package store_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// split gives step one a second variant for a share of the people.
func (f *followed) split(share int) {
	f.Helper()
	c, err := f.s.Campaign(f.ctx, f.m, f.campaign)
	f.ok(err)
	c.Plan.Steps[0].B = &relance.StepVariant{Share: share, Email: c.Plan.Steps[0].Email}
	f.ok(f.s.ChangeCampaign(f.ctx, f.m, f.campaign, f.version, c.Name, c.Plan, "tester", campaignStart))
	f.version++
}

// gets lets somebody enter and get step one in a variant, with a voucher of the code.
func (f *followed) gets(at float64, profile uuid.UUID, v relance.MessageVariant, record, code string) {
	f.Helper()
	key := fmt.Sprint(record, at)
	f.enters(day(at), profile, key, false)
	f.variant = v
	f.sends(day(at), profile, key, "one", 0, record, code, nil)
}

// TestVariantsSideBySide: per person, from their first message on, under one share.
func TestVariantsSideBySide(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		happens        func(f *followed, a, b uuid.UUID)
		a, b           string
		share, leftOut int
	}{
		"one of each": {func(f *followed, a, b uuid.UUID) {
			f.split(30)
			f.gets(10, a, relance.VariantA, "a", "")
			f.gets(10, b, relance.VariantB, "b", "TEA")
			f.give(0, orders(bought("1", "b", "30", 12, coded("TEA", "3"))))
		}, "1 sent, 0 redeemed, 0 of 1", "1 sent, 1 redeemed, 1 of 1, EUR 30", 30, 0},
		"an order before the message, and one too late": {func(f *followed, a, b uuid.UUID) {
			f.split(30)
			f.gets(10, b, relance.VariantB, "b", "")
			f.give(0, orders(bought("1", "b", "30", 9.9, nil), bought("2", "b", "30", 40.1, nil)))
		}, "0 sent, 0 redeemed, 0 of 0", "1 sent, 0 redeemed, 0 of 1", 30, 0},
		"twice is one person": {func(f *followed, a, b uuid.UUID) {
			f.split(30)
			f.gets(10, b, relance.VariantB, "b", "")
			f.gets(20, b, relance.VariantB, "b", "")
			f.give(0, orders(bought("1", "b", "30", 45, nil)))
		}, "0 sent, 0 redeemed, 0 of 0", "2 sent, 0 redeemed, 0 of 1", 30, 0},
		"whose window is open waits": {func(f *followed, a, b uuid.UUID) {
			f.split(30)
			f.gets(10, a, relance.VariantA, "a", "")
			f.gets(80, b, relance.VariantB, "b", "")
		}, "1 sent, 0 redeemed, 0 of 1", "1 sent, 0 redeemed, 0 of 0 and 1", 30, 0},
		"drawn by another share": {func(f *followed, a, b uuid.UUID) {
			f.split(30)
			f.gets(10, a, relance.VariantA, "a", "")
			f.split(60)
			f.gets(20, b, relance.VariantB, "b", "")
		}, "1 sent, 0 redeemed, 0 of 0", "1 sent, 0 redeemed, 0 of 1", 60, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := follow(newLab(t), 0)
			f.give(0, customers(withEmail("a", "a@example.com"), withEmail("b", "b@example.com")))
			x.happens(f, f.id(0, "a"), f.id(0, "b"))
			v := f.results(30).Steps[0].Variants
			if v == nil {
				t.Fatal("no variants")
			}
			if a, b := tellVariant(v.A), tellVariant(v.B); a != x.a || b != x.b || v.SharePercent != x.share || v.LeftOut != x.leftOut {
				t.Errorf("A %s (want %s)\nB %s (want %s)\nshare %d, left out %d", a, x.a, b, x.b, v.SharePercent, v.LeftOut)
			}
			if other := f.results(30).Steps[1].Variants; other != nil {
				t.Errorf("the step with one variant has %+v", other)
			}
		})
	}
}

func tellVariant(v relance.VariantFigures) string {
	s := fmt.Sprintf("%d sent, %d redeemed, %d of %d", v.Sent, v.Redeemed, v.Ordered, v.People)
	if v.Pending > 0 {
		s += fmt.Sprint(" and ", v.Pending)
	}
	for _, r := range v.Revenue {
		s += fmt.Sprintf(", %s %s", r.Currency, r.Sum)
	}
	return s
}

// TestTheVariantIsNotedWithTheMessage, and goes with it to whoever takes it.
func TestTheVariantIsNotedWithTheMessage(t *testing.T) {
	t.Parallel()
	f := follow(newLab(t), 0)
	f.split(50)
	f.give(0, customers(withEmail("a", "a@example.com")))
	f.gets(10, f.id(0, "a"), relance.VariantB, "a", "")
	page, err := f.s.FollowUps(f.ctx, f.m, relance.FollowUpQuery{Paging: relance.Paging{First: 5}})
	f.ok(err)
	if len(page.FollowUps) != 1 || page.FollowUps[0].Variant == nil || *page.FollowUps[0].Variant != relance.VariantB {
		t.Errorf("%+v", page.FollowUps)
	}
	again, err := f.s.ReadFollowUp(f.ctx, f.m, page.FollowUps[0].ID)
	f.ok(err)
	if list := again.Enrolment.FollowUps; len(list) != 1 || list[0].Variant != relance.VariantB {
		t.Errorf("%+v", list)
	}
}
