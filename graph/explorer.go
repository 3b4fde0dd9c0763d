package graph

import (
	"embed"
	"io/fs"
	"net/http"
)

// explorerFiles is GraphiQL with React, as published on npm (licenses.txt), and our page around it.
//
//go:embed explorer
var explorerFiles embed.FS

// Explorer serves the API explorer, for development. The page asks for a token, or is
// handed one in the fragment of its address, which no server sees.
func Explorer() (http.Handler, error) {
	files, err := fs.Sub(explorerFiles, "explorer")
	if err != nil {
		return nil, err
	}
	serve := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		serve.ServeHTTP(w, r)
	}), nil
}
