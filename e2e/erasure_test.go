package e2e_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors/shopify/shopifytest"
	"github.com/relance/relance/graph"
	"github.com/relance/relance/public"
)

// What nobody else is called, has or writes: wherever one of these stands, the person stands.
const (
	canaryFirst  = "Quixotine"
	canaryLast   = "Zwickelkanari"
	canaryEmail  = "canary.zwickel@example.com"
	canarySecond = "zweitkanari@example.org"
	canaryPhone  = "698765432" // after +33
	canaryStreet = "Rue du Kanarivogel"
	canaryWord   = "kanariwort" // in what is written about them
)

// canary is somebody who stands everywhere.
type canary struct {
	url string // of the database
	*post
	desk    *deskOf
	db      *pgx.Conn
	profile uuid.UUID
	needles []string
}

func newCanary(t *testing.T) *canary {
	t.Helper()
	return newCanaryOf(t, worldOptions{})
}

func newCanaryOf(t *testing.T, o worldOptions) *canary {
	t.Helper()
	url := cluster.URL(t)
	o.dbURL = url
	c := &canary{url: url, post: newPost(t, 30, o), needles: []string{canaryFirst, canaryLast, canaryEmail, canarySecond, canaryPhone, "kanarivogel", canaryWord}}
	srv := httptest.NewServer(graph.NewAuth(graph.AuthOptions{Tokens: c.store}).Require(graph.ImportFiles(c.app, c.store, quiet(), c.now)))
	t.Cleanup(srv.Close)
	c.desk = &deskOf{world: c.world, files: srv.URL}
	var err error
	c.db, err = pgx.Connect(t.Context(), url)
	must(t, err)
	t.Cleanup(func() { _ = c.db.Close(context.WithoutCancel(t.Context())) })
	_, err = c.db.Exec(t.Context(), "SET ROLE relance_owner")
	must(t, err)
	return c
}

// inBothShops makes them a customer who bought and left a cart, in both shops.
func (c *canary) inBothShops() {
	at := time.Now().AddDate(0, -2, 0).UTC().Truncate(time.Second)
	v := relance.Version{UpdatedAt: at}
	home := relance.Address{ExternalID: "9001", Kind: relance.AddressHome, FirstName: canaryFirst, LastName: canaryLast, Line1: "77 " + canaryStreet, PostalCode: "69003", City: "Lyon", CountryCode: "FR", Phone: "+33" + canaryPhone}
	who := relance.Customer{ExternalID: "9001", Version: v, Kind: relance.IdentityCustomer, Active: true, FirstName: canaryFirst, LastName: canaryLast, Email: canaryEmail, Phone: "+33" + canaryPhone,
		Language: "fr", CreatedAt: at, GroupID: "3", GroupName: "Customer", Note: canaryWord, Addresses: []relance.Address{home}, Consents: []relance.Consent{{Channel: relance.ChannelEmail, State: relance.ConsentConfirmed, Since: &at}}}
	line := c.seed.Shopify.Orders[0].Lines[0]
	order := relance.Order{ExternalID: "9002", Version: v, Number: "R900002", CustomerID: "9001", Email: canaryEmail, State: relance.OrderDelivered, Paid: true, PlacedAt: at, Currency: "EUR", Language: "fr", Total: line.Total,
		Payment: "Card", Note: canaryWord, Billing: &home, Delivery: &home, Lines: []relance.OrderLine{line}}
	left := time.Now().Add(-20 * 24 * time.Hour).UTC().Truncate(time.Second)
	cart := relance.Cart{ExternalID: "9003", Version: relance.Version{UpdatedAt: left}, CustomerID: "9001", Currency: "EUR", Language: "fr", Value: line.Total, Total: line.Total, ValueKnown: true, StartedAt: left, UpdatedAt: left,
		CheckoutToken: "tokenkanari9003", Lines: []relance.CartLine{{ExternalID: "1", ProductID: line.ProductID, VariantID: line.VariantID, Title: line.Title, SKU: line.SKU, Quantity: 1, UnitPrice: line.Total, Total: line.Total}}}
	c.world.shopify.PutCustomer(who)
	c.world.presta.PutCustomer(who)
	c.world.shopify.PutOrder(order)
	c.world.presta.PutOrder(order)
	c.world.shopify.PutCart(cart)
	c.world.presta.PutCart(cart)
}

// findProfile finds their profile.
func (c *canary) findProfile() (ids []uuid.UUID) {
	var out struct {
		Profiles struct{ Nodes []struct{ ID uuid.UUID } }
	}
	c.ask(`query($f: ProfileFilter!) { profiles(first: 10, filter: $f) { nodes { id } } }`, map[string]any{"f": map[string]any{"search": canaryLast}}, &out)
	for _, n := range out.Profiles.Nodes {
		ids = append(ids, n.ID)
	}
	return ids
}

