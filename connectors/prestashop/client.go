package prestashop

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/internal/outbound"
)

// client makes requests to one shop. Every request takes a slot, has a time limit and
// is tried again a few times when it fails in a way that may pass.
type client struct {
	base  *url.URL
	key   string
	shop  string // id_shop, "" for the default shop
	http  *http.Client
	opts  Options
	state *shopState
	now   func() time.Time
}

// reply is one answer, read to its end.
type reply struct {
	res    *http.Response // its body is closed
	body   []byte
	header http.Header
	readAt time.Time // our clock when the request began
}

// shopTime is the shop's own clock when it answered; ours where it does not tell.
func (r reply) shopTime() time.Time {
	if t, err := http.ParseTime(r.header.Get("Date")); err == nil {
		return t.UTC()
	}
	return r.readAt.UTC()
}

// params are the parameters of a request, without those that every request bears.
type params map[string]string

// get asks for a resource ("" is the list of resources) until decode accepts the
// answer or the tries are used up. Errors are *relance.Error, or the context's own.
func (c *client) get(ctx context.Context, resource string, p params, decode func(reply) error) error {
	address := c.address(resource, p)
	wait := c.opts.Backoff
	for try := 1; ; try++ {
		err := c.once(ctx, address, resource, decode)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			return nil
		}
		if try >= c.opts.Tries || !worthRepeating(err) {
			return err
		}
		if err := sleep(ctx, wait/2+rand.N(wait)); err != nil {
			return err
		}
		wait *= 2
	}
}

// worthRepeating reports whether trying again at once may help.
func worthRepeating(err error) bool {
	var e *relance.Error
	if !errors.As(err, &e) || errors.Is(err, outbound.ErrTooLarge) {
		return false
	}
	return relance.Temporary(e) && e.Wait <= time.Second
}

// sleep waits, or returns the context's error as soon as that ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// address builds the URL. Brackets and bars are escaped, as strict servers want.
func (c *client) address(resource string, p params) string {
	v := url.Values{}
	for name, value := range p {
		v.Set(name, value)
	}
	if resource != "" {
		v.Set("output_format", "JSON")
	}
	if c.shop != "" {
		v.Set("id_shop", c.shop)
	}
	u := *c.base
	u.Path += "/api/" + resource
	u.RawQuery = v.Encode()
	return u.String()
}

// once makes one request that reads.
func (c *client) once(ctx context.Context, address, resource string, decode func(reply) error) error {
	r, err := c.exchange(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	if r.res.StatusCode != http.StatusOK {
		return c.refusal(r.res, r.body, resource)
	}
	return decode(r)
}

// exchange sends one request and reads the answer to its end, whatever its status.
func (c *client) exchange(ctx context.Context, method, address string, body []byte) (reply, error) {
	r := reply{readAt: c.now().UTC()}
	if err := c.state.acquire(ctx); err != nil {
		return r, err
	}
	defer c.state.release()
	timed, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(timed, method, address, bytes.NewReader(body))
	if err != nil {
		return r, relance.Tell(relance.CodeShopAddress, errors.New("bad address"), "ADDRESS_UNUSABLE")
	}
	req.SetBasicAuth(c.key, "")
	req.Header.Set("Accept", "application/json, text/xml")
	req.Header.Set("User-Agent", "Relance")
	if body != nil {
		req.Header.Set("Content-Type", "application/xml")
	}
	r.readAt = c.now().UTC()
	res, err := c.http.Do(req)
	if err != nil {
		return r, networkError(err)
	}
	defer res.Body.Close()
	r.res, r.header = res, res.Header
	r.body, err = io.ReadAll(io.LimitReader(res.Body, c.opts.MaxBody+1))
	if err == nil && int64(len(r.body)) > c.opts.MaxBody {
		err = outbound.ErrTooLarge
	}
	if err != nil {
		return r, bodyError(err)
	}
	c.state.sawVersion(res.Header.Get("PSWS-Version"))
	return r, nil
}

// fieldList writes a display parameter, without fields the shop's version lacks.
func (c *client) fieldList(resource string, fields []string) string {
	keep := slices.DeleteFunc(slices.Clone(fields), func(f string) bool { return c.state.lacks(resource, f) })
	return "[" + strings.Join(keep, ",") + "]"
}
