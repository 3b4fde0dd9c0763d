package app

import (
	"context"
	"io"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/report"
)

// Report sums what campaigns did in a month, written like 2026-11, in each shop's zone. shops are
// those that the asker may see; nil: all.
func (a *App) Report(ctx context.Context, m uuid.UUID, month string, shops []uuid.UUID) ([]relance.ReportRow, error) {
	first, err := relance.ParseMonth(month)
	if err != nil {
		return nil, err
	}
	return a.Store.Report(ctx, m, first, shops)
}

// WriteReport writes a month's report as a file of the format xlsx or csv, with headings in a
// language. Nothing is written where it fails before.
func (a *App) WriteReport(ctx context.Context, w io.Writer, m uuid.UUID, month, format, language string, shops []uuid.UUID) error {
	if format != "xlsx" && format != "csv" {
		return relance.FieldErrorf("format", "a report is written as xlsx or csv")
	}
	rows, err := a.Report(ctx, m, month, shops)
	if err != nil {
		return err
	}
	if format == "csv" {
		return report.WriteCSV(w, language, rows)
	}
	return report.WriteXLSX(w, month, language, rows)
}
