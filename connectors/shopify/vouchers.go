package shopify

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// voucherDocuments are the documents of vouchers.
type voucherDocuments struct {
	byCode, byID, make, makeShipping, extend, extendShipping, deactivate, remove, ofOrders, ofLines document
}

func loadVoucherDocuments() voucherDocuments {
	return voucherDocuments{
		byCode:         load(40, "voucher_by_code", "voucher_fields"),
		byID:           load(40, "voucher_by_id", "voucher_fields"),
		make:           load(20, "voucher_make"),
		makeShipping:   load(20, "voucher_make_shipping"),
		deactivate:     load(20, "voucher_deactivate"),
		extend:         load(20, "voucher_extend"),
		extendShipping: load(20, "voucher_extend_shipping"),
		remove:         load(20, "voucher_remove"),
		ofOrders:       load(690, "order_vouchers", "allocation_fields"),
		ofLines:        load(260, "voucher_children", "allocation_fields"),
	}
}

// FindVouchers implements [connectors.VoucherIssuer]. Shopify knows a code once.
func (s *Connector) FindVouchers(ctx context.Context, code string) ([]relance.Voucher, error) {
	found, _, err := s.voucherByCode(ctx, code)
	return found, err
}

// voucherByCode finds the voucher with a code and tells the shop's currency.
func (s *Connector) voucherByCode(ctx context.Context, code string) ([]relance.Voucher, string, error) {
	var answer struct {
		Shop struct {
			Currency loose `json:"currencyCode"`
		} `json:"shop"`
		Voucher *voucherNode `json:"voucher"`
	}
	list, err := s.call(ctx, s.docs.vouchers.byCode, map[string]any{"code": code}, &answer)
	if err = voucherProblem(list, err); err != nil {
		return nil, "", err
	}
	currency, err := relance.ParseCurrency(string(answer.Shop.Currency))
	if err != nil {
		return nil, "", relance.WrapError(relance.CodeShopGarbage, err, "The shop does not tell its currency.")
	}
	if answer.Voucher == nil {
		return nil, currency, nil
	}
	v, err := answer.Voucher.voucher(code)
	return []relance.Voucher{v}, currency, err
}

// voucherProblem says what errors beside data mean: half a voucher is none.
func voucherProblem(list problems, err error) error {
	switch {
	case relance.CodeOf(err) == relance.CodeShopRights, err == nil && len(list.missing("write_discounts")) > 0:
		return relance.Errorf(relance.CodeShopRights, "The app may not use vouchers in this shop. Grant it the scope write_discounts and install it again.")
	case err == nil && len(list) > 0:
		return list.asError(0)
	}
	return err
}

// IssueVoucher implements [connectors.VoucherIssuer].
func (s *Connector) IssueVoucher(ctx context.Context, order relance.VoucherOrder) (relance.Voucher, error) {
	if err := order.Validate(); err != nil {
		return relance.Voucher{}, err
	}
	if order.CustomerID != "" && !isNumber(order.CustomerID) {
		return relance.Voucher{}, relance.FieldErrorf("customer", "A Shopify customer's id is a number.")
	}
	order.From, order.Until = order.From.UTC().Truncate(time.Second), order.Until.UTC().Truncate(time.Second)
	return connectors.IssueVoucher(ctx, &voucherDesk{Connector: s}, order)
}

// voucherDesk issues one voucher.
type voucherDesk struct {
	*Connector
	currency string // the shop's, once it was looked for the code
}

func (d *voucherDesk) FindVouchers(ctx context.Context, code string) (found []relance.Voucher, err error) {
	found, d.currency, err = d.voucherByCode(ctx, code)
	return found, err
}

// MakeVoucher implements [connectors.VoucherDesk]. Shopify takes amounts without a currency
// and reads them in its own.
func (d *voucherDesk) MakeVoucher(ctx context.Context, order relance.VoucherOrder) error {
	if order.Currency != "" && order.Currency != d.currency {
		return relance.FieldErrorf("currency", "The shop sells in %s; it cannot issue a voucher in %s.", d.currency, order.Currency)
	}
	doc := d.docs.vouchers.make
	if order.Kind == relance.VoucherFreeShipping {
		doc = d.docs.vouchers.makeShipping
	}
	var answer struct {
		Made *struct {
			Node     *idNode     `json:"codeDiscountNode"`
			Problems []userError `json:"userErrors"`
		} `json:"made"`
	}
	list, err := d.callOnce(ctx, doc, map[string]any{"voucher": voucherInput(order)}, &answer)
	switch err = voucherProblem(list, err); {
	case errors.Is(err, connectors.ErrOutcomeUnknown) || relance.CodeOf(err) == relance.CodeShopRights:
		return err
	case err != nil && len(list) > 0:
		return connectors.OutcomeUnknown(err)
	case err != nil:
		return err
	case answer.Made == nil || answer.Made.Node == nil && len(answer.Made.Problems) == 0:
		return connectors.OutcomeUnknown(relance.Errorf(relance.CodeShopGarbage, "The shop's answer says nothing of the voucher."))
	case len(answer.Made.Problems) > 0:
		return answer.Made.Problems[0].asError()
	}
	return nil
}

