package relance

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// PrivacyKind is what somebody asks about their own data.
type PrivacyKind string

// The kinds.
const (
	PrivacyAccess  PrivacyKind = "ACCESS"  // a copy of everything (GDPR 15 and 20)
	PrivacyErasure PrivacyKind = "ERASURE" // to be erased (GDPR 17)
)

// PrivacyChannel is how somebody asked.
type PrivacyChannel string

// The channels.
const (
	AskedByEmail   PrivacyChannel = "EMAIL"
	AskedByPhone   PrivacyChannel = "PHONE"
	AskedByLetter  PrivacyChannel = "LETTER"
	AskedInPerson  PrivacyChannel = "IN_PERSON"
	AskedAtShop    PrivacyChannel = "SHOP" // the shop's platform passed it on
	AskedOtherwise PrivacyChannel = "OTHER"
)

// PrivacyState is how far a request is.
type PrivacyState string

// The states.
const (
	PrivacyReceived   PrivacyState = "RECEIVED"
	PrivacyIdentified PrivacyState = "IDENTIFIED" // somebody made sure who asks
	PrivacyErasing    PrivacyState = "ERASING"    // there is no way back
	PrivacyDone       PrivacyState = "DONE"
	PrivacyRefused    PrivacyState = "REFUSED"
)

// PrivacyRequest is an entry of the register.
type PrivacyRequest struct {
	ID            uuid.UUID
	Kind          PrivacyKind
	Channel       PrivacyChannel
	State         PrivacyState
	ProfileID     *uuid.UUID
	ReceivedOn    time.Time // a day
	DueOn         time.Time // a day: the last on which it may be answered
	Requester     string
	Note          string
	Restricted    bool
	IdentifiedHow string
	IdentifiedBy  string
	IdentifiedAt  *time.Time
	Refusal       string
	CreatedBy     string
	CreatedAt     time.Time
	ClosedBy      string
	ClosedAt      *time.Time
	ShopID        *uuid.UUID
	WholeShop     bool     // the platform asks that all of the shop is erased
	Erasure       *Erasure // of ERASURE, once it has begun
	Profile       *Profile // where it is asked for
}

// Open reports whether the request waits for somebody.
func (r *PrivacyRequest) Open() bool { return r.State != PrivacyDone && r.State != PrivacyRefused }

// NewPrivacyRequest is a request to be entered.
type NewPrivacyRequest struct {
	Kind       PrivacyKind
	Channel    PrivacyChannel
	ProfileID  *uuid.UUID
	ReceivedOn time.Time
	Requester  string
	Note       string
	Restricted bool
	ShopID     *uuid.UUID // of SHOP
	ExternalID string     // of SHOP
}

// Check tidies a request up and gives the first error, at its field.
func (r *NewPrivacyRequest) Check(now time.Time) error {
	r.Requester, r.Note = strings.TrimSpace(r.Requester), strings.TrimSpace(r.Note)
	switch {
	case r.ProfileID == nil && r.Requester == "":
		return TellField("requester", "PRIVACY_REQUESTER")
	case utf8.RuneCountInString(r.Requester) > 200 || !plain(r.Requester):
		return TellField("requester", "PRIVACY_REQUESTER")
	case !shortText(r.Note):
		return TellField("note", "PRIVACY_NOTE")
	case r.ReceivedOn.After(now.Add(24*time.Hour)) || r.ReceivedOn.Before(now.AddDate(-1, 0, 0)):
		return TellField("receivedOn", "PRIVACY_RECEIVED")
	}
	return nil
}

// shortText reports whether s is a text of at most 2,000 characters.
func shortText(s string) bool {
	return utf8.RuneCountInString(s) <= 2000 && !strings.ContainsRune(s, 0)
}

// CheckPrivacyWords tidies what somebody writes about a request, which must not be empty.
func CheckPrivacyWords(field, s string) (string, error) {
	if s = strings.TrimSpace(s); s == "" || !shortText(s) {
		return "", TellField(field, "PRIVACY_WORDS")
	}
	return s, nil
}

// PrivacyDue is the last day on which a request may be answered: one month after it was received, the
// last of the month where that has no such day (GDPR 12 (3); Regulation 1182/71, article 3).
func PrivacyDue(received time.Time) time.Time {
	due := received.AddDate(0, 1, 0)
	if due.Day() != received.Day() {
		due = due.AddDate(0, 0, -due.Day())
	}
	return due
}

// ErasureStep is what an erasure does next. Each may be done again at any time.
type ErasureStep string

// The steps in their order.
const (
	EraseVouchers ErasureStep = "VOUCHERS" // open ones are revoked in the shops
	EraseLetters  ErasureStep = "LETTERS"  // what is not printed yet is called back
	EraseRecords  ErasureStep = "RECORDS"  // everything in the database, at once
	EraseDone     ErasureStep = "DONE"
)

// Erasure is the erasure of a person, and in the end its certificate. It names nobody.
type Erasure struct {
	ID         uuid.UUID
	RequestID  *uuid.UUID
	ProfileID  uuid.UUID
	Cause      string // REQUEST, RETENTION, RESTORED
	Step       ErasureStep
	Erased     map[string]int64 // rows, by table
	Kept       map[string]int64 // rows that stay without the person, and what others have
	BegunBy    string
	BegunAt    time.Time
	FinishedAt *time.Time
	Attempts   int
	Problem    *Sentence
}

// Suppressed tells of what keeps those away who were erased.
type Suppressed struct {
	People  int64 // how many were erased
	Sums    int64 // by how many keys they would be known
	Dropped int64 // records that came again and were left out
	LastAt  *time.Time
}

// DossierSection is a part of what is held about a person: orders, messages and so on.
type DossierSection struct {
	Key  string            `json:"key"`
	Rows []json.RawMessage `json:"rows"`
}

// Dossier is everything that is held about a person, to be handed to them.
type Dossier struct {
	Controller string           `json:"controller"` // the merchant
	MadeAt     time.Time        `json:"made_at"`
	Subject    string           `json:"subject"`
	Sections   []DossierSection `json:"sections"`
}
