package export

import (
	"cmp"
	"strings"

	"github.com/relance/relance"
)

// column is a column of a list.
type column struct {
	title words
	width float64
	// digits: what looks like a number is a text, such as a phone number.
	digits bool
	cell   func(*person) any
}

// words are a text in English, French and German.
type words [3]string

func (l *list) say(w words) string {
	switch l.Choice.Language {
	case "fr":
		return w[1]
	case "de":
		return w[2]
	}
	return w[0]
}

// columnsOf lists the columns of a choice in their order.
func columnsOf(c *relance.ExportChoice) []column {
	if c.List == relance.ExportOutstanding {
		return outstanding
	}
	out := append([]column{}, always...)
	if c.OptedIn != "" {
		out = append(append([]column{}, names...), reached[c.OptedIn]...)
	}
	seen := map[relance.ExportColumn]bool{}
	for _, name := range c.Columns {
		if further, ok := optional[name]; ok && !seen[name] {
			out, seen[name] = append(out, further), true
		}
	}
	return out
}

var names = []column{ //nolint:gochecknoglobals // a table
	{words{"Client ID", "Identifiant client", "Kunden-ID"}, 38, true, func(a *person) any { return a.p.ID.String() }},
	{words{"First name", "Prénom", "Vorname"}, 18, false, func(a *person) any { return a.p.FirstName }},
	{words{"Last name", "Nom", "Nachname"}, 18, false, func(a *person) any { return a.p.LastName }},
}

var email = column{words{"Email", "E-mail", "E-Mail"}, 30, false, func(a *person) any { return a.mail() }} //nolint:gochecknoglobals // part of the table
var phone = column{words{"Phone", "Téléphone", "Telefon"}, 18, true, func(a *person) any {                 //nolint:gochecknoglobals // part of the table
	if len(a.p.Phones) == 0 {
		return nil
	}
	return a.p.Phones[0].Value
}}

// always are the columns of every list of everybody, in this order.
var always = append(append([]column{}, names...), //nolint:gochecknoglobals // a table
	email, phone,
	column{words{"Address", "Adresse", "Adresse"}, 42, false, func(a *person) any { return oneLine(a.place()) }},
	column{words{"Became a client", "Client depuis", "Kunde seit"}, 16, false, func(a *person) any { return a.dayOf(a.p.CreatedAt) }},
	column{words{"Memberships", "Adhésions", "Mitgliedschaften"}, 14, false, func(a *person) any { return howMany(len(a.p.Members)) }},
	column{words{"Active memberships", "Adhésions actives", "Aktive Mitgliedschaften"}, 20, false, func(a *person) any { return a.active() }},
	column{words{"Membership type", "Type d’adhésion", "Art der Mitgliedschaft"}, 22, false, func(a *person) any {
		return a.members(func(m *relance.Membership) string { return m.Type })
	}},
	column{words{"Membership rate", "Tarif d’adhésion", "Beitrag"}, 18, false, func(a *person) any {
		return a.members(func(m *relance.Membership) string { return m.Rate })
	}},
	column{words{"Membership status", "Statut d’adhésion", "Stand der Mitgliedschaft"}, 18, false, func(a *person) any {
		return a.members(func(m *relance.Membership) string { return a.say(statuses[m.Status]) })
	}},
	column{words{"Member since", "Membre depuis", "Mitglied seit"}, 16, false, func(a *person) any { return a.memberSince() }},
	column{words{"Photo uploaded", "Photo ajoutée", "Foto vorhanden"}, 16, false, func(a *person) any {
		if a.p.Photo != nil {
			return a.say(words{"yes", "oui", "ja"})
		}
		return a.say(words{"no", "non", "nein"})
	}},
	column{words{"Marketing preferences", "Préférences marketing", "Werbeeinwilligungen"}, 40, false, func(a *person) any { return a.preferences() }},
)

