package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/relance/relance/graph"
	"github.com/relance/relance/web"
)

// pageTime is one way through the dashboard: milliseconds by Chromium's trace from the
// event to the frame that shows the page, the longest task on the page's main thread
// meanwhile, and the bare time of the same requests.
type pageTime struct {
	What    string    `json:"what"`
	MS      []float64 `json:"ms"`
	Longest float64   `json:"longest"`
	Bare    float64   `json:"bare"`
}

// measureDashboard opens pages in Chromium over the filled database.
func (r *rig) measureDashboard(ctx context.Context) error {
	w, err := r.filledWorld(ctx)
	if err != nil {
		return err
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		return fmt.Errorf("the dashboard wants Chromium: %w", err)
	}
	const email, pass = "owner@example.com", "bench password"
	if err := w.app.DevOwner(ctx, w.merchant, email, pass); err != nil {
		return err
	}
	dashboard, err := web.Handler()
	if err != nil {
		return err
	}
	quiet := slog.New(slog.DiscardHandler)
	auth := graph.NewAuth(graph.AuthOptions{Tokens: w.store, People: w.app})
	mux := http.NewServeMux()
	mux.Handle("/graphql", auth.Require(graph.NewServer(&graph.Resolver{Read: w.store, Use: w.app, Now: time.Now, ProgressEvery: time.Second}, quiet, false)))
	mux.Handle("/auth/", auth.SignIn(quiet))
	mux.Handle("/", dashboard)
	srv := httptest.NewServer(mux)
	defer srv.Close()
	node := exec.CommandContext(ctx, "node", "bench/pages.mjs")
	node.Dir = "web"
	node.Stderr = os.Stderr
	node.Env = append(os.Environ(), "CHROMIUM="+chromium, "RELANCE_URL="+srv.URL, "RELANCE_EMAIL="+email, "RELANCE_PASSWORD="+pass, "RELANCE_RUNS="+strconv.Itoa(r.runs))
	out, err := node.Output()
	if err != nil {
		return fmt.Errorf("node bench/pages.mjs: %w", err)
	}
	var times []pageTime
	if err := json.Unmarshal(out, &times); err != nil {
		return err
	}
	fmt.Printf("Dashboard over %d customers (median of %d, spread; ms from the event to the frame that shows it)\n", r.customers, r.runs)
	for _, t := range times {
		atMost(t.What, t.MS, 1000)
		fmt.Printf("    %.1f times the bare requests (%.1f ms); longest task on the main thread %.0f ms\n", median(t.MS)/t.Bare, t.Bare, t.Longest)
	}
	return nil
}
