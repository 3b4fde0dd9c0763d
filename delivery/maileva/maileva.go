// Package maileva hands letters to Maileva (API mail/v2), the French post's own printing house.
//
// Maileva knows no repeat by a key. Why nothing is printed twice: a sending is a draft until it is
// submitted, and drafts cost nothing. Prepare looks for its key among the sendings before it makes
// one, and gives a draft out only when it holds one document and one recipient. Only Submit orders,
// for the one id that the caller has committed; it asks for the sending's state first and submits
// nothing but a draft that holds exactly that. Submitting moves this sending on, it makes no copy:
// where the answer was lost, the next Submit finds that it is no draft any more. So every unknown
// outcome here is Later.
package maileva

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/netip"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery"
	"github.com/relance/relance/delivery/rest"
)

// The addresses of Maileva. In the sandbox nothing is printed; it has its own credentials.
const (
	Token        = "https://connexion.maileva.com/auth/realms/services/protocol/openid-connect/token"
	API          = "https://api.maileva.com/mail/v2"
	TokenSandbox = "https://connexion.sandbox.maileva.net/auth/realms/services/protocol/openid-connect/token"
	APISandbox   = "https://api.sandbox.maileva.net/mail/v2"
)

// DefaultPostage is the slow and cheap one.
const DefaultPostage = "ECONOMIC"

const (
	provider = "Maileva"
	jsonType = "application/json"
	perPage  = 100
	maxPages = 50 // of the list of sendings; see find
	maxLines = 6
)

// Config is an account with Maileva. It holds secrets and does not show them.
type Config struct {
	ClientID, ClientSecret string
	// Username and Password are asked for until Maileva has qualified the account for
	// client_credentials; both or none.
	Username, Password string
	// NewsUser and NewsPassword are what Maileva authenticates by when it notifies; without them
	// every notification is refused.
	NewsUser, NewsPassword string
	Postage                string // FAST, ECONOMIC, URGENT; DefaultPostage where it is empty
	Live                   bool   // prints and costs money; else the sandbox
	TokenURL, APIURL       string // other addresses, of a simulator; both or none
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
	rest                   *rest.Client
	sendings               string // address of the collection
	postage                string
	newsUser, newsPassword string
	now                    func() time.Time
}

var _ interface {
	delivery.Printer
	delivery.PrinterHook
} = (*Printer)(nil)

// New makes a printer of an account; it makes no connection. What is missing or cannot be is
// BAD_INPUT, with the field.
func New(c Config) (*Printer, error) {
	token, api := TokenSandbox, APISandbox
	switch {
	case c.TokenURL != "" || c.APIURL != "":
		token, api = c.TokenURL, strings.TrimRight(c.APIURL, "/")
	case c.Live:
		token, api = Token, API
	}
	if c.Postage == "" {
		c.Postage = DefaultPostage
	}
	for _, must := range []struct {
		field string
		ok    bool
	}{
		{"clientId", c.ClientID != ""}, {"clientSecret", c.ClientSecret != ""}, {"password", (c.Username == "") == (c.Password == "")},
		{"newsPassword", (c.NewsUser == "") == (c.NewsPassword == "")}, {"postage", slices.Contains([]string{"FAST", "ECONOMIC", "URGENT"}, c.Postage)},
		{"tokenUrl", rest.IsBase(token, c.AllowNetworks)}, {"apiUrl", rest.IsBase(api, c.AllowNetworks)},
	} {
		if !must.ok {
			return nil, relance.TellField(must.field, "PRINTER_FIELD")
		}
	}
	grant := url.Values{"grant_type": {"client_credentials"}, "client_id": {c.ClientID}, "client_secret": {c.ClientSecret}}
	if c.Username != "" {
		grant.Set("grant_type", "password")
		grant.Set("username", c.Username)
		grant.Set("password", c.Password)
	}
	return &Printer{
		rest:     &rest.Client{Provider: provider, HTTP: rest.HTTP(c.Timeout, c.AllowNetworks), Now: c.Now, TokenURL: token, Grant: grant},
		sendings: api + "/sendings", postage: c.Postage, newsUser: c.NewsUser, newsPassword: c.NewsPassword, now: c.Now,
	}, nil
}

// Can implements [delivery.Printer]. Envelopes take 45 sheets.
func (p *Printer) Can() delivery.PrinterAbilities {
	return delivery.PrinterAbilities{Name: provider, MaxPages: 45, MaxBytes: 20 << 20, Windows: []relance.WindowSide{relance.WindowRight}}
}

