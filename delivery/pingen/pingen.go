// Package pingen hands letters to Pingen (API version 2), who print and post them in several
// countries.
//
// Why nothing is printed twice: a letter is made with auto_send false, and as long as it is not
// sent it costs nothing and is given up one day, so any number of drafts does no harm. Only Submit
// orders, for the one id that the caller has committed; it asks for the letter's state first and
// sends a letter that is "valid" and no other. Sending moves this one letter to "submitted"; it
// makes no copy. A send of which the answer was lost is therefore found to be done, or is done
// again for the same letter with the same Idempotency-Key, and a late arrival of the first finds
// a letter that is not "valid" any more. So every unknown outcome here is Later.
package pingen

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery"
	"github.com/relance/relance/delivery/rest"
)

// The addresses of Pingen. On staging nothing is printed or charged; it has its own credentials.
const (
	Identity        = "https://identity.pingen.com"
	API             = "https://api.pingen.com"
	IdentityStaging = "https://identity-staging.pingen.com"
	APIStaging      = "https://api-staging.pingen.com"
)

// DefaultProduct is a letter's speed and price where the account names none.
const DefaultProduct = "cheap"

const (
	provider = "Pingen"
	jsonAPI  = "application/vnd.api+json"
	perPage  = 50
	maxPages = 40 // of the list of letters; see find
)

// Config is an account with Pingen. It holds secrets and does not show them.
type Config struct {
	ClientID, ClientSecret string // of an app with the grant client_credentials
	Organisation           string // its id
	SigningKey             string // of the webhooks; without it every notification is refused
	Product                string // fast, cheap, bulk, premium; DefaultProduct where it is empty
	Live                   bool   // prints and costs money; else staging
	IdentityURL, APIURL    string // other addresses, of a simulator; both or none
	AllowNetworks          []netip.Prefix
	Timeout                time.Duration // of one request; rest.DefaultTimeout where it is 0
	Now                    func() time.Time
}

// String does not show the secrets.
func (Config) String() string { return "account with " + provider }

// GoString does not show them either.
func (c Config) GoString() string { return c.String() }

// LogValue keeps them out of logs.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Printer is one account. It is safe for concurrent use.
type Printer struct {
	rest    *rest.Client
	letters string // address of the collection
	uploads string
	product string
	key     []byte
	now     func() time.Time
}

var _ interface {
	delivery.Printer
	delivery.PrinterHook
} = (*Printer)(nil)

// New makes a printer of an account; it makes no connection. What is missing or cannot be is
// BAD_INPUT, with the field.
func New(c Config) (*Printer, error) {
	identity, api := IdentityStaging, APIStaging
	switch {
	case c.IdentityURL != "" || c.APIURL != "":
		identity, api = strings.TrimRight(c.IdentityURL, "/"), strings.TrimRight(c.APIURL, "/")
	case c.Live:
		identity, api = Identity, API
	}
	for _, must := range []struct {
		field string
		ok    bool
	}{
		{"clientId", c.ClientID != ""}, {"clientSecret", c.ClientSecret != ""}, {"organisation", rest.IsID(c.Organisation)},
		{"product", c.Product == "" || rest.Word(c.Product) != "?"}, {"signingKey", len(c.SigningKey) <= maxKey},
		{"identityUrl", rest.IsBase(identity, c.AllowNetworks)}, {"apiUrl", rest.IsBase(api, c.AllowNetworks)},
	} {
		if !must.ok {
			return nil, relance.TellField(must.field, "PRINTER_FIELD")
		}
	}
	p := &Printer{product: c.Product, key: []byte(c.SigningKey), now: c.Now, uploads: api + "/file-upload"}
	if p.product == "" {
		p.product = DefaultProduct
	}
	p.letters = api + "/organisations/" + c.Organisation + "/deliveries/letters"
	p.rest = &rest.Client{
		Provider: provider, HTTP: rest.HTTP(c.Timeout, c.AllowNetworks), Now: c.Now, TokenURL: identity + "/auth/access-tokens",
		Grant: url.Values{"grant_type": {"client_credentials"}, "client_id": {c.ClientID}, "client_secret": {c.ClientSecret}, "scope": {"letter"}},
	}
	return p, nil
}

