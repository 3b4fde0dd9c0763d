package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"github.com/relance/relance"
)

// sheetRows is how many rows a sheet holds, its heading included.
const sheetRows = 1_048_576

type csvFile struct {
	*list
	out *csv.Writer
}

func newCSV(w io.Writer, l *list) (*csvFile, error) {
	if l.Choice.Mark {
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return nil, err
		}
	}
	f := &csvFile{list: l, out: csv.NewWriter(w)}
	f.out.Comma, f.out.UseCRLF = l.Choice.Separator.Rune(), true
	return f, f.out.Write(l.headings())
}

// Row implements [Writer].
func (f *csvFile) Row(p *relance.Profile, stops relance.Stops) (bool, error) {
	cells, ok := f.row(p, stops)
	if !ok {
		return false, nil
	}
	return true, f.write(cells)
}

// Debtor implements [Writer].
func (f *csvFile) Debtor(p *relance.Profile, o *relance.Outstanding) error { return f.debtor(p, o, f) }

func (f *csvFile) write(cells []any) error {
	line := make([]string, len(cells))
	for i, c := range cells {
		line[i] = f.text(c)
	}
	return f.out.Write(line)
}

// Close implements [Writer].
func (f *csvFile) Close() error {
	f.out.Flush()
	return f.out.Error()
}

func (f *csvFile) text(c any) string {
	switch c := c.(type) {
	case nil:
		return ""
	case string:
		return harmless(c)
	case decimal.Decimal:
		return f.number(c)
	}
	return fmt.Sprint(c)
}

// number writes an amount with the comma where spreadsheets of the language read it so; beside commas
// between values it is a point.
func (f *csvFile) number(d decimal.Decimal) string {
	if f.Choice.Separator.Rune() != ',' && (f.Choice.Language == "fr" || f.Choice.Language == "de") {
		return strings.Replace(d.String(), ".", ",", 1)
	}
	return d.String()
}

// harmless keeps a spreadsheet from taking a text for a formula: names come from shops, and with them from
// whoever can type a name there. OWASP, "CSV injection".
func harmless(s string) string {
	if s != "" && strings.ContainsAny(s[:1], "=+-@\t\r\n") {
		return "'" + s
	}
	return s
}

// xlsxFile writes rows as they come; a sheet that is full is followed by another.
type xlsxFile struct {
	*list
	w      io.Writer
	book   *excelize.File
	sheet  *excelize.StreamWriter
	most   int // rows of a sheet
	sheets int
	next   int // row of the sheet
	bold   int
	date   int
	money  int
	digits int
}

func newXLSX(w io.Writer, l *list, most int) (*xlsxFile, error) {
	f := &xlsxFile{list: l, w: w, book: excelize.NewFile(), most: most}
	pattern := "yyyy-mm-dd"
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&f.bold, excelize.Style{Font: &excelize.Font{Bold: true}}},
		{&f.date, excelize.Style{CustomNumFmt: &pattern}},
		{&f.money, excelize.Style{NumFmt: 4}},   // #,##0.00
		{&f.digits, excelize.Style{NumFmt: 49}}, // text
	} {
		var err error
		if *s.id, err = f.book.NewStyle(&s.style); err != nil {
			return nil, err
		}
	}
	return f, f.begin()
}

// begin ends the sheet at hand and opens the next one, with its heading.
func (f *xlsxFile) begin() (err error) {
	f.sheets++
	name := f.say(words{"Customers", "Clients", "Kunden"})
	if f.Choice.List == relance.ExportOutstanding {
		name = f.say(words{"Outstanding amounts", "Encours", "Offene Beträge"})
	}
	if f.sheets == 1 {
		err = f.book.SetSheetName("Sheet1", name)
	} else {
		name += " " + strconv.Itoa(f.sheets)
		if err = f.sheet.Flush(); err == nil {
			_, err = f.book.NewSheet(name)
		}
	}
	if err != nil {
		return err
	}
	if f.sheet, err = f.book.NewStreamWriter(name); err != nil {
		return err
	}
	for i, c := range f.columns {
		if err := f.sheet.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
	}
	if err := f.sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	var head []any
	for _, h := range f.headings() {
		head = append(head, excelize.Cell{StyleID: f.bold, Value: h})
	}
	f.next = 2
	return f.sheet.SetRow("A1", head)
}

// Row implements [Writer].
func (f *xlsxFile) Row(p *relance.Profile, stops relance.Stops) (bool, error) {
	cells, ok := f.row(p, stops)
	if !ok {
		return false, nil
	}
	return true, f.write(cells)
}

// Debtor implements [Writer].
func (f *xlsxFile) Debtor(p *relance.Profile, o *relance.Outstanding) error {
	return f.debtor(p, o, f)
}

func (f *xlsxFile) write(cells []any) error {
	if f.next > f.most {
		if err := f.begin(); err != nil {
			return err
		}
	}
	for i, c := range cells {
		cells[i] = f.typed(c, f.columns[i].digits)
	}
	at := "A" + strconv.Itoa(f.next)
	f.next++
	return f.sheet.SetRow(at, cells)
}

// typed is a cell of the type of its value. Spreadsheets know no days before 1900: those are texts.
func (f *xlsxFile) typed(c any, digits bool) any {
	switch c := c.(type) {
	case day:
		t := time.Time(c)
		if t.Year() < 1900 || t.Year() > 9999 {
			return c.String()
		}
		return excelize.Cell{StyleID: f.date, Value: time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)}
	case decimal.Decimal:
		return excelize.Cell{StyleID: f.money, Value: c.InexactFloat64()}
	case string:
		if digits {
			return excelize.Cell{StyleID: f.digits, Value: c}
		}
	}
	return c
}

// Close implements [Writer].
func (f *xlsxFile) Close() (err error) {
	defer func() {
		if e := f.book.Close(); err == nil {
			err = e
		}
	}()
	if err := f.sheet.Flush(); err != nil {
		return err
	}
	_, err = f.book.WriteTo(f.w)
	return err
}
