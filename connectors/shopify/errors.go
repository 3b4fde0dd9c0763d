package shopify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	goshopify "github.com/bold-commerce/go-shopify/v4"

	"github.com/relance/relance"
	"github.com/relance/relance/internal/outbound"
)

// translate says what a failed exchange means. The shop's own words are dropped:
// they may quote data.
func translate(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var limited goshopify.RateLimitError
	var answered goshopify.ResponseError
	var unread goshopify.ResponseDecodingError
	switch {
	case errors.As(err, &limited):
		return &relance.Error{Code: relance.CodeShopBusy, Message: "The shop asks to slow down.", Wait: time.Duration(limited.RetryAfter) * time.Second}
	case errors.As(err, &answered):
		return statusError(answered.Status)
	case errors.As(err, &unread):
		return statusError(unread.Status)
	}
	return transportError(err)
}

// statusError says what an HTTP status means.
func statusError(status int) error {
	cause := fmt.Errorf("HTTP status %d", status)
	wrap := func(code relance.Code, message string) error { return relance.WrapError(code, cause, "%s", message) }
	switch {
	case status == http.StatusUnauthorized:
		return wrap(relance.CodeShopAuth, "The shop refuses the access token. Paste a valid Admin API token or connect the shop again.")
	case status == http.StatusForbidden:
		return wrap(relance.CodeShopRights, "The shop does not let this app use the Admin API. Check that it is installed and its scopes are granted.")
	case status == http.StatusNotFound, status >= 300 && status < 400:
		return wrap(relance.CodeShopAddress, "There is no Shopify shop at this address.")
	case status == http.StatusTooManyRequests:
		return wrap(relance.CodeShopBusy, "The shop asks to slow down.")
	case status == http.StatusPaymentRequired, status == http.StatusLocked:
		return wrap(relance.CodeShopDown, "The shop is frozen or locked by Shopify.")
	case status >= 500:
		return wrap(relance.CodeShopDown, "The shop does not answer properly at the moment.")
	default:
		return wrap(relance.CodeShopGarbage, "The shop gave an answer that is not Shopify's.")
	}
}

// transportError says what a failure below HTTP, or a body that is not JSON, means.
func transportError(err error) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err // the address may hold a signature
	}
	var dns *net.DNSError
	var syntax *json.SyntaxError
	var form *json.UnmarshalTypeError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return relance.Errorf(relance.CodeShopDown, "The shop does not answer in time.")
	case errors.Is(err, outbound.ErrPrivateAddress), errors.Is(err, errForbiddenHost):
		return relance.WrapError(relance.CodeShopAddress, err, "This address must not be used.")
	case errors.As(err, &dns) && dns.IsNotFound:
		return relance.Errorf(relance.CodeShopAddress, "There is no shop with this address.")
	case errors.Is(err, outbound.ErrTooLarge):
		return relance.WrapError(relance.CodeShopGarbage, err, "The shop's answer is too large.")
	case errors.As(err, &syntax), errors.As(err, &form), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return relance.WrapError(relance.CodeShopGarbage, errFormat, "The shop gave an answer that is cut off or not JSON.")
	default:
		return relance.WrapError(relance.CodeShopDown, err, "The shop does not answer.")
	}
}
