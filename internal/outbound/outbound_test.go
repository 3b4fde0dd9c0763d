package outbound

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func loopback() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

func TestIsPublic(t *testing.T) {
	t.Parallel()
	for ip, want := range map[string]bool{
		"8.8.8.8": true, "93.184.216.34": true, "2606:4700::1111": true, "172.32.0.1": true, "100.128.0.1": true,
		"127.0.0.1": false, "127.9.9.9": false, "::1": false, "10.1.2.3": false, "172.16.0.1": false,
		"192.168.1.1": false, "169.254.169.254": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false,
		"fd12::1": false, "100.64.0.1": false, "100.127.255.255": false, "224.0.0.1": false, "ff02::1": false,
		"0.0.0.0": false, "0.1.2.3": false, "::": false, "255.255.255.255": false, "240.0.0.1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:8.8.8.8": true, "::127.0.0.1": false,
		"64:ff9b::7f00:1": false, "64:ff9b:1::1": false, "2002:7f00:1::": false, "2001::1": false,
		"2001:db8::1": false, "192.0.2.1": false, "198.18.0.1": false, "198.51.100.1": false, "203.0.113.9": false,
		"192.0.0.8": false, "192.88.99.1": false, "100::1": false, "fec0::1": false, "3fff::1": false, "5f00::1": false,
	} {
		if got := IsPublic(netip.MustParseAddr(ip)); got != want {
			t.Errorf("IsPublic(%s) = %v, want %v", ip, got, want)
		}
	}
	if IsPublic(netip.Addr{}) {
		t.Error("the zero address is taken for public")
	}
}

func FuzzIsPublic(f *testing.F) {
	f.Add([]byte{127, 0, 0, 1})
	f.Add(netip.MustParseAddr("::ffff:10.0.0.1").AsSlice())
	f.Fuzz(func(t *testing.T, b []byte) {
		ip, ok := netip.AddrFromSlice(b)
		if !ok {
			return
		}
		if IsPublic(ip) != IsPublic(ip.Unmap()) {
			t.Errorf("%s is judged differently when mapped", ip)
		}
		if u := ip.Unmap(); (u.IsLoopback() || u.IsPrivate() || u.IsMulticast() || u.IsLinkLocalUnicast()) && IsPublic(ip) {
			t.Errorf("%s is taken for public", ip)
		}
	})
}

func get(t *testing.T, c *http.Client, url string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Do(req)
	if err == nil {
		t.Cleanup(func() { res.Body.Close() })
	}
	return res, err
}

func TestPrivateAddressIsRefusedBeforeAnyByte(t *testing.T) {
	t.Parallel()
	reached := false
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer srv.Close()
	named := strings.Replace(srv.URL, "127.0.0.1", "localhost", 1)
	for _, url := range []string{srv.URL, named, "http://[::ffff:127.0.0.1]:1/", "http://169.254.169.254/latest", "http://10.0.0.1/", "http://0.0.0.0:1/", "http://[::1]:1/"} {
		_, err := get(t, New(Options{}), url)
		if !errors.Is(err, ErrPrivateAddress) {
			t.Errorf("%s: %v, want ErrPrivateAddress", url, err)
		}
	}
	if reached {
		t.Error("the server was reached")
	}
}

func TestAllowedNetworkIsReached(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }))
	defer srv.Close()
	res, err := get(t, New(Options{AllowNetworks: loopback()}), srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(res.Body); string(b) != "hello" || err != nil {
		t.Errorf("body %q, %v", b, err)
	}
	other := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	if _, err := get(t, New(Options{AllowNetworks: other}), srv.URL); !errors.Is(err, ErrPrivateAddress) {
		t.Errorf("another network allowed loopback: %v", err)
	}
}

func TestEnvironmentProxyIsIgnored(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "direct") }))
	defer srv.Close()
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	res, err := get(t, New(Options{AllowNetworks: loopback()}), srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := io.ReadAll(res.Body); string(b) != "direct" {
		t.Errorf("body %q", b)
	}
}

func TestRedirectIsReturnedNotFollowed(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			t.Error("the redirect was followed")
		}
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	}))
	defer srv.Close()
	res, err := get(t, New(Options{AllowNetworks: loopback()}), srv.URL)
	if err != nil || res.StatusCode != http.StatusFound || res.Header.Get("Location") != "/elsewhere" {
		t.Errorf("%v %v", res, err)
	}
}

func TestBodyIsCapped(t *testing.T) {
	t.Parallel()
	const limit = 1000
	for _, c := range []struct {
		name     string
		size     int
		announce bool
		want     error
	}{
		{"at the limit", limit, false, nil},
		{"at the limit, announced", limit, true, nil},
		{"one over", limit + 1, false, ErrTooLarge},
		{"one over, announced", limit + 1, true, ErrTooLarge},
		{"far over", 100 * limit, false, ErrTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if !c.announce {
					w.(http.Flusher).Flush()
				}
				_, _ = w.Write(bytes.Repeat([]byte("x"), c.size))
			}))
			defer srv.Close()
			res, err := get(t, New(Options{AllowNetworks: loopback(), MaxBody: limit}), srv.URL)
			if err != nil {
				t.Fatal(err)
			}
			n, err := io.Copy(io.Discard, res.Body)
			if !errors.Is(err, c.want) || n > limit {
				t.Errorf("%d bytes, %v; want %v", n, err, c.want)
			}
			if c.want != nil {
				if _, err := res.Body.Read(make([]byte, 1)); !errors.Is(err, ErrTooLarge) {
					t.Errorf("reading on: %v", err)
				}
			}
		})
	}
}

func TestTwoGigabytesAreNotTransferred(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "2147483648")
		_, _ = w.Write([]byte("x"))
	}))
	defer srv.Close()
	res, err := get(t, New(Options{AllowNetworks: loopback()}), srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, res.Body); n != 0 || !errors.Is(err, ErrTooLarge) {
		t.Errorf("%d bytes, %v", n, err)
	}
}

func TestHugeHeaderIsRefused(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("x", maxHeader+1))
	}))
	defer srv.Close()
	if _, err := get(t, New(Options{AllowNetworks: loopback()}), srv.URL); err == nil {
		t.Error("a header above the limit was accepted")
	}
}

func TestSilentServerTimesOut(t *testing.T) {
	t.Parallel()
	done := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-done:
		}
	}))
	defer srv.Close()
	defer close(done)
	began := time.Now()
	_, err := get(t, New(Options{AllowNetworks: loopback(), Timeout: 50 * time.Millisecond}), srv.URL)
	if err == nil || time.Since(began) > 5*time.Second {
		t.Errorf("%v after %s", err, time.Since(began))
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	t.Parallel()
	c := New(Options{})
	if got := c.Transport.(*cappedTransport).next.TLSClientConfig.MinVersion; got < 0x0303 {
		t.Errorf("TLS %x is accepted", got)
	}
}

func TestControlRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	g := guard{allow: loopback()}
	for _, c := range []struct{ network, address string }{{"udp4", "127.0.0.1:1"}, {"unix", "/tmp/x"}, {"tcp4", "nonsense"}} {
		if err := g.control(context.Background(), c.network, c.address, nil); !errors.Is(err, ErrPrivateAddress) {
			t.Errorf("%s %s: %v", c.network, c.address, err)
		}
	}
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
