package prestashop_test

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/prestashop"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
	"github.com/relance/relance/internal/outbound"
)

func TestAddressesAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	_, url := prestashoptest.NewShop(t, people(1), prestashoptest.Options{Base: "/boutique"})
	plain := strings.TrimPrefix(url, "http://")
	for typed, ok := range map[string]bool{
		url: true, url + "/": true, url + "/api": true, url + "/api/": true, url + "/index.php": true, " " + url + " ": true,
		strings.ToUpper(url[:4]) + url[4:]: true, plain: false, // https is the default and this shop has none
	} {
		_, _, err := connect(t, typed, quick()).Check(t.Context())
		if (err == nil) != ok {
			t.Errorf("%q: %v", typed, err)
		}
	}
}

func TestCredentialsAreCheckedBeforeAnyRequest(t *testing.T) {
	t.Parallel()
	good := relance.Credentials{URL: "shop.example.com", Key: prestashoptest.DefaultKey}
	for name, c := range map[string]struct {
		change func(*relance.Credentials)
		field  string
	}{
		"no address":       {func(c *relance.Credentials) { c.URL = "" }, "url"},
		"not an address":   {func(c *relance.Credentials) { c.URL = "http://" }, "url"},
		"spaces":           {func(c *relance.Credentials) { c.URL = "my shop" }, "url"},
		"ftp":              {func(c *relance.Credentials) { c.URL = "ftp://shop.example.com" }, "url"},
		"key in address":   {func(c *relance.Credentials) { c.URL = "https://KEY@shop.example.com" }, "url"},
		"no key":           {func(c *relance.Credentials) { c.Key = "" }, "key"},
		"short key":        {func(c *relance.Credentials) { c.Key = "short" }, "key"},
		"long key":         {func(c *relance.Credentials) { c.Key += "x" }, "key"},
		"key with a colon": {func(c *relance.Credentials) { c.Key = c.Key[:31] + ":" }, "key"},
		"key with a break": {func(c *relance.Credentials) { c.Key = c.Key[:31] + "\n" }, "key"},
		"shop id":          {func(c *relance.Credentials) { c.ShopID = "all" }, "shopId"},
	} {
		creds := good
		c.change(&creds)
		_, err := newConnector(t, quick(), creds)
		var e *relance.Error
		if !errors.As(err, &e) || e.Field != c.field || e.Code != relance.CodeBadInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := newConnector(t, quick(), good); err != nil {
		t.Error(err)
	}
}

// readResources are the resources that the sync reads.
func readResources() []string {
	return []string{"configurations", "customers", "addresses", "groups", "customer_threads", "customer_messages", "orders", "order_states",
		"order_histories", "order_slip", "order_cart_rules", "carts", "guests", "products", "categories", "combinations", "product_options",
		"product_option_values", "stock_availables", "currencies", "languages", "countries", "states", "cart_rules"}
}

// ⚠ A missing right on a resource looks like a wrong key (401), on a method it is 405:
// each is named with what it costs and where to grant it.
func TestMissingRightsAreNamedOneByOne(t *testing.T) {
	t.Parallel()
	rights := prestashoptest.ReadOnly(readResources()...)
	rights["cart_rules"] += " POST"
	delete(rights, "order_slip")
	rights["groups"] = "PUT"
	_, url := prestashoptest.NewShop(t, lab(), prestashoptest.Options{Keys: []prestashoptest.Key{{Value: prestashoptest.DefaultKey, Rights: rights}}})
	c := connect(t, url, quick())
	_, missing, err := c.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range missing {
		names = append(names, m.Right)
		if !strings.Contains(m.Help, "Advanced Parameters > Webservice") {
			t.Errorf("%+v", m)
		}
	}
	if !slices.Equal(names, []string{"groups GET", "order_slip GET", "cart_rules PATCH", "customers PATCH"}) {
		t.Errorf("missing %v", names)
	}
	got := pull(t, c, relance.KindOrders, "")
	if len(got.orders) != 6 || !got.missing["order_slip GET"] {
		t.Errorf("%d orders, missing %v", len(got.orders), got.missing)
	}
	delete(rights, "orders")
	if _, err := connect(t, url, quick()).Pull(t.Context(), connectors.Request{Kind: relance.KindOrders}); relance.CodeOf(err) != relance.CodeShopRights || relance.Temporary(err) {
		t.Errorf("no right to orders: %v", err)
	}
}

func TestNoRightAtAll(t *testing.T) {
	t.Parallel()
	_, url := prestashoptest.NewShop(t, people(1), prestashoptest.Options{Keys: []prestashoptest.Key{{Value: prestashoptest.DefaultKey, Rights: prestashoptest.ReadOnly()}}})
	_, missing, err := connect(t, url, quick()).Check(t.Context())
	if relance.CodeOf(err) != relance.CodeShopRights || len(missing) < 20 {
		t.Errorf("%d missing, %v", len(missing), err)
	}
}

// wrongShops lists every way in which what answers is not the shop we were promised.
func wrongShops() map[string]wrongShop {
	shop := func(o prestashoptest.Options, conditions ...prestashoptest.Condition) func(*testing.T) string {
		return func(t *testing.T) string {
			s, url := prestashoptest.NewShop(t, people(2), o)
			for _, c := range conditions {
				s.SetCondition(c, true)
			}
			return url
		}
	}
	handler := func(f http.HandlerFunc) func(*testing.T) string {
		return func(t *testing.T) string { return serve(t, f) }
	}
	text := func(status int, ctype, body string) func(*testing.T) string {
		return handler(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", ctype)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		})
	}
	return map[string]wrongShop{
		"wrong key":         {shop(prestashoptest.Options{Keys: []prestashoptest.Key{{Value: strings.Repeat("X", 32)}}}), relance.CodeShopAuth, "does not know"},
		"inactive key":      {shop(prestashoptest.Options{Keys: []prestashoptest.Key{{Value: prestashoptest.DefaultKey, Inactive: true}}}), relance.CodeShopAuth, "switched off"},
		"key dropped":       {shop(prestashoptest.Options{}, prestashoptest.NoAuthHeader), relance.CodeShopAuth, "Authorization"},
		"disabled":          {shop(prestashoptest.Options{}, prestashoptest.Disabled), relance.CodeShopRights, "switch it on"},
		"database down":     {shop(prestashoptest.Options{}, prestashoptest.DatabaseDown), relance.CodeShopDown, "error of its own"},
		"out of memory":     {shop(prestashoptest.Options{}, prestashoptest.OutOfMemory), relance.CodeShopDown, "500"},
		"a web page":        {text(200, "text/html", "<!DOCTYPE html><html><body>Hello</body></html>"), relance.CodeShopAddress, "web page"},
		"another API":       {text(200, "application/json", `{"hello":"world"}`), relance.CodeShopAddress, "no PrestaShop"},
		"not found":         {text(404, "text/html", "<html>404</html>"), relance.CodeShopAddress, "no PrestaShop webservice"},
		"password of a web": {text(401, "text/html", "no"), relance.CodeShopAuth, "password"},
		"firewall":          {text(403, "text/html", "blocked"), relance.CodeShopAuth, "firewall"},
		"maintenance":       {text(503, "text/html", "soon"), relance.CodeShopBusy, "maintenance"},
		"throttle":          {text(429, "text/html", "slow"), relance.CodeShopBusy, "fewer"},
		"teapot":            {text(418, "text/html", "tea"), relance.CodeShopAddress, "418"},
		"empty":             {text(200, "text/xml", ""), relance.CodeShopAddress, "no PrestaShop"},
		"no server":         {func(*testing.T) string { return "http://127.0.0.1:1" }, relance.CodeShopDown, "cannot be reached"},
		"private":           {func(*testing.T) string { return "http://10.1.2.3" }, relance.CodeShopAddress, "private network"},
		"metadata service":  {func(*testing.T) string { return "http://169.254.169.254" }, relance.CodeShopAddress, "private network"},
		"moved": {handler(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://www.shop.example.com"+r.URL.Path, http.StatusMovedPermanently)
		}), relance.CodeShopAddress, "use the address https://www.shop.example.com."},
		"to the front page": {handler(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) }), relance.CodeShopAddress, "front page"},
		"2 GB": {handler(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "2147483648")
			_, _ = w.Write([]byte("<prestashop>"))
		}), relance.CodeShopAddress, "no PrestaShop"},
	}
}

