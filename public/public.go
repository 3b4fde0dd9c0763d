// Package public serves what recipients of messages reach without signing in: the page behind
// the unsubscribe link, where the codes of letters lead, and the shop's logo; and what providers
// tell of letters. A GET shows and never changes anything, since mail scanners
// and previews open links; a POST acts, also the one that mail programs send by themselves
// (RFC 8058), and what was done can be undone on the page.
package public

import (
	"context"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"strings"

	"github.com/relance/relance"
)

// Objections is what the pages do.
type Objections interface {
	// Subscription reads what a link is about; NOT_FOUND where it is none of ours.
	Subscription(ctx context.Context, token string) (relance.Subscription, error)
	// Unsubscribe takes an objection, or takes it back.
	Unsubscribe(ctx context.Context, token string, undo bool) (relance.Subscription, error)
}

// Handler serves the public pages below /u/.
func Handler(use Objections, log *slog.Logger) http.Handler {
	h := newHandler(log, mailTexts)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /u/{token}", func(w http.ResponseWriter, r *http.Request) {
		s, err := use.Subscription(r.Context(), r.PathValue("token"))
		h.show(w, r, s, err)
	})
	mux.HandleFunc("POST /u/{token}", func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
		s, err := use.Unsubscribe(r.Context(), r.PathValue("token"), r.PostFormValue("undo") == "1")
		h.show(w, r, s, err)
	})
	return mux
}

// handler shows pages in the words of their channel.
type handler struct {
	log   *slog.Logger
	page  *template.Template
	words func(language string) texts
}

func newHandler(log *slog.Logger, words func(string) texts) *handler {
	return &handler{log: log, page: template.Must(template.New("page").Parse(pageText)), words: words}
}

func (h *handler) show(w http.ResponseWriter, r *http.Request, s relance.Subscription, err error) {
	status := http.StatusOK
	var e *relance.Error
	switch {
	case errors.As(err, &e) && e.Code == relance.CodeNotFound:
		status = http.StatusNotFound
	case err != nil:
		h.log.Error("public page", "err", err)
		status = http.StatusInternalServerError
	}
	h.write(w, r, s.Language, status, map[string]any{"S": s})
}

// write writes the page; what stands on it is chosen by the status.
func (h *handler) write(w http.ResponseWriter, r *http.Request, language string, status int, data map[string]any) {
	if language == "" {
		language = r.Header.Get("Accept-Language")
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Robots-Tag", "noindex")
	w.WriteHeader(status)
	data["T"], data["Status"] = h.words(language), status
	if err := h.page.Execute(w, data); err != nil {
		h.log.Warn("public page cut short", "err", err)
	}
}

// texts are the page's words.
type texts struct {
	Language, Title, Ask, Stop, Stopped, Undo, Unknown, Broken, Over, ToShop, Test string
}

func mailTexts(language string) texts {
	switch strings.ToLower(language + "  ")[:2] {
	case "fr":
		return texts{"fr", "E-mails de", "Ne plus recevoir d’e-mails de suivi de la part de cette boutique ?", "Ne plus recevoir d’e-mails",
			"C’est noté : vous ne recevrez plus d’e-mails de suivi de cette boutique. Les messages sur vos commandes continuent d’arriver.", "Annuler", "Ce lien n’est pas complet. Ouvrez-le depuis l’e-mail, ou copiez-le en entier.", "Cela n’a pas fonctionné. Réessayez dans quelques minutes.", "", "", ""}
	case "de":
		return texts{"de", "E-Mails von", "Keine weiteren Werbe-E-Mails von diesem Shop erhalten?", "Keine E-Mails mehr",
			"Erledigt: Sie erhalten keine Werbe-E-Mails dieses Shops mehr. Nachrichten zu Ihren Bestellungen kommen weiterhin.", "Rückgängig machen", "Dieser Link ist nicht vollständig. Öffnen Sie ihn aus der E-Mail oder kopieren Sie ihn ganz.", "Das hat nicht geklappt. Versuchen Sie es in einigen Minuten noch einmal.", "", "", ""}
	default:
		return texts{"en", "E-mails from", "Stop getting follow-up e-mails from this shop?", "Stop these e-mails",
			"Done: you will get no more follow-up e-mails from this shop. Messages about your orders still arrive.", "Undo", "This link is not complete. Open it from the e-mail, or copy all of it.", "That did not work. Try again in a few minutes.", "", "", ""}
	}
}

const pageText = `<!doctype html>
<html lang="{{.T.Language}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>{{if .S.Test}}Test{{else if .S.ShopName}}{{.T.Title}} {{.S.ShopName}}{{else}}{{.T.Stop}}{{end}}</title>
<style>:root{color-scheme:light dark}body{font:17px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;max-width:32rem;margin:12vh auto;padding:0 1.25rem;overflow-wrap:anywhere}
h1{font-size:1.35rem;line-height:1.3}button{font:inherit;font-weight:600;padding:.65rem 1.1rem;border-radius:.5rem;border:1px solid currentColor;background:transparent;color:inherit;cursor:pointer}
button:focus-visible{outline:3px solid #0b5cad;outline-offset:2px}</style></head>
<body><main>{{if eq .Status 404}}<h1>{{.T.Unknown}}</h1>{{else if .S.Test}}<h1>{{.T.Test}}</h1>{{else if .Over}}<h1>{{.T.Over}}</h1><p><a href="{{.S.ShopURL}}">{{.T.ToShop}}</a></p>{{else if ne .Status 200}}<h1>{{.T.Broken}}</h1>
{{else}}<h1>{{.T.Title}} {{.S.ShopName}}</h1>
{{if .S.Stopped}}<p role="status">{{.T.Stopped}}</p><form method="post"><input type="hidden" name="undo" value="1"><button>{{.T.Undo}}</button></form>
{{else}}<p>{{.T.Ask}}</p><form method="post"><button>{{.T.Stop}}</button></form>{{end}}
{{end}}</main></body></html>
`
