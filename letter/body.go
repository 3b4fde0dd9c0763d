package letter

import (
	"fmt"
	"strconv"

	"github.com/relance/relance"
	"github.com/relance/relance/letter/paper"
	"github.com/relance/relance/template"
)

// body prints from the subject to the signature, on as many pages as it takes.
func (p *page) body() {
	x, width := p.letter.Layout.Text.X, p.letter.Layout.Text.W
	p.blocks([]block{{runs: []run{{bold, p.text.subject}}}}, x, width)
	p.y += bodyGap
	p.blocks(p.text.body, x, width)
	if v := p.letter.Data.Voucher; v != nil {
		p.voucher(v, x, width)
	}
	if end := p.ending(width); end < 120 { // closing words and signature stay together
		p.room(end)
	}
	p.blocks(p.text.closing, x, width)
	if s := p.letter.Sender.Signature; len(s) > 0 {
		p.y += toSign
		for _, l := range s {
			p.room(bodyLeading)
			p.sheet.text(x, p.y+bodySize*ascent*pointsToMM, regular, bodySize, p.set(l))
			p.y += bodyLeading
		}
	}
}

// blocks prints paragraphs. The first two lines stay together, and so do the last two.
func (p *page) blocks(all []block, x, width float64) {
	for i, b := range all {
		in := float64(b.indent) * indentBy
		lines, err := p.fonts.lines(b.runs, bodySize, width-in)
		if err != nil && p.err == nil {
			p.err = err
		}
		if i > 0 && !b.broken {
			p.y += bodyGap
		}
		for n, l := range lines {
			ahead := 1
			if left := len(lines) - n; n == 0 && left > 1 || left == 2 {
				ahead = min(left, 2)
			}
			p.room(float64(ahead) * bodyLeading)
			base := p.y + bodySize*ascent*pointsToMM
			if n == 0 {
				p.sheet.text(x+in-indentBy+0.8, base, regular, bodySize, b.marker)
			}
			p.line(x+in, base, bodySize, l)
			p.y += bodyLeading
		}
	}
	p.y += bodyGap
}

// room begins a page where there is not that much left.
func (p *page) room(height float64) {
	if p.y+height <= p.end {
		return
	}
	if p.pdf.PageCount() >= MaxPages {
		if p.err == nil {
			p.err = relance.TellField("body", "LETTER_PAGES", "most", strconv.Itoa(MaxPages))
		}
		p.y = p.letter.Layout.Next.Y // the rest is lost, and quickly so
		return
	}
	p.page()
	p.y, p.end = p.letter.Layout.Next.Y, p.letter.Layout.Next.Bottom()
}

// ending is how much the closing words and the signature take.
func (p *page) ending(width float64) float64 {
	high := 0.0
	for _, b := range p.text.closing {
		lines, _ := p.fonts.lines(b.runs, bodySize, width-float64(b.indent)*indentBy)
		high += float64(len(lines))*bodyLeading + bodyGap
	}
	if n := len(p.letter.Sender.Signature); n > 0 {
		high += toSign + float64(n)*bodyLeading
	}
	return high
}

// voucher is a box with the code to type, and the one to scan.
func (p *page) voucher(v *template.Voucher, x, width float64) {
	const high, in = 36.0, 8.0
	p.room(high + bodyGap)
	const codeAt = (high - voucherCode) / 2
	moved := p.clearFold(codeAt+1, codeAt-voucherCode*quiet/25-0.1, high+2*bodyGap+p.ending(width)) // no code is coarser than 25 modules with a link in it
	top, left := p.y+1, x+in
	p.pdf.SetLineWidth(0.3)
	p.pdf.RoundedRect(x, top, width, high, 2.5, "1234", "D")
	room := width - 2*in
	if p.letter.CodeURL != "" {
		room -= voucherCode + in
		p.code(p.letter.CodeURL, x+width-in-voucherCode+1, top+codeAt+moved, voucherCode)
	}
	value := v.Value
	if value == "" {
		value = p.words.freeShipping
	}
	p.fitted(left, top+7.5, room, regular, 9, 7, p.words.voucher)
	p.fitted(left, top+15.5, room, bold, 19, 9, p.set(value))
	p.fitted(left, top+22.5, room, bold, 13, 8, p.set(v.Code))
	until := fmt.Sprintf(p.words.until, template.Day(v.Until, p.letter.Data.Language))
	if v.Minimum != "" {
		until += " · " + fmt.Sprintf(p.words.minimum, p.set(v.Minimum))
	}
	p.fitted(left, top+28, room, regular, 9, 6.5, until)
	if p.letter.CodeURL != "" {
		p.fitted(left, top+32.2, room, regular, 9, 7, p.words.scan)
	}
	p.y = top + high + 2*bodyGap
}

