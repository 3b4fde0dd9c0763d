package graph

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// Photos gives people's pictures.
type Photos interface {
	PhotoOf(ctx context.Context, m, profile uuid.UUID, scope []uuid.UUID) (relance.ProfilePhoto, []byte, error)
}

// PhotoHandler gives a person's picture at /photos/ID to whoever may see the person. It is asked for again
// each time, by its digest. It expects Require in front of it.
func PhotoHandler(photos Photos, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /photos/{id}", func(w http.ResponseWriter, r *http.Request) {
		b := bearer(r.Context())
		id, err := uuid.Parse(r.PathValue("id"))
		if err != nil {
			refuse(w, http.StatusNotFound, relance.CodeNotFound, "there is no such photo")
			return
		}
		p, content, err := photos.PhotoOf(r.Context(), b.MerchantID, id, b.ShopIDs)
		switch {
		case relance.CodeOf(err) == relance.CodeNotFound:
			refuse(w, http.StatusNotFound, relance.CodeNotFound, "there is no such photo")
			return
		case err != nil:
			log.Error("a photo failed", "err", err)
			refuse(w, http.StatusInternalServerError, relance.CodeInternal, "an internal error; the log has the details")
			return
		}
		h := w.Header()
		h.Set("Content-Type", "image/jpeg")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'")
		h.Set("Cache-Control", "private, no-cache")
		h.Set("ETag", `"`+p.Digest+`"`)
		http.ServeContent(w, r, "", p.At, bytes.NewReader(content))
	})
	return mux
}
