// Package mailevatest is a simulator of Maileva's API mail/v2: a test double that was written from
// what is known of Maileva and not from what our client expects of it. It prints nothing and counts
// what would be printed.
package mailevatest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"slices"
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
	Username     = "simulated.user"
	Password     = "simulated-password"
	NewsUser     = "relance"
	NewsPassword = "simulated-callback-password"
	TokenPath    = "/auth/realms/services/protocol/openid-connect/token"
	APIPath      = "/mail/v2"
)

const (
	maxFile      = 20 << 20
	maxDocuments = 30
)

// Server is the simulated Maileva. It is an [http.Handler]; its sendings stay as long as it does.
type Server struct {
	*printersim.Stage
	handler http.Handler

	mu       sync.Mutex
	sendings []*sending
	broke    bool
}

type sending struct {
	id, status string
	fields     map[string]any
	documents  []document
	recipients []*recipient
	processed  time.Time
}

type document struct {
	id   string
	file []byte
}

type recipient struct {
	id, status string
	fields     map[string]any
	delivery   []map[string]string
}

// New makes a Maileva without sendings.
func New(o printersim.Options) *Server {
	s := &Server{Stage: printersim.NewStage(o)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+TokenPath, s.token)
	one := APIPath + "/sendings/{id}"
	mux.HandleFunc("POST "+APIPath+"/sendings", s.authorized(s.create))
	mux.HandleFunc("GET "+APIPath+"/sendings", s.authorized(s.list))
	mux.HandleFunc("GET "+one, s.authorized(s.with(s.show)))
	mux.HandleFunc("DELETE "+one, s.authorized(s.with(s.remove)))
	mux.HandleFunc("POST "+one+"/documents", s.authorized(s.with(s.addDocument)))
	mux.HandleFunc("GET "+one+"/documents", s.authorized(s.with(s.listDocuments)))
	mux.HandleFunc("POST "+one+"/recipients", s.authorized(s.with(s.addRecipient)))
	mux.HandleFunc("GET "+one+"/recipients", s.authorized(s.with(s.listRecipients)))
	mux.HandleFunc("GET "+one+"/recipients/{person}/delivery_statuses", s.authorized(s.with(s.deliveries)))
	mux.HandleFunc("POST "+one+"/submit", s.authorized(s.with(s.submit)))
	s.handler = s.Misbehave(mux)
	return s
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

type answer struct {
	status int
	body   any
}

func complain(status int, text string) answer {
	return answer{status, map[string]any{"errors": []any{map[string]any{"code": strconv.Itoa(status), "message": text}}}}
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	good := r.PostFormValue("client_id") == ClientID && r.PostFormValue("client_secret") == ClientSecret
	switch r.PostFormValue("grant_type") {
	case "password":
		good = good && r.PostFormValue("username") == Username && r.PostFormValue("password") == Password
	case "client_credentials":
	default:
		good = false
	}
	if !good {
		printersim.Answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_grant"})
		return
	}
	token, seconds := s.Issue()
	printersim.Answer(w, http.StatusOK, map[string]any{"token_type": "bearer", "expires_in": seconds, "access_token": token})
}

// authorized serves requests with a token, one after the other.
func (s *Server) authorized(do func(*http.Request) answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a := complain(http.StatusUnauthorized, "token")
		if s.Knows(r) {
			s.mu.Lock()
			a = do(r)
			s.mu.Unlock()
		}
		if a.body == nil {
			w.WriteHeader(a.status)
			return
		}
		printersim.Answer(w, a.status, a.body)
	}
}

func (s *Server) with(do func(*sending, *http.Request) answer) func(*http.Request) answer {
	return func(r *http.Request) answer {
		if d := s.byID(r.PathValue("id")); d != nil {
			return do(d, r)
		}
		return complain(http.StatusNotFound, "no such sending")
	}
}

func (s *Server) byID(id string) *sending {
	for _, d := range s.sendings {
		if d.id == id {
			return d
		}
	}
	return nil
}

