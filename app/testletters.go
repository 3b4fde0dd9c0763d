package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery"
	"github.com/relance/relance/letter"
)

const (
	// testLettersADay bounds what an error, or somebody in anger, can cost.
	testLettersADay = 20
	keepTestLetters = 90 * 24 * time.Hour
	// testLook is when a printer is asked again that did not take a test letter at once: most still
	// check its file.
	testLook = 30 * time.Second
	// testToken stands in the links of test letters, which lead to a page that says so.
	testToken = "TESTTESTTEST"
)

// testLink is the address behind a code of a letter that is nobody's.
func (a *App) testLink(p LinkPurpose) string {
	return strings.TrimRight(a.PublicURL, "/") + "/" + string(p) + "/" + testToken
}

// OrderTestLetter has one letter printed and posted to an address that somebody typed, as a
// recipient would get it, except that its voucher works nowhere and its codes lead to a test page.
// It counts in nothing. The same key again orders nothing more, and gives what was ordered.
func (a *App) OrderTestLetter(ctx context.Context, m uuid.UUID, o relance.TestLetterOrder, actor string) (*relance.TestLetter, error) {
	before, err := a.Store.TestLetter(ctx, m, o.Key)
	if err != nil || before != nil && before.OrderedAt != nil {
		return before, err
	}
	at, err := a.testDesk(ctx, m, o.ShopID)
	if err != nil {
		return nil, err
	}
	made, err := a.makeTestLetter(ctx, m, o)
	if err != nil {
		return nil, err
	}
	order := at.order(made)
	price, err := at.quote(ctx, order)
	if err != nil {
		return nil, detailOf(err).As(relance.CodeConflict, err)
	}
	if dearer(price, o.Agreed) {
		return nil, relance.Tell(relance.CodeConflict, nil, "TEST_LETTER_DEARER", "price", price.Amount.StringFixed(2)+" "+price.Currency)
	}
	row := &relance.TestLetter{ID: o.Key, ShopID: o.ShopID, PrinterID: at.ID, Recipient: made.row.Recipient, City: o.Address.City, Country: made.row.Country, Layout: made.row.Layout, Pages: made.row.Pages, File: made.row.File, Author: actor}
	if err := a.Store.KeepTestLetter(ctx, m, row, made.pdf, testLettersADay, a.Now().Add(keepTestLetters), a.Now()); err != nil {
		return nil, err
	}
	return a.printTest(ctx, m, at, row, order, price, actor)
}

// printTest leaves a draft, commits that it is to be printed, and releases that one. Of two calls with
// the same key one commits.
func (a *App) printTest(ctx context.Context, m uuid.UUID, at *desk, row *relance.TestLetter, order relance.PrintOrder, price *relance.Money, actor string) (*relance.TestLetter, error) {
	var look *time.Time
	row.State = relance.PrintAccepted // it waits for the merchant's next batch
	if at.at != nil {
		id, err := at.at.Prepare(ctx, order)
		if err != nil {
			return nil, detailOf(err).As(relance.CodeConflict, err)
		}
		soon := a.Now().Add(testLook)
		row.State, row.ExternalID, look = relance.PrintDraft, id, &soon
	}
	ordered, err := a.Store.OrderTestLetter(ctx, m, row, price, look, a.Now())
	if err != nil {
		return nil, err
	}
	if ordered {
		ctx = context.WithoutCancel(ctx)
		if err := a.audit(ctx, m, actor, "order_test_letter", "test_letter", row.ID, map[string]any{"shop": row.ShopID, "price": price}); err != nil {
			return nil, err
		}
		if at.at != nil {
			if _, err := a.submitTest(ctx, m, at, row.ID, row.ExternalID); err != nil {
				return nil, err
			}
		}
	}
	return a.Store.TestLetter(ctx, m, row.ID)
}

