package shopifytest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/internal/sample"
)

func smallShop(n int) sample.Shop {
	shop := sample.Shop{Info: relance.ShopInfo{Name: "Small", Currency: "EUR", TimeZone: "Europe/Paris"}}
	for i := range n {
		shop.Customers = append(shop.Customers, relance.Customer{
			ExternalID: fmt.Sprint(100 + i), Kind: relance.IdentityCustomer, Active: true, FirstName: "P", Email: fmt.Sprintf("p%d@example.com", i),
			CreatedAt: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Version: relance.Version{UpdatedAt: time.Date(2026, 3, 1, 10, 0, i, 0, time.UTC)},
			Addresses: []relance.Address{{ExternalID: fmt.Sprint(9000 + i), City: "Paris"}},
		})
	}
	shop.Orders = []relance.Order{{
		ExternalID: "1", Number: "#1", CustomerID: "100", Currency: "EUR", Total: decimal.NewFromInt(10), PlacedAt: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
		Refunds: []relance.Refund{{ExternalID: "5", Document: "C1", Amount: decimal.NewFromInt(10)}}, Returns: []relance.Return{{ExternalID: "6", Number: "#1-R1", State: relance.ReturnClosed}}, State: relance.OrderRefunded, Paid: true,
	}}
	return shop
}

// ask sends a document and returns the answer decoded and as text.
func ask(t *testing.T, shop *Shop, query string, vars map[string]any) (map[string]any, string) {
	t.Helper()
	body, _ := json.Marshal(map[string]any{"query": query, "variables": vars})
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, shop.URL+"/admin/api/"+Version+"/graphql.json", bytes.NewReader(body))
	req.Header.Set("X-Shopify-Access-Token", "shpat_test")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return out, string(text)
}

