package letter

import "github.com/relance/relance"

// Occasion names a ready text.
type Occasion string

// The classics.
const (
	SecondOrder  Occasion = "second-order"
	BestCustomer Occasion = "best-customer"
	Inactive     Occasion = "inactive"
	Abandoned    Occasion = "abandoned-cart" // it names no product: others may read it
)

// Occasions lists them.
func Occasions() []Occasion { return []Occasion{SecondOrder, BestCustomer, Inactive, Abandoned} }

// ForTrigger is the occasion of an event, empty where there is none ready.
func ForTrigger(k relance.TriggerKind) Occasion {
	switch k {
	case relance.TriggerOrderPlaced:
		return SecondOrder
	case relance.TriggerBestCustomer:
		return BestCustomer
	case relance.TriggerInactiveCustomer:
		return Inactive
	case relance.TriggerAbandonedCart:
		return Abandoned
	}
	return ""
}

// Ready is a text to begin with, for a step with a voucher, in English, French or German.
func Ready(o Occasion, language string) Text {
	switch language {
	case "fr":
		return readyFrench(o)
	case "de":
		return readyGerman(o)
	}
	return readyEnglish(o)
}

func readyEnglish(o Occasion) Text {
	t := Text{Closing: "With kind regards,"}
	switch o {
	case SecondOrder:
		t.Subject = "A small thank-you for your first order"
		t.Body = `{{ greeting }},

thank you for trusting {{ shop.name }} with your first order. We packed it with care and hope that it has given you as much pleasure as it gave us to send it.

Next time should be a little nicer still. The voucher below is yours alone. Type the code at the checkout or scan it, and it is taken off your next order.

If anything about your order was not as it should be, please tell us before anything else. We will put it right.`
	case BestCustomer:
		t.Subject = "For one of our best customers"
		t.Body = `{{ greeting }},

few people have ordered as faithfully from {{ shop.name }} over the past year as you have. We notice that, and we are grateful for it.

A letter seemed the right way to say so. With it comes a voucher that we give to very few people; use it for whatever you like.

And should there be something that you miss in our shop, or that we could do better, write back. Your letter will be read and answered by a person.`
	case Inactive:
		t.Subject = "It has been a while"
		t.Body = `{{ greeting }},

it has been some time since you last ordered from {{ shop.name }}. Perhaps nothing was needed; perhaps something was not to your liking. If so, we would be glad to hear it.

Much is new with us since then. So that looking around is worth your while, there is a voucher for you below. It is good in the whole shop and waits until the date that is printed on it.`
	case Abandoned:
		t.Subject = "May we help with your order?"
		t.Body = `{{ greeting }},

you had begun an order at {{ shop.name }} and did not finish it. That happens: the telephone rings, or a question stays open.

If something was unclear, ask us; our address is above, and a person answers. And if you would like to go on, the voucher below makes it a little easier.`
	}
	return t
}

