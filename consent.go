package relance

import (
	"strings"
	"time"

	"github.com/google/uuid"
)

// ConsentPreference is something that the merchant asks people about on a channel, such as a newsletter.
type ConsentPreference struct {
	ID      uuid.UUID
	Channel ConsentChannel
	// Key is what stands in the ledger: its first name, which never changes. Empty: the channel as a whole.
	Key       string
	Name      string
	Wording   ConsentWording
	Version   int // grows with each change
	Earlier   []EarlierWording
	RetiredAt *time.Time
}

// EarlierWording is what a preference was called, and what people were shown, before it was changed.
type EarlierWording struct {
	Version int
	Name    string
	Wording ConsentWording
	At      time.Time // since when
	Actor   string    // who wrote it, by name
}

// ConsentWording is what people are shown when they are asked, by language; at least one.
type ConsentWording struct {
	En string `json:"en,omitempty"`
	Fr string `json:"fr,omitempty"`
	De string `json:"de,omitempty"`
}

// ByLanguage gives the wordings that there are.
func (w ConsentWording) ByLanguage() map[string]string {
	out := map[string]string{}
	for language, text := range map[string]string{"en": w.En, "fr": w.Fr, "de": w.De} {
		if text != "" {
			out[language] = text
		}
	}
	return out
}

// Bounds of what is said about consents, in characters.
const (
	mostPreferenceName = 60
	mostWording        = 1000
	mostConsentProof   = 500
)

// Check tidies a preference up and gives the first error, at its field.
func (p *ConsentPreference) Check() error {
	p.Name = tidy(p.Name)
	switch {
	case p.Channel != ChannelEmail && p.Channel != ChannelLetter && p.Channel != ChannelSMS:
		return TellField("channel", "TEXT_FORM")
	case p.Name == "" || len([]rune(p.Name)) > mostPreferenceName || !plain(p.Name):
		return TellField("name", "GROUP_NAME")
	}
	for _, x := range []struct {
		field string
		text  *string
	}{{"en", &p.Wording.En}, {"fr", &p.Wording.Fr}, {"de", &p.Wording.De}} {
		if *x.text = tidy(*x.text); len([]rune(*x.text)) > mostWording || !plain(*x.text) {
			return TellField(x.field, "WORDING_FORM")
		}
	}
	if p.Wording == (ConsentWording{}) {
		return TellField("en", "WORDING_NEEDED")
	}
	return nil
}

// StandardWording is what is shown for a channel as a whole.
func StandardWording(c ConsentChannel) ConsentWording {
	switch c {
	case ChannelLetter:
		return ConsentWording{En: "I would like to receive offers and news by letter.", Fr: "Je souhaite recevoir des offres et des actualités par courrier.", De: "Ich möchte Angebote und Neuigkeiten per Brief erhalten."}
	case ChannelSMS:
		return ConsentWording{En: "I would like to receive offers and news by SMS.", Fr: "Je souhaite recevoir des offres et des actualités par SMS.", De: "Ich möchte Angebote und Neuigkeiten per SMS erhalten."}
	default:
		return ConsentWording{En: "I would like to receive offers and news by e-mail.", Fr: "Je souhaite recevoir des offres et des actualités par e-mail.", De: "Ich möchte Angebote und Neuigkeiten per E-Mail erhalten."}
	}
}

// ConsentHow is how somebody said yes or no.
type ConsentHow string

// The ways.
const (
	HowForm   ConsentHow = "FORM"
	HowPhone  ConsentHow = "PHONE"
	HowInShop ConsentHow = "IN_SHOP"
	HowLetter ConsentHow = "LETTER"
)

// HandConsent is a yes or a no that somebody of the merchant writes down.
type HandConsent struct {
	// ShopID is a shop of the legal entity that it is given to: no other may use it.
	ShopID     uuid.UUID
	Channel    ConsentChannel
	Preference string // its key; empty: the channel as a whole
	Given      bool
	Since      time.Time // the day
	How        ConsentHow
	Proof      string
	// LiftObjection: the person asks for it though they objected before.
	LiftObjection bool
	// AskByEmail: it counts once the person confirms it by a link that is mailed to them.
	AskByEmail bool
}

