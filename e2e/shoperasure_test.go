package e2e_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// What Shopify alone tells of the person who stays.
const (
	stayingWord   = "nurbeishopify"
	stayingStreet = "Ladenzeile"
	stayingPhone  = "612000777"
)

// neighbours makes three people: the canary, whom Shopify alone knows; somebody in both shops, of whom Shopify tells
// more; and somebody whom Shopify alone knows and who objects here.
func (c *canary) neighbours() {
	at := time.Now().AddDate(0, -2, 0).UTC().Truncate(time.Second)
	v := relance.Version{UpdatedAt: at}
	line := c.seed.Shopify.Orders[0].Lines[0]
	order := func(id, customer, email string, a relance.Address, note string) relance.Order {
		return relance.Order{ExternalID: id, Version: v, Number: "R" + id, CustomerID: customer, Email: email, State: relance.OrderDelivered, Paid: true, PlacedAt: at, Currency: "EUR", Language: "fr", Total: line.Total,
			Payment: "Card", Note: note, Billing: &a, Delivery: &a, Lines: []relance.OrderLine{line}}
	}
	who := func(id, first, last, email, street, phone, note string) (relance.Customer, relance.Address) {
		a := relance.Address{ExternalID: id, Kind: relance.AddressHome, FirstName: first, LastName: last, Line1: "7 " + street, PostalCode: "69003", City: "Lyon", CountryCode: "FR", Phone: "+33" + phone}
		return relance.Customer{ExternalID: id, Version: v, Kind: relance.IdentityCustomer, Active: true, FirstName: first, LastName: last, Email: email, Phone: "+33" + phone, Language: "fr", CreatedAt: at, Note: note,
			Addresses: []relance.Address{a}, Consents: []relance.Consent{{Channel: relance.ChannelEmail, State: relance.ConsentGranted, Since: &at}}}, a
	}
	one, home := who("9001", canaryFirst, canaryLast, canaryEmail, canaryStreet, canaryPhone, canaryWord)
	c.world.shopify.PutCustomer(one)
	c.world.shopify.PutOrder(order("9002", "9001", canaryEmail, home, canaryWord))
	both, second := who("9101", "Berta", "Bleibt", "berta@example.com", stayingStreet, stayingPhone, stayingWord)
	both.Consents[0].State = relance.ConsentWithdrawn
	c.world.shopify.PutCustomer(both)
	c.world.shopify.PutOrder(order("9102", "9101", "berta@example.com", second, stayingWord))
	no, fourth := who("9201", "Norbert", "Neinsager", "norbert@example.com", "Neinweg", "612000999", "nein")
	c.world.shopify.PutCustomer(no)
	c.world.shopify.PutOrder(order("9202", "9201", "norbert@example.com", fourth, "nein"))
	c.pull()
	must(c.t, c.app.DeriveAll(c.t.Context(), c.merchant))
	// Her profile is the one that Shopify's record made: PrestaShop knows her later.
	there, third := who("9101", "Berta", "Bleibt", "berta@example.com", "Hauptstrasse", "612000888", "bekannt")
	c.world.presta.PutCustomer(there)
	c.world.presta.PutOrder(order("9102", "9101", "berta@example.com", third, "bekannt"))
	c.clock.ahead.Store(0) // the queue works by the real time
	c.await(time.Minute, c.startSync(c.presta, true))
	c.clock.toWorkingMorning()
	must(c.t, c.app.DeriveAll(c.t.Context(), c.merchant))
}

// person finds the one profile that a search finds.
func (c *canary) person(search string) (ids []uuid.UUID) {
	var out struct {
		Profiles struct{ Nodes []struct{ ID uuid.UUID } }
	}
	c.ask(`query($f: ProfileFilter!) { profiles(first: 10, filter: $f) { nodes { id } } }`, map[string]any{"f": map[string]any{"search": search}}, &out)
	for _, n := range out.Profiles.Nodes {
		ids = append(ids, n.ID)
	}
	return ids
}

