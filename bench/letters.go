package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"

	"github.com/relance/relance/letter"
	"github.com/relance/relance/letter/measure"
	"github.com/relance/relance/letter/paper"
	"github.com/relance/relance/letter/proof"
)

// lettersPerRun is how many letters one figure is made of.
const lettersPerRun = 200

// measureLetters compares letters, each written to its own file, with bare fpdf writing the same
// page (the same texts at the same places, the same codes and lines, its fonts cut down once), and
// with Chromium printing it.
func (r *rig) measureLetters(ctx context.Context) error {
	fmt.Println("letters:")
	renderer, err := letter.New()
	if err != nil {
		return err
	}
	layout, _ := paper.Named("de-form-b")
	sample := letter.Sample(layout, letter.SecondOrder, "de")
	page, err := samplePage(renderer, sample)
	if err != nil {
		return err
	}
	bare := newBareLetter(page)
	var plain, proven, floor []float64
	for range r.runs {
		for _, m := range []struct {
			to   *[]float64
			make func() ([]byte, error)
		}{
			{&floor, bare.write},
			{&plain, func() ([]byte, error) { f, err := renderer.Render(sample); return f.PDF, err }},
			{&proven, func() ([]byte, error) { return provenLetter(renderer, sample) }},
		} {
			rate, err := r.lettersPerSecond(m.make)
			if err != nil {
				return err
			}
			*m.to = append(*m.to, rate)
		}
	}
	fmt.Printf("  letters per second: %s, with the proof %s, bare fpdf %s\n", spread(plain), spread(proven), spread(floor))
	atLeast("letters, of bare fpdf", quotients(plain, floor), 0.5)
	atLeast("letters with the window proof, of bare fpdf", quotients(proven, floor), 0.3)
	if err := r.compareChromium(ctx, page, plain); err != nil {
		return err
	}
	return r.tenThousand(renderer, sample)
}

func provenLetter(renderer *letter.Renderer, l letter.Letter) ([]byte, error) {
	f, err := renderer.Render(l)
	if err != nil {
		return nil, err
	}
	found := proof.Check(f.PDF, l.Layout, proof.Expected{Address: f.Address, Return: f.Return, Codes: f.Codes})
	if len(found.Problems) > 0 {
		return nil, fmt.Errorf("a letter is refused: %v", found.Problems)
	}
	return f.PDF, nil
}

// lettersPerSecond writes as many, each to its own file.
func (r *rig) lettersPerSecond(write func() ([]byte, error)) (float64, error) {
	begun := time.Now()
	for i := range lettersPerRun {
		pdf, err := write()
		if err != nil {
			return 0, err
		}
		if err := os.WriteFile(filepath.Join(r.dir, fmt.Sprintf("letter-%d.pdf", i)), pdf, 0o600); err != nil {
			return 0, err
		}
	}
	return lettersPerRun / time.Since(begun).Seconds(), nil
}

// samplePage is what stands on the letter's page, measured.
func samplePage(renderer *letter.Renderer, l letter.Letter) (measure.Page, error) {
	f, err := renderer.Render(l)
	if err != nil {
		return measure.Page{}, err
	}
	d, err := measure.Read(f.PDF)
	if err != nil {
		return measure.Page{}, err
	}
	return d.Pages[0], nil
}

// bareLetter is the floor: it knows where everything stands and only writes it.
type bareLetter struct {
	page          measure.Page
	regular, bold []byte
}

// newBareLetter cuts the fonts down to the letters of the page, once.
func newBareLetter(page measure.Page) *bareLetter {
	all := ""
	for _, t := range page.Texts {
		all += t.Text
	}
	return &bareLetter{page, fpdf.UTF8CutFont(liberationsansregular.TTF, all), fpdf.UTF8CutFont(liberationsansbold.TTF, all)}
}

func (b *bareLetter) write() ([]byte, error) {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetAutoPageBreak(false, 0)
	pdf.AddUTF8FontFromBytes("f", "", b.regular)
	pdf.AddUTF8FontFromBytes("f", "B", b.bold)
	pdf.AddPage()
	for _, t := range b.page.Texts {
		style := ""
		if t.Size > 12 {
			style = "B"
		}
		pdf.SetFont("f", style, t.Size)
		pdf.Text(t.Box.X, t.Box.Y+t.Size*0.905*25.4/72, t.Text)
	}
	for _, s := range b.page.Shapes {
		if len(s.Rects) == 0 {
			pdf.Rect(s.Box.X, s.Box.Y, s.Box.W, s.Box.H, "D")
		}
		for _, m := range s.Rects {
			pdf.Rect(m.X, m.Y, m.W, m.H, "F")
		}
	}
	var out writer
	err := pdf.Output(&out)
	return out, err
}

type writer []byte

func (w *writer) Write(p []byte) (int, error) { *w = append(*w, p...); return len(p), nil }

// compareChromium prints the same page with a browser that is started for each letter, as a
// program without a browser's protocol does, where there is one.
func (r *rig) compareChromium(ctx context.Context, page measure.Page, ours []float64) error {
	path, err := exec.LookPath("chromium")
	if err != nil {
		fmt.Println("  no chromium here: not compared with its print")
		return nil
	}
	source := filepath.Join(r.dir, "letter.html")
	if err := os.WriteFile(source, []byte(asHTML(page)), 0o600); err != nil {
		return err
	}
	var theirs []float64
	for range r.runs {
		begun := time.Now()
		cmd := exec.CommandContext(ctx, path, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", "--user-data-dir="+filepath.Join(r.dir, "chromium"), "--print-to-pdf="+filepath.Join(r.dir, "chromium.pdf"), "file://"+source)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("chromium: %w: %s", err, out)
		}
		theirs = append(theirs, 1/time.Since(begun).Seconds())
	}
	atLeast("letters, of Chromium's print of the same page", quotients(ours, theirs), 10)
	return nil
}

// asHTML is the same page for a browser.
func asHTML(p measure.Page) string {
	font := base64.StdEncoding.EncodeToString(liberationsansregular.TTF)
	out := "<!doctype html><meta charset=utf-8><style>@page{size:A4;margin:0}@font-face{font-family:f;src:url(data:font/ttf;base64," + font + ")}body{margin:0;font-family:f}div,svg{position:absolute;white-space:pre}</style>"
	for _, t := range p.Texts {
		out += fmt.Sprintf("<div style='left:%.2fmm;top:%.2fmm;font-size:%.2fpt'>%s</div>", t.Box.X, t.Box.Y, t.Size, t.Text)
	}
	out += "<svg style='left:0;top:0' width=210mm height=297mm viewBox='0 0 210 297'>"
	for _, s := range p.Shapes {
		for _, m := range s.Rects {
			out += fmt.Sprintf("<rect x=%.3f y=%.3f width=%.3f height=%.3f />", m.X, m.Y, m.W, m.H)
		}
	}
	return out + "</svg>"
}

// tenThousand makes that many with the proof and looks at what stays in memory, and at the size of
// a file.
func (r *rig) tenThousand(renderer *letter.Renderer, l letter.Letter) error {
	var largest int
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	var after []float64
	for i := range 10_000 {
		pdf, err := provenLetter(renderer, l)
		if err != nil {
			return err
		}
		if largest = max(largest, len(pdf)); (i+1)%2000 == 0 {
			after = append(after, heap())
		}
	}
	atMost("live memory after 10,000 letters, of after 2,000", []float64{after[len(after)-1] / after[0]}, 1.1)
	atMost("kB of a letter of one page", []float64{float64(largest) / 1000}, 60)
	return nil
}
