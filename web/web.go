// Package web serves the dashboard. Its pages are built from the sources beside this file
// (npm run build) into dist, which is committed: building the program needs no Node.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"embed"
	"encoding/base64"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed dist
var files embed.FS

// nonceMark stands in index.html where the nonce of a response belongs.
const nonceMark = "__STYLE_NONCE__"

// policy allows what the dashboard needs, all of it from its own origin: the browser asks
// nobody else for anything. Styles that components make while they run carry the nonce.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-%s'; img-src 'self' data:; " +
	"connect-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

// asset is a file as it is sent.
type asset struct {
	contentType string
	plain       []byte
	gzipped     []byte // nil where that would not be smaller
}

// Handler serves the dashboard: its files, and its page for every other path without a file
// extension, whose route the page knows.
func Handler() (http.Handler, error) {
	dist, err := fs.Sub(files, "dist")
	if err != nil {
		return nil, err
	}
	return handler(dist)
}

func handler(dist fs.FS) (http.Handler, error) {
	assets, err := load(dist)
	if err != nil {
		return nil, err
	}
	page := assets["/index.html"]
	if !bytes.Contains(page.plain, []byte(nonceMark)) {
		return nil, fmt.Errorf("web: index.html has no place for the style nonce")
	}
	delete(assets, "/index.html")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "only GET and HEAD are answered here", http.StatusMethodNotAllowed)
			return
		}
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		if a, ok := assets[r.URL.Path]; ok {
			a.send(w, r)
			return
		}
		if path.Ext(r.URL.Path) != "" && r.URL.Path != "/index.html" {
			http.Error(w, "there is no such file", http.StatusNotFound)
			return
		}
		sendPage(w, r, page.plain)
	}), nil
}

// load reads all files; they are few and small.
func load(dist fs.FS) (map[string]asset, error) {
	assets := map[string]asset{}
	err := fs.WalkDir(dist, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		a := asset{contentType: contentType(name), plain: b}
		if z := compress(b); len(z) < len(b) {
			a.gzipped = z
		}
		assets["/"+name] = a
		return nil
	})
	return assets, err
}

// contentType does not ask the system, whose tables differ from machine to machine.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".md":
		return "text/plain; charset=utf-8"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

func compress(b []byte) []byte {
	var buf bytes.Buffer
	z, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	_, _ = z.Write(b) // a buffer takes everything
	_ = z.Close()
	return buf.Bytes()
}

// send answers with a file. The name of a file in assets holds a digest of what is in it,
// so that it never changes.
func (a asset) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(r.URL.Path, "/assets/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body := a.plain
	if a.gzipped != nil {
		h.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = a.gzipped
		}
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

// sendPage answers with the page, which is the same for every route but for its nonce.
func sendPage(w http.ResponseWriter, r *http.Request, page []byte) {
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails
	nonce := base64.RawStdEncoding.EncodeToString(raw[:])
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", fmt.Sprintf(policy, nonce))
	if r.Method != http.MethodHead {
		_, _ = w.Write(bytes.Replace(page, []byte(nonceMark), []byte(nonce), 1))
	}
}
