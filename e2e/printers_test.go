package e2e_test

import (
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/app"
	"github.com/relance/relance/campaign"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
	"github.com/relance/relance/connectors/shopify/shopifytest"
	"github.com/relance/relance/delivery/maileva/mailevatest"
	"github.com/relance/relance/delivery/pingen/pingentest"
	"github.com/relance/relance/delivery/printersim"
	"github.com/relance/relance/internal/faults"
	"github.com/relance/relance/internal/secret"
)

// providers are the simulated printers of a world.
type providers struct {
	pingen                *pingentest.Server
	maileva               *mailevatest.Server
	pingenURL, mailevaURL string
}

// providers serves both, which misbehave as the faults say, and opens accounts there.
func (p *post) providers(o printersim.Options) *providers {
	p.t.Helper()
	o.Now = p.now
	out := &providers{pingen: pingentest.New(o), maileva: mailevatest.New(o)}
	for url, h := range map[*string]http.Handler{&out.pingenURL: out.pingen, &out.mailevaURL: out.maileva} {
		at, stop, err := printersim.Listen(p.t.Context(), "127.0.0.1:0", h)
		must(p.t, err)
		p.t.Cleanup(stop)
		*url = at
	}
	p.app.OpenPrinter = app.Printers(out.options(p.now))
	return out
}

func (x *providers) options(now func() time.Time) app.PrinterOptions {
	return app.PrinterOptions{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Now: now, PingenURL: x.pingenURL, MailevaURL: x.mailevaURL, Timeout: 2 * time.Second}
}

// printed are the orders that cost money, by message.
func (x *providers) printed() map[uuid.UUID][]printersim.Print {
	out := map[uuid.UUID][]printersim.Print{}
	for _, at := range []map[string][]printersim.Print{x.pingen.Printed(), x.maileva.Printed()} {
		for key, list := range at {
			id := uuid.MustParse(key[:36])
			out[id] = append(out[id], list...)
		}
	}
	return out
}

func withPingen() relance.PrinterChange {
	long := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	return relance.PrinterChange{Kind: relance.PrinterPingen, Name: "Pingen", PostsFrom: "DE", ContractOn: &long,
		Account: relance.PrinterAccount{ClientID: pingentest.ClientID, ClientSecret: pingentest.ClientSecret, Organisation: pingentest.Organisation, HookSecret: pingentest.SigningKey}}
}

func withMaileva() relance.PrinterChange {
	long := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	return relance.PrinterChange{Kind: relance.PrinterMaileva, Name: "Maileva", PostsFrom: "FR", ContractOn: &long,
		Account: relance.PrinterAccount{ClientID: mailevatest.ClientID, ClientSecret: mailevatest.ClientSecret, HookSecret: mailevatest.NewsPassword}}
}

// printBy lets a printer print for a shop.
func (p *post) printBy(shop uuid.UUID, printer relance.Printer, layout string) {
	p.t.Helper()
	must(p.t, p.app.ChangeShopSettings(p.t.Context(), p.merchant, shop, relance.ShopSettingsChange{Letters: &relance.LetterSettings{Layout: layout, Address: []string{"1 rue de l'Exemple", "69002 Lyon"},
		Place: "Lyon", Signature: []string{"Zoé Exemple"}, PrivacyURL: "www.example.com/donnees", PrinterID: &printer.ID}}, "test"))
}

func (p *post) addPrinter(c relance.PrinterChange) relance.Printer {
	p.t.Helper()
	printer, err := p.app.AddPrinter(p.t.Context(), p.merchant, c, "test")
	must(p.t, err)
	return printer
}

