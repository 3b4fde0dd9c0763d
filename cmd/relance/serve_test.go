package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// Files of letters and the dashboard's pages about them have the same beginning of their paths.
func TestFilesAreServedAmongPages(t *testing.T) {
	t.Parallel()
	says := func(what string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(what)) })
	}
	h := filesAmongPages(says("file"), says("page"))
	for target, want := range map[string]string{
		"/letters/batches":   "page",
		"/letters/addresses": "page",
		"/letters/01a20344-4ce3-7ce7-ad7f-beacf8f55657.pdf": "file",
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil))
		if got := w.Body.String(); got != want {
			t.Errorf("%s is a %s, not a %s", target, got, want)
		}
	}
}
