package relance

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// ImportWhat says what the rows of a spreadsheet are.
type ImportWhat string

// What rows may be.
const (
	ImportCustomers ImportWhat = "CUSTOMERS"
	ImportOrders    ImportWhat = "ORDERS"
)

// ImportState says where an import stands.
type ImportState string

// The states of an import.
const (
	ImportUploading ImportState = "UPLOADING"
	ImportUploaded  ImportState = "UPLOADED" // its columns are to be named
	ImportChecking  ImportState = "CHECKING"
	ImportChecked   ImportState = "CHECKED" // what it would change is known
	ImportRunning   ImportState = "RUNNING"
	ImportDone      ImportState = "DONE"
	ImportFailed    ImportState = "FAILED"
	ImportUndoing   ImportState = "UNDOING"
	ImportUndone    ImportState = "UNDONE"
)

// ImportUndo is how long an import can be undone.
const ImportUndo = 30 * 24 * time.Hour

// MostImportBytes is how large a spreadsheet may be.
const MostImportBytes = 200 << 20

// MostImportRows is how many rows it may have.
const MostImportRows = 1_000_000

// Import is a spreadsheet that somebody uploaded, and what became of it.
type Import struct {
	ID         uuid.UUID
	FileName   string
	Bytes      int64
	Format     string
	Encoding   string
	Separator  string
	Header     []string
	Sample     [][]string
	What       ImportWhat
	Mapping    []string // a field for each column, or ""
	Currency   string
	Country    string
	DayFirst   bool
	List       string
	SourceID   *uuid.UUID
	ShopID     *uuid.UUID
	Scope      []uuid.UUID
	State      ImportState
	Cursor     int64
	Total      *int64
	Counts     ImportCounts
	Checked    *ImportCounts
	Cause      *Sentence
	Error      string
	Claims     int64
	Actor      string
	CreatedAt  time.Time
	StartedAt  *time.Time
	FinishedAt *time.Time
	UndoneAt   *time.Time
	Undoable   bool
}

// ImportCounts is what became of the rows, or would.
type ImportCounts struct {
	Added   int64 `json:"added"`
	Updated int64 `json:"updated"`
	Skipped int64 `json:"skipped"`
	Invalid int64 `json:"invalid"`
	Kept    int64 `json:"kept"`   // consents that were not taken
	Erased  int64 `json:"erased"` // rows about people who were erased: left out
}

// ImportError is a row that was not taken, or not as it stands.
type ImportError struct {
	Line   int64
	Field  string
	Cause  Sentence
	Stored bool
	Cells  []string
}

// ImportPlan is what somebody says of a spreadsheet.
type ImportPlan struct {
	What     ImportWhat
	Mapping  []string
	List     string
	ShopID   *uuid.UUID
	Currency string
	Country  string
	DayFirst bool
}

