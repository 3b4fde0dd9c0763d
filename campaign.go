package relance

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// CampaignState says whether a campaign sends.
type CampaignState string

// The states of a campaign.
const (
	CampaignDraft   CampaignState = "DRAFT"
	CampaignRunning CampaignState = "RUNNING"
	CampaignPaused  CampaignState = "PAUSED" // nobody enters, nothing is sent; it can go on
	CampaignEnded   CampaignState = "ENDED"  // for good
)

// TriggerKind is the kind of event that a campaign follows up.
type TriggerKind string

// The kinds of trigger.
const (
	TriggerAbandonedCart    TriggerKind = "ABANDONED_CART"
	TriggerOrderPlaced      TriggerKind = "ORDER_PLACED"
	TriggerBestCustomer     TriggerKind = "BEST_CUSTOMER"
	TriggerInactiveCustomer TriggerKind = "INACTIVE_CUSTOMER"
	TriggerBirthday         TriggerKind = "BIRTHDAY"
	TriggerLetterScanned    TriggerKind = "LETTER_SCANNED" // the recipient of a letter scanned its code
	TriggerCartRecovered    TriggerKind = "CART_RECOVERED"
	TriggerGroupJoined      TriggerKind = "GROUP_JOINED"      // people put the person into a customer group
	TriggerMembershipEnding TriggerKind = "MEMBERSHIP_ENDING" // a membership has an end that comes near
	TriggerOneTime          TriggerKind = "ONE_TIME"          // everybody of the audience, once
)

// Trigger is the event with its parameters; which of them count depends on the kind.
type Trigger struct {
	Kind TriggerKind `json:"kind"`
	// Shops limits the event to these shops; empty: every shop.
	Shops []uuid.UUID `json:"shops,omitempty"`
	// MinAge and MaxAge bound how long ago the event happened when somebody enters.
	MinAge time.Duration `json:"min_age,omitempty"`
	MaxAge time.Duration `json:"max_age,omitempty"`
	// Days is the window in which a best customer spent Amount, how long an inactive
	// customer has not ordered, or how many days before the birthday the event is.
	Days int `json:"days,omitempty"`
	// Amount in Currency is what a best customer spent at least, and the least value of a
	// cart. Amounts in other currencies do not count: nothing is converted.
	Amount   decimal.Decimal `json:"amount,omitzero"`
	Currency string          `json:"currency,omitempty"`
}

// ReentryPolicy says when somebody may enter a campaign again.
type ReentryPolicy string

// The policies of re-entry.
const (
	ReentryOnce      ReentryPolicy = "ONCE"
	ReentryEveryDays ReentryPolicy = "EVERY_N_DAYS"
	ReentryPerObject ReentryPolicy = "PER_OBJECT" // once for each cart, order or birthday
)

// Reentry is a policy with its number of days.
type Reentry struct {
	Policy ReentryPolicy `json:"policy"`
	Days   int           `json:"days,omitempty"` // of EVERY_N_DAYS
}

// Plan is what a campaign does. It is changed as a whole, each change is a version, and
// whoever has entered finishes on the version they entered.
type Plan struct {
	Trigger Trigger `json:"trigger"`
	// SegmentID or Audience says who may enter; neither: everybody.
	SegmentID *uuid.UUID `json:"segment_id,omitempty"`
	Audience  *Filter    `json:"audience,omitempty"`
	Reentry   Reentry    `json:"reentry"`
	// HoldoutPercent of those who would enter get nothing, to compare with: 0 to 50.
	HoldoutPercent int            `json:"holdout_percent"`
	Steps          []CampaignStep `json:"steps"`
	// ExpiresAfter is how late a message may be: after that it is not sent any more.
	ExpiresAfter time.Duration `json:"expires_after"`
	Budget       Budget        `json:"budget"`
	// ApproveFirst messages wait until somebody approves them.
	ApproveFirst int `json:"approve_first,omitempty"`
	// Letters is what there is to say of a plan that sends letters; nil: none.
	Letters *LetterTerms `json:"letters,omitempty"`
	// EndsAt is when the campaign ends by itself.
	EndsAt *time.Time `json:"ends_at,omitempty"`
	// ReachBack lets in events from before the start.
	ReachBack bool `json:"reach_back,omitempty"`
}

