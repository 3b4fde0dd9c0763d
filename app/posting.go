package app

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery"
	"github.com/relance/relance/letter/paper"
)

// unclearFor is how long after its end a letter is asked for whose order nobody knows the end of,
// before a person has to look.
const unclearFor = 24 * time.Hour

// desk is where a letter is printed: at a provider, or by the merchant, who has none.
type desk struct {
	relance.Printer
	at delivery.Printer // nil: the merchant prints
}

// deskOf opens the printer of a shop.
func (a *App) deskOf(ctx context.Context, m, shop uuid.UUID) (*desk, error) {
	set, err := a.Store.ShopSettings(ctx, m, shop)
	if err != nil {
		return nil, err
	}
	if set.Letters.PrinterID == nil {
		return nil, relance.Tell(relance.CodeConflict, nil, "NO_PRINTER")
	}
	return a.desk(ctx, m, *set.Letters.PrinterID)
}

// desk opens a printer.
func (a *App) desk(ctx context.Context, m, printer uuid.UUID) (*desk, error) {
	p, err := a.Store.Printer(ctx, m, printer)
	if err != nil {
		return nil, err
	}
	if p.Kind == relance.PrinterHand {
		return &desk{Printer: p}, nil
	}
	plain, err := a.Secrets.Unseal(p.Sealed, m, p.ID)
	if err != nil {
		return nil, relance.Tell(relance.CodeShopAuth, err, "CREDENTIALS_UNREADABLE")
	}
	var account relance.PrinterAccount
	if err := json.Unmarshal(plain, &account); err != nil {
		return nil, relance.Tell(relance.CodeShopAuth, nil, "CREDENTIALS_UNREADABLE")
	}
	at, err := a.openPrinter(p.ID, p.Kind, account, p.Sealed)
	if err != nil {
		return nil, err
	}
	return &desk{Printer: p, at: at}, nil
}

// openPrinter keeps an account open for as long as its credentials stay.
func (a *App) openPrinter(id uuid.UUID, kind relance.PrinterKind, account relance.PrinterAccount, sealed []byte) (delivery.Printer, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if o, ok := a.desks[id]; ok && o.sealed == string(sealed) {
		return o.at, nil
	}
	at, err := a.OpenPrinter(kind, account)
	if err != nil {
		return nil, err
	}
	if a.desks == nil || len(a.desks) >= 200 { // a bound, not a cache policy
		a.desks = map[uuid.UUID]openDesk{}
	}
	a.desks[id] = openDesk{string(sealed), at}
	return at, nil
}

type openDesk struct {
	sealed string
	at     delivery.Printer
}

// order is the letter as the printer gets it. The key changes with the file: a draft of an older
// one is never released.
func (d *desk) order(l *madeLetter) relance.PrintOrder {
	layout, _ := paper.Named(l.row.Layout)
	return relance.PrintOrder{Key: fmt.Sprintf("%s-%s-%d", l.row.FollowUpID, hex.EncodeToString(l.row.File[:4]), l.row.Round), PDF: l.pdf, Pages: l.row.Pages, Recipient: l.row.Recipient, Country: l.row.Country,
		Window: layout.Side(), Color: d.Color, Duplex: d.Duplex}
}

// quote is what the letter will cost; nil where nobody can say.
func (d *desk) quote(ctx context.Context, o relance.PrintOrder) (*relance.Money, error) {
	if d.at != nil && d.at.Can().Quotes {
		return d.at.Quote(ctx, o)
	}
	if d.Price == nil {
		return nil, nil
	}
	return &relance.Money{Amount: *d.Price, Currency: d.Currency}, nil
}

// post makes the letter and has it printed. Until the printer is told to print the draft, nothing
// has happened that costs money; that it is told is committed first.
func (s *sending) post(ctx context.Context, d relance.Decision) error {
	a := s.app
	at, err := a.deskOf(ctx, s.merchant, s.f.ShopID)
	if err != nil {
		return s.notOrdered(ctx, nil, err)
	}
	made, err := a.makeLetter(ctx, s.merchant, s.f, d, &at.Printer)
	if err != nil {
		return s.notOrdered(ctx, nil, err)
	}
	order := at.order(made)
	price, err := at.quote(ctx, order)
	if err != nil {
		return s.notOrdered(ctx, at, err)
	}
	if err := a.Store.KeepLetter(ctx, s.merchant, &made.row, made.pdf, a.Now().Add(keepLetters), a.Now()); err != nil {
		return err
	}
	id := made.row.Code
	if at.at != nil {
		if id, err = at.at.Prepare(ctx, order); err != nil {
			return s.notOrdered(ctx, at, err)
		}
	}
	d, err = a.Store.BeginOrder(ctx, s.merchant, s.f, id, price, s.judgeAgain, a.sendLease(), a.Now())
	if relance.CodeOf(err) == relance.CodeConflict {
		return nil
	}
	if err != nil {
		return err
	}
	if done, err := s.stop(ctx, d); done || err != nil {
		if d.Verdict != relance.VerdictWait { // it comes back to the same draft
			at.discard(ctx, id)
		}
		return err
	}
	return s.submit(ctx, at, id)
}

// discard takes a draft away that is not needed. Where that fails it stays and costs nothing.
func (d *desk) discard(ctx context.Context, id string) {
	if d.at != nil {
		_ = d.at.Cancel(context.WithoutCancel(ctx), id)
	}
}

