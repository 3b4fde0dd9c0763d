package prestashop_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
)

// spy stands before a shop and keeps what is written.
type spy struct {
	mu     sync.Mutex
	bodies []string
	verbs  []string
	answer func(http.ResponseWriter, *http.Request) bool // takes a write in the shop's stead
}

func (s *spy) listen(t *testing.T, shop string) string {
	t.Helper()
	target, err := url.Parse(shop)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			s.mu.Lock()
			s.bodies, s.verbs = append(s.bodies, string(body)), append(s.verbs, r.Method)
			s.mu.Unlock()
			if s.answer != nil && s.answer(w, r) {
				return
			}
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	return web.URL
}

func issuer(t *testing.T, url string) connectors.VoucherIssuer {
	t.Helper()
	return connect(t, url, quick()).(connectors.VoucherIssuer)
}

func follow(code string) relance.VoucherOrder {
	return relance.VoucherOrder{Code: code, Kind: relance.VoucherAmount, Value: decimal.RequireFromString("5.50"), Currency: "EUR", Minimum: decimal.NewFromInt(30),
		From: time.Date(2026, 3, 27, 23, 0, 0, 0, time.UTC), Until: time.Date(2026, 10, 31, 22, 59, 59, 0, time.UTC), CustomerID: "104",
		Titles: map[string]string{"en": "5 € off & \"more\"", "fr": "5 € & merci"}, Language: "fr"}
}

