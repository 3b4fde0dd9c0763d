package dossier

import (
	"strings"
	"time"
)

// words are a language: en, fr or de, by its place in the tables.
type words int

func in(language string) words {
	switch strings.ToLower(language + "  ")[:2] {
	case "fr":
		return 1
	case "de":
		return 2
	}
	return 0
}

func (t words) of(table map[string]string, key string) string {
	if all, ok := table[key]; ok {
		return strings.Split(all, "|")[t]
	}
	return strings.ReplaceAll(key, "_", " ")
}

func (t words) say(key string) string     { return t.of(phrases, key) }
func (t words) section(key string) string { return t.of(sections, key) }
func (t words) field(key string) string   { return t.of(fields, key) }

func (t words) table(key string) string {
	if _, ok := tables[key]; ok {
		return t.of(tables, key)
	}
	return t.section(key)
}

func (t words) when(at time.Time) string {
	return at.UTC().Format([]string{"2 Jan 2006 15:04", "02/01/2006 15:04", "02.01.2006 15:04"}[t]) + " UTC"
}

var phrases = map[string]string{ //nolint:gochecknoglobals // a table
	"title":              "Your personal data|Vos données personnelles|Ihre personenbezogenen Daten",
	"subject":            "About|Concernant|Über",
	"controller":         "Controller|Responsable du traitement|Verantwortlicher",
	"made_at":            "As of|État au|Stand",
	"about":              "This is everything that we hold about you in our customer system: where it comes from, what it is used for and who was given it. You may have it corrected or erased, object to its use, and complain to a supervisory authority.|Voici tout ce que nous conservons à votre sujet dans notre système clients : d’où viennent ces données, à quoi elles servent et à qui elles ont été transmises. Vous pouvez les faire rectifier ou effacer, vous opposer à leur utilisation et saisir une autorité de contrôle.|Das ist alles, was wir in unserem Kundensystem über Sie gespeichert haben: woher es stammt, wozu es dient und wer es erhalten hat. Sie können es berichtigen oder löschen lassen, der Nutzung widersprechen und sich bei einer Aufsichtsbehörde beschweren.",
	"nothing":            "Nothing.|Rien.|Nichts.",
	"page":               "Page|Page|Seite",
	"yes":                "yes|oui|ja",
	"no":                 "no|non|nein",
	"certificate":        "Certificate of erasure|Attestation d’effacement|Löschbescheinigung",
	"number":             "Number|Numéro|Nummer",
	"begun_by":           "Erased by|Effacé par|Gelöscht durch",
	"begun_at":           "Begun|Début|Begonnen",
	"finished_at":        "Finished|Fin|Abgeschlossen",
	"certified":          "The personal data of one person was erased from this system. This certificate names nobody.|Les données personnelles d’une personne ont été effacées de ce système. Cette attestation ne nomme personne.|Die personenbezogenen Daten einer Person wurden aus diesem System gelöscht. Diese Bescheinigung nennt niemanden.",
	"shop":               "Shop|Boutique|Shop",
	"shop_people":        "People erased, whom nobody else knew|Personnes effacées, inconnues ailleurs|Gelöschte Personen, die niemand sonst kannte",
	"shop_parted":        "People known elsewhere, who lost what this shop told of them|Personnes connues ailleurs, sans ce que cette boutique en disait|Anderswo bekannte Personen, ohne das, was dieser Shop über sie mitgeteilt hatte",
	"shop_certified":     "The personal data that this shop told was erased from this system, and the shop is disconnected. This certificate names nobody.|Les données personnelles transmises par cette boutique ont été effacées de ce système, et la boutique est déconnectée. Cette attestation ne nomme personne.|Die personenbezogenen Daten, die dieser Shop mitgeteilt hatte, wurden aus diesem System gelöscht, und der Shop ist getrennt. Diese Bescheinigung nennt niemanden.",
	"shop_kept_why":      "Amounts, days and goods of orders stay for bookkeeping and statistics, with the shop’s order number and without name, address or e-mail, as do counts of campaigns, the cost of letters and the catalogue. Of people who had said no to something here keyed sums stay, so that their no outlasts the shop; of the others none, as nobody of them asked to be forgotten. What people who stay said no to holds on.|Les montants, dates et articles des commandes restent pour la comptabilité et les statistiques, avec le numéro de commande de la boutique, sans nom, adresse ni e-mail, de même que les comptages des campagnes, le coût des lettres et le catalogue. Des empreintes à clé restent pour les personnes qui avaient dit non à quelque chose ici, afin que leur refus survive à la boutique ; aucune pour les autres, puisque aucune n’a demandé à être oubliée. Les refus des personnes qui restent sont conservés.|Beträge, Tage und Waren von Bestellungen bleiben für Buchhaltung und Statistik, mit der Bestellnummer des Shops und ohne Name, Adresse oder E-Mail, ebenso Zahlen von Kampagnen, die Kosten von Briefen und der Katalog. Von Personen, die hier zu etwas Nein gesagt hatten, bleiben Prüfsummen mit Schlüssel, damit ihr Nein den Shop überdauert; von den übrigen keine, da niemand von ihnen darum bat, vergessen zu werden. Was Personen, die bleiben, abgelehnt haben, gilt weiter.",
	"shop_elsewhere_why": "These were given data of the people before. What they keep is for them to erase.|Ceux-ci avaient reçu des données des personnes. Il leur revient d’effacer ce qu’ils conservent.|Diese hatten zuvor Daten der Personen erhalten. Was sie aufbewahren, müssen sie selbst löschen.",
	"erased":             "Erased (rows)|Effacé (lignes)|Gelöscht (Zeilen)",
	"kept":               "Kept without the person (rows)|Conservé sans la personne (lignes)|Ohne die Person behalten (Zeilen)",
	"kept_why":           "Amounts, days and goods of orders stay for bookkeeping and statistics, with the shop’s order number and without name, address or e-mail. Counts of campaigns and the cost of letters stay likewise. Keyed sums stay so that no pull, import or restored backup brings the person back.|Les montants, dates et articles des commandes restent pour la comptabilité et les statistiques, avec le numéro de commande de la boutique, sans nom, adresse ni e-mail. Les comptages des campagnes et le coût des lettres restent de même. Des empreintes à clé restent afin qu’aucune synchronisation, importation ou restauration ne fasse revenir la personne.|Beträge, Tage und Waren von Bestellungen bleiben für Buchhaltung und Statistik, mit der Bestellnummer des Shops und ohne Name, Adresse oder E-Mail. Ebenso bleiben Zahlen von Kampagnen und die Kosten von Briefen. Prüfsummen mit Schlüssel bleiben, damit kein Abruf, Import und keine Wiederherstellung die Person zurückbringt.", //nolint:misspell // French
	"elsewhere":          "With others|Chez des tiers|Bei anderen",
	"elsewhere_why":      "These were given data of the person before. What they keep is for them to erase.|Ceux-ci avaient reçu des données de la personne. Il leur revient d’effacer ce qu’ils conservent.|Diese hatten zuvor Daten der Person erhalten. Was sie aufbewahren, müssen sie selbst löschen.",
	"with_shop":          "Shop (customer records)|Boutique (fiches client)|Shop (Kundendatensätze)",
	"with_relay":         "Mail relay (e-mails)|Relais de messagerie (e-mails)|Mail-Relay (E-Mails)",
	"with_printer":       "Printer of letters (letters)|Imprimeur (lettres)|Briefdruckerei (Briefe)",

	"with_vouchers_left": "Vouchers that the shop could not be asked to revoke|Bons que la boutique n’a pas pu révoquer|Gutscheine, die der Shop nicht widerrufen konnte",
	"with_letters_left":  "Letters that the printer could not be asked for|Lettres que l’imprimeur n’a pas pu rappeler|Briefe, die die Druckerei nicht zurückrufen konnte",
}

