package prestashop

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/xml"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/internal/outbound"
)

// Error numbers of the webservice.
const (
	codeKeyFormat   = 18
	codeKeyInactive = 20
	codeKeyRights   = 21
	codeDisabled    = 22
	codeNoMethod    = 25
	codeNoResource  = 26
	codeUnknown     = 27 // resource
	codeNoFilter    = 32
	codeNoField     = 35
	codeNoSort      = 38
	codeNoLanguage  = 81
	codeNoShop      = 132
)

// shopError is one error as the webservice writes it.
type shopError struct {
	Code    int    `json:"code" xml:"code"`
	Message string `json:"message" xml:"message"`
}

// lackingField is in the chain of the error of asking for a field that the shop's
// version does not have.
type lackingField struct{ resource, field string }

func (e *lackingField) Error() string { return "the shop has no field " + e.resource + "." + e.field }

// deniedResource is in the chain of the error of asking for what the key may not read.
type deniedResource struct{ resource string }

func (e *deniedResource) Error() string { return "no right to read " + e.resource }

// networkError explains a request that got no answer. The URL that net/http puts
// into its errors is left out.
func networkError(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, outbound.ErrPrivateAddress):
		return relance.Tell(relance.CodeShopAddress, outbound.ErrPrivateAddress,
			"PRIVATE_ADDRESS")
	case errors.As(err, &dns) && dns.IsNotFound:
		return relance.Tell(relance.CodeShopAddress, errors.New("no such host"),
			"NO_HOST")
	case errors.As(err, &cert), errors.As(err, &unknown), errors.As(err, &host):
		return relance.Tell(relance.CodeShopAddress, errors.New("certificate not trusted"),
			"CERTIFICATE")
	case errors.As(err, &record):
		return relance.Tell(relance.CodeShopAddress, errors.New("no TLS"),
			"NO_TLS")
	case isTimeout(err):
		return relance.Tell(relance.CodeShopDown, errors.New("timed out"), "TIMED_OUT")
	}
	return relance.Tell(relance.CodeShopDown, errors.New("connection failed"),
		"UNREACHABLE")
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &n) && n.Timeout()
}

// bodyError explains a body that could not be read to its end.
func bodyError(err error) error {
	switch {
	case errors.Is(err, outbound.ErrTooLarge):
		return relance.Tell(relance.CodeShopGarbage, outbound.ErrTooLarge,
			"ANSWER_TOO_LARGE")
	case isTimeout(err):
		return relance.Tell(relance.CodeShopDown, errors.New("timed out"), "TIMED_OUT")
	}
	return relance.Tell(relance.CodeShopDown, errors.New("the answer broke off"), "ANSWER_BROKE_OFF")
}

// garbage is the error of an answer that is not what the webservice writes. The
// content stays out of it.
func garbage(reason string) error {
	return relance.Tell(relance.CodeShopGarbage, errors.New(reason),
		"NOT_ITS_FORMAT")
}

// refusal explains an answer with another status than 200.
func (c *client) refusal(res *http.Response, body []byte, resource string) error {
	errs := parseErrors(body)
	switch s := res.StatusCode; {
	case s >= 300 && s < 400:
		return c.redirected(res)
	case s == http.StatusUnauthorized:
		return unauthorised(res, errs, resource)
	case s == http.StatusForbidden && has(errs, codeNoShop):
		return relance.Tell(relance.CodeShopRights, nil, "SHOP_NOT_ALLOWED", "shop", c.shop)
	case s == http.StatusForbidden:
		return relance.Tell(relance.CodeShopAuth, nil, "FIREWALL")
	case s == http.StatusNotFound, s == http.StatusGone:
		return relance.Tell(relance.CodeShopAddress, nil, "NO_WEBSERVICE")
	case s == http.StatusMethodNotAllowed && has(errs, codeNoMethod):
		return noRight(resource)
	case s == http.StatusBadRequest:
		return badRequest(errs, resource)
	case s == http.StatusTooManyRequests:
		return busy(res, "SLOW_DOWN")
	case s == http.StatusServiceUnavailable && has(errs, codeDisabled):
		return relance.Tell(relance.CodeShopRights, nil, "WEBSERVICE_OFF")
	case s == http.StatusServiceUnavailable:
		return busy(res, "MAINTENANCE")
	case s >= 500:
		return relance.Tell(relance.CodeShopDown, statusError(s, errs), "SHOP_FAILED")
	}
	return relance.Tell(relance.CodeShopGarbage, statusError(res.StatusCode, errs), "ODD_STATUS", "status", strconv.Itoa(res.StatusCode))
}