// clearFold says by how much a code moves within its box so that no fold goes through it; where
// that is more than it can move, the whole box goes down a little instead, if there is room. A
// code of level M also survives a fold: it is not worth a hole in the letter.
func (p *page) clearFold(codeAt, canMove, high float64) float64 {
	const keep, most = 0.5, 14.0
	for _, f := range p.letter.Layout.Folds {
		up, down := p.y+codeAt+voucherCode+keep-f, f+keep-p.y-codeAt
		switch {
		case up <= 0 || down <= 0:
		case up <= canMove:
			return -up
		case down <= canMove:
			return down
		case down <= most && p.y+down+high <= p.end:
			p.y += down
		}
	}
	return 0
}

// code draws one for a camera.
func (p *page) code(content string, x, y, side float64) {
	c, err := newCode(content)
	if err != nil {
		if p.err == nil {
			p.err = err
		}
		return
	}
	p.fill(c.rects(x, y, side))
	p.codes++
}

// foot is the imprint and what the law wants told, with the way out beside it. It gives where the
// text above it ends.
func (p *page) foot() float64 {
	const top, size, leading = 258.0, 7.5, 3.35
	s, w := p.letter.Sender, p.words
	left, codeAt := p.letter.Layout.Text.X, textRight-objectCode-2.6
	p.rule(left, textRight, top, 0.15)
	y, width := top+5.2, codeAt-10-left
	for _, t := range []string{
		s.Imprint,
		fmt.Sprintf(w.controller, s.Controller) + " " + fmt.Sprintf(w.source, s.Source) + " " + fmt.Sprintf(w.privacy, s.PrivacyURL),
		fmt.Sprintf(w.stop, shown(p.letter.ObjectURL)),
	} {
		if t = p.set(t); t != "" {
			y = p.paragraph(left, y, width, regular, size, leading, t) + 1
		}
	}
	if y > top+29.5 && p.err == nil { // the number of the page stands below
		p.err = relance.TellField("imprint", "LETTER_PAGES", "most", strconv.Itoa(MaxPages))
	}
	p.code(p.letter.ObjectURL, codeAt, top+4.5, objectCode)
	caption := p.fonts.width(regular, 6.5, w.stopScan)
	p.sheet.text(codeAt+objectCode/2-caption/2, top+4.5+objectCode+5.4, regular, 6.5, w.stopScan)
	return top - 3
}

// overlay shows what the proof judges by: red is what always shows, orange what can show, blue is
// where nothing may stand, green the folds.
func (p *page) overlay() {
	l := p.letter.Layout
	p.pdf.SetPage(1)
	draw := func(r paper.Rect, red, green, blue int) {
		if !r.Empty() {
			p.pdf.SetDrawColor(red, green, blue)
			p.pdf.SetLineWidth(0.25)
			p.pdf.Rect(r.X, r.Y, r.W, r.H, "D")
		}
	}
	draw(l.Exposed(), 240, 140, 0)
	draw(l.Visible(), 220, 0, 0)
	draw(l.Safe(), 220, 120, 120)
	draw(l.Franking, 0, 0, 220)
	draw(l.Printable(), 0, 0, 220)
	p.pdf.SetDrawColor(0, 150, 0)
	for _, y := range l.Folds {
		p.rule(0, paper.Width, y, 0.2)
	}
}
