package template_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/template"
)

func TestGreetings(t *testing.T) {
	t.Parallel()
	r := template.New()
	for _, c := range []struct{ language, title, first, last, want string }{
		{"fr", "", "Marie", "Dupont", "Bonjour Marie Dupont"},
		{"de", "", "Marie", "Dupont", "Guten Tag Marie Dupont"},
		{"de", "MRS", "Marie", "Dupont", "Guten Tag Frau Dupont"},
		{"fr", "MR", "", "DUPONT-MARTIN", "Bonjour Monsieur Dupont-Martin"},
		{"en", "", "JEAN", "D'ORMESSON", "Hello Jean D'Ormesson"},
		{"en", "", "Ludwig", "van Example", "Hello Ludwig van Example"},
		{"fr", "", "test", "TEST", "Bonjour"},
		{"fr", "", "aaa", "", "Bonjour"},
		{"fr", "", "anna@example.com", "", "Bonjour"},
		{"fr", "", "", "", "Bonjour"},
		{"xx", "", "Bo", "", "Hello Bo"},
	} {
		d := template.Sample(c.language, false, false)
		d.Title, d.FirstName, d.LastName = c.title, c.first, c.last
		m, err := r.Render(relance.EmailText{Subject: "{{ greeting }}", Body: "x"}, d)
		if err != nil || m.Subject != c.want {
			t.Errorf("%s %s %s in %s: %q %v, want %q", c.title, c.first, c.last, c.language, m.Subject, err, c.want)
		}
	}
}

// What shops send stays text in every part.
func TestHostileValuesAreText(t *testing.T) {
	t.Parallel()
	d := template.Sample("fr", true, true)
	d.FirstName, d.LastName = "Ann", "*x* [y](javascript:alert)"
	d.Cart.Lines[0] = template.CartLine{Title: "<script>alert(1)</script> [go](javascript:alert(1)) **bold**\n# head", Quantity: 1, Price: "1"}
	d.Cart.URL = "javascript:alert(1)"
	m, err := template.New().Render(relance.EmailText{Subject: "{{ cart.lines[0].title }}", Body: "{% for l in cart.lines %}- {{ l.title }}\n{% endfor %}\n[back]({{ cart.url }})"}, d)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "href=\"javascript", "<strong>", "<h1"} {
		if strings.Contains(m.HTML, bad) {
			t.Errorf("%s stands in the mail:\n%s", bad, m.HTML)
		}
	}
	if strings.ContainsAny(m.Subject, "\r\n") {
		t.Error("the subject has several lines: headers could be forged")
	}
}

func TestBrokenTextsAreRefusedWithTheirPlace(t *testing.T) {
	t.Parallel()
	r := template.New()
	for name, c := range map[string]struct {
		text          relance.EmailText
		voucher, cart bool
		field, part   string
	}{
		"unknown variable":       {relance.EmailText{Subject: "x", Body: "Hi\nto {{ nobody }}"}, true, true, "body", "Line 2, column 4: there is no nobody here."},
		"broken tag":             {relance.EmailText{Subject: "x", Body: "a\nb {% if x %} c"}, true, true, "body", "Line 2, column 3: if is not closed; end it with endif."},
		"unknown tag":            {relance.EmailText{Subject: "{% nonsense %}", Body: "x"}, true, true, "subject", "Line 1, column 1: there is no tag nonsense."},
		"a voucher there is not": {relance.EmailText{Subject: "x", Body: "{{ voucher.code }}"}, false, true, "body", "Line 1, column 1: there is no voucher.code here."},
		"a cart there is not":    {relance.EmailText{Subject: "x", Body: "{{ cart.url }}"}, true, false, "body", "Line 1, column 1: there is no cart.url here."},
		"no subject":             {relance.EmailText{Body: "x"}, true, true, "subject", "empty"},
		"a text without end":     {relance.EmailText{Subject: "x", Body: "{% for i in (1..9999999) %}0123456789{% endfor %}"}, true, true, "body", "too long"},
		"unknown filter":         {relance.EmailText{Subject: "x", Body: "{{ greeting | nope }}"}, true, true, "body", "Line 1, column 1: there is no filter nope."},
		"an end of nothing":      {relance.EmailText{Subject: "x", Body: "a\n\n é {% endif %}"}, true, true, "body", "Line 3, column 4: endif stands outside of the block that it belongs to."},
		"no grammar":             {relance.EmailText{Subject: "x", Body: "{{ greeting | | }}"}, true, true, "body", "Line 1, column 1: this cannot be read: {{ greeting | | }}"},
		"in a loop":              {relance.EmailText{Subject: "x", Body: "{% for a in cart.lines %}{{ a.b }}{% endfor %}"}, true, true, "body", "Line 1, column 26: there is no a.b here."},
	} {
		err := r.Check(c.text, "en", c.voucher, c.cart)
		e, ok := err.(*relance.Error)
		if !ok || e.Field != c.field || !strings.Contains(e.Message, c.part) || e.Says == nil {
			t.Errorf("%s: %v, want a fault of %s with %q", name, err, c.field, c.part)
		}
	}
}

