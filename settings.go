package relance

// ShopSettings is how a shop speaks to its customers.
type ShopSettings struct {
	LegalEntity string // the controller of the customers' data
	Imprint     string
	SenderName  string
	SenderEmail string
	ReplyTo     string // empty: to the sender
	Language    string // ISO 639-1; where a customer's is not known
}

// ShopSettingsChange is what to change of them; nil stays.
type ShopSettingsChange struct {
	LegalEntity, Imprint, SenderName, SenderEmail, ReplyTo, Language *string
}

// MerchantChange is what to change of a merchant; nil stays.
type MerchantChange struct {
	Name                *string
	MainCurrency        *string
	AbandonAfterMinutes *int
}
