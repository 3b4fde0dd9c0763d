package prestashoptest

import (
	"crypto/sha1"
	"encoding/hex"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/relance/relance/internal/sample"
)

// maxRequestLine is how long a request line Apache accepts.
const maxRequestLine = 8190

// Server is one simulated installation of PrestaShop. It is safe for concurrent use.
type Server struct {
	opts  Options
	zone  *time.Location
	shop  sample.Shop // only its Info is kept
	mu    sync.RWMutex
	state map[Condition]bool
	table map[string]*table
	done  chan struct{}
	close sync.Once
	log   requestLog

	writes atomic.Int64 // requests that change something and may
	lose   atomic.Int64 // answers about vouchers to be lost
	turn   atomic.Int64 // alternates between the forms of a fault
}

// New makes a shop that holds what the seed holds. It panics on a seed with ids that
// are not numbers, since that is a mistake in the test itself.
func New(shop sample.Shop, opts Options) *Server {
	opts = opts.withDefaults()
	if opts.Zone == "" {
		opts.Zone = shop.Info.TimeZone
	}
	if opts.Zone == "" {
		opts.Zone = "Europe/Paris"
	}
	zone, err := time.LoadLocation(opts.Zone)
	if err != nil {
		panic("prestashoptest: " + err.Error())
	}
	s := &Server{opts: opts, zone: zone, state: map[Condition]bool{}, done: make(chan struct{})}
	s.shop.Info = shop.Info
	s.table = newSeeder(s, shop).tables()
	return s
}

// TB is what NewShop needs of a testing.TB; the product, which serves this simulator
// too, does not import the testing package.
type TB interface {
	Helper()
	Cleanup(f func())
}

// NewShop starts a shop on a port of its own and stops it with the test. The URL of
// the shop (without /api) comes second.
func NewShop(t TB, shop sample.Shop, opts Options) (*Server, string) {
	t.Helper()
	s := New(shop, opts)
	web := httptest.NewServer(s)
	t.Cleanup(func() {
		s.Close()
		web.Close()
	})
	return s, web.URL + s.opts.Base
}

// Close lets requests go that hang because of a fault.
func (s *Server) Close() { s.close.Do(func() { close(s.done) }) }

// SetCondition puts the shop into a state or takes it out.
func (s *Server) SetCondition(c Condition, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state[c] = on
}

func (s *Server) is(c Condition) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.state[c]
}

// request is one request on its way.
type request struct {
	*http.Request
	raw      rawQuery
	json     bool
	key      Key
	method   string // after ps_method
	resource string
	id       string // "" for a list
	shop     int64  // 0: all shops
	host     string // scheme and host for links
}

// answer is what goes back.
type answer struct {
	status int
	body   []byte
	ctype  string
	header http.Header
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req := &request{Request: r, raw: parseRaw(r.URL.RawQuery), host: "http://" + r.Host + s.opts.Base}
	req.json = wantsJSON(r, req.raw)
	work := func() answer {
		a := s.answer(req)
		s.log.add(r, a.status)
		return a
	}
	early := func() {}
	if req.writesVoucher() {
		early = func() { work() }
		if s.lose.Load() > 0 && s.lose.Add(-1) >= 0 {
			early()
			panic(http.ErrAbortHandler)
		}
	}
	if s.misbehave(w, r, early) {
		return
	}
	s.send(w, req, work())
}

// writesVoucher tells the requests that a fault may carry out before it swallows their
// answer.
func (r *request) writesVoucher() bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead && strings.Contains(r.URL.Path, "/api/cart_rules")
}

func wantsJSON(r *http.Request, raw rawQuery) bool {
	return r.Header.Get("Output-Format") == "JSON" || r.Header.Get("Io-Format") == "JSON" ||
		raw.last("output_format") == "JSON" || raw.last("io_format") == "JSON"
}

// answer walks a request through the stations of PrestaShop's dispatcher.
func (s *Server) answer(r *request) answer {
	if len(r.Method)+len(r.URL.RequestURI())+len(" HTTP/1.1 ") > maxRequestLine {
		return htmlPage(http.StatusRequestURITooLong, "414 Request-URI Too Long")
	}
	path, ok := strings.CutPrefix(r.URL.Path, s.opts.Base+"/api")
	if !ok || path != "" && path[0] != '/' {
		return s.front()
	}
	if s.is(DatabaseDown) {
		return htmlPage(http.StatusInternalServerError, "500 Server Error")
	}
	if r.Method == http.MethodOptions {
		return answer{status: 200, body: []byte("200 OK\n"), ctype: "text/html; charset=utf-8"}
	}
	if s.is(OutOfMemory) {
		return answer{status: 500, ctype: "text/html; charset=utf-8"}
	}
	if a := s.authenticate(r); a != nil {
		return *a
	}
	r.resource, r.id, _ = strings.Cut(strings.Trim(path, "/"), "/")
	return s.dispatch(r)
}

