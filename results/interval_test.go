package results

import (
	"math"
	"testing"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s is %.5f, want %.5f", what, got, want)
	}
}

// The intervals of the paper's first table, method 3 (score, without continuity correction) of
// R. G. Newcombe, "Two-sided confidence intervals for the single proportion" (1998).
func TestWilsonGivesThePublishedIntervals(t *testing.T) {
	for _, x := range []struct {
		s         Share
		low, high float64
	}{
		{Share{81, 263}, 0.2553, 0.3662},
		{Share{15, 148}, 0.0624, 0.1605},
		{Share{0, 20}, 0, 0.1611},
		{Share{1, 29}, 0.0061, 0.1718},
		{Share{0, 0}, 0, 1},
	} {
		i := Wilson(x.s)
		near(t, "low", i.Low, x.low, 0.00006)
		near(t, "high", i.High, x.high, 0.00006)
	}
}

// The examples of Newcombe's second paper, method 10.
func TestShareDifferenceGivesThePublishedIntervals(t *testing.T) {
	for _, x := range []struct {
		a, b      Share
		low, high float64
	}{
		{Share{56, 70}, Share{48, 80}, 0.0524, 0.3339},
		{Share{9, 10}, Share{3, 10}, 0.1705, 0.8090},
		{Share{6, 7}, Share{2, 7}, 0.0582, 0.8062},
		{Share{5, 56}, Share{0, 29}, -0.0381, 0.1926},
		{Share{0, 10}, Share{0, 20}, -0.1611, 0.2775},
		{Share{10, 10}, Share{0, 10}, 0.6075, 1},
	} {
		i := ShareDifference(x.a, x.b)
		near(t, "low", i.Low, x.low, 0.00006)
		near(t, "high", i.High, x.high, 0.00006)
	}
}

func TestStudentGivesTheTabledPoints(t *testing.T) {
	for freedom, want := range map[float64]float64{10: 2.228139, 29: 2.045230, 30: 2.042272, 60: 2.000298, 120: 1.979930, 1e9: z} {
		near(t, "point", student(freedom), want, map[bool]float64{true: 0.0005, false: 0.000005}[freedom < 29])
	}
}

// Two samples of equal size and variance have 2(n−1) degrees of freedom; those of unequal ones are
// worked out by hand.
func TestMeanDifference(t *testing.T) {
	i := MeanDifference(Sample{31, 12, 50}, Sample{31, 10, 50})
	half := 2.000298 * math.Sqrt(100.0/31) // 60 degrees of freedom
	near(t, "low", i.Low, 2-half, 0.0001)
	near(t, "high", i.High, 2+half, 0.0001)

	// 4/40 + 30/30 = 1.1; 1.21 / (0.01/39 + 1/29) = 34.83 degrees of freedom, the point between
	// those of 34 (2.03224) and 35 (2.03011).
	i = MeanDifference(Sample{40, 5, 4}, Sample{30, 3, 30})
	near(t, "half", (i.High-i.Low)/2/math.Sqrt(1.1), 2.03047, 0.0002)

	if i = MeanDifference(Sample{30, 0, 0}, Sample{30, 0, 0}); i != (Interval{}) {
		t.Errorf("nobody bought anything, and the interval is %v", i)
	}
}