type askedShop struct {
	R struct {
		Request struct {
			State       string
			ShopPeople  *struct{ ShopName string }
			ShopErasure *struct{ People, Elsewhere int }
		}
		Errors []struct{ Cause *struct{ Code string } }
	}
}

func (c *canary) eraseShop(request uuid.UUID, confirm string) (out askedShop) {
	c.ask(`mutation($i: ID!, $c: String!) { r: privacyEraseShop(id: $i, confirm: $c) { request { state shopPeople { shopName } shopErasure { people elsewhere } } errors { cause { code } } } }`, map[string]any{"i": request, "c": confirm}, &out)
	return out
}

// The erasure of a shop takes whom nobody else knows, and of the others what the shop told, wherever its workers are
// killed. What they refused holds on, amounts stay, and whoever said no here stays away when the shop comes back.
func TestTheErasureOfAShopThatIsCutOffEnds(t *testing.T) {
	t.Parallel()
	c := newCanary(t)
	c.needles = append(c.needles, stayingWord, stayingStreet, stayingPhone)
	c.neighbours()
	c.profile = c.person(canaryLast)[0]
	must(t, c.app.SaveDetails(t.Context(), c.merchant, c.profile, relance.TypedDetails{FirstName: canaryFirst, LastName: canaryLast, Emails: []string{canarySecond}}, 0, "test"))
	must(t, c.app.AddNote(t.Context(), c.merchant, c.profile, "Über "+canaryWord, "test"))
	berta := c.person("Bleibt")[0]
	must(t, c.app.AddNote(t.Context(), c.merchant, berta, "Likes tea", "test"))
	must(t, c.app.RecordObjection(t.Context(), c.merchant, c.person("Neinsager")[0], relance.ChannelLetter, false, "test"))
	must(t, c.app.DeriveAll(t.Context(), c.merchant))
	before := c.figures()
	request, _, err := c.store.AddPrivacyRequest(t.Context(), c.merchant, &relance.NewPrivacyRequest{Kind: relance.PrivacyErasure, Channel: relance.AskedAtShop, ReceivedOn: c.now(), ShopID: &c.shopify, ExternalID: "shop_redact/1"}, "relance", c.now())
	must(t, err)
	seen, err := c.app.ShopPeople(t.Context(), c.merchant, request)
	must(t, err)
	if seen == nil || seen.People < 10 || seen.Elsewhere < 1 {
		t.Fatalf("whom it takes: %+v", seen)
	}
	if o := c.eraseShop(request, "another shop"); len(o.R.Errors) == 0 || o.R.Errors[0].Cause.Code != "SHOP_ERASURE_CONFIRM" {
		t.Errorf("without its name: %+v", o)
	}
	c.rest() // no other worker takes it up
	if o := c.eraseShop(request, strings.ToLower(seen.ShopName)); len(o.R.Errors) > 0 || o.R.Request.State != "ERASING" || o.R.Request.ShopErasure == nil || o.R.Request.ShopErasure.People != int(seen.People) {
		t.Fatalf("%+v", o)
	}
	if _, err := c.app.Connect(t.Context(), c.merchant, relance.Shopify, relance.Credentials{URL: c.hosts[relance.Shopify], Key: "shpat_test"}, "", "test"); relance.CodeOf(err) != relance.CodeConflict {
		t.Errorf("connected while it is erased: %v", err)
	}
	c.cutOff(request)
	must(t, c.app.DeriveAll(t.Context(), c.merchant))
	c.nowhere("after the erasure of their shop")
	if after := c.figures(); after != before {
		t.Errorf("figures before\n%s\nand after\n%s", before, after)
	}
	if differs, err := c.app.Rebuild(t.Context(), c.merchant); err != nil || len(differs) > 0 {
		t.Errorf("deriving it anew comes to something else: %v %v", differs, err)
	}
	c.stays(berta)
	c.shopIsGone(request, seen)
	saved, err := c.store.ErasedList(t.Context(), c.merchant)
	must(t, err)
	c.work()
	c.comesBack()
	c.goesAgain(saved)
}

