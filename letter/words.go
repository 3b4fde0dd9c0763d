package letter

import "strings"

// words are what the letter says by itself.
type words struct {
	dated                         string // place and date; %s twice
	voucher, until, minimum, scan string // %s once in until and minimum
	controller, source, privacy   string // %s once each
	stop                          string // %s: the address of the page
	stopScan                      string
	page                          string // %d of %d
	freeShipping                  string
}

// wordsIn are the words of a language, English where it is not known.
func wordsIn(language string) words {
	switch language {
	case "fr":
		return words{
			dated: "%s, le %s", voucher: "Votre bon", until: "Valable jusqu’au %s", minimum: "À partir de %s d’achat", scan: "Scannez pour l’utiliser",
			controller: "Responsable du traitement : %s.", source: "Nous tenons votre adresse de %s.", privacy: "Données personnelles : %s.",
			stop: "Plus de courrier de notre part : scannez le code, allez sur %s ou écrivez-nous à l’adresse ci-dessus ; c’est gratuit, sans motif et immédiat.", stopScan: "Plus de courrier",
			page: "Page %d sur %d", freeShipping: "Livraison offerte",
		}
	case "de":
		return words{
			dated: "%s, %s", voucher: "Ihr Gutschein", until: "Gültig bis %s", minimum: "Ab %s Bestellwert", scan: "Scannen und einlösen",
			controller: "Verantwortlich: %s.", source: "Ihre Anschrift haben wir aus %s.", privacy: "Datenschutz: %s.",
			stop: "Keine Briefe mehr von uns: Code scannen, %s aufrufen oder uns an die obige Anschrift schreiben; kostenlos, ohne Begründung und sofort wirksam.", stopScan: "Keine Briefe mehr",
			page: "Seite %d von %d", freeShipping: "Versandkostenfrei",
		}
	default:
		return words{
			dated: "%s, %s", voucher: "Your voucher", until: "Valid until %s", minimum: "For orders from %s", scan: "Scan to use it",
			controller: "Controller: %s.", source: "We have your address from %s.", privacy: "Privacy: %s.",
			stop: "No more letters from us: scan the code, visit %s, or write to the address above; it is free, needs no reason and takes effect at once.", stopScan: "No more letters",
			page: "Page %d of %d", freeShipping: "Free delivery",
		}
	}
}

// shown is an address of the web as people type it.
func shown(url string) string { return strings.TrimPrefix(url, "https://") }

// OrderAt is where the address of somebody who bought is from, as it follows "we have your address
// from".
func OrderAt(language, shop string) string {
	switch language {
	case "fr":
		return "votre commande chez " + shop
	case "de":
		return "Ihrer Bestellung bei " + shop
	}
	return "your order at " + shop
}
