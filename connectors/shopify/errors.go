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
		return slowDown(time.Duration(limited.RetryAfter) * time.Second)
	case errors.As(err, &answered):
		return statusError(answered.Status)
	case errors.As(err, &unread):
		return statusError(unread.Status)
	}
	return transportError(err)
}

// slowDown is the error of too many requests; wait is how long the shop asks to wait.
func slowDown(wait time.Duration) error {
	e := relance.Tell(relance.CodeShopBusy, nil, "SLOW_DOWN")
	e.Wait = wait
	return e
}

// statusError says what an HTTP status means.
func statusError(status int) error {
	cause := fmt.Errorf("HTTP status %d", status)
	tell := func(code relance.Code, sentence string) error { return relance.Tell(code, cause, sentence) }
	switch {
	case status == http.StatusUnauthorized:
		return tell(relance.CodeShopAuth, "TOKEN_REFUSED")
	case status == http.StatusForbidden:
		return tell(relance.CodeShopRights, "APP_NOT_ALLOWED")
	case status == http.StatusNotFound, status >= 300 && status < 400:
		return tell(relance.CodeShopAddress, "NO_SHOPIFY")
	case status == http.StatusTooManyRequests:
		return tell(relance.CodeShopBusy, "SLOW_DOWN")
	case status == http.StatusPaymentRequired, status == http.StatusLocked:
		return tell(relance.CodeShopDown, "SHOP_FROZEN")
	case status >= 500:
		return tell(relance.CodeShopDown, "SHOP_FAILED")
	default:
		return tell(relance.CodeShopGarbage, "NOT_ITS_FORMAT")
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
		return relance.Tell(relance.CodeShopDown, nil, "TIMED_OUT")
	case errors.Is(err, outbound.ErrPrivateAddress), errors.Is(err, errForbiddenHost):
		return relance.Tell(relance.CodeShopAddress, err, "PRIVATE_ADDRESS")
	case errors.As(err, &dns) && dns.IsNotFound:
		return relance.Tell(relance.CodeShopAddress, nil, "NO_HOST")
	case errors.Is(err, outbound.ErrTooLarge):
		return relance.Tell(relance.CodeShopGarbage, err, "ANSWER_TOO_LARGE")
	case errors.As(err, &syntax), errors.As(err, &form), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return relance.Tell(relance.CodeShopGarbage, errFormat, "NOT_ITS_FORMAT")
	default:
		return relance.Tell(relance.CodeShopDown, err, "UNREACHABLE")
	}
}
