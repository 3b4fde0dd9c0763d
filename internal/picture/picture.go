// Package picture makes a picture that can be shown to anybody of bytes that came from anywhere:
// it looks at what they are, not at what they are called, and writes the picture anew, so that
// nothing but the picture is left.
package picture

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
)

// Limits of what is taken. The size of a picture is read before it is unpacked: a few bytes can
// unpack to gigabytes.
const (
	MaxBytes = 512 << 10
	MaxSide  = 2000    // pixels
	maxMade  = 2 << 20 // bytes of what is written anew
	portrait = 400     // pixels of a portrait's longer side
)

// Why bytes are not taken.
var (
	ErrVector     = errors.New("an SVG, which can hold programs")
	ErrUnknown    = errors.New("neither PNG nor JPEG")
	ErrTooLarge   = errors.New("too many bytes")
	ErrTooWide    = errors.New("too many pixels")
	ErrUnreadable = errors.New("begins as a picture and is none")
)

// Picture is one that was written anew.
type Picture struct {
	MediaType     string // image/png or image/jpeg
	Width, Height int    // pixels
	Content       []byte
}

// Clean checks the bytes and writes the picture anew. Its errors are those above.
func Clean(raw []byte) (Picture, error) {
	m, mediaType, err := read(raw)
	if err != nil {
		return Picture{}, err
	}
	var out bytes.Buffer
	if mediaType == "image/png" {
		err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, m)
	} else {
		err = jpeg.Encode(&out, m, &jpeg.Options{Quality: 90})
	}
	if err != nil {
		return Picture{}, ErrUnreadable
	}
	if out.Len() > maxMade {
		return Picture{}, ErrTooLarge
	}
	return Picture{MediaType: mediaType, Width: m.Bounds().Dx(), Height: m.Bounds().Dy(), Content: out.Bytes()}, nil
}

// Portrait checks the bytes as Clean does, and writes the picture as a JPEG of at most 400 pixels on each
// side, on white where it is transparent.
func Portrait(raw []byte) (Picture, error) {
	m, _, err := read(raw)
	if err != nil {
		return Picture{}, err
	}
	small := shrink(m)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: 85}); err != nil {
		return Picture{}, ErrUnreadable
	}
	return Picture{MediaType: "image/jpeg", Width: small.Rect.Dx(), Height: small.Rect.Dy(), Content: out.Bytes()}, nil
}

// shrink makes a picture as large as a portrait may be: each pixel is the mean of those that it stands for.
func shrink(m image.Image) *image.RGBA {
	b := m.Bounds()
	longer := max(b.Dx(), b.Dy(), portrait)
	w, h := max(1, b.Dx()*portrait/longer), max(1, b.Dy()*portrait/longer)
	if longer == portrait {
		w, h = b.Dx(), b.Dy()
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			out.SetRGBA(x, y, mean(m, image.Rect(b.Min.X+x*b.Dx()/w, b.Min.Y+y*b.Dy()/h, b.Min.X+(x+1)*b.Dx()/w, b.Min.Y+(y+1)*b.Dy()/h)))
		}
	}
	return out
}

// mean is the mean colour of a part of a picture, on white.
func mean(m image.Image, part image.Rectangle) color.RGBA {
	var sum [4]uint64
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			r, g, b, a := m.At(x, y).RGBA()
			for i, v := range [4]uint32{r, g, b, a} {
				sum[i] += uint64(v)
			}
		}
	}
	n := uint64(part.Dx() * part.Dy()) //nolint:gosec // a part has pixels
	white := 0xffff - sum[3]/n
	on := func(v uint64) uint8 { return uint8(min(0xffff, v/n+white) >> 8) } //nolint:gosec // at most 255
	return color.RGBA{R: on(sum[0]), G: on(sum[1]), B: on(sum[2]), A: 0xff}
}

// read checks the bytes and unpacks them.
func read(raw []byte) (image.Image, string, error) {
	if len(raw) > MaxBytes {
		return nil, "", ErrTooLarge
	}
	switch {
	case bytes.HasPrefix(raw, []byte("\x89PNG\r\n\x1a\n")):
		m, err := unpack(raw, png.DecodeConfig, png.Decode)
		return m, "image/png", err
	case bytes.HasPrefix(raw, []byte("\xff\xd8\xff")):
		m, err := unpack(raw, jpeg.DecodeConfig, jpeg.Decode)
		return m, "image/jpeg", err
	case vector(raw):
		return nil, "", ErrVector
	}
	return nil, "", ErrUnknown
}

// unpack does it by the functions of one format.
func unpack(raw []byte, config func(io.Reader) (image.Config, error), decode func(io.Reader) (image.Image, error)) (image.Image, error) {
	size, err := config(bytes.NewReader(raw))
	switch {
	case err != nil || size.Width <= 0 || size.Height <= 0:
		return nil, ErrUnreadable
	case size.Width > MaxSide || size.Height > MaxSide:
		return nil, ErrTooWide
	}
	m, err := decode(bytes.NewReader(raw))
	if err != nil {
		return nil, ErrUnreadable
	}
	return m, nil
}

// vector reports whether the bytes look like an SVG, also behind a preamble.
func vector(raw []byte) bool {
	head := bytes.ToLower(raw[:min(len(raw), 1024)])
	return bytes.Contains(head, []byte("<svg")) || bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))), []byte("<?xml"))
}
