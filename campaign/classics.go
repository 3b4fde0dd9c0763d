package campaign

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

const day = 24 * time.Hour

// Classics are ready plans for the usual events, to begin from. Amounts are in the merchant's
// currency.
func Classics(currency string) []relance.Campaign {
	ten := &relance.Offer{Kind: relance.VoucherPercent, Value: decimal.NewFromInt(10), ValidDays: 30, Prefix: "MERCI"}
	once := relance.Reentry{Policy: relance.ReentryOnce}
	perObject := relance.Reentry{Policy: relance.ReentryPerObject}
	yearly := relance.Reentry{Policy: relance.ReentryEveryDays, Days: 365}
	plan := func(t relance.Trigger, r relance.Reentry, steps ...relance.CampaignStep) relance.Plan {
		return relance.Plan{Trigger: t, Reentry: r, HoldoutPercent: 10, Steps: steps, ExpiresAfter: 2 * time.Hour}
	}
	return []relance.Campaign{
		{Name: "Abandoned cart", Plan: plan(relance.Trigger{Kind: relance.TriggerAbandonedCart, MinAge: 4 * time.Hour, MaxAge: 7 * day}, perObject,
			relance.CampaignStep{Key: "reminder", Email: cartTexts()}, relance.CampaignStep{Key: "voucher", After: 2 * day, Voucher: ten, Email: cartVoucherTexts()})},
		{Name: "Re-order", Plan: plan(relance.Trigger{Kind: relance.TriggerOrderPlaced, MinAge: 30 * day, MaxAge: 45 * day}, relance.Reentry{Policy: relance.ReentryEveryDays, Days: 90},
			relance.CampaignStep{Key: "voucher", Voucher: ten, Email: reorderTexts()})},
		{Name: "Best customer", Plan: plan(relance.Trigger{Kind: relance.TriggerBestCustomer, Days: 90, Amount: decimal.NewFromInt(300), Currency: currency, MaxAge: 60 * day}, yearly,
			relance.CampaignStep{Key: "voucher", Voucher: ten, Email: bestTexts()})},
		{Name: "Inactive customer", Plan: plan(relance.Trigger{Kind: relance.TriggerInactiveCustomer, Days: 180, MaxAge: 60 * day}, yearly,
			relance.CampaignStep{Key: "voucher", Voucher: ten, Email: inactiveTexts()})},
		{Name: "Birthday", Plan: plan(relance.Trigger{Kind: relance.TriggerBirthday, MaxAge: 3 * day}, perObject,
			relance.CampaignStep{Key: "voucher", Voucher: ten, Email: birthdayTexts()})},
		{Name: "Cart recovered", Plan: plan(relance.Trigger{Kind: relance.TriggerCartRecovered, MinAge: 21 * day, MaxAge: 40 * day}, once,
			relance.CampaignStep{Key: "thanks", Email: recoveredTexts()})},
		{Name: "Letter scanned", Plan: plan(relance.Trigger{Kind: relance.TriggerLetterScanned, MinAge: 3 * day, MaxAge: 21 * day}, perObject,
			relance.CampaignStep{Key: "help", Email: scannedTexts()})},
	}
}

const cartLinesText = "{% for line in cart.lines %}- {{ line.quantity }} × {{ line.title }}, {{ line.price }}\n{% endfor %}\n"

func cartTexts() map[string]relance.EmailText {
	return map[string]relance.EmailText{
		"en": {Subject: "You left something in your cart", Body: "{{ greeting }},\n\nthese are still in your cart at {{ shop.name }}:\n\n" + cartLinesText + "[Back to the cart]({{ cart.url }})\n\nIf something was unclear, just reply to this e-mail."},
		"fr": {Subject: "Vous avez laissé quelque chose dans votre panier", Body: "{{ greeting }},\n\nvotre panier chez {{ shop.name }} vous attend\u00a0:\n\n" + cartLinesText + "[Revenir au panier]({{ cart.url }})\n\nUne question\u00a0? Répondez simplement à cet e-mail."},
		"de": {Subject: "In Ihrem Warenkorb liegt noch etwas", Body: "{{ greeting }},\n\nin Ihrem Warenkorb bei {{ shop.name }} liegt noch:\n\n" + cartLinesText + "[Zum Warenkorb]({{ cart.url }})\n\nWenn etwas unklar war, antworten Sie einfach auf diese E-Mail."},
	}
}

