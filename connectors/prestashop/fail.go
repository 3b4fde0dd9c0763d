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

const whereKeys = "Advanced Parameters > Webservice in the back office"

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
		return relance.WrapError(relance.CodeShopAddress, outbound.ErrPrivateAddress,
			"The address of the shop leads into a private network; give the address that customers use.")
	case errors.As(err, &dns) && dns.IsNotFound:
		return relance.WrapError(relance.CodeShopAddress, errors.New("no such host"),
			"There is no server with this name; check the address of the shop for typing errors.")
	case errors.As(err, &cert), errors.As(err, &unknown), errors.As(err, &host):
		return relance.WrapError(relance.CodeShopAddress, errors.New("certificate not trusted"),
			"The shop's certificate is not valid for this address; renew it or check the address.")
	case errors.As(err, &record):
		return relance.WrapError(relance.CodeShopAddress, errors.New("no TLS"),
			"The shop does not speak https at this address; try the address with http:// in front.")
	case isTimeout(err):
		return relance.WrapError(relance.CodeShopDown, errors.New("timed out"), "The shop did not answer in time; it will be tried again.")
	}
	return relance.WrapError(relance.CodeShopDown, errors.New("connection failed"),
		"The shop cannot be reached; check that it is online. It will be tried again.")
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &n) && n.Timeout()
}

// bodyError explains a body that could not be read to its end.
func bodyError(err error) error {
	switch {
	case errors.Is(err, outbound.ErrTooLarge):
		return relance.WrapError(relance.CodeShopGarbage, outbound.ErrTooLarge,
			"The shop's answer is far larger than any list it was asked for; check what answers at this address.")
	case isTimeout(err):
		return relance.WrapError(relance.CodeShopDown, errors.New("timed out"), "The shop's answer did not end in time; it will be tried again.")
	}
	return relance.WrapError(relance.CodeShopDown, errors.New("the answer broke off"), "The shop's answer broke off; it will be tried again.")
}

// garbage is the error of an answer that is not what the webservice writes. The
// content stays out of it.
func garbage(reason string) error {
	return relance.WrapError(relance.CodeShopGarbage, errors.New(reason),
		"The shop answered something that is not its data format; its server log tells why. It will be tried again.")
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
		return relance.Errorf(relance.CodeShopRights, "The webservice key may not use shop %s of this multi-shop; allow it under %s.", c.shop, whereKeys)
	case s == http.StatusForbidden:
		return relance.Errorf(relance.CodeShopAuth, "The shop's server refuses the request (403), perhaps by a firewall; allow requests to /api.")
	case s == http.StatusNotFound, s == http.StatusGone:
		return relance.Errorf(relance.CodeShopAddress, "There is no PrestaShop webservice at this address; check the address, and that friendly URLs work on the shop's server.")
	case s == http.StatusMethodNotAllowed && has(errs, codeNoMethod):
		return noRight(resource)
	case s == http.StatusBadRequest:
		return badRequest(errs, resource)
	case s == http.StatusTooManyRequests:
		return busy(res, "The shop's server asks for fewer requests.")
	case s == http.StatusServiceUnavailable && has(errs, codeDisabled):
		return relance.Errorf(relance.CodeShopRights, "The shop's webservice is switched off; switch it on under %s.", whereKeys)
	case s == http.StatusServiceUnavailable:
		return busy(res, "The shop is closed for maintenance.")
	case s >= 500:
		return relance.WrapError(relance.CodeShopDown, statusError(s, errs), "The shop failed with an error of its own (%d); it will be tried again.", s)
	}
	return relance.WrapError(relance.CodeShopGarbage, statusError(res.StatusCode, errs), "The shop answered with status %d, which its webservice never does.", res.StatusCode)
}

func statusError(status int, errs []shopError) error {
	text := "status " + strconv.Itoa(status)
	for _, e := range errs {
		text += ", error " + strconv.Itoa(e.Code)
	}
	return errors.New(text)
}

func busy(res *http.Response, text string) error {
	e := relance.Errorf(relance.CodeShopBusy, "%s It will be tried again later.", text)
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
		return relance.Errorf(relance.CodeShopAddress, "The shop sends requests elsewhere; give the address customers end up at.")
	}
	if strings.EqualFold(to.Host, c.base.Host) && !strings.Contains(to.Path, "/api") {
		if c.shop != "" {
			return relance.Errorf(relance.CodeShopAddress, "This PrestaShop has no shop with the id %s.", c.shop)
		}
		return relance.Errorf(relance.CodeShopAddress, "The shop sends webservice requests to its front page; check that /api is reachable.")
	}
	path, _, _ := strings.Cut(to.Path, "/api")
	return relance.Errorf(relance.CodeShopAddress, "The shop has moved: use the address %s://%s%s.", to.Scheme, to.Host, strings.TrimRight(path, "/"))
}

func unauthorised(res *http.Response, errs []shopError, resource string) error {
	switch {
	case has(errs, codeNoResource):
		return noRight(resource)
	case has(errs, codeKeyFormat), has(errs, codeKeyInactive), has(errs, codeKeyRights):
		return relance.Errorf(relance.CodeShopAuth, "The shop does not know this webservice key or it is switched off; compare it with %s.", whereKeys)
	case strings.Contains(res.Header.Get("Www-Authenticate"), "PrestaShop"):
		return relance.Errorf(relance.CodeShopAuth, "The shop's server drops the key before PrestaShop sees it; let it pass on the Authorization header (CGIPassAuth On).")
	}
	return relance.Errorf(relance.CodeShopAuth, "The server asks for a password of its own; the address may be protected or not a PrestaShop.")
}

// noRight is the error of a resource the key may not read.
func noRight(resource string) error {
	e := relance.Errorf(relance.CodeShopRights, "The webservice key lacks the right to read %q; tick View (GET) for it under %s.", resource, whereKeys)
	e.Err = &deniedResource{resource}
	return e
}

// badRequest tells an older version's missing field from our own mistake.
func badRequest(errs []shopError, resource string) error {
	for _, e := range errs {
		if e.Code == codeNoField {
			if _, rest, ok := strings.Cut(e.Message, `"`); ok {
				if name, _, ok := strings.Cut(rest, `"`); ok {
					return relance.WrapError(relance.CodeShopGarbage, &lackingField{resource, name}, "The shop's version lacks a field.")
				}
			}
		}
		if e.Code == codeUnknown {
			return noRight(resource)
		}
	}
	return relance.WrapError(relance.CodeInternal, statusError(http.StatusBadRequest, errs), "The shop did not understand a request for %q.", resource)
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
