// Package proof judges a finished letter before it may be sent: whether the window shows the whole
// address and nothing else in every position of the sheet, whether what must be empty is, whether
// folds are marked where the sheet is folded, and whether a camera can read the codes.
//
// It measures the bytes that will be printed (letter/measure) and takes from the layout only what
// the envelope and the post demand, never where the letter's maker believes things to be.
package proof

import (
	"math"
	"strconv"

	"github.com/relance/relance"
	"github.com/relance/relance/letter/measure"
	"github.com/relance/relance/letter/paper"
)

// How exactly things must stand, in mm.
const (
	slack    = 0.05 // rounding of a file
	offPlace = 1.0  // of the address from where the layout has it
	offMark  = 0.3  // of a mark for folding
	offSheet = 0.1  // of the size of a sheet
)

// Expected is what the letter must show.
type Expected struct {
	Address []string // the lines in the window
	Return  string   // the line above them; empty where there is none
	Codes   int      // codes for a camera
}

// Report is what was measured, and what is wrong. A letter with problems is not sent.
type Report struct {
	Pages    int
	Address  paper.Rect // around its lines
	Room     Room       // how far it is from what could hide it
	Marks    []float64  // y
	Codes    []Code
	Fonts    []measure.Font
	Problems []relance.Sentence
}

// Room is the distance of the address from the edges of what the window always shows, in mm;
// below zero, that much can be hidden.
type Room struct{ Left, Top, Right, Bottom float64 }

// Check measures a file and judges it.
func Check(pdf []byte, l paper.Layout, want Expected) Report {
	doc, err := measure.Read(pdf)
	if err != nil {
		return Report{Problems: []relance.Sentence{relance.Say("LETTER_UNREADABLE")}}
	}
	r := Report{Pages: len(doc.Pages), Fonts: doc.Fonts}
	for _, f := range doc.Fonts {
		r.say(!f.Embedded, relance.Say("LETTER_FONT"))
	}
	for i, p := range doc.Pages {
		r.say(math.Abs(p.Width-paper.Width) > offSheet || math.Abs(p.Height-paper.Height) > offSheet, relance.Say("LETTER_PAGE_SIZE"))
		r.say(beyond(p, l.Printable()), relance.Say("LETTER_EDGE", "page", strconv.Itoa(i+1)))
		r.codes(p)
	}
	first := doc.Pages[0]
	r.window(first, l, want)
	r.say(meets(first, l.Franking), relance.Say("LETTER_FRANKING"))
	r.folds(first, l)
	r.say(len(r.Codes) != want.Codes, relance.Say("LETTER_CODE_UNREADABLE"))
	return r
}

// say adds a problem once.
func (r *Report) say(bad bool, s relance.Sentence) {
	if !bad {
		return
	}
	for _, p := range r.Problems {
		if p.String() == s.String() {
			return
		}
	}
	r.Problems = append(r.Problems, s)
}

// ink is everything on a page.
func ink(p measure.Page) []paper.Rect {
	out := append([]paper.Rect(nil), p.Pictures...)
	for _, t := range p.Texts {
		out = append(out, t.Box)
	}
	for _, s := range p.Shapes {
		out = append(out, s.Box)
	}
	return out
}

func meets(p measure.Page, zone paper.Rect) bool {
	for _, b := range ink(p) {
		if touches(b, zone) {
			return true
		}
	}
	return false
}

// touches also holds for lines that have no width or height of their own.
func touches(b, zone paper.Rect) bool {
	return !zone.Empty() && b.X < zone.Right() && b.Right() > zone.X && b.Y < zone.Bottom() && b.Bottom() > zone.Y
}

func beyond(p measure.Page, printable paper.Rect) bool {
	for _, b := range ink(p) {
		if !printable.Holds(b, slack) {
			return true
		}
	}
	return false
}

// window looks for the address, and for what else could show beside it.
func (r *Report) window(p measure.Page, l paper.Layout, want Expected) {
	mine := make([]bool, len(p.Texts))
	find := func(text string, below float64) (paper.Rect, bool) {
		for i, t := range p.Texts {
			if !mine[i] && t.Text == text && t.Box.Y > below && l.Exposed().Grow(30).Meets(t.Box) {
				mine[i] = true
				return t.Box, true
			}
		}
		return paper.Rect{}, false
	}
	above := 0.0
	if want.Return != "" {
		box, found := find(want.Return, above)
		r.say(!found, relance.Say("LETTER_ADDRESS_MISSING"))
		r.say(found && !l.Visible().Holds(box, slack), relance.Say("LETTER_ADDRESS_HIDDEN"))
		above = box.Y
	}
	for _, line := range want.Address {
		box, found := find(line, above)
		r.say(!found, relance.Say("LETTER_ADDRESS_MISSING"))
		if found {
			r.Address, above = r.Address.Around(box), box.Y
		}
	}
	r.say(len(want.Address) == 0, relance.Say("LETTER_ADDRESS_MISSING"))
	v, a := l.Visible(), r.Address
	r.Room = Room{a.X - v.X, a.Y - v.Y, v.Right() - a.Right(), v.Bottom() - a.Bottom()}
	r.say(!l.Safe().Holds(a, slack), relance.Say("LETTER_ADDRESS_HIDDEN"))
	r.say(math.Abs(a.X-l.Address.X) > offPlace || math.Abs(a.Y-l.Address.Top) > offPlace, relance.Say("LETTER_ADDRESS_PLACE"))
	for i, t := range p.Texts {
		r.say(!mine[i] && touches(t.Box, l.Exposed()), relance.Say("LETTER_WINDOW"))
	}
	p.Texts = nil
	r.say(meets(p, l.Exposed()), relance.Say("LETTER_WINDOW"))
}

// folds compares the short level lines at the left edge with the layout's.
func (r *Report) folds(p measure.Page, l paper.Layout) {
	for _, s := range p.Shapes {
		if s.Box.H < 0.6 && s.Box.W < 8 && s.Box.Right() < 15 {
			r.Marks = append(r.Marks, s.Box.Y+s.Box.H/2)
		}
	}
	wrong := len(r.Marks) != len(l.Marks)
	for i := range min(len(r.Marks), len(l.Marks)) {
		wrong = wrong || math.Abs(r.Marks[i]-l.Marks[i]) > offMark
	}
	r.say(wrong, relance.Say("LETTER_FOLDS"))
}
