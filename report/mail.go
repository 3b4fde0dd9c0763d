package report

import (
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// Mail is the e-mail that a month's report comes with.
type Mail struct{ Subject, Text, HTML string }

// words are what the mail says in a language.
type words struct {
	subject, hello, nothing, screen, stop string
	months                                [12]string
	sent, entered, vouchers               string
	revenue, discount, unknown            string
	letters, print, unpriced              string
}

func mailWords(language string) words {
	switch language {
	case "fr":
		return words{subject: "Relance : rapport de %s", hello: "Voici ce que vos campagnes ont fait en %s ; le détail est dans le fichier joint.", nothing: "Aucune campagne n’a rien fait en %s.",
			screen: "À l’écran : ", stop: "Vous recevez ce message parce que vous l’avez demandé dans votre profil ; vous pouvez l’y désactiver : ",
			months: [12]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
			sent:   "Messages envoyés : %d", entered: "Événements examinés : %d, dont entrés dans une campagne : %d", vouchers: "Bons créés : %d, utilisés : %d",
			revenue: "Chiffre d’affaires par code : %s", discount: "Coût de la remise : %s", unknown: "Bons dont la commande ne dit pas la remise : %d",
			letters: "Courriers commandés : %d", print: "Coût d’impression : %s", unpriced: "Courriers sans prix connu : %d"}
	case "de":
		return words{subject: "Relance: Bericht für %s", hello: "Das haben Ihre Kampagnen im %s getan; alle Zeilen stehen in der Datei im Anhang.", nothing: "Im %s hat keine Kampagne etwas getan.",
			screen: "Am Bildschirm: ", stop: "Sie erhalten diese Nachricht, weil Sie es in Ihrem Profil so eingestellt haben; dort lässt sie sich abschalten: ",
			months: [12]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"},
			sent:   "Gesendete Nachrichten: %d", entered: "Geprüfte Ereignisse: %d, davon eingetreten: %d", vouchers: "Gutscheine erstellt: %d, eingelöst: %d",
			revenue: "Umsatz nach Code: %s", discount: "Kosten des Rabatts: %s", unknown: "Gutscheine, deren Bestellung den Rabatt nicht nennt: %d",
			letters: "Bestellte Briefe: %d", print: "Druckkosten: %s", unpriced: "Briefe ohne bekannten Preis: %d"}
	}
	return words{subject: "Relance: report of %s", hello: "This is what your campaigns did in %s; every line is in the attached file.", nothing: "No campaign did anything in %s.",
		screen: "On screen: ", stop: "You get this because you asked for it in your profile; it can be switched off there: ",
		months: [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
		sent:   "Messages sent: %d", entered: "Events judged: %d, of which entered: %d", vouchers: "Vouchers made: %d, redeemed: %d",
		revenue: "Revenue by code: %s", discount: "Cost of the discount: %s", unknown: "Vouchers of which the order does not say what they took off: %d",
		letters: "Letters ordered: %d", print: "Print cost: %s", unpriced: "Letters without a known price: %d"}
}

// WriteMail writes a month's main figures in a language, with the addresses of the screen and of
// the reader's profile. money writes an amount in the language; currencies are not added up.
func WriteMail(month time.Time, language string, rows []relance.ReportRow, screen, profile string, money func(relance.Money) string) Mail {
	w := mailWords(language)
	name := fmt.Sprintf("%s %d", w.months[month.Month()-1], month.Year())
	figures := figures(w, rows, money)
	first := fmt.Sprintf(w.hello, name)
	if len(rows) == 0 {
		first, figures = fmt.Sprintf(w.nothing, name), nil
	}
	m := Mail{Subject: fmt.Sprintf(w.subject, name)}
	m.Text = first + "\n\n"
	m.HTML = "<p>" + html.EscapeString(first) + "</p>"
	if len(figures) > 0 {
		m.Text += "- " + strings.Join(figures, "\n- ") + "\n\n"
		m.HTML += "<ul>"
		for _, f := range figures {
			m.HTML += "<li>" + html.EscapeString(f) + "</li>"
		}
		m.HTML += "</ul>"
	}
	m.Text += w.screen + screen + "\n\n" + w.stop + profile + "\n"
	m.HTML += "<p>" + html.EscapeString(w.screen) + link(screen) + "</p><p>" + html.EscapeString(w.stop) + link(profile) + "</p>"
	return m
}

func link(address string) string {
	a := html.EscapeString(address)
	return `<a href="` + a + `">` + a + `</a>`
}

// figures sums the rows, amounts for each currency.
func figures(w words, rows []relance.ReportRow, money func(relance.Money) string) []string {
	var all relance.ReportRow
	revenue, discount, printing := amounts{}, amounts{}, amounts{}
	for i := range rows {
		r := &rows[i]
		all.Sent, all.Evaluated, all.Eligible = all.Sent+r.Sent, all.Evaluated+r.Evaluated, all.Eligible+r.Eligible
		all.Issued, all.Redeemed, all.UnknownDiscounts = all.Issued+r.Issued, all.Redeemed+r.Redeemed, all.UnknownDiscounts+r.UnknownDiscounts
		all.Letters, all.UnpricedLetters = all.Letters+r.Letters, all.UnpricedLetters+r.UnpricedLetters
		revenue.add(r.Currency, r.Revenue)
		discount.add(r.Currency, r.Discount)
		printing.add(r.Currency, r.PrintCost)
	}
	out := []string{fmt.Sprintf(w.entered, all.Evaluated, all.Eligible), fmt.Sprintf(w.sent, all.Sent), fmt.Sprintf(w.vouchers, all.Issued, all.Redeemed),
		fmt.Sprintf(w.revenue, revenue.written(money)), fmt.Sprintf(w.discount, discount.written(money))}
	if all.UnknownDiscounts > 0 {
		out = append(out, fmt.Sprintf(w.unknown, all.UnknownDiscounts))
	}
	if all.Letters > 0 {
		out = append(out, fmt.Sprintf(w.letters, all.Letters), fmt.Sprintf(w.print, printing.written(money)))
	}
	if all.UnpricedLetters > 0 {
		out = append(out, fmt.Sprintf(w.unpriced, all.UnpricedLetters))
	}
	return out
}

// amounts are sums by currency, in the order in which these came.
type amounts []relance.Money

func (a *amounts) add(currency string, d decimal.Decimal) {
	for i := range *a {
		if m := &(*a)[i]; m.Currency == currency {
			m.Amount = m.Amount.Add(d)
			return
		}
	}
	*a = append(*a, relance.Money{Amount: d, Currency: currency})
}

// written leaves out currencies in which there was nothing; where that is all of them, one stays.
func (a amounts) written(money func(relance.Money) string) string {
	var list []string
	for _, m := range a {
		if !m.Amount.IsZero() {
			list = append(list, money(m))
		}
	}
	if len(list) == 0 && len(a) > 0 {
		return money(a[0])
	}
	return strings.Join(list, " + ")
}
