package report

import (
	"strings"
	"testing"
	"time"

	"github.com/relance/relance"
)

func TestTheMailSumsTheRows(t *testing.T) {
	t.Parallel()
	month := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	money := func(m relance.Money) string { return m.Amount.String() + " " + m.Currency }
	list := append(rows(), rows()...)
	m := WriteMail(month, "en", list, "https://x.example/report?a=1&b=2", "https://x.example/profile", money)
	for _, want := range []string{"Events judged: 24, of which entered: 20", "Messages sent: 16", "Vouchers made: 16, redeemed: 6", "Revenue by code: 540.2 EUR + -24.691356 USD", "Cost of the discount: 60.02 EUR\n", "not say what they took off: 2", "Letters ordered: 8", "Print cost: 8.4 EUR", "Letters without a known price: 2"} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("no %q in\n%s", want, m.Text)
		}
	}
	if m.Subject != "Relance: report of November 2026" || !strings.Contains(m.HTML, `href="https://x.example/report?a=1&amp;b=2"`) || !strings.Contains(m.Text, "?a=1&b=2") {
		t.Errorf("%+v", m)
	}
	if quiet := WriteMail(month, "en", []relance.ReportRow{{Currency: "EUR"}}, "", "", money); strings.Contains(quiet.Text, "Letters") || !strings.Contains(quiet.Text, "Revenue by code: 0 EUR\n") {
		t.Errorf("a month without letters or revenue: %s", quiet.Text)
	}
	if m := WriteMail(month, "de", nil, "", "", money); m.Subject != "Relance: Bericht für November 2026" || strings.Contains(m.HTML, "<ul>") || !strings.HasPrefix(m.Text, "Im November 2026 hat keine Kampagne") {
		t.Errorf("%+v", m)
	}
}
