package batch_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/letter"
	"github.com/relance/relance/letter/batch"
	"github.com/relance/relance/letter/measure"
	"github.com/relance/relance/letter/paper"
)

func renderer(t testing.TB) *letter.Renderer {
	t.Helper()
	r, err := letter.New()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// some makes letters of one and of two pages in turn.
func some(t testing.TB, r *letter.Renderer, n int, language string) batch.Batch {
	t.Helper()
	b := batch.Batch{Name: "Test batch äöü", Date: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC), Language: language}
	names := map[string]string{"de": "de-form-b", "fr": "fr-c5"}
	layout, known := paper.Named(names[language])
	if !known {
		layout, _ = paper.Named("fr-c5")
	}
	for i := range n {
		in := letter.Sample(layout, letter.SecondOrder, language)
		in.Recipient.LastName = "Beispiel" + strings.Repeat("x", i%7)
		if i%2 == 1 {
			in.Text.Body += strings.Repeat("\n\nNoch ein Absatz mit einigen Worten, damit der Brief länger wird.", 12)
		}
		f, err := r.Render(in)
		if err != nil {
			t.Fatal(err)
		}
		b.Letters = append(b.Letters, batch.Letter{Reference: fmt.Sprintf("R-%04d", i+1), PDF: f.PDF, Pages: f.Pages, Name: f.Address[0], City: in.Recipient.City, Address: f.Address, Country: in.Recipient.CountryCode})
	}
	return b
}

type wordAt struct{ where, text string }

// wordsOf are the words of each page with their boxes, as another program reads them.
func wordsOf(t *testing.T, pdf []byte) [][]wordAt {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("SKIPPED: pdftotext (poppler) is not installed")
	}
	path := filepath.Join(t.TempDir(), "in.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), tool, "-bbox", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	var pages [][]wordAt
	word := regexp.MustCompile(`<word (xMin="[^>]*)>(.*)</word>`)
	for _, page := range strings.Split(string(out), "<page ")[1:] {
		found := []wordAt{}
		for _, m := range word.FindAllStringSubmatch(page, -1) {
			found = append(found, wordAt{m[1], m[2]})
		}
		pages = append(pages, found)
	}
	return pages
}

func TestLettersStayAsTheyAre(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	for _, duplex := range []bool{false, true} {
		b := some(t, r, 9, "de")
		b.Duplex = duplex
		out, err := batch.Make(r, b)
		if err != nil {
			t.Fatal(err)
		}
		pages := wordsOf(t, out.PDF)
		if len(pages) != out.Pages {
			t.Fatalf("%d pages, said %d", len(pages), out.Pages)
		}
		at, longer := 1, 0
		if duplex {
			at = 2
			if out.Pages%2 != 0 || out.Sheets != out.Pages/2 {
				t.Errorf("%d pages on %d sheets", out.Pages, out.Sheets)
			}
		}
		for _, l := range b.Letters {
			if duplex && at%2 != 0 {
				t.Errorf("%s begins on the back of a sheet", l.Reference)
			}
			own := wordsOf(t, l.PDF)
			for i := range own {
				if fmt.Sprint(own[i]) != fmt.Sprint(pages[at+i]) || len(own[i]) == 0 {
					t.Errorf("duplex %v: page %d of %s differs", duplex, i+1, l.Reference)
				}
			}
			if at += len(own); len(own) > 1 {
				longer++
			}
			if duplex && len(own)%2 == 1 {
				if len(pages[at]) > 0 {
					t.Errorf("the page after %s is not blank", l.Reference)
				}
				at++
			}
		}
		if at != len(pages) || longer == 0 {
			t.Errorf("%d of %d pages were compared; %d letters are longer than a page", at, len(pages), longer)
		}
	}
}

func TestTheSameInputGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	b := some(t, r, 5, "fr")
	b.Duplex = true
	first, err := batch.Make(r, b)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := batch.Make(renderer(t), b)
		if err != nil || !bytes.Equal(first.PDF, again.PDF) || !bytes.Equal(first.CSV, again.CSV) {
			t.Fatalf("it differs (%v)", err)
		}
	}
	if !bytes.Contains(first.PDF, []byte("(D:20261122093000Z)")) {
		t.Error("the file does not bear the batch's date")
	}
	b.Letters[0], b.Letters[1] = b.Letters[1], b.Letters[0]
	if other, err := batch.Make(r, b); err != nil || bytes.Equal(first.PDF, other.PDF) {
		t.Errorf("the order does not matter (%v)", err)
	}
}

