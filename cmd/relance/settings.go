package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"github.com/relance/relance"
	"github.com/relance/relance/app"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/delivery"
	"github.com/relance/relance/delivery/senderdns"
	"github.com/relance/relance/internal/outbound"
	"github.com/relance/relance/internal/ratelimit"
	"github.com/relance/relance/internal/secret"
	"github.com/relance/relance/letter"
	"github.com/relance/relance/store"
	"github.com/relance/relance/template"
	"github.com/relance/relance/workers"
)

// Settings is what every command may need, from flags or environment.
type Settings struct {
	DatabaseURL   string   `name:"database-url" env:"DATABASE_URL" help:"Postgres, version 15 or later: postgres://user:password@host/database."`
	RedisURL      string   `name:"redis-url" env:"REDIS_URL" help:"Redis: redis://host:6379/0."`
	PublicURL     string   `name:"public-url" env:"RELANCE_PUBLIC_URL" help:"Address under which customers and shops reach this server."`
	SecretKey     string   `name:"secret-key" env:"RELANCE_SECRET_KEY" help:"Keyset that encrypts shop credentials; make one with: relance key."`
	SMTPURL       string   `name:"smtp-url" env:"RELANCE_SMTP_URL" help:"Mail relay: smtp://user:password@relay.example.com:587 or smtps://…:465. Without it no e-mail goes out."`
	RelaySPF      string   `name:"relay-spf" env:"RELANCE_RELAY_SPF" help:"What the SPF record of a sender needs for mail of the relay: include:spf.relay.example.net, a:mail.example.net or ip4:203.0.113.7."`
	DKIMSelector  string   `name:"dkim-selector" env:"RELANCE_DKIM_SELECTOR" help:"Name of the DKIM key that the relay signs with; a shop's own setting goes before it."`
	PingenURL     string   `name:"pingen-url" env:"RELANCE_PINGEN_URL" help:"Address of a simulated Pingen; for development."`
	MailevaURL    string   `name:"maileva-url" env:"RELANCE_MAILEVA_URL" help:"Address of a simulated Maileva; for development."`
	AllowNetworks []string `name:"allow-networks" env:"RELANCE_ALLOW_NETWORKS" sep:"," help:"CIDRs that shop addresses may reach although private; for development."`
	LogLevel      string   `name:"log-level" env:"RELANCE_LOG_LEVEL" enum:"debug,info,warn,error" default:"info" help:"What is logged: debug, info, warn or error."`

	Heartbeat    time.Duration `name:"heartbeat" env:"RELANCE_HEARTBEAT" default:"3s" help:"How often a worker confirms the page it works on; a page silent for three times as long is handed out again."`
	CompareEvery time.Duration `name:"compare-every" env:"RELANCE_COMPARE_EVERY" default:"1h" help:"How often scheduled pulls also do what costs by the size of the shop: compare every id, for deletions, and read sign-ups to newsletters that the shop does not date."`
}

func (s *Settings) logger() *slog.Logger {
	level := slog.LevelInfo
	_ = level.UnmarshalText([]byte(s.LogLevel))
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

// openStore connects to the database.
func (s *Settings) openStore(ctx context.Context) (*store.Store, error) {
	if s.DatabaseURL == "" {
		return nil, relance.Errorf(relance.CodeBadInput, "set DATABASE_URL (or --database-url) to a Postgres database; `relance dev` brings its own")
	}
	return store.Open(ctx, s.DatabaseURL, store.Options{})
}

func (s *Settings) openRedis(ctx context.Context) (redis.UniversalClient, error) {
	if s.RedisURL == "" {
		return nil, relance.Errorf(relance.CodeBadInput, "set REDIS_URL (or --redis-url); `relance dev` brings its own")
	}
	opts, err := redis.ParseURL(s.RedisURL)
	if err != nil {
		return nil, relance.Errorf(relance.CodeBadInput, "REDIS_URL is not a Redis address such as redis://127.0.0.1:6379/0")
	}
	c := redis.NewClient(opts)
	if err := c.Ping(ctx).Err(); err != nil {
		_ = c.Close()
		return nil, relance.WrapError(relance.CodeBadInput, err, "Redis does not answer at REDIS_URL")
	}
	return c, nil
}

// networks reads the private networks that shop addresses may reach.
func (s *Settings) networks() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, n := range s.AllowNetworks {
		p, err := netip.ParsePrefix(n)
		if err != nil {
			return nil, relance.Errorf(relance.CodeBadInput, "RELANCE_ALLOW_NETWORKS: %q is not a network such as 127.0.0.0/8", n)
		}
		out = append(out, p)
	}
	return out, nil
}

// newApp wires the use cases. Without Redis the limiter works for this process alone
// and what is queued waits for the sweep of a worker.
func (s *Settings) newApp(st *store.Store, r redis.UniversalClient, log *slog.Logger) (*app.App, error) {
	if s.SecretKey == "" {
		return nil, relance.Errorf(relance.CodeBadInput, "set RELANCE_SECRET_KEY; make one with `relance key` and keep it safe: stored shop credentials cannot be read without it")
	}
	box, err := secret.Open(s.SecretKey)
	if err != nil {
		return nil, relance.WrapError(relance.CodeBadInput, err, "RELANCE_SECRET_KEY is not a keyset; make one with `relance key`")
	}
	nets, err := s.networks()
	if err != nil {
		return nil, err
	}
	st.UseKeys(box.Unseal)
	a := &app.App{Store: st, Secrets: box, Platforms: app.Platforms(), Now: time.Now, Log: log, Heartbeat: s.Heartbeat, CompareEvery: s.CompareEvery, Queue: noQueue{}}
	a.Deps = connectors.Deps{HTTP: outbound.New(outbound.Options{AllowNetworks: nets}), Now: time.Now, Log: log, Limiter: ratelimit.New(r, ratelimit.Options{Log: log})}
	a.Texts, a.PublicURL = template.New(), s.PublicURL
	if a.Paper, err = letter.New(); err != nil {
		return nil, err
	}
	a.OpenPrinter = app.Printers(app.PrinterOptions{AllowNetworks: nets, Now: time.Now, PingenURL: s.PingenURL, MailevaURL: s.MailevaURL})
	a.Senders = &senderdns.Checker{Resolver: &net.Resolver{PreferGo: true}, Relay: senderdns.Relay{SPF: s.RelaySPF, Selector: s.DKIMSelector}}
	if s.SMTPURL != "" {
		relay, err := delivery.NewSMTP(s.SMTPURL)
		if err != nil {
			return nil, err
		}
		a.Mail = relay
	}
	if r != nil {
		a.Queue = workers.NewQueue(r)
	}
	return a, nil
}

// noQueue leaves everything to the sweeps: for commands that run without Redis.
type noQueue struct{}

// Page implements app.Queue.
func (noQueue) Page(context.Context, relance.PageTask) error { return nil }

// Derive implements app.Queue.
func (noQueue) Derive(context.Context, uuid.UUID, time.Duration) error { return nil }

func (noQueue) Import(context.Context, relance.Claim) error { return nil }

// printf writes a line for people or scripts.
func (s *streams) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(s.out, format, args...)
}
