package devstack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
)

// envChild makes this test binary the process that is killed; see TestMain.
const envChild = "DEVSTACK_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(envChild); dir != "" {
		child(dir)
	}
	os.Exit(m.Run())
}

// child starts a stack, says where it is, and waits to be killed.
func child(dir string) {
	s, err := Start(context.Background(), Options{Dir: dir})
	if err != nil {
		fmt.Println("ERROR", err)
		os.Exit(1)
	}
	fmt.Println(s.DatabaseURL)
	_, _ = io.Copy(io.Discard, os.Stdin)
	select {}
}

func start(t *testing.T, o Options) *Stack {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	var said bytes.Buffer
	if o.Say == nil {
		o.Say = &said
	}
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatalf("start: %v\n%s", err, said.String())
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return s
}

func query(t *testing.T, url, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	rows, err := conn.Query(t.Context(), sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return strings.Join(got, ",")
}

func answers(address string) bool {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err == nil {
		_ = conn.Close()
	}
	return err == nil
}

func hostOf(t *testing.T, raw string) string {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

const version = "SELECT (current_setting('server_version_num')::int >= 150000)::text"

func TestStartsAndStops(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Throwaway: true})
	if got := query(t, s.DatabaseURL, version); got != "true" {
		t.Errorf("15 or later: %s", got)
	}
	if got := query(t, s.DatabaseURL, "SELECT name FROM pg_available_extensions WHERE name IN ('pg_trgm', 'btree_gin') ORDER BY 1"); got != "btree_gin,pg_trgm" {
		t.Errorf("extensions: %q", got)
	}
	if err := s.Redis.Ping(t.Context()).Err(); err != nil {
		t.Errorf("redis: %v", err)
	}
	pg, rd := hostOf(t, s.DatabaseURL), s.Redis.(*redis.Client).Options().Addr
	if err := s.Stop(); err != nil {
		t.Fatalf("stop: %v", err)
	}
	for _, address := range []string{pg, rd} {
		if answers(address) {
			t.Errorf("%s still answers after Stop", address)
		}
	}
}

func TestDataSurviveUntilReset(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, Options{Dir: dir, NoRedis: true})
	query(t, s.DatabaseURL, "CREATE TABLE kept AS SELECT 'yes'::text AS it")
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	s = start(t, Options{Dir: dir, NoRedis: true})
	if got := query(t, s.DatabaseURL, "SELECT it FROM kept"); got != "yes" {
		t.Errorf("after a restart: %q", got)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	s = start(t, Options{Dir: dir, NoRedis: true, Reset: true})
	if got := query(t, s.DatabaseURL, "SELECT count(*)::text FROM pg_tables WHERE tablename = 'kept'"); got != "0" {
		t.Errorf("after a reset: %s tables", got)
	}
}

func TestResetLeavesAGivenDatabaseAlone(t *testing.T) {
	t.Parallel()
	_, err := Start(t.Context(), Options{Dir: t.TempDir(), DatabaseURL: "postgres://127.0.0.1:1/x", Reset: true})
	if err == nil || !strings.Contains(err.Error(), "DATABASE_URL") {
		t.Errorf("error: %v", err)
	}
}

func TestAKilledRunIsRecoveredFrom(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envChild+"="+dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 4096)
	n, err := out.Read(line)
	if err != nil || bytes.HasPrefix(line, []byte("ERROR")) {
		t.Fatalf("child: %s %v", line[:n], err)
	}
	query(t, strings.TrimSpace(string(line[:n])), "CREATE TABLE kept AS SELECT 'yes'::text AS it")
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	s := start(t, Options{Dir: dir})
	if got := query(t, s.DatabaseURL, "SELECT it FROM kept"); got != "yes" {
		t.Errorf("after SIGKILL: %q", got)
	}
}

// Where the system does not end servers with their parent, they are left behind.
func TestLeftServersAreStopped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := start(t, Options{Dir: dir})
	if err := first.stops[0](); err != nil { // the lock, which a killed process does not keep
		t.Fatal(err)
	}
	var said bytes.Buffer
	second := start(t, Options{Dir: dir, Say: &said})
	if got := query(t, second.DatabaseURL, version); got != "true" {
		t.Errorf("15 or later: %s", got)
	}
	if answers(hostOf(t, first.DatabaseURL)) || !strings.Contains(said.String(), "left behind") {
		t.Errorf("the first server still answers, or nothing was said: %s", said.String())
	}
	first.stops = nil // they have ended
}

