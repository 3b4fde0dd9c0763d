package measure

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/relance/relance/letter/paper"
)

// matrix maps x, y to a·x+c·y+e, b·x+d·y+f (ISO 32000-1, 8.3.3).
type matrix [6]float64

func (m matrix) apply(x, y float64) (float64, float64) {
	return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
}

// after is first n, then m.
func (m matrix) after(n matrix) matrix {
	return matrix{
		n[0]*m[0] + n[1]*m[2], n[0]*m[1] + n[1]*m[3],
		n[2]*m[0] + n[3]*m[2], n[2]*m[1] + n[3]*m[3],
		n[4]*m[0] + n[5]*m[2] + m[4], n[4]*m[1] + n[5]*m[3] + m[5],
	}
}

// box is the least upright rectangle around the corners.
func (m matrix) box(x0, y0, x1, y1 float64) paper.Rect {
	ax, ay := m.apply(x0, y0)
	bx, by := m.apply(x1, y1)
	cx, cy := m.apply(x0, y1)
	dx, dy := m.apply(x1, y0)
	left, top := min(ax, bx, cx, dx), min(ay, by, cy, dy)
	return paper.Rect{X: left, Y: top, W: max(ax, bx, cx, dx) - left, H: max(ay, by, cy, dy) - top}
}

// state is what q keeps and Q brings back.
type state struct {
	matrix
	line                              float64 // width of a stroke
	font                              *font
	size, spacing, wordSpacing, scale float64
	leading, rise                     float64
}

// path is what is being drawn.
type path struct {
	points [][2]float64 // in mm
	rects  []paper.Rect
	other  bool // holds more than rectangles
}

// reader carries out the operators of a page.
type reader struct {
	*file
	fonts     map[ref]*font
	order     []*font
	resources dict
	out       Page
	state
	saved          []state
	text, lineText matrix
	path           path
	args           []any
}

func (r *reader) run(content []byte) error {
	l := &lexer{b: content}
	for range maxOps {
		v, err := l.value(0)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		op, is := v.(word)
		if !is {
			if r.args = append(r.args, v); len(r.args) > 64 {
				return fmt.Errorf("an operator has too many operands")
			}
			continue
		}
		if err := r.operator(string(op)); err != nil {
			return err
		}
		r.args = r.args[:0]
	}
	return fmt.Errorf("it has more than %d operators", maxOps)
}

// num is an operand, counted from the first; 0 where it is missing.
func (r *reader) num(i int) float64 {
	if i >= len(r.args) {
		return 0
	}
	n, _ := r.args[i].(float64)
	return n
}

func (r *reader) matrixArg() matrix {
	return matrix{r.num(0), r.num(1), r.num(2), r.num(3), r.num(4), r.num(5)}
}

// operator carries out one. What only colours or joins lines is passed over; what it does not
// know is an error.
func (r *reader) operator(op string) error {
	switch op {
	case "q":
		if r.saved = append(r.saved, r.state); len(r.saved) > 64 {
			return fmt.Errorf("states are nested too deeply")
		}
	case "Q":
		if len(r.saved) == 0 {
			return fmt.Errorf("a state is brought back that was not kept")
		}
		r.state, r.saved = r.saved[len(r.saved)-1], r.saved[:len(r.saved)-1]
	case "cm":
		r.matrix = r.matrix.after(r.matrixArg())
	case "w":
		r.line = r.num(0)
	case "Do":
		return r.picture()
	case "J", "j", "M", "d", "i", "ri", "g", "G", "rg", "RG", "k", "K":
	default:
		if strings.HasPrefix(op, "T") || op == "BT" || op == "ET" || op == "'" || op == "\"" {
			return r.textOperator(op)
		}
		return r.pathOperator(op)
	}
	return nil
}

// picture notes where one stands: it fills the unit square.
func (r *reader) picture() error {
	which, _ := r.args0().(name)
	x := r.dict(r.dict(r.resources["XObject"])[which])
	if r.get(x["Subtype"]) != name("Image") {
		return fmt.Errorf("it draws a form or something unknown")
	}
	r.out.Pictures = append(r.out.Pictures, r.matrix.box(0, 0, 1, 1))
	return nil
}

func (r *reader) args0() any {
	if len(r.args) == 0 {
		return nil
	}
	return r.args[0]
}

