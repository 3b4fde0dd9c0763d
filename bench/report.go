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

// quotients divides run by run.
func quotients(a, b []float64) []float64 {
	q := make([]float64, len(a))
	for i := range a {
		q[i] = a[i] / b[i]
	}
	return q
}

func atLeast(what string, v []float64, aim float64) { verdict(what, v, ">=", aim, median(v) >= aim) }

func atMost(what string, v []float64, aim float64) { verdict(what, v, "<=", aim, median(v) <= aim) }

func verdict(what string, v []float64, sign string, aim float64, reached bool) {
	word := "reached"
	if !reached {
		word = "MISSED"
	}
	fmt.Printf("  %-70s %s (aim %s %g, %s)\n", what, spread(v), sign, aim, word)
}
