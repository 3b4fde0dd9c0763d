// Package sheet reads spreadsheets that somebody made, row by row in bounded memory: CSV in any of the
// usual encodings, and XLSX. Nothing in a file is believed: lines, cells and columns have bounds, and a
// row that cannot be read spoils no other.
package sheet

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"
)

// The bounds of a row.
const (
	MaxColumns = 500
	MaxCell    = 32_767   // characters
	maxLine    = 1 << 18  // bytes
	maxQuoted  = 64 << 10 // bytes that a quoted cell may run on for
	maxRunOn   = 50       // lines that it may
)

// Problem is why a row cannot be read.
type Problem string

// The problems of a row.
const (
	Fine           Problem = ""
	QuoteOpen      Problem = "QUOTE_OPEN"
	TooManyColumns Problem = "TOO_MANY_COLUMNS"
	TooLong        Problem = "TOO_LONG"
)

// Row is a row of a spreadsheet.
type Row struct {
	Line    int64 // from 1
	Cells   []string
	Problem Problem
}

// Empty reports whether nothing stands in the row.
func (r *Row) Empty() bool {
	for _, c := range r.Cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return r.Problem == Fine
}

// Reader reads rows one after the other; io.EOF is their end.
type Reader interface {
	Next() (Row, error)
	Close() error
}

// Why a file cannot be read at all.
var (
	ErrFormat = errors.New("neither CSV nor XLSX")
	ErrBomb   = errors.New("unpacks to far more than it should")
)

// Guess is what the beginning of a file says.
type Guess struct {
	Format    string // CSV or XLSX
	Encoding  string // UTF-8, UTF-16LE, UTF-16BE, WINDOWS-1252
	Separator string // of CSV
}

// Detect looks at the beginning of a file, some tens of kilobytes of it.
func Detect(head []byte) (Guess, error) {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return Guess{Format: "XLSX"}, nil
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")), bytes.HasPrefix(head, []byte("%PDF")), len(bytes.TrimSpace(head)) == 0:
		return Guess{}, ErrFormat
	}
	g := Guess{Format: "CSV", Encoding: encoding(head)}
	if g.Encoding == "UTF-8" || g.Encoding == "WINDOWS-1252" {
		if bytes.IndexByte(head, 0) >= 0 {
			return Guess{}, ErrFormat
		}
	}
	g.Separator = separator(head, g.Encoding)
	return g, nil
}

// encoding tells how the text is written. What is no UTF-8 is taken for Windows-1252, line by line.
func encoding(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return "UTF-16LE"
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return "UTF-16BE"
	}
	even, odd := 0, 0
	for i, b := range head[:min(len(head), 1000)] {
		if b == 0 && i%2 == 0 {
			even++
		} else if b == 0 {
			odd++
		}
	}
	switch n := min(len(head), 1000); {
	case odd > n/4:
		return "UTF-16LE"
	case even > n/4:
		return "UTF-16BE"
	}
	if cut := len(head) - utf8.UTFMax; cut > 0 { // a letter may be cut in two
		head = head[:cut+bytes.LastIndexByte(append([]byte("\n"), head[cut:]...), '\n')]
	}
	if utf8.Valid(head) {
		return "UTF-8"
	}
	return "WINDOWS-1252"
}

// separator is the one that the first lines have most often, and equally often.
func separator(head []byte, encoding string) string {
	best, most := ";", 0
	for _, sep := range []string{";", "\t", ",", "|"} {
		r := NewCSV(bytes.NewReader(head), encoding, sep)
		first, err := r.Next()
		if err != nil || len(first.Cells) < 2 {
			continue
		}
		score := len(first.Cells)
		for range 20 {
			row, err := r.Next()
			if err != nil {
				break
			}
			if len(row.Cells) == len(first.Cells) {
				score += len(first.Cells)
			}
		}
		if score > most {
			best, most = sep, score
		}
	}
	return best
}