// Quote implements [delivery.Printer]: Maileva does not say before it has printed.
func (p *Printer) Quote(ctx context.Context, _ relance.PrintOrder) (*relance.Money, error) {
	return nil, ctx.Err()
}

// sending is one letter, or several of another program.
type sending struct {
	ID             string `json:"id,omitempty"`
	Name           string `json:"name,omitempty"`
	CustomID       string `json:"custom_id,omitempty"`
	Status         string `json:"status,omitempty"`
	Color          bool   `json:"color_printing"`
	Duplex         bool   `json:"duplex_printing"`
	AddressSheet   bool   `json:"optional_address_sheet"`
	Postage        string `json:"postage_type,omitempty"`
	SubmissionDate string `json:"submission_date,omitempty"`
	ProcessedDate  string `json:"processed_date,omitempty"`
}

// recipient is whom a sending goes to.
type recipient struct {
	ID       string `json:"id,omitempty"`
	CustomID string `json:"custom_id,omitempty"`
	Line1    string `json:"address_line_1,omitempty"`
	Line2    string `json:"address_line_2,omitempty"`
	Line3    string `json:"address_line_3,omitempty"`
	Line4    string `json:"address_line_4,omitempty"`
	Line5    string `json:"address_line_5,omitempty"`
	Line6    string `json:"address_line_6,omitempty"`
	Country  string `json:"country_code,omitempty"`
	Status   string `json:"status,omitempty"`
}

// Prepare implements [delivery.Printer]. What an earlier try left is given out or completed; a draft
// that holds too much is left alone for ever, and another is made.
func (p *Printer) Prepare(ctx context.Context, o relance.PrintOrder) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if err := p.fits(o); err != nil {
		return "", err
	}
	left, err := p.find(ctx, o.Key)
	if err != nil {
		return "", err
	}
	if id, err := p.resume(ctx, o, left); err != nil || id != "" {
		return id, err
	}
	var made sending
	wishes := sending{Name: o.Key, CustomID: o.Key, Color: o.Color, Duplex: o.Duplex, Postage: p.postage}
	a, err := p.rest.JSON(ctx, p.write(p.sendings, wishes), &made)
	switch {
	case err != nil:
		return "", err
	case !a.OK():
		return "", p.rest.Refusal(a)
	case !rest.IsID(made.ID):
		return "", p.rest.Garbled()
	}
	if err := p.fill(ctx, made.ID, o, true, true); err != nil {
		return "", err
	}
	return made.ID, nil
}

// resume goes on with what an earlier try left; "" where there is nothing to go on with.
func (p *Printer) resume(ctx context.Context, o relance.PrintOrder, left []sending) (string, error) {
	for _, s := range left {
		if s.Status != "DRAFT" && word(sendings, s.Status) != relance.PrintUnknown {
			return s.ID, nil // ordered or refused: never a second one
		}
	}
	for _, s := range left {
		documents, people, err := p.contents(ctx, s.ID)
		complete := documents == 1 && people == 1
		switch {
		case err != nil:
			return "", err
		case complete:
			return s.ID, nil
		case s.Status != "DRAFT": // it may be ordered, or a draft that cannot be completed now
			return "", p.rest.Odd(s.Status)
		case documents <= 1 && people <= 1:
			if err := p.fill(ctx, s.ID, o, documents == 0, people == 0); err != nil {
				return "", err
			}
			return s.ID, nil
		}
	}
	return "", nil
}

// fits refuses what Maileva would not take: its addresses have six lines at most, and it uses the
// last two where the others are missing.
func (p *Printer) fits(o relance.PrintOrder) error {
	if n := len(o.Recipient); n < 2 || n > maxLines {
		return &delivery.Failure{Outcome: delivery.Refused, Says: relance.Say("PRINTER_LINES", "provider", provider, "most", strconv.Itoa(maxLines))}
	}
	return p.rest.Fits(o, p.Can())
}

// find lists what earlier tries left of a key. Past the pages that are looked at nothing is found,
// and another draft is made, which costs nothing.
func (p *Printer) find(ctx context.Context, key string) (out []sending, err error) {
	for page := range maxPages {
		var list struct {
			Sendings []sending `json:"sendings"`
			Paging   struct {
				Total int `json:"total_results"`
			} `json:"paging"`
		}
		q := url.Values{"start_index": {strconv.Itoa(page*perPage + 1)}, "count": {strconv.Itoa(perPage)}}
		a, err := p.rest.JSON(ctx, rest.Request{Method: http.MethodGet, URL: p.sendings + "?" + q.Encode()}, &list)
		if err != nil {
			return nil, err
		}
		if !a.OK() {
			return nil, p.rest.Said(a)
		}
		for _, s := range list.Sendings {
			if (s.CustomID == key || s.CustomID == "" && s.Name == key) && rest.IsID(s.ID) {
				out = append(out, s)
			}
		}
		if len(list.Sendings) == 0 || (page+1)*perPage >= list.Paging.Total {
			break
		}
	}
	return out, nil
}