// Can implements [delivery.Printer]. The number of pages is what all countries take but those
// for which Pingen says less.
func (p *Printer) Can() delivery.PrinterAbilities {
	return delivery.PrinterAbilities{Name: provider, Quotes: true, MaxPages: 120, MaxBytes: 8 << 20, Windows: []relance.WindowSide{relance.WindowLeft, relance.WindowRight}}
}

// document is a letter as JSON:API writes it.
type document struct {
	ID         string     `json:"id,omitempty"`
	Type       string     `json:"type"`
	Attributes attributes `json:"attributes"`
}

type attributes struct {
	Status        string      `json:"status,omitempty"`
	Name          string      `json:"file_original_name,omitempty"`
	FileURL       string      `json:"file_url,omitempty"`
	FileSignature string      `json:"file_url_signature,omitempty"`
	Position      string      `json:"address_position,omitempty"`
	AutoSend      *bool       `json:"auto_send,omitempty"`
	Product       string      `json:"delivery_product,omitempty"`
	Mode          string      `json:"print_mode,omitempty"`
	Spectrum      string      `json:"print_spectrum,omitempty"`
	Country       string      `json:"country,omitempty"`
	PaperTypes    []string    `json:"paper_types,omitempty"`
	Currency      string      `json:"currency,omitempty"`
	Price         json.Number `json:"price,omitempty"`
	PriceCurrency string      `json:"price_currency,omitempty"`
	PriceValue    json.Number `json:"price_value,omitempty"`
	UpdatedAt     string      `json:"updated_at,omitempty"`
}

// Quote implements [delivery.Printer].
func (p *Printer) Quote(ctx context.Context, o relance.PrintOrder) (*relance.Money, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	sheets := o.Pages
	if o.Duplex {
		sheets = (o.Pages + 1) / 2
	}
	in := p.wishes(o)
	in.Country, in.PaperTypes = o.Country, make([]string, min(max(sheets, 1), 500))
	for i := range in.PaperTypes {
		in.PaperTypes[i] = "normal"
	}
	var out struct{ Data document }
	a, err := p.rest.JSON(ctx, p.write(http.MethodPost, p.letters+"/price-calculator", "", document{Type: "letter_price_calculator", Attributes: in}), &out)
	if err != nil {
		return nil, err
	}
	if !a.OK() {
		return nil, p.rest.Said(a)
	}
	return rest.Price(out.Data.Attributes.Price, out.Data.Attributes.Currency), nil
}

// wishes are how a letter is to be printed.
func (p *Printer) wishes(o relance.PrintOrder) attributes {
	a := attributes{Product: p.product, Mode: "simplex", Spectrum: "grayscale"}
	if o.Duplex {
		a.Mode = "duplex"
	}
	if o.Color {
		a.Spectrum = "color"
	}
	return a
}

// write makes a request with a document.
func (p *Printer) write(method, address, key string, d document) rest.Request {
	body, _ := json.Marshal(map[string]document{"data": d}) //nolint:errchkjson // nothing in it can fail
	return rest.Request{Method: method, URL: address, Type: jsonAPI, Accept: jsonAPI, Key: key, Body: body}
}

// Prepare implements [delivery.Printer]. Pingen knows a repeat by its Idempotency-Key for some
// time; the file's name is found for longer.
func (p *Printer) Prepare(ctx context.Context, o relance.PrintOrder) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if err := p.rest.Fits(o, p.Can()); err != nil {
		return "", err
	}
	name := o.Key + ".pdf"
	if id, err := p.find(ctx, name); err != nil || id != "" {
		return id, err
	}
	d := document{Type: "letters", Attributes: p.wishes(o)}
	d.Attributes.Name, d.Attributes.AutoSend, d.Attributes.Position = name, new(bool), "left"
	if o.Window == relance.WindowRight {
		d.Attributes.Position = "right"
	}
	var err error
	if d.Attributes.FileURL, d.Attributes.FileSignature, err = p.upload(ctx, o.PDF); err != nil {
		return "", err
	}
	var made struct{ Data document }
	a, err := p.rest.JSON(ctx, p.write(http.MethodPost, p.letters, idempotency("create", o.Key), d), &made)
	switch {
	case err != nil:
		return "", err
	case a.Status == http.StatusConflict: // the same key with another file: an earlier try is in the list, or soon
		return "", p.rest.Checking()
	case !a.OK():
		return "", p.rest.Refusal(a)
	case !rest.IsID(made.Data.ID):
		return "", p.rest.Garbled()
	}
	return made.Data.ID, nil
}

