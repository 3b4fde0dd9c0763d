package e2e_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/workers"
)

// done tells how many records each step of a run read.
func (w *world) done(run uuid.UUID) map[relance.Kind]int64 {
	w.t.Helper()
	r, err := w.store.Run(w.t.Context(), w.merchant, run)
	must(w.t, err)
	out := map[relance.Kind]int64{}
	for _, s := range r.Steps {
		out[s.Kind] = s.Done
	}
	return out
}

func TestSeveralSchedulersAreHarmless(t *testing.T) {
	t.Parallel()
	shops := demo(40)
	w := newWorld(t, worldOptions{shops: shops, noWork: true})
	_, presta := w.connect()
	for range 3 {
		w.work()
	}
	run := w.startSync(presta, false)
	w.await(time.Minute, run)
	got := w.done(run)
	want := map[relance.Kind]int64{relance.KindProducts: int64(len(shops.PrestaShop.Products)), relance.KindCustomers: int64(len(shops.PrestaShop.Customers)),
		relance.KindOrders: int64(len(shops.PrestaShop.Orders)), relance.KindCarts: int64(len(shops.PrestaShop.Carts)), relance.KindDeletions: 0, relance.KindConsents: got[relance.KindConsents]}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("three workers with a schedule each (-shop +read):\n%s", diff)
	}
}

// Redis is emptied while the only task waits in it: the sweep hands the page out anew.
func TestASweepFindsWhatRedisLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldOptions{shops: demo(20), noWork: true})
	shopify, presta := w.connect()
	runs := []uuid.UUID{w.startSync(shopify, false), w.startSync(presta, false)}
	keys, err := w.redis.Keys(t.Context(), "asynq:*").Result()
	must(t, err)
	if len(keys) == 0 {
		t.Fatal("no task waits; the test would prove nothing")
	}
	must(t, w.redis.FlushAll(t.Context()).Err())
	w.work()
	w.await(time.Minute, runs...)
}

// The same page handed over again and again is one task.
func TestTheSamePageIsOneTask(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldOptions{shops: demo(5), noWork: true})
	_, presta := w.connect()
	run := w.startSync(presta, false)
	task, ok, err := w.store.NextPage(t.Context(), w.merchant, run)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	q := workers.NewQueue(w.redis)
	for range 5 {
		must(t, q.Page(t.Context(), task))
	}
	n, err := w.redis.LLen(t.Context(), "asynq:{pull}:pending").Result()
	must(t, err)
	scheduled, err := w.redis.ZCard(t.Context(), "asynq:{pull}:scheduled").Result()
	must(t, err)
	if n+scheduled != 1 {
		t.Errorf("%d tasks wait, %d for later; want one in all", n, scheduled)
	}
	task.Attempt++ // another try is another task
	must(t, q.Page(t.Context(), task))
	again, err := w.redis.LLen(t.Context(), "asynq:{pull}:pending").Result()
	must(t, err)
	later, err := w.redis.ZCard(t.Context(), "asynq:{pull}:scheduled").Result()
	must(t, err)
	if again+later != 2 {
		t.Errorf("after another try %d tasks wait, want 2", again+later)
	}
}

// Nobody starts anything: the shop was away, its rest is over, a worker's schedule pulls it.
func TestAShopInAttentionRecoversByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldOptions{shops: demo(5), noWork: true})
	_, presta := w.connect()
	run := w.startSync(presta, false)
	task, ok, err := w.store.NextPage(t.Context(), w.merchant, run)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	past := time.Now().Add(-16 * time.Minute).UTC().Truncate(time.Second)
	must(t, w.store.FailRun(t.Context(), task, relance.Errorf(relance.CodeShopDown, "the shop is away"), past))
	var out struct {
		Shop struct {
			State     string
			NextTryAt *time.Time
		}
	}
	look := func() {
		t.Helper()
		w.ask(`query($id: ID!) { shop(id: $id) { state nextTryAt } }`, map[string]any{"id": presta}, &out)
	}
	if look(); out.Shop.State != "ATTENTION" || out.Shop.NextTryAt == nil || !out.Shop.NextTryAt.Equal(past.Add(15*time.Minute)) {
		t.Fatalf("after the failure: %+v", out)
	}
	w.work()
	for deadline := time.Now().Add(time.Minute); out.Shop.State != "CONNECTED" || out.Shop.NextTryAt != nil; time.Sleep(20 * time.Millisecond) {
		if look(); time.Now().After(deadline) {
			t.Fatalf("after a minute: %+v", out)
		}
	}
}
