package relance

import (
	"time"

	"github.com/google/uuid"
)

// User is somebody of the merchant's staff who signs in.
type User struct {
	ID         uuid.UUID
	Email      string
	Name       string
	Role       Role
	ShopIDs    []uuid.UUID // empty: all shops
	Shops      []*Shop     // the shops of ShopIDs, where they were asked for; nil: all
	Language   string      // en, fr, de; empty: the browser's
	TwoFactor  bool        // a code is asked for beside the password
	Joined     bool        // has chosen a password; false: invited
	CreatedAt  time.Time
	SeenAt     *time.Time // last use of any session
	DisabledAt *time.Time // may not sign in since then
	// MonthlyReport: they want what campaigns did in a month by mail on the first of the next.
	MonthlyReport bool
}

// Session is a browser in which somebody is signed in.
type Session struct {
	ID        uuid.UUID
	Agent     string // the browser, as it names itself
	CreatedAt time.Time
	SeenAt    time.Time
	Current   bool // the one that asks
}

// LinkKind says what a one-time link is for.
type LinkKind string

// The kinds of one-time links.
const (
	LinkInvite LinkKind = "INVITE" // somebody new chooses name and password
	LinkReset  LinkKind = "RESET"  // somebody known chooses a new password
)

// AuditEvent is an administrative act.
type AuditEvent struct {
	ID          uuid.UUID
	At          time.Time
	Actor       string // a person's name or address, a token's name, or what acted
	Action      string
	SubjectKind string
	SubjectID   string
	Detail      string // JSON
}

// AuditPage is a page of the audit trail, newest first.
type AuditPage struct {
	Events []*AuditEvent
	Info   PageInfo
}