// userError is why the shop refuses an input. Its message is not kept: it may quote values.
type userError struct {
	Code  string   `json:"code"`
	Field []string `json:"field"`
}

func (u userError) asError() error {
	about := func(fields ...string) bool {
		return slices.ContainsFunc(u.Field, func(f string) bool { return slices.Contains(fields, f) })
	}
	code := cut(clean(u.Code), 60)
	switch {
	case about("code") && (u.Code == "TAKEN" || u.Code == "DUPLICATE"), len(u.Field) == 0 && u.Code == "TAKEN":
		return &relance.Error{Code: relance.CodeConflict, Field: "code", Message: "The shop has a voucher with this code already.", Err: connectors.ErrCodeTaken}
	case u.Code == "INTERNAL_ERROR":
		return connectors.OutcomeUnknown(relance.Errorf(relance.CodeShopDown, "The shop failed to make the voucher."))
	case about("context", "customers", "customerSelection"):
		return relance.FieldErrorf("customer", "The shop does not know the customer whom the voucher is for (%s).", code)
	case about("minimumRequirement"):
		return relance.FieldErrorf("minimum", "The shop refuses the minimum of the voucher (%s).", code)
	case about("customerGets"):
		return relance.FieldErrorf("value", "The shop refuses the value of the voucher (%s).", code)
	case about("startsAt", "endsAt"):
		return relance.FieldErrorf("until", "The shop refuses the dates of the voucher (%s).", code)
	}
	return relance.Errorf(relance.CodeBadInput, "The shop refuses the voucher (%s).", code)
}

// RevokeVoucher implements [connectors.VoucherIssuer].
func (s *Connector) RevokeVoucher(ctx context.Context, externalID string) error {
	return s.DeactivateVoucher(ctx, externalID)
}

// DeactivateVoucher implements [connectors.VoucherDesk]. It looks first: a voucher that has
// ended keeps the end it had.
func (s *Connector) DeactivateVoucher(ctx context.Context, externalID string) error {
	if !isNumber(externalID) {
		return relance.FieldErrorf("id", "A Shopify voucher's id is a number.")
	}
	works, err := s.voucherWorks(ctx, externalID)
	if err != nil || !works {
		return err
	}
	var answer struct {
		Done *struct {
			Problems []userError `json:"userErrors"`
		} `json:"done"`
	}
	list, err := s.call(ctx, s.docs.vouchers.deactivate, map[string]any{"id": gid("DiscountCodeNode", externalID)}, &answer)
	switch err = voucherProblem(list, err); {
	case err != nil:
		return err
	case answer.Done != nil && len(answer.Done.Problems) == 0:
		return nil
	}
	if works, err = s.voucherWorks(ctx, externalID); err == nil && works {
		err = relance.Errorf(relance.CodeShopDown, "The shop does not deactivate the voucher.")
	}
	return err
}

// RemoveVoucher implements [connectors.VoucherRemover].
func (s *Connector) RemoveVoucher(ctx context.Context, externalID string) error {
	if !isNumber(externalID) {
		return relance.FieldErrorf("id", "A Shopify voucher's id is a number.")
	}
	var answer struct {
		Done *struct {
			Problems []userError `json:"userErrors"`
		} `json:"done"`
	}
	list, err := s.call(ctx, s.docs.vouchers.remove, map[string]any{"id": gid("DiscountCodeNode", externalID)}, &answer)
	switch err = voucherProblem(list, err); {
	case err != nil:
		return err
	case answer.Done != nil && len(answer.Done.Problems) == 0:
		return nil
	}
	_, there, err := s.voucherByID(ctx, externalID)
	if err == nil && there {
		err = relance.Errorf(relance.CodeShopDown, "The shop does not remove the voucher.")
	}
	return err
}

// voucherWorks reports whether a voucher is there and active.
func (s *Connector) voucherWorks(ctx context.Context, externalID string) (bool, error) {
	v, _, err := s.voucherByID(ctx, externalID)
	return v.Active, err
}

func (s *Connector) voucherByID(ctx context.Context, externalID string) (v relance.Voucher, there bool, err error) {
	var answer struct {
		Voucher *voucherNode `json:"voucher"`
	}
	list, err := s.call(ctx, s.docs.vouchers.byID, map[string]any{"id": gid("DiscountCodeNode", externalID)}, &answer)
	if err = voucherProblem(list, err); err != nil || answer.Voucher == nil || answer.Voucher.ID == "" {
		return v, false, err
	}
	v, err = answer.Voucher.voucher("")
	return v, true, err
}

var (
	_ connectors.VoucherIssuer  = (*Connector)(nil)
	_ connectors.VoucherRemover = (*Connector)(nil)
	_ connectors.VoucherDesk    = (*voucherDesk)(nil)
)
