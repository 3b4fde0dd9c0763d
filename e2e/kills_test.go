package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
	"github.com/relance/relance/internal/secret"
	"github.com/relance/relance/store"
)

// given is a number that the environment gives to make a test longer, or the one for every day.
func given(t *testing.T, name string, everyDay int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return everyDay
	}
	n, err := strconv.Atoi(text)
	must(t, err)
	return n
}

// killed is how many workers are killed soon after they began, before they live longer; RELANCE_KILLS=100 is the long version.
func killed(t *testing.T) int {
	t.Helper()
	return given(t, "RELANCE_KILLS", 3)
}

// killer spawns workers and kills each of them, with SIGKILL and at a random moment after it began to work.
type killer struct {
	t      *testing.T
	dice   *rand.Rand
	spawn  func() *exec.Cmd
	within time.Duration // a worker lives at most so long after it began,
	grow   float64       // and once enough died so many times longer, each time
	deaths int
}

// untilDone goes on until the work is done. moved tells where it is, so that a worker is known to be at it, and
// whether it is over; least is how many are to die.
func (k *killer) untilDone(moved func() (place string, over bool), least int) {
	k.t.Helper()
	deaths, within := 0, float64(k.within)
	for end := time.Now().Add(time.Minute + time.Duration(least)*10*time.Second); ; {
		if time.Now().After(end) {
			place, _ := moved()
			k.t.Fatalf("it never ends, after %d deaths, at %s", deaths, place)
		}
		from, over := moved()
		if over {
			break
		}
		worker := k.spawn()
		for place, over := moved(); place == from && !over && time.Now().Before(end); place, over = moved() {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(k.dice.Int64N(int64(within))))
		kill(k.t, worker)
		if _, over := moved(); !over {
			deaths++
		}
		if deaths >= least {
			within = min(within*k.grow, float64(2*time.Second))
		}
	}
	k.deaths += deaths
	if deaths == 0 {
		k.t.Error("no worker was killed at it")
	}
}