func statusError(status int, errs []shopError) error {
	text := "status " + strconv.Itoa(status)
	for _, e := range errs {
		text += ", error " + strconv.Itoa(e.Code)
	}
	return errors.New(text)
}

func busy(res *http.Response, sentence string) error {
	e := relance.Tell(relance.CodeShopBusy, nil, sentence)
	if n, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && n > 0 {
		e.Wait = min(time.Duration(n)*time.Second, time.Hour)
	}
	return e
}

// redirected names the address to use instead. An unknown shop of a multi-shop also
// shows as a redirect, to the front page.
func (c *client) redirected(res *http.Response) error {
	to, err := res.Location()
	if err != nil || to.Host == "" {
		return relance.Tell(relance.CodeShopAddress, nil, "REDIRECTED")
	}
	if strings.EqualFold(to.Host, c.base.Host) && !strings.Contains(to.Path, "/api") {
		if c.shop != "" {
			return relance.Tell(relance.CodeShopAddress, nil, "NO_SUCH_SHOP", "shop", c.shop)
		}
		return relance.Tell(relance.CodeShopAddress, nil, "REDIRECTED_TO_FRONT")
	}
	path, _, _ := strings.Cut(to.Path, "/api")
	return relance.Tell(relance.CodeShopAddress, nil, "MOVED", "address", to.Scheme+"://"+to.Host+strings.TrimRight(path, "/"))
}

func unauthorised(res *http.Response, errs []shopError, resource string) error {
	switch {
	case has(errs, codeNoResource):
		return noRight(resource)
	case has(errs, codeKeyFormat), has(errs, codeKeyInactive), has(errs, codeKeyRights):
		return relance.Tell(relance.CodeShopAuth, nil, "KEY_UNKNOWN")
	case strings.Contains(res.Header.Get("Www-Authenticate"), "PrestaShop"):
		return relance.Tell(relance.CodeShopAuth, nil, "KEY_DROPPED")
	}
	return relance.Tell(relance.CodeShopAuth, nil, "SERVER_PASSWORD")
}

// noRight is the error of a resource the key may not read.
func noRight(resource string) error {
	return relance.Tell(relance.CodeShopRights, &deniedResource{resource}, "NO_RIGHT", "resource", resource)
}

// badRequest tells an older version's missing field from our own mistake.
func badRequest(errs []shopError, resource string) error {
	for _, e := range errs {
		if e.Code == codeNoField {
			if _, rest, ok := strings.Cut(e.Message, `"`); ok {
				if name, _, ok := strings.Cut(rest, `"`); ok {
					return relance.Tell(relance.CodeShopGarbage, &lackingField{resource, name}, "LACKS_FIELD", "field", resource+"."+name)
				}
			}
		}
		if e.Code == codeUnknown {
			return noRight(resource)
		}
	}
	return relance.Tell(relance.CodeInternal, statusError(http.StatusBadRequest, errs), "QUERY_REFUSED")
}

func has(errs []shopError, code int) bool {
	for _, e := range errs {
		if e.Code == code {
			return true
		}
	}
	return false
}

// parseErrors reads the errors of an answer in either format; none if there are none.
func parseErrors(body []byte) []shopError {
	body = bytes.TrimSpace(body)
	if len(body) > 64<<10 {
		body = body[:64<<10]
	}
	if len(body) > 0 && body[0] == '{' {
		var v struct {
			Errors []shopError `json:"errors"`
		}
		if json.Unmarshal(body, &v) == nil {
			return v.Errors
		}
		return nil
	}
	var v struct {
		Errors []shopError `xml:"errors>error"`
	}
	if xml.Unmarshal(body, &v) == nil {
		return v.Errors
	}
	return nil
}
