// Package template turns the text of a message, Liquid with a Markdown body, and what is known
// of the recipient into a subject, an HTML body and a plain one. It is pure and shared by
// e-mail and letter. Values come from strangers: in a body they are text, never Markdown or
// HTML.
package template

import (
	"bytes"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"github.com/osteele/liquid"
	"github.com/yuin/goldmark"

	"github.com/relance/relance"
)

// Data is what a text may speak of.
type Data struct {
	Language  string // ISO 639-1
	Title     string // MR, MRS, or empty
	FirstName string
	LastName  string
	ShopName  string
	ShopURL   string
	Imprint   string // of the shop's legal entity
	Voucher   *Voucher
	Cart      *Cart
	Logo      *Logo // of the shop; nil: its name stands there
	// UnsubscribeURL leads to the page where the person can object.
	UnsubscribeURL string
}

// Logo is the picture at the head of the HTML body.
type Logo struct {
	URL           string
	Width, Height int // as shown, in pixels of the page
}

// Largest logo as shown, in pixels of the page.
const (
	maxLogoWidth  = 240
	maxLogoHeight = 72
)

// NewLogo shows a picture of the given size; a large one is made smaller, a small one stays.
func NewLogo(url string, width, height int) *Logo {
	w, h := width, height
	if w > maxLogoWidth {
		w, h = maxLogoWidth, height*maxLogoWidth/width
	}
	if h > maxLogoHeight {
		w, h = width*maxLogoHeight/height, maxLogoHeight
	}
	return &Logo{URL: url, Width: max(w, 1), Height: max(h, 1)}
}

// Voucher is the recipient's own.
type Voucher struct {
	Code    string
	Value   string    // "10 %", "5,00 €"; empty for free shipping
	Minimum string    // empty: none
	Until   time.Time // in the shop's zone
}

// Cart is what was left behind.
type Cart struct {
	URL   string // brings it back, or the shop's cart page
	Lines []CartLine
}

// CartLine is one thing in it.
type CartLine struct {
	Title    string
	Quantity int
	Price    string
	ImageURL string
}

// Message is a text made for one recipient.
type Message struct {
	Subject string
	HTML    string
	Text    string
}

// maxSource bounds a text; maxResult what becomes of it.
const (
	maxSource = 50_000
	maxResult = 500_000
)

// Renderer renders texts. It is safe for concurrent use.
type Renderer struct {
	engine   *liquid.Engine
	markdown goldmark.Markdown
	layout   *template.Template
}

// New makes a renderer.
func New() *Renderer {
	e := liquid.NewEngine()
	e.StrictVariables()
	return &Renderer{engine: e, markdown: goldmark.New(), layout: template.Must(template.New("email").Parse(layout))}
}

// Render makes the message of one recipient. An error names the place, and is BAD_INPUT.
func (r *Renderer) Render(t relance.EmailText, d Data) (Message, error) {
	plain, escaped := bindings(d, func(s string) string { return s }), bindings(d, escape)
	var m Message
	var preheader, body string
	for _, part := range []struct {
		name, source string
		values       liquid.Bindings
		to           *string
	}{
		{"subject", t.Subject, plain, &m.Subject}, {"preheader", t.Preheader, plain, &preheader},
		{"body", t.Body, plain, &m.Text}, {"body", t.Body, escaped, &body},
	} {
		out, err := r.liquid(part.name, part.source, part.values)
		if err != nil {
			return m, err
		}
		*part.to = out
	}
	m.Subject = oneLine(m.Subject)
	if m.Subject == "" {
		return m, relance.TellField("subject", "SUBJECT_EMPTY")
	}
	var html bytes.Buffer
	if err := r.markdown.Convert([]byte(body), &html); err != nil {
		return m, relance.TellField("body", "MARKDOWN_UNREADABLE")
	}
	words := wordsIn(d.Language)
	m.Text = strings.TrimSpace(m.Text)
	if v := d.Voucher; v != nil && !strings.Contains(m.Text, v.Code) { // the layout shows it in the HTML
		m.Text += "\n\n" + v.Code
	}
	m.Text += "\n\n-- \n" + strings.TrimSpace(d.ShopName+"\n"+d.Imprint) + "\n" + words.unsubscribe + ": " + d.UnsubscribeURL + "\n"
	var page strings.Builder
	err := r.layout.Execute(&page, map[string]any{
		"Language": d.Language, "Subject": m.Subject, "Preheader": oneLine(preheader), "Body": template.HTML(html.String()), //nolint:gosec // made by goldmark, which drops raw HTML and dangerous links
		"Shop": d.ShopName, "Logo": d.Logo, "Imprint": d.Imprint, "Unsubscribe": words.unsubscribe, "UnsubscribeURL": d.UnsubscribeURL, "Voucher": d.Voucher, "Cart": d.Cart,
	})
	m.HTML = page.String()
	return m, err
}

