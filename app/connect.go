package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// connectTimeout bounds how long a person waits for a shop to answer.
const connectTimeout = 60 * time.Second

// Connect checks the credentials against the shop itself and connects it. A shop that
// is connected already is given the new credentials instead. Missing rights do not
// refuse a shop: they are stored and shown by name. name, where not empty, replaces the
// shop's own.
func (a *App) Connect(ctx context.Context, m uuid.UUID, platform relance.Platform, cred relance.Credentials, name, actor string) (relance.Shop, error) {
	p, err := a.platform(platform)
	if err != nil {
		return relance.Shop{}, err
	}
	c, err := p.New(a.Deps, cred)
	if err != nil {
		return relance.Shop{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	info, missing, err := c.Check(ctx)
	if err != nil {
		return relance.Shop{}, err
	}
	if name != "" {
		info.Name = name
	}
	id, err := a.Store.ShopByKey(ctx, m, platform, info.ExternalKey)
	if err != nil {
		return relance.Shop{}, err
	}
	known := id != uuid.Nil
	if !known {
		id = uuid.Must(uuid.NewV7())
	}
	plain, err := json.Marshal(cred)
	if err != nil {
		return relance.Shop{}, fmt.Errorf("encode credentials: %w", err)
	}
	sealed, err := a.Secrets.Seal(plain, m, id)
	if err != nil {
		return relance.Shop{}, fmt.Errorf("seal credentials: %w", err)
	}
	shop := store.NewShop{ID: id, Platform: platform, Info: info, Missing: missing, Credentials: sealed}
	if known {
		err = a.Store.ReconnectShop(ctx, m, shop, a.Now())
	} else {
		err = a.Store.AddShop(ctx, m, shop)
	}
	if err != nil {
		return relance.Shop{}, err
	}
	if err := a.audit(ctx, m, actor, "connect_shop", "shop", id, map[string]any{"platform": platform}); err != nil {
		return relance.Shop{}, err
	}
	return a.Store.Shop(ctx, m, id)
}
