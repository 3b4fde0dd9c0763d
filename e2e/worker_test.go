package e2e_test

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/relance/relance/app"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/prestashop"
	"github.com/relance/relance/connectors/shopify"
	"github.com/relance/relance/delivery"
	"github.com/relance/relance/internal/outbound"
	"github.com/relance/relance/internal/ratelimit"
	"github.com/relance/relance/internal/secret"
	"github.com/relance/relance/letter"
	"github.com/relance/relance/store"
	"github.com/relance/relance/template"
	"github.com/relance/relance/workers"
)

// A test that kills workers runs them as processes of their own: this test binary again,
// told by its environment to be a worker.
const (
	envDatabase = "RELANCE_E2E_DATABASE"
	envRedis    = "RELANCE_E2E_REDIS"
	envKey      = "RELANCE_E2E_KEY"
	envSMTP     = "RELANCE_E2E_SMTP" // "" sends nothing
	envPublic   = "RELANCE_E2E_PUBLIC"
	envAhead    = "RELANCE_E2E_AHEAD"  // how far the clock is put forward
	envPingen   = "RELANCE_E2E_PINGEN" // simulators of printers
	envMaileva  = "RELANCE_E2E_MAILEVA"
	envPatience = "RELANCE_E2E_PATIENCE" // how long to wait for a shop that hangs
)

// beWorker works until it is told to stop, or killed.
func beWorker() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	st, err := store.Open(ctx, os.Getenv(envDatabase), store.Options{})
	if err != nil {
		return err
	}
	defer st.Close()
	opts, err := redis.ParseURL(os.Getenv(envRedis))
	if err != nil {
		return err
	}
	r := redis.NewClient(opts)
	defer func() { _ = r.Close() }()
	box, err := secret.Open(os.Getenv(envKey))
	if err != nil {
		return err
	}
	st.UseKeys(box.Unseal)
	patience, err := time.ParseDuration(os.Getenv(envPatience))
	if err != nil {
		return err
	}
	a := &app.App{Store: st, Secrets: box, Queue: workers.NewQueue(r), Now: time.Now, Log: quiet(), Heartbeat: 250 * time.Millisecond,
		Platforms: impatient(patience),
		Deps: connectors.Deps{HTTP: outbound.New(outbound.Options{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Timeout: patience}),
			Now: time.Now, Log: quiet(), Limiter: ratelimit.New(r, ratelimit.Options{Log: quiet()})}}
	now := time.Now
	if address := os.Getenv(envSMTP); address != "" {
		if a.Mail, err = delivery.NewSMTP(address); err != nil {
			return err
		}
		ahead, err := time.ParseDuration(os.Getenv(envAhead))
		if err != nil {
			return err
		}
		now = func() time.Time { return time.Now().Add(ahead) }
		if a.Paper, err = letter.New(); err != nil {
			return err
		}
		a.OpenPrinter = app.Printers((&providers{pingenURL: os.Getenv(envPingen), mailevaURL: os.Getenv(envMaileva)}).options(now))
		a.Texts, a.PublicURL, a.SendLease, a.SendRetry, a.Now, a.Deps.Now = template.New(), os.Getenv(envPublic), sendLease, 100*time.Millisecond, now, now
	}
	return workers.New(r, a, st, workers.NewQueue(r), workers.Options{SweepEvery: 200 * time.Millisecond, SyncEvery: time.Hour}, quiet(), now).Run(ctx)
}

// impatient are platforms that wait no longer than that for an answer.
func impatient(patience time.Duration) []connectors.Platform {
	return []connectors.Platform{shopify.Platform(), prestashop.NewPlatform(prestashop.Options{Timeout: patience})}
}

// spawnWorker starts a worker process.
func spawnWorker(t *testing.T, database, redisAddr, key string, patience time.Duration, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envDatabase+"="+database, envRedis+"=redis://"+redisAddr+"/0", envKey+"="+key, envPatience+"="+patience.String())
	cmd.Env = append(cmd.Env, env...)
	cmd.Stderr = os.Stderr
	must(t, cmd.Start())
	t.Cleanup(func() { // of a test that failed half-way; others have killed it
		_ = cmd.Process.Kill()
		_, _ = cmd.Process.Wait()
	})
	return cmd
}

// kill ends a process at once, wherever it is.
func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	must(t, cmd.Process.Signal(syscall.SIGKILL))
	if err := cmd.Wait(); err == nil || cmd.ProcessState.Success() {
		t.Fatalf("the worker ended by itself: %v", cmd.ProcessState)
	}
}

func workerMain() {
	if err := beWorker(); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
	os.Exit(0)
}