// An erasure whose workers are killed, as processes and wherever they are, ends erased, with one certificate.
func TestAKilledErasureEndsErasedOnce(t *testing.T) {
	t.Parallel()
	seed := stormSeed(t)
	key, err := secret.NewKeyset()
	must(t, err)
	c := newCanaryOf(t, worldOptions{key: key})
	c.inBothShops()
	c.pull()
	c.profile = c.person(canaryLast)[0]
	c.atTheDesk()
	c.letterShops(byHand())
	c.settled(c.plan(letterPlan()))
	request := c.request()
	c.rest() // from here on others work
	must(t, c.app.ErasePerson(t.Context(), c.merchant, request, canaryFirst+" "+canaryLast, "test"))
	env := []string{envSMTP + "=" + c.relay, envPublic + "=" + c.public, envAhead + "=" + time.Duration(c.clock.ahead.Load()).String()}
	k := &killer{t: t, within: 15 * time.Millisecond, grow: 1.25, dice: rand.New(rand.NewPCG(seed, 1)), spawn: func() *exec.Cmd {
		_, err := c.db.Exec(t.Context(), `UPDATE erasures SET next_at = '2020-01-01' WHERE finished_at IS NULL`) // the dead one's lease is over
		must(t, err)
		return spawnWorker(t, c.url, c.redisAddr(), key, time.Second, env...)
	}}
	steps := map[relance.ErasureStep]int{}
	k.untilDone(func() (string, bool) {
		var claims int
		var step relance.ErasureStep
		var over bool
		var problem string
		must(t, c.db.QueryRow(t.Context(), `SELECT claims, step, finished_at IS NOT NULL, coalesce(problem::text, '') || next_at FROM erasures`).Scan(&claims, &step, &over, &problem))
		steps[step]++
		return fmt.Sprint(claims, " ", step, problem), over
	}, killed(t))
	t.Logf("killed %d times; looked at in the steps %v", k.deaths, steps)
	must(t, c.app.DeriveAll(t.Context(), c.merchant))
	c.nowhere("after many deaths")
	if e := c.erasure(request); e == nil || e.FinishedAt == nil || e.Erased["customers"] < 3 {
		t.Errorf("the certificate: %+v", e)
	}
	var erasures, acts, begun int
	var state, letter, voucher string
	must(t, c.db.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM erasures), (SELECT count(*) FROM audit WHERE action = 'erase_person'), (SELECT count(*) FROM audit WHERE action = 'begin_erasure'),
		(SELECT state FROM privacy_requests), l.state, v.state FROM letters l JOIN vouchers v ON v.follow_up_id = l.follow_up_id WHERE l.code LIKE 'erased:%'`).Scan(&erasures, &acts, &begun, &state, &letter, &voucher))
	if erasures != 1 || acts != 1 || begun != 1 || state != "DONE" || letter != "CANCELLED" || voucher != "REVOKED" {
		t.Errorf("%d erasures, noted %d times, begun %d; the request is %s, the letter %s, its voucher %s", erasures, acts, begun, state, letter, voucher)
	}
}

// A bulk run whose workers are killed changes everybody once, and its undoing puts everything back as it was.
func TestAKilledBulkRunChangesEverybodyOnce(t *testing.T) {
	t.Parallel()
	seed, least := stormSeed(t), killed(t)
	key, err := secret.NewKeyset()
	must(t, err)
	url := cluster.URL(t)
	w := newWorld(t, worldOptions{dbURL: url, noWork: true, key: key})
	db, err := pgx.Connect(t.Context(), url)
	must(t, err)
	t.Cleanup(func() { _ = db.Close(t.Context()) })
	groups := w.crowdInGroups(300 * least)
	count := func(sql string, args ...any) (n int) {
		must(t, db.QueryRow(t.Context(), sql, args...).Scan(&n))
		return n
	}
	people := func() (out map[uuid.UUID]uuid.UUID) {
		rows, err := db.Query(t.Context(), `SELECT p.id, coalesce(p.group_id, '00000000-0000-0000-0000-000000000000') FROM profiles p`)
		must(t, err)
		out = map[uuid.UUID]uuid.UUID{}
		var id, group uuid.UUID
		_, err = pgx.ForEachRow(rows, []any{&id, &group}, func() error { out[id] = group; return nil })
		must(t, err)
		return out
	}
	before, n := people(), int64(300*least)
	id, err := w.app.StartBulk(t.Context(), w.merchant, uuid.New(), relance.BulkAct{Kind: relance.BulkSetGroup, GroupID: &groups[1]}, relance.BulkPeople{Filter: &relance.Filter{}, Expected: &n}, false, nil, "test")
	must(t, err)
	k := &killer{t: t, within: 100 * time.Millisecond, grow: 3, dice: rand.New(rand.NewPCG(seed, 2)), spawn: func() *exec.Cmd { return spawnWorker(t, url, w.redisAddr(), key, time.Second) }}
	at := func(over relance.BulkState) func() (string, bool) {
		return func() (string, bool) {
			b, err := w.store.BulkRun(t.Context(), w.merchant, id, nil)
			must(t, err)
			return fmt.Sprint(b.Cursor, b.Undone), b.State == over
		}
	}
	k.untilDone(at(relance.BulkDone), least)
	b, err := w.store.BulkRun(t.Context(), w.merchant, id, nil)
	must(t, err)
	changes := count(`SELECT count(*) FROM profile_changes WHERE bulk_id = $1`, id)
	each := count(`SELECT count(DISTINCT profile_id) FROM profile_changes WHERE bulk_id = $1`, id)
	if b.Changed != n || b.Unchanged+b.Failed != 0 || changes != int(n) || each != int(n) || count(`SELECT count(*) FROM audit WHERE action = 'change_many'`) != 1 {
		t.Errorf("of %d: %+v; %d changes of %d people", n, b, changes, each)
	}
	for p, g := range people() {
		if g != groups[1] {
			t.Fatalf("%s is in the group %s", p, g)
		}
	}
	must(t, w.app.UndoBulk(t.Context(), w.merchant, id, "test"))
	k.untilDone(at(relance.BulkUndone), least)
	if b, err = w.store.BulkRun(t.Context(), w.merchant, id, nil); err != nil || b.Undone != n || b.Kept != 0 || count(`SELECT count(*) FROM audit WHERE action = 'undo_change_many'`) != 1 {
		t.Errorf("taken back: %+v, %v", b, err)
	}
	if diff := cmp.Diff(before, people()); diff != "" {
		t.Errorf("not as before (-want +got):\n%s", diff)
	}
	t.Logf("%d people, %d workers killed", n, k.deaths)
}

// crowdInGroups makes n people of a shop, every third of them in the first of two groups.
func (w *world) crowdInGroups(n int) (groups []uuid.UUID) {
	ctx := w.t.Context()
	shop := uuid.Must(uuid.NewV7())
	must(w.t, w.store.AddShop(ctx, w.merchant, store.NewShop{ID: shop, Platform: relance.PrestaShop, Credentials: []byte("sealed"),
		Info: relance.ShopInfo{ExternalKey: "x", Name: "Shop", URL: "https://shop.example", Currency: "EUR", TimeZone: "Europe/Paris"}}))
	at := time.Now().Add(-time.Hour)
	rows := store.PageRows{}
	for i := range n {
		rows.Customers = append(rows.Customers, relance.Customer{ExternalID: fmt.Sprint(i), Kind: relance.IdentityCustomer, Active: true, LastName: fmt.Sprintf("N%05d", i), Email: fmt.Sprintf("p%d@example.com", i),
			CreatedAt: at, Version: relance.Version{UpdatedAt: at, ReadAt: at}})
	}
	must(w.t, w.store.StoreRecords(ctx, w.merchant, shop, rows, at))
	must(w.t, w.app.DeriveAll(ctx, w.merchant))
	for _, name := range []string{"Before", "After"} {
		id, err := w.app.SaveGroup(ctx, w.merchant, relance.CustomerGroup{Name: name}, "test")
		must(w.t, err)
		groups = append(groups, id)
	}
	q := relance.ProfileQuery{Paging: relance.Paging{First: n / 3}, Now: time.Now()}
	page, err := w.store.Profiles(ctx, w.merchant, q)
	must(w.t, err)
	for _, p := range page.Profiles {
		must(w.t, w.app.SetGroup(ctx, w.merchant, p.ID, &groups[0], "test"))
	}
	return groups
}
