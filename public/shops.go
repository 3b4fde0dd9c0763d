package public

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/google/uuid"
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
		hear(w, r, "shop", use.ShopPrivacyNews, log)
	})
	return mux
}