// goesAgain takes the shop that is back for one that a restored backup brought: what was saved before has it erased again.
func (c *canary) goesAgain(saved store.ErasedList) {
	c.t.Helper()
	again := func(shops []store.ErasedShop) int {
		n, err := c.app.EraseShopsAgain(c.t.Context(), c.merchant, shops)
		must(c.t, err)
		return n
	}
	now, err := c.store.ErasedList(c.t.Context(), c.merchant)
	must(c.t, err)
	if len(saved.Shops) != 1 || saved.Shops[0].ID != c.shopify || len(now.Shops) != 0 || again(saved.Shops) != 0 {
		c.t.Fatalf("saved %+v, and once it is connected again %+v", saved.Shops, now.Shops)
	}
	saved.Shops[0].At = saved.Shops[0].At.Add(time.Hour) // an erasure that this database knows nothing of
	if n := again(saved.Shops); n != 1 {
		c.t.Fatalf("%d shops erased again", n)
	}
	var left int
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		must(c.t, c.db.QueryRow(c.t.Context(), `SELECT (SELECT count(*) FROM customers WHERE source_id = $1) + (SELECT count(*) FROM shop_erasures WHERE finished_at IS NULL)`, c.shopify).Scan(&left))
		if left == 0 || time.Now().After(end) {
			break
		}
	}
	if left > 0 {
		c.t.Errorf("%d records of the shop are still here", left)
	}
}

// cutOff lets the erasure be gone on with by workers that are killed ever later, until it is done.
func (c *canary) cutOff(request uuid.UUID) {
	deaths, steps := 0, map[int64]bool{}
	read := func() relance.ShopErasure {
		list, err := c.store.ShopErasures(c.t.Context(), c.merchant, []uuid.UUID{request})
		must(c.t, err)
		return list[0]
	}
	var last error
	for life := time.Millisecond; read().FinishedAt == nil; life = life * 5 / 4 {
		if life > 20*time.Second {
			c.t.Fatalf("it never ends: %+v, %v", read(), last)
		}
		var task relance.Claim
		err := c.db.QueryRow(c.t.Context(), `UPDATE shop_erasures SET next_at = '2020-01-01', claims = claims + 1 WHERE finished_at IS NULL RETURNING merchant_id, id, claims`).Scan(&task.MerchantID, &task.ID, &task.Claims)
		if errors.Is(err, pgx.ErrNoRows) {
			continue // what was cut off while it committed has finished after all
		}
		must(c.t, err)
		_, err = c.db.Exec(c.t.Context(), `UPDATE erasures SET next_at = '2020-01-01', claims = claims + 1 WHERE finished_at IS NULL`)
		must(c.t, err)
		ctx, kill := context.WithTimeout(c.t.Context(), life)
		if last = c.app.RunShopErasure(ctx, task); last != nil {
			deaths++
		}
		due, err := c.store.DueErasures(c.t.Context(), c.now()) // people's own, that were cut off
		must(c.t, err)
		for _, own := range due {
			_ = c.app.RunErasure(ctx, own)
		}
		kill()
		steps[read().Done] = true
	}
	c.t.Logf("killed %d times, with %d people done between", deaths, len(steps))
	if deaths < 3 || len(steps) < 3 {
		c.t.Errorf("killed %d times, %d steps between", deaths, len(steps))
	}
}

