package letter

import (
	"fmt"
	"math"
	"strings"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansitalic"
	"github.com/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/bidi"

	"github.com/relance/relance"
)

// style is a cut of the typeface, by the name that fpdf has for it.
type style string

const (
	regular style = ""
	bold    style = "B"
	italic  style = "I"
)

// family is what the typeface is called in a file. It is Liberation Sans: its letters are as wide
// as Arial's, which posts name as machine-readable. Its licence, the SIL Open Font License 1.1,
// lies in this folder.
const family = "liberation"

// face is one cut: the letters that it holds, how wide they are, and the bytes that files get.
type face struct {
	widths map[rune]float64 // in thousandths of the size, rounded as fpdf does
	ttf    []byte
}

// fonts are the cuts, read once. They are only read afterwards.
type fonts map[style]*face

// alphabet is what is kept of the typeface: Latin as far as Europe writes it, Greek, Cyrillic,
// punctuation and currencies. The rest would be carried through the making of every letter.
func alphabet(yield func(rune) bool) {
	for _, span := range [][2]rune{{0x20, 0x7E}, {0xA0, 0x24F}, {0x2C6, 0x2DD}, {0x386, 0x3CE}, {0x400, 0x45F}, {0x490, 0x491}, {0x1E80, 0x1E85}, {0x1E9E, 0x1E9E}, {0x1EF2, 0x1EF3}, {0x2010, 0x2044}, {0x20A0, 0x20BF}, {0x2116, 0x2122}, {0x2212, 0x2212}} {
		for r := span[0]; r <= span[1]; r++ {
			if !yield(r) {
				return
			}
		}
	}
}

// loadFonts reads the cuts.
func loadFonts() (fonts, error) {
	out := fonts{}
	for s, ttf := range map[style][]byte{regular: liberationsansregular.TTF, bold: liberationsansbold.TTF, italic: liberationsansitalic.TTF} {
		f, err := loadFace(ttf)
		if err != nil {
			return nil, err
		}
		out[s] = f
	}
	return out, nil
}

func loadFace(ttf []byte) (*face, error) {
	parsed, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, err
	}
	f, keep := &face{widths: map[rune]float64{}}, strings.Builder{}
	var b sfnt.Buffer
	em := fixed.Int26_6(parsed.UnitsPerEm()) << 6
	for r := range alphabet {
		glyph, err := parsed.GlyphIndex(&b, r)
		if err != nil || glyph == 0 || r == '\u00AD' || unicode.Is(unicode.Cf, r) {
			continue // what has no glyph, and what would steer instead of print
		}
		advance, err := parsed.GlyphAdvance(&b, glyph, em, 0)
		if err != nil {
			return nil, err
		}
		f.widths[r] = math.Round(float64(advance>>6) * 1000 / float64(parsed.UnitsPerEm()))
		keep.WriteRune(r)
	}
	f.ttf = fpdf.UTF8CutFont(ttf, keep.String())
	return f, nil
}

const pointsToMM = 25.4 / 72

// width is how wide the text is, in mm; the size is in points.
func (f fonts) width(s style, size float64, text string) float64 {
	face, sum := f[s], 0.0
	for _, r := range text {
		sum += face.widths[r]
	}
	return sum * size / 1000 * pointsToMM
}

// printable says why a text cannot be printed: the first letter for which the typeface has no
// glyph, or writing that runs from the right. It never prints a box in its place.
func (f fonts) printable(text string) error {
	for _, r := range text {
		if p, _ := bidi.LookupRune(r); p.Class() == bidi.R || p.Class() == bidi.AL {
			return relance.Tell(relance.CodeBadInput, nil, "LETTER_RIGHT_TO_LEFT")
		}
		if _, has := f[regular].widths[r]; !has {
			return relance.Tell(relance.CodeBadInput, nil, "LETTER_GLYPH", "letter", named(r))
		}
	}
	return nil
}

// named shows a letter so that it can be found: itself where it can be seen, and its number.
func named(r rune) string {
	number := fmt.Sprintf("%U", r)
	if unicode.IsPrint(r) && !unicode.Is(unicode.M, r) {
		return string(r) + " (" + number + ")"
	}
	return number
}
