package e2e_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery/smtptest"
	"github.com/relance/relance/letter"
)

// letterShops gives both shops a letterhead and a printer.
func (p *post) letterShops(c relance.PrinterChange) relance.Printer {
	p.t.Helper()
	printer := p.addPrinter(c)
	p.printBy(p.shopify, printer, "de-form-b")
	p.printBy(p.presta, printer, "fr-dl")
	return printer
}

func byHand() relance.PrinterChange {
	price := decimal.RequireFromString("1.05")
	return relance.PrinterChange{Kind: relance.PrinterHand, Name: "Bureau", PostsFrom: "FR", Price: &price, Currency: "EUR"}
}

// letterPlan writes once to everybody, with a voucher.
func letterPlan() relance.Plan {
	texts := map[string]relance.LetterText{}
	for _, l := range []string{"en", "fr", "de"} {
		texts[l] = letter.Ready(letter.SecondOrder, l)
	}
	return relance.Plan{Trigger: relance.Trigger{Kind: relance.TriggerOneTime}, Reentry: relance.Reentry{Policy: relance.ReentryOnce}, ExpiresAfter: 2 * time.Hour,
		Letters: &relance.LetterTerms{BalancingTest: "customers expect a word on their order"},
		Steps: []relance.CampaignStep{{Key: "letter", Letter: texts,
			Voucher: &relance.Offer{Kind: relance.VoucherPercent, Value: decimal.NewFromInt(10), ValidDays: 56, Prefix: "MERCI"}}}}
}

// plan makes a campaign of a plan and starts it.
func (p *post) plan(plan relance.Plan) uuid.UUID {
	p.t.Helper()
	c, err := p.app.CreateCampaign(p.t.Context(), p.merchant, "Letters", plan, "test")
	must(p.t, err)
	_, err = p.app.MoveCampaign(p.t.Context(), p.merchant, c.ID, relance.CampaignRunning, true, "test")
	must(p.t, err)
	return c.ID
}

func (p *post) letterOf(id uuid.UUID) *relance.Letter {
	p.t.Helper()
	l, err := p.store.LetterOf(p.t.Context(), p.merchant, id)
	must(p.t, err)
	return l
}

