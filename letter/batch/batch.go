// Package batch puts letters together for somebody who prints them: one file with a cover sheet
// and all letters in their order, and a list for a spreadsheet. It is pure: the same input gives
// the same bytes.
package batch

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/relance/relance"
	"github.com/relance/relance/letter"
	"github.com/relance/relance/template"
)

// MaxLetters is how many letters go into one file.
const MaxLetters = 500

// Letter is a finished letter.
type Letter struct {
	Reference  string // by which it is found again
	PDF        []byte
	Pages      int
	Name, City string   // of the recipient, for the cover
	Address    []string // the lines in the window
	Country    string   // ISO 3166-1 alpha-2
}

// Batch is what is printed in one go.
type Batch struct {
	Name     string
	Date     time.Time // in the zone of the merchant
	Language string    // of the cover and the list: en, de, fr
	Duplex   bool      // each letter begins on a sheet of its own where both sides are printed
	Letters  []Letter
}

// Files are the two files of a batch.
type Files struct {
	PDF    []byte
	Pages  int // with the cover and with blank ones
	Sheets int
	CSV    []byte // UTF-8 with a byte order mark, semicolons: as spreadsheets open it in Europe
}

// Make puts a batch together. The letters' pages are taken over as they are.
func Make(r *letter.Renderer, b Batch) (Files, error) {
	switch n := len(b.Letters); {
	case n == 0:
		return Files{}, relance.Tell(relance.CodeBadInput, nil, "BATCH_EMPTY")
	case n > MaxLetters:
		return Files{}, relance.Tell(relance.CodeBadInput, nil, "BATCH_LARGE", "most", strconv.Itoa(MaxLetters))
	}
	parts, pages, err := b.parts(r)
	if err != nil {
		return Files{}, err
	}
	pdf, err := b.merge(parts, pages)
	if err != nil {
		return Files{}, err
	}
	out := Files{PDF: pdf, Pages: pages, Sheets: pages}
	if b.Duplex {
		out.Sheets = pages / 2
	}
	out.CSV, err = b.List()
	return out, err
}

// parts are the files in their order: the cover, the letters, and blank pages between them.
func (b Batch) parts(r *letter.Renderer) (parts [][]byte, pages int, err error) {
	cover, err := b.cover(r)
	if err != nil {
		return nil, 0, err
	}
	blank, err := r.Blank(b.Date)
	if err != nil {
		return nil, 0, err
	}
	add := func(pdf []byte, n int) {
		parts, pages = append(parts, pdf), pages+n
		if b.Duplex && n%2 == 1 {
			parts, pages = append(parts, blank), pages+1
		}
	}
	add(cover.PDF, cover.Pages)
	for _, l := range b.Letters {
		n, err := api.PageCount(bytes.NewReader(l.PDF), configuration())
		if err != nil || n != l.Pages || n == 0 {
			return nil, 0, relance.Tell(relance.CodeBadInput, err, "BATCH_FILE", "reference", l.Reference)
		}
		add(l.PDF, n)
	}
	return parts, pages, nil
}

func (b Batch) cover(r *letter.Renderer) (letter.File, error) {
	w, sum := wordsIn(b.Language), 0
	c := letter.Cover{Title: b.Name, Language: b.Language, Date: b.Date, Head: []string{w.number, w.reference, w.name, w.city, w.pages}, Widths: []float64{10, 46, 60, 36, 18}}
	for i, l := range b.Letters {
		sum += l.Pages
		c.Rows = append(c.Rows, []string{strconv.Itoa(i + 1), l.Reference, l.Name, l.City, strconv.Itoa(l.Pages)})
	}
	c.Facts = []string{template.Day(b.Date, b.Language), fmt.Sprintf(w.letters, len(b.Letters)), fmt.Sprintf(w.sum, sum)}
	if b.Duplex {
		c.Facts = append(c.Facts, w.duplex)
	}
	return r.Cover(c)
}

// configuration is pdfcpu's without its defaults, which look for files of the user. Nothing is
// optimised: pages stay what they were.
func configuration() *model.Configuration {
	return &model.Configuration{
		Reader15: true, ValidationMode: model.ValidationRelaxed, UnsupportedResourcePolicy: model.UnsupportedResourceSkip,
		Eol: types.EolLF, Offline: true, Limits: model.DefaultResourceLimits(),
	}
}

// merge writes the parts as one file.
func (b Batch) merge(parts [][]byte, pages int) ([]byte, error) {
	var from []io.ReadSeeker
	for _, p := range parts {
		from = append(from, bytes.NewReader(p))
	}
	var out bytes.Buffer
	if err := api.MergeRaw(from, &out, false, configuration()); err != nil {
		return nil, relance.WrapError(relance.CodeInternal, err, "the letters cannot be put together")
	}
	pdf, err := settle(out.Bytes(), b.Date)
	if err != nil {
		return nil, relance.WrapError(relance.CodeInternal, err, "the letters put together cannot be read")
	}
	if n, err := api.PageCount(bytes.NewReader(pdf), configuration()); err != nil || n != pages {
		return nil, relance.WrapError(relance.CodeInternal, err, "the letters put together have %d pages instead of %d", n, pages)
	}
	return pdf, nil
}

// List writes the table for spreadsheets alone: the letters need no PDF.
func (b Batch) List() ([]byte, error) {
	lines := 0
	for _, l := range b.Letters {
		lines = max(lines, len(l.Address))
	}
	w := wordsIn(b.Language)
	head := []string{w.reference, w.name}
	for i := range lines {
		head = append(head, fmt.Sprintf("%s %d", w.line, i+1))
	}
	out := bytes.NewBufferString("\ufeff")
	table := csv.NewWriter(out)
	table.Comma, table.UseCRLF = ';', true
	rows := [][]string{append(head, w.country, w.pages)}
	for _, l := range b.Letters {
		row := append([]string{l.Reference, l.Name}, l.Address...)
		row = append(row, make([]string, lines-len(l.Address))...)
		row = append(row, l.Country, strconv.Itoa(l.Pages))
		for i := range row {
			row[i] = harmless(row[i])
		}
		rows = append(rows, row)
	}
	err := table.WriteAll(rows)
	return out.Bytes(), err
}

// harmless keeps a spreadsheet from reading a text as a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}