// Check refuses a text that could not be sent: broken tags, unknown variables, or a voucher or
// cart that the step does not have.
func (r *Renderer) Check(t relance.EmailText, language string, voucher, cart bool) error {
	for _, part := range []struct{ name, s string }{{"subject", t.Subject}, {"preheader", t.Preheader}, {"body", t.Body}} {
		if len(part.s) > maxSource {
			return relance.TellField(part.name, "TEXT_TOO_LONG", "most", strconv.Itoa(maxSource))
		}
	}
	_, err := r.Render(t, Sample(language, voucher, cart))
	return err
}

// liquid renders one source. The library panics with an error that occurs within a block.
func (r *Renderer) liquid(part, source string, values liquid.Bindings) (text string, failed error) {
	defer func() {
		if p := recover(); p != nil {
			failed = relance.TellField(part, "TEXT_FAILS")
			if strings.Contains(fmt.Sprint(p), relance.Say("TEXT_GROWS").String()) {
				failed = relance.TellField(part, "TEXT_GROWS")
			}
		}
	}()
	t, err := r.engine.ParseString(source)
	if err != nil {
		return "", at(part, source, err)
	}
	var out bytes.Buffer
	if err := t.FRender(&limited{&out}, values); err != nil {
		return "", at(part, source, err)
	}
	return out.String(), nil
}

// limited refuses what a loop in a template could grow into.
type limited struct{ *bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > maxResult {
		return 0, relance.Tell(relance.CodeBadInput, nil, "TEXT_GROWS")
	}
	return l.Buffer.Write(p)
}

// bindings are the variables of a text.
func bindings(d Data, safe func(string) string) liquid.Bindings {
	b := liquid.Bindings{
		"greeting": safe(greeting(d)), "first_name": safe(mended(d.FirstName)), "last_name": safe(mended(d.LastName)),
		"shop": map[string]any{"name": safe(d.ShopName), "url": address(d.ShopURL)},
	}
	if v := d.Voucher; v != nil {
		b["voucher"] = map[string]any{"code": v.Code, "value": safe(v.Value), "minimum": safe(v.Minimum), "until": safe(date(v.Until, d.Language))}
	}
	if c := d.Cart; c != nil {
		lines := make([]map[string]any, len(c.Lines))
		for i, l := range c.Lines {
			lines[i] = map[string]any{"title": safe(oneLine(l.Title)), "quantity": l.Quantity, "price": safe(l.Price), "image": address(l.ImageURL)}
		}
		b["cart"] = map[string]any{"url": address(c.URL), "lines": lines}
	}
	return b
}

// escape makes a value text in Markdown: all ASCII punctuation may be escaped (CommonMark 2.4).
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return oneLine(b.String())
}

// address lets through what is a web address, with nothing in it that Markdown would end it by.
func address(s string) string {
	if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") || strings.ContainsAny(s, "<>\"\\ \t\r\n") {
		return ""
	}
	return strings.NewReplacer("(", "%28", ")", "%29", "*", "%2A", "_", "%5F").Replace(s)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
