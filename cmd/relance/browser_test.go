package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/relance/relance/connectors/prestashop/prestashoptest"
	"github.com/relance/relance/internal/sample"
)

// browser finds what the tests of the dashboard need: Node, Chromium and the packages of
// web/. Without one of them the test says so and is skipped, except where CI is set.
func browser(t *testing.T) (node, chromium string) {
	t.Helper()
	lacks := func(what string) {
		t.Helper()
		if os.Getenv("CI") != "" {
			t.Fatalf("the dashboard is not tested: %s is missing (scripts/need.sh gets it)", what)
		}
		t.Skipf("SKIPPED, the dashboard is not tested: %s is missing (scripts/need.sh gets it)", what)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		lacks("Node")
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if chromium, err = exec.LookPath(name); err == nil {
			break
		}
	}
	if err != nil {
		lacks("Chromium")
	}
	if _, err := os.Stat("../../web/node_modules/playwright-core"); err != nil {
		lacks("web/node_modules")
	}
	return node, chromium
}

// serveSimulators serves a shop of each platform beside those of `relance dev`.
func serveSimulators(t *testing.T) (shopify, presta string) {
	t.Helper()
	shops := sample.Demo(sample.DemoOptions{Seed: 7, People: 60, Now: time.Now()})
	var addresses []string
	for _, make := range []func(addr string) http.Handler{
		func(addr string) http.Handler { h, _ := shopifySimulator(shops.Shopify, nil, addr); return h },
		func(addr string) http.Handler { h, _ := prestaShopSimulator(shops.PrestaShop, nil, addr); return h },
	} {
		srv := httptest.NewUnstartedServer(nil)
		addr := srv.Listener.Addr().String()
		srv.Config.Handler = make(addr)
		srv.Start()
		t.Cleanup(srv.Close)
		addresses = append(addresses, addr)
	}
	return addresses[0], addresses[1]
}

// troubledShop serves a PrestaShop whose key lacks rights and some of whose rows make no
// sense. A request to /mood/refuses lets it refuse the key from then on, /mood/busy ask for
// fewer requests, /mood/well be well again.
func troubledShop(t *testing.T) string {
	t.Helper()
	seed := sample.Demo(sample.DemoOptions{Seed: 9, People: 40, Now: time.Now()}).PrestaShop
	seed.Info.Name = "Tea by Post"
	rights := prestashoptest.ReadOnly("configurations", "customers", "groups", "customer_threads", "customer_messages", "orders", "order_details", "order_states",
		"order_histories", "order_cart_rules", "products", "categories", "combinations", "product_options", "product_option_values", "stock_availables",
		"currencies", "languages", "countries", "states", "cart_rules", "guests", "shops", "carts")
	shop := prestashoptest.New(seed, prestashoptest.Options{Keys: []prestashoptest.Key{{Value: prestashoptest.DefaultKey, Rights: rights}}})
	spoil := func(resource, id, field, raw string) {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		shop.Spoil(resource, n, field, json.RawMessage(raw))
	}
	spoil("customers", seed.Customers[3].ExternalID, "birthday", `"2026-13-45"`)
	spoil("customers", seed.Customers[5].ExternalID, "lastname", `{"a":1}`)
	spoil("orders", seed.Orders[2].ExternalID, "total_paid_tax_incl", `"12,50"`)
	spoil("orders", seed.Orders[4].ExternalID, "id_currency", `99`)
	var mood atomic.Value
	mood.Store("well")
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if to, ok := strings.CutPrefix(r.URL.Path, "/mood/"); ok {
			mood.Store(to)
			return
		}
		switch mood.Load() {
		case "busy":
			http.Error(w, "Too Many Requests", http.StatusTooManyRequests)
			return
		case "refuses":
			r.SetBasicAuth(strings.Repeat("X", 32), "")
			r.URL.RawQuery = strings.ReplaceAll(r.URL.RawQuery, prestashoptest.DefaultKey, strings.Repeat("X", 32))
		}
		shop.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// awaitPulls waits until the demo's shops have been pulled once.
func awaitPulls(t *testing.T, address, token string) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) { // a pull takes what it takes
		_, body := get(t, http.MethodPost, address+"graphql", token, `{"query":"{ shops { lastSyncedAt } profiles(first: 1) { totalCount } }"}`)
		var r struct {
			Data struct {
				Shops    []struct{ LastSyncedAt *string }
				Profiles struct{ TotalCount int }
			}
		}
		if err := json.Unmarshal([]byte(body), &r); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		if s := r.Data.Shops; len(s) == 2 && s[0].LastSyncedAt != nil && s[1].LastSyncedAt != nil && r.Data.Profiles.TotalCount > 0 {
			return
		}
	}
	t.Fatal("the demo's shops were not pulled within three minutes")
}

// The tests are web/e2e, in a real browser against the product as `relance dev` shows it.
func TestDashboardInABrowser(t *testing.T) {
	node, chromium := browser(t)
	for _, name := range []string{"DATABASE_URL", "REDIS_URL", "RELANCE_SECRET_KEY", "RELANCE_ADDR", "RELANCE_STATE"} {
		t.Setenv(name, "")
	}
	state := t.TempDir()
	address, token, stop := devWith(t, state, "--people", "300")
	defer stop()
	awaitPulls(t, address, token)
	pastCampaign(t, state, address, token)
	password, err := os.ReadFile(filepath.Join(state, "owner.password"))
	if err != nil {
		t.Fatal(err)
	}
	shopify, presta := serveSimulators(t)
	pictures, err := filepath.Abs("../../artifacts/screenshots")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 25*time.Minute)
	defer cancel()
	tests := exec.CommandContext(ctx, node, "--test", "--test-concurrency=1", "--test-reporter=spec", "e2e/")
	tests.Dir = "../../web"
	tests.Env = append(os.Environ(), "CHROMIUM="+chromium, "RELANCE_URL="+address, "RELANCE_PASSWORD="+strings.TrimSpace(string(password)), "RELANCE_SCREENSHOTS="+pictures,
		"RELANCE_SHOPIFY_URL="+shopify, "RELANCE_SHOPIFY_TOKEN="+demoToken, "RELANCE_PRESTASHOP_URL=http://"+presta, "RELANCE_PRESTASHOP_KEY="+prestashoptest.DefaultKey, "RELANCE_TROUBLED_URL="+troubledShop(t))
	out, err := tests.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("node --test: %v", err)
	}
}
