package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
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

// BatchPosted notes on which day a batch went to the post; nil: today.
func (a *App) BatchPosted(ctx context.Context, m, batch uuid.UUID, on *time.Time, actor string) error {
	at := a.Now()
	if on != nil {
		if on.After(at) {
			return relance.TellField("on", "POSTED_IN_FUTURE")
		}
		if day := on.Add(12 * time.Hour); day.Before(at) {
			at = day
		}
	}
	if _, _, err := a.Store.Batch(ctx, m, batch); err != nil {
		return err
	}
	if err := a.Store.BatchPosted(ctx, m, batch, at, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "post_batch", "print_batch", batch, nil)
}

// CloseProposal notes that somebody saw to what the post said of an address.
func (a *App) CloseProposal(ctx context.Context, m, id uuid.UUID, actor string) error {
	if err := a.Store.CloseProposal(ctx, m, id, actor, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "close_address_proposal", "address_proposal", id, nil)
}
