package measure

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"strconv"
)

// Limits of what is read. A letter has three pages and a few hundred kilobytes; whoever hands in
// more is answered with an error in a moment.
const (
	maxBytes    = 8 << 20
	maxObjects  = 2000
	maxInflated = 32 << 20 // all streams together
	maxDepth    = 24       // arrays and dictionaries in one another
	maxPages    = 100
	maxOps      = 200_000 // operators of one page
)

// The values of a file besides float64, bool, string and nil.
type (
	name   string
	ref    int
	list   []any
	dict   map[name]any
	word   string // an operator or a keyword
	stream struct {
		dict
		data []byte // as in the file
	}
)

// file holds the objects of a PDF by number.
type file struct {
	objects  map[ref]any
	trailer  dict
	inflated int
}

// open reads the objects one after the other from the beginning. It takes files that were written
// in one go: an object that stands there twice, an object stream or encryption is refused, because
// then another reader could see something else.
func open(b []byte) (*file, error) {
	if len(b) > maxBytes {
		return nil, fmt.Errorf("the file has more than %d bytes", maxBytes)
	}
	if !bytes.HasPrefix(b, []byte("%PDF-1.")) {
		return nil, fmt.Errorf("the file does not begin as a PDF")
	}
	f, l := &file{objects: map[ref]any{}}, &lexer{b: b}
	for {
		v, err := l.value(0)
		if err != nil {
			return nil, err
		}
		if v == word("xref") {
			return f, f.readTrailer(l)
		}
		number, isNumber := v.(float64)
		_, _ = l.value(0) // the generation
		if k, err := l.value(0); err != nil || !isNumber || k != word("obj") {
			return nil, fmt.Errorf("there is no object at byte %d", l.at)
		}
		if err := f.object(l, ref(number)); err != nil {
			return nil, fmt.Errorf("object %g: %w", number, err)
		}
	}
}

func (f *file) object(l *lexer, number ref) error {
	if _, twice := f.objects[number]; twice || len(f.objects) >= maxObjects {
		return fmt.Errorf("it is there twice, or there are too many")
	}
	v, err := l.value(0)
	if err != nil {
		return err
	}
	end, err := l.value(0)
	if err != nil {
		return err
	}
	if end == word("stream") {
		d, _ := v.(dict)
		data, err := l.stream(d["Length"])
		if err != nil {
			return err
		}
		v = stream{d, data}
		end, _ = l.value(0)
	}
	if end != word("endobj") {
		return fmt.Errorf("it does not end")
	}
	f.objects[number] = v
	return nil
}

// readTrailer skips the table of objects, which were read as they stand.
func (f *file) readTrailer(l *lexer) error {
	for range 3*maxObjects + 10 {
		v, err := l.value(0)
		if err != nil {
			return err
		}
		if v == word("trailer") {
			d, err := l.value(0)
			if err != nil {
				return err
			}
			f.trailer, _ = d.(dict)
			if _, secret := f.trailer["Encrypt"]; secret || f.trailer == nil {
				return fmt.Errorf("the file is encrypted or has no trailer")
			}
			if _, more := f.trailer["Prev"]; more {
				return fmt.Errorf("the file was changed after it was written")
			}
			if rest := l.b[l.at:]; bytes.Count(rest, []byte("%%EOF")) != 1 || bytes.Contains(rest, []byte(" obj")) {
				return fmt.Errorf("the file was changed after it was written")
			}
			return nil
		}
	}
	return fmt.Errorf("there is no trailer")
}

// get follows a reference.
func (f *file) get(v any) any {
	for range 4 {
		r, is := v.(ref)
		if !is {
			return v
		}
		v = f.objects[r]
	}
	return nil
}

func (f *file) dict(v any) dict {
	switch d := f.get(v).(type) {
	case dict:
		return d
	case stream:
		return d.dict
	}
	return nil
}

func (f *file) list(v any) list {
	l, _ := f.get(v).(list)
	return l
}

func (f *file) number(v any) float64 {
	n, _ := f.get(v).(float64)
	return n
}

// content is a stream unpacked.
func (f *file) content(v any) ([]byte, error) {
	s, is := f.get(v).(stream)
	if !is {
		return nil, fmt.Errorf("a stream is missing")
	}
	switch f.get(s.dict["Filter"]) {
	case nil:
		return s.data, nil
	case name("FlateDecode"):
	default:
		return nil, fmt.Errorf("a stream is packed in an unknown way")
	}
	if s.dict["DecodeParms"] != nil {
		return nil, fmt.Errorf("a stream is packed in an unknown way")
	}
	z, err := zlib.NewReader(bytes.NewReader(s.data))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(z, int64(maxInflated-f.inflated)+1))
	f.inflated += len(out)
	if f.inflated > maxInflated {
		return nil, fmt.Errorf("streams unpack to more than %d bytes", maxInflated)
	}
	return out, err
}

// lexer reads values.
type lexer struct {
	b  []byte
	at int
}

// stream reads what follows the keyword.
func (l *lexer) stream(length any) ([]byte, error) {
	if l.at < len(l.b) && l.b[l.at] == '\r' {
		l.at++
	}
	if l.at < len(l.b) && l.b[l.at] == '\n' {
		l.at++
	}
	n, is := length.(float64)
	if !is || n < 0 || n > float64(len(l.b)-l.at) {
		return nil, fmt.Errorf("a stream does not say how long it is")
	}
	data := l.b[l.at : l.at+int(n)]
	l.at += int(n)
	if v, err := l.value(0); err != nil || v != word("endstream") {
		return nil, fmt.Errorf("a stream is longer than it says")
	}
	return data, nil
}

