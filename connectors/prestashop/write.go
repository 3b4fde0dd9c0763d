package prestashop

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"regexp"
	"strings"
	"sync/atomic"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// codeBadXML is the error number of a body that was not understood; nothing was done.
const codeBadXML = 127

// write sends one change: POST to a resource, PATCH and DELETE to a row of it. Only what the shop
// refused before doing anything, because it was busy, is tried again; the error of any other
// failure after the request was on its way is [connectors.ErrOutcomeUnknown].
func (c *client) write(ctx context.Context, method, path string, body []byte) (reply, error) {
	wait := c.opts.Backoff
	for try := 1; ; try++ {
		r, err := c.writeOnce(ctx, method, path, body)
		if err == nil || try >= c.opts.Tries || errors.Is(err, connectors.ErrOutcomeUnknown) || !worthRepeating(err) {
			return r, err
		}
		if err := sleep(ctx, wait); err != nil {
			return r, err
		}
		wait *= 2
	}
}

func (c *client) writeOnce(ctx context.Context, method, path string, body []byte) (reply, error) {
	var reached atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { reached.Store(true) }})
	r, err := c.exchange(traced, method, c.address(path, nil), body)
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		if reached.Load() {
			err = connectors.OutcomeUnknown(err)
		}
		return r, err
	}
	resource, _, _ := strings.Cut(path, "/")
	return r, c.writeRefusal(r.res, method, resource, r.body)
}

// writeRefusal explains an answer to a write that is no success.
func (c *client) writeRefusal(res *http.Response, method, resource string, body []byte) error {
	errs := parseErrors(body)
	switch s := res.StatusCode; {
	case s == http.StatusOK || s == http.StatusCreated:
		return nil
	case s == http.StatusUnauthorized && has(errs, codeNoResource), s == http.StatusMethodNotAllowed && has(errs, codeNoMethod):
		return noWriteRight(method, resource)
	case s == http.StatusMethodNotAllowed:
		return relance.Errorf(relance.CodeShopRights, "The shop's version of PrestaShop, or its server, does not take %s requests; writing needs them.", method)
	case s == http.StatusNotFound && method != http.MethodPost:
		return relance.WrapError(relance.CodeNotFound, statusError(s, errs), "The shop has no such row in %s.", resource)
	case s == http.StatusBadRequest, has(errs, codeBadXML):
		return badValue(res.StatusCode, errs, resource)
	case s >= 500 && !has(errs, codeDisabled):
		return connectors.OutcomeUnknown(c.refusal(res, body, resource))
	}
	return c.refusal(res, body, resource)
}

func noWriteRight(method, resource string) error {
	return relance.Tell(relance.CodeShopRights, nil, "NO_WRITE_RIGHT", "resource", resource, "right", rightName(method))
}

// rightName is what the back office calls the right to a method.
func rightName(method string) string {
	if method == http.MethodPost {
		return "Add (POST)"
	}
	return method
}

// badValue says which field the shop refuses. Its own words name the column.
func badValue(status int, errs []shopError, resource string) error {
	field := ""
	for _, e := range errs {
		if m := regexp.MustCompile(`(?:CartRule->|parameter ")([a-z_]+)`).FindStringSubmatch(e.Message); m != nil {
			field = m[1]
		}
	}
	if resource != "cart_rules" {
		return relance.WrapError(relance.CodeBadInput, statusError(status, errs), "The shop refuses a change in %s.", resource)
	}
	out := relance.WrapError(relance.CodeBadInput, statusError(status, errs), "The shop refuses the voucher (%s).", orText(field, "no reason given"))
	out.Field = map[string]string{"reduction_percent": "value", "reduction_amount": "value", "date_from": "until", "date_to": "until",
		"code": "code", "name": "titles", "minimum_amount": "minimum", "id_customer": "customer"}[field]
	return out
}

func orText(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