// front is the shop as visitors see it.
func (s *Server) front() answer {
	if s.is(Maintenance) {
		return htmlPage(http.StatusServiceUnavailable, "We'll be back soon.")
	}
	return htmlPage(http.StatusOK, "Welcome to our shop")
}

func htmlPage(status int, text string) answer {
	body := "<!DOCTYPE html>\n<html><head><title>" + text + "</title></head><body><h1>" + text + "</h1></body></html>\n"
	return answer{status: status, body: []byte(body), ctype: "text/html; charset=utf-8"}
}

// dispatch does what was asked, after the key was accepted.
func (s *Server) dispatch(r *request) answer {
	if r.resource == "" {
		return s.root(r)
	}
	t := s.table[r.resource]
	if t == nil {
		return r.fail(apiError{400, 27, `Resource of type "` + r.resource + `" does not exists. The full list is: "` +
			strings.Join(resourceNames(), `", "`) + `"`})
	}
	if !r.key.mayUse(r.resource) {
		return r.fail(apiError{401, 26, `Resource of type "` + r.resource + `" is not allowed with this authentication key`})
	}
	r.method = r.Method
	if m := r.raw.last("ps_method"); m != "" {
		r.method = strings.ToUpper(m)
	}
	if !r.key.may(r.method, r.resource) {
		return r.fail(apiError{405, 25, "Method " + r.method + " is not allowed for the resource " + r.resource + " with this authentication key"})
	}
	switch r.method {
	case http.MethodGet, http.MethodHead:
		return s.read(r, t)
	case http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		s.writes.Add(1)
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.write(r, t)
	}
	return r.fail(apiError{405, 23, "Method " + r.method + " is not valid"})
}

// read answers GET: a schema, one item or a list.
func (s *Server) read(r *request, t *table) answer {
	sel, err := s.selection(r, t)
	if err != nil {
		return r.fail(*err)
	}
	if kind := r.raw.last("schema"); kind != "" {
		return s.schema(r, t, kind)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if r.id != "" {
		return s.single(r, t, sel)
	}
	return s.list(r, t, sel)
}

func (s *Server) single(r *request, t *table, sel selection) answer {
	x := t.find(t.number(0, r.id))
	if x == nil || s.state[LockTimeout] {
		return answer{status: 404, ctype: r.ctype()}
	}
	if r.json && r.raw.has("display") {
		return r.ok(s.jsonList(r, t, []row{x}, sel))
	}
	if r.json {
		return r.ok(s.jsonSingle(t, x, sel))
	}
	return r.ok(s.xmlSingle(r, t, x, sel))
}

func (s *Server) list(r *request, t *table, sel selection) answer {
	q, err := t.parseQuery(r.raw)
	if err != nil {
		return r.fail(*err)
	}
	q.shop = r.shop
	if q.broken && s.state[DevMode] {
		return r.fail(apiError{500, 97, "[SQL Error] Unknown column or bad LIMIT. Query was: SELECT DISTINCT …"})
	}
	var rows []row
	if !s.state[LockTimeout] && !s.rollEmpty() {
		rows = t.run(q)
	}
	sel.noAssocs = sel.noAssocs || s.state[AssocTimeout] || s.rollPartial(t)
	var body []byte
	if r.json {
		body = s.jsonList(r, t, rows, sel)
	} else {
		body = s.xmlList(r, t, rows, sel)
	}
	defer s.touchLater(t, rows)
	return r.ok(body)
}

func (r *request) ctype() string {
	if r.json {
		return "application/json"
	}
	return "text/xml;charset=utf-8"
}

func (r *request) ok(body []byte) answer {
	return answer{status: 200, body: body, ctype: r.ctype(), header: http.Header{"Content-Sha1": {sha(body)}}}
}

func sha(b []byte) string {
	sum := sha1.Sum(b)
	return hex.EncodeToString(sum[:])
}

// send writes the answer, faults of the body included.
func (s *Server) send(w http.ResponseWriter, r *request, a answer) {
	h := w.Header()
	maps.Copy(h, a.header)
	h.Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	h.Set("Server", "Apache")
	if a.ctype != "" {
		h.Set("Content-Type", a.ctype)
	}
	if strings.HasPrefix(a.ctype, "text/xml") || a.ctype == "application/json" {
		h.Set("X-Powered-By", "PrestaShop Webservice")
		version := s.opts.Version
		if r.key.Value == "" {
			version = "0"
		}
		h.Set("PSWS-Version", version)
		h.Set("Execution-Time", "0.005")
	}
	body := s.spoil(r, a)
	if hash := r.Header.Get("Local-Content-Sha1"); hash != "" && hash == h.Get("Content-Sha1") {
		h.Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}
