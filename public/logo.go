package public

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"

	"github.com/relance/relance"
)

// Logos is where the pictures come from.
type Logos interface {
	// LogoOf gives the picture that a link leads to; NOT_FOUND where there is none.
	LogoOf(ctx context.Context, token string) (relance.Logo, []byte, error)
}

// LogoHandler serves the pictures at the head of e-mails below /l/. The address stays when the
// picture changes, so it is kept for a day and then asked for again by its digest. Nothing is
// noted of who looks.
func LogoHandler(use Logos, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /l/{token}", func(w http.ResponseWriter, r *http.Request) {
		l, content, err := use.LogoOf(r.Context(), r.PathValue("token"))
		switch {
		case relance.CodeOf(err) == relance.CodeNotFound:
			http.NotFound(w, r)
			return
		case err != nil:
			log.Error("logo", "err", err)
			http.Error(w, "try again in a few minutes", http.StatusInternalServerError)
			return
		}
		h := w.Header()
		h.Set("Content-Type", l.MediaType)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin") // web mail shows it on its own pages
		h.Set("Cache-Control", "public, max-age=86400")
		h.Set("ETag", `"`+l.Digest+`"`)
		http.ServeContent(w, r, "", l.At, bytes.NewReader(content))
	})
	return mux
}
