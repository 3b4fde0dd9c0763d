package prestashop

import (
	"context"
	"net/http"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// RemoveVoucher implements [connectors.VoucherRemover].
func (c *Connector) RemoveVoucher(ctx context.Context, externalID string) error {
	if !isID(externalID) {
		return relance.FieldErrorf("id", "A PrestaShop voucher's id is a number.")
	}
	_, err := c.client.write(ctx, http.MethodDelete, "cart_rules/"+externalID, nil)
	if relance.CodeOf(err) == relance.CodeNotFound {
		return nil
	}
	return settled(err)
}

var _ connectors.VoucherRemover = (*Connector)(nil)
