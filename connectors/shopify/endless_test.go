package shopify

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/internal/outbound"
)

// TestListsThatNeverEnd meets shops whose lists do not move on.
func TestListsThatNeverEnd(t *testing.T) {
	t.Parallel()
	row := `{"id":"gid://shopify/Customer/1","updatedAt":"2026-03-01T00:00:00Z","addressesV2":{"nodes":[]}}`
	cases := map[string]func(n int64) string{
		"the same cursor for ever": func(int64) string {
			return `{"data":{"page":{"pageInfo":{"hasNextPage":true,"endCursor":"same"},"nodes":[` + row + `]}}}`
		},
		"the same rows for ever": func(n int64) string {
			return fmt.Sprintf(`{"data":{"page":{"pageInfo":{"hasNextPage":true,"endCursor":"c%d"},"nodes":[%s]}}}`, n, row)
		},
		"empty pages for ever": func(n int64) string {
			return fmt.Sprintf(`{"data":{"page":{"pageInfo":{"hasNextPage":true,"endCursor":"c%d"},"nodes":[]}}}`, n)
		},
		"no cursor": func(int64) string {
			return `{"data":{"page":{"pageInfo":{"hasNextPage":true},"nodes":[` + row + `]}}}`
		},
		"addresses for ever": func(int64) string {
			return `{"data":{"page":{"pageInfo":{},"nodes":[{"id":"gid://shopify/Customer/1","addressesV2":{"pageInfo":{"hasNextPage":true,"endCursor":"x"},"nodes":[]}}]},
				"node":{"children":{"pageInfo":{"hasNextPage":true,"endCursor":"x"},"nodes":[]}}}}`
		},
		"counts without lists": func(int64) string {
			return `{"data":{"page":{"pageInfo":{},"nodes":[]},"last":{"nodes":[]},"count":{"count":5}}}`
		},
	}
	for name, answer := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte(answer(calls.Add(1))))
			}))
			t.Cleanup(server.Close)
			client := outbound.New(outbound.Options{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
			t.Cleanup(client.CloseIdleConnections)
			c, err := newConnector(connectors.Deps{HTTP: client}, relance.Credentials{URL: server.Listener.Addr().String(), Key: "x"}, fastTuning())
			if err != nil {
				t.Fatal(err)
			}
			var at relance.Cursor
			for range 5 {
				page, err := c.Pull(t.Context(), connectors.Request{Kind: relance.KindCustomers, After: at})
				if err != nil {
					if relance.CodeOf(err) != relance.CodeShopGarbage {
						t.Errorf("got %v", err)
					}
					return
				}
				if page.Done {
					t.Fatal("the end was believed")
				}
				at = page.Next
			}
			t.Error("went on for ever")
		})
	}
}