// wrongShop is something that is not the shop we were promised, and what is said of it.
type wrongShop struct {
	url  func(*testing.T) string
	code relance.Code
	says string
}

func TestCheckExplainsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range wrongShops() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := quick()
			o.Tries = 2
			_, _, err := connect(t, c.url(t), o).Check(t.Context())
			if relance.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s %v; want %s …%s…", relance.CodeOf(err), err, c.code, c.says)
			}
			if strings.Contains(err.Error(), prestashoptest.DefaultKey) {
				t.Error("the key is in the error")
			}
		})
	}
}

// Maintenance closes the front office only.
func TestMaintenanceDoesNotStopTheWebservice(t *testing.T) {
	t.Parallel()
	s, url := prestashoptest.NewShop(t, people(3), prestashoptest.Options{})
	s.SetCondition(prestashoptest.Maintenance, true)
	if got := pull(t, connect(t, url, quick()), relance.KindCustomers, ""); len(got.customers) != 3 {
		t.Error(len(got.customers))
	}
}

// A body that never ends is cut by the time limit, one that is too long by size.
func TestEndlessBodies(t *testing.T) {
	t.Parallel()
	done := make(chan struct{})
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for {
			select {
			case <-r.Context().Done():
				return
			case <-done:
				return
			default:
				if _, err := w.Write([]byte(strings.Repeat(" ", 1<<10))); err != nil {
					return
				}
				w.(http.Flusher).Flush()
			}
		}
	}))
	defer close(done)
	for _, c := range []struct {
		max     int64
		timeout time.Duration
		code    relance.Code
	}{{1 << 16, 5 * time.Second, relance.CodeShopGarbage}, {1 << 40, 100 * time.Millisecond, relance.CodeShopDown}} {
		o := quick()
		o.Tries, o.MaxBody, o.Timeout = 1, c.max, c.timeout
		web := outbound.New(outbound.Options{AllowNetworks: loopback(), MaxBody: 1 << 40})
		conn, err := prestashop.NewPlatform(o).New(connectors.Deps{HTTP: web, Now: time.Now}, relance.Credentials{URL: url, Key: prestashoptest.DefaultKey})
		if err != nil {
			t.Fatal(err)
		}
		_, err = conn.Pull(t.Context(), connectors.Request{Kind: relance.KindCustomers})
		if relance.CodeOf(err) != c.code {
			t.Errorf("max %d: %v", c.max, err)
		}
		web.CloseIdleConnections()
	}
}

