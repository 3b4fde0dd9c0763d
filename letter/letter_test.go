package letter_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/relance/relance"
	"github.com/relance/relance/letter"
	"github.com/relance/relance/letter/measure"
	"github.com/relance/relance/letter/paper"
	"github.com/relance/relance/letter/proof"
)

func renderer(t testing.TB) *letter.Renderer {
	t.Helper()
	r, err := letter.New()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sample(name, language string) letter.Letter {
	l, _ := paper.Named(name)
	return letter.Sample(l, letter.SecondOrder, language)
}

// text is everything on the pages, in the order of printing.
func text(t *testing.T, pdf []byte) string {
	t.Helper()
	d, err := measure.Read(pdf)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, p := range d.Pages {
		for _, x := range p.Texts {
			b.WriteString(x.Text + "\n")
		}
	}
	return b.String()
}

func TestTheSameInputGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	first, err := r.Render(sample("fr-c5", "fr"))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			another := renderer(t) // another process has another one
			for range 5 {
				if _, err := another.Render(sample("de-form-a", "de")); err != nil {
					t.Error(err)
				}
				again, err := another.Render(sample("fr-c5", "fr"))
				if err != nil || !bytes.Equal(first.PDF, again.PDF) {
					t.Errorf("the bytes differ: %d, %d, %v", len(first.PDF), len(again.PDF), err)
				}
			}
		})
	}
	all.Wait()
}

func TestAPageIsSmall(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	logo, err := letter.ReadLogo(photo(t, 1200, 400))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range paper.Layouts() {
		for _, o := range letter.Occasions() {
			for _, language := range []string{"en", "fr", "de"} {
				plain := letter.Sample(l, o, language)
				with := plain
				with.Sender.Logo = logo
				with.Text.Body += "\n\n*Emphasis*, **strength**: " + "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿŐőŰűŁłȘșȚț"
				for most, made := range map[int]letter.Letter{60_000: plain, 100_000: with} {
					f, err := r.Render(made)
					if err != nil || len(f.PDF) > most {
						t.Errorf("%s %s %s: %d bytes of at most %d, %v", l.Name, o, language, len(f.PDF), most, err)
					}
				}
			}
		}
	}
}

// photo is a picture that cannot be packed well.
func photo(t *testing.T, w, h int) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	seed := uint32(1)
	for i := range m.Pix {
		seed = seed*1664525 + 1013904223
		m.Pix[i] = byte(i/w) + byte(seed>>27)
	}
	for y := range h {
		for x := range w {
			c := m.NRGBAAt(x, y)
			m.SetNRGBA(x, y, color.NRGBA{c.R, c.R, c.R, 255})
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{}).Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 500<<10 {
		t.Fatalf("the picture has %d bytes", b.Len())
	}
	return b.Bytes()
}

func TestWhatALetterMustSay(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	for language, words := range map[string][]string{
		"en": {"Controller: Teehaus Beispiel GmbH.", "We have your address from", "www.example.com/privacy", "No more letters from us", "shop.example.com/o/9TR2M7WQ4K", "or write to", "22 November 2026", "LONDON SW1A 1AA", "VEREINIGTES KÖNIGREICH", "Ștefan"},
		"de": {"Verantwortlich: Teehaus Beispiel GmbH.", "Ihre Anschrift haben wir aus", "Keine Briefe mehr von uns", "obige", "Beispielstadt, 22. November 2026", "Guten Tag Herr Größmann-Łukasiewicz,", "10 %", "MERCI-7KQ4-XN2P", "Gültig bis 31. Dezember 2026", "50,00 €"},
		"fr": {"Responsable du traitement : Maison Exemple SARL.", "Nous tenons votre adresse de", "Plus de courrier de notre part :", "écrivez-nous", "Lyon, le 22 novembre 2026", "Bonjour Madame Lefèvre-Cœurdacier,", "34000 MONTPELLIER", "ci-dessus ; c’est gratuit"},
	} {
		f, err := r.Render(sample("de-form-b", language))
		if err != nil {
			t.Fatal(err)
		}
		said := strings.Join(strings.Fields(strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(text(t, f.PDF))), " ")
		for _, w := range words {
			if !strings.Contains(said, w) {
				t.Errorf("%s: %q is not in %s", language, w, said)
			}
		}
	}
}

func TestFrenchSpacesDoNotBreak(t *testing.T) {
	t.Parallel()
	l := sample("fr-dl", "fr")
	l.Text.Body = "Vraiment ? Oui : « bien sûr » ; allons ! C'est https://example.com/a:b à 10 h."
	f, err := renderer(t).Render(l)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := text(t, f.PDF), "Vraiment\u202f? Oui\u00a0: «\u202fbien sûr\u202f»\u202f; allons\u202f! C’est https://example.com/a:b"; !strings.Contains(got, want) {
		t.Errorf("%q is not in %q", want, got)
	}
}

