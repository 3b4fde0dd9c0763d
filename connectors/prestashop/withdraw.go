package prestashop

import (
	"context"
	"encoding/xml"
	"errors"
	"net/http"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// withdrawal takes a customer's yes to the newsletter back. PATCH leaves the rest as it is.
type withdrawal struct {
	XMLName  xml.Name `xml:"prestashop"`
	Customer struct {
		ID         string `xml:"id"`
		Newsletter int    `xml:"newsletter"`
	} `xml:"customer"`
}

// WithdrawConsent implements [connectors.ConsentWithdrawer].
func (c *Connector) WithdrawConsent(ctx context.Context, customerID string) error {
	if !isID(customerID) {
		return relance.FieldErrorf("customer", "A PrestaShop customer's id is a number.")
	}
	var w withdrawal
	w.Customer.ID = customerID
	body, err := xml.Marshal(w)
	if err != nil {
		return relance.WrapError(relance.CodeInternal, err, "The change cannot be written as XML.")
	}
	_, err = c.client.write(ctx, http.MethodPatch, "customers/"+customerID, append([]byte(xml.Header), body...))
	if relance.CodeOf(err) == relance.CodeNotFound {
		return nil // deleted: nobody is left who could be written to
	}
	if e := (*relance.Error)(nil); errors.Is(err, connectors.ErrOutcomeUnknown) && errors.As(err, &e) {
		again := relance.Tell(e.Code, errors.New("the answer is missing"), "CONSENT_UNCONFIRMED") // doing it twice harms nobody
		again.Wait = e.Wait
		return again
	}
	return err
}

var _ connectors.ConsentWithdrawer = (*Connector)(nil)
