package letter

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"

	"github.com/relance/relance"
	"github.com/relance/relance/internal/picture"
)

// Logo is a picture made ready for the letterhead: read once, put into every letter.
type Logo struct {
	content       []byte
	kind          string // PNG or JPG
	width, height int
}

// A logo's pixels: 300 dpi of the widest that is printed; and how large it may be in a file.
const (
	maxLogoWide  = 760
	maxLogoHigh  = 280
	maxLogoBytes = 28 << 10
)

// ReadLogo makes one of bytes that came from anywhere, judged by what they are. It stands on
// white, because paper is.
func ReadLogo(raw []byte) (*Logo, error) {
	clean, err := picture.Clean(raw)
	if err != nil {
		return nil, relance.Tell(relance.CodeBadInput, err, "LETTER_LOGO").At("logo")
	}
	from, _, err := image.Decode(bytes.NewReader(clean.Content))
	if err != nil {
		return nil, relance.Tell(relance.CodeBadInput, err, "LETTER_LOGO").At("logo")
	}
	w, h := clean.Width, clean.Height
	if w > maxLogoWide {
		w, h = maxLogoWide, max(1, h*maxLogoWide/w)
	}
	if h > maxLogoHigh {
		w, h = max(1, w*maxLogoHigh/h), maxLogoHigh
	}
	on := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(on, on.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.CatmullRom.Scale(on, on.Bounds(), from, from.Bounds(), draw.Over, nil)
	return packed(on)
}

// packed takes PNG where it is small, else JPEG of the best quality that is.
func packed(on *image.RGBA) (*Logo, error) {
	l := &Logo{width: on.Bounds().Dx(), height: on.Bounds().Dy()}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, on); err == nil && b.Len() <= maxLogoBytes {
		l.content, l.kind = b.Bytes(), "PNG"
		return l, nil
	}
	for quality := 90; quality >= 30; quality -= 10 {
		b.Reset()
		if err := jpeg.Encode(&b, on, &jpeg.Options{Quality: quality}); err == nil && b.Len() <= maxLogoBytes {
			l.content, l.kind = b.Bytes(), "JPG"
			return l, nil
		}
	}
	return nil, relance.TellField("logo", "LETTER_LOGO")
}
