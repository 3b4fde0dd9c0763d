package app

import (
	"context"
	"encoding/json"
	"io"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/dossier"
	"github.com/relance/relance/segment"
)

// WriteDossier writes everything that is held about whom a request is about, as JSON or PDF, once somebody
// made sure who asks. Each copy stands in the audit trail.
func (a *App) WriteDossier(ctx context.Context, w io.Writer, m, request uuid.UUID, format, language, actor string) error {
	r, err := a.Store.PrivacyRequest(ctx, m, request)
	if err != nil {
		return err
	}
	if r.State != relance.PrivacyIdentified || r.ProfileID == nil {
		return relance.Tell(relance.CodeConflict, nil, "PRIVACY_NOT_IDENTIFIED")
	}
	d, err := a.dossierOf(ctx, m, *r.ProfileID)
	if err != nil {
		return err
	}
	if err := a.audit(ctx, m, actor, "export_person", "privacy_request", request, map[string]any{"format": format}); err != nil {
		return err
	}
	if format == "pdf" {
		return dossier.WritePDF(w, d, language)
	}
	return dossier.WriteJSON(w, d)
}

func (a *App) dossierOf(ctx context.Context, m, profile uuid.UUID) (*relance.Dossier, error) {
	merchant, err := a.Store.Merchant(ctx, m)
	if err != nil {
		return nil, err
	}
	d := &relance.Dossier{Controller: merchant.Name, MadeAt: a.Now()}
	if d.Subject, err = a.Store.ConfirmingWord(ctx, m, profile); err != nil {
		return nil, err
	}
	if d.Sections, err = a.Store.Dossier(ctx, m, profile); err != nil {
		return nil, err
	}
	in, err := a.segmentsOf(ctx, m, profile)
	d.Sections = append(d.Sections, relance.DossierSection{Key: "segments", Rows: in})
	return d, err
}

// segmentsOf lists the segments that somebody is in now.
func (a *App) segmentsOf(ctx context.Context, m, profile uuid.UUID) ([]json.RawMessage, error) {
	all, err := a.Store.Segments(ctx, m)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	facts, err := a.Store.FactsOf(ctx, m, profile)
	if err != nil {
		return nil, err
	}
	var out []json.RawMessage
	for i := range all {
		f := segment.Members(all[i].Filter)
		if segment.Holds(&f, facts, a.Now()) {
			row, err := json.Marshal(map[string]string{"segment": all[i].Name})
			if err != nil {
				return nil, err
			}
			out = append(out, row)
		}
	}
	return out, nil
}

// WriteCertificate writes the certificate of an erasure, of a person or of a shop, as a PDF.
func (a *App) WriteCertificate(ctx context.Context, w io.Writer, m, erasure uuid.UUID, language string) error {
	merchant, err := a.Store.Merchant(ctx, m)
	if err != nil {
		return err
	}
	e, err := a.Store.Erasure(ctx, m, erasure)
	finished, write := e.FinishedAt, func() error { return dossier.Certificate(w, &e, merchant.Name, language) }
	if relance.CodeOf(err) == relance.CodeNotFound {
		var of relance.ShopErasure
		of, err = a.Store.ShopErasure(ctx, m, erasure)
		finished, write = of.FinishedAt, func() error { return dossier.ShopCertificate(w, &of, merchant.Name, language) }
	}
	if err == nil && finished == nil {
		err = relance.Errorf(relance.CodeNotFound, "there is no such file")
	}
	if err != nil {
		return err
	}
	return write()
}