// Budget bounds how many messages a campaign sends; 0 is no bound.
type Budget struct {
	Daily int `json:"daily,omitempty"` // in a calendar day of the shop
	Total int `json:"total,omitempty"`
	// Of what letters cost to print and post, in Currency.
	DailyCost decimal.Decimal `json:"daily_cost,omitzero"`
	TotalCost decimal.Decimal `json:"total_cost,omitzero"`
	Currency  string          `json:"currency,omitempty"`
}

// LetterTerms is on what ground a campaign writes letters.
type LetterTerms struct {
	// BalancingTest is why the interest in writing outweighs the recipients' (GDPR 6 (1) f), as
	// somebody recorded it.
	BalancingTest string `json:"balancing_test"`
	// Prospects lets letters go to people who never bought.
	Prospects bool `json:"prospects,omitempty"`
}

// CampaignStep is one message of a campaign, or one thing that is noted about the person.
type CampaignStep struct {
	// Key stays over all versions of the campaign: what was sent under it is not sent again.
	Key string `json:"key"`
	// After is how long to wait, since entering or since the step before was sent.
	After   time.Duration `json:"after"`
	Voucher *Offer        `json:"voucher,omitempty"`
	// Email by language (ISO 639-1).
	Email map[string]EmailText `json:"email,omitempty"`
	// Letter by language: instead of an e-mail, or with both to those who may not be written to
	// by e-mail.
	Letter map[string]LetterText `json:"letter,omitempty"`
	// EmailPreference and LetterPreference are keys of the merchant's consent preferences that people must have said
	// yes to as well; "": the channel as a whole is asked for alone.
	EmailPreference  string `json:"email_preference,omitempty"`
	LetterPreference string `json:"letter_preference,omitempty"`
	// Label is put on the person, or Task set about them, instead of a message; "" and nil: neither.
	Label string    `json:"label,omitempty"`
	Task  *StepTask `json:"task,omitempty"`
	// B is a second variant that some get instead, to see which does better; nil: there is one.
	B *StepVariant `json:"b,omitempty"`
}

// Acts reports whether the step notes something about the person, and sends nothing.
func (s *CampaignStep) Acts() bool { return s.Label != "" || s.Task != nil }

// Preference is the consent preference that a channel of the step asks for; "": none.
func (s *CampaignStep) Preference(c ConsentChannel) string {
	if c == ChannelLetter {
		return s.LetterPreference
	}
	return s.EmailPreference
}

// StepTask is a task that a step sets.
type StepTask struct {
	Title string `json:"title"`
	// DueInDays is how many days after the step it is due.
	DueInDays  int        `json:"due_in_days,omitempty"`
	AssigneeID *uuid.UUID `json:"assignee_id,omitempty"` // nil: whoever has time
}

// StepVariant is what those get who are drawn for it.
type StepVariant struct {
	// Share of the people, in percent, who get it: 1 to 99.
	Share   int                   `json:"share"`
	Voucher *Offer                `json:"voucher,omitempty"`
	Email   map[string]EmailText  `json:"email,omitempty"`
	Letter  map[string]LetterText `json:"letter,omitempty"`
}

// MessageVariant says which of two variants of its step a message is; "" where there is one.
type MessageVariant string

// The variants.
const (
	VariantA MessageVariant = "A" // the step as it is
	VariantB MessageVariant = "B" // its second variant
)

// Told is the variant, nil where the step has one only.
func (v MessageVariant) Told() *MessageVariant {
	if v == "" {
		return nil
	}
	return &v
}

