package e2e_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery/smtptest"
)

// german is somebody in Germany who bought and whom nobody asked, in a shop that never told its customers
// about e-mail: no law lets it write to them.
type german struct {
	*post
	db      *pgx.Conn
	profile uuid.UUID
	email   string
}

func newGerman(t *testing.T) *german {
	t.Helper()
	dbURL := cluster.URL(t)
	g := &german{post: newPost(t, 60, worldOptions{dbURL: dbURL})}
	var err error
	g.db, err = pgx.Connect(t.Context(), dbURL)
	must(t, err)
	t.Cleanup(func() { _ = g.db.Close(context.WithoutCancel(t.Context())) })
	g.pull()
	g.exec(`UPDATE shop_settings SET notice_since = NULL`)
	must(t, g.db.QueryRow(t.Context(), `SELECT i.profile_id, c.email FROM customers c JOIN identities i ON i.customer_id = c.id WHERE c.source_id = $1 AND c.email LIKE '%@%' AND c.active AND c.kind = 'CUSTOMER'
		AND EXISTS (SELECT 1 FROM addresses a WHERE a.customer_id = c.id)
		AND NOT EXISTS (SELECT 1 FROM identities j JOIN consents x ON x.customer_id = j.customer_id WHERE j.profile_id = i.profile_id AND x.state <> 'UNKNOWN')
		AND NOT EXISTS (SELECT 1 FROM identities j WHERE j.profile_id = i.profile_id AND j.customer_id <> c.id) ORDER BY c.id LIMIT 1`, g.shopify).Scan(&g.profile, &g.email))
	g.exec(`UPDATE addresses SET country_code = 'DE' WHERE customer_id IN (SELECT customer_id FROM identities WHERE profile_id = $1)`, g.profile)
	g.exec(`UPDATE customers SET language = 'de' WHERE id IN (SELECT customer_id FROM identities WHERE profile_id = $1)`, g.profile)
	return g
}

func (g *german) exec(sql string, args ...any) {
	g.t.Helper()
	_, err := g.db.Exec(g.t.Context(), sql, args...)
	must(g.t, err)
}

// says records a consent and gives the code of why it was refused, "" where it was not.
func (g *german) says(with map[string]any) string {
	g.t.Helper()
	input := map[string]any{"shopId": g.shopify, "channel": "EMAIL", "given": true, "since": g.day(0), "how": "FORM", "proof": "Form 12 in the drawer"}
	for k, v := range with {
		input[k] = v
	}
	var out struct {
		R struct {
			Errors []struct{ Cause *struct{ Code string } }
		}
	}
	g.ask(`mutation($p: ID!, $i: HandConsentInput!) { r: recordConsent(profileId: $p, input: $i) { errors { cause { code } } } }`, map[string]any{"p": g.profile, "i": input}, &out)
	if len(out.R.Errors) == 0 {
		return ""
	}
	return out.R.Errors[0].Cause.Code
}

// mayMail asks whether the law lets a voucher go to them by e-mail.
func (g *german) mayMail() string {
	g.t.Helper()
	return g.act(giveGoodwill, map[string]any{"i": map[string]any{"key": uuid.New(), "profileId": g.profile, "shopId": g.shopify, "kind": "PERCENT", "value": "10", "until": g.day(10), "mail": true}}).code()
}

func (g *german) mails() (out []smtptest.Letter) {
	for _, m := range g.sink.Mails() {
		if l := smtptest.Read(m); strings.EqualFold(l.To, g.email) {
			out = append(out, l)
		}
	}
	return out
}

// asked waits for the nth mail with a link, and gives the link.
func (g *german) asked(n int) string {
	g.t.Helper()
	g.until("the confirmation is mailed", func() bool { return len(g.mails()) >= n })
	mail := g.mails()[n-1]
	links := regexp.MustCompile(`https?://\S+`).FindAllString(mail.Text, -1)
	if len(links) != 1 || !strings.Contains(mail.Text, "Example Ltd") || !strings.Contains(mail.Subject, "Einwilligung") || mail.Unsubscribe != "" {
		g.t.Fatalf("links %q in %q:\n%s", links, mail.Subject, mail.Text)
	}
	return links[0]
}

