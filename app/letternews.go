package app

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery"
)

// How printers are asked how letters stand.
const (
	lookAtOnce = 50
	lookLease  = 5 * time.Minute
	firstLook  = 10 * time.Minute
	// lookFor is for how long after its order; what the post does not tell by then it never does.
	lookFor = 60 * 24 * time.Hour
)

// LookAtLetters asks the printers how letters stand, and calls back those that are not wanted any
// more.
func (a *App) LookAtLetters(ctx context.Context, m uuid.UUID) error {
	if err := a.lookAtTests(ctx, m); err != nil {
		return err
	}
	list, err := a.Store.TakeLetters(ctx, m, lookAtOnce, lookLease, a.Now())
	if err != nil {
		return err
	}
	for i := range list {
		if err := a.lookAt(ctx, m, &list[i]); err != nil {
			a.Log.Warn("printer not asked; it is asked again", "follow_up", list[i].FollowUpID, "code", relance.CodeOf(err), "err", err)
		}
	}
	return ctx.Err()
}

func (a *App) lookAt(ctx context.Context, m uuid.UUID, l *relance.Letter) error {
	at, err := a.desk(ctx, m, l.PrinterID)
	if err != nil {
		return err
	}
	now := a.Now()
	var status relance.PrintStatus
	switch {
	case l.CancelAt != nil && at.at == nil:
		status = relance.PrintStatus{State: relance.PrintCancelled, Raw: "objection"}
	case at.at == nil:
		return a.Store.LookAgainAt(ctx, m, l.FollowUpID, nil)
	default:
		if l.CancelAt != nil {
			if err := at.at.Cancel(ctx, l.ExternalID); err != nil && !refused(err) {
				return err
			}
		}
		if status, err = at.at.Status(ctx, l.ExternalID); err != nil {
			return err
		}
	}
	if err := a.hear(ctx, m, l.FollowUpID, status); err != nil {
		return err
	}
	var again *time.Time
	if t := nextLook(l, now); now.Sub(l.MadeAt) < lookFor {
		again = &t
	}
	return a.Store.LookAgainAt(ctx, m, l.FollowUpID, again)
}

// nextLook is soon while something can still change by the hour, and then once a day.
func nextLook(l *relance.Letter, now time.Time) time.Time {
	if now.Sub(l.MadeAt) < 48*time.Hour {
		return now.Add(time.Hour)
	}
	return now.Add(24 * time.Hour)
}

func refused(err error) bool {
	var f *delivery.Failure
	return errors.As(err, &f) && f.Outcome == delivery.Refused
}

// hear takes up what a printer says; a word that we do not know is told to whoever runs this.
func (a *App) hear(ctx context.Context, m, followUp uuid.UUID, status relance.PrintStatus) error {
	if status.State == relance.PrintUnknown {
		a.Log.Error("a printer says something unknown of a letter; it is kept as text", "follow_up", followUp, "word", status.Raw)
	}
	return a.Store.HearOf(ctx, m, followUp, status, a.Now())
}

// PrinterNews takes up what a provider tells by itself. What it tells of letters that are not ours
// is passed over: an account may have others.
func (a *App) PrinterNews(ctx context.Context, printer uuid.UUID, header http.Header, body []byte) error {
	m, err := a.Store.PrinterMerchant(ctx, printer)
	if err != nil {
		return err
	}
	at, err := a.desk(ctx, m, printer)
	if err != nil {
		return err
	}
	hook, ok := at.at.(delivery.PrinterHook)
	if !ok {
		return relance.Errorf(relance.CodeNotFound, "this printer tells nothing by itself")
	}
	news, err := hook.ReadNews(header, body)
	if err != nil {
		return err
	}
	for _, n := range news {
		followUp, err := a.Store.FindLetter(ctx, m, printer, n.ExternalID)
		if relance.CodeOf(err) == relance.CodeNotFound {
			if err := a.newsOfTest(ctx, m, printer, n); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if n.State == relance.PrintUnknown { // what it means now, the printer says when it is asked
			if asked, err := at.at.Status(ctx, n.ExternalID); err == nil {
				n = asked
			}
		}
		if err := a.hear(ctx, m, followUp, n); err != nil {
			return err
		}
	}
	return nil
}

// newsOfTest takes up what a provider tells of a test letter, if it is one.
func (a *App) newsOfTest(ctx context.Context, m, printer uuid.UUID, n relance.PrintStatus) error {
	id, err := a.Store.FindTestLetter(ctx, m, printer, n.ExternalID)
	if err != nil || id == uuid.Nil {
		return err
	}
	return a.Store.HearOfTestLetter(ctx, m, id, n, a.Now())
}

// forgetAtOnce is how many files one statement deletes.
const forgetAtOnce = 500

// TidyLetters deletes the files of letters whose time is over.
func (a *App) TidyLetters(ctx context.Context, m uuid.UUID) error {
	for {
		n, err := a.Store.ForgetFiles(ctx, m, forgetAtOnce, a.Now())
		if err != nil || n < forgetAtOnce {
			return err
		}
	}
}