// As is the step as those get it who are drawn for a variant.
func (s *CampaignStep) As(v MessageVariant) *CampaignStep {
	if v != VariantB || s.B == nil {
		return s
	}
	b := *s
	b.Voucher, b.Email, b.Letter = s.B.Voucher, s.B.Email, s.B.Letter
	return &b
}

// Offer is the voucher that a step makes in the shop for each recipient.
type Offer struct {
	Kind    VoucherKind     `json:"kind"`
	Value   decimal.Decimal `json:"value,omitzero"`   // percent, or an amount in Currency
	Minimum decimal.Decimal `json:"minimum,omitzero"` // of the order, in Currency; 0: none
	// Currency of Value and Minimum; a shop in another currency does not get the voucher.
	Currency  string `json:"currency,omitempty"`
	ValidDays int    `json:"valid_days"`
	Prefix    string `json:"prefix,omitempty"` // of the code
}

// EmailText is an e-mail's text in one language: Liquid, its body in Markdown.
type EmailText struct {
	Subject   string `json:"subject"`
	Preheader string `json:"preheader,omitempty"`
	Body      string `json:"body"`
}

// LetterText is a letter's text in one language: Liquid, body and closing in Markdown. It names no
// product that somebody looked at: others may open it.
type LetterText struct {
	Subject string `json:"subject"`
	Body    string `json:"body"`              // greeting and all, up to the voucher
	Closing string `json:"closing,omitempty"` // after the voucher: the last words
}

// WritesLetters reports whether a step of the plan may send letters.
func (p *Plan) WritesLetters() bool {
	return p.hasText(func(s *CampaignStep) bool { return len(s.Letter) > 0 })
}

// WritesEmail reports whether a step of the plan may send e-mail.
func (p *Plan) WritesEmail() bool {
	return p.hasText(func(s *CampaignStep) bool { return len(s.Email) > 0 })
}

func (p *Plan) hasText(has func(*CampaignStep) bool) bool {
	return slices.ContainsFunc(p.Steps, func(s CampaignStep) bool { return has(&s) || s.B != nil && has(s.As(VariantB)) })
}

// Campaign is a plan with its state.
type Campaign struct {
	ID        uuid.UUID
	Name      string
	State     CampaignState
	Version   int
	Plan      Plan
	StartedAt *time.Time // the first start
	EndedAt   *time.Time
	CreatedAt time.Time
	UpdatedAt time.Time
	// Audience is the filter that holds: the plan's own, or the segment's as of now; nil is
	// everybody.
	Audience *Filter
	// Older holds the plans that people are still under way on, by version.
	Older map[int]Plan
	// Used is how much of the budget is used up.
	Used Budget
	// Made is how many messages there are of it, whatever became of them.
	Made int
}

// Segment is a saved filter.
type Segment struct {
	ID        uuid.UUID
	Name      string
	Filter    Filter
	CreatedAt time.Time
	UpdatedAt time.Time
}

// SendingRules are the merchant's rules for all campaigns together.
type SendingRules struct {
	StoppedAt *time.Time // somebody stopped all sending
	// CapCount messages in CapDays days are the most for one person, over all channels and
	// campaigns.
	CapCount int
	CapDays  int
	// Gap is the least time between two messages to one person.
	Gap time.Duration
	// HouseholdCap messages in CapDays days are the most for one household, and so many of its
	// people may hold an open voucher at a time; 0 is no bound.
	HouseholdCap, HouseholdVouchers int
	// QuietFrom and QuietUntil are hours of the day in the recipient's zone between which
	// nothing is sent; Sundays and public holidays are quiet all day.
	QuietFrom, QuietUntil int
}

// SendingRulesChange is what to change of the rules; nil stays.
type SendingRulesChange struct {
	CapCount, CapDays, GapHours, QuietFrom, QuietUntil, HouseholdCap, HouseholdVouchers *int
}
