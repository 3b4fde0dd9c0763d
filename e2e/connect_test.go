package e2e_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
)

// Whatever is wrong with what a merchant types comes back in the payload's errors, with a
// code, and never with the key in it.
func TestConnectErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldOptions{shops: demo(2), noWork: true})
	html := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		_, _ = rw.Write([]byte("<html>Welcome to my bakery</html>"))
	}))
	t.Cleanup(html.Close)
	presta := "http://" + w.hosts[relance.PrestaShop]
	wrongKey := strings.Repeat("W", 32)
	for what, c := range map[string]struct {
		mutation string
		input    map[string]any
		codes    string
	}{
		"wrong key":              {"connectPrestaShop", map[string]any{"url": presta, "key": wrongKey}, "SHOP_AUTH"},
		"a key that cannot be":   {"connectPrestaShop", map[string]any{"url": presta, "key": "short"}, "BAD_INPUT SHOP_AUTH"},
		"no address":             {"connectPrestaShop", map[string]any{"url": "", "key": wrongKey}, "BAD_INPUT SHOP_ADDRESS"},
		"no such scheme":         {"connectPrestaShop", map[string]any{"url": "ftp://shop.example", "key": wrongKey}, "BAD_INPUT SHOP_ADDRESS"},
		"nobody listens":         {"connectPrestaShop", map[string]any{"url": "http://127.0.0.1:1", "key": wrongKey}, "SHOP_ADDRESS SHOP_DOWN"},
		"a private network":      {"connectPrestaShop", map[string]any{"url": "http://10.1.2.3", "key": wrongKey}, "SHOP_ADDRESS"},
		"the cloud's metadata":   {"connectPrestaShop", map[string]any{"url": "http://169.254.169.254/latest", "key": wrongKey}, "SHOP_ADDRESS"},
		"a website, no shop":     {"connectPrestaShop", map[string]any{"url": html.URL, "key": wrongKey}, "SHOP_ADDRESS SHOP_GARBAGE"},
		"a shop of another kind": {"connectPrestaShop", map[string]any{"url": "http://" + w.hosts[relance.Shopify], "key": wrongKey}, "SHOP_ADDRESS SHOP_GARBAGE"},
		"wrong token":            {"connectShopify", map[string]any{"domain": w.hosts[relance.Shopify], "accessToken": "shpat_wrong"}, "SHOP_AUTH"},
		"no credentials":         {"connectShopify", map[string]any{"domain": w.hosts[relance.Shopify]}, "BAD_INPUT SHOP_AUTH"},
		"not Shopify's domain":   {"connectShopify", map[string]any{"domain": "shop.example.com", "accessToken": "shpat_wrong"}, "BAD_INPUT SHOP_ADDRESS"},
		"PrestaShop's address":   {"connectShopify", map[string]any{"domain": w.hosts[relance.PrestaShop], "accessToken": "shpat_wrong"}, "SHOP_ADDRESS SHOP_GARBAGE SHOP_AUTH"},
	} {
		kind := "ConnectPrestaShopInput"
		if c.mutation == "connectShopify" {
			kind = "ConnectShopifyInput"
		}
		var out map[string]struct {
			Shop   *struct{ ID string }
			Errors []struct{ Code, Message string }
		}
		w.ask("mutation($input: "+kind+"!) { "+c.mutation+"(input: $input) { shop { id } errors { code message } } }", map[string]any{"input": c.input}, &out)
		got := out[c.mutation]
		if got.Shop != nil || len(got.Errors) != 1 || !strings.Contains(" "+c.codes+" ", " "+got.Errors[0].Code+" ") {
			t.Errorf("%s: %+v, want one of %s", what, got, c.codes)
			continue
		}
		if len(got.Errors[0].Message) < 10 || strings.Contains(got.Errors[0].Message, wrongKey) || strings.Contains(got.Errors[0].Message, "shpat_wrong") {
			t.Errorf("%s: the message %q", what, got.Errors[0].Message)
		}
	}
	list, err := w.store.Shops(t.Context(), w.merchant, nil)
	must(t, err)
	if len(list) != 0 {
		t.Errorf("%d shops are connected after all", len(list))
	}
}

func TestConnectingAgainGivesNewCredentials(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldOptions{shops: demo(2), noWork: true, presta: prestashoptest.Options{}})
	s1, p1 := w.connect()
	s2, p2 := w.connect()
	if s1 != s2 || p1 != p2 {
		t.Errorf("connecting again makes further shops: %s %s, %s %s", s1, s2, p1, p2)
	}
	list, err := w.store.Shops(t.Context(), w.merchant, nil)
	must(t, err)
	if len(list) != 2 {
		t.Errorf("%d shops", len(list))
	}
	_, sealed, err := w.store.ShopCredentials(t.Context(), w.merchant, s1)
	must(t, err)
	if strings.Contains(string(sealed), "shpat_test") {
		t.Error("the token is stored as it is")
	}
}

// A platform says what it gives, so that nobody waits for carts of a source without any.
func TestAShopSaysWhatItGives(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	const query = `{ shops { platform kinds } }`
	if r := a.as(a.token, query, nil); string(r.Data) != `{"shops":[{"platform":"SHOPIFY","kinds":["PRODUCTS","CUSTOMERS","ORDERS","CARTS","DELETIONS"]},`+
		`{"platform":"PRESTASHOP","kinds":["PRODUCTS","CUSTOMERS","ORDERS","CARTS","CONSENTS","DELETIONS"]}]}` {
		t.Errorf("the kinds: %s", r.Body)
	}
	a.app.Platforms = []connectors.Platform{{Name: relance.Shopify, Kinds: []relance.Kind{relance.KindCustomers, relance.KindOrders}}}
	if r := a.as(a.token, query, nil); string(r.Data) != `{"shops":[{"platform":"SHOPIFY","kinds":["CUSTOMERS","ORDERS"]},{"platform":"PRESTASHOP","kinds":[]}]}` {
		t.Errorf("a source without carts: %s", r.Body)
	}
}
