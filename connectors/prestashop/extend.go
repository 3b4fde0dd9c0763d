package prestashop

import (
	"context"
	"net/http"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// ruleEnd gives a cart rule another end. PUT would empty every field that is left out, the code first,
// and a rule without one holds for everybody.
type ruleEnd struct {
	ID    string `xml:"id"`
	Until string `xml:"date_to"`
}

// ExtendVoucher implements [connectors.VoucherExtender].
func (c *Connector) ExtendVoucher(ctx context.Context, externalID string, until time.Time) error {
	if !isID(externalID) {
		return relance.FieldErrorf("id", "A PrestaShop voucher's id is a number.")
	}
	refs, err := c.references(ctx)
	if err != nil {
		return err
	}
	wall := refs.clock.wall(until)
	body, err := ruleBody(ruleEnd{ID: externalID, Until: wall.String()})
	if err != nil {
		return err
	}
	_, refused := c.client.write(ctx, http.MethodPatch, "cart_rules/"+externalID, body)
	found, err := c.rules(ctx, params{"filter[id]": "[" + externalID + "]"})
	switch kept := refs.clock.instant(wall); {
	case err == nil && len(found) == 0:
		return relance.Errorf(relance.CodeNotFound, "The shop does not have this voucher any more.")
	case err == nil && found[0].Until != nil && found[0].Until.Equal(kept):
		return nil
	case refused != nil:
		return unconfirmed(refused)
	case err != nil:
		return err
	}
	return relance.Errorf(relance.CodeShopDown, "The shop does not show the voucher's new end yet.")
}

var _ connectors.VoucherExtender = (*Connector)(nil)