// TestAnswers compares the data of answers word for word.
func TestAnswers(t *testing.T) {
	t.Parallel()
	shop := NewShop(t, smallShop(4), Options{})
	find := func(filter string) string {
		return `{ customersCount(query: "` + filter + `") { count precision } }`
	}
	counted := func(n int) string {
		return fmt.Sprintf(`"data":{"customersCount":{"count":%d,"precision":"EXACT"}}`, n)
	}
	cases := []struct{ name, query, want string }{
		{"aliases and fragments", `query { a: customer(id: "gid://shopify/Customer/101") { ...F ... on Customer { x: firstName } } } fragment F on Customer { id id note }`,
			`"data":{"a":{"id":"gid://shopify/Customer/101","note":null,"x":"P"}}`},
		{"skip and include", `{ shop { name @skip(if: true) currencyCode @include(if: false) ianaTimezone } }`, `"data":{"shop":{"ianaTimezone":"Europe/Paris"}}`},
		{"typename", `{ node(id: "gid://shopify/Order/1") { __typename ... on Order { name } } }`, `"data":{"node":{"__typename":"Order","name":"#1"}}`},
		{"nodes in order with holes", `{ nodes(ids: ["gid://shopify/Customer/102", "gid://shopify/Customer/7"]) { id } }`, `"data":{"nodes":[{"id":"gid://shopify/Customer/102"},null]}`},
		{"edges", `{ customers(first: 1) { edges { node { id } } pageInfo { hasNextPage } } }`, `"data":{"customers":{"edges":[{"node":{"id":"gid://shopify/Customer/100"}}],"pageInfo":{"hasNextPage":true}}}`},
		{"reverse", `{ customers(first: 1, reverse: true, sortKey: UPDATED_AT) { nodes { id } } }`, `"data":{"customers":{"nodes":[{"id":"gid://shopify/Customer/103"}]}}`},
		{"states of a refunded order", `{ order(id: "gid://shopify/Order/1") { displayFinancialStatus displayFulfillmentStatus refunds { note } } }`,
			`"data":{"order":{"displayFinancialStatus":"REFUNDED","displayFulfillmentStatus":"UNFULFILLED","refunds":[{"note":"C1"}]}}`},
		{"quoted >= has a time", find("updated_at:>='2026-03-01T10:00:02Z'"), counted(2)},
		{"> leaves out the whole second", find("updated_at:>'2026-03-01T10:00:02Z'"), counted(1)},
		{"<= keeps the whole second", find("updated_at:<='2026-03-01T10:00:02Z'"), counted(3)},
		{"an unquoted time is a day", find("updated_at:>=2026-03-01T23:00:00Z"), counted(4)},
		{"an unquoted day after", find("updated_at:>2026-03-01T09:00:00Z"), counted(0)},
		{"and", find("updated_at:>='2026-03-01T10:00:01Z' AND updated_at:<'2026-03-01T10:00:03Z'"), counted(2)},
		{"or, not, id", find("id:100 OR (id:>101 AND NOT id:103)"), counted(2)},
		{"unknown filters are ignored", find("colour:red"), counted(4)},
		{"a cap", `{ customersCount(limit: 3) { count precision } }`, `"data":{"customersCount":{"count":3,"precision":"AT_LEAST"}}`},
		{"another order's cursor", `{ customers(first: 1, after: "eyJrIjoiSUQifQ", sortKey: UPDATED_AT) { nodes { id } } }`, `Invalid cursor`},
		{"too costly", `{ customers(first: 250) { nodes { addressesV2(first: 250) { nodes { id } } } } }`, `MAX_COST_EXCEEDED`},
		{"no page size", `{ customers { nodes { id } } }`, `first or last`},
		{"unknown fields", `{ customers(first: 1) { nodes { shoeSize } } }`, `undefinedField`},
		{"a scope", `{ order(id: "gid://shopify/Order/1") { returns(first: 1) { nodes { status } } } }`, `"data":{"order":{"returns":{"nodes":[{"status":"CLOSED"}]}}}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if _, text := ask(t, shop, c.query, nil); !strings.Contains(text, c.want) {
				t.Errorf("got %s\nwant %s", text, c.want)
			}
		})
	}
}

func TestPagingMeetsEveryRowOnce(t *testing.T) {
	t.Parallel()
	shop := NewShop(t, smallShop(95), Options{})
	for _, key := range []string{"ID", "UPDATED_AT", "CREATED_AT"} {
		for _, reverse := range []bool{false, true} {
			seen, after := map[any]bool{}, any(nil)
			for pages := 0; pages < 20; pages++ {
				answer, text := ask(t, shop, `query($after: String, $key: CustomerSortKeys, $back: Boolean) {
					customers(first: 10, after: $after, sortKey: $key, reverse: $back) { nodes { id } pageInfo { hasNextPage endCursor } } }`,
					map[string]any{"after": after, "key": key, "back": reverse})
				data, ok := answer["data"].(map[string]any)
				if !ok {
					t.Fatal(text)
				}
				list := data["customers"].(map[string]any)
				for _, n := range list["nodes"].([]any) {
					id := n.(map[string]any)["id"]
					if seen[id] {
						t.Errorf("%v came twice", id)
					}
					seen[id] = true
				}
				info := list["pageInfo"].(map[string]any)
				if after = info["endCursor"]; info["hasNextPage"] == false {
					break
				}
			}
			if len(seen) != 95 {
				t.Errorf("%s reverse=%v: %d rows", key, reverse, len(seen))
			}
		}
	}
}

func TestThrottle(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	shop := NewShop(t, smallShop(30), Options{Bucket: 100, Restore: 10, Now: func() time.Time { return now }})
	query := `{ customers(first: 30) { nodes { id } } }` // 32 points
	for range 3 {
		if _, text := ask(t, shop, query, nil); strings.Contains(text, "THROTTLED") {
			t.Fatal(text)
		}
	}
	_, text := ask(t, shop, query, nil)
	if !strings.Contains(text, "THROTTLED") || !strings.Contains(text, `"requestedQueryCost":32`) || !strings.Contains(text, `"restoreRate":10.0`) {
		t.Error(text)
	}
	now = now.Add(5 * time.Second)
	if _, text := ask(t, shop, query, nil); strings.Contains(text, "THROTTLED") {
		t.Error(text)
	}
}

func TestBulkRules(t *testing.T) {
	t.Parallel()
	shop := NewShop(t, smallShop(3), Options{Bulk: BulkOptions{Endless: true}})
	start := func(query string) string {
		_, text := ask(t, shop, `mutation($q: String!) { bulkOperationRunQuery(query: $q) { bulkOperation { id status } userErrors { code message } } }`, map[string]any{"q": query})
		return text
	}
	cases := map[string]string{
		`{ orders { edges { node { id refunds { id refundLineItems { edges { node { id } } } } } } } }`: "within a list",
		`{ shop { name } }`:                            "between one and five",
		`{ customers { edges { node { nothing } } } }`: "INVALID",
	}
	for query, want := range cases {
		if text := start(query); !strings.Contains(text, want) {
			t.Errorf("%s: %s", query, text)
		}
	}
	for range maxBulk {
		if text := start(`{ customers { edges { node { id } } } }`); !strings.Contains(text, "CREATED") {
			t.Fatal(text)
		}
	}
	if text := start(`{ customers { edges { node { id } } } }`); !strings.Contains(text, "OPERATION_IN_PROGRESS") {
		t.Error(text)
	}
}

func TestVouchersAndDeletions(t *testing.T) {
	t.Parallel()
	shop := NewShop(t, smallShop(2), Options{ClientSecret: "s"})
	create := `mutation($c: String!) { discountCodeBasicCreate(basicCodeDiscount: {title: "T", code: $c, startsAt: "2026-01-01T00:00:00Z", usageLimit: 1,
		context: {all: ALL}, customerGets: {value: {percentage: 0.1}, items: {all: true}}}) { codeDiscountNode { id } userErrors { code } } }`
	if _, text := ask(t, shop, create, map[string]any{"c": "HELLO"}); !strings.Contains(text, "DiscountCodeNode") {
		t.Fatal(text)
	}
	if _, text := ask(t, shop, create, map[string]any{"c": "hello"}); !strings.Contains(text, "TAKEN") {
		t.Error(text)
	}
	goods := decimal.NewFromInt(100)
	if _, err := shop.Buy("100", "Hello", goods); err != nil {
		t.Error(err)
	}
	if _, err := shop.Buy("100", "hello", goods); err == nil {
		t.Error("a code for one use must work once")
	}
	if _, text := ask(t, shop, `{ codeDiscountNodeByCode(code: "hELLO") { codeDiscount { ... on DiscountCodeBasic { asyncUsageCount status } } } }`, nil); !strings.Contains(text, `"asyncUsageCount":1,"status":"ACTIVE"`) {
		t.Error(text)
	}
	if !shop.Delete(relance.KindCustomers, "101") || shop.Delete(relance.KindCustomers, "101") {
		t.Error("a record is deleted once")
	}
	if _, text := ask(t, shop, `{ events(first: 5) { nodes { action ... on BasicEvent { subjectId subjectType } } } }`, nil); !strings.Contains(text, `"action":"destroy","subjectId":"gid://shopify/Customer/101","subjectType":"CUSTOMER"`) {
		t.Error(text)
	}
	hook := `mutation { webhookSubscriptionCreate(topic: ORDERS_CREATE, webhookSubscription: {uri: "https://a.example/x"}) { userErrors { message } webhookSubscription { id topic } } }`
	if _, text := ask(t, shop, hook, nil); !strings.Contains(text, "ORDERS_CREATE") {
		t.Error(text)
	}
	if _, text := ask(t, shop, hook, nil); !strings.Contains(text, "already been taken") {
		t.Error(text)
	}
	mac := hmac.New(sha256.New, []byte("s"))
	mac.Write([]byte("body"))
	if got := shop.Sign([]byte("body")); got != base64.StdEncoding.EncodeToString(mac.Sum(nil)) {
		t.Error(got)
	}
}
