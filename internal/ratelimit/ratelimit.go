package ratelimit

import (
	"context"
	"log/slog"
	"math"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"github.com/relance/relance/connectors"
)

// Options sets how a [Limiter] behaves. The zero value is ready to use.
type Options struct {
	// Initial is the picture of a shop nobody has heard of yet. The default is what
	// Shopify's smallest plan is known to allow at least: 1,000 points, 50 a second.
	Initial connectors.LimitStatus
	// UnknownCost is reserved for a request whose cost is zero, negative or not a
	// number; an unknown cost is never taken for none. Default 100.
	UnknownCost float64
	// KeepReserved is how long a reservation counts although its request never
	// reported (it failed, its process died). Default 60 s.
	KeepReserved time.Duration
	// RedisTimeout bounds one round trip, RedisRetry is the pause after a failed one
	// during which the process's own bucket is used. Defaults 1 s and 5 s.
	RedisTimeout, RedisRetry time.Duration
	// Prefix begins every key. Default "relance:limit:".
	Prefix string
	Log    *slog.Logger     // default: the standard one
	Now    func() time.Time // default time.Now; the clock of the process's own buckets
}

// Limiter implements [connectors.Limiter]. It is safe for concurrent use.
type Limiter struct {
	redis  redis.UniversalClient
	script *redis.Script
	opts   Options

	mu       sync.Mutex
	buckets  map[string]*bucket
	retryAt  time.Time // not before: the next try of Redis
	redisOut bool      // the log says that Redis is away
}

var _ connectors.Limiter = (*Limiter)(nil)

// New makes a limiter over client; a nil client means one process on its own.
func New(client redis.UniversalClient, o Options) *Limiter {
	if o.Initial.Maximum <= 0 || o.Initial.Restore <= 0 {
		o.Initial = connectors.LimitStatus{Maximum: 1000, Available: 1000, Restore: 50}
	}
	if o.UnknownCost <= 0 {
		o.UnknownCost = 100
	}
	o.KeepReserved = orElse(o.KeepReserved, time.Minute)
	o.RedisTimeout = orElse(o.RedisTimeout, time.Second)
	o.RedisRetry = orElse(o.RedisRetry, 5*time.Second)
	if o.Prefix == "" {
		o.Prefix = "relance:limit:"
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Limiter{redis: client, script: redis.NewScript(takeScript), opts: o, buckets: map[string]*bucket{}}
}

func orElse(d, other time.Duration) time.Duration {
	if d <= 0 {
		return other
	}
	return d
}

// Wait reserves cost of key's allowance and returns once it may be spent. If ctx
// ends first, the reservation is given back and ctx's error returned.
func (l *Limiter) Wait(ctx context.Context, key string, cost float64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !(cost > 0) || math.IsInf(cost, 0) {
		cost = l.opts.UnknownCost
	}
	id := uuid.NewString()
	delay := l.take(ctx, key, id, cost)
	if err := ctx.Err(); err != nil {
		l.give(context.WithoutCancel(ctx), key, id)
		return err
	}
	if delay <= 0 {
		return nil
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		l.give(context.WithoutCancel(ctx), key, id)
		return ctx.Err()
	}
}

// Report takes over the shop's own word on key. A status without a size or a rate
// is ignored: not knowing is not the same as nothing left.
func (l *Limiter) Report(ctx context.Context, key string, s connectors.LimitStatus) {
	if !(s.Maximum > 0) || !(s.Restore > 0) || math.IsNaN(s.Available) || math.IsInf(s.Maximum+s.Available+s.Restore, 0) {
		return
	}
	l.mu.Lock()
	b := l.bucket(key)
	b.report(s)
	l.mu.Unlock()
	l.run(context.WithoutCancel(ctx), key, call{op: "report", status: s})
}

func (l *Limiter) take(ctx context.Context, key, id string, cost float64) time.Duration {
	l.mu.Lock()
	before := l.bucket(key).status()
	own := l.bucket(key).take(id, cost, l.opts.Now())
	l.mu.Unlock()
	shared, ok := l.run(ctx, key, call{op: "take", id: id, cost: cost, status: before})
	if !ok {
		return own
	}
	return shared
}

func (l *Limiter) give(ctx context.Context, key, id string) {
	l.mu.Lock()
	b := l.bucket(key)
	b.give(id)
	status := b.status()
	l.mu.Unlock()
	l.run(ctx, key, call{op: "give", id: id, status: status})
}

// bucket returns key's own bucket, refilled up to now. The caller holds the lock.
func (l *Limiter) bucket(key string) *bucket {
	now := l.opts.Now()
	b := l.buckets[key]
	if b == nil {
		b = newBucket(l.opts.Initial, now)
		l.buckets[key] = b
	}
	b.refill(now, l.opts.KeepReserved)
	return b
}

func (b *bucket) status() connectors.LimitStatus {
	return connectors.LimitStatus{Maximum: b.max, Available: b.available, Restore: b.restore}
}
