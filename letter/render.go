package letter

import (
	"fmt"
	"strings"

	"github.com/yuin/goldmark"

	"github.com/relance/relance"
	"github.com/relance/relance/letter/paper"
	"github.com/relance/relance/letter/postal"
	"github.com/relance/relance/template"
)

// How text is set.
const (
	bodySize    = 10.5 // points
	bodyLeading = 5.0  // mm
	bodyGap     = 2.4  // between paragraphs
	indentBy    = 5.0
	toSign      = 8.0 // room to sign by hand
	textRight   = 190.0
	ascent      = 0.905 // of Liberation Sans, in parts of the size
	leastSize   = 8.0   // of an address: smaller cannot be read by machines
)

// Renderer makes letters. The typeface is read once, when it is made; it is safe for concurrent
// use.
type Renderer struct {
	fonts    fonts
	texts    *template.Renderer
	markdown goldmark.Markdown
}

// New makes a renderer.
func New() (*Renderer, error) {
	f, err := loadFonts()
	if err != nil {
		return nil, relance.WrapError(relance.CodeInternal, err, "the typeface cannot be read")
	}
	return &Renderer{fonts: f, texts: template.New(), markdown: goldmark.New()}, nil
}

// Check refuses a text that could not be printed for anybody: broken tags, unknown variables,
// letters without a glyph. It names line and column where it can. voucher says whether the step
// has one.
func (r *Renderer) Check(t Text, language string, voucher bool) error {
	_, err := r.compose(t, template.Sample(language, voucher, false))
	return err
}

// Render makes one letter. Its errors are BAD_INPUT with a sentence, unless they are our fault.
// What it makes must be measured (letter/proof) before it is sent.
func (r *Renderer) Render(l Letter) (File, error) {
	if err := l.Sender.complete(l.ObjectURL); err != nil {
		return File{}, err
	}
	address, problems := postal.Lines(l.Recipient, l.Layout.Country)
	if len(problems) > 0 {
		return File{}, told(problems[0]).At("address")
	}
	text, err := r.compose(l.Text, l.Data)
	if err != nil {
		return File{}, err
	}
	p := page{sheet: newSheet(r.fonts, text.subject, l.Data.Language, l.Date), letter: l, words: wordsIn(l.Data.Language), text: text}
	p.first(address)
	p.body()
	p.numbers(p.words.page, l.Layout.Text.X)
	if l.Overlay {
		p.overlay()
	}
	pdf, err := p.bytes()
	if err != nil {
		return File{}, err
	}
	return File{PDF: pdf, Pages: p.pdf.PageCount(), Address: p.address, Return: p.returns, Codes: p.codes}, nil
}

// told makes an error of a problem.
func told(s relance.Sentence) *relance.Error {
	var params []string
	for _, p := range s.Params() {
		params = append(params, p.Name, p.Value)
	}
	return relance.Tell(relance.CodeBadInput, nil, s.Code, params...)
}

// complete names what the law wants in every letter and is missing.
func (s Sender) complete(objectURL string) error {
	for _, must := range []struct {
		given   string
		missing relance.Sentence
	}{
		{s.Controller, relance.Say("LETTER_WITHOUT_CONTROLLER")}, {s.Source, relance.Say("LETTER_WITHOUT_SOURCE")}, {s.PrivacyURL, relance.Say("LETTER_WITHOUT_PRIVACY")},
		{objectURL, relance.Say("LETTER_WITHOUT_OBJECTION")}, {strings.Join(s.Address, ""), relance.Say("LETTER_WITHOUT_ADDRESS")},
	} {
		if strings.TrimSpace(must.given) == "" {
			return relance.Tell(relance.CodeBadInput, nil, must.missing.Code)
		}
	}
	return nil
}

// composed is a text with everything filled in.
type composed struct {
	subject       string
	body, closing []block
}