// A redirect is not followed even by a client that would.
func TestTheKeyFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	reached := false
	other := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other+r.URL.Path, http.StatusFound) }))
	web := &http.Client{Transport: &http.Transport{}}
	defer web.CloseIdleConnections()
	c, err := prestashop.NewPlatform(quick()).New(connectors.Deps{HTTP: web}, relance.Credentials{URL: url, Key: prestashoptest.DefaultKey})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err = c.Check(t.Context()); relance.CodeOf(err) != relance.CodeShopAddress || reached {
		t.Errorf("%v, reached %v", err, reached)
	}
}

// Cancellation is obeyed within a second, whatever the shop does.
func TestCancellation(t *testing.T) {
	t.Parallel()
	done := make(chan struct{})
	arrived := make(chan struct{}, 100)
	hang := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		select {
		case <-r.Context().Done():
		case <-done:
		}
	}))
	defer close(done)
	fail := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		arrived <- struct{}{}
		w.WriteHeader(http.StatusInternalServerError)
	}))
	for _, url := range []string{hang, fail} {
		o := quick()
		o.Timeout, o.Backoff, o.Tries = time.Minute, time.Minute, 5
		ctx, cancel := context.WithCancel(t.Context())
		c := connect(t, url, o)
		go func() {
			<-arrived
			cancel()
		}()
		began := time.Now()
		_, err := c.Pull(ctx, connectors.Request{Kind: relance.KindCustomers})
		if !errors.Is(err, context.Canceled) || time.Since(began) > time.Second {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		if _, err = c.Pull(ctx, connectors.Request{Kind: relance.KindCustomers}); !errors.Is(err, context.Canceled) {
			t.Errorf("with a context that has ended: %v", err)
		}
		cancel()
	}
}

