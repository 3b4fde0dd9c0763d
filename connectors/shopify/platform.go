package shopify

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/internal/outbound"
)

// Version is the API version that every request names.
const Version = "2026-10"

// Platform is Shopify's line in the product's table of platforms. Deletions are
// found by comparing ids ([connectors.IDLister]); a pull of them gives nothing.
func Platform() connectors.Platform {
	return connectors.Platform{
		Name: relance.Shopify,
		Kinds: []relance.Kind{
			relance.KindProducts, relance.KindCustomers, relance.KindOrders, relance.KindCarts, relance.KindDeletions,
		},
		New: func(d connectors.Deps, c relance.Credentials) (connectors.Connector, error) {
			return newConnector(d, c, defaultTuning())
		},
		AdminURL:    adminURL,
		PrivacyNews: privacyNews,
	}
}

// tuning holds the times and sizes that tests shorten.
type tuning struct {
	tries      int           // of one request
	backoff    time.Duration // before the second try; doubled for the third, with jitter
	patience   time.Duration // the longest wait for a busy shop inside one call
	overlap    time.Duration // by which windows reach back
	poll       time.Duration // the longest wait between two looks at a bulk operation
	stalled    time.Duration // a bulk operation without progress this long is given up
	rows       int           // records of one page of bulk rows
	chunk      int64         // bytes of a bulk file fetched by one request
	chunks     int           // chunks of one page
	batch      int           // rows of one append to staging
	pageRows   map[relance.Kind]int
	rebaseRows int // pages of one cursor chain; the API ends at 25,000 objects
}

func defaultTuning() tuning {
	return tuning{
		tries: 3, backoff: 300 * time.Millisecond, patience: 5 * time.Second,
		overlap: 5 * time.Minute, poll: 2 * time.Second, stalled: 30 * time.Minute,
		rows: 500, chunk: 8 << 20, chunks: 8, batch: 1000, rebaseRows: 20_000,
	}
}

// Connector reads one shop. It is safe for concurrent use.
type Connector struct {
	shop    address
	table   []resource
	docs    helpers
	http    *http.Client  // for the Admin API
	files   *http.Client  // for bulk files: no token ever
	timeout time.Duration // of one exchange
	limiter connectors.Limiter
	now     func() time.Time
	log     *slog.Logger
	tune    tuning
	auth    tokenSource
	costs   costBook
	noURL   atomic.Bool // the address that restores a checkout is not granted
}

var (
	_ connectors.Connector = (*Connector)(nil)
	_ connectors.IDLister  = (*Connector)(nil)
	_ connectors.Fetcher   = (*Connector)(nil)
)

func newConnector(d connectors.Deps, c relance.Credentials, t tuning) (*Connector, error) {
	shop, err := parseAddress(c.URL)
	if err != nil {
		return nil, err
	}
	s := &Connector{shop: shop, table: resources(), docs: loadHelpers(), limiter: d.Limiter, now: d.Now, log: d.Log, tune: t}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	guarded := d.HTTP
	if guarded == nil {
		return nil, relance.Errorf(relance.CodeInternal, "the Shopify connector needs an HTTP client")
	}
	s.timeout = guarded.Timeout
	if s.timeout <= 0 {
		s.timeout = outbound.DefaultTimeout
	}
	s.http = shop.client(guarded, shop.fence)
	s.files = shop.client(guarded, shop.fileFence)
	s.costs.pages = map[relance.Kind]int{}
	if s.auth, err = newTokenSource(s, c); err != nil {
		return nil, err
	}
	return s, nil
}

// adminURL is where a record is shown in the back office of the shop with that
// myshopify.com domain; "" for kinds without a page of their own.
func adminURL(domain string, kind relance.Kind, externalID string) string {
	section := map[relance.Kind]string{
		relance.KindCustomers: "customers", relance.KindOrders: "orders",
		relance.KindProducts: "products", relance.KindCarts: "checkouts",
	}[kind]
	shop, isShopify := strings.CutSuffix(domain, ".myshopify.com")
	if section == "" || !isNumber(externalID) || !isShopify {
		return ""
	}
	return "https://admin.shopify.com/store/" + url.PathEscape(shop) + "/" + section + "/" + externalID
}
