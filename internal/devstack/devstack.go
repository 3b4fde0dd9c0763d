// Package devstack gives development and tests a Postgres and a Redis of their own, with
// nothing to install where that can be helped. Postgres comes from a given address, from
// server binaries on this machine, from an npm package, or from the system's package
// manager; Redis from a given address, a server on the PATH, or an emulation in the
// process. Whatever it starts, it stops; what a killed run left behind, it takes over.
package devstack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/redis/go-redis/v9"
)

// Options says where things are and what is given.
type Options struct {
	Dir         string    // keeps the database, the key and the downloads
	DatabaseURL string    // a Postgres to use instead of a private one
	RedisURL    string    // a Redis to use instead of a private one
	Reset       bool      // empty the private database first
	Throwaway   bool      // for tests: no fsync, nothing is kept
	NoRedis     bool      // only Postgres is needed
	Cache       string    // keeps downloaded server binaries; Dir where it is empty
	Say         io.Writer // tells what is being done, a line each

	noNamespace bool // for tests: as on a machine without user namespaces
	noServers   bool // for tests: as on a machine where no server is installed
}

// Stack is a running Postgres and Redis.
type Stack struct {
	DatabaseURL string
	Redis       redis.UniversalClient
	stops       []func() error
}

// Start gives a running stack. Its error names what to install or to set.
func Start(ctx context.Context, o Options) (*Stack, error) {
	s := &Stack{}
	if err := s.start(ctx, o); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Stack) start(ctx context.Context, o Options) error {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return fmt.Errorf("make %s: %w", o.Dir, err)
	}
	unlock, err := lockDir(o.Dir)
	if err != nil {
		return err
	}
	s.stops = append(s.stops, unlock)
	if o.DatabaseURL != "" && o.Reset {
		return errors.New("only the private database can be emptied: unset DATABASE_URL, or empty that database by hand")
	}
	if o.DatabaseURL != "" {
		s.DatabaseURL = o.DatabaseURL
		say(o, "postgres: the one of DATABASE_URL")
	} else {
		pg, err := startPostgres(ctx, o)
		if err != nil {
			return err
		}
		s.DatabaseURL = pg.url
		s.stops = append(s.stops, pg.stop)
	}
	if o.NoRedis {
		return nil
	}
	client, stop, err := startRedis(ctx, o)
	if err != nil {
		return err
	}
	s.Redis = client
	s.stops = append(s.stops, stop)
	return nil
}

// Stop ends everything that Start began, last first.
func (s *Stack) Stop() error {
	var errs []error
	for i := len(s.stops) - 1; i >= 0; i-- {
		errs = append(errs, s.stops[i]())
	}
	s.stops = nil
	return errors.Join(errs...)
}

// StateDir is the user's folder for what must survive a restart.
func StateDir() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "relance"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the home folder: %w", err)
	}
	return filepath.Join(home, ".local", "state", "relance"), nil
}

// cache is where downloaded binaries are kept.
func (o Options) cache() string {
	if o.Cache != "" {
		return o.Cache
	}
	return o.Dir
}

func say(o Options, format string, args ...any) {
	if o.Say != nil {
		_, _ = fmt.Fprintf(o.Say, format+"\n", args...)
	}
}
