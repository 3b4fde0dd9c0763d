package shopify

import (
	"context"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// ExtendVoucher implements [connectors.VoucherExtender]. What the input leaves out stays as it is.
func (s *Connector) ExtendVoucher(ctx context.Context, externalID string, until time.Time) error {
	if !isNumber(externalID) {
		return relance.FieldErrorf("id", "A Shopify voucher's id is a number.")
	}
	until = until.UTC().Truncate(time.Second)
	v, there, err := s.voucherByID(ctx, externalID)
	switch {
	case err != nil:
		return err
	case !there:
		return relance.Errorf(relance.CodeNotFound, "The shop does not have this voucher any more.")
	case endsAt(v, until):
		return nil
	}
	doc := s.docs.vouchers.extend
	if v.Kind == relance.VoucherFreeShipping {
		doc = s.docs.vouchers.extendShipping
	}
	var answer struct {
		Done *struct {
			Problems []userError `json:"userErrors"`
		} `json:"done"`
	}
	list, err := s.call(ctx, doc, map[string]any{"id": gid("DiscountCodeNode", externalID), "voucher": map[string]any{"endsAt": until.Format(time.RFC3339)}}, &answer)
	if err = voucherProblem(list, err); err != nil {
		return err
	}
	if answer.Done != nil && len(answer.Done.Problems) > 0 {
		return answer.Done.Problems[0].asError()
	}
	if v, _, err = s.voucherByID(ctx, externalID); err == nil && !endsAt(v, until) {
		err = relance.Errorf(relance.CodeShopDown, "The shop does not show the voucher's new end yet.")
	}
	return err
}

func endsAt(v relance.Voucher, until time.Time) bool { return v.Until != nil && v.Until.Equal(until) }

var _ connectors.VoucherExtender = (*Connector)(nil)
