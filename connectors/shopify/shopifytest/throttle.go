package shopifytest

import (
	"fmt"
	"math"
	"sync"
	"time"
)

// throttle is the bucket of points of one app in one shop.
type throttle struct {
	mu                 sync.Mutex
	size, left, refill float64
	at                 time.Time
	now                func() time.Time
	spent              float64
	refused            int
}

func newThrottle(size, refill float64, now func() time.Time) *throttle {
	return &throttle{size: size, left: size, refill: refill, at: now(), now: now}
}

// admit reports whether a query of the requested cost may run.
func (t *throttle) admit(requested float64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.size == 0 {
		return true
	}
	t.restore()
	if requested > t.left {
		t.refused++
		return false
	}
	t.left -= requested
	return true
}

// settle gives back what the query did not use.
func (t *throttle) settle(requested, actual float64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.spent += actual
	if t.size > 0 {
		t.left = math.Min(t.size, t.left+requested-actual)
	}
}

func (t *throttle) restore() {
	now := t.now()
	if passed := now.Sub(t.at).Seconds(); passed > 0 {
		t.left = math.Min(t.size, t.left+passed*t.refill)
		t.at = now
	}
}

// extensions is the cost part of an answer. Without a throttle it tells of a bucket
// too large to matter.
func (t *throttle) extensions(requested, actual float64) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	size, left, refill := 1e9, 1e9, 1e9
	if t.size > 0 {
		t.restore()
		size, left, refill = t.size, t.left, t.refill
	}
	return fmt.Sprintf(`"extensions":{"cost":{"requestedQueryCost":%.0f,"actualQueryCost":%.0f,"throttleStatus":{"maximumAvailable":%.1f,"currentlyAvailable":%.0f,"restoreRate":%.1f}}}`,
		requested, actual, size, math.Max(0, math.Floor(left)), refill)
}

// Spent tells how many points were spent and how many queries were throttled.
func (s *Server) Spent() (points float64, refused int) {
	s.throttle.mu.Lock()
	defer s.throttle.mu.Unlock()
	return s.throttle.spent, s.throttle.refused
}