// atTheDesk has people write about them whatever can be written.
func (c *canary) atTheDesk() {
	ctx, t := c.t.Context(), c.t
	birthday := time.Date(1980, 5, 4, 0, 0, 0, 0, time.UTC)
	must(t, c.app.SaveDetails(ctx, c.merchant, c.profile, relance.TypedDetails{FirstName: canaryFirst, LastName: canaryLast, Company: canaryWord, Birthday: &birthday, Emails: []string{canaryEmail, canarySecond}, Phones: []string{"+33" + canaryPhone},
		Pages: []string{"https://social.example/" + canaryWord}, Dates: []relance.ImportantDate{{Label: canaryWord, On: birthday}},
		Addresses: []relance.Address{{Kind: relance.AddressHome, Line1: "78 " + canaryStreet, PostalCode: "69003", City: "Lyon", CountryCode: "FR"}}}, 0, "test"))
	must(t, c.app.AddNote(ctx, c.merchant, c.profile, "Über "+canaryWord, "test"))
	must(t, c.app.AddLabel(ctx, c.merchant, c.profile, canaryWord, "test"))
	var photo bytes.Buffer
	must(t, jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 40, 40)), nil))
	must(t, c.app.SetPhoto(ctx, c.merchant, c.profile, &photo, "test"))
	must(t, c.app.AddTask(ctx, c.merchant, c.profile, relance.TaskChange{Title: "Call " + canaryLast}, "test"))
	group, err := c.app.SaveGroup(ctx, c.merchant, relance.CustomerGroup{Name: "Friends"}, "test")
	must(t, err)
	must(t, c.app.SetGroup(ctx, c.merchant, c.profile, &group, "test"))
	kind, err := c.app.SaveMembershipType(ctx, c.merchant, relance.MembershipType{Name: "Club", Price: decimal.NewFromInt(10), Currency: "EUR", Period: relance.PaidYearly}, "test")
	must(t, err)
	must(t, c.app.Enrol(ctx, c.merchant, c.profile, relance.Enrolling{TypeID: kind, Since: time.Now().AddDate(-1, 0, 0)}, "test"))
	at := time.Now().AddDate(0, -1, 0)
	_, err = c.app.UpsertCustomers(ctx, c.merchant, nil, "Till", []*relance.CustomerUpsert{{ExternalID: "till-" + canaryWord, FirstName: canaryFirst, LastName: canaryLast, Email: canaryEmail, Note: canaryWord, Tags: []string{canaryWord},
		Consents: []relance.ConsentUpsert{{Channel: relance.ChannelEmail, State: relance.ConsentGranted, Since: at.Format(time.RFC3339), Proof: "signed by " + canaryLast}}}}, "test")
	must(t, err)
	must(t, c.app.DeriveAll(ctx, c.merchant))
}

// sheetOfCanaries has a row that is taken, one that is not, and one of somebody else.
const sheetOfCanaries = "E-mail;First name;Last name;Phone;Birthday;Street;Postal code;City;Country;Company\n" +
	canaryEmail + ";" + canaryFirst + ";" + canaryLast + ";+33" + canaryPhone + ";;77 " + canaryStreet + ";69003;Lyon;FR;" + canaryWord + " & Co\n" +
	canaryEmail + ";" + canaryFirst + ";" + canaryLast + ";;31.02.1980;;;;;\n" +
	"somebody@example.net;Some;Body;;;;;;;\n"

func (c *canary) importSheet() imported {
	id, refused := c.desk.upload("Kunden-"+canaryLast+".csv", strings.NewReader(sheetOfCanaries))
	if refused != "" {
		c.t.Fatal(refused)
	}
	plan := c.desk.planOf(id)
	return c.desk.do(id, "importRun", plan)
}

// inFiles imports a spreadsheet about them, leaves another that waits, and exports everybody.
func (c *canary) inFiles() {
	if i := c.importSheet(); i.State != "DONE" || i.Counts["invalid"] != 1 {
		c.t.Fatalf("the import: %+v", i)
	}
	if _, refused := c.desk.upload("waiting.csv", strings.NewReader(sheetOfCanaries)); refused != "" {
		c.t.Fatal(refused)
	}
	for _, f := range []relance.ExportFormat{relance.ExportCSV, relance.ExportXLSX} {
		id, err := c.app.StartExport(c.t.Context(), c.merchant, relance.ExportChoice{Format: f, Language: "en", Separator: relance.SeparatorComma, Filter: relance.Filter{Search: canaryLast}}, false, nil, "test")
		must(c.t, err)
		must(c.t, c.app.RunExport(c.t.Context(), relance.Claim{MerchantID: c.merchant, ID: id}))
	}
}

// byHand gives them a voucher by e-mail, and sends that once more.
func (c *canary) byHand() {
	t := c.t
	given := c.act(giveGoodwill, map[string]any{"i": map[string]any{"key": uuid.New(), "profileId": c.profile, "shopId": c.presta, "kind": "PERCENT", "value": "5", "until": c.day(30), "mail": true}})
	if given.FollowUp == nil {
		t.Fatalf("no goodwill: %s", given.code())
	}
	sent := func(id uuid.UUID) func() bool {
		return func() bool { c.clock.ahead.Add(int64(time.Minute)); return c.message(id).State == relance.SendSent }
	}
	c.until("the voucher is mailed", sent(given.FollowUp.ID))
	again := c.act(resendIt, map[string]any{"id": given.FollowUp.ID, "k": uuid.New()})
	if again.FollowUp == nil {
		t.Fatalf("not once more: %s", again.code())
	}
	c.until("it is mailed once more", sent(again.FollowUp.ID))
}

