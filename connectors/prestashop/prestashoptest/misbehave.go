package prestashoptest

import (
	"io"
	"net/http"

	"github.com/relance/relance/internal/faults"
)

// touched is how many rows of a page change while a list is being paged.
const touched = 2

// misbehave rolls the dice for faults that replace the whole answer. Every other time an
// error page or no answer comes although the work was done.
func (s *Server) misbehave(w http.ResponseWriter, r *http.Request, work func()) bool {
	switch f := s.opts.Faults; {
	case f.Roll(faults.TooMany):
		http.Error(w, "Too Many Requests", http.StatusTooManyRequests)
	case f.Roll(faults.Internal):
		s.sometimes(work)
		a := htmlPage(http.StatusInternalServerError, "500 Server Error")
		w.Header().Set("Content-Type", a.ctype)
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body)
	case f.Roll(faults.Timeout):
		s.sometimes(work)
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server see that the client left
		select {
		case <-r.Context().Done():
		case <-s.done:
		}
	default:
		return false
	}
	return true
}

func (s *Server) sometimes(work func()) {
	if s.turn.Add(1)%2 == 1 {
		work()
	}
}

// LoseAnswers lets the next n requests that change a voucher do their work and break the
// connection instead of answering.
func (s *Server) LoseAnswers(n int) { s.lose.Store(int64(n)) }

// Writes tells how many requests that change something the shop has let through.
func (s *Server) Writes() int { return int(s.writes.Load()) }

// spoil rolls the dice for faults of the body.
func (s *Server) spoil(r *request, a answer) []byte {
	body := a.body
	if r.json && s.is(Notices) {
		body = append([]byte("<br />\n<b>Warning</b>: Undefined array key in Order.php on line 12<br />\n"), body...)
	}
	if a.status != http.StatusOK && a.status != http.StatusCreated || len(body) == 0 {
		return body
	}
	if s.opts.Faults.Roll(faults.Truncate) {
		body = body[:len(body)/2]
	}
	if s.opts.Faults.Roll(faults.Garble) {
		body = append([]byte("\x00\xff<html>"), body...)
	}
	return body
}

func (s *Server) rollEmpty() bool { return s.opts.Faults.Roll(faults.EmptyList) }

func (s *Server) rollPartial(t *table) bool {
	return len(t.res.assocs) > 0 && s.opts.Faults.Roll(faults.PartialRow)
}

// toucher is a row whose date_upd can move.
type toucher interface{ touch(wall) }

// touchLater lets a few rows of a page change right after it was read. It runs with
// the read lock held, so it changes them in a goroutine of its own turn.
func (s *Server) touchLater(t *table, rows []row) {
	if len(rows) < touched || t.res.noUpd || !s.opts.Faults.Roll(faults.Touch) {
		return
	}
	picked := []row{rows[len(rows)/2], rows[len(rows)-1]}
	s.mu.RUnlock()
	s.mu.Lock()
	now := wallOf(s.opts.Now(), s.zone)
	for _, x := range picked {
		s.touchRow(t, x, now)
	}
	s.mu.Unlock()
	s.mu.RLock()
}

// touchRow moves a row's date_upd.
func (s *Server) touchRow(t *table, x row, at wall) {
	if y, ok := x.(toucher); ok && t.find(x.rowID()) == x {
		t.change(x, func() { y.touch(at) })
	}
}