func space(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func delimiter(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

// skip passes white space and comments.
func (l *lexer) skip() {
	for l.at < len(l.b) {
		switch {
		case space(l.b[l.at]):
			l.at++
		case l.b[l.at] == '%':
			for l.at < len(l.b) && l.b[l.at] != '\n' && l.b[l.at] != '\r' {
				l.at++
			}
		default:
			return
		}
	}
}

// value reads the next one; io.EOF at the end.
func (l *lexer) value(depth int) (any, error) {
	l.skip()
	if l.at >= len(l.b) {
		return nil, io.EOF
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("values are nested too deeply")
	}
	switch c := l.b[l.at]; {
	case c == '(':
		return l.text()
	case c == '/':
		l.at++
		return name(l.run()), nil
	case c == '[':
		l.at++
		return l.list(depth)
	case c == '<' && l.at+1 < len(l.b) && l.b[l.at+1] == '<':
		l.at += 2
		return l.dict(depth)
	case c == '<':
		return l.hex()
	case c == ']' || c == '>' || c == '{' || c == '}' || c == ')':
		l.at++
		if c == '>' && l.at < len(l.b) && l.b[l.at] == '>' {
			l.at++
			return word(">>"), nil
		}
		return word(c), nil
	}
	return l.plain(), nil
}

func (l *lexer) run() string {
	from := l.at
	for l.at < len(l.b) && !space(l.b[l.at]) && !delimiter(l.b[l.at]) {
		l.at++
	}
	return string(l.b[from:l.at])
}

// plain reads a number, a reference or a keyword.
func (l *lexer) plain() any {
	s := l.run()
	n, err := strconv.ParseFloat(s, 64)
	switch {
	case s == "true" || s == "false":
		return s == "true"
	case s == "null":
		return nil
	case err != nil || s[0] > '9': // Inf and NaN are words here
		return word(s)
	}
	if n != float64(int(n)) || n < 0 {
		return n
	}
	// A reference is two whole numbers and an R.
	back := l.at
	l.skip()
	generation := l.run()
	l.skip()
	if _, err := strconv.ParseUint(generation, 10, 16); err == nil && l.run() == "R" {
		return ref(n)
	}
	l.at = back
	return n
}

func (l *lexer) list(depth int) (any, error) {
	out := list{}
	for {
		v, err := l.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if v == word("]") {
			return out, nil
		}
		if _, odd := v.(word); odd {
			return nil, fmt.Errorf("an array holds a keyword")
		}
		out = append(out, v)
	}
}

func (l *lexer) dict(depth int) (any, error) {
	out := dict{}
	for {
		k, err := l.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if k == word(">>") {
			return out, nil
		}
		key, is := k.(name)
		v, err := l.value(depth + 1)
		if _, odd := v.(word); odd || !is || err != nil {
			return nil, fmt.Errorf("a dictionary is broken")
		}
		if _, twice := out[key]; twice {
			return nil, fmt.Errorf("a dictionary names a key twice")
		}
		out[key] = v
	}
}

// text reads a string in parentheses.
func (l *lexer) text() (any, error) {
	var out []byte
	l.at++
	for open := 1; l.at < len(l.b); l.at++ {
		c := l.b[l.at]
		switch c {
		case '\\':
			l.at++
			out = l.escaped(out)
			continue
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				l.at++
				return string(out), nil
			}
		}
		out = append(out, c)
	}
	return nil, io.EOF
}

// escaped reads what follows a backslash; at is left on its last byte.
func (l *lexer) escaped(out []byte) []byte {
	if l.at >= len(l.b) {
		return out
	}
	c := l.b[l.at]
	if i := bytes.IndexByte([]byte("nrtbf"), c); i >= 0 {
		return append(out, "\n\r\t\b\f"[i])
	}
	if c == '\r' || c == '\n' {
		return out // the line goes on
	}
	if c < '0' || c > '7' {
		return append(out, c)
	}
	n := 0
	for range 3 {
		if l.at >= len(l.b) || l.b[l.at] < '0' || l.b[l.at] > '7' {
			break
		}
		n = n*8 + int(l.b[l.at]-'0')
		l.at++
	}
	l.at--
	return append(out, byte(n))
}

func (l *lexer) hex() (any, error) {
	end := bytes.IndexByte(l.b[l.at:], '>')
	if end < 0 {
		return nil, io.EOF
	}
	var digits []byte
	for _, c := range l.b[l.at+1 : l.at+end] {
		if !space(c) {
			digits = append(digits, c)
		}
	}
	l.at += end + 1
	if len(digits)%2 == 1 {
		digits = append(digits, '0')
	}
	out := make([]byte, 0, len(digits)/2)
	for i := 0; i < len(digits); i += 2 {
		n, err := strconv.ParseUint(string(digits[i:i+2]), 16, 8)
		if err != nil {
			return nil, fmt.Errorf("a string is not hexadecimal")
		}
		out = append(out, byte(n))
	}
	return string(out), nil
}
