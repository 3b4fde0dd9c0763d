package letter

import (
	"strings"
	"time"
)

// Where things stand on a cover.
const (
	coverLeft    = 20.0
	coverTop     = 30.0
	coverBottom  = 280.0
	coverLeading = 5.0
	coverSize    = 9.0
	coverGap     = 3.0 // between columns
)

// Cover is a sheet that lies before a batch of letters: what the batch is, and a table.
type Cover struct {
	Title    string
	Language string
	Date     time.Time
	Facts    []string
	Head     []string
	Rows     [][]string
	Widths   []float64 // of the columns, in mm; 170 in all
}

// Cover makes the sheet, of as many pages as the table needs. A letter of a name for which the
// typeface has no glyph is shown as "?": nobody reads a cover but who packs the letters.
func (r *Renderer) Cover(c Cover) (File, error) {
	s := newSheet(r.fonts, r.fonts.replaced(c.Title), c.Language, c.Date)
	y := coverTop
	s.text(coverLeft, y, bold, 16, s.cut(bold, 16, textRight-coverLeft, c.Title))
	y += 4
	for _, f := range c.Facts {
		y += coverLeading + 1
		s.text(coverLeft, y, regular, 11, s.cut(regular, 11, textRight-coverLeft, f))
	}
	y += 2 * coverLeading
	s.row(y, bold, c.Head, c.Widths)
	s.rule(coverLeft, textRight, y+1.5, 0.2)
	y++
	for _, row := range c.Rows {
		if y += coverLeading; y > coverBottom {
			s.page()
			y = coverTop
			s.row(y, bold, c.Head, c.Widths)
			s.rule(coverLeft, textRight, y+1.5, 0.2)
			y += coverLeading + 1
		}
		s.row(y, regular, row, c.Widths)
	}
	s.numbers(wordsIn(c.Language).page, coverLeft)
	pdf, err := s.bytes()
	return File{PDF: pdf, Pages: s.pdf.PageCount()}, err
}

// Blank is an empty page.
func (r *Renderer) Blank(date time.Time) ([]byte, error) {
	return newSheet(r.fonts, "", "", date).bytes()
}

func (s *sheet) row(y float64, st style, cells []string, widths []float64) {
	x := coverLeft
	for i, w := range widths {
		if i < len(cells) {
			s.text(x, y, st, coverSize, s.cut(st, coverSize, w-coverGap, cells[i]))
		}
		x += w
	}
}

// cut shortens a text to what fits.
func (s *sheet) cut(st style, size, width float64, text string) string {
	text = s.fonts.replaced(text)
	if s.fonts.width(st, size, text) <= width {
		return text
	}
	letters := []rune(text)
	for len(letters) > 0 && s.fonts.width(st, size, string(letters)+"…") > width {
		letters = letters[:len(letters)-1]
	}
	return string(letters) + "…"
}

// replaced puts "?" for what cannot be printed.
func (f fonts) replaced(text string) string {
	return strings.Map(func(r rune) rune {
		if f.printable(string(r)) != nil {
			return '?'
		}
		return r
	}, text)
}
