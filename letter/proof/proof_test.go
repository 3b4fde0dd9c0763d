package proof_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/relance/relance/letter"
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

func rendered(t testing.TB, r *letter.Renderer, l letter.Letter) (letter.File, proof.Expected) {
	t.Helper()
	f, err := r.Render(l)
	if err != nil {
		t.Fatal(err)
	}
	return f, proof.Expected{Address: f.Address, Return: f.Return, Codes: f.Codes}
}

func codes(r proof.Report) (out []string) {
	for _, p := range r.Problems {
		if p.String() == "" {
			return []string{p.Code + " says nothing"}
		}
		out = append(out, p.Code)
	}
	slices.Sort(out)
	return out
}

// page1 is the content of the first page, unpacked; put writes it back.
func page1(t testing.TB, pdf []byte) (content string, put func(string) []byte) {
	t.Helper()
	at := regexp.MustCompile(`<</Filter /FlateDecode /Length (\d+)>>\nstream\n`).FindSubmatchIndex(pdf)
	if at == nil {
		t.Fatal("no stream found")
	}
	n, _ := strconv.Atoi(string(pdf[at[2]:at[3]]))
	z, err := zlib.NewReader(bytes.NewReader(pdf[at[1] : at[1]+n]))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), func(s string) []byte {
		var packed bytes.Buffer
		w := zlib.NewWriter(&packed)
		_, _ = io.WriteString(w, s)
		_ = w.Close()
		out := append([]byte{}, pdf[:at[0]]...)
		out = fmt.Appendf(out, "<</Filter /FlateDecode /Length %d>>\nstream\n", packed.Len())
		return append(append(out, packed.Bytes()...), pdf[at[1]+n:]...)
	}
}

const point = 72 / 25.4 // of a millimetre

// shifted moves the texts of the window by millimetres.
func shifted(content string, l paper.Layout, x, y float64) string {
	return regexp.MustCompile(`BT ([\d.]+) ([\d.]+) Td`).ReplaceAllStringFunc(content, func(s string) string {
		var px, py float64
		_, _ = fmt.Sscanf(s, "BT %f %f Td", &px, &py)
		if !l.Field.Grow(1).Holds(paper.Rect{X: px / point, Y: paper.Height - py/point}, 0) {
			return s
		}
		return fmt.Sprintf("BT %.2f %.2f Td", px+x*point, py-y*point)
	})
}

func TestEveryReadyLetterPasses(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	for _, l := range paper.Layouts() {
		for _, o := range letter.Occasions() {
			for _, language := range []string{"en", "fr", "de"} {
				f, want := rendered(t, r, letter.Sample(l, o, language))
				got := proof.Check(f.PDF, l, want)
				if len(got.Problems) > 0 || got.Pages != 1 || len(got.Codes) != 2 || len(got.Marks) != len(l.Marks) {
					t.Errorf("%s %s %s: %v", l.Name, o, language, got)
				}
			}
		}
	}
}

func TestAnAddressThatIsShiftedIsRefused(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	for _, l := range paper.Layouts() {
		f, want := rendered(t, r, letter.Sample(l, letter.SecondOrder, "de"))
		content, put := page1(t, f.PDF)
		if got := proof.Check(put(content), l, want); len(got.Problems) > 0 {
			t.Fatalf("%s unchanged: %v", l.Name, got.Problems)
		}
		for _, by := range [][2]float64{{3, 0}, {-3, 0}, {0, 3}, {0, -3}} {
			moved := shifted(content, l, by[0], by[1])
			if moved == content {
				t.Fatalf("%s: nothing moved", l.Name)
			}
			if got := proof.Check(put(moved), l, want); len(got.Problems) == 0 {
				t.Errorf("%s: shifted by %v mm and taken; room %+v", l.Name, by, got.Room)
			}
		}
	}
}

