package prestashoptest_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance/connectors/prestashop/prestashoptest"
)

// captures is where the recorded exchanges lie, from the root of the repository.
const captures = "../shared/reference/prestashop/captures"

// exchange is one recorded request with its answer.
type exchange struct {
	name           string
	method, target string
	header         http.Header
	body           string
	status         int
	ctype          string
	answer         string
	cut            bool // the recording holds only the beginning of the answer
}

// parseExchange reads a recording: request, empty line, body, answer, empty line,
// body, a remark.
func parseExchange(name, text string) (exchange, bool) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text, _, _ = strings.Cut(text, "\n\n# client wall time")
	i := strings.Index(text, "\nHTTP/1.")
	if i < 0 {
		return exchange{}, false
	}
	request, response := text[:i], text[i+1:]
	x := exchange{name: name, header: http.Header{}}
	head, body, _ := strings.Cut(request, "\n\n")
	lines := strings.Split(head, "\n")
	first := strings.Fields(lines[0])
	if len(first) < 3 {
		return exchange{}, false
	}
	x.method, x.target, x.body = first[0], strings.Join(first[1:len(first)-1], " "), strings.TrimRight(body, "\n")
	for _, l := range lines[1:] {
		if k, v, ok := strings.Cut(l, ": "); ok {
			x.header.Set(k, v)
		}
	}
	head, x.answer, _ = strings.Cut(response, "\n\n")
	lines = strings.Split(head, "\n")
	x.status, _ = strconv.Atoi(strings.Fields(lines[0])[1])
	for _, l := range lines[1:] {
		if v, ok := strings.CutPrefix(l, "Content-Type: "); ok {
			x.ctype, _, _ = strings.Cut(v, ";")
		}
	}
	x.answer = strings.TrimSpace(x.answer)
	x.cut = strings.Contains(x.answer, "[cut by the capture tool")
	return x, true
}

const (
	fullKey     = "SIMULATEDWEBSERVICEKEY0000000001"
	readKey     = "SIMULATEDWEBSERVICEKEY0000000002"
	inactiveKey = "SIMULATEDWEBSERVICEKEY0000000003"
)

// stage is a shop in the state that some recordings were made in.
type stage struct {
	shop *prestashoptest.Server
	web  *httptest.Server
}

func newStage(t *testing.T, o prestashoptest.Options) *stage {
	t.Helper()
	o.Now, o.Languages = recordedNow, []string{"en", "fr"}
	o.Keys = []prestashoptest.Key{{Value: fullKey}, {Value: readKey, Rights: map[string]string{"customers": "GET"}}, {Value: inactiveKey, Inactive: true},
		{Value: "EXAMPLEFULLRIGHTSKEY000000000001"}}
	if len(o.Shops) > 1 {
		o.Keys[0].Shops = []int64{1}
	}
	shop := prestashoptest.New(recordedShop(), o)
	web := httptest.NewServer(shop)
	t.Cleanup(func() { shop.Close(); web.Close() })
	return &stage{shop, web}
}

// skipReason tells why a recording is not replayed; "" for the rest.
func skipReason(x exchange) string {
	group, _ := strconv.Atoi(regexp.MustCompile(`^\d+`).FindString(x.name))
	switch {
	case group == 32 || group == 44 || group >= 54 && group < 60 || group > 61 && group < 90 || group == 91:
		return "a note, not an exchange"
	case strings.HasPrefix(x.name, "62"):
		return "a note, not an exchange"
	}
	return ""
}

