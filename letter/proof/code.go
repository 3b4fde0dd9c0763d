package proof

import (
	"math"

	"github.com/relance/relance"
	"github.com/relance/relance/letter/measure"
	"github.com/relance/relance/letter/paper"
)

// What a telephone's camera reads without trying twice: a side of 20 mm, modules of 0.4 mm, and
// four modules free on each side (ISO/IEC 18004).
const (
	leastSide   = 20.0
	leastModule = 0.4
	quietZone   = 4
	// A path with that many rectangles is taken for a code; a letter has no other such.
	leastRects = 60
	// mostCodes are looked at; a letter has two, and more than expected is refused anyway.
	mostCodes = 16
)

// Code is one for a camera that was found on a page.
type Code struct {
	Box     paper.Rect
	Modules int     // along a side
	Module  float64 // mm
	Quiet   float64 // mm to the nearest ink or the edge of the sheet
}

// codes finds those of a page and judges each.
func (r *Report) codes(p measure.Page) {
	for i, s := range p.Shapes {
		if !s.Filled || len(s.Rects) < leastRects || len(r.Codes) > mostCodes {
			continue
		}
		c, readable := readCode(s)
		r.say(!readable, relance.Say("LETTER_CODE_UNREADABLE"))
		if !readable {
			continue
		}
		c.Quiet = free(p, i, c.Box)
		r.say(c.Box.W < leastSide-slack || c.Box.H < leastSide-slack || c.Module < leastModule, relance.Say("LETTER_CODE_SMALL"))
		r.say(c.Quiet < quietZone*c.Module-slack, relance.Say("LETTER_CODE_QUIET"))
		r.Codes = append(r.Codes, c)
	}
}

// readCode lays the rectangles on their grid and looks whether the three corners are a code's.
func readCode(s measure.Shape) (Code, bool) {
	c := Code{Box: s.Box, Module: math.Inf(1)}
	for _, m := range s.Rects {
		c.Module = min(c.Module, m.H)
	}
	c.Modules = int(math.Round(s.Box.W / c.Module))
	if math.Abs(s.Box.W-s.Box.H) > c.Module/4 || c.Modules < 21 || c.Modules > 177 || c.Modules%4 != 1 {
		return c, false
	}
	c.Module = s.Box.W / float64(c.Modules)
	grid := map[[2]int]bool{}
	for _, m := range s.Rects {
		x, y, w, h := (m.X-s.Box.X)/c.Module, (m.Y-s.Box.Y)/c.Module, m.W/c.Module, m.H/c.Module
		for _, v := range []float64{x, y, w, h} {
			if math.Abs(v-math.Round(v)) > 0.1 {
				return c, false
			}
		}
		for dx := range int(math.Round(w)) {
			for dy := range int(math.Round(h)) {
				grid[[2]int{int(math.Round(x)) + dx, int(math.Round(y)) + dy}] = true
			}
		}
	}
	last := c.Modules - 7
	return c, finder(grid, 0, 0) && finder(grid, last, 0) && finder(grid, 0, last) && !finder(grid, last, last)
}

// finder reports the square in a square in a corner.
func finder(grid map[[2]int]bool, x, y int) bool {
	for dy := range 7 {
		for dx := range 7 {
			ring := max(abs(dx-3), abs(dy-3))
			if grid[[2]int{x + dx, y + dy}] != (ring != 2) {
				return false
			}
		}
	}
	return true
}

func abs(n int) int { return max(n, -n) }

// free is how far the nearest ink is, or the edge of the sheet. A frame around the code is as near
// as its nearest side.
func free(p measure.Page, self int, box paper.Rect) float64 {
	room := min(box.X, box.Y, p.Width-box.Right(), p.Height-box.Bottom())
	shapes := p.Shapes
	p.Shapes = append(append([]measure.Shape(nil), shapes[:self]...), shapes[self+1:]...)
	for _, b := range ink(p) {
		if b.X < box.X && b.Y < box.Y && b.Right() > box.Right() && b.Bottom() > box.Bottom() {
			room = min(room, box.X-b.X, box.Y-b.Y, b.Right()-box.Right(), b.Bottom()-box.Bottom())
			continue
		}
		room = min(room, apart(b, box))
	}
	return room
}

// apart is the distance of two rectangles, 0 where they meet.
func apart(a, b paper.Rect) float64 {
	x := max(a.X-b.Right(), b.X-a.Right(), 0)
	y := max(a.Y-b.Bottom(), b.Y-a.Bottom(), 0)
	return math.Hypot(x, y)
}
