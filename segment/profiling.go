package segment

import (
	"slices"
	"strings"

	"github.com/relance/relance"
)

// noProfiling are the labels of people who objected to profiling, in the languages of the dashboard.
var noProfiling = []string{ //nolint:gochecknoglobals // a table
	"no profiling", "pas de profilage", "sans profilage", "kein profiling",
}

// ObjectsToProfiling reports whether one of the labels says that the person does not want to be
// judged by what they do.
func ObjectsToProfiling(labels []string) bool {
	return slices.ContainsFunc(labels, func(l string) bool {
		return slices.Contains(noProfiling, strings.ToLower(strings.TrimSpace(l)))
	})
}

// JudgesBehaviour reports whether the filter asks, at whatever depth, for what people bought,
// left in carts or scanned.
func JudgesBehaviour(f *relance.Filter) bool {
	return f.OrderCount != nil || f.Spent != nil || f.LastOrderBetween != nil || f.HasAbandonedCart != nil || len(f.BoughtCategories) > 0 || len(f.BoughtProducts) > 0 || f.QRScanned != nil || f.PaymentOverdue != nil || slices.ContainsFunc(nested(f), JudgesBehaviour)
}

// LeftOut is the filter of who fits the segment's filter and is not in it for their objection to
// profiling; nil where the filter judges no behaviour, so that it leaves nobody out.
func LeftOut(f relance.Filter) *relance.Filter {
	if !JudgesBehaviour(&f) {
		return nil
	}
	f.And = append(slices.Clip(f.And), relance.Filter{Labels: noProfiling})
	return &f
}

// Members is the filter of who is in a segment: whoever objected to profiling is in none that
// judges behaviour.
func Members(f relance.Filter) relance.Filter {
	if !JudgesBehaviour(&f) {
		return f
	}
	f.And = append(slices.Clip(f.And), relance.Filter{Not: &relance.Filter{Labels: noProfiling}})
	return f
}
