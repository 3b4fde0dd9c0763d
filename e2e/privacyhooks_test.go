package e2e_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors/shopify/shopifytest"
	"github.com/relance/relance/public"
)

// A word of Shopify about privacy is believed only where it is signed, becomes one entry of the register
// however often it comes, and erases whom no other shop knows.
func TestShopifyPassesPrivacyOn(t *testing.T) {
	t.Parallel()
	const secret = "shpss_test"
	p := newPost(t, 30, worldOptions{shopify: shopifytest.Options{ClientID: "app", ClientSecret: secret}})
	var out struct {
		R struct {
			Shop   struct{ ID uuid.UUID }
			Errors []struct{ Message string }
		}
	}
	p.ask(`mutation($s: ConnectShopifyInput!) { r: connectShopify(input: $s) { shop { id } errors { message } } }`, map[string]any{"s": map[string]any{"domain": p.hosts[relance.Shopify], "clientId": "app", "clientSecret": secret}}, &out)
	if len(out.R.Errors) > 0 {
		t.Fatal(out.R.Errors)
	}
	shop := out.R.Shop.ID
	p.await(time.Minute, p.startSync(shop, false))
	post := func(topic, body, signature string) int { return p.webhook(shop, topic, body, signature) }
	who := p.seed.Shopify.Customers[1]
	redact := fmt.Sprintf(`{"shop_id": 1, "customer": {"id": %s, "email": %q}, "orders_to_redact": []}`, who.ExternalID, who.Email)
	request := fmt.Sprintf(`{"shop_id": 1, "customer": {"id": %s}, "data_request": {"id": 77}}`, p.seed.Shopify.Customers[2].ExternalID)
	if got := post("customers/redact", redact, p.world.shopify.Sign([]byte(redact+" "))); got != http.StatusUnauthorized {
		t.Errorf("a word with another's signature: %d", got)
	}
	for range 2 {
		if got := post("customers/redact", redact, p.world.shopify.Sign([]byte(redact))) + post("customers/data_request", request, p.world.shopify.Sign([]byte(request))) + post("shop/redact", `{"shop_id": 1}`, p.world.shopify.Sign([]byte(`{"shop_id": 1}`))); got != 3*http.StatusNoContent {
			t.Errorf("signed words: %d", got)
		}
	}
	list := func() map[string]int {
		all, err := p.store.PrivacyRequests(t.Context(), p.merchant, nil, nil, false, 50)
		must(t, err)
		states := map[string]int{}
		for _, r := range all {
			states[string(r.Kind)+" "+string(r.State)]++
		}
		return states
	}
	p.until("they are erased", func() bool { return list()["ERASURE DONE"] == 1 })
	if got := list(); got["ACCESS IDENTIFIED"] != 1 || got["ERASURE RECEIVED"] != 1 || len(got) != 3 {
		t.Errorf("the register: %v", got)
	}
	if id, _, err := p.store.ProfileOfRecord(t.Context(), p.merchant, shop, who.ExternalID); err != nil || id != nil {
		t.Errorf("they are still there: %v %v", id, err)
	}
}

// webhook lets the platform tell a word of a shop, and gives the answer's status.
func (p *post) webhook(shop uuid.UUID, topic, body, signature string) int {
	r := httptest.NewRequestWithContext(p.t.Context(), http.MethodPost, "/hooks/privacy/"+shop.String(), strings.NewReader(body))
	r.Header.Set("X-Shopify-Topic", topic)
	r.Header.Set("X-Shopify-Hmac-Sha256", signature)
	w := httptest.NewRecorder()
	public.ShopHookHandler(p.app, quiet()).ServeHTTP(w, r)
	return w.Code
}

// A shop that was connected by a pasted token is believed once the app's secret stands beside it: with none, and
// with a wrong one, nothing is. A new token leaves the secret as it is, and nobody reads it.
func TestAPastedTokenWithItsSecret(t *testing.T) {
	t.Parallel()
	const secret = "shpss_test"
	p := newPost(t, 10, worldOptions{shopify: shopifytest.Options{ClientSecret: secret}})
	p.pull()
	word := `{"shop_id": 1, "customer": {"id": ` + p.seed.Shopify.Customers[2].ExternalID + `}, "data_request": {"id": 7}}`
	tell := func() int {
		return p.webhook(p.shopify, "customers/data_request", word, p.world.shopify.Sign([]byte(word)))
	}
	verified := func() bool {
		var out struct {
			Shop struct {
				Webhooks struct{ Verified, BySecret bool }
			}
			None struct{ Webhooks *struct{ Path string } }
		}
		p.ask(`query($s: ID!, $n: ID!) { shop(id: $s) { webhooks { path verified bySecret } } none: shop(id: $n) { webhooks { path } } }`, map[string]any{"s": p.shopify, "n": p.presta}, &out)
		if !out.Shop.Webhooks.BySecret || out.None.Webhooks != nil {
			t.Errorf("%+v", out)
		}
		return out.Shop.Webhooks.Verified
	}
	type answer struct {
		R struct {
			Errors []struct {
				Field string
				Cause *struct{ Code string }
			}
		}
	}
	save := func(shop uuid.UUID, key string) string {
		var out answer
		p.ask(`mutation($s: ID!, $k: String!) { r: shopSecretSave(shopId: $s, apiSecretKey: $k) { errors { field cause { code } } } }`, map[string]any{"s": shop, "k": key}, &out)
		if len(out.R.Errors) == 0 {
			return ""
		}
		return out.R.Errors[0].Cause.Code
	}
	connect := func(token string, more map[string]any) {
		in := map[string]any{"domain": p.hosts[relance.Shopify], "accessToken": token}
		maps.Copy(in, more)
		var out answer
		p.ask(`mutation($s: ConnectShopifyInput!) { r: connectShopify(input: $s) { errors { field cause { code } } } }`, map[string]any{"s": in}, &out)
		if len(out.R.Errors) > 0 {
			t.Fatalf("%+v", out)
		}
	}
	if got := tell(); verified() || got != http.StatusUnauthorized {
		t.Errorf("without a secret: %d", got)
	}
	for key, want := range map[string]string{"  ": "API_SECRET_FORM", "a b": "API_SECRET_FORM", strings.Repeat("x", 201): "API_SECRET_FORM", "shpat_0123": "API_SECRET_IS_TOKEN"} {
		if got := save(p.shopify, key); got != want {
			t.Errorf("%q as a secret: %s", key, got)
		}
	}
	if got := save(p.presta, secret); got != "NO_WEBHOOKS" {
		t.Errorf("at PrestaShop: %s", got)
	}
	if got := save(p.shopify, "shpss_wrong"); got != "" || !verified() || tell() != http.StatusUnauthorized {
		t.Errorf("a wrong secret: %s", got)
	}
	if got := save(p.shopify, " "+secret+" "); got != "" || tell() != http.StatusNoContent {
		t.Errorf("the secret: %s", got)
	}
	connect("shpat_test", nil)
	if !verified() || tell() != http.StatusNoContent {
		t.Error("a new token takes the secret away")
	}
	connect("shpat_test", map[string]any{"apiSecretKey": "shpss_wrong"})
	if tell() != http.StatusUnauthorized {
		t.Error("another secret beside the token is not taken")
	}
}