// contents counts what a draft holds.
func (p *Printer) contents(ctx context.Context, id string) (documents, people int, err error) {
	var d struct {
		Documents []json.RawMessage `json:"documents"`
	}
	a, err := p.rest.JSON(ctx, rest.Request{Method: http.MethodGet, URL: p.sendings + "/" + id + "/documents"}, &d)
	if err == nil && !a.OK() {
		err = p.rest.Said(a)
	}
	if err != nil {
		return 0, 0, err
	}
	list, err := p.recipients(ctx, id)
	return len(d.Documents), len(list), err
}

func (p *Printer) recipients(ctx context.Context, id string) ([]recipient, error) {
	var r struct {
		Recipients []recipient `json:"recipients"`
	}
	a, err := p.rest.JSON(ctx, rest.Request{Method: http.MethodGet, URL: p.sendings + "/" + id + "/recipients"}, &r)
	if err == nil && !a.OK() {
		err = p.rest.Said(a)
	}
	return r.Recipients, err
}

// fill brings what is missing of a draft.
func (p *Printer) fill(ctx context.Context, id string, o relance.PrintOrder, document, person bool) error {
	var requests []rest.Request
	if document {
		requests = append(requests, p.file(id, o))
	}
	if person {
		r := recipient{CustomID: o.Key, Country: o.Country}
		// The first line is the name, the last one the town; what is between goes in between.
		n := len(o.Recipient)
		places := []*string{&r.Line1, &r.Line2, &r.Line3, &r.Line4, &r.Line5}
		for i, line := range o.Recipient[:n-1] {
			*places[i] = line
		}
		r.Line6 = o.Recipient[n-1]
		requests = append(requests, p.write(p.sendings+"/"+id+"/recipients", r))
	}
	for _, r := range requests {
		a, err := p.rest.Do(ctx, r)
		if err != nil {
			return err
		}
		if !a.OK() {
			return p.rest.Refusal(a)
		}
	}
	return nil
}

func (p *Printer) write(address string, v any) rest.Request {
	body, _ := json.Marshal(v) //nolint:errchkjson // nothing in it can fail
	return rest.Request{Method: http.MethodPost, URL: address, Type: jsonType, Body: body}
}

// file is the letter as a form with two parts.
func (p *Printer) file(id string, o relance.PrintOrder) rest.Request {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	name := "letter.pdf"
	if rest.IsID(o.Key) {
		name = o.Key + ".pdf"
	}
	for _, part := range []struct {
		disposition, kind string
		content           []byte
	}{
		{fmt.Sprintf(`form-data; name="document"; filename="%s"`, name), "application/pdf", o.PDF},
		{`form-data; name="metadata"`, jsonType, []byte(`{"priority":1,"name":"` + name + `"}`)},
	} {
		to, _ := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {part.disposition}, "Content-Type": {part.kind}}) // a buffer does not fail
		_, _ = to.Write(part.content)
	}
	_ = w.Close()
	return rest.Request{Method: http.MethodPost, URL: p.sendings + "/" + id + "/documents", Type: w.FormDataContentType(), Body: b.Bytes()}
}

// Submit implements [delivery.Printer]; see the package for why it prints nothing twice.
func (p *Printer) Submit(ctx context.Context, id string) (relance.PrintStatus, error) {
	s, err := p.get(ctx, id)
	if err != nil {
		return relance.PrintStatus{}, err
	}
	if s.Status != "DRAFT" {
		return p.status(s), p.standing(s)
	}
	documents, people, err := p.contents(ctx, id)
	if err != nil {
		return relance.PrintStatus{}, err
	}
	if documents != 1 || people != 1 {
		return p.status(s), &delivery.Failure{Outcome: delivery.Refused, Says: relance.Say("PRINTER_DRAFT_ODD", "provider", provider)}
	}
	a, err := p.rest.Do(ctx, rest.Request{Method: http.MethodPost, URL: p.sendings + "/" + id + "/submit"})
	if err != nil {
		return relance.PrintStatus{}, err
	}
	// The sending itself knows, also where the refusal comes from a submit that crossed this one.
	if s, err = p.get(ctx, id); err != nil {
		return relance.PrintStatus{}, err
	}
	if s.Status == "DRAFT" && !a.OK() {
		return p.status(s), p.rest.Refusal(a)
	}
	if s.Status == "DRAFT" {
		return p.status(s), p.rest.Checking()
	}
	return p.status(s), p.standing(s)
}

