// Package app holds the use cases of the product, one file each: connect a shop, sync
// it, find deletions, compare it, merge profiles. The command line, the GraphQL server
// and the workers call the same functions; an [App] joins the store, the connectors and
// the sealed credentials, and asks a queue to go on later.
package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/delivery"
	"github.com/relance/relance/delivery/senderdns"
	"github.com/relance/relance/internal/password"
	"github.com/relance/relance/internal/secret"
	"github.com/relance/relance/letter"
	"github.com/relance/relance/store"
	"github.com/relance/relance/template"
)

// Queue hands work to the workers, after the rows it speaks of are committed. It is a
// hint: what it loses, a sweep finds.
type Queue interface {
	// Page asks for a page to be pulled, not before task.NextAt.
	Page(ctx context.Context, task relance.PageTask) error
	// Derive asks for the merchant's changed facts to be derived after about delay.
	Derive(ctx context.Context, merchant uuid.UUID, delay time.Duration) error
	// Import asks for an import to be checked, run or undone.
	Import(ctx context.Context, t relance.Claim) error
}

// App is the product's use cases. Its fields are set once, before use.
type App struct {
	Store     *store.Store
	Secrets   *secret.Box
	Platforms []connectors.Platform
	Deps      connectors.Deps
	Queue     Queue
	Now       func() time.Time
	Log       *slog.Logger
	// Heartbeat is how often a working page is confirmed; a page silent for three times
	// as long is handed out again.
	Heartbeat time.Duration
	// CompareEvery is how often what costs by the size of a shop is done: comparing its ids for
	// deletions, and reading everybody's consent where changes of it are not dated. 0 means
	// with every pull. Only scheduled pulls leave it out.
	CompareEvery time.Duration
	// Mail is the relay; nil where none is set up: messages then wait until they expire.
	Mail Mailer
	// SendLease is how long a worker may take for the messages it took; after that another looks at it.
	// 0 means five minutes.
	SendLease time.Duration
	// SendRetry is the pause after the first failed attempt at a message; it doubles. 0 means 15
	// seconds.
	SendRetry time.Duration
	// Senders looks up the domains that shops send from; nil: nobody does.
	Senders *senderdns.Checker
	// Texts renders what messages say.
	Texts *template.Renderer
	// Paper makes letters.
	Paper *letter.Renderer
	// OpenPrinter opens an account at a provider that prints; nil: only the merchant's own printer.
	OpenPrinter func(relance.PrinterKind, relance.PrinterAccount) (delivery.Printer, error)
	// PublicURL is where recipients reach the public pages, such as https://relance.example.com.
	PublicURL string

	mu        sync.Mutex
	open      map[uuid.UUID]openShop
	passwords *password.Hasher
	logos     map[uuid.UUID]keptLogo
	desks     map[uuid.UUID]openDesk
	sending   map[uuid.UUID]bool // the merchants whose messages a job of this process sends
}

// openShop is a connector kept between pages, for as long as its credentials stay.
type openShop struct {
	sealed    []byte
	connector connectors.Connector
	platform  connectors.Platform
}

// Stale is how long a page may be silent before it is handed out again.
func (a *App) Stale() time.Duration { return 3 * a.Heartbeat }

// platform finds a platform in the table.
func (a *App) platform(name relance.Platform) (connectors.Platform, error) {
	for _, p := range a.Platforms {
		if p.Name == name {
			return p, nil
		}
	}
	return connectors.Platform{}, relance.Errorf(relance.CodeBadInput, "there is no connector for %s", name)
}

// connector opens the shop's connector, or gives the open one where the credentials
// are the same.
func (a *App) connector(ctx context.Context, m, shop uuid.UUID) (connectors.Connector, connectors.Platform, error) {
	name, sealed, err := a.Store.ShopCredentials(ctx, m, shop)
	if err != nil {
		return nil, connectors.Platform{}, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if o, ok := a.open[shop]; ok && bytes.Equal(o.sealed, sealed) {
		return o.connector, o.platform, nil
	}
	p, err := a.platform(name)
	if err != nil {
		return nil, p, err
	}
	cred, err := a.unsealShop(sealed, m, shop)
	if err != nil {
		return nil, p, err
	}
	c, err := p.New(a.Deps, cred)
	if err != nil {
		return nil, p, err
	}
	if a.open == nil {
		a.open = map[uuid.UUID]openShop{}
	}
	if len(a.open) >= 200 { // a bound, not a cache policy: opening again is cheap
		clear(a.open)
	}
	a.open[shop] = openShop{sealed: sealed, connector: c, platform: p}
	return c, p, nil
}

// unsealShop reads a shop's credentials.
func (a *App) unsealShop(sealed []byte, m, shop uuid.UUID) (cred relance.Credentials, err error) {
	plain, err := a.Secrets.Unseal(sealed, m, shop)
	if err != nil {
		return cred, relance.Tell(relance.CodeShopAuth, err, "CREDENTIALS_UNREADABLE")
	}
	if err := json.Unmarshal(plain, &cred); err != nil {
		return cred, relance.Tell(relance.CodeShopAuth, nil, "CREDENTIALS_UNREADABLE")
	}
	return cred, nil
}

// sealShop is what unsealShop reads.
func (a *App) sealShop(cred relance.Credentials, m, shop uuid.UUID) ([]byte, error) {
	plain, err := json.Marshal(cred)
	if err != nil {
		return nil, fmt.Errorf("encode credentials: %w", err)
	}
	sealed, err := a.Secrets.Seal(plain, m, shop)
	if err != nil {
		return nil, fmt.Errorf("seal credentials: %w", err)
	}
	return sealed, nil
}
