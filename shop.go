package relance

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// Platform names the software a shop runs on.
type Platform string

// The platforms with a connector.
const (
	Shopify    Platform = "SHOPIFY"
	PrestaShop Platform = "PRESTASHOP"
)

// SourceKind says what a record comes from.
type SourceKind string

// The kinds of source. Typed values are a source of their own, so that a sync can
// never overwrite them.
const (
	SourceShop   SourceKind = "SHOP"
	SourceImport SourceKind = "IMPORT"
	SourceAPI    SourceKind = "API"
	SourceManual SourceKind = "MANUAL"
)

// ShopState is the health of a connected shop.
type ShopState string

// The states of a shop.
const (
	ShopConnected    ShopState = "CONNECTED"
	ShopPulling      ShopState = "PULLING"
	ShopPaused       ShopState = "PAUSED"
	ShopAttention    ShopState = "ATTENTION" // a pull failed; it is tried again by itself, ever more rarely, but somebody should look
	ShopDisconnected ShopState = "DISCONNECTED"
)

// Shop is one connected storefront. Its id is also its source id.
type Shop struct {
	MerchantID    uuid.UUID
	ID            uuid.UUID
	Platform      Platform
	ExternalKey   string // what tells it from the other shops of its platform
	Name          string
	URL           string
	Currency      string // ISO 4217, the shop's default
	TimeZone      string // IANA name
	State         ShopState
	MissingRights []MissingRight
	LastSyncedAt  *time.Time
	NextTryAt     *time.Time // in ShopAttention: when it is pulled again without anybody's doing
	CreatedAt     time.Time
}

// MissingRight is a permission the sync needs and the credentials lack.
type MissingRight struct {
	Right string    `json:"right"`           // the platform's own name: "orders GET", "read_orders"
	Help  string    `json:"help"`            // what will be missing and where to grant it
	Lost  *Sentence `json:"lost,omitempty"`  // what will be missing; nil in rows of earlier versions
	Grant *Sentence `json:"grant,omitempty"` // where to grant it; nil where it cannot be granted
}

// Lacking names a right that is missing, what is lost by that and how it is granted, where
// it can be.
func Lacking(right string, lost Sentence, grant ...Sentence) MissingRight {
	r := MissingRight{Right: right, Help: lost.String(), Lost: &lost}
	if len(grant) > 0 {
		r.Grant = &grant[0]
		r.Help += " " + grant[0].String()
	}
	return r
}

// ShopInfo is what a shop says about itself when it is connected.
type ShopInfo struct {
	ExternalKey string // what tells this shop from all others of its platform; a shop is connected once
	Name        string
	URL         string // storefront
	Currency    string
	TimeZone    string
	Version     string // of the platform, as far as it tells
	// FreeShippingFrom is the value of a cart, tax included and in Currency, from which on
	// shipping is free; nil: it never is, or the shop does not tell.
	FreeShippingFrom *decimal.Decimal
}

// Credentials is what a connector needs to talk to a shop. It is stored encrypted
// as a whole and never logged.
type Credentials struct {
	URL          string `json:"url"`                     // PrestaShop: base address; Shopify: the myshopify.com domain
	Key          string `json:"key,omitempty"`           // PrestaShop webservice key or pasted Shopify admin token
	ClientID     string `json:"client_id,omitempty"`     // Shopify client credentials
	ClientSecret string `json:"client_secret,omitempty"` // Shopify: the app's secret, of client credentials or beside a pasted token; it signs webhooks
	ShopID       string `json:"shop_id,omitempty"`       // PrestaShop multi-shop: which of its shops; empty = the default one
}

// String keeps credentials out of logs and errors.
func (Credentials) String() string { return "[credentials]" }

// ShopWebhooks is where a platform tells its news of a shop.
type ShopWebhooks struct {
	Path     string // below the public address
	Verified bool   // whether we hold what they are signed with: else none is believed
	BySecret bool   // whether that can be entered by itself; else it is what the shop is connected by
}

// ShopCounts is how many live records of a shop are stored.
type ShopCounts struct {
	Customers int64
	Orders    int64
	Carts     int64
	Products  int64
}

// StuckObjections are objections to e-mail that a shop was not told of, for one cause, and will not
// be without somebody's doing.
type StuckObjections struct {
	Count int
	Text  string    // the cause in English
	Cause *Sentence // the same for programs; nil where there is no sentence for it
	Since time.Time // when the oldest was made
}
