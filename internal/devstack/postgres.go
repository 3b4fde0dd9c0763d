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
	"runtime"
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
	user, err := unprivileged(ctx, o)
	if err != nil {
		return postgres{}, err
	}
	home, err := user.home(o.Dir, o.Throwaway)
	if err != nil {
		return postgres{}, fmt.Errorf("make a place for the database: %w", err)
	}
	if home != o.Dir {
		say(o, "postgres: no user namespaces here; running it as another user with its files in %s", home)
	}
	bin, err := findPostgres(ctx, o, user)
	if err != nil {
		return postgres{}, err
	}
	data := filepath.Join(home, "postgres")
	if err := stopLeftover(ctx, o, filepath.Join(data, "postmaster.pid"), data); err != nil {
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
	port, err := freePort(ctx)
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
	pg := postgres{url: u.String(), stop: func() error {
		err := p.stop(syscall.SIGINT, 20*time.Second)
		if o.Throwaway && home != o.Dir {
			err = errors.Join(err, os.RemoveAll(home))
		}
		return err
	}}
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
	// It is made beside its place and moved there: a first start that is killed half-way
	// leaves nothing that looks like a database.
	half := data + ".new"
	if err := errors.Join(os.RemoveAll(half), os.RemoveAll(data)); err != nil {
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
	args := []string{"-D", half, "-U", "postgres", "-A", "scram-sha-256", "--pwfile=" + secret, "-E", "UTF8", "--locale=C"}
	if o.Throwaway {
		args = append(args, "-N")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = 5 * time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	user.apply(cmd)
	endWithParent(cmd)
	runtime.LockOSThread() // see spawn
	defer runtime.UnlockOSThread()
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", fmt.Errorf("initdb: %w: %s", err, lastLines(out.String()))
	}
	return password, os.Rename(half, data)
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

func freePort(ctx context.Context) (int, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
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
