// Package paper says how a letter lies on its sheet and in its envelope: where the window shows
// the address in every position that the folded sheet can take, what must stay empty, where
// folds are marked and where the text begins. It is data with the little geometry that belongs
// to it, and pure.
//
// All lengths are millimetres; the origin is the top left corner of an A4 sheet, x runs to the
// right and y down.
package paper

import (
	"slices"

	"github.com/relance/relance"
)

// Size of the sheet.
const (
	Width  = 210.0
	Height = 297.0
)

// Clearance is how far the address keeps from the edges of what a window always shows: folding
// machines and printers are off by a millimetre each.
const Clearance = 2.0

// Rect is a rectangle on the sheet or on an envelope; the zero Rect is none.
type Rect struct{ X, Y, W, H float64 }

// Between is the rectangle of these corners; none where they are in the wrong order.
func Between(x0, y0, x1, y1 float64) Rect {
	if x1 <= x0 || y1 <= y0 {
		return Rect{}
	}
	return Rect{x0, y0, x1 - x0, y1 - y0}
}

// Right is the x of the right edge.
func (r Rect) Right() float64 { return r.X + r.W }

// Bottom is the y of the bottom edge.
func (r Rect) Bottom() float64 { return r.Y + r.H }

// Empty reports whether the rectangle is none.
func (r Rect) Empty() bool { return r.W <= 0 || r.H <= 0 }

// Grow moves all edges outward, inward where by is negative.
func (r Rect) Grow(by float64) Rect {
	return Between(r.X-by, r.Y-by, r.Right()+by, r.Bottom()+by)
}

// Within is what both cover.
func (r Rect) Within(o Rect) Rect {
	return Between(max(r.X, o.X), max(r.Y, o.Y), min(r.Right(), o.Right()), min(r.Bottom(), o.Bottom()))
}

// Around is the least rectangle that covers both.
func (r Rect) Around(o Rect) Rect {
	switch {
	case r.Empty():
		return o
	case o.Empty():
		return r
	}
	return Between(min(r.X, o.X), min(r.Y, o.Y), max(r.Right(), o.Right()), max(r.Bottom(), o.Bottom()))
}

// Meets reports whether the two have more in common than an edge.
func (r Rect) Meets(o Rect) bool { return !r.Within(o).Empty() }

// Holds reports whether o lies wholly inside, give or take slack.
func (r Rect) Holds(o Rect, slack float64) bool {
	return o.X >= r.X-slack && o.Y >= r.Y-slack && o.Right() <= r.Right()+slack && o.Bottom() <= r.Bottom()+slack
}

// Envelope is an envelope with a window and the way the sheet is folded into it. Window is seen
// from the front, its origin the top left corner of the envelope.
type Envelope struct {
	Name   string
	W, H   float64
	Window Rect
	Folds  []float64 // y on the sheet
}

// play is how far the folded sheet can slide, and lead how far the top of the sheet lies below
// the top of the packet: with the address panel outside, panels are laid upon each other at the
// lower fold, so that a shorter first panel begins lower.
func (e Envelope) play() (x, y, lead float64) {
	panels, from := []float64(nil), 0.0
	for _, f := range append(slices.Clone(e.Folds), Height) {
		panels, from = append(panels, f-from), f
	}
	packet := slices.Max(panels)
	if len(panels) == 3 {
		lead = max(0, packet-panels[0])
	}
	return e.W - Width, e.H - packet, lead
}

// Visible is what the window shows of the sheet in every position that it can take.
func (e Envelope) Visible() Rect {
	x, y, lead := e.play()
	w := e.Window
	return Between(w.X, w.Y-lead, w.Right()-x, w.Bottom()-lead-y)
}

// Exposed is what the window shows in at least one position.
func (e Envelope) Exposed() Rect {
	x, y, lead := e.play()
	w := e.Window
	return Between(w.X-x, w.Y-lead-y, w.Right(), w.Bottom()-lead)
}

// Edges are widths along the edges of the sheet.
type Edges struct{ Left, Top, Right, Bottom float64 }

// Lines is how lines of text are set: where the first begins (its top), how far apart they are,
// and how large the type is, in points.
type Lines struct {
	X, Top  float64
	Leading float64
	Size    float64
}

// Layout is one way to lay out a letter. Version grows whenever a number changes: what was
// printed by an earlier one stays explicable.
type Layout struct {
	Name    string
	Version int
	// Country is where the letter is printed and posted, ISO 3166-1; empty: anywhere that the
	// provider prints.
	Country   string
	Envelopes []Envelope // every one in use; empty where the provider keeps it to itself
	Field     Rect       // where the norm or the provider wants the address
	Address   Lines      // of six lines
	Sender    Rect       // one line above the address with where to return it to; none where there is none
	Franking  Rect       // on the sheet, for the post or the provider; stays empty
	Edge      Edges      // what no printer reaches or the provider forbids; stays empty on every page
	Folds     []float64
	Marks     []float64 // y of the marks printed for folding and punching
	Brand     Rect      // logo or name, and beneath it who writes
	Details   float64   // y at which the details of who writes begin
	Dated     Lines     // the date; X is the left edge
	Text      Rect      // from the subject on, first page
	Next      Rect      // the same, further pages
}

// Visible is what every envelope shows in every position; the field where none is named.
func (l Layout) Visible() Rect {
	if len(l.Envelopes) == 0 {
		return l.Field
	}
	v := Between(0, 0, Width, Height)
	for _, e := range l.Envelopes {
		v = v.Within(e.Visible())
	}
	return v
}

// Safe is where the address may stand: visible with clearance, and in the field.
func (l Layout) Safe() Rect {
	if len(l.Envelopes) == 0 {
		return l.Field
	}
	return l.Visible().Grow(-Clearance).Within(l.Field)
}

// Exposed is what some envelope shows in some position: nothing but address and sender line may
// stand there.
func (l Layout) Exposed() Rect {
	v := l.Field
	for _, e := range l.Envelopes {
		v = v.Around(e.Exposed())
	}
	return v
}

// Side is where the window of its envelopes is.
func (l Layout) Side() relance.WindowSide {
	if v := l.Visible(); v.X+v.W/2 > Width/2 {
		return relance.WindowRight
	}
	return relance.WindowLeft
}

// Printable is the sheet without its edges.
func (l Layout) Printable() Rect {
	return Between(l.Edge.Left, l.Edge.Top, Width-l.Edge.Right, Height-l.Edge.Bottom)
}

// Named finds a layout.
func Named(name string) (Layout, bool) {
	for _, l := range Layouts() {
		if l.Name == name {
			return l, true
		}
	}
	return Layout{}, false
}