// standing says of a sending that is no draft what that means for an order: nil where it was
// ordered already.
func (p *Printer) standing(s sending) error {
	switch {
	case s.Status == "PROCESSED_WITH_ERRORS":
		return nil
	case word(sendings, s.Status) == relance.PrintUnknown:
		return p.rest.Odd(s.Status)
	case s.Status == "REJECTED":
		return p.rest.WillNot(s.Status)
	}
	return nil
}

func (p *Printer) get(ctx context.Context, id string) (sending, error) {
	if err := ctx.Err(); err != nil {
		return sending{}, err
	}
	if !rest.IsID(id) {
		return sending{}, p.rest.Unknown()
	}
	var s sending
	a, err := p.rest.JSON(ctx, rest.Request{Method: http.MethodGet, URL: p.sendings + "/" + id}, &s)
	switch {
	case err != nil:
		return sending{}, err
	case !a.OK():
		return sending{}, p.rest.Refusal(a)
	case s.ID != id || s.Status == "":
		return sending{}, p.rest.Garbled()
	}
	return s, nil
}

func (p *Printer) status(s sending) relance.PrintStatus {
	out := relance.PrintStatus{ExternalID: s.ID, State: word(sendings, s.Status), Raw: s.Status, At: rest.Time(s.ProcessedDate)}
	if out.At.IsZero() {
		out.At = p.now().UTC()
	}
	return out
}

// Status implements [delivery.Printer]. From when a sending is accepted on its recipient tells more,
// and of what is posted the post.
func (p *Printer) Status(ctx context.Context, id string) (relance.PrintStatus, error) {
	s, err := p.get(ctx, id)
	if err != nil {
		return relance.PrintStatus{}, err
	}
	out := p.status(s)
	if !slices.Contains([]string{"ACCEPTED", "PROCESSED", "PROCESSED_WITH_ERRORS"}, s.Status) {
		return out, nil
	}
	people, err := p.recipients(ctx, id)
	if err != nil {
		return relance.PrintStatus{}, err
	}
	if len(people) != 1 || !rest.IsID(people[0].ID) {
		return out, nil
	}
	r := people[0]
	if state := word(recipients, r.Status); state == relance.PrintUnknown || s.Status != "ACCEPTED" || state != relance.PrintAccepted {
		out.State, out.Raw = state, r.Status
	}
	if out.State != relance.PrintPosted {
		return out, nil
	}
	return out, p.delivered(ctx, id, r.ID, &out)
}

// delivered asks what the post says; its last known word counts.
func (p *Printer) delivered(ctx context.Context, id, person string, out *relance.PrintStatus) error {
	var list struct {
		Statuses []struct {
			Code  string `json:"code"`
			Label string `json:"label"`
			Date  string `json:"date"`
		} `json:"delivery_statuses"`
	}
	a, err := p.rest.JSON(ctx, rest.Request{Method: http.MethodGet, URL: p.sendings + "/" + id + "/recipients/" + person + "/delivery_statuses"}, &list)
	if err != nil || !a.OK() { // 404: the post has said nothing yet
		return err
	}
	last := time.Time{}
	for _, s := range list.Statuses {
		at := rest.Time(s.Date)
		if state := word(deliveries, strings.ToUpper(s.Code)); state != relance.PrintUnknown && !at.Before(last) {
			last = at
			out.State, out.Raw, out.Reason = state, s.Code, s.Label
			if !at.IsZero() {
				out.At = at
			}
		}
	}
	return nil
}

// Cancel implements [delivery.Printer]. Only a draft can be taken back: it is deleted, or stays and
// is never submitted.
func (p *Printer) Cancel(ctx context.Context, id string) error {
	s, err := p.get(ctx, id)
	switch {
	case rest.IsUnknown(err):
		return nil
	case err != nil:
		return err
	case s.Status == "REJECTED":
		return nil
	case s.Status != "DRAFT":
		return p.rest.TooLate()
	}
	_, err = p.rest.Do(ctx, rest.Request{Method: http.MethodDelete, URL: p.sendings + "/" + id})
	return err
}
