// Package outbound makes the HTTP client through which the product talks to
// addresses that people typed in. Such an address may point, by mistake or by
// malice, into the network the product itself runs in; it may answer with a body
// that never ends, or send the caller on to somewhere else together with its
// credentials. The client made here refuses all of that:
//
//   - the IP address of every connection is judged when it is dialled, after name
//     resolution, so a name that changes its address in between gains nothing;
//   - no proxy is used and no redirect is followed: the 3xx answer is returned;
//   - bodies, headers and waiting times are bounded.
package outbound

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// The defaults of [Options].
const (
	DefaultTimeout = 30 * time.Second
	DefaultMaxBody = 32 << 20
)

const (
	dialTimeout   = 10 * time.Second
	tlsTimeout    = 10 * time.Second
	idleTimeout   = 60 * time.Second
	maxHeader     = 256 << 10
	idlePerServer = 8
)

// Options sets the limits of a client. The zero value is strict and ready to use.
type Options struct {
	// AllowNetworks lists networks that may be reached although they are private:
	// loopback in development and tests. Empty allows public addresses only.
	AllowNetworks []netip.Prefix
	// Timeout bounds a whole exchange, the reading of the body included; 0 means
	// [DefaultTimeout].
	Timeout time.Duration
	// MaxBody bounds the decoded body in bytes; 0 means [DefaultMaxBody]. Reading on
	// gives an error that is [ErrTooLarge].
	MaxBody int64
}

// New makes a client. It is safe for concurrent use and should be kept: it holds
// idle connections.
func New(o Options) *http.Client {
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.MaxBody <= 0 {
		o.MaxBody = DefaultMaxBody
	}
	g := guard{allow: append([]netip.Prefix(nil), o.AllowNetworks...)}
	dialer := &net.Dialer{Timeout: min(dialTimeout, o.Timeout), KeepAlive: 30 * time.Second, ControlContext: g.control}
	return &http.Client{
		Timeout:       o.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &cappedTransport{next: newTransport(dialer.DialContext, o.Timeout), max: o.MaxBody},
	}
}

func newTransport(dial func(ctx context.Context, network, addr string) (net.Conn, error), timeout time.Duration) *http.Transport {
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    min(tlsTimeout, timeout),
		ResponseHeaderTimeout:  timeout,
		MaxResponseHeaderBytes: maxHeader,
		IdleConnTimeout:        idleTimeout,
		MaxIdleConns:           64,
		MaxIdleConnsPerHost:    idlePerServer,
		ForceAttemptHTTP2:      true,
	}
}