var sections = map[string]string{ //nolint:gochecknoglobals // a table
	"person": "Person|Personne|Person", "records": "Customer records and their source|Fiches client et leur source|Kundendatensätze und ihre Herkunft", "addresses": "Addresses|Adresses|Adressen",
	"contacts": "Further contacts|Autres coordonnées|Weitere Kontakte", "consents": "Consents|Consentements|Einwilligungen", "confirmations": "Confirmations asked for|Confirmations demandées|Angefragte Bestätigungen", "objections": "Objections|Oppositions|Widersprüche", "orders": "Orders|Commandes|Bestellungen",
	"carts": "Carts|Paniers|Warenkörbe", "conversations": "Conversations with the shop|Échanges avec la boutique|Gespräche mit dem Shop", "campaigns": "Campaigns|Campagnes|Kampagnen", "messages": "Messages|Messages|Nachrichten",
	"letters": "Letters|Lettres|Briefe", "vouchers": "Vouchers|Bons|Gutscheine", "decisions": "Automatic decisions|Décisions automatiques|Automatische Entscheidungen", "labels": "Labels|Étiquettes|Etiketten", "notes": "Notes|Notes|Notizen",
	"tasks": "Tasks|Tâches|Aufgaben", "memberships": "Memberships|Adhésions|Mitgliedschaften", "figures": "Figures|Chiffres|Kennzahlen", "habits": "Buying habits|Habitudes d’achat|Kaufgewohnheiten", "changes": "Changes by our staff|Modifications par notre équipe|Änderungen durch unser Team",
	"merges": "Joined records|Fiches réunies|Zusammengeführte Datensätze", "imports": "Imported rows|Lignes importées|Importierte Zeilen", "requests": "Requests about your data|Demandes relatives à vos données|Anfragen zu Ihren Daten", //nolint:misspell // French
	"recipients": "Who was given your data|Destinataires de vos données|Empfänger Ihrer Daten", "segments": "Groups of customers that you are in now|Segments dont vous faites partie|Kundensegmente, in denen Sie jetzt sind",
}