// Letters at both providers: ordered once, followed to the letterbox by what they tell and by
// asking, called back, and returned with a new address.
func TestLettersAtProviders(t *testing.T) {
	t.Parallel()
	p := newPost(t, 40, worldOptions{})
	x := p.providers(printersim.Options{Checks: 1})
	p.app.SendRetry = 100 * time.Millisecond
	p.pull()
	atPingen, atMaileva := p.addPrinter(withPingen()), p.addPrinter(withMaileva())
	p.printBy(p.shopify, atPingen, "pingen-left")
	p.printBy(p.presta, atMaileva, "fr-dl")
	wrong := &relance.LetterSettings{Layout: "de-form-b", PrinterID: &atMaileva.ID} // a window on the left
	var told *relance.Error
	if err := p.app.ChangeShopSettings(t.Context(), p.merchant, p.presta, relance.ShopSettingsChange{Letters: wrong}, "test"); !errors.As(err, &told) || told.Says.Code != "PRINTER_WINDOW" {
		t.Errorf("an envelope that hides the address: %v", err)
	}
	id := p.plan(letterPlan())
	p.settled(id)
	all := x.printed()
	byShop := map[uuid.UUID][]*relance.FollowUpView{}
	for _, f := range p.messages(id) {
		l := p.letterOf(f.ID)
		if f.State != relance.SendSent || len(all[f.ID]) != 1 || all[f.ID][0].ID != l.ExternalID || all[f.ID][0].SHA256 != hex.EncodeToString(l.File) {
			t.Fatalf("%s %v %s: printed %v, %+v", f.State, f.Reason, f.Detail, all[f.ID], l)
		}
		byShop[f.ShopID] = append(byShop[f.ShopID], f)
	}
	if len(byShop[p.shopify]) < 4 || len(byShop[p.presta]) < 4 {
		t.Fatalf("%d and %d letters", len(byShop[p.shopify]), len(byShop[p.presta]))
	}
	if l := p.letterOf(byShop[p.shopify][0].ID); l.Price == nil || !l.Price.IsPositive() {
		t.Errorf("Pingen quotes %v", l.Price)
	}

	t.Run("news", func(t *testing.T) { p.newsOf(x, atPingen, byShop[p.shopify][0]) })
	t.Run("asked", func(t *testing.T) {
		f := byShop[p.presta][0]
		for moved := true; moved; {
			var err error
			moved, err = x.maileva.Advance(t.Context(), p.letterOf(f.ID).ExternalID)
			must(t, err)
		}
		p.clock.ahead.Add(int64(time.Hour))
		p.until("Maileva is asked", func() bool { return p.letterOf(f.ID).State == relance.PrintDelivered })
	})
	t.Run("called back by whoever has the account", func(t *testing.T) {
		f := byShop[p.shopify][3]
		must(t, x.pingen.Set(t.Context(), p.letterOf(f.ID).ExternalID, "cancelled", "", nil))
		p.clock.ahead.Add(int64(2 * time.Hour))
		p.until("Pingen is asked", func() bool { return p.letterOf(f.ID).State == relance.PrintCancelled })
		if f = p.one(f.ID); f.State != relance.SendFailed || f.Cause == nil || f.Cause.Code != "LETTER_NOT_PRINTED" {
			t.Errorf("the message is %s %v %q", f.State, f.Reason, f.Detail)
		}
	})
	t.Run("returned", func(t *testing.T) { p.returned(x, byShop[p.shopify][1]) })
	t.Run("called back", func(t *testing.T) {
		f := byShop[p.shopify][2]
		object, _ := p.links(f.ID)
		p.page(http.MethodPost, object)
		p.until("the letter is called back", func() bool { return p.letterOf(f.ID).State == relance.PrintCancelled })
		p.until("its voucher is taken back", func() bool { p.tidyAll(); return p.one(f.ID).Voucher.State == relance.VoucherRevoked })
		if f = p.one(f.ID); f.State != relance.SendRefused || p.activeVouchers(f) != 0 {
			t.Errorf("%s, %d working vouchers", f.State, p.activeVouchers(f))
		}
	})
}

