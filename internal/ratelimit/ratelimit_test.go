package ratelimit_test

import (
	"bytes"
	"context"
	"log/slog"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/relance/relance/connectors"
	"github.com/relance/relance/internal/ratelimit"
)

const shop = "one.myshopify.com"

// world is a Redis with its own clock and limiters over it.
type world struct {
	redis *miniredis.Miniredis
	now   time.Time
	log   bytes.Buffer
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{redis: miniredis.RunT(t), now: time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)}
	w.redis.SetTime(w.now)
	return w
}

func (w *world) pass(d time.Duration) {
	w.now = w.now.Add(d)
	w.redis.SetTime(w.now)
}

func (w *world) limiter(t *testing.T, initial connectors.LimitStatus) *ratelimit.Limiter {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: w.redis.Addr(), MaxRetries: -1})
	t.Cleanup(func() { _ = client.Close() })
	return ratelimit.New(client, ratelimit.Options{Initial: initial, Log: slog.New(slog.NewTextHandler(&w.log, nil)), Now: func() time.Time { return w.now }})
}

// allowed reports whether cost may be spent without sleeping.
func allowed(t *testing.T, l *ratelimit.Limiter, cost float64) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 250*time.Millisecond)
	defer cancel()
	return l.Wait(ctx, shop, cost) == nil
}

func status(available float64) connectors.LimitStatus {
	return connectors.LimitStatus{Maximum: 1000, Available: available, Restore: 100}
}

func TestBucket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.limiter(t, status(1000)), w.limiter(t, status(1000))
	if !allowed(t, a, 600) || allowed(t, b, 600) {
		t.Fatal("two processes must share one bucket")
	}
	if !allowed(t, b, 400) {
		t.Error("a cancelled wait must give its reservation back")
	}
	w.pass(3 * time.Second)
	if !allowed(t, a, 300) || allowed(t, a, 50) {
		t.Error("three seconds must restore exactly 300")
	}
}

func TestUnknownCostIsNotZero(t *testing.T) {
	t.Parallel()
	for _, cost := range []float64{0, -5, math.NaN(), math.Inf(1)} {
		l := newWorld(t).limiter(t, status(150))
		if !allowed(t, l, cost) || allowed(t, l, cost) {
			t.Errorf("cost %v must count as the unknown cost of 100", cost)
		}
	}
}

func TestCostAboveMaximumWaitsForAFullBucket(t *testing.T) {
	t.Parallel()
	l := newWorld(t).limiter(t, status(1000))
	if !allowed(t, l, 5000) {
		t.Error("a cost above the size must not wait for ever")
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	with := func(s connectors.LimitStatus, reserved float64) connectors.LimitStatus {
		s.Reserved = reserved
		return s
	}
	cases := []struct {
		name   string
		flying []float64
		report connectors.LimitStatus
		left   float64
	}{
		{"raises to the shop's word", []float64{500}, status(990), 990},
		{"lowers to the shop's word", []float64{10}, status(200), 200},
		{"less what others reserved", []float64{500, 200}, with(status(900), 200), 400},
		{"without a cost the smallest counts as answered", []float64{500, 200}, status(900), 400},
		{"never above the size", []float64{10}, status(5000), 1000},
		{"nonsense is ignored", []float64{100}, connectors.LimitStatus{}, 900},
		{"a NaN is ignored", []float64{100}, connectors.LimitStatus{Maximum: 1000, Available: math.NaN(), Restore: 1}, 900},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for _, l := range []*ratelimit.Limiter{w.limiter(t, status(1000)), ratelimit.New(nil, ratelimit.Options{Initial: status(1000), Now: func() time.Time { return w.now }})} {
				for _, cost := range c.flying {
					if !allowed(t, l, cost) {
						t.Fatalf("cost %v was not allowed", cost)
					}
				}
				l.Report(t.Context(), shop, c.report)
				if !allowed(t, l, c.left) || allowed(t, l, 50) {
					t.Errorf("want exactly %v left", c.left)
				}
			}
		})
	}
}

func TestReportDoesNotSubtractTimeTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l := w.limiter(t, status(1000))
	if !allowed(t, l, 1000) {
		t.Fatal("a full bucket must allow its size")
	}
	w.pass(5 * time.Second)
	l.Report(t.Context(), shop, status(500)) // the shop has already counted the five seconds
	if allowed(t, l, 550) || !allowed(t, l, 500) {
		t.Error("restored time was counted twice")
	}
}

func TestReservationsThatNeverReportAreForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l := w.limiter(t, status(1000))
	if !allowed(t, l, 800) {
		t.Fatal("not allowed")
	}
	w.pass(2 * time.Minute)
	if !allowed(t, l, 10) {
		t.Fatal("not allowed")
	}
	l.Report(t.Context(), shop, connectors.LimitStatus{Maximum: 1000, Available: 990, Restore: 100, Reserved: 10})
	if !allowed(t, l, 990) {
		t.Error("the lost request of two minutes ago still counts")
	}
}

func TestFlushedRedisIsRestored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l := w.limiter(t, status(1000))
	if !allowed(t, l, 900) {
		t.Fatal("not allowed")
	}
	w.redis.FlushAll()
	if allowed(t, l, 200) {
		t.Error("flushing Redis must not fill the bucket")
	}
	if !w.redis.Exists("relance:limit:" + shop) {
		t.Error("the picture was not restored")
	}
	if ttl := w.redis.TTL("relance:limit:" + shop); ttl <= 0 {
		t.Error("the key must expire")
	}
}

func TestRedisDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l := w.limiter(t, status(1000))
	if !allowed(t, l, 600) {
		t.Fatal("not allowed")
	}
	w.redis.Close()
	if err := l.Wait(t.Context(), shop, 50); err != nil { // notices that Redis is gone
		t.Fatal(err)
	}
	if allowed(t, l, 450) || !allowed(t, l, 300) {
		t.Error("the fallback must go on from the last shared picture")
	}
	w.pass(10 * time.Second)
	if err := l.Wait(t.Context(), shop, 1000); err != nil || allowed(t, l, 100) {
		t.Error("the fallback must refill", err)
	}
	if n := strings.Count(w.log.String(), "Redis does not answer"); n != 1 {
		t.Errorf("said %d times that Redis is away, want once", n)
	}
	if err := w.redis.Restart(); err != nil {
		t.Fatal(err)
	}
	w.pass(10 * time.Second)
	_ = allowed(t, l, 1)
	if !strings.Contains(w.log.String(), "Redis answers again") {
		t.Error("must return to Redis")
	}
}

// TestManySpenders lets many goroutines over two processes spend for real and
// checks that at no moment more was spent than the bucket and its refill.
func TestManySpenders(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	initial := connectors.LimitStatus{Maximum: 200, Available: 200, Restore: 2000}
	var mu sync.Mutex
	var spent float64
	begin := time.Now()
	var wg sync.WaitGroup
	for range 2 {
		client := redis.NewClient(&redis.Options{Addr: server.Addr()})
		defer func() { _ = client.Close() }()
		l := ratelimit.New(client, ratelimit.Options{Initial: initial})
		for range 20 {
			wg.Go(func() {
				for range 5 {
					if err := l.Wait(t.Context(), shop, 7); err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					spent += 7
					if most := 200 + 2000*time.Since(begin).Seconds(); spent > most+0.01 {
						t.Errorf("spent %.1f, at most %.1f was there", spent, most)
					}
					mu.Unlock()
				}
			})
		}
	}
	wg.Wait()
	if took := time.Since(begin); took > 30*time.Second {
		t.Errorf("1,400 points took %v at 2,000 a second", took)
	}
}

// TestWakesPrecisely runs on a made-up clock: the sleep is what the refill needs.
func TestWakesPrecisely(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := ratelimit.New(nil, ratelimit.Options{Initial: connectors.LimitStatus{Maximum: 100, Available: 100, Restore: 10}})
		begin := time.Now()
		for range 3 {
			if err := l.Wait(t.Context(), shop, 100); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(begin).Round(time.Millisecond); took != 20*time.Second {
			t.Errorf("took %v, want 20s", took)
		}
	})
}

func TestCancelledAtOnce(t *testing.T) {
	t.Parallel()
	l := ratelimit.New(nil, ratelimit.Options{Initial: connectors.LimitStatus{Maximum: 10, Available: 10, Restore: 0.001}})
	ctx, cancel := context.WithCancel(t.Context())
	_ = l.Wait(ctx, shop, 10)
	time.AfterFunc(20*time.Millisecond, cancel)
	begin := time.Now()
	if err := l.Wait(ctx, shop, 10); err == nil {
		t.Error("want an error")
	}
	if took := time.Since(begin); took > time.Second {
		t.Errorf("took %v to obey", took)
	}
}
