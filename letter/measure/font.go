package measure

import (
	"fmt"
	"strings"
)

// Limits of a font: twice all codes, and how many ranges of them are looked through for a letter.
const (
	maxWidths = 2 << 16
	maxRanges = 1000
)

// font is what measuring needs of one: how wide its glyphs are and which letters they stand for.
type font struct {
	name            string
	embedded        bool
	widths          map[int]float64 // in thousandths of the size
	usual           float64         // of a glyph that has no entry
	ascent, descent float64         // in thousandths
	runes           map[int]rune    // of codes that do not stand for themselves
	ranges          []codes
}

// codes from first to last stand for the letters from to on.
type codes struct {
	first, last int
	to          rune
}

func (f *font) width(code int) float64 {
	if w, has := f.widths[code]; has {
		return w
	}
	return f.usual
}

// rune is the letter that a code stands for, U+FFFD where the font does not say.
func (f *font) rune(code int) rune {
	if r, has := f.runes[code]; has {
		return r
	}
	for _, c := range f.ranges {
		if code >= c.first && code <= c.last {
			return c.to + rune(code-c.first)
		}
	}
	return '\uFFFD'
}

// font reads one of the kind that covers more than Latin-1: composite, codes of two bytes.
func (f *file) readFont(v any) (*font, error) {
	d := f.dict(v)
	if f.get(d["Subtype"]) != name("Type0") || f.get(d["Encoding"]) != name("Identity-H") {
		return nil, fmt.Errorf("a font is not composite; it can lack letters")
	}
	below := f.list(d["DescendantFonts"])
	if len(below) != 1 {
		return nil, fmt.Errorf("a font has no descendant")
	}
	of := f.dict(below[0])
	says := f.dict(of["FontDescriptor"])
	base, _ := f.get(d["BaseFont"]).(name)
	out := &font{name: string(base), widths: map[int]float64{}, runes: map[int]rune{}, usual: 1000}
	_, out.embedded = f.get(says["FontFile2"]).(stream)
	out.ascent, out.descent = f.number(says["Ascent"]), f.number(says["Descent"])
	if usual, has := f.get(of["DW"]).(float64); has {
		out.usual = usual
	}
	if err := out.readWidths(f, f.list(of["W"])); err != nil {
		return nil, err
	}
	return out, out.readRunes(f, d["ToUnicode"])
}

// readWidths reads the two forms of entry: c [w1 w2 …] and first last w (ISO 32000-1, 9.7.4.3).
func (f *font) readWidths(of *file, w list) error {
	read := 0 // entries may overlap, and a short one can stand for many codes
	for i := 0; i+1 < len(w); {
		first := int(of.number(w[i]))
		if read > maxWidths {
			return fmt.Errorf("the widths of a font are too many")
		}
		if each, is := of.get(w[i+1]).(list); is {
			for n, v := range each {
				f.widths[first+n] = of.number(v)
			}
			read += len(each)
			i += 2
			continue
		}
		if i+2 >= len(w) {
			return fmt.Errorf("the widths of a font break off")
		}
		last := int(of.number(w[i+1]))
		read += last - first + 1
		if first < 0 || last < first || last > 0xFFFF {
			return fmt.Errorf("the widths of a font are out of range")
		}
		for c := first; c <= last; c++ {
			f.widths[c] = of.number(w[i+2])
		}
		i += 3
	}
	return nil
}

// readRunes reads the map of codes to letters (ISO 32000-1, 9.10.3).
func (f *font) readRunes(of *file, v any) error {
	b, err := of.content(v)
	if err != nil {
		return fmt.Errorf("a font does not say which letters it holds: %w", err)
	}
	l, in := &lexer{b: b}, ""
	var codesRead []int
	for range maxOps {
		v, err := l.value(0)
		if err != nil {
			return nil //nolint:nilerr // the map ends where it cannot be read any further
		}
		switch v := v.(type) {
		case word:
			codesRead, in = nil, strings.TrimPrefix(string(v), "begin")
		case string:
			codesRead = append(codesRead, number(v))
			if in == "bfchar" && len(codesRead) == 2 {
				f.runes[codesRead[0]] = rune(codesRead[1])
				codesRead = nil
			}
			if in == "bfrange" && len(codesRead) == 3 {
				if len(f.ranges) >= maxRanges {
					return fmt.Errorf("the letters of a font are too many")
				}
				f.ranges = append(f.ranges, codes{codesRead[0], codesRead[1], rune(codesRead[2])})
				codesRead = nil
			}
		}
	}
	return fmt.Errorf("the letters of a font are too many")
}

// number reads the bytes of a code, the first the greatest.
func number(s string) int {
	n := 0
	for i := range min(len(s), 4) {
		n = n<<8 | int(s[i])
	}
	return n
}
