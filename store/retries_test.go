package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// failing runs a pull that ends with the code at the time, and tells how long the shop is
// then left alone.
func (l *lab) failing(code relance.Code, now time.Time) time.Duration {
	l.Helper()
	_, task := l.run(false, relance.KindCustomers)
	l.ok(l.s.FailRun(l.ctx, task, relance.Errorf(code, "it fails"), now))
	shop, err := l.s.Shop(l.ctx, l.m, l.shops[0])
	l.ok(err)
	if shop.State != relance.ShopAttention || shop.NextTryAt == nil {
		l.Fatalf("after a failure: %s, next try %v", shop.State, shop.NextTryAt)
	}
	return shop.NextTryAt.Sub(now)
}

// isDue tells whether the first shop is to be pulled.
func (l *lab) isDue(now time.Time) bool {
	l.Helper()
	list, err := l.s.DueShops(l.ctx, now.Add(-10*time.Minute), now)
	l.ok(err)
	return slices.Contains(list, relance.ShopRef{MerchantID: l.m, ID: l.shops[0]})
}

func TestAFailedShopIsTriedAgain(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	const day = 24 * time.Hour
	for code, want := range map[relance.Code][]time.Duration{
		relance.CodeShopDown: {15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 16 * time.Hour, day, day},
		relance.CodeShopAuth: {day, day, day}, relance.CodeShopRights: {day}, relance.CodeShopAddress: {day},
	} {
		t.Run(string(code), func(t *testing.T) {
			t.Parallel()
			l := base.tenant(t)
			now := noon
			for i, w := range want {
				if got := l.failing(code, now); got != w {
					t.Errorf("failure %d: left alone for %s, want %s", i+1, got, w)
				}
				if l.isDue(now.Add(w - time.Second)) {
					t.Errorf("failure %d: asked before its rest is over", i+1)
				}
				if now = now.Add(w); !l.isDue(now) {
					t.Errorf("failure %d: not asked after its rest", i+1)
				}
			}
		})
	}
}

func TestAShopThatRecoversStartsAnew(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	for what, mend := range map[string]func(*lab){
		"a pull ends well": func(l *lab) {
			_, task := l.run(false, relance.KindCustomers)
			if l.isDue(noon.Add(48 * time.Hour)) {
				l.Errorf("a shop is due while it is pulled")
			}
			l.page(task, store.PageRows{Done: true})
		},
		"it is connected again": func(l *lab) {
			l.ok(l.s.ReconnectShop(l.ctx, l.m, store.NewShop{ID: l.shops[0], Platform: relance.Shopify, Credentials: []byte("new"),
				Info: relance.ShopInfo{Name: "Shop", URL: "https://shop.example", Currency: "EUR", TimeZone: "Europe/Paris"}}, noon))
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			l := base.tenant(t)
			for range 3 {
				l.failing(relance.CodeShopDown, noon)
			}
			mend(l)
			shop, err := l.s.Shop(l.ctx, l.m, l.shops[0])
			l.ok(err)
			if shop.State != relance.ShopConnected || shop.NextTryAt != nil {
				t.Errorf("%s, next try %v", shop.State, shop.NextTryAt)
			}
			if got := l.failing(relance.CodeShopDown, noon); got != 15*time.Minute {
				t.Errorf("the next failure rests for %s", got)
			}
		})
	}
}

func TestADisconnectedShopIsNotTried(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.failing(relance.CodeShopDown, noon)
	l.ok(l.s.SetShopState(l.ctx, l.m, l.shops[0], relance.ShopDisconnected))
	if l.isDue(noon.Add(48 * time.Hour)) {
		t.Error("a disconnected shop is due")
	}
}
