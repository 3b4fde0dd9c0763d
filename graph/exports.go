package graph

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// maxExports is how many exports are listed.
const maxExports = 50

// exportOf gives an export after something was done to it.
func (r *Resolver) exportOf(ctx context.Context, id uuid.UUID, err error) (*ExportPayload, error) {
	errs, err := userErrors(err)
	if err != nil || len(errs) > 0 {
		return &ExportPayload{Errors: errs}, err
	}
	b := bearer(ctx)
	e, err := r.Read.Export(ctx, b.MerchantID, id, b.ShopIDs)
	if err != nil {
		return nil, err
	}
	return &ExportPayload{Export: &e, Errors: errs}, nil
}

func exportChoice(in ExportInput) relance.ExportChoice {
	c := relance.ExportChoice{Format: in.Format, IDs: in.Ids, Columns: in.Columns, Language: in.Language, Separator: in.Separator, Mark: in.ByteOrderMark}
	if in.Filter != nil {
		c.Filter = *in.Filter
	}
	if in.OptedIn != nil {
		c.OptedIn = *in.OptedIn
	}
	return c
}

func outstandingChoice(in ExportOutstandingInput) relance.ExportChoice {
	return relance.ExportChoice{List: relance.ExportOutstanding, Format: in.Format, Overdue: in.Overdue, Language: in.Language, Separator: in.Separator, Mark: in.ByteOrderMark}
}

// ExportFiles gives files of exports.
type ExportFiles interface {
	ExportFile(ctx context.Context, m, id uuid.UUID, scope []uuid.UUID, actor string) (relance.Export, error)
	WriteExport(ctx context.Context, w io.Writer, m, id uuid.UUID) error
}

// ExportFileHandler gives the file of an export at /exports/ID.xlsx or /exports/ID.csv. It expects Require in
// front of it.
func ExportFileHandler(files ExportFiles, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /exports/{file}", func(w http.ResponseWriter, r *http.Request) { giveExport(w, r, files, log) })
	return mux
}

// listOf says of what the file is a list.
func listOf(e *relance.Export) relance.ExportList {
	return cmp.Or(e.Choice.List, relance.ExportCustomers)
}

func giveExport(w http.ResponseWriter, r *http.Request, files ExportFiles, log *slog.Logger) {
	b := bearer(r.Context())
	if !b.Role.Includes(relance.RoleMarketer) {
		refuse(w, http.StatusForbidden, relance.CodeForbidden, "this needs the role "+string(relance.RoleMarketer))
		return
	}
	name, ending, _ := strings.Cut(r.PathValue("file"), ".")
	id, err := uuid.Parse(name)
	var e relance.Export
	if err == nil {
		e, err = files.ExportFile(r.Context(), b.MerchantID, id, b.ShopIDs, b.Actor())
	} else {
		err = relance.Errorf(relance.CodeNotFound, "there is no such file")
	}
	if err == nil && ending != strings.ToLower(string(e.Choice.Format)) {
		err = relance.Errorf(relance.CodeNotFound, "there is no such file")
	}
	var told *relance.Error
	switch {
	case errors.As(err, &told) && told.Code == relance.CodeNotFound:
		refuse(w, http.StatusNotFound, told.Code, "there is no such file")
		return
	case err != nil:
		log.Error("an export's file failed", "err", err)
		refuse(w, http.StatusInternalServerError, relance.CodeInternal, "an internal error; the log has the details")
		return
	}
	types := map[string]string{"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}
	w.Header().Set("Content-Type", types[ending])
	w.Header().Set("Content-Disposition", `attachment; filename="relance-`+strings.ToLower(string(listOf(&e)))+`-`+e.CreatedAt.Format("2006-01-02")+`.`+ending+`"`)
	w.Header().Set("Cache-Control", "private, no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if err := files.WriteExport(r.Context(), w, b.MerchantID, id); err != nil && r.Context().Err() == nil {
		log.Error("an export's file broke off", "export", id, "err", err)
		panic(http.ErrAbortHandler) // the file must not pass for whole
	}
}