// Every recipient sees the code, whichever part their mail program shows.
func TestTheCodeIsInBothParts(t *testing.T) {
	t.Parallel()
	m, err := template.New().Render(relance.EmailText{Subject: "x", Body: "Hello"}, template.Sample("en", true, false))
	if err != nil || !strings.Contains(m.HTML, "MERCI-7KQ4-XN2P") || strings.Count(m.Text, "MERCI-7KQ4-XN2P") != 1 {
		t.Errorf("%v: %s", err, m.Text)
	}
}

func TestMoneyAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ amount, currency, language, want string }{
		{"1234.5", "EUR", "fr", "1\u202f234,50\u00a0€"}, {"1234.5", "EUR", "de", "1.234,50\u00a0€"}, {"1234.5", "EUR", "en", "€1,234.50"},
		{"0.005", "EUR", "en", "€0.01"}, {"-5", "GBP", "en", "£-5.00"}, {"999", "JPY", "de", "999\u00a0JPY"}, {"1000000", "CHF", "de", "1.000.000,00\u00a0CHF"},
	} {
		if got := template.Money(relance.Money{Amount: decimal.RequireFromString(c.amount), Currency: c.currency}, c.language); got != c.want {
			t.Errorf("%s %s in %s: %q, want %q", c.amount, c.currency, c.language, got, c.want)
		}
	}
}

// The logo stands in the HTML, small, with the shop's name for whoever sees no pictures; the
// plain text knows nothing of it.
func TestTheLogoStandsAtTheHead(t *testing.T) {
	t.Parallel()
	d := template.Sample("en", false, false)
	d.ShopName = `Tea & "Co"`
	text := relance.EmailText{Subject: "x", Body: "Hello"}
	without, err := template.New().Render(text, d)
	if err != nil || strings.Contains(without.HTML, "<img") {
		t.Errorf("without a logo: %v", err)
	}
	for _, c := range []struct{ width, height, showWidth, showHeight int }{{480, 96, 240, 48}, {100, 400, 18, 72}, {60, 30, 60, 30}, {2000, 1, 240, 1}} {
		d.Logo = template.NewLogo("https://relance.example.com/l/abc", c.width, c.height)
		m, err := template.New().Render(text, d)
		want := fmt.Sprintf(`<img src="https://relance.example.com/l/abc" alt="Tea &amp; &#34;Co&#34;" width="%d" height="%d"`, c.showWidth, c.showHeight)
		if err != nil || !strings.Contains(m.HTML, want) || m.Text != without.Text {
			t.Errorf("%v lacks %s: %v", m.HTML, want, err)
		}
	}
}

// plainMail is a message about a cart without pictures.
func plainMail(t *testing.T, body string) template.Message {
	t.Helper()
	m, err := template.New().Render(relance.EmailText{Subject: "Your cart", Body: body}, template.Data{Language: "en", ShopName: "Maison", ShopURL: "https://maison.example", UnsubscribeURL: "https://maison.example/u",
		Voucher: &template.Voucher{Code: "BACK-1", Value: "10 %"}, Cart: &template.Cart{URL: "https://maison.example/cart", Lines: []template.CartLine{{Title: "Mug", Quantity: 1, Price: "12,00 €"}}}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestNothingIsStruckThrough: a price that was never asked is no offer, and may not look like one.
func TestNothingIsStruckThrough(t *testing.T) {
	t.Parallel()
	m := plainMail(t, "~~19,90 €~~ <del>19,90 €</del> <s>19,90 €</s> 12,00 €")
	for _, mark := range []string{"<del", "<s>", "<strike", "line-through"} {
		if strings.Contains(m.HTML, mark) {
			t.Errorf("there is %s in %s", mark, m.HTML)
		}
	}
}

// TestNoPixel: the only pictures are those of the shop and of what is in the cart.
func TestNoPixel(t *testing.T) {
	t.Parallel()
	if m := plainMail(t, "Hello"); strings.Contains(m.HTML, "<img") || strings.Contains(m.HTML, "url(") {
		t.Errorf("a mail without pictures has one: %s", m.HTML)
	}
}
