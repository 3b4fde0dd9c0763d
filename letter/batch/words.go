package batch

// words are what the cover and the list say by themselves.
type words struct {
	number, reference, name, city, pages, line, country string
	letters, sum                                        string // %d
	duplex                                              string
}

// wordsIn are the words of a language, English where it is not known.
func wordsIn(language string) words {
	switch language {
	case "fr":
		return words{
			number: "N°", reference: "Référence", name: "Destinataire", city: "Ville", pages: "Pages", line: "Adresse", country: "Pays",
			letters: "Courriers : %d", sum: "Pages des courriers : %d", duplex: "À imprimer recto verso : chaque courrier commence sur une nouvelle feuille.",
		}
	case "de":
		return words{
			number: "Nr.", reference: "Zeichen", name: "Empfänger", city: "Ort", pages: "Seiten", line: "Anschrift", country: "Land",
			letters: "Briefe: %d", sum: "Seiten der Briefe: %d", duplex: "Beidseitig drucken: Jeder Brief beginnt auf einem neuen Blatt.",
		}
	default:
		return words{
			number: "No.", reference: "Reference", name: "Recipient", city: "City", pages: "Pages", line: "Address", country: "Country",
			letters: "Letters: %d", sum: "Pages of letters: %d", duplex: "Print on both sides: each letter begins on a new sheet.",
		}
	}
}
