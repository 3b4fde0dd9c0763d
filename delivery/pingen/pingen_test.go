package pingen_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery"
	"github.com/relance/relance/delivery/pingen"
	"github.com/relance/relance/delivery/pingen/pingentest"
	"github.com/relance/relance/delivery/printersim"
	"github.com/relance/relance/delivery/printertest"
)

func now() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

func config(url string, timeout time.Duration) pingen.Config {
	return pingen.Config{
		ClientID: pingentest.ClientID, ClientSecret: pingentest.ClientSecret, Organisation: pingentest.Organisation, SigningKey: pingentest.SigningKey,
		IdentityURL: url, APIURL: url, AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Timeout: timeout, Now: now,
	}
}

func connect(t testing.TB, url string, timeout time.Duration) delivery.Printer {
	t.Helper()
	p, err := pingen.New(config(url, timeout))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPrinter(t *testing.T) {
	t.Parallel()
	printertest.Run(t, printertest.Provider{
		Simulate: func(o printersim.Options) printertest.Simulator { return pingentest.New(o) },
		Connect:  connect,
		Put: func(t testing.TB, s printertest.Simulator, id, word string) {
			if err := s.(*pingentest.Server).Set(t.Context(), id, word, "", nil); err != nil {
				t.Fatal(err)
			}
		},
		Ends:    []relance.PrintState{relance.PrintSubmitted, relance.PrintAccepted, relance.PrintPrinting, relance.PrintPosted, relance.PrintDelivered},
		Cancels: true,
	})
}

func open(t *testing.T) (*pingentest.Server, *pingen.Printer) {
	t.Helper()
	s := pingentest.New(printersim.Options{Now: now})
	url, stop, err := printersim.Listen(t.Context(), "127.0.0.1:0", s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return s, connect(t, url, 5*time.Second).(*pingen.Printer)
}

// The keys are forgotten some day; the file's name is found then, past the first page too.
func TestALetterIsFoundByItsName(t *testing.T) {
	t.Parallel()
	s, p := open(t)
	var first string
	for i := range 60 {
		id, err := p.Prepare(t.Context(), printertest.Order(fmt.Sprintf("letter-%d", 59-i)))
		if err != nil {
			t.Fatal(err)
		}
		first = id
	}
	s.ForgetKeys()
	if id, err := p.Prepare(t.Context(), printertest.Order("letter-0")); err != nil || id != first || s.Drafts() != 60 {
		t.Errorf("found %s (%v), want %s; %d drafts", id, err, first, s.Drafts())
	}
}

func TestWhatPingenWillNotPrintIsRefused(t *testing.T) {
	t.Parallel()
	s, p := open(t)
	for _, word := range []string{"invalid", "unprintable", "action_required", "rejected", "expired", "cancelled", "cancelling"} {
		id, err := p.Prepare(t.Context(), printertest.Order(word))
		if err != nil {
			t.Fatal(err)
		}
		const reason = "Erika Beispiel, Musterweg 1: no such house"
		if err := s.Set(t.Context(), id, word, reason, nil); err != nil {
			t.Fatal(err)
		}
		_, err = p.Submit(t.Context(), id)
		f, is := err.(*delivery.Failure) //nolint:errorlint // as it is given
		if !is || f.Outcome != delivery.Refused || !strings.Contains(f.Error(), word) || strings.Contains(f.Error(), "Erika") {
			t.Errorf("%s: %v", word, err)
		}
	}
	if n := len(s.Printed()); n > 0 {
		t.Errorf("%d were printed", n)
	}
}

func TestEveryKnownWord(t *testing.T) {
	t.Parallel()
	s, p := open(t)
	id, err := p.Prepare(t.Context(), printertest.Order("words"))
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range strings.Fields("validating valid invalid unprintable fixing action_required awaiting_credits submitted accepted inspection rejected transferring processing printing sent delivered undeliverable cancelling cancelled expired") {
		if err := s.Set(t.Context(), id, word, "", nil); err != nil {
			t.Fatal(err)
		}
		if st, err := p.Status(t.Context(), id); err != nil || st.State == relance.PrintUnknown {
			t.Errorf("%s is %s, %v", word, st.State, err)
		}
	}
}

// Without credit a letter is ordered all the same and goes on by itself: no second order.
func TestALetterWaitsForCredit(t *testing.T) {
	t.Parallel()
	s, p := open(t)
	s.SetCredit(0)
	o := printertest.Order("poor")
	id, st := printertest.Send(t, p, o)
	if st.Raw != "awaiting_credits" || st.State != relance.PrintSubmitted {
		t.Errorf("it is %+v", st)
	}
	printertest.Submit(t, p, id)
	s.SetCredit(1)
	printertest.Submit(t, p, id)
	printertest.Once(t, s, o)
}

func TestQuoteAndPrice(t *testing.T) {
	t.Parallel()
	_, p := open(t)
	o := printertest.Order("price")
	o.Pages = 3
	m, err := p.Quote(t.Context(), o)
	if err != nil || m == nil || m.Currency != "EUR" || m.Amount.String() != "1" { // two sheets
		t.Errorf("quote %v, %v", m, err)
	}
	_, st := printertest.Send(t, p, o)
	if st.Price == nil || st.Price.Currency != "CHF" || st.Price.Amount.String() != "1.25" {
		t.Errorf("price %v", st.Price)
	}
}

func TestNews(t *testing.T) {
	t.Parallel()
	s, p := open(t)
	id, _ := printertest.Send(t, p, printertest.Order("news"))
	set := func(word, reason string, to *pingentest.Address) {
		t.Helper()
		if err := s.Set(t.Context(), id, word, reason, to); err != nil {
			t.Fatal(err)
		}
	}
	set("sent", "", nil)
	set("undeliverable", "moved", &pingentest.Address{Name: "Erika Beispiel", Street: "Neuer Weg", Number: "2", Zip: "54321", City: "Beispielheim", Country: "de"})
	set("delivered", "", nil)
	set("action_required", "address unclear", nil)
	news := s.Notifications()
	if len(news) != 4 {
		t.Fatalf("%d notifications", len(news))
	}
	want := []relance.PrintState{relance.PrintPosted, relance.PrintUndeliverable, relance.PrintDelivered, relance.PrintUnknown}
	for _, i := range []int{3, 0, 2, 1, 1} { // out of order, and one twice
		got, err := p.ReadNews(news[i].Header, news[i].Body)
		if err != nil || len(got) != 1 || got[0].State != want[i] || got[0].ExternalID != id || !got[0].At.Equal(now()) {
			t.Errorf("%d: %+v, %v", i, got, err)
			continue
		}
		if i == 1 && (got[0].Corrected == nil || got[0].Corrected.Line1 != "Neuer Weg 2" || got[0].Corrected.CountryCode != "DE" || got[0].Corrected.City != "Beispielheim") {
			t.Errorf("corrected %+v", got[0].Corrected)
		}
		if i == 3 && (got[0].Reason != "address unclear" || got[0].Raw != "issues") {
			t.Errorf("issue %+v", got[0])
		}
	}
	for _, change := range []bool{true, false} {
		f := news[0].Forged(change)
		if _, err := p.ReadNews(f.Header, f.Body); relance.CodeOf(err) != relance.CodeUnauthorized {
			t.Errorf("forged: %v", err)
		}
	}
	if _, err := p.ReadNews(news[0].Header, make([]byte, 2<<20)); relance.CodeOf(err) != relance.CodeUnauthorized {
		t.Errorf("huge: %v", err)
	}
	unsigned, err := pingen.New(func() pingen.Config { c := config("http://127.0.0.1:1", time.Second); c.SigningKey = ""; return c }())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := unsigned.ReadNews(news[0].Header, news[0].Body); relance.CodeOf(err) != relance.CodeUnauthorized {
		t.Errorf("without a key: %v", err)
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	good := pingen.Config{ClientID: "c", ClientSecret: "very-secret", Organisation: "o", SigningKey: "also-secret", Now: now}
	if _, err := pingen.New(good); err != nil {
		t.Fatal(err)
	}
	if s := fmt.Sprintf("%v %+v %#v %s", good, good, good, good); strings.Contains(s, "secret") {
		t.Errorf("shown: %s", s)
	}
	for field, change := range map[string]func(*pingen.Config){
		"clientId": func(c *pingen.Config) { c.ClientID = "" }, "clientSecret": func(c *pingen.Config) { c.ClientSecret = "" },
		"organisation": func(c *pingen.Config) { c.Organisation = "a/../b" }, "signingKey": func(c *pingen.Config) { c.SigningKey = strings.Repeat("x", 33) },
		"identityUrl": func(c *pingen.Config) { c.APIURL = "https://api.example.com" }, "apiUrl": func(c *pingen.Config) { c.IdentityURL, c.APIURL = "https://id.example.com", "http://api.example.com" },
		"product": func(c *pingen.Config) { c.Product = "fast please" },
	} {
		c := good
		change(&c)
		_, err := pingen.New(c)
		if e, is := err.(*relance.Error); !is || e.Field != field { //nolint:errorlint // as it is given
			t.Errorf("%s: %v", field, err)
		}
	}
}

// Whatever is signed is read without harm, and names at most one letter.
func FuzzNews(f *testing.F) {
	for _, seed := range []string{
		`{}`, `null`, `[]`, `{"data":{"type":"webhook_sent","relationships":{"letter":{"data":{"id":"a"}}}}}`, `{"data":{"type":"channel_subscriptions"}}`,
		`{"data":{"type":"webhook_undeliverable","attributes":{"corrected_address":"Erika Beispiel\nNeuer Weg 2\nDE-54321 Beispielheim"},"relationships":{"letter":{"data":{"id":"a"}}}}}`,
	} {
		f.Add([]byte(seed))
	}
	p, err := pingen.New(config("http://127.0.0.1:1", time.Second))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		mac := hmac.New(sha256.New, []byte(pingentest.SigningKey))
		mac.Write(body)
		news, err := p.ReadNews(http.Header{"Signature": {hex.EncodeToString(mac.Sum(nil))}}, body)
		if err != nil && relance.CodeOf(err) != relance.CodeBadInput || len(news) > 1 {
			t.Errorf("%d news, %v", len(news), err)
		}
		for _, n := range news {
			if n.ExternalID == "" || n.State == "" || n.At.IsZero() || n.Corrected != nil && (n.State != relance.PrintUndeliverable || n.Corrected.City == "") {
				t.Errorf("%+v", n)
			}
		}
	})
}

func TestACorrectedAddressInLines(t *testing.T) {
	t.Parallel()
	p, err := pingen.New(config("http://127.0.0.1:1", time.Second))
	if err != nil {
		t.Fatal(err)
	}
	for lines, want := range map[string]string{
		`Erika Beispiel\nc/o Muster\nNeuer Weg 2\nDE-54321 Bad Beispiel\nGermany`: "Erika Beispiel|Neuer Weg 2|54321|Bad Beispiel", `moved away`: "", `12345 Beispielstadt`: "",
	} {
		body := []byte(`{"data":{"type":"webhook_undeliverable","attributes":{"corrected_address":"` + lines + `"},"relationships":{"letter":{"data":{"id":"a"}}}}}`)
		mac := hmac.New(sha256.New, []byte(pingentest.SigningKey))
		mac.Write(body)
		news, err := p.ReadNews(http.Header{"Signature": {hex.EncodeToString(mac.Sum(nil))}}, body)
		if err != nil || len(news) != 1 {
			t.Fatal(err)
		}
		got := ""
		if a := news[0].Corrected; a != nil {
			got = a.LastName + "|" + a.Line1 + "|" + a.PostalCode + "|" + a.City
		}
		if got != want {
			t.Errorf("%s: %q, want %q", lines, got, want)
		}
	}
}
