package public

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// Letters is what the links in letters do.
type Letters interface {
	// Scan says where a letter's code leads, and counts it; "" where the link is over, or a test's.
	Scan(ctx context.Context, token string, human bool) (address string, about relance.Subscription, err error)
	// LetterSubscription reads what the way out in a letter is about; NOT_FOUND where the link is
	// none of ours.
	LetterSubscription(ctx context.Context, token string) (relance.Subscription, error)
	// ObjectToLetters takes an objection, or takes it back.
	ObjectToLetters(ctx context.Context, token string, undo bool) (relance.Subscription, error)
	// PrinterNews takes up what a provider tells of letters; UNAUTHORIZED where it is not signed.
	PrinterNews(ctx context.Context, printer uuid.UUID, header http.Header, body []byte) error
}

// maxNews is how much a provider may tell at once, in bytes.
const maxNews = 1 << 20

// LetterHandler serves what letters lead to: /q/ to the shop, /o/ to "no more letters"; and
// /hooks/print/, where providers tell how letters stand.
func LetterHandler(use Letters, log *slog.Logger) http.Handler {
	h := newHandler(log, letterTexts)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /q/{token}", func(w http.ResponseWriter, r *http.Request) { h.follow(w, r, use) })
	mux.HandleFunc("GET /o/{token}", func(w http.ResponseWriter, r *http.Request) {
		s, err := use.LetterSubscription(r.Context(), r.PathValue("token"))
		h.show(w, r, s, err)
	})
	mux.HandleFunc("POST /o/{token}", func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
		s, err := use.ObjectToLetters(r.Context(), r.PathValue("token"), r.PostFormValue("undo") == "1")
		h.show(w, r, s, err)
	})
	mux.HandleFunc("POST /hooks/print/{printer}", func(w http.ResponseWriter, r *http.Request) { hear(w, r, "printer", use.PrinterNews, log) })
	return mux
}

// follow leads whoever scanned the code to the shop.
func (h *handler) follow(w http.ResponseWriter, r *http.Request, use Letters) {
	address, about, err := use.Scan(r.Context(), r.PathValue("token"), human(r))
	if err != nil {
		h.show(w, r, relance.Subscription{}, err)
		return
	}
	if about.Test {
		h.show(w, r, about, nil)
		return
	}
	if address == "" {
		h.write(w, r, about.Language, http.StatusGone, map[string]any{"S": about, "Over": true})
		return
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Robots-Tag", "noindex")
	http.Redirect(w, r, address, http.StatusFound)
}

// machines are words in the names of programs that look at links by themselves.
var machines = []string{ //nolint:gochecknoglobals // a table
	"bot", "crawl", "spider", "preview", "facebookexternalhit", "whatsapp", "telegram", "skype", "slack", "discord", "headless", "curl", "wget", "python", "java/", "go-http-client", "okhttp",
	"libwww", "scanner", "safelinks", "barracuda", "mimecast", "proofpoint", "monitor", "validator", "lighthouse",
}

// human tells people from prefetchers and link checkers, as far as a request shows it: a person's
// browser navigates, asks for a page and has a name.
func human(r *http.Request) bool {
	purpose := strings.ToLower(r.Header.Get("Sec-Purpose") + r.Header.Get("Purpose") + r.Header.Get("X-Purpose") + r.Header.Get("X-Moz"))
	mode, agent := r.Header.Get("Sec-Fetch-Mode"), strings.ToLower(r.UserAgent())
	switch {
	case r.Method != http.MethodGet, strings.Contains(purpose, "prefetch"), strings.Contains(purpose, "preview"):
		return false
	case mode != "" && mode != "navigate", agent == "", !strings.Contains(r.Header.Get("Accept"), "text/html"):
		return false
	}
	return !slices.ContainsFunc(machines, func(word string) bool { return strings.Contains(agent, word) })
}

// hear takes up what somebody else's program tells of the thing that the path names. What cannot be taken up
// now is told again by it later.
func hear(w http.ResponseWriter, r *http.Request, thing string, take func(ctx context.Context, id uuid.UUID, header http.Header, body []byte) error, log *slog.Logger) {
	id, err := uuid.Parse(r.PathValue(thing))
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
	switch err := take(r.Context(), id, r.Header, body); {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case errors.As(err, &e) && e.Code == relance.CodeNotFound:
		http.NotFound(w, r)
	case errors.As(err, &e) && e.Code == relance.CodeUnauthorized:
		http.Error(w, "not signed with the secret that was agreed", http.StatusUnauthorized)
	case errors.As(err, &e) && e.Code == relance.CodeBadInput:
		http.Error(w, "cannot be read", http.StatusBadRequest)
	default:
		log.Error("news from outside", thing, id, "err", err)
		http.Error(w, "try again in a few minutes", http.StatusInternalServerError)
	}
}

func letterTexts(language string) texts {
	switch strings.ToLower(language + "  ")[:2] {
	case "fr":
		return texts{"fr", "Lettres de", "Ne plus recevoir de lettres publicitaires de la part de cette boutique ?", "Ne plus recevoir de lettres",
			"C’est noté : cette boutique ne vous enverra plus de lettres publicitaires. Une lettre déjà imprimée peut encore vous parvenir.", "Annuler", "Ce lien n’est pas complet. Scannez le code de la lettre, ou saisissez l’adresse en entier.", "Cela n’a pas fonctionné. Réessayez dans quelques minutes.", "Cette offre est terminée.", "Vers la boutique",
			"Ceci est une lettre d’essai. Le code fonctionne ; dans une vraie lettre, il mène à la boutique, ou à la page pour ne plus recevoir de lettres. Ici, rien n’est compté ni modifié."}
	case "de":
		return texts{"de", "Briefe von", "Keine weiteren Werbebriefe von diesem Shop erhalten?", "Keine Briefe mehr",
			"Erledigt: Dieser Shop schickt Ihnen keine Werbebriefe mehr. Ein Brief, der schon gedruckt ist, kann noch ankommen.", "Rückgängig machen", "Dieser Link ist nicht vollständig. Scannen Sie den Code des Briefs oder geben Sie die ganze Adresse ein.", "Das hat nicht geklappt. Versuchen Sie es in einigen Minuten noch einmal.", "Dieses Angebot ist vorbei.", "Zum Shop",
			"Das ist ein Testbrief. Der Code funktioniert; in einem echten Brief führt er zum Shop oder zur Seite gegen weitere Briefe. Hier wird nichts gezählt und nichts geändert."}
	default:
		return texts{"en", "Letters from", "Stop getting advertising letters from this shop?", "Stop these letters",
			"Done: this shop will send you no more advertising letters. One that is printed already may still arrive.", "Undo", "This link is not complete. Scan the letter’s code, or enter the whole address.", "That did not work. Try again in a few minutes.", "This offer is over.", "To the shop",
			"This is a test letter. Its code works; in a real letter it leads to the shop, or to the page against more letters. Nothing is counted or changed here."}
	}
}
