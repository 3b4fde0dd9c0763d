package shopify

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"github.com/relance/relance"
)

// address is where a shop is: its myshopify.com domain, or for development the
// loopback address of a simulator, which go-shopify knows by a made-up domain.
type address struct {
	domain string // what go-shopify is told
	base   url.URL
}

// errForbiddenHost refuses a request that would leave the shop.
var errForbiddenHost = errors.New("a request to another host than the shop was refused")

// parseAddress reads what a person typed: "one.myshopify.com", with or without
// https:// and a path, or "127.0.0.1:port" of a simulator.
func parseAddress(typed string) (address, error) {
	host := strings.ToLower(strings.TrimSpace(typed))
	host = strings.TrimPrefix(strings.TrimPrefix(host, "https://"), "http://")
	host, _, _ = strings.Cut(host, "/")
	if regexp.MustCompile(`^[a-z0-9][a-z0-9-]*\.myshopify\.com$`).MatchString(host) {
		return address{domain: host, base: url.URL{Scheme: "https", Host: host}}, nil
	}
	if loopback(host) {
		return address{domain: "simulator.myshopify.com", base: url.URL{Scheme: "http", Host: host}}, nil
	}
	e := relance.Tell(relance.CodeShopAddress, nil, "DOMAIN")
	e.Field = "domain"
	return address{}, e
}

// loopback reports whether host is a loopback address with a port.
func loopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(name)
	return name == "localhost" || err == nil && ip.IsLoopback()
}

// key tells this shop from others towards the limiter.
func (a address) key() string { return a.base.Host }

// fence lets only requests to the shop itself through, and sends them there.
func (a address) fence(u *url.URL) error {
	if u.Scheme != "https" || u.Host != a.domain {
		return errForbiddenHost
	}
	u.Scheme, u.Host = a.base.Scheme, a.base.Host
	return nil
}

// fileFence lets only the hosts through that Shopify keeps bulk files on, or the
// simulator itself.
func (a address) fileFence(u *url.URL) error {
	if a.base.Scheme == "http" {
		if u.Scheme == "http" && u.Host == a.base.Host {
			return nil
		}
		return errForbiddenHost
	}
	host := u.Host
	good := host == "storage.googleapis.com" || strings.HasSuffix(host, ".storage.googleapis.com") ||
		host == a.domain || strings.HasSuffix(host, ".shopify.com") || strings.HasSuffix(host, ".shopifycdn.com")
	if u.Scheme != "https" || u.Port() != "" || !good {
		return errForbiddenHost
	}
	return nil
}

// client makes an HTTP client over the guarded one that follows no redirect and asks
// the fence before every request. It has no time limit of its own: go-shopify does not
// close bodies, so such a limit's timer would outlive every request. Callers bound
// their context instead.
func (a address) client(guarded *http.Client, fence func(*url.URL) error) *http.Client {
	next := guarded.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	return &http.Client{
		Transport:     fenced{fence: fence, next: next},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// fenced is a transport with a fence.
type fenced struct {
	fence func(*url.URL) error
	next  http.RoundTripper
}

func (t fenced) RoundTrip(r *http.Request) (*http.Response, error) {
	clone := r.Clone(r.Context())
	if err := t.fence(clone.URL); err != nil {
		return nil, err
	}
	clone.Host = clone.URL.Host
	return t.next.RoundTrip(clone)
}
