// Package delivery hands messages to those who carry them: an SMTP relay, and printers of
// letters. An adapter does one attempt and says what became of it in a [Failure]; whether and when
// to try again is decided by who calls it.
package delivery

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"github.com/relance/relance"
)

// Limits of one relay.
const (
	smtpTimeout    = 30 * time.Second // of each command
	maxConnections = 4
	maxAttached    = 10 << 20 // bytes of all attachments; encoded they grow by a third, and many mailboxes end at 20 MB
	maxPerDomain   = 2        // connections that send to one recipient domain at once: more looks like an attack
)

// SMTP sends e-mail through one relay, over a few connections that it keeps. It is safe for
// concurrent use.
type SMTP struct {
	client *mail.Client
	slots  chan struct{}
	idle   chan *smtp.Client

	mu      sync.Mutex
	domains map[string]chan struct{}
}

// NewSMTP reads an address such as smtp://user:password@relay.example.com:587 (STARTTLS, which
// is demanded but on loopback) or smtps://… (TLS from the start). It makes no connection.
func NewSMTP(address string) (*SMTP, error) {
	wrong := relance.Errorf(relance.CodeBadInput, "RELANCE_SMTP_URL must look like smtp://user:password@relay.example.com:587 or smtps://…:465")
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, wrong
	}
	opts := []mail.Option{mail.WithTimeout(smtpTimeout), mail.WithoutNoop(), mail.WithoutRset(), mail.WithTLSPolicy(mail.TLSMandatory)}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		opts = append(opts, mail.WithTLSPolicy(mail.TLSOpportunistic))
	}
	port := 587
	if u.Scheme == "smtps" {
		port, opts = 465, append(opts, mail.WithSSL())
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, wrong
		}
	}
	opts = append(opts, mail.WithPort(port))
	if name := u.User.Username(); name != "" {
		pass, _ := u.User.Password()
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(name), mail.WithPassword(pass))
	}
	c, err := mail.NewClient(u.Hostname(), opts...)
	if err != nil {
		return nil, wrong
	}
	return &SMTP{client: c, slots: make(chan struct{}, maxConnections), idle: make(chan *smtp.Client, maxConnections), domains: map[string]chan struct{}{}}, nil
}

// Close ends the connections that are kept.
func (s *SMTP) Close() {
	for {
		select {
		case c := <-s.idle:
			_ = s.client.CloseWithSMTPClient(c)
		default:
			return
		}
	}
}

// Outcome is what became of a message that was not taken.
type Outcome int

// The outcomes.
const (
	// Later: it was not taken and may be tried again.
	Later Outcome = iota
	// Refused: the relay will not take this message.
	Refused
	// NoMailbox: the relay will not take anything for this address.
	NoMailbox
	// Uncertain: the connection broke after the last byte and before the answer. It may have
	// been taken; sending again might send twice.
	Uncertain
)

// Failure is an attempt that did not end with a yes. Its text has no personal data.
type Failure struct {
	Outcome Outcome
	Says    relance.Sentence
	Wait    time.Duration // with Later: how long to wait at least, where they said; else 0
}

func (f *Failure) Error() string { return f.Says.String() }

// Send hands one message to the relay. Nil means that the relay took it; else the error is a
// *Failure, or ctx's where nothing was begun.
func (s *SMTP) Send(ctx context.Context, e relance.Email) error {
	size := 0
	for i := range e.Attachments {
		size += len(e.Attachments[i].Data)
	}
	if size > maxAttached {
		return &Failure{Outcome: Refused, Says: relance.Say("MAIL_TOO_LARGE")}
	}
	msg, err := compose(e)
	if err != nil {
		return &Failure{Outcome: Refused, Says: relance.Say("MAIL_HEADERS")}
	}
	free, err := s.enter(ctx, e.To)
	if err != nil {
		return err
	}
	defer free()
	conn, err := s.connection(ctx)
	if err != nil {
		return &Failure{Outcome: Later, Says: relance.Say("RELAY_AWAY")}
	}
	err = s.client.SendWithSMTPClient(conn, msg)
	if msg.IsDelivered() {
		s.keep(conn)
		return nil
	}
	// A connection on which something went wrong is not used again.
	_ = conn.Close()
	return failure(err)
}

