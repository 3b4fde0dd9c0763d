package graph

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// How many a list holds that has no pages.
const (
	maxTestLetters = 20
	// maxBatchLetters is as many as one batch holds.
	maxBatchLetters = 300
	maxProposals    = 100
	maxBatches      = 100
)

func printerPayload(p relance.Printer, err error) (*PrinterPayload, error) {
	errs, err := userErrors(err)
	if err != nil || len(errs) > 0 {
		return &PrinterPayload{Errors: errs}, err
	}
	return &PrinterPayload{Printer: &p, Errors: errs}, nil
}

// orNotFound is err, or that there is no such thing.
func orNotFound(err error, what string) error {
	if err != nil {
		return err
	}
	return relance.Errorf(relance.CodeNotFound, "there is no such %s", what)
}

// addressOf reads an address that somebody typed; nil where they did not.
func addressOf(in *LetterAddressInput) *relance.Address {
	if in == nil {
		return nil
	}
	return &relance.Address{FirstName: in.FirstName, LastName: in.LastName, Company: in.Company, Line1: in.Line1, Line2: in.Line2, PostalCode: in.PostalCode, City: in.City, CountryCode: in.CountryCode}
}

// testLetterOf reads what letter is to be printed as a test.
func testLetterOf(in TestLetterInput) relance.TestLetterOrder {
	o := relance.TestLetterOrder{Key: in.Key, LetterPreviewOrder: relance.LetterPreviewOrder{ShopID: in.ShopID, Address: addressOf(in.Address), Language: in.Text.Language, Text: letterTextOf(in.Text), Voucher: offerOf(in.Voucher)}}
	if in.AgreedPrice != nil {
		o.Agreed = &relance.Money{Amount: *in.AgreedPrice, Currency: in.AgreedCurrency}
	}
	return o
}

// LetterFiles gives files of letters.
type LetterFiles interface {
	LetterFile(ctx context.Context, m, followUp uuid.UUID, shops []uuid.UUID) (name string, pdf []byte, err error)
	BatchFile(ctx context.Context, m, batch uuid.UUID, format, language string) (name string, file []byte, err error)
}

// LetterFileHandler gives the PDF of a letter at /letters/ID.pdf, and of a batch at
// /batches/ID.pdf?language=fr, with its list at /batches/ID.csv. It expects Require in front of it.
func LetterFileHandler(files LetterFiles, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /letters/{file}", func(w http.ResponseWriter, r *http.Request) {
		id, format, ok := fileOf(w, r, relance.RoleClerk)
		if !ok || format != "pdf" {
			return
		}
		b := bearer(r.Context())
		name, pdf, err := files.LetterFile(r.Context(), b.MerchantID, id, b.ShopIDs)
		giveFile(w, log, "letter-"+name, format, pdf, err)
	})
	mux.HandleFunc("GET /batches/{file}", func(w http.ResponseWriter, r *http.Request) {
		id, format, ok := fileOf(w, r, relance.RoleMarketer)
		if !ok {
			return
		}
		name, file, err := files.BatchFile(r.Context(), bearer(r.Context()).MerchantID, id, format, r.URL.Query().Get("language"))
		giveFile(w, log, name, format, file, err)
	})
	return mux
}

// fileOf reads what is asked for, and refuses who may not have it.
func fileOf(w http.ResponseWriter, r *http.Request, needs relance.Role) (id uuid.UUID, format string, ok bool) {
	if b := bearer(r.Context()); !b.Role.Includes(needs) {
		refuse(w, http.StatusForbidden, relance.CodeForbidden, "this needs the role "+string(needs))
		return id, "", false
	}
	name, format, _ := strings.Cut(r.PathValue("file"), ".")
	id, err := uuid.Parse(name)
	if err != nil || format != "pdf" && format != "csv" {
		refuse(w, http.StatusNotFound, relance.CodeNotFound, "there is no such file")
		return id, "", false
	}
	return id, format, true
}

func giveFile(w http.ResponseWriter, log *slog.Logger, name, format string, file []byte, err error) {
	var told *relance.Error
	switch {
	case errors.As(err, &told) && told.Code == relance.CodeNotFound:
		refuse(w, http.StatusNotFound, told.Code, told.Message)
		return
	case err != nil:
		log.Error("a file failed", "err", err)
		refuse(w, http.StatusInternalServerError, relance.CodeInternal, "an internal error; the log has the details")
		return
	}
	types := map[string]string{"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}
	w.Header().Set("Content-Type", types[format])
	w.Header().Set("Content-Disposition", `inline; filename="relance-`+name+`.`+format+`"`)
	w.Header().Set("Cache-Control", "private, no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; plugin-types application/pdf")
	_, _ = w.Write(file)
}
