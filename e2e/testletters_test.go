package e2e_test

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery/printersim"
	"github.com/relance/relance/letter"
)

// testLetterInput is a test letter as the builder orders it.
func testLetterInput(shop uuid.UUID, price, currency string) map[string]any {
	text := letter.Ready(letter.SecondOrder, "fr")
	in := map[string]any{"key": uuid.NewString(), "shopId": shop, "text": map[string]any{"language": "fr", "subject": text.Subject, "body": text.Body, "closing": text.Closing},
		"voucher": map[string]any{"kind": "PERCENT", "value": "10", "validDays": 30},
		"address": map[string]any{"firstName": "Camille", "lastName": "Exemple", "line1": "5 rue de l'Essai", "postalCode": "69003", "city": "Lyon", "countryCode": "FR"}}
	if price != "" {
		in["agreedPrice"], in["agreedCurrency"] = price, currency
	}
	return in
}

type orderedTest struct {
	R struct {
		TestLetter *struct {
			ID, State, PrinterName string
			Recipient              []string
			Price                  *struct{ Amount, CurrencyCode string }
			BatchNumber            *int
			PostedAt               *string
		}
		Errors []struct {
			Field, Message string
			Cause          *struct{ Code string }
		}
	}
}

func (p *post) orderTest(in map[string]any) (out orderedTest) {
	p.t.Helper()
	p.ask(`mutation($i: TestLetterInput!) { r: testLetterOrder(input: $i) { testLetter { id state printerName recipient price { amount currencyCode } batchNumber postedAt } errors { field message cause { code } } } }`, map[string]any{"i": in}, &out)
	return out
}

func (o *orderedTest) refusal() string {
	if len(o.R.Errors) == 0 || o.R.Errors[0].Cause == nil {
		return ""
	}
	return o.R.Errors[0].Cause.Code
}

// priceOf is what the preview tells for the address.
func (p *post) priceOf(in map[string]any) (amount, currency string) {
	p.t.Helper()
	var out struct {
		R struct {
			Preview struct {
				Recipient []string
				Price     struct{ Amount, CurrencyCode string }
			}
		}
	}
	p.ask(`query($i: LetterPreviewInput!) { r: letterPreview(input: $i) { preview { recipient price { amount currencyCode } } errors { message } } }`,
		map[string]any{"i": map[string]any{"shopId": in["shopId"], "text": in["text"], "voucher": in["voucher"], "address": in["address"]}}, &out)
	if r := out.R.Preview.Recipient; len(r) == 0 || r[0] != "Camille Exemple" {
		p.t.Errorf("the letter goes to %v", r)
	}
	return out.R.Preview.Price.Amount, out.R.Preview.Price.CurrencyCode
}

// A test letter is measured, ordered once however often somebody clicks, for the price that they were
// told, followed to the post, and counted in nothing.
func TestATestLetterIsPrintedOnce(t *testing.T) {
	t.Parallel()
	p := newPost(t, 10, worldOptions{})
	x := p.providers(printersim.Options{Checks: 1})
	p.pull()
	pingen := p.addPrinter(withPingen())
	p.printBy(p.shopify, pingen, "pingen-left")
	in := testLetterInput(p.shopify, "", "")
	amount, currency := p.priceOf(in)
	if price, err := decimal.NewFromString(amount); err != nil || !price.IsPositive() {
		t.Fatalf("the preview tells the price %q", amount)
	}
	if o := p.orderTest(in); o.refusal() != "TEST_LETTER_DEARER" {
		t.Errorf("without the price that was told: %+v", o)
	}
	in["agreedPrice"], in["agreedCurrency"] = amount, "USD"
	if o := p.orderTest(in); o.refusal() != "TEST_LETTER_DEARER" {
		t.Errorf("in another currency: %+v", o)
	}
	in["agreedCurrency"] = currency
	var clicks sync.WaitGroup
	for range 4 {
		clicks.Go(func() {
			if o := p.orderTest(in); o.R.TestLetter == nil || o.R.TestLetter.PrinterName != "Pingen" || o.R.TestLetter.Price == nil {
				t.Errorf("%+v", o)
			}
		})
	}
	clicks.Wait()
	key := uuid.MustParse(in["key"].(string))
	p.clock.ahead.Add(int64(time.Minute)) // Pingen looks through the file first
	p.until("Pingen has the letter", func() bool { return len(x.printed()[key]) > 0 })
	if n := len(x.printed()[key]); n != 1 || len(x.printed()) != 1 {
		t.Fatalf("four clicks print %d letters: %v", n, x.printed())
	}
	in["address"].(map[string]any)["city"] = "Paris" // the key has been used
	if o := p.orderTest(in); o.R.TestLetter == nil || !strings.Contains(strings.Join(o.R.TestLetter.Recipient, "\n"), "LYON") || len(x.printed()) != 1 {
		t.Errorf("the same key orders again: %+v", o)
	}
	p.followTest(x, pingen, key)
	p.countedNowhere()
}

