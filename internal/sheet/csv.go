package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// CSV reads separated values. It takes what spreadsheets write, and what people break: a quote that is
// never closed spoils the line it stands in and none after it.
type CSV struct {
	in      *bufio.Reader
	sep     byte
	line    int64
	waiting []text // lines that were looked at already
}

// text is a line of a file.
type text struct {
	number int64
	body   string
	long   bool
}

// NewCSV reads from r in an encoding of Detect.
func NewCSV(r io.Reader, encoding, separator string) *CSV {
	switch encoding {
	case "UTF-16LE":
		r = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(r)
	case "UTF-16BE":
		r = unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder().Reader(r)
	}
	if separator == "" {
		separator = ";"
	}
	return &CSV{in: bufio.NewReaderSize(r, 64<<10), sep: separator[0]}
}

// Close implements Reader.
func (c *CSV) Close() error { return nil }

// Next gives the next row that is not blank.
func (c *CSV) Next() (Row, error) {
	for {
		first, err := c.read()
		if err != nil {
			return Row{}, err
		}
		if first.long {
			return Row{Line: first.number, Problem: TooLong}, nil
		}
		if strings.Trim(first.body, "\ufeff \t"+string(c.sep)) == "" {
			continue
		}
		return c.row(first)
	}
}

// row reads the row that begins in a line.
func (c *CSV) row(first text) (Row, error) {
	out := Row{Line: first.number}
	body := first.body
	var further []text
	for {
		cells, open, problem := split(body, c.sep)
		if !open {
			out.Cells, out.Problem = cells, problem
			return out, nil
		}
		next, err := c.read()
		if err != nil && !errors.Is(err, io.EOF) {
			return out, err
		}
		if err == nil {
			further = append(further, next)
			body += "\n" + next.body
		}
		if err != nil || next.long || len(further) > maxRunOn || len(body) > maxQuoted {
			c.waiting = append(further, c.waiting...)
			out.Cells, out.Problem = []string{clip(first.body)}, QuoteOpen
			return out, nil
		}
	}
}

// split parts a row; open tells that it ends within quotes.
func split(s string, sep byte) (cells []string, open bool, problem Problem) {
	var b strings.Builder
	for {
		b.Reset()
		if len(s) > 0 && s[0] == '"' {
			s = s[1:]
			for {
				i := strings.IndexByte(s, '"')
				if i < 0 {
					return nil, true, Fine
				}
				b.WriteString(s[:i])
				s = s[i+1:]
				if len(s) == 0 || s[0] != '"' {
					break
				}
				b.WriteByte('"')
				s = s[1:]
			}
		}
		i := strings.IndexByte(s, sep)
		rest := i >= 0
		if !rest {
			i = len(s)
		}
		b.WriteString(s[:i])
		cell := b.String()
		if len(cell) > MaxCell && utf8.RuneCountInString(cell) > MaxCell {
			problem = TooLong
			cell = clip(cell)
		}
		if len(cells) == MaxColumns {
			return cells, false, TooManyColumns
		}
		cells = append(cells, strings.TrimSpace(cell))
		if !rest {
			return cells, false, problem
		}
		s = s[i+1:]
	}
}

// read gives the next line in UTF-8. A line that is none is read as Windows-1252: files grow together
// of parts that were written differently.
func (c *CSV) read() (text, error) {
	if len(c.waiting) > 0 {
		t := c.waiting[0]
		c.waiting = c.waiting[1:]
		return t, nil
	}
	raw, long, err := c.raw()
	if err != nil {
		return text{}, err
	}
	c.line++
	if c.line == 1 {
		raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	}
	if !utf8.Valid(raw) {
		if raw, err = charmap.Windows1252.NewDecoder().Bytes(raw); err != nil {
			return text{}, err
		}
	}
	return text{number: c.line, body: strings.ReplaceAll(string(raw), "\x00", ""), long: long}, nil
}

// raw gives the bytes of the next line; of one beyond the bound only its beginning. A carriage return
// ends a line too.
func (c *CSV) raw() (line []byte, long bool, err error) {
	for {
		part, err := c.in.ReadSlice('\n')
		if len(line)+len(part) > maxLine {
			long = true
			part = part[:max(0, min(len(part), 1000-len(line)))]
		}
		line = append(line, part...)
		switch {
		case err == nil:
			return bytes.TrimRight(line, "\r\n"), long, nil
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(line) > 0:
			return bytes.TrimRight(line, "\r\n"), long, nil
		default:
			return nil, false, err
		}
	}
}

// clip keeps the beginning of a text that is too long.
func clip(s string) string {
	if len(s) > 1000 {
		s = strings.ToValidUTF8(s[:1000], "") + "…"
	}
	return s
}