// idempotency makes a key of a step: 64 characters, which is as many as Pingen takes, and they
// show nothing.
func idempotency(step, of string) string {
	sum := sha256.Sum256([]byte(step + "\x00" + of))
	return hex.EncodeToString(sum[:])
}

// find looks for a letter that an earlier try left: an ordered one before a draft before one that
// has ended. The search narrows the list where Pingen heeds it; the name decides. Past the pages
// that are looked at a letter is not found, and another draft is made, which costs nothing.
func (p *Printer) find(ctx context.Context, name string) (id string, err error) {
	best := 0
	for page := 1; page <= maxPages; page++ {
		var list struct {
			Data []document
			Meta struct {
				Last int `json:"last_page"`
			}
		}
		q := url.Values{"page[number]": {strconv.Itoa(page)}, "page[limit]": {strconv.Itoa(perPage)}, "sort": {"-created_at"}, "q": {name}}
		a, err := p.rest.JSON(ctx, rest.Request{Method: http.MethodGet, URL: p.letters + "?" + q.Encode(), Accept: jsonAPI}, &list)
		if err != nil {
			return "", err
		}
		if !a.OK() {
			return "", p.rest.Said(a)
		}
		for _, d := range list.Data {
			if d.Attributes.Name != name || !rest.IsID(d.ID) {
				continue
			}
			if rank := rank(stateOf(d.Attributes.Status)); rank > best {
				best, id = rank, d.ID
			}
		}
		if len(list.Data) == 0 || page >= list.Meta.Last {
			break
		}
	}
	return id, nil
}

func rank(s relance.PrintState) int {
	switch s {
	case relance.PrintRejected, relance.PrintCancelled, relance.PrintExpired:
		return 1
	case relance.PrintDraft, relance.PrintValidated:
		return 2
	}
	return 3 // ordered, or it may be
}

// upload brings the file to where Pingen wants it. That address is signed: it gets no token.
func (p *Printer) upload(ctx context.Context, pdf []byte) (address, signature string, err error) {
	var to struct {
		Data struct {
			Attributes struct {
				URL       string `json:"url"`
				Signature string `json:"url_signature"`
			} `json:"attributes"`
		} `json:"data"`
	}
	a, err := p.rest.JSON(ctx, rest.Request{Method: http.MethodGet, URL: p.uploads, Accept: jsonAPI}, &to)
	if err != nil {
		return "", "", err
	}
	if !a.OK() {
		return "", "", p.rest.Said(a)
	}
	address, signature = to.Data.Attributes.URL, to.Data.Attributes.Signature
	safe := strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") && strings.HasPrefix(p.uploads, "http://")
	if !safe || signature == "" {
		return "", "", p.rest.Garbled()
	}
	_, err = p.rest.Do(ctx, rest.Request{Method: http.MethodPut, URL: address, Type: "application/octet-stream", Body: pdf, Stranger: true})
	return address, signature, err
}

