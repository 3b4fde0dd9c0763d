// Package rest is what the adapters to printers of letters have in common: requests with a token
// that is fetched and renewed, answers that are bounded, and what goes wrong told as a
// [delivery.Failure]. Neither credentials nor what the provider wrote get into an error.
package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery"
	"github.com/relance/relance/internal/outbound"
)

// Limits of one provider.
const (
	DefaultTimeout = 30 * time.Second
	maxAnswer      = 4 << 20
	maxWait        = time.Hour       // of what a provider asks us to wait
	tokenMargin    = time.Minute     // a token is renewed this long before it ends
	leastTokenLife = 5 * time.Minute // where the provider does not say
)

// Client speaks to one provider for one account. It is safe for concurrent use.
type Client struct {
	Provider string // its name, for people
	HTTP     *http.Client
	Now      func() time.Time
	TokenURL string     // OAuth 2.0, RFC 6749 section 4.3 or 4.4
	Grant    url.Values // the form that gets a token: it holds the credentials

	mu    sync.Mutex
	token string
	until time.Time
}

// HTTP makes a client that reaches public addresses and the networks, and follows no redirect.
func HTTP(timeout time.Duration, networks []netip.Prefix) *http.Client {
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	return outbound.New(outbound.Options{AllowNetworks: networks, Timeout: timeout, MaxBody: maxAnswer})
}

// Request is one request.
type Request struct {
	Method, URL string
	Type        string // of the body
	Accept      string // application/json where it is empty
	Key         string // Idempotency-Key
	Body        []byte
	Stranger    bool // the address is not the API's: it gets no token
}

// Answer is what came back, read to its end.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// OK reports whether the provider did what it was asked for.
func (a Answer) OK() bool { return a.Status >= 200 && a.Status < 300 }

// Do makes a request. An answer that another try could change is an error, a [delivery.Failure]
// with Later; what the provider means as its answer (2xx, 404, 409, 422 …) is returned.
func (c *Client) Do(ctx context.Context, r Request) (Answer, error) {
	token := ""
	for try := 0; ; try++ {
		var err error
		if !r.Stranger {
			if token, err = c.authorization(ctx, token); err != nil {
				return Answer{}, err
			}
		}
		a, err := c.exchange(ctx, r, token)
		if err != nil {
			return a, err
		}
		if a.Status == http.StatusUnauthorized && !r.Stranger && try == 0 {
			continue // the token may have ended early; it is renewed once
		}
		return a, c.judge(a, r.Stranger)
	}
}

// JSON makes a request and reads its answer into v where the provider did what it was asked for.
func (c *Client) JSON(ctx context.Context, r Request, v any) (Answer, error) {
	a, err := c.Do(ctx, r)
	if err != nil || !a.OK() {
		return a, err
	}
	if json.Unmarshal(a.Body, v) != nil {
		return a, c.Garbled()
	}
	return a, nil
}

// authorization gives a token; one that was refused is not given again.
func (c *Client) authorization(ctx context.Context, refused string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token != "" && c.token != refused && c.Now().Before(c.until) {
		return c.token, nil
	}
	c.token = ""
	a, err := c.exchange(ctx, Request{Method: http.MethodPost, URL: c.TokenURL, Type: "application/x-www-form-urlencoded", Body: []byte(c.Grant.Encode())}, "")
	if err != nil {
		return "", err
	}
	if err := c.judge(a, false); err != nil {
		return "", err
	}
	var t struct {
		AccessToken string  `json:"access_token"`
		ExpiresIn   float64 `json:"expires_in"`
	}
	switch {
	case !a.OK(): // RFC 6749 section 5.2: 400 for credentials that are wrong
		return "", c.refusedKey()
	case json.Unmarshal(a.Body, &t) != nil || t.AccessToken == "" || len(t.AccessToken) > 1<<15 || strings.ContainsAny(t.AccessToken, " \r\n"):
		return "", c.Garbled()
	}
	life := time.Duration(min(max(t.ExpiresIn, 0), 86400)) * time.Second
	if life == 0 {
		life = leastTokenLife
	}
	c.token, c.until = t.AccessToken, c.Now().Add(life-min(tokenMargin, life/2))
	return c.token, nil
}

// exchange sends one request and reads the answer, whatever its status.
func (c *Client) exchange(ctx context.Context, r Request, token string) (Answer, error) {
	var body io.Reader
	if r.Body != nil {
		body = bytes.NewReader(r.Body)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, body)
	if err != nil {
		return Answer{}, c.Garbled()
	}
	req.Header.Set("User-Agent", "Relance")
	req.Header.Set("Accept", "application/json")
	for name, value := range map[string]string{"Accept": r.Accept, "Content-Type": r.Type, "Idempotency-Key": r.Key} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return Answer{}, &delivery.Failure{Outcome: delivery.Later, Says: relance.Say("PRINTER_AWAY", "provider", c.Provider)}
	}
	defer res.Body.Close()
	a := Answer{Status: res.StatusCode, Header: res.Header}
	if a.Body, err = io.ReadAll(res.Body); err != nil {
		return a, c.Garbled()
	}
	return a, nil
}

