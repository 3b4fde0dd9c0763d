package graph

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// maxPrivacy is how many requests are listed.
const maxPrivacy = 250

// privacyRequests reads the register. Somebody limited to some shops has none of it: requests are about
// whole people.
func (r *Resolver) privacyRequests(ctx context.Context, id, profile *uuid.UUID, open bool, path ...string) ([]*relance.PrivacyRequest, error) {
	b := bearer(ctx)
	if b.ShopIDs != nil {
		return nil, relance.Errorf(relance.CodeForbidden, "this needs access to all shops")
	}
	list, err := r.Read.PrivacyRequests(ctx, b.MerchantID, id, profile, open, maxPrivacy)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for _, x := range list {
		if x.ProfileID != nil {
			ids = append(ids, *x.ProfileID)
		}
	}
	if _, wanted := below(ctx, path...); len(ids) == 0 || len(wanted) == 0 {
		return list, nil
	}
	found, err := r.Read.ProfilesByID(ctx, b.MerchantID, ids, profileWant(ctx, path), b.ShopIDs, r.Now())
	for _, x := range list {
		for _, p := range found {
			if x.ProfileID != nil && p.ID == *x.ProfileID {
				x.Profile = p
			}
		}
	}
	return list, err
}

// privacyOf gives a request after something was done to it.
func (r *Resolver) privacyOf(ctx context.Context, id uuid.UUID, err error) (*PrivacyPayload, error) {
	errs, err := userErrors(err)
	if err != nil || len(errs) > 0 {
		return &PrivacyPayload{Errors: errs}, err
	}
	if !bearer(ctx).Role.Includes(relance.RoleMarketer) { // who enters a request does not read the register
		return &PrivacyPayload{Errors: errs}, nil
	}
	list, err := r.privacyRequests(ctx, &id, nil, false, "request", "profile")
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &PrivacyPayload{Request: list[0], Errors: errs}, nil
}

// onPrivacy changes a request.
func (r *Resolver) onPrivacy(ctx context.Context, id uuid.UUID, change func(relance.Bearer) error) (*PrivacyPayload, error) {
	b := bearer(ctx)
	if b.ShopIDs != nil {
		return nil, relance.Errorf(relance.CodeForbidden, "this needs access to all shops")
	}
	_, err := r.Read.PrivacyRequest(ctx, b.MerchantID, id)
	if err == nil {
		err = change(b)
	}
	return r.privacyOf(ctx, id, err)
}

// retentionWarnings lists who is to be erased.
func (r *Resolver) retentionWarnings(ctx context.Context) (*relance.RetentionList, error) {
	b := bearer(ctx)
	if b.ShopIDs != nil {
		return nil, relance.Errorf(relance.CodeForbidden, "this needs access to all shops")
	}
	list, err := r.Read.RetentionWarnings(ctx, b.MerchantID, maxPrivacy)
	if err != nil || len(list.Warnings) == 0 {
		return list, err
	}
	ids := make([]uuid.UUID, len(list.Warnings))
	for i, w := range list.Warnings {
		ids[i] = w.ProfileID
	}
	found, err := r.Read.ProfilesByID(ctx, b.MerchantID, ids, profileWant(ctx, []string{"warnings", "profile"}), b.ShopIDs, r.Now())
	for _, w := range list.Warnings {
		for _, p := range found {
			if p.ID == w.ProfileID {
				w.Profile = p
			}
		}
	}
	return list, err
}

func erasedRows(m map[string]int64) []*ErasedRows {
	out := []*ErasedRows{}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out = append(out, &ErasedRows{Name: name, Rows: int(m[name])})
	}
	return out
}

// PrivacyFiles gives copies of what is held about people, and certificates.
type PrivacyFiles interface {
	WriteDossier(ctx context.Context, w io.Writer, m, request uuid.UUID, format, language, actor string) error
	WriteCertificate(ctx context.Context, w io.Writer, m, erasure uuid.UUID, language string) error
}

// PrivacyFileHandler gives /privacy/REQUEST.json, /privacy/REQUEST.pdf and /privacy/certificates/ERASURE.pdf.
// It expects Require in front of it.
func PrivacyFileHandler(files PrivacyFiles, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /privacy/{file}", func(w http.ResponseWriter, r *http.Request) {
		givePrivate(w, r, log, "personal-data", func(ctx context.Context, out io.Writer, b relance.Bearer, id uuid.UUID, format string) error {
			return files.WriteDossier(ctx, out, b.MerchantID, id, format, r.URL.Query().Get("language"), b.Actor())
		})
	})
	mux.HandleFunc("GET /privacy/certificates/{file}", func(w http.ResponseWriter, r *http.Request) {
		givePrivate(w, r, log, "certificate-of-erasure", func(ctx context.Context, out io.Writer, b relance.Bearer, id uuid.UUID, format string) error {
			if format != "pdf" {
				return relance.Errorf(relance.CodeNotFound, "there is no such file")
			}
			return files.WriteCertificate(ctx, out, b.MerchantID, id, r.URL.Query().Get("language"))
		})
	})
	return mux
}

func givePrivate(w http.ResponseWriter, r *http.Request, log *slog.Logger, called string, write func(context.Context, io.Writer, relance.Bearer, uuid.UUID, string) error) {
	b := bearer(r.Context())
	if !b.Role.Includes(relance.RoleMarketer) || b.ShopIDs != nil {
		refuse(w, http.StatusForbidden, relance.CodeForbidden, "this needs the role "+string(relance.RoleMarketer)+" and access to all shops")
		return
	}
	name, ending, _ := strings.Cut(r.PathValue("file"), ".")
	types := map[string]string{"pdf": "application/pdf", "json": "application/json"}
	id, err := uuid.Parse(name)
	var file bytes.Buffer
	if err != nil || types[ending] == "" {
		err = relance.Errorf(relance.CodeNotFound, "there is no such file")
	} else {
		err = write(r.Context(), &file, b, id, ending)
	}
	var told *relance.Error
	switch {
	case errors.As(err, &told) && (told.Code == relance.CodeNotFound || told.Code == relance.CodeConflict):
		refuse(w, http.StatusNotFound, told.Code, told.Message)
		return
	case err != nil:
		log.Error("a file about a person failed", "err", err)
		refuse(w, http.StatusInternalServerError, relance.CodeInternal, "an internal error; the log has the details")
		return
	}
	w.Header().Set("Content-Type", types[ending])
	w.Header().Set("Content-Disposition", `attachment; filename="`+called+`-`+id.String()[:8]+`.`+ending+`"`)
	w.Header().Set("Cache-Control", "private, no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(file.Bytes())
}
