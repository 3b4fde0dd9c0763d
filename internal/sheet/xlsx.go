package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// What an XLSX may unpack to: a million rows of twenty columns come to less.
const (
	maxUnpacked  = 3 << 30
	maxInMemory  = 16 << 20 // of a part; beyond it goes to a temporary file
	maxRatio     = 400      // of packed to unpacked
	smallEnough  = 64 << 20 // to be packed as well as it likes
	maxPartCount = 10_000
)

// XLSX reads the first sheet of a workbook.
type XLSX struct {
	file *excelize.File
	rows *excelize.Rows
	line int64
}

// OpenXLSX opens a workbook.
func OpenXLSX(path string) (*XLSX, error) {
	if err := weigh(path); err != nil {
		return nil, err
	}
	f, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxInMemory})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	sheets := f.GetSheetList()
	if len(sheets) == 0 {
		return nil, errors.Join(ErrFormat, f.Close())
	}
	rows, err := f.Rows(sheets[0])
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", ErrFormat, err), f.Close())
	}
	return &XLSX{file: f, rows: rows}, nil
}

// weigh refuses what would unpack to too much before anything is unpacked.
func weigh(path string) error {
	z, err := zip.OpenReader(path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	defer func() { _ = z.Close() }()
	var sum, packed uint64
	for _, f := range z.File {
		sum += f.UncompressedSize64
		packed += f.CompressedSize64
		if f.UncompressedSize64 > maxUnpacked || sum > maxUnpacked {
			return ErrBomb
		}
	}
	if len(z.File) > maxPartCount || sum > smallEnough && sum/max(packed, 1) > maxRatio {
		return ErrBomb
	}
	return nil
}

// Next implements Reader. A formula is its value as it was computed last.
func (x *XLSX) Next() (Row, error) {
	for x.rows.Next() {
		x.line++
		cells, err := x.rows.Columns()
		if err != nil {
			return Row{}, fmt.Errorf("%w: %w", ErrFormat, err)
		}
		row := Row{Line: x.line, Cells: cells}
		if len(cells) > MaxColumns {
			row.Cells, row.Problem = cells[:MaxColumns], TooManyColumns
		}
		for i, c := range row.Cells {
			row.Cells[i] = strings.TrimSpace(strings.ReplaceAll(c, "\x00", ""))
			if len(c) > 4*MaxCell {
				row.Cells[i], row.Problem = clip(c), TooLong
			}
		}
		if !row.Empty() {
			return row, nil
		}
	}
	if err := x.rows.Error(); err != nil {
		return Row{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return Row{}, io.EOF
}

// Close removes what was unpacked.
func (x *XLSX) Close() error { return errors.Join(x.rows.Close(), x.file.Close()) }

// Serial reads a cell as the number of a day that spreadsheets count from 1900.
func Serial(s string) (time.Time, bool) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n < 61 || n > 2_958_465 {
		return time.Time{}, false
	}
	t, err := excelize.ExcelDateToTime(n, false)
	return t.Round(time.Second), err == nil
}