// ⚠ What is not sent is NULL: unlimited, or for everybody. Each field is sent, dates in the
// shop's own time over both changes of the clock, a name in each of its languages.
func TestEveryFieldOfAVoucherIsSent(t *testing.T) {
	t.Parallel()
	_, url := prestashoptest.NewShop(t, people(9), prestashoptest.Options{Languages: []string{"en", "fr", "de"}})
	watch := &spy{}
	o := follow("SENT-1")
	if _, err := issuer(t, watch.listen(t, url)).IssueVoucher(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	want := []string{"<id_customer>104</id_customer>", "<date_from>2026-03-28 00:00:00</date_from>", "<date_to>2026-10-31 23:59:59</date_to>", "<description></description>",
		"<quantity>1</quantity>", "<quantity_per_user>1</quantity_per_user>", "<priority>1</priority>", "<partial_use>0</partial_use>", "<code>SENT-1</code>",
		"<minimum_amount>30</minimum_amount>", "<minimum_amount_tax>1</minimum_amount_tax>", "<minimum_amount_currency>1</minimum_amount_currency>",
		"<minimum_amount_shipping>0</minimum_amount_shipping>", "<minimum_product_quantity>0</minimum_product_quantity>", "<country_restriction>0</country_restriction>",
		"<carrier_restriction>0</carrier_restriction>", "<group_restriction>0</group_restriction>", "<cart_rule_restriction>1</cart_rule_restriction>",
		"<product_restriction>0</product_restriction>", "<shop_restriction>0</shop_restriction>", "<free_shipping>0</free_shipping>", "<reduction_percent>0</reduction_percent>",
		"<reduction_amount>5.5</reduction_amount>", "<reduction_tax>1</reduction_tax>", "<reduction_currency>1</reduction_currency>", "<reduction_product>0</reduction_product>",
		"<reduction_exclude_special>0</reduction_exclude_special>", "<gift_product>0</gift_product>", "<gift_product_attribute>0</gift_product_attribute>",
		"<highlight>1</highlight>", "<active>1</active>", `<name><language id="1">5 € off &amp; &#34;more&#34;</language><language id="2">5 € &amp; merci</language><language id="3">5 € &amp; merci</language></name>`}
	if len(watch.bodies) != 1 {
		t.Fatalf("%d writes", len(watch.bodies))
	}
	_, inner, _ := strings.Cut(watch.bodies[0], "<cart_rule>")
	inner, _, _ = strings.Cut(inner, "</cart_rule>")
	if inner != strings.Join(want, "") {
		t.Errorf("sent\n%s\nwant\n%s", inner, strings.Join(want, ""))
	}
}

// A highlighted voucher without a customer would be offered to every visitor.
func TestOnlyABoundVoucherIsHighlighted(t *testing.T) {
	t.Parallel()
	_, url := prestashoptest.NewShop(t, people(9), prestashoptest.Options{})
	watch := &spy{}
	o := follow("LOOSE-1")
	o.CustomerID = ""
	if _, err := issuer(t, watch.listen(t, url)).IssueVoucher(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(watch.bodies[0], "<id_customer>0</id_customer>") || !strings.Contains(watch.bodies[0], "<highlight>0</highlight>") {
		t.Error(watch.bodies[0])
	}
}

// ⚠ PUT empties what it does not name; DELETE loses the trace. Revoking is PATCH.
func TestRevokingIsPatch(t *testing.T) {
	t.Parallel()
	s, url := prestashoptest.NewShop(t, people(9), prestashoptest.Options{})
	watch := &spy{}
	c := issuer(t, watch.listen(t, url))
	o := follow("PATCH-1")
	v, err := c.IssueVoucher(t.Context(), o)
	if err == nil {
		err = c.RevokeVoucher(t.Context(), v.ExternalID)
	}
	if err != nil || !slices.Equal(watch.verbs, []string{"POST", "PATCH"}) || !strings.Contains(watch.bodies[1], "<cart_rule><id>"+v.ExternalID+"</id><active>0</active></cart_rule>") {
		t.Errorf("%v: %v %q", err, watch.verbs, watch.bodies[1:])
	}
	if all, active := s.Vouchers(o.Code); all != 1 || active != 0 {
		t.Errorf("%d vouchers, %d active", all, active)
	}
}

// A twin that a request made late goes with the voucher that is revoked; another voucher
// with the code stays.
func TestRevokingTakesTwinsAlong(t *testing.T) {
	t.Parallel()
	s, url := prestashoptest.NewShop(t, people(9), prestashoptest.Options{})
	watch := &spy{}
	c := issuer(t, watch.listen(t, url))
	o := follow("TWIN-1")
	v, err := c.IssueVoucher(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	write(t, url, watch.bodies[0])
	write(t, url, strings.Replace(watch.bodies[0], "<reduction_amount>5.5<", "<reduction_amount>7<", 1))
	if err := c.RevokeVoucher(t.Context(), v.ExternalID); err != nil {
		t.Fatal(err)
	}
	if all, active := s.Vouchers(o.Code); all != 3 || active != 1 {
		t.Errorf("%d vouchers, %d active", all, active)
	}
}

// write posts a voucher by another way than the connector.
func write(t *testing.T, url, body string) {
	t.Helper()
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/api/cart_rules", strings.NewReader(body))
	req.SetBasicAuth(prestashoptest.DefaultKey, "")
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != http.StatusCreated {
		t.Fatal(res, err)
	}
	res.Body.Close()
}

// What the shop says to a write tells whether it may have done it, and what to do.
func TestRefusedWrites(t *testing.T) {
	t.Parallel()
	refusal := func(code, message string) string {
		b, _ := json.Marshal(map[string]any{"errors": []any{map[string]any{"code": json.Number(code), "message": message}}})
		return string(b)
	}
	for name, c := range map[string]struct {
		status  int
		body    string
		code    relance.Code
		field   string
		unknown bool
		says    string
	}{
		"a bad value":      {400, refusal("85", `Validation error: "Property CartRule->reduction_amount is not valid"`), relance.CodeBadInput, "value", false, "reduction_amount"},
		"a missing date":   {400, refusal("41", `parameter "date_from" required`), relance.CodeBadInput, "until", false, "date_from"},
		"a bad name":       {400, refusal("84", `Validation error: "Property CartRule->name is not valid"`), relance.CodeBadInput, "titles", false, "name"},
		"broken XML":       {500, refusal("127", "XML error : String could not be parsed as XML"), relance.CodeBadInput, "", false, ""},
		"no right":         {405, refusal("25", "Method POST is not allowed"), relance.CodeShopRights, "", false, "Add (POST)"},
		"no right at all":  {401, refusal("26", "not allowed"), relance.CodeShopRights, "", false, "Add (POST)"},
		"an error page":    {500, "<html>500</html>", relance.CodeShopDown, "", true, ""},
		"a proxy gave up":  {504, "<html>504</html>", relance.CodeShopDown, "", true, ""},
		"could not save":   {500, refusal("46", "Unable to save resource"), relance.CodeShopDown, "", true, ""},
		"too many":         {429, "slow", relance.CodeShopBusy, "", false, ""},
		"no such resource": {404, "", relance.CodeShopAddress, "", false, ""},
		"switched off":     {503, refusal("22", "The PrestaShop webservice is disabled."), relance.CodeShopRights, "", false, "switch it on"},
	} {
		_, shop := prestashoptest.NewShop(t, people(9), prestashoptest.Options{})
		watch := &spy{answer: func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
			return true
		}}
		o := follow("NO-1")
		_, err := issuer(t, watch.listen(t, shop)).IssueVoucher(t.Context(), o)
		var e *relance.Error
		if !errors.As(err, &e) || e.Code != c.code || e.Field != c.field || errors.Is(err, connectors.ErrOutcomeUnknown) != c.unknown || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if c.unknown && len(watch.verbs) != 1 {
			t.Errorf("%s: sent %d times", name, len(watch.verbs))
		}
	}
}

// ⚠ In the hour that autumn repeats the shop's date stands for two instants; a repeat still
// finds its own voucher.
func TestVoucherThatEndsInTheRepeatedHour(t *testing.T) {
	t.Parallel()
	s, url := prestashoptest.NewShop(t, people(9), prestashoptest.Options{})
	o := follow("AUTUMN-1")
	o.Until = time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC)
	c := issuer(t, url)
	for range 2 {
		if _, err := c.IssueVoucher(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	if all, _ := s.Vouchers(o.Code); all != 1 {
		t.Errorf("%d vouchers", all)
	}
}

// ⚠ A failing database answers a search with an empty list. It is not believed, so nothing
// is made.
func TestNothingIsMadeWhileTheDatabaseFails(t *testing.T) {
	t.Parallel()
	s, url := prestashoptest.NewShop(t, people(9), prestashoptest.Options{})
	o := follow("SILENT-1")
	c := issuer(t, url)
	if _, err := c.IssueVoucher(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	s.SetCondition(prestashoptest.LockTimeout, true)
	if _, err := c.IssueVoucher(t.Context(), o); !relance.Temporary(err) || s.Writes() != 1 {
		t.Errorf("%v, %d writes", err, s.Writes())
	}
}