// Submit implements [delivery.Printer]; see the package for why it prints nothing twice.
func (p *Printer) Submit(ctx context.Context, id string) (relance.PrintStatus, error) {
	d, err := p.get(ctx, id)
	if err != nil {
		return relance.PrintStatus{}, err
	}
	if d.Attributes.Status != "valid" {
		return p.status(d), p.standing(d)
	}
	send := document{ID: id, Type: "letters", Attributes: attributes{Product: d.Attributes.Product, Mode: d.Attributes.Mode, Spectrum: d.Attributes.Spectrum}}
	if send.Attributes.Product == "" {
		send.Attributes.Product = p.product
	}
	var sent struct{ Data document }
	a, err := p.rest.JSON(ctx, p.write(http.MethodPatch, p.letters+"/"+id+"/send", idempotency("send", id), send), &sent)
	if err != nil {
		return relance.PrintStatus{}, err
	}
	if a.OK() && sent.Data.ID == id && sent.Data.Attributes.Status != "valid" {
		return p.status(sent.Data), p.standing(sent.Data)
	}
	// A refusal may come from a send that crossed this one: the letter itself knows.
	if d, err = p.get(ctx, id); err != nil {
		return relance.PrintStatus{}, err
	}
	if d.Attributes.Status == "valid" && !a.OK() {
		return p.status(d), p.rest.Refusal(a)
	}
	if d.Attributes.Status == "valid" {
		return p.status(d), p.rest.Checking()
	}
	return p.status(d), p.standing(d)
}

// standing says of a letter that is not "valid" what that means for an order: nil where it was
// ordered already.
func (p *Printer) standing(d document) error {
	word := d.Attributes.Status
	switch s := stateOf(word); {
	case s == relance.PrintUnknown:
		return p.rest.Odd(word) // it may be ordered or not; nothing is done until we know
	case word == "action_required", word == "cancelling", s == relance.PrintRejected, s == relance.PrintCancelled, s == relance.PrintExpired:
		return p.rest.WillNot(word)
	case s == relance.PrintDraft:
		return p.rest.Checking()
	}
	return nil
}

// Status implements [delivery.Printer].
func (p *Printer) Status(ctx context.Context, id string) (relance.PrintStatus, error) {
	d, err := p.get(ctx, id)
	if err != nil {
		return relance.PrintStatus{}, err
	}
	return p.status(d), nil
}

func (p *Printer) get(ctx context.Context, id string) (document, error) {
	if err := ctx.Err(); err != nil {
		return document{}, err
	}
	if !rest.IsID(id) {
		return document{}, p.rest.Unknown()
	}
	var out struct{ Data document }
	a, err := p.rest.JSON(ctx, rest.Request{Method: http.MethodGet, URL: p.letters + "/" + id, Accept: jsonAPI}, &out)
	switch {
	case err != nil:
		return document{}, err
	case !a.OK():
		return document{}, p.rest.Refusal(a)
	case out.Data.ID != id || out.Data.Attributes.Status == "":
		return document{}, p.rest.Garbled()
	}
	return out.Data, nil
}

func (p *Printer) status(d document) relance.PrintStatus {
	s := relance.PrintStatus{
		ExternalID: d.ID, State: stateOf(d.Attributes.Status), Raw: d.Attributes.Status,
		At: rest.Time(d.Attributes.UpdatedAt), Price: rest.Price(d.Attributes.PriceValue, d.Attributes.PriceCurrency),
	}
	if s.At.IsZero() {
		s.At = p.now().UTC()
	}
	return s
}

// Cancel implements [delivery.Printer]. A draft is deleted, an ordered letter is cancelled; what is
// gone or will not be printed anyway needs nothing.
func (p *Printer) Cancel(ctx context.Context, id string) error {
	d, err := p.get(ctx, id)
	if rest.IsUnknown(err) {
		return nil // deleted, maybe by an earlier try
	}
	if err != nil {
		return err
	}
	if d.Attributes.Status == "cancelling" {
		return nil
	}
	var a rest.Answer
	switch stateOf(d.Attributes.Status) {
	case relance.PrintCancelled, relance.PrintRejected, relance.PrintExpired:
		return nil
	case relance.PrintDraft, relance.PrintValidated:
		a, err = p.rest.Do(ctx, rest.Request{Method: http.MethodDelete, URL: p.letters + "/" + id, Accept: jsonAPI})
	case relance.PrintSubmitted, relance.PrintAccepted, relance.PrintUnknown:
		a, err = p.rest.Do(ctx, rest.Request{Method: http.MethodPatch, URL: p.letters + "/" + id + "/cancel", Accept: jsonAPI, Key: idempotency("cancel", id)})
	default:
		return p.rest.TooLate()
	}
	if err == nil && !a.OK() && a.Status != http.StatusNotFound {
		return p.rest.TooLate()
	}
	return err
}
