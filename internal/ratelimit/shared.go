package ratelimit

import (
	"context"
	_ "embed" // the script
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/relance/relance/connectors"
)

//go:embed take.lua
var takeScript string

// call is one run of the script: take or give a reservation, or report the shop's
// word. Status is the picture to begin from where Redis has none, or the word itself.
type call struct {
	op, id string
	cost   float64
	status connectors.LimitStatus
}

// run changes the shared picture and copies it to the process's own. It reports
// false where Redis cannot be used; the caller then relies on its own bucket.
func (l *Limiter) run(ctx context.Context, key string, c call) (time.Duration, bool) {
	if !l.redisUsable() {
		return 0, false
	}
	bounded, cancel := context.WithTimeout(ctx, l.opts.RedisTimeout)
	defer cancel()
	s := c.status
	answer, err := l.script.Run(bounded, l.redis, []string{l.opts.Prefix + key}, c.op, c.id, number(c.cost),
		number(s.Maximum), number(s.Available), number(s.Restore),
		l.opts.KeepReserved.Microseconds(), number(s.Reserved)).StringSlice()
	var values [4]float64
	if err == nil {
		values, err = numbers(answer)
	}
	if err != nil && ctx.Err() != nil {
		return 0, false // the caller left; that says nothing about Redis
	}
	l.note(err)
	if err != nil {
		return 0, false
	}
	l.mirror(key, connectors.LimitStatus{Available: values[1], Maximum: values[2], Restore: values[3]})
	return seconds(values[0]), true
}

// mirror keeps the shared picture for the time without Redis.
func (l *Limiter) mirror(key string, s connectors.LimitStatus) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(key)
	b.max, b.available, b.restore = s.Maximum, s.Available, s.Restore
}

func (l *Limiter) redisUsable() bool {
	if l.redis == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.opts.Now().Before(l.retryAt)
}

// note remembers whether Redis answers and says so in the log once per change.
func (l *Limiter) note(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err != nil:
		l.retryAt = l.opts.Now().Add(l.opts.RedisRetry)
		if !l.redisOut {
			l.opts.Log.Warn("rate limit: Redis does not answer, each process limits itself", slog.Any("error", err))
		}
		l.redisOut = true
	case l.redisOut:
		l.opts.Log.Info("rate limit: Redis answers again")
		l.redisOut = false
	}
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', 6, 64) }

func numbers(answer []string) (out [4]float64, err error) {
	if len(answer) != len(out) {
		return out, fmt.Errorf("rate limit script gave %d values", len(answer))
	}
	for i, text := range answer {
		if out[i], err = strconv.ParseFloat(text, 64); err != nil {
			return out, fmt.Errorf("rate limit script: %w", err)
		}
	}
	return out, nil
}
