package picture_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/relance/relance/internal/picture"
)

func drawn(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, color.NRGBA{R: uint8(x), G: uint8(y), B: 90, A: uint8(255 - x%3)})
		}
	}
	return m
}

func asPNG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// chunk is a part of a PNG file.
func chunk(kind, body string) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(append(out, kind...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// withText puts a comment behind the head of a PNG file.
func withText(file []byte, text string) []byte {
	const head = 8 + 25
	return append(append(append([]byte{}, file[:head]...), chunk("tEXt", "Comment\x00"+text)...), file[head:]...)
}

// withEXIF puts a comment behind the first mark of a JPEG file.
func withEXIF(file []byte, text string) []byte {
	part := append([]byte{0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(text)+2))...)
	return append(append(append([]byte{}, file[:2]...), append(part, text...)...), file[2:]...)
}

func TestPicturesAreWrittenAnew(t *testing.T) {
	t.Parallel()
	const secret = "Rue de la Paix, 48.8686 N"
	m := drawn(120, 40)
	for name, c := range map[string]struct {
		raw       []byte
		mediaType string
	}{
		"PNG with a comment":  {withText(asPNG(t, m), secret), "image/png"},
		"PNG with a tail":     {append(asPNG(t, m), "<script>"+secret+"</script>"...), "image/png"},
		"JPEG with a comment": {withEXIF(asJPEG(t, m), secret), "image/jpeg"},
		"JPEG with a tail":    {append(asJPEG(t, m), secret...), "image/jpeg"},
	} {
		p, err := picture.Clean(c.raw)
		if err != nil || p.MediaType != c.mediaType || p.Width != 120 || p.Height != 40 {
			t.Errorf("%s: %s, %d × %d, %v", name, p.MediaType, p.Width, p.Height, err)
			continue
		}
		if bytes.Contains(p.Content, []byte(secret)) {
			t.Errorf("%s: what was hidden in it is kept", name)
		}
		again, _, err := image.Decode(bytes.NewReader(p.Content))
		if err != nil || again.Bounds() != m.Bounds() {
			t.Errorf("%s: what was written is no such picture: %v", name, err)
		}
		if c.mediaType == "image/png" && again.At(7, 7) != m.At(7, 7) {
			t.Errorf("%s: the colour %v became %v", name, m.At(7, 7), again.At(7, 7))
		}
	}
}

// bomb is a PNG of a few hundred bytes that says to be so many pixels wide and high.
func bomb(w, h uint32) []byte {
	head := string(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)) + "\x08\x06\x00\x00\x00"
	return append(append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", head)...), chunk("IDAT", strings.Repeat("\x00", 300))...)
}

func TestWhatIsNoPictureIsRefused(t *testing.T) {
	t.Parallel()
	file := asPNG(t, drawn(50, 50))
	noise := make([]byte, 4*400*400)
	for i := range noise {
		noise[i] = byte(rand.N(256))
	}
	var moving bytes.Buffer
	if err := gif.Encode(&moving, drawn(9, 9), nil); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		raw  []byte
		want error
	}{
		"nothing":            {nil, picture.ErrUnknown},
		"a text":             {[]byte("hello"), picture.ErrUnknown},
		"a GIF":              {moving.Bytes(), picture.ErrUnknown},
		"a page":             {[]byte("<!doctype html><script>alert(1)</script>"), picture.ErrUnknown},
		"an SVG":             {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), picture.ErrVector},
		"an SVG with a head": {[]byte("\xef\xbb\xbf\n<?xml version=\"1.0\"?><!DOCTYPE svg>"), picture.ErrVector},
		"cut off":            {file[:len(file)/2], picture.ErrUnreadable},
		"only a mark":        {[]byte("\x89PNG\r\n\x1a\n"), picture.ErrUnreadable},
		"only a JPEG's mark": {[]byte("\xff\xd8\xff\xe0"), picture.ErrUnreadable},
		"a bomb":             {bomb(60_000, 60_000), picture.ErrTooWide},
		"a wide one":         {asPNG(t, image.NewGray(image.Rect(0, 0, 2001, 1))), picture.ErrTooWide},
		"a high one":         {asJPEG(t, image.NewGray(image.Rect(0, 0, 1, 2001))), picture.ErrTooWide},
		"many bytes":         {asPNG(t, &image.NRGBA{Pix: noise, Stride: 1600, Rect: image.Rect(0, 0, 400, 400)}), picture.ErrTooLarge},
	} {
		if _, err := picture.Clean(c.raw); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// A few bytes cost a few bytes.
func TestABombIsNotUnpacked(t *testing.T) {
	raw := bomb(100_000, 100_000)
	if n := testing.AllocsPerRun(10, func() { _, _ = picture.Clean(raw) }); n > 200 {
		t.Errorf("%v allocations", n)
	}
}

// A portrait is small, a JPEG, without what was hidden in the file, and white where nothing is.
func TestPortraitsAreSmall(t *testing.T) {
	t.Parallel()
	empty := image.NewNRGBA(image.Rect(0, 0, 900, 30))
	for name, c := range map[string]struct {
		raw  []byte
		w, h int
	}{
		"wide":        {asPNG(t, drawn(1600, 800)), 400, 200},
		"high":        {withEXIF(asJPEG(t, drawn(500, 1000)), "48.8686 N"), 200, 400},
		"small":       {asPNG(t, drawn(40, 30)), 40, 30},
		"transparent": {asPNG(t, empty), 400, 13},
		"a line":      {asPNG(t, drawn(1999, 1)), 400, 1},
	} {
		p, err := picture.Portrait(c.raw)
		if err != nil || p.MediaType != "image/jpeg" || p.Width != c.w || p.Height != c.h || bytes.Contains(p.Content, []byte("48.8686")) {
			t.Errorf("%s: %s, %d × %d, %v", name, p.MediaType, p.Width, p.Height, err)
			continue
		}
		m, err := jpeg.Decode(bytes.NewReader(p.Content))
		if err != nil || m.Bounds().Dx() != c.w {
			t.Fatalf("%s: %v", name, err)
		}
		if r, g, b, _ := m.At(0, 0).RGBA(); name == "transparent" && min(r, g, b) < 0xf000 {
			t.Errorf("nothing is shown as %v", m.At(0, 0))
		}
	}
	if _, err := picture.Portrait(bomb(50_000, 50_000)); !errors.Is(err, picture.ErrTooWide) {
		t.Errorf("a bomb: %v", err)
	}
}
