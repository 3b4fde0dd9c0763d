package measure_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/relance/relance/letter"
	"github.com/relance/relance/letter/measure"
	"github.com/relance/relance/letter/paper"
)

func sample(t testing.TB, l paper.Layout, language string) []byte {
	t.Helper()
	r, err := letter.New()
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.Render(letter.Sample(l, letter.SecondOrder, language))
	if err != nil {
		t.Fatal(err)
	}
	return f.PDF
}

// box is a word with its edges in mm.
type box struct {
	word           string
	x0, y0, x1, y1 float64
}

// words splits what was measured where pdftotext does.
func words(p measure.Page) (out []box) {
	for _, t := range p.Texts {
		letters := []rune(t.Text)
		for i := 0; i < len(letters); {
			from := i
			for i < len(letters) && !unicode.IsSpace(letters[i]) {
				i++
			}
			if i > from {
				out = append(out, box{string(letters[from:i]), t.Stops[from], t.Box.Y, t.Stops[i], t.Box.Bottom()})
			}
			i++
		}
	}
	return out
}

// poppler asks pdftotext for the words of the first page.
func poppler(t *testing.T, pdf []byte) (out []box) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "letter.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	html, err := exec.Command("pdftotext", "-bbox", "-f", "1", "-l", "1", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	unescape := strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&quot;", `"`)
	for _, m := range regexp.MustCompile(`<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>`).FindAllStringSubmatch(string(html), -1) {
		b := box{word: unescape.Replace(m[5])}
		for i, to := range []*float64{&b.x0, &b.y0, &b.x1, &b.y1} {
			v, _ := strconv.ParseFloat(m[i+1], 64)
			*to = v * 25.4 / 72
		}
		out = append(out, b)
	}
	return out
}

func TestItAgreesWithPdftotext(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext (poppler-utils) is not installed: the measures are not compared with another program's")
	}
	const most = 0.3 // mm
	worst := 0.0
	for i, l := range paper.Layouts() {
		pdf := sample(t, l, []string{"de", "fr", "en"}[i%3])
		d, err := measure.Read(pdf)
		if err != nil {
			t.Fatal(err)
		}
		ours, theirs := words(d.Pages[0]), poppler(t, pdf)
		if len(ours) != len(theirs) || len(ours) < 100 {
			t.Errorf("%s: %d words, pdftotext has %d", l.Name, len(ours), len(theirs))
		}
		for _, o := range ours {
			best := math.Inf(1)
			for _, p := range theirs {
				if p.word == o.word {
					best = min(best, max(math.Abs(p.x0-o.x0), math.Abs(p.x1-o.x1), math.Abs(p.y0-o.y0), math.Abs(p.y1-o.y1)))
				}
			}
			if worst = max(worst, best); best > most {
				t.Errorf("%s: %q is %.2f mm off", l.Name, o.word, best)
			}
		}
	}
	t.Logf("the greatest difference is %.3f mm", worst)
}

// plainPDF is a file around a content stream, with one picture and no font.
func plainPDF(content string) []byte {
	return fmt.Appendf(nil, `%%PDF-1.4
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595.28 841.89]>> endobj
3 0 obj <</Type /Page /Parent 2 0 R /Contents 4 0 R /Resources <</XObject <</I 5 0 R /F 6 0 R>>>>>> endobj
4 0 obj <</Length %d>> stream
%s
endstream endobj
5 0 obj <</Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1>> stream
x
endstream endobj
6 0 obj <</Type /XObject /Subtype /Form /Length 0>> stream

endstream endobj
xref
trailer <</Root 1 0 R>>
startxref
0
%%%%EOF
`, len(content)+1, content+"\n")
}

