// Package pingentest is a simulator of Pingen's API, version 2: a test double that was written from
// what is known of Pingen and not from what our client expects of it. It prints nothing and counts
// what would be printed.
package pingentest

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/relance/relance/delivery/printersim"
	"github.com/relance/relance/internal/faults"
)

// The account of the simulator.
const (
	ClientID     = "simulated-client"
	ClientSecret = "simulated-secret"
	Organisation = "0f0f0f0f-0000-4000-8000-000000000001"
	SigningKey   = "simulated-signing-key"
)

// maxFile is the largest file that Pingen takes.
const maxFile = 8 << 20

// Server is the simulated Pingen. It is an [http.Handler]; its letters stay as long as it does.
type Server struct {
	*printersim.Stage
	handler http.Handler

	mu      sync.Mutex
	letters []*letter
	files   map[string][]byte // by the signature of their address
	keys    map[string]answer // by Idempotency-Key
	credit  int
	limited bool
}

type letter struct {
	id, name, status          string
	product, mode, spectrum   string
	file                      []byte
	checks                    int
	ordered                   bool
	created, updated          time.Time
	reason                    string
	corrected                 *Address
	priceCurrency, priceValue string
}

// Address is where the post says that somebody lives by now.
type Address struct {
	Name    string `json:"name"`
	Street  string `json:"street"`
	Number  string `json:"number"`
	Zip     string `json:"zip"`
	City    string `json:"city"`
	Country string `json:"country"`
}

type answer struct {
	status int
	body   any
}