// prepare puts the right shop on stage for a recording and gives the key it used.
func prepare(t *testing.T, stages map[string]*stage, x exchange) (*stage, string) {
	id, _, _ := strings.Cut(x.name, "-")
	name, o := "read", prestashoptest.Options{}
	switch group := id[:2]; group {
	case "40", "41":
		name = "vouchers"
	case "42", "43", "45", "50", "51", "52", "53":
		name = group
	case "90", "92":
		name, o = "shops", prestashoptest.Options{Shops: []prestashoptest.ShopRow{{ID: 1, Name: "SyncLab"}, {ID: 2, Name: "Second"}}}
	}
	st := stages[name]
	if st == nil {
		st = newStage(t, o)
		stages[name] = st
	}
	for c, ids := range map[prestashoptest.Condition]string{prestashoptest.Disabled: "01 01b", prestashoptest.LockTimeout: "60a 60b 60b2",
		prestashoptest.AssocTimeout: "60c", prestashoptest.DatabaseDown: "60d", prestashoptest.DevMode: "61a 61b 61c", prestashoptest.Maintenance: "52a"} {
		st.shop.SetCondition(c, slices.Contains(strings.Fields(ids), id))
	}
	switch id {
	case "30t":
		st.shop.SetText("customers", 1, "siret", "")
		st.shop.SetText("customers", 2, "siret", "")
	case "43b":
		st.shop.Redeem(1, 2000, decimal.RequireFromString("38.827"))
	case "45a":
		post(t, st, "/api/cart_rules", `<prestashop><cart_rule><date_from>2026-11-21 00:00:00</date_from><date_to>2026-12-21 23:59:59</date_to><code>SEQ0</code><reduction_percent>10</reduction_percent><active>1</active><name><language id="1">t</language></name></cart_rule></prestashop>`)
	case "92a":
		st.shop.MoveToShop("customers", 104, 2)
		st.shop.MoveToShop("orders", 1005, 2)
	}
	switch id {
	case "02c", "03f", "03g", "03o":
		return st, readKey
	case "03e":
		return st, inactiveKey
	}
	return st, fullKey
}

func post(t *testing.T, st *stage, path, body string) {
	t.Helper()
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, st.web.URL+path, strings.NewReader(body))
	req.SetBasicAuth(fullKey, "")
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != http.StatusCreated {
		t.Fatal(res, err)
	}
	res.Body.Close()
}

func TestReplayOfRecordedExchanges(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(root, captures, "*.txt"))
	if len(files) == 0 {
		t.Skip("SKIPPED: the recorded PrestaShop exchanges are not here; nothing was replayed")
	}
	slices.Sort(files)
	stages := map[string]*stage{}
	replayed, skipped := 0, map[string]int{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(f), ".txt")
		x, ok := parseExchange(name, string(b))
		reason := skipReason(exchange{name: name})
		if reason == "" && !ok {
			reason = "not readable as an exchange"
		}
		if reason != "" {
			skipped[reason]++
			continue
		}
		replayed++
		replay(t, stages, x)
	}
	t.Logf("replayed %d recorded exchanges", replayed)
	for _, reason := range slices.Sorted(maps.Keys(skipped)) {
		t.Logf("skipped %d: %s", skipped[reason], reason)
	}
	fmt.Printf("prestashoptest: replayed %d of %d recordings\n", replayed, len(files))
}

func replay(t *testing.T, stages map[string]*stage, x exchange) {
	t.Helper()
	st, key := prepare(t, stages, x)
	req, err := http.NewRequestWithContext(t.Context(), x.method, st.web.URL, strings.NewReader(x.body))
	if err != nil {
		t.Fatal(err)
	}
	// The simulator numbers guests by itself, from 1.
	path, query, _ := strings.Cut(strings.Replace(x.target, "[10003|10001]", "[3|1]", 1), "?")
	req.URL.Path = path
	req.URL.RawQuery = strings.ReplaceAll(query, " ", "%20")
	for k, v := range x.header {
		if k != "Authorization" && k != "Content-Length" && k != "Host" {
			req.Header[k] = v
		}
	}
	if a := x.header.Get("Authorization"); strings.Contains(a, "the key as user name") {
		req.SetBasicAuth(key, "")
	} else if a != "" {
		req.Header.Set("Authorization", a)
	}
	if x.name == "22d-local-content-sha1-304" {
		req.Header.Set("Local-Content-Sha1", contentHash(t, st, req))
	}
	client := &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		t.Errorf("%s: %v", x.name, err)
		return
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != x.status {
		t.Errorf("%s: status %d, recorded %d\n%s %s\n%.300s", x.name, res.StatusCode, x.status, x.method, x.target, body)
		return
	}
	ctype, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	if x.ctype != "" && ctype != x.ctype {
		t.Errorf("%s: content type %q, recorded %q", x.name, ctype, x.ctype)
	}
	if d := compareBodies(x, strings.TrimSpace(string(body))); d != "" {
		t.Errorf("%s: %s\n%s %s", x.name, d, x.method, x.target)
	}
}

func contentHash(t *testing.T, st *stage, like *http.Request) string {
	req := like.Clone(t.Context())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return res.Header.Get("Content-Sha1")
}