func (s *Server) create(r *http.Request) answer {
	fields := map[string]any{}
	if json.NewDecoder(r.Body).Decode(&fields) != nil || fields["name"] == nil {
		return complain(http.StatusBadRequest, "name is missing")
	}
	d := &sending{id: s.ID(), status: "DRAFT", fields: fields}
	s.sendings = append(s.sendings, d)
	return answer{http.StatusCreated, s.record(d)}
}

// record is a sending as it is told, maybe with a word that nobody knows.
func (s *Server) record(d *sending) map[string]any {
	out := map[string]any{}
	for name, v := range d.fields {
		out[name] = v
	}
	out["id"], out["status"] = d.id, d.status
	if s.Options().Faults.Roll(faults.NewWord) {
		out["status"] = "WAITING_FOR_THE_MOON"
	}
	if !d.processed.IsZero() {
		out["processed_date"] = d.processed.Format(time.RFC3339)
	}
	return out
}

// list pages through the sendings in the order of their making.
func (s *Server) list(r *http.Request) answer {
	from, _ := strconv.Atoi(r.URL.Query().Get("start_index"))
	count, _ := strconv.Atoi(r.URL.Query().Get("count"))
	from, count = max(from, 1), min(max(count, 1), 500)
	all := s.sendings
	if s.Options().Faults.Roll(faults.EmptyList) {
		all = nil
	}
	list := []any{}
	for _, d := range all[min(from-1, len(all)):min(from-1+count, len(all))] {
		list = append(list, s.record(d))
	}
	return answer{http.StatusOK, map[string]any{"sendings": list, "paging": map[string]any{"total_results": len(all), "start_index": from, "count": len(list)}}}
}

func (s *Server) show(d *sending, _ *http.Request) answer {
	return answer{http.StatusOK, s.record(d)}
}

func (s *Server) remove(d *sending, _ *http.Request) answer {
	if d.status != "DRAFT" {
		return complain(http.StatusConflict, "not a draft")
	}
	s.sendings = slices.DeleteFunc(s.sendings, func(o *sending) bool { return o == d })
	return answer{http.StatusNoContent, nil}
}

func (s *Server) addDocument(d *sending, r *http.Request) answer {
	if d.status != "DRAFT" || len(d.documents) >= maxDocuments {
		return complain(http.StatusConflict, "no more documents")
	}
	part, head, err := r.FormFile("document")
	if err != nil {
		return complain(http.StatusBadRequest, "no document")
	}
	b, err := io.ReadAll(io.LimitReader(part, maxFile+1))
	if err != nil || len(b) > maxFile || head.Filename == "" {
		return complain(http.StatusRequestEntityTooLarge, "too large")
	}
	d.documents = append(d.documents, document{s.ID(), b})
	return answer{http.StatusCreated, map[string]any{"id": d.documents[len(d.documents)-1].id, "name": head.Filename}}
}

func (s *Server) listDocuments(d *sending, _ *http.Request) answer {
	list := []any{}
	for _, x := range d.documents {
		list = append(list, map[string]any{"id": x.id, "size": len(x.file)})
	}
	return answer{http.StatusOK, map[string]any{"documents": list, "paging": map[string]any{"total_results": len(list)}}}
}

func (s *Server) addRecipient(d *sending, r *http.Request) answer {
	fields := map[string]any{}
	bad := json.NewDecoder(r.Body).Decode(&fields) != nil
	switch {
	case d.status != "DRAFT":
		return complain(http.StatusConflict, "not a draft")
	case bad, fields["address_line_6"] == nil, fields["country_code"] == nil, fields["address_line_1"] == nil && fields["address_line_2"] == nil:
		return complain(http.StatusBadRequest, "address is not complete")
	}
	p := &recipient{id: s.ID(), status: "DRAFT", fields: fields}
	d.recipients = append(d.recipients, p)
	return answer{http.StatusCreated, p.record()}
}

func (p *recipient) record() map[string]any {
	out := map[string]any{}
	for name, v := range p.fields {
		out[name] = v
	}
	out["id"], out["status"] = p.id, p.status
	return out
}

