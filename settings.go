package relance

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// ShopSettings is how a shop speaks to its customers.
type ShopSettings struct {
	LegalEntity string // the controller of the customers' data
	Imprint     string
	SenderName  string
	SenderEmail string
	ReplyTo     string // empty: to the sender
	Language    string // ISO 639-1; where a customer's is not known
	Country     string // ISO 3166-1 alpha-2; where a customer's is not known
	// NoticeSince is since when people are told, as they give their address, that they get
	// e-mail on similar goods and may object; nil where they are not.
	NoticeSince *time.Time
	// DKIMSelector names the key that its mail is signed with; empty: the relay's.
	DKIMSelector string
	// FreeShippingFrom is the value of a cart, in the shop's currency, from which on shipping is
	// free; nil: as the shop itself tells.
	FreeShippingFrom *decimal.Decimal
	// DiscreetCategories are full names of product categories, such as "Wellness > Intimate".
	// No message names a product of them or of their children.
	DiscreetCategories []string
	Letters            LetterSettings
}

// LetterSettings is what a shop's letters look like, and who prints them.
type LetterSettings struct {
	Layout     string   // of the envelope, by name; empty: none chosen
	Address    []string // lines: where letters come back to, and objections go
	Details    []string // lines beside it: telephone, web
	Place      string   // before the date
	Signature  []string // lines: who signs
	PrivacyURL string   // of the page on data protection, as it is printed
	PrinterID  *uuid.UUID
}

// ShopSettingsChange is what to change of them; nil stays.
type ShopSettingsChange struct {
	LegalEntity, Imprint, SenderName, SenderEmail, ReplyTo, Language, Country, DKIMSelector *string
	NoticeSince                                                                             *time.Time
	NoNotice                                                                                bool             // people are not told any more; NoticeSince is nil then
	FreeShippingFrom                                                                        *decimal.Decimal // 0: as the shop itself tells
	DiscreetCategories                                                                      []string         // nil stays; empty: none
	Letters                                                                                 *LetterSettings  // as a whole
}

// MerchantChange is what to change of a merchant; nil stays.
type MerchantChange struct {
	Name                *string
	MainCurrency        *string
	AbandonAfterMinutes *int
	RelayContractOn     *time.Time // see Merchant
}