func readyFrench(o Occasion) Text {
	t := Text{Closing: "Nous vous prions d’agréer nos salutations les meilleures."}
	switch o {
	case SecondOrder:
		t.Subject = "Un petit merci pour votre première commande"
		t.Body = `{{ greeting }},

merci d’avoir confié votre première commande à {{ shop.name }}. Nous l’avons préparée avec soin et espérons qu’elle vous a fait autant plaisir que nous en avons eu à vous l’envoyer.

La prochaine fois doit être encore un peu plus agréable : le bon ci-dessous n’est qu’à vous. Saisissez le code au moment de payer, ou scannez-le, et il sera déduit de votre prochaine commande.

Si quelque chose n’allait pas avec votre commande, dites-le-nous avant tout. Nous arrangerons cela.`
	case BestCustomer:
		t.Subject = "Pour l’un de nos clients les plus fidèles"
		t.Body = `{{ greeting }},

peu de personnes ont commandé chez {{ shop.name }} avec autant de fidélité que vous au cours de l’année passée. Nous le voyons, et nous vous en remercions.

Une lettre nous a semblé la bonne manière de vous le dire. Elle est accompagnée d’un bon que nous ne donnons qu’à très peu de personnes : utilisez-le pour ce qui vous plaira.

Et s’il vous manque quelque chose dans notre boutique, ou si nous pouvons faire mieux, répondez-nous. Votre lettre sera lue, et quelqu’un vous répondra.`
	case Inactive:
		t.Subject = "Cela fait quelque temps"
		t.Body = `{{ greeting }},

cela fait quelque temps que vous n’avez pas commandé chez {{ shop.name }}. Peut-être n’aviez-vous besoin de rien ; peut-être quelque chose ne vous a-t-il pas plu. Dans ce cas, nous serions heureux de le savoir.

Bien des choses ont changé chez nous depuis. Pour qu’un coup d’œil en vaille la peine, voici un bon à votre nom. Il est valable dans toute la boutique, jusqu’à la date imprimée dessus.`
	case Abandoned:
		t.Subject = "Pouvons-nous vous aider ?"
		t.Body = `{{ greeting }},

vous aviez commencé une commande chez {{ shop.name }} sans la terminer. Cela arrive : le téléphone sonne, ou une question reste ouverte.

Si quelque chose n’était pas clair, écrivez-nous : notre adresse est ci-dessus, et quelqu’un vous répondra. Et si vous souhaitez continuer, le bon ci-dessous vous y aidera un peu.`
	}
	return t
}

func readyGerman(o Occasion) Text {
	t := Text{Closing: "Mit freundlichen Grüßen"}
	switch o {
	case SecondOrder:
		t.Subject = "Ein kleiner Dank für Ihre erste Bestellung"
		t.Body = `{{ greeting }},

vielen Dank, dass Sie {{ shop.name }} Ihre erste Bestellung anvertraut haben. Wir haben sie mit Sorgfalt gepackt und hoffen, dass Sie ebenso viel Freude daran haben wie wir beim Versenden.

Beim nächsten Mal soll es noch etwas schöner sein: Der Gutschein unten gehört nur Ihnen. Geben Sie den Code an der Kasse ein oder scannen Sie ihn, dann wird er von Ihrer nächsten Bestellung abgezogen.

Falls mit Ihrer Bestellung etwas nicht stimmte, sagen Sie es uns bitte vor allem anderen. Wir bringen es in Ordnung.`
	case BestCustomer:
		t.Subject = "Für unsere treuesten Kundinnen und Kunden"
		t.Body = `{{ greeting }},

nur wenige haben im vergangenen Jahr so treu bei {{ shop.name }} bestellt wie Sie. Das sehen wir, und dafür danken wir Ihnen.

Ein Brief schien uns der richtige Weg, das zu sagen. Ihm liegt ein Gutschein bei, den wir nur sehr wenigen geben; lösen Sie ihn ein, wofür Sie mögen.

Und wenn Ihnen in unserem Shop etwas fehlt oder wir etwas besser machen können, schreiben Sie uns. Ihren Brief liest und beantwortet ein Mensch.`
	case Inactive:
		t.Subject = "Lange nichts voneinander gehört"
		t.Body = `{{ greeting }},

es ist einige Zeit her, dass Sie bei {{ shop.name }} bestellt haben. Vielleicht haben Sie nichts gebraucht; vielleicht hat Ihnen auch etwas nicht gefallen. Dann würden wir es gern erfahren.

Seither ist bei uns vieles neu. Damit sich ein Blick lohnt, finden Sie unten einen Gutschein. Er gilt im ganzen Shop, bis zu dem Tag, der darauf steht.`
	case Abandoned:
		t.Subject = "Dürfen wir Ihnen helfen?"
		t.Body = `{{ greeting }},

Sie hatten bei {{ shop.name }} eine Bestellung begonnen und nicht abgeschlossen. Das kommt vor: Das Telefon klingelt, oder eine Frage bleibt offen.

Falls etwas unklar war, fragen Sie uns; unsere Anschrift steht oben, und es antwortet ein Mensch. Und wenn Sie weitermachen möchten, macht es Ihnen der Gutschein unten etwas leichter.`
	}
	return t
}
