package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/letter"
	"github.com/relance/relance/letter/paper"
	"github.com/relance/relance/store"
)

// PreviewLetter makes a letter to look at, with codes that lead to a test page, and measures it.
// Nothing is kept.
func (a *App) PreviewLetter(ctx context.Context, m uuid.UUID, o relance.LetterPreviewOrder) (*relance.LetterPreview, error) {
	l, err := a.letterToShow(ctx, m, o)
	if err != nil {
		return nil, err
	}
	file, problems, err := a.judgeLetter(l)
	if err != nil {
		return nil, err
	}
	out := &relance.LetterPreview{PDF: file.PDF, Pages: file.Pages, Recipient: file.Address, Problems: problems, Window: windowOf(l.Layout)}
	if out.Price, err = a.priceToShow(ctx, m, o, l, file); err != nil {
		return nil, err
	}
	if o.Overlay {
		l.Overlay = true
		if file, err = a.Paper.Render(l); err != nil {
			return nil, err
		}
		out.PDF = file.PDF
	}
	return out, nil
}

// letterToShow is a letter that nobody has been written yet: its voucher works nowhere, and its codes
// lead to a test page.
func (a *App) letterToShow(ctx context.Context, m uuid.UUID, o relance.LetterPreviewOrder) (letter.Letter, error) {
	shop, err := a.Store.Shop(ctx, m, o.ShopID)
	if err != nil {
		return letter.Letter{}, err
	}
	set, err := a.Store.ShopSettings(ctx, m, o.ShopID)
	if err != nil {
		return letter.Letter{}, err
	}
	l, err := a.letterhead(ctx, m, &shop, set, o.Language)
	if err != nil {
		return letter.Letter{}, err
	}
	l.Text = o.Text
	l.ObjectURL, l.CodeURL = a.testLink(LinkObject), a.testLink(LinkScan)
	if err := a.addressTo(ctx, m, &l, o); err != nil {
		return letter.Letter{}, err
	}
	if v := o.Voucher; v != nil {
		planned := planVoucher(v, relance.FactShop{Currency: shop.Currency, Zone: zoneOf(&shop)}, set.Country, a.Now())
		l.Data.Voucher = voucherData(&store.Voucher{Code: "TEST-TEST", Kind: planned.Kind, Value: relance.Money{Amount: planned.Value, Currency: planned.Currency},
			Minimum: relance.Money{Amount: planned.Minimum, Currency: planned.Currency}, ValidUntil: planned.ValidUntil}, zoneOf(&shop), o.Language)
	}
	return l, nil
}

// priceToShow is what a letter to look at would cost: what letters cost at the shop's printer, or,
// for an address that somebody typed, what it asks for this very letter. nil: not known.
func (a *App) priceToShow(ctx context.Context, m uuid.UUID, o relance.LetterPreviewOrder, l letter.Letter, file letter.File) (*relance.Money, error) {
	at, err := a.deskOf(ctx, m, o.ShopID)
	switch {
	case o.Address == nil && err != nil: // one can look at a letter that nobody prints
		return nil, nil
	case err != nil:
		return nil, err
	case o.Address == nil:
		return at.Quoted(), nil
	}
	price, err := at.quote(ctx, at.order(testLetterOf(uuid.Nil, l, file)))
	if err != nil {
		return nil, detailOf(err).As(relance.CodeConflict, err)
	}
	return price, nil
}

// windowOf is what the first of a layout's envelopes shows of the sheet, in the middle of its play.
func windowOf(l paper.Layout) *relance.Window {
	if len(l.Envelopes) == 0 {
		return nil
	}
	e := l.Envelopes[0]
	seen, ever := e.Visible(), e.Exposed()
	return &relance.Window{X: (seen.X + ever.X) / 2, Y: (seen.Y + ever.Y) / 2, Width: e.Window.W, Height: e.Window.H,
		Left: e.Window.X, Top: e.Window.Y, EnvelopeWidth: e.W, EnvelopeHeight: e.H}
}

// addressTo sets whom a letter to look at goes to.
func (a *App) addressTo(ctx context.Context, m uuid.UUID, l *letter.Letter, o relance.LetterPreviewOrder) error {
	if o.Address != nil {
		l.Recipient, l.Data.FirstName, l.Data.LastName = *o.Address, o.Address.FirstName, o.Address.LastName
		return nil
	}
	if o.ProfileID == nil {
		sample := letter.Sample(l.Layout, letter.SecondOrder, o.Language)
		l.Recipient, l.Data.Title, l.Data.FirstName, l.Data.LastName = sample.Recipient, sample.Data.Title, sample.Data.FirstName, sample.Data.LastName
		return nil
	}
	f, err := a.Store.FactsOf(ctx, m, *o.ProfileID)
	if err != nil {
		return err
	}
	l.Data.Title, l.Data.FirstName, l.Data.LastName = f.Title, f.FirstName, f.LastName
	for i := range f.Records {
		if r := &f.Records[i]; r.Address != nil && (r.SourceID == o.ShopID || l.Recipient.Line1 == "") {
			l.Recipient = *r.Address
		}
	}
	if l.Recipient.Line1 == "" {
		return relance.TellField("profileId", "CUSTOMER_WITHOUT_ADDRESS")
	}
	return nil
}

// LetterTexts are ready texts for an event, by language; none for events without.
func (a *App) LetterTexts(k relance.TriggerKind) map[string]relance.LetterText {
	out := map[string]relance.LetterText{}
	if o := letter.ForTrigger(k); o != "" {
		for _, language := range []string{"de", "en", "fr"} {
			out[language] = letter.Ready(o, language)
		}
	}
	return out
}

// LetterFile gives the PDF of a letter as it was ordered; NOT_FOUND where there is none, or the
// shops that the asker may see are others.
func (a *App) LetterFile(ctx context.Context, m, followUp uuid.UUID, shops []uuid.UUID) (name string, pdf []byte, err error) {
	page, err := a.Store.FollowUps(ctx, m, relance.FollowUpQuery{Paging: relance.Paging{First: 1}, ID: &followUp, ShopIDs: shops})
	if err != nil {
		return "", nil, err
	}
	l, err := a.Store.LetterOf(ctx, m, followUp)
	if err != nil {
		return "", nil, err
	}
	if len(page.FollowUps) == 0 || l == nil {
		return "", nil, relance.Errorf(relance.CodeNotFound, "there is no such letter")
	}
	pdf, err = a.Store.LetterFile(ctx, m, l.File)
	return l.Code, pdf, err
}
