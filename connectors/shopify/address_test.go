package shopify

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/shopify/shopifytest"
	"github.com/relance/relance/internal/outbound"
)

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	good := map[string]string{
		"one.myshopify.com": "https://one.myshopify.com", " https://One-2.myshopify.com/admin ": "https://one-2.myshopify.com",
		"127.0.0.1:8080": "http://127.0.0.1:8080", "http://localhost:8080": "http://localhost:8080", "[::1]:80": "http://[::1]:80",
	}
	for typed, want := range good {
		if a, err := parseAddress(typed); err != nil || a.base.String() != want {
			t.Errorf("%q: %v, %v", typed, a.base.String(), err)
		}
	}
	for _, typed := range []string{
		"", "one", "shop.example", "evil.example/myshopify.com", "evil.example#.myshopify.com", "-a.myshopify.com", "a.b.myshopify.com",
		"one.myshopify.com.evil.example", "one.myshopify.com:444", "user@one.myshopify.com", "10.0.0.1:80", "127.0.0.1", "one.myshopify.com\n",
	} {
		a, err := parseAddress(typed)
		if typed == "one.myshopify.com\n" { // blanks around are forgiven
			continue
		}
		if relance.CodeOf(err) != relance.CodeShopAddress {
			t.Errorf("%q was accepted as %s", typed, a.base.String())
		}
	}
}

