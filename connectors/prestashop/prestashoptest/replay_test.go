package prestashoptest_test

import (
	"encoding/json"
	"encoding/xml"
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

	"github.com/relance/relance/connectors/prestashop/prestashoptest"
	"github.com/shopspring/decimal"
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

func compareBodies(x exchange, got string) string {
	switch {
	case x.answer == "" || got == "":
		if x.answer != got {
			return fmt.Sprintf("body %.80q, recorded %.80q", got, x.answer)
		}
		return ""
	case x.ctype == "application/json":
		return compareJSON(x, got)
	case strings.HasSuffix(x.ctype, "xml"):
		return compareXML(x, got)
	}
	return ""
}

// compareJSON compares the shape: keys and types, errors by number, an empty list
// with an empty list, and ids where the same rows exist.
func compareJSON(x exchange, got string) string {
	var want, have any
	if x.cut {
		return ""
	}
	if err := json.Unmarshal([]byte(x.answer), &want); err != nil {
		return "" // a recording that was shortened
	}
	if err := json.Unmarshal([]byte(got), &have); err != nil {
		return "the answer is not JSON: " + err.Error()
	}
	if codes(want) != codes(have) {
		return fmt.Sprintf("errors %s, recorded %s", codes(have), codes(want))
	}
	single := regexp.MustCompile(`/api/[a-z_]+/\d+`).MatchString(x.target) && !strings.Contains(x.target, "display") || x.method != http.MethodGet
	if d := compareShape("", want, have, single); d != "" {
		return d
	}
	if comparesIDs(x.name) && ids(want) != ids(have) {
		return fmt.Sprintf("ids %s, recorded %s", ids(have), ids(want))
	}
	return ""
}

// comparesIDs names the recordings whose rows exist here with the same ids.
func comparesIDs(name string) bool {
	id, _, _ := strings.Cut(name, "-")
	return slices.Contains(strings.Fields("20e 20f 20h 20h2 21e 22h 22l 30a 30g 30h 30i 30j 30k2 30l 30n 30o 30p 30s 30w 31a 31d 31e 31f 31n 31p 41a 43b 43c 50j"), id)
}

func codes(v any) string {
	m, _ := v.(map[string]any)
	list, _ := m["errors"].([]any)
	var out []string
	for _, e := range list {
		out = append(out, fmt.Sprint(e.(map[string]any)["code"]))
	}
	return strings.Join(out, ",")
}

func ids(v any) string {
	m, _ := v.(map[string]any)
	var out []string
	for _, list := range m {
		rows, ok := list.([]any)
		if !ok {
			rows = []any{list}
		}
		for _, r := range rows {
			out = append(out, fmt.Sprint(r.(map[string]any)["id"]))
		}
	}
	return strings.Join(out, ",")
}

// compareShape compares keys and types. In lists the rows are taken together, since a
// field may be null in some. A single item leaves out what is falsy, so there only
// the fields in both can be compared.
func compareShape(path string, want, have any, single bool) string {
	switch w := want.(type) {
	case map[string]any:
		h, ok := have.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s is %T, recorded an object", path, have)
		}
		for k, v := range w {
			if hv, ok := h[k]; ok {
				if d := compareShape(path+"/"+k, v, hv, single); d != "" {
					return d
				}
			} else if !(single && strings.Count(path, "/") == 1 || k == "associations" || strings.HasSuffix(path, "associations")) {
				return path + "/" + k + " is missing"
			}
		}
		for k := range h {
			if _, ok := w[k]; !ok && !(single && strings.Count(path, "/") == 1 || strings.HasSuffix(path, "associations") || k == "associations") {
				return path + "/" + k + " was not recorded"
			}
		}
	case []any:
		h, ok := have.([]any)
		if !ok {
			return fmt.Sprintf("%s is %T, recorded a list", path, have)
		}
		if (len(w) == 0) != (len(h) == 0) {
			return fmt.Sprintf("%s has %d rows, recorded %d", path, len(h), len(w))
		}
		if len(w) > 0 {
			return compareShape(path+"[]", merged(w), merged(h), single)
		}
	default:
		if !sameType(want, have) {
			return fmt.Sprintf("%s is %T (%v), recorded %T (%v)", path, have, have, want, want)
		}
	}
	return ""
}

// merged takes the rows of a list together: of each key a value that is not null.
func merged(rows []any) any {
	out := map[string]any{}
	for _, r := range rows {
		m, ok := r.(map[string]any)
		if !ok {
			return rows[0]
		}
		for k, v := range m {
			if have, ok := out[k]; !ok || have == nil {
				out[k] = v
			}
		}
	}
	return out
}

// sameType takes null for any type, and "" for a number: both stand for no value.
func sameType(a, b any) bool {
	if a == nil || b == nil || a == "" || b == "" {
		return true
	}
	return fmt.Sprintf("%T", a) == fmt.Sprintf("%T", b)
}

// compareXML compares the elements that occur, and errors by their numbers.
func compareXML(x exchange, got string) string {
	if x.cut || !strings.Contains(x.answer, "</prestashop>") {
		return ""
	}
	want, wantOK := elements(x.answer)
	have, haveOK := elements(got)
	if wantOK != haveOK {
		return fmt.Sprintf("readable as XML: %v, recorded %v", haveOK, wantOK)
	}
	if !wantOK {
		return ""
	}
	for e := range want {
		if !have[e] && !strings.Contains(e, "/associations/") {
			return "element " + e + " is missing"
		}
	}
	for e := range have {
		if !want[e] && !strings.Contains(e, "/associations/") {
			return "element " + e + " was not recorded"
		}
	}
	return ""
}

func elements(text string) (map[string]bool, bool) {
	d := xml.NewDecoder(strings.NewReader(text))
	seen := map[string]bool{}
	var path []string
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return seen, true
		}
		if err != nil {
			return seen, false
		}
		switch e := tok.(type) {
		case xml.StartElement:
			path = append(path, e.Name.Local)
			seen[strings.Join(path, "/")] = true
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if len(path) > 0 && path[len(path)-1] == "code" {
				seen["error "+string(e)] = true
			}
		}
	}
}