// A campaign of letters, printed by the merchant: each has its file, its voucher, its links; it is
// printed once, and counts from when it arrives.
func TestLettersAreWrittenAndPrintedByHand(t *testing.T) {
	t.Parallel()
	p := newPost(t, 60, worldOptions{})
	p.pull()
	printer := p.letterShops(byHand())
	id := p.plan(letterPlan())
	p.settled(id)
	sent := 0
	var one, two *relance.FollowUpView
	for _, f := range p.messages(id) {
		if f.State != relance.SendSent {
			t.Errorf("%s %v %s", f.State, f.Reason, f.Detail)
			continue
		}
		sent++
		l := p.letterOf(f.ID)
		if f.Channel != relance.ChannelLetter || *f.Basis != relance.BasisInterest || l == nil || l.State != relance.PrintAccepted || l.Price.String() != "1.05" || f.Voucher == nil || f.Voucher.State != relance.VoucherIssued {
			t.Errorf("%+v %+v", f, l)
			continue
		}
		pdf, err := p.store.LetterFile(t.Context(), p.merchant, l.File)
		must(t, err)
		if sum := sha256.Sum256(pdf); !bytes.Equal(sum[:], l.File) || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
			t.Error("the file is not the one that was made")
		}
		one, two = f, one
	}
	if sent < 10 || p.sink.Taken() != 0 {
		t.Fatalf("%d letters, %d e-mails", sent, p.sink.Taken())
	}
	view := p.view(id)
	if view.Numbers.Sent != sent {
		t.Errorf("%+v", view.Numbers)
	}

	// Whoever objects before the batch is made is not in it.
	object, _ := p.links(one.ID)
	_, scan := p.links(two.ID)
	if body := p.page(http.MethodGet, object); !strings.Contains(body, "<button>") || p.letterOf(one.ID).CancelAt != nil {
		t.Errorf("the way out shows %q", body)
	}
	p.page(http.MethodPost, object)
	if f := p.one(one.ID); f.Letter == nil || !f.Letter.Stopped {
		t.Errorf("nobody sees that no more letters are wanted: %+v", f.Letter)
	}
	batch, err := p.store.MakeBatch(t.Context(), p.merchant, printer.ID, 500, "test", p.now())
	must(t, err)
	if batch.Letters != sent-1 || batch.Number != 1 {
		t.Errorf("a batch of %d letters, of %d", batch.Letters, sent)
	}
	if _, err := p.store.MakeBatch(t.Context(), p.merchant, printer.ID, 500, "test", p.now()); relance.CodeOf(err) != relance.CodeConflict {
		t.Errorf("the same letters again: %v", err)
	}
	p.until("the letter is called off", func() bool { return p.letterOf(one.ID).State == relance.PrintCancelled })
	if f := p.one(one.ID); f.State != relance.SendRefused || *f.Reason != relance.ReasonObjected {
		t.Errorf("the letter that was objected to is %s", f.State)
	}
	must(t, p.store.BatchPosted(t.Context(), p.merchant, batch.ID, p.now(), p.now()))
	letters, err := p.store.BatchLetters(t.Context(), p.merchant, batch.ID, true)
	must(t, err)
	if len(letters) != sent-1 {
		t.Errorf("%d letters in the batch", len(letters))
	}

	// The code leads to the shop, counts people and not machines, and nobody else's opens.
	if to := p.follow(scan, "Mozilla/5.0"); to == "" || p.letterOf(two.ID).Scans != 1 {
		t.Errorf("the code leads to %q, %d scans", to, p.letterOf(two.ID).Scans)
	}
	scanned := p.plan(relance.Plan{Trigger: relance.Trigger{Kind: relance.TriggerLetterScanned, MaxAge: 30 * 24 * time.Hour}, Reentry: relance.Reentry{Policy: relance.ReentryPerObject}, ExpiresAfter: 2 * time.Hour, ReachBack: true,
		Steps: []relance.CampaignStep{{Key: "help", Email: map[string]relance.EmailText{"fr": {Subject: "Aide", Body: "{{ greeting }}"}}}}})
	ds, err := p.app.Why(t.Context(), p.merchant, scanned, two.ProfileID)
	must(t, err)
	if len(ds) != 1 || ds[0].Instance.Key != "letter:"+two.ID.String() {
		t.Errorf("a scanned letter gives %+v", ds)
	}
	p.lastContact(one.ProfileID, false, false)
	p.lastContact(two.ProfileID, true, true)
	if p.follow(scan, "Slackbot-LinkExpanding 1.0"); p.letterOf(two.ID).Scans != 1 {
		t.Error("a machine counts as a person")
	}
	for _, wrong := range []string{object[:len(object)-1], object + "A", strings.Replace(scan, "/q/", "/o/", 1)} {
		if body := p.page(http.MethodPost, wrong); strings.Contains(body, "<button>") {
			t.Errorf("%s opens", wrong)
		}
	}
}

// lastContact looks at what the list tells of a person.
func (p *post) lastContact(profile uuid.UUID, contacted, scanned bool) {
	p.t.Helper()
	var out struct {
		Profile struct{ LastContactedAt, LetterScannedAt *time.Time }
	}
	p.ask(`query($id: ID!) { profile(id: $id) { lastContactedAt letterScannedAt } }`, map[string]any{"id": profile}, &out)
	if x := out.Profile; (x.LastContactedAt != nil) != contacted || (x.LetterScannedAt != nil) != scanned {
		p.t.Errorf("the list tells %v and %v", x.LastContactedAt, x.LetterScannedAt)
	}
}

// one reads a message anew.
func (p *post) one(id uuid.UUID) *relance.FollowUpView {
	p.t.Helper()
	page, err := p.store.FollowUps(p.t.Context(), p.merchant, relance.FollowUpQuery{Paging: relance.Paging{First: 1}, ID: &id})
	must(p.t, err)
	return page.FollowUps[0]
}

// links reads the two links of a letter from its text.
func (p *post) links(id uuid.UUID) (object, scan string) {
	p.t.Helper()
	l := p.letterOf(id)
	object, scan, err := p.app.LetterLinks(p.t.Context(), p.merchant, l.Code)
	must(p.t, err)
	return object, scan
}

func (p *post) page(method, address string) string {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, address, nil)
	must(p.t, err)
	a, err := http.DefaultClient.Do(r)
	must(p.t, err)
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	must(p.t, err)
	return string(b)
}