func cartVoucherTexts() map[string]relance.EmailText {
	return map[string]relance.EmailText{
		"en": {Subject: "{{ voucher.value }} off your cart", Body: "{{ greeting }},\n\nyour cart is still there, and until {{ voucher.until }} this code takes {{ voucher.value }} off:\n\n" + cartLinesText + "[Back to the cart]({{ cart.url }})\n\nSign in before you enter the code; it is yours alone and works once."},
		"fr": {Subject: "{{ voucher.value }} sur votre panier", Body: "{{ greeting }},\n\nvotre panier est toujours là, et jusqu’au {{ voucher.until }} ce code vous offre {{ voucher.value }} de remise\u00a0:\n\n" + cartLinesText + "[Revenir au panier]({{ cart.url }})\n\nConnectez-vous avant de saisir le code\u00a0: il est à vous seul et valable une fois."},
		"de": {Subject: "{{ voucher.value }} auf Ihren Warenkorb", Body: "{{ greeting }},\n\nIhr Warenkorb ist noch da, und bis zum {{ voucher.until }} bringt dieser Code {{ voucher.value }} Rabatt:\n\n" + cartLinesText + "[Zum Warenkorb]({{ cart.url }})\n\nMelden Sie sich an, bevor Sie den Code eingeben; er gilt nur für Sie und nur einmal."},
	}
}

func reorderTexts() map[string]relance.EmailText {
	return map[string]relance.EmailText{
		"en": {Subject: "Thank you for your order", Body: "{{ greeting }},\n\nwe hope that you are happy with your order from {{ shop.name }}. For the next one, this code takes {{ voucher.value }} off, until {{ voucher.until }}. It is yours alone and works once; sign in before you enter it.\n\n[To the shop]({{ shop.url }})"},
		"fr": {Subject: "Merci pour votre commande", Body: "{{ greeting }},\n\nnous espérons que votre commande chez {{ shop.name }} vous plaît. Pour la prochaine, ce code vous offre {{ voucher.value }} de remise jusqu’au {{ voucher.until }}. Il est à vous seul et valable une fois\u00a0; connectez-vous avant de le saisir.\n\n[Vers la boutique]({{ shop.url }})"},
		"de": {Subject: "Danke für Ihre Bestellung", Body: "{{ greeting }},\n\nwir hoffen, dass Sie mit Ihrer Bestellung bei {{ shop.name }} zufrieden sind. Für die nächste bringt dieser Code {{ voucher.value }} Rabatt, bis zum {{ voucher.until }}. Er gilt nur für Sie und nur einmal; melden Sie sich an, bevor Sie ihn eingeben.\n\n[Zum Shop]({{ shop.url }})"},
	}
}

func bestTexts() map[string]relance.EmailText {
	return map[string]relance.EmailText{
		"en": {Subject: "A thank-you from {{ shop.name }}", Body: "{{ greeting }},\n\nyou are among our best customers. As a thank-you this code takes {{ voucher.value }} off your next order, until {{ voucher.until }}. It is yours alone and works once; sign in before you enter it.\n\n[To the shop]({{ shop.url }})"},
		"fr": {Subject: "Un merci de {{ shop.name }}", Body: "{{ greeting }},\n\nvous comptez parmi nos meilleurs clients. Pour vous remercier, ce code vous offre {{ voucher.value }} de remise sur votre prochaine commande jusqu’au {{ voucher.until }}. Il est à vous seul et valable une fois\u00a0; connectez-vous avant de le saisir.\n\n[Vers la boutique]({{ shop.url }})"},
		"de": {Subject: "Ein Dankeschön von {{ shop.name }}", Body: "{{ greeting }},\n\nSie gehören zu unseren besten Kunden. Als Dank bringt dieser Code {{ voucher.value }} Rabatt auf Ihre nächste Bestellung, bis zum {{ voucher.until }}. Er gilt nur für Sie und nur einmal; melden Sie sich an, bevor Sie ihn eingeben.\n\n[Zum Shop]({{ shop.url }})"},
	}
}

