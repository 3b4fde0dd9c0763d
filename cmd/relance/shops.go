package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/app"
	"github.com/relance/relance/store"
)

type connectCmd struct {
	PrestaShop connectPrestaShopCmd `cmd:"" name:"prestashop" help:"Connect a PrestaShop shop."`
	Shopify    connectShopifyCmd    `cmd:"" name:"shopify" help:"Connect a Shopify shop."`
}

type connectPrestaShopCmd struct {
	URL      string     `name:"url" required:"" help:"Address of the shop."`
	Key      string     `name:"key" required:"" env:"PRESTASHOP_KEY" help:"Webservice key."`
	Name     string     `name:"name" help:"A name for it; the shop's own where it is left out."`
	ShopID   string     `name:"shop-id" help:"Multi-shop: which of its shops."`
	Merchant *uuid.UUID `name:"merchant" help:"The merchant; needed once there are two."`
}

// Run implements the command.
func (c *connectPrestaShopCmd) Run(ctx context.Context, s *Settings, std *streams) error {
	return connect(ctx, s, std, c.Merchant, relance.PrestaShop, relance.Credentials{URL: c.URL, Key: c.Key, ShopID: c.ShopID}, c.Name)
}

type connectShopifyCmd struct {
	Domain       string     `name:"domain" required:"" help:"The shop's myshopify.com domain."`
	Token        string     `name:"token" env:"SHOPIFY_TOKEN" help:"Admin API access token."`
	ClientID     string     `name:"client-id" help:"Client id of an app of your own organisation."`
	ClientSecret string     `name:"client-secret" env:"SHOPIFY_CLIENT_SECRET" help:"Its secret."`
	Name         string     `name:"name" help:"A name for it; the shop's own where it is left out."`
	Merchant     *uuid.UUID `name:"merchant" help:"The merchant; needed once there are two."`
}

// Run implements the command.
func (c *connectShopifyCmd) Run(ctx context.Context, s *Settings, std *streams) error {
	return connect(ctx, s, std, c.Merchant, relance.Shopify,
		relance.Credentials{URL: c.Domain, Key: c.Token, ClientID: c.ClientID, ClientSecret: c.ClientSecret}, c.Name)
}

// inApp opens what a command needs. Redis is used where REDIS_URL is set.
func inApp(ctx context.Context, s *Settings, f func(*app.App, *store.Store) error) error {
	st, err := s.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	if s.RedisURL == "" {
		a, err := s.newApp(st, nil, s.logger())
		if err != nil {
			return err
		}
		return f(a, st)
	}
	r, err := s.openRedis(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	a, err := s.newApp(st, r, s.logger())
	if err != nil {
		return err
	}
	return f(a, st)
}

func connect(ctx context.Context, s *Settings, std *streams, merchant *uuid.UUID, p relance.Platform, cred relance.Credentials, name string) error {
	return inApp(ctx, s, func(a *app.App, st *store.Store) error {
		m, err := theMerchant(ctx, st, merchant, true)
		if err != nil {
			return err
		}
		shop, err := a.Connect(ctx, m, p, cred, name, commandLine)
		if err != nil {
			return err
		}
		for _, r := range shop.MissingRights {
			_, _ = fmt.Fprintf(std.err, "relance: missing right: %s. %s\n", r.Right, r.Help)
		}
		std.printf("%s\n", shop.ID)
		return nil
	})
}

type syncCmd struct {
	Shop uuid.UUID `name:"shop" required:"" help:"The shop's id."`
	Full bool      `name:"full" help:"Read everything, not only what changed."`
	Wait bool      `name:"wait" help:"Run the pull to its end in this process, with a progress line."`
}

// Run implements the command.
func (c *syncCmd) Run(ctx context.Context, s *Settings, std *streams) error {
	return inApp(ctx, s, func(a *app.App, st *store.Store) error {
		m, err := st.ShopOwner(ctx, c.Shop)
		if err != nil {
			return err
		}
		run, err := a.StartSync(ctx, m, c.Shop, c.Full)
		if err != nil {
			return err
		}
		if !c.Wait {
			std.printf("%s\n", run.ID)
			return nil
		}
		return waitForSync(ctx, a, run, std)
	})
}

// waitForSync pulls the run's pages here, leaving alone those that a worker has in hand,
// and ends well only if everything arrived.
func waitForSync(ctx context.Context, a *app.App, run relance.Run, std *streams) error {
	m := run.MerchantID
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if err := a.PullNext(ctx, m, run.ID); err != nil {
			return err
		}
		now, err := a.Store.Run(ctx, m, run.ID)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(std.err, "\r\033[K%s", progressLine(now))
		if !now.State.Active() {
			_, _ = fmt.Fprintln(std.err)
			if now.State != relance.RunDone {
				return relance.Errorf(relance.CodeShopDown, "the pull ended as %s: %s", now.State, now.Error)
			}
			return a.DeriveAll(ctx, m)
		}
		select {
		case <-ctx.Done():
			_, _ = fmt.Fprintln(std.err)
			return relance.Errorf(relance.CodeConflict, "interrupted; the pull goes on with the next worker, or with this command again")
		case <-tick.C:
		}
	}
}

