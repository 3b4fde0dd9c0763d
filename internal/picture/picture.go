// Package picture makes a picture that can be shown to anybody of bytes that came from anywhere:
// it looks at what they are, not at what they are called, and writes the picture anew, so that
// nothing but the picture is left.
package picture

import (
	"bytes"
	"errors"
	"image"
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
	if len(raw) > MaxBytes {
		return Picture{}, ErrTooLarge
	}
	switch {
	case bytes.HasPrefix(raw, []byte("\x89PNG\r\n\x1a\n")):
		return clean(raw, "image/png", png.DecodeConfig, png.Decode, func(out *bytes.Buffer, m image.Image) error {
			return (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(out, m)
		})
	case bytes.HasPrefix(raw, []byte("\xff\xd8\xff")):
		return clean(raw, "image/jpeg", jpeg.DecodeConfig, jpeg.Decode, func(out *bytes.Buffer, m image.Image) error {
			return jpeg.Encode(out, m, &jpeg.Options{Quality: 90})
		})
	case vector(raw):
		return Picture{}, ErrVector
	}
	return Picture{}, ErrUnknown
}

// clean does it by the functions of one format.
func clean(raw []byte, mediaType string, config func(io.Reader) (image.Config, error), decode func(io.Reader) (image.Image, error), encode func(*bytes.Buffer, image.Image) error) (Picture, error) {
	size, err := config(bytes.NewReader(raw))
	switch {
	case err != nil || size.Width <= 0 || size.Height <= 0:
		return Picture{}, ErrUnreadable
	case size.Width > MaxSide || size.Height > MaxSide:
		return Picture{}, ErrTooWide
	}
	m, err := decode(bytes.NewReader(raw))
	if err != nil {
		return Picture{}, ErrUnreadable
	}
	var out bytes.Buffer
	if err := encode(&out, m); err != nil {
		return Picture{}, ErrUnreadable
	}
	if out.Len() > maxMade {
		return Picture{}, ErrTooLarge
	}
	return Picture{MediaType: mediaType, Width: size.Width, Height: size.Height, Content: out.Bytes()}, nil
}

// vector reports whether the bytes look like an SVG, also behind a preamble.
func vector(raw []byte) bool {
	head := bytes.ToLower(raw[:min(len(raw), 1024)])
	return bytes.Contains(head, []byte("<svg")) || bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))), []byte("<?xml"))
}
