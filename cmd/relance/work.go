package main

import (
	"context"
	"log/slog"
	"runtime"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/relance/relance"
	"github.com/relance/relance/app"
	"github.com/relance/relance/store"
	"github.com/relance/relance/workers"
)

// workCmd runs the workers.
type workCmd struct {
	Concurrency int           `name:"concurrency" env:"RELANCE_CONCURRENCY" default:"4" help:"Jobs at once."`
	SyncEvery   time.Duration `name:"sync-every" env:"RELANCE_SYNC_EVERY" default:"10m" help:"How often each shop's changes are pulled."`
	SweepEvery  time.Duration `name:"sweep-every" env:"RELANCE_SWEEP_EVERY" default:"2s" help:"How often lost or due work is looked for."`
}

// Run implements the command.
func (c *workCmd) Run(ctx context.Context, s *Settings) error {
	log := s.logger()
	st, err := s.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	r, err := s.openRedis(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	if s.SMTPURL != "" && !strings.HasPrefix(s.PublicURL, "https://") {
		return relance.Errorf(relance.CodeBadInput, "set RELANCE_PUBLIC_URL to the https:// address of this product: e-mails carry links to it by which people unsubscribe")
	}
	a, err := s.newApp(st, r, log)
	if err != nil {
		return err
	}
	// A worker holds little and makes much: pages come and go. With this beside it, never touched and so never in memory,
	// the collector comes by each 50 MiB and not each 15, which is a tenth of a worker's time.
	slack := make([]byte, 40<<20)
	defer runtime.KeepAlive(slack)
	log.Info("working", "concurrency", c.Concurrency)
	return newWorkers(r, a, st, log, workers.Options{Concurrency: c.Concurrency, SyncEvery: c.SyncEvery, SweepEvery: c.SweepEvery}).Run(ctx)
}

func newWorkers(r redis.UniversalClient, a *app.App, st *store.Store, log *slog.Logger, o workers.Options) *workers.Workers {
	return workers.New(r, a, st, workers.NewQueue(r), o, log, time.Now)
}