// submitTest releases the draft, whose order is committed, and reports whether the printer took it.
func (a *App) submitTest(ctx context.Context, m uuid.UUID, at *desk, id uuid.UUID, externalID string) (taken bool, err error) {
	status, err := at.at.Submit(ctx, externalID)
	if refused(err) {
		if err := a.Store.HearOfTestLetter(ctx, m, id, relance.PrintStatus{State: relance.PrintRejected, Raw: "refused"}, a.Now()); err != nil {
			return false, err
		}
		return false, detailOf(err).As(relance.CodeConflict, err)
	}
	if err != nil {
		a.Log.Warn("a printer has not taken a test letter yet; it is asked again", "test_letter", id, "err", err)
		return false, nil
	}
	if status.State == relance.PrintDraft || status.State == relance.PrintValidated {
		status.State = relance.PrintSubmitted // as we told it to be
	}
	return true, a.Store.HearOfTestLetter(ctx, m, id, status, a.Now())
}

// testDesk opens the printer of a shop; a provider gets nothing without an agreement.
func (a *App) testDesk(ctx context.Context, m, shop uuid.UUID) (*desk, error) {
	at, err := a.deskOf(ctx, m, shop)
	if err == nil && at.at != nil && at.ContractOn == nil {
		err = relance.Tell(relance.CodeConflict, nil, "NO_PRINTER")
	}
	return at, err
}

// makeTestLetter writes the letter and measures it like any other.
func (a *App) makeTestLetter(ctx context.Context, m uuid.UUID, o relance.TestLetterOrder) (*madeLetter, error) {
	if err := a.Paper.Check(o.Text, o.Language, o.Voucher != nil); err != nil {
		return nil, err
	}
	l, err := a.letterToShow(ctx, m, o.LetterPreviewOrder)
	if err != nil {
		return nil, err
	}
	file, problems, err := a.judgeLetter(l)
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return nil, relance.Telling(problems[0]).As(relance.CodeBadInput, nil)
	}
	return testLetterOf(o.Key, l, file), nil
}

// testLetterOf is a letter to look at as printers take it.
func testLetterOf(key uuid.UUID, l letter.Letter, file letter.File) *madeLetter {
	sum := sha256.Sum256(file.PDF)
	return &madeLetter{pdf: file.PDF, row: relance.Letter{FollowUpID: key, Recipient: file.Address, Country: strings.ToUpper(l.Recipient.CountryCode), Layout: l.Layout.Name, Pages: file.Pages, File: sum[:]}}
}

// dearer reports whether something costs more than somebody was told, or what nobody knew.
func dearer(price, agreed *relance.Money) bool {
	return price != nil && (agreed == nil || agreed.Currency != price.Currency || price.Amount.GreaterThan(agreed.Amount))
}

// lookAtTests asks the printers how test letters stand. A draft that was to be printed and was not is
// released.
func (a *App) lookAtTests(ctx context.Context, m uuid.UUID) error {
	list, err := a.Store.TakeTestLetters(ctx, m, lookAtOnce, lookLease, a.Now())
	if err != nil {
		return err
	}
	for i := range list {
		if err := a.lookAtTest(ctx, m, &list[i]); err != nil {
			a.Log.Warn("printer not asked for a test letter; it is asked again", "test_letter", list[i].ID, "code", relance.CodeOf(err), "err", err)
		}
	}
	return ctx.Err()
}

func (a *App) lookAtTest(ctx context.Context, m uuid.UUID, l *relance.TestLetter) error {
	at, err := a.desk(ctx, m, l.PrinterID)
	if err != nil {
		return err
	}
	var again *time.Time
	if at.at != nil && a.Now().Sub(l.MadeAt) < lookFor {
		next := nextLook(&relance.Letter{MadeAt: l.MadeAt}, a.Now())
		again = &next
	}
	if again == nil {
		return a.Store.LookAtTestAgain(ctx, m, l.ID, nil)
	}
	status, err := at.at.Status(ctx, l.ExternalID)
	var failed *delivery.Failure
	switch {
	case errors.As(err, &failed) && failed.Outcome == delivery.Refused: // it does not know the letter, and will not
		again = nil
	case err != nil:
		return err
	case status.State == relance.PrintDraft || status.State == relance.PrintValidated:
		var taken bool
		if taken, err = a.submitTest(ctx, m, at, l.ID, l.ExternalID); !taken {
			soon := a.Now().Add(testLook)
			again = &soon
		}
	default:
		err = a.Store.HearOfTestLetter(ctx, m, l.ID, status, a.Now())
	}
	return errors.Join(err, a.Store.LookAtTestAgain(ctx, m, l.ID, again))
}