func (g *german) status(link string, form url.Values) int {
	g.t.Helper()
	res, err := http.PostForm(link, form)
	must(g.t, err)
	_ = res.Body.Close()
	return res.StatusCode
}

func (g *german) state() string {
	g.t.Helper()
	var out struct {
		PersonConsents struct {
			Words []struct{ Controller, State string }
		}
	}
	g.ask(`query($p: ID!) { personConsents(profileId: $p) { words { controller state } } }`, map[string]any{"p": g.profile}, &out)
	for _, w := range out.PersonConsents.Words {
		if w.Controller != "" {
			return w.State
		}
	}
	return ""
}

// A German whom nobody asked gets nothing; a yes by hand is not enough; looking at the link and programs
// that post to it confirm nothing; once confirmed, mail goes out, for that legal entity only.
func TestAGermanConfirmsByMailAndIsSentTo(t *testing.T) {
	t.Parallel()
	g := newGerman(t)
	if got := g.mayMail(); got != "MAIL_NO_CONSENT" {
		t.Fatalf("without a word: %q", got)
	}
	if got := g.says(nil); got != "" {
		t.Fatal(got)
	}
	if got := g.mayMail(); got != "MAIL_NOT_CONFIRMED" {
		t.Errorf("by a yes that nobody confirmed: %q", got)
	}
	ask := map[string]any{"askByEmail": true}
	var all sync.WaitGroup
	codes := make([]string, 4)
	for i := range codes {
		all.Go(func() { codes[i] = g.says(ask) })
	}
	all.Wait()
	if n := strings.Count(strings.Join(codes, " "), "OPT_IN_OPEN"); n != 3 {
		t.Errorf("of four clicks: %q", codes)
	}
	link := g.asked(1)
	for range 3 {
		if page := g.page(http.MethodGet, link); !strings.Contains(page, "Ich bestätige") || !strings.Contains(page, "Example Ltd") {
			t.Fatal(page)
		}
	}
	g.page(http.MethodHead, link)
	if got := g.status(link, nil); got != http.StatusOK || g.state() != "GRANTED" {
		t.Errorf("a post without the button: %d %s", got, g.state())
	}
	if got := g.mayMail(); got != "MAIL_NOT_CONFIRMED" {
		t.Errorf("after looking: %q", got)
	}
	for range 2 {
		if got := g.status(link, url.Values{"confirm": {"1"}}); got != http.StatusOK {
			t.Fatalf("confirming: %d", got)
		}
	}
	if got := g.state(); got != "CONFIRMED" {
		t.Errorf("it holds %s", got)
	}
	if n := 0; g.db.QueryRow(t.Context(), `SELECT count(*) FROM consents WHERE state = 'CONFIRMED' AND source = 'hand:double_opt_in' AND wording_version = 0 AND opt_in_id IS NOT NULL AND proof LIKE '%link%'`).Scan(&n) != nil || n != 1 {
		t.Errorf("%d entries for two confirmations", n)
	}
	if got := g.mayMail(); got != "" {
		t.Fatalf("confirmed: %q", got)
	}
	g.until("the voucher is mailed", func() bool { return len(g.mails()) == 2 })

	g.exec(`UPDATE shop_settings SET legal_entity = 'Another Ltd'`)
	if got := g.mayMail(); got != "MAIL_NO_CONSENT" {
		t.Errorf("to another legal entity: %q", got)
	}
	g.exec(`UPDATE shop_settings SET legal_entity = ' example  LTD '`)
	if got := g.says(map[string]any{"given": false, "proof": ""}); got != "" {
		t.Fatal(got)
	}
	if got := g.mayMail(); got != "MAIL_OBJECTED" {
		t.Errorf("after a no: %q", got)
	}
}

