package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/graph"
)

// question is a query and the one statement that answers the same.
type question struct {
	name, graphql string
	sql           string // $1 the merchant, $2 a profile
}

// measureReads alternates the API and a bare handler, for 1, 8 and 32 clients at once.
func (r *rig) measureReads(ctx context.Context) error {
	w, err := r.filledWorld(ctx)
	if err != nil {
		return err
	}
	api, bare, err := r.servers(ctx, w)
	if err != nil {
		return err
	}
	defer api.Close()
	defer bare.Close()
	fmt.Printf("Queries over %d customers (median of %d, spread; requests/s, p50 and p99 in ms)\n", r.customers, r.runs)
	for i, q := range questions() {
		a, b := client{url: api.URL, token: r.token, body: q.body(r.profile)}, client{url: fmt.Sprintf("%s/%d", bare.URL, i), body: []byte("{}")}
		if err := sameAnswer(ctx, a, b); err != nil {
			return fmt.Errorf("%s: %w", q.name, err)
		}
		for _, clients := range []int{1, 8, 32} {
			var share, api99, bare99 []float64
			for range r.runs {
				x, err := a.load(ctx, clients, r.seconds)
				if err != nil {
					return err
				}
				y, err := b.load(ctx, clients, r.seconds)
				if err != nil {
					return err
				}
				share = append(share, x.rate/y.rate)
				api99, bare99 = append(api99, x.p99), append(bare99, y.p99)
				fmt.Printf("    %-12s %2d clients: API %7.0f/s p50 %6.2f p99 %6.2f   bare %7.0f/s p50 %6.2f p99 %6.2f\n", q.name, clients, x.rate, x.p50, x.p99, y.rate, y.p50, y.p99)
			}
			verdict := "reached"
			if median(share) < 0.3 {
				verdict = "MISSED"
			}
			fmt.Printf("  %-12s %2d clients: share of the bare handler's rate %s (aim 0.30, %s), p99 %.2f ms against %.2f ms\n", q.name, clients, spread(share), verdict, median(api99), median(bare99))
		}
	}
	return nil
}

// filledWorld is a database with the large shop in it.
func (r *rig) filledWorld(ctx context.Context) (*world, error) {
	if r.filled != nil {
		return r.filled, nil
	}
	w, err := r.newWorld(ctx, r.large)
	if err != nil {
		return nil, err
	}
	if _, err := r.productPull(ctx, w, full); err != nil {
		return nil, err
	}
	r.filled = w
	return w, nil
}

// servers starts the API and the bare handler on the same data.
func (r *rig) servers(ctx context.Context, w *world) (api, bare *httptest.Server, err error) {
	if r.token, err = w.store.CreateToken(ctx, w.merchant, relance.RoleReader, nil, "bench"); err != nil {
		return nil, nil, err
	}
	pool, err := pgxpool.New(ctx, w.url+"&pool_max_conns=40")
	if err != nil {
		return nil, nil, err
	}
	if err := pool.QueryRow(ctx, `SELECT profile_id FROM profile_stats WHERE merchant_id = $1 ORDER BY order_count DESC, profile_id LIMIT 1`, w.merchant).Scan(&r.profile); err != nil {
		return nil, nil, err
	}
	resolver := &graph.Resolver{Read: w.store, Use: w.app, Now: time.Now, ProgressEvery: time.Second}
	api = httptest.NewServer(graph.NewAuth(graph.AuthOptions{Tokens: w.store}).Require(graph.NewServer(resolver, slog.New(slog.DiscardHandler), false)))
	mux := http.NewServeMux()
	for i, q := range questions() {
		mux.HandleFunc(fmt.Sprintf("/%d", i), func(rw http.ResponseWriter, req *http.Request) {
			args := []any{w.merchant}
			if strings.Contains(q.sql, "$2") {
				args = append(args, r.profile)
			}
			var out []byte
			if err := pool.QueryRow(req.Context(), q.sql, args...).Scan(&out); err != nil {
				http.Error(rw, err.Error(), http.StatusInternalServerError)
				return
			}
			rw.Header().Set("Content-Type", "application/json")
			_, _ = rw.Write(out)
		})
	}
	return api, httptest.NewServer(mux), nil
}

func (q question) body(profile uuid.UUID) []byte {
	b, err := json.Marshal(map[string]any{"query": q.graphql, "variables": map[string]any{"id": profile}})
	if err != nil {
		return nil
	}
	return b
}

type client struct {
	url, token string
	body       []byte
}

type load struct{ rate, p50, p99 float64 }

func (c client) ask(ctx context.Context, h *http.Client) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(c.body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+c.token)
	res, err := h.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err == nil && (res.StatusCode != http.StatusOK || bytes.Contains(b, []byte(`"errors":[{`))) {
		err = fmt.Errorf("status %d: %.300s", res.StatusCode, b)
	}
	return b, err
}

// load asks as fast as it can from so many clients for so many seconds.
func (c client) load(ctx context.Context, clients int, seconds float64) (load, error) {
	h := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	defer h.CloseIdleConnections()
	var mu sync.Mutex
	var times []float64
	var failed error
	deadline := time.Now().Add(time.Duration(seconds * float64(time.Second)))
	var all sync.WaitGroup
	began := time.Now()
	for range clients {
		all.Go(func() {
			var own []float64
			for time.Now().Before(deadline) {
				at := time.Now()
				if _, err := c.ask(ctx, h); err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
					return
				}
				own = append(own, float64(time.Since(at).Microseconds())/1000)
			}
			mu.Lock()
			times = append(times, own...)
			mu.Unlock()
		})
	}
	all.Wait()
	if failed != nil || len(times) == 0 {
		return load{}, failed
	}
	slices.Sort(times)
	return load{rate: float64(len(times)) / time.Since(began).Seconds(), p50: times[len(times)/2], p99: times[len(times)*99/100]}, nil
}

// sameAnswer makes sure that both give the same ids and amounts.
func sameAnswer(ctx context.Context, a, b client) error {
	x, err := a.ask(ctx, http.DefaultClient)
	if err != nil {
		return err
	}
	y, err := b.ask(ctx, http.DefaultClient)
	if err != nil {
		return err
	}
	got, want := essence(x), essence(y)
	slices.Sort(got)
	slices.Sort(want)
	if len(got) < 10 || !slices.Equal(got, want) {
		return fmt.Errorf("the answers differ: %d values against %d\n%.1500s\n%.1500s", len(got), len(want), x, y)
	}
	return nil
}

// essence lists the ids, amounts and titles of an answer.
func essence(raw []byte) []string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return nil
	}
	var out []string
	var walk func(key string, v any)
	walk = func(key string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				walk(k, x)
			}
		case []any:
			for _, x := range v {
				walk(key, x)
			}
		case string:
			if d, err := decimal.NewFromString(v); key == "amount" && err == nil {
				out = append(out, d.String())
			} else if key == "id" || key == "title" || key == "number" || key == "displayName" {
				out = append(out, v)
			}
		}
	}
	walk("", v)
	return out
}
