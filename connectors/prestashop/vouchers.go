package prestashop

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// FindVouchers implements [connectors.VoucherIssuer]. The shop compares codes by its
// database's rules: case does not matter, and a row may come that differs in an accent.
func (c *Connector) FindVouchers(ctx context.Context, code string) ([]relance.Voucher, error) {
	if code == "" || strings.ContainsAny(code, "[]|,%!<>") || strings.ContainsFunc(code, func(r rune) bool { return r < ' ' }) {
		return nil, relance.FieldErrorf("code", "No voucher can have this code.")
	}
	return c.rules(ctx, params{"filter[code]": "[" + code + "]", "sort": "[id_ASC]"})
}

// rules reads cart rules, those with the lowest ids first. A row that cannot be read is an
// error: it might be the one that is looked for.
func (c *Connector) rules(ctx context.Context, p params) ([]relance.Voucher, error) {
	refs, err := c.references(ctx)
	if err != nil {
		return nil, err
	}
	got, err := list[ruleRow](ctx, c.client, ruleListing(), p)
	if err != nil {
		return nil, err
	}
	if len(got.bad) > 0 {
		return nil, garbage("a voucher without the shape of one")
	}
	var out []relance.Voucher
	for _, row := range dedupeRules(got.rows) {
		v := &reader{clock: refs.clock}
		voucher := row.voucher(v, refs.currencies)
		if v.failed() {
			return nil, garbage("a voucher's " + v.field + " that cannot be read")
		}
		out = append(out, voucher)
	}
	return out, nil
}

func dedupeRules(rows []ruleRow) []ruleRow {
	slices.SortStableFunc(rows, func(a, b ruleRow) int { return int(a.number() - b.number()) })
	return slices.CompactFunc(rows, func(a, b ruleRow) bool { return a.number() == b.number() })
}

// IssueVoucher implements [connectors.VoucherIssuer]. PrestaShop takes any number of
// vouchers with one code, so that only looking before and after keeps it to one.
func (c *Connector) IssueVoucher(ctx context.Context, order relance.VoucherOrder) (relance.Voucher, error) {
	if err := order.Validate(); err != nil {
		return relance.Voucher{}, err
	}
	if order.CustomerID != "" && !isID(order.CustomerID) {
		return relance.Voucher{}, relance.FieldErrorf("customer", "A PrestaShop customer's id is a number.")
	}
	refs, err := c.references(ctx)
	if err != nil {
		return relance.Voucher{}, err
	}
	// What the shop's clock shows has no offset: in the hour that autumn repeats an instant
	// comes back as the first of two.
	asKept := func(t time.Time) time.Time { return refs.clock.instant(refs.clock.wall(t)) }
	order.From, order.Until = asKept(order.From), asKept(order.Until)
	return connectors.IssueVoucher(ctx, &voucherDesk{c, refs}, order)
}

// voucherDesk issues one voucher.
type voucherDesk struct {
	*Connector
	refs *references
}

// MakeVoucher implements [connectors.VoucherDesk].
func (d *voucherDesk) MakeVoucher(ctx context.Context, order relance.VoucherOrder) error {
	currency, err := d.refs.currencyID(order.Currency)
	if err != nil {
		return err
	}
	body, err := ruleBody(ruleOf(order, d.refs.clock, currency, d.refs.allLanguages()))
	if err != nil {
		return err
	}
	_, err = d.client.write(ctx, http.MethodPost, "cart_rules", body)
	return err
}

// currencyID is the shop's id of a currency; of its default one for "".
func (r *references) currencyID(iso string) (int64, error) {
	fallback := r.setting("PS_CURRENCY_DEFAULT", 1)
	if iso == "" || r.currencies[fallback] == iso {
		return fallback, nil
	}
	for _, id := range slices.Sorted(maps.Keys(r.currencies)) {
		if r.currencies[id] == iso {
			return id, nil
		}
	}
	if len(r.currencies) == 0 {
		return 0, relance.Tell(relance.CodeShopRights, nil, "NO_RIGHT", "resource", "currencies")
	}
	return 0, relance.FieldErrorf("currency", "The shop does not sell in %s; issue the voucher in a currency that it has.", iso)
}

