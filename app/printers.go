package app

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/letter/paper"
)

// mostPrice is more than any letter costs, in any currency.
var mostPrice = decimal.New(1, 6) //nolint:gochecknoglobals // a constant

// AddPrinter takes up whoever prints letters for the merchant. What cannot be an account is told now;
// whether the provider knows it shows with the first letter.
func (a *App) AddPrinter(ctx context.Context, m uuid.UUID, c relance.PrinterChange, actor string) (relance.Printer, error) {
	p := relance.Printer{ID: uuid.Must(uuid.NewV7()), Kind: c.Kind}
	if c.Kind != relance.PrinterHand && c.Account == (relance.PrinterAccount{}) {
		return p, relance.TellField("account", "PRINTER_ACCOUNT")
	}
	if err := a.fillPrinter(m, &p, &c); err != nil {
		return p, err
	}
	if err := a.Store.AddPrinter(ctx, m, p, a.Now()); err != nil {
		return p, err
	}
	if err := a.audit(ctx, m, actor, "add_printer", "printer", p.ID, map[string]any{"kind": p.Kind, "name": p.Name}); err != nil {
		return p, err
	}
	return a.Store.Printer(ctx, m, p.ID)
}

// ChangePrinter stores one anew; without an account its credentials stay.
func (a *App) ChangePrinter(ctx context.Context, m, id uuid.UUID, c relance.PrinterChange, actor string) (relance.Printer, error) {
	p, err := a.Store.Printer(ctx, m, id)
	if err != nil {
		return p, err
	}
	c.Kind, p.Sealed = p.Kind, nil
	if err := a.fillPrinter(m, &p, &c); err != nil {
		return p, err
	}
	if err := a.Store.ChangePrinter(ctx, m, p, a.Now()); err != nil {
		return p, err
	}
	if err := a.audit(ctx, m, actor, "change_printer", "printer", id, map[string]any{"name": p.Name, "account": p.Sealed != nil}); err != nil {
		return p, err
	}
	return a.Store.Printer(ctx, m, id)
}

// RemovePrinter takes one away; letters that it has go on.
func (a *App) RemovePrinter(ctx context.Context, m, id uuid.UUID, actor string) error {
	if _, err := a.Store.Printer(ctx, m, id); err != nil {
		return err
	}
	if err := a.Store.RemovePrinter(ctx, m, id, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "remove_printer", "printer", id, nil)
}

// fillPrinter checks what somebody wants of a printer and seals its account.
func (a *App) fillPrinter(m uuid.UUID, p *relance.Printer, c *relance.PrinterChange) error {
	c.Name = strings.TrimSpace(c.Name)
	switch {
	case c.Kind != relance.PrinterHand && c.Kind != relance.PrinterPingen && c.Kind != relance.PrinterMaileva:
		return relance.TellField("kind", "PRINTER_KIND")
	case c.Name == "" || utf8.RuneCountInString(c.Name) > 100 || strings.ContainsRune(c.Name, 0):
		return relance.TellField("name", "PRINTER_NAME")
	case !regexp.MustCompile(`^[A-Z]{2}$`).MatchString(c.PostsFrom):
		return relance.TellField("postsFrom", "COUNTRY_FORM")
	case c.Price != nil && (c.Price.IsNegative() || c.Price.GreaterThan(mostPrice)):
		return relance.TellField("price", "PRINTER_PRICE")
	case c.Price != nil && c.Currency == "":
		return relance.TellField("currency", "AMOUNT_CURRENCY")
	case c.ContractOn != nil && c.ContractOn.After(a.Now()):
		return relance.TellField("contractOn", "CONTRACT_IN_FUTURE")
	}
	if c.Currency != "" {
		currency, err := relance.ParseCurrency(c.Currency)
		if err != nil {
			return relance.TellField("currency", "CURRENCY_FORM")
		}
		c.Currency = currency
	}
	p.Name, p.PostsFrom, p.Color, p.Duplex, p.Price, p.Currency, p.ContractOn = c.Name, c.PostsFrom, c.Color, c.Duplex, c.Price, c.Currency, c.ContractOn
	if p.Kind == relance.PrinterHand || c.Account == (relance.PrinterAccount{}) {
		return nil
	}
	if a.OpenPrinter == nil {
		return relance.TellField("kind", "PRINTER_KIND")
	}
	if _, err := a.OpenPrinter(p.Kind, c.Account); err != nil {
		return err
	}
	plain, err := json.Marshal(c.Account)
	if err != nil {
		return err
	}
	p.Sealed, err = a.Secrets.Seal(plain, m, p.ID)
	return err
}

// Bounds of what letters say of their sender.
const (
	maxHeadLines = 6
	maxHeadLine  = 60
)

// checkLetterSettings refuses what could not stand on a letter.
func (a *App) checkLetterSettings(ctx context.Context, m uuid.UUID, l *relance.LetterSettings) error {
	if l == nil {
		return nil
	}
	if _, known := paper.Named(l.Layout); l.Layout != "" && !known {
		return relance.TellField("letters.layout", "LETTER_LAYOUT")
	}
	for field, lines := range map[string]*[]string{"letters.address": &l.Address, "letters.details": &l.Details, "letters.signature": &l.Signature} {
		kept := []string{}
		for _, line := range *lines {
			if line = strings.Join(strings.Fields(line), " "); line != "" {
				kept = append(kept, line)
			}
			if utf8.RuneCountInString(line) > maxHeadLine || len(kept) > maxHeadLines || strings.ContainsRune(line, 0) {
				return relance.TellField(field, "LETTERHEAD_LINES", "lines", strconv.Itoa(maxHeadLines), "most", strconv.Itoa(maxHeadLine))
			}
		}
		*lines = kept
	}
	for field, s := range map[string]*string{"letters.place": &l.Place, "letters.privacyUrl": &l.PrivacyURL} {
		if *s = strings.TrimSpace(*s); utf8.RuneCountInString(*s) > 100 || strings.ContainsAny(*s, "\x00\r\n") {
			return relance.TellField(field, "TOO_LONG", "most", "100")
		}
	}
	return a.checkEnvelope(ctx, m, l)
}

// checkEnvelope refuses a printer that there is not, and one whose envelopes would hide the address.
func (a *App) checkEnvelope(ctx context.Context, m uuid.UUID, l *relance.LetterSettings) error {
	if l.PrinterID == nil {
		return nil
	}
	at, err := a.desk(ctx, m, *l.PrinterID)
	if relance.CodeOf(err) == relance.CodeNotFound {
		return relance.TellField("letters.printerId", "NO_PRINTER")
	}
	if err != nil {
		return err
	}
	layout, known := paper.Named(l.Layout)
	if at.at == nil || !known {
		return nil
	}
	if can := at.at.Can(); !slices.Contains(can.Windows, layout.Side()) {
		return relance.TellField("letters.layout", "PRINTER_WINDOW", "provider", can.Name)
	}
	return nil
}