// follow opens a letter's code as a browser of that name, and gives where it leads.
func (p *post) follow(address, agent string) string {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, address, nil)
	must(p.t, err)
	r.Header.Set("User-Agent", agent)
	r.Header.Set("Accept", "text/html,*/*")
	a, err := http.DefaultTransport.RoundTrip(r)
	must(p.t, err)
	defer a.Body.Close()
	to, err := url.Parse(a.Header.Get("Location"))
	must(p.t, err)
	return to.String()
}

// What letters may cost is kept to the cent, however many are decided at once.
func TestLettersKeepToTheirBudget(t *testing.T) {
	t.Parallel()
	p := newPost(t, 40, worldOptions{})
	p.pull()
	p.letterShops(byHand())
	plan := letterPlan()
	plan.Budget = relance.Budget{TotalCost: decimal.RequireFromString("3.15"), Currency: "EUR"} // three of 1.05
	id := p.plan(plan)
	v := p.settled(id)
	costs, err := p.store.LetterCosts(t.Context(), p.merchant, id)
	must(t, err)
	if v.Numbers.Sent != 3 || len(costs) != 1 || costs[0].Amount.String() != "3.15" || p.reasons(id)[relance.ReasonBudget] == 0 {
		t.Errorf("%+v cost %v; refused %v", v.Numbers, costs, p.reasons(id))
	}
	plan.Budget.Currency = "CHF" // the printer asks for euros
	ds, err := p.app.CreateCampaign(t.Context(), p.merchant, "Another currency", plan, "test")
	must(t, err)
	_, err = p.app.MoveCampaign(t.Context(), p.merchant, ds.ID, relance.CampaignRunning, true, "test")
	must(t, err)
	if v := p.settled(ds.ID); v.Numbers.Sent != 0 || p.reasons(ds.ID)[relance.ReasonBudget] == 0 {
		t.Errorf("letters for euros out of a budget in francs: %+v", v.Numbers)
	}
	p.until("vouchers of letters that did not go are taken back", func() bool {
		p.tidyAll()
		for _, f := range p.messages(id) {
			if f.State == relance.SendRefused && f.Voucher != nil && f.Voucher.State != relance.VoucherRevoked {
				return false
			}
		}
		return true
	})
}

// A printer that asks for another currency in the end does not give a campaign new money.
func TestABudgetCountsWhatWasQuoted(t *testing.T) {
	t.Parallel()
	p := newPost(t, 40, worldOptions{})
	p.pull()
	p.letterShops(byHand())
	plan := letterPlan()
	plan.ExpiresAfter = 48 * time.Hour
	plan.Budget = relance.Budget{DailyCost: decimal.RequireFromString("3.15"), TotalCost: decimal.RequireFromString("4.20"), Currency: "EUR"} // three of 1.05 a day, four in all
	id := p.plan(plan)
	sent := func() (out []uuid.UUID) {
		for _, f := range p.messages(id) {
			if f.State == relance.SendSent {
				out = append(out, f.ID)
			}
		}
		return out
	}
	p.until("the day's money is spent", func() bool {
		c, err := p.store.LetterCosts(t.Context(), p.merchant, id)
		must(t, err)
		return len(c) == 1 && c[0].Amount.String() == "3.15" && len(sent()) == 3
	})
	for _, f := range sent() {
		must(t, p.store.HearOf(t.Context(), p.merchant, f, relance.PrintStatus{State: relance.PrintPrinting, At: p.clock.now(), Price: &relance.Money{Amount: decimal.NewFromInt(2), Currency: "CHF"}}, p.clock.now()))
	}
	p.clock.ahead.Add(int64(24 * time.Hour))
	if v := p.settled(id); v.Numbers.Sent != 4 {
		t.Errorf("%d letters out of a budget for four: %+v", v.Numbers.Sent, v.Numbers)
	}
}

