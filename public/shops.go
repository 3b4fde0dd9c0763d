package public

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// ShopNews is what platforms tell of their shops' customers.
type ShopNews interface {
	// ShopPrivacyNews takes up a word about privacy; UNAUTHORIZED where it is not signed.
	ShopPrivacyNews(ctx context.Context, shop uuid.UUID, header http.Header, body []byte) error
}

// ShopHookHandler serves /hooks/privacy/SHOP, where a shop's platform passes on what customers ask about their
// data.
func ShopHookHandler(use ShopNews, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /hooks/privacy/{shop}", func(w http.ResponseWriter, r *http.Request) {
		shop, err := uuid.Parse(r.PathValue("shop"))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxNews))
		if err != nil {
			http.Error(w, "too long", http.StatusRequestEntityTooLarge)
			return
		}
		var e *relance.Error
		switch err := use.ShopPrivacyNews(r.Context(), shop, r.Header, body); {
		case err == nil:
			w.WriteHeader(http.StatusNoContent)
		case errors.As(err, &e) && e.Code == relance.CodeNotFound:
			http.NotFound(w, r)
		case errors.As(err, &e) && e.Code == relance.CodeUnauthorized:
			http.Error(w, "not signed with the app's secret", http.StatusUnauthorized)
		case errors.As(err, &e) && e.Code == relance.CodeBadInput:
			http.Error(w, "cannot be read", http.StatusBadRequest)
		default:
			log.Error("word of a shop about privacy", "shop", shop, "err", err)
			http.Error(w, "try again in a few minutes", http.StatusInternalServerError)
		}
	})
	return mux
}