// At most two requests at a time, however many connectors one platform made.
func TestTwoRequestsAtATime(t *testing.T) {
	t.Parallel()
	inside := make(chan struct{}, 100)
	release := make(chan struct{})
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		inside <- struct{}{}
		<-release
		w.WriteHeader(http.StatusNotFound)
	}))
	p := prestashop.NewPlatform(quick())
	web := outbound.New(outbound.Options{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	defer web.CloseIdleConnections()
	results := make(chan error, 6)
	for range 6 {
		c, err := p.New(connectors.Deps{HTTP: web, Now: time.Now}, relance.Credentials{URL: url, Key: prestashoptest.DefaultKey})
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			_, _, err := c.Check(context.Background())
			results <- err
		}()
	}
	<-inside
	<-inside
	select {
	case <-inside:
		t.Error("a third request was made")
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	for range 6 {
		if err := <-results; relance.CodeOf(err) != relance.CodeShopAddress {
			t.Error(err)
		}
	}
}

// ⚠ Multi-shop: without id_shop the default shop answers, carts are of all shops,
// id_shop without the right is 403, an unknown shop redirects to the front page.
func TestMultiShop(t *testing.T) {
	t.Parallel()
	seed := lab()
	shop, url := prestashoptest.NewShop(t, seed, prestashoptest.Options{Shops: []prestashoptest.ShopRow{{ID: 1, Name: "One"}, {ID: 2, Name: "Two"}, {ID: 3, Name: "Three"}},
		Keys: []prestashoptest.Key{{Value: prestashoptest.DefaultKey, Shops: []int64{1, 2}}}})
	for _, id := range []int64{100, 101, 102} {
		shop.MoveToShop("customers", id, 2)
	}
	shop.MoveToShop("orders", 1, 2)
	shop.MoveToShop("carts", 32, 2)
	second := func(c *relance.Credentials) { c.ShopID = "2" }
	one, two := connect(t, url, quick()), connect(t, url, quick(), second)
	a, b := pull(t, one, relance.KindCustomers, ""), pull(t, two, relance.KindCustomers, "")
	if len(a.customers) != 9 || len(b.customers) != 3 {
		t.Errorf("%d and %d customers", len(a.customers), len(b.customers))
	}
	if len(pull(t, one, relance.KindCarts, "").carts) != 4 || len(pull(t, two, relance.KindCarts, "").carts) != 1 {
		t.Error("carts of the other shop came along")
	}
	if len(allIDs(t, one, relance.KindCarts)) != 4 || len(allIDs(t, two, relance.KindCarts)) != 1 {
		t.Error("ids of carts of the other shop came along")
	}
	x, _, err := one.Check(t.Context())
	y, _, err2 := two.Check(t.Context())
	if err != nil || err2 != nil || x.ExternalKey == y.ExternalKey || y.Name != "Two" {
		t.Errorf("%v %v %+v %+v", err, err2, x, y)
	}
	if z, _, _ := connect(t, url, quick(), func(c *relance.Credentials) { c.ShopID = "1" }).Check(t.Context()); z.ExternalKey != x.ExternalKey {
		t.Error("the default shop has two keys")
	}
	if _, _, err := connect(t, url, quick(), func(c *relance.Credentials) { c.ShopID = "3" }).Check(t.Context()); relance.CodeOf(err) != relance.CodeShopRights {
		t.Errorf("a shop without the right: %v", err)
	}
	if _, _, err := connect(t, url, quick(), func(c *relance.Credentials) { c.ShopID = "7" }).Check(t.Context()); relance.CodeOf(err) != relance.CodeShopAddress || !strings.Contains(err.Error(), "no shop with the id 7") {
		t.Errorf("an unknown shop: %v", err)
	}
}

// Older versions lack fields; they are left out and the rest is read.
func TestOlderVersions(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1.7.8.11", "8.2.0"} {
		_, url := prestashoptest.NewShop(t, lab(), prestashoptest.Options{Version: version})
		c := connect(t, url, quick())
		info, _, err := c.Check(t.Context())
		if err != nil || info.Version != version {
			t.Fatalf("%+v %v", info, err)
		}
		if got := pull(t, c, relance.KindOrders, ""); len(got.orders) != 6 || len(got.orders["1"].Lines) != 2 {
			t.Errorf("%s: %d orders", version, len(got.orders))
		}
	}
}
