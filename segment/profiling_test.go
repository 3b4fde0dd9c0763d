package segment_test

import (
	"testing"

	"github.com/relance/relance"
	"github.com/relance/relance/segment"
)

// TestObjectorsAreInNoSegmentOfBehaviour: they stay in those that judge nothing they do.
func TestObjectorsAreInNoSegmentOfBehaviour(t *testing.T) {
	t.Parallel()
	yes, one := true, 1
	for _, x := range []struct {
		name   string
		filter relance.Filter
		kept   bool
	}{
		{"orders", relance.Filter{OrderCount: &relance.IntRange{Min: &one}}, false},
		{"spent", relance.Filter{Spent: &relance.MoneyRange{Currency: "EUR"}}, false},
		{"last order", relance.Filter{And: []relance.Filter{{LastOrderBetween: &relance.TimeRange{}}}}, false},
		{"carts, denied", relance.Filter{Not: &relance.Filter{HasAbandonedCart: &yes}}, false},
		{"membership", relance.Filter{HasMembership: &yes}, true},
		{"everybody", relance.Filter{}, true},
	} {
		p, members := marie(), segment.Members(x.filter)
		if !segment.Holds(&x.filter, p, noon) || !segment.Holds(&members, p, noon) {
			t.Errorf("%s: Marie is not in it", x.name)
		}
		p.Labels = append(p.Labels, "No profiling")
		if got := segment.Holds(&members, p, noon); got != x.kept {
			t.Errorf("%s: objected, and in it: %v", x.name, got)
		}
		if err := segment.Check(&members); err != nil {
			t.Error(err)
		}
	}
}