// newsOf lets Pingen tell of a letter: forged, twice, out of order, in a word that nobody knows.
func (p *post) newsOf(x *providers, printer relance.Printer, f *relance.FollowUpView) {
	p.t.Helper()
	hook := p.public + printer.HookPath()
	external := p.letterOf(f.ID).ExternalID
	tell := func(word string) printersim.Notification {
		_ = x.pingen.Set(p.t.Context(), external, word, "", nil)
		list := x.pingen.Notifications()
		return list[len(list)-1]
	}
	post := func(n printersim.Notification) int {
		r, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, hook, strings.NewReader(string(n.Body)))
		must(p.t, err)
		r.Header = n.Header
		a, err := http.DefaultClient.Do(r)
		must(p.t, err)
		defer a.Body.Close()
		return a.StatusCode
	}
	sent := tell("sent")
	if forged := post(sent.Forged(true)); forged != http.StatusUnauthorized || p.letterOf(f.ID).State == relance.PrintPosted {
		p.t.Errorf("forged news is answered with %d", forged)
	}
	delivered := tell("delivered")
	for _, n := range []printersim.Notification{delivered, sent, delivered, sent} {
		if status := post(n); status != http.StatusNoContent {
			p.t.Errorf("news is answered with %d", status)
		}
	}
	if l := p.letterOf(f.ID); l.State != relance.PrintDelivered || l.EndedAt == nil {
		p.t.Errorf("after news out of order the letter is %s", l.State)
	}
	if p.public+"/hooks/print/"+uuid.New().String() == hook || post(printersim.Notification{Body: []byte("{")}) != http.StatusUnauthorized {
		p.t.Error("unsigned news is taken")
	}
}

// returned lets the post give a letter back with another address.
func (p *post) returned(x *providers, f *relance.FollowUpView) {
	p.t.Helper()
	must(p.t, x.pingen.Set(p.t.Context(), p.letterOf(f.ID).ExternalID, "undeliverable", "moved", &pingentest.Address{Name: "Erika Beispiel", Street: "Neuer Weg", Number: "7", Zip: "10115", City: "Berlin", Country: "DE"}))
	// A worker that asks how the letter stands may be faster than the news, and hears less.
	must(p.t, p.store.HearOf(p.t.Context(), p.merchant, f.ID, relance.PrintStatus{State: relance.PrintUndeliverable}, p.clock.now()))
	list := x.pingen.Notifications()
	must(p.t, p.app.PrinterNews(p.t.Context(), p.letterOf(f.ID).PrinterID, list[len(list)-1].Header, list[len(list)-1].Body))
	if l, now := p.letterOf(f.ID), p.one(f.ID); l.State != relance.PrintUndeliverable || now.State != relance.SendBounced || *now.Reason != relance.ReasonUndeliverable {
		p.t.Errorf("a letter that came back is %s, its message %s", l.State, now.State)
	}
	proposals, err := p.store.Proposals(p.t.Context(), p.merchant, relance.ProposalQuery{Limit: 10})
	must(p.t, err)
	if len(proposals) != 1 || !strings.Contains(strings.Join(proposals[0].Proposed(), "; "), "10115 Berlin") {
		p.t.Fatalf("proposals: %+v", proposals)
	}
	p.until("its voucher is taken back", func() bool { p.tidyAll(); return p.one(f.ID).Voucher.State == relance.VoucherRevoked })
	p.takes(f, proposals[0].ID)
}

