package prestashoptest_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"go.uber.org/goleak"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
	"github.com/relance/relance/internal/faults"
	"github.com/relance/relance/internal/sample"
)

func TestMain(m *testing.M) {
	code := m.Run()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Println(err)
		code = 1
	}
	os.Exit(code)
}

// caller makes requests to one shop.
type caller struct {
	t   *testing.T
	url string
	key string
}

func newShop(t *testing.T, shop sample.Shop, o prestashoptest.Options) (*prestashoptest.Server, caller) {
	t.Helper()
	if o.Now == nil {
		o.Now = recordedNow
	}
	s, url := prestashoptest.NewShop(t, shop, o)
	return s, caller{t, url, prestashoptest.DefaultKey}
}

func small() sample.Shop {
	shop := sample.Shop{Info: relance.ShopInfo{Currency: "EUR", TimeZone: "Europe/Paris"}}
	for id := 100; id < 110; id++ {
		shop.Customers = append(shop.Customers, person(id))
	}
	shop.Products = []relance.Product{article(101)}
	shop.Orders = []relance.Order{sale(1000), sale(1010)}
	shop.Carts = []relance.Cart{basket(5000), basket(5009)}
	return shop
}

func (c caller) do(method, target, body string) (int, string) {
	c.t.Helper()
	path, query, _ := strings.Cut(target, "?")
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.URL.RawQuery = strings.ReplaceAll(query, " ", "%20")
	if c.key != "" {
		req.SetBasicAuth(c.key, "")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(b)
}

func (c caller) get(target string) string {
	c.t.Helper()
	status, body := c.do(http.MethodGet, target, "")
	if status != http.StatusOK {
		c.t.Errorf("%s: %d %.200s", target, status, body)
	}
	return body
}

func (c caller) count(target string) int {
	c.t.Helper()
	return strings.Count(c.get(target), `"id":`)
}

// ⚠ Unknown operators are dropped, [x,] is equality, of two filters on a field the
// last wins, a condition on a missing column or a bad limit is silently empty.
func TestTrapFilters(t *testing.T) {
	t.Parallel()
	_, c := newShop(t, small(), prestashoptest.Options{})
	const list = "/api/customers?output_format=JSON&"
	for query, want := range map[string]int{
		"filter[id]=>=[105]": 10, "filter[id]=>[105]": 4, "filter[id]=<[105]": 5, "filter[id]=[105,]": 1, "filter[id]=[103,105]": 3,
		"filter[id]=[105,103]": 3, "filter[id]=[101|103|999]": 2, "filter[id]=![101|103]": 8, "filter[id]=101": 1,
		"filter[id]=>[101]&filter[id]=<[103]": 3, "filter[id]=[0]": 0, "limit=-1": 0, "limit=abc": 0, "limit=0": 0, "limit=3": 3, "limit=8,5": 2,
		"filter[email]=[LAB101@EXAMPLE.TEST]": 1, "filter[email]=%25[01@]%25": 1, "filter[email]=[lab10]%25": 10, "filter[siret]=![]": 2,
	} {
		if n := c.count(list + query); n != want {
			t.Errorf("%s: %d rows, want %d", query, n, want)
		}
	}
	for _, target := range []string{"guests", "order_details", "combinations"} {
		if got := c.get("/api/" + target + "?output_format=JSON&date=1&filter[date_upd]=>[2001-01-01 00:00:00]"); got != "[]" {
			t.Errorf("%s: %s", target, got)
		}
	}
	for query, code := range map[string]string{"filter[foo]=1": `"code":32`, "filter[date_upd]=[2026-01-01]": `"code":32`, "display=[id,foo]": `"code":35`,
		"sort=[id]": `"code":37`, "sort=[foo_ASC]": `"code":38`, "limit=1,2,3": `"code":39`, "language=9": `"code":81`} {
		if status, body := c.do(http.MethodGet, list+query, ""); status != 400 || !strings.Contains(body, code) {
			t.Errorf("%s: %d %s", query, status, body)
		}
	}
}

// ⚠ GET …?ps_method=DELETE deletes.
func TestTrapPSMethod(t *testing.T) {
	t.Parallel()
	s, c := newShop(t, small(), prestashoptest.Options{})
	c.get("/api/customers/101?ps_method=DELETE")
	if s.Count("customers") != 9 {
		t.Error("the customer is still there")
	}
}

// ⚠ A single item in JSON drops what is falsy; with display it is a list and keeps it.
// An empty list is [], an unknown id a 404 without a body, the root listing fails.
func TestTrapShapesOfJSON(t *testing.T) {
	t.Parallel()
	_, c := newShop(t, small(), prestashoptest.Options{})
	single, full := c.get("/api/customers/101?output_format=JSON"), c.get("/api/customers/101?display=full&output_format=JSON")
	if strings.Contains(single, `"deleted"`) || strings.Contains(single, "null") || !strings.HasPrefix(single, `{"customer":{`) {
		t.Error(single)
	}
	if !strings.Contains(full, `"deleted":"0"`) || !strings.Contains(full, `"note":null`) || !strings.HasPrefix(full, `{"customers":[{`) {
		t.Error(full)
	}
	if got := c.get("/api/customers?output_format=JSON&filter[id]=[9]"); got != "[]" {
		t.Error(got)
	}
	if status, body := c.do(http.MethodGet, "/api/customers/9?output_format=JSON", ""); status != 404 || body != "" {
		t.Errorf("%d %q", status, body)
	}
	if status, _ := c.do(http.MethodGet, "/api/?output_format=JSON", ""); status != 500 {
		t.Error(status)
	}
	if got := c.get("/api/order_slip?output_format=JSON"); !strings.HasPrefix(got, `{"order_slips":[`) {
		t.Error(got)
	}
	if got := c.get("/api/carts?display=[id,cart_rows[quantity]]&filter[id]=[5009]&output_format=JSON"); got != `{"carts":[{"id":5009}]}` {
		t.Error(got) // a cart without rows has no associations
	}
	if got := c.get("/api/customers?display=[id,groups[id]]&filter[id]=[101]&output_format=JSON"); got != `{"customers":[{"id":101}]}` {
		t.Error(got)
	}
}

// ⚠ XML breaks on "]]>" and control characters; JSON is safe.
func TestTrapXMLBreaks(t *testing.T) {
	t.Parallel()
	shop := small()
	shop.Customers[1].Note = "tail ]]> and \v"
	_, c := newShop(t, shop, prestashoptest.Options{})
	var doc struct{}
	if err := xml.Unmarshal([]byte(c.get("/api/customers/101")), &doc); err == nil {
		t.Error("the XML is sound")
	}
	if !json.Valid([]byte(c.get("/api/customers/101?output_format=JSON"))) {
		t.Error("the JSON is broken")
	}
}

// ⚠ The password hash and the secure key are in display=full.
func TestTrapSecretsInFullDisplay(t *testing.T) {
	t.Parallel()
	_, c := newShop(t, small(), prestashoptest.Options{})
	full := c.get("/api/customers?display=full&output_format=JSON")
	for _, secret := range []string{"passwd", "secure_key", "reset_password_token"} {
		if !strings.Contains(full, secret) {
			t.Errorf("no %s", secret)
		}
	}
}

const rule = `<prestashop><cart_rule>%s<date_from>2026-11-21 00:00:00</date_from><date_to>2026-12-21 23:59:59</date_to><name><language id="1">x</language></name></cart_rule></prestashop>`

func voucher(fields string) string { return strings.Replace(rule, "%s", fields, 1) }

// ⚠ Duplicate codes are accepted; omitted quantities are unlimited and an omitted code
// with active=1 applies to everybody; PUT resets what is omitted and goes by the id in
// the body; PATCH keeps it; a second DELETE is 404.
func TestTrapVouchers(t *testing.T) {
	t.Parallel()
	s, c := newShop(t, small(), prestashoptest.Options{})
	code := "<code>FOLLOW</code><id_customer>104</id_customer><quantity>1</quantity><active>1</active><reduction_percent>10</reduction_percent>"
	for range 2 {
		if status, body := c.do(http.MethodPost, "/api/cart_rules", voucher(code)); status != 201 {
			t.Fatal(status, body)
		}
	}
	if n := c.count("/api/cart_rules?filter[code]=[follow]&output_format=JSON"); n != 2 {
		t.Errorf("%d vouchers with the code", n)
	}
	c.do(http.MethodPatch, "/api/cart_rules/1", `<prestashop><cart_rule><id>1</id><active>0</active></cart_rule></prestashop>`)
	if got := c.get("/api/cart_rules/1?output_format=JSON"); !strings.Contains(got, `"code":"FOLLOW"`) || strings.Contains(got, `"active"`) {
		t.Error(got)
	}
	c.do(http.MethodPut, "/api/cart_rules/1", voucher("<id>2</id><active>1</active>"))
	if got := c.get("/api/cart_rules?display=[id,code,id_customer,quantity,active]&filter[id]=[2]&output_format=JSON"); got != `{"cart_rules":[{"id":2,"id_customer":0,"quantity":"","code":null,"active":"1"}]}` {
		t.Error(got)
	}
	if got := c.get("/api/cart_rules/1?output_format=JSON"); !strings.Contains(got, "FOLLOW") {
		t.Error("the voucher of the URL was changed: " + got)
	}
	s.Redeem(1, 1000, decimal.RequireFromString("38.827"))
	if got := c.get("/api/order_cart_rules?display=[id_order,value]&output_format=JSON"); got != `{"order_cart_rules":[{"id_order":1000,"value":"38.827000"}]}` {
		t.Error(got)
	}
	if status, body := c.do(http.MethodDelete, "/api/cart_rules/1", ""); status != 200 || body != "" {
		t.Error(status, body)
	}
	if status, body := c.do(http.MethodDelete, "/api/cart_rules/1", ""); status != 404 || !strings.Contains(body, "87") {
		t.Error(status, body)
	}
	for body, want := range map[string]string{"": "[127]", `{"cart_rule":{}}`: "[127]", voucher("<id>9</id>"): "[91]",
		voucher("<reduction_percent>150</reduction_percent>"): "[85]", "<prestashop><cart_rule/></prestashop>": "[41]"} {
		if status, got := c.do(http.MethodPost, "/api/cart_rules", body); status < 400 || !strings.Contains(got, "CDATA"+want) {
			t.Errorf("%q: %d %s", body, status, got)
		}
	}
}

// ⚠ Lists of carts, addresses and slips know no shops; id_shop=all and single items
// show shops the key has no right on.
func TestTrapMultiShop(t *testing.T) {
	t.Parallel()
	s, c := newShop(t, small(), prestashoptest.Options{Shops: []prestashoptest.ShopRow{{ID: 1}, {ID: 2}},
		Keys: []prestashoptest.Key{{Value: prestashoptest.DefaultKey, Shops: []int64{1}}}})
	s.MoveToShop("customers", 101, 2)
	s.MoveToShop("carts", 5000, 2)
	for query, want := range map[string]int{"customers?": 9, "customers?id_shop=1&": 9, "customers?id_shop=all&": 10, "customers?id_group_shop=1&": 10, "carts?": 2} {
		if n := c.count("/api/" + query + "output_format=JSON"); n != want {
			t.Errorf("%s: %d rows, want %d", query, n, want)
		}
	}
	if !strings.Contains(c.get("/api/customers/101?output_format=JSON"), `"id_shop":2`) {
		t.Error("a single item of another shop is hidden")
	}
	if status, body := c.do(http.MethodGet, "/api/customers?id_shop=2&output_format=JSON", ""); status != 403 || !strings.Contains(body, "132") {
		t.Error(status, body)
	}
}

// The mutators move date_upd exactly where a real shop does.
func TestMutatorsTouchWhatARealShopTouches(t *testing.T) {
	t.Parallel()
	now := recordedNow().Add(time.Hour)
	s, c := newShop(t, small(), prestashoptest.Options{Now: func() time.Time { return now }})
	changed := func(resource string) int {
		return c.count("/api/" + resource + "?output_format=JSON&date=1&filter[date_upd]=>[2026-11-21 22:30:00]")
	}
	s.SetNewsletter(101, true)
	s.SetAddressCity(201, "Lyon")
	s.AddSlip(1000, relance.Refund{Amount: decimal.NewFromInt(3)})
	s.AddMessage(101, relance.Message{ThreadID: "1", Text: "hi", FromCustomer: true})
	for resource, want := range map[string]int{"customers": 0, "addresses": 1, "orders": 0, "order_slip": 1, "customer_messages": 1} {
		if n := changed(resource); n != want {
			t.Errorf("%s: %d changed, want %d", resource, n, want)
		}
	}
	s.SetOrderState(1000, 4)
	if changed("orders") != 1 || !strings.Contains(c.get("/api/order_histories?display=full&output_format=JSON&filter[id_order]=1000"), `"id_order_state":4`) {
		t.Error("a change of state does not show")
	}
	o := sale(1000)
	o.Total = decimal.NewFromInt(77)
	s.PutOrder(o)
	if got := c.get("/api/orders?display=[total_paid]&filter[id]=[1000]&output_format=JSON"); !strings.Contains(got, "77.000000") {
		t.Error(got)
	}
	s.PutCustomer(person(400))
	s.PutCart(basket(5600))
	if s.Count("customers") != 11 || changed("customers") != 1 || changed("carts") != 1 {
		t.Errorf("%d customers, %d changed", s.Count("customers"), changed("customers"))
	}
	if !s.Delete("customers", 400) || s.Delete("customers", 400) {
		t.Error("deleting")
	}
}

// Each fault happens when it is asked for.
func TestFaultsHappen(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]func(int, string) bool{
		"429":       func(status int, _ string) bool { return status == 429 },
		"500":       func(status int, _ string) bool { return status == 500 },
		"truncate":  func(status int, body string) bool { return status == 200 && !json.Valid([]byte(body)) },
		"garble":    func(status int, body string) bool { return status == 200 && !json.Valid([]byte(body)) },
		"emptylist": func(_ int, body string) bool { return body == "[]" },
		"partial": func(_ int, body string) bool {
			return strings.Contains(body, "orders") && !strings.Contains(body, "associations")
		},
	} {
		set, err := faults.Parse(spec, 1)
		if err != nil {
			t.Fatal(err)
		}
		_, c := newShop(t, small(), prestashoptest.Options{Faults: set})
		if status, body := c.do(http.MethodGet, "/api/orders?display=full&output_format=JSON", ""); !want(status, body) {
			t.Errorf("%s: %d %.100s", spec, status, body)
		}
	}
}

func TestSlipsOfOneDocumentShareTheirSecond(t *testing.T) {
	t.Parallel()
	shop := small()
	at := recordedNow()
	for i := range shop.Orders {
		shop.Orders[i].CustomerID = "104"
		shop.Orders[i].Refunds = []relance.Refund{{Document: "C1", At: at.Add(time.Duration(i) * time.Hour), Amount: decimal.NewFromInt(1)},
			{Document: "D" + itoa(i), At: at, Amount: decimal.NewFromInt(1)}}
	}
	_, c := newShop(t, shop, prestashoptest.Options{})
	seconds := map[string]int{}
	var list struct {
		Slips []struct {
			Added string `json:"date_add"`
		} `json:"order_slips"`
	}
	if err := json.Unmarshal([]byte(c.get("/api/order_slip?display=[date_add]&date=1&output_format=JSON")), &list); err != nil {
		t.Fatal(err)
	}
	for _, s := range list.Slips {
		seconds[s.Added]++
	}
	if len(list.Slips) != 4 || len(seconds) != 3 {
		t.Errorf("%v", seconds)
	}
}