// writtenTo sends them an e-mail and a letter with a voucher, which they scan, and has them object.
func (c *canary) writtenTo() {
	ctx, t := c.t.Context(), c.t
	printer := c.letterShops(byHand())
	mail := c.plan(relance.Plan{Trigger: relance.Trigger{Kind: relance.TriggerOneTime}, Reentry: relance.Reentry{Policy: relance.ReentryOnce}, ExpiresAfter: 2 * time.Hour,
		Steps: []relance.CampaignStep{{Key: "mail", Email: map[string]relance.EmailText{"fr": {Subject: "Bonjour {{ first_name }}", Body: "{{ greeting }}"}, "en": {Subject: "Hello", Body: "{{ greeting }}"}, "de": {Subject: "Hallo", Body: "{{ greeting }}"}}}}})
	c.settled(mail)
	c.clock.ahead.Add(int64(4 * 24 * time.Hour))
	c.clock.toWorkingMorning()
	c.settled(c.plan(letterPlan()))
	c.settled(c.plan(relance.Plan{Trigger: relance.Trigger{Kind: relance.TriggerOneTime}, Reentry: relance.Reentry{Policy: relance.ReentryOnce}, ExpiresAfter: 2 * time.Hour,
		Steps: []relance.CampaignStep{{Key: "label", Label: "Met"}, {Key: "task", Task: &relance.StepTask{Title: "Call"}}}}))
	c.byHand()
	page, err := c.store.FollowUps(ctx, c.merchant, relance.FollowUpQuery{Paging: relance.Paging{First: 50}, ProfileID: &c.profile})
	must(t, err)
	channels := map[relance.ConsentChannel]bool{}
	for _, f := range page.FollowUps {
		if f.State != relance.SendSent {
			t.Fatalf("%s: %s %v %s", f.Channel, f.State, f.Reason, f.Detail)
		}
		channels[f.Channel] = true
		if f.Voucher != nil {
			c.needles = append(c.needles, f.Voucher.Code)
		}
		if f.Channel == relance.ChannelLetter {
			l := c.letterOf(f.ID)
			c.needles = append(c.needles, l.Code)
			_, scan := c.links(f.ID)
			c.follow(scan, "Mozilla/5.0")
		}
	}
	if len(channels) != 2 {
		t.Fatalf("they were written to by %v", channels)
	}
	batch, err := c.store.MakeBatch(ctx, c.merchant, printer.ID, 500, "test", c.now())
	must(t, err)
	must(t, c.store.BatchPosted(ctx, c.merchant, batch.ID, c.now(), c.now()))
	must(t, c.app.RecordObjection(ctx, c.merchant, c.profile, relance.ChannelEmail, false, "test"))
}

// places tells where a needle stands: in any column of any table that holds text, JSON or bytes, in whatever
// these pack, and in Redis. Tables that come later are looked at too.
func (c *canary) places() map[string]int {
	c.t.Helper()
	rows, err := c.db.Query(c.t.Context(), `SELECT c.relname, a.attname, t.typname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
		WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
			AND (t.typname IN ('text', 'varchar', 'bpchar', 'name', 'json', 'jsonb', 'bytea', 'xml', 'tsvector') OR t.typname IN ('_text', '_varchar', '_jsonb', '_bytea')) ORDER BY 1, 2`)
	must(c.t, err)
	type column struct{ table, name, kind string }
	columns, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (x column, err error) {
		err = r.Scan(&x.table, &x.name, &x.kind)
		return x, err
	})
	must(c.t, err)
	if len(columns) < 300 {
		c.t.Errorf("only %d columns are looked at", len(columns))
	}
	out := map[string]int{}
	for _, x := range columns {
		value := `"` + x.name + `"::text`
		if x.kind == "bytea" {
			value = `"` + x.name + `"`
		}
		rows, err := c.db.Query(c.t.Context(), `SELECT `+value+` FROM "`+x.table+`" WHERE "`+x.name+`" IS NOT NULL`)
		must(c.t, err)
		var raw []byte
		_, err = pgx.ForEachRow(rows, []any{&raw}, func() error {
			if c.holds(raw) {
				out[x.table+"."+x.name]++
			}
			return nil
		})
		must(c.t, err)
	}
	c.inRedis(out)
	return out
}

func (c *canary) inRedis(out map[string]int) {
	ctx := c.t.Context()
	keys, err := c.redis.Keys(ctx, "*").Result()
	must(c.t, err)
	for _, k := range keys {
		var all []string
		switch kind, _ := c.redis.Type(ctx, k).Result(); kind {
		case "string":
			s, _ := c.redis.Get(ctx, k).Result()
			all = append(all, s)
		case "hash":
			h, _ := c.redis.HGetAll(ctx, k).Result()
			for f, v := range h {
				all = append(all, f, v)
			}
		case "list":
			all, _ = c.redis.LRange(ctx, k, 0, -1).Result()
		case "set":
			all, _ = c.redis.SMembers(ctx, k).Result()
		case "zset":
			all, _ = c.redis.ZRange(ctx, k, 0, -1).Result()
		}
		if c.holds([]byte(strings.Join(append(all, k), "\n"))) {
			out["redis "+k]++
		}
	}
}