func (s *Server) listRecipients(d *sending, _ *http.Request) answer {
	list := []any{}
	for _, p := range d.recipients {
		list = append(list, p.record())
	}
	return answer{http.StatusOK, map[string]any{"recipients": list, "paging": map[string]any{"total_results": len(list)}}}
}

func (s *Server) deliveries(d *sending, r *http.Request) answer {
	for _, p := range d.recipients {
		if p.id == r.PathValue("person") {
			return answer{http.StatusOK, map[string]any{"delivery_statuses": p.delivery}}
		}
	}
	return complain(http.StatusNotFound, "no such recipient")
}

// submit is where money is spent: every recipient gets all documents.
func (s *Server) submit(d *sending, _ *http.Request) answer {
	switch {
	case d.status != "DRAFT":
		return complain(http.StatusConflict, "not a draft")
	case len(d.documents) == 0 || len(d.recipients) == 0:
		return complain(http.StatusBadRequest, "not complete")
	case s.broke:
		return complain(http.StatusPaymentRequired, "no credit")
	}
	d.status = "PENDING"
	var file []byte
	for _, x := range d.documents {
		file = append(file, x.file...)
	}
	key, _ := d.fields["custom_id"].(string)
	if key == "" {
		key, _ = d.fields["name"].(string)
	}
	for _, p := range d.recipients {
		p.status = "PENDING"
		s.Order(key, d.id, file)
	}
	return answer{http.StatusOK, nil}
}

// SetBroke says whether the account has too little credit.
func (s *Server) SetBroke(broke bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broke = broke
}

// Drafts is how many sendings were never submitted.
func (s *Server) Drafts() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.sendings {
		if d.status == "DRAFT" {
			n++
		}
	}
	return n
}

// Spoil adds the first document of a sending once more, as a request does that comes late.
func (s *Server) Spoil(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.byID(id)
	d.documents = append(d.documents, document{s.ID(), bytes.Clone(d.documents[0].file)})
}

// Advance moves a sending one step on, and reports whether there was one; after PROCESSED the post
// delivers.
func (s *Server) Advance(ctx context.Context, id string) (bool, error) {
	s.mu.Lock()
	d := s.byID(id)
	status := ""
	if d != nil {
		status = d.status
	}
	s.mu.Unlock()
	switch status {
	case "PENDING":
		return true, s.Set(ctx, id, "ACCEPTED")
	case "ACCEPTED":
		return true, s.Set(ctx, id, "PROCESSED")
	case "PROCESSED":
		return s.Deliver(id, "DISTRIBUTED", "Distribué"), nil
	}
	return false, nil
}

// Deliver says what became of a letter by the post's word, once.
func (s *Server) Deliver(id, code, label string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.byID(id).recipients[0]
	if len(p.delivery) > 0 {
		return false
	}
	p.delivery = append(p.delivery, map[string]string{"code": code, "label": label, "date": s.Options().Now().Format(time.RFC3339)})
	return true
}

// Set puts a sending into a state by any word, and notifies as Maileva does.
func (s *Server) Set(ctx context.Context, id, word string) error {
	s.mu.Lock()
	d := s.byID(id)
	d.status = word
	for _, p := range d.recipients {
		switch word {
		case "PROCESSED", "REJECTED":
			p.status, d.processed = word, s.Options().Now()
		case "PROCESSED_WITH_ERRORS":
			p.status, d.processed = "REJECTED", s.Options().Now()
		}
	}
	custom := d.fields["custom_id"]
	s.mu.Unlock()
	body, _ := json.Marshal(map[string]any{ //nolint:errchkjson // nothing in it can fail
		"source": "mail", "event_type": "ON_STATUS_" + word, "resource_type": "mail/v2/sendings", "resource_id": id, "resource_custom_id": custom,
		"resource_location": strings.TrimPrefix(APIPath, "/") + "/sendings/" + id, "event_date": s.Options().Now().Format(time.RFC3339),
	})
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(NewsUser+":"+NewsPassword))
	return s.Notify(ctx, printersim.Notification{Header: http.Header{"Content-Type": {"application/json"}, "Authorization": {basic}}, Body: body})
}