// A letter's file is kept for as long as its date says, and not longer.
func TestLetterFilesAreForgottenInTime(t *testing.T) {
	t.Parallel()
	p := newPost(t, 10, worldOptions{})
	p.pull()
	p.letterShops(byHand())
	id := p.plan(letterPlan())
	p.settled(id)
	f := p.messages(id)[0]
	if name, pdf, err := p.app.LetterFile(t.Context(), p.merchant, f.ID, nil); err != nil || name != p.letterOf(f.ID).Code || len(pdf) == 0 {
		t.Fatalf("%s, %d bytes, %v", name, len(pdf), err)
	}
	p.clock.ahead.Add(int64(3*365*24*time.Hour + 48*time.Hour))
	must(t, p.app.TidyLetters(t.Context(), p.merchant))
	if _, _, err := p.app.LetterFile(t.Context(), p.merchant, f.ID, nil); relance.CodeOf(err) != relance.CodeNotFound {
		t.Errorf("after its time the file is given: %v", err)
	}
	if p.letterOf(f.ID) == nil {
		t.Error("with the file the letter is forgotten too")
	}
}

// A letter can be had to look at by mail, whoever is signed in.
func TestATestLetterComesByMail(t *testing.T) {
	t.Parallel()
	p := newPost(t, 10, worldOptions{})
	p.pull()
	p.letterShops(byHand())
	c, err := p.app.CreateCampaign(t.Context(), p.merchant, "Letters", letterPlan(), "test")
	must(t, err)
	must(t, p.app.DevOwner(t.Context(), p.merchant, "owner@example.com", "a long password"))
	users, err := p.store.Users(t.Context(), p.merchant, false)
	must(t, err)
	must(t, p.app.SendTest(t.Context(), p.merchant, c.ID, "letter", relance.VariantA, "fr", p.presta, users[0].ID))
	mail := p.sink.Mails()[0]
	if l := smtptest.Read(mail); l.To != "owner@example.com" || !strings.HasPrefix(l.Subject, "[Test] ") || !strings.Contains(string(mail.Raw), "letter-fr.pdf") {
		t.Errorf("the test went to %s: %q", l.To, l.Subject)
	}
	if err := p.app.SendTest(t.Context(), p.merchant, c.ID, "letter", relance.VariantA, "it", p.presta, users[0].ID); relance.CodeOf(err) != relance.CodeBadInput {
		t.Errorf("in a language that it does not have: %v", err)
	}
}

// Who is on a Robinson list gets no letters, however the list writes them.
func TestWhoIsOnARobinsonListGetsNoLetters(t *testing.T) {
	t.Parallel()
	p := newPost(t, 10, worldOptions{})
	p.pull()
	p.letterShops(byHand())
	id := p.plan(letterPlan())
	p.settled(id)
	f := p.messages(id)[0]
	facts, err := p.store.FactsOf(t.Context(), p.merchant, f.ProfileID)
	must(t, err)
	list := "\uFEFFNachname;Vorname;Straße;PLZ;Land\r\n\"Niemand\";;;\r\n"
	for _, r := range facts.Records {
		if a := r.Address; a != nil {
			list += fmt.Sprintf("%s;%s; %s ;%s;%s\r\n", strings.ToUpper(a.LastName), a.FirstName, strings.Replace(a.Line1, "straße", "str.", 1), a.PostalCode, a.CountryCode)
		}
	}
	read, err := p.app.ImportRobinson(t.Context(), p.merchant, strings.NewReader(list), "DE", "test")
	must(t, err)
	if read.Skipped != 1 || read.Added == 0 || read.Read != read.Added+1 {
		t.Errorf("%+v of %s", read, list)
	}
	if again, err := p.app.ImportRobinson(t.Context(), p.merchant, strings.NewReader(list), "DE", "test"); err != nil || again.Added != 0 {
		t.Errorf("again: %+v, %v", again, err)
	}
	ds, err := p.app.Why(t.Context(), p.merchant, p.plan(letterPlan()), f.ProfileID)
	must(t, err)
	if len(ds) != 1 || ds[0].Verdict != relance.VerdictRefuse || ds[0].Reasons[0] != relance.ReasonRobinson {
		t.Errorf("%+v", ds)
	}
	for _, wrong := range []string{"", "a;b;c\n1;2;3\n", "nom\n"} {
		if _, err := p.app.ImportRobinson(t.Context(), p.merchant, strings.NewReader(wrong), "DE", "test"); relance.CodeOf(err) != relance.CodeBadInput {
			t.Errorf("%q is taken: %v", wrong, err)
		}
	}
}