// importWords are the fields of customers with the words, folded, by which columns are recognised.
// The columns of our own export that nothing is taken from are not among them.
var importWords = map[ImportWhat]map[string]string{ //nolint:gochecknoglobals // a table that nobody writes to
	ImportCustomers: {
		"externalId": "client id|customer id|id client|identifiant|identifiant client|id|kunden id|kundenid|reference|externalid|external id", "title": "title|salutation|civilite|titre|anrede|gender|geschlecht",
		"firstName": "first name|firstname|given name|prenom|vorname", "lastName": "last name|lastname|surname|family name|nom|nom de famille|nachname|familienname",
		"fullName": "name|full name|nom complet|nom et prenom|vollstandiger name|kunde", "company": "company|organisation|societe|entreprise|firma|unternehmen",
		"email": "email|e mail|mail|email address|e mail address|adresse e mail|adresse email|courriel|e mail adresse", "phone": "phone|phone number|telephone|mobile|tel|portable|telefon|telefonnummer|handy|mobil",
		"language": "language|langue|sprache", "birthday": "birthday|date of birth|birth date|birthdate|date de naissance|anniversaire|naissance|geburtstag|geburtsdatum",
		"customerNumber": "customer number|numero client|numero de client|kundennummer|kundennr|n client", "createdAt": "became a client|created|created at|customer since|client depuis|devenu client|date de creation|kunde seit|angelegt|erstellt",
		"tags": "tags|labels|etiquettes|schlagworte", "note": "note|notes|comment|commentaire|remarque|notiz|bemerkung|kommentar",
		"address": "address|adresse|anschrift|postal address", "line1": "street|address line 1|address 1|rue|adresse 1|strasse|strasse und hausnummer", "line2": "address line 2|address 2|complement|adresse 2|adresszusatz",
		"postalCode": "postal code|postcode|zip|zip code|code postal|cp|plz|postleitzahl", "city": "city|town|ville|ort|stadt", "region": "region|state|province|bundesland", "countryCode": "country|country code|pays|land",
		"consent": "consent|opt in|newsletter|consentement|einwilligung", "consentSince": "consent date|date du consentement|datum der einwilligung|opt in date", "consentProof": "consent proof|proof|preuve|nachweis",
	},
	ImportOrders: {
		"externalId": "order id|order|order number|id commande|commande|numero de commande|bestellung|bestellnummer|auftragsnummer|id|reference", "customerExternalId": "client id|customer id|id client|identifiant client|kunden id|kundennummer",
		"email": "email|e mail|mail|courriel|e mail adresse|email address", "placedAt": "date|order date|placed at|date de commande|bestelldatum|datum", "state": "state|status|etat|statut|zustand",
		"total": "total|amount|montant|total ttc|betrag|summe|gesamt", "currencyCode": "currency|devise|wahrung", "shipping": "shipping|frais de port|livraison|versand|versandkosten", "discount": "discount|remise|rabatt",
		"tax": "tax|vat|tva|mwst|steuer", "payment": "payment|payment method|paiement|zahlung|zahlungsart", "note": "note|comment|commentaire|bemerkung",
		"title": "product|item|title|produit|article|produkt|artikel", "sku": "sku|article number|artikelnummer", "quantity": "quantity|qty|quantite|menge|anzahl", //nolint:misspell // French
	},
}

// ImportFields lists the fields that columns may be mapped to.
func ImportFields(w ImportWhat) []string { return sortedFields(importWords[w]) }

