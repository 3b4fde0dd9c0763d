package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/letter"
	"github.com/relance/relance/letter/paper"
	"github.com/relance/relance/letter/proof"
	"github.com/relance/relance/store"
	"github.com/relance/relance/template"
)

// keepLetters is how long the file of a letter is kept: whoever calls about it calls within that.
const keepLetters = 3 * 365 * 24 * time.Hour

// madeLetter is a letter that was made and passed the proof.
type madeLetter struct {
	row relance.Letter
	pdf []byte
}

// makeLetter writes the letter of a follow-up and measures it. Its errors name what is wrong with
// text, address or letterhead.
func (a *App) makeLetter(ctx context.Context, m uuid.UUID, f *store.FollowUp, d relance.Decision, p *relance.Printer) (*madeLetter, error) {
	if d.Step == nil {
		return nil, relance.Errorf(relance.CodeInternal, "the step is gone")
	}
	shop, err := a.Store.Shop(ctx, m, f.ShopID)
	if err != nil {
		return nil, err
	}
	set, err := a.Store.ShopSettings(ctx, m, f.ShopID)
	if err != nil {
		return nil, err
	}
	text, language := textIn(d.Step.Letter, d.Recipient.Language, set.Language)
	code, round, err := a.letterCode(ctx, m, f.ID)
	if err != nil {
		return nil, err
	}
	l, err := a.letterhead(ctx, m, &shop, set, language)
	if err != nil {
		return nil, err
	}
	if l.ObjectURL, l.CodeURL, err = a.LetterLinks(ctx, m, code); err != nil {
		return nil, err
	}
	l.Text, l.Recipient = text, d.Recipient.Address
	l.Data.Title, l.Data.FirstName, l.Data.LastName = f.Facts.Title, f.Facts.FirstName, f.Facts.LastName
	if f.Voucher != nil {
		l.Data.Voucher = voucherData(f.Voucher, zoneOf(&shop), language)
	}
	file, problems, err := a.judgeLetter(l)
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return nil, relance.Telling(problems[0]).As(relance.CodeBadInput, nil)
	}
	sum := sha256.Sum256(file.PDF)
	return &madeLetter{pdf: file.PDF, row: relance.Letter{FollowUpID: f.ID, Code: code, PrinterID: p.ID, Recipient: file.Address, City: d.Recipient.Address.City, Country: d.Recipient.Country,
		AddressKey: d.Recipient.Address.Key(), Language: language, Layout: l.Layout.Name, Pages: file.Pages, File: sum[:], Round: round}}, nil
}

// judgeLetter makes a letter and measures it.
func (a *App) judgeLetter(l letter.Letter) (letter.File, []relance.Sentence, error) {
	file, err := a.Paper.Render(l)
	if err != nil {
		return file, nil, err
	}
	found := proof.Check(file.PDF, l.Layout, proof.Expected{Address: file.Address, Return: file.Return, Codes: file.Codes})
	return file, found.Problems, nil
}

// letterCode is the code of a message's letter, the same for every try, and how often a person had
// it sent once more.
func (a *App) letterCode(ctx context.Context, m, followUp uuid.UUID) (code string, round int, err error) {
	before, err := a.Store.LetterOf(ctx, m, followUp)
	if err != nil {
		return "", 0, err
	}
	if before != nil {
		return before.Code, before.Round, nil
	}
	return strings.ReplaceAll(newCode(""), "-", ""), 0, nil
}

// letterhead is all of a shop's letter that does not depend on whom it goes to.
func (a *App) letterhead(ctx context.Context, m uuid.UUID, shop *relance.Shop, set relance.ShopSettings, language string) (letter.Letter, error) {
	layout, known := paper.Named(set.Letters.Layout)
	if !known {
		return letter.Letter{}, relance.Tell(relance.CodeConflict, nil, "NO_LETTERHEAD")
	}
	logo, err := a.letterLogo(ctx, m, shop.ID)
	if err != nil {
		return letter.Letter{}, err
	}
	name := cmp.Or(set.SenderName, shop.Name)
	return letter.Letter{
		Layout: layout, Date: a.Now().In(zoneOf(shop)),
		Data: template.Data{Language: language, ShopName: name, ShopURL: shop.URL, Imprint: imprint(set)},
		Sender: letter.Sender{Name: name, Address: set.Letters.Address, Details: set.Letters.Details, Place: set.Letters.Place, Imprint: strings.ReplaceAll(imprint(set), "\n", " · "), Controller: set.LegalEntity,
			Source: letter.OrderAt(language, shop.Name), PrivacyURL: set.Letters.PrivacyURL, Signature: set.Letters.Signature, Logo: logo},
	}, nil
}

// letterLogo is a shop's logo as letters print it; nil where it has none.
func (a *App) letterLogo(ctx context.Context, m, shop uuid.UUID) (*letter.Logo, error) {
	l, err := a.Store.Logo(ctx, m, shop)
	if relance.CodeOf(err) == relance.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	kept, ok := a.logos[shop]
	a.mu.Unlock()
	if ok && kept.digest == l.Digest {
		return kept.logo, nil
	}
	raw, err := a.Store.LogoContent(ctx, m, shop)
	if err != nil {
		return nil, err
	}
	logo, err := letter.ReadLogo(raw)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.logos == nil || len(a.logos) >= 200 { // a bound, not a cache policy
		a.logos = map[uuid.UUID]keptLogo{}
	}
	a.logos[shop] = keptLogo{l.Digest, logo}
	return logo, nil
}

// keptLogo is a logo made ready for letters, and by which picture.
type keptLogo struct {
	digest string
	logo   *letter.Logo
}