var tables = map[string]string{ //nolint:gochecknoglobals // a table
	"customers": "Customer records|Fiches client|Kundendatensätze", "identity_keys": "Keys for matching|Clés de rapprochement|Schlüssel zur Zuordnung", "emails": "E-mails as sent|E-mails envoyés|E-Mails im Wortlaut", "messages": "Conversations with the shop|Échanges avec la boutique|Gespräche mit dem Shop",
	"letter_files": "Files of letters|Fichiers de lettres|Dateien von Briefen", "letter_scans": "Scans|Scans|Scans", "letter_events": "News of letters|Suivi des lettres|Nachrichten zu Briefen", "letter_stops": "Objections to letters|Oppositions aux lettres|Widersprüche gegen Briefe",
	"stopped_addresses": "Objections to e-mail|Oppositions aux e-mails|Widersprüche gegen E-Mail", "profile_changes": "Changes by staff|Modifications par l’équipe|Änderungen durch das Team", "profile_groups": "Group membership|Appartenance à un groupe|Gruppenzugehörigkeit", "profile_labels": "Labels|Étiquettes|Etiketten",
	"import_records": "Imported rows|Lignes importées|Importierte Zeilen", "import_errors": "Rows with errors|Lignes en erreur|Zeilen mit Fehlern", "import_parts": "Uploaded files|Fichiers téléversés|Hochgeladene Dateien", "imports": "Imports|Importations|Importe", "export_parts": "Exported files|Fichiers exportés|Exportierte Dateien",
	"exports": "Exports|Exports|Exporte", "enrolment_members": "Ways through campaigns|Parcours dans les campagnes|Wege durch Kampagnen", "follow_ups": "Counted messages|Messages comptés|Gezählte Nachrichten", "orders": "Orders (amounts, days, goods)|Commandes (montants, dates, articles)|Bestellungen (Beträge, Tage, Waren)",
	"refunds": "Refunds|Remboursements|Erstattungen", "audit": "Entries of the audit trail|Entrées du journal d’audit|Einträge im Prüfprotokoll", "profiles": "Profiles without a name|Profils sans nom|Profile ohne Namen", "privacy_requests": "Entries of the register|Entrées du registre|Einträge im Register", "due": "Waiting times|Délais|Wartezeiten",
	"quarantine": "Unreadable records|Fiches illisibles|Unlesbare Datensätze", "staged_rows": "Rows of a pull|Lignes d’une synchronisation|Zeilen eines Abrufs", "test_letters": "Test letters|Lettres d’essai|Testbriefe", "address_proposals": "Addresses from the post|Adresses de la poste|Adressen von der Post",
}

