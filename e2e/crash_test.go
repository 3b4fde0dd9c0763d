package e2e_test

import (
	"math/rand/v2"
	"net/netip"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
	"github.com/relance/relance/connectors/shopify/shopifytest"
	"github.com/relance/relance/internal/faults"
	"github.com/relance/relance/internal/outbound"
	"github.com/relance/relance/internal/sample"
	"github.com/relance/relance/internal/secret"
)

// everyFault is each fault that the simulators know, at five in a hundred.
const everyFault = "429:5%,500:5%,timeout:5%,truncate:5%,garble:5%,emptylist:5%,partial:5%,touch-while-paging:5%"

const (
	kills   = 20
	flushes = 5
)

// flushPending empties Redis if at least one task is in it, in one step, and gives how
// many there were.
const flushPending = `local n = 0
for _, q in ipairs({'pull', 'derive'}) do
  n = n + redis.call('LLEN', 'asynq:{' .. q .. '}:pending') + redis.call('LLEN', 'asynq:{' .. q .. '}:active')
    + redis.call('ZCARD', 'asynq:{' .. q .. '}:scheduled') + redis.call('ZCARD', 'asynq:{' .. q .. '}:retry')
end
if n > 0 then redis.call('FLUSHALL') end
return n`

// storm pulls both shops while they misbehave, a worker is killed again and again and
// Redis is emptied, then waits until all is done.
type storm struct {
	*world
	t        *testing.T
	dice     *rand.Rand
	database string
	key      string
	patience time.Duration
	shops    []uuid.UUID
	runs     map[uuid.UUID]uuid.UUID
}

// stormSeed gives the seed of a storm and prints it.
func stormSeed(t *testing.T) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("RELANCE_TEST_SEED"); s != "" {
		given, err := strconv.ParseUint(s, 10, 64)
		must(t, err)
		seed = given
	}
	t.Logf("seed %d (RELANCE_TEST_SEED repeats it)", seed)
	return seed
}

func newStorm(t *testing.T, shops sample.Shops, patience time.Duration) *storm {
	seed := stormSeed(t)
	set := func(n uint64) *faults.Set {
		f, err := faults.Parse(everyFault, seed+n)
		must(t, err)
		return f
	}
	database := cluster.URL(t)
	w := newWorld(t, worldOptions{shops: shops, dbURL: database, noWork: true,
		shopify: shopifytest.Options{Faults: set(1), Hold: 2 * patience}, presta: prestashoptest.Options{Faults: set(2)}})
	key, err := secret.NewKeyset()
	must(t, err)
	w.app.Secrets, err = secret.Open(key)
	must(t, err)
	w.app.Platforms = impatient(patience) // a shop that never answers costs a try, not half a minute
	w.app.Deps.HTTP = outbound.New(outbound.Options{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Timeout: patience})
	s := &storm{world: w, t: t, dice: rand.New(rand.NewPCG(seed, 3)), database: database, key: key, patience: patience, runs: map[uuid.UUID]uuid.UUID{}}
	s.connectThrough()
	return s
}

// connectThrough connects both shops, as often as it takes: they misbehave already.
func (s *storm) connectThrough() {
	for p, cred := range map[relance.Platform]relance.Credentials{
		relance.Shopify:    {URL: s.hosts[relance.Shopify], Key: "shpat_test"},
		relance.PrestaShop: {URL: "http://" + s.hosts[relance.PrestaShop], Key: prestashoptest.DefaultKey},
	} {
		for try := 0; ; try++ {
			shop, err := s.app.Connect(s.t.Context(), s.merchant, p, cred, "", "test")
			if err == nil {
				s.shops = append(s.shops, shop.ID)
				break
			}
			if try == 200 { // a garbled page may well look like another web site
				s.t.Fatalf("connect %s: %v", p, err)
			}
		}
	}
}

