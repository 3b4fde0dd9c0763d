package maileva_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery"
	"github.com/relance/relance/delivery/maileva"
	"github.com/relance/relance/delivery/maileva/mailevatest"
	"github.com/relance/relance/delivery/printersim"
	"github.com/relance/relance/delivery/printertest"
)

func now() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

func config(url string, timeout time.Duration) maileva.Config {
	return maileva.Config{
		ClientID: mailevatest.ClientID, ClientSecret: mailevatest.ClientSecret, Username: mailevatest.Username, Password: mailevatest.Password,
		NewsUser: mailevatest.NewsUser, NewsPassword: mailevatest.NewsPassword, TokenURL: url + mailevatest.TokenPath, APIURL: url + mailevatest.APIPath,
		AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Timeout: timeout, Now: now,
	}
}

func connect(t testing.TB, url string, timeout time.Duration) delivery.Printer {
	t.Helper()
	p, err := maileva.New(config(url, timeout))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPrinter(t *testing.T) {
	t.Parallel()
	printertest.Run(t, printertest.Provider{
		Simulate: func(o printersim.Options) printertest.Simulator { return mailevatest.New(o) },
		Connect:  connect,
		Put: func(t testing.TB, s printertest.Simulator, id, word string) {
			if err := s.(*mailevatest.Server).Set(t.Context(), id, word); err != nil {
				t.Fatal(err)
			}
		},
		Ends: []relance.PrintState{relance.PrintSubmitted, relance.PrintAccepted, relance.PrintPosted, relance.PrintDelivered},
	})
}

func open(t *testing.T) (*mailevatest.Server, *maileva.Printer, string) {
	t.Helper()
	s := mailevatest.New(printersim.Options{Now: now})
	url, stop, err := printersim.Listen(t.Context(), "127.0.0.1:0", s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return s, connect(t, url, 5*time.Second).(*maileva.Printer), url
}

func failure(t *testing.T, err error) *delivery.Failure {
	t.Helper()
	f, is := err.(*delivery.Failure) //nolint:errorlint // as it is given
	if !is {
		t.Fatalf("%v is no failure", err)
	}
	return f
}

// A draft whose document came twice would print its pages twice: it is never ordered, and Prepare
// makes another.
func TestADraftThatHoldsTooMuchIsNotOrdered(t *testing.T) {
	t.Parallel()
	s, p, _ := open(t)
	o := printertest.Order("letter-1")
	id, err := p.Prepare(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	s.Spoil(id)
	if _, err := p.Submit(t.Context(), id); failure(t, err).Outcome != delivery.Refused {
		t.Errorf("submit: %v", err)
	}
	other, err := p.Prepare(t.Context(), o)
	if err != nil || other == id {
		t.Errorf("then %s, %v", other, err)
	}
	printertest.Submit(t, p, other)
	printertest.Once(t, s, o)
}

// Each draft that a break leaves is completed, whatever is missing of it.
func TestAnIncompleteDraftIsCompleted(t *testing.T) {
	t.Parallel()
	for cut := 3; cut <= 5; cut++ { // making, document, recipient: before the token and the list
		s := mailevatest.New(printersim.Options{Now: now, NoKeepAlive: true})
		url, stop, err := printersim.Listen(t.Context(), "127.0.0.1:0", s)
		if err != nil {
			t.Fatal(err)
		}
		s.CutAt(0, cut)
		p, o := connect(t, url, 5*time.Second), printertest.Order("letter-1")
		if _, err := p.Prepare(t.Context(), o); err == nil {
			t.Errorf("cut at %d: no error", cut)
		}
		printertest.Send(t, p, o)
		printertest.Once(t, s, o)
		if s.Drafts() != 0 {
			t.Errorf("cut at %d: %d drafts were left beside it", cut, s.Drafts())
		}
		stop()
	}
}

func TestALetterIsFoundPastTheFirstPage(t *testing.T) {
	t.Parallel()
	s, p, _ := open(t)
	var last string
	for i := range 130 {
		id, err := p.Prepare(t.Context(), printertest.Order(fmt.Sprintf("letter-%d", i)))
		if err != nil {
			t.Fatal(err)
		}
		last = id
	}
	if id, err := p.Prepare(t.Context(), printertest.Order("letter-129")); err != nil || id != last || s.Drafts() != 130 {
		t.Errorf("found %s (%v), want %s; %d drafts", id, err, last, s.Drafts())
	}
}

func TestWhatBecameOfALetter(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]relance.PrintState{"REJECTED": relance.PrintRejected, "PROCESSED": relance.PrintPosted, "PROCESSED_WITH_ERRORS": relance.PrintRejected} {
		s, p, _ := open(t)
		id, _ := printertest.Send(t, p, printertest.Order("letter-1"))
		if err := s.Set(t.Context(), id, word); err != nil {
			t.Fatal(err)
		}
		if st, err := p.Status(t.Context(), id); err != nil || st.State != want {
			t.Errorf("%s is %s (%v), want %s", word, st.State, err, want)
		}
		_, err := p.Submit(t.Context(), id)
		if refused := err != nil && failure(t, err).Outcome == delivery.Refused; refused != (word == "REJECTED") {
			t.Errorf("%s: submit again %v", word, err)
		}
		printertest.Once(t, s, printertest.Order("letter-1"))
	}
	for code, want := range map[string]relance.PrintState{"PND": relance.PrintUndeliverable, "NPAI": relance.PrintUndeliverable, "SOMETHING_NEW": relance.PrintPosted} {
		s, p, _ := open(t)
		id, _ := printertest.Send(t, p, printertest.Order("letter-1"))
		if err := s.Set(t.Context(), id, "PROCESSED"); err != nil {
			t.Fatal(err)
		}
		s.Deliver(id, code, "Pli non distribuable")
		if st, err := p.Status(t.Context(), id); err != nil || st.State != want {
			t.Errorf("%s is %s (%v), want %s", code, st.State, err, want)
		}
	}
}

func TestALetterWaitsForCredit(t *testing.T) {
	t.Parallel()
	s, p, _ := open(t)
	s.SetBroke(true)
	o := printertest.Order("poor")
	id, err := p.Prepare(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Submit(t.Context(), id); failure(t, err).Says.Code != "PRINTER_NO_CREDIT" || failure(t, err).Outcome != delivery.Later {
		t.Errorf("without credit: %v", err)
	}
	s.SetBroke(false)
	printertest.Submit(t, p, id)
	printertest.Once(t, s, o)
}

func TestAddressesHaveTwoToSixLines(t *testing.T) {
	t.Parallel()
	s, p, _ := open(t)
	for n := range 9 {
		o := printertest.Order(fmt.Sprintf("lines-%d", n))
		o.Recipient = slices.Repeat([]string{"line"}, n)
		if _, err := p.Prepare(t.Context(), o); (err == nil) != (n >= 2 && n <= 6) {
			t.Errorf("%d lines: %v", n, err)
		}
	}
	if s.Drafts() != 5 {
		t.Errorf("%d drafts", s.Drafts())
	}
}

func TestBothGrants(t *testing.T) {
	t.Parallel()
	_, _, url := open(t)
	c := config(url, time.Second)
	c.Username, c.Password = "", ""
	p, err := maileva.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Prepare(t.Context(), printertest.Order("letter-1")); err != nil {
		t.Errorf("client_credentials: %v", err)
	}
	c = config(url, time.Second)
	c.Password = "wrong"
	if p, err = maileva.New(c); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Prepare(t.Context(), printertest.Order("letter-2")); failure(t, err).Says.Code != "PRINTER_KEY" {
		t.Errorf("a wrong password: %v", err)
	}
}

func TestNews(t *testing.T) {
	t.Parallel()
	s, p, url := open(t)
	id, _ := printertest.Send(t, p, printertest.Order("news"))
	for _, word := range []string{"ACCEPTED", "PROCESSED", "ON_FIRE"} {
		if err := s.Set(t.Context(), id, word); err != nil {
			t.Fatal(err)
		}
	}
	news := s.Notifications()
	want := []relance.PrintState{relance.PrintAccepted, relance.PrintPosted, relance.PrintUnknown}
	for _, i := range []int{2, 0, 0, 1} {
		got, err := p.ReadNews(news[i].Header, news[i].Body)
		if err != nil || len(got) != 1 || got[0].State != want[i] || got[0].ExternalID != id {
			t.Errorf("%d: %+v, %v", i, got, err)
		}
	}
	if f := news[0].Forged(false); true {
		if _, err := p.ReadNews(f.Header, f.Body); relance.CodeOf(err) != relance.CodeUnauthorized {
			t.Errorf("without a password: %v", err)
		}
	}
	c := config(url, time.Second)
	c.NewsPassword += "x"
	other, err := maileva.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.ReadNews(news[0].Header, news[0].Body); relance.CodeOf(err) != relance.CodeUnauthorized {
		t.Errorf("another password: %v", err)
	}
	for body, code := range map[string]relance.Code{"{": relance.CodeBadInput, `{"event_type":"ON_STATUS_ACCEPTED","resource_type":"mail/v2/sendings","resource_id":"../x"}`: relance.CodeBadInput, `{"event_type":"ON_OTHER"}`: ""} {
		if got, err := p.ReadNews(news[0].Header, []byte(body)); relance.CodeOf(err) != code || len(got) > 0 {
			t.Errorf("%s: %v, %v", body, got, err)
		}
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	good := maileva.Config{ClientID: "c", ClientSecret: "very-secret", Username: "u", Password: "top-secret", Now: now}
	if _, err := maileva.New(good); err != nil {
		t.Fatal(err)
	}
	if s := fmt.Sprintf("%v %+v %#v %s", good, good, good, good); strings.Contains(s, "secret") {
		t.Errorf("shown: %s", s)
	}
	for field, change := range map[string]func(*maileva.Config){
		"clientId": func(c *maileva.Config) { c.ClientID = "" }, "clientSecret": func(c *maileva.Config) { c.ClientSecret = "" },
		"password": func(c *maileva.Config) { c.Password = "" }, "newsPassword": func(c *maileva.Config) { c.NewsUser = "x" },
		"postage": func(c *maileva.Config) { c.Postage = "PIGEON" }, "apiUrl": func(c *maileva.Config) { c.TokenURL = "https://id.example.com" },
	} {
		c := good
		change(&c)
		_, err := maileva.New(c)
		if e, is := err.(*relance.Error); !is || e.Field != field { //nolint:errorlint // as it is given
			t.Errorf("%s: %v", field, err)
		}
	}
}