func sortedFields(m map[string]string) (out []string) {
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// GuessMapping finds out what columns mean by their folded headers; each field once.
func GuessMapping(w ImportWhat, folded []string) []string {
	out := make([]string, len(folded))
	for i, h := range folded {
		for field, words := range importWords[w] {
			if slices.Contains(strings.Split(words, "|"), h) && !slices.Contains(out, field) {
				out[i] = field
			}
		}
	}
	return out
}

// Check tidies the plan up for a file of so many columns, and gives the first error.
func (p *ImportPlan) Check(columns int) error {
	words := importWords[p.What]
	if len(p.Mapping) != columns {
		return TellField("mapping", "IMPORT_MAPPING")
	}
	seen := map[string]bool{}
	for _, f := range p.Mapping {
		if _, known := words[f]; f != "" && (!known || seen[f]) {
			return TellField("mapping", "IMPORT_MAPPING")
		}
		seen[f] = true
	}
	names := seen["email"] || seen["phone"] || seen["lastName"] || seen["fullName"] || seen["company"] || seen["customerNumber"] || seen["externalId"]
	if p.What == ImportCustomers && !names || p.What == ImportOrders && (!seen["externalId"] || !seen["placedAt"] || !seen["total"]) {
		return TellField("mapping", "IMPORT_TOO_LITTLE")
	}
	if p.What == ImportOrders && p.ShopID == nil {
		return TellField("shopId", "ORDERS_NEED_SHOP")
	}
	if p.List = tidy(p.List); p.List == "" || !plain(p.List) || len([]rune(p.List)) > 100 {
		return TellField("list", "IMPORT_LIST")
	}
	if p.Country = strings.ToUpper(strings.TrimSpace(p.Country)); p.Country != "" && (len(p.Country) != 2 || !letters(p.Country)) {
		return TellField("country", "COUNTRY_FORM")
	}
	if p.Currency != "" {
		c, err := ParseCurrency(p.Currency)
		if err != nil {
			return TellField("currency", "CURRENCY_FORM")
		}
		p.Currency = c
	}
	return nil
}

// Cell reads the cells of a row by field.
func (p *ImportPlan) Cell(cells []string) func(field string) string {
	return func(field string) string {
		i := slices.Index(p.Mapping, field)
		if i < 0 || i >= len(cells) {
			return ""
		}
		s := strings.TrimSpace(cells[i])
		if len(s) > 1 && s[0] == '\'' && strings.ContainsRune("=+-@", rune(s[1])) {
			s = s[1:] // put there so that no spreadsheet takes it for a formula
		}
		return s
	}
}

// Customer is what a row says of a customer. What cannot be told apart (a full name, an address in one
// cell) is taken apart as far as that is sure. serial reads days that are numbers.
func (p *ImportPlan) Customer(cells []string, serial func(string) (time.Time, bool)) CustomerUpsert {
	at := p.Cell(cells)
	day := func(field string) string { return p.day(at(field), serial) }
	u := CustomerUpsert{ExternalID: at("externalId"), Title: titleOf(at("title")), FirstName: at("firstName"), LastName: at("lastName"), Company: at("company"),
		Email: at("email"), Phone: at("phone"), Language: languageOf(at("language")), Birthday: day("birthday"), CustomerNumber: at("customerNumber"), CreatedAt: day("createdAt"), Note: at("note")}
	if full := at("fullName"); full != "" && u.LastName == "" {
		u.FirstName, u.LastName = nameParts(full)
	}
	for t := range strings.FieldsFuncSeq(at("tags"), func(r rune) bool { return r == ',' || r == ';' }) {
		u.Tags = append(u.Tags, t)
	}
	a := Address{Line1: at("line1"), Line2: at("line2"), PostalCode: at("postalCode"), City: at("city"), Region: at("region")}
	a.CountryCode = cmp.Or(CountryOf(at("countryCode")), p.Country)
	if a.Line1+a.PostalCode+a.City != "" {
		u.Addresses = []Address{a} // one that lacks something is refused
	} else if a = p.oneCell(at("address")); a.Line1 != "" && a.City != "" && a.CountryCode != "" {
		u.Addresses = []Address{a}
	}
	if c := at("consent"); c != "" {
		u.Consents = []ConsentUpsert{{Channel: ChannelEmail, State: consentOf(c), Since: day("consentSince"), Proof: at("consentProof")}}
	}
	return u
}

// Order is what a row says of an order.
func (p *ImportPlan) Order(cells []string, serial func(string) (time.Time, bool)) OrderUpsert {
	at := p.Cell(cells)
	u := OrderUpsert{ExternalID: at("externalId"), CustomerExternalID: at("customerExternalId"), Email: at("email"), PlacedAt: p.day(at("placedAt"), serial), State: stateOf(at("state")),
		CurrencyCode: cmp.Or(at("currencyCode"), p.Currency), Total: number(at("total")), Shipping: number(at("shipping")), Discount: number(at("discount")), Tax: number(at("tax")),
		Payment: at("payment"), Note: at("note")}
	if title := at("title"); title != "" {
		n, err := strconv.Atoi(cmp.Or(at("quantity"), "1"))
		if err != nil {
			n = 0 // is refused
		}
		u.Lines = []OrderLineUpsert{{Title: title, SKU: at("sku"), Quantity: n, Total: u.Total}}
	}
	return u
}

var (
	dayParts  = regexp.MustCompile(`^(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?:[ T].*)?$`)
	yearFirst = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?$`)
	townPart  = regexp.MustCompile(`^(?:[A-Z]{1,2}-)?(\d{4,5})\s+(\S.*)$`)
)

// day writes a day as YYYY-MM-DD where it can be read; the rest is left for the check to refuse.
func (p *ImportPlan) day(s string, serial func(string) (time.Time, bool)) string {
	if m := yearFirst.FindStringSubmatch(s); m != nil {
		return m[1] + "-" + two(m[2]) + "-" + two(m[3])
	}
	if m := dayParts.FindStringSubmatch(s); m != nil {
		d, month, year := m[1], m[2], m[3]
		if !p.DayFirst && !strings.Contains(s, ".") {
			d, month = month, d
		}
		if len(year) == 2 {
			if year = "19" + year; year < "1930" {
				year = "20" + year[2:]
			}
		}
		return year + "-" + two(month) + "-" + two(d)
	}
	if at, ok := serial(s); ok {
		return at.Format(time.DateOnly)
	}
	return s
}

func two(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// oneCell takes an address in one cell apart: its parts by commas or lines, the town behind its postal code.
func (p *ImportPlan) oneCell(s string) Address {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '\n' || r == ';' })
	a := Address{CountryCode: p.Country}
	for i, part := range parts {
		part = tidy(part)
		m := townPart.FindStringSubmatch(part)
		switch {
		case m != nil && i > 0 && a.City == "":
			a.PostalCode, a.City = m[1], m[2]
		case a.City == "" && a.Line1 == "":
			a.Line1 = part
		case a.City == "":
			a.Line2 = tidy(a.Line2 + " " + part)
		default:
			a.CountryCode = cmp.Or(CountryOf(part), a.CountryCode)
		}
	}
	return a
}

// nameParts takes a full name apart: "Keller, Anna" or "Anna Keller".
func nameParts(s string) (first, last string) {
	if l, f, ok := strings.Cut(s, ","); ok {
		return tidy(f), tidy(l)
	}
	if i := strings.LastIndexByte(s, ' '); i > 0 {
		return tidy(s[:i]), s[i+1:]
	}
	return "", s
}

// CountryOf reads a country's code or name in the languages of the dashboard; "" for others.
func CountryOf(s string) string {
	s = strings.ToLower(tidy(s))
	for code, names := range map[string]string{"FR": "france|frankreich", "DE": "germany|deutschland|allemagne", "AT": "austria|österreich|autriche", "CH": "switzerland|schweiz|suisse",
		"BE": "belgium|belgien|belgique", "LU": "luxembourg|luxemburg", "NL": "netherlands|niederlande|pays-bas", "IT": "italy|italien|italie", "ES": "spain|spanien|espagne", "GB": "united kingdom|großbritannien|royaume-uni"} {
		if slices.Contains(strings.Split(names, "|"), s) {
			return code
		}
	}
	if s = strings.ToUpper(s); len(s) == 2 && letters(s) {
		return s
	}
	return ""
}

func titleOf(s string) string {
	switch strings.ToLower(strings.Trim(s, ". ")) {
	case "mr", "m", "monsieur", "herr", "male", "männlich", "homme":
		return "MR"
	case "mrs", "ms", "mme", "madame", "frau", "female", "weiblich", "femme":
		return "MRS"
	}
	return ""
}

func languageOf(s string) string {
	switch s = strings.ToLower(s); s {
	case "english", "anglais", "englisch":
		return "en"
	case "french", "français", "französisch":
		return "fr"
	case "german", "allemand", "deutsch":
		return "de"
	}
	return s
}

// consentOf reads a yes or a no; anything else is left for the check to refuse.
func consentOf(s string) ConsentState {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "yes", "y", "1", "true", "oui", "o", "ja", "j", "x", "granted":
		return ConsentGranted
	case "confirmed":
		return ConsentConfirmed
	case "no", "n", "0", "false", "non", "nein", "refused":
		return ConsentRefused
	case "withdrawn":
		return ConsentWithdrawn
	}
	return ConsentUnknown
}

func stateOf(s string) OrderState {
	switch strings.ToLower(s) {
	case "open", "pending", "unpaid", "en attente", "offen":
		return OrderOpen
	case "shipped", "expédié", "expédiée", "versendet", "versandt":
		return OrderShipped
	case "delivered", "livré", "livrée", "geliefert", "zugestellt":
		return OrderDelivered
	case "cancelled", "canceled", "annulé", "annulée", "storniert":
		return OrderCancelled
	case "refunded", "remboursé", "remboursée", "erstattet":
		return OrderRefunded
	}
	return OrderPaid
}

// number writes an amount with a point: "1.234,50 €" and "1,234.50" are 1234.50.
func number(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '€' || r == '$' || r == '£' || r == ' ' || r == '\u00a0' || r == '\u202f' || r == '\'' {
			return -1
		}
		return r
	}, s)
	comma, point := strings.LastIndexByte(s, ','), strings.LastIndexByte(s, '.')
	switch {
	case comma > point:
		return strings.ReplaceAll(strings.ReplaceAll(s, ".", ""), ",", ".")
	case comma >= 0:
		return strings.ReplaceAll(s, ",", "")
	}
	return s
}
