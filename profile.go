package relance

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// Profile is one person over all sources, with as much as was asked for.
type Profile struct {
	ID              uuid.UUID
	FirstName       string
	LastName        string
	Company         string
	Title           string
	Language        string
	Birthday        *time.Time
	CreatedAt       time.Time // became a client: the earliest date at any source
	OrderCount      int
	LastOrderAt     *time.Time
	LastContactedAt *time.Time // when a message last went out to the person; nil: never
	LetterScannedAt *time.Time // when the code of a letter to them was last scanned; nil: never
	NeedsReview     bool       // more records match than may be joined unseen
	Vacant          bool       // nothing is left of it: it is in no list
	AdminChanged    time.Time

	Spent      Money // in the merchant's main currency
	Returned   Money // in the merchant's main currency
	PerMoney   []ProfileMoney
	Emails     []Contact
	Phones     []Contact
	Addresses  []ProfileAddress
	Consents   []ProfileConsent
	Records    []Identity
	Labels     []Label
	Group      *ProfileGroup
	Photo      *ProfilePhoto    // nil: none
	Objections []ConsentChannel // to what the person objected, by a link or in their own words
	Notes      []Note
	Members    []Membership
	KeptApart  []uuid.UUID   // profiles that decisions keep apart from it
	Merges     []*MergeEntry // open entries that joined others into it
	HabitRows  map[HabitKind][]Habit
	Orders     map[string]*OrderPage // by the name under which they were asked for
	Carts      map[string]*CartPage
	Products   map[string]*PurchasePage
}

// SpentByCurrency gives the spent of every currency.
func (p *Profile) SpentByCurrency() []Money {
	out := make([]Money, len(p.PerMoney))
	for i, x := range p.PerMoney {
		out[i] = Money{Amount: x.Spent, Currency: x.Currency}
	}
	return out
}

// AverageOrder is the spent divided by the number of orders, zero without orders.
func (p *Profile) AverageOrder() Money {
	if p.OrderCount == 0 {
		return Money{Currency: p.Spent.Currency}
	}
	return Money{Amount: p.Spent.Amount.DivRound(decimal.NewFromInt(int64(p.OrderCount)), MoneyScale), Currency: p.Spent.Currency}
}

// Shops lists the shops that know the person, each once.
func (p *Profile) Shops() []*Shop {
	var out []*Shop
	for _, r := range p.Records {
		if r.Source.Shop != nil && !slices.Contains(out, r.Source.Shop) {
			out = append(out, r.Source.Shop)
		}
	}
	return out
}

// DisplayName is what to call the profile: name, else company, else e-mail address.
func (p *Profile) DisplayName() string {
	if n := strings.TrimSpace(p.FirstName + " " + p.LastName); n != "" {
		return n
	}
	if p.Company != "" {
		return p.Company
	}
	if len(p.Emails) > 0 {
		return p.Emails[0].Value
	}
	return ""
}

// ProfileMoney is a profile's figures in one currency.
type ProfileMoney struct {
	Currency    string
	OrderCount  int
	Spent       decimal.Decimal
	Returned    decimal.Decimal
	LastOrderAt *time.Time
}

// Contact is an e-mail address or phone number and the sources that have it.
type Contact struct {
	Value   string
	Sources []SourceRef
}

// Source is the first of the sources: the one whose record changed last.
func (c Contact) Source() SourceRef { return c.Sources[0] }

// SourceRef names a source; Shop is nil where the source is no shop.
type SourceRef struct {
	ID   uuid.UUID
	Kind SourceKind
	Shop *Shop
}

// MatchedBy says why a record belongs to its profile: the strongest thing it shares with
// the profile's other records.
type MatchedBy string

// ProfileAddress is a postal address with its source.
type ProfileAddress struct {
	Address
	Source SourceRef
	// TakenAt is when somebody took it from what the post reported; nil: it is the source's own.
	TakenAt *time.Time
	// Replaced tells that one that was taken so stands in for it.
	Replaced bool
}

// ProfileConsent is what holds for a channel and preference: of what the person said at
// all sources, the strictest.
type ProfileConsent struct {
	Channel    ConsentChannel
	Preference string
	State      ConsentState
	Since      *time.Time
	Source     string
	Proof      string
	RecordedAt time.Time
	Name       string // of the preference, as it is called now
}

// Identity is a customer record of a source that belongs to a profile, and why.
type Identity struct {
	CustomerID uuid.UUID
	Source     SourceRef
	ExternalID string
	Kind       IdentityKind
	MatchedBy  MatchedBy
	Active     bool
	DeletedAt  *time.Time
	Email      string
	Phone      string
	FirstName  string
	LastName   string
	Company    string
	GroupName  string
	Tags       []string
	Note       string
	Business   *Business
	CreatedAt  time.Time
}

// Shop is the shop that the record is of, nil where its source is none.
func (i Identity) Shop() *Shop { return i.Source.Shop }

// Label is a word that the merchant puts on profiles.
type Label struct {
	ID   uuid.UUID
	Name string
}

// ProfileGroup is the group that a profile is in.
type ProfileGroup struct {
	ID       uuid.UUID
	Name     string
	Discount *decimal.Decimal
	Since    time.Time
}

// Note is a private remark on a profile.
type Note struct {
	ID     uuid.UUID
	Body   string
	Author string
	At     time.Time
}

// HabitKind says what a habit counts.
type HabitKind string

// The kinds of habit.
const (
	HabitCategory HabitKind = "CATEGORY"
	HabitSize     HabitKind = "SIZE"
	HabitProduct  HabitKind = "PRODUCT"
)

// Habit is how much of something a person bought and kept.
type Habit struct {
	Value    string
	Quantity int64
}

// Likeness is a profile that a person may be, and why.
type Likeness struct {
	ProfileID uuid.UUID
	MatchedBy MatchedBy // the strongest thing they share; NONE: the name alone
}