// New makes a Pingen without letters.
func New(o printersim.Options) *Server {
	s := &Server{Stage: printersim.NewStage(o), files: map[string][]byte{}, keys: map[string]answer{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /auth/access-tokens", s.token)
	mux.HandleFunc("GET /file-upload", s.authorized(s.place))
	mux.HandleFunc("PUT /files/{signature}", s.put)
	base := "/organisations/" + Organisation + "/deliveries/letters"
	mux.HandleFunc("GET "+base, s.authorized(s.list))
	mux.HandleFunc("POST "+base, s.authorized(s.once(s.create)))
	mux.HandleFunc("POST "+base+"/{$}", s.authorized(s.once(s.create)))
	mux.HandleFunc("POST "+base+"/price-calculator", s.authorized(s.price))
	mux.HandleFunc("GET "+base+"/{id}", s.authorized(s.show))
	mux.HandleFunc("DELETE "+base+"/{id}", s.authorized(s.remove))
	mux.HandleFunc("PATCH "+base+"/{id}/send", s.authorized(s.once(s.order)))
	mux.HandleFunc("PATCH "+base+"/{id}/cancel", s.authorized(s.once(s.cancel)))
	s.handler = s.Misbehave(mux)
	return s
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

func complain(status int, title string) answer {
	return answer{status, map[string]any{"errors": []any{map[string]any{"code": strconv.Itoa(status), "title": title}}}}
}

func (a answer) write(w http.ResponseWriter) {
	w.Header().Set("X-Request-Id", "simulated")
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	printersim.Answer(w, a.status, a.body)
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	if r.PostFormValue("grant_type") != "client_credentials" || r.PostFormValue("client_id") != ClientID || r.PostFormValue("client_secret") != ClientSecret {
		printersim.Answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	token, seconds := s.Issue()
	printersim.Answer(w, http.StatusOK, map[string]any{"token_type": "Bearer", "expires_in": seconds, "access_token": token})
}

// authorized serves requests with a token, one after the other.
func (s *Server) authorized(do func(*http.Request) answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.Knows(r) {
			complain(http.StatusUnauthorized, "Unauthenticated").write(w)
			return
		}
		s.mu.Lock()
		a := do(r)
		s.mu.Unlock()
		if a.status < 0 {
			a.status = -a.status
			w.Header().Set("Idempotent-Replayed", "true")
		}
		a.write(w)
	}
}

// once gives the first answer again to a key that was seen.
func (s *Server) once(do func(*http.Request) answer) func(*http.Request) answer {
	return func(r *http.Request) answer {
		key := r.Header.Get("Idempotency-Key")
		if len(key) > 64 {
			return complain(http.StatusBadRequest, "Idempotency-Key too long")
		}
		if a, seen := s.keys[key]; seen {
			a.status = -a.status // marks a replay
			return a
		}
		a := do(r)
		if key != "" && a.status < 300 {
			s.keys[key] = a
		}
		return a
	}
}

// ForgetKeys forgets every Idempotency-Key, as happens some day.
func (s *Server) ForgetKeys() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.keys)
}

func (s *Server) place(r *http.Request) answer {
	signature := s.ID()
	s.files[signature] = nil
	return answer{http.StatusOK, map[string]any{"data": map[string]any{"id": signature, "type": "file_uploads", "attributes": map[string]any{
		"url": "http://" + r.Host + "/files/" + signature, "url_signature": signature, "expires_at": s.Options().Now().Add(time.Hour).Format(time.RFC3339),
	}}}}
}

// put takes a file. A token has no business here.
func (s *Server) put(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(io.LimitReader(r.Body, maxFile+1))
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := s.files[r.PathValue("signature")]
	if err != nil || len(b) > maxFile || !known || r.Header.Get("Authorization") != "" {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	s.files[r.PathValue("signature")] = b
}

// posted reads the attributes of a document.
func posted(r *http.Request) (out map[string]any) {
	var d struct {
		Data struct {
			Attributes map[string]any `json:"attributes"`
		} `json:"data"`
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/vnd.api+json") || json.NewDecoder(r.Body).Decode(&d) != nil {
		return nil
	}
	return d.Data.Attributes
}

func text(a map[string]any, name string) string {
	s, _ := a[name].(string)
	return s
}

func (s *Server) create(r *http.Request) answer {
	a := posted(r)
	file := s.files[text(a, "file_url_signature")]
	position, send := text(a, "address_position"), a["auto_send"]
	if text(a, "file_original_name") == "" || len(file) == 0 || position != "left" && position != "right" || send == nil {
		return complain(http.StatusUnprocessableEntity, "The letter is not complete")
	}
	now := s.Options().Now()
	l := &letter{
		id: s.ID(), name: text(a, "file_original_name"), status: "validating", file: file, checks: s.Options().Checks, created: now, updated: now,
		product: text(a, "delivery_product"), mode: text(a, "print_mode"), spectrum: text(a, "print_spectrum"), priceCurrency: "CHF", priceValue: "1.25",
	}
	if !strings.HasPrefix(string(file), "%PDF-") {
		l.status, l.reason = "invalid", "The file is not a PDF"
	}
	s.letters = append(s.letters, l)
	if send == true {
		s.print(l)
	}
	return s.shown(http.StatusCreated, l)
}

// shown is a letter as it is told, maybe with a word that nobody knows.
func (s *Server) shown(status int, l *letter) answer {
	return answer{status, map[string]any{"data": s.record(l)}}
}

func (s *Server) record(l *letter) map[string]any {
	word := l.status
	if s.Options().Faults.Roll(faults.NewWord) {
		word = "quantum_sorting"
	}
	a := map[string]any{
		"status": word, "file_original_name": l.name, "delivery_product": l.product, "print_mode": l.mode, "print_spectrum": l.spectrum,
		"created_at": l.created.Format("2006-01-02T15:04:05-0700"), "updated_at": l.updated.Format("2006-01-02T15:04:05-0700"),
		"price_currency": l.priceCurrency, "price_value": json.Number(l.priceValue),
	}
	return map[string]any{"id": l.id, "type": "letters", "attributes": a}
}

func (s *Server) find(r *http.Request) *letter { return s.byID(r.PathValue("id")) }

func (s *Server) byID(id string) *letter {
	for _, l := range s.letters {
		if l.id == id {
			return l
		}
	}
	return nil
}

// show tells one letter. Checking a file ends after it was asked for often enough.
func (s *Server) show(r *http.Request) answer {
	l := s.find(r)
	if l == nil {
		return complain(http.StatusNotFound, "No such letter")
	}
	if l.status == "validating" {
		if l.checks--; l.checks < 0 {
			l.status, l.updated = "valid", s.Options().Now()
		}
	}
	return s.shown(http.StatusOK, l)
}

// list pages through the letters in the order of their making; it knows no search.
func (s *Server) list(r *http.Request) answer {
	q := r.URL.Query()
	page, _ := strconv.Atoi(q.Get("page[number]"))
	size, _ := strconv.Atoi(q.Get("page[limit]"))
	page, size = max(page, 1), min(max(size, 1), 100)
	all := s.letters
	if s.Options().Faults.Roll(faults.EmptyList) {
		all = nil
	}
	data := []any{}
	for _, l := range all[min((page-1)*size, len(all)):min(page*size, len(all))] {
		data = append(data, s.record(l))
	}
	return answer{http.StatusOK, map[string]any{"data": data, "meta": map[string]any{"current_page": page, "last_page": max(1, (len(all)+size-1)/size), "per_page": size, "total": len(all)}}}
}

func (s *Server) price(r *http.Request) answer {
	a := posted(r)
	sheets, _ := a["paper_types"].([]any)
	if text(a, "country") == "" || len(sheets) == 0 || text(a, "delivery_product") == "" || text(a, "print_mode") == "" || text(a, "print_spectrum") == "" {
		return complain(http.StatusUnprocessableEntity, "The price cannot be told")
	}
	return answer{http.StatusOK, map[string]any{"data": map[string]any{"type": "letter_price_calculator", "attributes": map[string]any{"currency": "EUR", "price": json.Number(strconv.FormatFloat(0.8+0.1*float64(len(sheets)), 'f', 2, 64))}}}}
}

func (s *Server) order(r *http.Request) answer {
	l := s.find(r)
	switch {
	case l == nil:
		return complain(http.StatusNotFound, "No such letter")
	case posted(r) == nil:
		return complain(http.StatusUnprocessableEntity, "No document")
	case l.status != "valid":
		return complain(http.StatusConflict, "The letter cannot be sent")
	}
	s.print(l)
	return s.shown(http.StatusOK, l)
}

// print is where money is spent. Without credit a letter waits; it is ordered all the same.
func (s *Server) print(l *letter) {
	l.status, l.updated, l.ordered = "submitted", s.Options().Now(), true
	if s.limited {
		if s.credit == 0 {
			l.status = "awaiting_credits"
		} else {
			s.credit--
		}
	}
	s.Order(strings.TrimSuffix(l.name, ".pdf"), l.id, l.file)
}

func (s *Server) cancel(r *http.Request) answer {
	l := s.find(r)
	if l == nil {
		return complain(http.StatusNotFound, "No such letter")
	}
	switch l.status {
	case "submitted", "accepted", "inspection", "awaiting_credits":
		l.status = "cancelled"
		return answer{http.StatusAccepted, nil}
	}
	return complain(http.StatusConflict, "The letter cannot be cancelled")
}

func (s *Server) remove(r *http.Request) answer {
	l := s.find(r)
	switch {
	case l == nil:
		return complain(http.StatusNotFound, "No such letter")
	case l.ordered:
		return complain(http.StatusConflict, "The letter cannot be deleted")
	}
	for i := range s.letters {
		if s.letters[i] == l {
			s.letters = append(s.letters[:i], s.letters[i+1:]...)
			break
		}
	}
	return answer{http.StatusNoContent, nil}
}

// SetCredit limits how many letters can be paid for; letters that wait for credit go on.
func (s *Server) SetCredit(letters int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limited, s.credit = true, letters
	for _, l := range s.letters {
		if l.status == "awaiting_credits" && s.credit > 0 {
			l.status = "submitted"
			s.credit--
		}
	}
}

// Drafts is how many letters were never ordered.
func (s *Server) Drafts() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.letters {
		if !l.ordered {
			n++
		}
	}
	return n
}

// Advance moves an ordered letter one step on, and reports whether there was one.
func (s *Server) Advance(ctx context.Context, id string) (bool, error) {
	s.mu.Lock()
	l := s.byID(id)
	next := ""
	if l != nil {
		next = map[string]string{"submitted": "accepted", "accepted": "transferring", "transferring": "processing", "processing": "printing", "printing": "sent", "sent": "delivered"}[l.status]
	}
	s.mu.Unlock()
	if next == "" {
		return false, nil
	}
	return true, s.Set(ctx, id, next, "", nil)
}

// Set puts a letter into a state by any word, and notifies as Pingen does; with undeliverable the
// post may know another address.
func (s *Server) Set(ctx context.Context, id, word, reason string, corrected *Address) error {
	s.mu.Lock()
	l := s.byID(id)
	l.status, l.reason, l.corrected, l.updated = word, reason, corrected, s.Options().Now()
	s.mu.Unlock()
	category := ""
	switch word {
	case "sent", "delivered", "undeliverable":
		category = word
	case "invalid", "unprintable", "action_required", "rejected":
		category = "issues"
	}
	if category == "" {
		return nil
	}
	return s.Notify(ctx, s.news(l, category))
}

// news is a notification, signed.
func (s *Server) news(l *letter, category string) printersim.Notification {
	at := l.updated.Format("2006-01-02T15:04:05-0700")
	attributes := map[string]any{"created_at": at, "url": "https://hooks.example.com/print"}
	if category == "issues" {
		attributes["reason"] = l.reason
	}
	if l.corrected != nil {
		attributes["corrected_address"] = l.corrected
	}
	body, _ := json.Marshal(map[string]any{ //nolint:errchkjson // nothing in it can fail
		"data": map[string]any{"id": s.ID(), "type": "webhook_" + category, "attributes": attributes, "relationships": map[string]any{
			"organisation": map[string]any{"data": map[string]any{"type": "organisations", "id": Organisation}},
			"letter":       map[string]any{"data": map[string]any{"type": "letters", "id": l.id}},
		}},
		"included": []any{map[string]any{"type": "letters_events", "id": s.ID(), "attributes": map[string]any{"code": category, "name": l.reason, "emitted_at": at}}},
	})
	mac := hmac.New(sha256.New, []byte(SigningKey))
	mac.Write(body)
	return printersim.Notification{Header: http.Header{"Content-Type": {"application/vnd.api+json"}, "Signature": {hex.EncodeToString(mac.Sum(nil))}}, Body: body}
}