// followTest lets the provider post the letter, and tell so.
func (p *post) followTest(x *providers, pingen relance.Printer, key uuid.UUID) {
	p.t.Helper()
	l, err := p.store.TestLetter(p.t.Context(), p.merchant, key)
	must(p.t, err)
	pdf, err := p.store.LetterFile(p.t.Context(), p.merchant, l.File)
	must(p.t, err)
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) || x.printed()[key][0].ID != l.ExternalID {
		p.t.Errorf("not the file that was kept: %+v", l)
	}
	must(p.t, x.pingen.Set(p.t.Context(), l.ExternalID, "sent", "", nil))
	news := x.pingen.Notifications()
	must(p.t, p.app.PrinterNews(p.t.Context(), pingen.ID, news[len(news)-1].Header, news[len(news)-1].Body))
	if l, err = p.store.TestLetter(p.t.Context(), p.merchant, key); err != nil || l.State != relance.PrintPosted || l.PostedAt == nil {
		p.t.Errorf("news of the post: %+v, %v", l, err)
	}
	must(p.t, x.pingen.Set(p.t.Context(), l.ExternalID, "undeliverable", "moved", nil))
	p.clock.ahead.Add(int64(time.Hour))
	p.until("Pingen is asked", func() bool {
		l, err := p.store.TestLetter(p.t.Context(), p.merchant, key)
		return err == nil && l.State == relance.PrintUndeliverable && l.EndedAt != nil
	})
}

// countedNowhere looks at all that counts letters, and at the trail of who did what.
func (p *post) countedNowhere() {
	p.t.Helper()
	list, err := p.store.Proposals(p.t.Context(), p.merchant, relance.ProposalQuery{Limit: 5})
	must(p.t, err)
	first, err := relance.ParseMonth(p.now().UTC().Format("2006-01"))
	must(p.t, err)
	rows, err := p.store.Report(p.t.Context(), p.merchant, first, nil)
	must(p.t, err)
	letters, err := p.store.FollowUps(p.t.Context(), p.merchant, relance.FollowUpQuery{Paging: relance.Paging{First: 5}})
	must(p.t, err)
	if len(list)+len(rows)+len(letters.FollowUps) > 0 {
		p.t.Errorf("a test letter counts: %v %v %v", list, rows, letters.FollowUps)
	}
	trail, err := p.store.AuditEvents(p.t.Context(), p.merchant, relance.Paging{First: 50}, true)
	must(p.t, err)
	orders := 0
	for _, e := range trail.Events {
		if e.Action == "order_test_letter" {
			orders++
			if strings.Contains(e.Detail, "Exemple") || strings.Contains(e.Detail, "Lyon") {
				p.t.Errorf("the trail has the address: %s", e.Detail)
			}
		}
	}
	if orders != 1 {
		p.t.Errorf("the trail tells of %d test letters", orders)
	}
}

