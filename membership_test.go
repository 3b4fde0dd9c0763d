package relance_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/relance/relance"
)

func TestPaymentsAreDueByPeriods(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		period        relance.MembershipPeriod
		since, asked  string
		through, ends string
		want          string
	}{
		"once":                  {relance.PaidOnce, "2026-01-31", "", "2030-01-01", "", "2026-01-31"},
		"once, written down":    {relance.PaidOnce, "2026-01-31", "2026-01-31", "2030-01-01", "", ""},
		"the end of each month": {relance.PaidMonthly, "2026-01-31", "", "2026-05-01", "", "2026-01-31>2026-02-28 2026-02-28>2026-03-31 2026-03-31>2026-04-30 2026-04-30>2026-05-31"},
		"what is new":           {relance.PaidMonthly, "2026-01-31", "2026-03-31", "2026-05-01", "", "2026-04-30>2026-05-31"},
		"quarters":              {relance.PaidQuarterly, "2025-11-30", "", "2026-02-28", "", "2025-11-30>2026-02-28 2026-02-28>2026-05-30"},
		"born on 29 February":   {relance.PaidYearly, "2024-02-29", "", "2026-03-01", "", "2024-02-29>2025-02-28 2025-02-28>2026-02-28 2026-02-28>2027-02-28"},
		"not from the end on":   {relance.PaidMonthly, "2026-01-01", "", "2026-12-31", "2026-03-01", "2026-01-01>2026-02-01 2026-02-01>2026-03-01"},
		"it has not begun":      {relance.PaidYearly, "2026-07-01", "", "2026-06-30", "", ""},
	}
	for name, x := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opt := func(s string) *time.Time {
				if s == "" {
					return nil
				}
				return day(s)
			}
			var got []string
			for _, d := range relance.DuePayments(x.period, *day(x.since), opt(x.asked), *day(x.through), opt(x.ends)) {
				s := d.DueOn.Format(time.DateOnly)
				if d.Until != nil {
					s += ">" + d.Until.Format(time.DateOnly)
				}
				got = append(got, s)
			}
			if g := strings.Join(got, " "); g != x.want {
				t.Errorf("due %s, want %s", g, x.want)
			}
		})
	}
}

// However often one looks, each payment is written down once, and they join without a gap.
func TestPaymentsJoinHoweverOftenOneLooks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		period := rapid.SampledFrom([]relance.MembershipPeriod{relance.PaidMonthly, relance.PaidQuarterly, relance.PaidYearly}).Draw(t, "period")
		since := day("2020-01-01").AddDate(0, 0, rapid.IntRange(0, 800).Draw(t, "since"))
		through := since
		var asked *time.Time
		var all []relance.DuePayment
		for range rapid.IntRange(1, 8).Draw(t, "looks") {
			through = through.AddDate(0, 0, rapid.IntRange(0, 200).Draw(t, "days"))
			got := relance.DuePayments(period, since, asked, through, nil)
			if n := len(got); n > 0 {
				asked = &got[n-1].DueOn
			}
			all = append(all, got...)
		}
		if want := relance.DuePayments(period, since, nil, through, nil); len(want) != len(all) {
			t.Fatalf("%d payments, at once %d", len(all), len(want))
		}
		for i := 1; i < len(all); i++ {
			if !all[i-1].Until.Equal(all[i].DueOn) {
				t.Fatalf("a gap between %v and %v", all[i-1], all[i])
			}
		}
	})
}