func TestOneAtATime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	start(t, Options{Dir: dir, DatabaseURL: "postgres://127.0.0.1:1/x", NoRedis: true})
	_, err := Start(t.Context(), Options{Dir: dir, NoRedis: true})
	if err == nil || !strings.Contains(err.Error(), "another relance uses") {
		t.Errorf("error: %v", err)
	}
}

func TestAHalfMadeDatabaseIsMadeAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	half := filepath.Join(dir, "postgres.new")
	if err := os.MkdirAll(half, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(half, "PG_VERSION"), []byte("15\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, Options{Dir: dir, NoRedis: true, Throwaway: true})
	if got := query(t, s.DatabaseURL, version); got != "true" {
		t.Errorf("15 or later: %s", got)
	}
}

func TestAnotherProcessOfThatNumberIsLeftAlone(t *testing.T) {
	t.Parallel()
	other := exec.Command("sleep", "60")
	if err := other.Start(); err != nil {
		t.Skipf("SKIPPED: no sleep here: %v", err)
	}
	defer func() { _, _ = other.Process.Kill(), other.Wait() }()
	file := filepath.Join(t.TempDir(), "postmaster.pid")
	if err := os.WriteFile(file, []byte(strconv.Itoa(other.Process.Pid)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := stopLeftover(t.Context(), Options{}, file, "/some/data/folder"); err != nil {
		t.Fatal(err)
	}
	if err := other.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the other process was ended: %v", err)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the stale file is still there: %v", err)
	}
}

func TestEmulatedRedisExpiresKeys(t *testing.T) {
	t.Parallel()
	s := start(t, Options{DatabaseURL: "postgres://127.0.0.1:1/x", noServers: true})
	if err := s.Redis.Set(t.Context(), "k", "v", 300*time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	if got := s.Redis.Get(t.Context(), "k").Val(); got != "v" {
		t.Errorf("at once: %q", got)
	}
	for deadline := time.Now().Add(10 * time.Second); s.Redis.Exists(t.Context(), "k").Val() == 1; {
		if time.Now().After(deadline) {
			t.Fatal("the key does not expire: the emulation's clock stands still")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestRedisAddressesThatDoNotWork(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{"127.0.0.1:6379": "REDIS_URL is not", "redis://127.0.0.1:1/0": "redis does not answer"} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, err := Start(ctx, Options{Dir: t.TempDir(), DatabaseURL: "postgres://127.0.0.1:1/x", RedisURL: address})
		cancel()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// The download takes a while, so it is only tried when asked for.
func TestPostgresOfNPM(t *testing.T) {
	t.Parallel()
	if os.Getenv("RELANCE_TEST_DOWNLOAD") == "" {
		t.Skip("SKIPPED: set RELANCE_TEST_DOWNLOAD=1 to fetch a Postgres with npm")
	}
	cache := t.TempDir()
	if as, err := unprivileged(t.Context(), Options{noNamespace: true}); err != nil {
		t.Fatal(err)
	} else if home, err := as.home(cache, false); err != nil {
		t.Fatal(err)
	} else {
		t.Cleanup(func() { _ = os.RemoveAll(home) })
	}
	for _, noNamespace := range []bool{false, true} {
		s := start(t, Options{NoRedis: true, Throwaway: true, Cache: cache, noServers: true, noNamespace: noNamespace})
		query(t, s.DatabaseURL, "DROP EXTENSION IF EXISTS pg_trgm")
		if got := query(t, s.DatabaseURL, "SELECT name FROM pg_available_extensions WHERE name IN ('pg_trgm', 'btree_gin') ORDER BY 1"); got != "btree_gin,pg_trgm" {
			t.Errorf("extensions: %q", got)
		}
	}
}

func TestScratchIsSwept(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	old, young, used := filepath.Join(base, scratchPrefix+"old"), filepath.Join(base, scratchPrefix+"young"), filepath.Join(base, scratchPrefix+"used")
	for _, dir := range []string{old, young, used} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	unlock, err := lockDir(used)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unlock() }()
	past := time.Now().Add(-time.Hour)
	for _, dir := range []string{old, used} {
		if err := os.Chtimes(dir, past, past); err != nil {
			t.Fatal(err)
		}
	}
	sweepScratch(base)
	for dir, want := range map[string]bool{old: false, young: true, used: true} {
		if _, err := os.Stat(dir); (err == nil) != want {
			t.Errorf("%s is there: %t, want %t", filepath.Base(dir), err == nil, want)
		}
	}
}
