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

// OptIns is what the page of a confirmation does.
type OptIns interface {
	// OptInPage reads what is to be confirmed; NOT_FOUND where the link is none of ours, or erased.
	OptInPage(ctx context.Context, token string) (relance.OptInPage, error)
	// ConfirmOptIn takes the confirmation; again changes nothing.
	ConfirmOptIn(ctx context.Context, token string) (relance.OptInPage, error)
}

// OptInHandler serves the page below /c/ where people confirm a consent. A GET shows what is confirmed
// and changes nothing; the POST of its button confirms.
func OptInHandler(use OptIns, log *slog.Logger) http.Handler {
	h := &handler{log: log, page: template.Must(template.New("page").Parse(optInPageText)), words: func(string) texts { return texts{} }}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /c/{token}", func(w http.ResponseWriter, r *http.Request) {
		p, err := use.OptInPage(r.Context(), r.PathValue("token"))
		h.showOptIn(w, r, p, err)
	})
	mux.HandleFunc("POST /c/{token}", func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
		if r.PostFormValue("confirm") != "1" { // a program that posts to every link presses no button
			p, err := use.OptInPage(r.Context(), r.PathValue("token"))
			h.showOptIn(w, r, p, err)
			return
		}
		p, err := use.ConfirmOptIn(r.Context(), r.PathValue("token"))
		h.showOptIn(w, r, p, err)
	})
	return mux
}

func (h *handler) showOptIn(w http.ResponseWriter, r *http.Request, p relance.OptInPage, err error) {
	status := http.StatusOK
	var e *relance.Error
	switch {
	case errors.As(err, &e) && e.Code == relance.CodeNotFound:
		status = http.StatusNotFound
	case err != nil:
		h.log.Error("public page", "err", err)
		status = http.StatusInternalServerError
	case p.Over:
		status = http.StatusGone
	}
	language := p.Language
	if language == "" {
		language = r.Header.Get("Accept-Language")
	}
	h.write(w, r, p.Language, status, map[string]any{"P": p, "O": optInTextsIn(language)})
}

type optInTexts struct{ Language, Title, Ask, Given, Confirm, Done, Over, Unknown, Broken string }

func optInTextsIn(language string) optInTexts {
	switch strings.ToLower(language + "  ")[:2] {
	case "fr":
		return optInTexts{"fr", "Confirmer votre consentement", "Vous confirmez :", "Donné à", "Je confirme", "C’est confirmé. Merci ! Vous pouvez retirer votre consentement à tout moment, par le lien de chaque message.",
			"Ce lien n’est plus valable.", "Ce lien n’est pas complet, ou n’est plus valable. Ouvrez-le depuis l’e-mail, ou copiez-le en entier.", "Cela n’a pas fonctionné. Réessayez dans quelques minutes."}
	case "de":
		return optInTexts{"de", "Einwilligung bestätigen", "Sie bestätigen:", "Gegenüber", "Ich bestätige", "Bestätigt. Vielen Dank! Sie können Ihre Einwilligung jederzeit über den Link in jeder Nachricht widerrufen.",
			"Dieser Link gilt nicht mehr.", "Dieser Link ist nicht vollständig oder gilt nicht mehr. Öffnen Sie ihn aus der E-Mail oder kopieren Sie ihn ganz.", "Das hat nicht geklappt. Versuchen Sie es in einigen Minuten noch einmal."}
	}
	return optInTexts{"en", "Confirm your consent", "You confirm:", "Given to", "I confirm", "Confirmed. Thank you! You can withdraw your consent at any time, by the link in each message.",
		"This link is no longer valid.", "This link is not complete, or no longer valid. Open it from the e-mail, or copy all of it.", "That did not work. Try again in a few minutes."}
}

const optInPageText = `<!doctype html>
<html lang="{{.O.Language}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>{{.O.Title}}{{if .P.ShopName}} · {{.P.ShopName}}{{end}}</title>
<style>:root{color-scheme:light dark}body{font:17px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;max-width:32rem;margin:12vh auto;padding:0 1.25rem;overflow-wrap:anywhere}
h1{font-size:1.35rem;line-height:1.3}blockquote{margin:1rem 0;padding:.2rem 1rem;border-left:3px solid #8a949e}footer{margin-top:2.5rem;font-size:.85rem;white-space:pre-line;opacity:.75}button{font:inherit;font-weight:600;padding:.65rem 1.1rem;border-radius:.5rem;border:1px solid currentColor;background:transparent;color:inherit;cursor:pointer}
button:focus-visible{outline:3px solid #0b5cad;outline-offset:2px}</style></head>
<body><main>{{if eq .Status 404}}<h1>{{.O.Unknown}}</h1>{{else if eq .Status 410}}<h1>{{.O.Over}}</h1>{{else if ne .Status 200}}<h1>{{.O.Broken}}</h1>
{{else}}<h1>{{.O.Title}}</h1>
{{if .P.Confirmed}}<p role="status">{{.O.Done}}</p>{{else}}<p>{{.O.Ask}}</p>{{end}}
<blockquote>{{if .P.Name}}<b>{{.P.Name}}</b><br>{{end}}{{.P.Wording}}</blockquote>
<p>{{.O.Given}}: {{.P.Controller}}</p>
{{if not .P.Confirmed}}<form method="post"><input type="hidden" name="confirm" value="1"><button>{{.O.Confirm}}</button></form>{{end}}
<footer>{{.P.Imprint}}</footer>
{{end}}</main></body></html>
`
