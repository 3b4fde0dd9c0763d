package letter

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"github.com/relance/relance"
	"github.com/relance/relance/letter/paper"
)

// sheet draws on the pages of one file; sizes of type in points, all else in mm. The first error
// stays, and what is drawn after it is lost.
type sheet struct {
	pdf   *fpdf.Fpdf
	fonts fonts
	used  map[style]bool
	err   error
	style style
	size  float64
}

// newSheet begins a file. What would differ from run to run is fixed: the dates are the letter's,
// and objects are sorted.
func newSheet(f fonts, title, language string, date time.Time) *sheet {
	pdf := fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: paper.Width, Ht: paper.Height}})
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(date.UTC())
	pdf.SetModificationDate(date.UTC())
	pdf.SetProducer("Relance", true)
	pdf.SetTitle(title, true)
	pdf.SetLang(language)
	pdf.SetMargins(0, 0, 0)
	pdf.SetCellMargin(0)
	pdf.SetAutoPageBreak(false, 0)
	s := &sheet{pdf: pdf, fonts: f, used: map[style]bool{}}
	s.page()
	return s
}

// page begins another.
func (s *sheet) page() {
	s.pdf.AddPage()
	s.size = 0
}

// text prints on a baseline.
func (s *sheet) text(x, baseline float64, st style, size float64, text string) {
	if text == "" || s.err != nil {
		return
	}
	if s.err = s.fonts.printable(text); s.err != nil {
		return
	}
	if !s.used[st] {
		s.pdf.AddUTF8FontFromBytes(family, string(st), s.fonts[st].ttf)
		s.used[st] = true
	}
	if st != s.style || size != s.size {
		s.pdf.SetFont(family, string(st), size)
		s.style, s.size = st, size
	}
	s.pdf.Text(x, baseline, text)
}

// fitted prints a line that must not be wider; the type becomes smaller, down to least.
func (s *sheet) fitted(x, baseline, width float64, st style, size, least float64, text string) {
	fits := s.fonts.fit(st, text, size, least, width)
	if fits == 0 && s.err == nil {
		s.err = relance.Tell(relance.CodeBadInput, nil, "LETTER_WIDE")
	}
	s.text(x, baseline, st, fits, text)
}

// paragraph prints lines of at most the width, the first on the baseline, and gives the baseline
// of the one that would follow.
func (s *sheet) paragraph(x, baseline, width float64, st style, size, leading float64, text string) float64 {
	lines, err := s.fonts.lines([]run{{st, text}}, size, width)
	if err != nil && s.err == nil {
		s.err = err
	}
	for _, l := range lines {
		s.line(x, baseline, size, l)
		baseline += leading
	}
	return baseline
}

func (s *sheet) line(x, baseline, size float64, line []piece) {
	for _, p := range line {
		s.text(x+p.x, baseline, p.style, size, p.text)
	}
}

// rule draws a line from left to right.
func (s *sheet) rule(x0, x1, y, width float64) {
	s.pdf.SetLineWidth(width)
	s.pdf.Line(x0, y, x1, y)
}

// fill paints rectangles as one path, as exactly as a file can say it.
func (s *sheet) fill(rects []paper.Rect) {
	var b strings.Builder
	for _, r := range rects {
		for _, v := range []float64{r.X, paper.Height - r.Y, r.W, -r.H} {
			b.WriteString(strconv.FormatFloat(v/pointsToMM, 'f', 3, 64))
			b.WriteByte(' ')
		}
		b.WriteString("re\n")
	}
	b.WriteString("f")
	s.pdf.RawWriteStr(b.String())
}

// picture places a logo.
func (s *sheet) picture(l *Logo, in paper.Rect) {
	o := fpdf.ImageOptions{ImageType: l.kind}
	s.pdf.RegisterImageOptionsReader("logo", o, bytes.NewReader(l.content))
	s.pdf.ImageOptions("logo", in.X, in.Y, in.W, in.H, false, o, 0, "")
}

// numbers prints "page 1 of 2" on each page of several, in the middle below what stands at the foot.
func (s *sheet) numbers(format string, left float64) {
	n := s.pdf.PageCount()
	for i := 1; i <= n && n > 1; i++ {
		s.pdf.SetPage(i)
		s.size = 0
		text := fmt.Sprintf(format, i, n)
		s.text((left+textRight-s.fonts.width(regular, 8, text))/2, 291, regular, 8, text)
	}
}

// bytes is the finished file.
func (s *sheet) bytes() ([]byte, error) {
	if s.err != nil {
		return nil, s.err
	}
	var b bytes.Buffer
	if err := s.pdf.Output(&b); err != nil {
		return nil, relance.WrapError(relance.CodeInternal, err, "the letter cannot be written")
	}
	return b.Bytes(), nil
}
