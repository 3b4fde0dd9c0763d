package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/redis/go-redis/v9"

	"github.com/relance/relance"
	"github.com/relance/relance/app"
	"github.com/relance/relance/graph"
	"github.com/relance/relance/public"
	"github.com/relance/relance/store"
	"github.com/relance/relance/web"
)

// serveCmd serves the API.
type serveCmd struct {
	Addr string `name:"addr" env:"RELANCE_ADDR" default:"127.0.0.1:8080" help:"Address to listen on."`
}

// Run implements the command.
func (c *serveCmd) Run(ctx context.Context, s *Settings, std *streams) error {
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
	a, err := s.newApp(st, r, log)
	if err != nil {
		return err
	}
	l, err := listen(ctx, c.Addr)
	if err != nil {
		return err
	}
	h, err := newHandler(handlerParts{app: a, store: st, redis: r, log: log, now: time.Now, secure: strings.HasPrefix(s.PublicURL, "https://")})
	if err != nil {
		return err
	}
	std.printf("relance: serving http://%s/graphql\n", l.Addr())
	return serveHTTP(ctx, l, h)
}

// listen opens the address, or says what to do about it.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, relance.WrapError(relance.CodeBadInput, err, "cannot listen on %s; is another server there? Choose one with --addr", addr)
	}
	return l, nil
}

// serveHTTP serves until ctx ends, then lets requests finish for a few seconds.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler) error {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := srv.Shutdown(stop); err != nil { // subscriptions stay open: end them
		err = srv.Close()
		return err
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// handlerParts is what the server is made of.
type handlerParts struct {
	app   *app.App
	store *store.Store
	redis redis.UniversalClient
	log   *slog.Logger
	now   func() time.Time
	dev   bool // explorer and introspection; owners need no second factor
	// secure says that others reach the server by https.
	secure bool
	outbox http.Handler // what was mailed, in dev
}

// newHandler puts the server together.
func newHandler(p handlerParts) (http.Handler, error) {
	resolver := &graph.Resolver{Read: p.store, Use: p.app, Now: p.now, ProgressEvery: 500 * time.Millisecond}
	m := newMetrics(p.store, p.redis)
	mux := http.NewServeMux()
	auth := graph.NewAuth(graph.AuthOptions{Tokens: p.store, People: p.app, TwoFactor: !p.dev, Secure: p.secure})
	mux.Handle("/graphql", m.measure(auth.Require(graph.NewServer(resolver, p.log, p.dev))))
	mux.Handle("GET /report", auth.Require(graph.ReportFile(p.app, p.log)))
	files := auth.Require(graph.LetterFileHandler(p.app, p.log))
	mux.Handle("/batches/", files)
	mux.Handle("/exports/", auth.Require(graph.ExportFileHandler(p.app, p.log)))
	copies := auth.Require(graph.PrivacyFileHandler(p.app, p.log))
	mux.Handle("/privacy/certificates/", copies)
	mux.Handle("/photos/", auth.Require(graph.PhotoHandler(p.app, p.log)))
	imports := auth.Require(graph.ImportFiles(p.app, p.store, p.log, p.now))
	mux.Handle("/imports", imports)
	mux.Handle("/imports/", imports)
	mux.Handle("/auth/", auth.SignIn(p.log))
	mux.Handle("/u/", public.Handler(p.app, p.log))
	mux.Handle("/c/", public.OptInHandler(p.app, p.log))
	letters := public.LetterHandler(p.app, p.log)
	mux.Handle("/q/", letters)
	mux.Handle("/o/", letters)
	mux.Handle("/hooks/print/", letters)
	mux.Handle("/hooks/privacy/", public.ShopHookHandler(p.app, p.log))
	mux.Handle("/l/", public.LogoHandler(p.app, p.log))
	if p.outbox != nil {
		mux.Handle("/outbox/", http.StripPrefix("/outbox", p.outbox))
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { ready(w, r, p) })
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	if p.dev {
		explorer, err := graph.Explorer()
		if err != nil {
			return nil, err
		}
		mux.Handle("/explorer/", http.StripPrefix("/explorer", explorer))
	}
	dashboard, err := web.Handler()
	if err != nil {
		return nil, err
	}
	mux.Handle("/", dashboard)
	mux.Handle("/letters", dashboard)
	mux.Handle("/letters/", filesAmongPages(files, dashboard))
	mux.Handle("/privacy/", filesAmongPages(copies, dashboard))
	return http.NewCrossOriginProtection().Handler(mux), nil
}

// filesAmongPages serves files from below a path where the dashboard has pages as well: a file's
// name has an extension.
func filesAmongPages(files, pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path.Ext(r.URL.Path) != "" {
			files.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

// ready answers whether requests can be served: the database is needed, Redis only for
// speed, so its absence is told but not a failure.
func ready(w http.ResponseWriter, r *http.Request, p handlerParts) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := p.store.Ping(ctx); err != nil {
		http.Error(w, "postgres does not answer", http.StatusServiceUnavailable)
		return
	}
	if err := p.redis.Ping(ctx).Err(); err != nil {
		_, _ = w.Write([]byte("ok, but redis does not answer: work waits for it\n"))
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}
