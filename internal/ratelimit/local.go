package ratelimit

import (
	"math"
	"time"

	"github.com/relance/relance/connectors"
)

// bucket is one process's own picture of a shop's allowance: the fallback while
// Redis is away and the memory from which a flushed picture is restored.
type bucket struct {
	max, available, restore float64
	at                      time.Time
	flights                 map[string]flight
}

// flight is a reservation that the shop has not been heard about yet.
type flight struct {
	cost float64
	at   time.Time
}

func newBucket(s connectors.LimitStatus, now time.Time) *bucket {
	return &bucket{max: s.Maximum, available: s.Available, restore: s.Restore, at: now, flights: map[string]flight{}}
}

// refill adds what was restored since the last look and forgets reservations older
// than keep, whose requests never reported.
func (b *bucket) refill(now time.Time, keep time.Duration) {
	if passed := now.Sub(b.at).Seconds(); passed > 0 {
		b.available = math.Min(b.max, b.available+passed*b.restore)
	}
	b.at = now
	for id, f := range b.flights {
		if now.Sub(f.at) > keep {
			delete(b.flights, id)
		}
	}
}

// take reserves cost and returns how long to sleep before it may be spent.
func (b *bucket) take(id string, cost float64, now time.Time) time.Duration {
	cost = math.Min(cost, b.max)
	b.available -= cost
	var wait time.Duration
	if b.available < 0 {
		wait = seconds(-b.available / b.restore)
	}
	b.flights[id] = flight{cost: cost, at: now.Add(wait)}
	return wait
}

// give returns a reservation that was not used.
func (b *bucket) give(id string) {
	if f, ok := b.flights[id]; ok {
		b.available = math.Min(b.max, b.available+f.cost)
		delete(b.flights, id)
	}
}

// report takes over the shop's word, less what others have reserved.
func (b *bucket) report(s connectors.LimitStatus) {
	var best string
	var bestCost, total float64
	for id, f := range b.flights {
		total += f.cost
		exact, bestExact := same(f.cost, s.Reserved), best != "" && same(bestCost, s.Reserved)
		if best == "" || (exact && !bestExact) || (f.cost < bestCost && !bestExact) {
			best, bestCost = id, f.cost
		}
	}
	delete(b.flights, best)
	b.max, b.restore = s.Maximum, s.Restore
	b.available = math.Min(b.max, s.Available-(total-bestCost))
}

func same(a, b float64) bool { return math.Abs(a-b) < 1e-6 }

// seconds turns a number of seconds into a duration, rounded up to the next
// microsecond so that nobody wakes too early.
func seconds(s float64) time.Duration {
	return time.Duration(math.Ceil(s*1e6)) * time.Microsecond
}
