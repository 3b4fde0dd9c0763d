package prestashoptest

import (
	"net/http"
	"slices"
	"sync"
)

// Seen is one request that reached the shop.
type Seen struct {
	Method string
	Path   string
	Query  string // as sent
	Status int
}

// requestLog remembers requests for tests; only the newest are kept.
type requestLog struct {
	mu   sync.Mutex
	seen []Seen
}

const keepRequests = 5000

func (l *requestLog) add(r *http.Request, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.seen) >= keepRequests {
		l.seen = slices.Delete(l.seen, 0, keepRequests/2)
	}
	l.seen = append(l.seen, Seen{r.Method, r.URL.Path, r.URL.RawQuery, status})
}

// Requests lists the newest requests that got an answer, oldest first.
func (s *Server) Requests() []Seen {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return slices.Clone(s.log.seen)
}

// ForgetRequests empties the list that [Server.Requests] gives.
func (s *Server) ForgetRequests() {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	s.log.seen = nil
}