// takes decides about a proposal, over and over: taken, letters go to the new address; left, or taken
// back, to none.
func (p *post) takes(f *relance.FollowUpView, proposal uuid.UUID) {
	p.t.Helper()
	// A draft, judged as if it ran: nobody is to enter it between two decisions.
	draft, err := p.app.CreateCampaign(p.t.Context(), p.merchant, "Judged only", letterPlan(), "test")
	must(p.t, err)
	started := p.now()
	draft.State, draft.StartedAt = relance.CampaignRunning, &started
	decide := func(to relance.ProposalState, want relance.Code) {
		p.t.Helper()
		if err := p.app.DecideProposal(p.t.Context(), p.merchant, proposal, to, nil, "test"); relance.CodeOf(err) != want {
			p.t.Errorf("%s: %v, want %q", to, err, want)
		}
	}
	goesTo := func() string {
		p.t.Helper()
		facts, err := p.store.FactsOf(p.t.Context(), p.merchant, f.ProfileID)
		must(p.t, err)
		facts.Since = p.now()
		ds := campaign.Decide(&draft, facts, p.now())
		if len(ds) != 1 {
			p.t.Fatalf("%d decisions", len(ds))
		}
		if ds[0].Verdict == relance.VerdictRefuse {
			return string(ds[0].Reasons[0])
		}
		return ds[0].Recipient.Address.Line1
	}
	listed := func() (first relance.ProfileAddress, replaced int) {
		p.t.Helper()
		who, err := p.store.Profile(p.t.Context(), p.merchant, f.ProfileID, relance.ProfileWant{Addresses: true, Shops: true}, nil, p.now())
		must(p.t, err)
		for _, a := range who.Addresses {
			if a.Replaced {
				replaced++
			}
		}
		return who.Addresses[0], replaced
	}
	clerk, err := p.store.CreateToken(p.t.Context(), p.merchant, relance.RoleClerk, []uuid.UUID{p.presta}, "test")
	must(p.t, err)
	if got := p.askAs(clerk, `mutation($id: ID!) { addressProposalDecide(id: $id, state: TAKEN) { errors { code } } }`, map[string]any{"id": proposal}); !strings.Contains(string(got.Data), "NOT_FOUND") {
		p.t.Errorf("a clerk of the other shop decides: %s", got.Data)
	}
	for _, state := range []relance.ProposalState{relance.ProposalDone, relance.ProposalDismissed} {
		decide(state, "")
		decide(relance.ProposalTaken, relance.CodeConflict) // somebody decided
		if to := goesTo(); to != string(relance.ReasonUndeliverable) {
			p.t.Errorf("%s: another letter to where one came back from: %s", state, to)
		}
		decide(relance.ProposalOpen, "")
		decide(relance.ProposalOpen, relance.CodeConflict)
	}
	decide(relance.ProposalTaken, "")
	first, replaced := listed()
	if to := goesTo(); to != "Neuer Weg 7" || first.Line1 != "Neuer Weg 7" || first.TakenAt == nil || first.Source.Shop == nil || replaced != 1 {
		p.t.Errorf("a taken address: letters go to %s; the card has %+v, %d replaced", to, first, replaced)
	}
	decide(relance.ProposalOpen, "")
	if first, replaced = listed(); first.TakenAt != nil || replaced != 0 || goesTo() != string(relance.ReasonUndeliverable) {
		p.t.Errorf("taken back, it still stands: %+v", first)
	}
}

// longStorm is from how many kills on one shop's letters go to the merchant's own printer in the end.
const longStorm = 100

