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
	log := slog.New(slog.DiscardHandler)
	client := outbound.New(outbound.Options{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
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
