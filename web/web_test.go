package web

import (
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func get(t *testing.T, h http.Handler, method, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func dashboard(t *testing.T) http.Handler {
	t.Helper()
	h, err := Handler()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

var nonceOf = regexp.MustCompile(`'nonce-([^']+)'`)

func TestEveryRouteIsThePageWithANonceOfItsOwn(t *testing.T) {
	t.Parallel()
	h := dashboard(t)
	seen := map[string]bool{}
	for _, target := range []string{"/", "/customers", "/customers/0199?tab=purchases", "/index.html", "/no/such/page"} {
		res := get(t, h, http.MethodGet, target)
		csp := res.Header.Get("Content-Security-Policy")
		m := nonceOf.FindStringSubmatch(csp)
		if res.StatusCode != http.StatusOK || m == nil || seen[m[1]] {
			t.Fatalf("%s: status %d, policy %q", target, res.StatusCode, csp)
		}
		seen[m[1]] = true
		html := body(t, res)
		if !strings.Contains(html, `content="`+m[1]+`"`) || strings.Contains(html, nonceMark) {
			t.Errorf("%s: the page does not know its nonce", target)
		}
		if got := res.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control %q", target, got)
		}
		for _, wanted := range []string{"default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(csp, wanted) {
				t.Errorf("%s: the policy lacks %s: %s", target, wanted, csp)
			}
		}
	}
}

// Letters are drawn by a worker of our own: its file is there, is a script, and the policy lets no
// script of others run.
func TestTheWorkerThatDrawsLettersIsOurs(t *testing.T) {
	t.Parallel()
	h := dashboard(t)
	names, err := fs.Glob(files, "dist/assets/pdf.worker*.js")
	if err != nil || len(names) != 1 {
		t.Fatalf("workers: %v (%v)", names, err)
	}
	res := get(t, h, http.MethodGet, "/assets/"+path.Base(names[0]))
	if got := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || !strings.HasPrefix(got, "text/javascript") {
		t.Errorf("status %d, Content-Type %q", res.StatusCode, got)
	}
	csp := get(t, h, http.MethodGet, "/").Header.Get("Content-Security-Policy")
	if strings.Contains(csp, "worker-src") || strings.Contains(csp, "child-src") || strings.Contains(csp, "blob:") {
		t.Errorf("workers are to come under script-src 'self' alone: %s", csp)
	}
}

func TestHashedFilesAreKept(t *testing.T) {
	t.Parallel()
	h := dashboard(t)
	names, err := fs.Glob(files, "dist/assets/*")
	if err != nil || len(names) == 0 {
		t.Fatalf("no assets: %v", err)
	}
	for _, name := range names {
		target := "/assets/" + path.Base(name)
		res := get(t, h, http.MethodGet, target, "Accept-Encoding", "gzip")
		if res.StatusCode != http.StatusOK || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
			t.Fatalf("%s: status %d, Cache-Control %q", target, res.StatusCode, res.Header.Get("Cache-Control"))
		}
		if res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("%s: headers %v", target, res.Header)
		}
		want, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		var r io.Reader = res.Body
		if res.Header.Get("Content-Encoding") == "gzip" {
			if r, err = gzip.NewReader(res.Body); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != string(want) {
			t.Errorf("%s: %d bytes, want %d (%v)", target, len(got), len(want), err)
		}
	}
}

func TestMissingFilesAndOtherMethods(t *testing.T) {
	t.Parallel()
	h := dashboard(t)
	if res := get(t, h, http.MethodGet, "/assets/index-00000000.js"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a missing file: %d", res.StatusCode)
	}
	if res := get(t, h, http.MethodPost, "/customers"); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", res.StatusCode)
	}
	if res := get(t, h, http.MethodHead, "/customers"); res.StatusCode != http.StatusOK || body(t, res) != "" {
		t.Errorf("HEAD: %d", res.StatusCode)
	}
}

func TestNothingIsAskedOfOthers(t *testing.T) {
	t.Parallel()
	elsewhere := regexp.MustCompile(`(?:src|href)="(?:https?:)?//|@import|url\((?:'|")?https?:`)
	err := fs.WalkDir(files, "dist", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || (path.Ext(name) != ".html" && path.Ext(name) != ".css") {
			return err
		}
		b, err := fs.ReadFile(files, name)
		if m := elsewhere.Find(b); m != nil {
			t.Errorf("%s asks another server: %s", name, m)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAPageWithoutAPlaceForTheNonceIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := handler(fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}}); err == nil {
		t.Error("accepted")
	}
}
