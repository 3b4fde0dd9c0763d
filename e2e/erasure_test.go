package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

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
	if ids := c.person(canaryLast); len(ids) > 0 {
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
	c.profile = c.person(canaryLast)[0]
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
	c.profile = c.person(canaryLast)[0]
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
	c.profile = c.person(canaryLast)[0]
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
	if ids := c.person(canaryLast); len(ids) != 1 {
		t.Error("somebody whom the merchant keeps is erased")
	}
}
