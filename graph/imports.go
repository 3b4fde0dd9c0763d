package graph

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// ownImport reads an import that the bearer may see.
func ownImport(ctx context.Context, read ImportReader, b relance.Bearer, id uuid.UUID, now time.Time) (*relance.Import, error) {
	i, err := read.Import(ctx, b.MerchantID, id, now)
	if err != nil {
		return nil, err
	}
	own := b.ShopIDs == nil || i.ShopID != nil && b.Sees(*i.ShopID) || i.ShopID == nil && i.Scope != nil && !slices.ContainsFunc(i.Scope, func(s uuid.UUID) bool { return !b.Sees(s) })
	if !own {
		return nil, relance.Errorf(relance.CodeNotFound, "there is no such import")
	}
	return &i, nil
}

// onImport does something with an import that the bearer may see, and gives it as it is then.
func (r *Resolver) onImport(ctx context.Context, id uuid.UUID, do func(relance.Bearer) error) (*ImportPayload, error) {
	b := bearer(ctx)
	_, err := ownImport(ctx, r.Read, b, id, r.Now())
	if err == nil {
		err = do(b)
	}
	errs, err := userErrors(err)
	if err != nil || len(errs) > 0 {
		return &ImportPayload{Errors: errs}, err
	}
	i, err := r.Read.Import(ctx, b.MerchantID, id, r.Now())
	return &ImportPayload{Import: &i, Errors: errs}, err
}

func (r *Resolver) startImport(ctx context.Context, id uuid.UUID, plan relance.ImportPlan, run bool) (*ImportPayload, error) {
	return r.onImport(ctx, id, func(b relance.Bearer) error {
		if err := ownShop(b, plan.ShopID); err != nil {
			return err
		}
		return r.Use.StartImport(ctx, b.MerchantID, id, plan, run, b.Actor())
	})
}

func (r *Resolver) imports(ctx context.Context, first int) ([]*relance.Import, error) {
	if _, err := paging(first, nil); err != nil {
		return nil, err
	}
	b := bearer(ctx)
	list, err := r.Read.Imports(ctx, b.MerchantID, b.ShopIDs, first, r.Now())
	return pointers(list), err
}

func (r *Resolver) importErrors(ctx context.Context, id uuid.UUID, first int) ([]*relance.ImportError, error) {
	if _, err := paging(first, nil); err != nil {
		return nil, err
	}
	list, err := r.Read.ImportErrors(ctx, bearer(ctx).MerchantID, id, 0, first)
	return pointers(list), err
}

// ImportWriter takes spreadsheets up, and gives out the rows that were not taken.
type ImportWriter interface {
	UploadImport(ctx context.Context, m uuid.UUID, name string, file io.Reader, shops []uuid.UUID, actor string) (relance.Import, error)
	WriteImportErrors(ctx context.Context, w io.Writer, m, id uuid.UUID) error
}

// ImportReader reads imports.
type ImportReader interface {
	Import(ctx context.Context, m, id uuid.UUID, now time.Time) (relance.Import, error)
}

// uploadTime is how long a file may take to arrive.
const uploadTime = 15 * time.Minute

// ImportFiles takes spreadsheets up at POST /imports?name=…, whose body is the file, and gives the rows
// that were not taken at GET /imports/ID.csv. It expects Require in front of it.
func ImportFiles(use ImportWriter, read ImportReader, log *slog.Logger, now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := bearer(r.Context())
		if !b.Role.Includes(relance.RoleMarketer) {
			refuse(w, http.StatusForbidden, relance.CodeForbidden, "this needs the role "+string(relance.RoleMarketer))
			return
		}
		var err error
		switch name, csv := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/imports/"), ".csv"); {
		case r.Method == http.MethodPost && r.URL.Path == "/imports":
			err = takeUp(w, r, use, b)
		case r.Method == http.MethodGet && csv:
			err = giveErrors(w, r, use, read, b, name, now())
		default:
			refuse(w, http.StatusNotFound, relance.CodeNotFound, "there is no such file")
		}
		if code := relance.CodeOf(err); code == relance.CodeInternal {
			log.Error("a spreadsheet failed", "err", err)
			refuse(w, http.StatusInternalServerError, code, "an internal error; the log has the details")
		} else if err != nil {
			refuseTold(w, err)
		}
	})
}

// takeUp keeps the body of a request, and answers with the import's id.
func takeUp(w http.ResponseWriter, r *http.Request, use ImportWriter, b relance.Bearer) error {
	if r.ContentLength > relance.MostImportBytes {
		w.Header().Set("Connection", "close")
		return relance.TellField("file", "IMPORT_TOO_LARGE", "most", strconv.Itoa(relance.MostImportBytes>>20))
	}
	control := http.NewResponseController(w)
	until := time.Now().Add(uploadTime)
	if err := errors.Join(control.SetReadDeadline(until), control.SetWriteDeadline(until)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	i, err := use.UploadImport(r.Context(), b.MerchantID, r.URL.Query().Get("name"), http.MaxBytesReader(w, r.Body, relance.MostImportBytes+1), b.ShopIDs, b.Actor())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(map[string]any{"id": i.ID})
}

func giveErrors(w http.ResponseWriter, r *http.Request, use ImportWriter, read ImportReader, b relance.Bearer, name string, now time.Time) error {
	id, err := uuid.Parse(name)
	if err != nil {
		return relance.Errorf(relance.CodeNotFound, "there is no such import")
	}
	if _, err := ownImport(r.Context(), read, b, id, now); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="import-errors.csv"`)
	w.Header().Set("Cache-Control", "private, no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	return use.WriteImportErrors(r.Context(), w, b.MerchantID, id)
}

// refuseTold answers with what somebody can mend, in the form of a mutation's error.
func refuseTold(w http.ResponseWriter, err error) {
	errs, _ := userErrors(err)
	status := http.StatusBadRequest
	if relance.CodeOf(err) == relance.CodeNotFound {
		status = http.StatusNotFound
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	out := []map[string]any{}
	for _, e := range errs {
		out = append(out, map[string]any{"code": e.Code, "field": e.Field, "message": e.Message, "cause": causeOf(e.Cause)})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": out})
}