func TestPlatform(t *testing.T) {
	t.Parallel()
	p := Platform()
	client := outbound.New(outbound.Options{})
	if _, err := p.New(connectors.Deps{HTTP: client}, relance.Credentials{URL: "one.myshopify.com"}); relance.CodeOf(err) != relance.CodeBadInput {
		t.Errorf("no token: %v", err)
	}
	if _, err := p.New(connectors.Deps{HTTP: client}, relance.Credentials{URL: "one.example", Key: "x"}); relance.CodeOf(err) != relance.CodeShopAddress {
		t.Errorf("wrong domain: %v", err)
	}
	if _, err := p.New(connectors.Deps{HTTP: client}, relance.Credentials{URL: "one.myshopify.com", Key: "x"}); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		key  string
		kind relance.Kind
		id   string
		want string
	}{
		{"one.myshopify.com", relance.KindOrders, "5", "https://admin.shopify.com/store/one/orders/5"},
		{"one.myshopify.com", relance.KindCarts, "6", "https://admin.shopify.com/store/one/checkouts/6"},
		{"one.myshopify.com", relance.KindCustomers, "7", "https://admin.shopify.com/store/one/customers/7"},
		{"one.myshopify.com", relance.KindOrders, "5/../x", ""},
		{"one.myshopify.com", relance.KindConsents, "5", ""},
		{"127.0.0.1:9001", relance.KindOrders, "5", ""},
	} {
		if got := p.AdminURL(c.key, c.kind, c.id); got != c.want {
			t.Errorf("%+v gives %q", c, got)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	shop := shopifytest.NewShop(t, testShop(1, 1), shopifytest.Options{Domain: "maison.myshopify.com", Scopes: []string{"write_customers", "read_orders"}})
	info, missing, err := connect(t, shop, nil).Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := relance.ShopInfo{ExternalKey: "maison.myshopify.com", Name: "Maison Test", URL: "https://maison.example", Currency: "EUR", TimeZone: "Europe/Paris", Version: Version}
	if info != want {
		t.Errorf("got %+v", info)
	}
	var names []string
	for _, m := range missing {
		names = append(names, m.Right)
		if m.Help == "" {
			t.Errorf("%s has no help", m.Right)
		}
	}
	if strings.Join(names, " ") != "read_all_orders read_products read_returns write_discounts" {
		t.Errorf("missing %v", names)
	}
	shop.RevokeToken("other")
	if _, _, err := connect(t, shop, nil).Check(t.Context()); relance.CodeOf(err) != relance.CodeShopAuth {
		t.Errorf("wrong token: %v", err)
	}
}

func TestClientCredentials(t *testing.T) {
	t.Parallel()
	now := time.Now()
	shop := shopifytest.NewShop(t, testShop(3, 0), shopifytest.Options{ClientID: "app", ClientSecret: "secret", Token: "none", Now: func() time.Time { return now }})
	with := func(secret string) *Connector {
		base := connect(t, shop, nil)
		c, err := newConnector(connectors.Deps{HTTP: &http.Client{Transport: base.http.Transport.(fenced).next}, Now: func() time.Time { return now }},
			relance.Credentials{URL: shop.Addr, ClientID: "app", ClientSecret: secret}, fastTuning())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if _, _, err := with("wrong").Check(t.Context()); relance.CodeOf(err) != relance.CodeShopAuth {
		t.Errorf("wrong secret: %v", err)
	}
	grants := func() (n int) {
		for _, r := range shop.Requests() {
			if strings.HasSuffix(r.Path, "access_token") {
				n++
			}
		}
		return n
	}
	before, c := grants(), with("secret")
	for range 3 {
		if _, _, err := c.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := grants() - before; n != 1 {
		t.Errorf("asked for %d tokens, want 1", n)
	}
	shop.RevokeToken("none")
	if _, _, err := c.Check(t.Context()); err != nil {
		t.Errorf("a revoked token must be replaced: %v", err)
	}
	now = now.Add(25 * time.Hour)
	if _, _, err := c.Check(t.Context()); err != nil {
		t.Errorf("an expired token must be replaced: %v", err)
	}
	if n := grants() - before; n != 3 {
		t.Errorf("asked for %d tokens, want 3", n)
	}
}

// notShop is a server that is something else, and what it is to be called.
type notShop struct {
	handler http.HandlerFunc
	code    relance.Code
}

func notShops() map[string]notShop {
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	return map[string]notShop{
		"HTML":            {answer(200, "<html><body>Hello</body></html>"), relance.CodeShopGarbage},
		"empty":           {answer(200, ""), relance.CodeShopGarbage},
		"other JSON":      {answer(200, `{"hello":1}`), relance.CodeShopGarbage},
		"a number":        {answer(200, `7`), relance.CodeShopGarbage},
		"an array":        {answer(200, `[]`), relance.CodeShopGarbage},
		"data of another": {answer(200, `{"data":{"shop":7}}`), relance.CodeShopGarbage},
		"not found":       {answer(404, "nothing here"), relance.CodeShopAddress},
		"forbidden":       {answer(403, `{"errors":"no"}`), relance.CodeShopRights},
		"frozen":          {answer(402, `{"errors":"Unavailable Shop"}`), relance.CodeShopDown},
		"maintenance":     {answer(503, "<html>back soon</html>"), relance.CodeShopDown},
		"throttle":        {answer(429, `{"errors":"slow"}`), relance.CodeShopBusy},
		"errors as text":  {answer(200, `{"errors":"[API] something"}`), relance.CodeShopDown},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://evil.example/", http.StatusFound)
		}, relance.CodeShopAddress},
		"endless body": {func(w http.ResponseWriter, _ *http.Request) {
			for range 64 {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
		}, relance.CodeShopGarbage},
	}
}

// TestNotAShop connects to servers that are something else.
func TestNotAShop(t *testing.T) {
	t.Parallel()
	for name, c := range notShops() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(c.handler)
			t.Cleanup(server.Close)
			client := outbound.New(outbound.Options{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, MaxBody: 1 << 20})
			t.Cleanup(client.CloseIdleConnections)
			conn, err := newConnector(connectors.Deps{HTTP: client}, relance.Credentials{URL: server.Listener.Addr().String(), Key: "x"}, fastTuning())
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = conn.Check(t.Context())
			if relance.CodeOf(err) != c.code {
				t.Errorf("got %s (%v), want %s", relance.CodeOf(err), err, c.code)
			}
		})
	}
	t.Run("private address", func(t *testing.T) {
		conn, err := newConnector(connectors.Deps{HTTP: outbound.New(outbound.Options{})}, relance.Credentials{URL: "127.0.0.1:1", Key: "x"}, fastTuning())
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := conn.Check(t.Context()); relance.CodeOf(err) != relance.CodeShopAddress {
			t.Errorf("got %v", err)
		}
	})
}
