package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/identity"
	"github.com/relance/relance/store"
)

const (
	shopErasureLease = 5 * time.Minute
	// shopErasureSlice is how long a worker stays at one shop; a sweep hands out the rest.
	shopErasureSlice = 2 * time.Minute
	shopErasurePage  = 20
	shopErasurePause = 30 * time.Second // while people's own erasures wait for a printer, or another shop
)

// ShopPeople counts who would be erased with the shop that a request is about; nil where it is about none, or is
// closed or begun.
func (a *App) ShopPeople(ctx context.Context, m, request uuid.UUID) (*relance.ShopPeople, error) {
	shop, err := a.Store.ShopToErase(ctx, m, request)
	if relance.CodeOf(err) == relance.CodeConflict {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	people, err := a.Store.ShopPeople(ctx, m, shop)
	return &people, err
}

// EraseShop erases what a shop told of people, as its platform asked by a request. confirm must be the shop's name. A
// worker does it; what cannot be asked back is that it was decided.
func (a *App) EraseShop(ctx context.Context, m, request uuid.UUID, confirm, actor string) error {
	shop, err := a.Store.ShopToErase(ctx, m, request)
	if err != nil {
		return err
	}
	people, err := a.Store.ShopPeople(ctx, m, shop)
	if err != nil {
		return err
	}
	if identity.Fold(confirm) != identity.Fold(people.ShopName) {
		return relance.TellField("confirm", "SHOP_ERASURE_CONFIRM")
	}
	if err := a.needSuppressionKey(ctx, m); err != nil {
		return err
	}
	return a.beginShopErasure(ctx, m, &request, people, actor)
}

func (a *App) beginShopErasure(ctx context.Context, m uuid.UUID, request *uuid.UUID, people relance.ShopPeople, actor string) error {
	id, fresh, err := a.Store.BeginShopErasure(ctx, m, request, people, actor, a.Now())
	if err != nil || !fresh {
		return err
	}
	return a.audit(ctx, m, actor, "erase_shop", "shop", people.ShopID, map[string]any{"erasure": id, "people": people.People, "elsewhere": people.Elsewhere})
}

// EraseShopsAgain erases shops that a restored backup brought back, and tells how many they are.
func (a *App) EraseShopsAgain(ctx context.Context, m uuid.UUID, shops []store.ErasedShop) (int, error) {
	list, err := a.Store.ShopsBackAgain(ctx, m, shops)
	if err != nil {
		return 0, err
	}
	for _, shop := range list {
		people, err := a.Store.ShopPeople(ctx, m, shop)
		if err != nil {
			return 0, err
		}
		if err := a.beginShopErasure(ctx, m, nil, people, "relance"); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

// RunShopErasure goes on with the erasure of a shop until it is done, has to wait, or its slice of time is over. Whom
// it has dealt with has no record of the shop any more, so whoever is killed has lost nothing.
func (a *App) RunShopErasure(ctx context.Context, t relance.Claim) error {
	claims, mine, err := a.Store.ClaimShopErasure(ctx, t, shopErasureLease, a.Now())
	if err != nil || !mine {
		return err
	}
	t.Claims = claims
	if _, err := a.deriveLoop(ctx, t.MerchantID); err != nil { // records of nobody yet
		return err
	}
	until := a.Now().Add(shopErasureSlice)
	for a.Now().Before(until) {
		people, err := a.Store.NextOfShop(ctx, t, shopErasurePage)
		if err != nil {
			return err
		}
		if len(people) == 0 {
			return a.finishShopErasure(ctx, t)
		}
		for _, p := range people {
			if err := a.eraseOfShop(ctx, t, p); err != nil {
				return err
			}
		}
		if err := a.Store.ShopErasureGoesOn(ctx, t, a.Now().Add(shopErasureLease), false); err != nil {
			return err
		}
	}
	return a.Store.ShopErasureGoesOn(ctx, t, a.Now(), false)
}

// eraseOfShop deals with one person. Their own erasure goes on by itself where it has to wait.
func (a *App) eraseOfShop(ctx context.Context, t relance.Claim, profile uuid.UUID) error {
	begun, err := a.Store.EraseOfShop(ctx, t, profile, a.Now())
	if err != nil || begun == nil {
		return err
	}
	return a.RunErasure(ctx, *begun)
}

func (a *App) finishShopErasure(ctx context.Context, t relance.Claim) error {
	done, err := a.Store.FinishShopErasure(ctx, t, a.Now())
	if err != nil {
		return err
	}
	if !done {
		return a.Store.ShopErasureGoesOn(ctx, t, a.Now().Add(shopErasurePause), true)
	}
	_, err = a.deriveLoop(ctx, t.MerchantID)
	return err
}