// stays demands that somebody known elsewhere is who they were, without what the shop told.
func (c *canary) stays(profile uuid.UUID) {
	c.t.Helper()
	var out struct {
		Profile struct {
			ID                  uuid.UUID
			FirstName, LastName string
			OrderCount          int
			Phones              []struct{ Number string }
			Notes               []struct{ Body string }
			Shops               []struct{ ID uuid.UUID }
		}
	}
	c.ask(`query($i: ID!) { profile(id: $i) { id firstName lastName orderCount phones { number } notes { body } shops { id } } }`, map[string]any{"i": profile}, &out)
	p := out.Profile
	if p.ID != profile || p.LastName != "Bleibt" || p.OrderCount != 1 || len(p.Notes) != 1 || len(p.Shops) != 1 || p.Shops[0].ID != c.presta || len(p.Phones) != 1 || p.Phones[0].Number != "+33612000888" {
		c.t.Errorf("who stays is %+v", p)
	}
	said, err := c.store.PersonConsents(c.t.Context(), c.merchant, profile)
	must(c.t, err)
	if !slices.ContainsFunc(said.Words, func(w relance.ConsentWord) bool {
		return w.Channel == relance.ChannelEmail && w.State == relance.ConsentWithdrawn && w.Controller == "Example Ltd"
	}) {
		c.t.Errorf("what they refused at the shop is forgotten: %+v", said.Words)
	}
}

// shopIsGone looks at the shop, its request and the certificate.
func (c *canary) shopIsGone(request uuid.UUID, seen *relance.ShopPeople) {
	c.t.Helper()
	var state string
	var sealed []byte
	must(c.t, c.db.QueryRow(c.t.Context(), `SELECT state, credentials FROM shops WHERE id = $1`, c.shopify).Scan(&state, &sealed))
	r, err := c.store.PrivacyRequest(c.t.Context(), c.merchant, request)
	must(c.t, err)
	if state != "DISCONNECTED" || len(sealed) > 0 || r.State != relance.PrivacyDone {
		c.t.Errorf("the shop is %s with %d bytes of credentials, its request %s", state, len(sealed), r.State)
	}
	list, err := c.store.ShopErasures(c.t.Context(), c.merchant, []uuid.UUID{request})
	must(c.t, err)
	e := list[0]
	if e.Done-e.Parted != seen.People || e.Parted != seen.Elsewhere || e.Erased["customers"] < seen.People+seen.Elsewhere || e.Kept["orders"] < 20 || e.Kept["shop/"+seen.ShopName] != e.Erased["customers"]-1 { // but for what was typed
		c.t.Errorf("seen %+v, done %+v", seen, e)
	}
	for _, language := range []string{"en", "fr", "de"} {
		var pdf bytes.Buffer
		if err := c.app.WriteCertificate(c.t.Context(), &pdf, c.merchant, e.ID, language); err != nil || !bytes.HasPrefix(pdf.Bytes(), []byte("%PDF-")) {
			c.t.Errorf("the certificate: %v", err)
		}
	}
	if _, err := c.app.StartSync(c.t.Context(), c.merchant, c.shopify, true); err == nil {
		c.t.Error("a shop without credentials is pulled")
	}
	if o := c.eraseShop(request, seen.ShopName); len(o.R.Errors) == 0 || o.R.Errors[0].Cause.Code != "PRIVACY_CLOSED" {
		c.t.Errorf("erased twice: %+v", o)
	}
}

// comesBack connects the shop anew: whoever said nothing is known again, whoever objected is not.
func (c *canary) comesBack() {
	c.t.Helper()
	c.clock.ahead.Store(0) // the queue works by the real time
	shopify, _ := c.connect()
	if shopify != c.shopify {
		c.t.Errorf("it is another shop now")
	}
	c.await(time.Minute, c.startSync(shopify, false))
	must(c.t, c.app.DeriveAll(c.t.Context(), c.merchant))
	var orders int
	must(c.t, c.db.QueryRow(c.t.Context(), `SELECT count(*) FROM orders o JOIN profiles p ON p.id = o.profile_id WHERE o.source_id = $1 AND o.customer_external_id = '9001' AND p.erased_at IS NULL`, shopify).Scan(&orders))
	if a, n := c.person(canaryLast), c.person("Neinsager"); len(a) != 1 || len(n) != 0 || orders != 1 {
		c.t.Errorf("found %s with %d orders", fmt.Sprint(a, n), orders)
	}
}
