// Package connectors holds what a shop platform must offer to be synced: the small
// [Connector] interface, further small interfaces for more abilities, and the page
// they speak in. Each platform is a package below this one; connectortest is the
// suite that all of them pass. A connector knows no database and no queue: it is
// handed a guarded HTTP client and a shared limiter, and returns records.
package connectors

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// Connector is the least one must write to add a platform.
type Connector interface {
	// Check talks to the shop and says who it is and which rights are missing. Its
	// error is a *relance.Error that tells a person what to do.
	Check(ctx context.Context) (relance.ShopInfo, []relance.MissingRight, error)
	// Pull returns the page that follows req.After. A pull begins with the empty
	// cursor (everything) or with the cursor of the last page of an earlier pull
	// (only what changed since).
	Pull(ctx context.Context, req Request) (Page, error)
}

// IDLister is a connector that can list the ids of all records of a kind cheaply:
// for reconciliation, for deletions, and to believe an end.
type IDLister interface {
	// IDs returns up to a few thousand external ids in ascending order of the
	// platform's own choosing, and where to go on; done with the last page.
	IDs(ctx context.Context, kind relance.Kind, after relance.Cursor) (ids []string, next relance.Cursor, done bool, err error)
}

// Fetcher is a connector that can read single records by id: to repair what a
// reconciliation found missing or different. Ids the shop does not know are absent
// from the page.
type Fetcher interface {
	Fetch(ctx context.Context, kind relance.Kind, ids []string) (Page, error)
}

// OrderFinder is a connector that can tell at once what somebody ordered: an order since the
// last pull must be known just before a message leaves.
type OrderFinder interface {
	// OrdersOf gives the external ids of the newest orders, fifty or so, of these customers and
	// of whoever bought with one of these e-mail addresses. What the platform cannot look for
	// finds nothing.
	OrdersOf(ctx context.Context, customers, emails []string) ([]string, error)
}

// ShippingTeller is a connector that can tell from which value of a cart on shipping is free.
type ShippingTeller interface {
	// FreeShippingFrom is that value, tax included and in the shop's currency; nil: shipping is
	// never free by value alone.
	FreeShippingFrom(ctx context.Context) (*decimal.Decimal, error)
}

// ConsentWithdrawer is a connector that can tell the shop that a customer objected, so that its
// own newsletter stops too. It needs a right that the sync does not: Check names it as missing.
type ConsentWithdrawer interface {
	// WithdrawConsent takes back the customer's consent to marketing by e-mail in the shop. It
	// can be repeated; of a customer who is gone it says nothing. Without the right it fails with
	// [relance.CodeShopRights].
	WithdrawConsent(ctx context.Context, customerID string) error
}

// PrivacyNews is what a platform passes on of what a customer asks about their data.
type PrivacyNews struct {
	Kind       relance.PrivacyKind
	ID         string // the same for the same word
	CustomerID string // external
	WholeShop  bool   // everything of the shop is to go
}

// Request asks for one page.
type Request struct {
	Kind    relance.Kind
	After   relance.Cursor
	Staging Staging // private to this shop and kind, kept between pages
}

// Page is what one call of Pull gives. Records and Next are stored in one transaction.
type Page struct {
	Products  []relance.Product
	Customers []relance.Customer // whole: with all addresses, consents and messages
	Orders    []relance.Order    // whole: with all lines, refunds and history
	Carts     []relance.Cart     // whole: with all lines
	Consents  []relance.ConsentChange
	Rejected  []Rejected // rows that could not be read; the rest of the page is good
	// Missing names rights or protected fields found missing while reading; the rows
	// are stored without them.
	Missing []relance.MissingRight
	// Next is where the following page begins. With Done it is the watermark from
	// which the next pull reads only what changed.
	Next relance.Cursor
	Done bool
	// Total is how many records this pull will give in all, where that is known.
	Total *int
	// Wait asks the caller to come back with Next after this long: the shop is still
	// preparing (a Shopify bulk operation).
	Wait time.Duration
}

// Len counts the records of the page, rejected ones included.
func (p Page) Len() int {
	return len(p.Products) + len(p.Customers) + len(p.Orders) + len(p.Carts) + len(p.Consents) + len(p.Rejected)
}

// Rejected is a row that could not be read as a record.
type Rejected struct {
	Kind       relance.Kind
	ExternalID string // "" if even that was unreadable
	Field      string
	Reason     relance.Sentence
}

// Staging keeps raw rows between pages, for platforms that deliver a whole list at
// once with parents and children apart (Shopify's bulk JSONL).
type Staging interface {
	// Append stores rows; a Seq stored before is left as it is.
	Append(ctx context.Context, rows []StagedRow) error
	// Last returns the highest Seq and how many rows are stored.
	Last(ctx context.Context) (seq int64, count int64, err error)
	// Roots returns up to limit rows without a parent and with Seq > after, in order
	// of Seq, each with all its descendants in order of Seq.
	Roots(ctx context.Context, after int64, limit int) ([]StagedRoot, error)
	// Clear removes all rows.
	Clear(ctx context.Context) error
}

// StagedRow is one raw object; Seq is its line number, from 1.
type StagedRow struct {
	Seq    int64
	ID     string
	Parent string // id of the parent object, "" for a root
	Body   json.RawMessage
}

// StagedRoot is a root object with its descendants.
type StagedRoot struct {
	StagedRow
	Children []StagedRow
}

// Limiter shares one shop's allowance between all workers.
type Limiter interface {
	// Wait returns when cost may be spent for key, or when ctx ends.
	Wait(ctx context.Context, key string, cost float64) error
	// Report tells what the shop itself said is left, so that the shared picture is right.
	Report(ctx context.Context, key string, status LimitStatus)
}

// LimitStatus is a shop's own word on its allowance.
type LimitStatus struct {
	Maximum   float64 // size of the bucket
	Available float64
	Restore   float64 // per second
	// Reserved is what Wait was asked for the request whose answer this is; 0 if not
	// told. With it the limiter knows which requests the shop has not seen yet.
	Reserved float64
}

// Deps is what every connector is handed.
type Deps struct {
	HTTP    *http.Client // guarded: no private networks, no redirects, bodies capped
	Limiter Limiter
	Now     func() time.Time
	Log     *slog.Logger // never gets personal data or credentials
}

// Platform describes a connector package: one value of it is one line in the
// product's table of platforms.
type Platform struct {
	Name relance.Platform
	// Kinds lists what the platform has, in pulling order; what is not in it "says so".
	Kinds []relance.Kind
	// New makes a connector after checking the credentials' form without any request.
	New func(Deps, relance.Credentials) (Connector, error)
	// AdminURL tells from a shop's external key alone where its own back office shows a
	// record, "" where it does not; nil for a platform whose back office has no known
	// address.
	AdminURL func(shopKey string, kind relance.Kind, externalID string) string
	// PrivacyNews reads what the platform passes on about privacy; UNAUTHORIZED where it is not signed
	// with the shop's credentials. Nil: it passes nothing on.
	PrivacyNews func(c relance.Credentials, header http.Header, body []byte) (PrivacyNews, error)
}