// holds looks for the needles in bytes, as they are, as UTF-16, and in what is packed in them.
func (c *canary) holds(raw []byte) bool {
	low := bytes.ToLower(raw)
	for _, n := range c.needles {
		if bytes.Contains(low, []byte(strings.ToLower(n))) || bytes.Contains(low, bytes.ToLower(wide(n))) {
			return true
		}
	}
	if z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw))); err == nil {
		for _, f := range z.File {
			r, err := f.Open()
			must(c.t, err)
			b, err := io.ReadAll(r)
			must(c.t, err)
			if c.holds(b) {
				return true
			}
		}
	}
	if !bytes.HasPrefix(raw, []byte("%PDF")) {
		return false
	}
	for rest := raw; ; {
		i := bytes.Index(rest, []byte("stream\n"))
		if i < 0 {
			return false
		}
		rest = rest[i+len("stream\n"):]
		if r, err := zlib.NewReader(bytes.NewReader(rest)); err == nil {
			if b, _ := io.ReadAll(r); c.holds(append(b, bytes.ReplaceAll(b, []byte(`\`), nil)...)) {
				return true
			}
		}
	}
}

// wide is text as PDFs write it.
func wide(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u>>8), byte(u))
	}
	return out
}

func (c *canary) plant() {
	c.inBothShops()
	c.pull()
	ids := c.findProfile()
	if len(ids) != 1 {
		c.t.Fatalf("they are %d profiles", len(ids))
	}
	c.profile = ids[0]
	rows, err := c.db.Query(c.t.Context(), `SELECT x FROM carts, unnest(ARRAY[checkout_token, restore_url]) x WHERE customer_external_id = '9001' AND x <> ''`)
	must(c.t, err)
	tokens, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(c.t, err)
	if len(tokens) == 0 {
		c.t.Fatal("no cart opens for them")
	}
	c.needles = append(c.needles, tokens...)
	c.atTheDesk()
	c.writtenTo()
	c.consents()
	c.inFiles()
}

// consents leaves a yes by hand with its proof, and a request to confirm another that nobody answered.
func (c *canary) consents() {
	say := func(channel relance.ConsentChannel, preference string, ask bool) {
		must(c.t, c.app.RecordConsent(c.t.Context(), c.merchant, c.profile, relance.HandConsent{ShopID: c.shopify, Channel: channel, Preference: preference, Given: true, Since: c.now().AddDate(0, 0, -1),
			How: relance.HowForm, Proof: "Form signed by " + canaryLast, AskByEmail: ask}, "test"))
	}
	must(c.t, c.app.SaveConsentPreference(c.t.Context(), c.merchant, relance.ConsentPreference{Channel: relance.ChannelEmail, Name: "Invitations", Wording: relance.ConsentWording{En: "Invite me."}}, "test"))
	say(relance.ChannelSMS, "", false)
	if _, err := c.db.Exec(c.t.Context(), `UPDATE stopped_addresses SET lifted_at = now() WHERE address = ANY($1)`, []string{canaryEmail, canarySecond}); err != nil {
		c.t.Fatal(err)
	}
	say(relance.ChannelEmail, "Invitations", true)
	_, err := c.db.Exec(c.t.Context(), `UPDATE stopped_addresses SET lifted_at = NULL WHERE address = ANY($1)`, []string{canaryEmail, canarySecond})
	must(c.t, err)
}

// request enters a request to be erased and makes sure who asks.
func (c *canary) request() uuid.UUID {
	ctx := c.t.Context()
	id, err := c.app.AddPrivacyRequest(ctx, c.merchant, relance.NewPrivacyRequest{Kind: relance.PrivacyErasure, Channel: relance.AskedByEmail, ProfileID: &c.profile, ReceivedOn: c.now(), Requester: canaryFirst + " " + canaryLast, Note: canaryWord, Restricted: true}, "test")
	must(c.t, err)
	must(c.t, c.app.IdentifyRequester(ctx, c.merchant, id, c.profile, "Passport of "+canaryLast, "test"))
	return id
}

func (c *canary) erasure(id uuid.UUID) *relance.Erasure {
	r, err := c.store.PrivacyRequest(c.t.Context(), c.merchant, id)
	must(c.t, err)
	return r.Erasure
}

// Whoever is erased stands nowhere any more, and nothing brings them back: neither a full pull of both
// shops nor the same spreadsheet again.
func TestNothingIsLeftOfAnErasedPerson(t *testing.T) {
	t.Parallel()
	c := newCanary(t)
	c.plant()
	request := c.request()
	before := c.places()
	for _, place := range strings.Fields(`customers.email customers.phone customers.note customers.typed addresses.line1 addresses.household identity_keys.value contacts.value profiles.search_text notes.body tasks.title labels.name
		profile_changes.values audit.detail orders.email orders.billing orders.note carts.restore_url emails.recipient emails.body_html letters.recipient letters.code letter_files.pdf vouchers.code consents.proof opt_ins.address opt_ins.proof
		import_records.record import_errors.cells import_parts.body imports.sample imports.file_name export_parts.content exports.choice stopped_addresses.address privacy_requests.requester privacy_requests.identified_how`) {
		if before[place] == 0 {
			t.Errorf("nothing was planted in %s, so that nothing is proven of it", place)
		}
	}
	t.Logf("planted in %d places", len(before))
	figures := c.figures()

	c.handsOut(request)
	if err := c.app.ErasePerson(t.Context(), c.merchant, request, "Somebody else", "test"); relance.CodeOf(err) != relance.CodeBadInput {
		t.Errorf("erased under another name: %v", err)
	}
	must(t, c.app.ErasePerson(t.Context(), c.merchant, request, canaryFirst+" "+canaryLast, "test"))
	c.until("they are erased", func() bool { return c.erasure(request) != nil && c.erasure(request).FinishedAt != nil })
	must(t, c.app.DeriveAll(t.Context(), c.merchant))
	c.nowhere("after the erasure")
	if after := c.figures(); after != figures {
		t.Errorf("figures were\n%s\nand are\n%s", figures, after)
	}
	e := c.erasure(request)
	if e.Erased["customers"] < 4 || e.Erased["emails"] != 3 || e.Erased["letter_files"] != 1 || e.Erased["profile_photos"] != 1 || e.Kept["orders"] != 2 || e.Kept["shop/Atelier Mode"] != 1 || e.Kept["relay/"] != 3 {
		t.Errorf("the certificate says %+v, kept %+v", e.Erased, e.Kept)
	}

	var certificate bytes.Buffer
	must(t, c.app.WriteCertificate(t.Context(), &certificate, c.merchant, e.ID, "fr"))
	if c.holds(certificate.Bytes()) {
		t.Error("the certificate names them")
	}
	if dir := os.Getenv("RELANCE_TEST_KEEP"); dir != "" {
		must(t, os.WriteFile(dir+"/certificate.pdf", certificate.Bytes(), 0o600))
	}
	c.clock.ahead.Store(0) // the queue works by the real time
	c.await(time.Minute, c.startSync(c.post.shopify, true), c.startSync(c.post.presta, true))
	c.nowhere("after a full pull")
	if after := c.figures(); after != figures {
		t.Errorf("after a pull figures were\n%s\nand are\n%s", figures, after)
	}
	for _, shop := range []uuid.UUID{c.post.shopify, c.post.presta} {
		found, err := c.app.Doctor(t.Context(), c.merchant, shop, false)
		must(t, err)
		for _, f := range found {
			if !f.Agrees() || f.Kind == relance.KindCustomers && f.Erased == 0 {
				t.Errorf("the doctor does not know that they are not here on purpose: %+v", f)
			}
		}
	}
	if i := c.importSheet(); i.Counts["added"]+i.Counts["updated"]+i.Counts["skipped"] != 1 || i.Counts["erased"] != 2 || i.Counts["invalid"] != 0 {
		t.Errorf("the spreadsheet again: %+v", i)
	}
	c.needles = slices.DeleteFunc(c.needles, func(n string) bool { return n == canaryLast }) // the file is called so by whoever imports it
	c.nowhere("after the same spreadsheet")
	if differs, err := c.app.Rebuild(t.Context(), c.merchant); err != nil || len(differs) > 0 {
		t.Errorf("rebuilding finds %v otherwise (%v)", differs, err)
	}
	c.nowhere("after rebuilding")
}

// nowhere demands that nothing is left.
func (c *canary) nowhere(when string) {
	c.t.Helper()
	if left := c.places(); len(left) > 0 {
		c.t.Errorf("%s they still stand in %v", when, left)
	}
	if ids := c.findProfile(); len(ids) > 0 {
		c.t.Errorf("%s they are found: %v", when, ids)
	}
	var photos int // no words stand in a picture
	must(c.t, c.db.QueryRow(c.t.Context(), `SELECT count(*) FROM profile_photos`).Scan(&photos))
	if photos > 0 {
		c.t.Errorf("%s %d photos are there", when, photos)
	}
}

// figures are what an erasure leaves as it is: revenue, and what campaigns counted.
func (c *canary) figures() string {
	var out strings.Builder
	for _, sql := range []string{
		`SELECT string_agg(concat_ws(' ', m, currency, n, total), '; ' ORDER BY m, currency) FROM (SELECT date_trunc('month', placed_at) AS m, currency, count(*) AS n, sum(net) AS total FROM orders WHERE deleted_at IS NULL GROUP BY 1, 2) x`,
		`SELECT string_agg(concat_ws(' ', campaign_id, state, n), '; ' ORDER BY campaign_id, state) FROM (SELECT campaign_id, state, count(*) AS n FROM follow_ups GROUP BY 1, 2) x`,
		`SELECT string_agg(concat_ws(' ', campaign_id, day, verdict, reason, count), '; ' ORDER BY campaign_id, day, verdict, reason) FROM campaign_days WHERE verdict <> 'REFUSE'`,
		`SELECT concat_ws(' ', sum(price), sum(scans)) FROM letters`,
		`SELECT string_agg(concat_ws(' ', currency, spent, n), '; ' ORDER BY currency) FROM (SELECT currency, sum(spent) AS spent, sum(order_count) AS n FROM profile_stats GROUP BY 1) x`,
	} {
		var s *string
		must(c.t, c.db.QueryRow(c.t.Context(), sql).Scan(&s))
		if s != nil {
			fmt.Fprintln(&out, *s)
		}
	}
	return out.String()
}

// handsOut demands that the copy of everything says all that is known, in both forms.
func (c *canary) handsOut(request uuid.UUID) {
	c.t.Helper()
	var doc, pdf bytes.Buffer
	must(c.t, c.app.WriteDossier(c.t.Context(), &doc, c.merchant, request, "json", "", "test"))
	var d relance.Dossier
	must(c.t, json.Unmarshal(doc.Bytes(), &d))
	rows := map[string]int{}
	for _, s := range d.Sections {
		rows[s.Key] = len(s.Rows)
	}
	for _, key := range strings.Fields("person records addresses contacts consents confirmations objections orders carts campaigns messages letters vouchers labels notes tasks memberships figures habits changes merges imports requests recipients") {
		if rows[key] == 0 {
			c.t.Errorf("the copy has nothing of %s", key)
		}
	}
	for _, n := range c.needles {
		if !strings.Contains(strings.ToLower(doc.String()), strings.ToLower(n)) && !strings.Contains(n, "http") {
			c.t.Errorf("the copy lacks %s", n)
		}
	}
	for _, language := range []string{"en", "fr", "de"} {
		pdf.Reset()
		must(c.t, c.app.WriteDossier(c.t.Context(), &pdf, c.merchant, request, "pdf", language, "test"))
		if !bytes.HasPrefix(pdf.Bytes(), []byte("%PDF")) || !c.holds(pdf.Bytes()) {
			c.t.Errorf("the file in %s is none, or does not name them", language)
		}
		if dir := os.Getenv("RELANCE_TEST_KEEP"); dir != "" {
			must(c.t, os.WriteFile(dir+"/person-"+language+".pdf", pdf.Bytes(), 0o600))
		}
	}
}

// Whoever works on an erasure may be killed at any moment: somebody else goes on, and it ends erased. Here
// they are killed after ever longer times, so that each step is cut off.
func TestAnErasureThatIsCutOffEndsErased(t *testing.T) {
	t.Parallel()
	c := newCanary(t)
	c.inBothShops()
	c.pull()
	c.profile = c.findProfile()[0]
	c.atTheDesk()
	c.letterShops(byHand())
	c.settled(c.plan(letterPlan()))
	request := c.request()
	c.rest() // no other worker takes it up
	must(t, c.app.ErasePerson(t.Context(), c.merchant, request, canaryFirst+" "+canaryLast, "test"))
	steps, deaths := map[relance.ErasureStep]bool{}, 0
	for life := 200 * time.Microsecond; c.erasure(request).FinishedAt == nil; life = life * 5 / 4 {
		if life > 20*time.Second {
			t.Fatalf("it never ends: %+v", c.erasure(request))
		}
		var task relance.Claim
		err := c.db.QueryRow(t.Context(), `UPDATE erasures SET next_at = '2020-01-01', claims = claims + 1 WHERE finished_at IS NULL RETURNING merchant_id, id, claims`).Scan(&task.MerchantID, &task.ID, &task.Claims)
		if errors.Is(err, pgx.ErrNoRows) {
			continue // what was cut off while it committed has finished after all
		}
		must(t, err)
		ctx, kill := context.WithTimeout(t.Context(), life)
		if c.app.RunErasure(ctx, task) != nil {
			deaths++
		}
		kill()
		steps[c.erasure(request).Step] = true
	}
	t.Logf("killed %d times, in %v", deaths, steps)
	if deaths < 3 {
		t.Errorf("killed %d times only", deaths)
	}
	must(t, c.app.DeriveAll(t.Context(), c.merchant))
	c.nowhere("after many deaths")
	// The letter that waited for the merchant's printer is called off, its voucher revoked in the shop.
	var state, voucher string
	must(t, c.db.QueryRow(t.Context(), `SELECT l.state, v.state FROM letters l JOIN vouchers v ON v.follow_up_id = l.follow_up_id WHERE l.code LIKE 'erased:%'`).Scan(&state, &voucher))
	if state != "CANCELLED" || voucher != "REVOKED" {
		t.Errorf("the letter is %s, its voucher %s", state, voucher)
	}
}

// While a request runs nothing goes out, and the reason is named.
func TestARequestHoldsMessagesBack(t *testing.T) {
	t.Parallel()
	c := newCanary(t)
	c.inBothShops()
	c.pull()
	c.profile = c.findProfile()[0]
	request := c.request()
	id := c.plan(relance.Plan{Trigger: relance.Trigger{Kind: relance.TriggerOneTime}, Reentry: relance.Reentry{Policy: relance.ReentryOnce}, ExpiresAfter: 2 * time.Hour,
		Steps: []relance.CampaignStep{{Key: "mail", Email: map[string]relance.EmailText{"fr": {Subject: "Bonjour", Body: "{{ greeting }}"}, "en": {Subject: "Hello", Body: "{{ greeting }}"}, "de": {Subject: "Hallo", Body: "{{ greeting }}"}}}}})
	c.settled(id)
	why := func() relance.Reason {
		ds, err := c.app.Why(t.Context(), c.merchant, id, c.profile)
		must(t, err)
		if len(ds) == 0 || len(ds[0].Reasons) == 0 {
			return ""
		}
		return ds[0].Reasons[0]
	}
	if got := why(); got != relance.ReasonRestricted {
		t.Errorf("they get nothing for the reason %q", got)
	}
	must(t, c.app.RefusePrivacyRequest(t.Context(), c.merchant, request, "Another person", "test"))
	if got := why(); got == relance.ReasonRestricted {
		t.Error("a refused request still holds messages back")
	}
}

// People without a sign of life are named first, kept where somebody says so, and erased only where that is
// switched on, on the day that was named and not before.
func TestRetentionWarnsThenErases(t *testing.T) {
	t.Parallel()
	c := newCanary(t)
	c.inBothShops()
	c.pull()
	c.profile = c.findProfile()[0]
	warned := func() (names int64, day time.Time) {
		must(t, c.app.Retain(t.Context(), c.merchant))
		list, err := c.store.RetentionWarnings(t.Context(), c.merchant, 250)
		must(t, err)
		for _, w := range list.Warnings {
			if w.ProfileID == c.profile {
				return list.Total, w.EraseOn
			}
		}
		return list.Total, time.Time{}
	}
	if n, _ := warned(); n != 0 {
		t.Errorf("%d people are named who bought this year", n)
	}
	bad := relance.DefaultRetention()
	bad.WarnDays = 7
	if err := c.app.SetRetention(t.Context(), c.merchant, bad, "test"); relance.CodeOf(err) != relance.CodeBadInput {
		t.Errorf("a warning of a week: %v", err)
	}
	c.clock.ahead.Add(int64(40 * 31 * 24 * time.Hour))
	n, day := warned()
	if n < 20 || day.Before(c.now().AddDate(0, 0, 29)) {
		t.Fatalf("%d people are named, erased on %s", n, day)
	}
	erased := func() (n int) {
		must(t, c.db.QueryRow(t.Context(), `SELECT count(*) FROM erasures`).Scan(&n))
		return n
	}
	c.clock.ahead.Add(int64(60 * 24 * time.Hour))
	if warned(); erased() != 0 {
		t.Error("somebody is erased though nobody switched it on")
	}
	on := relance.DefaultRetention()
	on.PeopleErase = true
	must(t, c.app.SetRetention(t.Context(), c.merchant, on, "test"))
	if _, day = warned(); erased() != 0 || day.Before(c.now().AddDate(0, 0, 29)) {
		t.Errorf("switched on just now, %d are erased, and they on %s", erased(), day)
	}
	kept, err := c.app.KeepFromErasure(t.Context(), c.merchant, []uuid.UUID{c.profile}, true, "test")
	must(t, err)
	c.clock.ahead.Add(int64(31 * 24 * time.Hour))
	if warned(); kept != 1 || erased() < 20 {
		t.Errorf("%d are kept, %d erased on their day", kept, erased())
	}
	if ids := c.findProfile(); len(ids) != 1 {
		t.Error("somebody whom the merchant keeps is erased")
	}
}

// A word of Shopify about privacy is believed only where it is signed, becomes one entry of the register
// however often it comes, and erases whom no other shop knows.
func TestShopifyPassesPrivacyOn(t *testing.T) {
	t.Parallel()
	const secret = "shpss_test"
	p := newPost(t, 30, worldOptions{shopify: shopifytest.Options{ClientID: "app", ClientSecret: secret}})
	var out struct {
		R struct {
			Shop   struct{ ID uuid.UUID }
			Errors []struct{ Message string }
		}
	}
	p.ask(`mutation($s: ConnectShopifyInput!) { r: connectShopify(input: $s) { shop { id } errors { message } } }`, map[string]any{"s": map[string]any{"domain": p.hosts[relance.Shopify], "clientId": "app", "clientSecret": secret}}, &out)
	if len(out.R.Errors) > 0 {
		t.Fatal(out.R.Errors)
	}
	shop := out.R.Shop.ID
	p.await(time.Minute, p.startSync(shop, false))
	post := func(topic, body, signature string) int { return p.webhook(shop, topic, body, signature) }
	who := p.seed.Shopify.Customers[1]
	redact := fmt.Sprintf(`{"shop_id": 1, "customer": {"id": %s, "email": %q}, "orders_to_redact": []}`, who.ExternalID, who.Email)
	request := fmt.Sprintf(`{"shop_id": 1, "customer": {"id": %s}, "data_request": {"id": 77}}`, p.seed.Shopify.Customers[2].ExternalID)
	if got := post("customers/redact", redact, p.world.shopify.Sign([]byte(redact+" "))); got != http.StatusUnauthorized {
		t.Errorf("a word with another's signature: %d", got)
	}
	for range 2 {
		if got := post("customers/redact", redact, p.world.shopify.Sign([]byte(redact))) + post("customers/data_request", request, p.world.shopify.Sign([]byte(request))) + post("shop/redact", `{"shop_id": 1}`, p.world.shopify.Sign([]byte(`{"shop_id": 1}`))); got != 3*http.StatusNoContent {
			t.Errorf("signed words: %d", got)
		}
	}
	list := func() map[string]int {
		all, err := p.store.PrivacyRequests(t.Context(), p.merchant, nil, nil, false, 50)
		must(t, err)
		states := map[string]int{}
		for _, r := range all {
			states[string(r.Kind)+" "+string(r.State)]++
		}
		return states
	}
	p.until("they are erased", func() bool { return list()["ERASURE DONE"] == 1 })
	if got := list(); got["ACCESS IDENTIFIED"] != 1 || got["ERASURE RECEIVED"] != 1 || len(got) != 3 {
		t.Errorf("the register: %v", got)
	}
	if id, _, err := p.store.ProfileOfRecord(t.Context(), p.merchant, shop, who.ExternalID); err != nil || id != nil {
		t.Errorf("they are still there: %v %v", id, err)
	}
}

// webhook lets the platform tell a word of a shop, and gives the answer's status.
func (p *post) webhook(shop uuid.UUID, topic, body, signature string) int {
	r := httptest.NewRequestWithContext(p.t.Context(), http.MethodPost, "/hooks/privacy/"+shop.String(), strings.NewReader(body))
	r.Header.Set("X-Shopify-Topic", topic)
	r.Header.Set("X-Shopify-Hmac-Sha256", signature)
	w := httptest.NewRecorder()
	public.ShopHookHandler(p.app, quiet()).ServeHTTP(w, r)
	return w.Code
}

// A shop that was connected by a pasted token is believed once the app's secret stands beside it: with none, and
// with a wrong one, nothing is. A new token leaves the secret as it is, and nobody reads it.
func TestAPastedTokenWithItsSecret(t *testing.T) {
	t.Parallel()
	const secret = "shpss_test"
	p := newPost(t, 10, worldOptions{shopify: shopifytest.Options{ClientSecret: secret}})
	p.pull()
	word := `{"shop_id": 1, "customer": {"id": ` + p.seed.Shopify.Customers[2].ExternalID + `}, "data_request": {"id": 7}}`
	tell := func() int {
		return p.webhook(p.shopify, "customers/data_request", word, p.world.shopify.Sign([]byte(word)))
	}
	verified := func() bool {
		var out struct {
			Shop struct {
				Webhooks struct{ Verified, BySecret bool }
			}
			None struct{ Webhooks *struct{ Path string } }
		}
		p.ask(`query($s: ID!, $n: ID!) { shop(id: $s) { webhooks { path verified bySecret } } none: shop(id: $n) { webhooks { path } } }`, map[string]any{"s": p.shopify, "n": p.presta}, &out)
		if !out.Shop.Webhooks.BySecret || out.None.Webhooks != nil {
			t.Errorf("%+v", out)
		}
		return out.Shop.Webhooks.Verified
	}
	type answer struct {
		R struct {
			Errors []struct {
				Field string
				Cause *struct{ Code string }
			}
		}
	}
	save := func(shop uuid.UUID, key string) string {
		var out answer
		p.ask(`mutation($s: ID!, $k: String!) { r: shopSecretSave(shopId: $s, apiSecretKey: $k) { errors { field cause { code } } } }`, map[string]any{"s": shop, "k": key}, &out)
		if len(out.R.Errors) == 0 {
			return ""
		}
		return out.R.Errors[0].Cause.Code
	}
	connect := func(token string, more map[string]any) {
		in := map[string]any{"domain": p.hosts[relance.Shopify], "accessToken": token}
		maps.Copy(in, more)
		var out answer
		p.ask(`mutation($s: ConnectShopifyInput!) { r: connectShopify(input: $s) { errors { field cause { code } } } }`, map[string]any{"s": in}, &out)
		if len(out.R.Errors) > 0 {
			t.Fatalf("%+v", out)
		}
	}
	if got := tell(); verified() || got != http.StatusUnauthorized {
		t.Errorf("without a secret: %d", got)
	}
	for key, want := range map[string]string{"  ": "API_SECRET_FORM", "a b": "API_SECRET_FORM", strings.Repeat("x", 201): "API_SECRET_FORM", "shpat_0123": "API_SECRET_IS_TOKEN"} {
		if got := save(p.shopify, key); got != want {
			t.Errorf("%q as a secret: %s", key, got)
		}
	}
	if got := save(p.presta, secret); got != "NO_WEBHOOKS" {
		t.Errorf("at PrestaShop: %s", got)
	}
	if got := save(p.shopify, "shpss_wrong"); got != "" || !verified() || tell() != http.StatusUnauthorized {
		t.Errorf("a wrong secret: %s", got)
	}
	if got := save(p.shopify, " "+secret+" "); got != "" || tell() != http.StatusNoContent {
		t.Errorf("the secret: %s", got)
	}
	connect("shpat_test", nil)
	if !verified() || tell() != http.StatusNoContent {
		t.Error("a new token takes the secret away")
	}
	connect("shpat_test", map[string]any{"apiSecretKey": "shpss_wrong"})
	if tell() != http.StatusUnauthorized {
		t.Error("another secret beside the token is not taken")
	}
}
