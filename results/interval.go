package results

import "math"

// z is the 97.5 % point of the normal distribution: intervals are of 95 %.
const z = 1.959963984540054

// Share is how many of how many.
type Share struct{ Some, All int }

// Of gives the share as a number from 0 to 1; 0 of none is 0.
func (s Share) Of() float64 {
	if s.All == 0 {
		return 0
	}
	return float64(s.Some) / float64(s.All)
}

// Interval is a 95 % confidence interval.
type Interval struct{ Low, High float64 }

// Excludes reports whether x lies outside of the interval.
func (i Interval) Excludes(x float64) bool { return x < i.Low || x > i.High }

// Wilson is the score interval of a share. E. B. Wilson, "Probable inference, the law of
// succession, and statistical inference", JASA 22 (1927), 209–212.
func Wilson(s Share) Interval {
	if s.All == 0 {
		return Interval{0, 1}
	}
	n, p := float64(s.All), s.Of()
	mid, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return Interval{math.Max(0, (mid-half)/(1+z*z/n)), math.Min(1, (mid+half)/(1+z*z/n))}
}

// ShareDifference is the interval of the difference a − b of two independent shares, by the hybrid
// score method without continuity correction. R. G. Newcombe, "Interval estimation for the
// difference between independent proportions: comparison of eleven methods", Statistics in
// Medicine 17 (1998), 873–890, method 10. It keeps its coverage for small shares and groups of
// unequal size, which the usual normal interval does not.
func ShareDifference(a, b Share) Interval {
	d, x, y := a.Of()-b.Of(), Wilson(a), Wilson(b)
	return Interval{
		d - math.Hypot(a.Of()-x.Low, y.High-b.Of()),
		d + math.Hypot(x.High-a.Of(), b.Of()-y.Low),
	}
}

// Sample describes measurements.
type Sample struct {
	N        int
	Mean     float64
	Variance float64 // unbiased, with N−1
}

// MeanDifference is the interval of the difference a − b of two means whose variances are not
// taken to be equal. B. L. Welch, "The generalization of 'Student's' problem when several
// different population variances are involved", Biometrika 34 (1947), 28–35, with the degrees of
// freedom of Satterthwaite (1946). Both samples must have at least two measurements.
func MeanDifference(a, b Sample) Interval {
	x, y := a.Variance/float64(a.N), b.Variance/float64(b.N)
	d, half := a.Mean-b.Mean, 0.0
	if x+y > 0 {
		freedom := (x + y) * (x + y) / (x*x/float64(a.N-1) + y*y/float64(b.N-1))
		half = student(freedom) * math.Sqrt(x+y)
	}
	return Interval{d - half, d + half}
}

// student is the 97.5 % point of Student's t distribution, by the expansion of Fisher and
// Cornish: M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions" (1964), 26.7.5. From
// 10 degrees of freedom on it is right to three decimals; [leastPeople] sees to more.
func student(freedom float64) float64 {
	p := func(coefficients ...float64) (sum float64) { // of odd powers of z, lowest first
		for i, c := range coefficients {
			sum += c * math.Pow(z, float64(2*i+1))
		}
		return sum
	}
	f := freedom
	return z + p(1, 1)/(4*f) + p(3, 16, 5)/(96*f*f) + p(-15, 17, 19, 3)/(384*f*f*f) + p(-945, -1920, 1482, 776, 79)/(92160*f*f*f*f)
}
