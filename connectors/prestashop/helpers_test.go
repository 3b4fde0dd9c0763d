package prestashop_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/prestashop"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
	"github.com/relance/relance/internal/outbound"
	"github.com/relance/relance/internal/sample"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func loopback() []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }

// quick are options that keep tests short.
func quick() prestashop.Options {
	return prestashop.Options{PageSize: 10, IDPage: 25, Tries: 4, Backoff: time.Millisecond, Timeout: 5 * time.Second}
}

func connect(t testing.TB, url string, o prestashop.Options, change ...func(*relance.Credentials)) connectors.Connector {
	t.Helper()
	creds := relance.Credentials{URL: url, Key: prestashoptest.DefaultKey}
	for _, f := range change {
		f(&creds)
	}
	c, err := newConnector(t, o, creds)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newConnector(t testing.TB, o prestashop.Options, creds relance.Credentials) (connectors.Connector, error) {
	t.Helper()
	web := outbound.New(outbound.Options{AllowNetworks: loopback()})
	t.Cleanup(web.CloseIdleConnections)
	return prestashop.NewPlatform(o).New(connectors.Deps{HTTP: web, Now: time.Now}, creds)
}

// pulled is everything a pull gave, the last state of each record.
type pulled struct {
	pages     int
	customers map[string]relance.Customer
	orders    map[string]relance.Order
	carts     map[string]relance.Cart
	products  map[string]relance.Product
	consents  map[string]relance.ConsentChange
	rejected  []connectors.Rejected
	missing   map[string]bool
	total     *int
	next      relance.Cursor
}

// pull pulls a kind from a cursor to its end; temporary errors are tried again, as
// the workers do.
func pull(t testing.TB, c connectors.Connector, kind relance.Kind, after relance.Cursor) pulled {
	t.Helper()
	out := pulled{customers: map[string]relance.Customer{}, orders: map[string]relance.Order{}, carts: map[string]relance.Cart{},
		products: map[string]relance.Product{}, consents: map[string]relance.ConsentChange{}, missing: map[string]bool{}, next: after}
	failures := 0
	for out.pages < 10_000 {
		p, err := c.Pull(t.Context(), connectors.Request{Kind: kind, After: out.next})
		if err != nil {
			if failures++; failures < 2000 && relance.Temporary(err) && t.Context().Err() == nil {
				continue
			}
			t.Fatalf("%s: %v", kind, err)
		}
		out.add(p)
		if p.Done {
			return out
		}
	}
	t.Fatal("the pull does not end")
	return out
}

func (o *pulled) add(p connectors.Page) {
	o.pages++
	for _, x := range p.Customers {
		o.customers[x.ExternalID] = x
	}
	for _, x := range p.Orders {
		o.orders[x.ExternalID] = x
	}
	for _, x := range p.Carts {
		o.carts[x.ExternalID] = x
	}
	for _, x := range p.Products {
		o.products[x.ExternalID] = x
	}
	for _, x := range p.Consents {
		o.consents[x.CustomerID] = x
	}
	for _, m := range p.Missing {
		o.missing[m.Right] = true
	}
	o.rejected = append(o.rejected, p.Rejected...)
	if p.Total != nil {
		o.total = p.Total
	}
	o.next = p.Next
}

// noon is a winter's day far from any change of clocks.
func noon() time.Time { return time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC) }

// people is a shop of n customers with one address each; the first ones share seconds.
func people(n int) sample.Shop {
	shop := sample.Shop{Info: relance.ShopInfo{Name: "Lab", Currency: "EUR", TimeZone: "Europe/Paris"}, Groups: []sample.Group{{ID: "4", Name: "Gold"}}}
	for i := range n {
		id := strconv.Itoa(100 + i)
		at := noon().Add(time.Duration(i/7) * time.Minute) // seven rows a second
		shop.Customers = append(shop.Customers, relance.Customer{ExternalID: id, Kind: relance.IdentityCustomer, Active: true,
			Email: "p" + id + "@example.com", FirstName: "Anne", LastName: "Martin", Language: "fr", GroupID: "4", CreatedAt: at,
			Version: relance.Version{UpdatedAt: at},
			Addresses: []relance.Address{{ExternalID: strconv.Itoa(5000 + i), Kind: relance.AddressHome, FirstName: "Anne", LastName: "Martin",
				Line1: id + " rue du Test", PostalCode: "75011", City: "Paris", CountryCode: "FR", Phone: "+33100000" + id}}})
	}
	return shop
}

// serve runs a handler on a port of its own until the test ends.
func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	web := httptest.NewServer(h)
	t.Cleanup(web.Close)
	return web.URL
}
