package devstack

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// postgres is a private server.
type postgres struct {
	url  string
	stop func() error
}

// startPostgres starts a private server on a free port, with its data in o.Dir.
func startPostgres(ctx context.Context, o Options) (postgres, error) {
	bin, err := findPostgres(ctx, o)
	if err != nil {
		return postgres{}, err
	}
	user, err := unprivileged(o)
	if err != nil {
		return postgres{}, err
	}
	data := filepath.Join(user.home(o.Dir), "postgres")
	if err := stopLeftover(data); err != nil {
		return postgres{}, err
	}
	if o.Reset {
		say(o, "postgres: emptying %s", data)
		if err := os.RemoveAll(data); err != nil {
			return postgres{}, fmt.Errorf("empty the database: %w", err)
		}
	}
	password, err := initDatabase(ctx, o, bin, data, user)
	if err != nil {
		return postgres{}, err
	}
	port, err := freePort()
	if err != nil {
		return postgres{}, err
	}
	args := []string{"-D", data, "-p", strconv.Itoa(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
		"-c", "max_connections=200", "-c", "shared_buffers=256MB", "-c", "log_min_messages=fatal", "-c", "log_destination=stderr"}
	if o.Throwaway {
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	}
	say(o, "postgres: starting %s on port %d", bin, port)
	p, err := spawn(user, filepath.Join(bin, "postgres"), args, filepath.Join(o.Dir, "postgres.log"))
	if err != nil {
		return postgres{}, err
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword("postgres", password), Host: "127.0.0.1:" + strconv.Itoa(port), Path: "/postgres",
		RawQuery: "sslmode=disable"}
	pg := postgres{url: u.String(), stop: func() error { return p.stop(syscall.SIGINT, 20*time.Second) }}
	if err := awaitPostgres(ctx, pg.url, p); err != nil {
		return postgres{}, errors.Join(err, pg.stop())
	}
	return pg, nil
}

// initDatabase makes the data folder where there is none and gives its password.
func initDatabase(ctx context.Context, o Options, bin, data string, user runAs) (string, error) {
	secret := filepath.Join(filepath.Dir(data), "postgres.password")
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err == nil {
		pw, err := os.ReadFile(secret)
		return string(pw), err
	}
	if err := os.RemoveAll(data); err != nil { // a first start that was killed half-way
		return "", err
	}
	raw := make([]byte, 16)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	password := hex.EncodeToString(raw)
	if err := os.WriteFile(secret, []byte(password), 0o600); err != nil {
		return "", err
	}
	if err := user.own(filepath.Dir(data), secret); err != nil {
		return "", err
	}
	say(o, "postgres: making a database in %s", data)
	args := []string{"-D", data, "-U", "postgres", "-A", "scram-sha-256", "--pwfile=" + secret, "-E", "UTF8", "--locale=C"}
	if o.Throwaway {
		args = append(args, "-N")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	user.apply(cmd)
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("initdb: %w: %s", err, lastLines(out.String()))
	}
	return password, nil
}

// awaitPostgres waits until the server answers or has ended.
func awaitPostgres(ctx context.Context, url string, p *process) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if conn, err := pgx.Connect(ctx, url); err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-p.done:
			return fmt.Errorf("postgres ended while starting: %s", lastLines(p.tail()))
		case <-ctx.Done():
			return fmt.Errorf("postgres did not answer: %w", ctx.Err())
		case <-tick.C:
		}
	}
}

// stopLeftover stops a server that a killed run left on the data folder.
func stopLeftover(data string) error {
	raw, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return nil // none
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid < 2 || !isPostgres(pid, data) {
		return os.Remove(filepath.Join(data, "postmaster.pid"))
	}
	_ = syscall.Kill(pid, syscall.SIGINT)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if syscall.Kill(pid, 0) != nil {
			return nil
		}
	}
	return fmt.Errorf("a postgres of an earlier run (process %d) does not stop; stop it by hand", pid)
}

// isPostgres makes sure that the process is a server on this data folder before it is
// stopped: process numbers are used again.
func isPostgres(pid int, data string) bool {
	cmdline, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
	if err != nil {
		out, err := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
		return err == nil && bytes.Contains(out, []byte(data))
	}
	return bytes.Contains(cmdline, []byte(data))
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func lastLines(s string) string {
	s = strings.TrimSpace(s)
	return s[max(0, len(s)-600):]
}