// reached are the columns of a list of people who opted in to a channel.
var reached = map[relance.ConsentChannel][]column{ //nolint:gochecknoglobals // a table
	relance.ChannelEmail: {email},
	relance.ChannelSMS:   {phone},
	relance.ChannelLetter: {
		{words{"Addressee", "Destinataire", "Empfänger"}, 24, false, func(a *person) any { x := a.place(); return strings.TrimSpace(x.FirstName + " " + x.LastName) }},
		{words{"Company in the address", "Société dans l’adresse", "Firma in der Anschrift"}, 24, false, func(a *person) any { return a.place().Company }},
		{words{"Street", "Rue", "Straße"}, 30, false, func(a *person) any { return a.place().Line1 }},
		{words{"Second line", "Complément d’adresse", "Adresszusatz"}, 24, false, func(a *person) any { return a.place().Line2 }},
		{words{"Postal code", "Code postal", "Postleitzahl"}, 12, true, func(a *person) any { return a.place().PostalCode }},
		{words{"City", "Ville", "Ort"}, 22, false, func(a *person) any { return a.place().City }},
		{words{"Country", "Pays", "Land"}, 10, false, func(a *person) any { return a.place().CountryCode }},
	},
}

var optional = map[relance.ExportColumn]column{ //nolint:gochecknoglobals // a table
	relance.ExportCompany:  {words{"Company", "Société", "Firma"}, 24, false, func(a *person) any { return a.p.Company }},
	relance.ExportLanguage: {words{"Language", "Langue", "Sprache"}, 10, false, func(a *person) any { return a.p.Language }},
	relance.ExportGroup: {words{"Group", "Groupe", "Gruppe"}, 18, false, func(a *person) any {
		if a.p.Group == nil {
			return nil
		}
		return a.p.Group.Name
	}},
	relance.ExportLabels: {words{"Labels", "Étiquettes", "Etiketten"}, 24, false, func(a *person) any {
		var out []string
		for _, l := range a.p.Labels {
			out = append(out, l.Name)
		}
		return joined(out)
	}},
	relance.ExportOrders: {words{"Orders", "Commandes", "Bestellungen"}, 12, false, func(a *person) any { return a.p.OrderCount }},
	relance.ExportSpent:  {words{"Spent ({currency})", "Dépensé ({currency})", "Ausgegeben ({currency})"}, 16, false, func(a *person) any { return amount(a.p.Spent.Amount) }},
	relance.ExportLastOrder: {words{"Last order", "Dernière commande", "Letzte Bestellung"}, 16, false, func(a *person) any {
		if a.p.LastOrderAt == nil {
			return nil
		}
		return a.dayOf(*a.p.LastOrderAt)
	}},
}

// outstanding are the columns of what business customers have not paid yet.
var outstanding = []column{ //nolint:gochecknoglobals // a table
	names[0],
	{words{"Company", "Société", "Firma"}, 24, false, func(a *person) any { return cmp.Or(a.owes.Company, a.p.Company) }},
	names[1], names[2],
	email, phone,
	{words{"Open orders", "Commandes impayées", "Offene Bestellungen"}, 14, false, func(a *person) any { return a.owes.Counts[a.nth] }},
	{words{"Outstanding", "Encours", "Offener Betrag"}, 16, false, func(a *person) any { return amount(a.owes.Amounts[a.nth].Amount) }},
	{words{"Currency", "Devise", "Währung"}, 10, false, func(a *person) any { return a.owes.Amounts[a.nth].Currency }},
	{words{"Oldest unpaid order", "Plus ancienne commande impayée", "Älteste offene Bestellung"}, 20, false, func(a *person) any { return a.dayOf(a.owes.OldestAt) }},
	{words{"Payment delay (days)", "Délai de paiement (jours)", "Zahlungsziel (Tage)"}, 20, false, func(a *person) any {
		if a.owes.PaymentDays == nil {
			return nil
		}
		return *a.owes.PaymentDays
	}},
	{words{"Due since", "Échéance", "Fällig seit"}, 16, false, func(a *person) any { return a.dayOf(a.owes.DueAt) }},
	{words{"Days over", "Jours de retard", "Tage überfällig"}, 14, false, func(a *person) any { return a.owes.DaysOver(a.Now) }},
	{words{"Authorised", "Encours autorisé", "Kreditrahmen"}, 16, false, func(a *person) any {
		if a.owes.Limit == nil {
			return nil
		}
		return amount(a.owes.Limit.Amount)
	}},
	{words{"Currency of the authorised amount", "Devise de l’encours autorisé", "Währung des Kreditrahmens"}, 30, false, func(a *person) any {
		if a.owes.Limit == nil {
			return nil
		}
		return a.owes.Limit.Currency
	}},
	{words{"Exceeded", "Dépassé", "Überschritten"}, 14, false, func(a *person) any { return a.exceeded() }},
}

