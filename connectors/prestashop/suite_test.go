package prestashop_test

import (
	"log/slog"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/connectortest"
	"github.com/relance/relance/connectors/prestashop"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
	"github.com/relance/relance/internal/faults"
	"github.com/relance/relance/internal/outbound"
	"github.com/relance/relance/internal/sample"
)

// suiteShop lends the simulator to the suite that every connector must pass.
type suiteShop struct {
	*prestashoptest.Server
	url string
}

func (s suiteShop) Connect(t *testing.T, good bool) connectors.Connector {
	t.Helper()
	key := prestashoptest.DefaultKey
	if !good {
		key = "WRONGWEBSERVICEKEY00000000000001"
	}
	return s.connect(t, key, 0)
}

// readOnlyKey is a key that may sync but not write vouchers.
const readOnlyKey = "SIMULATEDWEBSERVICEKEY0000000002"

func (s suiteShop) connect(t *testing.T, key string, patience time.Duration) connectors.Connector {
	t.Helper()
	client := outbound.New(outbound.Options{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	t.Cleanup(client.CloseIdleConnections)
	c, err := prestashop.NewPlatform(prestashop.Options{Backoff: time.Millisecond, Timeout: patience}).New(
		connectors.Deps{HTTP: client, Now: time.Now, Log: slog.New(slog.DiscardHandler)}, relance.Credentials{URL: s.url, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (s suiteShop) Delete(t *testing.T, kind relance.Kind, id string) {
	t.Helper()
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || !s.Server.Delete(map[relance.Kind]string{relance.KindCustomers: "customers", relance.KindOrders: "orders"}[kind], n) {
		t.Fatalf("there is no %s %s: %v", kind, id, err)
	}
}

func TestSuite(t *testing.T) {
	connectortest.Run(t, connectortest.Platform{Name: relance.PrestaShop, Open: func(t *testing.T, seed sample.Shop, f *faults.Set) connectortest.Shop {
		s, url := prestashoptest.NewShop(t, seed, prestashoptest.Options{Faults: f})
		return suiteShop{s, url}
	}})
}

// voucherShop is a suiteShop whose connectors do not wait long for an answer.
type voucherShop struct{ suiteShop }

func (s voucherShop) Connect(t *testing.T, _ bool) connectors.Connector {
	t.Helper()
	return s.connect(t, prestashoptest.DefaultKey, 300*time.Millisecond)
}

func (s voucherShop) ConnectReadOnly(t *testing.T) connectors.Connector {
	t.Helper()
	return s.connect(t, readOnlyKey, 0)
}

func TestVoucherSuite(t *testing.T) {
	t.Parallel()
	connectortest.RunVouchers(t, connectortest.Platform{Name: relance.PrestaShop, Open: func(t *testing.T, seed sample.Shop, f *faults.Set) connectortest.Shop {
		s, url := prestashoptest.NewShop(t, seed, prestashoptest.Options{Faults: f, Keys: []prestashoptest.Key{
			{Value: prestashoptest.DefaultKey}, {Value: readOnlyKey, Rights: prestashoptest.ReadOnly(readResources()...)}}})
		return voucherShop{suiteShop{s, url}}
	}})
}
