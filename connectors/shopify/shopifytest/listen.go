package shopifytest

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/relance/relance/internal/sample"
)

// TB is the part of [testing.TB] that a shop needs; this package is also part of the
// product's binary, which has no use for the testing package.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Shop is a simulator that listens on a loopback port for the length of a test.
type Shop struct {
	*Server
	URL  string // http://127.0.0.1:port
	Addr string // 127.0.0.1:port
}

// NewShop serves a simulator until the test ends.
func NewShop(t TB, shop sample.Shop, opts Options) *Shop {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	s := New(shop, opts)
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
		s.Close()
	})
	addr := listener.Addr().String()
	return &Shop{Server: s, URL: "http://" + addr, Addr: addr}
}