func (r *Renderer) compose(t Text, d template.Data) (composed, error) {
	d.Cart = nil // a letter names no product
	var c composed
	subject, err := r.texts.Line("subject", t.Subject, d)
	if err != nil {
		return c, err
	}
	if c.subject = set(subject, d.Language); c.subject == "" {
		return c, relance.TellField("subject", "LETTER_NO_SUBJECT")
	}
	for _, part := range []struct {
		name, source string
		to           *[]block
	}{{"body", t.Body, &c.body}, {"closing", t.Closing, &c.closing}} {
		md, err := r.texts.Markdown(part.name, part.source, d)
		if err != nil {
			return c, err
		}
		*part.to = parse(r.markdown, md, d.Language)
		for _, b := range *part.to {
			for _, run := range b.runs {
				if err := r.fonts.printable(run.text); err != nil {
					return c, err
				}
			}
		}
	}
	return c, r.fonts.printable(c.subject)
}

// page is a letter being drawn.
type page struct {
	*sheet
	letter  Letter
	words   words
	text    composed
	y       float64 // where the next line begins
	end     float64 // where the text of this page ends
	address []string
	returns string
	codes   int
}

// set of a value that comes from outside.
func (p *page) set(s string) string { return set(s, p.letter.Data.Language) }

// first draws what stands in its place on the first page.
func (p *page) first(address []string) {
	p.marks()
	p.brand()
	p.window(address)
	p.dated()
	p.end = p.foot()
	p.y = p.letter.Layout.Text.Y
}

// marks are for folding and punching.
func (p *page) marks() {
	for _, y := range p.letter.Layout.Marks {
		p.rule(p.letter.Layout.Edge.Left+0.3, p.letter.Layout.Edge.Left+4, y, 0.2)
	}
}

// brand is the logo, or the name, and who writes.
func (p *page) brand() {
	in, s := p.letter.Layout.Brand, p.letter.Sender
	if s.Logo != nil {
		w, h := min(in.W, 55), in.H
		if by := min(w/float64(s.Logo.width), h/float64(s.Logo.height)); true {
			w, h = by*float64(s.Logo.width), by*float64(s.Logo.height)
		}
		p.picture(s.Logo, paper.Rect{X: in.X, Y: in.Y, W: w, H: h})
	} else {
		p.fitted(in.X, in.Y+6, in.W, bold, 17, 9, p.set(s.Name))
	}
	y := p.letter.Layout.Details
	p.fitted(in.X, y, in.W, bold, 8.5, 6, p.set(s.Name))
	for _, l := range append(append([]string{}, s.Address...), s.Details...) {
		y += 3.9
		p.fitted(in.X, y, in.W, regular, 8.5, 6, p.set(l))
	}
}

// window prints the address and above it, where the layout has room, where to return it to. Type
// becomes smaller for a long line; what does not fit then is refused.
func (p *page) window(address []string) {
	l := p.letter.Layout
	safe := l.Safe()
	if !l.Sender.Empty() {
		s := p.letter.Sender
		p.returns = p.set(strings.Join(append([]string{s.Name}, s.Address...), " · "))
		p.fitted(l.Address.X, l.Sender.Bottom()-1.6, safe.Right()-l.Address.X, regular, 7, 5.5, p.returns)
	}
	size := l.Address.Size
	for _, line := range address {
		line = set(line, "") // never by the rules of a text: it is data
		p.address = append(p.address, line)
		fits := p.fonts.fit(regular, line, size, leastSize, safe.Right()-l.Address.X)
		if fits == 0 && p.err == nil {
			p.err = relance.TellField("address", "POSTAL_LINE_LONG")
		}
		size = fits
	}
	for i, line := range p.address {
		p.sheet.text(l.Address.X, l.Address.Top+l.Address.Size*ascent*pointsToMM+float64(i)*l.Address.Leading, regular, size, line)
	}
}

// dated prints place and date.
func (p *page) dated() {
	l := p.letter.Layout.Dated
	day := template.Day(p.letter.Date, p.letter.Data.Language)
	if place := p.letter.Sender.Place; place != "" {
		day = fmt.Sprintf(p.words.dated, p.set(place), day)
	}
	p.fitted(l.X, l.Top+l.Size*ascent*pointsToMM, textRight-l.X, regular, l.Size, 8, day)
}