// notOrdered ends or postpones a letter before anybody was told to print it.
func (s *sending) notOrdered(ctx context.Context, at *desk, err error) error {
	var failed *delivery.Failure
	var e *relance.Error
	switch {
	case errors.As(err, &failed):
		if at != nil {
			if err := s.app.Store.PrinterSays(context.WithoutCancel(ctx), s.merchant, at.ID, &failed.Says, nil); err != nil {
				return err
			}
		}
		if failed.Outcome == delivery.Refused {
			return s.settle(ctx, relance.SendFailed, "", relance.Telling(failed.Says))
		}
		return s.later(ctx, failed)
	case errors.As(err, &e) && !relance.Temporary(err):
		return s.settle(ctx, relance.SendFailed, "", detailOf(err))
	}
	return s.later(ctx, err)
}

// submit releases the draft, whose order is committed.
func (s *sending) submit(ctx context.Context, at *desk, id string) error {
	if at.at == nil { // it waits for the merchant's next batch
		return s.ordered(ctx, at, relance.PrintStatus{State: relance.PrintAccepted})
	}
	status, err := at.at.Submit(ctx, id)
	ctx = context.WithoutCancel(ctx)
	var failed *delivery.Failure
	switch {
	case err == nil:
		return s.ordered(ctx, at, status)
	case errors.As(err, &failed) && failed.Outcome == delivery.Refused:
		if err := s.app.Store.HearOf(ctx, s.merchant, s.f.ID, relance.PrintStatus{State: relance.PrintRejected, Raw: "refused"}, s.app.Now()); err != nil {
			return err
		}
		return s.settle(ctx, relance.SendFailed, "", relance.Telling(failed.Says))
	}
	return s.unclear(ctx, err)
}

// unclear leaves a letter to be asked for: the printer may have it.
func (s *sending) unclear(ctx context.Context, err error) error {
	now := s.app.Now()
	if now.After(s.f.ExpiresAt.Add(unclearFor)) {
		return s.settle(ctx, relance.SendUncertain, "", relance.Telling(relance.Say("PRINTER_SILENT")))
	}
	return s.app.Store.StillOrdering(context.WithoutCancel(ctx), s.merchant, s.f, detailOf(err), now.Add(s.pause(err)))
}

func (s *sending) ordered(ctx context.Context, at *desk, status relance.PrintStatus) error {
	var look *time.Time
	if at.at != nil {
		t := s.app.Now().Add(firstLook)
		look = &t
		if err := s.app.Store.PrinterSays(ctx, s.merchant, at.ID, nil, status.Price); err != nil {
			return err
		}
	}
	if status.State == relance.PrintDraft || status.State == relance.PrintValidated {
		status.State = relance.PrintSubmitted // as we told it to be
	}
	return s.app.Store.Ordered(context.WithoutCancel(ctx), s.merchant, s.f, status, look, s.app.Now())
}

// askPrinter goes on with a letter whose printer was told to print it by somebody who did not hear
// the answer: the printer knows.
func (s *sending) askPrinter(ctx context.Context) error {
	l, err := s.app.Store.LetterOf(ctx, s.merchant, s.f.ID)
	if err != nil || l == nil {
		return err
	}
	at, err := s.app.desk(ctx, s.merchant, l.PrinterID)
	if err != nil {
		return s.unclear(ctx, err)
	}
	if at.at == nil {
		return s.ordered(ctx, at, relance.PrintStatus{State: relance.PrintAccepted})
	}
	status, err := at.at.Status(ctx, l.ExternalID)
	if err != nil {
		return s.unclear(ctx, err)
	}
	switch status.State {
	case relance.PrintUnknown:
		return s.unclear(ctx, relance.Tell(relance.CodeShopBusy, nil, "PRINTER_UNKNOWN_WORD", "word", status.Raw))
	case relance.PrintDraft, relance.PrintValidated: // it was not told
		return s.orderOrNot(ctx, at, l.ExternalID)
	case relance.PrintRejected, relance.PrintCancelled, relance.PrintExpired:
		if err := s.app.Store.HearOf(ctx, s.merchant, s.f.ID, status, s.app.Now()); err != nil {
			return err
		}
		return s.settle(ctx, relance.SendFailed, "", relance.Telling(relance.Say("LETTER_NOT_PRINTED")))
	}
	return s.ordered(ctx, at, status)
}

// orderOrNot asks once more whether a draft is to be printed.
func (s *sending) orderOrNot(ctx context.Context, at *desk, id string) error {
	d := recheck(s.f, s.app.Now())
	late := s.app.Now().After(s.f.ExpiresAt)
	if d.Verdict == relance.VerdictSend && !late {
		return s.submit(ctx, at, id)
	}
	if err := at.at.Cancel(ctx, id); err != nil {
		return s.unclear(ctx, err)
	}
	if err := s.app.Store.HearOf(ctx, s.merchant, s.f.ID, relance.PrintStatus{State: relance.PrintCancelled, Raw: "draft"}, s.app.Now()); err != nil {
		return err
	}
	if late {
		return s.settle(ctx, relance.SendExpired, relance.ReasonExpired, relance.Detail{})
	}
	return s.settle(ctx, relance.SendRefused, d.Reasons[0], relance.Detail{})
}