// One's own printer has it in the next batch, before the others; its codes lead to a page that says
// what it is. What cannot be written or is not agreed on is refused.
func TestATestLetterFromOnesOwnPrinter(t *testing.T) {
	t.Parallel()
	p := newPost(t, 10, worldOptions{})
	p.pull()
	in := testLetterInput(p.presta, "1.05", "EUR")
	if o := p.orderTest(in); o.refusal() != "NO_LETTERHEAD" && o.refusal() != "NO_PRINTER" {
		t.Errorf("without a letterhead: %+v", o)
	}
	printer := p.letterShops(byHand())
	for what, c := range map[string]struct {
		change func(map[string]any)
		want   string
	}{
		"no street":            {func(in map[string]any) { in["address"].(map[string]any)["line1"] = " " }, "POSTAL_STREET_MISSING"},
		"a wrong code":         {func(in map[string]any) { in["address"].(map[string]any)["postalCode"] = "ABC" }, "POSTAL_CODE_WRONG"},
		"from right to left":   {func(in map[string]any) { in["address"].(map[string]any)["city"] = "תל אביב" }, "POSTAL_RIGHT_TO_LEFT"},
		"an unknown word":      {func(in map[string]any) { in["text"].(map[string]any)["body"] = "{{ surprise }}" }, "TEXT_VARIABLE"},
		"less than it costs":   {func(in map[string]any) { in["agreedPrice"] = "1.04" }, "TEST_LETTER_DEARER"},
		"a letter of 60 pages": {func(in map[string]any) { in["text"].(map[string]any)["body"] = strings.Repeat("word ", 8000) }, ""},
	} {
		bad := testLetterInput(p.presta, "1.05", "EUR")
		c.change(bad)
		if o := p.orderTest(bad); len(o.R.Errors) == 0 || c.want != "" && o.refusal() != c.want {
			t.Errorf("%s: %+v", what, o)
		}
	}
	if o := p.orderTest(in); o.R.TestLetter == nil || o.R.TestLetter.State != "ACCEPTED" {
		t.Fatalf("%+v", o)
	}
	p.orderTest(in)
	if again, err := p.store.Printer(t.Context(), p.merchant, printer.ID); err != nil || again.Waiting != 1 {
		t.Errorf("%d letters wait, %v", again.Waiting, err)
	}
	p.settled(p.plan(letterPlan()))
	batch, err := p.app.MakeBatch(t.Context(), p.merchant, printer.ID, "test")
	must(t, err)
	letters, err := p.store.BatchLetters(t.Context(), p.merchant, batch.ID, true)
	must(t, err)
	if len(letters) != batch.Letters || batch.Letters < 2 || !strings.HasPrefix(letters[0].Code, "TEST-") || letters[0].Recipient[0] != "Camille Exemple" {
		t.Fatalf("a batch of %d: %+v", batch.Letters, letters[0].Recipient)
	}
	for format, begins := range map[string]string{"pdf": "%PDF-", "csv": ""} {
		if _, file, err := p.app.BatchFile(t.Context(), p.merchant, batch.ID, format, "fr"); err != nil || !bytes.HasPrefix(file, []byte(begins)) {
			t.Errorf("%s: %v", format, err)
		}
	}
	p.batchIsWhatItLists(batch)
	must(t, p.app.BatchPosted(t.Context(), p.merchant, batch.ID, nil, "test"))
	var list struct {
		TestLetters []struct {
			State       string
			BatchNumber *int
			PostedAt    *string
		}
	}
	p.ask(`{ testLetters { state batchNumber postedAt } }`, nil, &list)
	if len(list.TestLetters) != 1 || list.TestLetters[0].State != "POSTED" || list.TestLetters[0].PostedAt == nil || *list.TestLetters[0].BatchNumber != batch.Number {
		t.Errorf("%+v", list)
	}
	for _, path := range []string{"/q/TESTTESTTEST", "/o/TESTTESTTEST", "/q/testtesttest"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if body := p.page(method, p.public+path); method == http.MethodPost && strings.HasPrefix(path, "/q/") {
				continue
			} else if !strings.Contains(body, "test letter") || strings.Contains(body, "<button>") {
				t.Errorf("%s %s shows %s", method, path, body)
			}
		}
	}
}

// batchIsWhatItLists reads a batch as its page does: as many letters as it counts, tests among them.
func (p *post) batchIsWhatItLists(batch relance.PrintBatch) {
	p.t.Helper()
	var out struct {
		PrintBatches []struct {
			ID             string
			Letters, Tests int
		}
		Letters     struct{ Nodes []struct{ ID string } }
		TestLetters []struct{ Recipient []string }
		None        []struct{ ID string }
	}
	p.ask(`query($b: ID!, $none: ID!) { printBatches { id letters tests } letters(batchId: $b, first: 250) { nodes { id } } testLetters(batchId: $b) { recipient } none: testLetters(batchId: $none) { id } }`,
		map[string]any{"b": batch.ID, "none": uuid.NewString()}, &out)
	if len(out.PrintBatches) != 1 || out.PrintBatches[0].Tests != 1 || batch.Tests != 1 || len(out.TestLetters) != 1 || out.TestLetters[0].Recipient[0] != "Camille Exemple" {
		p.t.Fatalf("%+v", out)
	}
	if n := len(out.Letters.Nodes) + len(out.TestLetters); n != out.PrintBatches[0].Letters || len(out.None) > 0 {
		p.t.Errorf("the batch counts %d letters and lists %d; another lists %d", out.PrintBatches[0].Letters, n, len(out.None))
	}
}

// An error, or somebody in anger, costs little.
func TestTestLettersAreBounded(t *testing.T) {
	t.Parallel()
	p := newPost(t, 10, worldOptions{})
	p.pull()
	p.letterShops(byHand())
	refused := 0
	for i := range 23 {
		switch o := p.orderTest(testLetterInput(p.presta, "1.05", "EUR")); {
		case o.refusal() == "TOO_MANY_TEST_LETTERS":
			refused++
		case o.R.TestLetter == nil || i >= 20:
			t.Errorf("letter %d: %+v", i+1, o)
		}
	}
	if refused != 3 {
		t.Errorf("%d of 23 are refused", refused)
	}
	p.clock.ahead.Add(int64(25 * time.Hour))
	if o := p.orderTest(testLetterInput(p.presta, "1.05", "EUR")); o.R.TestLetter == nil {
		t.Errorf("a day later: %+v", o)
	}
}