// progressLine says in a line how far each step is.
func progressLine(run relance.Run) string {
	var parts []string
	for _, s := range run.Steps {
		switch {
		case s.State == relance.RunQueued:
		case s.Total != nil && s.State != relance.RunDone:
			parts = append(parts, fmt.Sprintf("%s %d/%d", strings.ToLower(string(s.Kind)), s.Done, *s.Total))
		default:
			parts = append(parts, fmt.Sprintf("%s %d", strings.ToLower(string(s.Kind)), s.Done))
		}
	}
	return strings.ToLower(string(run.State)) + ": " + strings.Join(parts, ", ")
}

type doctorCmd struct {
	Shop   uuid.UUID `name:"shop" required:"" help:"The shop's id."`
	Repair bool      `name:"repair" help:"Fetch what is missing and remove what the shop no longer has."`
}

// Run implements the command.
func (c *doctorCmd) Run(ctx context.Context, s *Settings, std *streams) error {
	return inApp(ctx, s, func(a *app.App, st *store.Store) error {
		m, err := st.ShopOwner(ctx, c.Shop)
		if err != nil {
			return err
		}
		findings, err := a.Doctor(ctx, m, c.Shop, c.Repair)
		if err != nil {
			return err
		}
		agree := true
		for _, f := range findings {
			agree = agree && f.Agrees()
			std.printf("%-10s at the shop %d, stored %d, missing here %d, no longer there %d, unreadable %d, erased %d, repaired %d\n",
				strings.ToLower(string(f.Kind)), f.AtShop, f.Stored, len(f.Missing), len(f.Extra), f.Quarantined, f.Erased, f.Repaired)
			printIDs(std, "missing here", f.Missing)
			printIDs(std, "no longer there", f.Extra)
		}
		if err := tellAttention(ctx, st, m, c.Shop, std); err != nil {
			return err
		}
		if !agree {
			return relance.Errorf(relance.CodeConflict, "what is stored differs from the shop; run again with --repair")
		}
		return nil
	})
}

// tellAttention says why the shop is in ATTENTION, where it is, and when it is tried again.
func tellAttention(ctx context.Context, st *store.Store, m, id uuid.UUID, std *streams) error {
	shop, err := st.Shop(ctx, m, id)
	if err != nil || shop.State != relance.ShopAttention || shop.NextTryAt == nil {
		return err
	}
	runs, err := st.LatestRuns(ctx, m, id, 1)
	if err != nil || len(runs) == 0 {
		return err
	}
	std.printf("the last pull failed: %s; the next try is at %s\n", runs[0].Error, shop.NextTryAt.UTC().Format(time.RFC3339))
	return nil
}

func printIDs(std *streams, what string, ids []string) {
	if len(ids) > 0 {
		std.printf("           %s: %s\n", what, strings.Join(ids[:min(len(ids), 20)], " "))
	}
}

type rebuildCmd struct {
	Merchant *uuid.UUID `name:"merchant" help:"The merchant; all of them where it is left out."`
}

// Run implements the command.
func (c *rebuildCmd) Run(ctx context.Context, s *Settings, std *streams) error {
	return inApp(ctx, s, func(a *app.App, st *store.Store) error {
		all, err := st.AllMerchants(ctx)
		if err != nil {
			return err
		}
		for _, m := range all {
			if c.Merchant != nil && *c.Merchant != m.ID {
				continue
			}
			differs, err := a.Rebuild(ctx, m.ID)
			if err != nil {
				return err
			}
			if len(differs) > 0 {
				return relance.Errorf(relance.CodeConflict, "%s: these differed and are right now: %s", m.Name, strings.Join(differs, ", "))
			}
			std.printf("%s: nothing differs\n", m.Name)
		}
		return nil
	})
}
