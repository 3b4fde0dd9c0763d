package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/letter/batch"
	"github.com/relance/relance/store"
)

// batchLetters is how many letters one batch holds at most: what one can carry, and print in one go.
const batchLetters = 300

// MakeBatch gathers the letters that wait for the merchant's own printer.
func (a *App) MakeBatch(ctx context.Context, m, printer uuid.UUID, actor string) (relance.PrintBatch, error) {
	p, err := a.Store.Printer(ctx, m, printer)
	if err != nil {
		return relance.PrintBatch{}, err
	}
	if p.Kind != relance.PrinterHand {
		return relance.PrintBatch{}, relance.Tell(relance.CodeConflict, nil, "PRINTER_NOT_YOURS")
	}
	batch, err := a.Store.MakeBatch(ctx, m, printer, batchLetters, actor, a.Now())
	if err != nil {
		return batch, err
	}
	return batch, a.audit(ctx, m, actor, "make_batch", "print_batch", batch.ID, map[string]any{"letters": batch.Letters})
}

// eastOfUTC is how much earlier than in UTC a day begins at most.
const eastOfUTC = 14 * time.Hour

// BatchPosted notes on which day a batch went to the post; nil: today.
func (a *App) BatchPosted(ctx context.Context, m, batch uuid.UUID, on *time.Time, actor string) error {
	at := a.Now()
	if on != nil {
		if on.After(at.Add(eastOfUTC)) {
			return relance.TellField("on", "POSTED_IN_FUTURE")
		}
		if at.Sub(*on) >= 24*time.Hour { // of an earlier day only the day is known
			at = on.Add(12 * time.Hour)
		}
	}
	if _, err := a.Store.Batch(ctx, m, batch); err != nil {
		return err
	}
	if err := a.Store.BatchPosted(ctx, m, batch, at, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "post_batch", "print_batch", batch, nil)
}

// BatchFile gives a batch as one PDF with a cover sheet, or its list as CSV.
func (a *App) BatchFile(ctx context.Context, m, id uuid.UUID, format, language string) (name string, file []byte, err error) {
	found, err := a.Store.Batch(ctx, m, id)
	if err != nil {
		return "", nil, err
	}
	letters, err := a.Store.BatchLetters(ctx, m, id, format == "pdf")
	if err != nil {
		return "", nil, err
	}
	p, err := a.Store.Printer(ctx, m, found.PrinterID)
	if err != nil {
		return "", nil, err
	}
	zone, err := a.merchantZone(ctx, m)
	if err != nil {
		return "", nil, err
	}
	b := batch.Batch{Name: fmt.Sprintf("%s %d", p.Name, found.Number), Date: found.CreatedAt.In(zone), Language: language, Duplex: p.Duplex}
	for _, l := range letters {
		b.Letters = append(b.Letters, batch.Letter{Reference: l.Code, PDF: l.PDF, Pages: l.Pages, Name: l.Recipient[0], City: l.City, Address: l.Recipient, Country: l.Country})
	}
	name = fmt.Sprintf("batch-%d", found.Number)
	if format == "csv" {
		file, err = b.List()
		return name, file, err
	}
	if slices.ContainsFunc(letters, func(l store.BatchLetter) bool { return l.PDF == nil }) {
		return "", nil, relance.Errorf(relance.CodeNotFound, "files of this batch are forgotten: their time is over")
	}
	made, err := batch.Make(a.Paper, b)
	return name, made.PDF, err
}

// merchantZone is the zone of the merchant's first shop.
func (a *App) merchantZone(ctx context.Context, m uuid.UUID) (*time.Location, error) {
	shops, err := a.Store.Shops(ctx, m, nil)
	if err != nil || len(shops) == 0 {
		return time.UTC, err
	}
	return zoneOf(&shops[0]), nil
}