// Nobody confirms: after 14 days the link is over, what the request held is erased, and the third request
// within a year is the last.
func TestAnUnconfirmedRequestIsErased(t *testing.T) {
	t.Parallel()
	g := newGerman(t)
	for n := 1; n <= relance.OptInsAYear; n++ {
		if got := g.says(map[string]any{"askByEmail": true, "proof": "secret proof"}); got != "" {
			t.Fatalf("request %d: %q", n, got)
		}
		link := g.asked(n)
		if got := g.state(); got != "PENDING" {
			t.Errorf("while it waits: %q", got)
		}
		g.clock.ahead.Add(int64(relance.OptInLasts + time.Minute))
		if got := g.status(link, url.Values{"confirm": {"1"}}); got != http.StatusGone {
			t.Errorf("too late: %d", got)
		}
		g.until("it is erased", func() bool {
			var left int
			must(t, g.db.QueryRow(t.Context(), `SELECT count(*) FROM opt_ins WHERE state <> 'EXPIRED' OR address || proof || wording <> ''`).Scan(&left))
			return left == 0
		})
		if got := g.state(); got != "" {
			t.Errorf("afterwards it holds %q", got)
		}
	}
	if got := g.says(map[string]any{"askByEmail": true}); got != "OPT_IN_TOO_OFTEN" {
		t.Errorf("a fourth: %q", got)
	}
	if n := len(g.mails()); n != relance.OptInsAYear {
		t.Errorf("%d mails", n)
	}
}

// Bad input is told; an objection by a link is lifted by nobody's yes but on the person's word since; what
// was written down is undone by another entry.
func TestConsentByHandIsCareful(t *testing.T) {
	t.Parallel()
	g := newGerman(t)
	for _, c := range []struct {
		with map[string]any
		want string
	}{
		{map[string]any{"since": g.day(2)}, "CONSENT_DAY"}, {map[string]any{"since": "1999-12-31"}, "CONSENT_DAY"}, {map[string]any{"since": "9999-01-01"}, "CONSENT_DAY"},
		{map[string]any{"proof": "  "}, "CONSENT_PROOF_NEEDED"}, {map[string]any{"proof": strings.Repeat("é", 501)}, "CONSENT_PROOF_FORM"},
		{map[string]any{"preference": "Nothing"}, "NO_PREFERENCE"}, {map[string]any{"channel": "SMS", "askByEmail": true}, "OPT_IN_EMAIL_ONLY"},
	} {
		if got := g.says(c.with); got != c.want {
			t.Errorf("%v: %q", c.with, got)
		}
	}
	g.exec(`UPDATE addresses SET country_code = 'FR' WHERE customer_id IN (SELECT customer_id FROM identities WHERE profile_id = $1)`, g.profile)
	g.do(`mutation($p: ID!) { r: recordObjection(profileId: $p, channel: EMAIL) { errors { message } } }`, map[string]any{"p": g.profile})
	if got := g.says(nil); got != "CONSENT_OBJECTED" {
		t.Errorf("a yes over an objection: %q", got)
	}
	if got := g.says(map[string]any{"liftObjection": true, "since": g.day(-5)}); got != "CONSENT_BEFORE_OBJECTION" {
		t.Errorf("an older yes: %q", got)
	}
	if got := g.says(map[string]any{"liftObjection": true}); got != "" {
		t.Fatal(got)
	}
	if got := g.mayMail(); got != "" {
		t.Errorf("lifted: %q", got)
	}
	changes, err := g.store.ProfileChanges(t.Context(), g.merchant, g.profile, 1)
	must(t, err)
	if changes[0].Kind != relance.ChangeConsent || changes[0].Values[0].After != "EMAIL:GRANTED:" {
		t.Errorf("%+v", changes)
	}
	g.do(`mutation($c: ID!) { r: undoProfileChange(id: $c) { errors { message } } }`, map[string]any{"c": changes[0].ID})
	if got := g.mayMail(); got != "MAIL_OBJECTED" {
		t.Errorf("undone: %q", got)
	}
}