var fields = map[string]string{ //nolint:gochecknoglobals // a table
	"title": "Title|Titre|Bezeichnung", "first_name": "First name|Prénom|Vorname", "last_name": "Last name|Nom|Nachname", "company": "Company|Société|Firma", "language": "Language|Langue|Sprache", "birthday": "Birthday|Date de naissance|Geburtstag",
	"created_at": "Since|Depuis|Seit", "order_count": "Orders|Commandes|Bestellungen", "last_order_at": "Last order|Dernière commande|Letzte Bestellung", "group": "Group|Groupe|Gruppe", "source": "Source|Source|Quelle", "external_id": "Id there|Identifiant|Kennung dort",
	"kind": "Kind|Type|Art", "active": "Active|Actif|Aktiv", "email": "E-mail|E-mail|E-Mail", "phone": "Phone|Téléphone|Telefon", "customer_number": "Customer number|Numéro client|Kundennummer", "group_name": "Group in the shop|Groupe dans la boutique|Gruppe im Shop", "tags": "Tags|Mots-clés|Schlagworte",
	"note": "Note|Note|Notiz", "business": "Business|Entreprise|Unternehmen", "typed": "Typed by staff|Saisi par l’équipe|Vom Team eingegeben", "source_updated_at": "Changed there|Modifié le|Dort geändert", "deleted_at": "Deleted there|Supprimé le|Dort gelöscht", "matched_by": "Matched by|Rapproché par|Zugeordnet nach",
	"line1": "Street|Rue|Straße", "line2": "Addition|Complément|Zusatz", "postal_code": "Postal code|Code postal|Postleitzahl", "city": "City|Ville|Ort", "region": "Region|Région|Region", "country_code": "Country|Pays|Land", "country": "Country|Pays|Land", "vat_number": "VAT number|N° de TVA|USt-IdNr.",
	"value": "Value|Valeur|Wert", "channel": "Channel|Canal|Kanal", "preference": "Preference|Préférence|Präferenz", "state": "State|État|Status", "since": "Since|Depuis|Seit", "stated_by": "Stated by|Déclaré par|Angegeben durch", "proof": "Proof|Preuve|Nachweis", "recorded_at": "Recorded|Enregistré|Erfasst",
	"reason": "Reason|Motif|Grund", "at": "When|Quand|Wann", "lifted_at": "Taken back|Levée|Zurückgenommen", "number": "Number|Numéro|Nummer", "placed_at": "Placed|Passée le|Bestellt am", "shop_state": "State in the shop|État dans la boutique|Status im Shop", "paid": "Paid|Payée|Bezahlt", "currency": "Currency|Devise|Währung",
	"total": "Total|Total|Summe", "returned": "Refunded|Remboursé|Erstattet", "net": "Net|Net|Netto", "payment": "Payment|Paiement|Zahlung", "fulfilment": "Delivery|Livraison|Lieferung", "discount_codes": "Codes|Codes|Codes", "billing": "Billing address|Adresse de facturation|Rechnungsadresse", "delivery": "Delivery address|Adresse de livraison|Lieferadresse",
	"lines": "Articles|Articles|Artikel", "refunds": "Refunds|Remboursements|Erstattungen", "returns": "Returns|Retours|Retouren", "sku": "SKU|Référence|Artikelnummer", "quantity": "Quantity|Quantité|Menge", "returned_quantity": "Returned|Retourné|Zurück", "unit_price": "Unit price|Prix unitaire|Stückpreis", "options": "Options|Options|Optionen",
	"started_at": "Begun|Commencé|Begonnen", "active_at": "Last activity|Dernière activité|Zuletzt aktiv", "completed_at": "Completed|Terminé|Abgeschlossen", "gift": "Gift|Cadeau|Geschenk", "from_customer": "From the customer|Du client|Vom Kunden", "private": "Internal|Interne|Intern", "body": "Text|Texte|Text", "campaign": "Campaign|Campagne|Kampagne", //nolint:misspell // French
	"event_at": "Event|Événement|Ereignis", "entered_at": "Entered|Entré|Eingetreten", "holdout": "In the holdout group|Dans le groupe témoin|In der Kontrollgruppe", "ended_at": "Ended|Terminé|Beendet", "end_reason": "Ended by|Motif de fin|Beendet durch", "basis": "Legal basis|Base légale|Rechtsgrundlage", "due_at": "Due|Prévu|Fällig",
	"sent_at": "Sent|Envoyé|Gesendet", "variant": "Variant|Variante|Variante", "recipient": "Recipient|Destinataire|Empfänger", "subject": "Subject|Objet|Betreff", "body_text": "Text|Texte|Text", "made_at": "Made|Créé|Erstellt", "ordered_at": "Ordered|Commandé|Beauftragt", "posted_at": "Posted|Posté|Aufgegeben", "printer": "Printer|Imprimeur|Druckerei",
	"code": "Code|Code|Code", "pages": "Pages|Pages|Seiten", "scans": "Scans|Scans|Scans", "scanned_at": "First scanned|Premier scan|Zuerst gescannt", "scanned": "Scans|Scans|Scans", "by_a_person": "By a person|Par une personne|Von einer Person", "minimum": "Minimum order|Commande minimale|Mindestbestellung", "valid_from": "Valid from|Valable du|Gültig ab",
	"valid_until": "Valid until|Valable jusqu’au|Gültig bis", "redeemed_at": "Used|Utilisé|Eingelöst", "verdict": "Decision|Décision|Entscheidung", "until": "Until|Jusqu’à|Bis", "label": "Label|Étiquette|Etikett", "author": "By|Par|Durch", "due_on": "Due|Échéance|Fällig", "done_at": "Done|Fait|Erledigt", "type": "Type|Type|Art", "rate": "Rate|Tarif|Tarif",
	"status": "State|État|Status", "ends_on": "Ends|Fin|Endet", "price": "Price|Prix|Preis", "period": "Period|Période|Zeitraum", "payments": "Payments|Paiements|Zahlungen", "amount": "Amount|Montant|Betrag", "paid_on": "Paid|Payé|Bezahlt", "spent": "Spent|Dépensé|Ausgegeben", "what": "What|Quoi|Was", "values": "What changed|Modification|Was geändert wurde",
	"undone_at": "Undone|Annulé|Rückgängig", "file_name": "File|Fichier|Datei", "record": "Row|Ligne|Zeile", "received_on": "Received|Reçue le|Eingegangen", "requester": "Requester|Demandeur|Anfragender", "closed_at": "Closed|Clôturée|Abgeschlossen", "name": "Name|Nom|Name", "address": "Address|Adresse|Adresse", "given": "Records given|Éléments transmis|Übermittelte Datensätze",
	"segment": "Segment|Segment|Segment", "before": "Before|Avant|Vorher", "after": "After|Après|Nachher",
}
