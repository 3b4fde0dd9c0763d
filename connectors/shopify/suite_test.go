package shopify

import (
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/connectortest"
	"github.com/relance/relance/connectors/shopify/shopifytest"
	"github.com/relance/relance/internal/faults"
	"github.com/relance/relance/internal/outbound"
	"github.com/relance/relance/internal/ratelimit"
	"github.com/relance/relance/internal/sample"
)

// suiteShop lends the simulator to the suite that every connector must pass.
type suiteShop struct{ *shopifytest.Shop }

func (s suiteShop) Connect(t *testing.T, good bool) connectors.Connector {
	t.Helper()
	token := "shpat_test"
	if !good {
		token = "shpat_wrong"
	}
	return s.connect(t, token, outbound.DefaultTimeout)
}

func (s suiteShop) connect(t *testing.T, token string, patience time.Duration) connectors.Connector {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	client := outbound.New(outbound.Options{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Timeout: patience})
	t.Cleanup(client.CloseIdleConnections)
	c, err := newConnector(connectors.Deps{HTTP: client, Now: time.Now, Log: log, Limiter: ratelimit.New(nil, ratelimit.Options{Log: log})},
		relance.Credentials{URL: s.Addr, Key: token}, fastTuning())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (s suiteShop) Delete(t *testing.T, kind relance.Kind, id string) {
	t.Helper()
	if !s.Shop.Delete(kind, id) {
		t.Fatalf("there is no %s %s", kind, id)
	}
}

func TestSuite(t *testing.T) {
	connectortest.Run(t, connectortest.Platform{Name: relance.Shopify, Open: func(t *testing.T, seed sample.Shop, f *faults.Set) connectortest.Shop {
		return suiteShop{shopifytest.NewShop(t, seed, shopifytest.Options{Token: "shpat_test", Faults: f})}
	}})
}

// voucherShop is a suiteShop whose connectors do not wait long for an answer.
type voucherShop struct{ suiteShop }

func (s voucherShop) Connect(t *testing.T, _ bool) connectors.Connector {
	t.Helper()
	return s.connect(t, "shpat_test", 300*time.Millisecond)
}

func (s voucherShop) ConnectReadOnly(t *testing.T) connectors.Connector {
	t.Helper()
	s.SetScopes("read_customers", "read_orders", "read_all_orders", "read_products", "read_returns", "read_discounts")
	return s.Connect(t, true)
}

func TestVoucherSuite(t *testing.T) {
	t.Parallel()
	connectortest.RunVouchers(t, connectortest.Platform{Name: relance.Shopify, Open: func(t *testing.T, seed sample.Shop, f *faults.Set) connectortest.Shop {
		return voucherShop{suiteShop{shopifytest.NewShop(t, seed, shopifytest.Options{Token: "shpat_test", Faults: f})}}
	}})
}