// enter waits for a connection to be free, for the relay and for the recipient's domain.
func (s *SMTP) enter(ctx context.Context, to string) (free func(), err error) {
	domain := strings.ToLower(to[strings.LastIndexByte(to, '@')+1:])
	s.mu.Lock()
	if s.domains[domain] == nil {
		if len(s.domains) > 10_000 { // a bound; those who wait keep what they have
			clear(s.domains)
		}
		s.domains[domain] = make(chan struct{}, maxPerDomain)
	}
	own := s.domains[domain]
	s.mu.Unlock()
	for _, gate := range []chan struct{}{own, s.slots} {
		select {
		case gate <- struct{}{}:
		case <-ctx.Done():
			if gate == s.slots {
				<-own
			}
			return nil, ctx.Err()
		}
	}
	return func() { <-s.slots; <-own }, nil
}

// connection gives one that still answers, or a new one.
func (s *SMTP) connection(ctx context.Context) (*smtp.Client, error) {
	for {
		select {
		case c := <-s.idle:
			if c.Reset() == nil {
				return c, nil
			}
			_ = c.Close()
		default:
			return s.client.DialToSMTPClientWithContext(ctx)
		}
	}
}

func (s *SMTP) keep(c *smtp.Client) {
	select {
	case s.idle <- c:
	default:
		_ = s.client.CloseWithSMTPClient(c)
	}
}

// compose writes the message. Its Message-ID is the same for every attempt, so that whoever
// gets two can see that they are one.
func compose(e relance.Email) (*mail.Msg, error) {
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	errs := []error{m.FromFormat(e.FromName, e.From), m.AddTo(e.To)}
	if e.ReplyTo != "" {
		errs = append(errs, m.ReplyTo(e.ReplyTo))
	}
	m.SetMessageIDWithValue(e.MessageID)
	m.SetDateWithValue(e.At)
	m.Subject(e.Subject)
	switch {
	case e.Unsubscribe == "":
	case strings.HasPrefix(e.Unsubscribe, "http://"): // in development: RFC 8058 asks for https
		m.SetListUnsubscribe(e.Unsubscribe)
		m.SetListUnsubscribePost()
	default:
		errs = append(errs, m.SetListUnsubscribeOneClick(e.Unsubscribe))
	}
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBodyString(mail.TypeTextPlain, e.Text)
	m.AddAlternativeString(mail.TypeTextHTML, e.HTML)
	for i := range e.Attachments {
		a := &e.Attachments[i]
		errs = append(errs, m.AttachReader(a.Name, bytes.NewReader(a.Data), mail.WithFileContentType(mail.ContentType(a.ContentType))))
	}
	return m, errors.Join(errs...)
}

// failure reads what the relay said, or did not say.
func failure(err error) error {
	var e *mail.SendError
	if !errors.As(err, &e) {
		return &Failure{Outcome: Later, Says: relance.Say("RELAY_UNUSABLE")}
	}
	code := e.ErrorCode()
	said := strconv.Itoa(code)
	switch {
	case code == 0 && e.Reason == mail.ErrSMTPDataClose:
		return &Failure{Outcome: Uncertain, Says: relance.Say("RELAY_BROKE_AFTER")}
	case code == 0:
		return &Failure{Outcome: Later, Says: relance.Say("RELAY_BROKE")}
	case code < 500:
		return &Failure{Outcome: Later, Says: relance.Say("RELAY_SAID", "code", said)}
	case e.Reason == mail.ErrSMTPRcptTo:
		return &Failure{Outcome: NoMailbox, Says: relance.Say("RELAY_SAID_TO_ADDRESS", "code", said)}
	default:
		return &Failure{Outcome: Refused, Says: relance.Say("RELAY_SAID", "code", said)}
	}
}