// keepBusy starts a full pull of every shop that has none running.
func (s *storm) keepBusy() {
	for _, shop := range s.shops {
		run, err := s.app.StartSync(s.t.Context(), s.merchant, shop, true)
		must(s.t, err)
		s.runs[shop] = run.ID
	}
}

// flush empties Redis while something is in it.
func (s *storm) flush() (tasks int) {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		n, err := s.redis.Eval(s.t.Context(), flushPending, nil).Int()
		must(s.t, err)
		if n > 0 {
			return n
		}
		s.keepBusy()
	}
	s.t.Fatal("no task was ever pending")
	return 0
}

func (w *world) redisAddr() string { return w.redis.(*redis.Client).Options().Addr }

// blow kills twenty workers and empties Redis five times.
func (s *storm) blow() {
	s.keepBusy()
	for i := range kills {
		worker := spawnWorker(s.t, s.database, s.redisAddr(), s.key, s.patience)
		wait := time.NewTimer(300*time.Millisecond + time.Duration(s.dice.IntN(2500))*time.Millisecond)
		if i%(kills/flushes) == 1 {
			s.t.Logf("kill %d: redis emptied with %d tasks in it", i+1, s.flush())
		}
		<-wait.C
		kill(s.t, worker)
		s.keepBusy()
	}
}

// settle lets a last worker finish what is there.
func (s *storm) settle(limit time.Duration) {
	worker := spawnWorker(s.t, s.database, s.redisAddr(), s.key, s.patience)
	defer kill(s.t, worker)
	var runs []uuid.UUID
	for _, id := range s.runs {
		runs = append(runs, id)
	}
	s.await(limit, runs...)
}

func TestRetailFiguresThroughTheStorm(t *testing.T) {
	shops, report := retailShops(t)
	s := newStorm(t, shops, 2*time.Second)
	s.blow()
	s.settle(20 * time.Minute)
	checkRetail(t, s.world, report)
}

func TestSampleFiguresThroughTheStorm(t *testing.T) {
	shops := sample.Demo(sample.DemoOptions{Seed: 7, People: 300, Now: time.Now()})
	calm := newWorld(t, worldOptions{shops: shops})
	a, b := calm.connect()
	calm.await(time.Minute, calm.startSync(a, false), calm.startSync(b, false))
	want := figures(calm)

	s := newStorm(t, shops, 600*time.Millisecond)
	s.blow()
	s.settle(10 * time.Minute)
	if diff := cmp.Diff(want, figures(s.world)); diff != "" {
		t.Errorf("figures after the storm differ (-calm +storm):\n%s", diff)
	}
}

// figuresOf is what must be the same however the records came in.
type figuresOf struct {
	Sales    []sales
	Profiles struct {
		TotalCount int
		Nodes      []struct {
			DisplayName     string
			Emails          []struct{ Address string }
			OrderCount      int
			SpentByCurrency []money
			Returned        money
			LastOrderAt     *time.Time
			Identities      []struct{ ExternalID, Kind, MatchedBy string }
			Habits          struct {
				TopCategories []struct {
					Name     string
					Quantity int
				}
			}
			Carts struct {
				Nodes []struct {
					ExternalID string
					Value      money
				}
			}
		}
	}
}

func figures(w *world) figuresOf {
	w.t.Helper()
	var out figuresOf
	w.ask(`{ sales { currencyCode orders returnDocuments gross { amount } returned { amount } net { amount }
			withoutCustomer { orders gross { amount } returned { amount } net { amount } } }
		profiles(first: 250, orderBy: { field: NAME }, filter: { orderCount: { min: 1 } }) { totalCount nodes {
			displayName emails { address } orderCount spentByCurrency { amount currencyCode } returned { amount } lastOrderAt
			identities { externalId kind matchedBy } habits { topCategories(first: 8) { name quantity } }
			carts(first: 5) { nodes { externalId value { amount } } } } } }`, nil, &out)
	return out
}