// Whatever happens to workers, Redis, shops and printers: no letter is printed twice, and none is
// forgotten.
func TestNothingIsPrintedTwiceThroughTheStorm(t *testing.T) {
	seed := stormSeed(t)
	parse := func(spec string, n uint64) *faults.Set {
		set, err := faults.Parse(spec, seed+n)
		must(t, err)
		return set
	}
	atShopify, atPresta, atPrinters := parse("", 0), parse("", 0), parse("", 0)
	database := cluster.URL(t)
	kills := sendKills(t)
	p := newPost(t, 375+4*kills, worldOptions{dbURL: database, noWork: true, shopify: shopifytest.Options{Faults: atShopify, Hold: 2 * time.Second}, presta: prestashoptest.Options{Faults: atPresta}})
	x := p.providers(printersim.Options{Faults: atPrinters, Checks: 1, NoKeepAlive: true})
	key, err := secret.NewKeyset()
	must(t, err)
	p.app.Secrets, err = secret.Open(key)
	must(t, err)
	first := spawnWorker(t, database, p.redisAddr(), key, time.Second)
	p.pull()
	kill(t, first)
	p.printBy(p.shopify, p.addPrinter(withPingen()), "pingen-left")
	p.printBy(p.presta, p.addPrinter(withMaileva()), "fr-dl")
	own := p.addPrinter(byHand())
	id := p.plan(letterPlan())
	atShopify.Become(parse("429:10%,500:10%,timeout:3%,truncate:10%", 1))
	atPresta.Become(parse("429:10%,500:10%,timeout:3%,truncate:10%", 2))
	atPrinters.Become(parse("429:2%,500:2%,500-after:2%,cut:2%,cut-after:2%,truncate:2%,new-word:2%,ended-token:2%,timeout:0.3%", 3))
	dice := rand.New(rand.NewPCG(seed, 9))
	env := []string{envSMTP + "=" + p.relay, envPublic + "=" + p.public, envAhead + "=" + time.Duration(p.clock.ahead.Load()).String(), envPingen + "=" + x.pingenURL, envMaileva + "=" + x.mailevaURL}
	spawn := func() *exec.Cmd { return spawnWorker(t, database, p.redisAddr(), key, time.Second, env...) }
	workers := []*exec.Cmd{spawn(), spawn()}
	for i := range kills {
		time.Sleep(time.Duration(100+dice.IntN(600)) * time.Millisecond) // somewhere in the middle of their work
		kill(t, workers[i%2])
		workers[i%2] = spawn()
		if i%5 == 2 {
			must(t, p.redis.FlushAll(t.Context()).Err())
		}
		if kills >= longStorm && i == kills*3/4 {
			p.printBy(p.presta, own, "fr-dl")
		}
	}
	for _, set := range []*faults.Set{atShopify, atPresta, atPrinters} { // the storm is over; what it left is settled
		set.Become(parse("", 4))
	}
	p.settledWithin(id, 5*time.Minute+time.Duration(kills)*time.Second)
	for _, w := range workers {
		kill(t, w)
	}
	p.printedOnce(id, x, kills)
}

// printedOnce holds what the printers count against the ledger.
func (p *post) printedOnce(id uuid.UUID, x *providers, kills int) {
	p.t.Helper()
	printed := x.printed()
	count, hand, all := map[relance.SendState]int{}, 0, 0
	for after := ""; ; {
		page, err := p.store.FollowUps(p.t.Context(), p.merchant, relance.FollowUpQuery{Paging: relance.Paging{First: 250, After: after}, CampaignID: &id})
		must(p.t, err)
		for _, f := range page.FollowUps {
			all++
			count[f.State]++
			byHand := f.Letter != nil && f.Letter.PrinterName == "Bureau"
			if byHand {
				hand++
			}
			want := 0
			if f.State == relance.SendSent && !byHand {
				want = 1
			}
			if n := len(printed[f.ID]); n > 1 || n != want && f.State != relance.SendUncertain {
				p.t.Errorf("letter %s is %s %v %q and was printed %d times", f.ID, f.State, f.Reason, f.Detail, n)
			}
			if f.State == relance.SendSent {
				p.oneVoucher(f)
			}
		}
		if after = page.Info.End; !page.Info.HasNextPage {
			break
		}
	}
	p.t.Logf("%d letters: %v; Pingen printed %d, Maileva %d, the merchant %d; %d workers killed", all, count, len(x.pingen.Printed()), len(x.maileva.Printed()), hand, kills)
	if count[relance.SendSent] == 0 || kills >= longStorm && hand == 0 || len(x.pingen.Printed()) == 0 || len(x.maileva.Printed()) == 0 || count[relance.SendDue]+count[relance.SendSending] > 0 {
		p.t.Errorf("letters by state: %v", count)
	}
}