// allLanguages lists the shop's languages; a voucher needs a name at least in the default
// one.
func (r *references) allLanguages() []language {
	var out []language
	for _, id := range slices.Sorted(maps.Keys(r.languages)) {
		out = append(out, language{id, r.languages[id]})
	}
	if fallback := r.setting("PS_LANG_DEFAULT", 1); r.languages[fallback] == "" {
		out = append(out, language{id: fallback})
	}
	return out
}

// RevokeVoucher implements [connectors.VoucherIssuer]. A voucher's twins, made by a request
// that the shop carried out late, go with it.
func (c *Connector) RevokeVoucher(ctx context.Context, externalID string) error {
	if !isID(externalID) {
		return relance.FieldErrorf("id", "A PrestaShop voucher's id is a number.")
	}
	found, err := c.rules(ctx, params{"filter[id]": "[" + externalID + "]"})
	if err != nil || len(found) == 0 {
		return err
	}
	mine := found[0]
	if mine.Code != "" {
		if found, err = c.FindVouchers(ctx, mine.Code); err != nil {
			return err
		}
	}
	for _, v := range found {
		if v.Active && (v.ExternalID == externalID || twins(v, mine)) {
			if err := c.DeactivateVoucher(ctx, v.ExternalID); err != nil {
				return err
			}
		}
	}
	return nil
}

// twins reports whether two vouchers of one code are the same in everything that was asked.
func twins(a, b relance.Voucher) bool {
	if b.Until == nil {
		return false
	}
	return a.Fulfils(relance.VoucherOrder{Code: b.Code, Kind: b.Kind, Value: b.Value, Currency: b.Currency, Minimum: b.Minimum,
		From: b.From, Until: *b.Until, CustomerID: b.CustomerID})
}

// DeactivateVoucher implements [connectors.VoucherDesk]. A 404 may hide a failing database,
// so that the voucher counts as gone only when a list lacks it too.
func (c *Connector) DeactivateVoucher(ctx context.Context, externalID string) error {
	body, err := ruleBody(rulePatch{ID: externalID})
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		_, err = c.client.write(ctx, http.MethodPatch, "cart_rules/"+externalID, body)
		if err == nil || ctx.Err() != nil || try >= c.opts.Tries || !worthRepeating(err) {
			break
		}
		if err := sleep(ctx, c.opts.Backoff<<(try-1)); err != nil {
			return err
		}
	}
	if relance.CodeOf(err) != relance.CodeNotFound {
		return settled(err)
	}
	found, err := c.rules(ctx, params{"filter[id]": "[" + externalID + "]"})
	if err == nil && len(found) > 0 && found[0].Active {
		err = relance.Errorf(relance.CodeShopDown, "The shop says that a voucher is gone which it still lists; its database is failing. It will be tried again.")
	}
	return err
}

// settled takes the mark of an unknown outcome off: switching off can be repeated.
func settled(err error) error {
	return unmarked(err, "The shop did not confirm that the voucher is switched off. It will be tried again.")
}

// unconfirmed is settled of a new end.
func unconfirmed(err error) error {
	return unmarked(err, "The shop did not confirm the voucher's new end. It will be tried again.")
}

func unmarked(err error, message string) error {
	var e *relance.Error
	if !errors.Is(err, connectors.ErrOutcomeUnknown) || !errors.As(err, &e) {
		return err
	}
	return &relance.Error{Code: e.Code, Wait: e.Wait, Err: errors.New("the answer is missing"), Message: message}
}

var (
	_ connectors.VoucherIssuer = (*Connector)(nil)
	_ connectors.VoucherDesk   = (*voucherDesk)(nil)
)