// judge tells the answers that another try could change.
func (c *Client) judge(a Answer, stranger bool) error {
	f := &delivery.Failure{Outcome: delivery.Later, Wait: c.wait(a.Header.Get("Retry-After"))}
	switch s := a.Status; {
	case s == http.StatusTooManyRequests, s == http.StatusServiceUnavailable && f.Wait > 0:
		f.Says = relance.Say("PRINTER_BUSY", "provider", c.Provider)
	case (s == http.StatusUnauthorized || s == http.StatusForbidden) && !stranger:
		return c.refusedKey()
	case s == http.StatusPaymentRequired:
		f.Says = relance.Say("PRINTER_NO_CREDIT", "provider", c.Provider)
	case s < 200, s >= 300 && s < 400, s >= 500, s == http.StatusRequestTimeout, s == http.StatusTooEarly, stranger && s >= 300:
		f.Says = relance.Say("PRINTER_SAID", "provider", c.Provider, "code", strconv.Itoa(s))
	default:
		return nil
	}
	return f
}

// wait reads Retry-After: seconds or a date (RFC 9110 section 10.2.3).
func (c *Client) wait(s string) time.Duration {
	var d time.Duration
	if n, err := strconv.Atoi(s); err == nil {
		d = time.Duration(min(max(n, 0), 1<<20)) * time.Second
	} else if at, err := http.ParseTime(s); err == nil {
		d = at.Sub(c.Now())
	}
	return min(max(d, 0), maxWait)
}

func (c *Client) refusedKey() error {
	return &delivery.Failure{Outcome: delivery.Later, Says: relance.Say("PRINTER_KEY", "provider", c.Provider)}
}

// Garbled is the failure of an answer that cannot be read.
func (c *Client) Garbled() error {
	return &delivery.Failure{Outcome: delivery.Later, Says: relance.Say("PRINTER_GARBLED", "provider", c.Provider)}
}

// Said is the failure of an answer that is a no, but not to this letter: a wrong account, say.
func (c *Client) Said(a Answer) error {
	return &delivery.Failure{Outcome: delivery.Later, Says: relance.Say("PRINTER_SAID", "provider", c.Provider, "code", strconv.Itoa(a.Status))}
}

// Refusal is the failure of an answer that is a no to this letter.
func (c *Client) Refusal(a Answer) error {
	if a.Status == http.StatusNotFound || a.Status == http.StatusGone {
		return c.Unknown()
	}
	return &delivery.Failure{Outcome: delivery.Refused, Says: relance.Say("PRINTER_SAID", "provider", c.Provider, "code", strconv.Itoa(a.Status))}
}

// Unknown is the failure of a letter that the provider does not have.
func (c *Client) Unknown() error {
	return &delivery.Failure{Outcome: delivery.Refused, Says: relance.Say("PRINTER_NO_LETTER", "provider", c.Provider)}
}

// IsUnknown reports whether an error says that the provider does not have the letter.
func IsUnknown(err error) bool {
	var f *delivery.Failure
	return errors.As(err, &f) && f.Says.Code == "PRINTER_NO_LETTER"
}

// TooLate is the failure of taking back what is being printed.
func (c *Client) TooLate() error {
	return &delivery.Failure{Outcome: delivery.Refused, Says: relance.Say("PRINTER_TOO_LATE", "provider", c.Provider)}
}

// Checking is the failure of a letter that cannot be ordered yet.
func (c *Client) Checking() error {
	return &delivery.Failure{Outcome: delivery.Later, Says: relance.Say("PRINTER_CHECKING", "provider", c.Provider)}
}

// WillNot is the failure of a letter that stands where it is not printed any more. Only the word
// of its state is told: reasons may name the recipient.
func (c *Client) WillNot(state string) error {
	return &delivery.Failure{Outcome: delivery.Refused, Says: relance.Say("PRINTER_WILL_NOT", "provider", c.Provider, "state", Word(state))}
}

// Odd is the failure of a letter in a state that we have no word for. Nothing is ordered then.
func (c *Client) Odd(state string) error {
	return &delivery.Failure{Outcome: delivery.Later, Says: relance.Say("PRINTER_UNKNOWN_STATE", "provider", c.Provider, "state", Word(state))}
}

// Fits refuses a letter that the provider would not take, before it is handed over.
func (c *Client) Fits(o relance.PrintOrder, a delivery.PrinterAbilities) error {
	switch {
	case len(o.PDF) > a.MaxBytes:
		return &delivery.Failure{Outcome: delivery.Refused, Says: relance.Say("PRINTER_BYTES", "provider", c.Provider, "most", strconv.Itoa(a.MaxBytes>>20))}
	case o.Pages > a.MaxPages:
		return &delivery.Failure{Outcome: delivery.Refused, Says: relance.Say("PRINTER_PAGES", "provider", c.Provider, "most", strconv.Itoa(a.MaxPages))}
	case !slices.Contains(a.Windows, o.Window):
		return &delivery.Failure{Outcome: delivery.Refused, Says: relance.Say("PRINTER_WINDOW", "provider", c.Provider)}
	}
	return nil
}

// Word is a provider's word as far as it can be one: another text could be anything.
func Word(s string) string {
	if len(s) == 0 || len(s) > 40 || strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return "?"
	}
	return s
}

// IsID reports whether s can be an id: it becomes part of addresses.
func IsID(s string) bool {
	return len(s) > 0 && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}

// IsBase reports whether s can be the address of an API, to which paths are added. Without TLS it
// can only be where private networks are allowed, as in development: it is sent secrets.
func IsBase(s string, networks []netip.Prefix) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http" && len(networks) > 0) && u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == ""
}

// Time reads the forms in which providers write times; the zero time where it is none.
func Time(s string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05.999999-0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// Price makes money of an amount and a currency; nil where they are none.
func Price(amount json.Number, currency string) *relance.Money {
	a, err := relance.ParseAmount(string(amount))
	c, err2 := relance.ParseCurrency(currency)
	if amount == "" || err != nil || err2 != nil || a.IsNegative() {
		return nil
	}
	return &relance.Money{Amount: a, Currency: c}
}