// The layout's numbers do not help a file whose ink stands elsewhere: each change is found.
func TestWhatIsWrongIsFound(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	pingen, _ := paper.Named("pingen-left")
	formB, _ := paper.Named("de-form-b")
	line := func(x, y, w, h float64) string {
		return fmt.Sprintf("\n%.2f %.2f %.2f %.2f re f\n", x*point, (paper.Height-y-h)*point, w*point, h*point)
	}
	firstCode := regexp.MustCompile(`(?s)((?:[\d.-]+ ){4}re\n){60,}f`)
	for name, c := range map[string]struct {
		layout paper.Layout
		change func(string) string
		want   string
	}{
		"a dot in the window":        {formB, func(s string) string { return s + line(60, 80, 1, 1) }, "LETTER_WINDOW"},
		"a line where it can show":   {formB, func(s string) string { return s + line(12, 47, 5, 0) }, "LETTER_WINDOW"},
		"ink where the postage goes": {pingen, func(s string) string { return s + line(50, 50, 1, 1) }, "LETTER_FRANKING"},
		"ink at the edge":            {formB, func(s string) string { return s + line(207, 150, 1, 1) }, "LETTER_EDGE"},
		"a further mark":             {formB, func(s string) string { return s + line(6, 120, 4, 0.2) }, "LETTER_FOLDS"},
		"something near the code":    {formB, func(s string) string { return s + line(163.5, 269, 1, 1) }, "LETTER_CODE_QUIET"},
		"a code that is gone":        {formB, func(s string) string { return firstCode.ReplaceAllString(s, "") }, "LETTER_CODE_UNREADABLE"},
		"a code that is smaller":     {formB, func(s string) string { return firstCode.ReplaceAllString(s, "q 0.8 0 0 0.8 90 60 cm\n${0}\nQ") }, "LETTER_CODE_SMALL"},
		"a code in a mirror":         {formB, func(s string) string { return firstCode.ReplaceAllString(s, "q -1 0 0 1 595.28 0 cm\n${0}\nQ") }, "LETTER_CODE_UNREADABLE"},
		"an address that is not there": {formB, func(s string) string {
			return strings.Replace(s, "Td (\x001\x000\x001\x001\x005", "Td (\x001\x000\x001\x001\x006", 1)
		}, "LETTER_ADDRESS_MISSING"},
		"text that nobody sees":          {formB, func(s string) string { return "BT 3 Tr ET " + s }, "LETTER_UNREADABLE"},
		"an address behind a clip":       {formB, func(s string) string { return "0 0 10 10 re W n " + s }, "LETTER_UNREADABLE"},
		"the whole page turned a little": {formB, func(s string) string { return "0.9986 0.0523 -0.0523 0.9986 0 0 cm " + s }, "LETTER_ADDRESS_HIDDEN"},
		"smaller than written":           {formB, func(s string) string { return "0.97 0 0 0.97 0 0 cm " + s }, "LETTER_ADDRESS_PLACE"},
	} {
		f, want := rendered(t, r, letter.Sample(c.layout, letter.SecondOrder, "de"))
		content, put := page1(t, f.PDF)
		changed := c.change(content)
		if changed == content {
			t.Errorf("%s: nothing changed", name)
		}
		if got := codes(proof.Check(put(changed), c.layout, want)); !slices.Contains(got, c.want) {
			t.Errorf("%s: found %v, want %s", name, got, c.want)
		}
	}
}

func TestAFontThatIsNotInTheFileIsRefused(t *testing.T) {
	t.Parallel()
	l, _ := paper.Named("fr-dl")
	f, want := rendered(t, renderer(t), letter.Sample(l, letter.Inactive, "fr"))
	without := bytes.ReplaceAll(f.PDF, []byte("/FontFile2 "), []byte("/FontFile9 "))
	if got := codes(proof.Check(without, l, want)); !slices.Contains(got, "LETTER_FONT") {
		t.Errorf("found %v", got)
	}
	size := bytes.ReplaceAll(f.PDF, []byte("841.89"), []byte("792.00"))
	if got := codes(proof.Check(size, l, want)); !slices.Contains(got, "LETTER_PAGE_SIZE") {
		t.Errorf("found %v", got)
	}
	if got := codes(proof.Check([]byte("no PDF"), l, want)); !slices.Equal(got, []string{"LETTER_UNREADABLE"}) {
		t.Errorf("found %v", got)
	}
}

// A letter of another layout does not pass for this one.
func TestLayoutsAreNotMistakenForEachOther(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	for _, a := range paper.Layouts() {
		f, want := rendered(t, r, letter.Sample(a, letter.BestCustomer, "de"))
		for _, b := range paper.Layouts() {
			if got := proof.Check(f.PDF, b, want); (len(got.Problems) == 0) != (a.Name == b.Name) {
				t.Errorf("%s judged as %s: %v", a.Name, b.Name, got.Problems)
			}
		}
	}
}
