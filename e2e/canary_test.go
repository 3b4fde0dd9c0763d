package e2e_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"context"
	"image"
	"image/jpeg"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/graph"
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
	ids := c.person(canaryLast)
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