// Check tidies it up and gives the first error, at its field.
func (h *HandConsent) Check(today time.Time) error {
	h.Proof, h.Preference = strings.TrimSpace(h.Proof), tidy(h.Preference)
	switch {
	case h.Channel != ChannelEmail && h.Channel != ChannelLetter && h.Channel != ChannelSMS:
		return TellField("channel", "TEXT_FORM")
	case h.Since.Year() < 2000 || h.Since.After(today):
		return TellField("since", "CONSENT_DAY")
	case h.How != HowForm && h.How != HowPhone && h.How != HowInShop && h.How != HowLetter:
		return TellField("how", "TEXT_FORM")
	case h.Given && h.Proof == "":
		return TellField("proof", "CONSENT_PROOF_NEEDED")
	case len([]rune(h.Proof)) > mostConsentProof || !plain(strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(h.Proof)):
		return TellField("proof", "CONSENT_PROOF_FORM")
	case h.AskByEmail && (h.Channel != ChannelEmail || !h.Given):
		return TellField("askByEmail", "OPT_IN_EMAIL_ONLY")
	}
	return nil
}

// Source is how the ledger says that it is known.
func (h *HandConsent) Source() string { return "hand:" + strings.ToLower(string(h.How)) }

// ConsentWord is what holds of one record or, by hand, one controller: what the strictest is chosen from.
type ConsentWord struct {
	Channel        ConsentChannel
	Preference     string
	Name           string // of the preference, as it is called now
	State          ConsentState
	Since          *time.Time
	RecordedAt     time.Time
	Source         string
	Origin         string // the shop or list whose record it is
	Proof          string
	Controller     string // to whom it was given by hand; empty: to the record's own shop
	WordingVersion *int
	Actor          string // who wrote it down, as people call them
}

// The limits of confirmations by e-mail.
const (
	OptInLasts   = 14 * 24 * time.Hour // after which the link is over and an unconfirmed request is erased
	OptInsAYear  = 3                   // to a person and controller
	OptInCounted = 365 * 24 * time.Hour
)

// OptInState says how far a request to confirm a consent is.
type OptInState string

// The states.
const (
	OptInDue       OptInState = "DUE"
	OptInSending   OptInState = "SENDING"
	OptInSent      OptInState = "SENT"
	OptInFailed    OptInState = "FAILED"
	OptInUncertain OptInState = "UNCERTAIN" // it may have gone out; it is not sent again
	OptInConfirmed OptInState = "CONFIRMED"
	OptInExpired   OptInState = "EXPIRED" // nobody confirmed it
	OptInEnded     OptInState = "ENDED"   // taken back, or the person said no meanwhile
)

// OptIn is a request to confirm a consent by e-mail.
type OptIn struct {
	ID             uuid.UUID
	CustomerID     uuid.UUID
	ShopID         uuid.UUID
	ShopName       string
	Controller     string
	Preference     string
	Name           string // of the preference
	WordingVersion int
	Wording        string
	Language       string
	Address        string
	State          OptInState
	Lift           bool
	Cause          *Sentence
	RequestedAt    time.Time
	ExpiresAt      time.Time
	SentAt         *time.Time
	ConfirmedAt    *time.Time
}

// Open reports whether the request can still be confirmed, as its state is now.
func (o *OptIn) Open(state OptInState, now time.Time) bool {
	return state != OptInConfirmed && state != OptInExpired && state != OptInEnded && now.Before(o.ExpiresAt)
}

// OptInTask is a confirmation to be mailed.
type OptInTask struct {
	MerchantID uuid.UUID
	ID         uuid.UUID
	Attempt    int // made before
}

// OptInPage is what stands behind the link of a request.
type OptInPage struct {
	ShopName, Language, Wording, Name, Controller, Imprint string
	Confirmed                                              bool
	Over                                                   bool // expired, taken back, or spoken over by a no
}

// PersonConsents is all that a person said, by record and controller, and what they were asked to confirm.
type PersonConsents struct {
	Words  []ConsentWord
	OptIns []OptIn
}
