package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"syscall"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"github.com/relance/relance"
)

func redisURL(c redis.UniversalClient) string {
	return "redis://" + c.(*redis.Client).Options().Addr + "/0"
}

func (r *rig) createDatabase(ctx context.Context, name string) (string, error) {
	conn, err := pgx.Connect(ctx, r.stack.DatabaseURL)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	u, err := url.Parse(r.stack.DatabaseURL)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

// pulled is what one pull by the product took.
type pulled struct {
	facts, complete time.Duration
	peakMiB         float64
}

// The two ways of starting a sync.
const (
	full    = true
	changes = false
)

// pulls are the figures of the runs, in seconds and MiB.
type pulls struct {
	floor, facts, complete, again, idle, onePercent, peak []float64
}

// measurePulls measures the small shop and the large one, and compares them.
func (r *rig) measurePulls(ctx context.Context) error {
	small, err := r.alternate(ctx, r.small)
	if err != nil {
		return err
	}
	large, err := r.alternate(ctx, r.large)
	if err != nil {
		return err
	}
	fmt.Printf("\nFirst pull of %d customers with orders, lines and carts (median of %d, spread)\n", r.customers, r.runs)
	atLeast("facts stored, share of the floor's speed", quotients(large.floor, large.facts), 0.6)
	atLeast("profiles and statistics complete, share of the floor's speed", quotients(large.floor, large.complete), 0.35)
	atLeast("second full pull with nothing changed, times the first's speed", quotients(large.complete, large.again), 1.5)
	atMost("pull of a change of 1 %, share of the first's time", quotients(large.onePercent, large.complete), 0.03)
	fmt.Printf("  %-70s %s\n", "of which where nothing changed", spread(quotients(large.idle, large.complete)))
	perRecord := quotients(large.complete, small.complete)
	for i := range perRecord {
		perRecord[i] *= r.small.records / r.large.records
	}
	atMost("time per record, times that of a tenth of the customers", perRecord, 1.2)
	atMost("worker's peak memory in MiB", large.peak, 150)
	atMost("worker's peak memory, times that of a tenth of the customers", quotients(large.peak, small.peak), 1.25)
	fmt.Println()
	return nil
}

// alternate lets floor and product pull a shop in turn, each into a fresh database.
func (r *rig) alternate(ctx context.Context, of *shop) (p pulls, err error) {
	for i := range r.runs {
		f, err := r.newWorld(ctx, of)
		if err != nil {
			return p, err
		}
		took, err := r.floorPull(ctx, f, of)
		f.store.Close()
		if err != nil {
			return p, fmt.Errorf("floor: %w", err)
		}
		w, err := r.newWorld(ctx, of)
		if err != nil {
			return p, err
		}
		var all [3]pulled // the first pull, again, nothing changed
		for j, how := range []bool{full, full, changes} {
			if all[j], err = r.productPull(ctx, w, how); err != nil {
				return p, fmt.Errorf("product, pull %d: %w", j+1, err)
			}
		}
		onePercent, err := r.pullOnePercent(ctx, w, of)
		if err != nil {
			return p, err
		}
		if r.filled != nil {
			r.filled.store.Close()
		}
		r.filled = w
		fmt.Printf("%.0f records, run %d: floor %.1fs, facts %.1fs, complete %.1fs, again %.1fs, nothing changed %.1fs, 1 %% changed %.1fs, worker's peak %.0f MiB\n", of.records, i+1,
			took.Seconds(), all[0].facts.Seconds(), all[0].complete.Seconds(), all[1].complete.Seconds(), all[2].complete.Seconds(), median(onePercent), all[0].peakMiB)
		p.floor, p.facts, p.complete = append(p.floor, took.Seconds()), append(p.facts, all[0].facts.Seconds()), append(p.complete, all[0].complete.Seconds())
		p.again, p.idle = append(p.again, all[1].complete.Seconds()), append(p.idle, all[2].complete.Seconds())
		p.onePercent, p.peak = append(p.onePercent, median(onePercent)), append(p.peak, max(all[0].peakMiB, all[1].peakMiB))
	}
	return p, nil
}

// pullOnePercent changes 1 % of the shop and pulls it, r.changes times over: each change comes
// to a database that holds everything. It gives the seconds of each.
func (r *rig) pullOnePercent(ctx context.Context, w *world, of *shop) (seconds []float64, err error) {
	for i := range r.changes {
		of.changeOnePercent(i)
		p, err := r.productPull(ctx, w, changes)
		if err != nil {
			return nil, fmt.Errorf("product, change %d: %w", i+1, err)
		}
		seconds = append(seconds, p.complete.Seconds())
	}
	return seconds, nil
}

// work starts a worker process on the database, with nothing in Redis.
func (r *rig) work(ctx context.Context, w *world) (worker *exec.Cmd, stop func(), err error) {
	if err := r.stack.Redis.FlushAll(ctx).Err(); err != nil {
		return nil, nil, err
	}
	worker = exec.Command(r.binary, "work", "--sync-every", "24h")
	worker.Env = append(os.Environ(), "DATABASE_URL="+w.url, "REDIS_URL="+r.redis, "RELANCE_SECRET_KEY="+r.key, "RELANCE_ALLOW_NETWORKS=127.0.0.0/8", "RELANCE_LOG_LEVEL=error")
	worker.Stderr = os.Stderr
	return worker, func() {
		_ = worker.Process.Signal(syscall.SIGTERM)
		_ = worker.Wait()
	}, worker.Start()
}

// productPull runs a worker process until the pull is done and everything is derived.
func (r *rig) productPull(ctx context.Context, w *world, everything bool) (pulled, error) {
	worker, stop, err := r.work(ctx, w)
	if err != nil {
		return pulled{}, err
	}
	defer stop()
	return pullBy(ctx, w, worker, everything)
}

// pullBy waits until a running worker has pulled and derived everything.
func pullBy(ctx context.Context, w *world, worker *exec.Cmd, everything bool) (pulled, error) {
	began := time.Now()
	start := w.app.StartScheduledSync
	if everything {
		start = func(ctx context.Context, m, shop uuid.UUID) (relance.Run, error) {
			return w.app.StartSync(ctx, m, shop, full)
		}
	}
	run, err := start(ctx, w.merchant, w.shop)
	if err != nil {
		return pulled{}, err
	}
	var out pulled
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return out, ctx.Err()
		case <-tick.C:
		}
		now, err := w.store.Run(ctx, w.merchant, run.ID)
		if err != nil {
			return out, err
		}
		if now.State == relance.RunFailed {
			return out, fmt.Errorf("the pull failed: %s", now.Error)
		}
		if now.State != relance.RunDone {
			continue
		}
		if out.facts == 0 {
			out.facts = time.Since(began)
		}
		if left, err := w.store.QueueLength(ctx, w.merchant); err != nil || left == 0 {
			out.complete = time.Since(began)
			out.peakMiB = peakMemory(worker.Process.Pid)
			return out, err
		}
	}
}

// peakMemory reads a process's largest resident size, in MiB.
func peakMemory(pid int) float64 {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(b)
	if m == nil {
		return 0
	}
	kb, _ := strconv.ParseFloat(string(m[1]), 64)
	return kb / 1024
}