// A preference keeps its key through a new name, counts its versions, and shows where people are filtered.
func TestNamedPreferences(t *testing.T) {
	t.Parallel()
	g := newGerman(t)
	save := func(id any, name, wording string) (out struct {
		R struct {
			Preferences []struct {
				ID        string
				Key, Name string
				Version   int
				Earlier   []struct {
					Version int
					Name    string
					Wording relance.ConsentWording
				}
			}
			Errors []struct{ Cause *struct{ Code string } }
		}
	}) {
		g.ask(`mutation($id: ID, $n: String!, $w: String!) { r: saveConsentPreference(id: $id, input: {channel: EMAIL, name: $n, wording: {de: $w}}) { preferences { id key name version earlier { version name wording { de } } } errors { cause { code } } } }`,
			map[string]any{"id": id, "n": name, "w": wording}, &out)
		return out
	}
	made := save(nil, "Invitations", "Laden Sie mich ein.").R.Preferences[0]
	if again := save(nil, "invitations", "x"); len(again.R.Errors) != 1 || again.R.Errors[0].Cause.Code != "PREFERENCE_TAKEN" {
		t.Errorf("%+v", again)
	}
	save(made.ID, "Invitations", "Laden Sie mich ein.")
	now := save(made.ID, "Evenings", "Laden Sie mich ein!").R.Preferences[0]
	if now.Version != 2 || now.Key != "Invitations" || now.Name != "Evenings" {
		t.Errorf("%+v", now)
	}
	if e := now.Earlier; len(e) != 1 || e[0].Version != 1 || e[0].Name != "Invitations" || e[0].Wording.De != "Laden Sie mich ein." {
		t.Errorf("what was shown before: %+v", e)
	}
	if got := g.says(map[string]any{"preference": "Invitations", "askByEmail": true}); got != "" {
		t.Fatal(got)
	}
	if link := g.asked(1); !strings.Contains(g.page(http.MethodGet, link), "Laden Sie mich ein!") || g.status(link, url.Values{"confirm": {"1"}}) != http.StatusOK {
		t.Error("the wording is not shown")
	}
	var out struct {
		Profiles             struct{ TotalCount int }
		MarketingPreferences []relance.MarketingPreference
	}
	g.ask(`{ profiles(first: 5, filter: {marketing: [{channel: EMAIL, preference: "Invitations", state: CONFIRMED}]}) { totalCount } marketingPreferences { channel preference name } }`, nil, &out)
	if out.Profiles.TotalCount != 1 || len(out.MarketingPreferences) == 0 || out.MarketingPreferences[0].Name != "Evenings" {
		t.Errorf("%+v", out)
	}
	if got := g.mayMail(); got != "MAIL_NO_CONSENT" {
		t.Errorf("a preference is not the channel as a whole: %q", got)
	}
	if got := g.says(map[string]any{"preference": "Invitations", "given": false, "proof": ""}); got != "" {
		t.Fatal(got)
	}
	up, err := g.app.UpsertCustomers(t.Context(), g.merchant, &g.shopify, "crm", []*relance.CustomerUpsert{{ExternalID: "x", Email: g.email,
		Consents: []relance.ConsentUpsert{{Channel: relance.ChannelEmail, Preference: "Invitations", State: relance.ConsentGranted, Since: g.day(0), Proof: "p"}}}}, "test")
	must(t, err)
	if len(up.Problems) != 1 {
		t.Errorf("an import brings back who said no: %+v", up)
	}
}

// A worker that dies while the relay has the mail may have sent it: nobody sends it again, and whoever got
// it can confirm.
func TestAConfirmationIsNotMailedTwiceAfterACrash(t *testing.T) {
	t.Parallel()
	g := newGerman(t)
	if got := g.says(map[string]any{"askByEmail": true}); got != "" {
		t.Fatal(got)
	}
	link := g.asked(1)
	state := func() (s string) {
		must(t, g.db.QueryRow(t.Context(), `SELECT state FROM opt_ins`).Scan(&s))
		return s
	}
	g.until("it is settled", func() bool { return state() == "SENT" })
	g.exec(`UPDATE opt_ins SET state = 'SENDING', next_at = requested_at`)
	g.until("nobody knows", func() bool { return state() == "UNCERTAIN" })
	if n := len(g.mails()); n != 1 {
		t.Errorf("%d mails", n)
	}
	if got := g.status(link, url.Values{"confirm": {"1"}}); got != http.StatusOK || g.state() != "CONFIRMED" {
		t.Errorf("confirming: %d %s", got, g.state())
	}
}
