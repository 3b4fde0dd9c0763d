package letter

import (
	"github.com/boombuler/barcode/qr"

	"github.com/relance/relance"
	"github.com/relance/relance/letter/paper"
)

// A code for a camera: the side on paper, and how many modules of the finest one can be there
// before they become smaller than 0.4 mm.
const (
	voucherCode = 24.0
	objectCode  = 20.5
	maxModules  = 49
	quiet       = 4 // modules left free on each side (ISO/IEC 18004)
)

// code is a QR code of level M, which stands a fold or a stain of 15 %.
type code struct {
	modules int
	dark    func(x, y int) bool
}

func newCode(content string) (code, error) {
	m, err := qr.Encode(content, qr.M, qr.Auto)
	if err != nil || m.Bounds().Dx() > maxModules {
		return code{}, relance.Tell(relance.CodeBadInput, err, "LETTER_LINK_LONG")
	}
	return code{m.Bounds().Dx(), func(x, y int) bool {
		r, _, _, _ := m.At(x, y).RGBA()
		return r == 0
	}}, nil
}

// rects are the dark modules, neighbours of a row as one.
func (c code) rects(x, y, side float64) []paper.Rect {
	var out []paper.Rect
	m := side / float64(c.modules)
	for row := range c.modules {
		for from := 0; from < c.modules; from++ {
			to := from
			for to < c.modules && c.dark(to, row) {
				to++
			}
			if to > from {
				out = append(out, paper.Rect{X: x + float64(from)*m, Y: y + float64(row)*m, W: float64(to-from) * m, H: m})
				from = to
			}
		}
	}
	return out
}
