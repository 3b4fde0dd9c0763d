package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// output collects what a command writes while it runs.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

func TestExitCodes(t *testing.T) {
	for _, name := range []string{"DATABASE_URL", "REDIS_URL", "RELANCE_SECRET_KEY"} {
		t.Setenv(name, "")
	}
	for line, want := range map[string]struct {
		code int
		says string
	}{
		"":                               {exitDone, "Usage: relance"},
		"--help":                         {exitDone, "Usage: relance"},
		"serve --help":                   {exitDone, "--addr"},
		"key":                            {exitDone, ""},
		"nonsense":                       {exitUsage, "See relance --help"},
		"migrate --nonsense":             {exitUsage, "See relance --help"},
		"sync":                           {exitUsage, "--shop"},
		"sync --shop 7":                  {exitUsage, "--shop"},
		"token create --role king":       {exitUsage, "owner"},
		"merchant create":                {exitUsage, "--name"},
		"migrate":                        {exitError, "DATABASE_URL"},
		"serve":                          {exitError, "DATABASE_URL"},
		"work":                           {exitError, "DATABASE_URL"},
		"rebuild":                        {exitError, "DATABASE_URL"},
		"token create --role owner":      {exitError, "DATABASE_URL"},
		"key --rotate":                   {exitError, "RELANCE_SECRET_KEY"},
		"migrate --database-url nowhere": {exitError, ""},
		"simulate shopify --addr 127.0.0.1:0 --faults nonsense": {exitError, "nonsense"},
	} {
		var out, errs output
		if code := run(t.Context(), strings.Fields(line), &streams{out: &out, err: &errs}); code != want.code {
			t.Errorf("relance %s: exit %d, want %d\n%s%s", line, code, want.code, out.String(), errs.String())
		}
		if !strings.Contains(out.String()+errs.String(), want.says) {
			t.Errorf("relance %s does not say %q:\n%s%s", line, want.says, out.String(), errs.String())
		}
		if want.code != exitDone && errs.String() == "" {
			t.Errorf("relance %s fails without a word", line)
		}
	}
}

var page = regexp.MustCompile(`(http://[^/]+/)explorer/#token=(\S+)`)

// dev starts `relance dev` and gives its address and token, and a way to stop it.
func dev(t *testing.T, state string) (address, token string, stop func()) {
	t.Helper()
	return devWith(t, state, "--people", "20")
}

func devWith(t *testing.T, state string, flags ...string) (address, token string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var out, errs output
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, append([]string{"dev", "--state", state, "--addr", "127.0.0.1:0"}, flags...), &streams{out: &out, err: &errs})
	}()
	stop = func() {
		t.Helper()
		cancel()
		if code := <-done; code != exitDone || !strings.Contains(out.String(), "relance: stopped") {
			t.Errorf("stopped with exit %d:\n%s%s", code, out.String(), errs.String())
		}
	}
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(20 * time.Millisecond) { // polls a program that starts in its own time
		if m := page.FindStringSubmatch(out.String()); m != nil {
			return m[1], m[2], stop
		}
		select {
		case code := <-done:
			t.Fatalf("ended with exit %d:\n%s%s", code, out.String(), errs.String())
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("no page:\n%s%s", out.String(), errs.String())
		}
	}
}

func get(t *testing.T, method, url, token, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

func TestDevShowsTheProduct(t *testing.T) {
	for _, name := range []string{"DATABASE_URL", "REDIS_URL", "RELANCE_SECRET_KEY", "RELANCE_ADDR", "RELANCE_STATE"} {
		t.Setenv(name, "")
	}
	state := t.TempDir()
	address, token, stop := dev(t, state)
	for path, want := range map[string]string{"explorer/": "Relance API explorer", "explorer/explorer.js": "GraphiQL", "explorer/icon.svg": "<svg", "auth/state": `"setup":false`, "healthz": "ok", "readyz": "ok",
		"metrics": "relance_follow_up_overdue_seconds"} {
		if code, body := get(t, http.MethodGet, address+path, "", ""); code != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("/%s: %d, without %q: %.200s", path, code, want, body)
		}
	}
	if code, _ := get(t, http.MethodPost, address+"graphql", "wrong", `{"query":"{ shops { id } }"}`); code != http.StatusUnauthorized {
		t.Errorf("a wrong token: %d", code)
	}
	for path, want := range map[string]int{"report?month=2026-11&format=csv": http.StatusOK, "report?month=2026-11&format=xlsx": http.StatusOK, "report?month=11&format=csv": http.StatusBadRequest, "report?month=2026-11": http.StatusBadRequest} {
		if code, body := get(t, http.MethodGet, address+path, token, ""); code != want || code == http.StatusOK && !strings.HasPrefix(body, "Shop,Group,Campaign,") && !strings.HasPrefix(body, "PK") {
			t.Errorf("/%s: %d %.100q", path, code, body)
		}
		if code, _ := get(t, http.MethodGet, address+path, "wrong", ""); code != http.StatusUnauthorized {
			t.Errorf("/%s with a wrong token: %d", path, code)
		}
	}
	const question = `{"query":"{ shops { platform state } profiles(first: 1) { totalCount } }"}`
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) { // polls what another process does
		_, body := get(t, http.MethodPost, address+"graphql", token, question)
		if strings.Count(body, "CONNECTED") == 2 && strings.Contains(body, `"totalCount":20`) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the demo shops do not arrive: %s", body)
		}
	}
	stop()

	address, again, stop := dev(t, state)
	defer stop()
	if again != token {
		t.Error("the token of the first run is forgotten")
	}
	if _, body := get(t, http.MethodPost, address+"graphql", token, question); !strings.Contains(body, `"totalCount":20`) {
		t.Errorf("the data did not survive: %s", body)
	}
}

// In a database of several merchants the simulated shops have a merchant of their own, the
// same one every time.
func TestDevAmongSeveralMerchants(t *testing.T) {
	for _, name := range []string{"REDIS_URL", "RELANCE_SECRET_KEY", "RELANCE_ADDR", "RELANCE_STATE"} {
		t.Setenv(name, "")
	}
	t.Setenv("DATABASE_URL", cluster.URL(t))
	for _, name := range []string{"One", "Two"} {
		if code, said := command(t, "merchant", "create", "--name", name); code != exitDone {
			t.Fatal(said)
		}
	}
	state := t.TempDir()
	var first string
	for range 2 {
		address, token, stop := dev(t, state)
		const question = `{"query":"{ merchant { id name } shops { platform } }"}`
		body := ""
		for deadline := time.Now().Add(2 * time.Minute); strings.Count(body, "platform") != 2; time.Sleep(50 * time.Millisecond) { // polls what another process does
			if _, body = get(t, http.MethodPost, address+"graphql", token, question); time.Now().After(deadline) {
				t.Fatalf("the demo shops do not arrive: %s", body)
			}
		}
		stop()
		if !strings.Contains(body, demoName) || first != "" && body != first {
			t.Errorf("the demo shops belong to %s, at first %s", body, first)
		}
		first = body
	}
}
