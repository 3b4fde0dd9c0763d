package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/relance/relance/internal/sheet"
)

// read reads a CSV as it is detected, a line of text for each row.
func read(t *testing.T, file []byte) (g sheet.Guess, rows []string) {
	t.Helper()
	g, err := sheet.Detect(file[:min(len(file), 64<<10)])
	if err != nil {
		t.Fatal(err)
	}
	r := sheet.NewCSV(bytes.NewReader(file), g.Encoding, g.Separator)
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return g, rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, fmt.Sprintf("%d %s%s", row.Line, row.Problem, strings.Join(row.Cells, "/")))
	}
}

func TestEncodingsAndSeparators(t *testing.T) {
	t.Parallel()
	for _, sep := range []string{";", ",", "|", "\t"} {
		plain := strings.ReplaceAll("Name~Ort\r\nMüller~Köln\r\n\"a~b\"\"c\"~É\r\n", "~", sep)
		latin, err := charmap.Windows1252.NewEncoder().String(plain)
		if err != nil {
			t.Fatal(err)
		}
		little, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(plain)
		big, _ := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(plain)
		for name, file := range map[string]string{"UTF-8": plain, "UTF-8 ": "\ufeff" + plain, "WINDOWS-1252": latin, "UTF-16LE": little, "UTF-16BE": big} {
			g, rows := read(t, []byte(file))
			want := []string{"1 Name/Ort", "2 Müller/Köln", "3 a" + sep + `b"c/É`}
			if diff := cmp.Diff(want, rows); diff != "" || g.Encoding != strings.TrimSpace(name) || g.Separator != sep {
				t.Errorf("%s with %q is taken for %+v (-want +got):\n%s", name, sep, g, diff)
			}
		}
	}
}

func TestMixedEncodings(t *testing.T) {
	t.Parallel()
	_, rows := read(t, []byte("n;o\nMüller;1\nM\xfcller;2\n"))
	if diff := cmp.Diff([]string{"1 n/o", "2 Müller/1", "3 Müller/2"}, rows); diff != "" {
		t.Error(diff)
	}
}

func TestAQuoteThatIsNeverClosed(t *testing.T) {
	t.Parallel()
	_, rows := read(t, []byte("n;o\n\"two\nlines\";1\n\"open;2\nb;3\nc;4\n"))
	if diff := cmp.Diff([]string{"1 n/o", "2 two\nlines/1", "4 QUOTE_OPEN\"open;2", "5 b/3", "6 c/4"}, rows); diff != "" {
		t.Error(diff)
	}
	var many strings.Builder
	many.WriteString("n;o\n\"open;1\n")
	for i := range 200_000 {
		fmt.Fprintf(&many, "b%d;2\n", i)
	}
	if _, rows = read(t, []byte(many.String())); len(rows) != 200_002 {
		t.Errorf("a quote spoils rows after it: %d are left", len(rows))
	}
}

func TestAMillionColumns(t *testing.T) {
	t.Parallel()
	_, rows := read(t, []byte("a;b\n"+strings.Repeat("x;", 1_000_000)+"\n"+strings.Repeat("y;", 600)+"\nc;d\n"))
	if len(rows) != 4 || !strings.HasPrefix(rows[1], "2 TOO_LONG") || !strings.HasPrefix(rows[2], "3 TOO_MANY_COLUMNS") || rows[3] != "4 c/d" {
		t.Errorf("%d rows: %.80v", len(rows), rows)
	}
}

func TestWhatIsNoSpreadsheet(t *testing.T) {
	t.Parallel()
	for name, head := range map[string]string{"empty": " \n", "old Excel": "\xd0\xcf\x11\xe0", "PDF": "%PDF-1.7", "binary": "a\x00b;\x01"} {
		if _, err := sheet.Detect([]byte(head)); !errors.Is(err, sheet.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWorkbooks(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	set := func(cell string, v any) {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	set("A1", "Name")
	set("B1", "Born")
	set("A3", "Keller")
	set("B3", 29221)
	if err := f.SetCellFormula("Sheet1", "A4", `HYPERLINK("https://example.com")`); err != nil {
		t.Fatal(err)
	}
	set("B4", "x")
	path := filepath.Join(t.TempDir(), "a.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	x, err := sheet.OpenXLSX(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	}()
	var got []string
	for {
		row, err := x.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%d %s", row.Line, strings.Join(row.Cells, "/")))
	}
	if diff := cmp.Diff([]string{"1 Name/Born", "3 Keller/29221", "4 /x"}, got); diff != "" {
		t.Error(diff)
	}
	if day, ok := sheet.Serial("29221"); !ok || day.Format("2006-01-02") != "1980-01-01" {
		t.Errorf("29221 is %v", day)
	}
}

// A file of some kilobytes that unpacks to four gigabytes is refused before it does.
func TestAZipBomb(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bomb.xlsx")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(out)
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 200 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = sheet.OpenXLSX(path)
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; !errors.Is(err, sheet.ErrBomb) || grown > 10<<20 {
		t.Errorf("%v after %d bytes", err, grown)
	}
}
