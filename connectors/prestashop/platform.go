package prestashop

import (
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// The defaults of [Options].
const (
	DefaultPageSize = 500
	DefaultIDPage   = 5000
	DefaultTimeout  = 30 * time.Second
	DefaultTries    = 4
	DefaultOverlap  = 2 * time.Minute
	DefaultKeep     = 10 * time.Minute
	DefaultMaxBody  = 48 << 20
)

// productPage is smaller than other pages: a product costs the shop about 18 queries.
const productPage = 100

// keyLength is the length of every webservice key.
const keyLength = 32

// Options tunes a platform. The zero value has the defaults.
type Options struct {
	PageSize int           // records a page
	IDPage   int           // ids a page of a list of ids
	Timeout  time.Duration // of one request
	Tries    int           // of one request, the first included
	Backoff  time.Duration // before the second try; doubles; default 100 ms
	// Overlap is how much of the past the next pull reads again: rows that were being
	// written while the last pull looked, and clocks that differ a little.
	Overlap time.Duration
	Keep    time.Duration // how long countries, states, prices and the like are kept
	MaxBody int64         // bytes of one answer
}

func (o Options) withDefaults() Options {
	o.PageSize = orInt(o.PageSize, DefaultPageSize)
	o.IDPage = orInt(o.IDPage, DefaultIDPage)
	o.Tries = orInt(o.Tries, DefaultTries)
	o.Timeout = orDuration(o.Timeout, DefaultTimeout)
	o.Backoff = orDuration(o.Backoff, 100*time.Millisecond)
	o.Overlap = orDuration(o.Overlap, DefaultOverlap)
	o.Keep = orDuration(o.Keep, DefaultKeep)
	if o.MaxBody <= 0 {
		o.MaxBody = DefaultMaxBody
	}
	return o
}

func orInt(n, fallback int) int {
	if n <= 0 {
		return fallback
	}
	return n
}

func orDuration(d, fallback time.Duration) time.Duration {
	if d <= 0 {
		return fallback
	}
	return d
}

// Platform is PrestaShop with the default options. Connectors made by one Platform
// value share, per shop, two request slots and what they know of the shop's
// settings, so call it once.
func Platform() connectors.Platform { return NewPlatform(Options{}) }

// NewPlatform is PrestaShop with other options.
func NewPlatform(o Options) connectors.Platform {
	o = o.withDefaults()
	shops := newShopStates()
	return connectors.Platform{
		Name: relance.PrestaShop,
		Kinds: []relance.Kind{relance.KindProducts, relance.KindCustomers, relance.KindOrders, relance.KindCarts,
			relance.KindConsents, relance.KindDeletions},
		New: func(deps connectors.Deps, creds relance.Credentials) (connectors.Connector, error) {
			return newConnector(o, shops, deps, creds)
		},
		AdminURL: nil, // every shop has a secret folder for its back office
	}
}

// Connector reads one shop. It is safe for concurrent use.
type Connector struct {
	opts   Options
	client *client
	state  *shopState
	now    func() time.Time
	log    *slog.Logger
}

// newConnector checks the form of the credentials; it makes no request.
func newConnector(o Options, shops *shopStates, deps connectors.Deps, creds relance.Credentials) (*Connector, error) {
	base, err := normaliseAddress(creds.URL)
	if err != nil {
		return nil, err
	}
	if len(creds.Key) != keyLength {
		return nil, relance.TellField("key", "KEY_LENGTH", "length", strconv.Itoa(keyLength), "given", strconv.Itoa(len(creds.Key)))
	}
	for i := range len(creds.Key) {
		if c := creds.Key[i]; c <= ' ' || c >= 0x7f || c == ':' {
			return nil, relance.TellField("key", "KEY_CHARACTER")
		}
	}
	if creds.ShopID != "" {
		if n, err := strconv.ParseInt(creds.ShopID, 10, 64); err != nil || n <= 0 {
			return nil, relance.TellField("shopId", "SHOP_ID_FORM")
		}
	}
	if deps.HTTP == nil {
		return nil, fmt.Errorf("prestashop: no HTTP client")
	}
	now, log := deps.Now, deps.Log
	if now == nil {
		now = time.Now
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	state := shops.get(base.String() + "\x00" + creds.ShopID + "\x00" + creds.Key)
	c := &client{base: base, key: creds.Key, shop: creds.ShopID, http: withoutRedirects(deps.HTTP), opts: o, state: state, now: now}
	return &Connector{opts: o, client: c, state: state, now: now, log: log}, nil
}

// withoutRedirects makes sure that a key never follows a redirect, whatever client
// was handed in.
func withoutRedirects(c *http.Client) *http.Client {
	own := *c
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}
