package letter

import (
	"strings"

	"github.com/relance/relance"
)

// piece is part of a line, in one style, at x from where the line begins (mm).
type piece struct {
	style style
	text  string
	x     float64
}

// glued is what no line is broken in: a word, of one style or several.
type glued struct {
	pieces []piece // x from its beginning
	width  float64
	spaced bool // a space stands before it
	space  style
}

// lines breaks runs into lines of at most the width. A word that is wider by itself is broken
// where it fits: addresses of the web are.
func (f fonts) lines(runs []run, size, width float64) ([][]piece, error) {
	var out [][]piece
	var line []piece
	at := 0.0
	for _, w := range f.words(runs, size, width) {
		space := 0.0
		if w.spaced && len(line) > 0 {
			space = f.width(w.space, size, " ")
		}
		if len(line) > 0 && at+space+w.width > width {
			out, line, at, space = append(out, joined(line)), nil, 0, 0
		}
		if w.width > width+0.01 {
			return nil, relance.TellField("body", "LETTER_WIDE")
		}
		for i, p := range w.pieces {
			if i == 0 && space > 0 && line[len(line)-1].style == p.style {
				p.text = " " + p.text
				p.x -= space
			}
			p.x += at + space
			line = append(line, p)
		}
		at += space + w.width
	}
	if len(line) > 0 {
		out = append(out, joined(line))
	}
	return out, nil
}

// joined makes one piece of neighbours in the same style: fewer operators, and whoever copies the
// text gets whole lines.
func joined(line []piece) []piece {
	out := line[:1]
	for _, p := range line[1:] {
		if last := &out[len(out)-1]; last.style == p.style {
			last.text += p.text
			continue
		}
		out = append(out, p)
	}
	return out
}

// words splits runs at spaces that may break.
func (f fonts) words(runs []run, size, width float64) []glued {
	var out []glued
	open, spaced := false, false
	for _, r := range runs {
		for i, part := range strings.Split(r.text, " ") {
			if i > 0 {
				open, spaced = false, true
			}
			if part == "" {
				continue
			}
			for _, part := range f.cut(r.style, size, width, part) {
				if !open {
					out = append(out, glued{spaced: spaced, space: r.style})
				}
				w := &out[len(out)-1]
				w.pieces = append(w.pieces, piece{r.style, part, w.width})
				w.width += f.width(r.style, size, part)
				open, spaced = w.width < width/2, false // what was cut goes on in a word of its own
			}
			open = true
		}
	}
	return out
}

// cut breaks a word that is wider than a line.
func (f fonts) cut(s style, size, width float64, word string) []string {
	if f.width(s, size, word) <= width {
		return []string{word}
	}
	var out []string
	from, sum := 0, 0.0
	for i, r := range word {
		w := f.width(s, size, string(r))
		if sum+w > width && i > from {
			out, from, sum = append(out, word[from:i]), i, 0
		}
		sum += w
	}
	return append(out, word[from:])
}

// fit is the greatest size, from largest down to least, at which the text is no wider; 0 where
// there is none.
func (f fonts) fit(s style, text string, largest, least, width float64) float64 {
	for size := largest; size >= least; size -= 0.25 {
		if f.width(s, size, text) <= width {
			return size
		}
	}
	return 0
}
