package letter

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/letter/paper"
	"github.com/relance/relance/template"
)

// Sample is a letter between invented people, to show layouts and texts with.
func Sample(l paper.Layout, o Occasion, language string) Letter {
	d := template.Sample(language, true, false)
	d.ShopName = "Teehaus Beispiel"
	s := Sender{
		Name: "Teehaus Beispiel", Address: []string{"Musterweg 1", "12345 Beispielstadt"}, Place: "Beispielstadt",
		Details:    []string{"www.example.com", "brief@example.com"},
		Imprint:    "Teehaus Beispiel GmbH · Musterweg 1 · 12345 Beispielstadt · Geschäftsführung: Erika Beispiel · HRB 00000 · DE000000000",
		Controller: "Teehaus Beispiel GmbH", Source: "Ihrer Bestellung auf shop.example.com", PrivacyURL: "www.example.com/datenschutz",
		Signature: []string{"Erika Beispiel", "Teehaus Beispiel"},
	}
	to := relance.Address{FirstName: "Jörg", LastName: "Größmann-Łukasiewicz", Company: "Atelier Größmann", Line1: "Beispielstraße 12a", Line2: "Hinterhaus, 2. Stock", PostalCode: "10115", City: "Berlin", CountryCode: "DE"}
	d.Title, d.FirstName, d.LastName = "MR", to.FirstName, to.LastName
	if language == "fr" {
		d.ShopName = "Maison Exemple"
		s = Sender{
			Name: "Maison Exemple", Address: []string{"1 rue de l’Exemple", "69002 Lyon"}, Place: "Lyon", Details: []string{"www.example.com", "lettre@example.com"},
			Imprint:    "Maison Exemple SARL au capital de 10 000 € · 1 rue de l’Exemple, 69002 Lyon · RCS Lyon 000 000 000",
			Controller: "Maison Exemple SARL", Source: "votre commande sur shop.example.com", PrivacyURL: "www.example.com/donnees", Signature: []string{"Zoé Exemple", "Maison Exemple"},
		}
		to = relance.Address{FirstName: "Hélène", LastName: "Lefèvre-Cœurdacier", Line1: "12 bis, boulevard du Général Exemple", Line2: "Bâtiment B, escalier 3", PostalCode: "34000", City: "Montpellier", CountryCode: "FR"}
		d.Title, d.FirstName, d.LastName = "MRS", to.FirstName, to.LastName
	}
	if language == "en" {
		d.ShopName, d.Title = "Example Tea House", ""
		s.Name, s.Source, s.PrivacyURL, s.Signature = "Example Tea House", "your order at shop.example.com", "www.example.com/privacy", []string{"Erika Beispiel", "Example Tea House"}
		to = relance.Address{FirstName: "Ștefan", LastName: "O’Example", Line1: "221 Example Street", PostalCode: "SW1A 1AA", City: "London", CountryCode: "GB"}
		d.FirstName, d.LastName = to.FirstName, to.LastName
	}
	d.Voucher.Minimum = template.Money(relance.Money{Amount: decimal.NewFromInt(50), Currency: "EUR"}, language)
	return Letter{
		Layout: l, Text: Ready(o, language), Data: d, Sender: s, Recipient: to, Date: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
		CodeURL: "https://shop.example.com/r/7KQ4XN2PB3", ObjectURL: "https://shop.example.com/o/9TR2M7WQ4K",
	}
}