func TestShapesAndPictures(t *testing.T) {
	t.Parallel()
	d, err := measure.Read(plainPDF("q 2 0 0 2 28.346 0 cm 0 0 28.346 28.346 re f Q\n2.8346 w 0 425.197 m 283.46 425.197 l S\nq 56.693 0 0 28.346 141.73 700 cm /I Do Q"))
	if err != nil {
		t.Fatal(err)
	}
	p := d.Pages[0]
	if len(p.Shapes) != 2 || len(p.Pictures) != 1 {
		t.Fatalf("found %+v", p)
	}
	near := func(what string, got, want paper.Rect) {
		if !got.Holds(want, 0.01) || !want.Holds(got, 0.01) {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	near("the rectangle", p.Shapes[0].Box, paper.Rect{X: 10, Y: 277, W: 20, H: 20})
	near("the line", p.Shapes[1].Box, paper.Rect{X: -0.5, Y: 146.5, W: 101, H: 1})
	near("the picture", p.Pictures[0], paper.Rect{X: 50, Y: 297 - 246.94 - 10, W: 20, H: 10})
}

// What could put ink on paper unseen is refused, and so is what another reader may read
// differently.
func TestWhatIsNotMeasuredIsRefused(t *testing.T) {
	t.Parallel()
	whole := string(plainPDF("0 0 1 1 re f"))
	if _, err := measure.Read([]byte(whole)); err != nil {
		t.Fatal(err)
	}
	for name, pdf := range map[string]string{
		"nothing":           "",
		"a web page":        "<html>",
		"a form":            string(plainPDF("/F Do")),
		"a clip":            string(plainPDF("0 0 1 1 re W n")),
		"a shading":         string(plainPDF("/S sh")),
		"an inline picture": string(plainPDF("BI /W 1 ID x EI")),
		"text, no font":     string(plainPDF("BT (a) Tj ET")),
		"invisible text":    string(plainPDF("BT 3 Tr ET")),
		"states":            string(plainPDF(strings.Repeat("q ", 1000))),
		"Q alone":           string(plainPDF("Q")),
		"operands":          string(plainPDF(strings.Repeat("1 ", 1000) + "re")),
		"nested arrays":     string(plainPDF(strings.Repeat("[", 10_000))),
		"too many":          string(plainPDF(strings.Repeat("h ", 300_000))),
		"changed later":     whole + "4 0 obj <</Length 0>> stream\n\nendstream endobj\nxref\ntrailer <</Root 1 0 R>>\n%%EOF\n",
		"an object twice":   strings.Replace(whole, "6 0 obj", "5 0 obj", 1),
		"encrypted":         strings.Replace(whole, "/Root 1 0 R", "/Root 1 0 R /Encrypt 9 0 R", 1),
		"turned":            strings.Replace(whole, "/Parent 2 0 R", "/Parent 2 0 R /Rotate 90", 1),
		"an annotation":     strings.Replace(whole, "/Parent 2 0 R", "/Parent 2 0 R /Annots [5 0 R]", 1),
		"broken off":        whole[:len(whole)/2],
		"a length":          strings.Replace(whole, "/Length 13", "/Length 99999999", 1),
		"9 MB":              whole + strings.Repeat(" ", 9<<20),
	} {
		begun := time.Now()
		if _, err := measure.Read([]byte(pdf)); err == nil {
			t.Errorf("%s is read", name)
		}
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("%s took %s", name, took)
		}
	}
}

// A short entry of a table can stand for all codes; a file with a million of them ends soon.
func TestTablesOfAFontAreBounded(t *testing.T) {
	t.Parallel()
	l, _ := paper.Named("de-form-b")
	pdf := sample(t, l, "de")
	wide := bytes.Replace(pdf, []byte("/W ["), append([]byte("/W ["), bytes.Repeat([]byte("0 65535 9 "), 200_000)...), 1)
	if bytes.Equal(wide, pdf) {
		t.Fatal("nothing changed")
	}
	begun := time.Now()
	_, err := measure.Read(wide)
	if took := time.Since(begun); err == nil || took > 10*time.Second { // without a bound: minutes
		t.Errorf("took %s: %v", took, err)
	}
}

func FuzzRead(f *testing.F) {
	l, _ := paper.Named("de-form-b")
	f.Add(sample(f, l, "de"))
	f.Add(plainPDF("q 2 0 0 2 28 0 cm 0 0 28 28 re f Q BT /A 1 Tf [(a) 3 <00410042>] TJ ET"))
	f.Add(bytes.Repeat([]byte("<<"), 50))
	f.Fuzz(func(t *testing.T, pdf []byte) {
		d, err := measure.Read(pdf)
		for _, p := range d.Pages {
			for _, x := range p.Texts {
				if err == nil && len(x.Stops) != len([]rune(x.Text))+1 {
					t.Fatalf("%d stops for %q", len(x.Stops), x.Text)
				}
			}
		}
	})
}
