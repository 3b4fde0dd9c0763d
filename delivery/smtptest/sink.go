// Package smtptest is a mail relay that keeps what it takes instead of sending it: for tests,
// and for `relance dev`, which shows it as an outbox. It counts every DATA it said yes to, and
// can be told to misbehave as relays do.
package smtptest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/mail"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Mail is a message that was taken.
type Mail struct {
	N    int // from 1, in the order of taking
	From string
	To   string
	Raw  []byte
}

// Header reads a header of the message, "" where there is none.
func (m Mail) Header(name string) string {
	msg, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		return ""
	}
	return msg.Header.Get(name)
}

// Faults are chances from 0 to 1, and how slow the relay is.
type Faults struct {
	Slow       time.Duration // between taking a message and saying so
	RefuseRcpt float64       // 450 to a recipient
	RefuseData float64       // 451 to the message
	DropBefore float64       // the connection breaks before the message was taken
	DropAfter  float64       // the message is taken, but the connection breaks before the answer
}

// Sink is the relay. Its zero value is ready to be served.
type Sink struct {
	Keep int // how many messages are kept, the latest; 0 keeps all

	mu     sync.Mutex
	mails  []Mail
	taken  int
	faults Faults
	dice   *rand.Rand
	nobody map[string]bool
	down   bool
	server *smtp.Server
}

// Listen serves on a free port of the loopback and returns the address for RELANCE_SMTP_URL and
// how to stop.
func (s *Sink) Listen(address string) (url string, stop func(), err error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
	if err != nil {
		return "", nil, err
	}
	s.server = smtp.NewServer(smtp.BackendFunc(s.session))
	s.server.Domain, s.server.AllowInsecureAuth = "localhost", true
	s.server.ReadTimeout, s.server.WriteTimeout = time.Minute, time.Minute
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	s.server.MaxMessageBytes, s.server.MaxRecipients = 1<<20, 10
	go func() { _ = s.server.Serve(l) }()
	return "smtp://" + l.Addr().String(), func() { _ = s.server.Close() }, nil
}

// Misbehave sets the faults, with a seed so that a run can be repeated.
func (s *Sink) Misbehave(f Faults, seed uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.dice = f, rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // dice, no secret
}

// Down lets every connection fail, until it is up again.
func (s *Sink) Down(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

// Nobody makes addresses unknown: 550.
func (s *Sink) Nobody(addresses ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nobody = map[string]bool{}
	for _, a := range addresses {
		s.nobody[a] = true
	}
}

// Taken is how many messages were said yes to, or taken before the connection broke.
func (s *Sink) Taken() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken
}

// Mails are the messages that are kept, oldest first.
func (s *Sink) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

func (s *Sink) roll(chance func(Faults) float64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dice != nil && s.dice.Float64() < chance(s.faults)
}

func (s *Sink) session(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return nil, &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "not now"}
	}
	return &session{sink: s, conn: c.Conn()}, nil
}

type session struct {
	sink *Sink
	conn net.Conn
	from string
	to   []string
}

func (x *session) Reset()        { x.from, x.to = "", nil }
func (x *session) Logout() error { return nil }

func (x *session) Mail(from string, _ *smtp.MailOptions) error {
	x.from = from
	return nil
}

func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	x.sink.mu.Lock()
	unknown := x.sink.nobody[to]
	x.sink.mu.Unlock()
	if unknown {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	if x.sink.roll(func(f Faults) float64 { return f.RefuseRcpt }) {
		return &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 2, 0}, Message: "try later"}
	}
	x.to = append(x.to, to)
	return nil
}

func (x *session) Data(r io.Reader) error {
	if x.sink.roll(func(f Faults) float64 { return f.DropBefore }) {
		_ = x.conn.Close()
		return errors.New("broken")
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if x.sink.roll(func(f Faults) float64 { return f.RefuseData }) {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "try later"}
	}
	x.sink.take(x.from, x.to, raw)
	x.sink.mu.Lock()
	slow := x.sink.faults.Slow
	x.sink.mu.Unlock()
	time.Sleep(slow) // nobody waits for it but the sender
	if x.sink.roll(func(f Faults) float64 { return f.DropAfter }) {
		_ = x.conn.Close()
	}
	return nil
}

func (s *Sink) take(from string, to []string, raw []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, rcpt := range to {
		s.taken++
		s.mails = append(s.mails, Mail{N: s.taken, From: from, To: rcpt, Raw: raw})
	}
	if s.Keep > 0 && len(s.mails) > s.Keep {
		s.mails = append([]Mail(nil), s.mails[len(s.mails)-s.Keep:]...)
	}
}