func inactiveTexts() map[string]relance.EmailText {
	return map[string]relance.EmailText{
		"en": {Subject: "It has been a while", Body: "{{ greeting }},\n\nit has been a while since your last order at {{ shop.name }}. If you like, have a look at what is new: this code takes {{ voucher.value }} off, until {{ voucher.until }}. It is yours alone and works once; sign in before you enter it.\n\n[To the shop]({{ shop.url }})"},
		"fr": {Subject: "Cela fait un moment", Body: "{{ greeting }},\n\nvotre dernière commande chez {{ shop.name }} date un peu. Venez voir les nouveautés si vous le souhaitez\u00a0: ce code vous offre {{ voucher.value }} de remise jusqu’au {{ voucher.until }}. Il est à vous seul et valable une fois\u00a0; connectez-vous avant de le saisir.\n\n[Vers la boutique]({{ shop.url }})"},
		"de": {Subject: "Lange nichts gehört", Body: "{{ greeting }},\n\nIhre letzte Bestellung bei {{ shop.name }} ist eine Weile her. Schauen Sie gern nach dem Neuen: Dieser Code bringt {{ voucher.value }} Rabatt, bis zum {{ voucher.until }}. Er gilt nur für Sie und nur einmal; melden Sie sich an, bevor Sie ihn eingeben.\n\n[Zum Shop]({{ shop.url }})"},
	}
}

func birthdayTexts() map[string]relance.EmailText {
	return map[string]relance.EmailText{
		"en": {Subject: "Happy birthday", Body: "{{ greeting }},\n\nhappy birthday from {{ shop.name }}! This code takes {{ voucher.value }} off, until {{ voucher.until }}. It is yours alone and works once; sign in before you enter it.\n\n[To the shop]({{ shop.url }})"},
		"fr": {Subject: "Joyeux anniversaire", Body: "{{ greeting }},\n\n{{ shop.name }} vous souhaite un joyeux anniversaire\u00a0! Ce code vous offre {{ voucher.value }} de remise jusqu’au {{ voucher.until }}. Il est à vous seul et valable une fois\u00a0; connectez-vous avant de le saisir.\n\n[Vers la boutique]({{ shop.url }})"},
		"de": {Subject: "Alles Gute zum Geburtstag", Body: "{{ greeting }},\n\n{{ shop.name }} wünscht Ihnen alles Gute zum Geburtstag! Dieser Code bringt {{ voucher.value }} Rabatt, bis zum {{ voucher.until }}. Er gilt nur für Sie und nur einmal; melden Sie sich an, bevor Sie ihn eingeben.\n\n[Zum Shop]({{ shop.url }})"},
	}
}

func recoveredTexts() map[string]relance.EmailText {
	return map[string]relance.EmailText{
		"en": {Subject: "Are you happy with your order?", Body: "{{ greeting }},\n\nwe hope that everything from your order at {{ shop.name }} is as you expected. If not, just reply to this e-mail and we will put it right."},
		"fr": {Subject: "Votre commande vous plaît-elle\u00a0?", Body: "{{ greeting }},\n\nnous espérons que votre commande chez {{ shop.name }} répond à vos attentes. Sinon, répondez simplement à cet e-mail et nous trouverons une solution."},
		"de": {Subject: "Sind Sie mit Ihrer Bestellung zufrieden?", Body: "{{ greeting }},\n\nwir hoffen, dass an Ihrer Bestellung bei {{ shop.name }} alles so ist, wie Sie es erwartet haben. Wenn nicht, antworten Sie einfach auf diese E-Mail, und wir bringen es in Ordnung."},
	}
}

func scannedTexts() map[string]relance.EmailText {
	return map[string]relance.EmailText{
		"en": {Subject: "Can we help you choose?", Body: "{{ greeting }},\n\nyou had a look at {{ shop.name }} after our letter. If something was unclear or missing, just reply to this e-mail: a person reads it and answers.\n\n[To the shop]({{ shop.url }})"},
		"fr": {Subject: "Pouvons-nous vous aider à choisir\u00a0?", Body: "{{ greeting }},\n\nvous êtes venu voir {{ shop.name }} après notre lettre. S’il manquait quelque chose ou si un point n’était pas clair, répondez simplement à cet e-mail\u00a0: une personne le lit et vous répond.\n\n[Vers la boutique]({{ shop.url }})"},
		"de": {Subject: "Können wir Ihnen bei der Auswahl helfen?", Body: "{{ greeting }},\n\nSie haben nach unserem Brief bei {{ shop.name }} hereingeschaut. Wenn etwas unklar war oder gefehlt hat, antworten Sie einfach auf diese E-Mail: Ein Mensch liest sie und antwortet.\n\n[Zum Shop]({{ shop.url }})"},
	}
}
