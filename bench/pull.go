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

// measurePulls alternates floor and product on fresh databases.
func (r *rig) measurePulls(ctx context.Context) error {
	var floor, facts, complete, again, peak []float64
	for i := range r.runs {
		f, err := r.newWorld(ctx)
		if err != nil {
			return err
		}
		took, err := r.floorPull(ctx, f)
		f.store.Close()
		if err != nil {
			return fmt.Errorf("floor: %w", err)
		}
		w, err := r.newWorld(ctx)
		if err != nil {
			return err
		}
		first, err := r.productPull(ctx, w, false)
		if err != nil {
			return fmt.Errorf("product: %w", err)
		}
		second, err := r.productPull(ctx, w, true)
		if err != nil {
			return fmt.Errorf("product, second full pull: %w", err)
		}
		if r.filled != nil {
			r.filled.store.Close()
		}
		r.filled = w
		fmt.Printf("run %d: floor %.1fs, facts %.1fs, complete %.1fs, second full pull %.1fs, worker's peak %.0f MiB\n", i+1, took.Seconds(),
			first.facts.Seconds(), first.complete.Seconds(), second.complete.Seconds(), max(first.peakMiB, second.peakMiB))
		floor, facts, complete = append(floor, took.Seconds()), append(facts, first.facts.Seconds()), append(complete, first.complete.Seconds())
		again, peak = append(again, second.complete.Seconds()), append(peak, max(first.peakMiB, second.peakMiB))
	}
	fmt.Printf("\nFirst pull of %d customers with orders, lines and carts (median of %d, spread)\n", r.customers, r.runs)
	ratio("facts stored, share of the floor's speed", floor, facts, 0.6)
	ratio("profiles and statistics complete, share of the floor's speed", floor, complete, 0.35)
	ratio("second full pull with nothing changed, times the first's speed", complete, again, 1.5)
	fmt.Printf("  %-64s %s MiB (limit 150)\n\n", "worker's peak memory", spread(peak))
	return nil
}

// productPull runs a worker process until the pull is done and everything is derived.
func (r *rig) productPull(ctx context.Context, w *world, full bool) (pulled, error) {
	if err := r.stack.Redis.FlushAll(ctx).Err(); err != nil {
		return pulled{}, err
	}
	worker := exec.Command(r.binary, "work", "--sync-every", "24h", "--sweep-every", "200ms")
	worker.Env = append(os.Environ(), "DATABASE_URL="+w.url, "REDIS_URL="+r.redis, "RELANCE_SECRET_KEY="+r.key, "RELANCE_ALLOW_NETWORKS=127.0.0.0/8", "RELANCE_LOG_LEVEL=error")
	worker.Stderr = os.Stderr
	if err := worker.Start(); err != nil {
		return pulled{}, err
	}
	defer func() {
		_ = worker.Process.Signal(syscall.SIGTERM)
		_ = worker.Wait()
	}()
	began := time.Now()
	run, err := w.app.StartSync(ctx, w.merchant, w.shop, full)
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
