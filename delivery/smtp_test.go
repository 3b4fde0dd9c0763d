package delivery_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery"
	"github.com/relance/relance/delivery/smtptest"
)

func email(to string) relance.Email {
	return relance.Email{MessageID: "1@relance.example.com", FromName: "Müller & Söhne", From: "shop@example.com", ReplyTo: "hello@example.com", To: to,
		Subject: "Grüße — «Ça va ?»", Text: "Bonjour", HTML: "<p>Bonjour</p>", Unsubscribe: "https://relance.example.com/u/x", At: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)}
}

func relay(t *testing.T) (*smtptest.Sink, *delivery.SMTP) {
	t.Helper()
	sink := &smtptest.Sink{}
	url, stop, err := sink.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	s, err := delivery.NewSMTP(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return sink, s
}

func TestSendsWithBothUnsubscribeHeaders(t *testing.T) {
	t.Parallel()
	sink, s := relay(t)
	for range 3 { // over a kept connection too
		if err := s.Send(t.Context(), email("a@example.org")); err != nil {
			t.Fatal(err)
		}
	}
	if sink.Taken() != 3 {
		t.Fatalf("%d taken", sink.Taken())
	}
	m := sink.Mails()[2]
	for header, want := range map[string]string{
		"List-Unsubscribe": "<https://relance.example.com/u/x>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Message-Id": "<1@relance.example.com>", "Auto-Submitted": "auto-generated",
	} {
		if got := m.Header(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	if raw := string(m.Raw); !strings.Contains(raw, "text/plain") || !strings.Contains(raw, "text/html") {
		t.Error("both bodies are wanted")
	}
}

func TestWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults smtptest.Faults
		nobody bool
		to     string
		want   delivery.Outcome
		taken  int
	}{
		"refused for now":            {smtptest.Faults{RefuseRcpt: 1}, false, "a@example.org", delivery.Later, 0},
		"message refused for now":    {smtptest.Faults{RefuseData: 1}, false, "a@example.org", delivery.Later, 0},
		"broken after it was taken":  {smtptest.Faults{DropAfter: 1}, false, "a@example.org", delivery.Uncertain, 1},
		"broken while it was sent":   {smtptest.Faults{DropBefore: 1}, false, "a@example.org", delivery.Uncertain, 0}, // from here, nobody can tell
		"no such mailbox":            {smtptest.Faults{}, true, "a@example.org", delivery.NoMailbox, 0},
		"not an address":             {smtptest.Faults{}, false, "a@b@c", delivery.Refused, 0},
		"an address with a line end": {smtptest.Faults{}, false, "a@example.org\r\nBcc: b@example.org", delivery.Refused, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sink, s := relay(t)
			sink.Misbehave(c.faults, 1)
			if c.nobody {
				sink.Nobody(c.to)
			}
			err := s.Send(t.Context(), email(c.to))
			var f *delivery.Failure
			if !errors.As(err, &f) || f.Outcome != c.want || sink.Taken() != c.taken {
				t.Errorf("%v, %d taken, want outcome %d and %d", err, sink.Taken(), c.want, c.taken)
			}
			if f != nil && strings.Contains(f.Error(), "example.org") {
				t.Errorf("an address in %q", f.Error())
			}
			sink.Misbehave(smtptest.Faults{}, 1)
			if err := s.Send(t.Context(), email("b@example.org")); err != nil {
				t.Errorf("the next one fails too: %v", err)
			}
		})
	}
}

func TestARelayThatIsDown(t *testing.T) {
	t.Parallel()
	sink, s := relay(t)
	sink.Down(true)
	var f *delivery.Failure
	if err := s.Send(t.Context(), email("a@example.org")); !errors.As(err, &f) || f.Outcome != delivery.Later {
		t.Errorf("%v, want to try later", err)
	}
	sink.Down(false)
	if err := s.Send(t.Context(), email("a@example.org")); err != nil {
		t.Error(err)
	}
}

func TestAddressesOfRelays(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "relay.example.com", "http://relay.example.com", "smtp://", "smtp://relay.example.com:x"} {
		if _, err := delivery.NewSMTP(bad); relance.CodeOf(err) != relance.CodeBadInput {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestAttachmentsArrive(t *testing.T) {
	t.Parallel()
	sink, s := relay(t)
	e := email("a@example.org")
	e.Attachments = []relance.Attachment{{Name: "umsätze.bin", ContentType: "application/octet-stream", Data: []byte{0, 1, 0xff, '\r', '\n', '.', '\r', '\n'}}}
	if err := s.Send(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	l := smtptest.Read(sink.Mails()[0])
	if strings.TrimSpace(l.Text) != "Bonjour" || !strings.Contains(l.HTML, "<p>Bonjour</p>") || len(l.Files) != 1 {
		t.Fatalf("%+v", l)
	}
	for name, data := range l.Files {
		if name != "umsätze.bin" || !bytes.Equal(data, e.Attachments[0].Data) {
			t.Errorf("%q: %q", name, data)
		}
	}
	e.Attachments[0].Data = make([]byte, 11<<20)
	var f *delivery.Failure
	if err := s.Send(t.Context(), e); !errors.As(err, &f) || f.Outcome != delivery.Refused || f.Says.Code != "MAIL_TOO_LARGE" {
		t.Errorf("11 MB: %v", err)
	}
}
