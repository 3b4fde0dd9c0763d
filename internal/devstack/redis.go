package devstack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// startRedis gives a client of a given, a private or an emulated Redis.
func startRedis(ctx context.Context, o Options) (redis.UniversalClient, func() error, error) {
	if o.RedisURL != "" {
		say(o, "redis: the one of REDIS_URL")
		return openRedis(ctx, o.RedisURL, func() error { return nil })
	}
	for _, name := range []string{"redis-server", "valkey-server"} {
		if path, err := exec.LookPath(name); err == nil && !o.noServers {
			return privateRedis(ctx, o, path)
		}
	}
	return emulatedRedis(ctx, o)
}

func openRedis(ctx context.Context, url string, stop func() error) (redis.UniversalClient, func() error, error) {
	opts, err := redis.ParseURL(url)
	if err != nil {
		return nil, nil, fmt.Errorf("REDIS_URL is not a Redis address such as redis://127.0.0.1:6379/0")
	}
	c := redis.NewClient(opts)
	deadline := time.Now().Add(10 * time.Second)
	for {
		if err = c.Ping(ctx).Err(); err == nil {
			return c, func() error { return errors.Join(c.Close(), stop()) }, nil
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			return nil, nil, errors.Join(fmt.Errorf("redis does not answer: %w", err), c.Close(), stop())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func privateRedis(ctx context.Context, o Options, path string) (redis.UniversalClient, func() error, error) {
	pidFile := filepath.Join(o.Dir, "redis.pid")
	if raw, err := os.ReadFile(pidFile); err == nil { // process number, then address
		_, addr, _ := strings.Cut(strings.TrimSpace(string(raw)), "\n")
		if err := stopLeftover(ctx, o, pidFile, addr); err != nil {
			return nil, nil, err
		}
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, nil, err
	}
	addr := "127.0.0.1:" + strconv.Itoa(port)
	say(o, "redis: starting %s on port %d", path, port)
	p, err := spawn(runAs{}, path, []string{"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", o.Dir},
		filepath.Join(o.Dir, "redis.log"))
	if err != nil {
		return nil, nil, err
	}
	stop := func() error { return errors.Join(p.stop(syscall.SIGTERM, 5*time.Second), os.Remove(pidFile)) }
	if err := os.WriteFile(pidFile, fmt.Appendf(nil, "%d\n%s\n", p.cmd.Process.Pid, addr), 0o600); err != nil {
		return nil, nil, errors.Join(err, p.stop(syscall.SIGTERM, 5*time.Second))
	}
	return openRedis(ctx, "redis://"+addr+"/0", stop)
}

// emulatedRedis runs in this process. Its clock stands still by itself, so a ticker
// moves it: without that nothing would ever expire.
func emulatedRedis(ctx context.Context, o Options) (redis.UniversalClient, func() error, error) {
	m := miniredis.NewMiniRedis()
	if err := m.StartAddr("127.0.0.1:0"); err != nil {
		return nil, nil, fmt.Errorf("emulate redis: %w", err)
	}
	say(o, "redis: none installed; emulating one in this process, nothing in it is kept (the queue is rebuilt from Postgres)")
	quit := make(chan struct{})
	var ticking sync.WaitGroup
	ticking.Go(func() {
		const step = 100 * time.Millisecond
		tick := time.NewTicker(step)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
				m.FastForward(step)
			}
		}
	})
	return openRedis(ctx, "redis://"+m.Addr()+"/0", func() error {
		close(quit)
		ticking.Wait()
		m.Close()
		return nil
	})
}
