package dossier

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font/sfnt"
)

// Measures, in mm, and sizes of type, in points.
const (
	margin    = 18.0
	label     = 48.0 // width of the names of values
	lineHigh  = 4.6
	textSize  = 9.0
	bodyWidth = 210 - 2*margin
)

// page writes one file from top to bottom.
type page struct {
	pdf  *fpdf.Fpdf
	font *sfnt.Font
	buf  sfnt.Buffer
}

func newPage(title, language string, at time.Time) *page {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(at.UTC())
	pdf.SetModificationDate(at.UTC())
	pdf.SetProducer("Relance", true)
	pdf.SetTitle(title, true)
	pdf.SetLang(language)
	pdf.SetMargins(margin, margin, margin)
	pdf.SetAutoPageBreak(true, margin)
	pdf.SetCellMargin(0)
	pdf.AddUTF8FontFromBytes("liberation", "", liberationsansregular.TTF)
	pdf.AddUTF8FontFromBytes("liberation", "B", liberationsansbold.TTF)
	p := &page{pdf: pdf}
	font, err := sfnt.Parse(liberationsansregular.TTF)
	if err != nil {
		pdf.SetError(err)
	}
	p.font = font
	pdf.AliasNbPages("{all}")
	pdf.AddPage()
	return p
}

// plain is a text as the typeface can write it: what it has no letter for becomes a box.
func (p *page) plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsControl(r):
			return -1
		case r > 0xFFFF:
			return '□'
		}
		if g, err := p.font.GlyphIndex(&p.buf, r); err != nil || g == 0 {
			return '□'
		}
		return r
	}, s)
}

func (p *page) heading(s string) {
	p.pdf.SetFont("liberation", "B", 17)
	p.pdf.MultiCell(bodyWidth, 8, p.plain(s), "", "L", false)
	p.pdf.Ln(3)
}

func (p *page) section(s string) {
	p.room(24)
	p.pdf.Ln(5)
	p.pdf.SetFont("liberation", "B", 12)
	p.pdf.MultiCell(bodyWidth, 6, p.plain(s), "B", "L", false)
	p.pdf.Ln(2)
}

func (p *page) note(s string) {
	p.pdf.Ln(1)
	p.pdf.SetFont("liberation", "", textSize)
	p.pdf.SetTextColor(90, 90, 90)
	p.pdf.MultiCell(bodyWidth, lineHigh, p.plain(s), "", "L", false)
	p.pdf.SetTextColor(0, 0, 0)
	p.pdf.Ln(1)
}

// pair writes a value beside its name.
func (p *page) pair(name, value string) {
	p.room(2 * lineHigh)
	p.pdf.SetFont("liberation", "", textSize)
	p.pdf.SetTextColor(90, 90, 90)
	y, from := p.pdf.GetY(), p.pdf.PageNo()
	p.pdf.MultiCell(label-3, lineHigh, p.plain(name), "", "L", false)
	below := p.pdf.GetY()
	p.pdf.SetTextColor(0, 0, 0)
	p.pdf.SetXY(margin+label, y)
	p.pdf.SetLeftMargin(margin + label)
	p.pdf.MultiCell(bodyWidth-label, lineHigh, p.plain(value), "", "L", false)
	p.pdf.SetLeftMargin(margin)
	p.pdf.SetX(margin)
	if p.pdf.PageNo() == from && p.pdf.GetY() < below {
		p.pdf.SetY(below)
	}
}

// rule parts two records.
func (p *page) rule() {
	p.pdf.Ln(1.2)
	p.pdf.SetDrawColor(200, 200, 200)
	y := p.pdf.GetY()
	p.pdf.Line(margin, y, margin+bodyWidth, y)
	p.pdf.SetDrawColor(0, 0, 0)
	p.pdf.Ln(1.2)
}

// room begins a new page where less than so much is left.
func (p *page) room(high float64) {
	if _, paper := p.pdf.GetPageSize(); p.pdf.GetY()+high > paper-margin {
		p.pdf.AddPage()
	}
}

func (p *page) end(w io.Writer, word string) error {
	n := p.pdf.PageCount()
	for i := 1; i <= n; i++ {
		p.pdf.SetPage(i)
		p.pdf.SetAutoPageBreak(false, 0)
		p.pdf.SetFont("liberation", "", 8)
		p.pdf.SetXY(margin, 297-margin+5)
		p.pdf.CellFormat(bodyWidth, 4, fmt.Sprintf("%s %d / %d", word, i, n), "", 0, "R", false, 0, "")
	}
	return p.pdf.Output(w)
}