func TestCover(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	for language, want := range map[string][]string{
		"en": {"Letters: 3", "Pages of letters: 4", "22 November 2026", "Recipient City Pages"},
		"de": {"Briefe: 3", "Seiten der Briefe: 4", "22. November 2026", "Empfänger Ort Seiten"},
		"fr": {"Courriers : 3", "Pages des courriers : 4", "22 novembre 2026", "Destinataire Ville Pages"},
	} {
		b := some(t, r, 3, language)
		b.Letters[1].Name = "日本 " + strings.Repeat("Überlang", 20)
		out, err := batch.Make(r, b)
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, w := range wordsOf(t, out.PDF)[0] {
			words = append(words, w.text)
		}
		all := strings.ReplaceAll(strings.Join(words, " "), "\u00a0", " ")
		for _, s := range append(want, "Test batch äöü", "R-0001", "R-0003", b.Letters[0].City, "?? Überlang", "…") {
			if !strings.Contains(all, s) {
				t.Errorf("%s: the cover lacks %q: %s", language, s, all)
			}
		}
	}
}

func TestHundredsOfLetters(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	b := some(t, r, 4, "de")
	for len(b.Letters) < 300 {
		l := b.Letters[len(b.Letters)%4]
		l.Reference = "R-" + strconv.Itoa(len(b.Letters))
		b.Letters = append(b.Letters, l)
	}
	began := time.Now()
	out, err := batch.Make(r, b)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("300 letters, %d pages, %d bytes in %s", out.Pages, len(out.PDF), time.Since(began))
	pages := wordsOf(t, out.PDF)
	if len(pages) != out.Pages {
		t.Errorf("%d pages, said %d", len(pages), out.Pages)
	}
	covers := out.Pages
	for _, l := range b.Letters {
		covers -= l.Pages
	}
	var listed int
	for _, page := range pages[:covers] {
		for _, w := range page {
			if strings.HasPrefix(w.text, "R-") {
				listed++
			}
		}
	}
	if listed != 300 || covers < 2 {
		t.Errorf("%d references on %d covers", listed, covers)
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	b := some(t, r, 6, "de")
	for i, evil := range []string{"=1+1", "+49", "-1", "@SUM(A1)", "\t=1", `a;"b"`} {
		b.Letters[i].Name = evil
	}
	b.Letters[5].Address = []string{"=cmd", "Köln"}
	out, err := batch.Make(r, b)
	if err != nil {
		t.Fatal(err)
	}
	text, bom := bytes.CutPrefix(out.CSV, []byte("\xef\xbb\xbf"))
	if !bom {
		t.Error("no byte order mark")
	}
	in := csv.NewReader(bytes.NewReader(text))
	in.Comma = ';'
	rows, err := in.ReadAll()
	if err != nil || len(rows) != 7 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if rows[0][0] != "Zeichen" || rows[0][len(rows[0])-1] != "Seiten" || rows[1][len(rows[1])-2] != "DE" {
		t.Errorf("rows %q, %q", rows[0], rows[1])
	}
	for i, want := range []string{"'=1+1", "'+49", "'-1", "'@SUM(A1)", "'\t=1", `a;"b"`} {
		if rows[i+1][1] != want {
			t.Errorf("name %q, want %q", rows[i+1][1], want)
		}
	}
	if rows[6][2] != "'=cmd" || rows[6][3] != "Köln" || rows[6][4] != "" {
		t.Errorf("address %q", rows[6])
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	good := some(t, r, 1, "de")
	for want, change := range map[string]func(*batch.Batch){
		"BATCH_EMPTY": func(b *batch.Batch) { b.Letters = nil },
		"BATCH_LARGE": func(b *batch.Batch) { b.Letters = make([]batch.Letter, batch.MaxLetters+1) },
		"BATCH_FILE":  func(b *batch.Batch) { b.Letters[0].PDF = []byte("%PDF-1.4 nonsense") },
	} {
		b := good
		b.Letters = append([]batch.Letter(nil), good.Letters...)
		change(&b)
		_, err := batch.Make(r, b)
		if e, is := err.(*relance.Error); !is || e.Says == nil || e.Says.Code != want { //nolint:errorlint // as it is given
			t.Errorf("%s: %v", want, err)
		}
	}
	b := good
	b.Letters = append([]batch.Letter(nil), good.Letters...)
	b.Letters[0].Pages = 2 // blank pages would come at the wrong places
	if _, err := batch.Make(r, b); relance.CodeOf(err) != relance.CodeBadInput {
		t.Errorf("a wrong number of pages: %v", err)
	}
	if _, err := measure.Read(good.Letters[0].PDF); err != nil {
		t.Error(err)
	}
}