func (r *reader) pathOperator(op string) error {
	switch op {
	case "re":
		x, y, w, h := r.num(0), r.num(1), r.num(2), r.num(3)
		box := r.matrix.box(x, y, x+w, y+h)
		r.path.rects = append(r.path.rects, box)
		r.path.points = append(r.path.points, [2]float64{box.X, box.Y}, [2]float64{box.Right(), box.Bottom()})
	case "m", "l", "c", "v", "y": // of a curve also what steers it: the box is no smaller than the curve
		r.path.other = true
		for i := 0; i+1 < len(r.args); i += 2 {
			x, y := r.matrix.apply(r.num(i), r.num(i+1))
			r.path.points = append(r.path.points, [2]float64{x, y})
		}
	case "h":
	case "n":
		r.path = path{}
	case "f", "F", "f*":
		r.paint(true, 0)
	case "B", "B*", "b", "b*":
		r.paint(true, r.line)
	case "S", "s":
		r.paint(false, r.line)
	default:
		return fmt.Errorf("it uses %.8q, which is not measured", op)
	}
	return nil
}

// paint notes the path as a shape.
func (r *reader) paint(filled bool, line float64) {
	if len(r.path.points) > 0 {
		left, top, right, bottom := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
		for _, p := range r.path.points {
			left, top, right, bottom = min(left, p[0]), min(top, p[1]), max(right, p[0]), max(bottom, p[1])
		}
		half := line / 2 * math.Sqrt(math.Abs(r.matrix[0]*r.matrix[3]-r.matrix[1]*r.matrix[2]))
		s := Shape{Filled: filled, Box: paper.Rect{X: left - half, Y: top - half, W: right - left + 2*half, H: bottom - top + 2*half}}
		if !r.path.other {
			s.Rects = r.path.rects
		}
		r.out.Shapes = append(r.out.Shapes, s)
	}
	r.path = path{}
}

func (r *reader) textOperator(op string) error {
	switch op {
	case "BT":
		r.text, r.lineText = matrix{1, 0, 0, 1, 0, 0}, matrix{1, 0, 0, 1, 0, 0}
	case "ET":
	case "Tc":
		r.spacing = r.num(0)
	case "Tw":
		r.wordSpacing = r.num(0) // of the one-byte code 32 only, which these fonts do not have
	case "Tz":
		r.scale = r.num(0) / 100
	case "TL":
		r.leading = r.num(0)
	case "Ts":
		r.rise = r.num(0)
	case "Tr":
		if r.num(0) != 0 {
			return fmt.Errorf("text is not filled: it could be invisible")
		}
	case "Tf":
		return r.setFont()
	case "Td", "TD":
		if op == "TD" {
			r.leading = -r.num(1)
		}
		r.nextLine(r.num(0), r.num(1))
	case "Tm":
		r.text, r.lineText = r.matrixArg(), r.matrixArg()
	case "T*":
		r.nextLine(0, -r.leading)
	case "Tj", "TJ":
		return r.show()
	default:
		return fmt.Errorf("it uses %.8q, which is not measured", op)
	}
	return nil
}

func (r *reader) nextLine(x, y float64) {
	r.lineText = r.lineText.after(matrix{1, 0, 0, 1, x, y})
	r.text = r.lineText
}

func (r *reader) setFont() error {
	which, _ := r.args0().(name)
	at, _ := r.dict(r.resources["Font"])[which].(ref)
	f, known := r.fonts[at]
	if !known {
		var err error
		if f, err = r.readFont(at); err != nil {
			return err
		}
		r.fonts[at] = f
		r.order = append(r.order, f)
	}
	r.font, r.size = f, r.num(1)
	return nil
}

// show prints a string, or several with shifts in between.
func (r *reader) show() error {
	if r.font == nil {
		return fmt.Errorf("text is printed without a font")
	}
	parts, several := r.args0().(list)
	if !several {
		parts = list{r.args0()}
	}
	var t Text
	var letters strings.Builder
	whole := r.text
	x := 0.0 // along the line, before the text matrix
	for _, part := range parts {
		if shift, is := part.(float64); is {
			x -= shift / 1000 * r.size * r.scale
			continue
		}
		s, _ := part.(string)
		for i := 0; i+1 < len(s); i += 2 {
			code := int(s[i])<<8 | int(s[i+1])
			letters.WriteRune(r.font.rune(code))
			at, _ := r.matrix.after(whole).apply(x, 0)
			t.Stops = append(t.Stops, at)
			x += (r.font.width(code)/1000*r.size + r.spacing) * r.scale
		}
	}
	r.text = whole.after(matrix{1, 0, 0, 1, x, 0})
	if letters.Len() == 0 {
		return nil
	}
	m := r.matrix.after(whole)
	end, _ := m.apply(x, 0)
	t.Stops = append(t.Stops, end)
	t.Text, t.Size = letters.String(), r.size
	t.Box = m.box(0, r.rise+r.font.descent/1000*r.size, x, r.rise+r.font.ascent/1000*r.size)
	r.out.Texts = append(r.out.Texts, t)
	return nil
}