// exceeded says whether the amount of the row is above what is authorised; blank where that is of another
// currency, or none.
func (a *person) exceeded() any {
	switch {
	case a.owes.Limit == nil || a.owes.Limit.Currency != a.owes.Amounts[a.nth].Currency:
		return nil
	case a.owes.Exceeded:
		return a.say(words{"yes", "oui", "ja"})
	}
	return a.say(words{"no", "non", "nein"})
}

var statuses = map[relance.MembershipStatus]words{ //nolint:gochecknoglobals // a table
	relance.MembershipActive: {"active", "active", "aktiv"},
	relance.MembershipPaused: {"paused", "suspendue", "pausiert"},
	relance.MembershipEnded:  {"ended", "terminée", "beendet"},
}

var channels = map[relance.ConsentChannel]words{ //nolint:gochecknoglobals // a table
	relance.ChannelEmail:  {"E-mail", "E-mail", "E-Mail"},
	relance.ChannelLetter: {"Letter", "Courrier", "Brief"},
	relance.ChannelSMS:    {"SMS", "SMS", "SMS"},
}

var answers = map[relance.ConsentState]words{ //nolint:gochecknoglobals // a table
	relance.ConsentGranted:   {"yes", "oui", "ja"},
	relance.ConsentConfirmed: {"yes, confirmed", "oui, confirmé", "ja, bestätigt"},
	relance.ConsentPending:   {"asked", "demandé", "angefragt"},
	relance.ConsentRefused:   {"no", "non", "nein"},
	relance.ConsentWithdrawn: {"withdrawn", "retiré", "widerrufen"},
}

func howMany(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

// active counts the memberships that hold; blank where there is no membership at all.
func (a *person) active() any {
	n := 0
	for _, m := range a.p.Members {
		if m.Status == relance.MembershipActive {
			n++
		}
	}
	if len(a.p.Members) == 0 {
		return nil
	}
	return n
}

// members joins a value of every membership, so that values at the same place belong together.
func (a *person) members(value func(*relance.Membership) string) any {
	out := make([]string, len(a.p.Members))
	for i := range a.p.Members {
		out[i] = value(&a.p.Members[i])
	}
	if strings.Trim(strings.Join(out, ""), " ") == "" {
		return nil
	}
	return strings.Join(out, "; ")
}

func (a *person) memberSince() any {
	if len(a.p.Members) == 1 {
		return a.dayOf(a.p.Members[0].Since)
	}
	return a.members(func(m *relance.Membership) string { return a.dayOf(m.Since).String() })
}

// preferences writes what holds of each, such as "E-mail: yes; E-mail (news): no".
func (a *person) preferences() any {
	var out []string
	for _, c := range a.p.Consents {
		said, ok := answers[c.State]
		if !ok {
			continue
		}
		name := a.say(channels[c.Channel])
		if c.Preference != "" {
			name += " (" + cmp.Or(c.Name, c.Preference) + ")"
		}
		out = append(out, name+": "+a.say(said))
	}
	return joined(out)
}

func oneLine(x relance.Address) any {
	var out []string
	for _, part := range []string{x.Company, x.Line1, x.Line2, strings.TrimSpace(x.PostalCode + " " + x.City), x.CountryCode} {
		if part != "" {
			out = append(out, part)
		}
	}
	return strings.Join(out, ", ")
}
