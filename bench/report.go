package main

import (
	"fmt"
	"slices"
)

// median gives the middle of the values.
func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := slices.Clone(v)
	slices.Sort(s)
	return s[len(s)/2]
}

// spread prints median, least and greatest.
func spread(v []float64) string {
	return fmt.Sprintf("%.2f [%.2f–%.2f]", median(v), slices.Min(v), slices.Max(v))
}

// ratio prints how many times faster than a, run by run, b is, against an aim.
func ratio(what string, a, b []float64, aim float64) {
	r := make([]float64, len(a))
	for i := range a {
		r[i] = a[i] / b[i]
	}
	verdict := "reached"
	if median(r) < aim {
		verdict = "MISSED"
	}
	fmt.Printf("  %-64s %s (aim %.2f, %s)\n", what, spread(r), aim, verdict)
}
