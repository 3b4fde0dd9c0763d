package graph

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// ReportWriter writes monthly reports.
type ReportWriter interface {
	WriteReport(ctx context.Context, w io.Writer, m uuid.UUID, month, format, language string, shops []uuid.UUID) error
}

// ReportFile gives a monthly report as a file: /report?month=2026-11&format=xlsx&language=fr. It
// expects Require in front of it, and asks for the role that the query of the same needs.
func ReportFile(reports ReportWriter, log *slog.Logger) http.Handler {
	types := map[string]string{"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, ask := bearer(r.Context()), r.URL.Query()
		if !b.Role.Includes(relance.RoleMarketer) {
			refuse(w, http.StatusForbidden, relance.CodeForbidden, "this needs the role "+string(relance.RoleMarketer))
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), maxTime)
		defer cancel()
		month, format := ask.Get("month"), ask.Get("format")
		var file bytes.Buffer
		err := reports.WriteReport(ctx, &file, b.MerchantID, month, format, ask.Get("language"), b.ShopIDs)
		var told *relance.Error
		switch {
		case errors.As(err, &told) && told.Code == relance.CodeBadInput:
			refuse(w, http.StatusBadRequest, told.Code, told.Message)
			return
		case err != nil:
			log.Error("a report failed", "err", err)
			refuse(w, http.StatusInternalServerError, relance.CodeInternal, "an internal error; the log has the details")
			return
		}
		// Month and format are good by now: nothing else can stand in the name.
		w.Header().Set("Content-Type", types[format])
		w.Header().Set("Content-Disposition", `attachment; filename="relance-`+month+`.`+format+`"`)
		w.Header().Set("Cache-Control", "private, no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(file.Bytes())
	})
}