func TestMarkdownOnPaper(t *testing.T) {
	t.Parallel()
	l := sample("de-form-b", "de")
	l.Data.LastName = "*Stern*<b>"
	l.Text.Body = "{{ last_name }}Hallo **fett** und *kursiv*, [Shop](https://example.com/x).  \nNeue Zeile &amp; mehr\n\n## Titel\n\n1. eins\n2. zwei\n   - drei\n\n<script>alert(1)</script>\n\n![Bild](https://example.com/b.png)\n\n> Zitat\n"
	f, err := renderer(t).Render(l)
	if err != nil {
		t.Fatal(err)
	}
	got := text(t, f.PDF)
	for _, want := range []string{"fett", "kursiv", "Shop (https://example.com/x).", "\nNeue Zeile & mehr\n", "\nTitel\n", "\n1.\neins\n", "\n2.\nzwei\n•\ndrei\n", "\nZitat\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
	if strings.Contains(got, "script") || strings.Contains(got, "alert") {
		t.Errorf("raw HTML is printed: %q", got)
	}
}

func TestLongLettersGetPagesWithNumbers(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	paragraph := strings.Repeat("Ein Satz, der für sich allein nichts sagt, aber Platz braucht. ", 8) + "\n\n"
	for n, pages := range map[int]int{2: 1, 8: 2, 16: 3, 40: 0} {
		l := sample("de-form-b", "de")
		l.Text.Body = strings.Repeat(paragraph, n)
		f, err := r.Render(l)
		if pages == 0 {
			if said := relance.SaidBy(err); err == nil || said.Code != "LETTER_PAGES" {
				t.Errorf("%d paragraphs: %v", n, err)
			}
			continue
		}
		if err != nil || f.Pages != pages {
			t.Fatalf("%d paragraphs: %d pages, %v", n, f.Pages, err)
		}
		got := proof.Check(f.PDF, l.Layout, proof.Expected{Address: f.Address, Return: f.Return, Codes: f.Codes})
		numbered := strings.Contains(text(t, f.PDF), "Seite 2 von "+string(rune('0'+pages)))
		if len(got.Problems) > 0 || numbered != (pages > 1) {
			t.Errorf("%d pages: %v, numbered: %v", pages, got.Problems, numbered)
		}
	}
}

// Nothing is printed that is not what was written: it is named instead.
// Nothing is printed over anything else, on no page of a long letter.
func TestNothingStandsOnAnythingElse(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	for _, layout := range paper.Layouts() {
		for _, language := range []string{"en", "fr", "de"} {
			for _, paragraphs := range []int{0, 12, 26} {
				l := sample(layout.Name, language)
				l.Text.Body += strings.Repeat("\n\nA paragraph that fills more than one line, so that the letter goes on over several pages with all that stands at their feet.", paragraphs)
				f, err := r.Render(l)
				if err != nil {
					t.Fatal(err)
				}
				d, err := measure.Read(f.PDF)
				if err != nil {
					t.Fatal(err)
				}
				for n, p := range d.Pages {
					for i, a := range p.Texts {
						for _, b := range p.Texts[i+1:] {
							if a.Box.Grow(-0.3).Meets(b.Box.Grow(-0.3)) {
								t.Errorf("%s %s page %d: %q stands on %q", layout.Name, language, n+1, a.Text, b.Text)
							}
						}
					}
				}
			}
		}
	}
}

func TestWhatCannotBePrintedIsNamed(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	for name, c := range map[string]struct {
		change     func(*letter.Letter)
		code, says string
	}{
		"an emoji in the name":      {func(l *letter.Letter) { l.Recipient.LastName = "Größmann 🎉" }, "LETTER_GLYPH", "🎉 (U+1F389)"},
		"Chinese in the street":     {func(l *letter.Letter) { l.Recipient.Line1 = "北京路 1" }, "LETTER_GLYPH", "北 (U+5317)"},
		"a mark that stands alone":  {func(l *letter.Letter) { l.Text.Body = "q\u0308" }, "LETTER_GLYPH", "U+0308"},
		"an emoji in the text":      {func(l *letter.Letter) { l.Text.Body = "Hallo 👋" }, "LETTER_GLYPH", "U+1F44B"},
		"a name from right to left": {func(l *letter.Letter) { l.Recipient.FirstName = "مثال" }, "POSTAL_RIGHT_TO_LEFT", ""},
		"such a name in the text":   {func(l *letter.Letter) { l.Data.LastName = "דוגמה" }, "LETTER_RIGHT_TO_LEFT", ""},
		"300 letters":               {func(l *letter.Letter) { l.Recipient.LastName = strings.Repeat("x", 300) }, "POSTAL_LINE_LONG", ""},
		"a wide line":               {func(l *letter.Letter) { l.Recipient.LastName = strings.Repeat("W", 44) }, "POSTAL_LINE_LONG", ""},
		"no street":                 {func(l *letter.Letter) { l.Recipient.Line1, l.Recipient.Line2 = "", "" }, "POSTAL_STREET_MISSING", ""},
		"no controller":             {func(l *letter.Letter) { l.Sender.Controller = " " }, "LETTER_WITHOUT_CONTROLLER", ""},
		"no way out":                {func(l *letter.Letter) { l.ObjectURL = "" }, "LETTER_WITHOUT_OBJECTION", ""},
		"a link without end":        {func(l *letter.Letter) { l.CodeURL = "https://example.com/" + strings.Repeat("a", 300) }, "LETTER_LINK_LONG", ""},
		"no subject":                {func(l *letter.Letter) { l.Text.Subject = " {{ '' }} " }, "LETTER_NO_SUBJECT", ""},
		"the cart":                  {func(l *letter.Letter) { l.Text.Body = "Hallo\n{{ cart.url }}" }, "TEXT_VARIABLE", "Line 2, column 1"},
	} {
		l := sample("de-form-b", "de")
		c.change(&l)
		f, err := r.Render(l)
		var e *relance.Error
		if !errors.As(err, &e) || e.Says == nil || e.Says.Code != c.code || !strings.Contains(e.Message, c.says) || f.PDF != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTextsAreCheckedWhenSaved(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	for _, o := range letter.Occasions() {
		for _, language := range []string{"en", "fr", "de"} {
			ready := letter.Ready(o, language)
			if err := r.Check(ready, language, true); err != nil {
				t.Errorf("%s %s: %v", o, language, err)
			}
			if strings.Contains(ready.Body, "cart.") || ready.Subject == "" || ready.Body == "" || ready.Closing == "" {
				t.Errorf("%s %s lacks something or names a product", o, language)
			}
		}
	}
	for body, says := range map[string]string{
		"Hello\n  {{ frist_name }}": "Line 2, column 3", "{% if %}": "Line 1", "{{ voucher.code }}": "Line 1, column 1", "{{ cart.lines }}": "Line 1, column 1",
	} {
		err := r.Check(letter.Text{Subject: "S", Body: body}, "en", false)
		if relance.CodeOf(err) != relance.CodeBadInput || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestLogos(t *testing.T) {
	t.Parallel()
	var wide bytes.Buffer
	if err := png.Encode(&wide, image.NewGray(image.Rect(0, 0, 3000, 10))); err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{"nothing": nil, "an SVG": []byte("<svg onload=\"x()\"/>"), "too wide": wide.Bytes(), "half a PNG": photo(t, 40, 40)[:60]} {
		if _, err := letter.ReadLogo(raw); relance.CodeOf(err) != relance.CodeBadInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	l := sample("fr-dl", "fr")
	var err error
	if l.Sender.Logo, err = letter.ReadLogo(photo(t, 600, 150)); err != nil {
		t.Fatal(err)
	}
	f, err := renderer(t).Render(l)
	if err != nil {
		t.Fatal(err)
	}
	d, err := measure.Read(f.PDF)
	if err != nil || len(d.Pages[0].Pictures) != 1 {
		t.Fatalf("%v, %v", d.Pages, err)
	}
	if box := d.Pages[0].Pictures[0]; !l.Layout.Brand.Holds(box, 0.05) || box.W/box.H < 3.9 || box.W/box.H > 4.1 {
		t.Errorf("the logo is %v, its place %v", box, l.Layout.Brand)
	}
}

// What a telephone sees: the page as a picture of 150 dpi, its codes read by another program.
func TestCodesAreReadFromAPicture(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"pdftoppm", "zbarimg"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed: no code is read from a picture", tool)
		}
	}
	r := renderer(t)
	for _, layout := range paper.Layouts() {
		l := letter.Sample(layout, letter.SecondOrder, "de")
		f, err := r.Render(l)
		if err != nil {
			t.Fatal(err)
		}
		at := filepath.Join(t.TempDir(), "letter")
		if err := os.WriteFile(at+".pdf", f.PDF, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("pdftoppm", "-r", "150", "-png", "-singlefile", at+".pdf", at).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		out, err := exec.Command("zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", at+".png").Output()
		got := strings.Fields(string(out))
		slices.Sort(got)
		if want := []string{l.ObjectURL, l.CodeURL}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: read %v, want %v; %v", layout.Name, got, want, err)
		}
	}
}

// The typeface has what Western and Central Europe write, in every cut.
func TestTheTypefaceCoversEurope(t *testing.T) {
	t.Parallel()
	l := sample("de-form-b", "de")
	l.Text.Body = "x"
	for _, s := range []string{"", "*", "**"} {
		l.Text.Body += "\n\n" + s + "ßẞéœŒłŁőűșțȘȚğışŠŽčřěůžñçåæøđðþ€£«»„“”‚‘’–—…·•°§№№ " + "\u00a0a\u202fb Ωλ Жд" + s
	}
	f, err := renderer(t).Render(l)
	if err != nil {
		t.Fatal(err)
	}
	d, err := measure.Read(f.PDF)
	if err != nil || len(d.Fonts) != 3 {
		t.Fatalf("%v, %v", d.Fonts, err)
	}
	if n := len(regexp.MustCompile("ßẞéœŒłŁőűșțȘȚ").FindAllString(text(t, f.PDF), -1)); n != 3 {
		t.Errorf("found %d times", n)
	}
}
